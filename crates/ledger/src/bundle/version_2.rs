//! Version 2: a tar archive with entries and documents.

use super::entries::{Entries, Lines};
use super::members::{Member, Members, append};
use super::{BundleError, Contents, Flaw, MAGIC, check_title};
use crate::chain::Hash;
use crate::documents::{Document, DocumentKind, Documents, MAX_BYTES};
use crate::named_documents::{DocumentSearch, NamedDocuments};
use crate::reading::Follower;
use crate::store::{Row, Store};
use std::io::{BufRead, Write};
use tar::Builder;

/// Number of entries in a page. It is part of the format, because the bytes of a bundle must depend
/// only on the ledger.
const PAGE: u32 = 1_000;
/// The last member of a bundle.
const HEAD: &str = "head";
/// Maximum size in bytes of a member with a single line.
const MAX_BYTES_OF_A_LINE: usize = 4096;

/// Returns the name of the page that begins with an entry.
fn page_name(first: u32) -> String {
    format!("entries/{first:010}.jsonl")
}

fn document_name(document: Hash, kind: DocumentKind) -> String {
    format!("documents/{document}.{}", kind.ending())
}

/// Parses the name of a document.
fn document_named(name: &str) -> Option<(Hash, DocumentKind)> {
    let (hash, ending) = name.strip_prefix("documents/")?.split_once('.')?;
    let (hash, kind) = (hash.parse().ok()?, DocumentKind::of_ending(ending)?);
    // Only the canonical spelling of a hash is allowed.
    (document_name(hash, kind) == name).then_some((hash, kind))
}

/// Writes the bundle.
pub(super) async fn write(
    store: &Store,
    documents: Option<&Documents>,
    to: &mut impl Write,
    mut progress: impl FnMut(u32, u32),
) -> Result<Contents, BundleError> {
    let mut follower = Follower::new(store.sha());
    let mut named = NamedDocuments::default();
    let mut to = Builder::new(to);
    let title = format!("{MAGIC} 2 {}\n", store.sha());
    append(&mut to, MAGIC, title.as_bytes())?;
    loop {
        let name = page_name(follower.head().number + 1);
        let rows = store.read(follower.head().number, PAGE).await?;
        let mut page = Vec::new();
        for row in &rows {
            named.add(&follower.follow(row)?.entry);
            page.extend_from_slice(&row.bytes);
            page.push(b'\n');
        }
        if !rows.is_empty() {
            append(&mut to, &name, &page)?;
        }
        progress(follower.head().number, 0);
        if rows.len() < PAGE as usize {
            break;
        }
    }
    let (mut search, mut written) = (DocumentSearch::new(documents), 0);
    for (document, entry) in named.iter() {
        if let Some(found) = search.find(document, entry).await {
            let name = document_name(document, found.kind);
            append(&mut to, &name, &found.bytes)?;
            written += 1;
            progress(follower.head().number, written);
        }
    }
    append(&mut to, HEAD, format!("{}\n", follower.head()).as_bytes())?;
    to.into_inner()?.flush()?;
    Ok(Contents {
        head: follower.head(),
        documents: written,
        lost: search.lost,
    })
}

/// Reads the bundle to its end, and stores its documents if there is a document store. Returns the
/// number of documents.
pub(super) async fn read(
    entries: &mut Entries<impl FnMut(Row), impl FnMut(u32, u32)>,
    documents: Option<&Documents>,
    from: impl BufRead,
) -> Result<u32, BundleError> {
    let mut members = Members::new(from);
    read_title(&mut members, entries.sha())?;
    let mut member = read_pages(&mut members, entries)?;
    let (mut last, mut count) = (None, 0);
    while let Some((hash, kind)) = document_named(&member.name) {
        if last >= Some(hash) {
            return Err(misplaced(&member, "documents in the order of their names"));
        }
        last = Some(hash);
        // The documents that remain at the end are missing from the bundle.
        if !entries.named.remove(hash) {
            return Err(Flaw::Unnamed.at(&member.name));
        }
        let bytes = members.bytes(&member, MAX_BYTES)?;
        let document = Document { kind, bytes };
        check(&document, hash).map_err(|flaw| flaw.at(&member.name))?;
        if let Some(documents) = documents {
            documents.restore(document).await?;
        }
        count += 1;
        entries.report_progress(count);
        member = members.next()?;
    }
    if member.name != HEAD {
        return Err(misplaced(&member, "a document or the head"));
    }
    let head = members.bytes(&member, MAX_BYTES_OF_A_LINE)?;
    if head != format!("{}\n", entries.head()).as_bytes() {
        return Err(Flaw::NotTheHead(entries.head()).at(HEAD));
    }
    members.finish()?;
    Ok(count)
}

/// Checks that a document matches its name and may be stored.
fn check(document: &Document, hash: Hash) -> Result<(), Flaw> {
    match document.check_filed() {
        Ok(actual) if actual == hash => Ok(()),
        Err(error) if Hash::of(&document.bytes) == hash => Err(Flaw::Document(error)),
        _ => Err(Flaw::Changed),
    }
}

fn misplaced(member: &Member, expected: &str) -> BundleError {
    Flaw::Misplaced(expected.to_owned()).at(&member.name)
}

fn read_title(members: &mut Members<impl BufRead>, sha: &str) -> Result<(), BundleError> {
    let first = members.next()?;
    if first.name != MAGIC {
        return Err(misplaced(&first, "the title of the bundle"));
    }
    let line = members.bytes(&first, MAX_BYTES_OF_A_LINE)?;
    let line = line.strip_suffix(b"\n").unwrap_or_default();
    check_title(line, 2, sha).map_err(|flaw| flaw.at(MAGIC))
}

/// Reads every page, and returns the member after the last one.
fn read_pages(
    members: &mut Members<impl BufRead>,
    entries: &mut Entries<impl FnMut(Row), impl FnMut(u32, u32)>,
) -> Result<Member, BundleError> {
    loop {
        let first = entries.head().number + 1;
        let member = members.next()?;
        // No page follows a page that is not full.
        if first % PAGE != 1 || !member.name.starts_with("entries/") {
            return Ok(member);
        }
        let name = page_name(first);
        if member.name != name {
            return Err(misplaced(&member, &format!("`{name}`")));
        }
        let mut lines = Lines::new(members.stream(&member), Some(&member.name));
        let mut count = 0;
        while let Some(line) = lines.next()? {
            count += 1;
            if count > PAGE {
                return Err(Flaw::Page("more").at(&member.name));
            }
            entries.add(line, || lines.place())?;
        }
        if count == 0 {
            return Err(Flaw::Page("no").at(&member.name));
        }
        members.finish_member(&member)?;
    }
}
