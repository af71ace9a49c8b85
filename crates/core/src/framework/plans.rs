//! The plans that a framework asks for.

use super::Framework;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// Position of a plan in [`Framework::plans`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct PlanIndex(pub u16);

/// A plan that a framework asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanDefinition {
    /// Identifier: `strategic-plan`.
    pub id: String,
    /// Title as printed.
    pub title: String,
    /// Who makes it.
    pub of: PlanMaker,
    /// Identifiers of the roles that file it; empty for every role that may file plans.
    pub by: Vec<String>,
    /// The number of years that it covers.
    pub years: Option<u16>,
    /// The last day on which it may be filed.
    pub due: Option<Date>,
    /// That day in the source's words.
    pub as_stated: Option<String>,
    /// Source of the plan and of its day.
    pub source: Option<String>,
    /// The month in which its lines start, 1 for January; `None` if it has no lines by month.
    pub first_month: Option<u8>,
}

impl PlanDefinition {
    /// The calendar month, 1 for January, of the figure at a place of a line, from 0.
    pub fn month_at(&self, place: u8) -> u8 {
        let first = self.first_month.unwrap_or(1).saturating_sub(1);
        first.saturating_add(place) % 12 + 1
    }
}

/// Who makes a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlanMaker {
    /// Each assured body, or its group for all of its members.
    Bodies,
    /// Each authority with the bodies that it assures.
    Authorities,
}

impl PlanMaker {
    /// Every kind, with the word that framework files use.
    pub const NAMES: [(&'static str, PlanMaker); 2] = [
        ("bodies", PlanMaker::Bodies),
        ("authorities", PlanMaker::Authorities),
    ];
}

impl Framework {
    /// Position of the plan with this identifier.
    pub fn plan_index(&self, id: &str) -> Option<PlanIndex> {
        super::position(&self.plans, |plan| &plan.id, id).map(PlanIndex)
    }

    /// The plan at `index`. Indices come from this framework, so this never fails for them.
    #[expect(
        clippy::indexing_slicing,
        reason = "an index comes from this framework, whose lists never change"
    )]
    pub fn plan(&self, index: PlanIndex) -> &PlanDefinition {
        &self.plans[usize::from(index.0)]
    }

    /// Every plan with its index.
    pub fn each_plan(&self) -> impl Iterator<Item = (PlanIndex, &PlanDefinition)> {
        (0..).map(PlanIndex).zip(&self.plans)
    }
}
