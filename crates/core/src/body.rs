//! Bodies: PCTs, clusters, functions and SHAs, and their memberships and delegations over time.

use crate::delegation::FunctionWork;
use crate::framework::{Framework, Measure, MeasureIndex, Reach};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Position of a body in [`Organisations::bodies`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct BodyIndex(pub u32);

/// The kind of a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BodyKind {
    /// Strategic health authority: assures the PCTs of its region.
    Sha,
    /// Several PCTs that share management and are assured once.
    Cluster,
    /// Primary care trust (or care trust), which gets its own output.
    Pct,
    /// A commissioning function delegated across the region, assured once for all who delegate to
    /// it.
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
}

/// The period in which a fact holds. Without an end it is still current; without a start, the start
/// was not recorded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Period {
    /// First day.
    pub from: Option<Date>,
    /// First day on which the fact no longer holds.
    pub until: Option<Date>,
}

impl Period {
    /// Whether the fact holds on `day`.
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
    /// The kind of body.
    pub kind: BodyKind,
    /// The SHA of its region; `None` for an SHA.
    pub sha: Option<BodyIndex>,
    /// The period in which it exists.
    pub period: Period,
    /// ONS code, if known.
    pub ons_code: Option<String>,
    /// ONS cluster (2001 area classification), if known or inferred.
    pub ons_cluster: Option<String>,
    /// Resident population in persons, if known.
    pub population: Option<u32>,
    /// For functions: whether the group has commissioning responsibility. True for all others.
    pub commissions: bool,
    /// For functions: what it does for those that delegate to it. Nothing for all others.
    pub work: FunctionWork,
    /// Code of the body that replaced it.
    pub succeeded_by: Option<String>,
    /// What the body has or does that some measures are only for: `a-and-e`. In lower case.
    pub features: Vec<String>,
    /// Remark for the reader.
    pub note: Option<String>,
    /// Source of these facts.
    pub source: Option<String>,
}

impl Body {
    /// The name with the code, as sentences name it: `Gateshead PCT (5KF)`.
    pub fn name_and_code(&self) -> String {
        format!("{} ({})", self.name, self.code)
    }

    /// Whether a measure is asked of this body.
    pub fn is_asked(&self, measure: &Measure) -> bool {
        let feature = measure.only_for.as_ref();
        measure.is_asked
            && feature.is_none_or(|feature| self.features.iter().any(|own| own == feature))
    }

    /// Whether a measure can be judged for the body itself: for a PCT whatever is asked of it, because
    /// it may depart from its cluster; for a cluster what is judged once; for a function what it
    /// performs, or everything if it does not say; for an SHA nothing.
    pub fn can_be_judged_on(&self, framework: &Framework, index: MeasureIndex) -> bool {
        let measure = framework.measure(index);
        match self.kind {
            BodyKind::Pct => self.is_asked(measure),
            BodyKind::Cluster => measure.is_asked && measure.reach == Reach::Cluster,
            BodyKind::Function if !measure.is_asked => false,
            BodyKind::Function => {
                self.work.performs.is_empty() || self.work.measures(framework).contains(&index)
            }
            BodyKind::Sha => false,
        }
    }

    /// The placeholder for a body that is absent from a table.
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
            work: FunctionWork::default(),
            succeeded_by: None,
            features: Vec::new(),
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
    /// When the membership holds.
    pub period: Period,
    /// Source of this fact.
    pub source: Option<String>,
}

/// A PCT delegated commissioning to a function.
#[derive(Clone, Debug, PartialEq)]
pub struct Delegation {
    /// The function.
    pub function: BodyIndex,
    /// The PCT that delegated to it.
    pub pct: BodyIndex,
    /// When the delegation holds.
    pub period: Period,
    /// Source of this fact.
    pub source: Option<String>,
}

/// All bodies, memberships and delegations.
#[derive(Clone, Debug, Default)]
pub struct Organisations {
    bodies: Vec<Body>,
    memberships: Vec<Membership>,
    delegations: Vec<Delegation>,
    by_code: BTreeMap<String, BodyIndex>,
    /// Positions in the tables, sorted by the body used to look them up.
    memberships_by_pct: Vec<u32>,
    memberships_by_cluster: Vec<u32>,
    delegations_by_pct: Vec<u32>,
    /// Positions of the table that hold no body: see [`Organisations::without`].
    absent: BTreeSet<BodyIndex>,
}

impl Organisations {
    /// Builds the tables. Codes are expected to be distinct, which the readers of files ensure; if
    /// two bodies share a code, the first is found by it.
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
        let memberships_by_pct = positions_by(&memberships, |membership| membership.pct);
        let memberships_by_cluster = positions_by(&memberships, |membership| membership.cluster);
        let delegations_by_pct = positions_by(&delegations, |delegation| delegation.pct);
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

    /// A copy in which some bodies do not exist: no list, look-up, membership, delegation or
    /// successor leads to them. All other bodies keep their index, so records on them stay valid.
    #[must_use]
    pub fn without(&self, absent: &BTreeSet<BodyIndex>) -> Organisations {
        let is_absent = |index: BodyIndex| absent.contains(&index);
        let codes: BTreeSet<&str> = absent
            .iter()
            .filter_map(|index| Some(self.bodies.get(index.0 as usize)?.code.as_str()))
            .collect();
        let bodies = self.each_position().map(|(index, body)| {
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
        let memberships =
            memberships.filter(|fact| !is_absent(fact.cluster) && !is_absent(fact.pct));
        let delegations = self.delegations.iter();
        let delegations =
            delegations.filter(|fact| !is_absent(fact.function) && !is_absent(fact.pct));
        let mut remaining = Organisations::new(
            bodies.collect(),
            memberships.cloned().collect(),
            delegations.cloned().collect(),
        );
        // A blank body has no code.
        remaining.by_code.remove("");
        remaining.absent = &self.absent | absent;
        remaining
    }

    /// The body at `index`. Indices come from this table, so this never fails for them.
    #[expect(
        clippy::indexing_slicing,
        reason = "an index comes from this table, whose bodies never change"
    )]
    #[inline]
    pub fn body(&self, index: BodyIndex) -> &Body {
        &self.bodies[index.0 as usize]
    }

    /// The body with this code, ignoring case.
    pub fn find(&self, code: &str) -> Option<BodyIndex> {
        self.by_code.get(&code.to_ascii_uppercase()).copied()
    }

    /// Whether a body has this index.
    pub fn has(&self, index: BodyIndex) -> bool {
        (index.0 as usize) < self.bodies.len() && !self.absent.contains(&index)
    }

    /// The number of bodies that precede a body in the table. This is its index, unless bodies are
    /// absent.
    pub fn rank(&self, index: BodyIndex) -> u32 {
        let absent = self.absent.range(..index).count();
        index
            .0
            .saturating_sub(u32::try_from(absent).unwrap_or(u32::MAX))
    }

    /// The number of positions in the table, including those of absent bodies: every index is below it.
    pub fn positions(&self) -> usize {
        self.bodies.len()
    }

    /// Every body with its index, in the order of the tables.
    pub fn each(&self) -> impl Iterator<Item = (BodyIndex, &Body)> {
        let positions = self.each_position();
        positions.filter(|(index, _)| self.absent.is_empty() || !self.absent.contains(index))
    }

    /// Every position of the table, including those without a body.
    fn each_position(&self) -> impl Iterator<Item = (BodyIndex, &Body)> {
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

    /// The cluster of a PCT on `day`; `None` if the cluster no longer exists on that day.
    pub fn cluster_of(&self, pct: BodyIndex, day: Date) -> Option<BodyIndex> {
        items_of(
            &self.memberships,
            &self.memberships_by_pct,
            |one| one.pct,
            pct,
        )
        .find(|one| one.period.holds_on(day) && self.body(one.cluster).period.holds_on(day))
        .map(|membership| membership.cluster)
    }

    /// The PCTs of a cluster on `day`, in the order of the table. Empty if the cluster does not
    /// exist on that day, as in [`Organisations::cluster_of`].
    pub fn members_of(&self, cluster: BodyIndex, day: Date) -> impl Iterator<Item = BodyIndex> {
        let exists = self.body(cluster).period.holds_on(day);
        items_of(
            &self.memberships,
            &self.memberships_by_cluster,
            |one| one.cluster,
            cluster,
        )
        .filter(move |membership| exists && membership.period.holds_on(day))
        .map(|membership| membership.pct)
    }

    /// The PCTs that delegate to a function on `day`, in the order of the table. Empty if the
    /// function does not exist on that day, as in [`Organisations::functions_of`].
    pub fn delegators_of(&self, function: BodyIndex, day: Date) -> impl Iterator<Item = BodyIndex> {
        let exists = self.body(function).period.holds_on(day);
        self.delegations
            .iter()
            .filter(move |one| exists && one.function == function && one.period.holds_on(day))
            .map(|delegation| delegation.pct)
    }

    /// The functions to which a PCT delegates on `day` and that exist on that day, in the order of
    /// the table.
    pub fn functions_of(&self, pct: BodyIndex, day: Date) -> impl Iterator<Item = BodyIndex> {
        items_of(
            &self.delegations,
            &self.delegations_by_pct,
            |one| one.pct,
            pct,
        )
        .filter(move |one| one.period.holds_on(day) && self.body(one.function).period.holds_on(day))
        .map(|delegation| delegation.function)
    }

    /// The SHA of a body's region; an SHA belongs to its own region.
    pub fn sha_of(&self, body: BodyIndex) -> Option<BodyIndex> {
        let entry = self.body(body);
        if entry.kind == BodyKind::Sha {
            Some(body)
        } else {
            entry.sha
        }
    }
}

/// Positions of `items`, sorted by body and then by position in the table.
fn positions_by<T>(items: &[T], body_of: impl Fn(&T) -> BodyIndex) -> Vec<u32> {
    let mut sorted: Vec<(BodyIndex, u32)> = items.iter().map(body_of).zip(0..).collect();
    sorted.sort_unstable();
    sorted.into_iter().map(|(_, position)| position).collect()
}

/// The items of one body, located in the positions that [`positions_by`] returned.
fn items_of<'a, T>(
    items: &'a [T],
    positions: &'a [u32],
    body_of: impl Fn(&T) -> BodyIndex + Copy,
    body: BodyIndex,
) -> impl Iterator<Item = &'a T> {
    let item = move |position: &u32| item_at(items, *position);
    let from = positions.partition_point(|position| body_of(item(position)) < body);
    let rest = positions.iter().skip(from).map(item);
    rest.take_while(move |item| body_of(item) == body)
}

#[expect(
    clippy::indexing_slicing,
    reason = "the positions that `positions_by` returned are of its items"
)]
fn item_at<T>(items: &[T], position: u32) -> &T {
    &items[position as usize]
}
