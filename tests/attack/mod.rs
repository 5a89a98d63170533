//! An attack on the program, within bounds of the system.

#![allow(dead_code, reason = "each test uses a part")]

use crate::planted::Rules;
use crate::program;
use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

pub const POLICY: &str = "mali/2025/policy.yaml";
pub const GRADE: &str = "mali/2025/grade.rhai";
pub const CASE: &[u8] = b"case: A\nfacts: {region: Gao}\n";
pub const EVALUATE: &[&str] = &["evaluate", "-", "--policy", "mali/2025"];
/// Stands in a file outside the rules: nothing that the program writes may hold it.
pub const SECRET: &str = "the-secret-of-another-user";

pub struct Ended {
    pub code: i32,
    pub said: String,
    pub wrote: String,
}

impl Ended {
    /// An error with this code, and no result.
    pub fn assert_refused(&self, name: &str, code: &str) {
        assert!(matches!(self.code, 1 | 2), "{name}: {}", self.code);
        assert!(
            self.said.contains(&format!("error[{code}]")),
            "{name}: {}",
            self.said
        );
        assert!(!self.wrote.contains("Conclusions"), "{name}: {}", self.wrote);
    }
}

/// Runs the program within 1 GiB of addresses and 100 seconds of processor time; it must end by itself.
pub fn attacked(name: &str, rules: &Rules, arguments: &[&str], input: &[u8]) -> Ended {
    let folder = rules.root().parent().unwrap().to_owned();
    let of_rules = ["--rules", "rules"];
    let program = program::command(&folder, &[arguments, &of_rules].concat());
    let mut command = Command::new("sh");
    command
        .args(["-c", "ulimit -v 1048576; ulimit -t 100; exec \"$0\" \"$@\""])
        .arg(program.get_program())
        .args(program.get_args())
        .env("LC_ALL", "C")
        .current_dir(&folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let begun = Instant::now();
    let mut child = command.spawn().unwrap();
    let status = format!("/proc/{}/status", child.id());
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    let writing = std::thread::spawn(move || std::io::Write::write_all(&mut stdin, &input));
    let peak = AtomicU64::new(0);
    let has_ended = std::sync::atomic::AtomicBool::new(false);
    let output = std::thread::scope(|scope| {
        scope.spawn(|| {
            while !has_ended.load(Ordering::Relaxed) {
                let status = fs::read_to_string(&status).unwrap_or_default();
                let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
                let kibibytes = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse().ok());
                peak.fetch_max(kibibytes.unwrap_or(0), Ordering::Relaxed);
                std::thread::sleep(Duration::from_millis(2));
            }
        });
        let output = child.wait_with_output().unwrap();
        has_ended.store(true, Ordering::Relaxed);
        output
    });
    let _ = writing.join().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    println!(
        "{name}: exit {:?}, {:.2} s, {} MiB, {}",
        output.status.code(),
        begun.elapsed().as_secs_f32(),
        peak.load(Ordering::Relaxed) >> 10,
        said.lines().next().unwrap_or("an answer")
    );
    assert_eq!(output.status.signal(), None, "{name}: {said}");
    let code = output.status.code().unwrap();
    assert!(matches!(code, 0..=2), "{name}: {code}: {said}");
    assert!(!said.contains("panicked"), "{name}: {said}");
    let wrote = String::from_utf8(output.stdout).unwrap();
    assert!(!said.contains(SECRET) && !wrote.contains(SECRET), "{name}");
    Ended { code, said, wrote }
}
