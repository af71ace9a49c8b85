//! Random commands on two processes that share one PostgreSQL database.
//!
//! Both processes and this one throw the same dice and keep the same model, so they agree on each command
//! and on which process carries it out. That process prints what came of it, and the other is told.

use crate::cluster::Cluster;
use crate::commands::{Command, Dice, command};
use crate::rules::Model;
use crate::year::{Year, run};
use std::io::{BufRead, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};
use wcc_ledger::Address;

/// What a process is told: the database, the seed, the last entry of the loaded case, how many commands there
/// are, and which of the two processes it is.
const DATABASE: &str = "MODEL_SERVER_DATABASE";
const SEED: &str = "MODEL_SERVER_SEED";
const LOADED: &str = "MODEL_SERVER_LOADED";
const COMMANDS: &str = "MODEL_SERVER_COMMANDS";
const SERVER: &str = "MODEL_SERVER_NUMBER";

/// The beginning of a line about an accepted command, before its entry.
const ENTRY: &str = "entry ";
/// The beginning of a line about a refused command, before the reason.
const REFUSED: &str = "refused: ";

/// The entry of an accepted command, or the reason why it was refused.
type CommandResult = Result<u32, String>;

fn in_a_line(result: &CommandResult) -> String {
    match result {
        Ok(entry) => format!("{ENTRY}{entry}"),
        Err(reason) => format!("{REFUSED}{}", reason.replace('\n', " ")),
    }
}

/// Reads lines up to one about a command: a test prints lines of its own.
fn next_result(lines: &mut impl Iterator<Item = std::io::Result<String>>) -> CommandResult {
    loop {
        let line = lines.next().expect("the process still runs").unwrap();
        if let Some(entry) = line.strip_prefix(ENTRY) {
            return Ok(entry.parse().unwrap());
        }
        if let Some(reason) = line.strip_prefix(REFUSED) {
            return Err(reason.to_owned());
        }
    }
}

/// One of the two processes: carries out its commands, and hears of those of the other.
#[test]
fn the_process_that_shares_a_database() {
    let Ok(database) = std::env::var(DATABASE) else {
        return;
    };
    let number = |name| std::env::var(name).unwrap().parse::<u64>().unwrap();
    let (own, loaded) = (number(SERVER) as usize, number(LOADED) as u32);
    run(async {
        let year = Year::of_one_server(&Address::Postgres(database)).await;
        let mut model = Model::new(&year.judged_at(loaded), loaded);
        let mut dice = Dice::of_seed(number(SEED));
        let mut told = std::io::stdin().lines();
        for at in 0..number(COMMANDS) {
            let Command { actor, act } = command(&mut dice, &model);
            let result = if dice.below(2) == own {
                let result = year.enter(0, &format!("r{at}"), &actor, &act).await;
                println!("{}", in_a_line(&result));
                std::io::stdout().flush().unwrap();
                result
            } else {
                next_result(&mut told)
            };
            if let Ok(entry) = result {
                model.apply(&act, entry);
            }
        }
        year.converges().await;
        year.close().await;
    });
}

/// A process with what it reads and prints.
struct Server {
    child: Child,
    told: ChildStdin,
    printed: std::io::Lines<BufReader<ChildStdout>>,
}

impl Server {
    fn start(number: usize, database: &str, seed: u64, loaded: u32, commands: usize) -> Server {
        let mut child = std::process::Command::new(std::env::current_exe().unwrap())
            .args([
                "--exact",
                "processes::the_process_that_shares_a_database",
                "--nocapture",
            ])
            .env(DATABASE, database)
            .env(SEED, seed.to_string())
            .env(LOADED, loaded.to_string())
            .env(COMMANDS, commands.to_string())
            .env(SERVER, number.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let printed = BufReader::new(child.stdout.take().unwrap()).lines();
        Server {
            told: child.stdin.take().unwrap(),
            printed,
            child,
        }
    }

    /// Waits until it has compared its ledger with a fresh one and ended.
    fn finish(mut self) {
        drop(self.told);
        for line in self.printed.by_ref() {
            drop(line);
        }
        assert!(self.child.wait().unwrap().success());
    }
}

#[test]
fn commands_on_two_processes_agree_with_the_model() {
    run(async {
        let total = crate::count("MODEL_SHARED_COMMANDS", 60);
        let cluster = Cluster::start();
        let mut seeds = Dice::new("MODEL_SEED");
        let (mut accepted, mut refused, mut left) = (0, 0, total);
        while left > 0 {
            let commands = left.min(crate::COMMANDS_OF_A_YEAR);
            let database = cluster.database().await;
            let year = Year::open_on(Address::Postgres(database.clone())).await;
            let loaded = year.last();
            let mut model = Model::new(&year.judged(), loaded);
            year.close().await;
            let seed = seeds.next_seed();
            let mut servers =
                [0, 1].map(|number| Server::start(number, &database, seed, loaded, commands));
            let mut dice = Dice::of_seed(seed);
            for at in 0..commands {
                let Command { actor, act } = command(&mut dice, &model);
                let server = dice.below(2);
                let expected = model.accepts(&actor, &act);
                let result = next_result(&mut servers[server].printed);
                assert_eq!(
                    expected.is_ok(),
                    result.is_ok(),
                    "seed {seed}, command {at}: {actor:?} {act:?}\nmodel: {expected:?}\nledger: \
                     {result:?}\n{model:#?}"
                );
                writeln!(servers[1 - server].told, "{}", in_a_line(&result)).unwrap();
                match result {
                    Ok(entry) => {
                        accepted += 1;
                        model.apply(&act, entry);
                    }
                    Err(_) => refused += 1,
                }
            }
            for server in servers {
                server.finish();
            }
            left -= commands;
            if total > crate::COMMANDS_OF_A_YEAR {
                println!("{} of {total} commands", total - left);
            }
        }
        println!(
            "{total} commands on two processes: {accepted} accepted, {refused} refused, as the model says"
        );
    });
}
