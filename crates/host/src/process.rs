//! The host's side of a worker: start, talk, watch, end.

use crate::confine::{Confinement, hide_memory};
use crate::failure::Cause;
use crate::filter;
use crate::report::{self, HEADER};
use crate::settings::Limits;
use crate::spare::{LONGEST_WAIT, Place, Spares};
use crate::text::shown_up_to;
use crate::worker::{NO_PIPE, Task, Work};
use rustix::process::{Pid, Signal, WaitId, WaitIdOptions};
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command};
use tokio::sync::{OnceCell, Semaphore, mpsc, oneshot};

/// The most bytes kept of what a plugin prints.
const KEPT_OUTPUT: usize = 64 << 10;

/// The most bytes that a plugin may print: reading them costs the server time.
const MOST_OUTPUT: usize = 4 << 20;

/// How long to read what a dead worker printed last: somebody else may hold the pipe open.
const LAST_WORDS: Duration = Duration::from_millis(100);

/// Starts worker processes: never more at once than there are processors.
///
/// All are started by one thread of its own, which lives as long as this value: the kernel ends a
/// worker when the *thread* that started it ends, and threads of a runtime come and go.
#[derive(Clone, Debug)]
pub struct Worker {
    orders: mpsc::UnboundedSender<Order>,
    confinement: Arc<OnceCell<Confinement>>,
}

/// What the thread that starts workers is asked to do.
pub(crate) enum Order {
    /// Run a task.
    Run(Job),
    /// End the spare worker of a place that is gone.
    Vacate(u64),
}

/// One call: the task, the request, and where the outcome goes.
pub(crate) struct Job {
    task: Task,
    request: Vec<u8>,
    /// Where a spare worker may wait, if another call is expected.
    place: Option<Arc<Place>>,
    outcome: oneshot::Sender<Result<Vec<u8>, Cause>>,
}

impl Worker {
    /// Workers of this program, whose `main` calls [`crate::become_worker_if_asked`].
    ///
    /// On Linux the running program is meant even where another lies at its path by now.
    ///
    /// # Errors
    /// Where the thread cannot be started.
    pub fn this_program() -> std::io::Result<Self> {
        Self::program("/proc/self/exe")
    }

    /// Workers of another program that calls [`crate::become_worker_if_asked`].
    ///
    /// From now on no other process of the same user can read this process's memory, environment
    /// or descriptors through `/proc`, nor trace it, and it leaves no core file: whatever a plugin
    /// may come to do, the server's secrets are not within its reach.
    ///
    /// # Errors
    /// Where the thread cannot be started.
    pub fn program(executable: impl Into<PathBuf>) -> std::io::Result<Self> {
        if let Err(error) = hide_memory() {
            tracing::warn!(%error, "other processes of this user may read this one's memory");
        }
        let executable = executable.into();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let (orders, received) = mpsc::unbounded_channel();
        std::thread::Builder::new()
            .name("plugin-workers".to_owned())
            .spawn(move || runtime.block_on(carry_out(executable, received)))?;
        Ok(Self {
            orders,
            confinement: Arc::default(),
        })
    }

    /// How far workers are confined on this system: asked once, of a worker.
    pub(crate) async fn confinement(&self) -> Confinement {
        let ask = async {
            let task = Task {
                work: Work::Probe,
                limits: Limits::default(),
            };
            match self.run(task, Vec::new(), None).await {
                Ok(gaps) => {
                    let gaps = String::from_utf8_lossy(&gaps);
                    let gaps = gaps.lines().map(str::to_owned).collect();
                    Confinement { gaps }
                }
                Err(cause) => Confinement {
                    gaps: vec![format!("not known, because a worker {cause}")],
                },
            }
        };
        self.confinement.get_or_init(|| ask).await.clone()
    }

    /// A place for a spare worker. It is ended when the place is dropped.
    pub(crate) fn place(&self) -> Arc<Place> {
        Place::new(self.orders.clone())
    }

    /// Runs a task in a fresh worker: the spare one of the place if it has one, which has loaded
    /// the library already. Given a place, another spare worker is started afterwards. Dropping the
    /// future ends the worker.
    pub(crate) async fn run(
        &self,
        task: Task,
        request: Vec<u8>,
        place: Option<Arc<Place>>,
    ) -> Result<Vec<u8>, Cause> {
        let (outcome, received) = oneshot::channel();
        let job = Job {
            task,
            request,
            place,
            outcome,
        };
        let ended = || Cause::Start("the thread that starts workers has ended".to_owned());
        self.orders.send(Order::Run(job)).map_err(|_| ended())?;
        received.await.unwrap_or_else(|_| Err(ended()))
    }
}

async fn carry_out(executable: PathBuf, mut orders: mpsc::UnboundedReceiver<Order>) {
    let processors = std::thread::available_parallelism().map_or(2, usize::from);
    let starting = Arc::new(Starting {
        executable,
        running: Semaphore::new(processors),
        spares: Spares::default(),
    });
    while let Some(order) = orders.recv().await {
        match order {
            Order::Run(job) => {
                let starting = Arc::clone(&starting);
                tokio::spawn(async move { starting.run(job).await });
            }
            Order::Vacate(place) => starting.spares.end(place),
        }
    }
    // Nobody is left who could ask.
    starting.spares.end_all();
}

/// What it takes to start workers.
struct Starting {
    executable: PathBuf,
    /// As many may run at once. A spare worker that waits is not counted.
    running: Semaphore,
    spares: Spares,
}

impl Starting {
    async fn run(&self, mut job: Job) {
        let Ok(permit) = self.running.acquire().await else {
            return;
        };
        let spare = job.place.as_ref().and_then(|place| self.spares.take(place));
        let ended = tokio::select! {
            ended = run(&self.executable, spare, &job.task, &job.request) => ended,
            () = job.outcome.closed() => return,
        };
        // Whoever asked may have gone away meanwhile.
        let _ = job.outcome.send(ended.outcome);
        // Nobody waits until the system has taken the process apart, but it counts until then.
        if let Some(mut running) = ended.running {
            let _ = running.end().await;
        }
        drop(permit);
        if let Some(place) = job.place.take()
            && let Ok(spare) = start(&self.executable, &job.task)
        {
            let number = self.spares.put(&place, spare);
            // If the caller is gone, this was the last hold on the place, and ends the worker.
            drop(place);
            tokio::time::sleep(LONGEST_WAIT).await;
            self.spares.end_unused(number);
        }
    }
}

/// What came of a call, and the worker as far as it has not been taken away yet.
struct Ended {
    outcome: Result<Vec<u8>, Cause>,
    running: Option<Running>,
}

async fn run(executable: &Path, spare: Option<Running>, task: &Task, request: &[u8]) -> Ended {
    let started = match spare {
        Some(spare) => Ok(spare),
        None => start(executable, task),
    };
    let mut running = match started {
        Ok(running) => running,
        Err(error) => {
            return Ended {
                outcome: Err(Cause::Start(error.to_string())),
                running: None,
            };
        }
    };
    let told = tokio::time::timeout(task.limits.wall, running.answer(task, request)).await;
    let outcome = match told {
        Err(_) => Err(Cause::TimedOut(task.limits.wall)),
        Ok(Ok(answer)) => Ok(answer),
        Ok(Err(Broken::Refused(cause))) => Err(cause),
        Ok(Err(Broken::Silent)) => Err(running.died(task).await),
    };
    // Before anybody acts on the outcome: the plugin computes no more.
    running.end_group();
    Ended {
        outcome,
        running: Some(running),
    }
}

/// Starts a worker. It prepares itself, loads the library, and waits for its request.
fn start(executable: &Path, task: &Task) -> std::io::Result<Running> {
    // Open until the worker has it. All workers of this host are started by one thread, so no
    // other inherits it; one of another host closes what it was not told of.
    let library = task.library()?;
    let started = Command::new(executable)
        .args(task.arguments(library.as_ref()))
        .env_clear()
        .current_dir("/")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .kill_on_drop(true)
        .spawn()?;
    Ok(Running::of(started))
}

/// Why talking to a worker ended without an answer.
enum Broken {
    /// It told why, or told too much.
    Refused(Cause),
    /// It closed the pipe.
    Silent,
}

/// A running worker. However it is left, its whole process group is ended.
#[derive(Debug)]
pub(crate) struct Running {
    child: Child,
    group: Option<Pid>,
    printed: Printed,
}

impl Running {
    fn of(mut child: Child) -> Self {
        let group = child.id().and_then(|id| i32::try_from(id).ok());
        let printed = Printed {
            from: child.stderr.take(),
            kept: Vec::new(),
            length: 0,
        };
        Self {
            child,
            group: group.and_then(Pid::from_raw),
            printed,
        }
    }

    /// Sends the request and receives the answer.
    async fn answer(&mut self, task: &Task, request: &[u8]) -> Result<Vec<u8>, Broken> {
        let output = self.child.stdout.take().ok_or(Broken::Silent)?;
        let input = self.child.stdin.take().ok_or(Broken::Silent)?;
        let sent = async {
            send(input, request).await;
            std::future::pending().await
        };
        let printed = async {
            if self.printed.collect().await.is_err() {
                return Err(Broken::Refused(Cause::TooMuchPrinted(MOST_OUTPUT)));
            }
            std::future::pending().await
        };
        tokio::select! {
            answer = receive(output, task) => answer,
            too_much = printed => too_much,
            never = sent => never,
        }
    }

    /// Whether the process is still there.
    pub(crate) fn is_alive(&self) -> bool {
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
        let ended = |process| rustix::process::waitid(WaitId::Pid(process), options);
        self.group
            .is_some_and(|process| matches!(ended(process), Ok(None)))
    }

    /// Waits until the process has ended, without taking its remains away: its number must not be
    /// free for another process before its group is ended.
    async fn has_ended(&self) {
        while self.is_alive() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    /// Ends it with everything it started, and takes its remains away.
    async fn end(&mut self) -> std::io::Result<ExitStatus> {
        self.end_group();
        self.child.wait().await
    }

    fn end_group(&mut self) {
        // It may have left its group, where system calls are not filtered.
        let _ = self.child.start_kill();
        if let Some(group) = self.group.take() {
            // Before the leader's number is free for another process: it has not been waited for.
            let _ = rustix::process::kill_process_group(group, Signal::KILL);
        }
    }

    /// Why it closed its pipe without an answer: it ended, or it gave up the pipe and goes on. A
    /// process that ends closes its pipe shortly before it can be waited for.
    async fn died(&mut self, task: &Task) -> Cause {
        let ended = tokio::time::timeout(LAST_WORDS, self.has_ended()).await;
        let status = self.end().await;
        let _ = tokio::time::timeout(LAST_WORDS, self.printed.collect()).await;
        let last_words = self.printed.last_words();
        match status {
            _ if ended.is_err() => gave_up_the_pipe(last_words),
            Ok(status) if status.code() == Some(NO_PIPE) => gave_up_the_pipe(last_words),
            Ok(status) => cause_of_death(status, task, last_words),
            Err(error) => Cause::Start(error.to_string()),
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.end_group();
    }
}

/// Sends the request. A worker that ends without reading it says why, or is told by its end.
async fn send(mut input: ChildStdin, request: &[u8]) {
    // Room for most requests at once; where the system grants less, it only takes longer.
    let _ = rustix::pipe::fcntl_setpipe_size(&input, 1 << 20);
    let _ = input.write_all(request).await;
}

async fn receive(mut output: ChildStdout, task: &Task) -> Result<Vec<u8>, Broken> {
    // Room for most answers at once; where the system grants less, it only takes longer.
    let _ = rustix::pipe::fcntl_setpipe_size(&output, 1 << 20);
    let mut header = [0; HEADER];
    let read = output.read_exact(&mut header).await;
    read.map_err(|_| Broken::Silent)?;
    let (kind, length) = report::read_header(header, &task.limits).map_err(Broken::Refused)?;
    let mut bytes = Vec::with_capacity(length);
    let read = output.take(length as u64).read_to_end(&mut bytes).await;
    if read.is_err() || bytes.len() < length {
        return Err(Broken::Silent);
    }
    report::answer(kind, bytes, &task.limits).map_err(Broken::Refused)
}

/// The last of what a plugin printed.
#[derive(Debug)]
struct Printed {
    from: Option<ChildStderr>,
    kept: Vec<u8>,
    /// Of all that was printed.
    length: usize,
}

/// More than [`MOST_OUTPUT`].
struct TooMuch;

impl Printed {
    /// Reads to the end. May be stopped and started again.
    async fn collect(&mut self) -> Result<(), TooMuch> {
        let Some(from) = &mut self.from else {
            return Ok(());
        };
        let mut part = [0; 4 << 10];
        while let Ok(length @ 1..) = from.read(&mut part).await {
            self.length += length;
            if self.length > MOST_OUTPUT {
                return Err(TooMuch);
            }
            self.kept.extend_from_slice(&part[..length]);
            let too_many = self.kept.len().saturating_sub(KEPT_OUTPUT);
            if too_many > KEPT_OUTPUT {
                self.kept.drain(..too_many);
            }
        }
        Ok(())
    }

    /// What a panic said first, else the last lines that say anything: shortened and without
    /// control characters.
    fn last_words(&self) -> String {
        let text = String::from_utf8_lossy(&self.kept);
        let lines = text.lines().filter(|line| !line.trim().is_empty());
        let lines: Vec<&str> = lines.collect();
        let panic = lines.iter().position(|line| line.contains(" panicked at "));
        let begin = panic.unwrap_or(lines.len().saturating_sub(MOST_LINES));
        let end = lines.len().min(begin + MOST_LINES);
        shown_up_to(&lines[begin..end].join(" / "), 300)
    }
}

/// The most lines shown of what a plugin printed: a panic has its place in one and its words in
/// the next.
const MOST_LINES: usize = 2;

fn gave_up_the_pipe(last_words: String) -> Cause {
    Cause::Died {
        how: "closed the pipe for its answer".to_owned(),
        last_words,
    }
}

fn cause_of_death(status: ExitStatus, task: &Task, last_words: String) -> Cause {
    let how = match (status.signal(), status.code()) {
        // Signals were blocked, as they are by C libraries that start a process.
        (Some(libc::SIGSYS), _) => return Cause::Forbidden(filter::BLOCKED),
        (Some(libc::SIGXCPU), _) => return Cause::CpuTime(task.limits.cpu),
        (Some(signal), _) => format!("was ended by signal {signal}{}", signal_in_words(signal)),
        (None, Some(code)) => format!("ended by itself (exit status {code})"),
        (None, None) => "ended".to_owned(),
    };
    Cause::Died { how, last_words }
}

fn signal_in_words(signal: i32) -> &'static str {
    match signal {
        libc::SIGABRT => " (abort)",
        libc::SIGBUS => " (bus error)",
        libc::SIGFPE => " (arithmetic fault)",
        libc::SIGILL => " (illegal instruction)",
        libc::SIGKILL => " (killed, perhaps for want of memory)",
        libc::SIGSEGV => " (segmentation fault)",
        _ => "",
    }
}
