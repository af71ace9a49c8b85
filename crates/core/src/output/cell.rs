//! Marks, ceilings and cells: one measure of one body.

use super::Comparison;
use crate::cycle::Cycle;
use crate::framework::{Measure, MeasureIndex};
use crate::record::Move;
use crate::record::{Judgement, Method};
use crate::scale::Step;
use std::num::NonZeroU32;

/// Where the value of a mark comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Origin {
    /// There is no judgement.
    #[default]
    Nobody,
    /// The body's own judgement, where its cluster has none.
    Own,
    /// The PCT's own judgement, where it differs from its cluster's.
    Departure,
    /// Inherited from the cluster.
    Cluster,
    /// Inherited from a function to which the body delegates, because its judgements stand for those
    /// that delegate to it.
    Function,
    /// The result of last year's cycle, through the framework's mapping.
    LastYear,
}

/// One method's value in one cell. It takes eight bytes, because a national cycle has half a
/// million of them.
#[derive(Clone, Copy, Debug, Default)]
pub struct Mark {
    /// The value; `None` if unknown or not applicable.
    pub value: Option<Step>,
    /// Where it comes from.
    pub origin: Origin,
    nature: Nature,
    /// The judgement's position plus one, so that `None` needs no extra space.
    judgement: Option<NonZeroU32>,
}

/// What kind of value a mark has.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
enum Nature {
    /// It was read, or there is none.
    #[default]
    Read,
    /// It was inferred, or is last year's result based on such a value.
    Inferred,
    /// The measure does not apply to the body.
    NotApplicable,
}

impl PartialEq for Mark {
    // Every PCT is compared with its cluster.
    #[inline]
    fn eq(&self, other: &Mark) -> bool {
        self.as_number() == other.as_number()
    }
}

impl Nature {
    fn of_value(inferred: bool) -> Nature {
        if inferred {
            Nature::Inferred
        } else {
            Nature::Read
        }
    }
}

impl Mark {
    /// All of it in one number, in the order in which it is in memory, so that one instruction
    /// reads it.
    #[inline]
    fn as_number(self) -> u64 {
        let judgement = u64::from(self.judgement.map_or(0, NonZeroU32::get));
        let value = u64::from(self.value.map_or(0, |value| value.number().get()));
        let (origin, nature) = (self.origin as u64, self.nature as u64);
        judgement | value << 32 | origin << 48 | nature << 56
    }

    /// A mark from the judgement at a position in [`crate::record::Records::judgements`].
    pub(crate) fn judged(judgement: &Judgement, origin: Origin, position: usize) -> Mark {
        let stored = u32::try_from(position)
            .ok()
            .and_then(|position| NonZeroU32::new(position.checked_add(1)?));
        Mark {
            value: judgement.value,
            origin,
            nature: if judgement.not_applicable {
                Nature::NotApplicable
            } else {
                Nature::of_value(judgement.details().inferred.is_some())
            },
            judgement: stored,
        }
    }

    /// Last year's result, which has no judgement of this year behind it.
    pub(crate) fn of_last_year(value: Step, inferred: bool) -> Mark {
        Mark {
            value: Some(value),
            origin: Origin::LastYear,
            nature: Nature::of_value(inferred),
            judgement: None,
        }
    }

    /// The mark on a measure that the framework does not ask of the body.
    pub(crate) fn not_asked() -> Mark {
        Mark {
            nature: Nature::NotApplicable,
            ..Mark::default()
        }
    }

    /// Whether the value was inferred rather than read, or is last year's result based on such a
    /// value.
    pub fn inferred(&self) -> bool {
        self.nature == Nature::Inferred
    }

    /// Whether the measure does not apply to the body. It then leaves every denominator.
    pub fn not_applicable(&self) -> bool {
        self.nature == Nature::NotApplicable
    }

    /// Whether it has a value, or does not apply.
    pub(crate) fn says_anything(&self) -> bool {
        self.value.is_some() || self.not_applicable()
    }

    /// Whether somebody gave a value or said that there is none to have. A measure that is not
    /// asked of the body does not apply either, but nobody said so.
    pub fn is_decided(&self) -> bool {
        self.value.is_some() || self.not_applicable() && self.origin != Origin::Nobody
    }

    /// Why it has no value, in words: "not applicable"; "not legible" if the source has a value that
    /// cannot be read; "not known" if there is no judgement. `None` if it has a value.
    pub fn absence(&self) -> Option<&'static str> {
        match (self.value, self.origin) {
            (Some(_), _) => None,
            (None, _) if self.not_applicable() => Some("not applicable"),
            (None, Origin::Nobody) => Some("not known"),
            (None, _) => Some("not legible"),
        }
    }

    /// Whether the position of its judgement changes.
    pub(crate) fn is_moved(&self, judgements: &Move) -> bool {
        let position = self.judgement.map(|at| at.get() - 1);
        position.is_some_and(|at| judgements.moves(at))
    }

    /// Updates the position of the judgement.
    pub(crate) fn move_along(&mut self, judgements: &Move) {
        if let Some(at) = self.judgement {
            let moved = judgements.position(at.get() - 1);
            self.judgement = NonZeroU32::new(moved.saturating_add(1));
        }
    }

    /// Position in [`crate::record::Records::judgements`] of the judgement behind it.
    pub fn judgement_position(&self) -> Option<usize> {
        self.judgement.map(|at| at.get() as usize - 1)
    }

    /// The judgement behind it. `cycle` must be the cycle from which the mark was computed.
    pub fn judgement<'a>(&self, cycle: &'a Cycle) -> Option<&'a Judgement> {
        cycle.records.judgements.get(self.judgement_position()?)
    }
}

/// Which kinds of marks there are among some marks: one bit for each nature of a mark with a value
/// and without. A mark is added without a branch, because a national cycle has a hundred thousand
/// of them.
#[derive(Clone, Copy, Default)]
pub(crate) struct MarkKinds(u8);

impl MarkKinds {
    const MISSING: u8 = bit(Nature::Read, false) | bit(Nature::Inferred, false);
    const INFERRED: u8 = bit(Nature::Inferred, false) | bit(Nature::Inferred, true);
    const NOT_APPLICABLE: u8 = bit(Nature::NotApplicable, false) | bit(Nature::NotApplicable, true);

    /// Adds a mark.
    #[inline]
    pub(crate) fn add(&mut self, mark: Mark) {
        self.0 |= bit(mark.nature, mark.value.is_some());
    }

    /// Whether a measure that applies has no value.
    #[inline]
    pub(crate) fn any_missing(self) -> bool {
        self.0 & MarkKinds::MISSING != 0
    }

    /// Whether a value was inferred.
    #[inline]
    pub(crate) fn any_inferred(self) -> bool {
        self.0 & MarkKinds::INFERRED != 0
    }

    /// Whether there are marks, and none of their measures applies.
    #[inline]
    pub(crate) fn none_applies(self) -> bool {
        self.0 != 0 && self.0 & !MarkKinds::NOT_APPLICABLE == 0
    }
}

/// The bit of a kind of mark.
#[inline]
const fn bit(nature: Nature, has_value: bool) -> u8 {
    1_u8.wrapping_shl(nature as u32 | (has_value as u32) << 2)
}

/// What a ceiling is based on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CeilingBasis {
    /// A survey result: position in [`crate::record::Records::surveys`].
    Survey(u32),
    /// An unmet criterion or metric: position in [`crate::record::Records::criteria`].
    Criterion(u32),
    /// A delegated function's own level: the positions of the judgement in
    /// [`crate::record::Records::judgements`], and of the plugin run that declares the function's
    /// reach, unless the table of functions does.
    Function {
        /// The judgement on the function.
        judgement: u32,
        /// The plugin run; `None` if the table of functions names the measure.
        plugin: Option<u16>,
    },
    /// A plugin's check: the positions of the run and of the ceiling in
    /// [`crate::Contribution::ceilings`].
    Plugin {
        /// The plugin run.
        plugin: u16,
        /// The ceiling within the run.
        ceiling: u32,
    },
}

/// The highest step that some evidence supports: "supports level 2, because ...".
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ceiling {
    /// The measure.
    pub measure: MeasureIndex,
    /// The highest step supported.
    pub supports: Step,
    /// What it is based on.
    pub basis: CeilingBasis,
}

impl Ceiling {
    /// The reason for the inference, if the ceiling is based on something inferred rather than
    /// read.
    pub fn inferred<'a>(&self, cycle: &'a Cycle) -> Option<&'a str> {
        match self.basis {
            CeilingBasis::Criterion(at) => {
                cycle.records.criteria.at(at as usize).inferred.as_deref()
            }
            CeilingBasis::Function { judgement, .. } => {
                let judgement = cycle.records.judgements.at(judgement as usize);
                judgement.details().inferred.as_deref()
            }
            CeilingBasis::Survey(_) | CeilingBasis::Plugin { .. } => None,
        }
    }
}

/// A measure's cell among the cells of a row.
#[expect(
    clippy::indexing_slicing,
    reason = "a row has one cell for each measure of the framework that the index comes from"
)]
#[inline]
pub(crate) fn cell_at(cells: &[Cell], measure: MeasureIndex) -> &Cell {
    &cells[usize::from(measure.0)]
}

/// The same, to be changed.
#[expect(
    clippy::indexing_slicing,
    reason = "a row has one cell for each measure of the framework that the index comes from"
)]
#[inline]
pub(crate) fn cell_at_mut(cells: &mut [Cell], measure: MeasureIndex) -> &mut Cell {
    &mut cells[usize::from(measure.0)]
}

/// One measure of one PCT.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Cell {
    /// One mark for each of [`Method::ALL`].
    pub marks: [Mark; 5],
    /// The lowest ceiling; `None` if nothing limits the measure.
    pub supported: Option<Step>,
    /// Whether only inferred evidence limits the measure to `supported`.
    pub supported_inferred: bool,
}

impl Cell {
    /// The mark by a method.
    #[inline]
    pub fn mark(&self, method: Method) -> Mark {
        *method.of(&self.marks)
    }

    /// The current mark: the calibrated mark if it has a value, otherwise the panel's.
    #[inline]
    pub fn current_mark(&self) -> Mark {
        let calibrated = self.mark(Method::Calibrated);
        if calibrated.is_decided() {
            calibrated
        } else {
            self.mark(Method::Panel)
        }
    }

    /// The current value.
    pub fn current(&self) -> Option<Step> {
        self.current_mark().value
    }

    /// How the current value compares with the self-assessment.
    pub fn against_self(&self) -> Comparison {
        Comparison::of(self.current(), self.mark(Method::SelfAssessment).value)
    }

    /// How the current value compares with last year's. `measure` must be the cell's measure; a
    /// measure that is new this year has nothing to compare with.
    pub fn against_last_year(&self, measure: &Measure) -> Comparison {
        if self.is_new(measure) {
            Comparison::New
        } else {
            Comparison::of(self.current(), self.mark(Method::Previous).value)
        }
    }

    /// Whether the cell's measure has no previous value because it is new: the framework says so,
    /// and the cycle does not follow one in which it was already assessed.
    pub fn is_new(&self, measure: &Measure) -> bool {
        measure.is_new() && self.follows_nothing()
    }

    /// Whether the cycle does not follow one in which the measure was assessed.
    #[inline]
    pub(crate) fn follows_nothing(&self) -> bool {
        self.mark(Method::Previous).origin != Origin::LastYear
    }
}
