//! Scales in sentences.

use crate::fraction::Fraction;
use crate::framework::Framework;
use crate::outcome::Better;
use crate::scale::{Scale, ScaleStep};

/// One sentence for each scale that the file names.
pub(super) fn sentences(framework: &Framework) -> Vec<String> {
    let named = framework
        .scales
        .iter()
        .filter(|scale| !scale.id.is_empty() && !scale.is_text());
    named.map(scale_in_words).collect()
}

fn scale_in_words(scale: &Scale) -> String {
    if scale.numbers().is_some() {
        let better = match scale.better {
            Better::Higher => "more is better",
            Better::Lower => "less is better",
        };
        return format!("{}: {}; {better}.", scale.title, scale.keys_in_words());
    }
    let steps: Vec<String> = scale.steps().iter().map(step_in_words).collect();
    let better = match scale.better {
        Better::Higher => "",
        Better::Lower => "; fewer points are better",
    };
    format!(
        "{}, from the worst to the best: {}{better}.",
        scale.title,
        steps.join(", ")
    )
}

/// The key, with the title and points that it does not say itself: "1 (Under baseline)".
fn step_in_words(step: &ScaleStep) -> String {
    let mut notes = Vec::new();
    if !step.title.eq_ignore_ascii_case(&step.key) {
        notes.push(step.title.clone());
    }
    if Fraction::from_decimal(&step.key) != Some(step.points) {
        let noun = if step.points == Fraction::from(1) {
            "point"
        } else {
            "points"
        };
        notes.push(format!("{} {noun}", step.points));
    }
    if notes.is_empty() {
        return step.key.clone();
    }
    format!("{} ({})", step.key, notes.join(", "))
}
