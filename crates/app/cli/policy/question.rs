//! A question to the policies as a person asks it, and the answer with the policies that decided.

use super::super::places::{Places, unknown};
use super::super::{Failure, today};
use crate::load;
use crate::settings::Settings;
use crate::source::Source;
use jiff::civil::Date;
use wcc_core::Actor;
use wcc_core::policy::{Question, READ, READING_ACTS, Resource, WITHDRAW, WithdrawnRecord, acts};
use wcc_core::progress::CycleProgress;
use wcc_core::record::RecordKind;
use wcc_policy::{ActTarget, CedarPolicy, Explanation};
use wcc_programme::{Programme, ReferenceData};

/// In place of a cycle: the tables of bodies outside any cycle.
const NO_CYCLE: &str = "-";

/// What somebody wants to do.
#[derive(Clone, Debug)]
pub(super) struct Wish {
    /// Their name; the role's if it is `None`.
    pub(super) person: Option<String>,
    /// Identifier of their role.
    pub(super) role: String,
    /// Code of the body that they act for.
    pub(super) body: Option<String>,
    /// Identifier of the cycle that their role is limited to.
    pub(super) cycle: Option<String>,
    /// The act.
    pub(super) act: String,
    /// Identifier of the cycle of what it is done to; `-` for the tables of bodies outside any cycle.
    pub(super) of_cycle: Option<String>,
    /// Code of the body that it is done to.
    pub(super) on_body: Option<String>,
    /// Method of the judgement, or of the value that is challenged.
    pub(super) method: Option<String>,
    /// Identifier of the approval that is given or withdrawn.
    pub(super) approval: Option<String>,
    /// Act by which the record was entered that is withdrawn.
    pub(super) withdrawn: Option<String>,
    /// Day that gives the phase of the cycle; `None` for today.
    pub(super) on: Option<Date>,
}

/// One question that was asked to the policies, and their answer.
#[derive(Debug)]
pub(super) struct Step {
    /// The act.
    pub(super) act: &'static str,
    /// What it is done to, in words.
    pub(super) subject: String,
    /// The decision, with the policies that made it.
    pub(super) explanation: Explanation,
}

impl Step {
    /// Whether the act is allowed.
    pub(super) fn is_allowed(&self) -> bool {
        self.explanation.decision.is_allowed()
    }
}

/// Asks the policies, with cycles and bodies from a source. The programme of the source is read only if
/// it is needed.
pub(super) async fn ask(
    wish: &Wish,
    policies: &CedarPolicy,
    source: &Source,
    settings: &Settings,
) -> Result<Vec<Step>, Failure> {
    let act = known_act(&wish.act)?;
    check_resource(act, wish)?;
    let reference = load::reference(settings)?;
    let places = Places {
        reference: &reference,
        programme: None,
    };
    // Without a cycle, a method is one of any framework.
    let names_cycle = wish.of_cycle.is_some() || wish.cycle.is_some();
    let programme = if names_cycle || actor(&places, wish, policies).is_err() {
        match load::programme(settings, source).await {
            Ok(programme) => Some(programme),
            Err(failure) if names_cycle => return Err(failure),
            Err(_) => None,
        }
    } else {
        None
    };
    decide(wish, policies, &reference, programme.as_ref())
}

/// Asks the policies: first whether the cycle and the body are visible to whoever acts, then about the
/// act. Ends with the first refusal.
pub(super) fn decide(
    wish: &Wish,
    policies: &CedarPolicy,
    reference: &ReferenceData,
    programme: Option<&Programme>,
) -> Result<Vec<Step>, Failure> {
    let act = known_act(&wish.act)?;
    check_resource(act, wish)?;
    let places = Places {
        reference,
        programme,
    };
    let actor = actor(&places, wish, policies)?;
    let mut questions = Vec::new();
    let mut resource = Resource::default();
    let mut of_cycle = None;
    if let (Some(programme), Some(cycle)) = (programme, &wish.of_cycle) {
        let on = wish.on.unwrap_or_else(today);
        let tables = if cycle == NO_CYCLE {
            (&*programme.organisations, programme.day())
        } else {
            let cycle = places.cycle(cycle)?;
            of_cycle = Some(cycle);
            resource = CycleProgress::of(cycle, &actor.role, on).resource(&cycle.id);
            questions.push((READ, resource));
            (&*cycle.organisations, cycle.as_of)
        };
        if let Some(code) = &wish.on_body {
            let (organisations, day) = tables;
            let body = organisations.find(code).ok_or_else(|| {
                let codes = organisations.each().map(|(_, body)| body.code.as_str());
                unknown("body", code, codes)
            })?;
            resource = match of_cycle {
                Some(cycle) => CycleProgress::of(cycle, &actor.role, on).body_resource(
                    &cycle.id,
                    organisations,
                    body,
                    day,
                ),
                None => resource.with_body(organisations, body, day),
            };
            questions.push((READ, resource));
        }
    }
    let method = wish.method.as_deref();
    let method = method.map(|given| places.method(given, of_cycle));
    resource.method = method.transpose()?;
    if let Some(given) = wish.approval.as_deref() {
        let framework = of_cycle.map(|cycle| &cycle.framework);
        if let Some(framework) = framework.filter(|of| of.approval_index(given).is_none()) {
            let known = framework.approvals.iter();
            let known = known.map(|approval| approval.id.as_str());
            return Err(unknown("approval", given, known));
        }
        resource.approval = Some(given);
    }
    if let Some(given) = wish.withdrawn.as_deref() {
        let known = || RecordKind::ALL.iter().map(|kind| kind.act());
        let entered_by = known().find(|act| *act == given);
        let entered_by = entered_by.ok_or_else(|| unknown("act", given, known()))?;
        let framework = of_cycle.map(|cycle| &cycle.framework);
        resource.withdrawn = Some(WithdrawnRecord {
            act: entered_by,
            is_of_own_role: framework.is_some_and(|of| of.opens_to(&actor.role, entered_by)),
        });
    }
    questions.retain(|(read, seen)| act != *read || !is_same(seen, &resource));
    questions.push((act, resource));
    let mut steps = Vec::new();
    for (act, resource) in questions {
        let question = Question {
            actor: &actor,
            act,
            resource,
        };
        let step = Step {
            act,
            subject: in_words(&resource),
            explanation: policies.explain(&question),
        };
        let is_allowed = step.is_allowed();
        steps.push(step);
        if !is_allowed {
            break;
        }
    }
    Ok(steps)
}

/// Whoever acts, if their role, body and cycle exist.
fn actor(places: &Places<'_>, asked: &Wish, policies: &CedarPolicy) -> Result<Actor, Failure> {
    let body = asked.body.as_deref().map(|code| places.body(code));
    let cycle = asked.cycle.as_deref().map(|id| places.cycle(id));
    Ok(Actor {
        person: asked.person.as_deref().unwrap_or(&asked.role).into(),
        role: places.role(&asked.role, policies)?.into(),
        body: body.transpose()?.map(Into::into),
        cycle: cycle.transpose()?.map(|cycle| cycle.id.as_str().into()),
    })
}

/// Refuses a question that the program never asks, whose answer would mislead.
fn check_resource(act: &str, asked: &Wish) -> Result<(), Failure> {
    if act == WITHDRAW && asked.on_body.is_some() && asked.withdrawn.is_none() {
        return Err(Failure::refused(
            "`withdraw` on a body is asked about a record: give --withdrawn and the act by which such \
             records are entered (record-outcome)",
        ));
    }
    let cycle = asked.of_cycle.as_deref();
    let is_in_cycle = cycle.is_some_and(|cycle| cycle != NO_CYCLE);
    let has_body = asked.on_body.is_some();
    let (is_right, expected) = match ActTarget::of(act) {
        ActTarget::Programme => (
            cycle.is_none(),
            "is done to what belongs to no cycle: leave out CYCLE and BODY",
        ),
        ActTarget::Cycle => (
            is_in_cycle && !has_body,
            "is done to a cycle: give CYCLE after it, and no BODY",
        ),
        ActTarget::Body => (
            is_in_cycle && has_body,
            "is done to a body in a cycle: give CYCLE and BODY after it",
        ),
        ActTarget::CycleOrBody => (
            is_in_cycle || has_body,
            "is done to a cycle or a body: give CYCLE, or CYCLE and BODY, after it (`-` as CYCLE for a body outside any cycle)",
        ),
        ActTarget::BodyOrProgramme | ActTarget::Anything => (true, ""),
    };
    if is_right {
        return Ok(());
    }
    Err(Failure::refused(format!("`{act}` {expected}")))
}

/// Whether two resources are one, whatever the method and the approval.
fn is_same(first: &Resource<'_>, other: &Resource<'_>) -> bool {
    let code = |of: &Resource<'_>| of.body.map(|body| body.code.clone());
    first.cycle == other.cycle && code(first) == code(other)
}

fn in_words(resource: &Resource<'_>) -> String {
    let phase = resource
        .phase
        .map(|phase| format!(" (phase `{}`)", phase.id));
    let phase = phase.unwrap_or_default();
    match (resource.body, resource.cycle) {
        (Some(body), Some(cycle)) => {
            format!("on {} ({}) in `{cycle}`{phase}", body.name, body.code)
        }
        (Some(body), None) => format!("on {} ({}) outside any cycle", body.name, body.code),
        (None, Some(cycle)) => format!("on `{cycle}`{phase}"),
        (None, None) => "on what belongs to no cycle".to_owned(),
    }
}

fn known_act(given: &str) -> Result<&'static str, Failure> {
    let mut known = READING_ACTS.into_iter().chain(acts());
    let found = known.find(|act| *act == given);
    found.ok_or_else(|| unknown("act", given, READING_ACTS.into_iter().chain(acts())))
}
