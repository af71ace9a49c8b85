//! The body of a cycle that each body of an earlier cycle has become.

use crate::body::BodyIndex;
use crate::cycle::Cycle;
use std::collections::{BTreeMap, BTreeSet};

/// For each body of the earlier cycle its body in the later one, or why it has none.
pub(super) type Successors = BTreeMap<BodyIndex, Result<BodyIndex, String>>;

pub(super) fn successors(later: &Cycle, earlier: &Cycle) -> Successors {
    let bodies = earlier.organisations.each();
    let bodies = bodies.map(|(index, _)| (index, successor(later, earlier, index)));
    bodies.collect()
}

/// The body of the later cycle that has a body's code, or that succeeded it.
fn successor(later: &Cycle, earlier: &Cycle, body: BodyIndex) -> Result<BodyIndex, String> {
    let words = &later.framework.words;
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    let mut code = earlier.organisations.body(body).code.as_str();
    let name = earlier.organisations.body(body).name_and_code();
    while seen.insert(code) {
        let found = later.organisations.find(code);
        if let Some(found) = found.filter(|found| later.assures(*found)) {
            return Ok(found);
        }
        let now = found.and_then(|found| later.organisations.body(found).succeeded_by.as_deref());
        let then = || {
            let before = earlier.organisations.find(code)?;
            earlier.organisations.body(before).succeeded_by.as_deref()
        };
        let Some(next) = now.or_else(then) else {
            return Err(match found {
                Some(_) => format!("{name} is not assured in this {}", words.cycle.one),
                None => format!(
                    "{name} is not in the tables of this {}, and no body is named that succeeded it",
                    words.cycle.one
                ),
            });
        };
        code = next;
    }
    Err(format!("the bodies that succeeded {name} form a circle"))
}

/// A code that names no body from which a cycle takes records over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownBody {
    /// The given code.
    pub given: Box<str>,
    /// The codes that can be given.
    pub known: BTreeSet<Box<str>>,
}

/// The bodies of an earlier cycle that codes name: by its own code, or by that of the body which it
/// has become.
///
/// # Errors
/// A code is neither that of a body that the earlier cycle assured nor of one that the later one
/// assures.
pub fn bodies_to_carry(
    later: &Cycle,
    earlier: &Cycle,
    codes: &[Box<str>],
) -> Result<BTreeSet<BodyIndex>, UnknownBody> {
    let successors = successors(later, earlier);
    let code_of =
        |cycle: &Cycle, body| -> Box<str> { cycle.organisations.body(body).code.as_str().into() };
    let assured = |cycle: &Cycle| {
        let bodies = cycle.organisations.each().map(|(body, _)| body);
        let assured = bodies.filter(|body| cycle.assures(*body));
        assured.map(|body| code_of(cycle, body)).collect::<Vec<_>>()
    };
    let known: BTreeSet<Box<str>> = assured(earlier).into_iter().chain(assured(later)).collect();
    let mut named = BTreeSet::new();
    for code in codes {
        if !known.iter().any(|known| known.eq_ignore_ascii_case(code)) {
            let given = code.clone();
            return Err(UnknownBody { given, known });
        }
        let has_become = successors.iter().filter(|(body, successor)| {
            let successor = successor.as_ref().ok().map(|body| code_of(later, *body));
            let codes = [Some(code_of(earlier, **body)), successor];
            let mut codes = codes.into_iter().flatten();
            codes.any(|known| known.eq_ignore_ascii_case(code))
        });
        named.extend(has_become.map(|(body, _)| *body));
    }
    Ok(named)
}
