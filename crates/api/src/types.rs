//! The types of the schema, one file for each topic.

pub(crate) mod assurance;
pub(crate) mod body;
pub(crate) mod cell;
pub(crate) mod challenge;
pub(crate) mod cycle;
pub(crate) mod entities;
pub(crate) mod entry_actor;
pub(crate) mod enums;
pub(crate) mod evidence;
pub(crate) mod finding;
pub(crate) mod framework;
pub(crate) mod ids;
pub(crate) mod judgement;
pub(crate) mod ledger;
pub(crate) mod matrix;
pub(crate) mod measure;
pub(crate) mod node;
pub(crate) mod not_assured;
pub(crate) mod outcome;
pub(crate) mod output;
pub(crate) mod plugin;
pub(crate) mod query;
pub(crate) mod results;
pub(crate) mod rulebook;
pub(crate) mod search;
pub(crate) mod why;
