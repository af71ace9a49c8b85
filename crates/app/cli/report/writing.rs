//! Writes files of documents, on all cores, each file at once.

use super::rendering::Renderer;
use super::selection::Job;
use crate::cli::Failure;
use crate::cli::whole_file::WholeFile;
use indicatif::{ProgressBar, ProgressStyle};
use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use wcc_document::Source;

/// Refuses documents that would overwrite each other.
fn refuse_equal_names(sources: &[Source<'_>], jobs: &[Job]) -> Result<(), Failure> {
    let mut names: BTreeMap<String, &str> = BTreeMap::new();
    for job in jobs {
        let Some(source) = sources.get(job.cycle) else {
            continue;
        };
        let organisations = &source.cycle.organisations;
        let body = job.body.map(|body| organisations.body(body));
        let code = body.map_or("all", |body| body.code.as_str());
        let (name, cycle) = (source.file_name(code, job.kind), source.cycle.id.as_str());
        if let Some(other) = names.insert(name.to_lowercase(), cycle) {
            return Err(Failure::refused(format!(
                "two documents would be called {name}: one of {other} and one of {cycle}; write \
                 them one after the other, with --cycle {other} and --cycle {cycle}, into a folder \
                 each"
            )));
        }
    }
    Ok(())
}

/// Writes each document in each format, and returns the number of files. The first failure stops the
/// others; files that were written by then are complete.
pub(super) fn write(
    sources: &[Source<'_>],
    jobs: &[Job],
    renderer: &Renderer,
    folder: &Path,
) -> Result<usize, Failure> {
    refuse_equal_names(sources, jobs)?;
    std::fs::create_dir_all(folder).map_err(|error| {
        Failure::system(format!(
            "cannot create the folder {}: {error}",
            folder.display()
        ))
    })?;
    let progress = progress(jobs.len());
    let next = AtomicUsize::new(0);
    let stopped = AtomicBool::new(false);
    let failure: Mutex<Option<(usize, Failure)>> = Mutex::new(None);
    let fail = |at: usize, error: Failure| {
        stopped.store(true, Ordering::Relaxed);
        let mut first = failure
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner());
        if first.as_ref().is_none_or(|(earlier, _)| at < *earlier) {
            *first = Some((at, error));
        }
    };
    let work = || {
        let mut printer = match renderer.printer() {
            Ok(printer) => printer,
            Err(error) => return fail(0, error),
        };
        while !stopped.load(Ordering::Relaxed) {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(job) = jobs.get(at) else { return };
            let written = write_one(sources, job, renderer, &mut printer, folder);
            progress.inc(1);
            if let Err(error) = written {
                return fail(at, error);
            }
        }
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 1..threads.min(jobs.len()) {
            scope.spawn(work);
        }
        work();
    });
    progress.finish_and_clear();
    let failure = failure
        .into_inner()
        .unwrap_or_else(|poisoned| poisoned.into_inner());
    match failure {
        Some((_, error)) => Err(error),
        None => Ok(jobs.len() * renderer.formats().len()),
    }
}

fn write_one(
    sources: &[Source<'_>],
    job: &Job,
    renderer: &Renderer,
    printer: &mut super::rendering::Printer<'_>,
    folder: &Path,
) -> Result<(), Failure> {
    let document = job.document(sources)?;
    let stem = sources.get(job.cycle).map_or_else(String::new, |source| {
        source.file_name(&document.code, job.kind)
    });
    for format in renderer.formats() {
        let bytes = printer.render(*format, &document)?;
        let file = folder.join(format!("{stem}.{}", format.extension()));
        write_file(&file, &bytes)?;
    }
    Ok(())
}

fn write_file(file: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let written = WholeFile::create_shared(file).and_then(|mut new| {
        new.write_all(bytes)?;
        new.finish()
    });
    written.map_err(|error| Failure::system(format!("cannot write {}: {error}", file.display())))
}

/// A bar on standard error; nothing if that is not a terminal.
fn progress(documents: usize) -> ProgressBar {
    let style = ProgressStyle::with_template("writing {bar:30} {pos} of {len} ({elapsed})")
        .unwrap_or_else(|_| ProgressStyle::default_bar());
    let length = u64::try_from(documents).unwrap_or(u64::MAX);
    ProgressBar::new(length).with_style(style)
}
