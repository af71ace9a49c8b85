//! The mail server `smtp-server/server.mjs` for a test.

use serde_json::Value;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

/// A running mail server, which delivers nothing.
pub struct MailServer {
    process: Child,
    mails: Receiver<Value>,
    pub port: u16,
}

impl MailServer {
    /// Starts it with variables of its environment, and waits until it listens.
    pub fn start(environment: &[(&str, &str)]) -> MailServer {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/smtp-server/server.mjs");
        let script = match std::path::Path::new(script).exists() {
            true => script,
            // For the tests of the whole program.
            false => concat!(
                env!("CARGO_MANIFEST_DIR"),
                "/crates/mail/tests/smtp-server/server.mjs"
            ),
        };
        let mut process = Command::new("node")
            .arg(script)
            .envs(environment.iter().copied())
            .stdout(Stdio::piped())
            .spawn()
            .expect("run crates/mail/tests/smtp-server/run.sh");
        let mut lines = BufReader::new(process.stdout.take().expect("an output")).lines();
        let port = lines.next().expect("a line").expect("a port");
        let (taken, mails) = channel();
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                let mail = serde_json::from_str(&line).expect("a mail");
                if taken.send(mail).is_err() {
                    return;
                }
            }
        });
        MailServer {
            process,
            mails,
            port: port.trim().parse().expect("a port"),
        }
    }

    /// The next mail that it took.
    pub fn next(&mut self) -> Value {
        let next = self.mails.recv_timeout(Duration::from_secs(60));
        next.expect("a mail")
    }

    /// The mails that it took since.
    pub fn taken(&mut self) -> Vec<Value> {
        self.mails.try_iter().collect()
    }

    /// Ends it, and returns how many mails it took since.
    pub fn end(mut self) -> usize {
        self.process.kill().expect("ended");
        self.process.wait().expect("ended");
        self.mails.iter().count()
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
