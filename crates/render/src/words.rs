//! Words and signs that every format shares.

use std::collections::BTreeSet;
use wcc_document::Document;
use wcc_document::model::{Mark, MarkKind, MarkKindLegend, NoticeKind, Qualifier, Section, Status};

/// The qualifiers in the order of the key.
pub(crate) const QUALIFIERS: [Qualifier; 5] = [
    Qualifier::Inferred,
    Qualifier::ByRule,
    Qualifier::FromGroup,
    Qualifier::FromFunction,
    Qualifier::Departure,
];

/// The sign after a mark, the same as on the scorecard in the terminal where that has one.
pub(crate) fn sign(qualifier: Qualifier) -> &'static str {
    match qualifier {
        Qualifier::Inferred => "*",
        Qualifier::ByRule => "°",
        Qualifier::FromGroup => "‖",
        Qualifier::FromFunction => "‡",
        Qualifier::Departure => "†",
    }
}

/// What a qualifier means.
pub(crate) fn qualifier(qualifier: Qualifier) -> &'static str {
    match qualifier {
        Qualifier::Inferred => "inferred",
        Qualifier::ByRule => "the rule's result: nobody recorded one",
        Qualifier::FromGroup => "taken over from the group",
        Qualifier::FromFunction => "taken over from a delegated function",
        Qualifier::Departure => "departs from the group",
    }
}

/// The character of a mark where nothing can be drawn, the same as in the terminal's scorecard.
pub(crate) fn character(kind: MarkKind) -> &'static str {
    match kind {
        MarkKind::Previous => "●",
        MarkKind::SelfAssessment => "□",
        MarkKind::Panel => "✓",
        MarkKind::Calibrated => "◆",
        MarkKind::Supported => "▐",
    }
}

/// Whose a mark is: as the legend has it, else in words of our own.
pub(crate) fn whose(legend: &[MarkKindLegend], kind: MarkKind) -> &str {
    let mut entries = legend.iter();
    if let Some(entry) = entries.find(|entry| entry.kind == kind) {
        return &entry.words;
    }
    match kind {
        MarkKind::Previous => "Last year",
        MarkKind::SelfAssessment => "Self-assessment",
        MarkKind::Panel => "Panel",
        MarkKind::Calibrated => "Calibrated",
        MarkKind::Supported => "Supported by evidence",
    }
}

/// An entry of the legend, with the character of its marks: "✓ Panel".
pub(crate) fn legend_entry(entry: &MarkKindLegend) -> String {
    format!("{} {}", character(entry.kind), entry.words)
}

/// A mark in words: "Panel: 3, inferred".
pub(crate) fn mark(legend: &[MarkKindLegend], mark: &Mark) -> String {
    let words = format!("{}: {}", whose(legend, mark.kind), mark.words);
    qualified(words, mark)
}

/// Whose a mark is, and what qualifies it: "Panel, inferred".
pub(crate) fn whose_qualified(legend: &[MarkKindLegend], mark: &Mark) -> String {
    qualified(whose(legend, mark.kind).to_owned(), mark)
}

/// Words with what qualifies a mark.
fn qualified(mut words: String, mark: &Mark) -> String {
    for one in &mark.qualifiers {
        words.push_str(", ");
        words.push_str(qualifier(*one));
    }
    words
}

/// The signs after a mark: "*†".
pub(crate) fn signs(mark: &Mark) -> String {
    mark.qualifiers.iter().map(|one| sign(*one)).collect()
}

/// The kind of a notice, for those who do not see its frame.
pub(crate) fn notice(kind: NoticeKind) -> &'static str {
    match kind {
        NoticeKind::Illustrative => "Illustrative",
        NoticeKind::NotChecked => "Not checked",
        NoticeKind::Use => "Use",
        NoticeKind::Note => "Note",
    }
}

/// The words of a status.
pub(crate) fn status(status: &Status) -> &str {
    match status {
        Status::Draft { words } | Status::Released { words } => words,
    }
}

/// Whether a document is a draft.
pub(crate) fn is_draft(document: &Document) -> bool {
    matches!(document.status, Status::Draft { .. })
}

/// Name of the document: "Panel report: South Staffordshire PCT".
pub(crate) fn title(document: &Document) -> String {
    format!("{}: {}", document.title, document.subject)
}

/// The date of a document: "14 May 2010".
pub(crate) fn date(document: &Document) -> String {
    document.as_of.strftime("%-d %B %Y").to_string()
}

/// Heading of the legend.
pub(crate) const LEGEND: &str = "How to read the marks";

/// What is said of values that nobody knows.
pub(crate) const NOT_KNOWN: &str = "Not known";

/// Heading of the provenance.
pub(crate) const PROVENANCE: &str = "About this document";

/// The identifiers of all sections: links to others are left out.
pub(crate) fn section_ids(document: &Document) -> BTreeSet<&str> {
    fn collect<'a>(sections: &'a [Section], ids: &mut BTreeSet<&'a str>) {
        for section in sections {
            ids.insert(&section.id);
            collect(&section.sections, ids);
        }
    }
    let mut ids = BTreeSet::new();
    collect(&document.sections, &mut ids);
    ids
}
