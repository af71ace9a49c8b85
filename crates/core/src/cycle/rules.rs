//! The rules that new records of a cycle follow, for files and for the ledger alike.
//!
//! [`Cycle::check`] asks all of them of every record. Admission asks them of the newest records
//! only, because what a ledger holds may be older than a rule.

use super::{CheckedCycle, Cycle, CycleError};
use crate::body::{BodyIndex, BodyKind, Organisations};
use crate::framework::PlanMaker;
use crate::panel::reviewed_body;
use crate::progress::bodies_below;
use crate::record::{
    CycleRecord, RecordId, RecordKind, Records, RuleContext, RuleViolation, Subject,
};
use std::collections::HashSet;

impl CycleError {
    pub(crate) fn rule_broken(record: RecordId, broken: RuleViolation) -> CycleError {
        let broken = Box::new(broken);
        CycleError::RuleViolation { record, broken }
    }

    /// The field of the record that the error is about, as entries name it, if it is about one.
    pub fn field(&self) -> Option<&'static str> {
        match self {
            CycleError::RuleViolation { broken, .. } => Some(broken.field),
            CycleError::DepartureWithoutReason { .. } => Some("reason"),
            CycleError::AssessorOfNoFunction { .. } => Some("assessor"),
            CycleError::AssuredForEachPct { .. }
            | CycleError::JudgedSha { .. }
            | CycleError::ReachesNobody { .. }
            | CycleError::Ended { .. }
            | CycleError::NotAssured { .. }
            | CycleError::WrongKind { .. }
            | CycleError::DidNotExist { .. }
            | CycleError::Repeated { .. } => Some("body"),
            CycleError::CannotBeAssured { .. }
            | CycleError::NotPrevious { .. }
            | CycleError::UnreadBook { .. } => None,
        }
    }

    /// The earlier record that the record conflicts with, if it is one record.
    pub fn first(&self) -> Option<RecordId> {
        match self {
            CycleError::Repeated { first, .. } => Some(*first),
            CycleError::RuleViolation { broken, .. } => broken.first,
            _ => None,
        }
    }

    /// The name of the rule that is broken, the same wherever it is: `departure-with-reason`.
    pub fn rule(&self) -> &'static str {
        match self {
            CycleError::RuleViolation { broken, .. } => broken.rule,
            CycleError::Repeated { .. } => "repeated",
            CycleError::AssuredForEachPct { .. } => "assured-for-each-pct",
            CycleError::DepartureWithoutReason { .. } => "departure-with-reason",
            CycleError::JudgedSha { .. } => "sha-is-not-judged",
            CycleError::AssessorOfNoFunction { .. } => "assessor-of-function",
            CycleError::ReachesNobody { .. } => "cluster-with-members",
            CycleError::Ended { .. } => "body-exists",
            CycleError::NotAssured { .. } => "body-is-assured",
            CycleError::CannotBeAssured { .. } => "pct-of-cycle",
            CycleError::NotPrevious { .. } => "previous-is-earlier",
            CycleError::DidNotExist { .. } => "pct-exists",
            CycleError::WrongKind { .. } => "kind-of-body",
            CycleError::UnreadBook { .. } => "known-format",
        }
    }
}

/// Why a code cannot be in the list of PCTs that a cycle assures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PctError {
    /// No body has the code.
    Unknown,
    /// The body is of another kind.
    Kind(BodyKind),
    /// An earlier code of the list names the same PCT.
    Repeated,
}

/// Checks the list of PCTs of a new cycle: for each code its PCT, or why it cannot be in the list.
pub fn check_pcts<'c>(
    organisations: &Organisations,
    codes: impl IntoIterator<Item = &'c str>,
) -> Vec<Result<BodyIndex, PctError>> {
    let mut listed = HashSet::new();
    let each = codes.into_iter().map(|code| {
        let body = organisations.find(code).ok_or(PctError::Unknown)?;
        match organisations.body(body).kind {
            BodyKind::Pct if listed.insert(body) => Ok(body),
            BodyKind::Pct => Err(PctError::Repeated),
            kind => Err(PctError::Kind(kind)),
        }
    });
    each.collect()
}

/// Asks the rules of new records, one by one.
pub(crate) struct NewRecordRules<'a> {
    pub(crate) cycle: &'a Cycle,
    pub(crate) context: RuleContext<'a>,
    /// Every record of the cycle, current or not.
    records: &'a Records,
    /// Whether a record is current.
    counts: &'a dyn Fn(RecordId) -> bool,
    /// Bodies whose records are seen, and whether these are judgements.
    seen: HashSet<(BodyIndex, bool)>,
}

impl<'a> NewRecordRules<'a> {
    /// The rules of a cycle. `records` are all of its records, of which `counts` says which are
    /// current.
    pub(crate) fn new(
        cycle: &'a Cycle,
        records: &'a Records,
        counts: &'a dyn Fn(RecordId) -> bool,
        has_outcome: &'a dyn Fn(&str) -> bool,
    ) -> Self {
        NewRecordRules {
            cycle,
            context: RuleContext::new(&cycle.framework, has_outcome),
            records,
            counts,
            seen: HashSet::new(),
        }
    }

    /// Adds the rules that a record breaks by itself, and whether nobody would see it.
    pub(crate) fn check(&mut self, record: &dyn CycleRecord, errors: &mut Vec<CycleError>) {
        let id = record.id();
        let mut broken = record.broken_rules(&self.context);
        if let Some(identifier) = record.identifier() {
            crate::record::check_identifier("id", identifier, &mut broken);
        }
        broken.extend(unknown_method(self.cycle, record));
        broken.extend(not_asked(self.cycle, record));
        broken.extend(plan_of_another(self.cycle, record));
        broken.extend(self.support_of_another(record));
        broken.extend(employed_by_reviewed(self.cycle, record));
        let broken = broken.into_iter();
        errors.extend(broken.map(|broken| CycleError::rule_broken(id, broken)));
        // Judgements on an assured body may cite another's evidence.
        let body = (record.body(), record.kind() == RecordKind::Judgement);
        if record.kind().is_for_any_body() || self.seen.contains(&body) {
            return;
        }
        match nobody_sees(self.cycle, record) {
            Some(error) => errors.push(error),
            None => {
                self.seen.insert(body);
            }
        }
    }
}

impl NewRecordRules<'_> {
    /// Refuses support for a body in an area of concern that is another's.
    fn support_of_another(&self, record: &dyn CycleRecord) -> Option<RuleViolation> {
        let (RecordKind::AreaOfConcern, id) = record.cited_record()? else {
            return None;
        };
        let mut areas = self.records.areas_of_concern.iter();
        let area = areas.find(|area| *area.id == *id && (self.counts)(area.record))?;
        if area.body == record.body() {
            return None;
        }
        let body = self.cycle.organisations.body(area.body);
        let message = format!(
            "`{id}` is an area of concern of {}: give support for the same body",
            body.name_and_code()
        );
        Some(RuleViolation::new("support-of-body", "body", message))
    }
}

impl Cycle {
    /// Sorts the cycle into canonical order and checks it against the model and every rule for new
    /// records, which are also the rules for admission to a ledger.
    ///
    /// # Errors
    ///
    /// Every contradiction found, in the order of the records.
    pub fn check(self) -> Result<CheckedCycle, Vec<CycleError>> {
        self.check_beside(&|_| false)
    }

    /// Checks a cycle like [`Cycle::check`], if only a part of its records is given.
    /// `has_outcome` says whether the other part has an outcome with an identifier.
    ///
    /// # Errors
    ///
    /// Every contradiction found, in the order of the records.
    pub fn check_beside(
        self,
        has_outcome: &dyn Fn(&str) -> bool,
    ) -> Result<CheckedCycle, Vec<CycleError>> {
        self.check_as(Some(has_outcome))
    }

    /// Checks a cycle read from a ledger against the model only. Its records were admitted when they
    /// were new, and there may be further rules by now.
    ///
    /// # Errors
    ///
    /// Every contradiction found, in the order of the records.
    pub fn check_entered(self) -> Result<CheckedCycle, Vec<CycleError>> {
        self.check_as(None)
    }

    /// With `new`, also asks the rules of new records; it says which outcomes are elsewhere.
    fn check_as(
        mut self,
        new: Option<&dyn Fn(&str) -> bool>,
    ) -> Result<CheckedCycle, Vec<CycleError>> {
        self.sort();
        let mut errors = Vec::new();
        self.check_kinds(&mut errors);
        self.check_repeats(&mut errors);
        self.check_departures(&mut errors);
        self.check_times(&mut errors);
        if let Some(has_outcome) = new {
            self.check_rules(has_outcome, &mut errors);
        }
        if errors.is_empty() {
            return Ok(CheckedCycle(self));
        }
        errors.sort_by_key(CycleError::record);
        Err(errors)
    }

    /// Adds every rule that a record breaks, as if all of them were new.
    fn check_rules(&self, is_elsewhere: &dyn Fn(&str) -> bool, errors: &mut Vec<CycleError>) {
        let all = |_: RecordId| true;
        let broken = self
            .records
            .conflicts(&self.framework, &all, &all)
            .into_iter();
        let broken = broken.chain(self.records.repeats());
        errors.extend(broken.map(|(record, broken)| CycleError::rule_broken(record, broken)));
        errors.extend(self.rules_broken_by(&self.records, is_elsewhere));
    }

    /// Every rule for new records that some records of the cycle break by themselves. `is_elsewhere`
    /// says whether an outcome is defined outside the cycle.
    pub(crate) fn rules_broken_by(
        &self,
        records: &Records,
        is_elsewhere: &dyn Fn(&str) -> bool,
    ) -> Vec<CycleError> {
        let has_outcome = |id: &str| {
            let mut outcomes = self.records.outcomes.iter();
            outcomes.any(|outcome| *outcome.outcome == *id) || is_elsewhere(id)
        };
        let mut rules = NewRecordRules::new(self, &self.records, &|_| true, &has_outcome);
        let mut errors = Vec::new();
        for record in records.each() {
            rules.check(record, &mut errors);
        }
        errors
    }

    /// Removes the records that the list of PCTs leaves out: those on a PCT that is not listed, and
    /// on a cluster that has members but none that is listed. What other records cite and reference data
    /// stay.
    pub fn remove_left_out(&mut self) {
        let (pcts, as_of) = (&self.pcts, self.as_of);
        let organisations = &self.organisations;
        let is_left_out = |body: BodyIndex| match organisations.body(body).kind {
            BodyKind::Pct => !pcts.contains(&body),
            BodyKind::Cluster => {
                let mut members = organisations.members_of(body, as_of).peekable();
                members.peek().is_some() && !members.any(|member| pcts.contains(&member))
            }
            BodyKind::Function | BodyKind::Sha => false,
        };
        let keep = |record: &dyn CycleRecord| {
            record.kind().is_for_any_body() || !is_left_out(record.body())
        };
        self.records.retain(&keep);
    }
}

/// Refuses a judgement or an answer by a method that the framework does not have.
fn unknown_method(cycle: &Cycle, record: &dyn CycleRecord) -> Option<RuleViolation> {
    let (method, methods) = (record.method()?, &cycle.framework.methods);
    if methods.has(method) {
        return None;
    }
    let message = format!(
        "{} has no such method; its methods are {}",
        cycle.framework.title,
        crate::words::all_of(methods.ids()),
    );
    Some(RuleViolation::new("method-of-framework", "method", message))
}

/// Refuses a judgement on a measure that the framework does not ask of the body, or on anything that a
/// review leaves out.
fn not_asked(cycle: &Cycle, record: &dyn CycleRecord) -> Option<RuleViolation> {
    let subject = record.judged()?;
    if let Some(review) = cycle.framework.own_review()
        && !cycle.framework.asks(subject)
    {
        let message = format!(
            "this {} is a review ({}), which does not ask for `{}`",
            cycle.framework.words.cycle.one,
            review.title,
            cycle.subject_id(subject)
        );
        return Some(RuleViolation::new("asked-in-review", "measure", message));
    }
    let Subject::Measure(measure) = subject else {
        return None;
    };
    let measure = cycle.framework.measure(measure);
    let body = cycle.organisations.body(record.body());
    let feature = measure.only_for.as_ref()?;
    if body.kind != BodyKind::Pct || body.is_asked(measure) {
        return None;
    }
    let message = format!(
        "`{}` is only for bodies with the feature `{feature}`, which {} ({}) does not have",
        measure.id, body.name, body.code
    );
    Some(RuleViolation::new("asked-of-body", "measure", message))
}

/// Refuses a plan, or a line of one, of a body that does not make such plans.
fn plan_of_another(cycle: &Cycle, record: &dyn CycleRecord) -> Option<RuleViolation> {
    let plan = cycle.framework.plan(record.plan()?);
    let (index, words) = (record.body(), &cycle.framework.words);
    let body = cycle.organisations.body(index);
    let is_authority = body.kind == BodyKind::Sha;
    let makers = match plan.of {
        PlanMaker::Authorities if is_authority && !bodies_below(cycle, index).is_empty() => {
            return None;
        }
        PlanMaker::Bodies if !is_authority && cycle.assures(index) => return None,
        PlanMaker::Authorities => {
            format!(
                "{} with {} of this cycle",
                words.kind(BodyKind::Sha),
                words.body.many
            )
        }
        PlanMaker::Bodies => format!(
            "{} of this cycle, or {} of them",
            words.body.with_article(),
            words.group.with_article()
        ),
    };
    let message = format!(
        "{} is not a plan of {}: it is made by {makers}",
        plan.title,
        body.name_and_code()
    );
    Some(RuleViolation::new("plan-of-body", "body", message))
}

/// Refuses a member of a panel who works for the body that the panel reviews, or in its group.
fn employed_by_reviewed(cycle: &Cycle, record: &dyn CycleRecord) -> Option<RuleViolation> {
    let organisation = record.employer()?;
    let body = reviewed_body(cycle, record.body(), organisation)?;
    let message = format!(
        "{} is reviewed by this panel, or belongs to the {} that is reviewed: appoint somebody who does \
         not work there",
        cycle.organisations.body(body).name_and_code(),
        cycle.framework.words.group.one,
    );
    Some(RuleViolation::new(
        "independent-member",
        "organisation",
        message,
    ))
}

/// Why nobody would see a record of a body. `Cycle::check_entered` reports a judgement on an SHA or
/// on a cluster without any PCT.
pub(crate) fn nobody_sees(cycle: &Cycle, record: &dyn CycleRecord) -> Option<CycleError> {
    let (record, body, kind) = (record.id(), record.body(), record.kind());
    let found = cycle.organisations.body(body);
    let shared = matches!(found.kind, BodyKind::Cluster | BodyKind::Function);
    if shared && !found.period.holds_on(cycle.as_of) {
        return Some(CycleError::Ended {
            record,
            body: found.code.clone(),
            period: found.period,
            as_of: cycle.as_of,
        });
    }
    let mut members = cycle.organisations.members_of(body, cycle.as_of);
    let is_reported = kind == RecordKind::Judgement
        && match found.kind {
            BodyKind::Sha => true,
            BodyKind::Cluster => members.next().is_none(),
            BodyKind::Pct | BodyKind::Function => false,
        };
    (!is_reported && !cycle.assures(body)).then(|| CycleError::NotAssured {
        record,
        body: found.code.clone(),
        cycle: cycle.id.clone(),
    })
}
