//! Bodies: PCTs, clusters, functions and SHAs; who belongs to whom, and when.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Position of a body in [`Organisations::bodies`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct BodyIndex(pub u32);

/// What kind of body it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BodyKind {
    /// Strategic health authority: assures the PCTs of its region.
    Sha,
    /// Several PCTs that share management and are assured once.
    Cluster,
    /// Primary care trust (or care trust): gets an output of its own.
    Pct,
    /// A commissioning function delegated region-wide, assured once for all who delegated.
    Function,
}

impl BodyKind {
    /// Every kind, in the order that outputs list them.
    pub const ALL: [BodyKind; 4] = [
        BodyKind::Sha,
        BodyKind::Cluster,
        BodyKind::Pct,
        BodyKind::Function,
    ];

    /// The word that files and queries use.
    pub fn name(self) -> &'static str {
        match self {
            BodyKind::Sha => "sha",
            BodyKind::Cluster => "cluster",
            BodyKind::Pct => "pct",
            BodyKind::Function => "function",
        }
    }

    /// The word that people read in a sentence.
    pub fn in_words(self) -> &'static str {
        match self {
            BodyKind::Sha => "SHA",
            BodyKind::Cluster => "cluster",
            BodyKind::Pct => "PCT",
            BodyKind::Function => "function",
        }
    }
}

/// The time in which something held. A missing end is open; a missing start was not recorded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Period {
    /// First day.
    pub from: Option<Date>,
    /// First day on which it no longer held.
    pub until: Option<Date>,
}

impl Period {
    /// Whether it held on `day`.
    pub fn holds_on(&self, day: Date) -> bool {
        self.from.is_none_or(|from| from <= day) && self.until.is_none_or(|until| day < until)
    }
}

/// One body.
#[derive(Clone, Debug, PartialEq)]
pub struct Body {
    /// ODS code (three characters for PCTs and SHAs), or a name in lower case with hyphens for
    /// clusters and functions.
    pub code: String,
    /// Name as printed.
    pub name: String,
    /// Kind.
    pub kind: BodyKind,
    /// The SHA whose region it lies in; `None` for an SHA.
    pub sha: Option<BodyIndex>,
    /// When it existed.
    pub period: Period,
    /// ONS code, where known.
    pub ons_code: Option<String>,
    /// ONS cluster (2001 area classification), where known or inferred.
    pub ons_cluster: Option<String>,
    /// Resident population, persons, where known.
    pub population: Option<u32>,
    /// For functions: whether the group has commissioning responsibility. True for all others.
    pub commissions: bool,
    /// Code of the body that took its place.
    pub succeeded_by: Option<String>,
    /// Remark for the reader.
    pub note: Option<String>,
    /// Where the facts come from.
    pub source: Option<String>,
}

impl Body {
    /// What is in the place of a body that is absent from a table.
    fn blank(kind: BodyKind) -> Body {
        Body {
            code: String::new(),
            name: String::new(),
            kind,
            sha: None,
            period: Period::default(),
            ons_code: None,
            ons_cluster: None,
            population: None,
            commissions: false,
            succeeded_by: None,
            note: None,
            source: None,
        }
    }
}

/// A PCT belongs to a cluster.
#[derive(Clone, Debug, PartialEq)]
pub struct Membership {
    /// The cluster.
    pub cluster: BodyIndex,
    /// The PCT.
    pub pct: BodyIndex,
    /// When.
    pub period: Period,
    /// Where the fact comes from.
    pub source: Option<String>,
}

/// A PCT delegated commissioning to a function.
#[derive(Clone, Debug, PartialEq)]
pub struct Delegation {
    /// The function.
    pub function: BodyIndex,
    /// The PCT that delegated to it.
    pub pct: BodyIndex,
    /// When.
    pub period: Period,
    /// Where the fact comes from.
    pub source: Option<String>,
}

/// All bodies, memberships and delegations.
#[derive(Clone, Debug, Default)]
pub struct Organisations {
    bodies: Vec<Body>,
    memberships: Vec<Membership>,
    delegations: Vec<Delegation>,
    by_code: BTreeMap<String, BodyIndex>,
    /// Positions in the tables, sorted by the body that they are looked up by.
    memberships_by_pct: Vec<u32>,
    memberships_by_cluster: Vec<u32>,
    delegations_by_pct: Vec<u32>,
    /// Places of the table that hold no body: see [`Organisations::without`].
    absent: BTreeSet<BodyIndex>,
}

impl Organisations {
    /// Takes bodies with distinct codes; of two with one code the first is found by it. The
    /// readers of files refuse such a table before it comes here.
    pub fn new(
        bodies: Vec<Body>,
        memberships: Vec<Membership>,
        delegations: Vec<Delegation>,
    ) -> Self {
        let mut by_code = BTreeMap::new();
        for (at, body) in (0..).zip(&bodies) {
            by_code
                .entry(body.code.to_ascii_uppercase())
                .or_insert(BodyIndex(at));
        }
        let memberships_by_pct = sorted_by(&memberships, |membership| membership.pct);
        let memberships_by_cluster = sorted_by(&memberships, |membership| membership.cluster);
        let delegations_by_pct = sorted_by(&delegations, |delegation| delegation.pct);
        Self {
            bodies,
            memberships,
            delegations,
            by_code,
            memberships_by_pct,
            memberships_by_cluster,
            delegations_by_pct,
            absent: BTreeSet::new(),
        }
    }

    /// The same table as if some bodies had never existed: no list, look-up, membership,
    /// delegation or successor leads to them. All others keep their index, so records on them need
    /// not be translated.
    #[must_use]
    pub fn without(&self, absent: &BTreeSet<BodyIndex>) -> Organisations {
        let is_absent = |index: BodyIndex| absent.contains(&index);
        let codes: BTreeSet<&str> = absent
            .iter()
            .filter_map(|index| Some(self.bodies.get(index.0 as usize)?.code.as_str()))
            .collect();
        let bodies = self.each_place().map(|(index, body)| {
            if is_absent(index) {
                return Body::blank(body.kind);
            }
            let mut body = body.clone();
            body.sha = body.sha.filter(|sha| !is_absent(*sha));
            body.succeeded_by = body
                .succeeded_by
                .filter(|successor| !codes.contains(successor.as_str()));
            body
        });
        let memberships = self.memberships.iter();
        let memberships = memberships
            .filter(|membership| !is_absent(membership.cluster) && !is_absent(membership.pct));
        let delegations = self.delegations.iter();
        let delegations = delegations
            .filter(|delegation| !is_absent(delegation.function) && !is_absent(delegation.pct));
        let mut left = Organisations::new(
            bodies.collect(),
            memberships.cloned().collect(),
            delegations.cloned().collect(),
        );
        // A blank body has no code to be found by.
        left.by_code.remove("");
        left.absent = &self.absent | absent;
        left
    }

    /// The body at `index`. Indices come from this table, so this never fails for them.
    pub fn body(&self, index: BodyIndex) -> &Body {
        &self.bodies[index.0 as usize]
    }

    /// The body with this code (compared without regard to case).
    pub fn find(&self, code: &str) -> Option<BodyIndex> {
        self.by_code.get(&code.to_ascii_uppercase()).copied()
    }

    /// Whether there is a body with an index.
    pub fn has(&self, index: BodyIndex) -> bool {
        (index.0 as usize) < self.bodies.len() && !self.absent.contains(&index)
    }

    /// How many bodies of the table come before one: its index, unless bodies are absent.
    pub fn rank(&self, index: BodyIndex) -> u32 {
        let absent = self.absent.range(..index).count();
        index
            .0
            .saturating_sub(u32::try_from(absent).unwrap_or(u32::MAX))
    }

    /// Every body with its index, in the order of the tables.
    pub fn each(&self) -> impl Iterator<Item = (BodyIndex, &Body)> {
        let places = self.each_place();
        places.filter(|(index, _)| self.absent.is_empty() || !self.absent.contains(index))
    }

    /// Every place of the table, also those without a body.
    fn each_place(&self) -> impl Iterator<Item = (BodyIndex, &Body)> {
        (0..).map(BodyIndex).zip(&self.bodies)
    }

    /// Every membership.
    pub fn memberships(&self) -> &[Membership] {
        &self.memberships
    }

    /// Every delegation.
    pub fn delegations(&self) -> &[Delegation] {
        &self.delegations
    }

    /// The cluster that a PCT belongs to on `day`. A cluster that had ended by then is none.
    pub fn cluster_of(&self, pct: BodyIndex, day: Date) -> Option<BodyIndex> {
        looked_up(
            &self.memberships,
            &self.memberships_by_pct,
            |membership| membership.pct,
            pct,
        )
        .find(|membership| {
            membership.period.holds_on(day) && self.body(membership.cluster).period.holds_on(day)
        })
        .map(|membership| membership.cluster)
    }

    /// The PCTs of a cluster on `day`, in the order of the table. A cluster that had ended by then
    /// has none, as in [`Organisations::cluster_of`].
    pub fn members_of(&self, cluster: BodyIndex, day: Date) -> impl Iterator<Item = BodyIndex> {
        let exists = self.body(cluster).period.holds_on(day);
        looked_up(
            &self.memberships,
            &self.memberships_by_cluster,
            |membership| membership.cluster,
            cluster,
        )
        .filter(move |membership| exists && membership.period.holds_on(day))
        .map(|membership| membership.pct)
    }

    /// The PCTs that delegate to a function on `day`, in the order of the table. To a function that
    /// had ended by then nobody does, as in [`Organisations::functions_of`].
    pub fn delegators_of(&self, function: BodyIndex, day: Date) -> impl Iterator<Item = BodyIndex> {
        let exists = self.body(function).period.holds_on(day);
        self.delegations
            .iter()
            .filter(move |delegation| {
                exists && delegation.function == function && delegation.period.holds_on(day)
            })
            .map(|delegation| delegation.pct)
    }

    /// The functions that a PCT delegates to on `day` and that existed then, in the order of the
    /// table.
    pub fn functions_of(&self, pct: BodyIndex, day: Date) -> impl Iterator<Item = BodyIndex> {
        looked_up(
            &self.delegations,
            &self.delegations_by_pct,
            |delegation| delegation.pct,
            pct,
        )
        .filter(move |delegation| {
            delegation.period.holds_on(day) && self.body(delegation.function).period.holds_on(day)
        })
        .map(|delegation| delegation.function)
    }

    /// The SHA whose region a body lies in; an SHA lies in its own.
    pub fn sha_of(&self, body: BodyIndex) -> Option<BodyIndex> {
        let found = self.body(body);
        if found.kind == BodyKind::Sha {
            Some(body)
        } else {
            found.sha
        }
    }
}

/// Positions of `items` in the order of a body, and of the table within one body.
fn sorted_by<T>(items: &[T], body_of: impl Fn(&T) -> BodyIndex) -> Vec<u32> {
    let mut positions: Vec<u32> = (0..).take(items.len()).collect();
    positions.sort_by_key(|at| body_of(&items[*at as usize]));
    positions
}

/// The items of one body, by positions that [`sorted_by`] made.
fn looked_up<'a, T>(
    items: &'a [T],
    positions: &'a [u32],
    body_of: impl Fn(&T) -> BodyIndex + Copy,
    body: BodyIndex,
) -> impl Iterator<Item = &'a T> {
    let from = positions.partition_point(|at| body_of(&items[*at as usize]) < body);
    let to = positions.partition_point(|at| body_of(&items[*at as usize]) <= body);
    positions[from..to].iter().map(|at| &items[*at as usize])
}
