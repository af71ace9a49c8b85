//! `wcc ledger`, `wcc verify`: enters cases into the ledger, and checks it.

use super::{Failure, print};
use crate::ledger_access;
use crate::load;
use crate::settings::Settings;
use indicatif::ProgressBar;
use std::path::PathBuf;
use std::sync::Arc;
use wcc_case::Case;
use wcc_core::actor::Actor;
use wcc_core::ledger::Draft;
use wcc_ledger::{
    AppendError, DocumentError, Documents, Hash, Head, Ledger, LostDocument, NamedDocuments,
    Request, Store, StoreError, VerifiedLedger, VerifyError,
};
use wcc_programme::{FileFormats, entries_of};

/// Enter cases into the ledger, or look at its entries
#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// Enter a case: its framework, bodies, cycles and all of their records
    ///
    /// Each entry records the file and row that it came from. A case is entered completely or not
    /// at all.
    Load {
        /// Folders of cases
        #[arg(required = true)]
        cases: Vec<PathBuf>,
        /// The person who enters it
        #[arg(long, default_value = "operator")]
        author: String,
    },
    /// Move a cycle to corrected tables of bodies: a merger, a late body, a mistyped membership
    ///
    /// Enters the corrected tables, and moves the cycle to them from that entry on. All records of
    /// the cycle remain, under the same codes; earlier points (`ledger:NUMBER`) still show the
    /// previous tables. Nothing is entered if a record would lose its body or apply to nobody: the
    /// message names its entry.
    Rebase(super::rebase::Arguments),
    /// Print the number and hash of the last entry
    ///
    /// Keep it in another place: `wcc verify --head` then detects every later change or truncation.
    Head,
    /// Show entries: who recorded what, when, and which entries supersede which
    ///
    /// With one number, shows that entry in full; with two, lists the entries from one to the
    /// other; with none, lists the latest.
    Show(super::show::Arguments),
}

/// Check every entry against the hash chain and recorded heads, and the documents that entries name
///
/// Detects entries that were changed, removed, moved or truncated. The newest entries are protected
/// by the head recorded beside the database, and by heads that you give. Also detects a checkpoint
/// that differs from the entries, and documents that are missing or changed.
#[derive(clap::Args)]
pub(crate) struct Verify {
    /// A head recorded elsewhere, as printed by `wcc ledger head`
    #[arg(long = "head", value_name = "NUMBER:SHA256")]
    heads: Vec<Head>,
}

pub(super) async fn run(command: Command, settings: &Settings) -> Result<(), Failure> {
    match command {
        Command::Load { cases, author } => load(&cases, &author, settings).await,
        Command::Rebase(arguments) => super::rebase::run(arguments, settings).await,
        Command::Head => {
            ledger_access::with_ledger(settings, false, async |ledger| {
                print(&format!("{}\n", ledger.head()))
            })
            .await
        }
        Command::Show(arguments) => super::show::run(arguments, settings).await,
    }
}

async fn load(folders: &[PathBuf], author: &str, settings: &Settings) -> Result<(), Failure> {
    let (shipped, _) = load::all(settings).await?;
    let cases = load::cases(folders, &shipped)?;
    ledger_access::with_ledger(settings, true, async |ledger| {
        for case in cases {
            enter(case, author, ledger).await?;
        }
        Ok(())
    })
    .await
}

async fn enter(case: Case, author: &str, ledger: &Ledger) -> Result<(), Failure> {
    let drafts = ledger.look(|state| entries_of(&case, state));
    let drafts = drafts.map_err(|error| Failure::refused(error.to_string()))?;
    // A large case is not held while its entries are written.
    let id = case.id.clone();
    drop(case);
    // Loading an existing case again is rejected above, so the identifier only has to be unique for
    // this state of the ledger.
    let digest = Hash::of(format!("{id} {}", ledger.head()).as_bytes()).to_string();
    let request = Request {
        actor: Actor::operator(author),
        id: format!("load {} {digest:.16}", shortened(&id)),
        drafts,
    };
    let progress = load::progress(&format!("entering {id}"));
    let receipt = ledger.append(request).await?;
    progress.finish_and_clear();
    print(&format!(
        "{id}: entries {} to {}\n",
        receipt.first, receipt.last
    ))
}

/// A request of a command to enter drafts in a cycle: `what` says what it does. Two commands at once are
/// two requests, even from the same state.
pub(super) fn request_in(
    what: &str,
    cycle: &str,
    author: &str,
    ledger: &Ledger,
    drafts: Vec<Draft>,
) -> Request {
    let digest = Hash::of(format!("{} {drafts:?}", ledger.head()).as_bytes()).to_string();
    Request {
        actor: Actor::operator(author),
        id: format!("{what} {} {digest:.16}", shortened(cycle)),
        drafts,
    }
}

/// The start of a name, as much as fits into a request's identifier.
pub(super) fn shortened(name: &str) -> &str {
    let mut end = name.len().min(60);
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    &name[..end]
}

pub(super) async fn verify(arguments: Verify, settings: &Settings) -> Result<(), Failure> {
    ledger_access::with_store(settings, async |store| {
        verify_store(store, &arguments.heads, settings).await
    })
    .await
}

async fn verify_store(store: &Store, heads: &[Head], settings: &Settings) -> Result<(), Failure> {
    let progress = load::progress("verifying");
    let verified = wcc_ledger::verify(
        store,
        Arc::new(FileFormats),
        Some(&ledger_access::head_file(settings)),
        Some(&settings.ledger.checkpoint),
        heads,
        |number| progress.set_message(format!("verifying: {number} entries")),
    )
    .await;
    progress.finish_and_clear();
    let VerifiedLedger { head, documents } = verified?;
    if head == Head::START {
        return Err(Failure::not_found(format!(
            "the ledger of {} at {} is empty: nothing to verify. If entries were expected, look \
             at the settings ledger.address and ledger.sha (`wcc config`), or restore a backup",
            settings.ledger.sha, settings.ledger.address
        )));
    }
    print(&format!(
        "{} entries, every one as it was entered; the head is {head}\n",
        head.number
    ))?;
    verify_documents(&documents, settings).await
}

async fn verify_documents(named: &NamedDocuments, settings: &Settings) -> Result<(), Failure> {
    let store = documents(settings)?;
    let progress = load::progress("verifying documents");
    let check = wcc_ledger::check_documents(named, store.as_ref(), |documents| {
        progress.set_message(format!("verifying: {documents} documents"));
    })
    .await;
    progress.finish_and_clear();
    match check.as_filed {
        0 => {}
        1 => print("1 document, as it was filed\n")?,
        many => print(&format!("{many} documents, each as it was filed\n"))?,
    }
    report_lost(&check.lost, settings)
}

/// Shows the progress of a command.
pub(super) fn show_progress(progress: &ProgressBar, what: &str, entries: u32, documents: u32) {
    progress.set_message(match documents {
        0 => format!("{what}: {entries} entries"),
        _ => format!("{what}: {entries} entries, {documents} documents"),
    });
}

/// Opens the document store of the settings; `None` if it does not exist.
pub(super) fn documents(settings: &Settings) -> Result<Option<Documents>, Failure> {
    Ok(Documents::open_existing(&settings.ledger.documents)?)
}

/// Maximum number of lost documents listed in a message.
const MAX_LISTED: usize = 5;

/// The lost documents, one per line.
pub(super) fn list_lost(lost: &[LostDocument]) -> String {
    let lines = lost.iter().take(MAX_LISTED);
    let mut text: String = lines.map(|document| format!("\n  {document}")).collect();
    if lost.len() > MAX_LISTED {
        text.push_str(&format!("\n  and {} more", lost.len() - MAX_LISTED));
    }
    text
}

/// Fails if documents are missing from the document store of the settings, or were changed.
pub(super) fn report_lost(lost: &[LostDocument], settings: &Settings) -> Result<(), Failure> {
    let count = match lost.len() {
        0 => return Ok(()),
        1 => "1 document that an entry names is".to_owned(),
        many => format!("{many} documents that entries name are"),
    };
    Err(Failure::lost(format!(
        "{count} missing from {} or changed:{}\nfile them again, or restore their files from a copy: \
         an earlier bundle may hold them as documents/SHA256.ENDING",
        settings.ledger.documents,
        list_lost(lost)
    )))
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
            VerifyError::Store(StoreError::TooNew(_)) | VerifyError::InvalidEntry(_) => {
                Failure::refused(error.to_string())
            }
            VerifyError::Store(_) => Failure::system(error.to_string()),
            _ => Failure::refused(error.to_string()),
        }
    }
}

impl From<DocumentError> for Failure {
    fn from(error: DocumentError) -> Failure {
        Failure::system(error.to_string())
    }
}
