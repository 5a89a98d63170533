//! Rules folders are signed, checked, and refused where anything differs, and keys are kept.

mod planted;
mod program;
mod signing_desk;

use planted::Rules;
use program::{assert_refused, messages, run};
use signing_desk::{CASE, Desk, has_openssh};
use std::fs;
use std::path::Path;
use std::process::Command;

#[test]
fn a_key_can_be_read_by_its_owner_alone_is_never_replaced_and_never_shown() {
    let desk = Desk::new();
    let private = fs::read_to_string(desk.path("policy.key")).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = desk.path("policy.key").metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    let again = desk.run(&["sign", "keygen", "policy.key", "--name", "b"]);
    assert_eq!(again.status.code(), Some(2));
    assert!(messages(&again).contains("never replaced"));
    assert_eq!(fs::read_to_string(desk.path("policy.key")).unwrap(), private);
    // The public file alone is enough to stop it, before a private one is written.
    fs::write(desk.path("other.key.pub"), "").unwrap();
    assert_eq!(
        desk.run(&["sign", "keygen", "other.key", "--name", "b"])
            .status
            .code(),
        Some(2)
    );
    assert!(!desk.path("other.key").exists());

    let secret = private.lines().nth(2).unwrap();
    for arguments in [
        &["sign", "rules", "--key", "policy.key"][..],
        &["sign", "results", "case.yaml", "--key", "policy.key"],
        &["evaluate", "case.yaml", "--require-signature", "policy.key"],
        &["verify", "case.yaml", "--require-results-signature", "policy.key"],
    ] {
        let output = desk.run(arguments);
        let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), messages(&output));
        assert!(!said.contains(secret), "{arguments:?}");
    }
    for name in ["", "two words", "a\"b"] {
        let refused = desk.run(&["sign", "keygen", "third.key", "--name", name]);
        assert_eq!(refused.status.code(), Some(2), "{name}");
    }
}

#[test]
fn a_key_that_cannot_be_used_says_why_and_what_to_do() {
    let desk = Desk::new();
    fs::write(desk.path("text"), "no key at all\n").unwrap();
    let signed = |key: &str| {
        let output = desk.run(&["sign", "results", "case.yaml", "--key", key]);
        assert_eq!(output.status.code(), Some(2), "{key}");
        assert!(!desk.path("case.yaml.sig").exists());
        messages(&output)
    };
    assert!(signed("nowhere").contains("cannot be read"));
    assert!(signed("policy.key.pub").contains("is no private key") || cfg!(unix));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let open = |name: &str, mode| {
            fs::set_permissions(desk.path(name), fs::Permissions::from_mode(mode)).unwrap();
        };
        assert!(signed("text").contains("chmod 600"));
        open("text", 0o600);
        open("policy.key.pub", 0o600);
    }
    assert!(signed("text").contains("is no private key"));
    assert!(signed("policy.key.pub").contains("is no private key"));
    if has_openssh() {
        assert!(desk.ssh_keygen(&["-q", "-t", "ed25519", "-N", "secret", "-f", "locked"], "text"));
        assert!(signed("locked").contains("passphrase"));
        assert!(desk.ssh_keygen(&["-q", "-t", "ecdsa", "-N", "", "-f", "ecdsa"], "text"));
        let said = signed("ecdsa");
        assert!(
            said.contains("is no key of Ed25519") || said.contains("is no private key"),
            "{said}"
        );
    }
}

#[test]
fn signed_rules_are_used_and_their_signer_is_named() {
    let desk = Desk::signed();
    let output = desk.run(&["evaluate", "case.yaml", "--require-signature", "signers"]);
    assert_eq!(output.status.code(), Some(0), "{}", messages(&output));
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(
        said.replace("\n  ", " ").contains("signed by policy@example.org"),
        "{said}"
    );
    let batch = [
        "batch",
        "case.yaml",
        "--out",
        "r.jsonl",
        "--require-signature",
        "policy.key.pub",
    ];
    assert_eq!(desk.run(&batch).status.code(), Some(0));
    let manifest = fs::read_to_string(desk.path("r.jsonl.manifest.json")).unwrap();
    assert!(
        manifest.contains("\"signed_by\": \"policy@example.org\""),
        "{manifest}"
    );
    // What was signed are the rules: what lies beside them may change.
    fs::write(desk.rules.root().join("README.md"), "another text").unwrap();
    assert_eq!(desk.evaluated().0, Some(0));
}

#[test]
fn rules_that_differ_from_what_was_signed_are_refused_and_each_file_is_named() {
    let grade = "mali/2025/grade.rhai";
    type Change = fn(&Path);
    let changes: [(Change, &str); 7] = [
        (
            |rules| fs::write(rules.join("mali/regions.yaml"), "x").unwrap(),
            "`mali/regions.yaml` was changed",
        ),
        (
            |rules| {
                let path = rules.join("general/law.yaml");
                let mut text = fs::read_to_string(&path).unwrap();
                text.push(' ');
                fs::write(path, text).unwrap();
            },
            "`general/law.yaml` was changed",
        ),
        (
            |rules| fs::remove_file(rules.join("mali/map.yaml")).unwrap(),
            "`mali/map.yaml` is gone",
        ),
        (
            |rules| fs::write(rules.join("mali/more.yaml"), "").unwrap(),
            "`mali/more.yaml` was added",
        ),
        (
            |rules| {
                planted::copy(&rules.join("mali/2025"), &rules.join("mali/2099"));
            },
            "`mali/2099/policy.yaml` was added",
        ),
        (
            |rules| {
                fs::rename(
                    rules.join("mali/2025/grade.rhai"),
                    rules.join("mali/2025/rank.rhai"),
                )
                .unwrap();
            },
            "`mali/2025/grade.rhai` is now called `mali/2025/rank.rhai`",
        ),
        (
            |rules| {
                let list = fs::read_to_string(rules.join("rules.sha256")).unwrap();
                let without: Vec<&str> = list.lines().skip(1).collect();
                fs::write(rules.join("rules.sha256"), without.join("\n")).unwrap();
            },
            "is not what `policy@example.org` signed",
        ),
    ];
    for (change, named) in changes {
        let desk = Desk::signed();
        change(&desk.rules.root());
        let (code, said) = desk.evaluated();
        assert_eq!(code, Some(2), "{named}: {said}");
        assert!(said.contains(named), "{named}: {said}");
        assert!(said.contains("help:"), "{said}");
    }
    // Nothing that was refused was used: without the demand the changed rules work.
    let desk = Desk::signed();
    desk.rules.change(grade, "\"Bamako\" =>", "\"Bamako\"  =>");
    assert_eq!(desk.run(&["evaluate", "case.yaml"]).status.code(), Some(0));
    assert_eq!(desk.evaluated().0, Some(2));
}

#[test]
fn every_command_that_loads_rules_refuses_unsigned_ones() {
    let desk = Desk::new();
    fs::write(desk.path("results.jsonl"), "{}\n").unwrap();
    for arguments in [
        &["evaluate", "case.yaml"][..],
        &["batch", "case.yaml"],
        &["check"],
        &["check", "rules"],
        &["check", "rules/mali/2025"],
        &["test"],
        &["diff", "mali/2023", "mali/2025"],
        &["table", "mali/2025"],
        &["report", "mali/2025", "--out", "page.html"],
        &["ask"],
        &["whatif", "case.yaml"],
        &["verify", "results.jsonl"],
        &["schema", "case"],
        &["sample", "1"],
    ] {
        let output = desk.run(&[arguments, &["--require-signature", "signers"]].concat());
        assert_refused(arguments, &output, "are not signed");
    }
    // Rules in the making are not signed, and neither are those inside the program.
    for arguments in [&["watch"][..], &["policy", "status"], &["sign", "rules"]] {
        let output = desk.run(&[arguments, &["--require-signature", "signers"]].concat());
        assert_refused(arguments, &output, "cannot be given here");
    }
    let mut inside = Command::new(env!("CARGO_BIN_EXE_gradatie"));
    let elsewhere = tempfile::tempdir().unwrap();
    fs::write(elsewhere.path().join("case.yaml"), CASE).unwrap();
    let signers = desk.path("signers");
    inside
        .current_dir(elsewhere.path())
        .args(["evaluate", "case.yaml", "--require-signature"])
        .arg(signers);
    let output = run(inside, b"");
    assert_eq!(output.status.code(), Some(2));
    assert!(
        messages(&output).contains("inside the program"),
        "{}",
        messages(&output)
    );
}

#[test]
fn a_version_in_another_folder_must_be_signed_as_well() {
    let desk = Desk::signed();
    let other = Rules::new();
    let version = other.root().join("mali/2025").display().to_string();
    for arguments in [
        &["evaluate", "case.yaml", "--policy", &version][..],
        &["batch", "case.yaml", "--against", &version],
        &["diff", "mali/2025", &version],
        &["check", &version],
    ] {
        let arguments = [arguments, &["--require-signature", "signers"]].concat();
        let output = desk.run(&arguments);
        assert_refused(&arguments, &output, "are not signed");
    }
    planted::committed(&desk.folder);
    let since = ["diff", "--since", "HEAD", "--require-signature", "signers"];
    assert_eq!(desk.run(&since).status.code(), Some(0), "the revision is signed");
}

#[cfg(unix)]
#[test]
fn a_folder_that_is_a_link_to_signed_files_is_no_part_of_what_was_signed() {
    let desk = Desk::signed();
    let rules = desk.rules.root();
    std::os::unix::fs::symlink("2025", rules.join("mali/2027")).unwrap();
    let output = desk.run(&["table", "mali/2027", "grade", "--require-signature", "signers"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        messages(&output).contains("is no part of the rules"),
        "{}",
        messages(&output)
    );
}

#[test]
fn the_text_of_a_source_that_was_not_signed_is_not_shown() {
    let desk = Desk::signed();
    fs::write(desk.rules.root().join("mali/2025/source.txt"), "A sentence.\n").unwrap();
    let report = ["report", "mali/2025", "--out", "page.html"];
    let refused = desk.run(&[&report[..], &["--require-signature", "signers"]].concat());
    assert_eq!(refused.status.code(), Some(2));
    assert!(
        messages(&refused).contains("`mali/2025/source.txt` is no part of the rules"),
        "{}",
        messages(&refused)
    );
}

#[test]
fn only_an_allowed_key_for_the_right_thing_at_the_right_time_counts() {
    let desk = Desk::signed();
    let line = fs::read_to_string(desk.path("signers")).unwrap();
    desk.keygen("other.key", "other@example.org", "others");
    let with = |options: &str| line.replace("namespaces=", &format!("{options},namespaces="));
    for (signers, said) in [
        (fs::read_to_string(desk.path("others")).unwrap(), "does not name"),
        (with("valid-before=\"20240101Z\""), "has expired"),
        (with("valid-after=\"29990101Z\""), "is valid only from"),
        (
            line.replace("gradatie-rules,", ""),
            "may not sign for `gradatie-rules`",
        ),
        (String::new(), "names no signer"),
        ("policy@example.org ssh-rsa AAAA".to_owned(), "are not taken"),
    ] {
        fs::write(desk.path("signers"), signers).unwrap();
        let (code, messages) = desk.evaluated();
        assert_eq!(code, Some(2), "{said}: {messages}");
        assert!(messages.contains(said), "{said}: {messages}");
    }
    fs::write(
        desk.path("signers"),
        with("valid-after=\"20240101Z\",valid-before=\"29990101Z\""),
    )
    .unwrap();
    assert_eq!(desk.evaluated().0, Some(0));
    // A signature of results is none of rules.
    let list = desk.rules.root().join("rules.sha256");
    let signed = [
        "sign",
        "results",
        &list.display().to_string(),
        "--key",
        "policy.key",
        "--force",
    ];
    assert_eq!(desk.run(&signed).status.code(), Some(0));
    let (code, messages) = desk.evaluated();
    assert_eq!(code, Some(2));
    assert!(messages.contains("is one for `gradatie-results`"), "{messages}");
    fs::write(desk.rules.root().join("rules.sha256.sig"), "nonsense").unwrap();
    assert!(desk.evaluated().1.contains("not one in the format of OpenSSH"));
}

#[test]
fn the_list_of_signed_files_is_one_that_sha256sum_checks() {
    let desk = Desk::signed();
    let mut check = Command::new("sha256sum");
    check
        .args(["--check", "--strict", "--quiet", "rules.sha256"])
        .current_dir(desk.rules.root());
    match check.output() {
        Ok(output) => assert!(output.status.success(), "{}", messages(&output)),
        Err(error) => eprintln!("NOT RUN: there is no sha256sum here: {error}"),
    }
    let list = fs::read_to_string(desk.rules.root().join("rules.sha256")).unwrap();
    assert!(list.lines().count() > 15 && list.contains("  mali/2025/grade.rhai\n"));
}
