//! What there is to see after a save, as one screen of text.

use super::differences::difference_text;
use super::policy_tests::tests_text;
use super::text::Style;
use crate::diagnostic::{Diagnostic, Severity, render};
use crate::language::{Language, Words, printable};
use crate::watch::{Answer, CaseView, Compared, RulesView, Saved, SavedHow, TestsView, Turned, View};
use anstyle::{AnsiColor, Style as Ansi};
use std::fmt::Write;

macro_rules! words {
    ($($name:ident = $nl:literal, $en:literal;)*) => {
        $(const $name: Words = Words { nl: $nl, en: $en };)*
    };
}

words! {
    WATCHING = "Bekeken", "Watching";
    SAVED = "opgeslagen", "saved";
    CREATED = "nieuw", "new";
    DELETED = "verdwenen", "gone";
    COMMITTED = "andere regels vastgelegd in", "other rules were committed to";
    NO_RULES = "De regels kunnen niet worden gelezen.", "The rules cannot be read.";
    CHECKS = "Controle", "Check";
    ERRORS = "fouten", "errors";
    ONE_ERROR = "fout", "error";
    WARNINGS = "waarschuwingen", "warnings";
    ONE_WARNING = "waarschuwing", "warning";
    TESTS = "Tests", "Tests";
    NOT_RUN = "niet uitgevoerd, want de regels of de tests kunnen niet worden gelezen", "not run, for the rules or the tests cannot be read";
    NEW_NOW = "nieuw", "new";
    GONE_NOW = "opgelost", "solved";
    SINCE = "Sinds", "Since";
    THE_START = "het begin", "the start";
    NOTHING = "de regels zeggen hetzelfde", "the rules say the same";
    AT_FAULT = "kan niet worden vergeleken zolang er fouten in staan", "cannot be compared while it has errors";
    IS_FIRST = "is nieuw, en er is geen eerdere versie", "is new, and there is no earlier version";
    IS_NEW = "is nieuw; vergeleken met de versie ervoor", "is new; compared with the version before it";
    CASES = "Zaken", "Cases";
    CASE_FILE = "zaakbestand", "case file";
    CASE_FILES = "zaakbestanden", "case files";
    OF = "van", "of";
    CHANGE = "veranderen", "change";
    OR = "of", "or";
    NOT_THERE = "geen vraag", "no question";
    CANNOT = "kan niet worden beoordeeld", "cannot be evaluated";
    CORRECTION = "Correctie van een geldende versie", "Correction of a version in force";
    MORE = "regels meer; `gradatie check` en `gradatie diff --since` tonen alles", "more lines; `gradatie check` and `gradatie diff --since` show everything";
}

const TITLE: Ansi = Ansi::new().bold();
const BAD: Ansi = AnsiColor::Red.on_default().bold();
const GOOD: Ansi = AnsiColor::Green.on_default().bold();
const DOUBT: Ansi = AnsiColor::Yellow.on_default().bold();

/// What there is to see, in at most so many lines where a screen has no more.
pub fn view_text(view: &View, language: Language, style: Style, lines: Option<usize>) -> String {
    let mut screen = Screen {
        text: String::new(),
        sections: Vec::new(),
        language,
        style,
    };
    screen.view(view);
    match lines {
        Some(lines) => screen.fitted(lines.max(10)),
        None => screen.text,
    }
}

struct Screen {
    text: String,
    /// Where each section begins, with the line that says most of it.
    sections: Vec<usize>,
    language: Language,
    style: Style,
}

impl Screen {
    fn say(&self, words: Words) -> &'static str {
        words.text(self.language)
    }

    fn styled(&self, text: &str, style: Ansi) -> String {
        if self.style.colour {
            format!("{style}{text}{style:#}")
        } else {
            text.to_owned()
        }
    }

    fn line(&mut self, text: &str) {
        let _ = writeln!(self.text, "{text}");
    }

    fn section(&mut self) {
        self.sections.push(self.text.len());
    }

    /// The text in at most so many lines: every section begins, and they share what room there is.
    fn fitted(self, most: usize) -> String {
        let all = self.text.lines().count();
        if all <= most {
            return self.text;
        }
        let ends = self.sections[1..].iter().copied().chain([self.text.len()]);
        let sections: Vec<Vec<&str>> = self
            .sections
            .iter()
            .zip(ends)
            .map(|(start, end)| self.text[*start..end].lines().collect())
            .collect();
        let mut shown = vec![0; sections.len()];
        let mut room = most - 1;
        while room > 0 {
            for (shown, lines) in shown.iter_mut().zip(&sections) {
                if *shown < lines.len() && room > 0 {
                    *shown += 1;
                    room -= 1;
                }
            }
        }
        let mut text = String::new();
        for (shown, lines) in shown.iter().zip(&sections) {
            for (index, line) in lines[..*shown].iter().enumerate() {
                let is_cut = index + 1 == *shown && *shown < lines.len();
                let _ = writeln!(text, "{line}{}", if is_cut { " …" } else { "" });
            }
        }
        let _ = writeln!(text, "… {} {}", all + 1 - most, self.say(MORE));
        text
    }

    fn heading(&mut self, name: Words, rest: &str, style: Ansi) {
        let heading = self.styled(&format!("{}: {rest}", self.say(name)), style);
        self.line(&heading);
    }

    fn finding(&mut self, finding: &Diagnostic) {
        let text = render(finding, self.style.colour, self.style.width);
        self.line(&text);
    }

    fn view(&mut self, view: &View) {
        self.section();
        let mut what: Vec<String> = view.saved.iter().map(|saved| self.saved(saved)).collect();
        let against = self.against(&view.against);
        if view.is_committed {
            what.push(format!("{} {against}", self.say(COMMITTED)));
        }
        let what = if what.is_empty() {
            String::new()
        } else {
            format!(" {}", what.join(", "))
        };
        let title = self.styled(&format!("#{}{what}", view.number), TITLE);
        self.line(&title);
        match &view.rules {
            Err(faults) => {
                let text = self.styled(self.say(NO_RULES), BAD);
                self.line(&text);
                faults.iter().for_each(|fault| self.finding(fault));
            }
            Ok(rules) => self.rules(rules, &against),
        }
    }

    fn against(&self, name: &str) -> String {
        match name {
            "the start" => self.say(THE_START).to_owned(),
            revision => revision.to_owned(),
        }
    }

    fn saved(&self, saved: &Saved) -> String {
        let how = match saved.how {
            SavedHow::Changed => SAVED,
            SavedHow::Created => CREATED,
            SavedHow::Deleted => DELETED,
        };
        format!("{} {}", saved.path.display(), self.say(how))
    }

    fn rules(&mut self, rules: &RulesView, against: &str) {
        let findings = &rules.report.findings;
        let count = |severity| {
            findings
                .iter()
                .filter(|finding| finding.severity == severity)
                .count()
        };
        let (errors, warnings) = (
            count(Severity::Error),
            count(Severity::Warning) + rules.edited.len(),
        );
        let counted = |count: usize, one: Words, many: Words| {
            format!("{count} {}", self.say(if count == 1 { one } else { many }))
        };
        let text = format!(
            "{}, {}{}",
            counted(errors, ONE_ERROR, ERRORS),
            counted(warnings, ONE_WARNING, WARNINGS),
            self.turned(rules.findings)
        );
        self.section();
        let style = match (errors, warnings) {
            (0, 0) => GOOD,
            (0, _) => DOUBT,
            _ => BAD,
        };
        self.heading(CHECKS, &text, style);
        findings.iter().for_each(|finding| self.finding(finding));
        match &rules.correction {
            Some(why) if !rules.edited.is_empty() => self.heading(CORRECTION, why, DOUBT),
            _ => rules.edited.iter().for_each(|finding| self.finding(finding)),
        }
        self.section();
        self.tests(&rules.tests, findings);
        self.section();
        self.differences(&rules.compared, against);
        self.section();
        self.cases(&rules.cases, findings);
    }

    fn tests(&mut self, tests: &TestsView, findings: &[Diagnostic]) {
        match tests {
            TestsView::None => {}
            TestsView::NotRun(faults) => {
                let text = self.say(NOT_RUN);
                self.heading(TESTS, text, BAD);
                // What is wrong with the rules has been said.
                let others = faults.iter().filter(|fault| !findings.contains(fault));
                others.for_each(|fault| self.finding(fault));
            }
            TestsView::Run { report, failures } => {
                let all = tests_text(report, self.language, self.style);
                let (shown, counts) = all.trim_end().rsplit_once('\n').unwrap_or(("", all.trim_end()));
                let text = format!("{}: {counts}{}", self.say(TESTS), self.turned(*failures));
                self.line(&text);
                if !shown.is_empty() {
                    self.line(shown.trim_end());
                }
                report.faults.iter().for_each(|fault| self.finding(fault));
            }
        }
    }

    fn turned(&self, turned: Turned) -> String {
        let parts = [(turned.new, NEW_NOW), (turned.gone, GONE_NOW)];
        let parts: Vec<String> = parts
            .iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, word)| format!("{count} {}", self.say(*word)))
            .collect();
        if parts.is_empty() {
            String::new()
        } else {
            format!(" ({})", parts.join(", "))
        }
    }

    fn differences(&mut self, compared: &[Compared], against: &str) {
        let title = format!("{} {against}", self.say(SINCE));
        if compared.is_empty() {
            let text = self.styled(&format!("{title}: {}", self.say(NOTHING)), TITLE);
            return self.line(&text);
        }
        let title = self.styled(&format!("{title}:"), TITLE);
        self.line(&title);
        for one in compared {
            match (&one.difference, &one.with) {
                (Some(difference), with) => {
                    if let Some(with) = with.as_ref().filter(|with| **with != one.id) {
                        let text = format!("{} {} {with}", one.id, self.say(IS_NEW));
                        self.line(&text);
                    }
                    self.text.push_str(&difference_text(difference, self.language));
                }
                (None, None) => {
                    let text = format!("{} {}", one.id, self.say(IS_FIRST));
                    self.line(&text);
                }
                (None, Some(_)) => {
                    let text = format!("{} {}", one.id, self.say(AT_FAULT));
                    self.line(&text);
                    one.faults.iter().for_each(|fault| self.finding(fault));
                }
            }
        }
    }

    fn cases(&mut self, cases: &[CaseView], findings: &[Diagnostic]) {
        if cases.is_empty() {
            return;
        }
        let is_changed = |view: &&CaseView| {
            view.result
                .as_ref()
                .is_ok_and(|change| !change.changes.is_empty())
        };
        let changed = cases.iter().filter(is_changed).count();
        let text = format!("{changed} {} {} {}", self.say(OF), cases.len(), self.say(CHANGE));
        self.heading(CASES, &text, TITLE);
        // One mistake in the rules fails every case in the same way, and is said once.
        let mut said: Vec<&Diagnostic> = findings.iter().collect();
        for view in cases {
            match &view.result {
                Err(faults) => {
                    let text = format!("{} {}", view.origin, self.say(CANNOT));
                    self.line(&text);
                    for fault in faults {
                        if !said.contains(&fault) {
                            self.finding(fault);
                            said.push(fault);
                        }
                    }
                }
                Ok(change) if change.changes.is_empty() => {}
                Ok(change) => {
                    let versions = if change.from == change.to {
                        change.to.to_string()
                    } else {
                        format!("{} -> {}", change.from, change.to)
                    };
                    let text = format!("{} ({}), {versions}", printable(&change.case), view.origin);
                    self.line(&text);
                    for answer in &change.changes {
                        let (from, to) = (self.answer(&answer.from), self.answer(&answer.to));
                        let text = format!("  {}: {from} -> {to}", answer.question);
                        self.line(&text);
                        self.sentences(&answer.to);
                    }
                }
            }
        }
    }

    fn answer(&self, answer: &Answer) -> String {
        if answer.values.is_empty() {
            return self.say(NOT_THERE).to_owned();
        }
        let values = answer.values.join(&format!(" {} ", self.say(OR)));
        if answer.cites.is_empty() {
            values
        } else {
            format!("{values} [{}]", answer.cites.join(", "))
        }
    }

    /// The sentences that an answer rests on, each below it.
    fn sentences(&mut self, answer: &Answer) {
        for (cite, sentence) in answer.cites.iter().zip(&answer.sentences) {
            let text = format!("{cite}: {}", sentence.text(self.language));
            let options = textwrap::Options::new(self.style.width.max(40))
                .initial_indent("      ")
                .subsequent_indent("        ")
                .break_words(false)
                .word_splitter(textwrap::WordSplitter::NoHyphenation);
            let filled = textwrap::fill(&text, options);
            self.line(&filled);
        }
    }
}

/// What is being watched, in one line.
pub fn watching_text(rules: &str, tests: Option<&str>, cases: usize, language: Language) -> String {
    let mut parts = vec![rules.to_owned()];
    parts.extend(tests.map(str::to_owned));
    if cases > 0 {
        let files = if cases == 1 { CASE_FILE } else { CASE_FILES };
        parts.push(format!("{cases} {}", files.text(language)));
    }
    let ends = match language {
        Language::Dutch => "Ctrl-C stopt",
        Language::English => "Ctrl-C ends",
    };
    format!("{} {}; {ends}", WATCHING.text(language), parts.join(", "))
}
