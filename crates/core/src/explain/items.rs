//! Subjects, records and findings in words, as scorecards and documents print them.

use super::survey_name;
use crate::BodyKind;
use crate::actor::Actor;
use crate::ceiling;
use crate::checks;
use crate::cycle::Cycle;
use crate::finding::{About, Author, Finding};
use crate::framework::Framework;
use crate::output::{Assurance, Output};
use crate::record::{Evidence, Release, Subject, SurveyResult, Topic};
use crate::words;

/// The title of a finding's or challenge's subject: "9a Understanding of provider economics".
pub fn about_in_words(cycle: &Cycle, about: &About) -> String {
    let framework = &cycle.framework;
    match about {
        About::Body => "The body as a whole".to_owned(),
        About::Measure(index) => {
            let measure = framework.measure(*index);
            format!("{} {}", measure.id, measure.title)
        }
        About::Component(index) => framework.component(*index).numbered_label(),
        About::Outcome(id) => {
            let mut outcomes = cycle.records.outcomes.iter();
            let chosen = outcomes.find(|outcome| outcome.outcome == *id);
            let title = chosen.map(|outcome| &*outcome.title);
            title
                .unwrap_or_else(|| framework.outcome_title(id))
                .to_owned()
        }
        About::Function(index) => cycle.organisations.body(*index).name.clone(),
    }
}

/// A topic of commentary or of a recommendation in short: "9 Procurement", "9a".
pub fn topic_in_words(framework: &Framework, topic: &Topic) -> String {
    match topic {
        Topic::Subject(Subject::Component(index)) => framework.component(*index).numbered_label(),
        Topic::Subject(Subject::Measure(index)) => framework.measure(*index).id.clone(),
        topic => topic.title(framework),
    }
}

/// An item of evidence with its kind, issuer, date and rating, and the measures that it lists.
pub fn evidence_in_words(framework: &Framework, item: &Evidence) -> String {
    let kind = item.kind.title(&framework.words);
    let mut line = format!("{} ({kind}", item.title);
    let parts = [&item.issuer, &item.dated].into_iter().flatten();
    for part in parts.filter(|part| !part.eq_ignore_ascii_case(kind)) {
        line.push_str(&format!(", {part}"));
    }
    line.push(')');
    if let Some(rating) = &item.rating {
        line.push_str(&format!(": rated {}", rating.in_words(framework)));
    }
    let measures = item.measures.iter();
    let measures: Vec<&str> = measures
        .map(|measure| framework.measure(*measure).id.as_str())
        .collect();
    if !measures.is_empty() {
        line.push_str(&format!(" [{}]", measures.join(" ")));
    }
    line
}

/// The result of a survey on a measure, and what it supports.
pub fn survey_in_words(framework: &Framework, result: &SurveyResult) -> String {
    let scale = framework.scale_of(result.measure);
    let mut line = format!(
        "{}: {}",
        framework.measure(result.measure).id,
        survey_name(&result.survey)
    );
    if let Some(question) = &result.question {
        line.push_str(&format!(", \"{question}\""));
    }
    if let Some(score) = result.score {
        line.push_str(&format!(", score {score:.2}"));
    }
    if let Some(wording) = &result.wording {
        line.push_str(&format!(", \"{wording}\""));
    }
    line.push_str(&match ceiling::survey_supports(framework, result) {
        Some(step) => format!("; supports {}", scale.key(step)),
        None => "; limits nothing".to_owned(),
    });
    line
}

/// To whom results are released, from when, and what they may be used for: "the board, from
/// 2009-12-01; may be used for: planning".
pub fn release_in_words(framework: &Framework, release: &Release) -> String {
    let title = |role: &str| -> String {
        match framework.find_role(role) {
            Some(known) => known.title.clone(),
            None if role == Actor::PUBLIC => "everybody".to_owned(),
            None => role.to_owned(),
        }
    };
    let to: Vec<String> = release.to.iter().map(|role| title(role)).collect();
    let to = words::all_of(to.iter().map(String::as_str));
    let uses = release.uses.as_deref();
    let uses = uses.map_or_else(String::new, |uses| format!("; may be used for: {uses}"));
    format!("{to}, from {}{uses}", release.from)
}

/// A finding's message with the body that it is on, if it is a different one; with its check and
/// plugin if `with_check`.
pub fn finding_in_words(
    cycle: &Cycle,
    assurance: &Assurance,
    output: &Output,
    finding: &Finding,
    with_check: bool,
) -> String {
    let is_subject = finding.about == About::Function(finding.body);
    let is_own = finding.body == output.body || output.kind == BodyKind::Cluster;
    let prefix = if is_subject || is_own {
        String::new()
    } else {
        let body = cycle.organisations.body(finding.body);
        format!("{}: ", body.name_and_code())
    };
    let message = finding.message.trim_end().trim_end_matches('.');
    let message = without_title(cycle, &finding.about, message);
    if !with_check {
        return format!("{prefix}{message}");
    }
    let check = check_in_words(cycle, assurance, finding);
    format!("{prefix}{message} [{check}]")
}

/// The title of a finding's check, and its plugin if a plugin made it.
fn check_in_words(cycle: &Cycle, assurance: &Assurance, finding: &Finding) -> String {
    let run = match finding.author {
        Author::Core => None,
        Author::Plugin(at) => assurance.plugins.get(usize::from(at)),
    };
    let core;
    let known = match run {
        Some(run) => &run.checks,
        None => {
            core = checks::documentation(&cycle.framework);
            &core
        }
    };
    let check = known.iter().find(|check| *check.id == *finding.check);
    let check = check.map_or(&*finding.check, |check| &check.title);
    match run {
        Some(run) => format!("{check}, {}", run.plugin.name_and_version()),
        None => check.to_owned(),
    }
}

/// A message without the name of its measure, competency or strand, which is printed before it.
fn without_title<'a>(cycle: &Cycle, about: &About, message: &'a str) -> &'a str {
    let framework = &cycle.framework;
    let id = match about {
        About::Measure(index) => &framework.measure(*index).id,
        About::Component(index) => &framework.component(*index).id,
        About::Outcome(_) | About::Function(_) | About::Body => return message,
    };
    let title = about_in_words(cycle, about);
    let without = |title: &str| message.strip_prefix(title)?.strip_prefix(": ");
    without(&title).or_else(|| without(id)).unwrap_or(message)
}
