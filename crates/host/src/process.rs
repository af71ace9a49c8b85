//! The host's side of a worker: start, talk, watch, end.

use crate::confine::{Confinement, hide_memory};
use crate::failure::Cause;
use crate::filter;
use crate::report::{self, HEADER};
use crate::settings::Limits;
use crate::text::shown_up_to;
use crate::worker::{NO_PIPE, Task, Work};
use rustix::fs::{MemfdFlags, memfd_create};
use rustix::process::{Pid, Signal, WaitId, WaitIdOptions};
use std::fs::File;
use std::io::{Seek, Write};
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::AsyncReadExt;
use tokio::process::{Child, ChildStderr, ChildStdout, Command};
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
    jobs: mpsc::UnboundedSender<Job>,
    confinement: Arc<OnceCell<Confinement>>,
}

/// One call: the task, the request, and where the outcome goes.
struct Job {
    task: Task,
    request: Vec<u8>,
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
        let (jobs, received) = mpsc::unbounded_channel();
        std::thread::Builder::new()
            .name("plugin-workers".to_owned())
            .spawn(move || runtime.block_on(run_jobs(executable, received)))?;
        Ok(Self {
            jobs,
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
            match self.run(task, Vec::new()).await {
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

    /// Runs a task in a fresh worker. Dropping the future ends the worker.
    pub(crate) async fn run(&self, task: Task, request: Vec<u8>) -> Result<Vec<u8>, Cause> {
        let (outcome, received) = oneshot::channel();
        let job = Job {
            task,
            request,
            outcome,
        };
        let ended = || Cause::Start("the thread that starts workers has ended".to_owned());
        self.jobs.send(job).map_err(|_| ended())?;
        received.await.unwrap_or_else(|_| Err(ended()))
    }
}

async fn run_jobs(executable: PathBuf, mut jobs: mpsc::UnboundedReceiver<Job>) {
    let processors = std::thread::available_parallelism().map_or(2, usize::from);
    let places = Arc::new(Semaphore::new(processors));
    let executable: Arc<Path> = executable.into();
    while let Some(mut job) = jobs.recv().await {
        let (places, executable) = (Arc::clone(&places), Arc::clone(&executable));
        tokio::spawn(async move {
            let Ok(_place) = places.acquire().await else {
                return;
            };
            let ended = tokio::select! {
                ended = run(&executable, &job.task, &job.request) => ended,
                () = job.outcome.closed() => return,
            };
            // Whoever asked may have gone away meanwhile.
            let _ = job.outcome.send(ended.outcome);
            // Nobody waits until the system has taken the process apart, but its place is taken
            // until then.
            if let Some(mut running) = ended.running {
                let _ = running.end().await;
            }
        });
    }
}

/// What came of a call, and the worker as far as it has not been taken away yet.
struct Ended {
    outcome: Result<Vec<u8>, Cause>,
    running: Option<Running>,
}

async fn run(executable: &Path, task: &Task, request: &[u8]) -> Ended {
    let mut running = match start(executable, task, request) {
        Ok(running) => running,
        Err(error) => {
            return Ended {
                outcome: Err(Cause::Start(error.to_string())),
                running: None,
            };
        }
    };
    let told = tokio::time::timeout(task.limits.wall, running.answer(task)).await;
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

fn start(executable: &Path, task: &Task, request: &[u8]) -> std::io::Result<Running> {
    // Open until the worker has it. All workers of this host are started by one thread, so no
    // other inherits it; one of another host closes what it was not told of.
    let library = task.library()?;
    let started = Command::new(executable)
        .args(task.arguments(library.as_ref()))
        .env_clear()
        .current_dir("/")
        .stdin(in_memory(request)?)
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
struct Running {
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

    async fn answer(&mut self, task: &Task) -> Result<Vec<u8>, Broken> {
        let output = self.child.stdout.take().ok_or(Broken::Silent)?;
        let printed = async {
            if self.printed.collect().await.is_err() {
                return Err(Broken::Refused(Cause::TooMuchPrinted(MOST_OUTPUT)));
            }
            std::future::pending().await
        };
        tokio::select! {
            answer = receive(output, task) => answer,
            too_much = printed => too_much,
        }
    }

    /// Waits until the process has ended, without taking its remains away: its number must not be
    /// free for another process before its group is ended.
    async fn has_ended(&self) {
        let Some(process) = self.group else {
            return;
        };
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
        while let Ok(None) = rustix::process::waitid(WaitId::Pid(process), options) {
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

/// The request as a file in memory: unlike a pipe it needs nobody who keeps writing.
fn in_memory(request: &[u8]) -> std::io::Result<File> {
    let mut file = File::from(memfd_create("wcc-request", MemfdFlags::CLOEXEC)?);
    file.write_all(request)?;
    file.rewind()?;
    Ok(file)
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
