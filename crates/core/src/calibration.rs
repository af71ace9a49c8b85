//! Statistics for calibration: whether panels, authorities and methods judge alike.
//!
//! They read the outputs of a cycle and change nothing. Counts and shares are whole numbers.
//! Coefficients of agreement and their intervals are `f64`, which only this module calculates with:
//! they use addition, subtraction, multiplication and division alone, in an order that depends on the
//! ratings and not on the order of items or raters, so every platform gives the same digits.
//!
//! A statistic that has no value gives the reason ([`Undefined`]), never a number. The formulas and
//! their sources are in `docs/calibration.md`.

mod agreement;
mod alpha;
mod bootstrap;
mod decisions;
mod kappa;
mod like_evidence;
mod members;
mod ratings;
mod spread;
mod undefined;

pub use agreement::{MethodAgreement, method_agreements};
pub use bootstrap::{Interval, RESAMPLES};
pub use decisions::{Decision, Decisions, Selection};
pub use kappa::{KappaWeights, weighted_kappa};
pub use like_evidence::{EvidenceFigure, UnlikePair, unlike_pairs};
pub use members::{MemberAgreement, member_agreements};
pub use ratings::{Agreement, Coefficient, MAX_VALUES, Ratings, Share};
pub use spread::{AgainstEvidence, AgainstSelf, Group, GroupBy, Spread, spreads};
pub use undefined::Undefined;
