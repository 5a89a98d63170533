/* Faults of the system, put between a program and the C library (LD_PRELOAD).
 *
 * FAULT_AT=N    the Nth change of the file system fails (writing, making safe, renaming, creating) and all after it, as on
 *               a full disk, on which only removing goes on
 * FAULT_ONCE=1  only the Nth fails, as of a bad block, with an error of input and output
 * FAULT_MARK=F  a file that is made when a fault was given, so that a test sees whether it was
 * FAULT_CLOCK=M the clock of the wall: a number of seconds since 1970, or `jump` for one that leaps at each look
 * FAULT_STEPS=1 the steady clock leaps an hour forwards at each look as well
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

static atomic_long changes;

static int is_at_fault(void) {
    const char *at = getenv("FAULT_AT");
    if (!at) return 0;
    long change = atomic_fetch_add(&changes, 1) + 1, first = atol(at);
    int is_once = getenv("FAULT_ONCE") != NULL;
    if (change < first || (is_once && change > first)) return 0;
    const char *mark = getenv("FAULT_MARK");
    if (mark) {
        long file = syscall(SYS_openat, AT_FDCWD, mark, O_CREAT | O_WRONLY, 0644);
        if (file >= 0) syscall(SYS_close, file);
    }
    errno = is_once ? EIO : ENOSPC;
    return 1;
}

static int is_file(int fd) {
    struct stat status;
    return fd > 2 && fstat(fd, &status) == 0 && (S_ISREG(status.st_mode) || S_ISDIR(status.st_mode));
}

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

ssize_t write(int fd, const void *bytes, size_t length) {
    if (is_file(fd) && is_at_fault()) {
        /* A full disk takes a part first. */
        if (length > 1) NEXT(write)(fd, bytes, length / 2);
        return -1;
    }
    return NEXT(write)(fd, bytes, length);
}

ssize_t writev(int fd, const struct iovec *parts, int count) {
    return is_file(fd) && is_at_fault() ? -1 : NEXT(writev)(fd, parts, count);
}

int fsync(int fd) { return is_file(fd) && is_at_fault() ? -1 : NEXT(fsync)(fd); }
int fdatasync(int fd) { return is_file(fd) && is_at_fault() ? -1 : NEXT(fdatasync)(fd); }
int ftruncate64(int fd, off64_t length) { return is_at_fault() ? -1 : NEXT(ftruncate64)(fd, length); }
int fchmod(int fd, mode_t mode) { return is_at_fault() ? -1 : NEXT(fchmod)(fd, mode); }
int rename(const char *from, const char *to) { return is_at_fault() ? -1 : NEXT(rename)(from, to); }
int mkdir(const char *path, mode_t mode) { return is_at_fault() ? -1 : NEXT(mkdir)(path, mode); }

int open64(const char *path, int flags, ...) {
    mode_t mode = 0;
    if (flags & O_CREAT) {
        va_list rest;
        va_start(rest, flags);
        mode = va_arg(rest, mode_t);
        va_end(rest);
        if (strncmp(path, "/dev/", 5) != 0 && is_at_fault()) return -1;
    }
    return NEXT(open64)(path, flags, mode);
}

int clock_gettime(clockid_t clock, struct timespec *time) {
    static atomic_long looks;
    int done = (int)syscall(SYS_clock_gettime, clock, time);
    const char *fault = getenv("FAULT_CLOCK");
    if (done != 0 || !fault) return done;
    long look = atomic_fetch_add(&looks, 1);
    if (clock == CLOCK_REALTIME) {
        if (strcmp(fault, "jump") == 0) time->tv_sec += (look % 2 ? 1 : -1) * look * 86400L * 365;
        else time->tv_sec = atol(fault);
    } else if (getenv("FAULT_STEPS")) {
        time->tv_sec += look * 3600;
    }
    return 0;
}
