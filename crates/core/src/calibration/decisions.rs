//! The judgements that calibration compares, each once.

use crate::body::{BodyIndex, BodyKind};
use crate::cycle::CheckedCycle;
use crate::framework::{MeasureIndex, Reach};
use crate::output::{Assurance, Cell, Origin, Output};
use crate::record::Method;

/// What to compare.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// Only these measures; all if `None`.
    pub measures: Option<Vec<MeasureIndex>>,
    /// Only bodies under this authority.
    pub authority: Option<BodyIndex>,
}

/// One measure of one body that was judged on its own, or not yet judged.
#[derive(Clone, Copy, Debug)]
pub struct Decision<'a> {
    /// The output of the body.
    pub output: &'a Output,
    /// The measure.
    pub measure: MeasureIndex,
    /// Its cell in the output.
    pub cell: &'a Cell,
}

/// The decisions of a cycle: for each group its shared judgements, and for each body its own.
///
/// A judgement that several bodies inherit counts once, with the group that it was made on. A measure
/// that is not asked of a body, or that a delegated function was judged on in its place, does not
/// count.
#[derive(Clone, Debug)]
pub struct Decisions<'a> {
    /// The cycle.
    pub cycle: &'a CheckedCycle,
    /// The measures, in the order of the framework.
    pub measures: Vec<MeasureIndex>,
    /// The authority of the bodies, if only those under one are selected.
    pub authority: Option<BodyIndex>,
    /// The decisions, by body, in the order of the assurance.
    pub each: Vec<Decision<'a>>,
    /// The number of bodies with an output of their own in the selection: the population.
    pub bodies: u32,
    /// The number of groups and bodies that were judged on their own.
    pub judged: u32,
    /// The number of groups among them.
    pub judged_groups: u32,
}

impl<'a> Decisions<'a> {
    /// The decisions of a selection.
    pub fn of(
        cycle: &'a CheckedCycle,
        assurance: &'a Assurance,
        selection: &Selection,
    ) -> Decisions<'a> {
        let framework = &cycle.framework;
        let measures: Vec<MeasureIndex> = framework
            .each_measure()
            .map(|(measure, _)| measure)
            .filter(|measure| {
                let wanted = selection.measures.as_ref();
                wanted.is_none_or(|wanted| wanted.contains(measure))
                    && !framework.scale_of(*measure).is_text()
            })
            .collect();
        let mut decisions = Decisions {
            cycle,
            measures,
            authority: selection.authority,
            each: Vec::new(),
            bodies: 0,
            judged: 0,
            judged_groups: 0,
        };
        for cluster in &assurance.clusters {
            let shared = cluster.output.as_ref();
            let shared = shared.filter(|output| decisions.has_selected(output.body));
            if let Some(output) = shared {
                decisions.add(output);
            }
            for output in assurance.outputs_in(cluster) {
                if decisions.has_selected(output.body) {
                    decisions.bodies += 1;
                    decisions.add(output);
                }
            }
        }
        decisions
    }

    /// Whether a body is under the authority that is selected, if one is.
    pub(super) fn has_selected(&self, body: BodyIndex) -> bool {
        let organisations = &self.cycle.organisations;
        self.authority
            .is_none_or(|authority| organisations.sha_of(body) == Some(authority))
    }

    /// The population in words, for readers of the statistics.
    pub fn population_in_words(&self) -> String {
        let words = &self.cycle.framework.words;
        let bodies = words.body.counted(self.bodies as usize);
        let shared = self.judged_groups;
        let own = self.judged - shared;
        format!(
            "{bodies}; judged on their own: {} and {}. A judgement that several inherit counts once",
            words.group.counted(shared as usize),
            words.body.counted(own as usize),
        )
    }

    fn add(&mut self, output: &'a Output) {
        let before = self.each.len();
        for measure in &self.measures {
            let cell = output.cell(*measure);
            if is_decided(self.cycle, output, *measure, cell) {
                self.each.push(Decision {
                    output,
                    measure: *measure,
                    cell,
                });
            }
        }
        let is_judged = u32::from(self.each.len() > before);
        self.judged += is_judged;
        if output.kind == BodyKind::Cluster {
            self.judged_groups += is_judged;
        }
    }
}

/// Whether a cell is a decision of its body, and not of its group or of a function.
fn is_decided(cycle: &CheckedCycle, output: &Output, measure: MeasureIndex, cell: &Cell) -> bool {
    let body = cycle.organisations.body(output.body);
    let definition = cycle.framework.measure(measure);
    let current = cell.current_mark();
    let is_asked = match output.kind {
        BodyKind::Pct => body.is_asked(definition),
        _ => definition.is_asked,
    };
    if !is_asked || current.origin == Origin::Function {
        return false;
    }
    let is_shared = definition.reach == Reach::Cluster;
    match (output.kind, output.cluster) {
        (BodyKind::Cluster, _) => is_shared,
        (_, Some(_)) if is_shared => {
            let judged = [
                Method::SelfAssessment,
                Method::Analyst,
                Method::Panel,
                Method::Calibrated,
            ];
            judged.into_iter().any(|method| {
                let origin = cell.mark(method).origin;
                matches!(origin, Origin::Own | Origin::Departure)
            })
        }
        _ => true,
    }
}
