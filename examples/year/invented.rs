//! What a year needs and no case holds, as `invented.toml` beside this file gives it.

use crate::client::Result;
use serde::Deserialize;
use std::collections::BTreeMap;

/// Everything that is invented.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Invented {
    pub(crate) groups_in_each_region: usize,
    pub(crate) measures_scored: usize,
    #[serde(rename = "lead")]
    pub(crate) leads: Vec<Lead>,
    pub(crate) coordinator: Lead,
    #[serde(rename = "action")]
    pub(crate) actions: Vec<Action>,
    pub(crate) plan: Plan,
    #[serde(rename = "plan_line")]
    pub(crate) plan_lines: Vec<PlanLine>,
    #[serde(rename = "concern")]
    pub(crate) concerns: Vec<Concern>,
    pub(crate) panel: Panel,
    pub(crate) fact_check: FactCheck,
    pub(crate) calibration: Calibration,
    #[serde(rename = "role")]
    pub(crate) roles: Vec<CastRole>,
    #[serde(rename = "phase")]
    pub(crate) phases: Vec<CastPhase>,
}

/// A role of a framework that names none.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CastRole {
    pub(crate) id: String,
    pub(crate) title: String,
    /// The purposes of the methods by which it judges.
    pub(crate) judges: Vec<String>,
    /// Whether it sees what others judge only once it is released.
    #[serde(default)]
    pub(crate) waits: bool,
}

/// A phase of a framework that names none.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CastPhase {
    pub(crate) id: String,
    pub(crate) title: String,
    /// The acts that it opens, by role.
    pub(crate) acts: BTreeMap<String, Vec<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Lead {
    pub(crate) person: String,
    pub(crate) job_title: String,
    #[serde(default)]
    pub(crate) staff: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Action {
    pub(crate) id: String,
    pub(crate) text: String,
    pub(crate) owner: String,
    pub(crate) due_in_days: Option<i32>,
    pub(crate) horizon: Option<String>,
    pub(crate) progress: String,
    pub(crate) ends: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Plan {
    pub(crate) version: String,
    pub(crate) filed_before_days: i32,
    pub(crate) vision: String,
    pub(crate) note: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PlanLine {
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) unit: String,
    pub(crate) planned: Vec<f64>,
    pub(crate) actual: Vec<f64>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Concern {
    pub(crate) id: String,
    pub(crate) text: String,
    pub(crate) support: Vec<Support>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Support {
    pub(crate) id: String,
    pub(crate) text: String,
    pub(crate) provider: String,
    pub(crate) state: String,
    pub(crate) decided: String,
    pub(crate) ends: Option<String>,
    pub(crate) follow_up: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Panel {
    pub(crate) venue: String,
    pub(crate) held_before_days: i32,
    pub(crate) chair: Member,
    #[serde(rename = "member")]
    pub(crate) members: Vec<Member>,
    #[serde(rename = "interview")]
    pub(crate) interviews: Vec<Interview>,
    pub(crate) scores: Scores,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Member {
    pub(crate) name: String,
    pub(crate) organisation: String,
    pub(crate) interest: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Interview {
    pub(crate) starts: String,
    pub(crate) with: String,
    pub(crate) topic: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Scores {
    pub(crate) off: Vec<isize>,
    pub(crate) rationale: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FactCheck {
    pub(crate) quoted: String,
    pub(crate) comment: String,
    pub(crate) accepted: bool,
    pub(crate) reply: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Calibration {
    pub(crate) off: isize,
    pub(crate) reason: String,
    pub(crate) withdrawn: String,
}

impl Invented {
    /// Reads the file that belongs to this example.
    pub(crate) fn read() -> Result<Invented> {
        Ok(toml::from_str(include_str!("invented.toml"))?)
    }
}
