//! Headings of sections whose framework gives none, and what is said if nothing was recorded.

use crate::words::capitalised;
use wcc_core::Framework;
use wcc_core::framework::{DocumentContent as Content, Words};

/// The usual heading of a content.
pub(crate) fn usual_title(content: Content, words: &Words) -> String {
    let title = match content {
        Content::Text | Content::Components | Content::Marks => "",
        Content::Commentary => "Commentary",
        Content::Headlines => "Main areas",
        Content::Results => "Results",
        Content::Rationale => "Rationale",
        Content::Recommendations => "Recommendations",
        Content::Actions => "Action plan",
        Content::AreasOfConcern => "Areas of concern and support",
        Content::Consequences => "Incentives and consequences",
        Content::Statements => "In numbers",
        Content::Outcomes => return capitalised(&words.all_outcomes),
        Content::Trends => {
            return format!("{} over the years", capitalised(&words.all_outcomes));
        }
        Content::Concerns => "Open challenges and most serious findings",
        Content::Challenges => "Challenges and answers",
        Content::Findings => "Findings",
        Content::Functions => return capitalised(&words.function_in_full.many),
        Content::NotChecked => "What was not checked",
        Content::Inferred => "What is illustrative or inferred",
        Content::Uses => "Uses of these results",
        Content::Evidence => "Evidence",
        Content::Surveys => "Survey results",
        Content::CheckOfFacts => "Check of facts",
        Content::Members => {
            return format!("{} side by side", capitalised(&words.body.many));
        }
        Content::Departures => "Shared and own judgements",
        Content::Assessors => "Marks by assessor",
        Content::Ceilings => {
            return format!("Effects on the {} that delegate", words.body.many);
        }
        Content::Bodies => return capitalised(&words.body.many),
        Content::Spread => "Spread of results",
    };
    title.to_owned()
}

/// The sentence in place of a content that is missing; `None` if it needs none.
pub(crate) fn nothing_recorded(content: Content, framework: &Framework) -> Option<String> {
    let words = &framework.words;
    let text = match content {
        Content::Text | Content::Components => return None,
        Content::Commentary | Content::Headlines => "No commentary was recorded.",
        Content::Results | Content::Marks => "No results were recorded.",
        Content::Rationale => "No rationale was recorded.",
        Content::Recommendations => "No recommendations were recorded.",
        Content::Actions => "No actions were recorded.",
        Content::AreasOfConcern => "No area of concern was shared.",
        Content::Consequences => "No incentives or consequences were recorded.",
        Content::Statements => "Nothing is counted.",
        Content::Outcomes => {
            return Some(format!("No {} were recorded.", words.outcome.many));
        }
        Content::Trends => "No values over several years were recorded.",
        Content::Concerns => "No challenges or findings.",
        Content::Challenges => "No value is above what the evidence supports.",
        Content::Findings => "The checks found nothing.",
        Content::Functions => {
            return Some(format!("No {} were recorded.", words.function_in_full.many));
        }
        Content::NotChecked => "Every check was made.",
        Content::Inferred => "Nothing is illustrative or inferred.",
        Content::Uses => "The results are not released.",
        Content::Evidence => "No evidence was recorded.",
        Content::Surveys => "No survey results were recorded.",
        Content::CheckOfFacts => "No comments on the facts were made.",
        Content::Members | Content::Bodies | Content::Spread => {
            return Some(format!("No {} are assured.", words.body.many));
        }
        Content::Departures => {
            return Some(format!(
                "No {} departs from its {}.",
                words.body.one, words.group.one
            ));
        }
        Content::Assessors | Content::Ceilings => {
            let (function, cycle) = (&words.function.one, &words.cycle.one);
            return Some(format!("This {function} was not judged in this {cycle}."));
        }
    };
    Some(text.to_owned())
}
