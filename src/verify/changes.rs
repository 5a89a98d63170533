//! What a result says has changed, derived again.

use super::Difference;
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// Whether a result says that something has changed.
pub fn says_changes(result: &Map<String, Value>) -> bool {
    result.contains_key("changes")
}

/// Every place where the recorded changes are not those that the rules give. `now` is what is derived for each
/// conclusion, `before` what the version that it was compared with derives from the same facts; without it only the new
/// values are looked at.
///
/// # Errors
/// An earlier value follows from facts that are not on record, so that it can be neither confirmed nor refuted.
pub fn differences_of_changes(
    result: &Map<String, Value>,
    now: &Map<String, Value>,
    before: Option<&Map<String, Value>>,
) -> Result<Vec<Difference>, String> {
    let none = Map::new();
    let recorded = match result.get("changes") {
        None => &none,
        Some(Value::Object(changes)) => changes,
        Some(other) => return Ok(vec![difference("changes", Some(other), None)]),
    };
    let mut found = Vec::new();
    let names: BTreeSet<&String> = recorded.keys().chain(now.keys()).collect();
    for name in names {
        let change = recorded.get(name);
        let to = now.get(name).map(value_of);
        let own = |key: &str| change.and_then(|change| change.get(key));
        let at = |key: &str| format!("changes.{name}.{key}");
        if change.is_some() && own("to") != to {
            found.push(difference(&at("to"), own("to"), to));
        }
        let from = match (change, own("from")) {
            // What is not said to have changed was the same.
            (None, _) => to,
            (Some(_), from) => from,
        };
        if change.is_some() && from == own("to") {
            found.push(difference(&format!("changes.{name}"), change, None));
        }
        let Some(before) = before.and_then(|before| before.get(name)) else {
            continue;
        };
        let derived = value_of(before);
        if from == Some(derived) {
            continue;
        }
        if derived.is_null() && is_possible(before, from) {
            return Err(format!(
                "the earlier value of `{name}` rests on facts that are not on record"
            ));
        }
        found.push(difference(&at("from"), from, Some(derived)));
    }
    Ok(found)
}

fn value_of(conclusion: &Value) -> &Value {
    &conclusion["value"]
}

fn is_possible(conclusion: &Value, value: Option<&Value>) -> bool {
    let mut possible = conclusion["possible"].as_array().into_iter().flatten();
    possible.any(|one| Some(one) == value)
}

fn difference(at: &str, recorded: Option<&Value>, derived: Option<&Value>) -> Difference {
    Difference {
        at: at.to_owned(),
        recorded: recorded.cloned(),
        derived: derived.cloned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn object(value: Value) -> Map<String, Value> {
        let Value::Object(object) = value else {
            panic!("{value}")
        };
        object
    }

    fn found(changes: Value, before: Option<Value>) -> Result<Vec<String>, String> {
        let result = object(json!({"case": "a", "changes": changes}));
        let now =
            object(json!({"grade": {"value": "high"}, "risk": {"value": null, "possible": ["a", "b"]}}));
        let before = before.map(object);
        let found = differences_of_changes(&result, &now, before.as_ref())?;
        Ok(found.into_iter().map(|one| one.at).collect())
    }

    #[test]
    fn the_new_value_must_be_the_concluded_one_and_another_than_the_earlier_one() {
        assert_eq!(
            found(json!({"grade": {"from": "low", "to": "high"}}), None),
            Ok(vec![])
        );
        assert_eq!(
            found(
                json!({"grade": {"from": "high", "to": "low"}, "risk": {"from": null, "to": null}, "x": {}}),
                None
            ),
            Ok(["changes.grade.to", "changes.risk", "changes.x"]
                .map(String::from)
                .to_vec())
        );
    }

    #[test]
    fn the_earlier_value_is_that_of_the_other_version() {
        let before = json!({"grade": {"value": "low"}, "risk": {"value": "a"}});
        let right = json!({"grade": {"from": "low", "to": "high"}, "risk": {"from": "a", "to": null}});
        assert_eq!(found(right, Some(before.clone())), Ok(vec![]));
        let wrong = json!({"grade": {"from": "middle", "to": "high"}});
        assert_eq!(
            found(wrong, Some(before)),
            Ok(["changes.grade.from", "changes.risk.from"]
                .map(String::from)
                .to_vec())
        );
    }

    #[test]
    fn what_rests_on_facts_that_are_not_on_record_is_not_said_to_be_right_or_wrong() {
        let before = json!({"grade": {"value": null, "possible": ["low", "middle"]}});
        assert!(
            found(
                json!({"grade": {"from": "low", "to": "high"}}),
                Some(before.clone())
            )
            .is_err()
        );
        assert_eq!(
            found(json!({"grade": {"from": "highest", "to": "high"}}), Some(before)),
            Ok(vec!["changes.grade.from".to_owned()])
        );
    }
}
