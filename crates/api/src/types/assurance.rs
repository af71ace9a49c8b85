//! `ClusterAssurance`: a cluster with its PCTs' outputs side by side. `FunctionAssurance`: a
//! delegated function with the result of each assessor.

use super::body::{Cluster, Function, Pct};
use super::cell::{Mark, key, title};
use super::cycle::Cycle;
use super::finding::Finding;
use super::measure::Measure;
use super::output::Output;
use crate::picture::Picture;
use crate::project::leaves::Id;
use crate::project::{Failure, object};
use std::borrow::Cow;
use wcc_core::MeasureIndex;
use wcc_core::framework::Reach;
use wcc_core::output::{self as core, Origin};
use wcc_core::record::Method;
use wcc_core::scale::Scale;

/// A cluster's assurance.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ClusterAssurance<'a> {
    cycle: Cycle<'a>,
    data: &'a core::ClusterAssurance,
}

impl<'a> ClusterAssurance<'a> {
    /// Every cluster of a cycle, and every PCT outside any cluster.
    pub(crate) fn all(cycle: Cycle<'a>) -> impl Iterator<Item = ClusterAssurance<'a>> {
        let clusters = cycle.assured.assurance.clusters.iter();
        clusters.map(move |data| ClusterAssurance { cycle, data })
    }

    /// The assurance of a body in every cycle that has one.
    pub(crate) fn of_body(
        picture: &'a Picture,
        code: &'a str,
    ) -> impl Iterator<Item = ClusterAssurance<'a>> {
        Cycle::all(picture).filter_map(move |cycle| {
            let body = cycle.assured.cycle.organisations.find(code)?;
            let data = cycle.assured.assurance.cluster_assurance(body)?;
            Some(ClusterAssurance { cycle, data })
        })
    }

    /// The assurance of the cluster or PCT named by an argument.
    pub(crate) fn named(cycle: Cycle<'a>, code: &str) -> Result<ClusterAssurance<'a>, Failure> {
        let body = cycle.body(code, None)?;
        if let Some(data) = cycle.assured.assurance.cluster_assurance(body) {
            return Ok(ClusterAssurance { cycle, data });
        }
        let clusters = ClusterAssurance::all(cycle).filter_map(|assurance| assurance.data.cluster);
        let pcts = Output::all(cycle).map(|output| output.data.body);
        let organisations = &cycle.assured.cycle.organisations;
        let valid = clusters.chain(pcts);
        let valid = valid.map(|body| organisations.body(body).code.as_str());
        let place = cycle.place_in_words();
        let words = &cycle.assured.cycle.framework.words;
        let what = format!("assured {} or {}", words.group.one, words.body.one);
        Err(Failure::unknown_in(&place, &what, code, valid))
    }

    fn outputs(&self) -> impl Iterator<Item = Output<'a>> + use<'a> {
        let cycle = self.cycle;
        let outputs = self.data.outputs.iter();
        outputs.filter_map(move |at| {
            let data = cycle.assured.assurance.outputs.get(*at as usize)?;
            Some(Output { cycle, data })
        })
    }

    fn measures(&self) -> impl Iterator<Item = MeasureIndex> + use<'a> {
        let framework = &self.cycle.assured.cycle.framework;
        framework.each_measure().map(|(index, _)| index)
    }

    fn shared(&self, index: MeasureIndex) -> Option<&'a core::Cell> {
        self.data.shared().get(usize::from(index.0))
    }
}

object! {
    /// A cluster, assured once, with one output for each of its PCTs. A PCT without a recorded cluster is a
    /// cluster of one.
    ClusterAssurance<'a> as "ClusterAssurance" => |cluster_assurance| {
        /// The cycle.
        cycle: Cycle<'a> = cluster_assurance.cycle;
        /// The group; null for a body that is assured on its own.
        group: Option<Cluster<'a>> = cluster_assurance.data.cluster.map(|group| Cluster(cluster_assurance.cycle.body_view(group)));
        /// The cluster; null for a PCT without a recorded cluster.
        #[deprecated = "Use `group`."]
        cluster: Option<Cluster<'a>> = cluster_assurance.data.cluster.map(|cluster| Cluster(cluster_assurance.cycle.body_view(cluster)));
        /// The cluster's own result; null for a PCT without a recorded cluster, whose output is its result.
        result: Option<Output<'a>> = cluster_assurance.data.output.as_ref().map(|output| Output { cycle: cluster_assurance.cycle, data: output });
        /// The judgements for the cluster, and so for all of its PCTs: one cell for each measure
        /// that is assured once. Empty for a PCT without a recorded cluster.
        shared: [SharedCell<'a>; 50] = {
            let framework = &cluster_assurance.cycle.assured.cycle.framework;
            cluster_assurance.measures().filter(|index| framework.measure(*index).reach == Reach::Cluster)
                .filter_map(|index| Some(SharedCell { cycle: cluster_assurance.cycle, index, cell: cluster_assurance.shared(index)? }))
        };
        /// The output of each of its PCTs, in the order of their codes.
        outputs: [Output<'a>; 3] = cluster_assurance.outputs();
        /// Every measure with the cluster's value and each PCT's beside it.
        sideBySide(
            /// The method; the current value (calibrated, or else the panel's) if omitted.
            method: Option<Method>,
            /// The method by its identifier in the framework, in place of `method`.
            methodId: Option<Id<'_>>,
        ): [SideBySide<'a>; 50] = {
            let method = cluster_assurance.cycle.method(method, methodId)?;
            cluster_assurance.measures().map(move |index| SideBySide { assurance: *cluster_assurance, index, method })
        };
    }
}

/// One measure of a cluster's shared assessment.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SharedCell<'a> {
    cycle: Cycle<'a>,
    index: MeasureIndex,
    cell: &'a core::Cell,
}

impl<'a> SharedCell<'a> {
    fn scale(&self) -> &'a Scale {
        self.cycle.assured.cycle.framework.scale_of(self.index)
    }

    fn value(&self, method: Option<Method>) -> Option<wcc_core::Step> {
        value(self.cell, method)
    }
}

/// The value of a cell by a method, or the current value.
fn value(cell: &core::Cell, method: Option<Method>) -> Option<wcc_core::Step> {
    method.map_or_else(|| cell.current(), |method| cell.mark(method).value)
}

object! {
    /// One measure as judged once for a cluster.
    SharedCell<'a> as "SharedCell" => |shared_cell| {
        /// The measure.
        measure: Measure<'a> = shared_cell.cycle.framework().measure(shared_cell.index);
        /// The value by a method: a level such as `3` or a rating such as `green`; null if it is
        /// not known.
        value(
            /// The method; the current value (calibrated, or else the panel's) if omitted.
            method: Option<Method>,
            /// The method by its identifier in the framework, in place of `method`.
            methodId: Option<Id<'_>>,
        ): Option<Cow<'a, str>> = {
            let method = shared_cell.cycle.method(method, methodId)?;
            key(shared_cell.scale(), shared_cell.value(method))
        };
        /// The value in words for people.
        title(
            /// The method; the current value if omitted.
            method: Option<Method>,
            /// The method by its identifier in the framework, in place of `method`.
            methodId: Option<Id<'_>>,
        ): Option<&'a str> = {
            let method = shared_cell.cycle.method(method, methodId)?;
            title(shared_cell.scale(), shared_cell.value(method))
        };
        /// One mark for each method, with who recorded it and why.
        marks(
            /// Only these methods; all if omitted.
            methods: Option<Vec<Method>>,
            /// Only these methods, by their identifiers in the framework, in place of `methods`.
            methodIds: Option<Vec<Id<'_>>>,
        ): [Mark<'a>; 3] = {
            let methods = shared_cell.cycle.methods(methods, methodIds)?;
            let methods = methods.unwrap_or_else(|| Method::ALL.to_vec());
            methods.into_iter().map(|method| Mark { cycle: shared_cell.cycle, scale: shared_cell.scale(), method, data: shared_cell.cell.mark(method) })
        };
    }
}

/// One measure across a cluster.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SideBySide<'a> {
    assurance: ClusterAssurance<'a>,
    index: MeasureIndex,
    method: Option<Method>,
}

impl<'a> SideBySide<'a> {
    fn scale(&self) -> &'a Scale {
        self.assurance
            .cycle
            .assured
            .cycle
            .framework
            .scale_of(self.index)
    }

    fn cells(&self) -> impl Iterator<Item = (Output<'a>, &'a core::Cell)> + use<'a> {
        let index = self.index;
        let outputs = self.assurance.outputs();
        outputs.map(move |output| (output, output.data.cell(index)))
    }

    fn departs(&self, cell: &core::Cell) -> bool {
        let marks = self.method.map_or_else(
            || vec![Method::Panel, Method::Calibrated],
            |method| vec![method],
        );
        let mut marks = marks.into_iter().map(|method| cell.mark(method));
        marks.any(|mark| mark.origin == Origin::Departure)
    }
}

object! {
    /// One measure across a cluster: the shared value, and each PCT's value.
    SideBySide<'a> as "SideBySide" => |side_by_side| {
        /// The measure.
        measure: Measure<'a> = side_by_side.assurance.cycle.framework().measure(side_by_side.index);
        /// The cluster's value; null if there is none, as for measures that are assured for each
        /// PCT.
        shared: Option<Cow<'a, str>> = key(side_by_side.scale(), side_by_side.assurance.shared(side_by_side.index).and_then(|cell| value(cell, side_by_side.method)));
        /// Each PCT's value, aligned with the `outputs` of the cluster's assurance; null if it is
        /// not known.
        values: [Option<Cow<'a, str>>; 3] = side_by_side.cells().map(|(_, cell)| key(side_by_side.scale(), value(cell, side_by_side.method)));
        /// Codes of the PCTs that depart from the cluster on this measure.
        departures: [Id<'a>; 1] = side_by_side.cells().filter(|(_, cell)| side_by_side.departs(cell)).map(|(output, _)| Id(output.code()));
    }
}

/// A function's assurance.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FunctionAssurance<'a> {
    cycle: Cycle<'a>,
    data: &'a core::FunctionAssurance,
}

impl<'a> FunctionAssurance<'a> {
    /// Every function of a cycle.
    pub(crate) fn all(cycle: Cycle<'a>) -> impl Iterator<Item = FunctionAssurance<'a>> {
        let functions = cycle.assured.assurance.functions.iter();
        functions.map(move |data| FunctionAssurance { cycle, data })
    }

    /// The assurance of a function in every cycle that has one.
    pub(crate) fn of_body(
        picture: &'a Picture,
        code: &'a str,
    ) -> impl Iterator<Item = FunctionAssurance<'a>> {
        Cycle::all(picture).filter_map(move |cycle| FunctionAssurance::of_cycle(cycle, code))
    }

    /// The assurance of a function in one cycle.
    pub(crate) fn of_cycle(cycle: Cycle<'a>, code: &str) -> Option<FunctionAssurance<'a>> {
        let body = cycle.assured.cycle.organisations.find(code)?;
        let data = cycle.assured.assurance.function(body)?;
        Some(FunctionAssurance { cycle, data })
    }

    fn output(&self, data: &'a core::Output) -> Output<'a> {
        let cycle = self.cycle;
        Output { cycle, data }
    }
}

object! {
    /// A delegated function: the judgements of each body that assessed it, side by side. There is
    /// a result for the whole region only if a judgement or calibration was made for the region.
    FunctionAssurance<'a> as "FunctionAssurance" => |function_assurance| {
        /// The cycle.
        cycle: Cycle<'a> = function_assurance.cycle;
        /// The function.
        function: Function<'a> = Function(function_assurance.cycle.body_view(function_assurance.data.function));
        /// The result for the whole region; null if the function was not judged for the region or
        /// calibrated. Judgements of single assessors are never combined.
        result: Option<Output<'a>> = function_assurance.data.is_regional().then(|| function_assurance.output(&function_assurance.data.output));
        /// One result for each body that assessed it, in the order of their codes.
        byAssessor: [Output<'a>; 2] = function_assurance.data.by_assessor.iter().map(|output| function_assurance.output(output));
        /// The findings on it or about it.
        findings: [Finding<'a>; 4] = Finding::of_output(function_assurance.cycle, &function_assurance.data.output);
        /// The PCTs of the cycle that delegate to it, in the order of their codes.
        delegatedBy: [Pct<'a>; 12] = function_assurance.data.delegated_by.iter().map(|pct| Pct(function_assurance.cycle.body_view(*pct)));
    }
}
