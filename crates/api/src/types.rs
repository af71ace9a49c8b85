//! The types of the schema, one file for each topic.

pub(crate) mod approval;
pub(crate) mod asked_evidence;
pub(crate) mod assurance;
pub(crate) mod body;
pub(crate) mod calibration;
pub(crate) mod cell;
pub(crate) mod challenge;
pub(crate) mod counts;
pub(crate) mod cycle;
pub(crate) mod document_link;
pub(crate) mod due;
pub(crate) mod entities;
pub(crate) mod entry_actor;
pub(crate) mod enums;
pub(crate) mod evidence;
pub(crate) mod external_rating;
pub(crate) mod fact_check;
pub(crate) mod finding;
pub(crate) mod framework;
pub(crate) mod ids;
pub(crate) mod indicator;
pub(crate) mod judgement;
pub(crate) mod last_year;
pub(crate) mod ledger;
pub(crate) mod matrix;
pub(crate) mod measure;
pub(crate) mod message;
pub(crate) mod node;
pub(crate) mod not_assured;
pub(crate) mod outcome;
pub(crate) mod output;
pub(crate) mod panel;
pub(crate) mod phase;
pub(crate) mod planning;
pub(crate) mod plans;
pub(crate) mod plugin;
pub(crate) mod query;
pub(crate) mod reliance;
pub(crate) mod results;
pub(crate) mod review;
pub(crate) mod role;
pub(crate) mod rulebook;
pub(crate) mod search;
pub(crate) mod subscription;
pub(crate) mod support;
pub(crate) mod survey;
pub(crate) mod survey_figures;
pub(crate) mod survey_report;
pub(crate) mod what_if;
pub(crate) mod why;
pub(crate) mod withdrawn_mark;

/// A count as the schema gives it.
pub(crate) fn count(count: impl TryInto<i32>) -> i32 {
    count.try_into().unwrap_or(i32::MAX)
}
