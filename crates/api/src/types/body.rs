//! The bodies: `Sha`, `Cluster`, `Pct`, `Function`, and `Body` for any of them.

use super::assurance::{ClusterAssurance, FunctionAssurance};
use super::cycle::Cycle;
use super::ids::{Kind, NodeId};
use super::judgement::Judgement;
use super::output::Output;
use super::plugin::Plugin;
use crate::picture::{Found, Picture};
use crate::project::cursor::{Listed, Part, Place};
use crate::project::leaves::Id;
use crate::project::{Code, Failure, connection, interface, object};
use jiff::civil::Date;
use wcc_core::{BodyIndex, BodyKind, Organisations};

/// A body, seen on one day.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seen<'a> {
    /// The picture.
    pub(crate) picture: &'a Picture,
    /// The table that it is in.
    pub(crate) organisations: &'a Organisations,
    /// Which one it is.
    pub(crate) index: BodyIndex,
    /// The day on which its memberships and delegations are looked at.
    pub(crate) day: Date,
}

impl<'a> Seen<'a> {
    fn new(picture: &'a Picture, found: Found<'a>) -> Seen<'a> {
        Seen {
            picture,
            organisations: found.organisations,
            index: found.index,
            day: found.day,
        }
    }

    /// A body of a cycle.
    pub(crate) fn of_cycle(cycle: Cycle<'a>, index: BodyIndex) -> Seen<'a> {
        Seen {
            picture: cycle.picture,
            organisations: &cycle.at.cycle.organisations,
            index,
            day: cycle.at.cycle.as_of,
        }
    }

    /// The body with a code, where no cycle is asked about.
    pub(crate) fn with_code(picture: &'a Picture, code: &str) -> Option<Seen<'a>> {
        let found = picture.body(code);
        Some(Seen::new(picture, found?))
    }

    /// The body with a code, of any kind or of one.
    pub(crate) fn named(
        picture: &'a Picture,
        code: &str,
        kind: Option<BodyKind>,
    ) -> Result<Seen<'a>, Failure> {
        let found = Seen::with_code(picture, code).or_else(|| {
            let code = NodeId::single(code, Kind::Body)?;
            Seen::with_code(picture, &code)
        });
        let Some(seen) = found else {
            let all = picture.each_body().map(|found| Seen::new(picture, found));
            let valid = all.filter(|seen| kind.is_none_or(|kind| seen.it().kind == kind));
            let codes = valid.map(|seen| seen.it().code.as_str());
            return Err(Failure::unknown(what(kind), code, codes));
        };
        match kind {
            Some(kind) if seen.it().kind != kind => Err(wrong_kind(seen.it(), kind)),
            _ => Ok(seen),
        }
    }

    /// Every body of a kind, in the order of the tables.
    pub(crate) fn all(picture: &'a Picture, kind: BodyKind) -> impl Iterator<Item = Seen<'a>> {
        let all = picture.each_body().map(|found| Seen::new(picture, found));
        all.filter(move |seen| seen.it().kind == kind)
    }

    /// The body itself.
    pub(crate) fn it(&self) -> &'a wcc_core::Body {
        self.organisations.body(self.index)
    }

    /// Another body of the same table on the same day.
    pub(crate) fn other(&self, index: BodyIndex) -> Seen<'a> {
        Seen { index, ..*self }
    }

    /// The same body on another day, if one is given.
    fn on(&self, day: Option<Date>) -> Seen<'a> {
        Seen {
            day: day.unwrap_or(self.day),
            ..*self
        }
    }

    /// The SHA of its region.
    fn sha(&self) -> Option<Sha<'a>> {
        let sha = self.organisations.sha_of(self.index)?;
        Some(Sha(self.other(sha)))
    }

    /// The bodies of a kind in this SHA's region.
    pub(crate) fn in_region(&self, kind: BodyKind) -> impl Iterator<Item = Seen<'a>> {
        let sha = Some(self.index);
        let here = *self;
        let all = self.organisations.each();
        all.filter(move |(_, body)| body.kind == kind && body.sha == sha)
            .map(move |(index, _)| here.other(index))
    }

    /// Whether it lies in the region of an SHA, of the same table or another one.
    pub(crate) fn lies_in(&self, sha: &Seen<'_>) -> bool {
        let own = self.organisations.sha_of(self.index);
        own.is_some_and(|own| self.organisations.body(own).code == sha.it().code)
    }

    fn members(self) -> impl Iterator<Item = Pct<'a>> {
        let here = self;
        let members = self.organisations.members_of(self.index, self.day);
        members.map(move |index| Pct(here.other(index)))
    }

    fn delegated_by(self) -> impl Iterator<Item = Pct<'a>> {
        let here = self;
        let delegators = self.organisations.delegators_of(self.index, self.day);
        delegators.map(move |index| Pct(here.other(index)))
    }
}

/// The words for a kind of body in a message.
fn what(kind: Option<BodyKind>) -> &'static str {
    kind.map_or("body", BodyKind::in_words)
}

/// The failure for a body that is of another kind than was asked for.
fn wrong_kind(body: &wcc_core::Body, wanted: BodyKind) -> Failure {
    let message = format!(
        "`{}` ({}) is a body of kind {}: give the code of a body of kind {}",
        body.code,
        body.name,
        body.kind.in_words(),
        wanted.in_words(),
    );
    Failure::new(Code::BadInput, message)
}

/// Declares a kind of body: what all bodies have, then its own.
macro_rules! body {
    ($(#[doc = $doc:literal])* $view:ident as $name:literal => |$it:ident| { $($own:tt)* }) => {
        $(#[doc = $doc])*
        #[derive(Clone, Copy, Debug)]
        pub(crate) struct $view<'a>(pub(crate) Seen<'a>);

        object! {
            $(#[doc = $doc])*
            $view<'a> as $name, implements [Node, Body], key "code" => |$view($it)| {
                /// Global identifier; give it to `node` to ask for the body again.
                id: NodeId<'a> = NodeId::new(Kind::Body, [&$it.it().code]);
                /// Code: the ODS code of a PCT or SHA (`5D9`, `Q30`), a name in lower case for a
                /// cluster or function (`south-of-tyne-and-wear`).
                code: Id<'a> = Id(&$it.it().code);
                /// Name as printed.
                name: &'a str = $it.it().name.as_str();
                /// The kind of body.
                kind: BodyKind = $it.it().kind;
                /// First day on which it existed; null if that was not recorded.
                existsFrom: Option<Date> = $it.it().period.from;
                /// First day on which it no longer existed; null if it still does or that was not
                /// recorded.
                existsUntil: Option<Date> = $it.it().period.until;
                /// Code of the body that replaced it.
                succeededBy: Option<Id<'a>> = $it.it().succeeded_by.as_deref().map(Id);
                /// A note for the reader, such as a later change of name.
                note: Option<&'a str> = $it.it().note.as_deref();
                /// The source of these facts.
                source: Option<&'a str> = $it.it().source.as_deref();
                $($own)*
            }
        }
    };
}

body! {
    /// A strategic health authority: it assures the PCTs of its region.
    Sha as "Sha" => |it| {
        /// The PCTs of its region, in the order of the tables.
        pcts: [Pct<'a>; 16] = it.in_region(BodyKind::Pct).map(Pct);
        /// The clusters of its region.
        clusters: [Cluster<'a>; 4] = it.in_region(BodyKind::Cluster).map(Cluster);
        /// The functions to which PCTs of its region can delegate.
        functions: [Function<'a>; 6] = it.in_region(BodyKind::Function).map(Function);
        /// The configured plugins of its region.
        plugins: [Plugin<'a>; 1] = Plugin::for_region(it.picture, &it.it().code);
    }
}

body! {
    /// Several PCTs that share management and are assured once; each still has its own output.
    Cluster as "Cluster" => |it| {
        /// The SHA of its region.
        sha: Option<Sha<'a>> = it.sha();
        /// Its PCTs on a date.
        pcts(
            /// The date; if omitted, that of the cycle through which it was reached, or of the
            /// latest cycle.
            on: Option<Date>,
        ): [Pct<'a>; 3] = it.on(on).members();
        /// Its assurance in every cycle that assures its PCTs, in the order of the cycles.
        assurances: [ClusterAssurance<'a>; 2] = ClusterAssurance::of_body(it.picture, &it.it().code);
        /// Its own result in every cycle that assures its PCTs, in the order of the cycles.
        results: [Output<'a>; 2] = Output::of_body(it.picture, &it.it().code);
        /// Its own result in one cycle; null if the cycle assures none of its PCTs.
        result(
            /// Identifier of the cycle, as `cycles` lists it.
            cycle: Id<'_>,
        ): Option<Output<'a>> = Output::with_codes(Cycle::named(it.picture, cycle.0)?, &it.it().code, None);
    }
}

body! {
    /// A primary care trust (or care trust). It has its own output, even if its cluster was
    /// assured once for several.
    Pct as "Pct" => |it| {
        /// The SHA of its region.
        sha: Option<Sha<'a>> = it.sha();
        /// The cluster to which it belongs on a date; null for a PCT without a recorded cluster,
        /// which is assured on its own.
        cluster(
            /// The date; if omitted, that of the cycle through which it was reached, or of the
            /// latest cycle.
            on: Option<Date>,
        ): Option<Cluster<'a>> = {
            let cluster = it.organisations.cluster_of(it.index, on.unwrap_or(it.day));
            cluster.map(|cluster| Cluster(it.other(cluster)))
        };
        /// The functions to which it delegates commissioning on a date.
        functions(
            /// The date; if omitted, that of the cycle through which it was reached, or of the
            /// latest cycle.
            on: Option<Date>,
        ): [Function<'a>; 6] = {
            let functions = it.organisations.functions_of(it.index, on.unwrap_or(it.day));
            functions.map(|function| Function(it.other(function)))
        };
        /// Its output in every cycle that assures it, in the order of the cycles.
        outputs: [Output<'a>; 2] = Output::of_pct(it.picture, &it.it().code);
        /// Its output in one cycle.
        output(
            /// Identifier of the cycle, as `cycles` lists it.
            cycle: Id<'_>,
        ): Option<Output<'a>> = Some(Cycle::named(it.picture, cycle.0)?.output(&it.it().code)?);
        /// Code of the Office for National Statistics, if known.
        onsCode: Option<Id<'a>> = it.it().ons_code.as_deref().map(Id);
        /// Its cluster in the area classification of the Office for National Statistics (2001), if
        /// known or inferred. It is a benchmark for outcomes, not a cluster of PCTs.
        onsCluster: Option<&'a str> = it.it().ons_cluster.as_deref();
        /// Resident population in persons, if known.
        population: Option<i32> = it.it().population.and_then(|persons| i32::try_from(persons).ok());
    }
}

body! {
    /// A commissioning function to which PCTs delegate. It is assured once, and affects every PCT
    /// that delegates to it, in every cluster.
    Function as "Function" => |it| {
        /// The SHA of its region.
        sha: Option<Sha<'a>> = it.sha();
        /// Whether the group has commissioning responsibility: six of the eleven Once North East
        /// groups have.
        commissions: bool = it.it().commissions;
        /// The PCTs that delegate to it on a date.
        delegatedBy(
            /// The date; if omitted, that of the cycle through which it was reached, or of the
            /// latest cycle.
            on: Option<Date>,
        ): [Pct<'a>; 12] = it.on(on).delegated_by();
        /// Its assurance in every cycle in which it was judged or a PCT delegates to it, in the
        /// order of the cycles.
        assurances: [FunctionAssurance<'a>; 2] = FunctionAssurance::of_body(it.picture, &it.it().code);
        /// Its assurance in one cycle; null if it was not judged and no PCT delegates to it.
        assurance(
            /// Identifier of the cycle, as `cycles` lists it.
            cycle: Id<'_>,
        ): Option<FunctionAssurance<'a>> = FunctionAssurance::of_cycle(Cycle::named(it.picture, cycle.0)?, &it.it().code);
        /// The judgements of the function in one cycle.
        judgements(
            /// Identifier of the cycle, as `cycles` lists it.
            cycle: Id<'_>,
        ): Option<[Judgement<'a>; 20]> = {
            let cycle = Cycle::named(it.picture, cycle.0)?;
            Some(Judgement::of_body(cycle, &it.it().code))
        };
    }
}

interface! {
    /// Anything that is assured or assures: an SHA, a cluster, a PCT or a delegated function.
    Body<'a> as "Body" of [Sha, Cluster, Pct, Function] {
        /// Global identifier; give it to `node` to ask for the body again.
        id: NodeId<'a>;
        /// Code: the ODS code of a PCT or SHA (`5D9`, `Q30`), a name in lower case for a cluster
        /// or function (`south-of-tyne-and-wear`).
        code: Id<'a>;
        /// Name as printed.
        name: &'a str;
        /// The kind of body.
        kind: BodyKind;
        /// First day on which it existed; null if that was not recorded.
        existsFrom: Option<Date>;
        /// First day on which it no longer existed; null if it still does or that was not recorded.
        existsUntil: Option<Date>;
        /// Code of the body that replaced it.
        succeededBy: Option<Id<'a>>;
        /// A note for the reader, such as a later change of name.
        note: Option<&'a str>;
        /// The source of these facts.
        source: Option<&'a str>;
    }
}

impl<'a> Body<'a> {
    /// The body as the kind that it is.
    pub(crate) fn of(seen: Seen<'a>) -> Body<'a> {
        match seen.it().kind {
            BodyKind::Sha => Body::Sha(Sha(seen)),
            BodyKind::Cluster => Body::Cluster(Cluster(seen)),
            BodyKind::Pct => Body::Pct(Pct(seen)),
            BodyKind::Function => Body::Function(Function(seen)),
        }
    }
}

impl Listed for Pct<'_> {
    fn place(&self) -> Place {
        Place::of(vec![Part::Text(self.0.it().code.clone())])
    }
}

connection! {
    /// A page of PCTs, in the order of their codes.
    PctConnection as "PctConnection", PctEdge as "PctEdge" of Pct
}
