//! One cycle of the state: every record that was ever made in it.

use super::fact::{CycleFact, Record};
use super::refused::Refused;
use super::resolve::Resolver;
use super::within::Within;
use crate::body::{BodyIndex, Organisations};
use crate::cycle::Cycle;
use crate::framework::Framework;
use crate::judgement::{
    Answer, Commentary, Criterion, Evidence, Judgement, Method, Recommendation, RecordId,
    Statement, Subject, SurveyResult,
};
use crate::outcome::ChosenOutcome;
use crate::table::Table;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::sync::Arc;

/// What an entry is about: of two entries with one key, one supersedes the other.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Key {
    Framework(Box<str>),
    Organisations(Box<str>),
    Cycle(Box<str>),
    Judgement(u32, BodyIndex, Subject, Method, Option<BodyIndex>),
    Evidence(u32, Box<str>),
    Recommendation(u32, Box<str>),
}

/// What kind of thing an entry says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Framework,
    Organisations,
    Cycle,
    Withdrawn,
    Judgement,
    Evidence,
    Survey,
    Criterion,
    Outcome,
    Answer,
    Commentary,
    Recommendation,
    Statement,
}

/// A record in the model's own references.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) enum Resolved {
    Judgement(Judgement),
    Evidence(Evidence),
    Survey(SurveyResult),
    Criterion(Criterion),
    Outcome(Box<ChosenOutcome>),
    Answer(Answer),
    Commentary(Commentary),
    Recommendation(Recommendation),
    Statement(Statement),
}

impl Resolved {
    pub(super) fn kind(&self) -> Kind {
        match self {
            Resolved::Judgement(_) => Kind::Judgement,
            Resolved::Evidence(_) => Kind::Evidence,
            Resolved::Survey(_) => Kind::Survey,
            Resolved::Criterion(_) => Kind::Criterion,
            Resolved::Outcome(_) => Kind::Outcome,
            Resolved::Answer(_) => Kind::Answer,
            Resolved::Commentary(_) => Kind::Commentary,
            Resolved::Recommendation(_) => Kind::Recommendation,
            Resolved::Statement(_) => Kind::Statement,
        }
    }

    pub(super) fn record(&self) -> RecordId {
        match self {
            Resolved::Judgement(one) => one.record,
            Resolved::Evidence(one) => one.record,
            Resolved::Survey(one) => one.record,
            Resolved::Criterion(one) => one.record,
            Resolved::Outcome(one) => one.record,
            Resolved::Answer(one) => one.record,
            Resolved::Commentary(one) => one.record,
            Resolved::Recommendation(one) => one.record,
            Resolved::Statement(one) => one.record,
        }
    }

    /// Adds it to the records of a cycle.
    pub(super) fn put_into(self, all: &mut Cycle) {
        match self {
            Resolved::Judgement(one) => all.judgements.push(one),
            Resolved::Evidence(one) => all.evidence.push(one),
            Resolved::Survey(one) => all.surveys.push(one),
            Resolved::Criterion(one) => all.criteria.push(one),
            Resolved::Outcome(one) => all.outcomes.push(*one),
            Resolved::Answer(one) => all.answers.push(one),
            Resolved::Commentary(one) => all.commentary.push(one),
            Resolved::Recommendation(one) => all.recommendations.push(one),
            Resolved::Statement(one) => all.statements.push(one),
        }
    }

    pub(super) fn key(&self, cycle: u32) -> Option<Key> {
        match self {
            Resolved::Judgement(one) => Some(key_of_judgement(cycle, one)),
            Resolved::Evidence(one) => Some(Key::Evidence(cycle, one.id.clone())),
            Resolved::Recommendation(one) => Some(Key::Recommendation(cycle, one.id.clone())),
            _ => None,
        }
    }
}

fn key_of_judgement(cycle: u32, one: &Judgement) -> Key {
    Key::Judgement(cycle, one.body, one.subject, one.method, one.assessor)
}

/// A cycle with every record that was ever made in it, in the order of the entries.
#[derive(Debug)]
pub(super) struct OpenedCycle {
    pub(super) id: Box<str>,
    /// Each way in which it was described, with the entry.
    descriptions: Vec<(u32, CycleFact)>,
    all: Cycle,
}

impl OpenedCycle {
    pub(super) fn new(
        number: u32,
        fact: CycleFact,
        framework: Arc<Framework>,
        organisations: Arc<Organisations>,
    ) -> OpenedCycle {
        let all = Cycle::empty(fact.id.to_string(), framework, organisations);
        OpenedCycle {
            id: fact.id.clone(),
            descriptions: vec![(number, fact)],
            all,
        }
    }

    /// Every record that was ever made in it, in the order of the entries; no list of PCTs.
    pub(super) fn all(&self) -> &Cycle {
        &self.all
    }

    /// How it was described last, with the entry.
    pub(super) fn latest(&self) -> Option<(u32, &CycleFact)> {
        let (number, fact) = self.descriptions.last()?;
        Some((*number, fact))
    }

    /// The entry that opened it.
    pub(super) fn opened(&self) -> u32 {
        self.descriptions.first().map_or(0, |(number, _)| *number)
    }

    /// How it was described when it was opened.
    pub(super) fn opening(&self) -> &CycleFact {
        // `new` puts the first in; `forget_description` tells when the last is gone.
        &self.descriptions[0].1
    }

    pub(super) fn describe(&mut self, number: u32, fact: CycleFact) {
        self.descriptions.push((number, fact));
    }

    pub(super) fn described_by(&self, number: u32) -> bool {
        self.description(number).is_some()
    }

    /// Forgets how it was described last; true where that was the only way.
    pub(super) fn forget_description(&mut self) -> bool {
        self.descriptions.pop();
        self.descriptions.is_empty()
    }

    pub(super) fn resolve(
        &self,
        number: u32,
        record: Record,
        has_evidence: &dyn Fn(&str) -> bool,
    ) -> Result<Resolved, Refused> {
        let resolver = Resolver {
            framework: &self.all.framework,
            organisations: &self.all.organisations,
            has_evidence,
            record: RecordId(number),
        };
        Ok(match record {
            Record::Judgement(fact) => Resolved::Judgement(resolver.judgement(fact)?),
            Record::Evidence(fact) => Resolved::Evidence(resolver.evidence(fact)?),
            Record::Survey(fact) => Resolved::Survey(resolver.survey(fact)?),
            Record::Criterion(fact) => Resolved::Criterion(resolver.criterion(fact)?),
            Record::Outcome(fact) => Resolved::Outcome(Box::new(resolver.outcome(*fact)?)),
            Record::Answer(fact) => Resolved::Answer(resolver.answer(fact)?),
            Record::Commentary(fact) => Resolved::Commentary(resolver.commentary(fact)?),
            Record::Recommendation(fact) => {
                Resolved::Recommendation(resolver.recommendation(fact)?)
            }
            Record::Statement(fact) => Resolved::Statement(resolver.statement(fact)?),
        })
    }

    pub(super) fn take_in(&mut self, resolved: Resolved) {
        resolved.put_into(&mut self.all);
    }

    /// Forgets the newest record of a kind.
    pub(super) fn forget(&mut self, kind: Kind) {
        let all = &mut self.all;
        match kind {
            Kind::Judgement => drop(all.judgements.pop()),
            Kind::Evidence => drop(all.evidence.pop()),
            Kind::Survey => drop(all.surveys.pop()),
            Kind::Criterion => drop(all.criteria.pop()),
            Kind::Outcome => drop(all.outcomes.pop()),
            Kind::Answer => drop(all.answers.pop()),
            Kind::Commentary => drop(all.commentary.pop()),
            Kind::Recommendation => drop(all.recommendations.pop()),
            Kind::Statement => drop(all.statements.pop()),
            Kind::Framework | Kind::Organisations | Kind::Cycle | Kind::Withdrawn => {}
        }
    }

    /// The record of an entry.
    pub(super) fn resolved(&self, kind: Kind, number: u32) -> Option<Resolved> {
        let all = &self.all;
        macro_rules! found {
            ($list:ident) => {
                find(&all.$list, number, |one| one.record).cloned()
            };
        }
        Some(match kind {
            Kind::Judgement => Resolved::Judgement(found!(judgements)?),
            Kind::Evidence => Resolved::Evidence(found!(evidence)?),
            Kind::Survey => Resolved::Survey(found!(surveys)?),
            Kind::Criterion => Resolved::Criterion(found!(criteria)?),
            Kind::Outcome => Resolved::Outcome(Box::new(found!(outcomes)?)),
            Kind::Answer => Resolved::Answer(found!(answers)?),
            Kind::Commentary => Resolved::Commentary(found!(commentary)?),
            Kind::Recommendation => Resolved::Recommendation(found!(recommendations)?),
            Kind::Statement => Resolved::Statement(found!(statements)?),
            Kind::Framework | Kind::Organisations | Kind::Cycle | Kind::Withdrawn => return None,
        })
    }

    /// How an entry described it.
    pub(super) fn description(&self, number: u32) -> Option<&CycleFact> {
        let mut descriptions = self.descriptions.iter();
        let found = descriptions.find(|(described, _)| *described == number);
        found.map(|(_, fact)| fact)
    }

    /// The documents that evidence ever named, each with its entry.
    pub(super) fn documents(&self) -> impl Iterator<Item = (u32, &str)> {
        let all = self.all.evidence.iter();
        all.filter_map(|one| Some((one.record.0, one.document.as_deref()?)))
    }

    /// Whether the references of a record are to bodies, measures and steps that there are.
    pub(super) fn has_what_it_names(&self, record: &Resolved) -> bool {
        Within {
            framework: &self.all.framework,
            organisations: &self.all.organisations,
        }
        .holds(record)
    }

    /// What the record of an entry is about, where that may be said only once.
    pub(super) fn key_of(&self, kind: Kind, number: u32, cycle: u32) -> Option<Key> {
        let all = &self.all;
        match kind {
            Kind::Judgement => {
                let one = find(&all.judgements, number, |one| one.record)?;
                Some(key_of_judgement(cycle, one))
            }
            Kind::Evidence => {
                let one = find(&all.evidence, number, |one| one.record)?;
                Some(Key::Evidence(cycle, one.id.clone()))
            }
            Kind::Recommendation => {
                let one = find(&all.recommendations, number, |one| one.record)?;
                Some(Key::Recommendation(cycle, one.id.clone()))
            }
            _ => None,
        }
    }

    /// Whether an entry is evidence that a standing judgement or criterion names.
    pub(super) fn rests_on_evidence(&self, number: u32, stands: &dyn Fn(u32) -> bool) -> bool {
        let Some(evidence) = find(&self.all.evidence, number, |one| one.record) else {
            return false;
        };
        let named =
            |ids: &[Box<str>], record: RecordId| stands(record.0) && ids.contains(&evidence.id);
        let mut judgements = self.all.judgements.iter();
        let mut criteria = self.all.criteria.iter();
        judgements.any(|one| named(&one.said().evidence, one.record))
            || criteria.any(|one| named(&one.evidence, one.record))
    }

    /// What of the cycle the entries after a number can contradict: the judgements on what they
    /// judge, and the outcomes that they choose. All of it where the cycle was described anew.
    pub(super) fn touched_since(&self, after: u32, stands: &dyn Fn(u32) -> bool) -> Option<Cycle> {
        let (described, fact) = self.descriptions.last()?;
        let (all, organisations) = (&self.all, &self.all.organisations);
        let is_new = |record: RecordId| record.0 > after;
        let new = all.judgements.iter().rev();
        let new = new.take_while(|one| is_new(one.record));
        let judged: BTreeSet<(Subject, Method)> =
            new.map(|one| (one.subject, one.method)).collect();
        let whole = is_new(RecordId(*described));
        let judgements = all.judgements.iter().filter(|one| {
            (whole || judged.contains(&(one.subject, one.method))) && stands(one.record.0)
        });
        let outcomes = all.outcomes.iter();
        let outcomes = outcomes.filter(|one| (whole || is_new(one.record)) && stands(one.record.0));
        let pcts = fact.pcts.iter().filter_map(|code| organisations.find(code));
        Some(Cycle {
            as_of: fact.as_of,
            pcts: pcts.collect(),
            judgements: judgements.cloned().collect(),
            outcomes: outcomes.cloned().collect(),
            ..Cycle::empty(
                fact.id.to_string(),
                Arc::clone(&all.framework),
                Arc::clone(organisations),
            )
        })
    }

    /// The cycle as it stood after an entry.
    pub(super) fn at(
        &self,
        number: u32,
        stood: &dyn Fn(u32) -> bool,
    ) -> Option<(Cycle, &CycleFact)> {
        let descriptions = self.descriptions.iter().rev();
        let (_, fact) = descriptions
            .into_iter()
            .find(|(described, _)| *described <= number)?;
        let (all, organisations) = (&self.all, &self.all.organisations);
        let pcts = fact.pcts.iter().filter_map(|code| organisations.find(code));
        let keep = Keep { number, stood };
        let cycle = Cycle {
            id: fact.id.to_string(),
            title: fact.title.to_string(),
            as_of: fact.as_of,
            illustrative: fact.illustrative.as_deref().map(str::to_owned),
            framework: Arc::clone(&all.framework),
            organisations: Arc::clone(organisations),
            pcts: pcts.collect(),
            judgements: keep.those(&all.judgements, |one| one.record),
            evidence: keep.those(&all.evidence, |one| one.record),
            surveys: keep.those(&all.surveys, |one| one.record),
            criteria: keep.those(&all.criteria, |one| one.record),
            outcomes: keep.those(&all.outcomes, |one| one.record),
            answers: keep.those(&all.answers, |one| one.record),
            commentary: keep.those(&all.commentary, |one| one.record),
            recommendations: keep.those(&all.recommendations, |one| one.record),
            statements: keep.those(&all.statements, |one| one.record),
        };
        Some((cycle, fact))
    }
}

/// Which records stood at a moment.
struct Keep<'a> {
    number: u32,
    stood: &'a dyn Fn(u32) -> bool,
}

impl Keep<'_> {
    fn those<T: Clone>(&self, all: &[T], record: impl Fn(&T) -> RecordId) -> Table<T> {
        let until = all.partition_point(|one| record(one).0 <= self.number);
        let stood = all[..until]
            .iter()
            .filter(|one| (self.stood)(record(one).0));
        stood.cloned().collect()
    }
}

fn find<T>(all: &[T], number: u32, record: impl Fn(&T) -> RecordId) -> Option<&T> {
    let at = all
        .binary_search_by_key(&number, |one| record(one).0)
        .ok()?;
    all.get(at)
}
