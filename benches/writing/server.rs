//! A server with its own ledger.

use crate::support::{library, root};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// Creates a settings file with both regional plugins, and enters a case of `examples/` into its
/// ledger.
pub fn ledger_with(binary: &Path, case: &str) -> PathBuf {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder");
    let folder = folder.keep();
    let configs = root().join("configs");
    let mut text = format!(
        "[paths]\nframeworks = '{}'\norganisations = '{}'\ndata = '{}'\n",
        configs.join("frameworks").display(),
        configs.join("organisations").display(),
        folder.join("data").display(),
    );
    for plugin in ["once-north-east", "west-midlands"] {
        let added = command(binary)
            .args(["plugin", "add"])
            .arg(library(plugin))
            .output();
        let added = added.expect("wcc runs");
        assert!(added.status.success(), "{added:?}");
        text.push_str(&String::from_utf8(added.stdout).expect("text"));
    }
    let settings = folder.join("wcc.toml");
    std::fs::write(&settings, text).expect("the settings can be written");
    let loaded = command(binary)
        .arg("--config")
        .arg(&settings)
        .args(["ledger", "load", &format!("examples/{case}")])
        .output()
        .expect("wcc runs");
    assert!(loaded.status.success(), "{loaded:?}");
    settings
}

fn command(binary: &Path) -> Command {
    let mut command = Command::new(binary);
    command
        .env_remove("WCC_CONFIG")
        .env("NO_COLOR", "1")
        .env("WCC__LOG__LEVEL", "warn")
        .current_dir(root());
    command
}

/// A running `wcc serve` with its data folder.
pub struct Server {
    child: Child,
    address: String,
    token: String,
    folder: PathBuf,
}

impl Server {
    pub fn start(binary: &Path, settings: &Path) -> Server {
        let mut child = command(binary)
            .arg("--config")
            .arg(settings)
            .args(["serve", "--listen", "127.0.0.1:0", "ledger:"])
            .stdout(Stdio::piped())
            .spawn()
            .expect("wcc runs");
        let mut line = String::new();
        let printed = child.stdout.take().expect("a pipe");
        BufReader::new(printed)
            .read_line(&mut line)
            .expect("the server prints its address");
        let address = line
            .split_once("http://")
            .and_then(|(_, rest)| rest.split_once('/'));
        let address = address
            .unwrap_or_else(|| panic!("no address in `{line}`"))
            .0;
        let folder = settings.parent().expect("a folder");
        let token = folder.join("data/operator.token");
        let token = std::fs::read_to_string(token).expect("the token");
        Server {
            child,
            address: address.to_owned(),
            token: token.trim().to_owned(),
            folder: folder.to_owned(),
        }
    }

    pub fn address(&self) -> &str {
        &self.address
    }

    pub fn token(&self) -> &str {
        &self.token
    }

    /// Processor time of the server and its workers so far, in seconds.
    pub fn processor_time(&self) -> f64 {
        let own = self.child.id().to_string();
        let processes = std::fs::read_dir("/proc").expect("/proc").flatten();
        let times = processes.filter_map(|process| {
            let stat = std::fs::read_to_string(process.path().join("stat")).ok()?;
            // The fields after the name in parentheses begin with field 3. Field 4 is the parent;
            // fields 14 to 17 are the times of the process and of its children that have ended.
            let (before, after) = stat.rsplit_once(") ")?;
            let fields: Vec<&str> = after.split(' ').collect();
            let is_server = before.split(' ').next() == Some(&own);
            if !is_server && fields[1] != own {
                return None;
            }
            let ticks = fields[11..15].iter();
            Some(
                ticks
                    .map(|field| field.parse::<f64>().expect("a number"))
                    .sum::<f64>(),
            )
        });
        times.sum::<f64>() / 100.0
    }

    /// Peak memory of the server, in MiB.
    pub fn peak_memory(&self) -> f64 {
        let status =
            std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).expect("/proc");
        let mut lines = status.lines();
        let line = lines
            .find(|line| line.starts_with("VmHWM:"))
            .expect("a peak");
        let kibibytes: f64 = line
            .split_whitespace()
            .nth(1)
            .expect("a number")
            .parse()
            .expect("a number");
        kibibytes / 1024.0
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}
