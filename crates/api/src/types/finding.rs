//! `Finding`: the result of a check. `Check`: the documentation of a check.

use super::body::{Body, Function};
use super::cycle::{Cycle, Scope};
use super::ids::{Kind, NodeId};
use super::measure::{Component, Measure};
use super::output::Output;
use super::plugin::PluginRun;
use crate::picture::Picture;
use crate::project::cursor::{After, ListItem, Part, Place, digest_of};
use crate::project::leaves::Id;
use crate::project::{Failure, connection, input, object};
use wcc_core::checks::{neutral_id, published_id};
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
        let count = cycle.assured.assurance.findings.len();
        (0..).take(count).map(move |at| Finding { cycle, at })
    }

    /// The findings of one output.
    pub(crate) fn of_output(
        cycle: Cycle<'a>,
        output: &wcc_core::Output,
    ) -> impl Iterator<Item = Finding<'a>> + use<'a> {
        let positions = cycle
            .assured
            .assurance
            .positions_of_findings(output)
            .into_iter();
        positions.map(move |at| Finding { cycle, at })
    }

    #[expect(clippy::indexing_slicing, reason = "positions come from the assurance")]
    fn data(&self) -> &'a core::Finding {
        &self.cycle.assured.assurance.findings[self.at as usize]
    }

    fn body_code(&self) -> &'a str {
        &self.cycle.body_view(self.data().body).data().code
    }

    /// The subject, as one part of its identifier.
    fn about(&self) -> &'a str {
        let framework = &self.cycle.assured.cycle.framework;
        match &self.data().about {
            About::Body => "",
            About::Measure(index) => &framework.measure(*index).id,
            About::Component(index) => &framework.component(*index).id,
            About::Outcome(id) => id,
            About::Function(index) => &self.cycle.body_view(*index).data().code,
        }
    }

    /// Its number among the findings of the same check on the same subject.
    fn number(&self) -> usize {
        let finding = self.data();
        let earlier = self.cycle.assured.assurance.findings.iter();
        earlier
            .take(self.at as usize)
            .rev()
            .take_while(|other| other.body == finding.body)
            .filter(|other| other.check == finding.check && other.about == finding.about)
            .count()
    }

    /// An identifier that is stable as long as the finding exists.
    fn id(&self) -> NodeId<'a> {
        let parts = [
            self.cycle.code(),
            self.body_code(),
            &self.data().check,
            self.about(),
        ];
        let mut id = NodeId::new(Kind::Finding, parts);
        id.parts.push(self.number().to_string().into());
        id
    }

    /// The finding that a node id identifies.
    pub(crate) fn with_id(cycle: Cycle<'a>, id: &NodeId<'_>) -> Option<Finding<'a>> {
        let body = cycle.assured.cycle.organisations.find(id.parts.get(1)?)?;
        let findings = &cycle.assured.assurance.findings;
        let from = findings.partition_point(|finding| finding.body < body);
        let until = findings.partition_point(|finding| finding.body <= body);
        let mut on_body = Finding::all(cycle).skip(from).take(until - from);
        on_body.find(|finding| finding.id() == *id)
    }

    fn plugin(&self) -> Option<PluginRun<'a>> {
        match self.data().author {
            Author::Core => None,
            Author::Plugin(at) => PluginRun::at(self.cycle, at),
        }
    }

    fn documentation(&self) -> Option<Check<'a>> {
        let checks: &'a [CheckDocumentation] = match self.plugin() {
            None => self.cycle.core_checks(),
            Some(run) => &run.data.checks,
        };
        let data = checks.iter().find(|check| check.id == *self.data().check)?;
        Some(Check {
            data,
            plugin: self.plugin().map(|run| run.data.plugin.id.as_str()),
        })
    }

    fn measure(&self) -> Option<MeasureIndex> {
        match self.data().about {
            About::Measure(index) => Some(index),
            _ => None,
        }
    }

    /// The component concerned, directly or through one of its measures.
    fn component(&self) -> Option<ComponentIndex> {
        match self.data().about {
            About::Component(index) => Some(index),
            About::Measure(index) => {
                Some(self.cycle.assured.cycle.framework.measure(index).component)
            }
            _ => None,
        }
    }

    fn outcome(&self) -> Option<&'a str> {
        match &self.data().about {
            About::Outcome(id) => Some(id),
            _ => None,
        }
    }
}

impl Finding<'_> {
    /// The sort keys of findings, except for messages, which change with the numbers.
    fn order(finding: &core::Finding) -> (BodyIndex, std::cmp::Reverse<Severity>, &str, &About) {
        (
            finding.body,
            std::cmp::Reverse(finding.severity),
            &finding.check,
            &finding.about,
        )
    }
}

impl ListItem for Finding<'_> {
    fn place(&self) -> Place {
        let finding = self.data();
        let rank = Severity::ALL
            .iter()
            .rev()
            .position(|severity| *severity == finding.severity);
        let number = |number: usize| Part::Number(u32::try_from(number).unwrap_or(u32::MAX));
        // The index would reveal how many hidden bodies precede it.
        let place_of = |body| Part::Number(self.cycle.assured.cycle.organisations.rank(body));
        let mut order = vec![
            place_of(finding.body),
            number(rank.unwrap_or_default()),
            Part::Text(finding.check.to_string()),
        ];
        order.extend(match &finding.about {
            About::Body => [Part::Number(0), Part::Number(0)],
            About::Measure(index) => [Part::Number(1), Part::Number(u32::from(index.0))],
            About::Component(index) => [Part::Number(2), Part::Number(u32::from(index.0))],
            About::Outcome(id) => [Part::Number(3), Part::Text(id.to_string())],
            About::Function(index) => [Part::Number(4), place_of(*index)],
        });
        // Findings of the same check on the same subject are distinguished by their messages.
        let findings = &self.cycle.assured.assurance.findings;
        let at = self.at as usize;
        let has_same_order =
            |other: &core::Finding| Finding::order(other) == Finding::order(finding);
        let earlier = findings.iter().take(at).rev();
        let before = earlier.take_while(|other| has_same_order(other)).count();
        let is_unique = before == 0
            && !findings
                .get(at + 1)
                .is_some_and(|next| has_same_order(next));
        let from = if is_unique { at + 1 } else { at - before };
        let preceding = findings.get(from..=at).unwrap_or_default();
        Place {
            order,
            preceding: preceding
                .iter()
                .map(|finding| digest_of(&finding.message))
                .collect(),
        }
    }
}

object! {
    /// The result of a check, with its numbers. A finding points out something to look at; it is
    /// never a verdict.
    Finding<'a> as "Finding", implements [Node] => |finding| {
        /// Global identifier; give it to `node` to ask for the finding again.
        id: NodeId<'a> = finding.id();
        /// The cycle.
        cycle: Cycle<'a> = finding.cycle;
        /// How urgent it is.
        severity: Severity = finding.data().severity;
        /// The finding as a sentence.
        message: &'a str = finding.data().message.as_ref();
        /// The numbers behind it.
        numbers: [Number<'a>; 2] = finding.data().numbers.iter().map(Number);
        /// The body that it is on.
        body: Body<'a> = Body::of(finding.cycle.body_view(finding.data().body));
        /// The measure that it is about, if it is about one.
        measure: Option<Measure<'a>> = finding.measure().map(|index| finding.cycle.framework().measure(index));
        /// The competency or strand that it is about, directly or through one of its measures.
        component: Option<Component<'a>> = finding.component().map(|index| finding.cycle.framework().component(index));
        /// Identifier of the outcome that it is about, if it is about one.
        outcome: Option<Id<'a>> = finding.outcome().map(Id);
        /// The delegated function that it is about, if it is about one.
        function: Option<Function<'a>> = match finding.data().about {
            About::Function(index) => Some(Function(finding.cycle.body_view(index))),
            _ => None,
        };
        /// Identifier of the check: `aspiration-weaker-than-history`,
        /// `once-north-east/not-assured`.
        check: Id<'a> = Id(&finding.data().check);
        /// Identifier of the check that suits every regime: as `check`, but
        /// `departure-under-moderation` in place of `departure-under-calibration`.
        checkId: Id<'a> = Id(neutral_id(&finding.data().check));
        /// The documentation of the check.
        documentation: Option<Check<'a>> = finding.documentation();
        /// The plugin that reports it; null for national checks.
        plugin: Option<PluginRun<'a>> = finding.plugin();
    }
}

/// The counts of an output's findings.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FindingCounts<'a>(pub(crate) Output<'a>);

impl FindingCounts<'_> {
    fn of(&self, severity: Severity) -> i32 {
        let Output { cycle, data } = self.0;
        let findings = cycle.assured.assurance.findings_of(data);
        let count = findings
            .filter(|finding| finding.severity == severity)
            .count();
        i32::try_from(count).unwrap_or(i32::MAX)
    }
}

object! {
    /// The number of findings of each severity.
    FindingCounts<'a> as "FindingCounts" => |finding_counts| {
        /// Something is missing or contradictory.
        errors: i32 = finding_counts.of(Severity::Error);
        /// Needs attention.
        warnings: i32 = finding_counts.of(Severity::Warning);
        /// Worth knowing.
        notes: i32 = finding_counts.of(Severity::Note);
    }
}

/// A number behind a finding.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Number<'a>(&'a core::Number);

object! {
    /// One number behind a finding.
    Number<'a> as "Number" => |Number(number)| {
        /// Quantity and unit: `aspiration, % a year`.
        label: &'a str = number.label.as_ref();
        /// The number.
        value: f64 = number.value;
    }
}

/// A check's documentation.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Check<'a> {
    /// The documentation.
    pub(crate) data: &'a CheckDocumentation,
    /// The plugin to which it belongs; `None` for a check of the core.
    pub(crate) plugin: Option<&'a str>,
}

impl<'a> Check<'a> {
    /// Every check: the core's, then the configured plugins'.
    pub(crate) fn all(picture: &'a Picture) -> impl Iterator<Item = Check<'a>> {
        let core = picture.core_checks(None).iter();
        let core = core.map(|data| Check { data, plugin: None });
        let plugins = picture.plugins().iter();
        let regional = plugins.flat_map(|plugin| {
            let plugin_id = Some(plugin.identity.id.as_str());
            let checks = plugin.checks.iter();
            checks.map(move |data| Check {
                data,
                plugin: plugin_id,
            })
        });
        core.chain(regional)
    }
}

object! {
    /// The documentation of a check, so that its findings can be understood and questioned.
    Check<'a> as "Check" => |check| {
        /// Identifier: `aspiration-weaker-than-history`, `once-north-east/not-assured`.
        code: Id<'a> = Id(&check.data.id);
        /// Title.
        title: &'a str = check.data.title.as_str();
        /// What the check reports.
        what: &'a str = check.data.what.as_str();
        /// Why it matters.
        why: &'a str = check.data.why.as_str();
        /// An example.
        example: &'a str = check.data.example.as_str();
        /// Identifier of its plugin; null for national checks.
        plugin: Option<Id<'a>> = check.plugin.map(Id);
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
        /// By this check, by either of its identifiers.
        check: Option<Id<'q>>,
    }
}

/// A filter with its identifiers resolved.
#[derive(Debug, Default)]
pub(crate) struct ResolvedFilter<'a, 'q> {
    measure: Option<MeasureIndex>,
    component: Option<ComponentIndex>,
    outcome: Option<&'q str>,
    scope: Option<Scope<'a>>,
    severity: Option<Vec<Severity>>,
    author: Option<Author>,
    check: Option<&'q str>,
}

impl<'a, 'q> ResolvedFilter<'a, 'q> {
    /// Resolves a filter for a cycle.
    pub(crate) fn of(
        cycle: Cycle<'a>,
        filter: Option<&FindingFilter<'q>>,
    ) -> Result<ResolvedFilter<'a, 'q>, Failure> {
        let Some(filter) = filter else {
            return Ok(ResolvedFilter::default());
        };
        let framework = cycle.framework();
        let measure = filter.measure.map(|id| framework.find_measure(id.0));
        let component = filter.component.map(|id| framework.find_component(id.0));
        let scope = filter.body.map(|id| cycle.scope(id.0, None));
        let author = filter.plugin.map(|id| PluginRun::author(cycle, id.0));
        let check = filter.check.map(|id| known_check(cycle, id.0));
        Ok(ResolvedFilter {
            measure: measure.transpose()?,
            component: component.transpose()?,
            outcome: filter.outcome.map(|id| id.0),
            scope: scope.transpose()?,
            severity: filter.severity.clone(),
            author: author.transpose()?,
            check: check.transpose()?,
        })
    }

    /// Whether a finding matches the filter.
    pub(crate) fn matches(&self, finding: &Finding<'_>) -> bool {
        fn is<T: PartialEq>(required: Option<T>, actual: Option<T>) -> bool {
            required.is_none() || required == actual
        }
        let data = finding.data();
        is(self.measure, finding.measure())
            && is(self.component, finding.component())
            && is(self.outcome, finding.outcome())
            && is(self.author, Some(data.author))
            && is(self.check, Some(&*data.check))
            && self.scope.is_none_or(|scope| scope.contains(data.body))
            && (self.severity.as_ref()).is_none_or(|severities| severities.contains(&data.severity))
    }
}

/// The check named by an argument. It must be documented, or have reported a finding.
fn known_check<'q>(cycle: Cycle<'_>, id: &'q str) -> Result<&'q str, Failure> {
    let id = published_id(id);
    let assurance = &cycle.assured.assurance;
    let known = || {
        let core = cycle.core_checks().iter();
        let documented = core.chain(assurance.plugins.iter().flat_map(|run| &run.checks));
        let reported = assurance
            .findings
            .iter()
            .map(|finding| finding.check.as_ref());
        documented.map(|check| check.id.as_str()).chain(reported)
    };
    if known().any(|known| known == id) {
        return Ok(id);
    }
    let mut valid: Vec<&str> = known().collect();
    valid.sort_unstable();
    valid.dedup();
    Err(Failure::unknown("check", id, valid))
}

connection! {
    /// A page of findings, by body and severity, most serious first.
    FindingConnection as "FindingConnection", FindingEdge as "FindingEdge" of Finding
}

impl<'a> FindingConnection<'a> {
    /// The findings of a cycle that match a filter.
    pub(crate) fn of(
        cycle: Cycle<'a>,
        filter: Option<&FindingFilter<'_>>,
        first: i32,
        after: After<'_>,
    ) -> Result<FindingConnection<'a>, Failure> {
        let filter = ResolvedFilter::of(cycle, filter)?;
        let matching = Finding::all(cycle).filter(|finding| filter.matches(finding));
        FindingConnection::page(matching, &cycle.list_parent(), first, after)
    }
}
