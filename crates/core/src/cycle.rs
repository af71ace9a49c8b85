//! One cycle of assurance: all of its records, checked and in canonical order.

mod changes;
mod rules;
mod visible;

pub use visible::Hidden;

pub use changes::CycleChanges;
pub(crate) use rules::{NewRecordRules, nobody_sees};
pub use rules::{PctError, check_pcts};

use crate::body::{BodyIndex, BodyKind, Organisations, Period};
use crate::framework::{Framework, MeasureIndex, Reach};
use crate::record::{
    CodeWriter, Judgement, Method, RecordFact, RecordGroup, RecordId, Records, RuleViolation,
    Subject, Topic,
};
use crate::words::with_article;
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The records of one cycle. Build it with public fields, then call [`Cycle::check`].
#[derive(Clone, Debug)]
pub struct Cycle {
    /// Identifier, unique among the cycles that are loaded together: `south-staffordshire/2009-10`.
    pub id: String,
    /// Title as printed.
    pub title: String,
    /// The day on which memberships and delegations are evaluated.
    pub as_of: Date,
    /// Set if figures are invented: the sentence that every output shows.
    pub illustrative: Option<String>,
    /// The framework by which the cycle is assured.
    pub framework: Arc<Framework>,
    /// The bodies.
    pub organisations: Arc<Organisations>,
    /// PCTs to assure, each listed once.
    pub pcts: Vec<BodyIndex>,
    /// Everything recorded in the cycle.
    pub records: Records,
    /// In the part of a cycle that somebody sees, the approvals of which they do not see everything
    /// that is approved: whether each is current. Empty for a whole cycle.
    pub partly_seen_approvals: BTreeMap<RecordId, bool>,
    /// In the part of a cycle that somebody sees, the groups of records that they do not see on bodies
    /// that they see: such records are not missing. Empty for a whole cycle.
    pub unseen_groups: BTreeSet<(BodyIndex, RecordGroup)>,
}

/// A contradiction between a cycle and the model. Each variant names the record at fault.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CycleError {
    /// A second judgement for the same body, measure and method.
    #[error(
        "`{body}` has a second {method} value on `{subject}`: give one value for each body, \
         measure and method"
    )]
    Repeated {
        /// The later record.
        record: RecordId,
        /// The earlier record.
        first: RecordId,
        /// Code of the body.
        body: String,
        /// Identifier of the measure or component.
        subject: String,
        /// Name of the method.
        method: String,
    },
    /// A judgement on a cluster for a measure or component that is assured for each PCT.
    #[error(
        "`{subject}` is assured for each {pct_word}: record it for {members}, not for `{body}`"
    )]
    AssuredForEachPct {
        /// The record.
        record: RecordId,
        /// Code of the body.
        body: String,
        /// Identifier of the measure or component.
        subject: String,
        /// The word for a PCT.
        pct_word: String,
        /// Codes of the PCTs in the cluster.
        members: String,
    },
    /// A PCT departs from its cluster without a reason.
    #[error(
        "`{body}` departs from its {group} `{cluster}` on `{subject}` ({method}): say why in \
         `reason`, or leave the row out to inherit the {group}'s value"
    )]
    DepartureWithoutReason {
        /// The record.
        record: RecordId,
        /// Code of the PCT.
        body: String,
        /// Code of its cluster.
        cluster: String,
        /// The word for a cluster.
        group: Box<str>,
        /// Identifier of the measure or component.
        subject: String,
        /// Name of the method.
        method: Box<str>,
    },
    /// A judgement on an SHA.
    #[error("`{body}` is {kind}: judgements are on {judged}")]
    JudgedSha {
        /// The record.
        record: RecordId,
        /// Code of the SHA.
        body: String,
        /// The word for an SHA, with its article.
        kind: String,
        /// The words for the kinds of body that can be judged.
        judged: String,
    },
    /// An assessor on a judgement of a body that is not a function.
    #[error("only a judgement on {function} has an `assessor`; `{body}` is {kind}")]
    AssessorOfNoFunction {
        /// The record.
        record: RecordId,
        /// Code of the body.
        body: String,
        /// Kind of the body, with its article.
        kind: String,
        /// The word for a function, with its article.
        function: String,
    },
    /// A judgement on a cluster that has no PCT on the day of the cycle.
    #[error("`{body}` has no {pct_word} on {as_of}, so a judgement on it applies to nobody")]
    ReachesNobody {
        /// The first record on the cluster.
        record: RecordId,
        /// Code of the cluster.
        body: String,
        /// The word for a PCT.
        pct_word: String,
        /// The day of the cycle.
        as_of: Date,
    },
    /// A record on a cluster or function that does not exist on the day of the cycle.
    #[error("`{body}` {}: on {as_of}, the day of the cycle, a record on it would apply to nobody", existence(*period, *as_of))]
    Ended {
        /// The record.
        record: RecordId,
        /// Code of the body.
        body: String,
        /// The period in which the body exists.
        period: Period,
        /// The day of the cycle.
        as_of: Date,
    },
    /// A record on a body that the cycle does not assure.
    #[error("`{body}` is not assured in the cycle `{cycle}`: no output would show this record")]
    NotAssured {
        /// The record.
        record: RecordId,
        /// Code of the body.
        body: String,
        /// The cycle.
        cycle: String,
    },
    /// A PCT in a cycle's list that is not in the cycle's table of bodies, or is of another kind.
    #[error("`{body}` {what}: a cycle assures {body_words} from its tables of bodies")]
    CannotBeAssured {
        /// The entry that describes the cycle.
        record: RecordId,
        /// The code.
        body: String,
        /// What is wrong with it.
        what: String,
        /// The word for several PCTs.
        body_words: String,
    },
    /// A previous cycle whose day is not earlier.
    #[error("`{previous}` cannot be the previous cycle of `{cycle}`: its day must be earlier")]
    NotPrevious {
        /// The entry that describes the cycle.
        record: RecordId,
        /// The cycle.
        cycle: String,
        /// The cycle named as the previous one.
        previous: String,
    },
    /// A PCT that does not exist on the day of the cycle.
    #[error("`{body}` did not exist on {as_of}{}", successor.as_ref().map_or(String::new(), |code| format!("; `{code}` took its place")))]
    DidNotExist {
        /// The first record on the PCT.
        record: RecordId,
        /// Code of the PCT.
        body: String,
        /// The day of the cycle.
        as_of: Date,
        /// Code of the body that replaced it.
        successor: Option<String>,
    },
    /// The cycle's framework or bodies cannot be read, so its records cannot either.
    #[error("the {what} `{id}` cannot be read: {problem}")]
    UnreadBook {
        /// The entry of the framework or bodies.
        record: RecordId,
        /// `framework` or `set of bodies`.
        what: &'static str,
        /// Identifier of the framework or bodies.
        id: String,
        /// Why it cannot be read.
        problem: String,
    },
    /// A new record that breaks a rule of its kind.
    #[error("{broken}")]
    RuleViolation {
        /// The record.
        record: RecordId,
        /// The broken rule and the field concerned.
        broken: Box<RuleViolation>,
    },
    /// A record on a body of the wrong kind.
    #[error("`{body}` is {kind}: {what} belong to {expected}")]
    WrongKind {
        /// The record.
        record: RecordId,
        /// Code of the body.
        body: String,
        /// Kind of the body, with its article.
        kind: String,
        /// What was recorded.
        what: String,
        /// What was expected.
        expected: String,
    },
}

impl CycleError {
    /// The record that the error is about.
    pub fn record(&self) -> RecordId {
        match self {
            CycleError::Repeated { record, .. }
            | CycleError::AssuredForEachPct { record, .. }
            | CycleError::DepartureWithoutReason { record, .. }
            | CycleError::JudgedSha { record, .. }
            | CycleError::AssessorOfNoFunction { record, .. }
            | CycleError::ReachesNobody { record, .. }
            | CycleError::Ended { record, .. }
            | CycleError::NotAssured { record, .. }
            | CycleError::CannotBeAssured { record, .. }
            | CycleError::NotPrevious { record, .. }
            | CycleError::DidNotExist { record, .. }
            | CycleError::UnreadBook { record, .. }
            | CycleError::RuleViolation { record, .. }
            | CycleError::WrongKind { record, .. } => *record,
        }
    }
}

impl Cycle {
    /// A cycle without records.
    pub fn empty(
        id: String,
        framework: Arc<Framework>,
        organisations: Arc<Organisations>,
    ) -> Cycle {
        Cycle {
            id,
            title: String::new(),
            as_of: Date::default(),
            illustrative: None,
            framework,
            organisations,
            pcts: Vec::new(),
            records: Records::default(),
            partly_seen_approvals: BTreeMap::new(),
            unseen_groups: BTreeSet::new(),
        }
    }

    fn sort(&mut self) {
        let code = |pct: &BodyIndex| self.organisations.body(*pct).code.as_str();
        self.pcts.sort_by(|left, right| code(left).cmp(code(right)));
        self.pcts.dedup();
        self.records.sort();
    }

    /// The current judgement with this record.
    pub fn judgement(&self, record: RecordId) -> Option<&Judgement> {
        let mut judgements = self.records.judgements.iter();
        judgements.find(|judgement| judgement.record == record)
    }

    /// Why a judgement was made, in its author's words: its rationale, or else the reason for a
    /// departure.
    pub fn reason_of(&self, judgement: RecordId) -> Option<&str> {
        let details = self.judgement(judgement)?.details();
        details.rationale.as_deref().or(details.reason.as_deref())
    }

    /// Whether any output shows records on a body. This is so for a PCT of the cycle, a cluster
    /// with such a PCT, and any function. An SHA assures others, and has no output.
    pub fn assures(&self, body: BodyIndex) -> bool {
        match self.organisations.body(body).kind {
            BodyKind::Pct => self.pcts.contains(&body),
            BodyKind::Cluster => {
                let mut members = self.organisations.members_of(body, self.as_of);
                members.any(|member| self.pcts.contains(&member))
            }
            BodyKind::Function => true,
            BodyKind::Sha => false,
        }
    }

    fn code(&self, body: BodyIndex) -> String {
        self.organisations.body(body).code.clone()
    }

    /// Everything recorded in the cycle, with codes in place of indices. Records come in canonical
    /// order, except that cited records precede those that cite them.
    pub fn records_in_codes(&self) -> Vec<(RecordId, RecordFact)> {
        self.records.to_codes(&self.code_writer())
    }

    /// Writes records in the codes of the cycle's framework and bodies.
    pub(crate) fn code_writer(&self) -> CodeWriter<'_> {
        CodeWriter {
            framework: &self.framework,
            organisations: &self.organisations,
        }
    }

    /// The identifier of a subject, as used in files.
    pub fn subject_id(&self, subject: Subject) -> &str {
        subject.id(&self.framework)
    }

    /// The identifier of a topic, as used in files.
    pub fn topic_id<'a>(&'a self, topic: &'a Topic) -> &'a str {
        topic.id(&self.framework)
    }

    fn check_kinds(&self, errors: &mut Vec<CycleError>) {
        let words = &self.framework.words;
        for judgement in &self.records.judgements {
            let body = self.organisations.body(judgement.body);
            if body.kind == BodyKind::Sha {
                errors.push(CycleError::JudgedSha {
                    record: judgement.record,
                    body: body.code.clone(),
                    kind: with_article(words.kind(body.kind)),
                    judged: words.all_judged(),
                });
            }
            if judgement.assessor.is_some() && body.kind != BodyKind::Function {
                errors.push(CycleError::AssessorOfNoFunction {
                    record: judgement.record,
                    body: body.code.clone(),
                    kind: with_article(words.kind(body.kind)),
                    function: words.function.with_article(),
                });
            }
            if body.kind == BodyKind::Cluster && self.is_each_pcts_own(judgement.subject) {
                errors.push(self.assured_for_each_pct(judgement));
            }
        }
        for outcome in &self.records.outcomes {
            let body = self.organisations.body(outcome.pct);
            if body.kind != BodyKind::Pct {
                errors.push(CycleError::WrongKind {
                    record: outcome.record,
                    body: body.code.clone(),
                    kind: with_article(words.kind(body.kind)),
                    what: words.outcome.many.clone(),
                    expected: format!("{} of their own", words.body.with_article()),
                });
            }
        }
    }

    /// Whether a measure, or every measure of a component, is assured for each PCT.
    fn is_each_pcts_own(&self, subject: Subject) -> bool {
        let own = |measure: &MeasureIndex| self.framework.measure(*measure).reach == Reach::Pct;
        match subject {
            Subject::Measure(measure) => own(&measure),
            Subject::Component(_) | Subject::Area(_) | Subject::Overall => {
                let level = subject.part();
                let measures = level.map(|level| self.framework.measures_of(level));
                let mut measures = measures.into_iter().flatten().peekable();
                measures.peek().is_some() && measures.all(|measure| own(&measure))
            }
        }
    }

    fn assured_for_each_pct(&self, judgement: &Judgement) -> CycleError {
        let members: Vec<&str> = self
            .organisations
            .members_of(judgement.body, self.as_of)
            .map(|pct| self.organisations.body(pct).code.as_str())
            .collect();
        CycleError::AssuredForEachPct {
            record: judgement.record,
            body: self.code(judgement.body),
            subject: self.subject_id(judgement.subject).to_owned(),
            pct_word: self.framework.words.body.one.clone(),
            members: crate::words::any_of(members),
        }
    }

    fn check_repeats(&self, errors: &mut Vec<CycleError>) {
        for pair in self.records.judgements.windows(2) {
            let [first, second] = pair else { continue };
            let same = first.body == second.body
                && first.subject == second.subject
                && first.method == second.method
                && first.assessor == second.assessor;
            if same {
                errors.push(CycleError::Repeated {
                    record: second.record,
                    first: first.record,
                    body: self.code(second.body),
                    subject: self.subject_id(second.subject).to_owned(),
                    method: self.framework.methods.id(second.method).to_owned(),
                });
            }
        }
    }

    fn check_departures(&self, errors: &mut Vec<CycleError>) {
        for judgements in self
            .records
            .judgements
            .chunk_by(|left, right| left.body == right.body)
        {
            let Some(body) = judgements.first().map(|judgement| judgement.body) else {
                continue;
            };
            if self.organisations.body(body).kind != BodyKind::Pct {
                continue;
            }
            if let Some(cluster) = self.organisations.cluster_of(body, self.as_of) {
                let departures = judgements
                    .iter()
                    .filter(|judgement| self.departs_silently(judgement, cluster));
                errors.extend(departures.map(|judgement| self.departure(judgement, cluster)));
            }
        }
    }

    /// Whether a PCT departs from its cluster without a reason.
    fn departs_silently(&self, judgement: &Judgement, cluster: BodyIndex) -> bool {
        let silent = judgement.details().reason.is_none() && judgement.method != Method::Previous;
        // If a subject is assured for each PCT, the cluster's judgement is at fault instead.
        silent
            && !self.is_each_pcts_own(judgement.subject)
            && self
                .judgements_on(cluster, judgement.subject, judgement.method)
                .iter()
                .any(|shared| shared.value != judgement.value)
    }

    fn departure(&self, judgement: &Judgement, cluster: BodyIndex) -> CycleError {
        CycleError::DepartureWithoutReason {
            record: judgement.record,
            body: self.code(judgement.body),
            cluster: self.code(cluster),
            subject: self.subject_id(judgement.subject).to_owned(),
            group: self.framework.words.group.one.as_str().into(),
            method: self.framework.methods.id(judgement.method).into(),
        }
    }

    /// Reports bodies that do not exist on the day of the cycle, each once.
    fn check_times(&self, errors: &mut Vec<CycleError>) {
        for judgements in self
            .records
            .judgements
            .chunk_by(|left, right| left.body == right.body)
        {
            let Some(first) = judgements.iter().min_by_key(|judgement| judgement.record) else {
                continue;
            };
            let body = first.body;
            let entry = self.organisations.body(body);
            let mut members = self.organisations.members_of(body, self.as_of);
            if entry.kind == BodyKind::Cluster
                && entry.period.holds_on(self.as_of)
                && members.next().is_none()
            {
                errors.push(CycleError::ReachesNobody {
                    record: first.record,
                    body: entry.code.clone(),
                    pct_word: self.framework.words.body.one.clone(),
                    as_of: self.as_of,
                });
            }
        }
        for pct in &self.pcts {
            let entry = self.organisations.body(*pct);
            if !entry.period.holds_on(self.as_of) {
                let positions = self.judgements_of(*pct);
                let judgements = self.records.judgements.slice(positions).iter();
                let records = judgements.map(|judgement| judgement.record);
                errors.push(CycleError::DidNotExist {
                    record: records.min().unwrap_or_default(),
                    body: entry.code.clone(),
                    as_of: self.as_of,
                    successor: entry.succeeded_by.clone(),
                });
            }
        }
    }

    /// The judgements on a body and subject by one method: at most one, or one for each assessor if
    /// the body is a function. Requires canonical order, which [`Cycle::check`] establishes.
    pub fn judgements_on(&self, body: BodyIndex, subject: Subject, method: Method) -> &[Judgement] {
        let key = (body, subject, method);
        let from = self
            .records
            .judgements
            .partition_point(|judgement| judgement_group(judgement) < key);
        let to = self
            .records
            .judgements
            .partition_point(|judgement| judgement_group(judgement) <= key);
        self.records.judgements.slice(from..to)
    }

    /// Positions in [`Records::judgements`] of the judgements on a body.
    pub fn judgements_of(&self, body: BodyIndex) -> std::ops::Range<usize> {
        range_of(&self.records.judgements, |one| one.body, body)
    }

    /// Positions in [`Records::surveys`] of a body's survey results.
    pub fn surveys_of(&self, body: BodyIndex) -> std::ops::Range<usize> {
        range_of(&self.records.surveys, |one| one.body, body)
    }

    /// Positions in [`Records::criteria`] of a body's unmet criteria and metrics.
    pub fn criteria_of(&self, body: BodyIndex) -> std::ops::Range<usize> {
        range_of(&self.records.criteria, |one| one.body, body)
    }

    /// Positions in [`Records::outcomes`] of a PCT's outcomes.
    pub fn outcomes_of(&self, pct: BodyIndex) -> std::ops::Range<usize> {
        range_of(&self.records.outcomes, |one| one.pct, pct)
    }

    /// Positions in [`Records::leads`] of a body's leads.
    pub fn leads_of(&self, body: BodyIndex) -> std::ops::Range<usize> {
        range_of(&self.records.leads, |one| one.body, body)
    }

    /// Positions in [`Records::plans`] of the versions of a body's plans.
    pub fn plans_of(&self, body: BodyIndex) -> std::ops::Range<usize> {
        range_of(&self.records.plans, |one| one.body, body)
    }

    /// Positions in [`Records::answers`] of a body's answers.
    pub fn answers_of(&self, body: BodyIndex) -> std::ops::Range<usize> {
        range_of(&self.records.answers, |one| one.body, body)
    }
}

fn judgement_group(judgement: &Judgement) -> (BodyIndex, Subject, Method) {
    (judgement.body, judgement.subject, judgement.method)
}

/// Why a body does not exist on a day, in words.
fn existence(period: Period, day: Date) -> String {
    match (period.from, period.until) {
        (_, Some(until)) if until <= day => format!("ended on {until}"),
        (Some(from), _) => format!("began on {from}"),
        _ => "did not exist".to_owned(),
    }
}

/// The range of items on one body, in a table sorted by body.
fn range_of<T>(
    items: &[T],
    body_of: impl Fn(&T) -> BodyIndex,
    body: BodyIndex,
) -> std::ops::Range<usize> {
    let from = items.partition_point(|item| body_of(item) < body);
    let to = items.partition_point(|item| body_of(item) <= body);
    from..to
}

/// A cycle that has passed [`Cycle::check`]. The engine accepts no other.
#[derive(Clone, Debug)]
pub struct CheckedCycle(Cycle);

impl std::ops::Deref for CheckedCycle {
    type Target = Cycle;

    fn deref(&self) -> &Cycle {
        &self.0
    }
}
