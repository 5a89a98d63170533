//! The program `gradatie`; everything it does stands in the library.

use mimalloc::MiMalloc;
use std::process::ExitCode;

/// Answers, diagrams and rows are many small pieces of memory, which this gives faster than the system does, also to several
/// threads.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    gradatie::cli::run()
}
