//! Imports tables and workbooks that clients send, and records of earlier cycles, as the actor may see
//! the cycles.

use super::LedgerHistory;
use crate::workbooks::{ReadWorkbook, SheetsToTables, WorkbookFormat};
use std::sync::Arc;
use wcc_api::{
    Entered, History, ImportContent, ImportFailure, ImportMistake, ImportMistakeKind,
    ImportRequest, ImportResult, TableText, TableToImport,
};
use wcc_case::cycle::{CycleTable, TABLES};
use wcc_case::nearest;
use wcc_core::Framework;
use wcc_core::actor::Actor;
use wcc_core::ledger::{CycleFact, Draft};
use wcc_ledger::format::decode;
use wcc_ledger::{AppendError, DocumentKind, Receipt, Request};
use wcc_programme::{Import, ImportBasis, MadeFrom, Start};

/// The length of an import at which its tables are refused, in bytes.
const MAX_TABLE_BYTES: usize = 20 * 1024 * 1024;

/// The most records that one request may change: an answer names each of them.
const MAX_CHANGES: usize = 10_000;

/// What is imported, read but not yet compared.
enum ReadContent {
    /// Tables.
    Tables(ReadTables),
    /// What a cycle takes over from an earlier one.
    Start {
        cycle: Box<str>,
        from: Box<str>,
        opens: Option<Box<CycleFact>>,
        bodies: Vec<Box<str>>,
    },
    /// Records that confirm carried ones.
    Confirmation { cycle: Box<str>, entries: Vec<u32> },
}

impl ReadContent {
    fn warnings(&self) -> &[String] {
        match self {
            ReadContent::Tables(tables) => &tables.warnings,
            ReadContent::Start { .. } | ReadContent::Confirmation { .. } => &[],
        }
    }
}

/// Tables, read but not yet compared.
struct ReadTables {
    cycle: String,
    made: MadeFrom,
    warnings: Vec<String>,
    tables: SheetsToTables,
}

/// The entries of a request that was sent before.
struct EnteredBefore {
    first: u32,
    last: u32,
    drafts: Vec<Draft>,
}

impl LedgerHistory {
    /// Imports a request.
    pub(super) async fn import_tables(
        &self,
        request: ImportRequest,
    ) -> Result<ImportResult, ImportFailure> {
        // Reading takes memory, so only few imports are read at a time.
        let permit = self.imports.acquire().await;
        let permit = permit.map_err(|_| ImportFailure::unavailable())?;
        let content = self.read_content(&request).await?;
        let warnings = content.warnings().to_vec();
        let earlier = match request.apply {
            true => self.entered_before(&request).await?,
            false => None,
        };
        // A repeated request is compared with what its first one found, and so gives its answer.
        let at = earlier.as_ref().map(|earlier| earlier.first - 1);
        let compared = self.compare(&request.actor, content, at).await;
        let import = match (compared, &earlier) {
            // What its first one entered had no mistakes then.
            (Err(ImportFailure::Mistakes(_)), Some(_)) => return Err(reused(&request)),
            (compared, _) => compared?,
        };
        drop(permit);
        if import.records.len() > MAX_CHANGES {
            return Err(ImportFailure::from(too_many(
                import.records.len(),
                &request.content,
            )));
        }
        let mut imported = ImportResult::of(&import)?;
        imported.warnings.splice(..0, warnings);
        if !request.apply {
            self.rehearse(&request, import)?;
            return Ok(imported);
        }
        if let Some(earlier) = earlier {
            if !import.makes(&earlier.drafts) {
                return Err(reused(&request));
            }
            imported.entered = Some(self.entered(&earlier));
            return Ok(imported);
        }
        let drafts = import.into_drafts();
        if drafts.is_empty() {
            return Ok(imported);
        }
        let entered = self.enter(Request {
            actor: request.actor,
            id: request.id,
            drafts,
        });
        imported.entered = Some(entered.await.map_err(ImportFailure::from)?);
        Ok(imported)
    }

    async fn read_content(&self, request: &ImportRequest) -> Result<ReadContent, ImportFailure> {
        let cycle = || request.cycle.clone().unwrap_or_default();
        match &request.content {
            ImportContent::EarlierCycle {
                from,
                opens,
                bodies,
            } => Ok(ReadContent::Start {
                cycle: cycle(),
                from: from.clone(),
                opens: opens.clone(),
                bodies: bodies.clone(),
            }),
            ImportContent::Confirmation(entries) => Ok(ReadContent::Confirmation {
                cycle: cycle(),
                entries: entries.clone(),
            }),
            ImportContent::Tables(tables) => {
                let mut read: Vec<CycleTable> = Vec::new();
                for (at, table) in tables.iter().enumerate() {
                    let table = self.table(&request.actor, at, table).await?;
                    if read.iter().any(|other| other.name == table.name) {
                        let field = format!("tables[{at}].name");
                        let message = format!("{} is given twice", table.name);
                        let kind = ImportMistakeKind::Malformed;
                        return Err(ImportFailure::from(ImportMistake::new(
                            kind,
                            Some(&field),
                            message,
                        )));
                    }
                    read.push(table);
                }
                Ok(of_tables(request, read))
            }
            ImportContent::Workbook(sha256) => {
                let (kind, bytes) = self.document(&request.actor, "workbook", sha256).await?;
                if kind != DocumentKind::Excel {
                    let message = format!(
                        "the document is {}; expected an Excel workbook from `wcc template`",
                        kind.name()
                    );
                    let kind = ImportMistakeKind::Malformed;
                    return Err(ImportFailure::from(ImportMistake::new(
                        kind,
                        Some("workbook"),
                        message,
                    )));
                }
                let excel = WorkbookFormat::Excel;
                self.read_workbook(request, "workbook", bytes, excel).await
            }
            ImportContent::File { name, bytes } => self.read_file(request, name, bytes).await,
        }
    }

    /// Reads a file by the ending of its name.
    async fn read_file(
        &self,
        request: &ImportRequest,
        name: &str,
        bytes: &[u8],
    ) -> Result<ReadContent, ImportFailure> {
        let lower = name.to_ascii_lowercase();
        let format = match lower.rsplit_once('.') {
            Some((_, "xlsx")) => WorkbookFormat::Excel,
            Some((_, "ods")) => WorkbookFormat::OpenDocument,
            Some((_, "csv")) => {
                let name = table_named("file.name", name)?;
                let table = within_size("file", name, bytes.to_vec())?;
                return Ok(of_tables(request, vec![table]));
            }
            _ => {
                let message =
                    "this kind of file is not read: save it as .xlsx, .ods or .csv".to_owned();
                let kind = ImportMistakeKind::Malformed;
                let mistake = ImportMistake::new(kind, Some("file.name"), message);
                return Err(ImportFailure::from(mistake));
            }
        };
        let bytes = bytes.to_vec();
        self.read_workbook(request, "file", bytes, format).await
    }

    async fn read_workbook(
        &self,
        request: &ImportRequest,
        field: &str,
        bytes: Vec<u8>,
        format: WorkbookFormat,
    ) -> Result<ReadContent, ImportFailure> {
        let reader = Arc::clone(&self.workbooks);
        let read = tokio::task::spawn_blocking(move || reader.read(bytes, format)).await;
        let read = read.map_err(|_| ImportFailure::unavailable())?;
        let book = read.map_err(|message| {
            let kind = ImportMistakeKind::Malformed;
            let lines = message.lines();
            let mistakes = lines.map(|line| ImportMistake::new(kind, Some(field), line));
            ImportFailure::Mistakes(mistakes.collect())
        })?;
        of_workbook(request, book)
    }

    async fn table(
        &self,
        actor: &Actor,
        at: usize,
        table: &TableToImport,
    ) -> Result<CycleTable, ImportFailure> {
        let name = table_named(&format!("tables[{at}].name"), &table.name)?;
        let bytes = match &table.text {
            TableText::Given(text) => text.clone().into_bytes(),
            TableText::Document(sha256) => {
                let field = format!("tables[{at}].document");
                self.document(actor, &field, sha256).await?.1
            }
        };
        within_size(&format!("tables[{at}]"), name, bytes)
    }

    /// A document that the actor may read.
    async fn document(
        &self,
        actor: &Actor,
        field: &str,
        sha256: &str,
    ) -> Result<(DocumentKind, Vec<u8>), ImportFailure> {
        let missing = || {
            let message =
                "there is no filed document with this SHA-256: send it to /documents first";
            ImportFailure::from(ImportMistake::new(
                ImportMistakeKind::NotFound,
                Some(field),
                message,
            ))
        };
        let hash = sha256.parse().map_err(|_| missing())?;
        let is_open = self
            .ledger
            .look_as(actor, |permission| permission.reads_document(sha256));
        if !is_open {
            return Err(missing());
        }
        let found = self.documents.find(hash).await.map_err(|error| {
            tracing::error!("{error}");
            ImportFailure::unavailable()
        })?;
        let document = found.ok_or_else(missing)?;
        Ok((document.kind, document.bytes))
    }

    /// Compares what was read with the cycle, as the actor may see it now, or as it was after an
    /// entry.
    async fn compare(
        &self,
        actor: &Actor,
        content: ReadContent,
        at: Option<u32>,
    ) -> Result<Import, ImportFailure> {
        let (ledger, actor) = (self.ledger.clone(), actor.clone());
        let comparing = tokio::task::spawn_blocking(move || {
            match content {
                ReadContent::Tables(tables) => {
                    let basis = ledger.look_as(&actor, |permission| {
                        let at = at.unwrap_or_else(|| permission.last());
                        ImportBasis::at(permission, &tables.cycle, tables.made, at)
                    })?;
                    // Who made an entry is not said here: the policy decides who sees names.
                    Ok(Import::read(&basis, tables.tables, &|_| None)?)
                }
                ReadContent::Start {
                    cycle,
                    from,
                    opens,
                    bodies,
                } => {
                    let start = ledger.look_as(&actor, |permission| {
                        let at = at.unwrap_or_else(|| permission.last());
                        Start::at(permission, &cycle, &from, opens.map(|opens| *opens), at)
                    })?;
                    Ok(Import::start(Start { bodies, ..start })?)
                }
                ReadContent::Confirmation { cycle, entries } => {
                    let confirmed = ledger.look_as(&actor, |permission| {
                        let at = at.unwrap_or_else(|| permission.last());
                        Import::confirm(permission, &cycle, &entries, at)
                    })?;
                    Ok(confirmed)
                }
            }
        });
        comparing.await.map_err(|_| ImportFailure::unavailable())?
    }

    /// Asks whether the ledger would take an import.
    fn rehearse(&self, request: &ImportRequest, import: Import) -> Result<(), ImportFailure> {
        let drafts = import.into_drafts();
        if drafts.is_empty() {
            return Ok(());
        }
        let rehearsed = self.ledger.rehearse(&Request {
            actor: request.actor.clone(),
            id: request.id.clone(),
            drafts,
        });
        rehearsed.map_err(ImportFailure::from)
    }

    /// What a request with the same identifier has entered before.
    async fn entered_before(
        &self,
        request: &ImportRequest,
    ) -> Result<Option<EnteredBefore>, ImportFailure> {
        let key = (&*request.actor.person, request.id.as_str());
        let rows = self.ledger.store().of_requests(&[key]).await;
        let mut rows = rows.map_err(|error| {
            tracing::error!("{error}");
            ImportFailure::unavailable()
        })?;
        rows.retain(|row| *row.actor == request.actor);
        rows.sort_by_key(|row| row.part);
        let (Some(first), Some(last)) = (rows.first(), rows.last()) else {
            return Ok(None);
        };
        let drafts = rows.iter().map(|row| decode(&row.bytes));
        let drafts = drafts.map(|chained| chained.map(|chained| chained.entry.draft));
        let drafts: Result<Vec<Draft>, _> = drafts.collect();
        Ok(Some(EnteredBefore {
            first: first.number,
            last: last.number,
            drafts: drafts.map_err(|error| {
                tracing::error!("{error}");
                ImportFailure::unavailable()
            })?,
        }))
    }

    fn entered(&self, earlier: &EnteredBefore) -> Entered {
        let at = self.ledger.look(|state| state.entry(earlier.first));
        Entered {
            receipt: Receipt {
                first: earlier.first,
                last: earlier.last,
                repeated: true,
            },
            served: self.snapshots.borrow().head.number >= earlier.last,
            at: at.map(|note| note.at).unwrap_or_default(),
        }
    }
}

/// The identifier of the request belongs to another one.
fn reused(request: &ImportRequest) -> ImportFailure {
    let message = AppendError::AnotherRequest(request.id.clone()).to_string();
    let kind = ImportMistakeKind::RequestIdReused;
    ImportFailure::from(ImportMistake::new(kind, Some("requestId"), message))
}

/// The table that has a name.
fn table_named(field: &str, given: &str) -> Result<&'static str, ImportFailure> {
    let known = || TABLES.into_iter().filter(|table| table.ends_with(".csv"));
    let name = known().find(|known| known.eq_ignore_ascii_case(given));
    name.ok_or_else(|| {
        let expected = wcc_core::words::any_of(known());
        let message = format!("this is not the name of a table; expected {expected}");
        ImportFailure::from(ImportMistake {
            nearest: nearest(given, known()).map(str::to_owned),
            ..ImportMistake::new(ImportMistakeKind::NotFound, Some(field), message)
        })
    })
}

/// A table, unless it is too large.
fn within_size(
    field: &str,
    name: &'static str,
    bytes: Vec<u8>,
) -> Result<CycleTable, ImportFailure> {
    if bytes.len() > MAX_TABLE_BYTES {
        let (found, most) = (bytes.len(), MAX_TABLE_BYTES);
        let message = format!("{name} has {found} bytes; at most {most} are read");
        let kind = ImportMistakeKind::Malformed;
        let mistake = ImportMistake::new(kind, Some(field), message);
        return Err(ImportFailure::from(mistake));
    }
    Ok(CycleTable {
        name,
        file: name.to_owned(),
        content: bytes.into(),
    })
}

fn of_tables(request: &ImportRequest, tables: Vec<CycleTable>) -> ReadContent {
    ReadContent::Tables(ReadTables {
        cycle: request.cycle.as_deref().unwrap_or_default().to_owned(),
        made: MadeFrom::Nothing,
        warnings: Vec::new(),
        tables: Box::new(move |_: &Framework| tables),
    })
}

fn too_many(changes: usize, content: &ImportContent) -> ImportMistake {
    let instead = match content {
        ImportContent::EarlierCycle { .. } => "name some of the bodies in each of several requests",
        _ => "send the rows in several requests, or use `wcc import`",
    };
    let message = format!(
        "{changes} records would be new or changed; one request may change {MAX_CHANGES}: {instead}"
    );
    ImportMistake::new(ImportMistakeKind::Refused, None, message)
}

fn of_workbook(request: &ImportRequest, book: ReadWorkbook) -> Result<ReadContent, ImportFailure> {
    if let Some(other) = request.cycle.as_deref().filter(|id| **id != *book.cycle) {
        let message = format!("the workbook is for the cycle {}, not {other}", book.cycle);
        let kind = ImportMistakeKind::Refused;
        return Err(ImportFailure::from(ImportMistake::new(
            kind,
            Some("cycle"),
            message,
        )));
    }
    Ok(ReadContent::Tables(ReadTables {
        cycle: book.cycle,
        made: book.entry.map_or(MadeFrom::Nothing, MadeFrom::Entry),
        warnings: book.warnings,
        tables: book.tables,
    }))
}
