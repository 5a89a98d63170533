//! The five conclusions of `mali/2025` by gradatie and by other engines: the same logic, the same whole cases, the same
//! run. Each engine gets its rules compiled and its cases in its own form beforehand, so that only deciding is timed, and
//! each must say of every case what the policy says before it is timed. Prints a table in Markdown.

#[path = "../../hand_written/mod.rs"]
mod hand_written;
mod rules;

use gradatie::batch::RuleSet;
use gradatie::evaluate::{CaseValues, CompiledPolicy, Decider};
use gradatie::policy::RulesTree;
use gradatie::sample::Spread;
use hand_written::{Texts, Words, cases, decide_texts, decide_words};
use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;

const CASES: usize = 2_000;
const ROUNDS: usize = 15;

/// The words of the five conclusions of a case.
type Said = [String; 5];

const VALUES: [&[&str]; 5] = [
    &["applies", "does_not_apply"],
    &[
        "highest_exceptional",
        "relatively_higher",
        "relatively_lower",
        "no_15c",
        "not_named",
    ],
    &[
        "by_mere_presence",
        "by_individual_circumstances",
        "not_established",
    ],
    &[
        "not_applicable",
        "not_reached",
        "presumed_in_bamako",
        "assess_individually",
    ],
    &["not_reached", "can_be_invoked", "cannot_be_invoked"],
];

/// The facts that the five conclusions read, by name.
fn facts(case: &Texts) -> [(&'static str, &str); 12] {
    [
        ("nationality", &case.nationality),
        ("origin_credible", &case.origin_credible),
        ("moratorium", &case.moratorium),
        ("exclusion_1f", &case.exclusion_1f),
        ("region", &case.region),
        ("civilian", &case.civilian),
        ("individual_risk", &case.individual_risk),
        ("refugee_status", &case.refugee_status),
        ("serious_harm_15ab", &case.serious_harm_15ab),
        ("ipa_safe", &case.ipa_safe),
        ("ipa_accessible", &case.ipa_accessible),
        ("ipa_reasonable", &case.ipa_reasonable),
    ]
}

/// An engine with its rules and all cases, ready to decide.
struct Peer<'p> {
    name: &'static str,
    settings: &'static str,
    /// Decides the case at a place.
    decide: Box<dyn FnMut(usize) + 'p>,
}

fn main() {
    let rule_set = RuleSet::open(&RulesTree::embedded(), Some("mali/2025"), 1).expect("rules");
    let compiled = rule_set.versions().next().expect("a version");
    let values = cases(rule_set.gazetteer(), CASES, Spread::Uniform, true);
    let texts: Vec<Texts> = values
        .iter()
        .map(|case| Texts::of(case, rule_set.gazetteer()))
        .collect();
    let words: Vec<Words> = texts
        .iter()
        .zip(&values)
        .map(|(texts, case)| Words::of(texts, case))
        .collect();
    let expected: Vec<Said> = texts
        .iter()
        .map(|case| {
            let conclusions = decide_texts(case).conclusions;
            std::array::from_fn(|place| VALUES[place][usize::from(conclusions[place].0)].to_owned())
        })
        .collect();

    let mut peers = vec![
        by_hand("Rust by hand, over texts", |case| {
            black_box(decide_texts(&texts[case]));
        }),
        by_hand("Rust by hand, over enumerations", |case| {
            black_box(decide_words(&words[case]));
        }),
        gradatie(compiled, &values, &expected),
        datalogic(&texts, &expected),
        rhai(&texts, &expected),
        cel(&texts, &expected),
        regorus(&texts, &expected),
        zen(&texts, &expected),
    ];
    let mut times = vec![Vec::new(); peers.len()];
    for _ in 0..ROUNDS {
        for (peer, times) in peers.iter_mut().zip(&mut times) {
            let start = Instant::now();
            (0..CASES).for_each(|case| (peer.decide)(case));
            times.push(start.elapsed().as_secs_f64() * 1e9 / CASES as f64);
        }
    }
    let medians: Vec<f64> = times
        .into_iter()
        .map(|mut times| {
            times.sort_by(f64::total_cmp);
            times[times.len() / 2]
        })
        .collect();
    println!("| decided by | settings | nanoseconds a case | beside gradatie |");
    println!("|---|---|---:|---:|");
    for (peer, time) in peers.iter().zip(&medians) {
        println!(
            "| {} | {} | {time:.0} | {:.2} |",
            peer.name,
            peer.settings,
            time / medians[2]
        );
    }
}

fn by_hand<'p>(name: &'static str, decide: impl FnMut(usize) + 'p) -> Peer<'p> {
    Peer {
        name,
        settings: "whole cases only; also the eleven flags and all citations",
        decide: Box::new(decide),
    }
}

/// Checks what an engine says of every case.
fn check(name: &str, expected: &[Said], mut said: impl FnMut(usize) -> Said) {
    for (case, expected) in expected.iter().enumerate() {
        assert_eq!(said(case), *expected, "{name} differs");
    }
}

fn gradatie<'p>(compiled: &'p CompiledPolicy, values: &'p [CaseValues], expected: &[Said]) -> Peer<'p> {
    let mut decider: Decider<'p, Option<usize>> = Decider::new(compiled);
    let mut decide = move |case: usize| {
        let decided = decider.decide(&values[case], &mut |determined| {
            determined.expect("determined").value()
        });
        decided.expect("possible");
        let mut answers = decider.answers();
        black_box(decider.needs());
        std::array::from_fn::<_, 5, _>(|_| answers.next().copied().flatten().unwrap_or_default())
    };
    check("gradatie", expected, |case| {
        let places = decide(case);
        std::array::from_fn(|place| VALUES[place][places[place]].to_owned())
    });
    Peer {
        name: "gradatie",
        settings: "`Decider`; also facts that are missing, the eleven flags, needs and all citations",
        decide: Box::new(move |case| {
            black_box(decide(case));
        }),
    }
}

fn datalogic<'p>(texts: &[Texts], expected: &[Said]) -> Peer<'p> {
    use datalogic_rs::{Engine, ParsedData};
    let engine: &'static Engine = Box::leak(Box::new(Engine::new()));
    let logic = engine
        .compile(rules::json_logic().to_string().as_str())
        .expect("rules");
    let inputs: Vec<ParsedData> = texts
        .iter()
        .map(|case| ParsedData::from_json(&json(case).to_string()).expect("a case"))
        .collect();
    let mut session = engine.session();
    check("datalogic-rs", expected, |case| {
        session.reset();
        let said = session.eval_borrowed(&logic, &inputs[case]).expect("decided");
        let said = said.as_array().expect("a list");
        std::array::from_fn(|place| said[place].as_str().expect("a text").to_owned())
    });
    Peer {
        name: "datalogic-rs 5.4.0",
        settings: "one compiled rule, a session, data parsed beforehand, result borrowed",
        decide: Box::new(move |case| {
            session.reset();
            black_box(session.eval_borrowed(&logic, &inputs[case]).expect("decided"));
        }),
    }
}

fn json(case: &Texts) -> serde_json::Value {
    let facts = facts(case).map(|(name, value)| (name.to_owned(), serde_json::Value::from(value)));
    serde_json::Value::Object(facts.into_iter().collect())
}

fn rhai<'p>(texts: &[Texts], expected: &[Said]) -> Peer<'p> {
    use rhai::{Dynamic, Engine, ImmutableString, Map, Scope};
    type Facts = Arc<[ImmutableString; 12]>;
    let mut engine = Engine::new();
    engine.register_type_with_name::<Facts>("Facts");
    for (place, (name, _)) in facts(&texts[0]).into_iter().enumerate() {
        engine.register_get(name, move |facts: &mut Facts| facts[place].clone());
    }
    let script = engine.compile(rules::RHAI).expect("rules");
    let inputs: Vec<Facts> = texts
        .iter()
        .map(|case| Arc::new(facts(case).map(|(_, value)| value.into())))
        .collect();
    let decide = move |case: usize| -> Map {
        let facts: Dynamic = Dynamic::from(inputs[case].clone());
        engine
            .call_fn(&mut Scope::new(), &script, "decide", (facts,))
            .expect("decided")
    };
    check("Rhai", expected, |case| {
        let said = decide(case);
        rules::NAMES.map(|name| said[name].clone().into_string().expect("a text"))
    });
    Peer {
        name: "plain Rhai 1.27.0",
        settings: "compiled once, facts by getters, run for each case; features as gradatie sets them",
        decide: Box::new(move |case| {
            black_box(decide(case));
        }),
    }
}

fn cel<'p>(texts: &[Texts], expected: &[Said]) -> Peer<'p> {
    use cel::{Context, Program, Value};
    let program = Program::compile(&rules::expressions(&rules::CEL)).expect("rules");
    let contexts: Vec<Context<'static, 'static>> = texts
        .iter()
        .map(|case| {
            let mut context = Context::default();
            for (name, value) in facts(case) {
                context.add_variable_from_value(name, value.to_owned());
            }
            context
        })
        .collect();
    check("CEL", expected, |case| {
        match program.execute(&contexts[case]).expect("decided") {
            Value::List(said) => std::array::from_fn(|place| match &said[place] {
                Value::String(said) => said.to_string(),
                other => panic!("{other:?}"),
            }),
            other => panic!("{other:?}"),
        }
    });
    Peer {
        name: "cel 0.15.0",
        settings: "one compiled program, a context for each case beforehand",
        decide: Box::new(move |case| {
            black_box(program.execute(&contexts[case]).expect("decided"));
        }),
    }
}

fn regorus<'p>(texts: &[Texts], expected: &[Said]) -> Peer<'p> {
    use regorus::languages::rego::compiler::Compiler;
    use regorus::rvm::vm::RegoVM;
    use regorus::{Engine, Value};
    let mut engine = Engine::new();
    engine
        .add_policy("mali.rego".to_owned(), rules::REGO.to_owned())
        .expect("rules");
    let entry = "data.mali.said";
    let policy = engine.compile_with_entrypoint(&entry.into()).expect("rules");
    let program = Compiler::compile_from_policy(&policy, &[entry]).expect("rules");
    let mut machine = RegoVM::new_with_policy(policy);
    machine.load_program(program);
    let inputs: Vec<Value> = texts
        .iter()
        .map(|case| Value::from_json_str(&json(case).to_string()).expect("a case"))
        .collect();
    let mut decide = move |case: usize| -> Value {
        machine.set_input(inputs[case].clone());
        machine.execute().expect("decided")
    };
    check("regorus", expected, |case| {
        let said = decide(case);
        let said = said.as_array().expect("a list");
        std::array::from_fn(|place| said[place].as_string().expect("a text").to_string())
    });
    Peer {
        name: "regorus 0.14.1",
        settings: "compiled for its virtual machine, inputs parsed beforehand",
        decide: Box::new(move |case| {
            black_box(decide(case));
        }),
    }
}

fn zen<'p>(texts: &[Texts], expected: &[Said]) -> Peer<'p> {
    use zen_engine::model::DecisionContent;
    use zen_engine::{Decision, Variable};
    let content: DecisionContent = serde_json::from_value(rules::decision_model()).expect("rules");
    let decision = Decision::from(content);
    let inputs: Vec<Variable> = texts.iter().map(|case| json(case).into()).collect();
    let decide = move |case: usize| -> Variable {
        let decided = pollster::block_on(decision.evaluate(inputs[case].depth_clone(1)));
        decided.expect("decided").result
    };
    check("zen-engine", expected, |case| {
        let said = serde_json::to_value(decide(case)).expect("a value");
        rules::NAMES.map(|name| said[name].as_str().expect("a text").to_owned())
    });
    Peer {
        name: "zen-engine 0.50.2",
        settings: "one decision with an expression node, inputs in its own form beforehand",
        decide: Box::new(move |case| {
            black_box(decide(case));
        }),
    }
}
