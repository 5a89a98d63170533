use super::*;

fn begin_at(out: &Path, begin: Begin, run: &str) -> Result<Journal, JournalError> {
    Journal::begin(out, begin, run, Duration::from_secs(2))
}

fn part(cases: u64) -> Tally {
    Tally {
        cases,
        ..Tally::default()
    }
}

#[test]
fn an_interrupted_output_goes_on_where_it_was_safe() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out.jsonl");
    let mut first = begin_at(&out, Begin::New, "run").unwrap();
    first.write(b"one\n").unwrap();
    let mut duplicates = Duplicates::default();
    duplicates.look_at(5, "A");
    first.write_reference(5).unwrap();
    first.save(part(1), vec![3], duplicates.repeated()).unwrap();
    first.write_reference(6).unwrap();
    first.write(b"lost").unwrap();
    drop(first);
    assert!(!out.exists());
    let mut second = begin_at(&out, Begin::Resume, "run").unwrap();
    assert_eq!(
        (
            second.chunks(),
            second.bytes(),
            second.tally().cases,
            second.matched()
        ),
        (1, 4, 1, &[3][..])
    );
    let mut duplicates = second.duplicates().unwrap();
    duplicates.look_at(6, "B");
    duplicates.look_at(5, "A");
    assert_eq!(duplicates.repeated().first, ["A"]);
    second.write(b"two\n").unwrap();
    second.finish().unwrap();
    assert_eq!(fs::read(&out).unwrap(), b"one\ntwo\n");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn nothing_is_overwritten_unless_it_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out.jsonl");
    let begin = |begin, run| begin_at(&out, begin, run).map(drop);
    assert!(matches!(
        begin(Begin::Resume, "run"),
        Err(JournalError::NothingToResume(_))
    ));
    let mut journal = begin_at(&out, Begin::New, "a\nb").unwrap();
    assert!(matches!(
        begin(Begin::Replace, "a\nb"),
        Err(JournalError::Busy(_))
    ));
    journal.save(part(0), Vec::new(), &Repeated::default()).unwrap();
    drop(journal);
    assert!(matches!(
        begin(Begin::New, "a\nb"),
        Err(JournalError::Unfinished(_))
    ));
    let other = begin(Begin::Resume, "a\nc").unwrap_err().to_string();
    assert!(other.contains("then it had b, now c"), "{other}");
    fs::write(beside(&out, "journal"), "{").unwrap();
    assert!(matches!(
        begin(Begin::Resume, "a\nb"),
        Err(JournalError::Other(_))
    ));
    begin_at(&out, Begin::Replace, "a").unwrap().finish().unwrap();
    assert!(matches!(begin(Begin::New, "a"), Err(JournalError::Exists(_))));
}
