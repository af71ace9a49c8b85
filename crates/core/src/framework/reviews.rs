//! Lighter rounds between full ones, such as the annual review of an assurance that is every three years.

use super::{ApprovalIndex, Framework, MeasureIndex, PanelRule, Phase, PhaseIndex, PlanIndex};
use crate::record::{Subject, Topic};
use std::collections::BTreeSet;
use std::sync::Arc;

/// What a review asks for. `None` stands for everything that a full round asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReviewDefinition {
    /// Identifier: `annual-review`.
    pub id: String,
    /// Title as printed.
    pub title: String,
    /// Its measures, or components and areas for all of their measures.
    pub measures: Option<Vec<Subject>>,
    /// Its approvals.
    pub approvals: Option<Vec<ApprovalIndex>>,
    /// Its phases.
    pub phases: Option<Vec<PhaseIndex>>,
    /// Its plans.
    pub plans: Option<Vec<PlanIndex>>,
    /// Whether panels are appointed.
    pub has_panel: bool,
    /// Whether each body has to have its number of outcomes.
    pub asks_outcomes: bool,
    /// Source of what it asks for.
    pub source: Option<String>,
}

/// The review to which a framework is limited.
#[derive(Clone, Debug, PartialEq)]
pub struct Review {
    /// The framework of a full round.
    pub full: Arc<Framework>,
    /// Position in [`Framework::reviews`].
    position: usize,
}

impl Framework {
    /// The review with this identifier.
    pub fn find_review(&self, id: &str) -> Option<&ReviewDefinition> {
        self.reviews.iter().find(|review| review.id == id)
    }

    /// The review that a cycle under this framework is; `None` for a full round.
    pub fn own_review(&self) -> Option<&ReviewDefinition> {
        self.reviews.get(self.review.as_ref()?.position)
    }

    /// Whether the review asks for any measure that is counted in a part, or for the measure; always in a
    /// full round.
    pub fn asks(&self, subject: Subject) -> bool {
        match (subject, subject.part()) {
            (Subject::Measure(index), _) => self.measure(index).is_asked,
            (_, Some(part)) => {
                let mut measures = self.measures_of(part).peekable();
                measures.peek().is_none() || measures.any(|index| self.measure(index).is_asked)
            }
            (_, None) => true,
        }
    }

    /// The measures of a part and of the parts in it, or the measure itself.
    fn measures_in(&self, subject: Subject) -> Vec<MeasureIndex> {
        match (subject, subject.part()) {
            (Subject::Measure(index), _) => vec![index],
            (_, Some(part)) => self.measures_of(part).collect(),
            (_, None) => Vec::new(),
        }
    }

    /// The framework of a cycle that is a review: a full round without what the review does not ask for.
    /// Measures keep their positions. `None` if it has no such review.
    pub fn for_review(self: &Arc<Framework>, id: &str) -> Option<Framework> {
        let position = self.reviews.iter().position(|review| review.id == id)?;
        let definition = self.reviews.get(position)?;
        let mut limited = Framework::clone(self);
        limited.review = Some(Review {
            full: Arc::clone(self),
            position,
        });
        if let Some(parts) = &definition.measures {
            let asked = parts.iter().flat_map(|part| self.measures_in(*part));
            let asked: BTreeSet<MeasureIndex> = asked.collect();
            for (index, measure) in (0..).map(MeasureIndex).zip(&mut limited.measures) {
                measure.is_asked = asked.contains(&index);
            }
        }
        limited.keep_approvals(definition.approvals.as_deref());
        limited.keep_phases(definition.phases.as_deref());
        if let Some(plans) = &definition.plans {
            let kept = self.each_plan();
            let kept = kept.filter(|(index, _)| plans.contains(index));
            limited.plans = kept.map(|(_, plan)| plan.clone()).collect();
        }
        if !definition.has_panel {
            limited.panel = PanelRule::default();
        }
        if !definition.asks_outcomes {
            limited.outcomes.asked = 0;
        }
        let areas = std::mem::take(&mut limited.areas_to_lead).into_iter();
        let areas = areas.filter(|topic| match topic {
            Topic::Subject(subject) => limited.asks(*subject),
            Topic::Outcomes => definition.asks_outcomes,
            _ => true,
        });
        limited.areas_to_lead = areas.collect();
        Some(limited)
    }

    /// Leaves out the other approvals. One that comes after such an approval comes after the one before.
    fn keep_approvals(&mut self, kept: Option<&[ApprovalIndex]>) {
        let Some(kept) = kept else { return };
        let all = std::mem::take(&mut self.approvals);
        let mut moved = vec![None; all.len()];
        for ((index, approval), moved) in (0..).map(ApprovalIndex).zip(&all).zip(&mut moved) {
            if !kept.contains(&index) {
                continue;
            }
            let mut approval = approval.clone();
            // The approval before is declared above.
            while let Some(id) = approval.after.take() {
                if self.approvals.iter().any(|earlier| earlier.id == id) {
                    approval.after = Some(id);
                    break;
                }
                let skipped = all.iter().find(|earlier| earlier.id == id);
                approval.after = skipped.and_then(|skipped| skipped.after.clone());
            }
            *moved = self.next_approval();
            self.approvals.push(approval);
        }
        for phase in &mut self.phases {
            phase.requires_approvals.retain_mut(|requirement| {
                let new = moved.get(usize::from(requirement.approval.0)).copied();
                let new = new.flatten();
                requirement.approval = new.unwrap_or(requirement.approval);
                new.is_some()
            });
        }
        let approvals = &self.approvals;
        for role in &mut self.roles {
            role.approvals
                .retain(|id| approvals.iter().any(|approval| approval.id == *id));
        }
    }

    fn next_approval(&self) -> Option<ApprovalIndex> {
        u16::try_from(self.approvals.len()).ok().map(ApprovalIndex)
    }

    /// Leaves out the other phases. One that comes after such a phase comes after the one before.
    fn keep_phases(&mut self, kept: Option<&[PhaseIndex]>) {
        let Some(kept) = kept else { return };
        let all = std::mem::take(&mut self.phases);
        let is_kept = |id: &str| {
            let mut each = (0..).map(PhaseIndex).zip(&all);
            each.any(|(index, phase)| phase.id == id && kept.contains(&index))
        };
        let before = |id: &str| {
            let phase = all.iter().find(|phase| phase.id == id);
            phase.and_then(|phase| phase.after.as_deref())
        };
        let phases = all.iter().filter(|phase| is_kept(&phase.id)).map(|phase| {
            // Readers refuse phases that follow one another in a circle; the limit holds for any framework.
            let line = std::iter::successors(phase.after.as_deref(), |id| before(id));
            let after = line.take(all.len()).find(|id| is_kept(id));
            Phase {
                after: after.map(str::to_owned),
                ..phase.clone()
            }
        });
        self.phases = phases.collect();
        let phases = &self.phases;
        self.methods
            .keep_phases(|id| phases.iter().any(|phase| phase.id == id));
    }
}

impl Review {
    /// The framework of a full round, whether or not a cycle's framework is limited to a review.
    pub fn full_framework(framework: &Arc<Framework>) -> &Arc<Framework> {
        let review = framework.review.as_ref();
        review.map_or(framework, |review| &review.full)
    }
}
