//! How far a long command is: a line that renews itself on a terminal, a line now and then elsewhere.

use std::io::{self, IsTerminal, Write};
use std::time::{Duration, Instant};

/// Progress on standard error.
pub(super) struct Progress {
    begun: Instant,
    shown: Instant,
    is_terminal: bool,
    /// Bytes of all inputs, where they are known.
    bytes: Option<u64>,
    has_shown: bool,
}

/// How often a terminal, and anything else, is told.
const EVERY: (Duration, Duration) = (Duration::from_millis(200), Duration::from_secs(10));

impl Progress {
    /// Progress over so many bytes, where they are known.
    pub fn new(bytes: Option<u64>) -> Self {
        Self {
            begun: Instant::now(),
            shown: Instant::now(),
            is_terminal: io::stderr().is_terminal(),
            bytes: bytes.filter(|bytes| *bytes > 0),
            has_shown: false,
        }
    }

    /// Says how far it is, when it is time to. `read` are the bytes of the inputs that are done, as far as is known.
    pub fn tell(&mut self, cases: u64, errors: u64, read: u64) {
        let every = if self.is_terminal { EVERY.0 } else { EVERY.1 };
        if self.shown.elapsed() < every {
            return;
        }
        self.shown = Instant::now();
        let text = self.text(cases, errors, read);
        // That progress cannot be shown is no reason to stop.
        let _ = if self.is_terminal {
            write!(io::stderr(), "\r\x1b[2K{text}")
        } else {
            writeln!(io::stderr(), "{text}")
        };
        self.has_shown = true;
    }

    fn text(&self, cases: u64, errors: u64, read: u64) -> String {
        let seconds = self.begun.elapsed().as_secs_f64().max(1e-9);
        let rate = cases as f64 / seconds;
        let mut text = format!("{cases} cases, {errors} in error, {rate:.0} cases/s");
        if let Some(bytes) = self.bytes.filter(|_| read > 0) {
            let part = (read as f64 / bytes as f64).min(1.0);
            let left = seconds / part - seconds;
            text += format!(", {:.0} %, {} left", part * 100.0, span(left)).as_str();
        }
        text
    }

    /// Clears the line of a terminal.
    pub fn end(&self) {
        if self.is_terminal && self.has_shown {
            let _ = write!(io::stderr(), "\r\x1b[2K");
        }
    }
}

fn span(seconds: f64) -> String {
    let seconds = seconds.round() as u64;
    match (seconds / 3600, seconds / 60 % 60, seconds % 60) {
        (0, 0, seconds) => format!("{seconds} s"),
        (0, minutes, seconds) => format!("{minutes} min {seconds} s"),
        (hours, minutes, _) => format!("{hours} h {minutes} min"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_is_said_in_words() {
        assert_eq!(span(4.4), "4 s");
        assert_eq!(span(75.0), "1 min 15 s");
        assert_eq!(span(7300.0), "2 h 1 min");
    }
}
