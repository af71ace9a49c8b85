//! `wcc ledger`, `wcc verify`: entering cases, and checking what was entered.

use super::{Failure, print};
use crate::ledger_access;
use crate::load;
use crate::settings::Settings;
use indicatif::ProgressBar;
use std::path::PathBuf;
use std::sync::Arc;
use wcc_case::Case;
use wcc_core::actor::Actor;
use wcc_ledger::{
    AppendError, DocumentError, Documents, Hash, Head, Ledger, LostDocument, NamedDocuments,
    Request, Store, StoreError, VerifiedLedger, VerifyError,
};
use wcc_programme::{FileFormats, entries_of};

/// Enter cases into the ledger, look at its entries
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
    /// Move a cycle to corrected tables of bodies: a merger, a late PCT, a mistyped membership
    ///
    /// Enters the corrected tables, and moves the cycle to them from that entry on. Everything
    /// recorded in the cycle is kept under the same codes; earlier moments (`ledger:NUMBER`) still
    /// show the previous tables. Nothing is entered if a record would lose its body or reach
    /// nobody: the message names its entry.
    Rebase(super::rebase::Arguments),
    /// Print the number and hash of the last entry
    ///
    /// Keep it elsewhere: `wcc verify --head` then finds whatever was changed or cut off since.
    Head,
    /// Show entries: who said what, when, and what took whose place
    ///
    /// One number shows that entry whole; two list from one to the other; none lists the latest.
    Show(super::show::Arguments),
}

/// Check every entry against the chain and the heads that were kept, and the documents they name
///
/// Finds any entry that was changed, removed, moved or cut off. The newest are covered by the head
/// that is written down beside the database, and by those that you name. Finds a checkpoint that
/// says something else than the entries, and any document that an entry names and that is missing
/// or was changed.
#[derive(clap::Args)]
pub(crate) struct Verify {
    /// A head that was kept elsewhere, as `wcc ledger head` printed it
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
        for case in &cases {
            enter(case, author, ledger).await?;
        }
        Ok(())
    })
    .await
}

async fn enter(case: &Case, author: &str, ledger: &Ledger) -> Result<(), Failure> {
    let drafts = ledger.look(|state| entries_of(case, state));
    let drafts = drafts.map_err(|error| Failure::refused(error.to_string()))?;
    // Loading what is there is refused above, so the identifier only has to be of this state.
    let digest = Hash::of(format!("{} {}", case.id, ledger.head()).as_bytes()).to_string();
    let request = Request {
        actor: Actor::operator(author),
        id: format!("load {} {digest:.16}", shortened(&case.id)),
        drafts,
    };
    let progress = load::progress(&format!("entering {}", case.id));
    let receipt = ledger.append(request).await?;
    progress.finish_and_clear();
    print(&format!(
        "{}: entries {} to {}\n",
        case.id, receipt.first, receipt.last
    ))
}

/// As much of a name as a request's identifier has room for.
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
    let kept = documents(settings)?;
    let progress = load::progress("verifying documents");
    let found = wcc_ledger::check_documents(named, kept.as_ref(), |documents| {
        progress.set_message(format!("verifying: {documents} documents"));
    })
    .await;
    progress.finish_and_clear();
    match found.as_filed {
        0 => {}
        1 => print("1 document, as it was filed\n")?,
        many => print(&format!("{many} documents, each as it was filed\n"))?,
    }
    complete(&found.lost, settings)
}

/// Tells how far something has come.
pub(super) fn tell(progress: &ProgressBar, what: &str, entries: u32, documents: u32) {
    progress.set_message(match documents {
        0 => format!("{what}: {entries} entries"),
        _ => format!("{what}: {entries} entries, {documents} documents"),
    });
}

/// The documents as they are kept; makes nothing where there are none.
pub(super) fn documents(settings: &Settings) -> Result<Option<Documents>, Failure> {
    Ok(Documents::open_existing(&settings.ledger.documents)?)
}

/// Most documents that are told one by one.
const MAX_TOLD: usize = 5;

/// Which documents are lost, one a line.
pub(super) fn listed(lost: &[LostDocument]) -> String {
    let lines = lost.iter().take(MAX_TOLD);
    let mut text: String = lines.map(|line| format!("\n  {line}")).collect();
    if lost.len() > MAX_TOLD {
        text.push_str(&format!("\n  and {} more", lost.len() - MAX_TOLD));
    }
    text
}

/// Fails where documents are lost that are kept where the settings say.
pub(super) fn complete(lost: &[LostDocument], settings: &Settings) -> Result<(), Failure> {
    let count = match lost.len() {
        0 => return Ok(()),
        1 => "1 document that an entry names is".to_owned(),
        many => format!("{many} documents that entries name are"),
    };
    Err(Failure::lost(format!(
        "{count} not kept in {} as filed:{}\nfile them again, or put their files back from a copy: \
         an earlier bundle may hold them as documents/SHA256.ENDING",
        settings.ledger.documents,
        listed(lost)
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
