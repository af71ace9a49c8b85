//! The example `write-load` as a process that can be killed, and what must hold after it.

use super::Place;
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Every request that was acknowledged, with the number of its first entry.
pub type Acknowledged = BTreeMap<String, u32>;

/// A running writer.
pub struct Load {
    child: Child,
    input: Option<ChildStdin>,
    said: Arc<Mutex<Said>>,
    readers: Vec<JoinHandle<()>>,
}

#[derive(Default)]
struct Said {
    ready: bool,
    acknowledged: Acknowledged,
    errors: String,
}

/// The writer, which `cargo test` builds beside the tests.
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
    /// Starts `tasks` that enter `count` requests each; 0 for no end.
    pub fn start(mut command: Command, place: &Place, name: &str, tasks: u32, count: u32) -> Load {
        command
            .args([&place.url(), &place.sha])
            .arg(place.head_path())
            .args([name, &tasks.to_string(), &count.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().expect("the writer starts");
        let said = Arc::new(Mutex::new(Said::default()));
        let (out, told) = (child.stdout.take(), Arc::clone(&said));
        let out = std::thread::spawn(move || {
            for line in BufReader::new(out.expect("its output")).lines() {
                let Ok(line) = line else { break };
                let mut said = told.lock().expect("what it said");
                match line.rsplit_once(' ') {
                    None => said.ready = line == "ready",
                    // A line that was cut off by the kill was not said.
                    Some((id, number)) => {
                        let number = number.parse().expect("a number");
                        let before = said.acknowledged.insert(id.to_owned(), number);
                        assert_eq!(before, None, "{id} was acknowledged twice");
                    }
                }
            }
        });
        let (errors, told) = (child.stderr.take(), Arc::clone(&said));
        let errors = std::thread::spawn(move || {
            let mut errors = errors.expect("its errors");
            let mut some = [0; 1024];
            while let Ok(count @ 1..) = errors.read(&mut some) {
                let text = String::from_utf8_lossy(&some[..count]).into_owned();
                told.lock().expect("what it said").errors.push_str(&text);
            }
        });
        Load {
            input: child.stdin.take(),
            child,
            said,
            readers: vec![out, errors],
        }
    }

    /// Waits until the ledger is open, or the writer has ended.
    pub fn wait_until_ready(&mut self) {
        self.wait_for("it is ready", |said| said.ready);
    }

    /// Whether it has opened the ledger.
    pub fn is_ready(&self) -> bool {
        self.said.lock().expect("what it said").ready
    }

    /// How many requests were acknowledged so far.
    pub fn acknowledged(&self) -> usize {
        self.said.lock().expect("what it said").acknowledged.len()
    }

    /// Waits until so many more are acknowledged.
    pub fn wait_for_more(&mut self, more: usize) {
        let from = self.acknowledged();
        self.wait_for("it enters more", |said| {
            said.acknowledged.len() >= from + more
        });
    }

    /// Waits until it has told of an error.
    pub fn wait_for_error(&mut self) {
        self.wait_for("it tells of an error", |said| !said.errors.is_empty());
    }

    fn wait_for(&mut self, what: &str, done: impl Fn(&Said) -> bool) {
        let until = Instant::now() + Duration::from_secs(60);
        while !done(&self.said.lock().expect("what it said")) {
            if self.child.try_wait().expect("the writer").is_some() {
                return;
            }
            let said = self.said.lock().expect("what it said").errors.clone();
            assert!(Instant::now() < until, "{what}, after: {said}");
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// SIGKILL. What it had acknowledged until then.
    pub fn kill(mut self) -> Acknowledged {
        self.child.kill().expect("a kill");
        self.end().0
    }

    /// Waits for its end, with standard input closed where it is to end early.
    pub fn finish(mut self, early: bool) -> (Acknowledged, String) {
        if early {
            drop(self.input.take());
        }
        self.end()
    }

    fn end(&mut self) -> (Acknowledged, String) {
        self.child.wait().expect("its end");
        for reader in self.readers.drain(..) {
            reader.join().expect("what it said");
        }
        let said = std::mem::take(&mut *self.said.lock().expect("what it said"));
        (said.acknowledged, said.errors)
    }
}

impl Drop for Load {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Everything acknowledged is there, once, under its number; nothing else is there twice; the chain
/// verifies; the head that was written down agrees. Tells how many entries there are.
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
    // What the next server does: it reads the same, and writes down the head.
    let ledger = place.open().await;
    assert_eq!(ledger.head(), head);
    assert_eq!(place.head_file().read().expect("a head"), Some(head));
    head.number
}
