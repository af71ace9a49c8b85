//! A process that carries out commands is killed at random moments and started again: what it had
//! acknowledged is there, once.

use crate::commands::{Command, Dice, command};
use crate::rules::Model;
use crate::year::{Year, run};
use std::io::{BufRead, BufReader, Write as _};
use std::path::PathBuf;
use std::process::{Child, Stdio};
use std::time::Duration;
use wcc_ledger::Address;

/// What the other process is told: the database file, the seed, and the last entry of the loaded case.
const FILE: &str = "MODEL_CHILD_FILE";
const SEED: &str = "MODEL_CHILD_SEED";
const LOADED: &str = "MODEL_CHILD_LOADED";
/// The number of the first command that it may not have carried out.
const FIRST: &str = "MODEL_CHILD_FIRST";

fn var(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// The model after some commands. Of one writer, accepted commands have consecutive entries.
fn after(commands: usize, dice: &mut Dice, mut model: Model) -> Model {
    for _ in 0..commands {
        let Command { actor, act } = command(dice, &model);
        if model.accepts(&actor, &act).is_ok() {
            let entry = model.last + 1;
            model.apply(&act, entry);
        }
    }
    model
}

/// Carries out commands until it is killed, and prints the number of each that was answered.
#[test]
fn the_process_that_is_killed() {
    let Some(file) = var(FILE) else {
        return;
    };
    let number = |name| var(name).unwrap().parse::<u64>().unwrap();
    let (first, loaded) = (number(FIRST) as usize, number(LOADED) as u32);
    run(async {
        let year = Year::reopen(&Address::Sqlite(file.into())).await;
        let mut dice = Dice::of_seed(number(SEED));
        let start = Model::new(&year.judged_at(loaded), loaded);
        let mut model = after(first, &mut dice, start);
        for at in first.. {
            let Command { actor, act } = command(&mut dice, &model);
            let answer = year.enter(0, &format!("r{at}"), &actor, &act).await;
            match (model.accepts(&actor, &act), answer) {
                (Ok(()), Ok(entry)) => {
                    assert_eq!(entry, model.last + 1, "{act:?}");
                    model.apply(&act, entry);
                }
                (Err(_), Err(_)) => {}
                (expected, answer) => panic!("{at}: {actor:?} {act:?}: {expected:?}, {answer:?}"),
            }
            println!("answered {at}");
            std::io::stdout().flush().unwrap();
        }
    });
}

fn start(address: &Address, seed: u64, loaded: u32, first: usize) -> Child {
    let Address::Sqlite(file) = address else {
        unreachable!("the year is in a file");
    };
    let program: PathBuf = std::env::current_exe().unwrap();
    std::process::Command::new(program)
        .args([
            "--exact",
            "kills::the_process_that_is_killed",
            "--nocapture",
        ])
        .env(FILE, file)
        .env(SEED, seed.to_string())
        .env(LOADED, loaded.to_string())
        .env(FIRST, first.to_string())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

#[test]
fn killed_at_any_moment_nothing_acknowledged_is_lost() {
    run(async {
        let kills = crate::count("MODEL_KILLS", 6);
        let year = Year::open().await;
        let loaded = year.last();
        let judged = year.judged();
        for ledger in &year.ledgers {
            ledger.clone().close().await;
        }
        let mut dice = Dice::new("MODEL_SEED");
        let seed = dice.seed();
        let mut answered = 0;
        for _ in 0..kills {
            let mut child = start(&year.address, seed, loaded, answered);
            let output = BufReader::new(child.stdout.take().unwrap());
            let mut lines = output.lines().map(Result::unwrap);
            let number = |line: String| {
                let at = line.strip_prefix("answered ")?;
                Some(at.parse::<usize>().unwrap() + 1)
            };
            // It is killed some time after its first answer, at any moment.
            let first = lines.by_ref().find_map(number);
            std::thread::sleep(Duration::from_millis(dice.below(400) as u64));
            child.kill().unwrap();
            // All that it printed: a refused command that is sent again after a later one might be
            // accepted.
            answered = lines
                .filter_map(number)
                .last()
                .or(first)
                .unwrap_or(answered);
            let ended = child.wait().unwrap();
            assert!(
                !ended.success() && ended.code().is_none(),
                "{ended:?}, seed {seed}"
            );
            let reopened = Year::reopen(&year.address).await;
            let mut replayed = Dice::of_seed(seed);
            let model = after(answered, &mut replayed, Model::new(&judged, loaded));
            // The command that was under way may have been entered without an answer.
            let more = reopened.last().checked_sub(model.last);
            assert!(
                more.is_some_and(|more| more <= 1),
                "{} entries, of which the model has {}, seed {seed}",
                reopened.last(),
                model.last
            );
            reopened.converges().await;
            reopened.close().await;
        }
        println!("killed {kills} times: {answered} commands were answered, each is there once");
    });
}
