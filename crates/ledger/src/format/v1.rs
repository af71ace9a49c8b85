//! Version 1. Published: a change of meaning is a version 2 beside it.
//!
//! Fields that say nothing are left out. Numbers of outcomes are JSON numbers, dates and times are
//! ISO 8601.

use super::{FormatError, Written};
use crate::chain::Hash;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use wcc_core::ledger::{Draft, Entry as CoreEntry, Fact as CoreFact, Origin as CoreOrigin};

pub(super) type Text<'a> = Cow<'a, str>;
pub(super) type Texts<'a> = Vec<Cow<'a, str>>;

fn is_false(value: &bool) -> bool {
    !value
}

/// One entry.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Entry<'a> {
    format: u32,
    sha: Text<'a>,
    number: u32,
    previous: Text<'a>,
    at: Timestamp,
    author: Text<'a>,
    request: Text<'a>,
    part: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    supersedes: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    origin: Option<Origin<'a>>,
    /// The cycle that the fact is recorded in, where it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    cycle: Option<Text<'a>>,
    fact: Fact<'a>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Origin<'a> {
    file: Text<'a>,
    row: u32,
}

impl<'a> Entry<'a> {
    pub(super) fn of(written: &'a Written) -> Entry<'a> {
        let entry = &written.entry;
        let origin = entry.draft.origin.as_ref();
        Entry {
            format: 1,
            sha: Cow::Borrowed(&written.sha),
            number: entry.number,
            previous: written.previous.to_string().into(),
            at: entry.at,
            author: Cow::Borrowed(&entry.author),
            request: Cow::Borrowed(&entry.request),
            part: entry.part,
            supersedes: entry.draft.supersedes,
            origin: origin.map(|one| Origin {
                file: Cow::Borrowed(&one.file),
                row: one.row,
            }),
            cycle: match &entry.draft.fact {
                CoreFact::Record { cycle, .. } => Some(Cow::Borrowed(&**cycle)),
                _ => None,
            },
            fact: Fact::of(&entry.draft.fact),
        }
    }

    pub(super) fn written(self) -> Result<Written, FormatError> {
        let previous: Hash = self.previous.parse().map_err(|_| FormatError::Value {
            field: "previous",
            given: self.previous.to_string(),
            expected: "a SHA-256 in hexadecimal",
        })?;
        Ok(Written {
            sha: self.sha.into_owned(),
            previous,
            entry: CoreEntry {
                number: self.number,
                at: self.at,
                author: self.author.into(),
                request: self.request.into(),
                part: self.part,
                draft: Draft {
                    fact: self.fact.core(self.cycle)?,
                    supersedes: self.supersedes,
                    origin: self.origin.map(|one| CoreOrigin {
                        file: one.file.into(),
                        row: one.row,
                    }),
                },
            },
        })
    }
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) enum Fact<'a> {
    Framework(FrameworkText<'a>),
    Organisations(Organisations<'a>),
    Cycle(Cycle<'a>),
    Judgement(Judgement<'a>),
    Evidence(Evidence<'a>),
    Survey(Survey<'a>),
    Criterion(Criterion<'a>),
    Outcome(Box<Outcome<'a>>),
    Answer(Answer<'a>),
    Commentary(Commentary<'a>),
    Recommendation(Recommendation<'a>),
    Statement(Statement<'a>),
    Withdrawn(Withdrawn<'a>),
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FrameworkText<'a> {
    pub(super) id: Text<'a>,
    pub(super) text: Text<'a>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Organisations<'a> {
    pub(super) id: Text<'a>,
    pub(super) tables: Vec<Table<'a>>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Table<'a> {
    pub(super) name: Text<'a>,
    pub(super) file: Text<'a>,
    pub(super) shipped: bool,
    pub(super) text: Text<'a>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Withdrawn<'a> {
    pub(super) reason: Text<'a>,
}

/// Structures whose optional fields are left out where they say nothing.
macro_rules! record {
    ($name:ident { $($field:ident: $kind:ty),* } optional { $($option:ident: $value:ty),* }
        lists { $($list:ident),* } flags { $($flag:ident),* }) => {
        #[derive(Serialize, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub(super) struct $name<'a> {
            $(pub(super) $field: $kind,)*
            $(#[serde(default, skip_serializing_if = "Option::is_none")]
            pub(super) $option: Option<$value>,)*
            $(#[serde(default, skip_serializing_if = "Vec::is_empty")]
            pub(super) $list: Texts<'a>,)*
            $(#[serde(default, skip_serializing_if = "is_false")]
            pub(super) $flag: bool,)*
        }
    };
}

record!(Cycle { id: Text<'a>, title: Text<'a>, as_of: Date, framework: Text<'a>, organisations: Text<'a> }
    optional { illustrative: Text<'a>, previous: Text<'a> } lists { pcts } flags {});
record!(Judgement { body: Text<'a>, subject: Text<'a>, method: Text<'a> }
    optional { value: Text<'a>, assessor: Text<'a>, rationale: Text<'a>, author: Text<'a>, date: Date,
        reason: Text<'a>, inferred: Text<'a>, source: Text<'a> } lists { evidence } flags {});
record!(Evidence { id: Text<'a>, body: Text<'a>, kind: Text<'a>, title: Text<'a> }
    optional { issuer: Text<'a>, dated: Text<'a>, source: Text<'a>, document: Text<'a> } lists { measures } flags {});
record!(Survey { body: Text<'a>, survey: Text<'a>, measure: Text<'a> }
    optional { question: Text<'a>, score: f64, wording: Text<'a>, source: Text<'a> } lists {} flags {});
record!(Criterion { body: Text<'a>, measure: Text<'a>, kind: Text<'a>, supports: Text<'a>, reason: Text<'a> }
    optional { inferred: Text<'a>, source: Text<'a> } lists { evidence } flags {});
record!(Outcome { pct: Text<'a>, slot: u16, outcome: Text<'a>, title: Text<'a>, better: Text<'a>, scope: Text<'a>,
        series: Text<'a>, values: Vec<Value> }
    optional { historic: f64, national: f64, ons_cluster: f64, top_decile: f64, aspiration: f64,
        stated_position: Text<'a>, panel_view: Text<'a>, inferred: Text<'a>, source: Text<'a>,
        historic_from: i16, historic_to: i16, stated_change: f64, stated_change_source: Text<'a>,
        rate_quartile: u8, previous_rate_quartile: u8, level_quartile: u8, previous_level_quartile: u8,
        selected: Text<'a>, selection_reason: Text<'a> }
    lists { replaces } flags { newly_selected });
record!(Answer { body: Text<'a>, measure: Text<'a>, method: Text<'a>, reason: Text<'a> }
    optional {} lists {} flags {});
record!(Commentary { body: Text<'a>, text: Text<'a> } optional {} lists { headings, components } flags {});
record!(Recommendation { body: Text<'a>, id: Text<'a>, text: Text<'a> }
    optional { source: Text<'a> } lists { about } flags {});
/// A counted statement. Only one that counts outcomes has no area.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Statement<'a> {
    pub(super) body: Text<'a>,
    pub(super) kind: Text<'a>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) area: Option<Text<'a>>,
    pub(super) count: u16,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) source: Option<Text<'a>>,
}

/// One value of a series.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Value {
    pub(super) year: i16,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) value: Option<f64>,
    #[serde(default, skip_serializing_if = "is_false")]
    pub(super) break_before: bool,
}
