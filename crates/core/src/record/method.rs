//! The methods of judgements.

use serde::{Deserialize, Serialize};

/// The method of a judgement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Method {
    /// Last year's result.
    Previous,
    /// This year's self-assessment.
    SelfAssessment,
    /// The analysts' view before the panel day.
    Analyst,
    /// The panel's assessment.
    Panel,
    /// The result after calibration.
    Calibrated,
}

impl Method {
    /// Every method, in the order of the cycle.
    pub const ALL: [Method; 5] = [
        Method::Previous,
        Method::SelfAssessment,
        Method::Analyst,
        Method::Panel,
        Method::Calibrated,
    ];

    /// The word that files and queries use: `previous`, `self`, `analyst`, `panel`, `calibrated`.
    pub fn name(self) -> &'static str {
        match self {
            Method::Previous => "previous",
            Method::SelfAssessment => "self",
            Method::Analyst => "analyst",
            Method::Panel => "panel",
            Method::Calibrated => "calibrated",
        }
    }

    /// The method with this name.
    pub fn named(name: &str) -> Option<Method> {
        Method::ALL.into_iter().find(|method| method.name() == name)
    }

    /// Position in [`Method::ALL`].
    pub const fn position(self) -> usize {
        self as usize
    }

    /// The value of this method in a list with one value for each of [`Method::ALL`].
    #[expect(
        clippy::indexing_slicing,
        reason = "a method's position is less than the number of methods"
    )]
    #[inline]
    pub const fn of<T>(self, by_method: &[T; 5]) -> &T {
        &by_method[self.position()]
    }

    /// The same, to be changed.
    #[expect(
        clippy::indexing_slicing,
        reason = "a method's position is less than the number of methods"
    )]
    #[inline]
    pub const fn of_mut<T>(self, by_method: &mut [T; 5]) -> &mut T {
        &mut by_method[self.position()]
    }
}
