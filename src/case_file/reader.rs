//! Reading many cases, one after the other, into the same room.

use super::line::{self, Commas, Members};
use super::{CaseRecord, faults, source_of, typed_json};
use crate::diagnostic::Diagnostic;
use crate::gazetteer::Gazetteer;
use crate::yaml::{self, Limits};
use serde::de::IgnoredAny;
use std::ops::Range;

/// Reads cases. Each thread has its own, and keeps it: what was read before is found again.
#[derive(Debug)]
pub struct CaseReader<'g> {
    gazetteer: &'g Gazetteer,
    limits: Limits,
    members: Members,
    commas: Commas,
    record: CaseRecord,
}

impl<'g> CaseReader<'g> {
    /// A reader of cases whose places are those of a gazetteer.
    pub fn new(gazetteer: &'g Gazetteer, limits: Limits) -> Self {
        Self {
            gazetteer,
            limits,
            members: Members::default(),
            commas: Commas::default(),
            record: CaseRecord::default(),
        }
    }

    /// The gazetteer.
    pub fn gazetteer(&self) -> &'g Gazetteer {
        self.gazetteer
    }

    /// The limits of what is read.
    pub fn limits(&self) -> Limits {
        self.limits
    }

    /// Reads a line of JSON Lines: that part of a text, which is line `number` of the file, counted from 1. Nothing else of
    /// the text is read as a case; that it stands there makes reading faster.
    ///
    /// # Errors
    /// Every fault of the line, each with its place.
    pub fn json_line(
        &mut self,
        text: &[u8],
        line: Range<usize>,
        name: &str,
        number: usize,
    ) -> Result<&CaseRecord, Vec<Diagnostic>> {
        let (known, record) = ((&mut self.members, &mut self.commas), &mut self.record);
        // A line as long as a case usually is cannot exceed a limit; a longer one is looked at below.
        if line.len() < yaml::HARMLESS_BYTES
            && line::read(&text[line.start..], line.len(), self.gazetteer, known, record).is_some()
        {
            return Ok(record);
        }
        let source = source_of(name, text[line].to_vec(), number).map_err(|fault| vec![fault])?;
        yaml::check_limits(&source, &self.limits).map_err(|fault| vec![fault])?;
        let (sound, fault) = match typed_json(&source) {
            Ok(file) => (file.record(self.gazetteer), None),
            Err(fault) => (None, Some(fault)),
        };
        // What is no JSON may be YAML, which a line of JSON Lines is not.
        match fault {
            Some(fault) if serde_json::from_str::<IgnoredAny>(source.text()).is_err() => Err(vec![fault]),
            fault => {
                *record = sound.ok_or_else(|| faults::collect(&source, self.gazetteer, fault))?;
                Ok(record)
            }
        }
    }
}
