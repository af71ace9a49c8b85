//! Tables of bodies without the hidden ones.

use std::collections::BTreeSet;
use std::sync::Arc;
use wcc_core::{BodyIndex, Organisations};

/// A table without some bodies.
#[derive(Clone, Debug)]
struct PartialTable {
    of: Arc<Organisations>,
    absent: BTreeSet<BodyIndex>,
    table: Arc<Organisations>,
}

/// Tables without hidden bodies, each built once, so that cycles that share a table still share it,
/// and successive views share theirs.
#[derive(Clone, Debug, Default)]
pub(super) struct Tables {
    /// The tables of the earlier view.
    before: Vec<PartialTable>,
    in_use: Vec<PartialTable>,
}

impl Tables {
    pub(super) fn beside(before: Option<&Tables>) -> Tables {
        Tables {
            before: before.map_or_else(Vec::new, |tables| tables.in_use.clone()),
            in_use: Vec::new(),
        }
    }

    /// Keeps a table of the earlier view.
    pub(super) fn reuse(&mut self, table: &Arc<Organisations>) {
        let is_it = |known: &&PartialTable| Arc::ptr_eq(&known.table, table);
        if !self.in_use.iter().any(|known| is_it(&known)) {
            self.in_use.extend(self.before.iter().find(is_it).cloned());
        }
    }

    /// Returns the tables that were used.
    pub(super) fn in_use(self) -> Tables {
        Tables {
            before: Vec::new(),
            in_use: self.in_use,
        }
    }

    pub(super) fn without(
        &mut self,
        table: &Arc<Organisations>,
        absent: &BTreeSet<BodyIndex>,
    ) -> Arc<Organisations> {
        if absent.is_empty() {
            return Arc::clone(table);
        }
        let is_same =
            |known: &&PartialTable| Arc::ptr_eq(&known.of, table) && known.absent == *absent;
        if let Some(known) = self.in_use.iter().find(is_same) {
            return Arc::clone(&known.table);
        }
        let known = self.before.iter().find(is_same).cloned();
        let known = known.unwrap_or_else(|| PartialTable {
            of: Arc::clone(table),
            absent: absent.clone(),
            table: Arc::new(table.without(absent)),
        });
        let table = Arc::clone(&known.table);
        self.in_use.push(known);
        table
    }
}
