//! What a result says of a case in error.

use super::Diagnostic;

/// The first fault of a case, with how many more there are: what a result says, and a case store keeps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseFault {
    /// The code of the first fault.
    pub code: Option<String>,
    /// What is wrong.
    pub message: String,
    /// The line of the first fault in its file, from 1.
    pub line: Option<usize>,
    /// Its column in characters, from 1.
    pub column: Option<usize>,
}

impl CaseFault {
    /// Of all faults of a case.
    pub fn of(faults: &[Diagnostic]) -> Self {
        let first = faults.first();
        let place = first.and_then(Diagnostic::place);
        Self {
            code: first.map(|fault| fault.code.to_owned()),
            message: match (first, faults.len()) {
                (Some(fault), 1) => fault.message.clone(),
                (Some(fault), count) => format!("{} (and {} more)", fault.message, count - 1),
                (None, _) => "the case could not be evaluated".to_owned(),
            },
            line: place.map(|(_, at)| at.line),
            column: place.map(|(_, at)| at.column),
        }
    }
}
