//! `evaluate --motivation` drafts reasons only from what was determined, and says that they are a draft.

mod domain_reading;
mod program;

use domain_reading::{Random, random_case};
use gradatie::policy::{Policies, RulesTree};
use program::{gradatie, messages};
use serde_json::Value;

fn one_line(text: &[u8]) -> String {
    let text = String::from_utf8(text.to_vec()).unwrap();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn each_determined_conclusion_stands_with_its_sentences_and_nothing_else_is_concluded() {
    let folder = tempfile::tempdir().unwrap();
    let mut random = Random::new(7);
    let (mut determined, mut open) = (0, 0);
    for index in 0..25 {
        let case = random_case(&mut random, index).to_string();
        let language = ["nl", "en"][index % 2];
        let run = |options: &[&str]| {
            let arguments = [&["evaluate", "-", "--lang", language], options].concat();
            let output = gradatie(folder.path(), &arguments, case.as_bytes());
            assert!(output.status.success(), "{}", messages(&output));
            output.stdout
        };
        let draft = one_line(&run(&["--motivation"]));
        let mark = ["CONCEPT. Geen besluit", "DRAFT. Not a decision"][index % 2];
        assert!(
            draft.starts_with(mark) && draft.matches(mark).count() == 2,
            "{draft}"
        );
        let result: Value = serde_json::from_slice(&run(&["--format", "json"])).unwrap();
        let policy = Policies::named(&RulesTree::embedded(), result["policy"].as_str().unwrap()).unwrap();
        let text_of = |of: &gradatie::language::Bilingual| match language {
            "nl" => of.nl.clone(),
            _ => of.en.clone(),
        };
        for conclusion in &policy.conclusions {
            let question = one_line(text_of(&conclusion.question).as_bytes());
            let value = &result["conclusions"][&conclusion.name]["value"];
            assert_eq!(
                draft.contains(&question),
                !value.is_null(),
                "{}: {draft}",
                conclusion.name
            );
            if value.is_null() {
                assert!(draft.contains(&format!("{} (", conclusion.name)), "{draft}");
                open += 1;
                continue;
            }
            determined += 1;
            let said = conclusion.values.iter().find(|one| *value == *one.value).unwrap();
            let follows = ["Uit het beleid volgt", "It follows from the policy"][index % 2];
            let said = format!("{question} {follows}: {}.", text_of(&said.label));
            assert!(draft.contains(&said), "{said} in {draft}");
        }
        for reason in result["reasons"].as_array().unwrap() {
            for cite in reason["cites"].as_array().unwrap() {
                assert!(
                    draft.contains(&format!("[{}]", cite.as_str().unwrap())),
                    "{cite} in {draft}"
                );
            }
        }
    }
    assert!(determined > 20 && open > 20, "{determined} {open}");
}
