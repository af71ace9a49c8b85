//! `Finding`: what a check saw, and `Check`: what checks say of themselves.

use super::body::{Body, Function};
use super::cycle::{Cycle, Scope};
use super::ids::{Kind, NodeId};
use super::measure::{Component, Measure};
use super::output::Output;
use super::plugin::PluginRun;
use crate::picture::Picture;
use crate::project::cursor::{After, Listed, Part, Place, digest_of};
use crate::project::leaves::Id;
use crate::project::{Failure, connection, input, object};
use wcc_core::finding::{self as core, About, Author, Severity};
use wcc_core::{BodyIndex, CheckDocumentation, ComponentIndex, MeasureIndex};

/// A finding of a cycle.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Finding<'a> {
    /// The cycle.
    pub(crate) cycle: Cycle<'a>,
    /// Its position among the cycle's findings.
    pub(crate) at: u32,
}

impl<'a> Finding<'a> {
    fn all(cycle: Cycle<'a>) -> impl Iterator<Item = Finding<'a>> {
        let count = cycle.at.assurance.findings.len();
        (0..).take(count).map(move |at| Finding { cycle, at })
    }

    /// The findings of one output.
    pub(crate) fn of_output(
        cycle: Cycle<'a>,
        output: &wcc_core::Output,
    ) -> impl Iterator<Item = Finding<'a>> + use<'a> {
        let positions = cycle.at.assurance.positions_of_findings(output).into_iter();
        positions.map(move |at| Finding { cycle, at })
    }

    #[expect(clippy::indexing_slicing, reason = "positions come from the assurance")]
    fn it(&self) -> &'a core::Finding {
        &self.cycle.at.assurance.findings[self.at as usize]
    }

    fn body_code(&self) -> &'a str {
        &self.cycle.seen(self.it().body).it().code
    }

    /// What it is about, as one word for its identifier.
    fn about(&self) -> &'a str {
        let framework = &self.cycle.at.cycle.framework;
        match &self.it().about {
            About::Body => "",
            About::Measure(index) => &framework.measure(*index).id,
            About::Component(index) => &framework.component(*index).id,
            About::Outcome(id) => id,
            About::Function(index) => &self.cycle.seen(*index).it().code,
        }
    }

    /// Its number among the findings of the same check on the same thing.
    fn number(&self) -> usize {
        let it = self.it();
        let earlier = self.cycle.at.assurance.findings.iter();
        earlier
            .take(self.at as usize)
            .rev()
            .take_while(|finding| finding.body == it.body)
            .filter(|finding| finding.check == it.check && finding.about == it.about)
            .count()
    }

    /// An identifier that stays as long as the finding does.
    fn id(&self) -> NodeId<'a> {
        let plain = [
            self.cycle.code(),
            self.body_code(),
            &self.it().check,
            self.about(),
        ];
        let mut id = NodeId::new(Kind::Finding, plain);
        id.parts.push(self.number().to_string().into());
        id
    }

    /// The one that a node id names.
    pub(crate) fn with_id(cycle: Cycle<'a>, id: &NodeId<'_>) -> Option<Finding<'a>> {
        let body = cycle.at.cycle.organisations.find(id.parts.get(1)?)?;
        let findings = &cycle.at.assurance.findings;
        let from = findings.partition_point(|finding| finding.body < body);
        let until = findings.partition_point(|finding| finding.body <= body);
        let mut on_body = Finding::all(cycle).skip(from).take(until - from);
        on_body.find(|finding| finding.id() == *id)
    }

    fn plugin(&self) -> Option<PluginRun<'a>> {
        match self.it().author {
            Author::Core => None,
            Author::Plugin(at) => PluginRun::at(self.cycle, at),
        }
    }

    fn documentation(&self) -> Option<Check<'a>> {
        let checks: &'a [CheckDocumentation] = match self.plugin() {
            None => &self.cycle.picture.core_checks,
            Some(run) => &run.it.checks,
        };
        let it = checks.iter().find(|check| check.id == *self.it().check)?;
        Some(Check {
            it,
            plugin: self.plugin().map(|run| run.it.plugin.id.as_str()),
        })
    }

    fn measure(&self) -> Option<MeasureIndex> {
        match self.it().about {
            About::Measure(index) => Some(index),
            _ => None,
        }
    }

    /// The component that it is about, itself or through one of its measures.
    fn component(&self) -> Option<ComponentIndex> {
        match self.it().about {
            About::Component(index) => Some(index),
            About::Measure(index) => Some(self.cycle.at.cycle.framework.measure(index).component),
            _ => None,
        }
    }

    fn outcome(&self) -> Option<&'a str> {
        match &self.it().about {
            About::Outcome(id) => Some(id),
            _ => None,
        }
    }
}

impl Finding<'_> {
    /// What findings are sorted by, but for their sentences: these change with the numbers.
    fn order(it: &core::Finding) -> (BodyIndex, std::cmp::Reverse<Severity>, &str, &About) {
        (
            it.body,
            std::cmp::Reverse(it.severity),
            &it.check,
            &it.about,
        )
    }
}

impl Listed for Finding<'_> {
    fn place(&self) -> Place {
        let it = self.it();
        let rank = Severity::ALL
            .iter()
            .rev()
            .position(|severity| *severity == it.severity);
        let number = |number: usize| Part::Number(u32::try_from(number).unwrap_or(u32::MAX));
        // An index would show how many hidden bodies come before it.
        let place_of = |body| Part::Number(self.cycle.at.cycle.organisations.rank(body));
        let mut order = vec![
            place_of(it.body),
            number(rank.unwrap_or_default()),
            Part::Text(it.check.to_string()),
        ];
        order.extend(match &it.about {
            About::Body => [Part::Number(0), Part::Number(0)],
            About::Measure(index) => [Part::Number(1), Part::Number(u32::from(index.0))],
            About::Component(index) => [Part::Number(2), Part::Number(u32::from(index.0))],
            About::Outcome(id) => [Part::Number(3), Part::Text(id.to_string())],
            About::Function(index) => [Part::Number(4), place_of(*index)],
        });
        // Others of the same check on the same thing are told apart by their sentences.
        let all = &self.cycle.at.assurance.findings;
        let at = self.at as usize;
        let alike = |other: &core::Finding| Finding::order(other) == Finding::order(it);
        let earlier = all.iter().take(at).rev();
        let before = earlier.take_while(|other| alike(other)).count();
        let alone = before == 0 && !all.get(at + 1).is_some_and(|next| alike(next));
        let from = if alone { at + 1 } else { at - before };
        let passed = all.get(from..=at).unwrap_or_default();
        Place {
            order,
            passed: passed.iter().map(|run| digest_of(&run.message)).collect(),
        }
    }
}

object! {
    /// The result of a check, with its numbers. A finding points out something to look at; it is
    /// never a verdict.
    Finding<'a> as "Finding", implements [Node] => |it| {
        /// Global identifier; give it to `node` to ask for the finding again.
        id: NodeId<'a> = it.id();
        /// The cycle.
        cycle: Cycle<'a> = it.cycle;
        /// How urgent it is.
        severity: Severity = it.it().severity;
        /// The finding as a sentence.
        message: &'a str = it.it().message.as_ref();
        /// The numbers behind it.
        numbers: [Number<'a>; 2] = it.it().numbers.iter().map(Number);
        /// The body that it is on.
        body: Body<'a> = Body::of(it.cycle.seen(it.it().body));
        /// The measure that it is about, if it is about one.
        measure: Option<Measure<'a>> = it.measure().map(|index| it.cycle.framework().measure(index));
        /// The competency or strand that it is about, directly or through one of its measures.
        component: Option<Component<'a>> = it.component().map(|index| it.cycle.framework().component(index));
        /// Identifier of the outcome that it is about, if it is about one.
        outcome: Option<Id<'a>> = it.outcome().map(Id);
        /// The delegated function that it is about, if it is about one.
        function: Option<Function<'a>> = match it.it().about {
            About::Function(index) => Some(Function(it.cycle.seen(index))),
            _ => None,
        };
        /// Identifier of the check: `aspiration-weaker-than-history`,
        /// `once-north-east/not-assured`.
        check: Id<'a> = Id(&it.it().check);
        /// The documentation of the check.
        documentation: Option<Check<'a>> = it.documentation();
        /// The plugin that reports it; null for national checks.
        plugin: Option<PluginRun<'a>> = it.plugin();
    }
}

/// The findings of an output, counted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FindingCounts<'a>(pub(crate) Output<'a>);

impl FindingCounts<'_> {
    fn of(&self, severity: Severity) -> i32 {
        let Output { cycle, it } = self.0;
        let findings = cycle.at.assurance.findings_of(it);
        let count = findings
            .filter(|finding| finding.severity == severity)
            .count();
        i32::try_from(count).unwrap_or(i32::MAX)
    }
}

object! {
    /// The number of findings of each severity.
    FindingCounts<'a> as "FindingCounts" => |it| {
        /// Something is missing or contradictory.
        errors: i32 = it.of(Severity::Error);
        /// Needs attention.
        warnings: i32 = it.of(Severity::Warning);
        /// Worth knowing.
        notes: i32 = it.of(Severity::Note);
    }
}

/// A number behind a finding.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Number<'a>(&'a core::Number);

object! {
    /// One number behind a finding.
    Number<'a> as "Number" => |Number(it)| {
        /// Quantity and unit: `aspiration, % a year`.
        label: &'a str = it.label.as_ref();
        /// The number.
        value: f64 = it.value;
    }
}

/// A check's documentation.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Check<'a> {
    /// What it says of itself.
    pub(crate) it: &'a CheckDocumentation,
    /// The plugin that it belongs to.
    pub(crate) plugin: Option<&'a str>,
}

impl<'a> Check<'a> {
    /// Every check: the core's, then the configured plugins'.
    pub(crate) fn all(picture: &'a Picture) -> impl Iterator<Item = Check<'a>> {
        let core = picture.core_checks.iter();
        let core = core.map(|it| Check { it, plugin: None });
        let plugins = picture.plugins().iter();
        let regional = plugins.flat_map(|plugin| {
            let plugin_id = Some(plugin.identity.id.as_str());
            let checks = plugin.checks.iter();
            checks.map(move |it| Check {
                it,
                plugin: plugin_id,
            })
        });
        core.chain(regional)
    }
}

object! {
    /// The documentation of a check, so that its findings can be understood and questioned.
    Check<'a> as "Check" => |it| {
        /// Identifier: `aspiration-weaker-than-history`, `once-north-east/not-assured`.
        code: Id<'a> = Id(&it.it.id);
        /// Title.
        title: &'a str = it.it.title.as_str();
        /// What the check reports.
        what: &'a str = it.it.what.as_str();
        /// Why it matters.
        why: &'a str = it.it.why.as_str();
        /// An example.
        example: &'a str = it.it.example.as_str();
        /// Identifier of its plugin; null for national checks.
        plugin: Option<Id<'a>> = it.plugin.map(Id);
    }
}

input! {
    /// A filter for findings. All given conditions must hold.
    FindingFilter<'q> as "FindingFilter" {
        /// About this measure: `5a`.
        measure: Option<Id<'q>>,
        /// About this competency or strand, or one of its measures: `5`, `strategy`.
        component: Option<Id<'q>>,
        /// About this outcome, by identifier.
        outcome: Option<Id<'q>>,
        /// On this body; a cluster includes its PCTs, an SHA its whole region.
        body: Option<Id<'q>>,
        /// Of one of these severities.
        severity: Option<Vec<Severity>>,
        /// By this plugin; `core` for national checks.
        plugin: Option<Id<'q>>,
        /// By this check, by identifier.
        check: Option<Id<'q>>,
    }
}

/// A filter with its identifiers looked up.
#[derive(Debug, Default)]
pub(crate) struct Chosen<'a, 'q> {
    measure: Option<MeasureIndex>,
    component: Option<ComponentIndex>,
    outcome: Option<&'q str>,
    scope: Option<Scope<'a>>,
    severity: Option<Vec<Severity>>,
    author: Option<Author>,
    check: Option<&'q str>,
}

impl<'a, 'q> Chosen<'a, 'q> {
    /// Looks a filter up in a cycle.
    pub(crate) fn of(
        cycle: Cycle<'a>,
        filter: Option<&FindingFilter<'q>>,
    ) -> Result<Chosen<'a, 'q>, Failure> {
        let Some(filter) = filter else {
            return Ok(Chosen::default());
        };
        let framework = cycle.framework();
        let measure = filter.measure.map(|id| framework.find_measure(id.0));
        let component = filter.component.map(|id| framework.find_component(id.0));
        let scope = filter.body.map(|id| cycle.scope(id.0, None));
        let author = filter.plugin.map(|id| PluginRun::author(cycle, id.0));
        let check = filter.check.map(|id| known_check(cycle, id.0));
        Ok(Chosen {
            measure: measure.transpose()?,
            component: component.transpose()?,
            outcome: filter.outcome.map(|id| id.0),
            scope: scope.transpose()?,
            severity: filter.severity.clone(),
            author: author.transpose()?,
            check: check.transpose()?,
        })
    }

    /// Whether a finding is one of them.
    pub(crate) fn holds(&self, finding: &Finding<'_>) -> bool {
        fn is<T: PartialEq>(wanted: Option<T>, found: Option<T>) -> bool {
            wanted.is_none() || wanted == found
        }
        let it = finding.it();
        is(self.measure, finding.measure())
            && is(self.component, finding.component())
            && is(self.outcome, finding.outcome())
            && is(self.author, Some(it.author))
            && is(self.check, Some(&*it.check))
            && self.scope.is_none_or(|scope| scope.holds(it.body))
            && (self.severity.as_ref()).is_none_or(|wanted| wanted.contains(&it.severity))
    }
}

/// The check that an argument names: one that says something of itself, or that found something.
fn known_check<'q>(cycle: Cycle<'_>, given: &'q str) -> Result<&'q str, Failure> {
    let assurance = &cycle.at.assurance;
    let known = || {
        let core = cycle.picture.core_checks.iter();
        let documented = core.chain(assurance.plugins.iter().flat_map(|run| &run.checks));
        let found = assurance
            .findings
            .iter()
            .map(|finding| finding.check.as_ref());
        documented.map(|check| check.id.as_str()).chain(found)
    };
    if known().any(|id| id == given) {
        return Ok(given);
    }
    let mut valid: Vec<&str> = known().collect();
    valid.sort_unstable();
    valid.dedup();
    Err(Failure::unknown("check", given, valid))
}

connection! {
    /// A page of findings, by body and severity, most serious first.
    FindingConnection as "FindingConnection", FindingEdge as "FindingEdge" of Finding
}

impl<'a> FindingConnection<'a> {
    /// The findings of a cycle that a filter lets through.
    pub(crate) fn of(
        cycle: Cycle<'a>,
        filter: Option<&FindingFilter<'_>>,
        first: i32,
        after: After<'_>,
    ) -> Result<FindingConnection<'a>, Failure> {
        let chosen = Chosen::of(cycle, filter)?;
        let wanted = Finding::all(cycle).filter(|finding| chosen.holds(finding));
        FindingConnection::page(wanted, &cycle.list_parent(), first, after)
    }
}
