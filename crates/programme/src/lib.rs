//! One immutable picture of the assurance programme: its cycles, their plugins and results.
//!
//! Every face (terminal, GraphQL, later documents and pages) reads a [`Programme`] and adds no
//! rule of its own. It is built whole, shared without locks and replaced whole.

use std::sync::Arc;
use wcc_core::{Assurance, CheckedCycle, Framework, Organisations};

/// The picture that all faces read.
#[derive(Debug)]
pub struct Programme {
    /// Names this picture: two with the same revision answer every query alike. Lower-case
    /// hexadecimal.
    pub revision: String,
    /// Every framework that the configuration offers, by identifier.
    pub frameworks: Vec<Arc<Framework>>,
    /// The shipped organisations (a cycle may carry its own).
    pub organisations: Arc<Organisations>,
    /// The cycles, in the order of their identifiers.
    pub cycles: Vec<AssuredCycle>,
}

/// One cycle and what assurance made of it.
#[derive(Debug)]
pub struct AssuredCycle {
    /// What was said.
    pub cycle: CheckedCycle,
    /// What follows from it.
    pub assurance: Assurance,
    /// Position of last year's cycle among the cycles, where it is part of the programme.
    pub previous: Option<usize>,
    /// Where each record comes from, in words: `judgements.csv, row 12`.
    pub places: Places,
}

/// The places that records come from.
#[derive(Debug, Default)]
pub struct Places {
    /// Files by number; a record's number is its file's first number plus its row.
    pub files: Vec<(u32, String)>,
}

impl Places {
    /// Where a record was written, in words.
    pub fn place(&self, record: wcc_core::RecordId) -> Option<String> {
        let at = self.files.partition_point(|(first, _)| *first <= record.0);
        let (first, file) = self.files.get(at.checked_sub(1)?)?;
        Some(format!("{file}, row {}", record.0 - first))
    }
}

impl Programme {
    /// The cycle with this identifier.
    pub fn cycle(&self, id: &str) -> Option<&AssuredCycle> {
        self.cycles.iter().find(|one| one.cycle.id == id)
    }
}
