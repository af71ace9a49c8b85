//! Runs the example `write-load` as a process that can be killed, and checks the ledger afterwards.

use super::Place;
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// The acknowledged requests, with the number of the first entry of each.
pub type Acknowledged = BTreeMap<String, u32>;

/// A running writer.
pub struct Load {
    child: Child,
    input: Option<ChildStdin>,
    output: Arc<Mutex<Output>>,
    readers: Vec<JoinHandle<()>>,
}

#[derive(Default)]
struct Output {
    ready: bool,
    acknowledged: Acknowledged,
    errors: String,
}

/// Returns the command for the writer, which `cargo test` builds beside the tests.
pub fn write_load() -> Command {
    let test = std::env::current_exe().expect("this program");
    let folder = test.parent().and_then(|deps| deps.parent());
    let built: PathBuf = folder.expect("a target").join("examples/write-load");
    assert!(
        built.is_file(),
        "these tests need the example write-load: `cargo build -p wcc-ledger --example write-load`"
    );
    Command::new(built)
}

impl Load {
    /// Starts `tasks` tasks that send `count` requests each; 0 for no limit.
    pub fn start(mut command: Command, place: &Place, name: &str, tasks: u32, count: u32) -> Load {
        command
            .args([&place.url(), &place.sha])
            .arg(place.head_path())
            .args([name, &tasks.to_string(), &count.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().expect("the writer starts");
        let output = Arc::new(Mutex::new(Output::default()));
        let (out, told) = (child.stdout.take(), Arc::clone(&output));
        let out = std::thread::spawn(move || {
            for line in BufReader::new(out.expect("its output")).lines() {
                let Ok(line) = line else { break };
                let mut output = told.lock().expect("its output");
                match line.rsplit_once(' ') {
                    None => output.ready = line == "ready",
                    // A line that the kill cut off does not count.
                    Some((id, number)) => {
                        let number = number.parse().expect("a number");
                        let before = output.acknowledged.insert(id.to_owned(), number);
                        assert_eq!(before, None, "{id} was acknowledged twice");
                    }
                }
            }
        });
        let (errors, told) = (child.stderr.take(), Arc::clone(&output));
        let errors = std::thread::spawn(move || {
            let mut errors = errors.expect("its errors");
            let mut some = [0; 1024];
            while let Ok(count @ 1..) = errors.read(&mut some) {
                let text = String::from_utf8_lossy(&some[..count]).into_owned();
                told.lock().expect("its output").errors.push_str(&text);
            }
        });
        Load {
            input: child.stdin.take(),
            child,
            output,
            readers: vec![out, errors],
        }
    }

    /// Waits until the ledger is open, or the writer has ended.
    pub fn wait_until_ready(&mut self) {
        self.wait_for("it is ready", |output| output.ready);
    }

    /// Returns whether the writer has opened the ledger.
    pub fn is_ready(&self) -> bool {
        self.output.lock().expect("its output").ready
    }

    /// Returns the number of acknowledged requests so far.
    pub fn acknowledged(&self) -> usize {
        self.output.lock().expect("its output").acknowledged.len()
    }

    /// Waits until `more` further requests are acknowledged.
    pub fn wait_for_more(&mut self, more: usize) {
        let from = self.acknowledged();
        self.wait_for("it enters more", |output| {
            output.acknowledged.len() >= from + more
        });
    }

    /// Waits until the writer has reported an error.
    pub fn wait_for_error(&mut self) {
        self.wait_for("it reports an error", |output| !output.errors.is_empty());
    }

    fn wait_for(&mut self, what: &str, done: impl Fn(&Output) -> bool) {
        let until = Instant::now() + Duration::from_secs(60);
        while !done(&self.output.lock().expect("its output")) {
            if self.child.try_wait().expect("the writer").is_some() {
                return;
            }
            let output = self.output.lock().expect("its output").errors.clone();
            assert!(Instant::now() < until, "{what}, after: {output}");
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Kills the writer with SIGKILL, and returns the requests acknowledged until then.
    pub fn kill(mut self) -> Acknowledged {
        self.child.kill().expect("a kill");
        self.end().0
    }

    /// Waits for the end of the writer. If `early` is set, closes its standard input first.
    pub fn finish(mut self, early: bool) -> (Acknowledged, String) {
        if early {
            drop(self.input.take());
        }
        self.end()
    }

    fn end(&mut self) -> (Acknowledged, String) {
        self.child.wait().expect("its end");
        for reader in self.readers.drain(..) {
            reader.join().expect("its output");
        }
        let output = std::mem::take(&mut *self.output.lock().expect("its output"));
        (output.acknowledged, output.errors)
    }
}

impl Drop for Load {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Checks that every acknowledged request is present once under its number, that nothing is present
/// twice, that the chain verifies, and that the head file matches. Returns the number of entries.
pub async fn check(place: &Place, acknowledged: &Acknowledged) -> u32 {
    place.settle().await;
    let written = place.head_file().read().expect("a whole head file");
    let head = place.verify(&[]).await.expect("an unbroken chain");
    let newest = acknowledged.values().max().copied().unwrap_or(0);
    let written = written.map_or(0, |head| head.number);
    assert!(
        written >= newest,
        "the head {written} was written before {newest} was acknowledged"
    );
    let store = place.store().await;
    let mut first = BTreeMap::new();
    let mut after = 0;
    loop {
        let rows = store.read(after, 5_000).await.expect("rows");
        let Some(last) = rows.last() else { break };
        after = last.number;
        for row in rows {
            if row.part == 0 {
                let before = first.insert(row.request.clone(), row.number);
                assert_eq!(before, None, "{} is there twice", row.request);
            }
        }
    }
    assert_eq!(after, head.number);
    for (id, number) in acknowledged {
        assert_eq!(first.get(id), Some(number), "{id} was acknowledged");
    }
    store.close().await;
    // The next server reads the same ledger and updates the head file.
    let ledger = place.open().await;
    assert_eq!(ledger.head(), head);
    assert_eq!(place.head_file().read().expect("a head"), Some(head));
    head.number
}
