//! Results are signed, checked, and refuted where anything differs; `ssh-keygen` agrees, on rules as well.

mod planted;
mod program;
mod signing_desk;

use program::{gradatie, messages};
use signing_desk::{Desk, has_openssh};
use std::fs;

#[test]
fn results_are_confirmed_with_their_signature_and_not_without() {
    let desk = Desk::with_results();
    let (code, said) = desk.verified("signers");
    assert_eq!(code, Some(0), "{said}");
    assert!(
        said.contains("`results.jsonl` is signed by policy@example.org"),
        "{said}"
    );
    desk.keygen("other.key", "other@example.org", "others");
    let (code, said) = desk.verified("others");
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("unknown-signer"), "{said}");
    // What no rule gives can be changed without being refuted; the signature tells.
    let results = desk.path("results.jsonl");
    let text = fs::read_to_string(&results).unwrap();
    fs::write(&results, text.replace("A-1", "A-2")).unwrap();
    let (code, said) = desk.verified("signers");
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("is not what `policy@example.org` signed"), "{said}");
    fs::remove_file(desk.path("results.jsonl.sig")).unwrap();
    let (code, said) = desk.verified("signers");
    assert_eq!(code, Some(1));
    assert!(said.contains("there is no `results.jsonl.sig`"), "{said}");
    let piped = gradatie(
        &desk.folder,
        &["verify", "-", "--require-results-signature", "signers"],
        b"{}",
    );
    assert_eq!(piped.status.code(), Some(2));
    // A signature is not replaced unasked.
    let again = |more: &[&str]| {
        let sign = ["sign", "results", "results.jsonl", "--key", "policy.key"];
        desk.run(&[&sign[..], more].concat()).status.code()
    };
    assert_eq!(
        [again(&[]), again(&[]), again(&["--force"])],
        [Some(0), Some(2), Some(0)]
    );
}

#[test]
fn a_tampered_line_is_told_with_what_it_says_what_the_rules_give_and_what_else_is_wrong() {
    let desk = Desk::with_results();
    let results = desk.path("results.jsonl");
    let text = fs::read_to_string(&results).unwrap();
    fs::write(
        &results,
        text.replace(
            "\"grade\":{\"value\":\"relatively_higher\"",
            "\"grade\":{\"value\":\"no_15c\"",
        ),
    )
    .unwrap();
    let verified = desk.run(&[
        "verify",
        "results.jsonl",
        "--require-results-signature",
        "signers",
    ]);
    assert_eq!(verified.status.code(), Some(1));
    let said = String::from_utf8(verified.stdout.clone()).unwrap();
    for part in [
        "results.jsonl:1 A-1: refuted",
        "conclusions.grade.value: recorded \"no_15c\", the rules give \"relatively_higher\"",
        "the facts that it records: region = \"Ménaka\"",
        "0 confirmed, 1 refuted",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    let said = messages(&verified);
    assert!(
        said.contains("other-than-written") && said.contains("signature-does-not-fit"),
        "{said}"
    );
    // A result that was taken away leaves no line to refute, and the manifest tells.
    fs::write(&results, format!("{text}{text}")).unwrap();
    let verified = desk.run(&["verify", "results.jsonl"]);
    assert_eq!(verified.status.code(), Some(1));
    assert!(
        messages(&verified).contains("holds 2 results"),
        "{}",
        messages(&verified)
    );
}

#[test]
fn ssh_keygen_confirms_what_gradatie_signs_and_gradatie_what_ssh_keygen_signs() {
    if !has_openssh() {
        return;
    }
    let desk = Desk::with_results();
    let confirms = |namespace: &str, file: &str| {
        let signature = format!("{file}.sig");
        let arguments = [
            "-Y",
            "verify",
            "-f",
            "signers",
            "-I",
            "policy@example.org",
            "-n",
            namespace,
            "-s",
            &signature,
        ];
        desk.ssh_keygen(&arguments, file)
    };
    assert!(confirms("gradatie-results", "results.jsonl"));
    assert!(!confirms("gradatie-rules", "results.jsonl"));
    assert_eq!(
        desk.run(&["sign", "rules", "--key", "policy.key"]).status.code(),
        Some(0)
    );
    assert!(confirms("gradatie-rules", "rules/rules.sha256"));

    for hash in ["sha256", "sha512"] {
        for (file, namespace) in [
            ("results.jsonl", "gradatie-results"),
            ("rules/rules.sha256", "gradatie-rules"),
        ] {
            fs::remove_file(desk.path(&format!("{file}.sig"))).unwrap();
            let hash = format!("hashalg={hash}");
            let arguments = [
                "-q",
                "-Y",
                "sign",
                "-O",
                &hash,
                "-n",
                namespace,
                "-f",
                "policy.key",
                file,
            ];
            assert!(desk.ssh_keygen(&arguments, "case.yaml"));
        }
        assert_eq!(desk.verified("signers").0, Some(0));
        assert_eq!(desk.evaluated().0, Some(0));
    }
    // A key that OpenSSH made signs here, and the list alone can be left for it to sign.
    assert!(desk.ssh_keygen(
        &[
            "-q",
            "-t",
            "ed25519",
            "-N",
            "",
            "-C",
            "new@example.org",
            "-f",
            "new"
        ],
        "case.yaml"
    ));
    assert_eq!(
        desk.run(&["sign", "rules", "--key", "new"]).status.code(),
        Some(0)
    );
    let signed = desk.run(&["evaluate", "case.yaml", "--require-signature", "new.pub"]);
    assert_eq!(signed.status.code(), Some(0), "{}", messages(&signed));
    let list = desk.run(&["sign", "rules"]);
    assert!(messages(&list).contains("ssh-keygen -Y sign -n gradatie-rules"));
}
