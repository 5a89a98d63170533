//! A draft of the reasons of a decision, from what was determined and the sentences that it rests on.

use super::text::{Page, Style};
use super::{Evaluated, reasoning, words};
use crate::language::Words;

const DRAFT: Words = Words {
    nl: "CONCEPT. Geen besluit: een mens controleert elke zin, vult aan wat ontbreekt, en beslist.",
    en: "DRAFT. Not a decision: a human checks every sentence, adds what is missing, and decides.",
};
const FOLLOWS: Words = Words {
    nl: "Uit het beleid volgt",
    en: "It follows from the policy",
};
const RESTS_ON: Words = Words {
    nl: "Dit berust op het volgende.",
    en: "This rests on the following.",
};
const FACTS: Words = Words {
    nl: "Daarbij is uitgegaan van",
    en: "The facts taken for this are",
};
const WEIGHED: Words = Words {
    nl: "Samen gewogen zijn",
    en: "Weighed together were",
};
const NOT_DETERMINED: Words = Words {
    nl: "Niet bepaald, en daarom niet gemotiveerd",
    en: "Not determined, and therefore without reasons",
};
const NEEDED: Words = Words {
    nl: "nodig",
    en: "needed",
};

/// The reasons of an evaluated case as paragraphs to begin from. Only what was determined is in it, each conclusion with
/// the sentences that it rests on and the facts that they were applied to; then what was not determined, and what a
/// human must look at. It begins and ends by saying that it is a draft.
pub fn motivation_text(evaluated: &Evaluated<'_>, style: Style) -> String {
    let Evaluated {
        case,
        policy,
        evaluation,
        language,
        ..
    } = *evaluated;
    let mut page = Page::of(evaluated, style);
    let word = |words: Words| words.text(language);
    page.paragraph(0, word(DRAFT));
    let title = policy.title.text(language);
    page.paragraph(0, &format!("{}, {}, {title}", case.case, policy.id));
    page.paragraph(0, &policy.fingerprint);
    let mut open = Vec::new();
    for determination in &evaluation.conclusions {
        let Some(declaration) = reasoning::conclusion(policy, determination.asked) else {
            continue;
        };
        let Some(value) = determination.value() else {
            let needs: Vec<&str> = determination.needs.iter().map(|fact| fact.name()).collect();
            open.push(format!(
                "{} ({}: {})",
                declaration.name,
                word(NEEDED),
                needs.join(", ")
            ));
            continue;
        };
        let declared = &declaration.values[value];
        let mut sentences = vec![
            declaration.question.text(language).to_owned(),
            format!("{}: {}.", word(FOLLOWS), declared.label.text(language)),
        ];
        sentences.extend(
            declared
                .meaning
                .iter()
                .map(|meaning| meaning.text(language).to_owned()),
        );
        for reason in &determination.reasons {
            sentences.push(word(RESTS_ON).to_owned());
            sentences.extend(reasoning::summaries(policy, reason, language));
            if !reason.facts.is_empty() {
                let facts = reasoning::facts(evaluated, reason);
                sentences.push(format!("{}: {facts}.", word(FACTS)));
            }
            for weighed in reasoning::weighed_by(evaluated, reason) {
                sentences.push(format!("{}: {weighed}.", word(WEIGHED)));
            }
        }
        page.blank();
        page.paragraph(0, &sentences.join(" "));
    }
    if !open.is_empty() {
        page.blank();
        page.paragraph(0, &format!("{}: {}.", word(NOT_DETERMINED), open.join("; ")));
    }
    let raised: Vec<_> = evaluation.flags.iter().filter(|flag| flag.is_raised()).collect();
    if !raised.is_empty() {
        page.heading(words::FOR_A_HUMAN);
    }
    for flag in raised {
        for reason in &flag.reasons {
            let text = reasoning::text(policy, flag.asked, reason, language);
            page.item(&text);
        }
    }
    page.blank();
    page.paragraph(0, word(DRAFT));
    page.paragraph(0, words::CLOSING.text(language));
    page.into_text()
}
