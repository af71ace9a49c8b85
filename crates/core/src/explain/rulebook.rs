//! Reads a whole framework back to its author in sentences: what is judged, on which scales and by
//! which methods, and how each part gets its result.

mod parts;
mod reviews;
mod scales;

use super::rule::limit_in_words;
use crate::body::BodyKind;
use crate::framework::{
    ApprovalDefinition, ChangedAnswers, Framework, MethodDefinition, Phase, PhaseRequirement,
    PlanDefinition, PlanMaker, RequiredOf, SurveyRule,
};
use crate::outcome::{OutcomeScope, Series};
use crate::record::{CarriedKind, Method};
use crate::words::{self, capitalised};

/// Lists up to this length are given in full, longer ones only as a count.
const LISTED: usize = 8;

/// A group of sentences about a framework.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RulebookSection {
    /// The heading: `Scales`.
    pub title: &'static str,
    /// The sentences, one for each part, each with its full stop.
    pub sentences: Vec<String>,
}

/// The framework in sentences. Sections that a framework has nothing to say in are left out.
pub fn rulebook_in_words(framework: &Framework) -> Vec<RulebookSection> {
    let sections = [
        ("Words", in_own_words(framework)),
        ("Scales", scales::sentences(framework)),
        ("Methods", methods(framework)),
        ("Measures", parts::measures(framework)),
        ("Results", parts::results(framework)),
        ("Limits", limits(framework)),
        ("Surveys", surveys(framework)),
        ("External ratings", external_ratings(framework)),
        ("Outcomes", outcomes(framework)),
        ("Phases", phases(framework)),
        ("Leads", leads(framework)),
        ("Plans", plans(framework)),
        ("Approvals", approvals(framework)),
        ("Start", start(framework)),
        ("Reviews", reviews::sentences(framework)),
    ];
    let sections = sections.map(|(title, sentences)| RulebookSection { title, sentences });
    sections
        .into_iter()
        .filter(|section| !section.sentences.is_empty())
        .collect()
}

fn external_ratings(framework: &Framework) -> Vec<String> {
    let schemes = framework.rating_schemes.iter();
    let sentences = schemes.map(|scheme| {
        let issuer = scheme.issuer.as_ref();
        let issuer = issuer.map_or_else(String::new, |issuer| format!(" by {issuer}"));
        let measures = scheme.measures.iter();
        let ids = measures.map(|measure| framework.measure(*measure).id.as_str());
        let bearing = match scheme.measures.is_empty() {
            true => "is shown without a measure".to_owned(),
            false => format!("bears on {}", words::all_of(ids)),
        };
        format!(
            "{} (`{}`){issuer} is {}; it {bearing} and limits nothing.",
            scheme.title,
            scheme.id,
            scheme.values_in_words()
        )
    });
    sentences.collect()
}

fn in_own_words(framework: &Framework) -> Vec<String> {
    let words = &framework.words;
    let mut sentence = format!(
        "Each {} is assured; several that are assured together form {}.",
        words.body.one,
        words.group.with_article()
    );
    if let Some(authority) = &words.authority {
        sentence.push_str(&format!(
            " {} assures them.",
            capitalised(&authority.with_article())
        ));
    }
    vec![sentence]
}

fn methods(framework: &Framework) -> Vec<String> {
    let methods = framework.methods.each();
    methods
        .map(|method| method_in_words(framework, method))
        .collect()
}

fn method_in_words(framework: &Framework, method: &MethodDefinition) -> String {
    let methods = &framework.methods;
    let purpose = match method.purpose {
        Method::Previous => format!(
            "the result of the {} before, where no earlier results are at hand",
            framework.words.cycle.one
        ),
        Method::SelfAssessment => format!(
            "the {}'s view of itself, with which the result is compared",
            framework.words.body.one
        ),
        Method::Analyst => {
            "a view of the evidence before the result; it does not change the result".to_owned()
        }
        Method::Panel => "the result".to_owned(),
        Method::Calibrated => {
            "the result after moderation, which takes precedence over the result".to_owned()
        }
    };
    let mut sentence = format!(
        "{} (method `{}`): {purpose}",
        capitalised(&method.title),
        method.id
    );
    if method.used_by.is_some() {
        sentence.push_str(&format!("; used by {}", method.assessor));
    }
    let mut phases = framework.phases.iter();
    if let Some(phase) = phases.find(|phase| Some(&phase.id) == method.phase.as_ref()) {
        sentence.push_str(&format!("; in the phase {}", phase.title));
    }
    if method.purpose == Method::Calibrated {
        sentence.push_str(&format!("; a value is then {}", methods.moderated));
    }
    sentence + "."
}

fn limits(framework: &Framework) -> Vec<String> {
    let limits = framework.limits.iter();
    limits
        .map(|limit| {
            format!(
                "{} (limit on {}): {}.",
                limit.title,
                framework.label_of(limit.target),
                limit_in_words(framework, limit)
            )
        })
        .collect()
}

fn surveys(framework: &Framework) -> Vec<String> {
    let surveys = framework.surveys.iter();
    surveys
        .map(|(id, rule)| survey_in_words(framework, id.as_deref(), rule))
        .collect()
}

fn survey_in_words(framework: &Framework, id: Option<&str>, rule: &SurveyRule) -> String {
    let name = match id {
        Some(id) => format!("The survey {id}"),
        None if framework.surveys.len() == 1 => "Every survey".to_owned(),
        None => "Every other survey".to_owned(),
    };
    let ends = rule.bands.iter().skip(1).map(|band| Some(band.from));
    let bands = rule.bands.iter().zip(ends.chain([None]));
    let bands: Vec<String> = bands
        .map(|(band, end)| {
            let from = words::number(band.from);
            let scores = match end {
                Some(end) => format!("{from} to below {}", words::number(end)),
                None => format!("{from} or more"),
            };
            format!("{scores} supports at most {}", band.supports)
        })
        .collect();
    format!(
        "{name}: a mean score from {} to {} limits what the evidence supports on the scale {}; {}.",
        words::number(rule.lowest),
        words::number(rule.highest),
        framework.scale(rule.scale).title,
        bands.join("; ")
    )
}

fn outcomes(framework: &Framework) -> Vec<String> {
    let rule = &framework.outcomes;
    let nouns = &framework.words.outcome;
    let series = series_in_words(framework);
    if rule.asked == 0 && rule.catalogue.is_empty() {
        return series.into_iter().collect();
    }
    let titles = |scope: OutcomeScope| {
        let catalogue = rule.catalogue.iter();
        let chosen = catalogue.filter(|outcome| outcome.scope == scope);
        chosen
            .map(|outcome| outcome.title.as_str())
            .collect::<Vec<_>>()
    };
    let body = &framework.words.body.one;
    let mut sentences = vec![format!(
        "Each {body} has {}; the growth rate is over {}.",
        nouns.counted(usize::from(rule.asked)),
        words::years(i32::from(rule.span_years)),
    )];
    let national = titles(OutcomeScope::National);
    if !national.is_empty() {
        let titles = words::all_of(national);
        sentences.push(format!("Every {body} has: {titles}."));
    }
    if !rule.aims.is_empty() {
        let aims = words::any_of(rule.aims.iter().map(|aim| aim.title.as_str()));
        sentences.push(format!(
            "Each {} says which aim it serves: {aims}.",
            nouns.one
        ));
    }
    let local = titles(OutcomeScope::Local);
    if !local.is_empty() {
        let count = capitalised(&nouns.counted(local.len()));
        sentences.push(if local.len() > LISTED {
            format!("{count} to choose from.")
        } else {
            format!("{count} to choose from: {}.", words::all_of(local))
        });
    }
    sentences.extend(series);
    sentences
}

/// The series, if the framework declares its own.
fn series_in_words(framework: &Framework) -> Option<String> {
    if framework.series == Series::by_sex() {
        return None;
    }
    let titles = framework.series.iter().map(|series| series.title.as_str());
    let first = framework.series.first()?;
    Some(format!(
        "Figures are given by series: {}; a figure that names none is for {}.",
        words::all_of(titles),
        first.title
    ))
}

fn phases(framework: &Framework) -> Vec<String> {
    let phases = framework.phases.iter();
    phases
        .map(|phase| phase_in_words(framework, phase))
        .collect()
}

fn leads(framework: &Framework) -> Vec<String> {
    let areas = &framework.areas_to_lead;
    if areas.is_empty() {
        return Vec::new();
    }
    let ids = areas.iter().map(|area| area.id(framework));
    vec![format!(
        "Each {} allocates {} to a lead: {}.",
        framework.words.body.one,
        words::counted(areas.len(), "area"),
        words::all_of(ids)
    )]
}

fn start(framework: &Framework) -> Vec<String> {
    let start = &framework.start;
    if start.carries.is_empty() {
        return Vec::new();
    }
    let (words, own) = (&framework.words, Method::SelfAssessment);
    let kinds = start.carries.iter().map(|kind| match kind {
        CarriedKind::OwnJudgement => framework.methods.title(own).to_owned(),
        kind => format!("each {}", kind.name()),
    });
    let kinds: Vec<String> = kinds.collect();
    let of_changed = match start.of_changed {
        ChangedAnswers::Nothing => "nothing",
        ChangedAnswers::Rationale => "the rationale alone",
        ChangedAnswers::Everything => "the value as well",
    };
    vec![format!(
        "A {cycle} can take over from the {cycle} before, to be confirmed: {}. Of a changed {}: {of_changed}.",
        words::all_of(kinds.iter().map(String::as_str)),
        words.measure.one,
        cycle = words.cycle.one,
    )]
}

fn plans(framework: &Framework) -> Vec<String> {
    let plans = framework.plans.iter();
    plans.map(|plan| plan_in_words(framework, plan)).collect()
}

fn plan_in_words(framework: &Framework, plan: &PlanDefinition) -> String {
    let words = &framework.words;
    let maker = words.kind(match plan.of {
        PlanMaker::Bodies => BodyKind::Pct,
        PlanMaker::Authorities => BodyKind::Sha,
    });
    let mut sentence = format!("{} (`{}`): made by each {maker}", plan.title, plan.id);
    if let Some(years) = plan.years {
        sentence.push_str(&format!("; covers {}", words::years(i32::from(years))));
    }
    if let Some(due) = plan.due {
        sentence.push_str(&format!("; due by {due}"));
    }
    if let Some(stated) = &plan.as_stated {
        sentence.push_str(&format!(" (\"{stated}\")"));
    }
    if plan.first_month.is_some() {
        sentence.push_str("; has lines by month");
    }
    sentence + "."
}

fn approvals(framework: &Framework) -> Vec<String> {
    let approvals = framework.approvals.iter();
    approvals
        .map(|approval| approval_in_words(framework, approval))
        .collect()
}

fn approval_in_words(framework: &Framework, approval: &ApprovalDefinition) -> String {
    let covered = approval.covered_in_words(framework);
    let mut sentence = format!(
        "{} (approval `{}`): covers the {covered} of {}; given",
        approval.title,
        approval.id,
        framework.words.body.with_article(),
    );
    if let Some(by) = framework.approved_by(&approval.id) {
        sentence.push_str(&format!(" {by}"));
    }
    let before = approval.after.as_deref();
    let before = before.and_then(|before| framework.approval_index(before));
    if let Some(before) = before {
        sentence.push_str(&format!(" after `{}`", framework.approval(before).title));
    }
    if approval.requires_complete {
        sentence.push_str(", once every judgement is made");
    }
    if approval.freezes {
        sentence.push_str("; freezes what it covers until it is withdrawn");
    }
    sentence.push('.');
    sentence
}

/// What a phase requires: "the self-assessment of every PCT on every measure".
pub fn requirement_in_words(framework: &Framework, requirement: &PhaseRequirement) -> String {
    let words = &framework.words;
    let measure = &words.measure.one;
    let method = framework.methods.title(requirement.method);
    let parts: Vec<&str> = requirement
        .parts
        .iter()
        .map(|part| part.id(framework))
        .collect();
    let scope = if parts.is_empty() {
        String::new()
    } else {
        format!(" of {}", words::all_of(parts))
    };
    match requirement.of {
        RequiredOf::Bodies => {
            format!(
                "the {method} of every {} on every {measure}{scope}",
                words.body.one
            )
        }
        RequiredOf::Groups => format!(
            "the {method} of every {} on every shared {measure}{scope}, and of each of its {} on \
             those of its own",
            words.group.one, words.body.many
        ),
        RequiredOf::Functions => format!(
            "the {method} of every {} on every {measure}{scope} that it performs",
            words.function.one
        ),
    }
}

fn phase_in_words(framework: &Framework, phase: &Phase) -> String {
    let dates = match (phase.from, phase.to) {
        (Some(from), Some(to)) => format!("{from} to {to}"),
        (Some(from), None) => format!("from {from}"),
        (None, Some(to)) => format!("until {to}"),
        (None, None) => "no dates".to_owned(),
    };
    let mut sentence = format!("{}: {dates}", phase.title);
    if let Some(stated) = &phase.as_stated {
        sentence.push_str(&format!(" (\"{stated}\")"));
    }
    let before = phase.after.as_deref();
    if let Some(before) = before.and_then(|before| framework.find_phase(before)) {
        sentence.push_str(&format!("; after {}", before.title));
    }
    for requirement in &phase.requires {
        let required = requirement_in_words(framework, requirement);
        sentence.push_str(&format!("; requires {required}"));
    }
    for requirement in &phase.requires_approvals {
        let title = &framework.approval(requirement.approval).title;
        let of = match requirement.of {
            RequiredOf::Bodies | RequiredOf::Groups => &framework.words.body.one,
            RequiredOf::Functions => &framework.words.function.one,
        };
        sentence.push_str(&format!("; requires \"{title}\" of every {of}"));
    }
    for (role, acts) in &phase.acts {
        let mut roles = framework.roles.iter();
        let title = roles
            .find(|own| own.id == *role)
            .map_or(role.as_str(), |own| own.title.as_str());
        sentence.push_str(&format!(
            "; open to the role {title}: {}",
            words::all_of(acts.iter().map(String::as_str))
        ));
    }
    sentence + "."
}
