//! Which health outcomes a body has: how many, from which catalogue, for which aims.

use crate::outcome::OutcomeDefinition;

/// Which outcomes a PCT chooses and how many.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OutcomeRule {
    /// Total number of outcomes required (WCC: 10); 0 if the framework requires none.
    pub asked: u16,
    /// Number of years over which the compound annual growth rate is computed.
    pub span_years: u16,
    /// The largest rate, in percent a year in either direction, that is consistent with a stated
    /// "little change"; `None` if the framework does not define it.
    pub little_change: Option<f64>,
    /// The smallest difference between aspiration and historic rate, in percentage points a year,
    /// that counts as a large swing; `None` if the framework does not define it.
    pub large_swing: Option<f64>,
    /// The aims that outcomes serve; none if the framework names none.
    pub aims: Vec<OutcomeAim>,
    /// National outcomes and the catalogue of local ones.
    pub catalogue: Vec<OutcomeDefinition>,
}

impl OutcomeRule {
    /// The aim with this identifier.
    pub fn find_aim(&self, id: &str) -> Option<&OutcomeAim> {
        self.aims.iter().find(|aim| aim.id == id)
    }
}

/// An aim that outcomes serve.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutcomeAim {
    /// Identifier: `better-health`.
    pub id: String,
    /// Title as printed: `better health`.
    pub title: String,
    /// Its source.
    pub source: Option<String>,
}
