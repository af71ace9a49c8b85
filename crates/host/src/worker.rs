//! The worker process: a fresh process of our own program for one call of one plugin.

use crate::confine::confine;
use crate::filter;
use crate::loader::{LoadFault, Loaded, end_process};
use crate::report::{self, Kind};
use crate::settings::Limits;
use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read};
use std::os::fd::AsRawFd;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The first argument of a program that is to be a worker.
pub const ARGUMENT: &str = "plugin-worker";

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
    // Order matters: the pipe ends move away before any foreign code runs, so that what a plugin
    // prints goes to standard error and what it reads is nothing.
    let status = match Pipes::take() {
        Err(_) => 2,
        Ok(mut pipes) => match serve(arguments, &mut pipes) {
            Ok(()) => 0,
            Err(error) => {
                let words = error.to_string();
                let told = report::write(&mut pipes.output, Kind::NotStarted, words.as_bytes());
                if told.is_ok() { 0 } else { 2 }
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
    let task = Task::read(arguments)?;
    let Some(library) = &task.library else {
        return probe(&task, &mut pipes.output);
    };
    let mut request = Vec::new();
    pipes.input.read_to_end(&mut request)?;
    // The copy was checked and sealed by the host. It is opened here and stays open: the loader
    // knows a library by its path.
    let library = File::open(library)?;
    let (output, library) = (pipes.output.as_raw_fd(), library.as_raw_fd());
    // What is missing was found out by a probe, and said when the host started.
    let confinement = confine(&task.limits, task.parent, output, &[output, library]);
    let path = format!("/proc/self/fd/{library}");
    let loaded = Loaded::load(Path::new(&path));
    let closed = filter::after_loading();
    if confinement.is_whole() {
        closed.map_err(io::Error::other)?;
    }
    let out = &mut pipes.output;
    match loaded {
        Err(LoadFault::Refused(words)) => report::write(out, Kind::NotLoaded, words.as_bytes()),
        Err(LoadFault::Abi(found)) => report::write(out, Kind::Abi, found.to_string().as_bytes()),
        Ok(mut loaded) => {
            let answered = loaded.call(&request, |answer| send(out, answer, &task.limits));
            answered.unwrap_or_else(|code| {
                report::write(
                    &mut pipes.output,
                    Kind::NoAnswer,
                    code.to_string().as_bytes(),
                )
            })
        }
    }
}

/// Tells how far a worker is confined here, one line for each gap.
fn probe(task: &Task, out: &mut File) -> io::Result<()> {
    let output = out.as_raw_fd();
    let mut confinement = confine(&task.limits, task.parent, output, &[output]);
    if let (true, Err(error)) = (confinement.is_whole(), filter::after_loading()) {
        confinement
            .gaps
            .push(format!("files can be read ({error})"));
    }
    report::write(out, Kind::Answer, confinement.gaps.join("\n").as_bytes())
}

fn send(out: &mut File, answer: &[u8], limits: &Limits) -> io::Result<()> {
    if answer.len() > limits.answer {
        let length = answer.len().to_string();
        return report::write(out, Kind::TooLarge, length.as_bytes());
    }
    report::write(out, Kind::Answer, answer)
}

/// What a worker is told by its arguments.
pub(crate) struct Task {
    /// The library; `None` to tell how far the worker is confined.
    pub(crate) library: Option<PathBuf>,
    /// The process that starts it.
    pub(crate) parent: u32,
    pub(crate) limits: Limits,
}

impl Task {
    /// A call of a library; without one, a question how far the worker is confined.
    pub(crate) fn new(library: Option<PathBuf>, limits: Limits) -> Self {
        Self {
            library,
            parent: std::process::id(),
            limits,
        }
    }

    /// The arguments for [`Task::read`]: library or nothing, parent, wall and processor time in milliseconds,
    /// address space and answer in bytes.
    pub(crate) fn arguments(&self) -> [OsString; 7] {
        let Limits {
            wall,
            cpu,
            address_space,
            answer,
        } = self.limits;
        [
            ARGUMENT.into(),
            self.library.clone().unwrap_or_default().into(),
            self.parent.to_string().into(),
            wall.as_millis().to_string().into(),
            cpu.as_millis().to_string().into(),
            address_space.to_string().into(),
            answer.to_string().into(),
        ]
    }

    fn read(mut arguments: impl Iterator<Item = OsString>) -> io::Result<Self> {
        let library = PathBuf::from(arguments.next().unwrap_or_default());
        let mut number = || {
            let argument = arguments.next().unwrap_or_default();
            let number = argument.to_str().and_then(|text| text.parse::<u64>().ok());
            number.ok_or_else(|| {
                io::Error::other("`plugin-worker` is for the host itself, not for people")
            })
        };
        let parent = u32::try_from(number()?).unwrap_or_default();
        let limits = Limits {
            wall: Duration::from_millis(number()?),
            cpu: Duration::from_millis(number()?),
            address_space: number()?,
            answer: usize::try_from(number()?).unwrap_or(usize::MAX),
        };
        Ok(Self {
            library: (!library.as_os_str().is_empty()).then_some(library),
            parent,
            limits,
        })
    }
}
