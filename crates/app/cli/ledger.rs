//! `wcc ledger`, `wcc verify`, `wcc export`, `wcc import`, `wcc backup`: the ledger as a whole.

use super::{Failure, print};
use crate::load::{self, Shipped};
use crate::settings::Settings;
use crate::source;
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{BufReader, BufWriter};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use wcc_ledger::bundle::{self, BundleError};
use wcc_ledger::{AppendError, Head, Request, Store, StoreError, VerifyError};
use wcc_programme::{FileFormats, entries_of};

/// Enter cases into the ledger, look at its head
#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// Enter a case: its rule book, bodies, cycles and everything recorded in them
    ///
    /// Each entry keeps the file and row that it came from. All of a case is entered, or nothing.
    Load {
        /// Folders of cases
        #[arg(required = true)]
        cases: Vec<PathBuf>,
        /// Who enters it
        #[arg(long, default_value = "operator")]
        author: String,
    },
    /// Print the number and hash of the last entry
    ///
    /// Keep it elsewhere: `wcc verify --head` then finds whatever was changed or cut off since.
    Head,
}

/// Check every entry against the chain and the heads that were kept
///
/// Finds any entry that was changed, removed, moved or cut off. The newest are covered by the head
/// that is written down beside the database, and by those that you name.
#[derive(clap::Args)]
pub(crate) struct Verify {
    /// A head that was kept elsewhere, as `wcc ledger head` printed it
    #[arg(long = "head", value_name = "NUMBER:SHA256")]
    heads: Vec<Head>,
}

/// A bundle's file.
#[derive(clap::Args)]
pub(crate) struct BundleFile {
    /// The bundle's file
    file: PathBuf,
}

pub(super) async fn run(command: Command, settings: &Settings) -> Result<(), Failure> {
    match command {
        Command::Load { cases, author } => load(&cases, &author, settings).await,
        Command::Head => {
            let ledger = source::ledger(settings, false).await?;
            print(&format!("{}\n", ledger.head()))
        }
    }
}

async fn load(folders: &[PathBuf], author: &str, settings: &Settings) -> Result<(), Failure> {
    let shipped = Shipped::read(settings)?;
    let cases = load::cases(folders, &shipped)?;
    let ledger = source::ledger(settings, true).await?;
    for case in cases {
        let drafts = ledger.look(|state| entries_of(&case, state));
        let drafts = drafts.map_err(|error| Failure::refused(error.to_string()))?;
        // Loading what is there is refused above, so the identifier only has to be of this state.
        let digest = Sha256::digest(format!("{} {}", case.id, ledger.head()));
        let request = Request {
            author: author.to_owned(),
            id: format!("load {} {:x}", shortened(&case.id), ShortHex(&digest)),
            drafts,
        };
        let progress = load::progress(&format!("entering {}", case.id));
        let receipt = ledger.append(request).await?;
        progress.finish_and_clear();
        print(&format!(
            "{}: entries {} to {}\n",
            case.id, receipt.first, receipt.last
        ))?;
    }
    ledger.close().await;
    Ok(())
}

/// As much of a name as a request's identifier has room for.
fn shortened(name: &str) -> &str {
    let mut end = name.len().min(60);
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    &name[..end]
}

/// The first eight bytes of a digest.
struct ShortHex<'a>(&'a [u8]);

impl std::fmt::LowerHex for ShortHex<'_> {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0[..8]
            .iter()
            .try_for_each(|byte| write!(to, "{byte:02x}"))
    }
}

pub(super) async fn verify(arguments: Verify, settings: &Settings) -> Result<(), Failure> {
    let store = store(settings).await?;
    let progress = load::progress("verifying");
    let head = wcc_ledger::verify(
        &store,
        Arc::new(FileFormats),
        Some(&source::head_file(settings)),
        Some(&settings.ledger.checkpoint),
        &arguments.heads,
        |number| progress.set_message(format!("verifying: {number} entries")),
    )
    .await;
    progress.finish_and_clear();
    let head = head?;
    print(&format!(
        "{} entries, every one as it was entered; the head is {head}\n",
        head.number
    ))
}

pub(super) async fn export(arguments: BundleFile, settings: &Settings) -> Result<(), Failure> {
    let store = store(settings).await?;
    let head = write_bundle(&store, &arguments.file).await?;
    print(&format!(
        "{} entries in {}; the head is {head}\n",
        head.number,
        arguments.file.display()
    ))
}

/// Writes the bundle whole or not at all: beside its place, then into it.
async fn write_bundle(store: &Store, file: &Path) -> Result<Head, Failure> {
    let failed = |error: std::io::Error| {
        Failure::system(format!("{} cannot be written: {error}", file.display()))
    };
    let folder = file.parent().filter(|folder| *folder != Path::new(""));
    let beside =
        tempfile::NamedTempFile::new_in(folder.unwrap_or(Path::new("."))).map_err(failed)?;
    let progress = load::progress("exporting");
    let mut to = BufWriter::new(beside);
    let head = bundle::export(store, &mut to, |number| {
        progress.set_message(format!("exporting: {number} entries"));
    })
    .await?;
    progress.finish_and_clear();
    let beside = to
        .into_inner()
        .map_err(|error| failed(error.into_error()))?;
    beside.as_file().sync_all().map_err(failed)?;
    beside.persist(file).map_err(|error| failed(error.error))?;
    Ok(head)
}

pub(super) async fn import(arguments: BundleFile, settings: &Settings) -> Result<(), Failure> {
    let file = &arguments.file;
    let opened = File::open(file)
        .map_err(|error| Failure::system(format!("{} cannot be read: {error}", file.display())))?;
    // Makes the database, and refuses one whose head was written down and is gone.
    drop(source::ledger(settings, true).await?);
    let store = store(settings).await?;
    let progress = load::progress("importing");
    let head = bundle::import(
        &store,
        Arc::new(FileFormats),
        &mut BufReader::new(opened),
        |number| progress.set_message(format!("importing: {number} entries")),
    )
    .await;
    progress.finish_and_clear();
    let head = head.map_err(|error| {
        let failure = Failure::from(error);
        Failure::refused(format!("{}: {failure}", file.display()))
    })?;
    source::head_file(settings)
        .write(head)
        .map_err(|error| Failure::system(error.to_string()))?;
    print(&format!("{} entries; the head is {head}\n", head.number))
}

pub(super) async fn backup(arguments: BundleFile, settings: &Settings) -> Result<(), Failure> {
    let store = store(settings).await?;
    let head = write_bundle(&store, &arguments.file).await?;
    // A backup that was never read is a hope: it is read back, and folded, at once.
    let file = File::open(&arguments.file).map_err(|error| {
        Failure::system(format!(
            "{} cannot be read: {error}",
            arguments.file.display()
        ))
    })?;
    let read = bundle::check(
        store.sha(),
        Arc::new(FileFormats),
        &mut BufReader::new(file),
        |_| {},
    )?;
    if read != head {
        return Err(Failure::system(format!(
            "{} was not written as it should be: its head is {read}, not {head}",
            arguments.file.display()
        )));
    }
    print(&format!(
        "{} entries in {}, read back and checked; the head is {head}\n",
        head.number,
        arguments.file.display()
    ))
}

async fn store(settings: &Settings) -> Result<Store, Failure> {
    let address = &settings.ledger.address;
    if let wcc_ledger::Address::Sqlite(path) = address
        && !path.exists()
    {
        return Err(wcc_ledger::OpenError::Missing(address.clone()).into());
    }
    let store = Store::open(address, &settings.ledger.sha).await;
    store.map_err(|error| Failure::system(format!("{address}: {error}")))
}

impl From<AppendError> for Failure {
    fn from(error: AppendError) -> Failure {
        match error {
            AppendError::Store(_) | AppendError::Busy | AppendError::Stopping => {
                Failure::system(error.to_string())
            }
            _ => Failure::refused(error.to_string()),
        }
    }
}

impl From<VerifyError> for Failure {
    fn from(error: VerifyError) -> Failure {
        match error {
            VerifyError::Store(StoreError::TooNew(_)) | VerifyError::Broken(_) => {
                Failure::refused(error.to_string())
            }
            VerifyError::Store(_) => Failure::system(error.to_string()),
            _ => Failure::refused(error.to_string()),
        }
    }
}

impl From<BundleError> for Failure {
    fn from(error: BundleError) -> Failure {
        match error {
            BundleError::Store(_) | BundleError::File(_) => Failure::system(error.to_string()),
            _ => Failure::refused(error.to_string()),
        }
    }
}
