//! `wcc what-if`: the effect of changes on every result, without recording them.

use super::assure::cycles;
use super::{Failure, print};
use crate::load;
use crate::settings::Settings;
use crate::source::Source;
use serde_json::{Value, json};
use std::fmt::Write as _;
use wcc_case::nearest;
use wcc_core::Challenge;
use wcc_core::what_if::{
    BodyDifference, DifferentValue, ProposedChange, ResultDifference, WhatIf, WhatIfError,
};
use wcc_programme::{AssuredCycle, Programme};

/// Show what changes would do to every result, without recording them
///
/// Puts the changes into a copy of the cycle, under the rules for new records, assures what they
/// touch again, and prints every result and challenge that differs. Nothing is written. Plugins are
/// not asked again: their answers are those to what is recorded.
#[derive(clap::Args)]
#[command(after_long_help = CHANGES)]
pub(crate) struct Arguments {
    /// Folder of the case; or `ledger:`, `ledger:120`, `ledger:2009-11-30T17:00:00Z`
    case: Source,
    /// Changes, as described below: 5PK.5a.panel=3 survey:5PK.1a=4.6
    #[arg(value_name = "CHANGE", required = true)]
    changes: Vec<String>,
    /// The cycle, if the case has several: 2008-09
    #[arg(long, value_name = "ID")]
    cycle: Option<String>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

const CHANGES: &str = "\
Changes:
  5PK.5a.panel=3             the panel's value of body 5PK on measure 5a; any method by its identifier
  5PK.competency-5.panel=3   the value of a component or area, or of `overall`
  5PK.5a.panel=unknown       no value; `n/a` if the measure does not apply
  prison-health.*.panel=1    every value of a body by a method
  prison-health.5a.panel@south-of-tyne-and-wear=1
                             only that of one assessor of a function
  survey:5PK.1a=4.6          the score of the survey on a measure; `unknown` for none
  survey:5PK.1a.mori=62      the same, if there are results of several surveys, or none yet
  criterion:5PK.8b=1         a criterion is not met, so the evidence supports 1 at most
  criterion:5PK.8b=met       every criterion on the measure is met
  metric:5PK.10a=2           the same for metrics

A change on a group changes all of its bodies that do not depart from it. Of several changes of one
record, the last one counts. At most 100 changes can be asked at once.";

pub(super) async fn run(arguments: Arguments, settings: &Settings) -> Result<(), Failure> {
    let programme = load::programme(settings, &arguments.case).await?;
    let cycles = cycles(&programme, arguments.cycle.as_deref())?;
    let assured = match cycles.as_slice() {
        [assured] => *assured,
        [] => return Err(Failure::not_found("the case has no cycle")),
        several => {
            let ids = several.iter().map(|assured| assured.cycle.id.as_str());
            return Err(Failure::not_found(format!(
                "the case has several cycles: name one with --cycle: {}",
                wcc_core::words::any_of(ids)
            )));
        }
    };
    let effect = effect(&programme, assured, &arguments.changes)?;
    if arguments.json {
        let text = serde_json::to_string_pretty(&as_json(assured, &effect));
        let text = text.map_err(|error| Failure::system(format!("cannot write JSON: {error}")))?;
        return print(&format!("{text}\n"));
    }
    print(&in_words(assured, &effect, &arguments.changes))
}

fn effect(
    programme: &Programme,
    assured: &AssuredCycle,
    texts: &[String],
) -> Result<WhatIf, Failure> {
    let mut changes = Vec::with_capacity(texts.len());
    let mut problems = Vec::new();
    for text in texts {
        match ProposedChange::parse(text, &assured.cycle) {
            Ok(change) => changes.push(change),
            Err(problem) => problems.push((text.clone(), problem)),
        }
    }
    if !problems.is_empty() {
        return Err(refused(&WhatIfError(problems)));
    }
    programme
        .what_if(assured, &changes)
        .map_err(|error| refused(&error))
}

/// Each problem in a line, with the nearest of what there is.
fn refused(error: &WhatIfError) -> Failure {
    let lines = error.0.iter().map(|(change, problem)| {
        let mut line = match change.as_str() {
            "" => problem.to_string(),
            change => format!("{change}: {problem}"),
        };
        if let Some((given, known)) = problem.choice() {
            let known = || known.iter().map(String::as_str);
            if let Some(near) = nearest(given, known()) {
                let _ = write!(line, ": did you mean `{near}`?");
            } else if known().count() <= MAX_LISTED {
                let _ = write!(line, ": expected {}", wcc_core::words::any_of(known()));
            }
        }
        line
    });
    Failure::refused(lines.collect::<Vec<String>>().join("\n"))
}

/// Maximum number of valid names listed in a message.
const MAX_LISTED: usize = 12;

fn in_words(assured: &AssuredCycle, effect: &WhatIf, texts: &[String]) -> String {
    let cycle = &assured.cycle;
    let mut text = format!("{}, {}\n", cycle.title, cycle.id);
    if let Some(illustrative) = &cycle.illustrative {
        let _ = writeln!(text, "{illustrative}");
    }
    let _ = writeln!(text, "What if: {}", texts.join(" "));
    for change in &effect.already_so {
        let _ = writeln!(text, "  {change}: no change, already recorded");
    }
    let _ = writeln!(
        text,
        "Nothing is recorded. {} of {} results differ.",
        effect.bodies.len(),
        effect.compared
    );
    if !effect.assurance.plugins.is_empty() {
        let _ = writeln!(
            text,
            "Plugins did not run again: their answers are for the recorded values."
        );
    }
    // Bodies that differ in the same way are listed together.
    let mut alike: Vec<(Vec<String>, Vec<String>)> = Vec::new();
    for difference in &effect.bodies {
        let lines = lines(assured, difference);
        let name = name(assured, difference);
        match alike.iter_mut().find(|(_, known)| *known == lines) {
            Some((names, _)) => names.push(name),
            None => alike.push((vec![name], lines)),
        }
    }
    for (names, lines) in alike {
        let _ = writeln!(text, "\n{}", names.join(", "));
        for line in lines {
            let _ = writeln!(text, "  {line}");
        }
    }
    text
}

fn name(assured: &AssuredCycle, difference: &BodyDifference) -> String {
    let organisations = &assured.cycle.organisations;
    let name = organisations.body(difference.body).name_and_code();
    match difference.assessor {
        None => name,
        Some(assessor) => {
            let assessor = organisations.body(assessor).name_and_code();
            format!("{name}, as assessed by {assessor}")
        }
    }
}

fn lines(assured: &AssuredCycle, difference: &BodyDifference) -> Vec<String> {
    let results = difference.results.iter();
    let results = results.map(|result| result_in_words(assured, result));
    let new = difference.new_challenges.iter();
    let new = new.map(|challenge| challenge_in_words(assured, "new", challenge));
    let closed = difference.closed_challenges.iter();
    let closed = closed.map(|challenge| challenge_in_words(assured, "closed", challenge));
    results.chain(new).chain(closed).collect()
}

fn result_in_words(assured: &AssuredCycle, result: &ResultDifference) -> String {
    let framework = &assured.cycle.framework;
    let subject = match result.subject.part() {
        Some(part) => framework.label_of(part),
        None => result.subject.id(framework).to_owned(),
    };
    let value = match result.value {
        DifferentValue::Method(method) => framework.methods.title(method),
        DifferentValue::Supported => "supported by evidence",
    };
    let scale = result.subject.scale(framework);
    let (before, after) = (result.before.in_words(scale), result.after.in_words(scale));
    format!("{subject}, {value}: from {before} to {after}")
}

fn challenge_in_words(assured: &AssuredCycle, state: &str, challenge: &Challenge) -> String {
    let framework = &assured.cycle.framework;
    let scale = framework.scale_of(challenge.measure);
    format!(
        "{state} challenge on {}: {} {} is above {}, the highest value that the evidence supports",
        framework.measure(challenge.measure).id,
        framework.methods.title(challenge.method),
        scale.key(challenge.value),
        scale.key(challenge.supported),
    )
}

fn as_json(assured: &AssuredCycle, effect: &WhatIf) -> Value {
    let organisations = &assured.cycle.organisations;
    let code = |body| organisations.body(body).code.as_str();
    let bodies = effect.bodies.iter().map(|difference| {
        let results = difference.results.iter();
        let results = results.map(|result| result_as_json(assured, result));
        let challenges = |challenges: &[Challenge]| -> Vec<Value> {
            let challenges = challenges.iter();
            let challenges = challenges.map(|one| challenge_as_json(assured, one));
            challenges.collect()
        };
        json!({
            "body": code(difference.body),
            "assessor": difference.assessor.map(code),
            "results": results.collect::<Vec<Value>>(),
            "newChallenges": challenges(&difference.new_challenges),
            "closedChallenges": challenges(&difference.closed_challenges),
        })
    });
    json!({
        "cycle": assured.cycle.id,
        "illustrative": assured.cycle.illustrative,
        "alreadySo": effect.already_so,
        "compared": effect.compared,
        "pluginsAskedAgain": false,
        "bodies": bodies.collect::<Vec<Value>>(),
    })
}

fn result_as_json(assured: &AssuredCycle, result: &ResultDifference) -> Value {
    let framework = &assured.cycle.framework;
    let scale = result.subject.scale(framework);
    json!({
        "subject": result.subject.id(framework),
        "methodId": match result.value {
            DifferentValue::Method(method) => Some(framework.methods.id(method)),
            DifferentValue::Supported => None,
        },
        "before": result.before.key(scale),
        "after": result.after.key(scale),
    })
}

fn challenge_as_json(assured: &AssuredCycle, challenge: &Challenge) -> Value {
    let framework = &assured.cycle.framework;
    let scale = framework.scale_of(challenge.measure);
    json!({
        "measure": framework.measure(challenge.measure).id,
        "methodId": framework.methods.id(challenge.method),
        "value": scale.key(challenge.value),
        "supported": scale.key(challenge.supported),
    })
}
