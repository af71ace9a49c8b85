//! Random commands of a whole year, in every role, on two servers' ledgers of one database, against a
//! small independent model of the state machine: what is accepted and what is refused must agree, and
//! in the end both ledgers and a fresh one must have the same entries and outputs. The same on two processes
//! that share one PostgreSQL database.
//!
//! `bash tests/long.sh model` runs the long version.

#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    dead_code,
    missing_docs,
    unreachable_pub,
    reason = "a test may panic, and uses its own part of the helpers"
)]

#[path = "../../ledger/tests/support/cluster.rs"]
mod cluster;
#[path = "model/commands.rs"]
mod commands;
#[path = "model/kills.rs"]
mod kills;
#[path = "model/processes.rs"]
mod processes;
#[path = "model/rules.rs"]
mod rules;
#[path = "model/year.rs"]
mod year;

use commands::{
    Act, Command, Dice, approving, approving_of, command, judging, opening, releasing,
    withdrawing_ratification,
};
use rules::{Model, PANEL_DAYS, PCTS, RELEASE};
use year::{Year, run};

/// Commands on one ledger, before the next begins with a new cycle.
const COMMANDS_OF_A_YEAR: usize = 500;

pub(crate) fn count(name: &str, usual: usize) -> usize {
    let given = std::env::var(name).ok();
    given.map_or(usual, |text| text.parse().expect("a number"))
}

#[test]
fn commands_on_two_ledgers_agree_with_the_model() {
    run(async {
        let total = count("MODEL_COMMANDS", 300);
        let mut dice = Dice::new("MODEL_SEED");
        let (mut accepted, mut refused, mut left) = (0, 0, total);
        while left > 0 {
            let year = Year::open().await;
            let mut model = Model::new(&year.judged(), year.last());
            for at in 0..left.min(COMMANDS_OF_A_YEAR) {
                let Command { actor, act } = command(&mut dice, &model);
                let server = dice.below(2);
                let expected = model.accepts(&actor, &act);
                let answer = year.enter(server, &format!("r{at}"), &actor, &act).await;
                match (expected, &answer) {
                    (Ok(()), Ok(entry)) => {
                        accepted += 1;
                        model.apply(&act, *entry);
                    }
                    (Err(_), Err(_)) => refused += 1,
                    (expected, answer) => panic!(
                        "seed {}, command {at}: {actor:?} {act:?}\nmodel: {expected:?}\nledger: {answer:?}\n{model:#?}",
                        dice.seed()
                    ),
                }
            }
            year.converges().await;
            year.close().await;
            left = left.saturating_sub(COMMANDS_OF_A_YEAR);
        }
        println!("{total} commands: {accepted} accepted, {refused} refused, as the model says");
        assert!(accepted * 10 > total, "{accepted} of {total}");
        assert!(refused * 10 > total, "{refused} of {total}");
    });
}

/// Enters a command that must be accepted, by a server.
async fn prepare(year: &Year, model: &mut Model, next: impl FnOnce(&Model) -> Command) {
    let command = next(model);
    let id = format!("before {}", model.last);
    let entry = year.enter(0, &id, &command.actor, &command.act).await;
    let entry = entry.unwrap_or_else(|error| panic!("{command:?}: {error}"));
    model.apply(&command.act, entry);
}

/// Two people send commands of which one at most can be accepted, at the same moment, each to another
/// server. Returns the command that was accepted, and the refusal of the other.
async fn race(year: &Year, model: &mut Model, both: [Command; 2]) -> (Command, String) {
    let id = format!("race {}", model.last);
    let [first, second] = both;
    let (winner, entry, error) = match year.enter_both(&id, &first, &second).await {
        (Ok(entry), Err(error)) => (first, entry, error),
        (Err(error), Ok(entry)) => (second, entry, error),
        (one, other) => panic!("{first:?}: {one:?}\n{second:?}: {other:?}"),
    };
    assert!(
        model.accepts(&winner.actor, &winner.act).is_ok(),
        "{winner:?}"
    );
    model.apply(&winner.act, entry);
    (winner, error)
}

#[test]
fn of_two_commands_at_once_one_wins_and_the_other_is_told() {
    run(async {
        let rounds = count("MODEL_RACES", 12);
        let year = Year::open().await;
        let mut model = Model::new(&year.judged(), year.last());
        let (mut judged_first, mut told) = (0, 0);
        for phase in [0, 1] {
            prepare(&year, &mut model, |model| opening(model, "assurer", phase)).await;
        }
        // A change of the self-assessment while the board ratifies it.
        for turn in 0..rounds {
            prepare(&year, &mut model, |model| approving(model, "submitted")).await;
            let mut both = [
                judging(&model, "executive", "self"),
                approving(&model, "ratified"),
            ];
            both.rotate_left(turn % 2);
            let (winner, error) = race(&year, &mut model, both).await;
            if let Act::Judge { .. } = winner.act {
                judged_first += 1;
                assert!(error.contains("has changed since"), "{error}");
            } else {
                let entry = model.last;
                assert!(
                    error.contains(&format!("frozen by entry {entry}")),
                    "{error}"
                );
                assert!(error.contains("by the PCT board for 5KF"), "{error}");
                prepare(&year, &mut model, withdrawing_ratification).await;
            }
        }
        for pct in PCTS {
            for approval in ["submitted", "ratified"] {
                prepare(&year, &mut model, |model| {
                    approving_of(pct, model, approval)
                })
                .await;
            }
        }
        prepare(&year, &mut model, |model| {
            opening(model, "assurer", PANEL_DAYS)
        })
        .await;
        // Two chairs agree on different values, two people open phases, two release results.
        for turn in 0..rounds {
            let both = [
                judging(&model, "chair", "panel"),
                judging(&model, "member", "panel"),
            ];
            let (winner, error) = race(&year, &mut model, both).await;
            let names = error.contains(&format!("entry {}", model.last));
            assert!(names, "{winner:?}: {error}");
            told += usize::from(error.contains(winner.actor.person));
            let phase = if turn % 2 == 0 { 6 } else { 5 };
            let both = [
                opening(&model, "assurer", phase),
                opening(&model, "coordinator", phase),
            ];
            let (winner, error) = race(&year, &mut model, both).await;
            let names = error.contains(&format!("entry {}", model.last));
            assert!(names, "{winner:?}: {error}");
            if phase == 6 {
                prepare(&year, &mut model, |model| opening(model, "assurer", 5)).await;
            }
        }
        for phase in [6, RELEASE] {
            prepare(&year, &mut model, |model| opening(model, "assurer", phase)).await;
        }
        for _ in 0..rounds {
            let both = [releasing(&model, "public"), releasing(&model, "executive")];
            let (winner, error) = race(&year, &mut model, both).await;
            let names = error.contains(&format!("entry {}", model.last));
            assert!(names, "{winner:?}: {error}");
        }
        year.converges().await;
        year.close().await;
        println!(
            "{} races: one command won each; the self-assessment changed first in {judged_first} of {rounds}; \
             {told} chairs were told by whom",
            4 * rounds
        );
    });
}
