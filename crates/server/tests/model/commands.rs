//! Random commands: mostly what somebody would do next, often what they may not.

use crate::rules::{MEASURES, Model, PCTS, PHASES, SCORED, SHA, covered};

/// Somebody in a role, for a body.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Actor {
    pub(crate) person: &'static str,
    pub(crate) role: &'static str,
    /// For whom they act; the SHA's people act for everybody.
    pub(crate) body: &'static str,
}

/// What somebody does.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Act {
    Open {
        body: &'static str,
        phase: usize,
        has_reason: bool,
        supersedes: Option<u32>,
    },
    Judge {
        body: &'static str,
        method: &'static str,
        measure: &'static str,
        supersedes: Option<u32>,
    },
    Score {
        body: &'static str,
        measure: &'static str,
        member: &'static str,
        supersedes: Option<u32>,
    },
    Approve {
        body: &'static str,
        approval: &'static str,
        /// The last entry when the approver read what they approve.
        read: u32,
        supersedes: Option<u32>,
    },
    WithdrawApproval {
        body: &'static str,
        approval: &'static str,
        entry: u32,
    },
    Release {
        body: &'static str,
        to: &'static str,
        supersedes: Option<u32>,
    },
    File {
        body: &'static str,
        number: u64,
    },
    WithdrawEvidence {
        entry: u32,
    },
    WithdrawPhase {
        body: &'static str,
        entry: u32,
    },
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Command {
    pub(crate) actor: Actor,
    pub(crate) act: Act,
}

/// Random numbers that a seed repeats.
#[derive(Debug)]
pub(crate) struct Dice {
    seed: u64,
    state: u64,
}

impl Dice {
    /// The seed in an environment variable, or a new one.
    pub(crate) fn new(name: &str) -> Dice {
        let given = std::env::var(name)
            .ok()
            .map(|text| text.parse().expect("a number"));
        let seed = given.unwrap_or_else(|| {
            let now = std::time::SystemTime::now();
            let since = now.duration_since(std::time::UNIX_EPOCH).expect("a time");
            since.as_micros() as u64
        });
        Dice::of_seed(seed)
    }

    pub(crate) fn of_seed(seed: u64) -> Dice {
        Dice { seed, state: seed }
    }

    pub(crate) fn seed(&self) -> u64 {
        self.seed
    }

    /// The seed of further dice.
    pub(crate) fn next_seed(&mut self) -> u64 {
        self.next()
    }

    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub(crate) fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }

    fn of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())]
    }

    /// True once in `of` times.
    fn once_in(&mut self, of: usize) -> bool {
        self.below(of) == 0
    }
}

const AUTHORITY: [(&str, &str); 6] = [
    ("assurer", "assurer"),
    ("coordinator", "coordinator"),
    ("chair", "m1"),
    ("member", "m2"),
    ("analyst", "analyst"),
    ("calibrator", "calibrator"),
];

/// The people of a PCT.
const OF_PCT: [&str; 4] = ["executive", "lead", "board", "partner"];

fn of_authority(role: &'static str) -> Actor {
    let (_, person) = AUTHORITY
        .into_iter()
        .find(|(of, _)| *of == role)
        .expect("a role");
    Actor {
        person,
        role,
        body: SHA,
    }
}

fn of_pct(role: &'static str, body: &'static str) -> Actor {
    Actor {
        person: role,
        role,
        body,
    }
}

fn anybody(dice: &mut Dice) -> Actor {
    if dice.once_in(2) {
        return of_authority(dice.of(&AUTHORITY).0);
    }
    let (role, body) = (dice.of(&OF_PCT), dice.of(&PCTS));
    of_pct(role, body)
}

/// Mostly the current entry, sometimes none.
fn perhaps(dice: &mut Dice, current: Option<u32>) -> Option<u32> {
    if dice.below(12) < 2 { None } else { current }
}

/// The next command.
pub(crate) fn command(dice: &mut Dice, model: &Model) -> Command {
    let body = dice.of(&PCTS);
    let (mut actor, act) = match dice.below(16) {
        0 | 1 => open(dice, model),
        2..=5 => judge(dice, model, body),
        6 | 7 => score(dice, model),
        8..=10 => approve(dice, model, body),
        11 => withdraw_approval(dice, model),
        12 => release(dice, model),
        13 => {
            let actor = match dice.below(3) {
                0 => of_authority("assurer"),
                1 => of_authority("analyst"),
                _ => of_pct("executive", body),
            };
            let number = dice.next();
            (actor, Act::File { body, number })
        }
        14 => withdraw_evidence(dice, model),
        _ => withdraw_phase(dice, model),
    };
    // Often somebody else tries.
    if dice.once_in(4) {
        actor = anybody(dice);
    }
    Command { actor, act }
}

fn open(dice: &mut Dice, model: &Model) -> (Actor, Act) {
    let body = if dice.once_in(2) { SHA } else { dice.of(&PCTS) };
    let now = model.phase_of(if body == SHA { PCTS[0] } else { body });
    let phase = match dice.below(3) {
        0 => dice.below(PHASES.len()),
        _ => now.map_or(0, |now| (now + 1 + dice.below(2)).min(PHASES.len() - 1)),
    };
    let known = model.opened.get(body).map(|(entry, _)| *entry);
    let act = Act::Open {
        body,
        phase,
        has_reason: dice.once_in(3),
        supersedes: perhaps(dice, known),
    };
    let role = dice.of(&["assurer", "coordinator"]);
    (of_authority(role), act)
}

fn judge(dice: &mut Dice, model: &Model, body: &'static str) -> (Actor, Act) {
    let (actor, method) = match model.phase_of(body) {
        Some(1 | 2) => (of_pct("executive", body), "self"),
        Some(3 | 4) => (of_authority("analyst"), "analyst"),
        Some(6) => (of_authority("assurer"), "calibrated"),
        Some(7) => (of_authority("calibrator"), "calibrated"),
        _ => (of_authority("chair"), "panel"),
    };
    let method = match dice.below(6) {
        0 => dice.of(&["self", "panel", "analyst", "calibrated"]),
        _ => method,
    };
    let measure = dice.of(&MEASURES);
    let known = model.judged.get(&(body, measure, method)).copied();
    let act = Act::Judge {
        body,
        method,
        measure,
        supersedes: perhaps(dice, known),
    };
    (actor, act)
}

fn score(dice: &mut Dice, model: &Model) -> (Actor, Act) {
    let role = dice.of(&["chair", "member"]);
    let actor = of_authority(role);
    let body = if dice.once_in(6) { PCTS[1] } else { PCTS[0] };
    let (measure, member) = (
        dice.of(&SCORED),
        if dice.once_in(5) { "m2" } else { actor.person },
    );
    let known = model.scored.get(&(body, measure, member)).copied();
    let act = Act::Score {
        body,
        measure,
        member,
        supersedes: perhaps(dice, known),
    };
    (actor, act)
}

fn approve(dice: &mut Dice, model: &Model, body: &'static str) -> (Actor, Act) {
    let approval = match model.phase_of(body) {
        Some(5 | 6) => "agreed",
        _ if model.approved.contains_key(&(body, "submitted")) => {
            dice.of(&["submitted", "ratified", "ratified"])
        }
        _ => "submitted",
    };
    let actor = match approval {
        "agreed" => of_authority("chair"),
        "ratified" => of_pct("board", body),
        _ => of_pct("executive", body),
    };
    let changed = model.changed.get(&(body, covered(approval))).copied();
    // Somebody read it before the last change.
    let read = match changed {
        Some(changed) if dice.once_in(4) => changed - 1,
        _ => model.last,
    };
    let known = model.approval(body, approval);
    let act = Act::Approve {
        body,
        approval,
        read,
        supersedes: perhaps(dice, known),
    };
    (actor, act)
}

fn withdraw_approval(dice: &mut Dice, model: &Model) -> (Actor, Act) {
    let given: Vec<_> = model.approved.iter().collect();
    if given.is_empty() {
        return open(dice, model);
    }
    let ((body, approval), (entry, _)) = dice.of(&given);
    let actor = match (*approval, dice.once_in(3)) {
        (_, true) => of_authority("assurer"),
        ("agreed", _) => of_authority("chair"),
        ("ratified", _) => of_pct("board", body),
        _ => of_pct("executive", body),
    };
    let act = Act::WithdrawApproval {
        body,
        approval,
        entry: *entry,
    };
    (actor, act)
}

fn release(dice: &mut Dice, model: &Model) -> (Actor, Act) {
    let body = if dice.once_in(3) { SHA } else { dice.of(&PCTS) };
    let known = model.released.get(body).map(|(entry, _)| *entry);
    let act = Act::Release {
        body,
        to: dice.of(&["public", "executive", "board"]),
        supersedes: perhaps(dice, known),
    };
    (of_authority("assurer"), act)
}

fn withdraw_evidence(dice: &mut Dice, model: &Model) -> (Actor, Act) {
    let filed: Vec<_> = model.evidence.iter().collect();
    if filed.is_empty() {
        return open(dice, model);
    }
    let (entry, body) = dice.of(&filed);
    let actor = match dice.below(4) {
        0 => of_authority("assurer"),
        1 => of_authority("chair"),
        2 => of_authority("analyst"),
        _ => of_pct("executive", body),
    };
    (actor, Act::WithdrawEvidence { entry: *entry })
}

fn withdraw_phase(dice: &mut Dice, model: &Model) -> (Actor, Act) {
    let opened: Vec<_> = model.opened.iter().collect();
    if opened.is_empty() {
        return open(dice, model);
    }
    let (body, (entry, _)) = dice.of(&opened);
    let act = Act::WithdrawPhase {
        body,
        entry: *entry,
    };
    let role = dice.of(&["assurer", "coordinator"]);
    (of_authority(role), act)
}

/// The opening of a phase for everybody.
pub(crate) fn opening(model: &Model, role: &'static str, phase: usize) -> Command {
    Command {
        actor: of_authority(role),
        act: Act::Open {
            body: SHA,
            phase,
            has_reason: true,
            supersedes: model.opened.get(SHA).map(|(entry, _)| *entry),
        },
    }
}

/// A judgement of the first PCT that supersedes the current one.
pub(crate) fn judging(model: &Model, role: &'static str, method: &'static str) -> Command {
    let (body, measure) = (PCTS[0], MEASURES[0]);
    let actor = match role {
        "executive" => of_pct(role, body),
        role => of_authority(role),
    };
    Command {
        actor,
        act: Act::Judge {
            body,
            method,
            measure,
            supersedes: model.judged.get(&(body, measure, method)).copied(),
        },
    }
}

/// An approval of the self-assessment of the first PCT as it is now.
pub(crate) fn approving(model: &Model, approval: &'static str) -> Command {
    approving_of(PCTS[0], model, approval)
}

/// An approval of the self-assessment of a PCT as it is now.
pub(crate) fn approving_of(body: &'static str, model: &Model, approval: &'static str) -> Command {
    let role = if approval == "ratified" {
        "board"
    } else {
        "executive"
    };
    Command {
        actor: of_pct(role, body),
        act: Act::Approve {
            body,
            approval,
            read: model.last,
            supersedes: model.approval(body, approval),
        },
    }
}

/// The withdrawal of the board's ratification.
pub(crate) fn withdrawing_ratification(model: &Model) -> Command {
    let (body, approval) = (PCTS[0], "ratified");
    Command {
        actor: of_pct("board", body),
        act: Act::WithdrawApproval {
            body,
            approval,
            entry: model.approval(body, approval).expect("it was given"),
        },
    }
}

/// A release of all results.
pub(crate) fn releasing(model: &Model, to: &'static str) -> Command {
    Command {
        actor: of_authority("assurer"),
        act: Act::Release {
            body: SHA,
            to,
            supersedes: model.released.get(SHA).map(|(entry, _)| *entry),
        },
    }
}
