//! Printing: results to standard output, everything else to standard error.

use super::Ended;
use crate::diagnostic::{self, Diagnostic};
use crate::report::Style;
use anstream::{AutoStream, ColorChoice};
use std::io::{self, IsTerminal, Write};

/// Columns of a line where there is no terminal, and the most on a wide one.
const WIDTH: usize = 100;

/// Faults that are shown at once: nobody mends more before trying again.
const SHOWN_FAULTS: usize = 100;

/// Whether a stream gets ANSI styles: a terminal does, unless `NO_COLOR` or the like says no.
fn colour(stream: &impl anstream::stream::RawStream) -> bool {
    AutoStream::choice(stream) != ColorChoice::Never
}

fn width(is_terminal: bool) -> usize {
    let terminal = is_terminal.then(terminal_size::terminal_size).flatten();
    terminal.map_or(WIDTH, |(width, _)| usize::from(width.0).clamp(40, WIDTH))
}

/// The style of results on standard output.
pub(super) fn result_style() -> Style {
    let stream = io::stdout();
    Style {
        width: width(stream.is_terminal()),
        colour: colour(&stream),
    }
}

/// Writes a result to standard output.
///
/// # Errors
/// Standard output cannot be written. A reader that has gone away is no error: nobody wants more.
pub(super) fn result(text: &str) -> io::Result<()> {
    let mut stream = io::stdout().lock();
    let written = stream.write_all(text.as_bytes()).and_then(|()| stream.flush());
    match written {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => written,
    }
}

/// Shows faults on standard error.
pub(super) fn faults(faults: &[Diagnostic]) {
    let stream = io::stderr();
    let (colour, width) = (colour(&stream), width(stream.is_terminal()));
    for fault in faults.iter().take(SHOWN_FAULTS) {
        message(&format!("{}\n", diagnostic::render(fault, colour, width)));
    }
    if let Some(more) = faults.len().checked_sub(SHOWN_FAULTS).filter(|more| *more > 0) {
        message(&format!("… and {more} more"));
    }
}

/// Says something on standard error. That it cannot be said is no reason to stop.
pub(super) fn message(text: &str) {
    let _ = writeln!(io::stderr(), "{text}");
}

/// Writes the whole result of a command, and says how the command ended.
pub(super) fn finished(text: &str, found: Ended) -> Ended {
    match result(text) {
        Ok(()) => found,
        Err(error) => {
            message(&format!("error: the result cannot be written: {error}"));
            Ended::NotDone
        }
    }
}
