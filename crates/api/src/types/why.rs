//! `Reason` and `Ceiling`: why a value is what it is.

use super::body::Body;
use super::cycle::Cycle;
use super::enums::CeilingKind;
use super::plugin::PluginRun;
use crate::project::object;
use wcc_core::RecordId;
use wcc_core::explain::{self, ReasonKind};
use wcc_core::output::{self as core, CeilingBasis};
use wcc_core::record::{CriterionKind, Method};

/// One reason in the explanation of a value.
#[derive(Clone, Debug)]
pub(crate) struct Reason<'a> {
    /// The cycle.
    pub(crate) cycle: Cycle<'a>,
    /// The reason.
    pub(crate) it: explain::Reason,
}

object! {
    /// One reason in the explanation of a value.
    Reason<'a> as "Reason" => |it| {
        /// The kind of link.
        kind: ReasonKind = it.it.kind;
        /// The reason as a sentence, without a full stop.
        text: &str = it.it.text.as_str();
        /// The body whose judgement or evidence it is.
        body: Option<Body<'a>> = it.it.body.map(|body| Body::of(it.cycle.seen(body)));
        /// The method, if it is about one.
        method: Option<Method> = it.it.method;
        /// The plugin that reports it, if one does.
        plugin: Option<PluginRun<'a>> = it.it.plugin.and_then(|at| PluginRun::at(it.cycle, at));
        /// The file and row (or line) of the record behind it, if there is one.
        place: Option<String> = it.it.record.and_then(|record| it.cycle.place(record));
    }
}

/// A ceiling with its reason.
#[derive(Clone, Debug)]
pub(crate) struct Ceiling<'a> {
    /// The cycle.
    pub(crate) cycle: Cycle<'a>,
    /// The ceiling.
    pub(crate) it: &'a core::Ceiling,
    /// Why.
    pub(crate) reason: explain::Reason,
}

impl Ceiling<'_> {
    fn kind(&self) -> CeilingKind {
        match self.it.basis {
            CeilingBasis::Survey(_) => CeilingKind::Survey,
            CeilingBasis::Criterion(at) => {
                let criterion = self.cycle.at.cycle.records.criteria.get(at as usize);
                match criterion.map(|criterion| criterion.kind) {
                    Some(CriterionKind::Metric) => CeilingKind::Metric,
                    _ => CeilingKind::Criterion,
                }
            }
            CeilingBasis::Function { .. } => CeilingKind::Function,
            CeilingBasis::Plugin { .. } => CeilingKind::Plugin,
        }
    }

    fn record(&self) -> Option<RecordId> {
        let cycle = &self.cycle.at.cycle;
        match self.it.basis {
            CeilingBasis::Survey(at) => cycle
                .records
                .surveys
                .get(at as usize)
                .map(|record| record.record),
            CeilingBasis::Criterion(at) => cycle
                .records
                .criteria
                .get(at as usize)
                .map(|record| record.record),
            CeilingBasis::Function { judgement, .. } => {
                let judgement = cycle.records.judgements.get(judgement as usize);
                judgement.map(|record| record.record)
            }
            CeilingBasis::Plugin { .. } => None,
        }
    }
}

object! {
    /// A limit on a measure: "supports level 2, because ...". A ceiling never changes a judgement;
    /// a value above it is challenged.
    Ceiling<'a> as "Ceiling" => |it| {
        /// The highest value supported: `2`, `amber`.
        supports: &'a str = it.cycle.at.cycle.framework.scale_of(it.it.measure).key(it.it.supports);
        /// The kind of evidence behind it.
        kind: CeilingKind = it.kind();
        /// If the evidence was inferred and not read: what it was inferred from.
        inferred: Option<&'a str> = it.it.inferred(&it.cycle.at.cycle);
        /// "supports level 2, because ...", without a full stop.
        reason: &str = it.reason.text.as_str();
        /// The body whose evidence it is.
        body: Option<Body<'a>> = it.reason.body.map(|body| Body::of(it.cycle.seen(body)));
        /// The plugin that reports it, if one does.
        plugin: Option<PluginRun<'a>> = it.reason.plugin.and_then(|at| PluginRun::at(it.cycle, at));
        /// The file and row (or line) of the evidence.
        place: Option<String> = it.record().and_then(|record| it.cycle.place(record));
    }
}
