//! A process that is killed at any moment: every file is as it was or as it should be, and a batch goes on to the same bytes.

#![cfg(unix)]

mod planted;
mod program;
mod trial;

use planted::Workbench;
use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::process::Stdio;
use std::time::{Duration, Instant};
use trial::{NEW_VERSION, Trial, reviewed};

/// Kills a run at moments that are spread over its time, until so many kills have met a run.
fn killed(trial: &Trial, kills: usize, mut ended: impl FnMut(bool)) {
    let begun = Instant::now();
    let whole = trial.run(&[]);
    let mut time = begun.elapsed().as_micros() as u64;
    let done = trial.files();
    trial.begin_again();
    let (mut met, mut random) = (0, 1u64);
    while met < kills {
        random = random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let moment = Duration::from_micros((random >> 33) % time);
        let is_begun =
            trial.arguments[0] == "batch" && trial.files().keys().any(|name| name.ends_with(".partial"));
        let mut child = trial
            .command(if is_begun { &["--resume"] } else { &[] })
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut stdin = child.stdin.take().unwrap();
        let _ = std::io::Write::write_all(&mut stdin, trial.input);
        drop(stdin);
        std::thread::sleep(moment);
        child.kill().unwrap();
        let status = child.wait().unwrap();
        let is_killed = status.signal().is_some();
        met += usize::from(is_killed);
        // The machine may be busier at one time than at another.
        time = if is_killed { time * 21 / 20 } else { time * 3 / 4 };
        trial.assert_none_is_torn(&format!("kill {met}"), &done, true);
        if !is_killed {
            assert_eq!(status.code(), whole.status.code());
        }
        ended(is_killed);
    }
}

#[test]
fn fifty_kills_of_a_batch_and_the_same_bytes_each_time() {
    killed_fifty_times(&["--jobs", "1"]);
}

#[test]
fn fifty_kills_of_a_batch_of_several_jobs_with_a_page_and_the_same_bytes_each_time() {
    killed_fifty_times(&["--jobs", "4", "--report", "p.html"]);
}

fn killed_fifty_times(options: &[&'static str]) {
    {
        let out = [
            "batch",
            "cases.jsonl",
            "--checkpoint",
            "0",
            "--policy",
            "mali/2025",
            "--out",
            "o.jsonl",
        ];
        let trial = Trial::with_cases("2000", &[&out[..], options].concat());
        let whole = {
            let _ = trial.run(&[]);
            let whole = fs::read(trial.bench.folder().join("o.jsonl")).unwrap();
            trial.begin_again();
            whole
        };
        let mut finished = 0;
        let mut kills = 0;
        killed(&trial, 50, |is_killed| {
            kills += usize::from(is_killed);
            let out = trial.bench.folder().join("o.jsonl");
            // After every tenth kill it goes on to the end.
            if !out.exists() && kills % 10 == 9 {
                let is_begun = trial.bench.folder().join("o.jsonl.partial").exists();
                trial.run(if is_begun { &["--resume"] } else { &["--force"] });
            }
            if out.exists() {
                assert!(fs::read(&out).unwrap() == whole, "after {kills} kills");
                finished += 1;
                trial.begin_again();
            }
        });
        println!("50 kills, {finished} runs to the end");
        assert!(finished > 4, "{finished}");
    }
}

#[test]
fn kills_of_what_else_writes_leave_whole_files() {
    for trial in [Trial::new(Workbench::shipped(), NEW_VERSION, b""), reviewed()] {
        killed(&trial, 15, |_| trial.begin_again());
    }
    #[cfg(feature = "columnar")]
    {
        let import = ["import", "cases.jsonl", "--out", "o.parquet"];
        let trial = Trial::with_cases("2000", &import);
        killed(&trial, 20, |_| trial.begin_again());
    }
}
