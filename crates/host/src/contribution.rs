//! Translates a plugin's answer for the core. An answer is outside data: all of it is checked, and
//! a single fault rejects the whole answer.

use crate::text::{fault_in, shown};
use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap, HashSet};
use wcc_core::body::BodyIndex;
use wcc_core::contribution::{Contribution, FunctionReach, LocalOutcome, PluginCeiling};
use wcc_core::finding::{About, Author, Finding, Number, Severity};
use wcc_core::{BodyKind, CheckedCycle, MeasureIndex, Step};
use wcc_plugin::{self as message, Manifest};

/// The maximum number of findings, ceilings or outcome values on one body.
const MAX_ITEMS: usize = 1_000;
/// The maximum number of characters in a message or reason.
const MAX_TEXT: usize = 2_000;
/// The maximum number of numbers in a finding.
const MAX_NUMBERS: usize = 20;
/// The maximum number of characters in a number's label.
const MAX_LABEL: usize = 200;

/// Checks an answer and translates it.
///
/// # Errors
/// The first fault: the body, what is wrong, and what was expected.
pub(crate) fn translate(
    answer: &message::Contribution,
    manifest: &Manifest,
    cycle: &CheckedCycle,
    sent: &[BodyIndex],
) -> Result<Contribution, String> {
    let prefixed = |check: &'_ message::CheckDocumentation| format!("{}/{}", manifest.id, check.id);
    let mut translation = Translation {
        cycle,
        checks: (manifest.checks.iter())
            .map(|check| (check.id.as_str(), prefixed(check).into()))
            .collect(),
        outcomes: (manifest.outcomes.iter())
            .map(|outcome| (outcome.id.as_str(), outcome))
            .collect(),
        unanswered: codes(cycle, sent),
        contribution: Contribution::default(),
    };
    for result in &answer.results {
        translation.add_result(result)?;
    }
    if let Some(code) = translation.unanswered.keys().min() {
        return Err(format!("it has no result for `{code}`"));
    }
    let mut contribution = translation.contribution;
    contribution.reach = reach(manifest, cycle);
    sort(&mut contribution);
    Ok(contribution)
}

/// What a plugin says of a cycle after some of its bodies changed: its new results for those that
/// it was asked about again, and its earlier results for the others.
pub(crate) fn merge(
    earlier: &Contribution,
    new: Contribution,
    asked_again: &BTreeSet<BodyIndex>,
) -> Contribution {
    fn of_both<T: Clone>(earlier: &[T], new: Vec<T>, is_new: impl Fn(&T) -> bool) -> Vec<T> {
        let stays = earlier.iter().filter(|item| !is_new(item)).cloned();
        let stays: Vec<T> = stays.collect();
        stays
            .into_iter()
            .chain(new.into_iter().filter(|item| is_new(item)))
            .collect()
    }

    let is_new = |body: BodyIndex| asked_again.contains(&body);
    let mut merged = Contribution {
        reach: new.reach,
        findings: of_both(&earlier.findings, new.findings, |item| is_new(item.body)),
        ceilings: of_both(&earlier.ceilings, new.ceilings, |item| is_new(item.body)),
        outcomes: of_both(&earlier.outcomes, new.outcomes, |item| is_new(item.body)),
    };
    sort(&mut merged);
    merged
}

fn codes<'a>(cycle: &'a CheckedCycle, sent: &[BodyIndex]) -> HashMap<&'a str, BodyIndex> {
    let code = |body: &BodyIndex| (cycle.organisations.body(*body).code.as_str(), *body);
    sent.iter().map(code).collect()
}

struct Translation<'a> {
    cycle: &'a CheckedCycle,
    /// The plugin's checks by their own identifiers, with the identifiers that people see.
    checks: HashMap<&'a str, Box<str>>,
    outcomes: HashMap<&'a str, &'a message::OutcomeDeclaration>,
    /// Bodies that were sent but have no result yet.
    unanswered: HashMap<&'a str, BodyIndex>,
    contribution: Contribution,
}

impl Translation<'_> {
    fn add_result(&mut self, result: &message::BodyResult) -> Result<(), String> {
        let Some(body) = self.unanswered.remove(result.body.as_str()) else {
            let body = shown(&result.body);
            return Err(format!(
                "it has a result for `{body}`, which was not sent or has one already"
            ));
        };
        let on_body = |fault: String| format!("on `{}`: {fault}", result.body);
        self.add_items(body, result).map_err(on_body)
    }

    fn add_items(&mut self, body: BodyIndex, result: &message::BodyResult) -> Result<(), String> {
        check_count("findings", result.findings.len(), MAX_ITEMS)?;
        check_count("ceilings", result.ceilings.len(), MAX_ITEMS)?;
        check_count("outcome values", result.outcomes.len(), MAX_ITEMS)?;
        for finding in &result.findings {
            let finding = self.finding(body, finding)?;
            self.contribution.findings.push(finding);
        }
        for ceiling in &result.ceilings {
            let ceiling = self.ceiling(body, ceiling)?;
            self.contribution.ceilings.push(ceiling);
        }
        let mut seen = HashSet::new();
        for outcome in &result.outcomes {
            let value = self.outcome(body, outcome)?;
            if !seen.insert(&outcome.outcome) {
                return Err(format!("the outcome `{}` has two values", outcome.outcome));
            }
            self.contribution.outcomes.push(value);
        }
        Ok(())
    }

    fn finding(&self, body: BodyIndex, finding: &message::Finding) -> Result<Finding, String> {
        check_count("numbers of a finding", finding.numbers.len(), MAX_NUMBERS)?;
        let numbers: Result<_, _> = finding.numbers.iter().map(number).collect();
        Ok(Finding {
            check: self.check(&finding.check)?,
            // The engine replaces this by the plugin's position.
            author: Author::Core,
            severity: match finding.severity {
                message::Severity::Note => Severity::Note,
                message::Severity::Warning => Severity::Warning,
                message::Severity::Error => Severity::Error,
            },
            body,
            about: self.about(body, finding.subject.as_ref())?,
            message: sentence("message", &finding.message, MAX_TEXT)?,
            numbers: numbers?,
        })
    }

    fn ceiling(
        &self,
        body: BodyIndex,
        ceiling: &message::Ceiling,
    ) -> Result<PluginCeiling, String> {
        self.check_kind(body, "a ceiling", &[BodyKind::Pct, BodyKind::Cluster])?;
        let measure = self.measure(&ceiling.measure)?;
        let scale = self.cycle.framework.scale_of(measure);
        let supports = scale.step(&ceiling.supports).ok_or_else(|| {
            let (supports, measure) = (shown(&ceiling.supports), &ceiling.measure);
            let keys = scale.keys_in_words();
            format!("`{supports}` is not a step of `{measure}`; expected {keys}")
        })?;
        Ok(PluginCeiling {
            check: self.check(&ceiling.check)?,
            body,
            measure,
            supports,
            reason: sentence("reason", &ceiling.reason, MAX_TEXT)?,
        })
    }

    fn outcome(
        &self,
        body: BodyIndex,
        outcome: &message::OutcomeValue,
    ) -> Result<LocalOutcome, String> {
        self.check_kind(body, "an outcome value", &[BodyKind::Pct])?;
        let declared = self.outcomes.get(outcome.outcome.as_str());
        let declared = declared.ok_or_else(|| not_declared("outcome", &outcome.outcome))?;
        if let Some(value) = outcome.value {
            let lowest = declared.min.unwrap_or(f64::MIN);
            let highest = declared.max.unwrap_or(f64::MAX);
            if !(lowest..=highest).contains(&value) {
                let id = &declared.id;
                return Err(format!(
                    "the value {value} of the outcome `{id}` is outside {lowest} to {highest}"
                ));
            }
        }
        Ok(LocalOutcome {
            outcome: outcome.outcome.as_str().into(),
            body,
            value: outcome.value,
        })
    }

    fn check_kind(&self, body: BodyIndex, what: &str, kinds: &[BodyKind]) -> Result<(), String> {
        let kind = self.cycle.organisations.body(body).kind;
        if kinds.contains(&kind) {
            return Ok(());
        }
        let kinds = wcc_core::words::any_of(kinds.iter().map(|kind| kind.name()));
        Err(format!(
            "{what} belongs to a {kinds}, not to a {}",
            kind.name()
        ))
    }

    /// The check's identifier as people see it.
    fn check(&self, id: &str) -> Result<Box<str>, String> {
        let known = self.checks.get(id).cloned();
        known.ok_or_else(|| not_declared("check", id))
    }

    fn about(&self, body: BodyIndex, subject: Option<&message::Subject>) -> Result<About, String> {
        let framework = &self.cycle.framework;
        match subject {
            None => Ok(About::Body),
            Some(message::Subject::Measure(id)) => self.measure(id).map(About::Measure),
            Some(message::Subject::Component(id)) => {
                let component = framework.find_component(id);
                let unknown = || format!("`{}` is not a component of the framework", shown(id));
                component.map(About::Component).ok_or_else(unknown)
            }
            Some(message::Subject::Outcome(id)) if self.knows_outcome(body, id) => {
                Ok(About::Outcome(id.as_str().into()))
            }
            Some(message::Subject::Outcome(id)) => Err(format!(
                "`{}` is not an outcome of the body, the framework or the plugin",
                shown(id)
            )),
            Some(message::Subject::Function(code)) => {
                let organisations = &self.cycle.organisations;
                let body = organisations.find(code);
                body.filter(|body| organisations.body(*body).kind == BodyKind::Function)
                    .map(About::Function)
                    .ok_or_else(|| format!("`{}` is not a function", shown(code)))
            }
        }
    }

    fn measure(&self, id: &str) -> Result<MeasureIndex, String> {
        let measure = self.cycle.framework.find_measure(id);
        measure.ok_or_else(|| format!("`{}` is not a measure of the framework", shown(id)))
    }

    fn knows_outcome(&self, body: BodyIndex, id: &str) -> bool {
        let chosen = self
            .cycle
            .records
            .outcomes
            .slice(self.cycle.outcomes_of(body));
        chosen.iter().any(|outcome| &*outcome.outcome == id)
            || self.outcomes.contains_key(id)
            || self.cycle.framework.find_outcome(id).is_some()
    }
}

fn not_declared(what: &str, id: &str) -> String {
    format!("the {what} `{}` is not in its manifest", shown(id))
}

fn number(number: &message::Number) -> Result<Number, String> {
    if !number.value.is_finite() {
        return Err(format!(
            "the number `{}` is not finite",
            shown(&number.label)
        ));
    }
    Ok(Number {
        label: sentence("label", &number.label, MAX_LABEL)?,
        value: number.value,
    })
}

fn sentence(what: &str, text: &str, max: usize) -> Result<Box<str>, String> {
    if text.trim().is_empty() {
        return Err(format!("a {what} is empty"));
    }
    // A text has no more characters than bytes, so short texts need no counting.
    let length = || text.chars().count();
    if text.len() > max && length() > max {
        return Err(format!(
            "a {what} has {} characters; at most {max} are allowed",
            length()
        ));
    }
    if let Some(fault) = fault_in(text) {
        return Err(format!("a {what} has {fault}: {}", shown(text)));
    }
    Ok(text.into())
}

fn check_count(what: &str, count: usize, max: usize) -> Result<(), String> {
    if count <= max {
        return Ok(());
    }
    Err(format!("{count} {what}; at most {max} are allowed"))
}

/// Returns the reach of the plugin's functions in this framework. Functions that are not in the
/// tables of bodies or not in the plugin's regions are left out.
fn reach(manifest: &Manifest, cycle: &CheckedCycle) -> Vec<FunctionReach> {
    let organisations = &cycle.organisations;
    let is_covered = |function: &BodyIndex| {
        let is_function = organisations.body(*function).kind == BodyKind::Function;
        let sha = organisations
            .sha_of(*function)
            .map(|sha| &organisations.body(sha).code);
        let named = |sha: &String| {
            let mut regions = manifest.regions.iter();
            regions.any(|region| region.eq_ignore_ascii_case(sha))
        };
        is_function && sha.is_some_and(named)
    };
    let reach = |declared: &message::FunctionDeclaration| {
        let function = organisations.find(&declared.code).filter(is_covered)?;
        let mut measures: Vec<MeasureIndex> = declared
            .reaches
            .iter()
            .flat_map(|id| measures_of(cycle, id))
            .collect();
        measures.sort_unstable();
        measures.dedup();
        Some(FunctionReach { function, measures })
    };
    manifest.functions.iter().filter_map(reach).collect()
}

/// Returns the measures to which the identifier of a measure or component refers; none if the
/// framework has neither.
fn measures_of(cycle: &CheckedCycle, id: &str) -> Vec<MeasureIndex> {
    let framework = &cycle.framework;
    match (framework.find_measure(id), framework.find_component(id)) {
        (Some(measure), _) => vec![measure],
        (None, Some(component)) => framework.component(component).measures.clone(),
        (None, None) => Vec::new(),
    }
}

/// Sorts a contribution, so that the plugin's own order does not matter.
fn sort(contribution: &mut Contribution) {
    contribution.reach.sort_by_key(|reach| reach.function);
    contribution
        .findings
        .sort_by(|left, right| finding_order(left).cmp(&finding_order(right)));
    contribution
        .ceilings
        .sort_by(|left, right| ceiling_order(left).cmp(&ceiling_order(right)));
    contribution
        .outcomes
        .sort_by(|left, right| (left.body, &left.outcome).cmp(&(right.body, &right.outcome)));
}

fn finding_order(finding: &Finding) -> (BodyIndex, &str, &About, Reverse<Severity>, &str) {
    let severity = Reverse(finding.severity);
    (
        finding.body,
        &finding.check,
        &finding.about,
        severity,
        &finding.message,
    )
}

fn ceiling_order(ceiling: &PluginCeiling) -> (BodyIndex, MeasureIndex, Step, &str, &str) {
    (
        ceiling.body,
        ceiling.measure,
        ceiling.supports,
        &ceiling.check,
        &ceiling.reason,
    )
}
