//! What follows from the results: the action plan, the areas in which a body asks for support with the
//! support that it gets, and the incentives and consequences.

use crate::context::Context;
use crate::markdown;
use crate::model::{Align, Block, Style, Table, TableCell, Text, Tone};
use crate::recommendations::about_in_words;
use crate::tables::{cell, column, row};
use crate::words::{bullets, capitalised, day, paragraph, quiet, strong};
use wcc_core::planning::{actions_of, areas_of_concern, support_in};
use wcc_core::record::{
    ActionState, AreaOfConcern, Consequence, ConsequenceKind, Horizon, OriginKind, PlannedAction,
    SupportOption, SupportState,
};
use wcc_core::{BodyIndex, BodyKind};

/// The action plan of the body and its group; `None` if there is none.
pub(crate) fn actions(context: &Context<'_>) -> Option<Block> {
    let each = bodies(context)
        .into_iter()
        .flat_map(|body| actions_of(context.cycle(), body).filter(move |one| one.body == body));
    let rows: Vec<_> = each.map(|action| action_row(context, action)).collect();
    (!rows.is_empty()).then(|| {
        Block::Table(Table {
            caption: "Action plan".to_owned(),
            columns: vec![
                column("Action", Align::Start, 6),
                column("Responsible", Align::Start, 2),
                column("Due", Align::Start, 2),
                column("State", Align::Start, 3),
            ],
            rows,
            notes: Vec::new(),
        })
    })
}

/// The body of a context, its group, and the members of a group: those whose records it shows.
fn bodies(context: &Context<'_>) -> Vec<BodyIndex> {
    let output = context.output;
    let mut bodies: Vec<BodyIndex> = output.bodies().collect();
    if output.kind == BodyKind::Cluster {
        let assurance = context.source.assurance;
        let group = assurance.cluster_assurance(output.body);
        let members = group
            .into_iter()
            .flat_map(|group| assurance.outputs_in(group));
        bodies.extend(members.map(|member| member.body));
    }
    bodies
}

fn action_row(context: &Context<'_>, action: &PlannedAction) -> crate::model::Row {
    let mut remarks: Vec<String> = about_in_words(context, &action.about).into_iter().collect();
    remarks.extend(action.origin.as_ref().map(|origin| {
        let why = match origin.kind {
            OriginKind::Recommendation => "because of a recommendation",
            OriginKind::AreaForDevelopment => "because of an area for development",
            OriginKind::EarlierReview => "because of an earlier review",
            OriginKind::Gap => "because of a gap",
        };
        match &origin.reference {
            Some(reference) => format!("{why}: {reference}"),
            None => why.to_owned(),
        }
    }));
    remarks.extend(of_another(context, action.body));
    let name = TableCell {
        aside: (!remarks.is_empty()).then(|| capitalised(&remarks.join("; "))),
        ..cell(markdown::line(&action.text))
    };
    let due = action.due.map(day);
    let horizon = action.horizon.map(|horizon| match horizon {
        Horizon::Short => "in the short term",
        Horizon::Medium => "in the medium term",
        Horizon::Long => "in the long term",
    });
    let due = due.or_else(|| horizon.map(capitalised)).unwrap_or_default();
    let state = TableCell {
        aside: action.progress.as_deref().map(str::to_owned),
        tone: match action.state {
            ActionState::Done => Tone::Good,
            ActionState::NotStarted | ActionState::Started | ActionState::Stopped => Tone::Neutral,
        },
        ..cell(capitalised(&action.state.name().replace('-', " ")))
    };
    let owner = cell(action.owner.as_deref().unwrap_or_default());
    row(name, [owner, cell(due), state])
}

/// Says whose a record is that is not the document's own body's.
fn of_another(context: &Context<'_>, body: BodyIndex) -> Option<String> {
    (body != context.output.body).then(|| format!("of {}", context.name(body)))
}

/// Each area of concern with the options of support: those that the body gets first. `None` if there
/// is no area.
pub(crate) fn concerns(context: &Context<'_>) -> Option<Block> {
    let cycle = context.cycle();
    let areas = bodies(context)
        .into_iter()
        .flat_map(|body| areas_of_concern(cycle, body).filter(move |one| one.body == body));
    let items: Vec<Vec<Block>> = areas.map(|area| concern(context, area)).collect();
    (!items.is_empty()).then(|| bullets(items))
}

fn concern(context: &Context<'_>, area: &AreaOfConcern) -> Vec<Block> {
    let mut blocks = markdown::blocks(&area.text);
    let about = about_in_words(context, &area.about);
    let remarks: Vec<String> = about
        .into_iter()
        .chain(of_another(context, area.body))
        .collect();
    if !remarks.is_empty() {
        blocks.push(quiet(capitalised(&remarks.join("; "))));
    }
    let mut options: Vec<&SupportOption> = support_in(context.cycle(), &area.id).collect();
    options.sort_by_key(|option| !option.state.is_granted());
    blocks.push(match options.is_empty() {
        true => quiet("No support was proposed."),
        false => bullets(options.into_iter().map(support).collect()),
    });
    blocks
}

fn support(option: &SupportOption) -> Vec<Block> {
    let state = match option.state {
        SupportState::Proposed => "Support proposed: ",
        SupportState::Chosen => "Support chosen: ",
        SupportState::Declined => "Support declined: ",
        SupportState::Given => "Support given: ",
    };
    let label = match option.state.is_granted() {
        true => strong(state),
        false => Text::styled(state, Style::Quiet),
    };
    let mut text = label.followed_by(markdown::line(&option.text));
    if let Some(provider) = &option.provider {
        text = text.and(format!(", by {provider}"), Style::Plain);
    }
    let mut blocks = vec![paragraph(text)];
    blocks.extend(option.follow_up.as_deref().map(quiet));
    blocks
}

/// The incentives and consequences of the results; `None` if there are none.
pub(crate) fn consequences(context: &Context<'_>) -> Option<Block> {
    let bodies = bodies(context);
    let records = context.cycle().records.consequences.iter();
    let own = records.filter(|one| bodies.contains(&one.body));
    let items: Vec<Vec<Block>> = own.map(|one| consequence(context, one)).collect();
    (!items.is_empty()).then(|| bullets(items))
}

fn consequence(context: &Context<'_>, record: &Consequence) -> Vec<Block> {
    let label = match record.kind {
        ConsequenceKind::Incentive => "Incentive: ",
        ConsequenceKind::Consequence => "Consequence: ",
    };
    let mut blocks = vec![paragraph(
        strong(label).followed_by(markdown::line(&record.text)),
    )];
    let rule = record
        .rule
        .as_deref()
        .map(|rule| format!("by the rule: {rule}"));
    let remarks: Vec<String> = rule
        .into_iter()
        .chain(of_another(context, record.body))
        .collect();
    if !remarks.is_empty() {
        blocks.push(quiet(capitalised(&remarks.join("; "))));
    }
    blocks
}
