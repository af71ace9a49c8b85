//! `wcc export`, `wcc import`, `wcc backup`: the whole ledger as one file.

use super::ledger::{documents, list_lost, report_lost, show_progress};
use super::whole_file::WholeFile;
use super::{Failure, print};
use crate::contained;
use crate::ledger_access;
use crate::load;
use crate::settings::Settings;
use std::fs::File;
use std::io::{BufReader, BufWriter};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use wcc_ledger::bundle::{self, BundleError, Contents};
use wcc_ledger::{Documents, Store};
use wcc_programme::FileFormats;

/// Write the whole ledger, documents included, to one file that any database can import
///
/// The file is a tar archive. If a document that an entry names is missing or changed in the
/// document store, it is left out: everything else is written, the message names the document, and
/// the exit code is 6.
#[derive(clap::Args)]
pub(crate) struct Export {
    /// The bundle file
    file: PathBuf,
}

/// Write the whole ledger to a bundle, even while it is in use, and check the bundle
///
/// As with `wcc export`, a missing document does not prevent the rest from being saved; the exit
/// code is then 6.
#[derive(clap::Args)]
pub(crate) struct Backup {
    /// The bundle file
    file: PathBuf,
}

pub(super) async fn export(arguments: Export, settings: &Settings) -> Result<(), Failure> {
    let written = ledger_access::with_store(settings, async |store| {
        write(store, &arguments.file, settings).await
    })
    .await?;
    print(&format!(
        "{} in {}; the head is {}\n",
        counted(&written),
        arguments.file.display(),
        written.head
    ))?;
    fail_if_incomplete(&written, &arguments.file, settings)
}

pub(super) async fn backup(arguments: Backup, settings: &Settings) -> Result<(), Failure> {
    let file = &arguments.file;
    let written =
        ledger_access::with_store(settings, async |store| write(store, file, settings).await)
            .await?;
    // A backup is only reliable once it has been read back, so its entries are replayed at once.
    let progress = load::progress("reading back");
    let read = bundle::check(
        &settings.ledger.sha,
        Arc::new(FileFormats),
        &mut BufReader::new(open(file)?),
        |entries, documents| show_progress(&progress, "reading back", entries, documents),
    )
    .await;
    progress.finish_and_clear();
    let read = read.map_err(|error| in_file(file, error))?;
    if (read.head, read.documents) != (written.head, written.documents) {
        return Err(Failure::system(format!(
            "{} was not written correctly: it holds {} with the head {}, expected {} with {}",
            file.display(),
            counted(&read),
            read.head,
            counted(&written),
            written.head
        )));
    }
    print(&format!(
        "{} in {}, read back and checked; the head is {}\n",
        counted(&written),
        file.display(),
        written.head
    ))?;
    fail_if_incomplete(&written, file, settings)
}

/// Reads a bundle into an empty ledger: all of its entries or none.
pub(super) async fn import(file: &Path, settings: &Settings) -> Result<(), Failure> {
    let opened = open(file)?;
    // Creates the database, and refuses one that is older than its recorded head.
    ledger_access::with_ledger(settings, true, async |_| Ok(())).await?;
    let read = ledger_access::with_store(settings, async |store| {
        read_into(store, file, opened, settings).await
    })
    .await?;
    print(&format!("{}; the head is {}\n", counted(&read), read.head))?;
    if !read.lost.is_empty() {
        anstream::eprintln!(
            "warning: neither {} nor {} has all documents that entries name: {} missing or \
             changed{}",
            file.display(),
            settings.ledger.documents,
            read.lost.len(),
            list_lost(&read.lost)
        );
    }
    Ok(())
}

/// Reads a bundle into a database, and records the new head.
async fn read_into(
    store: &Store,
    file: &Path,
    opened: File,
    settings: &Settings,
) -> Result<Contents, Failure> {
    let documents = Documents::open(&settings.ledger.documents)?;
    let progress = load::progress("importing");
    let read = bundle::import(
        store,
        &documents,
        Arc::new(FileFormats),
        &mut BufReader::new(opened),
        |entries, documents| show_progress(&progress, "importing", entries, documents),
    )
    .await;
    progress.finish_and_clear();
    let read = read.map_err(|error| in_file(file, error))?;
    ledger_access::head_file(settings)
        .write(read.head)
        .map_err(|error| Failure::system(error.to_string()))?;
    Ok(read)
}

/// Writes the bundle completely or not at all.
async fn write(store: &Store, file: &Path, settings: &Settings) -> Result<Contents, Failure> {
    let failed = |error: std::io::Error| {
        Failure::system(format!("{} cannot be written: {error}", file.display()))
    };
    let documents = documents(settings)?;
    let new = WholeFile::create(file).map_err(failed)?;
    let progress = load::progress("exporting");
    let mut to = BufWriter::new(new);
    let written = bundle::export(store, documents.as_ref(), &mut to, |entries, documents| {
        show_progress(&progress, "exporting", entries, documents);
    })
    .await?;
    progress.finish_and_clear();
    let new = to
        .into_inner()
        .map_err(|error| failed(error.into_error()))?;
    new.sync().map_err(failed)?;
    new.finish().map_err(failed)?;
    Ok(written)
}

/// Fails if the written bundle lacks documents.
fn fail_if_incomplete(written: &Contents, file: &Path, settings: &Settings) -> Result<(), Failure> {
    report_lost(&written.lost, settings).map_err(|failure| {
        Failure::lost(format!(
            "{} holds everything else, but {failure}",
            file.display()
        ))
    })
}

fn counted(contents: &Contents) -> String {
    let documents = match contents.documents {
        1 => "1 document".to_owned(),
        many => format!("{many} documents"),
    };
    format!("{} entries and {documents}", contents.head.number)
}

fn open(file: &Path) -> Result<File, Failure> {
    contained::open_regular(file)
}

/// An error in a bundle, with the bundle's name.
fn in_file(file: &Path, error: BundleError) -> Failure {
    let Failure { code, message } = Failure::from(error);
    Failure {
        code,
        message: format!("{}: {message}", file.display()),
    }
}

impl From<BundleError> for Failure {
    fn from(error: BundleError) -> Failure {
        match error {
            BundleError::Store(_) | BundleError::File(_) | BundleError::Documents(_) => {
                Failure::system(error.to_string())
            }
            _ => Failure::refused(error.to_string()),
        }
    }
}
