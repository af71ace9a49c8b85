//! `wcc panel`: who sits on each panel, what it lacks, its day, and how its members scored.

use super::places::body_in;
use super::{Failure, print};
use crate::load;
use crate::settings::Settings;
use crate::source::Source;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use wcc_core::cycle::CheckedCycle;
use wcc_core::panel::Panel;
use wcc_core::panel::scores::MemberScores;
use wcc_core::record::{PanelMember, Subject};

/// Show the panels of a cycle: their members, what they lack, their days, and how members scored
///
/// Scores are blind for members (docs/panels.md); this command reads the ledger with the rights of
/// whoever runs it, and shows them all.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Folder of the case; or `ledger:`, `ledger:120`, `ledger:2009-11-30T17:00:00Z`
    #[arg(default_value = "ledger:")]
    case: Source,
    /// Only this cycle, if the case has several: 2008-09
    #[arg(long, value_name = "ID")]
    cycle: Option<String>,
    /// Only the panel of this body: a code
    #[arg(long = "for", value_name = "CODE")]
    body: Option<String>,
}

pub(super) async fn run(arguments: Arguments, settings: &Settings) -> Result<(), Failure> {
    let programme = load::programme(settings, &arguments.case).await?;
    let cycles = super::assure::cycles(&programme, arguments.cycle.as_deref())?;
    let mut text = String::new();
    for assured in cycles {
        let cycle = &assured.cycle;
        let of = match &arguments.body {
            Some(code) => vec![body_in(cycle, code)?],
            None => cycle.pcts.clone(),
        };
        let _ = writeln!(text, "{} ({})", cycle.title, cycle.id);
        for panel in Panel::of_each(cycle, of) {
            write_panel(cycle, panel, &mut text);
        }
    }
    print(&text)
}

fn write_panel(cycle: &CheckedCycle, panel: Panel<'_>, text: &mut String) {
    let body = cycle.organisations.body(panel.body);
    let _ = writeln!(text, "\n{}", body.name_and_code());
    for member in panel.members() {
        let _ = writeln!(text, "  {}", member_in_words(cycle, panel, member));
    }
    let gaps: Vec<String> = panel
        .gaps()
        .into_iter()
        .map(|gap| panel.in_words(gap))
        .collect();
    match gaps.is_empty() {
        true => text.push_str("  the panel is complete\n"),
        false => {
            let _ = writeln!(text, "  lacks: {}", gaps.join("; "));
        }
    }
    match panel.day() {
        None => text.push_str("  no panel day is planned\n"),
        Some(day) => {
            let venue = day.venue.as_deref();
            let venue = venue.map_or_else(String::new, |venue| format!(", {venue}"));
            let _ = writeln!(text, "  panel day: {}{venue}", day.date);
            for interview in &day.interviews {
                let topic = interview.topic.as_deref();
                let topic = topic.map_or_else(String::new, |topic| format!(": {topic}"));
                let _ = writeln!(
                    text,
                    "    {} {}{topic}",
                    interview.starts.strftime("%H:%M"),
                    interview.with
                );
            }
        }
    }
    write_scores(cycle, panel, text);
}

/// "M. Member (local authority representative; declares: ...)".
fn member_in_words(cycle: &CheckedCycle, panel: Panel<'_>, member: &PanelMember) -> String {
    let category = &cycle.framework.panel.category(member.category).title;
    let chairs = if member.chairs { ", chairs" } else { "" };
    let declared = match panel.declared_by(member) {
        None => "has not declared any interests".to_owned(),
        Some(declared) if declared.interests.is_empty() => "nothing to declare".to_owned(),
        Some(declared) => {
            let interests = declared.interests.iter();
            let interests = interests.map(|one| format!("{} ({})", one.organisation, one.nature));
            format!("declares {}", interests.collect::<Vec<_>>().join(", "))
        }
    };
    format!("{} ({category}{chairs}; {declared})", member.name)
}

/// The scores on each measure and component that has any, beside what the panel agreed.
fn write_scores(cycle: &CheckedCycle, panel: Panel<'_>, text: &mut String) {
    let scores = cycle.records.scores.iter();
    let subjects: BTreeSet<Subject> = scores
        .filter(|score| score.body == panel.body)
        .map(|score| score.subject)
        .collect();
    if subjects.is_empty() {
        text.push_str("  no member has scored anything\n");
        return;
    }
    text.push_str("  scores, and what the panel agreed:\n");
    for subject in subjects {
        let Some(given) = MemberScores::of(cycle, [panel.body], subject) else {
            continue;
        };
        let scale = subject.scale(&cycle.framework);
        let scores = given.scores.iter().map(|score| {
            let mut members = panel.members();
            let member = members.find(|member| member.person == score.member);
            let name = member.map_or(&*score.member, |member| &*member.name);
            format!("{name} {}", scale.key(score.value))
        });
        let scores: Vec<String> = scores.collect();
        let agreed = given.agreed.map(|agreed| scale.key(agreed).into_owned());
        let _ = writeln!(
            text,
            "    {}: {} -> {}",
            subject.id(&cycle.framework),
            scores.join(", "),
            agreed.as_deref().unwrap_or("not agreed")
        );
    }
}
