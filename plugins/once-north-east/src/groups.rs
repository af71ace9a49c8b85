//! The eleven groups of Once North East. Source: South of Tyne and Wear, Adult Social Care
//! Partnership Board, report of 14 May 2008. It names the six groups that commission and only
//! counts the other five.

use wcc_plugin::{Batch, FunctionDeclaration, method};

/// The competencies that a commissioning function affects: a choice of this plugin.
const REACHES: &[&str] = &["5", "7", "8", "9", "10"];

/// Returns every group as the manifest declares it.
pub(crate) fn all() -> Vec<FunctionDeclaration> {
    let commissioning = [
        ("cancer-network", "Cancer Network"),
        ("ambulance-services", "Ambulance Services Commissioning"),
        (
            "mental-health-learning-disabilities",
            "Mental Health/Learning Disabilities",
        ),
        (
            "cardiovascular-network",
            "North of England Cardiovascular Network",
        ),
        ("prison-health", "Prison health commissioning"),
        ("specialised-commissioning", "Specialised Commissioning"),
    ];
    let commissioning = commissioning
        .into_iter()
        .map(|(code, title)| FunctionDeclaration::commissioning(code, title, REACHES));
    let others = (7..=11).map(|number| {
        let code = format!("once-north-east-group-{number}");
        let title = format!("Once North East group {number} (the source does not name it)");
        FunctionDeclaration::other(&code, &title)
    });
    commissioning.chain(others).collect()
}

/// Iterates over the groups that commission.
pub(crate) fn commissioning() -> impl Iterator<Item = FunctionDeclaration> {
    all().into_iter().filter(|group| group.commissions)
}

/// Whether a panel or a calibration has given a function a level on a measure.
pub(crate) fn is_judged(batch: &Batch<'_>, function: &str, measure: &str) -> bool {
    let judgements = batch.body(function).map(|body| &body.judgements);
    judgements.into_iter().flatten().any(|judgement| {
        judgement.subject == measure
            && judgement.value.is_some()
            && [method::PANEL, method::CALIBRATED].contains(&judgement.method.as_str())
    })
}

/// Joins names with commas and a final "and".
pub(crate) fn join_names(names: &[&str]) -> String {
    match names.split_last() {
        None => String::new(),
        Some((only, [])) => (*only).to_owned(),
        Some((last, before)) => format!("{} and {last}", before.join(", ")),
    }
}
