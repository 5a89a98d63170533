//! The result of a case as text: plain lines that also a screen reader reads in order, nothing said by colour alone.

use super::{Evaluated, reasoning, trace, words};
use crate::evaluate::{Determination, Reason};
use crate::facts::{Aspect, FactId, PickedBy};
use crate::language::{Words, printable};
use crate::policy::Origin;
use crate::script::Asked;
use anstyle::{AnsiColor, Style as Ansi};
use std::fmt::Write;

/// How text is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    /// Columns of a line.
    pub width: usize,
    /// Whether ANSI styles are written.
    pub colour: bool,
}

/// The result of an evaluated case, with the trace of every read if asked for.
pub fn evaluation_text(evaluated: &Evaluated<'_>, style: Style, with_trace: bool) -> String {
    let mut page = Page::of(evaluated, style);
    page.header();
    page.conclusions();
    page.needs();
    page.flags();
    if with_trace {
        page.heading(words::TRACE);
        trace::write(&mut page);
    }
    page.blank();
    page.line(0, "", words::CLOSING.text(evaluated.language), Ansi::new().bold());
    page.text
}

const TITLE: Ansi = Ansi::new().bold();
const VALUE: Ansi = AnsiColor::Green.on_default().bold();
const OPEN: Ansi = AnsiColor::Yellow.on_default().bold();
const PLAIN: Ansi = Ansi::new();

/// The text as it grows.
pub(super) struct Page<'a> {
    text: String,
    style: Style,
    pub(super) evaluated: &'a Evaluated<'a>,
}

impl<'a> Page<'a> {
    /// An empty page about a case.
    pub(super) fn of(evaluated: &'a Evaluated<'a>, style: Style) -> Self {
        Self {
            text: String::new(),
            style,
            evaluated,
        }
    }

    pub(super) fn into_text(self) -> String {
        self.text
    }

    pub(super) fn word(&self, words: Words) -> &'static str {
        words.text(self.evaluated.language)
    }

    pub(super) fn blank(&mut self) {
        self.text.push('\n');
    }

    /// One paragraph, wrapped to the width; `lead` is the indentation in columns, `mark` begins the first line.
    fn line(&mut self, lead: usize, mark: &str, text: &str, style: Ansi) {
        let first = format!("{}{mark}", " ".repeat(lead));
        let rest = " ".repeat(first.chars().count());
        let options = textwrap::Options::new(self.style.width.max(first.len() + 20))
            .initial_indent(&first)
            .subsequent_indent(&rest)
            .break_words(false)
            .word_splitter(textwrap::WordSplitter::NoHyphenation);
        // A case's reference and the names of files are anybody's.
        for line in textwrap::wrap(&printable(text), options) {
            let line = line.trim_end();
            if self.style.colour && style != PLAIN {
                let indent = line.len() - line.trim_start().len();
                let (before, after) = line.split_at(indent);
                let _ = writeln!(self.text, "{before}{style}{after}{style:#}");
            } else {
                let _ = writeln!(self.text, "{line}");
            }
        }
    }

    pub(super) fn paragraph(&mut self, lead: usize, text: &str) {
        self.line(lead, "", text, PLAIN);
    }

    /// An item of a list.
    pub(super) fn item(&mut self, text: &str) {
        self.line(0, "- ", text, PLAIN);
    }

    /// `Label: text`, wrapped.
    fn field(&mut self, lead: usize, label: Words, text: &str) {
        let text = format!("{}: {text}", self.word(label));
        self.line(lead, "", &text, PLAIN);
    }

    pub(super) fn heading(&mut self, heading: Words) {
        let heading = self.word(heading);
        self.blank();
        self.line(0, "", heading, TITLE);
    }

    fn header(&mut self) {
        let Evaluated {
            case,
            origin,
            policy,
            language,
            ..
        } = *self.evaluated;
        let title = format!("{} {} ({origin})", self.word(words::CASE), case.case);
        self.line(0, "", &title, TITLE);
        let policy_title = format!("{}, {}", policy.id, policy.title.text(language));
        self.field(0, words::POLICY, &policy_title);
        let why = self.why_this_version();
        self.field(2, words::WHY_THIS_VERSION, &why);
        let rules = match self.evaluated.rules.origin() {
            Origin::Folder(folder) => folder.display().to_string(),
            Origin::Embedded => self.word(words::RULES_INSIDE).to_owned(),
            Origin::Revision { name, .. } => name.clone(),
        };
        let signed = match self.evaluated.rules.signer() {
            Some(signer) => format!(", {} {signer}", self.word(words::SIGNED_BY)),
            None => String::new(),
        };
        self.field(
            2,
            words::RULES,
            &format!("{rules}, {}{signed}", policy.fingerprint),
        );
    }

    fn why_this_version(&self) -> String {
        let picked = self.evaluated.picked;
        let date = self
            .evaluated
            .case
            .decision_date
            .map(|date| date.to_string())
            .unwrap_or_default();
        let by_date = format!("{} {date}", self.word(words::PICKED_BY_DATE));
        match picked.by {
            PickedBy::Name => self.word(words::PICKED_BY_NAME).to_owned(),
            PickedBy::Newest => self.word(words::PICKED_NEWEST).to_owned(),
            PickedBy::RecordedDate => {
                format!(
                    "{by_date}; {} {}",
                    self.word(words::IN_FORCE_SINCE),
                    picked.in_force.start()
                )
            }
            PickedBy::UnrecordedDate => {
                format!(
                    "{by_date}; {} {}",
                    self.word(words::IN_FORCE_UNKNOWN),
                    picked.in_force.not_before
                )
            }
        }
    }

    fn conclusions(&mut self) {
        let Evaluated {
            policy,
            evaluation,
            language,
            ..
        } = *self.evaluated;
        self.heading(words::CONCLUSIONS);
        for (index, determination) in evaluation.conclusions.iter().enumerate() {
            let Some(declaration) = reasoning::conclusion(policy, determination.asked) else {
                continue;
            };
            if index > 0 {
                self.blank();
            }
            let mark = format!("{}. ", index + 1);
            self.line(0, &mark, declaration.question.text(language), PLAIN);
            match determination.value() {
                Some(value) => {
                    let declared = &declaration.values[value];
                    let shown = format!(
                        "{}: {}",
                        declaration.name,
                        reasoning::labelled(declared, language)
                    );
                    self.line(3, "", &shown, VALUE);
                    if let Some(meaning) = &declared.meaning {
                        self.field(3, words::MEANING, meaning.text(language));
                    }
                    for reason in &determination.reasons {
                        self.reason(3, reason);
                    }
                }
                None => {
                    let shown = format!("{}: {}", declaration.name, self.word(words::NOT_DETERMINED));
                    self.line(3, "", &shown, OPEN);
                    for value in &determination.possible {
                        self.possibility(determination, *value);
                    }
                    self.field(3, words::NEEDED, &names(&determination.needs));
                }
            }
        }
    }

    /// Why a value is concluded, or a flag raised.
    fn reason(&mut self, lead: usize, reason: &Reason) {
        let Evaluated { policy, language, .. } = *self.evaluated;
        if let Some(assumed) = reasoning::assumptions(policy, reason, language) {
            let text = format!("{} {assumed}:", capitalised(self.word(words::IF)));
            self.line(lead, "", &text, PLAIN);
        }
        let because = reasoning::summaries(policy, reason, language).join(" ");
        self.field(lead, words::BECAUSE, &because);
        if !reason.facts.is_empty() {
            let facts = reasoning::facts(self.evaluated, reason);
            self.field(lead, words::FACTS, &facts);
        }
        for weighed in reasoning::weighed_by(self.evaluated, reason) {
            self.field(lead, words::TO_BE_WEIGHED, &weighed);
        }
        if !reason.built_on.is_empty() {
            let built_on = reason.built_on.iter().map(|(asked, value)| {
                let word = reasoning::value(policy, *asked, *value).map_or("", |value| value.value.as_str());
                format!("{} = {word}", reasoning::name(policy, *asked))
            });
            self.field(lead, words::BUILT_ON, &built_on.collect::<Vec<_>>().join("; "));
        }
        let site = policy.program.site_text(&reason.conclusion.site);
        self.field(lead, words::RULE, &site);
    }

    /// A value that is still possible, with what would lead to it and what it would rest on.
    fn possibility(&mut self, determination: &Determination, value: usize) {
        let Evaluated { policy, language, .. } = *self.evaluated;
        let Some(declared) = reasoning::value(policy, determination.asked, value) else {
            return;
        };
        self.field(3, words::POSSIBLE, &reasoning::labelled(declared, language));
        for reason in reasoning::reasons_of(determination, value) {
            let cites = reasoning::cites(policy, reason).join(", ");
            let text = match reasoning::assumptions(policy, reason, language) {
                Some(assumed) => format!("{} {assumed} [{cites}]", self.word(words::IF)),
                None => format!("[{cites}]"),
            };
            self.line(5, "- ", &text, PLAIN);
        }
    }

    fn needs(&mut self) {
        let Evaluated {
            policy,
            evaluation,
            language,
            ..
        } = *self.evaluated;
        self.heading(words::STILL_NEEDED);
        if evaluation.needs.is_empty() {
            let nothing = self.word(words::NOTHING_NEEDED);
            self.paragraph(0, nothing);
        }
        for (index, fact) in evaluation.needs.iter().enumerate() {
            let declaration = fact.declaration();
            let question = format!("{}: {}", declaration.name, declaration.question.text(language));
            self.line(0, &format!("{}. ", index + 1), &question, OPEN);
            self.paragraph(3, declaration.help.text(language));
            self.field(3, words::ANSWERS, &reasoning::answers(*fact, language));
            let changes = evaluation
                .conclusions
                .iter()
                .filter(|one| one.needs.contains(fact));
            let changes: Vec<&str> = changes.map(|one| reasoning::name(policy, one.asked)).collect();
            self.field(3, words::CAN_CHANGE, &changes.join(", "));
            if let Some(weighed) = reasoning::weighed(self.evaluated, *fact) {
                self.field(3, words::TO_BE_WEIGHED, &weighed);
            }
        }
    }

    fn flags(&mut self) {
        let Evaluated {
            policy,
            evaluation,
            language,
            ..
        } = *self.evaluated;
        self.heading(words::FOR_A_HUMAN);
        let (raised, open): (Vec<_>, Vec<_>) = evaluation.flags.iter().partition(|flag| flag.is_raised());
        let text_of = |flag: &Determination| match flag.asked {
            Asked::Flag(index) => policy.flags[index].text.text(language),
            Asked::Conclusion(_) => "",
        };
        if raised.is_empty() {
            let none = self.word(words::NO_POINTS);
            self.paragraph(0, none);
        }
        for flag in raised {
            let text = format!("{}: {}", reasoning::name(policy, flag.asked), text_of(flag));
            self.line(0, "- ", &text, PLAIN);
            for reason in &flag.reasons {
                self.reason(2, reason);
            }
            self.readings(flag);
        }
        if !open.is_empty() {
            self.blank();
            let heading = format!("{}:", self.word(words::OPEN_POINTS));
            self.paragraph(0, &heading);
        }
        for flag in open {
            let text = format!(
                "{} ({} {}): {}",
                reasoning::name(policy, flag.asked),
                self.word(words::DEPENDS_ON),
                names(&flag.needs),
                text_of(flag)
            );
            self.line(0, "- ", &text, PLAIN);
        }
    }

    /// The readings of the place, for a flag that looked at the later map.
    fn readings(&mut self, flag: &Determination) {
        let reads = flag.exploration.paths.iter().flat_map(|path| &path.run.reads);
        let looks_at_maps = |aspect| matches!(aspect, Aspect::LaterRegion);
        let gazetteer = &self.evaluated.policy.gazetteer;
        let place = self
            .evaluated
            .case
            .facts
            .region
            .as_ref()
            .and_then(|name| gazetteer.find(&name.0));
        let Some(place) = place else { return };
        let is_taoudenit = gazetteer.place(place).also_meant_by.is_some();
        let reads: Vec<_> = reads.map(|read| read.question).collect();
        let about_region = reads.iter().all(|question| question.fact == FactId::Region);
        if !about_region || !(reads.iter().any(|question| looks_at_maps(question.aspect)) || is_taoudenit) {
            return;
        }
        let readings = gazetteer.readings(place);
        if readings.len() < 2 {
            return;
        }
        let language = self.evaluated.language;
        let shown = readings.iter().map(|reading| {
            let map = reading
                .map
                .title
                .as_ref()
                .map_or("", |title| title.text(language));
            format!("{} ({map})", reading.region)
        });
        let shown = shown.collect::<Vec<_>>().join("; ");
        self.field(2, words::READINGS, &shown);
    }
}

fn names(facts: &[FactId]) -> String {
    facts
        .iter()
        .map(|fact| fact.name())
        .collect::<Vec<_>>()
        .join(", ")
}

fn capitalised(word: &str) -> String {
    let mut characters = word.chars();
    let first = characters
        .next()
        .map(|first| first.to_uppercase().to_string())
        .unwrap_or_default();
    first + characters.as_str()
}
