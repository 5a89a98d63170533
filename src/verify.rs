//! Deriving recorded results again: does what was recorded follow from the rules and the facts that stand beside it?
//!
//! A result carries what it was made of: the policy version with the fingerprint of its rules, the moment of decision,
//! how the version was picked, and every fact that a rule read. That is enough to make it once more. What cannot be
//! seen from a result is whether these facts are those of the case file; compare them with the file for that.

mod changes;
mod manifest;
mod recorded;

pub use changes::{differences_of_changes, says_changes};
pub use manifest::{Written, differs_from_manifest, manifest_of};
pub use recorded::{Entry, Recorded, Results};

use serde_json::{Map, Value};

/// What is said of one recorded result.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    /// The rules give the same.
    Confirmed,
    /// The rules decide the same, and have other texts than those it was made with: what only repeats a text was not
    /// compared ([`besides_texts`]).
    ConfirmedBesidesTexts,
    /// The rules give something else.
    Refuted(Vec<Difference>),
    /// It cannot be derived again, and why.
    Unchecked(String),
}

/// A place in a result where the recorded value is not the one that the rules give.
#[derive(Debug, Clone, PartialEq)]
pub struct Difference {
    /// The path of keys: `conclusions.grade.value`.
    pub at: String,
    /// What was recorded; `None` where nothing was.
    pub recorded: Option<Value>,
    /// What the rules give; `None` where they give nothing.
    pub derived: Option<Value>,
}

/// How many results were confirmed, refuted and not checked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Confirmed.
    pub confirmed: usize,
    /// Of these, by rules with other texts.
    pub besides_texts: usize,
    /// Refuted.
    pub refuted: usize,
    /// Could not be checked.
    pub unchecked: usize,
}

impl Counts {
    /// Counts one verdict.
    pub fn add(&mut self, verdict: &Verdict) {
        match verdict {
            Verdict::Confirmed => self.confirmed += 1,
            Verdict::ConfirmedBesidesTexts => {
                self.confirmed += 1;
                self.besides_texts += 1;
            }
            Verdict::Refuted(_) => self.refuted += 1,
            Verdict::Unchecked(_) => self.unchecked += 1,
        }
    }
}

/// Keys of a result that say where its case stood or compare it with another result ([`differences_of_changes`] looks at
/// that). They do not follow from its rules and facts.
const NOT_DERIVED: [&str; 2] = ["source", "changes"];

/// Every place where a recorded result differs from the derived one, in the order of the derived one.
pub fn differences(recorded: &Map<String, Value>, derived: &Map<String, Value>) -> Vec<Difference> {
    let mut found = Vec::new();
    let derivable = |(key, _): &(&String, &Value)| !NOT_DERIVED.contains(&key.as_str());
    compare_objects(&mut found, "", recorded.iter().filter(derivable), derived);
    found
}

/// The differences without those that other texts of the same rules explain: the fingerprint of the texts, and of each
/// reason its place in a script and its summary.
pub fn besides_texts(found: Vec<Difference>) -> Vec<Difference> {
    let is_of_text = |difference: &Difference| {
        let (list, key) = match difference.at.split_once("].") {
            Some((list, key)) => (list.split_once('[').map(|(list, _)| list), key),
            None => (None, difference.at.as_str()),
        };
        match list {
            None => key == "text_fingerprint",
            Some(list) => matches!(list, "reasons" | "flag_reasons") && matches!(key, "at" | "text"),
        }
    };
    found
        .into_iter()
        .filter(|difference| !is_of_text(difference))
        .collect()
}

fn compare_objects<'a>(
    found: &mut Vec<Difference>,
    path: &str,
    recorded: impl Iterator<Item = (&'a String, &'a Value)> + Clone,
    derived: &Map<String, Value>,
) {
    for (key, derived) in derived {
        let own = recorded.clone().find(|(of, _)| *of == key);
        compare(
            found,
            &joined(path, key),
            own.map(|(_, value)| value),
            Some(derived),
        );
    }
    for (key, value) in recorded {
        if !derived.contains_key(key) {
            compare(found, &joined(path, key), Some(value), None);
        }
    }
}

fn compare(found: &mut Vec<Difference>, at: &str, recorded: Option<&Value>, derived: Option<&Value>) {
    match (recorded, derived) {
        (recorded, derived) if recorded == derived => {}
        (Some(Value::Object(recorded)), Some(Value::Object(derived))) => {
            compare_objects(found, at, recorded.iter(), derived);
        }
        (Some(Value::Array(recorded)), Some(Value::Array(derived)))
            if recorded.len() == derived.len() && derived.iter().all(Value::is_object) =>
        {
            for (index, (recorded, derived)) in recorded.iter().zip(derived).enumerate() {
                compare(found, &format!("{at}[{index}]"), Some(recorded), Some(derived));
            }
        }
        (recorded, derived) => found.push(Difference {
            at: at.to_owned(),
            recorded: recorded.cloned(),
            derived: derived.cloned(),
        }),
    }
}

fn joined(path: &str, key: &str) -> String {
    if path.is_empty() {
        key.to_owned()
    } else {
        format!("{path}.{key}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn between(recorded: Value, derived: Value) -> Vec<String> {
        let (Value::Object(recorded), Value::Object(derived)) = (recorded, derived) else {
            panic!("objects");
        };
        differences(&recorded, &derived)
            .into_iter()
            .map(|one| one.at)
            .collect()
    }

    #[test]
    fn each_difference_is_named_by_its_place() {
        let derived = json!({"case": "a", "conclusions": {"grade": {"value": "x"}}, "reasons": [{"at": "1"}], "needs": []});
        assert!(between(derived.clone(), derived.clone()).is_empty());
        let recorded = json!({
            "source": "cases/a.yaml", "changes": {}, "case": "a", "more": 1,
            "conclusions": {"grade": {"value": "y"}}, "reasons": [{"at": "2"}],
        });
        assert_eq!(
            between(recorded, derived),
            ["conclusions.grade.value", "reasons[0].at", "needs", "more"]
        );
    }

    #[test]
    fn other_texts_explain_places_and_summaries_and_nothing_else() {
        let derived = json!({
            "text_fingerprint": "a", "text": "a",
            "reasons": [{"at": "a", "text": "a", "cites": ["a"], "facts": {"text": "a"}}], "flag_reasons": [{"at": "a"}],
        });
        let (Value::Object(recorded), Value::Object(derived)) = (
            serde_json::from_str(&derived.to_string().replace("\"a\"", "\"b\"")).unwrap(),
            derived,
        ) else {
            panic!("objects");
        };
        let left = besides_texts(differences(&recorded, &derived));
        let left: Vec<&str> = left.iter().map(|one| one.at.as_str()).collect();
        assert_eq!(left, ["text", "reasons[0].cites", "reasons[0].facts.text"]);
    }

    #[test]
    fn lists_of_another_length_are_one_difference() {
        let list = |reasons: Value| json!({"reasons": reasons});
        assert_eq!(between(list(json!([])), list(json!([{"at": "1"}]))), ["reasons"]);
    }
}
