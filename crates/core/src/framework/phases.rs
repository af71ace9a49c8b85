//! Roles, phases, and what each role may do in them.

use jiff::civil::Date;

/// A role that people have in the assurance, such as a member of a panel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Role {
    /// Identifier: `panel`.
    pub id: String,
    /// Title as printed.
    pub title: String,
}

/// One phase of the cycle.
#[derive(Clone, Debug, PartialEq)]
pub struct Phase {
    /// Identifier: `self-assessment`.
    pub id: String,
    /// Title as printed.
    pub title: String,
    /// First day, if the source states it.
    pub from: Option<Date>,
    /// Last day, if the source states it.
    pub to: Option<Date>,
    /// The date in the source's words: `August/September 08`.
    pub as_stated: Option<String>,
    /// Source of the date.
    pub source: Option<String>,
    /// The acts open to each role in this phase, by the role's identifier. This is data for
    /// policies, which make the decisions.
    pub acts: Vec<(String, Vec<String>)>,
}

impl Phase {
    /// Whether the phase has dates that include a day. Both ends are inclusive, and a missing end
    /// is open.
    pub fn holds_on(&self, day: Date) -> bool {
        let has_dates = self.from.is_some() || self.to.is_some();
        has_dates && self.from.is_none_or(|from| from <= day) && self.to.is_none_or(|to| day <= to)
    }

    /// The acts open to a role in this phase.
    pub fn acts_of(&self, role: &str) -> impl Iterator<Item = &str> {
        let rows = self
            .acts
            .iter()
            .filter(move |(row_role, _)| row_role == role);
        rows.flat_map(|(_, acts)| acts).map(String::as_str)
    }
}
