//! The real server as a separate process, with requests over HTTP.

#![allow(dead_code, reason = "each test file uses its own part")]

use crate::support::command;
use serde_json::Value;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// A running `wcc serve`.
pub(crate) struct Server {
    child: Child,
    address: String,
    log: Arc<Mutex<Vec<String>>>,
}

/// An answer in JSON.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: Value,
}

/// The resources of a process.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Resources {
    pub(crate) descriptors: usize,
    pub(crate) children: usize,
    pub(crate) resident_kib: u64,
}

impl Server {
    /// Starts the server with a settings file and cases of `examples/`, and waits until it listens.
    pub(crate) fn start(settings: &Path, cases: &[&str]) -> Server {
        let folders: Vec<String> = cases
            .iter()
            .map(|case| format!("examples/{case}"))
            .collect();
        Server::on(settings, &folders)
    }

    /// Starts the server with the folder of a case, and waits until it listens.
    pub(crate) fn on_case(settings: &Path, folder: &str) -> Server {
        Server::on(settings, &[folder.to_owned()])
    }

    /// Starts the server with the ledger of a settings file, and waits until it listens.
    pub(crate) fn on_ledger(settings: &Path) -> Server {
        Server::on(settings, &["ledger:".to_owned()])
    }

    fn on(settings: &Path, sources: &[String]) -> Server {
        let server = Server::on_at_once(settings, sources);
        let text = fs::read_to_string(settings).expect("the settings");
        if text.contains("[[plugin]]") {
            server.wait_for_plugins();
        }
        server
    }

    /// Waits until every plugin has answered.
    pub(crate) fn wait_for_plugins(&self) {
        let end = Instant::now() + Duration::from_secs(60);
        let asked = "{ cycles { plugins { beingChecked } } }";
        while self.ask(asked).to_string().contains("true") {
            assert!(Instant::now() < end, "a plugin never answers");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Starts the server without waiting until every plugin has answered.
    pub(crate) fn on_at_once(settings: &Path, sources: &[String]) -> Server {
        Server::on_address(settings, sources, "127.0.0.1:0")
    }

    /// The same on another address.
    pub(crate) fn on_address(settings: &Path, sources: &[String], address: &str) -> Server {
        let mut child = command()
            .arg("--config")
            .arg(settings)
            .args(["serve", "--listen", address])
            .args(sources)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("wcc runs");
        let log = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&log);
        let said = BufReader::new(child.stderr.take().expect("a pipe"));
        std::thread::spawn(move || {
            for line in said.lines().map_while(Result::ok) {
                kept.lock().expect("no panic").push(line);
            }
        });
        let mut first = String::new();
        let mut printed = BufReader::new(child.stdout.take().expect("a pipe"));
        printed.read_line(&mut first).expect("an address");
        let address = first
            .split_once("http://")
            .and_then(|(_, rest)| rest.split_once('/'));
        let Some((address, _)) = address else {
            panic!("no address in `{first}`: {:?}", log.lock());
        };
        Server {
            address: address.to_owned(),
            child,
            log,
        }
    }

    /// The process identifier.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// The address on which it listens.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// Waits for a line with these words in its log; returns the log.
    pub(crate) fn log_with(&self, words: &str) -> String {
        let end = Instant::now() + Duration::from_secs(20);
        loop {
            let log = self.log.lock().expect("no panic").join("\n");
            if log.contains(words) {
                return log;
            }
            assert!(Instant::now() < end, "{words:?} is missing in: {log}");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Sends a request on a new connection; returns the answer as text.
    pub(crate) fn raw(&self, request: &str, headers: &[&str]) -> String {
        self.exchange(request, headers, "")
    }

    fn exchange(&self, request: &str, headers: &[&str], body: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).expect("the server listens");
        let headers: String = headers.iter().map(|line| format!("{line}\r\n")).collect();
        write!(
            stream,
            "{request} HTTP/1.1\r\nHost: {}\r\n{headers}Content-Length: {}\r\n\
             Connection: close\r\n\r\n{body}",
            self.address,
            body.len(),
        )
        .expect("the server reads");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        answer
    }

    /// Sends a request on a new connection; returns the answer, which must be JSON.
    pub(crate) fn send(&self, request: &str, headers: &[&str], body: &str) -> Answer {
        let answer = self.exchange(request, headers, body);
        let (head, body) = answer.split_once("\r\n\r\n").expect("head and body");
        let status = head.split(' ').nth(1).and_then(|text| text.parse().ok());
        Answer {
            status: status.expect("a status"),
            head: head.to_owned(),
            body: serde_json::from_str(body).expect("JSON"),
        }
    }

    /// Asks the server to stop, and waits until it has ended; returns the exit code.
    pub(crate) fn terminate(self) -> Option<i32> {
        self.stop("TERM")
    }

    /// Sends a signal to stop, and waits until the server has ended; returns the exit code.
    pub(crate) fn stop(mut self, signal: &str) -> Option<i32> {
        let id = self.child.id().to_string();
        let sent = std::process::Command::new("kill")
            .args([&format!("-{signal}"), &id])
            .status();
        assert!(sent.expect("kill runs").success());
        self.child.wait().expect("it ends").code()
    }

    /// Sends a query; returns the `data` of its answer. An error fails the test.
    pub(crate) fn ask(&self, query: &str) -> Value {
        let body = serde_json::json!({ "query": query }).to_string();
        let headers = ["Content-Type: application/json", "Accept: application/json"];
        let mut answer = self.send("POST /graphql", &headers, &body);
        assert_eq!(answer.status, 200, "{answer:?}");
        assert!(answer.body.get("errors").is_none(), "{answer:?}");
        answer.body["data"].take()
    }

    /// Requests a reload over HTTP.
    pub(crate) fn request_reload(&self, token: &str) -> Answer {
        let authorization = format!("Authorization: Bearer {token}");
        self.send("POST /plugins/reload", &[&authorization], "")
    }

    /// Reloads the server with a signal; returns its log line about the reload.
    pub(crate) fn reload(&self) -> String {
        let before = self.lines_about_reloading().len();
        self.ask_to_reload();
        let end = Instant::now() + Duration::from_secs(20);
        loop {
            if let Some(line) = self.lines_about_reloading().get(before) {
                self.wait_for_plugins();
                return line.clone();
            }
            assert!(Instant::now() < end, "not reloaded: {:?}", self.log.lock());
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Sends the signal to reload.
    pub(crate) fn ask_to_reload(&self) {
        let signalled = std::process::Command::new("kill")
            .args(["-HUP", &self.id().to_string()])
            .status();
        assert!(signalled.expect("kill runs").success());
    }

    /// Returns its log lines about reloads.
    pub(crate) fn lines_about_reloading(&self) -> Vec<String> {
        let log = self.log.lock().expect("no panic");
        let about = log
            .iter()
            .filter(|line| line.contains("reloaded:") || line.contains("reload rejected"));
        about.cloned().collect()
    }

    /// Measures the resources of its process.
    pub(crate) fn resources(&self) -> Resources {
        let process = PathBuf::from(format!("/proc/{}", self.id()));
        let status = fs::read_to_string(process.join("status")).unwrap_or_default();
        let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let resident = resident.and_then(|line| line.split_whitespace().next());
        Resources {
            descriptors: fs::read_dir(process.join("fd")).map_or(0, Iterator::count),
            children: children_of(self.id()),
            resident_kib: resident.and_then(|text| text.parse().ok()).unwrap_or(0),
        }
    }

    /// Kills the server.
    pub(crate) fn kill(&mut self) {
        self.child.kill().expect("it can be killed");
        self.child.wait().expect("it ends");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Returns the number of child processes, including ended ones.
fn children_of(parent: u32) -> usize {
    let parent = parent.to_string();
    let is_child = |stat: String| {
        let after_name = stat.rsplit(')').next().unwrap_or_default();
        after_name.split_whitespace().nth(1) == Some(&parent)
    };
    each_process("stat")
        .into_iter()
        .filter(|stat| is_child(stat.clone()))
        .count()
}

/// Returns the number of running workers of a server, which may have another parent by now.
pub(crate) fn workers_of(server: u32) -> usize {
    worker_ids(server).len()
}

/// Returns the process identifiers of the running workers of a server.
pub(crate) fn worker_ids(server: u32) -> Vec<u32> {
    processes_for_plugins(server, "plugin-call")
}

/// Returns the process identifiers of a server's fork servers, from which workers are copied.
pub(crate) fn fork_servers_of(server: u32) -> Vec<u32> {
    processes_for_plugins(server, "plugin-forks")
}

fn processes_for_plugins(server: u32, name: &str) -> Vec<u32> {
    // Arguments are separated by zero bytes. A copy has the same ones, and another name.
    let arguments = format!("\0plugin-worker\0{server}\0");
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
    let ids = processes.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    let read =
        |id: &u32, file: &str| fs::read_to_string(format!("/proc/{id}/{file}")).unwrap_or_default();
    ids.filter(|id| read(id, "cmdline").ends_with(&arguments) && read(id, "comm").trim() == name)
        .collect()
}

fn each_process(file: &str) -> Vec<String> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    entries
        .filter_map(|entry| fs::read_to_string(entry.path().join(file)).ok())
        .collect()
}
