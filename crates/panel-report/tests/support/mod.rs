//! The shipped frameworks and bodies, as the reader needs them.

#![allow(
    clippy::indexing_slicing,
    clippy::expect_used,
    dead_code,
    reason = "test helpers may panic, and not every test uses all of them"
)]

use std::path::{Path, PathBuf};
use wcc_panel_report::{Catalogue, KnownBody, Report};

pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The two frameworks of World Class Commissioning.
pub(crate) fn catalogues() -> Vec<Catalogue> {
    let folder = root().join("configs/frameworks");
    ["wcc-2008-09", "wcc-2009-10"]
        .iter()
        .map(|id| {
            let file = folder.join(format!("{id}.toml"));
            Catalogue::of(&wcc_case::framework::read(&file).expect("a shipped framework"))
        })
        .collect()
}

/// All PCTs.
pub(crate) fn bodies() -> Vec<KnownBody> {
    let organisations = wcc_case::organisations::read(&root().join("configs/organisations"));
    let organisations = organisations.expect("the shipped tables");
    organisations
        .each()
        .filter(|(_, body)| body.kind == wcc_core::BodyKind::Pct)
        .map(|(_, body)| KnownBody {
            code: body.code.clone(),
            name: body.name.clone(),
        })
        .collect()
}

pub(crate) fn read(text: &str) -> Report {
    wcc_panel_report::read(text, &catalogues(), &bodies()).expect("a report of ordinary size")
}

/// Values, lines that fit nowhere, contradictions and counts, one a line.
pub(crate) fn listing(report: &Report) -> String {
    use std::fmt::Write as _;
    let mut out = String::new();
    let _ = writeln!(out, "{} {:?}", report.framework, report.body);
    for value in report.values() {
        let text: String = value
            .value
            .as_deref()
            .unwrap_or("-")
            .chars()
            .take(60)
            .collect();
        let lines: Vec<String> = value.lines.iter().map(u32::to_string).collect();
        let _ = writeln!(
            out,
            "{} | {} | {} | {} | {:?} | {} | {}",
            value.file,
            value.record,
            value.field,
            text.replace('\n', " / "),
            value.confidence,
            lines.join(","),
            value.why.as_deref().unwrap_or(""),
        );
    }
    for found in &report.contradictions {
        let _ = writeln!(out, "contradiction {:?}: {}", found.lines, found.sentence);
    }
    if let Some(advice) = report.advice {
        let _ = writeln!(out, "advice: {advice}");
    }
    for (number, text, why) in report.unplaced() {
        let _ = writeln!(out, "unplaced {number}: {text} ({why})");
    }
    let _ = writeln!(
        out,
        "{:?}\n{:?}",
        report.line_counts(),
        report.value_counts()
    );
    out
}

/// Writes the case of a report and reads it as the other commands do; the errors, if it has any.
pub(crate) fn case_errors(report: &Report) -> Option<String> {
    let folder = tempfile::tempdir().expect("a folder");
    let year = report
        .framework
        .trim_start_matches("wcc-")
        .replacen('-', "/", 1);
    let settings = wcc_panel_report::CaseSettings {
        body: report.body.clone()?,
        year,
        source: "report.txt".to_owned(),
        citation: wcc_panel_report::Citation::Lines,
    };
    let catalogue = catalogues()
        .into_iter()
        .find(|catalogue| catalogue.framework() == report.framework)?;
    let draft = wcc_panel_report::case_draft(report, &catalogue, &settings);
    for (name, text) in draft.files() {
        std::fs::write(folder.path().join(name), text).expect("a file");
    }
    let frameworks = wcc_case::Frameworks::read(&root().join("configs/frameworks"));
    let tables = wcc_case::ShippedTables::read(&root().join("configs/organisations"));
    let read = wcc_case::case::read(
        folder.path(),
        &frameworks.expect("frameworks"),
        &tables.expect("tables"),
    );
    read.err().map(|problems| problems.to_string())
}
