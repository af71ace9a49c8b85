//! Lists of records and reasons: statements, evidence, surveys, what was inferred, the check of
//! facts, what results may be used for.

use crate::context::Context;
use crate::front::release;
use crate::markdown;
use crate::model::Block;
use crate::words::{bullets, capitalised, lines, nothing, paragraph, quiet, strong};
use wcc_core::Method;
use wcc_core::counted::counted_statements;
use wcc_core::explain::{
    about_in_words, evidence_in_words, release_in_words, survey_in_words, topic_in_words,
};
use wcc_core::finding::About;
use wcc_core::record::FactComment;
use wcc_core::words::all_of;

/// The counted statements: the count from the marks, and beside it the count that a report states.
pub(crate) fn statements(context: &Context<'_>) -> Option<Block> {
    let statements = counted_statements(context.cycle(), context.output).into_iter();
    let items = statements.filter_map(|statement| {
        let published = statement.published_in_words();
        let (first, second) = match (statement.computed.clone(), published) {
            (Some(computed), published) => (computed, published),
            (None, published) => (published?, None),
        };
        let mut blocks = vec![paragraph(capitalised(&first))];
        blocks.extend(second.map(|second| quiet(capitalised(&second))));
        Some(blocks)
    });
    let items: Vec<Vec<Block>> = items.collect();
    (!items.is_empty()).then(|| bullets(items))
}

/// The items of evidence on the body and its group.
pub(crate) fn evidence(context: &Context<'_>) -> Option<Block> {
    let items = context.cycle().records.evidence.iter();
    let items = items.filter(|item| context.concerns(item.body));
    let items: Vec<String> = items
        .map(|item| evidence_in_words(context.framework(), item))
        .collect();
    (!items.is_empty()).then(|| lines(items))
}

/// The results of surveys on the body and its group.
pub(crate) fn surveys(context: &Context<'_>) -> Option<Block> {
    let cycle = context.cycle();
    let positions = context
        .output
        .bodies()
        .flat_map(|body| cycle.surveys_of(body));
    let results = positions.filter_map(|at| cycle.records.surveys.get(at));
    let results: Vec<String> = results
        .map(|result| capitalised(&survey_in_words(&cycle.framework, result)))
        .collect();
    (!results.is_empty()).then(|| lines(results))
}

/// What is illustrative, and each value that was inferred rather than read, with its reason.
pub(crate) fn inferred(context: &Context<'_>) -> Vec<Block> {
    let mut blocks = Vec::new();
    if let Some(illustrative) = &context.cycle().illustrative {
        blocks.push(paragraph(illustrative.as_str()));
    }
    let items = inferred_values(context);
    if !items.is_empty() {
        blocks.push(paragraph("Inferred rather than read:"));
        blocks.push(lines(items));
    }
    blocks
}

fn inferred_values(context: &Context<'_>) -> Vec<String> {
    let (cycle, framework, output) = (context.cycle(), context.framework(), context.output);
    let measures = framework.each_measure().flat_map(|(index, measure)| {
        let cell = output.cell(index);
        Method::ALL.map(|method| (measure.id.clone(), method, cell.mark(method)))
    });
    let parts = framework.parts().flat_map(|part| {
        let result = output.part(part);
        let label = framework.label_of(part);
        Method::ALL.map(|method| {
            let mark =
                result.map_or_else(Default::default, |result| result.result(method).recorded);
            (label.clone(), method, mark)
        })
    });
    let marks = measures.chain(parts).filter_map(|(subject, method, mark)| {
        let inferred = mark.judgement(cycle)?.details().inferred.as_deref()?;
        Some((subject, context.methods.title(method), inferred))
    });
    // One reason often holds for many values.
    let mut by_reason: Vec<(&str, &str, Vec<String>)> = Vec::new();
    for (subject, method, inferred) in marks {
        let mut known = by_reason.iter_mut();
        match known.find(|(own, reason, _)| (*own, *reason) == (method, inferred)) {
            Some((_, _, subjects)) => subjects.push(subject),
            None => by_reason.push((method, inferred, vec![subject])),
        }
    }
    let marks = by_reason.into_iter().map(|(method, inferred, subjects)| {
        let subjects = all_of(subjects.iter().map(String::as_str));
        format!("{subjects}, {method}: {inferred}")
    });
    let outcomes = output.outcomes.iter().filter_map(|outcome| {
        let chosen = outcome.record(cycle);
        let inferred = chosen.inferred.as_deref()?;
        Some(format!("{}: {inferred}", chosen.full_title(framework)))
    });
    let criteria = output.bodies().flat_map(|body| cycle.criteria_of(body));
    let criteria = criteria.filter_map(|at| {
        let criterion = cycle.records.criteria.get(at)?;
        let inferred = criterion.inferred.as_deref()?;
        let measure = about_in_words(cycle, &About::Measure(criterion.measure));
        Some(format!(
            "{measure}, a {} that is not met: {inferred}",
            criterion.kind.name()
        ))
    });
    marks.chain(outcomes).chain(criteria).collect()
}

/// To whom the results are released and what they may be used for.
pub(crate) fn uses(context: &Context<'_>) -> Option<Block> {
    let release = release(context.source, context.output.body)?;
    Some(paragraph(format!(
        "Released to {}.",
        release_in_words(context.framework(), release)
    )))
}

/// What the body said about the draft of its report, each with the reply.
pub(crate) fn check_of_facts(context: &Context<'_>) -> Option<Block> {
    let comments = context.cycle().records.fact_comments.iter();
    let comments = comments.filter(|comment| context.concerns(comment.body));
    let items: Vec<Vec<Block>> = comments.map(|comment| fact(context, comment)).collect();
    (!items.is_empty()).then(|| bullets(items))
}

fn fact(context: &Context<'_>, comment: &FactComment) -> Vec<Block> {
    let about = comment.about.iter();
    let about: Vec<String> = about
        .map(|topic| topic_in_words(context.framework(), topic))
        .collect();
    let heading = match about.is_empty() {
        true => comment.id.to_string(),
        false => format!("{}: {}", comment.id, about.join(", ")),
    };
    let mut blocks = vec![paragraph(strong(heading))];
    if let Some(quoted) = &comment.quoted {
        blocks.push(quiet(format!("The draft says: “{quoted}”")));
    }
    blocks.extend(markdown::blocks(&comment.comment));
    let mut replies = context.cycle().records.fact_replies.iter();
    let reply = replies.find(|reply| reply.body == comment.body && reply.comment == comment.id);
    blocks.push(match reply {
        Some(reply) => {
            let word = if reply.accepted {
                "Accepted: "
            } else {
                "Not accepted: "
            };
            paragraph(strong(word).followed_by(markdown::line(&reply.reason)))
        }
        None => nothing("Not replied to yet."),
    });
    blocks
}
