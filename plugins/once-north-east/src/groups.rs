//! The eleven groups. Source: South of Tyne and Wear, Adult Social Care Partnership Board, report
//! of 14 May 2008, which names the six that commission and only counts the other five.

use wcc_plugin::{Batch, FunctionDeclaration, Judgement, method};

/// The competencies that a commissioning function bears on: a choice of this plugin.
const REACHES: &[&str] = &["5", "7", "8", "9", "10"];

/// Every group as the manifest declares it.
pub(crate) fn all() -> Vec<FunctionDeclaration> {
    let commissioning = [
        ("cancer-network", "Cancer Network"),
        ("ambulance-services", "Ambulance Services Commissioning"),
        (
            "mental-health-learning-disabilities",
            "Mental Health / Learning Disabilities",
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

/// The groups that commission.
pub(crate) fn commissioning() -> impl Iterator<Item = FunctionDeclaration> {
    all().into_iter().filter(|group| group.commissions)
}

/// The lowest level that stands for a function on a measure: for each assessor the calibrated
/// level, else the panel's. The lowest, because the region is assured by all of them.
pub(crate) fn lowest_level<'b, 'a>(
    batch: &'b Batch<'a>,
    function: &str,
    measure: &str,
) -> Option<&'b Judgement<'a>> {
    let judgements = &batch.body(function)?.judgements;
    let by = |method: &'static str| {
        judgements
            .iter()
            .filter(move |one| one.subject == measure && one.method == method)
            .filter(|one| one.value.is_some())
    };
    let calibrated = |judgement: &&Judgement<'_>| {
        by(method::CALIBRATED).any(|one| one.assessor == judgement.assessor)
    };
    by(method::CALIBRATED)
        .chain(by(method::PANEL).filter(|judgement| !calibrated(judgement)))
        .min_by_key(|judgement| rank(batch, judgement))
}

/// The place of a judgement's value on its scale.
pub(crate) fn rank(batch: &Batch<'_>, judgement: &Judgement<'_>) -> Option<usize> {
    batch
        .framework
        .rank(&judgement.subject, judgement.value.as_deref()?)
}

/// Joins with commas and a last "and".
pub(crate) fn joined(names: &[&str]) -> String {
    match names.split_last() {
        None => String::new(),
        Some((only, [])) => (*only).to_owned(),
        Some((last, before)) => format!("{} and {last}", before.join(", ")),
    }
}
