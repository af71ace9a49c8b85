//! `Reason` and `Ceiling`: explanations of values.

use super::body::Body;
use super::cycle::Cycle;
use super::enums::CeilingKind;
use super::plugin::PluginRun;
use crate::project::leaves::Id;
use crate::project::object;
use std::borrow::Cow;
use wcc_core::RecordId;
use wcc_core::explain::{self, ReasonKind};
use wcc_core::output::{self as core, CeilingBasis};
use wcc_core::record::{CriterionKind, Method};

/// One reason in an explanation.
#[derive(Clone, Debug)]
pub(crate) struct Reason<'a> {
    /// The cycle.
    pub(crate) cycle: Cycle<'a>,
    /// The reason.
    pub(crate) data: explain::Reason,
}

object! {
    /// One reason in the explanation of a value.
    Reason<'a> as "Reason" => |reason| {
        /// The kind of link.
        kind: ReasonKind = reason.data.kind;
        /// The reason as a sentence, without a full stop.
        text: &str = reason.data.text.as_str();
        /// The body whose judgement or evidence it is.
        body: Option<Body<'a>> = reason.data.body.map(|body| Body::of(reason.cycle.body_view(body)));
        /// The purpose of the method, if it is about one.
        method: Option<Method> = reason.data.method;
        /// Identifier of the method in the framework, if it is about one.
        methodId: Option<Id<'a>> = reason.data.method.and_then(|method| reason.cycle.method_id(method));
        /// The plugin that reports it, if one does.
        plugin: Option<PluginRun<'a>> = reason.data.plugin.and_then(|at| PluginRun::at(reason.cycle, at));
        /// The file and row (or line) of the record behind it, if there is one.
        place: Option<String> = reason.data.record.and_then(|record| reason.cycle.source_of(record));
    }
}

/// A ceiling with its reason.
#[derive(Clone, Debug)]
pub(crate) struct Ceiling<'a> {
    /// The cycle.
    pub(crate) cycle: Cycle<'a>,
    /// The ceiling.
    pub(crate) data: &'a core::Ceiling,
    /// The reason for it.
    pub(crate) reason: explain::Reason,
}

impl Ceiling<'_> {
    fn kind(&self) -> CeilingKind {
        match self.data.basis {
            CeilingBasis::Survey(_) => CeilingKind::Survey,
            CeilingBasis::Criterion(at) => {
                let criterion = self.cycle.assured.cycle.records.criteria.get(at as usize);
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
        let cycle = &self.cycle.assured.cycle;
        match self.data.basis {
            CeilingBasis::Survey(at) => cycle
                .records
                .surveys
                .get(at as usize)
                .map(|survey| survey.record),
            CeilingBasis::Criterion(at) => cycle
                .records
                .criteria
                .get(at as usize)
                .map(|criterion| criterion.record),
            CeilingBasis::Function { judgement, .. } => {
                let judgement = cycle.records.judgements.get(judgement as usize);
                judgement.map(|judgement| judgement.record)
            }
            CeilingBasis::Plugin { .. } => None,
        }
    }
}

object! {
    /// A limit on a measure: "supports level 2, because ...". A ceiling never changes a judgement;
    /// a value above it is challenged.
    Ceiling<'a> as "Ceiling" => |ceiling| {
        /// The highest value supported: `2`, `amber`.
        supports: Cow<'a, str> = ceiling.cycle.assured.cycle.framework.scale_of(ceiling.data.measure).key(ceiling.data.supports);
        /// The kind of evidence behind it.
        kind: CeilingKind = ceiling.kind();
        /// If the evidence was inferred and not read: what it was inferred from.
        inferred: Option<&'a str> = ceiling.data.inferred(&ceiling.cycle.assured.cycle);
        /// "supports level 2, because ...", without a full stop.
        reason: &str = ceiling.reason.text.as_str();
        /// The body whose evidence it is.
        body: Option<Body<'a>> = ceiling.reason.body.map(|body| Body::of(ceiling.cycle.body_view(body)));
        /// The plugin that reports it, if one does.
        plugin: Option<PluginRun<'a>> = ceiling.reason.plugin.and_then(|at| PluginRun::at(ceiling.cycle, at));
        /// The file and row (or line) of the evidence.
        place: Option<String> = ceiling.record().and_then(|record| ceiling.cycle.source_of(record));
    }
}
