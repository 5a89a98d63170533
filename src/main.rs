//! The program `gradatie`; everything it does stands in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    gradatie::cli::run()
}
