//! The worker process: a fresh process of this program for one call of one plugin.

use crate::confine::{Descriptors, confine, hide_memory};
use crate::dependencies;
use crate::fork_server;
use crate::library::Library;
use crate::loader::{LoadError, Loaded, end_process, load_system_library};
use crate::report::{self, Kind};
use crate::schema;
use crate::settings::Limits;
use std::fs::File;
use std::io::{self, Read};
use std::os::fd::{AsRawFd, IntoRawFd, OwnedFd, RawFd};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// The first argument that makes the program the fork server of workers.
pub const ARGUMENT: &str = "plugin-worker";

/// Exit status of a worker that cannot report because a plugin closed the pipe. A plugin that exits
/// by itself is unlikely to use it.
pub(crate) const NO_PIPE: i32 = 117;

/// Becomes the fork server and never returns, if the program was started as that. Call it first in
/// `main`, before any thread or runtime exists.
pub fn become_worker_if_asked() {
    let mut arguments = std::env::args_os().skip(1);
    if arguments.next().is_some_and(|first| first == ARGUMENT) {
        // `confine` repeats this in each worker and reports a failure. It is also done here because
        // requests are secret.
        let _ = hide_memory();
        let host = arguments.next().and_then(|text| text.into_string().ok());
        let served = match host.and_then(|text| text.parse().ok()) {
            Some(host) => fork_server::serve(host),
            None => Err(not_for_people()),
        };
        if let Err(error) = &served {
            eprintln!("{error}");
        }
        end_process(i32::from(served.is_err()));
    }
}

/// Works on one order and reports on standard output.
pub(crate) fn work(order: Order) -> ! {
    // The pipe ends must move before any foreign code runs, so that a plugin prints to standard
    // error and reads from an empty standard input.
    let status = match Pipes::take() {
        Err(_) => NO_PIPE,
        Ok(mut pipes) => match serve(&order, &mut pipes) {
            Ok(()) => 0,
            Err(error) => {
                let words = error.to_string();
                let written = report::write(&mut pipes.output, Kind::NotStarted, words.as_bytes());
                if written.is_ok() { 0 } else { NO_PIPE }
            }
        },
    };
    end_process(status)
}

/// Private copies of standard input and output.
struct Pipes {
    input: File,
    output: File,
}

impl Pipes {
    fn take() -> io::Result<Self> {
        let input = rustix::io::fcntl_dupfd_cloexec(rustix::stdio::stdin(), 3)?;
        let output = rustix::io::fcntl_dupfd_cloexec(rustix::stdio::stdout(), 3)?;
        rustix::stdio::dup2_stdin(File::open("/dev/null")?)?;
        rustix::stdio::dup2_stdout(rustix::stdio::stderr())?;
        Ok(Self {
            input: input.into(),
            output: output.into(),
        })
    }
}

fn serve(order: &Order, pipes: &mut Pipes) -> io::Result<()> {
    match &order.work {
        OrderedWork::Probe => probe(order, &mut pipes.output),
        OrderedWork::Schema => evaluate_schema(order, pipes),
        OrderedWork::Call {
            library,
            dependencies,
        } => call(order, *library, dependencies, pipes),
    }
}

/// Loads the library, waits for the request, and asks the library.
fn call(
    order: &Order,
    library: RawFd,
    dependencies: &[&'static str],
    pipes: &mut Pipes,
) -> io::Result<()> {
    let Pipes { input, output: out } = pipes;
    // No file can be opened later, so the system libraries are loaded first.
    let missing = dependencies
        .iter()
        .find_map(|name| load_system_library(name).err());
    if let Some(words) = missing {
        return report::write(out, Kind::NotLoaded, words.as_bytes());
    }
    let open = Descriptors {
        output: out.as_raw_fd(),
        input: Some(input.as_raw_fd()),
        library: Some(library),
    };
    // A probe reported the gaps when the host started.
    confine(&order.limits, order.parent, open);
    let path = format!("/proc/self/fd/{library}");
    match Loaded::load(Path::new(&path)) {
        Err(LoadError::Rejected(words)) => report::write(out, Kind::NotLoaded, words.as_bytes()),
        Err(LoadError::Abi(found)) => report::write(out, Kind::Abi, found.to_string().as_bytes()),
        Ok(mut loaded) => {
            let mut request = Vec::new();
            input.read_to_end(&mut request)?;
            let answered = loaded.call(&request, |answer| send(out, answer, &order.limits));
            answered.unwrap_or_else(|code| {
                report::write(out, Kind::NoAnswer, code.to_string().as_bytes())
            })
        }
    }
}

/// Evaluates a settings schema, which may take for ever.
fn evaluate_schema(order: &Order, pipes: &mut Pipes) -> io::Result<()> {
    let mut request = Vec::new();
    pipes.input.read_to_end(&mut request)?;
    let out = &mut pipes.output;
    confine(&order.limits, order.parent, only_output(out));
    let verdict = schema::evaluate(&request)?;
    report::write(out, Kind::Answer, &verdict)
}

/// Reports how far a worker is confined on this system, with one line for each gap.
fn probe(order: &Order, out: &mut File) -> io::Result<()> {
    let confinement = confine(&order.limits, order.parent, only_output(out));
    report::write(out, Kind::Answer, confinement.gaps.join("\n").as_bytes())
}

/// Keeps only the output open.
fn only_output(output: &File) -> Descriptors {
    Descriptors {
        output: output.as_raw_fd(),
        input: None,
        library: None,
    }
}

fn send(out: &mut File, answer: &[u8], limits: &Limits) -> io::Result<()> {
    if answer.len() > limits.answer {
        let length = answer.len().to_string();
        return report::write(out, Kind::TooLarge, length.as_bytes());
    }
    report::write(out, Kind::Answer, answer)
}

/// The work of a worker.
#[derive(Clone, Debug)]
pub(crate) enum Work {
    /// Report how far it is confined.
    Probe,
    /// Evaluate a settings schema.
    Schema,
    /// Call a library.
    Call(Arc<Library>),
}

/// One task for a worker.
#[derive(Clone, Debug)]
pub(crate) struct Task {
    pub(crate) work: Work,
    pub(crate) limits: Limits,
}

impl Task {
    /// Opens the library to call.
    pub(crate) fn library(&self) -> io::Result<Option<OwnedFd>> {
        match &self.work {
            Work::Call(library) => library.open_again().map(Some),
            Work::Probe | Work::Schema => Ok(None),
        }
    }

    /// The order for [`Order::read`], one part a line: the work, the system libraries to load
    /// first, wall and processor time in milliseconds, address space and answer in bytes.
    pub(crate) fn order(&self) -> String {
        let (work, dependencies) = match &self.work {
            Work::Probe => (PROBE, String::new()),
            Work::Schema => (SCHEMA, String::new()),
            Work::Call(library) => (CALL, library.dependencies.join(",")),
        };
        let Limits {
            wall,
            cpu,
            address_space,
            answer,
        } = self.limits;
        let (wall, cpu) = (wall.as_millis(), cpu.as_millis());
        format!("{work}\n{dependencies}\n{wall}\n{cpu}\n{address_space}\n{answer}")
    }
}

const PROBE: &str = "probe";
const SCHEMA: &str = "schema";
const CALL: &str = "call";

/// The order of a worker.
pub(crate) struct Order {
    work: OrderedWork,
    /// Id of the host, which is the worker's parent.
    parent: u32,
    limits: Limits,
}

enum OrderedWork {
    Probe,
    Schema,
    Call {
        library: RawFd,
        dependencies: Vec<&'static str>,
    },
}

impl Order {
    /// Reads an order, which only the host writes. `library` is the library to call.
    pub(crate) fn read(order: &str, library: Option<OwnedFd>, parent: u32) -> Option<Self> {
        let mut parts = order.split('\n');
        let (work, dependencies) = (parts.next()?, parts.next()?);
        let mut number = || parts.next()?.parse::<u64>().ok();
        let limits = Limits {
            wall: Duration::from_millis(number()?),
            cpu: Duration::from_millis(number()?),
            address_space: number()?,
            answer: usize::try_from(number()?).unwrap_or(usize::MAX),
        };
        let names = dependencies.split(',').filter(|name| !name.is_empty());
        let work = match work {
            PROBE => OrderedWork::Probe,
            SCHEMA => OrderedWork::Schema,
            CALL => OrderedWork::Call {
                // It stays open until the worker ends.
                library: library?.into_raw_fd(),
                dependencies: names
                    .filter_map(dependencies::find_system_library)
                    .collect(),
            },
            _ => return None,
        };
        Some(Self {
            work,
            parent,
            limits,
        })
    }
}

fn not_for_people() -> io::Error {
    io::Error::other("`plugin-worker` is internal: only the host starts it")
}
