//! A file of results to `verify`: it is never confirmed unless the scripts give every result in it. The input is such a
//! file, or edits of a real result.

#![no_main]

use arbitrary::{Result, Unstructured};
use gradatie::derivation::Derivation;
use gradatie::evaluate::CompiledPolicy;
use gradatie::policy::RulesTree;
use gradatie::verify::{Results, Verdict};
use gradatie_fuzz::{SHIPPED, assert_placed, results};
use libfuzzer_sys::fuzz_target;
use serde_json::{Map, Value};
use std::sync::{LazyLock, Mutex, PoisonError};

static REAL: LazyLock<Vec<Value>> = LazyLock::new(|| results::real(&results::cases()));

/// Derives with and without a version that was compared with; what is compiled is kept from one input to the next.
static DERIVATIONS: LazyLock<Mutex<[Derivation; 2]>> = LazyLock::new(|| {
    let against = CompiledPolicy::of(SHIPPED[0].clone());
    Mutex::new([None, Some(against)].map(|against| Derivation::new(RulesTree::embedded(), against)))
});

fuzz_target!(|bytes: &[u8]| {
    let mut derivations = DERIVATIONS.lock().unwrap_or_else(PoisonError::into_inner);
    match bytes.first() {
        Some(b'{' | b'[' | b' ' | b'\n') => file(&mut derivations, bytes),
        _ => {
            let mut bytes = Unstructured::new(bytes);
            // Bytes that have run out make no more edits.
            if let Ok((real, edited)) = edited(&mut bytes) {
                one(&mut derivations, real, &edited);
            }
        }
    }
});

/// A file of results.
fn file(derivations: &mut [Derivation; 2], text: &[u8]) {
    let (mut found, mut confirmed) = (0, 0);
    for entry in Results::new("results.jsonl", text) {
        found += 1;
        match entry.expect("memory can be read").result {
            Ok(result) => {
                let verdicts = derivations
                    .each_mut()
                    .map(|derivation| derivation.verdict(&result));
                assert_true_where_confirmed(&verdicts, &result);
                confirmed += usize::from(verdicts[0] == Verdict::Confirmed);
            }
            Err(fault) => assert_placed(&[fault]),
        }
    }
    if found > 0 && found == confirmed {
        assert!(
            !results::has_repeated_key(text),
            "confirmed, with a key that stands twice"
        );
    }
}

/// An edited result, which is confirmed only where the edits make another true one or none at all.
fn one(derivations: &mut [Derivation; 2], real: &Value, edited: &Value) {
    let text = edited.to_string();
    let entry = Results::new("results.jsonl", text.as_bytes()).next();
    let entry = entry.expect("an entry").expect("memory can be read");
    let Ok(result) = entry.result else {
        assert!(!edited.is_object(), "{edited}");
        return;
    };
    let verdicts = derivations
        .each_mut()
        .map(|derivation| derivation.verdict(&result));
    assert_true_where_confirmed(&verdicts, &result);
    if real == edited {
        assert_eq!(verdicts[0], Verdict::Confirmed, "{edited}");
    }
}

fn assert_true_where_confirmed(verdicts: &[Verdict; 2], result: &Map<String, Value>) {
    for verdict in verdicts {
        match verdict {
            Verdict::Confirmed => {
                assert!(
                    results::is_true(result),
                    "confirmed, and not what the scripts give: {result:?}"
                );
                for (name, change) in result
                    .get("changes")
                    .and_then(Value::as_object)
                    .into_iter()
                    .flatten()
                {
                    assert_eq!(change["to"], result["conclusions"][name]["value"], "{result:?}");
                    assert_ne!(change["to"], change["from"], "{result:?}");
                }
            }
            Verdict::ConfirmedBesidesTexts => {
                assert!(
                    results::is_true_besides_texts(result),
                    "confirmed besides texts, and not what the scripts decide: {result:?}"
                );
            }
            Verdict::Refuted(differences) => assert!(!differences.is_empty()),
            Verdict::Unchecked(reason) => assert!(!reason.is_empty()),
        }
    }
}

/// A real result and what a few edits make of it.
fn edited<'r>(bytes: &mut Unstructured<'_>) -> Result<(&'r Value, Value)> {
    let real: &'static Value = bytes.choose(&REAL)?;
    let mut edited = real.clone();
    for _ in 0..bytes.int_in_range(1..=3)? {
        edit(&mut edited, bytes)?;
    }
    Ok((real, edited))
}

/// One edit, somewhere in a value.
fn edit(value: &mut Value, bytes: &mut Unstructured<'_>) -> Result<()> {
    let goes_on = bytes.ratio(3, 4)?;
    match value {
        Value::Object(map) if !map.is_empty() => {
            let key = map
                .keys()
                .nth(bytes.choose_index(map.len())?)
                .cloned()
                .unwrap_or_default();
            match bytes.int_in_range(0..=2)? {
                _ if goes_on => edit(&mut map[&key], bytes)?,
                0 => drop(map.shift_remove(&key)),
                1 => {
                    let value = map.shift_remove(&key).unwrap_or_default();
                    map.insert(other_key(bytes)?, value);
                }
                _ => drop(map.insert(other_key(bytes)?, other_value(bytes)?)),
            }
        }
        Value::Array(items) if !items.is_empty() => {
            let (at, other) = (bytes.choose_index(items.len())?, bytes.choose_index(items.len())?);
            match bytes.int_in_range(0..=3)? {
                _ if goes_on => edit(&mut items[at], bytes)?,
                0 => drop(items.remove(at)),
                1 => items.swap(at, other),
                2 => items.insert(at, items[other].clone()),
                _ => items.push(other_value(bytes)?),
            }
        }
        other => *other = other_value(bytes)?,
    }
    Ok(())
}

/// A key that some result has, or any text.
fn other_key(bytes: &mut Unstructured<'_>) -> Result<String> {
    if bytes.ratio(1, 8)? {
        return bytes.arbitrary();
    }
    let mut keys: Vec<String> = ["source", "changes", "error", "from", "to"]
        .map(String::from)
        .into();
    for result in REAL.iter() {
        collect(result, &mut |key, _| keys.extend(key.map(String::from)));
    }
    Ok(bytes.choose(&keys)?.clone())
}

/// A value that some result has, or another one.
fn other_value(bytes: &mut Unstructured<'_>) -> Result<Value> {
    Ok(match bytes.int_in_range(0..=7)? {
        0 => Value::Null,
        1 => Value::from(bytes.arbitrary::<i32>()?),
        2 => Value::from(bytes.arbitrary::<&str>()?),
        3 => Value::Array(Vec::new()),
        _ => {
            let mut values = Vec::new();
            let result = bytes.choose(&REAL)?;
            collect(result, &mut |_, value| values.push(value.clone()));
            bytes.choose(&values)?.clone()
        }
    })
}

/// Every key and value in a value.
fn collect(value: &Value, take: &mut dyn FnMut(Option<&str>, &Value)) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                take(Some(key), value);
                collect(value, take);
            }
        }
        Value::Array(items) => {
            for item in items {
                take(None, item);
                collect(item, take);
            }
        }
        _ => {}
    }
}
