//! The content of the first and the last page: status, cautions, the legend, provenance.

use crate::model::{Fact, MarkKind, MarkKindLegend, Notice, NoticeKind, Status, Text, Tone};
use crate::source::Source;
use crate::words::{capitalised, day};
use wcc_core::approval::ApprovalState;
use wcc_core::explain::release_in_words;
use wcc_core::framework::Methods;
use wcc_core::progress::release_of;
use wcc_core::record::Release;
use wcc_core::{BodyIndex, BodyKind, Method, NotChecked, Output};

/// The release of a body's results that has begun.
pub(crate) fn release<'a>(source: &Source<'a>, body: BodyIndex) -> Option<&'a Release> {
    let release = release_of(source.cycle, body)?;
    let has_begun = source.provenance.on.is_none_or(|on| release.from <= on);
    has_begun.then_some(release)
}

/// Whether results are a draft or released, in words.
pub fn status(source: &Source<'_>, body: Option<BodyIndex>) -> Status {
    match body.and_then(|body| release(source, body)) {
        Some(release) => Status::Released {
            words: format!(
                "Released to {}",
                release_in_words(&source.cycle.framework, release)
            ),
        },
        None => Status::Draft {
            words: "Draft: not released".to_owned(),
        },
    }
}

/// Whether the results of several bodies are a draft or released: released only if those of each are.
pub(crate) fn status_of_all(
    source: &Source<'_>,
    bodies: impl IntoIterator<Item = BodyIndex>,
) -> Status {
    let mut released: Vec<String> = Vec::new();
    for body in bodies {
        match status(source, Some(body)) {
            Status::Released { words } if released.contains(&words) => {}
            Status::Released { words } => released.push(words),
            draft @ Status::Draft { .. } => return draft,
        }
    }
    if released.is_empty() {
        return status(source, None);
    }
    Status::Released {
        words: released.join("; "),
    }
}

/// The cautions that concern a whole document.
pub fn notices(source: &Source<'_>, outputs: &[&Output], body: Option<BodyIndex>) -> Vec<Notice> {
    let mut notices = Vec::new();
    if let Some(illustrative) = &source.cycle.illustrative {
        notices.push(notice(NoticeKind::Illustrative, illustrative));
    }
    if source.provenance.is_partial {
        let words = &source.cycle.framework.words;
        let partial = format!(
            "This document shows what its reader may see. {} and records that are not open to them are \
             left out, and nothing in it counts them.",
            capitalised(&words.body.many)
        );
        notices.push(notice(NoticeKind::Note, &partial));
    }
    for line in not_checked(source, outputs) {
        notices.push(notice(NoticeKind::NotChecked, &line));
    }
    let uses = body
        .and_then(|body| release(source, body))
        .and_then(|release| release.uses.as_deref());
    if let Some(uses) = uses {
        let words = format!("These results may be used for: {uses}");
        notices.push(notice(NoticeKind::Use, &words));
    }
    notices
}

fn notice(kind: NoticeKind, words: &str) -> Notice {
    Notice {
        kind,
        text: Text::plain(words),
    }
}

/// The plugins that did not check some of the outputs, each once, with the reason.
pub(crate) fn not_checked(source: &Source<'_>, outputs: &[&Output]) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for output in outputs {
        for (plugin, reason) in source.assurance.not_checked(output) {
            let name = plugin.name_and_version();
            let line = format!("{} by {name}: {reason}", capitalised(reason.state()));
            if !lines.contains(&line) {
                lines.push(line);
            }
        }
    }
    lines
}

/// What the shapes of marks mean, for the methods of a regime.
pub fn legend(methods: &Methods) -> Vec<MarkKindLegend> {
    let of_methods = SHOWN.into_iter().filter_map(|(method, kind)| {
        let definition = methods.get(method)?;
        Some(MarkKindLegend {
            kind,
            words: capitalised(&definition.title),
        })
    });
    let supported = MarkKindLegend {
        kind: MarkKind::Supported,
        words: "Highest value that the evidence supports".to_owned(),
    };
    of_methods.chain([supported]).collect()
}

/// The methods that have marks, in the order in which they are shown.
pub(crate) const SHOWN: [(Method, MarkKind); 4] = [
    (Method::Previous, MarkKind::Previous),
    (Method::SelfAssessment, MarkKind::SelfAssessment),
    (Method::Panel, MarkKind::Panel),
    (Method::Calibrated, MarkKind::Calibrated),
];

/// Where a document comes from.
pub fn provenance(source: &Source<'_>, outputs: &[&Output], body: Option<BodyIndex>) -> Vec<Fact> {
    let cycle = source.cycle;
    let framework = &cycle.framework;
    let known = &source.provenance;
    let mut facts = vec![
        fact(&capitalised(&framework.words.cycle.one), &cycle.title),
        fact("Results as of", &day(cycle.as_of)),
        fact(
            "Framework",
            &format!("{} ({})", framework.title, framework.id),
        ),
    ];
    facts.extend(
        framework
            .note
            .as_deref()
            .map(|note| fact("About the rules", note)),
    );
    if !framework.text_sha256.is_empty() {
        facts.push(fact("SHA-256 of the framework", &framework.text_sha256));
    }
    facts.extend(
        known
            .records
            .as_deref()
            .map(|records| fact("Records", records)),
    );
    if known.is_partial {
        facts.push(fact("Shown", "what its reader may see"));
    }
    if let Some(head) = &known.ledger {
        facts.push(fact("Ledger, last entry", &head.entry.to_string()));
        if let Some(hash) = &head.hash {
            facts.push(fact("Ledger, head", hash));
        }
    }
    if let Some(body) = body {
        if cycle.organisations.body(body).kind != BodyKind::Sha {
            facts.extend(approvals(source, body));
        }
        facts.push(match release(source, body) {
            Some(release) => fact("Released to", &release_in_words(framework, release)),
            None => fact("Released", "no: this is a draft"),
        });
    }
    facts.extend(plugins(source, outputs));
    if !known.program.is_empty() {
        facts.push(fact("Program", &known.program));
    }
    facts
}

fn approvals(source: &Source<'_>, body: BodyIndex) -> Vec<Fact> {
    let framework = &source.cycle.framework;
    let each = source.approvals.of_body(body).into_iter().map(|status| {
        let title = &framework.approval(status.approval).title;
        let (words, tone) = match status.state {
            ApprovalState::NotGiven => ("not given".to_owned(), Tone::Neutral),
            ApprovalState::OutOfDate => (
                "given, but what it covers has changed since".to_owned(),
                Tone::Bad,
            ),
            ApprovalState::Approved => ("given".to_owned(), Tone::Good),
        };
        let given = status.given;
        let by = given.and_then(|given| source.provenance.approvers.get(&given.record));
        let note = given.and_then(|given| given.note.as_deref());
        let by = by.map_or_else(String::new, |by| format!(" by {by}"));
        let note = note.map_or_else(String::new, |note| format!(" ({note})"));
        Fact {
            tone,
            ..fact(&capitalised(title), &format!("{words}{by}{note}"))
        }
    });
    each.collect()
}

/// The plugins that cover some of the outputs, with the digests of their libraries.
fn plugins(source: &Source<'_>, outputs: &[&Output]) -> Vec<Fact> {
    let mut positions: Vec<u16> = outputs
        .iter()
        .flat_map(|output| output.plugins.iter().copied())
        .collect();
    positions.sort_unstable();
    positions.dedup();
    let each = positions.into_iter().map(|at| {
        let run = source.assurance.plugin_run(at);
        let state = match &run.result {
            Ok(_) => "checked".to_owned(),
            Err(reason @ NotChecked::BeingChecked) => reason.state().to_owned(),
            Err(reason) => format!("{}: {reason}", reason.state()),
        };
        let digest = match run.plugin.digest.as_str() {
            "" => String::new(),
            digest => format!("; SHA-256 {digest}"),
        };
        fact(
            &format!("Plugin {}", run.plugin.name_and_version()),
            &format!("{state}{digest}"),
        )
    });
    each.collect()
}

pub(crate) fn fact(name: &str, value: &str) -> Fact {
    Fact {
        name: name.to_owned(),
        value: Text::plain(value),
        tone: Tone::Neutral,
    }
}
