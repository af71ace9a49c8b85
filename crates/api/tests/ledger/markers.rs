//! Texts that are in one record each, and which of them the policy hides from somebody.

use crate::book::{CYCLE, LedgerApi};
use aho_corasick::{AhoCorasick, MatchKind};
use jiff::civil::date;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use wcc_core::Actor;
use wcc_core::policy::{Decision, Policy, Question, READ, Resource};
use wcc_core::progress::CycleProgress;
use wcc_core::record::{Method, RecordFact, RecordGroup};

/// A text is looked for if it is at least so long: shorter ones say nothing.
const TELLING: usize = 10;
/// A text that is so long is looked for inside other texts, too.
const SENTENCE: usize = 25;

/// A text that is in one record.
struct Marker {
    text: String,
    /// The entry of its record.
    entry: u32,
    /// Whether it is the panel's rationale, which some phases show without the value.
    is_rationale: bool,
}

/// Texts that are in one record each.
pub(crate) struct Markers {
    texts: Vec<Marker>,
    /// Judgements of the panel with a rationale.
    with_rationale: BTreeSet<u32>,
    /// Finds the texts in an answer, all at once.
    finder: AhoCorasick,
}

/// What is hidden from somebody.
pub(crate) struct Hidden<'m> {
    markers: &'m Markers,
    entries: BTreeSet<u32>,
    /// Judgements of the panel among them of which the policy shows the rationale without the value.
    rationales_shown: BTreeSet<u32>,
}

impl Markers {
    pub(crate) fn of(ledger_api: &LedgerApi) -> Markers {
        let (texts, with_rationale) = ledger_api.ledger.look(|state| {
            let (cycle, _) = state.cycle_at(CYCLE, state.last()).unwrap();
            // What everybody may know: the rule book and the tables of bodies.
            let framework = format!("{:?}", cycle.framework);
            let bodies = format!("{:?}", cycle.organisations);
            let mut found: BTreeMap<String, BTreeSet<u32>> = BTreeMap::new();
            let (mut rationales, mut with_rationale) = (BTreeSet::new(), BTreeSet::new());
            for (record, fact) in cycle.records_in_codes() {
                for text in texts_in(&format!("{fact:?}")) {
                    found.entry(text).or_default().insert(record.0);
                }
                if let RecordFact::Judgement(judgement) = &fact
                    && judgement.method == Method::Panel
                {
                    let details = &judgement.details;
                    let why = details.rationale.iter().chain(&details.reason);
                    rationales.extend(why.map(|text| text.to_string()));
                    with_rationale.extend(details.rationale.as_ref().map(|_| record.0));
                }
            }
            let is_telling = |text: &str| {
                text.len() >= TELLING && !framework.contains(text) && !bodies.contains(text)
            };
            let mut own: Vec<Marker> = Vec::new();
            for (text, of) in found {
                if let (1, Some(entry)) = (of.len(), of.first())
                    && is_telling(&text)
                {
                    own.push(Marker {
                        is_rationale: rationales.contains(&text),
                        text,
                        entry: *entry,
                    });
                }
            }
            (own, with_rationale)
        });
        let patterns = texts.iter().map(|marker| {
            let quoted = serde_json::to_string(&marker.text).unwrap();
            match marker.text.len() >= SENTENCE {
                true => quoted[1..quoted.len() - 1].to_owned(),
                false => quoted,
            }
        });
        let mut builder = AhoCorasick::builder();
        let finder = builder.match_kind(MatchKind::Standard).build(patterns);
        Markers {
            texts,
            with_rationale,
            finder: finder.unwrap(),
        }
    }

    pub(crate) fn count(&self) -> usize {
        self.texts.len()
    }

    /// How many texts are in any of some answers, and how many of these are rationales of the panel.
    pub(crate) fn count_in(&self, answers: &[String]) -> (usize, usize) {
        let found = answers
            .iter()
            .flat_map(|answer| self.finder.find_overlapping_iter(answer));
        let found: BTreeSet<usize> = found.map(|found| found.pattern().as_usize()).collect();
        let rationales = found.iter().filter(|at| self.texts[**at].is_rationale);
        (found.len(), rationales.count())
    }

    /// The records that the policy hides from an actor.
    pub(crate) fn hidden_from(
        &self,
        ledger_api: &LedgerApi,
        policy: &dyn Policy,
        actor: &Actor,
    ) -> Hidden<'_> {
        let entries: BTreeSet<u32> = ledger_api.ledger.look_as(actor, |permission| {
            let entries = 1..=permission.last();
            let hidden = entries.filter(|entry| !permission.shows_entry(*entry));
            hidden.collect()
        });
        let mut rationales_shown = rationales_shown(ledger_api, policy, actor);
        rationales_shown.retain(|entry| entries.contains(entry));
        Hidden {
            markers: self,
            entries,
            rationales_shown,
        }
    }
}

impl Hidden<'_> {
    /// The number of hidden texts.
    pub(crate) fn count(&self) -> usize {
        let texts = self.markers.texts.iter();
        texts.filter(|marker| self.hides(marker)).count()
    }

    /// The number of hidden rationales of the panel.
    pub(crate) fn rationales(&self) -> usize {
        let texts = self.markers.texts.iter();
        texts
            .filter(|marker| marker.is_rationale && self.hides(marker))
            .count()
    }

    fn hides(&self, marker: &Marker) -> bool {
        let is_shown = marker.is_rationale && self.rationales_shown.contains(&marker.entry);
        self.entries.contains(&marker.entry) && !is_shown
    }

    /// The numbers of the hidden entries.
    pub(crate) fn entries(&self) -> impl Iterator<Item = u32> {
        self.entries.iter().copied()
    }

    /// Whether an entry is hidden altogether: one whose rationale is shown is not.
    pub(crate) fn hides_entry(&self, entry: u32) -> bool {
        let shows_rationale =
            self.rationales_shown.contains(&entry) && self.markers.with_rationale.contains(&entry);
        self.entries.contains(&entry) && !shows_rationale
    }

    /// Fails if an answer has a hidden text, or the number of a hidden entry; returns the answer.
    pub(crate) fn check(&self, actor: &Actor, query: &str, answer: &str) -> Value {
        self.check_texts(actor, query, answer);
        let answer: Value = serde_json::from_str(answer).unwrap();
        self.check_entries(actor, query, &answer["data"]);
        answer
    }

    /// Fails if an answer has a hidden text.
    pub(crate) fn check_texts(&self, actor: &Actor, query: &str, answer: &str) {
        for found in self.markers.finder.find_overlapping_iter(answer) {
            let marker = &self.markers.texts[found.pattern().as_usize()];
            let Marker { text, entry, .. } = marker;
            let from = answer[..found.start()].char_indices().rev().nth(400);
            let before = &answer[from.map_or(0, |(at, _)| at)..found.end()];
            assert!(
                !self.hides(marker),
                "{actor:?} is told `{text}` of entry {entry}: ...{before}\nby {query:.2000}"
            );
        }
    }

    fn check_entries(&self, actor: &Actor, query: &str, answer: &Value) {
        match answer {
            Value::Array(items) => {
                for item in items {
                    self.check_entries(actor, query, item);
                }
            }
            Value::Object(fields) => {
                for (key, value) in fields {
                    let number = value.as_u64().and_then(|number| u32::try_from(number).ok());
                    let is_hidden = number.is_some_and(|number| self.hides_entry(number));
                    let is_entry = ["entry", "Entry", "supersedes"]
                        .iter()
                        .any(|end| key.ends_with(end));
                    assert!(
                        !(is_hidden && is_entry),
                        "{actor:?} sees `{key}` {value} in {answer:.2000} by {query:.2000}"
                    );
                    self.check_entries(actor, query, value);
                }
            }
            _ => {}
        }
    }
}

/// Judgements of the panel of which the policy shows the rationale to an actor: asked for each body.
fn rationales_shown(ledger_api: &LedgerApi, policy: &dyn Policy, actor: &Actor) -> BTreeSet<u32> {
    ledger_api.ledger.look(|state| {
        let (cycle, _) = state.cycle_at(CYCLE, state.last()).unwrap();
        let progress = CycleProgress::of(&cycle, &actor.role, date(2100, 1, 1));
        let shown = cycle.records.judgements.iter().filter(|judgement| {
            let (organisations, day) = (&cycle.organisations, cycle.as_of);
            let on_body = progress.body_resource(CYCLE, organisations, judgement.body, day);
            let may_read = |resource: Resource<'_>| {
                let act = READ;
                let question = Question {
                    actor,
                    act,
                    resource,
                };
                matches!(policy.decide(&question), Decision::Allowed)
            };
            let group = RecordGroup::of(*judgement);
            judgement.method == Method::Panel
                && may_read(on_body)
                && may_read(on_body.with_records(group).with_rationale_only())
        });
        shown.map(|judgement| judgement.record.0).collect()
    })
}

/// The texts in the debug form of a record.
fn texts_in(debug: &str) -> Vec<String> {
    let mut texts = Vec::new();
    let mut rest = debug;
    while let Some(start) = rest.find('"') {
        let from = &rest[start..];
        let mut is_escaped = false;
        let end = from.char_indices().skip(1).find(|(_, sign)| {
            let ends = *sign == '"' && !is_escaped;
            is_escaped = *sign == '\\' && !is_escaped;
            ends
        });
        let Some((end, _)) = end else {
            break;
        };
        // Texts with other escapes are left out.
        texts.extend(serde_json::from_str::<String>(&from[..=end]));
        rest = &from[end + 1..];
    }
    texts
}
