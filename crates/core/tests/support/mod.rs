//! What the tests of the engine share: the small fixture, scales and rules.

#![allow(
    dead_code,
    unused_imports,
    reason = "each test file uses its own part of the fixture"
)]

use wcc_core::Scale;
use wcc_core::combine::{Combination, Rule};
use wcc_core::framework::ScaleIndex;
use wcc_core::scale::ScaleStep;

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
        steps: keys.iter().map(step).collect(),
    }
}

pub(crate) fn level() -> Scale {
    scale("level", &[("1", 1), ("2", 2), ("3", 3), ("4", 4)])
}

pub(crate) fn rating() -> Scale {
    scale("rating", &[("red", 0), ("amber", 1), ("green", 2)])
}

pub(crate) fn combination(rule: Rule, scale: u8) -> Combination {
    Combination::new(rule, ScaleIndex(scale))
}
