//! Whether a store still says what its original files would say now.
//!
//! What was only added since leaves every stored case as it is: the store is taken, with a word of it. What was renamed,
//! removed or given another meaning could make the original files say something else: the store is refused. So is one
//! whose recorded faults might be none any more.

use super::{FactRecord, IMPORT_AGAIN, KindRecord, StoreDescription};
use crate::diagnostic::Diagnostic;
use crate::gazetteer::Gazetteer;
use std::collections::BTreeMap;

/// Faults that can go away when words, facts, places or numbers are added.
const CURABLE: [&str; 5] = [
    "unknown-fact",
    "unknown-value",
    "unknown-place",
    "out-of-range",
    "wrong-type",
];

impl StoreDescription {
    /// Whether the cases of the store are still what their original files would give; if so, what has been added since
    /// the store was made, as a warning.
    ///
    /// # Errors
    /// They may not be: what has changed.
    pub fn compare(&self, name: &str, gazetteer: &Gazetteer) -> Result<Option<Diagnostic>, Diagnostic> {
        let now = Self::now(gazetteer);
        let mut added = Vec::new();
        let facts = self.compare_facts(&now, &mut added);
        let compared = facts.and_then(|()| self.compare_places(&now, gazetteer, &mut added));
        let refused = |why: String| {
            let message = format!("the case store `{name}` was made under other facts: {why}");
            Diagnostic::error("other-facts", message).help(IMPORT_AGAIN)
        };
        compared.map_err(refused)?;
        if added.is_empty() {
            return Ok(None);
        }
        let curable = CURABLE.iter().filter_map(|code| self.errors.get(*code));
        let curable: u64 = curable.sum();
        if curable > 0 {
            let added = added.join("; ");
            return Err(refused(format!(
                "{added}; of its cases in error {curable} may be none now"
            )));
        }
        let message = format!("the case store `{name}` was made under older facts, and is used as it is");
        let warning = Diagnostic::warning("older-facts", message);
        Ok(Some(added.into_iter().fold(warning, Diagnostic::help)))
    }

    fn compare_facts(&self, now: &Self, added: &mut Vec<String>) -> Result<(), String> {
        for then in &self.facts {
            let name = &then.name;
            let Some(now) = now.facts.iter().find(|fact| fact.name == *name) else {
                return Err(format!("there is no fact `{name}` any more"));
            };
            if then.optional != now.optional {
                return Err(format!("`{name}` means something else when it is absent"));
            }
            compare_kinds(then, now, added)?;
        }
        let is_new = |fact: &&FactRecord| self.facts.iter().all(|then| then.name != fact.name);
        for fact in now.facts.iter().filter(is_new) {
            added.push(format!(
                "the fact `{}` is new, and not known in any of its cases",
                fact.name
            ));
        }
        Ok(())
    }

    fn compare_places(
        &self,
        now: &Self,
        gazetteer: &Gazetteer,
        added: &mut Vec<String>,
    ) -> Result<(), String> {
        for (spelling, then) in &self.spellings {
            let found = gazetteer
                .find(spelling)
                .map(|place| &now.places[place.number() as usize]);
            match (self.places.get(*then), found) {
                (Some(then), Some(now)) if then == now => {}
                (_, None) => return Err(format!("no place is called `{spelling}` any more")),
                (_, Some(_)) => return Err(format!("`{spelling}` is another place, or lies elsewhere")),
            }
        }
        let is_new = |spelling: &&String| !self.spellings.contains_key(*spelling);
        let new = now.spellings.keys().filter(is_new).count();
        if new > 0 {
            added.push(format!("{new} names of places are new"));
        }
        Ok(())
    }
}

fn compare_kinds(then: &FactRecord, now: &FactRecord, added: &mut Vec<String>) -> Result<(), String> {
    let name = &then.name;
    match (&then.kind, &now.kind) {
        (KindRecord::Choice(then), KindRecord::Choice(now))
        | (KindRecord::Set(then), KindRecord::Set(now)) => {
            let (then, now) = (spellings(then), spellings(now));
            for (spelling, word) in &then {
                match now.get(spelling) {
                    Some(now) if now == word => {}
                    Some(now) => {
                        return Err(format!("`{spelling}` of `{name}` means `{now}` and not `{word}`"));
                    }
                    None => return Err(format!("`{name}` has no value `{spelling}` any more")),
                }
            }
            let is_new = |spelling: &&&str| !then.contains_key(**spelling);
            let new: Vec<String> = now
                .keys()
                .filter(is_new)
                .map(|word| format!("`{word}`"))
                .collect();
            if !new.is_empty() {
                added.push(format!("`{name}` has new values: {}", new.join(", ")));
            }
        }
        (
            KindRecord::WholeNumber { least, most },
            KindRecord::WholeNumber {
                least: from,
                most: to,
            },
        ) => {
            if from > least || to < most {
                return Err(format!(
                    "`{name}` goes from {from} to {to}, no longer from {least} to {most}"
                ));
            }
            if (from, to) != (least, most) {
                added.push(format!(
                    "`{name}` goes from {from} to {to}, and went from {least} to {most}"
                ));
            }
        }
        (then, now) if then == now => {}
        _ => return Err(format!("`{name}` is another kind of fact")),
    }
    Ok(())
}

/// Each way to write a word, with the word.
fn spellings(words: &BTreeMap<String, Vec<String>>) -> BTreeMap<&str, &str> {
    let all = words.iter().flat_map(|(word, also)| {
        let written = [word].into_iter().chain(also);
        written.map(move |written| (written.as_str(), word.as_str()))
    });
    all.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::{PolicyVersion, RulesTree};

    fn gazetteer() -> std::sync::Arc<Gazetteer> {
        PolicyVersion::gazetteer(&RulesTree::embedded(), "mali")
            .unwrap()
            .into()
    }

    fn then(change: impl FnOnce(&mut StoreDescription)) -> StoreDescription {
        let mut store = StoreDescription::now(&gazetteer());
        change(&mut store);
        let text = store.text().unwrap();
        StoreDescription::read("a.parquet", &text).unwrap()
    }

    fn fact<'s>(store: &'s mut StoreDescription, name: &str) -> &'s mut FactRecord {
        store.facts.iter_mut().find(|fact| fact.name == name).unwrap()
    }

    fn refusal(change: impl FnOnce(&mut StoreDescription)) -> String {
        let fault = then(change).compare("a.parquet", &gazetteer()).unwrap_err();
        assert_eq!(fault.code, "other-facts");
        assert!(fault.help[0].contains("gradatie import"));
        fault.message
    }

    fn upgrade(change: impl FnOnce(&mut StoreDescription)) -> String {
        let warning = then(change).compare("a.parquet", &gazetteer()).unwrap().unwrap();
        assert_eq!(warning.code, "older-facts");
        warning.help.join("; ")
    }

    #[test]
    fn a_store_made_now_is_taken_without_a_word() {
        assert_eq!(then(|_| {}).compare("a", &gazetteer()), Ok(None));
    }

    #[test]
    fn what_was_only_added_since_is_said_and_the_store_is_taken() {
        let without = upgrade(|store| store.facts.retain(|fact| fact.name != "procedure"));
        assert_eq!(
            without,
            "the fact `procedure` is new, and not known in any of its cases"
        );
        let word = upgrade(|store| match &mut fact(store, "procedure").kind {
            KindRecord::Choice(words) => drop(words.remove("renewal")),
            _ => unreachable!(),
        });
        assert_eq!(word, "`procedure` has new values: `renewal`");
        let range = upgrade(|store| {
            fact(store, "age").kind = KindRecord::WholeNumber { least: 0, most: 99 };
        });
        assert_eq!(range, "`age` goes from 0 to 150, and went from 0 to 99");
        let place = upgrade(|store| {
            store.spellings.remove("Timbuktu");
        });
        assert_eq!(place, "1 names of places are new");
    }

    #[test]
    fn what_was_removed_or_means_something_else_is_refused() {
        let gone = refusal(|store| fact(store, "age").name = "years".to_owned());
        assert!(gone.ends_with("there is no fact `years` any more"), "{gone}");
        let word = refusal(|store| match &mut fact(store, "procedure").kind {
            KindRecord::Choice(words) => drop(words.insert("appeal".to_owned(), Vec::new())),
            _ => unreachable!(),
        });
        assert!(
            word.ends_with("`procedure` has no value `appeal` any more"),
            "{word}"
        );
        let moved = refusal(|store| match &mut fact(store, "civilian").kind {
            KindRecord::Choice(words) => {
                words.get_mut("yes").unwrap().retain(|also| also != "ja");
                words.get_mut("no").unwrap().push("ja".to_owned());
            }
            _ => unreachable!(),
        });
        assert!(
            moved.ends_with("`ja` of `civilian` means `yes` and not `no`"),
            "{moved}"
        );
        let range = refusal(|store| {
            fact(store, "age").kind = KindRecord::WholeNumber { least: 0, most: 200 };
        });
        assert!(
            range.ends_with("`age` goes from 0 to 150, no longer from 0 to 200"),
            "{range}"
        );
        let kind = refusal(|store| fact(store, "age").kind = KindRecord::Place);
        assert!(kind.ends_with("`age` is another kind of fact"), "{kind}");
        let absent = refusal(|store| fact(store, "birth_region").optional = false);
        assert!(
            absent.ends_with("`birth_region` means something else when it is absent"),
            "{absent}"
        );
        let name = refusal(|store| {
            store.spellings.insert("Atlantis".to_owned(), 0);
        });
        assert!(name.ends_with("no place is called `Atlantis` any more"), "{name}");
        let elsewhere = refusal(|store| {
            let place = store.spellings["Ansongo"];
            store.places[place].region = Some("Kidal".to_owned());
        });
        assert!(
            elsewhere.ends_with("`Ansongo` is another place, or lies elsewhere"),
            "{elsewhere}"
        );
    }

    #[test]
    fn recorded_faults_that_may_be_none_now_are_a_reason_to_refuse() {
        let older = |code: &str| {
            let code = code.to_owned();
            move |store: &mut StoreDescription| {
                store.facts.retain(|fact| fact.name != "procedure");
                store.errors.insert(code, 3);
            }
        };
        let refused = refusal(older("unknown-fact"));
        assert!(
            refused.ends_with("of its cases in error 3 may be none now"),
            "{refused}"
        );
        upgrade(older("invalid-json"));
    }

    #[test]
    fn a_store_of_another_form_is_refused() {
        let fault = StoreDescription::read("a.parquet", "{\"format\": 9}").unwrap_err();
        assert_eq!(fault.code, "other-store");
        assert!(StoreDescription::read("a.parquet", "{").is_err());
    }
}
