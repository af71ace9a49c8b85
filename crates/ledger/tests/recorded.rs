//! Tests that every published format can still be read. `recorded/` has entries as they were
//! written; these files are never rewritten.
//!
//! A new format, and each kind of fact or record that is added to a format later, gets its own file:
//! add its samples to `recorded_samples` and run this test once with `UPDATE=1`. It writes only files
//! that do not exist yet.

#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test: it stops at the first surprise"
)]

mod recorded_samples;

use proptest::prelude::*;
use recorded_samples::{samples, samples_of_later_kinds, version_1};
use serde_json::{Value, json};
use std::path::Path;
use std::sync::Arc;
use wcc_core::actor::Actor;
use wcc_core::ledger::Fact;
use wcc_core::record::{RecordFact, RecordKind};
use wcc_ledger::Hash;
use wcc_ledger::format::{ChainedEntry, FormatError, decode, encode};

const V1: &str = include_str!("recorded/v1.jsonl");

/// Returns the entries that were first recorded in format 2.
fn v2() -> String {
    recorded("v2.jsonl", &samples())
}

/// Reads the lines of a recorded file, which is written only once.
fn recorded(name: &str, samples: &[ChainedEntry]) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recorded");
    let path = folder.join(name);
    if std::env::var_os("UPDATE").is_some() && !path.exists() {
        let lines = samples.iter().map(|sample| {
            let line = String::from_utf8(encode(sample).unwrap()).unwrap();
            line + "\n"
        });
        std::fs::write(&path, lines.collect::<String>()).unwrap();
    }
    std::fs::read_to_string(path).unwrap()
}

#[test]
fn format_1_can_be_read() {
    let samples = version_1();
    assert_eq!(V1.lines().count(), samples.len());
    let mut previous = Hash::START;
    for (line, sample) in V1.lines().zip(samples) {
        let read = decode(line.as_bytes()).unwrap();
        assert_eq!(read.sha, "Q30");
        assert_eq!(read.previous, previous);
        assert_eq!(read.entry, sample);
        assert_same_fact(line, &read);
        previous = Hash::of(line.as_bytes());
    }
}

/// Checks that format 2 has every field of a line, apart from its author.
fn assert_same_fact(line: &str, read: &ChainedEntry) {
    let mut before: Value = serde_json::from_str(line).unwrap();
    let mut after: Value = serde_json::from_slice(&encode(read).unwrap()).unwrap();
    let author = before["author"].take();
    let actor = after["actor"].take();
    assert_eq!(actor, json!({ "person": author, "role": "operator" }));
    for entry in [&mut before, &mut after] {
        let entry = entry.as_object_mut().unwrap();
        for field in ["author", "actor", "format"] {
            entry.remove(field);
        }
    }
    assert_eq!(before, after);
}

#[test]
fn format_2_is_read_and_written_unchanged() {
    let later = samples_of_later_kinds().into_iter();
    let later = later.map(|(file, samples)| (recorded(file, &samples), samples));
    for (recorded, samples) in later.chain([(v2(), samples())]) {
        assert_eq!(recorded.lines().count(), samples.len());
        for (line, sample) in recorded.lines().zip(&samples) {
            let read = decode(line.as_bytes()).unwrap();
            assert_eq!(&read, sample);
            let again = String::from_utf8(encode(&read).unwrap()).unwrap();
            assert_eq!(again, line, "the same bytes");
        }
    }
}

/// Entries with optional fields that were added to format 1 later.
const LATER_FIELDS: &str = include_str!("recorded/v1-later-fields.jsonl");

#[test]
fn later_fields_can_be_read() {
    assert_eq!(LATER_FIELDS.lines().count(), 4);
    for line in LATER_FIELDS.lines() {
        assert_same_fact(line, &decode(line.as_bytes()).unwrap());
    }
}

#[test]
fn every_kind_and_every_field_is_recorded() {
    const FIELDS: &str = "about answer area as_of aspiration assessor at author better body \
        break_before commentary components count criterion cycle date dated document evidence fact \
        file format framework headings historic id illustrative inferred issuer judgement kind \
        measure measures method name national newly_selected number ons_cluster organisations \
        origin outcome panel_view part pct pcts previous question rationale reason recommendation \
        request row scope score series sha shipped slot source stated_position statement subject \
        supersedes supports survey tables text title top_decile value values withdrawn wording year";
    let v2 = v2();
    for field in FIELDS.split_whitespace() {
        let written = format!("\"{field}\":");
        assert!(V1.contains(&written), "{field}");
        assert!(field == "author" || v2.contains(&written), "{field}");
    }
}

#[test]
fn every_kind_of_record_is_recorded() {
    let later = samples_of_later_kinds().into_iter();
    let later = later.flat_map(|(_, samples)| samples);
    let all: Vec<ChainedEntry> = samples().into_iter().chain(later).collect();
    for kind in RecordKind::ALL {
        let is_of_kind = |entry: &&ChainedEntry| match &entry.entry.draft.fact {
            Fact::Record { record, .. } => record.kind() == *kind,
            _ => false,
        };
        assert!(all.iter().any(|entry| is_of_kind(&entry)), "{kind:?}");
    }
}

#[test]
fn a_later_format_is_reported_as_such() {
    let later = V1.lines().next().unwrap();
    let later = later.replacen("\"format\":1,", "\"format\":3,", 1);
    for text in [
        &*later,
        "{\"format\":3}",
        "{\"said\":{\"in\":[1]},\"format\":7}",
    ] {
        let refused = decode(text.as_bytes()).unwrap_err();
        assert!(matches!(refused, FormatError::TooNew(3 | 7)), "{refused}");
        assert!(
            refused
                .to_string()
                .contains("use the version of wcc that wrote it")
        );
    }
    assert!(decode(b"{\"format\":0}").is_err());
}

#[test]
fn numbers_that_json_lacks_are_rejected() {
    for odd in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        for sample in samples() {
            let mut with = sample.clone();
            if set_number(&mut with, odd) {
                let refused = encode(&with).unwrap_err().to_string();
                assert!(refused.contains("expected a number"), "{refused}");
            }
        }
    }
}

/// Sets a number in an entry, if it has a field for one.
fn set_number(entry: &mut ChainedEntry, number: f64) -> bool {
    match &mut entry.entry.draft.fact {
        Fact::Record {
            record: RecordFact::Survey(survey),
            ..
        } => survey.score = Some(number),
        Fact::Record {
            record: RecordFact::Outcome(outcome),
            ..
        } if !outcome.values.is_empty() => {
            outcome.rates.aspiration = Some(number);
            outcome.values[0].value = Some(number);
        }
        _ => return false,
    }
    true
}

proptest! {
    /// Numbers are read back exactly as they were written.
    #[test]
    fn numbers_are_read_back_exactly(bits in any::<u64>(), at in 0..1_000usize) {
        let number = f64::from_bits(bits);
        prop_assume!(number.is_finite());
        let mut all: Vec<ChainedEntry> = samples();
        all.retain_mut(|sample| set_number(sample, number));
        let sample = &all[at % all.len()];
        let bytes = encode(sample).unwrap();
        let read = decode(&bytes).unwrap();
        prop_assert_eq!(&read, sample);
        prop_assert_eq!(encode(&read).unwrap(), bytes);
    }

    #[test]
    fn any_text_is_read_back(person in any::<String>(), request in any::<String>(), row in any::<u32>()) {
        for mut sample in samples() {
            sample.entry.actor = Arc::new(Actor::operator(person.as_str()));
            sample.entry.request = request.as_str().into();
            if let Some(origin) = &mut sample.entry.draft.origin {
                origin.row = row;
            }
            let bytes = encode(&sample).unwrap();
            prop_assert_eq!(decode(&bytes).unwrap(), sample);
            prop_assert!(!bytes.contains(&b'\n'), "one line");
        }
    }

    #[test]
    fn a_truncated_entry_is_rejected(line in 0..100usize, at in any::<prop::sample::Index>()) {
        let line = V1.lines().cycle().nth(line).unwrap().as_bytes();
        prop_assert!(decode(&line[..at.index(line.len())]).is_err());
    }

    #[test]
    fn a_changed_entry_never_panics(
        line in 0..100usize,
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let mut line = V1.lines().cycle().nth(line).unwrap().as_bytes().to_vec();
        for (at, byte) in changes {
            let at = at.index(line.len());
            line[at] = byte;
        }
        let _ = decode(&line);
    }

    #[test]
    fn garbage_is_rejected(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(decode(&bytes).is_err());
        let mut opened = br#"{"format":2,"#.to_vec();
        opened.extend(bytes);
        prop_assert!(decode(&opened).is_err());
    }
}
