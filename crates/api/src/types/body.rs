//! The bodies: `Sha`, `Cluster`, `Pct`, `Function`, and `Body` for any of these.

use super::assurance::{ClusterAssurance, FunctionAssurance};
use super::cycle::Cycle;
use super::ids::{Kind, NodeId};
use super::judgement::Judgement;
use super::output::Output;
use super::plugin::Plugin;
use crate::picture::{BodyLocation, Picture};
use crate::project::cursor::{After, ListItem, Part, Place};
use crate::project::leaves::Id;
use crate::project::{Code, Failure, connection, interface, object};
use jiff::civil::Date;
use wcc_core::delegation::FunctionEffect;
use wcc_core::framework::Words;
use wcc_core::{BodyIndex, BodyKind, Organisations};

/// A body as of a day.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BodyView<'a> {
    /// The picture.
    pub(crate) picture: &'a Picture,
    /// The table of bodies.
    pub(crate) organisations: &'a Organisations,
    /// The body's index in the table.
    pub(crate) index: BodyIndex,
    /// The day on which its memberships and delegations are evaluated.
    pub(crate) day: Date,
    /// The words for it and bodies like it.
    pub(crate) words: &'a Words,
}

impl<'a> BodyView<'a> {
    fn new(picture: &'a Picture, location: BodyLocation<'a>) -> BodyView<'a> {
        BodyView {
            picture,
            organisations: location.organisations,
            index: location.index,
            day: location.day,
            words: location.words,
        }
    }

    /// A body of a cycle.
    pub(crate) fn of_cycle(cycle: Cycle<'a>, index: BodyIndex) -> BodyView<'a> {
        BodyView {
            picture: cycle.picture,
            organisations: &cycle.assured.cycle.organisations,
            index,
            day: cycle.assured.cycle.as_of,
            words: &cycle.assured.cycle.framework.words,
        }
    }

    /// The body with a code, outside any cycle.
    pub(crate) fn with_code(picture: &'a Picture, code: &str) -> Option<BodyView<'a>> {
        let location = picture.body(code)?;
        Some(BodyView::new(picture, location))
    }

    /// The body with a code, of any kind or of one kind.
    pub(crate) fn named(
        picture: &'a Picture,
        code: &str,
        kind: Option<BodyKind>,
    ) -> Result<BodyView<'a>, Failure> {
        let view = BodyView::with_code(picture, code).or_else(|| {
            let code = NodeId::single(code, Kind::Body)?;
            BodyView::with_code(picture, &code)
        });
        let Some(view) = view else {
            let all = picture
                .each_body()
                .map(|location| BodyView::new(picture, location));
            let valid = all.filter(|view| kind.is_none_or(|kind| view.data().kind == kind));
            let codes = valid.map(|view| view.data().code.as_str());
            let what = kind.map_or("body", |kind| picture.words().kind(kind));
            return Err(Failure::unknown(what, code, codes));
        };
        match kind {
            Some(kind) if view.data().kind != kind => Err(wrong_kind(&view, kind)),
            _ => Ok(view),
        }
    }

    /// Every body of a kind, in the order of the tables.
    pub(crate) fn all(picture: &'a Picture, kind: BodyKind) -> impl Iterator<Item = BodyView<'a>> {
        let all = picture
            .each_body()
            .map(|location| BodyView::new(picture, location));
        all.filter(move |view| view.data().kind == kind)
    }

    /// Every body of a kind under an authority, by the authority's code; all if it is omitted.
    pub(crate) fn under(
        picture: &'a Picture,
        kind: BodyKind,
        authority: Option<Id<'_>>,
    ) -> Result<impl Iterator<Item = BodyView<'a>>, Failure> {
        let named = |code: Id<'_>| BodyView::named(picture, code.0, Some(BodyKind::Sha));
        let authority = authority.map(named).transpose()?;
        let all = BodyView::all(picture, kind);
        Ok(all.filter(move |body| authority.is_none_or(|authority| body.lies_in(&authority))))
    }

    /// The neutral name of its kind: `authority`, `group`, `body` or `function`.
    fn kind_id(&self) -> &'static str {
        kind_id(self.data().kind)
    }

    /// The body's data.
    pub(crate) fn data(&self) -> &'a wcc_core::Body {
        self.organisations.body(self.index)
    }

    /// Another body of the same table on the same day.
    pub(crate) fn other(&self, index: BodyIndex) -> BodyView<'a> {
        BodyView { index, ..*self }
    }

    /// The same body on another day, if one is given.
    fn on(&self, day: Option<Date>) -> BodyView<'a> {
        BodyView {
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
    pub(crate) fn in_region(&self, kind: BodyKind) -> impl Iterator<Item = BodyView<'a>> {
        let sha = Some(self.index);
        let view = *self;
        let all = self.organisations.each();
        all.filter(move |(_, body)| body.kind == kind && body.sha == sha)
            .map(move |(index, _)| view.other(index))
    }

    /// Whether it lies in the region of an SHA, which may be from another table.
    pub(crate) fn lies_in(&self, sha: &BodyView<'_>) -> bool {
        let own = self.organisations.sha_of(self.index);
        own.is_some_and(|own| self.organisations.body(own).code == sha.data().code)
    }

    /// The group that it belongs to on a day, or on its own.
    fn group(&self, on: Option<Date>) -> Option<Cluster<'a>> {
        let day = on.unwrap_or(self.day);
        let group = self.organisations.cluster_of(self.index, day)?;
        Some(Cluster(self.other(group)))
    }

    fn members(self) -> impl Iterator<Item = Pct<'a>> {
        let view = self;
        let members = self.organisations.members_of(self.index, self.day);
        members.map(move |index| Pct(view.other(index)))
    }

    fn delegated_by(self) -> impl Iterator<Item = Pct<'a>> {
        let view = self;
        let delegators = self.organisations.delegators_of(self.index, self.day);
        delegators.map(move |index| Pct(view.other(index)))
    }
}

/// The neutral name of a kind of body.
fn kind_id(kind: BodyKind) -> &'static str {
    match kind {
        BodyKind::Sha => "authority",
        BodyKind::Cluster => "group",
        BodyKind::Pct => "body",
        BodyKind::Function => "function",
    }
}

/// The kind of assured body with a neutral name.
pub(crate) fn assured_kind(id: &str) -> Result<BodyKind, Failure> {
    let kinds = [BodyKind::Pct, BodyKind::Cluster, BodyKind::Function];
    let kind = kinds.into_iter().find(|kind| kind_id(*kind) == id);
    kind.ok_or_else(|| Failure::unknown("kind of assured body", id, kinds.map(kind_id)))
}

/// The failure for a body of the wrong kind.
fn wrong_kind(view: &BodyView<'_>, expected: BodyKind) -> Failure {
    let (body, words) = (view.data(), view.words);
    let message = format!(
        "`{}` ({}) is a body of kind {}: give the code of a body of kind {}",
        body.code,
        body.name,
        words.kind(body.kind),
        words.kind(expected),
    );
    Failure::new(Code::BadInput, message)
}

/// Declares a kind of body: the fields of all bodies, followed by its own.
macro_rules! body {
    ($(#[doc = $doc:literal])* $view:ident as $name:literal => |$body:ident| { $($own:tt)* }) => {
        $(#[doc = $doc])*
        #[derive(Clone, Copy, Debug)]
        pub(crate) struct $view<'a>(pub(crate) BodyView<'a>);

        object! {
            $(#[doc = $doc])*
            $view<'a> as $name, implements [Node, Body], key "code" => |$view($body)| {
                /// Global identifier; give it to `node` to ask for the body again.
                id: NodeId<'a> = NodeId::new(Kind::Body, [&$body.data().code]);
                /// Code: the ODS code of a PCT or SHA (`5D9`, `Q30`), a name in lower case for a
                /// cluster or function (`south-of-tyne-and-wear`).
                code: Id<'a> = Id(&$body.data().code);
                /// Name as printed.
                name: &'a str = $body.data().name.as_str();
                /// The kind of body, in a name that suits every regime: `authority`, `group`, `body`
                /// or `function`.
                kindId: &'static str = $body.kind_id();
                /// The framework's word for this kind: `SHA`, `council`.
                kindTitle: &'a str = $body.words.kind($body.data().kind);
                /// The kind of body.
                #[deprecated = "Use `kindId`."]
                kind: BodyKind = $body.data().kind;
                /// First day on which it existed; null if that was not recorded.
                existsFrom: Option<Date> = $body.data().period.from;
                /// First day on which it no longer existed; null if it still does or that was not
                /// recorded.
                existsUntil: Option<Date> = $body.data().period.until;
                /// Code of the body that replaced it.
                succeededBy: Option<Id<'a>> = $body.data().succeeded_by.as_deref().map(Id);
                /// A note for the reader, such as a later change of name.
                note: Option<&'a str> = $body.data().note.as_deref();
                /// The source of these facts.
                source: Option<&'a str> = $body.data().source.as_deref();
                $($own)*
            }
        }
    };
}

body! {
    /// A strategic health authority: it assures the PCTs of its region.
    Sha as "Sha" => |sha| {
        /// The bodies that it assures, in the order of the tables.
        bodies: [Pct<'a>; 16] = sha.in_region(BodyKind::Pct).map(Pct);
        /// The groups of its bodies.
        groups: [Cluster<'a>; 4] = sha.in_region(BodyKind::Cluster).map(Cluster);
        /// The PCTs of its region, in the order of the tables.
        #[deprecated = "Use `bodies`."]
        pcts: [Pct<'a>; 16] = sha.in_region(BodyKind::Pct).map(Pct);
        /// The clusters of its region.
        #[deprecated = "Use `groups`."]
        clusters: [Cluster<'a>; 4] = sha.in_region(BodyKind::Cluster).map(Cluster);
        /// The functions to which PCTs of its region can delegate.
        functions: [Function<'a>; 6] = sha.in_region(BodyKind::Function).map(Function);
        /// The configured plugins of its region.
        plugins: [Plugin<'a>; 1] = Plugin::for_region(sha.picture, &sha.data().code);
    }
}

body! {
    /// Several PCTs that share management and are assured once; each still has its own output.
    Cluster as "Cluster" => |cluster| {
        /// The authority that assures it; null if the regime has none.
        authority: Option<Sha<'a>> = cluster.sha();
        /// The SHA of its region.
        #[deprecated = "Use `authority`."]
        sha: Option<Sha<'a>> = cluster.sha();
        /// Its bodies on a date.
        bodies(
            /// The date; if omitted, that of the cycle through which it was reached, or of the
            /// latest cycle.
            on: Option<Date>,
        ): [Pct<'a>; 3] = cluster.on(on).members();
        /// Its PCTs on a date.
        #[deprecated = "Use `bodies`."]
        pcts(
            /// The date; if omitted, that of the cycle through which it was reached, or of the
            /// latest cycle.
            on: Option<Date>,
        ): [Pct<'a>; 3] = cluster.on(on).members();
        /// Its assurance in every cycle that assures its PCTs, in the order of the cycles.
        assurances: [ClusterAssurance<'a>; 2] = ClusterAssurance::of_body(cluster.picture, &cluster.data().code);
        /// Its own result in every cycle that assures its PCTs, in the order of the cycles.
        results: [Output<'a>; 2] = Output::of_body(cluster.picture, &cluster.data().code);
        /// Its own result in one cycle; null if the cycle assures none of its PCTs.
        result(
            /// Identifier of the cycle, as `cycles` lists it.
            cycle: Id<'_>,
        ): Option<Output<'a>> = Output::with_codes(Cycle::named(cluster.picture, cycle.0)?, &cluster.data().code, None);
    }
}

body! {
    /// A primary care trust (or care trust). It has its own output, even if its cluster was
    /// assured once for several.
    Pct as "Pct" => |pct| {
        /// The authority that assures it; null if the regime has none.
        authority: Option<Sha<'a>> = pct.sha();
        /// The SHA of its region.
        #[deprecated = "Use `authority`."]
        sha: Option<Sha<'a>> = pct.sha();
        /// The group to which it belongs on a date; null for a body that is assured on its own.
        group(
            /// The date; if omitted, that of the cycle through which it was reached, or of the
            /// latest cycle.
            on: Option<Date>,
        ): Option<Cluster<'a>> = pct.group(on);
        /// The cluster to which it belongs on a date; null for a PCT without a recorded cluster,
        /// which is assured on its own.
        #[deprecated = "Use `group`."]
        cluster(
            /// The date; if omitted, that of the cycle through which it was reached, or of the
            /// latest cycle.
            on: Option<Date>,
        ): Option<Cluster<'a>> = pct.group(on);
        /// The functions to which it delegates commissioning on a date.
        functions(
            /// The date; if omitted, that of the cycle through which it was reached, or of the
            /// latest cycle.
            on: Option<Date>,
        ): [Function<'a>; 6] = {
            let functions = pct.organisations.functions_of(pct.index, on.unwrap_or(pct.day));
            functions.map(|function| Function(pct.other(function)))
        };
        /// Its output in every cycle that assures it, in the order of the cycles.
        outputs: [Output<'a>; 2] = Output::of_pct(pct.picture, &pct.data().code);
        /// Its output in one cycle.
        output(
            /// Identifier of the cycle, as `cycles` lists it.
            cycle: Id<'_>,
        ): Option<Output<'a>> = Some(Cycle::named(pct.picture, cycle.0)?.output(&pct.data().code)?);
        /// Code of its area in official statistics, if known.
        areaCode: Option<Id<'a>> = pct.data().ons_code.as_deref().map(Id);
        /// The comparable bodies whose rates are a benchmark for its outcomes, if known.
        peers: Option<&'a str> = pct.data().ons_cluster.as_deref();
        /// Code of the Office for National Statistics, if known.
        #[deprecated = "Use `areaCode`."]
        onsCode: Option<Id<'a>> = pct.data().ons_code.as_deref().map(Id);
        /// Its cluster in the area classification of the Office for National Statistics (2001), if
        /// known or inferred. It is a benchmark for outcomes, not a cluster of PCTs.
        #[deprecated = "Use `peers`."]
        onsCluster: Option<&'a str> = pct.data().ons_cluster.as_deref();
        /// Resident population in persons, if known.
        population: Option<i32> = pct.data().population.and_then(|persons| i32::try_from(persons).ok());
    }
}

body! {
    /// A commissioning function to which PCTs delegate. It is assured once, and affects every PCT
    /// that delegates to it, in every cluster.
    Function as "Function" => |function| {
        /// The authority that assures it; null if the regime has none.
        authority: Option<Sha<'a>> = function.sha();
        /// The SHA of its region.
        #[deprecated = "Use `authority`."]
        sha: Option<Sha<'a>> = function.sha();
        /// Whether the group has commissioning responsibility: six of the eleven Once North East
        /// groups have.
        commissions: bool = function.data().commissions;
        /// Identifiers of the measures that it performs for those that delegate to it, or of
        /// competencies, strands and areas for all of their measures, as the table of functions says.
        /// A plugin may say more.
        performs: [Id<'a>; 4] = function.data().work.performs.iter().map(|id| Id(id));
        /// What its results on them mean for a PCT that delegates to it; null if the table of
        /// functions does not say what it performs.
        effect: Option<FunctionEffect> = {
            let work = &function.data().work;
            (!work.performs.is_empty()).then_some(work.effect)
        };
        /// The PCTs that delegate to it on a date.
        delegatedBy(
            /// The date; if omitted, that of the cycle through which it was reached, or of the
            /// latest cycle.
            on: Option<Date>,
        ): [Pct<'a>; 12] = function.on(on).delegated_by();
        /// Its assurance in every cycle in which it was judged or a PCT delegates to it, in the
        /// order of the cycles.
        assurances: [FunctionAssurance<'a>; 2] = FunctionAssurance::of_body(function.picture, &function.data().code);
        /// Its assurance in one cycle; null if it was not judged and no PCT delegates to it.
        assurance(
            /// Identifier of the cycle, as `cycles` lists it.
            cycle: Id<'_>,
        ): Option<FunctionAssurance<'a>> = FunctionAssurance::of_cycle(Cycle::named(function.picture, cycle.0)?, &function.data().code);
        /// The judgements of the function in one cycle.
        judgements(
            /// Identifier of the cycle, as `cycles` lists it.
            cycle: Id<'_>,
        ): Option<[Judgement<'a>; 20]> = {
            let cycle = Cycle::named(function.picture, cycle.0)?;
            Some(Judgement::of_body(cycle, &function.data().code))
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
        /// The kind of body, in a name that suits every regime: `authority`, `group`, `body` or
        /// `function`.
        kindId: &'static str;
        /// The framework's word for this kind: `SHA`, `council`.
        kindTitle: &'a str;
        /// The kind of body.
        #[deprecated = "Use `kindId`."]
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
    /// The body as its specific kind.
    pub(crate) fn of(view: BodyView<'a>) -> Body<'a> {
        match view.data().kind {
            BodyKind::Sha => Body::Sha(Sha(view)),
            BodyKind::Cluster => Body::Cluster(Cluster(view)),
            BodyKind::Pct => Body::Pct(Pct(view)),
            BodyKind::Function => Body::Function(Function(view)),
        }
    }
}

impl ListItem for Pct<'_> {
    fn place(&self) -> Place {
        Place::of(vec![Part::Text(self.0.data().code.clone())])
    }
}

connection! {
    /// A page of PCTs, in the order of their codes.
    PctConnection as "PctConnection", PctEdge as "PctEdge" of Pct
}

impl<'a> PctConnection<'a> {
    /// A page of the bodies with an output of their own, or of those under one authority.
    pub(crate) fn under(
        picture: &'a Picture,
        authority: Option<Id<'_>>,
        first: i32,
        after: After<'_>,
    ) -> Result<PctConnection<'a>, Failure> {
        let bodies = BodyView::under(picture, BodyKind::Pct, authority)?;
        let mut bodies: Vec<Pct<'a>> = bodies.map(Pct).collect();
        bodies.sort_by_key(|body| &body.0.data().code);
        PctConnection::page(bodies, &picture.moment(), first, after)
    }
}
