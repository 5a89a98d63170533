//! Every read of a fact in order, with its line, for `--trace`.

use super::text::Page;
use super::{Evaluated, reasoning, words};
use crate::diagram::Path;
use crate::script::{Asked, Outcome};

/// Runs of one question that are shown; more would bury the reader.
const MOST_RUNS: usize = 20;

pub(super) fn write(page: &mut Page<'_>) {
    let Evaluated {
        evaluation, policy, ..
    } = *page.evaluated;
    for determination in evaluation.conclusions.iter().chain(&evaluation.flags) {
        let paths = &determination.exploration.paths;
        page.paragraph(0, &format!("{}:", reasoning::name(policy, determination.asked)));
        for (index, path) in paths.iter().take(MOST_RUNS).enumerate() {
            if paths.len() > 1 {
                let (run, of) = (page.word(words::RUN), page.word(words::RUN_OF));
                page.paragraph(2, &format!("{run} {} {of} {}", index + 1, paths.len()));
            }
            run(page, determination.asked, path);
        }
        if paths.len() > MOST_RUNS {
            page.paragraph(2, &format!("… {}", paths.len() - MOST_RUNS));
        }
    }
}

fn run(page: &mut Page<'_>, asked: Asked, path: &Path) {
    let policy = page.evaluated.policy;
    let known = page.evaluated.known;
    for read in &path.run.reads {
        let answer = read.question.answer_text(read.answer, &policy.gazetteer);
        let site = policy.program.site_text(&read.site);
        let assumed = if known.is_known(read.question.fact) {
            String::new()
        } else {
            format!(" ({})", page.word(words::OPEN_FACT))
        };
        page.paragraph(
            4,
            &format!("{site}  {} = {answer}{assumed}", read.question.text()),
        );
    }
    let (site, value) = match &path.run.outcome {
        Outcome::Concluded(conclusion) => {
            let value = reasoning::value(policy, asked, conclusion.value).map(|value| value.value.as_str());
            let value = value.unwrap_or_else(|| page.word(words::RAISED));
            (policy.program.site_text(&conclusion.site), value)
        }
        Outcome::NotRaised | Outcome::Failed(_) => (String::new(), page.word(words::NOT_RAISED)),
    };
    page.paragraph(4, format!("{site}  -> {value}").trim_start());
}
