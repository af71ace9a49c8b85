//! Nothing that the policy denies to a role is in a page, a table that is downloaded, a document or a form, in any phase
//! of a cycle: the counterpart of `crates/api/tests/ledger/seen_by_role.rs` for people with a browser.
//!
//! Each record has a text of its own, which is looked for in everything that somebody is sent. Whether they may see the
//! record is asked of the policy. What there is to ask for is found as the operator, who sees every link.

#![allow(
    clippy::indexing_slicing,
    clippy::string_slice,
    unreachable_pub,
    dead_code,
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "test helpers may panic"
)]

#[path = "../../api/tests/support/book.rs"]
mod book;
#[path = "../../api/tests/support/client.rs"]
mod client;
#[path = "../../api/tests/ledger/kinds.rs"]
mod kinds;
#[path = "../../api/tests/ledger/markers.rs"]
mod markers;
#[path = "seen_in_pages/office.rs"]
mod office;
#[path = "../../api/tests/ledger/panel_kinds.rs"]
mod panel_kinds;
#[path = "../../api/tests/ledger/played.rs"]
mod played;
#[path = "seen_in_pages/texts.rs"]
mod texts;

use book::CYCLE;
use markers::{Hidden, Markers};
use office::Office;
use played::Played;
use std::collections::BTreeSet;
use texts::{attributes, entries_in, texts_of};
use wcc_core::Actor;

/// The body on which there is something of every kind.
const BODY: &str = "5KF";
const OTHER_BODIES: [&str; 2] = ["5KG", "5KL"];
/// The measures and results whose reasons are looked at.
const MEASURES: [&str; 8] = ["1a", "2b", "4c", "6b", "6c", "finance.1", "2", "overall"];

/// Forms that offer what is recorded, each in its own way.
const FORMS: [&str; 6] = [
    "approve",
    "recordAction",
    "recordJudgement",
    "recordSupport",
    "replyToComment",
    "withdraw",
];
/// The moments at which all is looked at: what somebody sees changes then. `docs/permissions/fields-wcc-2008-09.md` has
/// every moment.
const LOOKED_AT: [&str; 6] = [
    BEFORE,
    "in `toolkit`",
    CALIBRATION,
    "in `release`",
    "released to every role",
    "released to the public",
];
const BEFORE: &str = "before a phase is opened";
/// In the middle of the year, the pages are looked at as of its beginning, too.
const CALIBRATION: &str = "in `calibration`";

/// Whether a link leads to something that is looked at: pages of the whole cycle, of one body and of its group, and of
/// some measures of it. Forms are asked for one by one.
fn is_looked_at(link: &str) -> bool {
    let is_of = |parts: &[&str]| parts.iter().any(|part| link.contains(part));
    let is_here = link.starts_with(&format!("/cycles/{CYCLE}"));
    let (_, measure) = link.split_once("/why/").unwrap_or_default();
    let is_of_other_measure = !measure.is_empty() && !MEASURES.contains(&measure);
    let is_history = link.contains("/history/") && !link.contains("/history/1a");
    let is_repeated = is_of(&["sort=", "as-of=", "/do/"]) || is_of_other_measure || is_history;
    !is_repeated && !is_of(&OTHER_BODIES) && (is_here || is_of(&["/reports/", "/evidence/"]))
}

/// Whether an address is of a file to download, of a history, or of statistics that take long.
fn is_asked_for_once(address: &str) -> bool {
    let parts = ["table=", "/reports/", "/history/", "/calibration"];
    parts.iter().any(|part| address.contains(part))
}

/// Everything that the operator finds: pages, tables and documents.
fn found_by_operator(office: &Office) -> BTreeSet<String> {
    let start = [
        format!("/cycles/{CYCLE}"),
        format!("/cycles/{CYCLE}?columns=measures"),
        format!("/cycles/{CYCLE}/bodies/{BODY}/assess?method=score"),
        format!("/cycles/{CYCLE}/search?measure-1=1a&level-1=1"),
        format!("/evidence/file?cycle={CYCLE}&body={BODY}"),
        "/desk".to_owned(),
    ];
    let forms = FORMS.map(|form| format!("/do/{form}?cycle={CYCLE}&body={BODY}&measure=1a"));
    let mut next: Vec<String> = start.into_iter().chain(forms).collect();
    let mut found: BTreeSet<String> = next.iter().cloned().collect();
    while let Some(address) = next.pop() {
        let page = office.get(Actor::OPERATOR, &address);
        assert!(page.status == 200, "{address}: {}", page.status);
        if !page.is_page {
            continue;
        }
        for link in attributes(&page.text(), "href") {
            let link = link.split('#').next().unwrap_or_default().to_owned();
            if is_looked_at(&link) && found.insert(link.clone()) {
                next.push(link);
            }
        }
    }
    found
}

/// Fails if something that somebody is sent has a hidden text, or the number of a hidden entry.
fn check(office: &Office, role: &str, address: &str, hidden: &Hidden<'_>) -> bool {
    let sent = office.get(role, address);
    let actor = played::somebody(role);
    if sent.is_page {
        for entry in entries_in(&sent.text()) {
            assert!(
                !hidden.hides_entry(entry),
                "{actor:?} sees entry {entry} in {address}"
            );
        }
    }
    for text in texts_of(&sent) {
        hidden.check_texts(&actor, address, &text);
    }
    sent.status == 200
}

#[test]
fn what_the_policy_denies_is_in_no_page_table_document_or_form() {
    let mut played = Played::new(wcc_api::Settings::default());
    let framework = played.framework();
    let roles = framework.roles.iter().map(|role| role.id.as_str());
    let roles: Vec<&str> = std::iter::once(Actor::PUBLIC).chain(roles).collect();
    let office = Office::open(&played, &roles);
    let moments = played.moments();
    let before = played.ledger_api.last();
    let addresses = found_by_operator(&office);
    let kinds = |part: &str| addresses.iter().filter(|one| one.contains(part)).count();
    for (part, least) in [
        ("/do/", FORMS.len()),
        ("/why/", 7),
        ("/history/", 3),
        ("table=", 30),
        ("/reports/", 10),
    ] {
        assert!(kinds(part) >= least, "{part}: {}", kinds(part));
    }
    let (mut looked_for, mut opened) = (0, 0);
    for (at, moment) in moments.iter().enumerate() {
        played.go_on(at, &roles[1..]);
        if !LOOKED_AT.contains(&moment.as_str()) {
            continue;
        }
        office.wait_for(played.ledger_api.last());
        let markers = Markers::of(&played.ledger_api);
        if moment == BEFORE {
            let sent = addresses.iter();
            let sent = sent.flat_map(|address| texts_of(&office.get(Actor::OPERATOR, address)));
            let (texts, rationales) = markers.count_in(&sent.collect::<Vec<_>>());
            assert!(texts > 50 && rationales > 10, "{texts} {rationales}");
        }
        // What is in a file is on its page, and a history goes back by itself: they are asked for once.
        let mut asked: Vec<String> = addresses.iter().cloned().collect();
        asked.retain(|address| moment == CALIBRATION || !is_asked_for_once(address));
        if moment == CALIBRATION {
            let pages = addresses.iter();
            let pages = pages.filter(|one| one.starts_with("/cycles/") && !is_asked_for_once(one));
            asked.extend(pages.map(|page| {
                let sign = if page.contains('?') { '&' } else { '?' };
                format!("{page}{sign}as-of={before}")
            }));
        }
        let look = |roles: &[&str]| {
            let counts = roles.iter().map(|role| {
                let actor = played::somebody(role);
                let hidden = markers.hidden_from(&played.ledger_api, &*played.policy, &actor);
                let asked = asked.iter();
                let opened = asked.filter(|address| check(&office, role, address, &hidden));
                (hidden.count(), opened.count())
            });
            counts.collect::<Vec<_>>()
        };
        let (some, others) = roles.split_at(roles.len() / 2);
        let counts = std::thread::scope(|threads| {
            let others = threads.spawn(|| look(others));
            let some = look(some);
            [some, others.join().unwrap()].concat()
        });
        looked_for += counts.iter().map(|(hidden, _)| hidden).sum::<usize>();
        opened += counts.iter().map(|(_, opened)| opened).sum::<usize>();
    }
    assert!(
        looked_for > 1_000,
        "{looked_for} hidden texts were looked for"
    );
    assert!(opened > 5_000, "{opened} pages and files were opened");
}
