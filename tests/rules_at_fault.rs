//! Rules that are wrong: each mistake is found at its line, and gives no conclusion.

mod planted;

use gradatie::case_file::read_case;
use gradatie::diagnostic::{Diagnostic, render};
use gradatie::evaluate::{evaluate, knowledge};
use gradatie::policy::{Policies, RulesTree};
use gradatie::source::Source;
use gradatie::yaml::Limits;
use planted::Rules;

/// What a spoiled copy of the rules says.
trait Evaluated {
    fn evaluate(&self, facts: &str) -> Result<Vec<Option<usize>>, Vec<Diagnostic>>;
    fn faults(&self, facts: &str) -> String;
}

impl Evaluated for Rules {
    /// The values of the conclusions, by their place in the declared order.
    fn evaluate(&self, facts: &str) -> Result<Vec<Option<usize>>, Vec<Diagnostic>> {
        let tree = RulesTree::folder(&self.root()).map_err(|fault| vec![fault])?;
        let mut policies = Policies::open(&tree, Some("mali/2025"))?;
        let gazetteer = policies.gazetteer().clone();
        let source = Source::new("case.yaml", format!("case: A\nfacts: {{{facts}}}\n"));
        let case = read_case(&source, &gazetteer, &Limits::default())?;
        let picked = policies.pick(None).map_err(|fault| vec![fault])?;
        let policy = policies.version(&picked.id)?;
        let known = knowledge(&case.facts, None, picked.by, &gazetteer);
        Ok(evaluate(&policy, &known)?
            .conclusions
            .iter()
            .map(|conclusion| conclusion.value())
            .collect())
    }

    /// The faults as a user sees them, with the folder's name left out.
    fn faults(&self, facts: &str) -> String {
        let faults = self.evaluate(facts).expect_err("the rules are evaluated");
        let shown = faults.iter().map(|fault| render(fault, false, 100));
        let root = format!("{}/", self.root().display());
        shown.collect::<Vec<_>>().join("\n\n").replace(&root, "")
    }
}

/// Each mistake: its name, the file, what is replaced by what, and the facts of the case.
const MISTAKES: &[(&str, &str, &str, &str, &str)] = &[
    (
        "typo in a fact",
        "mali/2025/flags.rhai",
        "facts.age",
        "facts.aeg",
        "",
    ),
    (
        "typo in a region",
        "mali/2025/grade.rhai",
        "\"Gao\" |",
        "\"Goa\" |",
        "",
    ),
    (
        "typo in a value",
        "mali/2025/grade.rhai",
        "\"relatively_lower\"",
        "\"relatively_lowr\"",
        "",
    ),
    (
        "typo in a locator",
        "mali/2025/grade.rhai",
        "\"besluit:5.3\"",
        "\"besluit:5.33\"",
        "",
    ),
    (
        "value of another question",
        "mali/2025/grade.rhai",
        "\"relatively_lower\"",
        "\"applies\"",
        "region: Koulikoro",
    ),
    (
        "missing quote",
        "mali/2025/grade.rhai",
        "\"Koulikoro\"",
        "\"Koulikoro",
        "",
    ),
    (
        "missing bracket",
        "mali/2025/scope.rhai",
        "conclude(\"applies\", \"besluit:1.3\")",
        "conclude(\"applies\", \"besluit:1.3\"",
        "",
    ),
    (
        "dropped region",
        "mali/2025/grade.rhai",
        "\"Ménaka\" | ",
        "",
        "region: Ménaka",
    ),
    (
        "dropped region, region not known",
        "mali/2025/grade.rhai",
        "\"Ménaka\" | ",
        "",
        "",
    ),
    (
        "nothing cited",
        "mali/2025/grade.rhai",
        "\"no_15c\", \"besluit:6.4\"",
        "\"no_15c\"",
        "region: Bamako",
    ),
    (
        "missing return",
        "mali/2025/scope.rhai",
        "return conclude(\"does_not_apply\", \"QD:17\");",
        "conclude(\"does_not_apply\", \"QD:17\");",
        "exclusion_1f: yes, nationality: Mali, origin_credible: yes, moratorium: no",
    ),
    (
        "comparison that can never hold",
        "mali/2025/flags.rhai",
        "facts.civilian == \"no\"",
        "facts.civilian == \"established\"",
        "",
    ),
    (
        "word without quotes",
        "mali/2025/flags.rhai",
        "facts.civilian == \"no\"",
        "facts.civilian == false",
        "",
    ),
    (
        "number compared with a word",
        "mali/2025/flags.rhai",
        "facts.age < 18",
        "facts.age < \"established\"",
        "age: 12",
    ),
    (
        "number that is not compared",
        "mali/2025/flags.rhai",
        "if facts.age < 18 {",
        "if facts.age == 18 || true { facts.age;",
        "age: 12",
    ),
    (
        "arithmetic",
        "mali/2025/flags.rhai",
        "facts.age < 18",
        "facts.age + 1 < 19",
        "age: 12",
    ),
    (
        "date that is none",
        "mali/2025/flags.rhai",
        "\"2025-12-31\"",
        "\"2025-13-31\"",
        "",
    ),
    (
        "member that a set cannot have",
        "mali/2025/flags.rhai",
        "has(\"health\")",
        "has(\"army\")",
        "",
    ),
    (
        "loop",
        "mali/2025/grade.rhai",
        "    switch",
        "    loop { }\n    switch",
        "",
    ),
    (
        "function that calls itself",
        "mali/2025/flags.rhai",
        "fn minor(facts) {",
        "fn again(facts) { again(facts) }\nfn minor(facts) {\n    again(facts);",
        "age: 12",
    ),
    (
        "question that asks itself",
        "mali/2025/grade.rhai",
        "    switch",
        "    real_risk(facts);\n    switch",
        "region: Gao",
    ),
    (
        "closure",
        "mali/2025/grade.rhai",
        "    switch",
        "    let f = |x| x;\n    switch",
        "",
    ),
    (
        "import",
        "mali/2025/grade.rhai",
        "    switch",
        "    import \"x\" as x;\n    switch",
        "",
    ),
    (
        "place that may not be recorded",
        "mali/2025/flags.rhai",
        "facts.recorded(\"birth_region\") && ",
        "",
        "region: Gao",
    ),
    (
        "unknown question",
        "mali/2025/flags.rhai",
        "if grade(facts) == \"not_named\"",
        "if grading(facts) == \"not_named\"",
        "region: Gao",
    ),
    (
        "flag that concludes",
        "mali/2025/flags.rhai",
        "raise(\"QD:15c\", \"QD:17\")",
        "conclude(\"not_established\", \"QD:17\")",
        "civilian: no",
    ),
    (
        "question without its function",
        "mali/2025/scope.rhai",
        "fn scope(",
        "fn scoop(",
        "",
    ),
    (
        "built-in word redefined",
        "mali/2025/scope.rhai",
        "fn scope(",
        "fn raise(a) { a }\nfn scope(",
        "",
    ),
    (
        "conclusion without a script",
        "mali/2025/policy.yaml",
        "  - name: scope",
        "  - name: scoop",
        "",
    ),
    (
        "unknown key in policy.yaml",
        "mali/2025/policy.yaml",
        "in_force:",
        "in_farce:",
        "",
    ),
    (
        "locator twice",
        "mali/2025/sources.yaml",
        "besluit:6.6",
        "besluit:6.5",
        "",
    ),
    (
        "two places of one name",
        "mali/regions.yaml",
        "[Rharous]",
        "[Bourem]",
        "",
    ),
];

#[test]
fn each_mistake_is_shown_at_its_line_with_a_way_out() {
    let mut shown = Vec::new();
    for (name, file, from, to, facts) in MISTAKES {
        let rules = Rules::new();
        rules.change(file, from, to);
        shown.push(format!("# {name}\n{}", rules.faults(facts)));
    }
    insta::with_settings!({omit_expression => true}, {
        insta::assert_snapshot!("mistakes", shown.join("\n\n"));
    });
}

#[test]
fn a_moved_region_has_another_grade_at_once() {
    let rules = Rules::new();
    let grade = |rules: &Rules| rules.evaluate("region: Ménaka").unwrap()[1];
    assert_eq!(grade(&rules), Some(1), "relatively_higher");
    rules.change("mali/2025/grade.rhai", "\"Ménaka\" | ", "");
    rules.change("mali/2025/grade.rhai", "\"Gao\" | ", "\"Gao\" | \"Ménaka\" | ");
    assert_eq!(grade(&rules), Some(0), "highest_exceptional");
}

#[test]
fn a_script_that_cannot_end_ends_within_its_limits() {
    let rules = Rules::new();
    let mut chain = String::from("fn f0(facts) { 1 }\n");
    for index in 1..20 {
        let before = index - 1;
        chain += &format!(
            "fn f{index}(facts) {{ {} }}\n",
            format!("f{before}(facts); ").repeat(20)
        );
    }
    chain += "fn minor(facts) {\n    f19(facts);";
    rules.change("mali/2025/flags.rhai", "fn minor(facts) {", &chain);
    assert!(
        rules.faults("age: 12").contains("script-limit"),
        "{}",
        rules.faults("age: 12")
    );
}

#[test]
fn scripts_that_are_too_large_or_too_deep_are_refused() {
    for (text, code) in [
        (
            format!("{}1{}", "(".repeat(10_000), ")".repeat(10_000)),
            "script-too-large",
        ),
        (
            format!("{}1{}", "(\n".repeat(5_000), ")\n".repeat(4_000)),
            "script-too-deep",
        ),
        ("let x = 1;\n".repeat(20_000), "script-too-large"),
        ("let x = 1;\n".repeat(100_000), "unreadable-rules-file"),
        (format!("let x = {}1;", "!".repeat(900)), "script-"),
        (
            format!("if true {{ 1 }} {}", "else if true { 1 }\n".repeat(5_000)),
            "script-",
        ),
        (format!("let x = {}", "1 == \n".repeat(5_000)), "script-"),
    ] {
        let rules = Rules::new();
        rules.change(
            "mali/2025/grade.rhai",
            "    switch",
            &format!("{text}\n    switch"),
        );
        let faults = rules.faults("");
        assert!(faults.contains(code), "{code}: {faults}");
    }
}
