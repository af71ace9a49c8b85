//! The acts of a year that no case holds: leads, actions, plans, concerns, progress. Their content is in
//! `invented.toml`; who does them is the framework's to say.

use crate::client::{Refused, Result};
use crate::inputs::Mutation;
use crate::invented::{Action, Concern, Invented, Lead, Support};
use crate::panels::Panelist;
use crate::people::{Seat, Tokens, is_open};
use crate::phases::Progress;
use crate::play::{Year, say};
use serde_json::{Value, json};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use wcc_core::framework::{Phase, PlanDefinition, PlanMaker};
use wcc_core::record::{Method, RecordKind};
use wcc_core::words::counted;

/// The moments of a cycle at which something is added, as positions of phases; `None` if a framework has
/// no such phase.
#[derive(Debug)]
pub(crate) struct Moments {
    /// Bodies assess themselves.
    pub(crate) own_view: Option<usize>,
    /// The phase before the panels meet.
    pub(crate) before_panels: Option<usize>,
    pub(crate) panels: Option<usize>,
    pub(crate) calibration: Option<usize>,
    pub(crate) fact_check: Option<usize>,
}

/// What is added to a cycle, for some groups of each region.
pub(crate) struct InventedActs<'y> {
    pub(crate) year: &'y Year<'y>,
    pub(crate) tokens: &'y Tokens,
    pub(crate) facts: &'y Invented,
    pub(crate) moments: Moments,
    pub(crate) groups: Vec<String>,
    /// A function whose panel is played.
    pub(crate) function: Option<String>,
    /// Members of panels who do not chair them.
    pub(crate) panelists: Vec<Panelist>,
    /// Entries that later acts supersede, by mutation and identifier.
    entries: RefCell<BTreeMap<(String, String), i64>>,
    left_out: RefCell<BTreeSet<String>>,
}

/// The act of a mutation: `record-action` of `recordAction`.
fn act_of(field: &str) -> String {
    let words = field.chars().flat_map(|letter| {
        let dash = letter.is_ascii_uppercase().then_some('-');
        dash.into_iter().chain([letter.to_ascii_lowercase()])
    });
    words.collect()
}

impl<'y> InventedActs<'y> {
    pub(crate) fn new(
        year: &'y Year<'y>,
        tokens: &'y Tokens,
        facts: &'y Invented,
    ) -> Result<InventedActs<'y>> {
        let groups = year.first_groups(facts.groups_in_each_region);
        let mut acts = InventedActs {
            year,
            tokens,
            facts,
            moments: Moments::of(year),
            groups,
            function: year.judged_function(),
            panelists: Vec::new(),
            entries: RefCell::default(),
            left_out: RefCell::default(),
        };
        acts.panelists = acts.issue_to_panelists()?;
        Ok(acts)
    }

    /// Plays on without the groups for which a phase did not open, and without the function: a phase opens for it with the
    /// whole region.
    pub(crate) fn leave_behind(&mut self, year: &Year<'_>, progress: &Progress) {
        self.groups.retain(|group| progress.reaches(year, group));
        let function = self.function.take();
        self.function = function.filter(|function| progress.reaches(year, function));
    }

    /// Does what is due in a phase before the records of the case are entered.
    pub(crate) fn before_records(&self, at: usize, phase: &Phase) -> Result<()> {
        if at == 0 {
            self.allocate_leads(phase)?;
        }
        if self.moments.panels == Some(at) {
            self.score()?;
        }
        Ok(())
    }

    /// Does what is due in a phase once the records of the case are entered.
    pub(crate) fn after_records(&self, at: usize, phase: &Phase) -> Result<()> {
        if self.moments.own_view == Some(at) {
            self.plan_actions(phase)?;
            self.share_concerns(phase)?;
        }
        if self.moments.before_panels == Some(at) {
            self.file_plans(phase)?;
            self.appoint_panels(phase)?;
        }
        if self.moments.panels == Some(at) {
            self.show_withheld()?;
        }
        if self.moments.fact_check == Some(at) {
            self.check_facts(phase)?;
        }
        if self.moments.calibration == Some(at) {
            self.calibrate(phase)?;
        }
        Ok(())
    }

    fn allocate_leads(&self, phase: &Phase) -> Result<()> {
        let framework = &self.year.cycle.framework;
        if framework.areas_to_lead.is_empty() {
            self.leave_out("leads: the framework names no areas to lead");
            return Ok(());
        }
        let allocated = |group: &str, area: Option<&str>, lead: &Lead| {
            json!({
                "body": group, "area": area, "person": lead.person, "jobTitle": lead.job_title,
                "staff": lead.staff,
            })
        };
        for group in &self.groups {
            let areas = framework.areas_to_lead.iter();
            let areas = areas.map(|topic| topic.code(framework).into_owned());
            let mut inputs: Vec<Value> = areas
                .zip(self.facts.leads.iter().cycle())
                .map(|(area, lead)| allocated(group, Some(&area), lead))
                .collect();
            inputs.push(allocated(group, None, &self.facts.coordinator));
            let count = inputs.len() - 1;
            if let Some(person) = self.each(phase, "allocateLead", group, inputs)? {
                let what = format!("allocates {count} areas to lead, and names a coordinator");
                self.say(&person, &what, group);
            }
        }
        Ok(())
    }

    fn plan_actions(&self, phase: &Phase) -> Result<()> {
        for group in &self.groups {
            let actions = self.facts.actions.iter();
            let inputs: Result<Vec<Value>> = actions
                .map(|action| self.action_input(action, group))
                .collect();
            let inputs = inputs?;
            let count = inputs.len();
            if let Some(person) = self.each(phase, "recordAction", group, inputs)? {
                self.say(&person, &format!("plans {count} actions"), group);
            }
        }
        Ok(())
    }

    /// An action as it is planned, for a group.
    fn action_input(&self, action: &Action, group: &str) -> Result<Value> {
        Ok(json!({
            "id": id(&action.id, group), "body": group, "text": action.text,
            "owner": action.owner, "due": self.day(action.due_in_days)?,
            "horizon": action.horizon,
        }))
    }

    fn share_concerns(&self, phase: &Phase) -> Result<()> {
        for group in &self.groups {
            for concern in &self.facts.concerns {
                let input = json!({
                    "id": id(&concern.id, group), "body": group, "text": concern.text,
                });
                let shared = self.each(phase, "shareAreaOfConcern", group, vec![input])?;
                let Some(person) = shared else {
                    continue;
                };
                self.say(&person, "shares an area of concern", group);
                for support in &concern.support {
                    let why = (support.decided == "DECLINED").then_some(&*support.follow_up);
                    for (state, follow_up) in [(&support.state, None), (&support.decided, why)] {
                        self.record_support(phase, group, concern, support, state, follow_up)?;
                    }
                }
            }
        }
        Ok(())
    }

    /// Records an option of support in an area of concern, and how far it has come.
    fn record_support(
        &self,
        phase: &Phase,
        group: &str,
        concern: &Concern,
        support: &Support,
        state: &str,
        follow_up: Option<&str>,
    ) -> Result<()> {
        let input = json!({
            "id": id(&support.id, group), "body": group,
            "areaOfConcern": id(&concern.id, group), "text": support.text,
            "provider": support.provider, "state": state, "followUp": follow_up,
        });
        if let Some(person) = self.each(phase, "recordSupport", group, vec![input])? {
            let state = state.to_lowercase();
            let what = format!("records support as {state} (`{}`)", support.id);
            self.say(&person, &what, group);
        }
        Ok(())
    }

    fn file_plans(&self, phase: &Phase) -> Result<()> {
        let framework = &self.year.cycle.framework;
        if framework.plans.is_empty() {
            self.leave_out("plans: the framework asks for none");
            return Ok(());
        }
        let plan = &self.facts.plan;
        let mut regions = BTreeSet::new();
        for group in &self.groups {
            let region = self.year.region(group);
            let region = region.filter(|region| regions.insert(region.clone()));
            let region = region.map(|region| (region, PlanMaker::Authorities));
            let makers = [(group.clone(), PlanMaker::Bodies)].into_iter();
            for (of, maker) in makers.chain(region) {
                let mut filed: BTreeMap<String, usize> = BTreeMap::new();
                for definition in framework.plans.iter().filter(|plan| plan.of == maker) {
                    let Some(seat) = self.seat_to_file(definition, phase, &of) else {
                        self.leave_out(&format!(
                            "`{}`: the framework lets nobody file it in `{}`",
                            definition.title, phase.title
                        ));
                        continue;
                    };
                    let input = json!({
                        "body": of, "plan": definition.id, "version": plan.version,
                        "date": self.day(Some(-plan.filed_before_days))?,
                        "vision": plan.vision, "note": plan.note,
                    });
                    let (person, _) = self.enter(&seat, "filePlan", input)?;
                    *filed.entry(person).or_default() += 1;
                }
                for (person, count) in filed {
                    self.say(&person, &format!("files {}", counted(count, "plan")), &of);
                }
            }
            self.record_plan_lines(phase, group, 0)?;
        }
        Ok(())
    }

    /// The lines of each plan that is profiled by month, with the actual figures of some months.
    fn record_plan_lines(&self, phase: &Phase, group: &str, months: usize) -> Result<()> {
        let framework = &self.year.cycle.framework;
        let by_month = framework.plans.iter();
        let by_month = by_month.filter(|plan| plan.first_month.is_some());
        for plan in by_month {
            let lines = self.facts.plan_lines.iter().map(|line| {
                let actual: Vec<f64> = line.actual.iter().copied().take(months).collect();
                json!({
                    "id": id(&line.id, group), "body": group, "plan": plan.id, "title": line.title,
                    "unit": line.unit, "planned": line.planned, "actual": actual,
                })
            });
            let lines: Vec<Value> = lines.collect();
            let count = lines.len();
            if let Some(person) = self.each(phase, "recordPlanLine", group, lines)? {
                let so_far = if months > 0 {
                    " with actual figures"
                } else {
                    ""
                };
                let what = format!("records {count} lines by month{so_far} of `{}`", plan.title);
                self.say(&person, &what, group);
            }
        }
        Ok(())
    }

    /// After the release: how far actions, plans and support have come.
    fn report_progress(&self, phase: &Phase) -> Result<()> {
        for group in &self.groups {
            let actions = self.facts.actions.iter();
            let inputs: Result<Vec<Value>> = actions
                .map(|action| {
                    let mut input = self.action_input(action, group)?;
                    input["state"] = json!(action.ends);
                    input["progress"] = json!(action.progress);
                    Ok(input)
                })
                .collect();
            let inputs = inputs?;
            let count = inputs.len();
            if let Some(person) = self.each(phase, "recordAction", group, inputs)? {
                self.say(&person, &format!("reports on {count} actions"), group);
            }
            self.record_plan_lines(phase, group, usize::MAX)?;
            for concern in &self.facts.concerns {
                for support in &concern.support {
                    let Some(state) = &support.ends else {
                        continue;
                    };
                    let follow_up = Some(&*support.follow_up);
                    self.record_support(phase, group, concern, support, state, follow_up)?;
                }
            }
        }
        Ok(())
    }

    /// What is shown and reported once results are released.
    pub(crate) fn after_release(&self, phase: &Phase) -> Result<()> {
        if let Some(group) = self.groups.first() {
            self.show_seen(group)?;
        }
        self.report_progress(phase)
    }

    /// The names of the members of panels.
    pub(crate) fn panelists(&self) -> impl Iterator<Item = String> {
        self.panelists
            .iter()
            .map(|panelist| panelist.person.clone())
    }

    /// Enters something on a body several times by whoever may, and returns who did; `None` if the
    /// framework lets nobody. What was entered before with the same identifier is superseded.
    pub(crate) fn each(
        &self,
        phase: &Phase,
        field: &'static str,
        body: &str,
        inputs: Vec<Value>,
    ) -> Result<Option<String>> {
        let act = act_of(field);
        let Some(seat) = self.seat(&act, phase, body) else {
            self.leave_out(&format!(
                "`{act}`: the framework opens it to nobody in `{}`",
                phase.title
            ));
            return Ok(None);
        };
        let mut who = None;
        for input in inputs {
            match self.enter(&seat, field, input) {
                Ok((person, _)) => who = Some(person),
                Err(error) => {
                    self.leave_out_refused(error)?;
                    return Ok(None);
                }
            }
        }
        Ok(who)
    }

    /// Enters something in a seat, in place of what was entered before with the same identifier.
    pub(crate) fn enter(
        &self,
        seat: &Seat,
        field: &'static str,
        mut input: Value,
    ) -> Result<(String, i64)> {
        let key = input["id"]
            .as_str()
            .map(|id| (field.to_owned(), id.to_owned()));
        let before = key
            .as_ref()
            .and_then(|key| self.entries.borrow().get(key).copied());
        if before.is_some() {
            input["supersedes"] = json!(before);
        }
        input["cycle"] = json!(self.year.cycle.id);
        let (person, entry) = self.year.enter_as(
            seat,
            self.tokens,
            &crate::play::digest(&format!("{field} {input}")),
            &Mutation { field, input },
        )?;
        if let Some(key) = key {
            self.entries.borrow_mut().insert(key, entry);
        }
        Ok((person, entry))
    }

    /// The seat of whoever may do something on a body in a phase: for the body itself, or its region.
    pub(crate) fn seat(&self, act: &str, phase: &Phase, body: &str) -> Option<Seat> {
        let framework = &self.year.cycle.framework;
        let roles = framework.roles.iter();
        let roles = roles.filter(|role| is_open(role, phase, act));
        let roles: Vec<&str> = roles.map(|role| role.id.as_str()).collect();
        self.seat_in(&roles, body)
    }

    /// The seat of whoever files a plan of a body: one of the roles that the framework names for it, or
    /// else any that may file plans.
    fn seat_to_file(&self, plan: &PlanDefinition, phase: &Phase, body: &str) -> Option<Seat> {
        let roles = self.year.cycle.framework.roles.iter();
        let roles = roles.filter(|role| {
            let is_named = plan.by.is_empty() || plan.by.contains(&role.id);
            is_named && is_open(role, phase, RecordKind::Plan.act())
        });
        let roles: Vec<&str> = roles.map(|role| role.id.as_str()).collect();
        self.seat_in(&roles, body)
    }

    /// The seat of somebody in one of some roles, for the body itself, or its region.
    pub(crate) fn seat_in(&self, roles: &[&str], body: &str) -> Option<Seat> {
        let region = self.year.region(body);
        let mut seats = [Some(body), region.as_deref()]
            .into_iter()
            .flatten()
            .flat_map(|body| roles.iter().map(move |role| self.year.seat_for(role, body)));
        seats.find(|seat| self.tokens.of(seat).is_some())
    }

    /// A day, counted from that of the cycle.
    pub(crate) fn day(&self, days: Option<i32>) -> Result<Option<String>> {
        let Some(days) = days else {
            return Ok(None);
        };
        let day = self.year.cycle.as_of;
        let day = day.checked_add(jiff::Span::new().days(days))?;
        Ok(Some(day.to_string()))
    }

    /// Prints a line about something invented.
    pub(crate) fn say(&self, person: &str, what: &str, body: &str) {
        say!(
            self.year,
            "{person:<28} {what}: {} (invented)",
            self.year.name(body)
        );
    }

    /// Says once what is refused under a framework: what is invented need not suit it.
    pub(crate) fn leave_out_refused(&self, error: Box<dyn Error + Send + Sync>) -> Result<()> {
        let refused = error.downcast::<Refused>()?;
        self.leave_out(&refused.to_string());
        Ok(())
    }

    /// Says once what a framework does not know.
    pub(crate) fn leave_out(&self, what: &str) {
        if self.left_out.borrow_mut().insert(what.to_owned()) {
            say!(self.year, "{:<28} {what}", "left out");
        }
    }
}

/// An identifier that is unique in the cycle.
pub(crate) fn id(name: &str, body: &str) -> String {
    format!("{name}-{}", body.to_lowercase())
}

impl Moments {
    fn of(year: &Year<'_>) -> Moments {
        let framework = &year.cycle.framework;
        let first = |is_open: &dyn Fn(&Phase) -> bool| framework.phases.iter().position(is_open);
        let opens = |phase: &Phase, act: &str| {
            let mut roles = framework.roles.iter();
            roles.any(|role| phase.acts_of(&role.id).any(|other| other == act))
        };
        let judges = |method: Method| {
            first(&move |phase: &Phase| {
                let mut roles = framework.roles.iter();
                roles.any(|role| {
                    role.methods.contains(&method)
                        && phase
                            .acts_of(&role.id)
                            .any(|act| act == RecordKind::Judgement.act())
                })
            })
        };
        let panels = first(&|phase| opens(phase, RecordKind::Score.act()));
        Moments {
            own_view: judges(Method::SelfAssessment).or(first(&|_| true)),
            before_panels: panels
                .or(framework.phases.len().checked_sub(1))
                .map(|at| at.saturating_sub(1)),
            panels,
            calibration: judges(Method::Calibrated),
            fact_check: first(&|phase| opens(phase, RecordKind::FactComment.act())),
        }
    }
}

/// The seats of everybody who may do something for a group, except whoever acts for a whole region, and
/// members of panels, who have names of their own.
pub(crate) fn seats_of_groups(year: &Year<'_>, groups: usize) -> Vec<Seat> {
    let framework = &year.cycle.framework;
    let officers = year.seats_of_officers();
    let member = year.panel_roles().map(|(_, member)| member);
    let roles = framework.roles.iter().map(|role| role.id.as_str());
    let roles: Vec<&str> = roles
        .filter(|role| officers.iter().all(|officer| officer.role != *role))
        .filter(|role| Some(*role) != member)
        .collect();
    let groups = year.first_groups(groups);
    let seats = groups
        .iter()
        .flat_map(|group| roles.iter().map(|role| year.seat_for(role, group)));
    // Somebody of one body alone, to whom the others are shown to be closed.
    let alone = groups.iter().filter_map(|group| {
        let role = year.own_role()?;
        Some(year.seat_for(role, &year.first_assured(group)))
    });
    seats.chain(alone).collect()
}
