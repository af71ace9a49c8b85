//! The worker process: a fresh process of our own program for one call of one plugin.

use crate::confine::{Descriptors, confine, hide_memory};
use crate::dependencies;
use crate::library::Library;
use crate::loader::{LoadFault, Loaded, end_process, load_of_system};
use crate::report::{self, Kind};
use crate::schema;
use crate::settings::Limits;
use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read};
use std::os::fd::{AsRawFd, OwnedFd, RawFd};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// The first argument of a program that is to be a worker.
pub const ARGUMENT: &str = "plugin-worker";

/// The status of a worker that cannot report: a plugin closed the pipe. Unlikely for a plugin that
/// ends by itself.
pub(crate) const NO_PIPE: i32 = 117;

/// Becomes a worker, and never returns, if the program was started as one. Call it first thing in
/// `main`, before any thread or runtime exists.
pub fn become_worker_if_asked() {
    let mut arguments = std::env::args_os().skip(1);
    if arguments.next().is_some_and(|first| first == ARGUMENT) {
        main(arguments);
    }
}

/// The worker: reads one request from standard input, asks the library, reports on standard
/// output. `arguments` are those after [`ARGUMENT`]; only the host writes them.
fn main(arguments: impl Iterator<Item = OsString>) -> ! {
    // Again in `confine`, which reports a failure; here already because a request is secret, too.
    let _ = hide_memory();
    // Order matters: the pipe ends move away before any foreign code runs, so that what a plugin
    // prints goes to standard error and what it reads is nothing.
    let status = match Pipes::take() {
        Err(_) => NO_PIPE,
        Ok(mut pipes) => match serve(arguments, &mut pipes) {
            Ok(()) => 0,
            Err(error) => {
                let words = error.to_string();
                let told = report::write(&mut pipes.output, Kind::NotStarted, words.as_bytes());
                if told.is_ok() { 0 } else { NO_PIPE }
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

fn serve(arguments: impl Iterator<Item = OsString>, pipes: &mut Pipes) -> io::Result<()> {
    let order = Order::read(arguments)?;
    match &order.work {
        OrderedWork::Probe => probe(&order, &mut pipes.output),
        OrderedWork::Schema => evaluate_schema(&order, pipes),
        OrderedWork::Call {
            library,
            dependencies,
        } => call(&order, *library, dependencies, pipes),
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
    // No file can be opened later, so what the library needs of the system is loaded first.
    let missing = dependencies
        .iter()
        .find_map(|name| load_of_system(name).err());
    if let Some(words) = missing {
        return report::write(out, Kind::NotLoaded, words.as_bytes());
    }
    let open = Descriptors {
        output: out.as_raw_fd(),
        input: Some(input.as_raw_fd()),
        library: Some(library),
    };
    // What is missing was found out by a probe, and said when the host started.
    confine(&order.limits, order.parent, open);
    let path = format!("/proc/self/fd/{library}");
    match Loaded::load(Path::new(&path)) {
        Err(LoadFault::Refused(words)) => report::write(out, Kind::NotLoaded, words.as_bytes()),
        Err(LoadFault::Abi(found)) => report::write(out, Kind::Abi, found.to_string().as_bytes()),
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

/// Evaluates a schema of settings, which may take for ever.
fn evaluate_schema(order: &Order, pipes: &mut Pipes) -> io::Result<()> {
    let mut question = Vec::new();
    pipes.input.read_to_end(&mut question)?;
    let out = &mut pipes.output;
    confine(&order.limits, order.parent, only(out));
    let verdict = schema::evaluate(&question)?;
    report::write(out, Kind::Answer, &verdict)
}

/// Tells how far a worker is confined here, one line for each gap.
fn probe(order: &Order, out: &mut File) -> io::Result<()> {
    let confinement = confine(&order.limits, order.parent, only(out));
    report::write(out, Kind::Answer, confinement.gaps.join("\n").as_bytes())
}

/// Nothing but the output stays open.
fn only(output: &File) -> Descriptors {
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

/// What a worker is to do.
#[derive(Clone, Debug)]
pub(crate) enum Work {
    /// Tell how far it is confined.
    Probe,
    /// Evaluate a schema of settings.
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
    /// The library to call, opened for a worker to inherit.
    pub(crate) fn library(&self) -> io::Result<Option<OwnedFd>> {
        match &self.work {
            Work::Call(library) => library.to_inherit().map(Some),
            Work::Probe | Work::Schema => Ok(None),
        }
    }

    /// The arguments for [`Order::read`]: what to do, descriptor and dependencies of the library,
    /// this process, wall and processor time in milliseconds, address space and answer in bytes.
    pub(crate) fn arguments(&self, library: Option<&OwnedFd>) -> [OsString; 9] {
        let (work, dependencies) = match &self.work {
            Work::Probe => (PROBE, String::new()),
            Work::Schema => (SCHEMA, String::new()),
            Work::Call(library) => (CALL, library.dependencies.join(",")),
        };
        let library = library.map_or(-1, AsRawFd::as_raw_fd);
        let Limits {
            wall,
            cpu,
            address_space,
            answer,
        } = self.limits;
        [
            ARGUMENT.into(),
            work.into(),
            library.to_string().into(),
            dependencies.into(),
            std::process::id().to_string().into(),
            wall.as_millis().to_string().into(),
            cpu.as_millis().to_string().into(),
            address_space.to_string().into(),
            answer.to_string().into(),
        ]
    }
}

const PROBE: &str = "probe";
const SCHEMA: &str = "schema";
const CALL: &str = "call";

/// What a worker is told by its arguments.
struct Order {
    work: OrderedWork,
    /// The process that starts it.
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
    fn read(mut arguments: impl Iterator<Item = OsString>) -> io::Result<Self> {
        let mut text = || {
            let argument = arguments.next().and_then(|text| text.into_string().ok());
            argument.ok_or_else(not_for_people)
        };
        let (work, library, dependencies) = (text()?, text()?, text()?);
        let mut number = || text()?.parse::<u64>().map_err(|_| not_for_people());
        let parent = u32::try_from(number()?).unwrap_or_default();
        let limits = Limits {
            wall: Duration::from_millis(number()?),
            cpu: Duration::from_millis(number()?),
            address_space: number()?,
            answer: usize::try_from(number()?).unwrap_or(usize::MAX),
        };
        let names = dependencies.split(',').filter(|name| !name.is_empty());
        let work = match work.as_str() {
            PROBE => OrderedWork::Probe,
            SCHEMA => OrderedWork::Schema,
            CALL => OrderedWork::Call {
                library: library.parse().map_err(|_| not_for_people())?,
                dependencies: names.filter_map(dependencies::of_system).collect(),
            },
            _ => return Err(not_for_people()),
        };
        Ok(Self {
            work,
            parent,
            limits,
        })
    }
}

fn not_for_people() -> io::Error {
    io::Error::other("`plugin-worker` is for the host itself, not for people")
}
