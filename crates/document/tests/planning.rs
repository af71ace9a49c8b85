//! The action plan, areas of concern with their support, and consequences, in the documents where a
//! reader looks for them.

#![allow(clippy::expect_used, clippy::panic, reason = "test helpers may panic")]

mod support;

use jiff::civil::date;
use support::{Assured, example_with, texts};
use wcc_core::record::{
    ActionOrigin, ActionState, AreaOfConcern, Consequence, ConsequenceKind, OriginKind,
    PlannedAction, SupportOption, SupportState,
};
use wcc_core::{Cycle, RecordId};
use wcc_document::model::{Block, Document, Section};
use wcc_document::{DocumentKind, Provenance, Source};

const GROUP: &str = "south-of-tyne-and-wear";

/// An action and a consequence of a PCT, an area of concern of its cluster, and one of another PCT.
fn planned() -> Assured {
    example_with("south-of-tyne-and-wear", |cycle: &mut Cycle| {
        let body = |code: &str| cycle.organisations.find(code).expect("a body");
        let (own, other, group) = (body("5KF"), body("5KL"), body(GROUP));
        cycle.records.actions.push(PlannedAction {
            record: RecordId(9001),
            body: own,
            id: "market".into(),
            text: "Publish the *market* analysis.".into(),
            about: Vec::new(),
            owner: Some("Director of Strategy".into()),
            due: Some(date(2009, 3, 31)),
            state: ActionState::Started,
            progress: Some("A draft is with the board.".into()),
            horizon: None,
            origin: Some(ActionOrigin {
                kind: OriginKind::EarlierReview,
                reference: Some("Fitness for Purpose".into()),
            }),
        });
        for (number, body, id, text) in [
            (9002, group, "skills", "We lack analysts."),
            (9003, other, "finance", "Our forecasts were wrong."),
        ] {
            cycle.records.areas_of_concern.push(AreaOfConcern {
                record: RecordId(number),
                body,
                id: id.into(),
                text: text.into(),
                about: Vec::new(),
            });
        }
        for (number, id, state, text) in [
            (9004, "course", SupportState::Declined, "A course"),
            (9005, "secondment", SupportState::Chosen, "A secondment"),
        ] {
            cycle.records.support.push(SupportOption {
                record: RecordId(number),
                body: group,
                id: id.into(),
                area_of_concern: "skills".into(),
                text: text.into(),
                provider: Some("the observatory".into()),
                state,
                follow_up: Some("As agreed in May.".into()),
            });
        }
        cycle.records.consequences.push(Consequence {
            record: RecordId(9006),
            body: own,
            id: "review".into(),
            kind: ConsequenceKind::Consequence,
            text: "Quarterly review meetings.".into(),
            rule: Some("two competencies at level 1".into()),
        });
    })
}

fn section<'d>(document: &'d Document, title: &str) -> &'d Section {
    let found = document.sections.iter().find(|one| one.title == title);
    found.unwrap_or_else(|| panic!("no section {title} in {}", document.title))
}

#[test]
fn a_report_has_its_plan_its_concerns_and_their_support() {
    let assured = planned();
    let report = assured.document(DocumentKind::PanelReport, "5KF");
    let plan = section(&report, "Action plan");
    let Some(Block::Table(table)) = plan.blocks.first() else {
        panic!("the plan is a table: {plan:?}");
    };
    let cells = table.rows.iter().flat_map(|row| &row.cells);
    let cells: Vec<String> = cells.map(|cell| cell.text.to_plain()).collect();
    assert_eq!(
        cells,
        [
            "Publish the market analysis.",
            "Director of Strategy",
            "31 March 2009",
            "Started"
        ]
    );
    let asides = table.rows.iter().flat_map(|row| &row.cells);
    let asides: Vec<&str> = asides.filter_map(|cell| cell.aside.as_deref()).collect();
    assert_eq!(
        asides,
        [
            "Because of an earlier review: Fitness for Purpose",
            "A draft is with the board."
        ]
    );
    let texts = texts(&report);
    let at = |wanted: &str| texts.iter().position(|text| text.contains(wanted));
    let shared = at("We lack analysts.").expect("the cluster's concern");
    let chosen = at("Support chosen: A secondment, by the observatory").expect("the support");
    let declined = at("Support declined: A course").expect("the other option");
    assert!(
        shared < chosen && chosen < declined,
        "what it gets comes first"
    );
    assert!(at("Consequence: Quarterly review meetings.").is_some());
    assert!(at("By the rule: two competencies at level 1").is_some());
    assert!(
        at("Our forecasts were wrong.").is_none(),
        "that is another's"
    );
}

#[test]
fn the_sheet_of_a_cluster_has_those_of_its_bodies() {
    let sheet = planned().document(DocumentKind::Cluster, GROUP);
    let concerns = section(&sheet, "Areas of concern and support");
    let texts = texts(&Document {
        sections: vec![concerns.clone()],
        ..sheet.clone()
    });
    let has = |wanted: &str| texts.iter().any(|text| text.contains(wanted));
    assert!(has("We lack analysts."));
    assert!(has("Our forecasts were wrong."));
    assert!(has("Of Sunderland"), "{texts:?}");
    section(&sheet, "Action plan");
    section(&sheet, "Incentives and consequences");
}

#[test]
fn a_partial_view_says_that_something_may_be_left_out() {
    let assured = planned();
    let text_of = |kind, code: &str, is_partial| {
        let known = Provenance {
            is_partial,
            ..Provenance::default()
        };
        let source = Source::new(&assured.cycle, &assured.assurance, known);
        let body = assured.cycle.organisations.find(code).expect("a body");
        let document = wcc_document::build(kind, &source, Some(body)).expect("a document");
        texts(&document).join("\n")
    };
    for (kind, code, whole, partial) in [
        (
            DocumentKind::Region,
            "Q30",
            "Results of 3 PCTs\n",
            "Results of 3 PCTs that are shown\n",
        ),
        (
            DocumentKind::Function,
            "cancer-network",
            "It limits no PCT, and no PCT takes over",
            "It limits no PCT that is shown, and no PCT that is shown takes over",
        ),
    ] {
        let (all, some) = (text_of(kind, code, false), text_of(kind, code, true));
        assert!(all.contains(whole), "{all}");
        assert!(some.contains(partial), "{some}");
        assert!(!all.contains("what its reader may see"), "{all}");
        assert!(
            some.contains("This document shows what its reader may see."),
            "{some}"
        );
    }
}
