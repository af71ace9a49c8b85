//! The model: what a year's state is, and which command it accepts. It is written from the rule book
//! and the documentation, and calls nothing of the program.

use crate::commands::{Act, Actor};
use std::collections::BTreeMap;

/// The PCTs of the cluster.
pub(crate) const PCTS: [&str; 3] = ["5KF", "5KG", "5KL"];
/// Their SHA.
pub(crate) const SHA: &str = "Q30";
/// The phases of the rule book, each with the one that it comes after.
pub(crate) const PHASES: [(&str, Option<usize>); 9] = [
    ("toolkit", None),
    ("self-assessment", Some(0)),
    ("partner-survey", Some(0)),
    ("evidence", Some(1)),
    ("plans", Some(1)),
    ("panel-days", Some(1)),
    ("calibration", Some(5)),
    ("national-calibration", Some(6)),
    ("release", Some(6)),
];
/// The phase that waits for the ratification of each PCT, as do those after it.
pub(crate) const PANEL_DAYS: usize = 5;
/// The phase in which results are released.
pub(crate) const RELEASE: usize = 8;
/// Measures that are judged of each PCT.
pub(crate) const MEASURES: [&str; 3] = ["finance.1", "finance.2", "finance.3"];
/// Measures that are scored by members of panels.
pub(crate) const SCORED: [&str; 2] = ["1a", "1b"];

/// What an entry is about: the body, the measure, and the method or the panel member.
pub(crate) type Key = (&'static str, &'static str, &'static str);

/// The state of a year.
#[derive(Debug, Default)]
pub(crate) struct Model {
    /// The phase that is open for a body, with its entry.
    pub(crate) opened: BTreeMap<&'static str, (u32, usize)>,
    /// The first phase of a body since one was withdrawn: those after it replace it, one by another.
    pub(crate) first_opened: BTreeMap<&'static str, u32>,
    /// The current entry of each judgement, by body, measure and method.
    pub(crate) judged: BTreeMap<Key, u32>,
    /// The current entry of each score, by body, measure and member.
    pub(crate) scored: BTreeMap<Key, u32>,
    /// The approvals that are given, by body and approval: entry, and the moment of what was read.
    pub(crate) approved: BTreeMap<(&'static str, &'static str), (u32, u32)>,
    /// The last entry that changed the judgements of a body by a method.
    pub(crate) changed: BTreeMap<(&'static str, &'static str), u32>,
    /// Releases, by body: entry, and the role to which results are released.
    pub(crate) released: BTreeMap<&'static str, (u32, &'static str)>,
    /// The entries of evidence that was not withdrawn, with the body that it is about.
    pub(crate) evidence: BTreeMap<u32, &'static str>,
    /// The last entry about a body that opens no phase, whatever became of it.
    pub(crate) entered: BTreeMap<&'static str, u32>,
    pub(crate) last: u32,
}

/// Why a command is refused.
pub(crate) type Refusal = &'static str;

fn require(holds: bool, otherwise: Refusal) -> Result<(), Refusal> {
    if holds { Ok(()) } else { Err(otherwise) }
}

impl Model {
    pub(crate) fn new(judged: &BTreeMap<Key, u32>, last: u32) -> Model {
        Model {
            judged: judged.clone(),
            entered: BTreeMap::new(),
            last,
            ..Model::default()
        }
    }

    /// The phase of a body.
    pub(crate) fn phase_of(&self, body: &str) -> Option<usize> {
        let own = self
            .opened
            .iter()
            .filter(|(of, _)| **of == body || **of == SHA);
        own.map(|(_, opened)| *opened).max().map(|(_, phase)| phase)
    }

    fn is_in(&self, body: &str, phases: &[usize]) -> bool {
        self.phase_of(body)
            .is_some_and(|phase| phases.contains(&phase))
    }

    /// Whether the results of a body are released to a role, by the latest release of it or its SHA.
    fn is_released(&self, body: &str, role: &str) -> bool {
        let releases = self.released.iter();
        let of_body = releases.filter(|(of, _)| **of == body || **of == SHA);
        let latest = of_body.map(|(_, release)| *release).max();
        latest.is_some_and(|(_, to)| to == "public" || to == role)
    }

    /// The entry of an approval that is given.
    pub(crate) fn approval(&self, body: &str, approval: &str) -> Option<u32> {
        let given = self.approved.get(&(body, approval));
        given.map(|(entry, _)| *entry)
    }

    /// Whether the board has ratified the self-assessment of a PCT.
    fn is_frozen(&self, body: &str) -> bool {
        self.approval(body, "ratified").is_some()
    }

    /// Whether what an approval covers has not changed since a moment.
    fn is_current(&self, body: &str, approval: &str, read: u32) -> bool {
        let method = covered(approval);
        self.changed
            .get(&(body, method))
            .is_none_or(|changed| *changed <= read)
    }

    /// Whether a command is accepted.
    pub(crate) fn accepts(&self, actor: &Actor, act: &Act) -> Result<(), Refusal> {
        let Actor {
            role,
            body: acts_for,
            person,
        } = actor;
        let reaches = |body: &str| *acts_for == body || *acts_for == SHA;
        let is_governed = !self.opened.is_empty();
        match act {
            Act::Open {
                body,
                phase,
                has_reason,
                supersedes,
            } => {
                require(
                    ["assurer", "coordinator"].contains(role) && reaches(body),
                    "not theirs",
                )?;
                let known = self.opened.get(body).map(|(entry, _)| *entry);
                require(known == *supersedes, "another entry is current")?;
                self.opens(body, *phase, *has_reason)
            }
            Act::Judge {
                body,
                method,
                measure,
                supersedes,
            } => {
                let phases: &[usize] = match (*role, *method) {
                    ("executive" | "lead", "self") => &[1, 2],
                    ("chair" | "member", "panel") => &[5],
                    ("analyst", "analyst") => &[3, 4, 5],
                    ("assurer", "calibrated") => &[6],
                    ("calibrator", "calibrated") => &[7],
                    _ => &[],
                };
                require(
                    is_governed && reaches(body) && self.is_in(body, phases),
                    "not theirs",
                )?;
                let known = self.judged.get(&(body, measure, method));
                require(known == supersedes.as_ref(), "another entry is current")?;
                require(*method != "self" || !self.is_frozen(body), "frozen")
            }
            Act::Score {
                body,
                measure,
                member,
                supersedes,
            } => {
                let is_own = member == person;
                let may = ["chair", "member"].contains(role) && is_own && reaches(body);
                require(may && self.is_in(body, &[5]), "not theirs")?;
                let key = (*body, *measure, *member);
                require(
                    self.scored.get(&key) == supersedes.as_ref(),
                    "another entry is current",
                )?;
                // The first two are appointed to the first PCT, and have declared their interests.
                require(
                    *body == PCTS[0] && ["m1", "m2"].contains(member),
                    "not on the panel",
                )?;
                let others = self
                    .scored
                    .keys()
                    .filter(|(of, on, by)| (of, on) == (body, measure) && by != member);
                let has_others = others.count() > 0;
                require(
                    supersedes.is_none() || !has_others,
                    "they see the scores of others",
                )
            }
            Act::Approve {
                body,
                approval,
                read,
                supersedes,
            } => {
                let phases = approval_phases(role, approval);
                require(
                    is_governed && reaches(body) && self.is_in(body, phases),
                    "not theirs",
                )?;
                let known = self.approval(body, approval);
                require(known == *supersedes, "another entry is current")?;
                if *approval == "ratified" {
                    let submitted = self.approved.get(&(body, "submitted"));
                    let is_submitted = submitted
                        .is_some_and(|(_, read)| self.is_current(body, "submitted", *read));
                    require(is_submitted, "not submitted as it is now")?;
                }
                require(
                    self.is_current(body, approval, *read),
                    "changed since it was read",
                )
            }
            Act::WithdrawApproval {
                body,
                approval,
                entry,
            } => {
                let phases = approval_phases(role, approval);
                let may = *role == "assurer" || self.is_in(body, phases);
                require(is_governed && reaches(body) && may, "not theirs")?;
                let known = self.approval(body, approval);
                require(known == Some(*entry), "another entry is current")
            }
            Act::Release {
                body, supersedes, ..
            } => {
                let may = is_governed && *role == "assurer" && reaches(body);
                let phase = match *body {
                    SHA => self.opened.get(SHA).map(|(_, phase)| *phase),
                    body => self.phase_of(body),
                };
                require(may && phase == Some(RELEASE), "not theirs")?;
                let known = self.released.get(body).map(|(entry, _)| *entry);
                require(known == *supersedes, "another entry is current")
            }
            Act::File { body, .. } => {
                let phases: &[usize] = match *role {
                    "executive" => &[1, 2, 3, 4, 5],
                    "lead" => &[1, 2, 3, 4],
                    "assurer" | "analyst" => {
                        return require(is_governed && reaches(body), "not theirs");
                    }
                    _ => &[],
                };
                require(
                    is_governed && reaches(body) && self.is_in(body, phases),
                    "not theirs",
                )
            }
            Act::WithdrawEvidence { entry } => {
                let body = self.evidence.get(entry).copied().unwrap_or_default();
                // A chair withdraws in some phases, but only what chairs enter.
                let phases: &[usize] = match *role {
                    "executive" | "lead" => &[1, 2, 3, 4],
                    "analyst" => &[3, 4, 5],
                    "assurer" => return require(is_governed && reaches(body), "not theirs"),
                    _ => &[],
                };
                // Whoever may file evidence now withdraws it, until the release.
                let files_now = match *role {
                    "executive" => self.is_in(body, &[PANEL_DAYS]),
                    "analyst" => true,
                    _ => false,
                };
                let may = self.is_in(body, phases) || (files_now && !self.is_released(body, role));
                require(is_governed && reaches(body) && may, "not theirs")
            }
            Act::WithdrawPhase { body, entry } => {
                let may = match *role {
                    "assurer" => true,
                    "coordinator" => !self.is_released(body, role),
                    _ => false,
                };
                require(is_governed && may && reaches(body), "not theirs")?;
                let known = self.opened.get(body).map(|(entry, _)| *entry);
                require(known == Some(*entry), "another entry is current")?;
                require(self.opened.len() > 1, "the cycle stays governed")?;
                // What it replaced would be withdrawn with it.
                let first = self.first_opened.get(body).copied();
                let mut entered = self.entered.iter();
                let is_in_use = entered.any(|(about, last)| {
                    Some(*last) > first && (about == body || *about == SHA || *body == SHA)
                });
                require(!is_in_use, "something was entered in it")
            }
        }
    }

    /// Whether a phase opens for a body. All judgements that phases require are there from the start.
    fn opens(&self, body: &str, phase: usize, has_reason: bool) -> Result<(), Refusal> {
        let below: Vec<(&str, Option<usize>)> = PCTS
            .iter()
            .filter(|pct| **pct == body || body == SHA)
            .map(|pct| (*pct, self.phase_of(pct)))
            .collect();
        if below.iter().all(|(_, open)| *open == Some(phase)) {
            return require(has_reason, "it is open already");
        }
        let is_later = below
            .iter()
            .any(|(_, open)| open.is_some_and(|open| open > phase));
        require(has_reason || !is_later, "it opens again without a reason")?;
        let before = PHASES[phase].1;
        let moving = || {
            let below = below.iter();
            below.filter(|(_, open)| open.is_none_or(|open| open < phase))
        };
        let reached = moving()
            .all(|(_, open)| before.is_none_or(|before| open.is_some_and(|open| open >= before)));
        require(reached, "the phase before was not opened")?;
        let is_ratified = moving().all(|(pct, _)| self.is_frozen(pct));
        require(
            phase < PANEL_DAYS || is_ratified,
            "not ratified by each board",
        )
    }

    /// Takes over a command that was accepted.
    pub(crate) fn apply(&mut self, act: &Act, entry: u32) {
        self.last = entry;
        if let Act::Judge { body, .. }
        | Act::Score { body, .. }
        | Act::Approve { body, .. }
        | Act::Release { body, .. }
        | Act::File { body, .. } = act
        {
            self.entered.insert(body, entry);
        }
        match act {
            Act::Open { body, phase, .. } => {
                self.opened.insert(body, (entry, *phase));
                self.first_opened.entry(body).or_insert(entry);
            }
            Act::Judge {
                body,
                method,
                measure,
                ..
            } => {
                self.judged.insert((body, measure, method), entry);
                self.changed.insert((body, method), entry);
            }
            Act::Score {
                body,
                measure,
                member,
                ..
            } => {
                self.scored.insert((body, measure, member), entry);
            }
            Act::Approve {
                body,
                approval,
                read,
                ..
            } => {
                self.approved.insert((body, approval), (entry, *read));
            }
            Act::WithdrawApproval { body, approval, .. } => {
                self.approved.remove(&(*body, *approval));
            }
            Act::Release { body, to, .. } => {
                self.released.insert(body, (entry, to));
            }
            Act::File { body, .. } => {
                self.evidence.insert(entry, body);
            }
            Act::WithdrawEvidence { entry: of } => {
                self.evidence.remove(of);
            }
            Act::WithdrawPhase { body, .. } => {
                self.opened.remove(body);
                self.first_opened.remove(body);
            }
        }
    }
}

/// The method whose judgements an approval covers.
pub(crate) fn covered(approval: &str) -> &'static str {
    match approval {
        "agreed" => "panel",
        _ => "self",
    }
}

/// The phases in which a role gives and withdraws an approval.
fn approval_phases(role: &str, approval: &str) -> &'static [usize] {
    match (role, approval) {
        ("executive" | "lead", "submitted") | ("board", "ratified") => &[1, 2, 3, 4],
        ("chair", "agreed") => &[5, 6],
        _ => &[],
    }
}
