//! What a cycle takes over from an earlier one.

use crate::record::CarriedKind;

/// What a cycle under a framework takes over from an earlier cycle.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StartRule {
    /// The kinds of records that are carried; none if nothing is.
    pub carries: Vec<CarriedKind>,
    /// What is carried of a judgement on a measure that has changed.
    pub of_changed: ChangedAnswers,
}

/// What is carried of a judgement on a measure that has changed since the earlier framework.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ChangedAnswers {
    /// Nothing.
    Nothing,
    /// The rationale, without the value.
    #[default]
    Rationale,
    /// The value as well.
    Everything,
}

impl ChangedAnswers {
    /// The word of each in framework files.
    pub const NAMES: [(&'static str, ChangedAnswers); 3] = [
        ("nothing", ChangedAnswers::Nothing),
        ("rationale", ChangedAnswers::Rationale),
        ("everything", ChangedAnswers::Everything),
    ];
}
