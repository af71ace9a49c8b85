//! Documents of the examples: nothing that was recorded is missing, and their outline is as expected.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "test helpers may panic"
)]

mod support;

use std::collections::BTreeSet;
use std::sync::Arc;
use support::{Assured, example, example_with, letters, outline, texts};
use wcc_core::framework::{
    DocumentContent, DocumentDefinition, DocumentSection, Framework, FrameworkPart,
};
use wcc_core::{BodyKind, Method};
use wcc_document::DocumentKind;
use wcc_document::model::{Block, Chart, Document, Section, Status};

/// Whether a document has a text, whatever its markup.
fn has(document_letters: &[String], text: &str) -> bool {
    // A paragraph of the text may be a block of its own.
    let paragraphs = text.split("\n\n").flat_map(|part| part.split("\n- "));
    let mut paragraphs = paragraphs.flat_map(|part| part.split("\n  - "));
    paragraphs.all(|part| {
        let wanted = letters(part);
        document_letters.iter().any(|own| own.contains(&wanted))
    })
}

/// Holds that everything recorded on a body is in its report.
fn is_complete(assured: &Assured, code: &str) -> Document {
    let document = assured.document(DocumentKind::PanelReport, code);
    let own: Vec<String> = texts(&document).iter().map(|text| letters(text)).collect();
    let cycle = &assured.cycle;
    let body = cycle.organisations.find(code).expect("a body");
    let output = assured.assurance.output_of(body).expect("results");
    let bodies: Vec<_> = output.bodies().collect();
    let mut checked = 0;
    let mut expect = |what: &str, text: &str| {
        checked += 1;
        assert!(has(&own, text), "{what} of {code} is missing: {text}");
    };
    let records = &cycle.records;
    for piece in records
        .commentary
        .iter()
        .filter(|one| bodies.contains(&one.body))
    {
        expect("commentary", &piece.text);
    }
    for one in records
        .recommendations
        .iter()
        .filter(|one| bodies.contains(&one.body))
    {
        expect("a recommendation", &one.text);
    }
    for one in records
        .answers
        .iter()
        .filter(|one| bodies.contains(&one.body))
    {
        expect("an answer", &one.reason);
    }
    for one in records
        .evidence
        .iter()
        .filter(|one| bodies.contains(&one.body))
    {
        expect("evidence", &one.title);
    }
    for outcome in &output.outcomes {
        let chosen = outcome.record(cycle);
        expect("an outcome", &chosen.full_title(&cycle.framework));
        if let Some(view) = &chosen.panel_view {
            expect("a view of an outcome", view);
        }
    }
    let measures = cycle.framework.each_measure();
    let cells = measures.flat_map(|(index, _)| output.cell(index).marks);
    let parts = cycle.framework.parts();
    let parts = parts.flat_map(|part| output.part(part).map(|result| result.results));
    let parts = parts.flat_map(|results| results.map(|result| result.recorded));
    for mark in cells.chain(parts) {
        let Some(judgement) = mark.judgement(cycle) else {
            continue;
        };
        let details = judgement.details();
        let texts = [
            &details.rationale,
            &details.reason,
            &details.text,
            &details.inferred,
        ];
        for text in texts.into_iter().flatten() {
            expect("a rationale or reason", text);
        }
    }
    let least = if code == "5PK" { 80 } else { 0 };
    assert!(
        checked >= least,
        "there is something to look for: {checked}"
    );
    has_every_mark(assured, &document, code);
    document
}

/// Holds that each judgement on a measure has its mark.
fn has_every_mark(assured: &Assured, document: &Document, code: &str) {
    let framework = &assured.cycle.framework;
    let body = assured.cycle.organisations.find(code).expect("a body");
    let output = assured.assurance.output_of(body).expect("results");
    let mut rows = Vec::new();
    collect_rows(&document.sections, &mut rows);
    for (index, measure) in framework.each_measure() {
        let part = FrameworkPart::Component(measure.component);
        if framework.scale_of(index).steps().is_empty()
            || !matches!(part, FrameworkPart::Component(component) if output.assesses(framework, component))
        {
            continue;
        }
        let row = rows
            .iter()
            .find(|row| row.label == measure.title && is_code(row.code.as_deref(), &measure.id))
            .unwrap_or_else(|| panic!("{} of {code} has no row", measure.id));
        let cell = output.cell(index);
        let methods = Method::ALL
            .into_iter()
            .filter(|method| *method != Method::Analyst);
        for mark in methods.map(|method| cell.mark(method)) {
            let Some(step) = mark.value else { continue };
            let position = u8::try_from(step.position()).ok();
            assert!(
                row.marks.iter().any(|shown| shown.step == position),
                "{} of {code} lacks a mark",
                measure.id
            );
        }
    }
}

/// Whether a row's code is that of a measure, or its end.
fn is_code(code: Option<&str>, id: &str) -> bool {
    code.is_some_and(|code| id.ends_with(code))
}

fn collect_rows<'d>(sections: &'d [Section], rows: &mut Vec<&'d wcc_document::model::MarkRow>) {
    for section in sections {
        for block in &section.blocks {
            if let Block::Marks(grid) = block {
                rows.extend(&grid.rows);
            }
        }
        collect_rows(&section.sections, rows);
    }
}

fn collect_ids(sections: &[Section], ids: &mut Vec<String>) {
    for section in sections {
        ids.push(section.id.clone());
        collect_ids(&section.sections, ids);
    }
}

#[test]
fn the_report_of_south_staffordshire_has_everything_in_the_order_of_the_template() {
    let assured = example("south-staffordshire");
    let document = is_complete(&assured, "5PK");
    assert_eq!(document.title, "Panel report");
    assert!(matches!(document.status, Status::Draft { .. }));
    insta::assert_snapshot!("south-staffordshire", outline(&document));
    let mut ids = Vec::new();
    collect_ids(&document.sections, &mut ids);
    let distinct: BTreeSet<&String> = ids.iter().collect();
    assert_eq!(
        distinct.len(),
        ids.len(),
        "each section has an identifier of its own"
    );
    let titles: Vec<&str> = document.sections.iter().map(|one| &*one.title).collect();
    assert!(
        !titles.contains(&"Other commentary"),
        "the template has room for all of it"
    );
}

#[test]
fn the_same_results_make_the_same_document() {
    let json = || {
        let assured = example("south-staffordshire");
        let document = assured.document(DocumentKind::PanelReport, "5PK");
        serde_json::to_string(&document).expect("JSON")
    };
    assert_eq!(json(), json());
}

#[test]
fn reports_of_every_example_are_complete() {
    for name in [
        "../tests/cases/regimes/narrative",
        "../tests/cases/regimes/letters",
        "north-east",
        "south-of-tyne-and-wear",
        "another-regime",
        "council-assessments",
        "trust-segments",
        "annual-letters",
    ] {
        let assured = example(name);
        for output in &assured.assurance.outputs {
            let code = &assured.cycle.organisations.body(output.body).code;
            is_complete(&assured, code);
        }
        for cluster in &assured.assurance.clusters {
            if let Some(body) = cluster.cluster {
                let code = &assured.cycle.organisations.body(body).code;
                is_complete(&assured, code);
            }
        }
    }
}

#[test]
fn commentary_that_fits_in_no_section_comes_last() {
    let assured = example("south-of-tyne-and-wear");
    let document = assured.document(DocumentKind::PanelReport, "5KL");
    let last = document
        .sections
        .iter()
        .find(|one| one.title == "Other commentary");
    let last = last.expect("a section for the rest");
    assert_eq!(
        last.sections.first().map(|one| &*one.title),
        Some("Finance")
    );
}

#[test]
fn every_kind_of_document_is_built_for_every_example() {
    for name in [
        "north-east",
        "south-of-tyne-and-wear",
        "another-regime",
        "council-assessments",
    ] {
        let assured = example(name);
        let organisations = &assured.cycle.organisations;
        let source = assured.source();
        for (body, definition) in organisations.each() {
            let kinds: &[DocumentKind] = match definition.kind {
                BodyKind::Pct => &[DocumentKind::PanelReport, DocumentKind::Scorecard],
                BodyKind::Cluster => &[DocumentKind::Cluster, DocumentKind::PanelReport],
                BodyKind::Function => &[DocumentKind::Function],
                BodyKind::Sha => &[DocumentKind::Region],
            };
            let mut outputs = assured.assurance.outputs.iter();
            let is_assured = assured.assurance.output_of(body).is_some()
                || outputs.any(|output| organisations.sha_of(output.body) == Some(body));
            for kind in kinds {
                let document = wcc_document::build(*kind, &source, Some(body));
                if is_assured {
                    let document = document.expect("a document");
                    assert!(!document.sections.is_empty(), "{name} {}", definition.code);
                } else {
                    document.expect_err("no results");
                }
            }
        }
        let all = wcc_document::build(DocumentKind::Region, &source, None).expect("an overview");
        let rows = all.sections.iter().flat_map(|section| &section.blocks);
        let rows = rows.filter_map(|block| match block {
            Block::Table(table) => Some(table.rows.len()),
            _ => None,
        });
        assert_eq!(
            rows.sum::<usize>(),
            assured.assurance.outputs.len(),
            "{name}"
        );
    }
}

#[test]
fn a_document_on_a_body_of_another_kind_is_refused_in_words() {
    let assured = example("south-of-tyne-and-wear");
    let body = assured.cycle.organisations.find("5KF").expect("a PCT");
    let refusal = wcc_document::build(DocumentKind::Cluster, &assured.source(), Some(body));
    let refusal = refusal.expect_err("a PCT is not a cluster").to_string();
    assert!(
        refusal.contains("is about a cluster, and Gateshead"),
        "{refusal}"
    );
    let refusal = wcc_document::build(DocumentKind::PanelReport, &assured.source(), None);
    let refusal = refusal.expect_err("about whom?").to_string();
    assert!(refusal.contains("give its code"), "{refusal}");
}

#[test]
fn sheets_of_groups_and_functions_have_their_outline() {
    let assured = example("south-of-tyne-and-wear");
    let cluster = assured.document(DocumentKind::Cluster, "south-of-tyne-and-wear");
    insta::assert_snapshot!("cluster", outline(&cluster));
    let scorecard = assured.document(DocumentKind::Scorecard, "5KF");
    insta::assert_snapshot!("scorecard", outline(&scorecard));
    let function = assured.assurance.functions.first().expect("a function");
    let code = &assured.cycle.organisations.body(function.function).code;
    let function = assured.document(DocumentKind::Function, code);
    insta::assert_snapshot!("function", outline(&function));
}

fn collect_charts<'d>(sections: &'d [Section], charts: &mut Vec<&'d Chart>) {
    for section in sections {
        charts.extend(section.blocks.iter().filter_map(|block| match block {
            Block::Chart(chart) => Some(chart),
            _ => None,
        }));
        collect_charts(&section.sections, charts);
    }
}

#[test]
fn axes_of_charts_are_round_and_enclose_their_values() {
    let assured = example("north-east");
    let document = assured.document(DocumentKind::PanelReport, "5KF");
    let mut charts = Vec::new();
    collect_charts(&document.sections, &mut charts);
    assert!(charts.len() >= 5, "{} charts", charts.len());
    for chart in charts {
        let Chart::Lines(chart) = chart else {
            panic!("a report has charts of lines");
        };
        let values: Vec<f64> = chart.ticks.iter().map(|(value, _)| *value).collect();
        assert!(
            (2..=7).contains(&values.len()),
            "{}: {values:?}",
            chart.title
        );
        assert!(values.is_sorted(), "{}", chart.title);
        let [lowest, highest] = chart.range;
        assert_eq!(values.first(), Some(&lowest), "{}", chart.title);
        for (value, label) in &chart.ticks {
            let shown: f64 = label.parse().expect("a number");
            assert!((shown - value).abs() < 1e-9, "{label} is at {value}");
        }
        for point in chart.lines.iter().flat_map(|line| &line.points) {
            assert!(
                (lowest - 1e-9..=highest + 1e-9).contains(&point.value),
                "{}: {} is outside {lowest} to {highest}",
                chart.title,
                point.value
            );
            assert!((chart.years[0]..=chart.years[1]).contains(&point.year));
        }
        assert!(
            chart.alternative.contains("Gateshead PCT: "),
            "{}",
            chart.alternative
        );
    }
}

#[test]
fn the_spread_of_a_region_counts_every_body_once() {
    let assured = example("north-east");
    let document = wcc_document::build(DocumentKind::Region, &assured.source(), None);
    let document = document.expect("an overview");
    let mut charts = Vec::new();
    collect_charts(&document.sections, &mut charts);
    let bodies = assured.assurance.outputs.len();
    assert!(!charts.is_empty());
    for chart in charts {
        let Chart::Spread(chart) = chart else {
            panic!("an overview has charts of the spread");
        };
        for bar in &chart.bars {
            let known: u32 = bar.parts.iter().map(|part| part.count).sum();
            assert_eq!((known + bar.unknown) as usize, bodies, "{}", bar.name);
        }
    }
}

#[test]
fn a_section_for_each_component_has_its_text_or_what_stands_in_its_place() {
    let assured = example_with("../tests/cases/regimes/narrative", |cycle| {
        let mut framework = Framework::clone(&cycle.framework);
        let components = DocumentSection {
            content: DocumentContent::Components,
            text: Some("About {title}.".to_owned()),
            otherwise: Some("Nobody said anything on {title}.".to_owned()),
            ..DocumentSection::default()
        };
        framework.documents = vec![DocumentDefinition {
            kind: DocumentKind::PanelReport,
            title: "Report".to_owned(),
            landscape: false,
            sections: vec![components],
        }];
        cycle.framework = Arc::new(framework);
    });
    let report = assured.document(DocumentKind::PanelReport, "QKK");
    let first = report.sections.first().expect("a section");
    assert_eq!(first.title, "Heading leadership: System leadership");
    let words = first.blocks.iter().map(|block| match block {
        Block::Paragraph(text) | Block::Nothing(text) => text.to_plain(),
        other => panic!("{other:?}"),
    });
    let words: Vec<String> = words.collect();
    assert_eq!(
        words,
        [
            "About System leadership.",
            "Nobody said anything on System leadership."
        ]
    );
}
