//! The host's side of a worker: starts it, sends the request, reads the answer and ends it.

use crate::child::ChildProcess;
use crate::confine::{Confinement, hide_memory};
use crate::failure::Cause;
use crate::filter;
use crate::fork_server::ForkServer;
use crate::report::{self, HEADER};
use crate::settings::Limits;
use crate::spare::{LONGEST_WAIT, Place, Spares};
use crate::text::shown_up_to;
use crate::worker::{NO_PIPE, Task, Work};
use rustix::pipe::{PipeFlags, pipe_with};
use rustix::process::{Pid, WaitIdStatus};
use std::os::fd::{AsFd, BorrowedFd};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::unix::pipe;
use tokio::sync::{Mutex, OnceCell, Semaphore, mpsc, oneshot};

/// How many bytes of a plugin's printed output are kept.
const KEPT_OUTPUT: usize = 64 << 10;

/// The maximum number of bytes that a plugin may print, because reading them takes the server's
/// time.
const MAX_OUTPUT: usize = 4 << 20;

/// How long to read the last output of a dead worker, because another process may hold the pipe
/// open.
const LAST_WORDS: Duration = Duration::from_millis(100);

/// Starts worker processes; at most one for each processor runs at the same time.
///
/// A dedicated thread, which lives as long as this value, starts all of them: the kernel ends a
/// worker when the *thread* that started it ends, and threads of a runtime come and go.
#[derive(Clone, Debug)]
pub struct Worker {
    orders: mpsc::UnboundedSender<Order>,
    confinement: Arc<OnceCell<Confinement>>,
}

/// An order to the thread that starts workers.
pub(crate) enum Order {
    /// Run a task.
    Run(Job),
    /// End the spare workers of a place that was dropped.
    Vacate(u64),
}

/// One call: the task, the request, and the channel for the result.
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
    /// It uses the running program even if the file at its path has been replaced.
    ///
    /// # Errors
    /// If the thread cannot be started.
    pub fn this_program() -> std::io::Result<Self> {
        Self::program("/proc/self/exe")
    }

    /// Workers of another program that calls [`crate::become_worker_if_asked`].
    ///
    /// From now on, no other process of the same user can trace this process or read its memory,
    /// environment or descriptors through `/proc`, and it leaves no core file. A plugin therefore
    /// cannot reach the server's secrets.
    ///
    /// # Errors
    /// If the thread cannot be started.
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
            .spawn(move || runtime.block_on(process_orders(executable, received)))?;
        Ok(Self {
            orders,
            confinement: Arc::default(),
        })
    }

    /// Returns how far workers are confined on this system. The first call asks a worker.
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
                    gaps: vec![format!(
                        "the confinement is not known, because a worker {cause}"
                    )],
                },
            }
        };
        self.confinement.get_or_init(|| ask).await.clone()
    }

    /// Creates a place for spare workers, which end when the place is dropped.
    pub(crate) fn place(&self) -> Arc<Place> {
        Place::new(self.orders.clone())
    }

    /// Runs a task in a fresh worker, or in a spare worker of the place, which has already loaded
    /// the library. If a place is given, another spare worker is started afterwards. Dropping the
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

async fn process_orders(executable: PathBuf, mut orders: mpsc::UnboundedReceiver<Order>) {
    let processors = std::thread::available_parallelism().map_or(2, usize::from);
    let starting = Arc::new(WorkerStarter {
        executable,
        fork_server: Mutex::default(),
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
    // Every sender was dropped, so no order can follow.
    starting.spares.end_all();
    *starting.fork_server.lock().await = None;
}

/// Starts workers and keeps the spare ones.
struct WorkerStarter {
    executable: PathBuf,
    /// Started for the first worker, and again if it has ended.
    fork_server: Mutex<Option<ForkServer>>,
    /// Limits how many workers run at the same time. Waiting spare workers do not count.
    running: Semaphore,
    spares: Spares,
}

impl WorkerStarter {
    async fn run(&self, mut job: Job) {
        let Ok(permit) = self.running.acquire().await else {
            return;
        };
        let spare = job.place.as_ref().and_then(|place| self.spares.take(place));
        let ended = tokio::select! {
            ended = self.call(spare, &job.task, &job.request) => ended,
            () = job.outcome.closed() => return,
        };
        // The caller may have gone away.
        let _ = job.outcome.send(ended.outcome);
        // The caller does not wait for the process to be cleaned up, but the process keeps its
        // permit until then.
        if let Some(mut running) = ended.running {
            let _ = running.end().await;
        }
        drop(permit);
        if let Some(place) = job.place.take()
            && let Ok(spare) = self.start(&job.task).await
        {
            let number = self.spares.put(&place, spare);
            // If the caller is gone, this drops the place and so ends the worker.
            drop(place);
            tokio::time::sleep(LONGEST_WAIT).await;
            self.spares.end_unused(number);
        }
    }

    async fn call(&self, spare: Option<Running>, task: &Task, request: &[u8]) -> CallResult {
        let started = match spare {
            Some(spare) => Ok(spare),
            None => self.start(task).await,
        };
        let mut running = match started {
            Ok(running) => running,
            Err(error) => {
                return CallResult {
                    outcome: Err(Cause::Start(error.to_string())),
                    running: None,
                };
            }
        };
        let reply = tokio::time::timeout(task.limits.wall, running.answer(task, request)).await;
        let outcome = match reply {
            Err(_) => Err(Cause::TimedOut(task.limits.wall)),
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(ReplyError::Reported(cause))) => Err(cause),
            Ok(Err(ReplyError::PipeClosed)) => Err(running.died(task).await),
        };
        // The plugin must not continue to run after the caller has the result.
        running.process.kill();
        CallResult {
            outcome,
            running: Some(running),
        }
    }

    /// Starts a worker, which confines itself, loads the library, and waits for its request.
    async fn start(&self, task: &Task) -> std::io::Result<Running> {
        let library = task.library()?;
        let (request, input) = pipe_with(PipeFlags::CLOEXEC)?;
        let (output, report) = pipe_with(PipeFlags::CLOEXEC)?;
        let (printed, error) = pipe_with(PipeFlags::CLOEXEC)?;
        let descriptors = [request.as_fd(), report.as_fd(), error.as_fd()];
        let library = library.as_ref().map(AsFd::as_fd);
        let descriptors: Vec<_> = descriptors.into_iter().chain(library).collect();
        let order = task.order();
        let mut server = self.fork_server.lock().await;
        let process = match self.fork(&mut server, &order, &descriptors).await {
            Ok(process) => process,
            // The fork server may have ended since the last worker, or hang.
            Err(error) => {
                tracing::debug!(%error, "the process that starts workers is replaced");
                self.fork(&mut server, &order, &descriptors).await?
            }
        };
        drop(server);
        let process = ChildProcess::new(process);
        Ok(Running {
            process,
            input: Some(pipe::Sender::from_owned_fd(input)?),
            output: Some(pipe::Receiver::from_owned_fd(output)?),
            printed: PrintedOutput {
                from: pipe::Receiver::from_owned_fd(printed)?,
                kept: Vec::new(),
                length: 0,
            },
        })
    }

    /// Starts a worker from the fork server, which is started first if there is none. A server that
    /// fails is ended, and so is one whose caller stops waiting.
    async fn fork(
        &self,
        slot: &mut Option<ForkServer>,
        order: &str,
        descriptors: &[BorrowedFd<'_>],
    ) -> std::io::Result<Pid> {
        let server = match slot.take() {
            Some(server) => server,
            None => ForkServer::start(&self.executable)?,
        };
        let process = server.fork(order, descriptors).await?;
        *slot = Some(server);
        Ok(process)
    }
}

/// The result of a call, and the worker if it still has to be cleaned up.
struct CallResult {
    outcome: Result<Vec<u8>, Cause>,
    running: Option<Running>,
}

/// Why a worker gave no answer.
enum ReplyError {
    /// The worker reported the cause, or its report was invalid.
    Reported(Cause),
    /// The worker closed the pipe.
    PipeClosed,
}

/// A running worker. Dropping it ends its whole process group.
#[derive(Debug)]
pub(crate) struct Running {
    process: ChildProcess,
    /// `None` once the request is being sent.
    input: Option<pipe::Sender>,
    output: Option<pipe::Receiver>,
    printed: PrintedOutput,
}

impl Running {
    /// Sends the request and receives the answer.
    async fn answer(&mut self, task: &Task, request: &[u8]) -> Result<Vec<u8>, ReplyError> {
        let output = self.output.take().ok_or(ReplyError::PipeClosed)?;
        let input = self.input.take().ok_or(ReplyError::PipeClosed)?;
        let sent = async {
            send(input, request).await;
            std::future::pending().await
        };
        let printed = async {
            if self.printed.collect().await.is_err() {
                return Err(ReplyError::Reported(Cause::TooMuchPrinted(MAX_OUTPUT)));
            }
            std::future::pending().await
        };
        tokio::select! {
            answer = receive(output, task) => answer,
            too_much = printed => too_much,
            never = sent => never,
        }
    }

    /// Returns whether the process still runs.
    pub(crate) fn is_alive(&self) -> bool {
        self.process.is_alive()
    }

    /// Waits until the process has ended, without reaping it: its number must not be reused before
    /// its group is ended.
    async fn has_ended(&self) {
        while self.is_alive() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    /// Ends the process and everything it started, and reaps it.
    async fn end(&mut self) -> std::io::Result<WaitIdStatus> {
        self.process.kill();
        self.process.wait().await
    }

    /// Determines why the worker closed its pipe without an answer: it ended, or it closed the pipe
    /// but still runs. A process that ends closes its pipe shortly before it can be reaped.
    async fn died(&mut self, task: &Task) -> Cause {
        let ended = tokio::time::timeout(LAST_WORDS, self.has_ended()).await;
        let status = self.end().await;
        let _ = tokio::time::timeout(LAST_WORDS, self.printed.collect()).await;
        let last_words = self.printed.last_words();
        match status {
            _ if ended.is_err() => closed_pipe(last_words),
            Ok(status) if status.exit_status() == Some(NO_PIPE) => closed_pipe(last_words),
            Ok(status) => cause_of_death(&status, task, last_words),
            Err(error) => Cause::Start(error.to_string()),
        }
    }
}

/// Sends the request. Errors are ignored: a worker that does not read the request reports why, or
/// its exit status shows it.
async fn send(mut input: pipe::Sender, request: &[u8]) {
    // A pipe of this size holds most requests; with a smaller one, sending only takes longer.
    let _ = rustix::pipe::fcntl_setpipe_size(&input, 1 << 20);
    let _ = input.write_all(request).await;
}

async fn receive(mut output: pipe::Receiver, task: &Task) -> Result<Vec<u8>, ReplyError> {
    // A pipe of this size holds most answers; with a smaller one, receiving only takes longer.
    let _ = rustix::pipe::fcntl_setpipe_size(&output, 1 << 20);
    let mut header = [0; HEADER];
    let read = output.read_exact(&mut header).await;
    read.map_err(|_| ReplyError::PipeClosed)?;
    let (kind, length) = report::read_header(header, &task.limits).map_err(ReplyError::Reported)?;
    let mut bytes = Vec::with_capacity(length);
    let read = output.take(length as u64).read_to_end(&mut bytes).await;
    if read.is_err() || bytes.len() < length {
        return Err(ReplyError::PipeClosed);
    }
    report::answer(kind, bytes, &task.limits).map_err(ReplyError::Reported)
}

/// The last output that a plugin printed.
#[derive(Debug)]
struct PrintedOutput {
    from: pipe::Receiver,
    kept: Vec<u8>,
    /// Total number of printed bytes.
    length: usize,
}

/// The plugin printed more than [`MAX_OUTPUT`].
struct TooMuchOutput;

impl PrintedOutput {
    /// Reads to the end. It can be cancelled and called again.
    #[expect(
        clippy::indexing_slicing,
        reason = "a reader returns at most the length of the buffer"
    )]
    async fn collect(&mut self) -> Result<(), TooMuchOutput> {
        let from = &mut self.from;
        let mut buffer = [0; 4 << 10];
        while let Ok(length @ 1..) = from.read(&mut buffer).await {
            self.length += length;
            if self.length > MAX_OUTPUT {
                return Err(TooMuchOutput);
            }
            self.kept.extend_from_slice(&buffer[..length]);
            let too_many = self.kept.len().saturating_sub(KEPT_OUTPUT);
            if too_many > KEPT_OUTPUT {
                self.kept.drain(..too_many);
            }
        }
        Ok(())
    }

    /// Returns the message of the first panic, else the last lines that are not empty; shortened
    /// and without control characters.
    fn last_words(&self) -> String {
        let text = String::from_utf8_lossy(&self.kept);
        let lines = text.lines().filter(|line| !line.trim().is_empty());
        let lines: Vec<&str> = lines.collect();
        let panic = lines.iter().position(|line| line.contains(" panicked at "));
        let begin = panic.unwrap_or(lines.len().saturating_sub(MAX_LINES));
        let end = lines.len().min(begin + MAX_LINES);
        let last = lines.get(begin..end).unwrap_or_default();
        shown_up_to(&last.join(" / "), 300)
    }
}

/// The number of printed lines to show: a panic has its place in the first and its message in the
/// second.
const MAX_LINES: usize = 2;

fn closed_pipe(last_words: String) -> Cause {
    Cause::Died {
        how: "closed the pipe for its answer".to_owned(),
        last_words,
    }
}

fn cause_of_death(status: &WaitIdStatus, task: &Task, last_words: String) -> Cause {
    let how = match (status.terminating_signal(), status.exit_status()) {
        // The signal handler did not run because signals were blocked, as C libraries do when they
        // start a process.
        (Some(libc::SIGSYS), _) => return Cause::Forbidden(filter::BLOCKED),
        (Some(libc::SIGXCPU), _) => return Cause::CpuTime(task.limits.cpu),
        (Some(signal), _) => format!("was ended by signal {signal}{}", describe_signal(signal)),
        (None, Some(code)) => format!("ended by itself (exit status {code})"),
        (None, None) => "ended".to_owned(),
    };
    Cause::Died { how, last_words }
}

fn describe_signal(signal: i32) -> &'static str {
    match signal {
        libc::SIGABRT => " (abort)",
        libc::SIGBUS => " (bus error)",
        libc::SIGFPE => " (arithmetic fault)",
        libc::SIGILL => " (illegal instruction)",
        libc::SIGKILL => " (killed, perhaps because memory ran out)",
        libc::SIGSEGV => " (segmentation fault)",
        _ => "",
    }
}
