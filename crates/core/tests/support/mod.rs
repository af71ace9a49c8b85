//! What the tests of the engine share: the small fixture, scales and rules.

#![allow(
    dead_code,
    unused_imports,
    reason = "each test file uses its own part of the fixture"
)]

use wcc_core::Scale;
use wcc_core::combine::{Combination, Rounding, Rule};
use wcc_core::framework::{Rating, ScaleIndex};
use wcc_core::outcome::Better;
use wcc_core::scale::{ScaleStep, Values};

pub(crate) use wcc_fixtures::small::{
    CLUSTER, CycleBuilder, FUNCTION, framework, organisations, organisations_with,
};

pub(crate) fn scale(id: &str, keys: &[(&str, i32)]) -> Scale {
    let step = |(key, points): &(&str, i32)| ScaleStep {
        key: (*key).to_owned(),
        title: (*key).to_owned(),
        points: (*points).into(),
        colour: None,
    };
    Scale {
        id: id.to_owned(),
        title: id.to_owned(),
        better: Better::Higher,
        values: Values::Steps(keys.iter().map(step).collect()),
    }
}

pub(crate) fn level() -> Scale {
    scale("level", &[("1", 1), ("2", 2), ("3", 3), ("4", 4)])
}

pub(crate) fn rating() -> Scale {
    scale("rating", &[("red", 0), ("amber", 1), ("green", 2)])
}

pub(crate) fn combination(rule: Rule, scale: u16) -> Combination {
    Combination::new(rule, ScaleIndex(scale))
}

/// A rule that rounds the mean of its inputs to a step.
pub(crate) fn mean(rounding: Rounding, scale: u16) -> Combination {
    Combination {
        rounding: Some(rounding),
        ..combination(Rule::Mean, scale)
    }
}

/// A rating by a rule, beside which marks can be recorded.
pub(crate) fn by(rule: Combination) -> Rating {
    Rating::Rule { rule, marks: true }
}
