//! Results for people and for programs, all from the same data.

mod alternatives;
mod difference_page;
mod differences;
mod dmn;
mod findings;
mod json;
mod junit;
mod lines;
mod motivation;
pub mod page;
mod policy_page;
mod policy_tests;
mod policy_versions;
mod proposal;
mod reasoning;
mod rule_mutants;
mod table_page;
mod tables;
mod test_coverage;
mod text;
mod trace;
mod verdicts;
mod watching;
mod words;

pub use alternatives::{WhatIf, whatif_json, whatif_text};
pub use difference_page::{changes as difference_tables, difference_html, rows as difference_rows};
pub use differences::{difference_json, difference_text};
pub use dmn::tables_dmn;
pub use findings::{check_json, check_sarif, proofs_text};
pub use json::{error_json, evaluation_json};
pub use junit::tests_junit;
pub use lines::{CaseOfLine, LineWriter, Lines, Said, SaidTogether, SharedTexts, said, write_error_line};
pub use motivation::motivation_text;
pub use policy_page::{Earlier, PolicyPage, policy_html};
pub use policy_tests::{difference_lines, failure_head, tests_json, tests_text};
pub use policy_versions::{VersionStatus, new_version_text, policy_status_json, policy_status_text};
pub use proposal::proposal;
pub use rule_mutants::{mutants_json, mutants_text};
pub use table_page::tables_html;
pub use tables::{tables_markdown, tables_text};
pub use test_coverage::{coverage_json, coverage_text, missing_tests};
pub use text::{Style, evaluation_text};
pub use verdicts::{VerdictOf, verdict_json, verdict_text};
pub use watching::{view_text, watching_text};

use crate::case_file::Case;
use crate::evaluate::Evaluation;
use crate::facts::Knowledge;
use crate::language::Language;
use crate::policy::{Picked, PolicyVersion, RulesTree};

/// Everything that a report of one case shows.
#[derive(Debug, Clone, Copy)]
pub struct Evaluated<'a> {
    /// Where the case stands: `path`, or `path#2`.
    pub origin: &'a str,
    /// The case.
    pub case: &'a Case,
    /// What is known of its facts.
    pub known: &'a Knowledge,
    /// The rules folder.
    pub rules: &'a RulesTree,
    /// How the policy version was picked.
    pub picked: &'a Picked,
    /// The policy version.
    pub policy: &'a PolicyVersion,
    /// What it says.
    pub evaluation: &'a Evaluation,
    /// The language of the report.
    pub language: Language,
}
