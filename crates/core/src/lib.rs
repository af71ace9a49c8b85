//! The assessment model of commissioning assurance and the rules that evaluate it, as pure
//! functions.
//!
//! A [`Framework`] holds one year's rules, [`Organisations`] the bodies, and a [`Cycle`] the
//! records of one year. [`assure`] turns them into an [`Assurance`]: each cluster assured once, one
//! [`Output`] for each PCT, and an explanation for every cell.
//!
//! Nothing here reads files, clocks or sockets, and nothing is random: the same input gives the
//! same output. "Unknown" is a separate value and never a number.

pub mod actor;
pub mod approval;
pub mod asked_evidence;
mod assure;
pub mod body;
pub mod calibration;
pub mod ceiling;
pub mod challenge;
pub mod checks;
pub mod combine;
pub mod concern;
pub mod contribution;
pub mod counted;
pub mod cycle;
pub mod delegation;
pub mod digest;
pub mod due;
pub mod explain;
pub mod finding;
pub mod fraction;
pub mod framework;
pub mod indicator;
pub mod last_year;
pub mod latest;
pub mod ledger;
pub mod outbox;
pub mod outcome;
pub mod output;
pub mod panel;
pub mod percent;
mod placing;
pub mod planning;
pub mod policy;
pub mod progress;
pub mod readiness;
pub mod record;
pub mod reliance;
mod results;
mod row;
pub mod scale;
pub mod survey;
mod table;
pub mod text;
pub mod timetable;
pub mod what_if;
pub mod words;

pub use actor::Actor;
pub use assure::{
    Change, LastYear, Reassurance, assure, assure_again, assure_some, is_same_for_next_year,
    touched_by,
};
pub use body::{Body, BodyIndex, BodyKind, Organisations};
pub use challenge::{Challenge, ChallengeState};
pub use contribution::{Contribution, NotChecked, PluginIdentity, PluginRun};
pub use cycle::{CheckedCycle, Cycle, CycleChanges, CycleError};
pub use finding::{CheckDocumentation, Finding, Severity};
pub use fraction::Fraction;
pub use framework::{ComponentIndex, Framework, MeasureIndex};
pub use output::{Assurance, ClusterAssurance, FunctionAssurance, Output};
pub use policy::Policy;
pub use record::{Judgement, Method, RecordId, Subject};
pub use scale::{Scale, Step};
pub use table::Table;
pub use text::{TextError, TextKind};
