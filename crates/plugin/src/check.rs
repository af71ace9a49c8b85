//! A check of a plugin: identifier, documentation, function and test in one file.

use crate::message::{
    Batch, BodyResult, Ceiling, CheckDocumentation, Contribution, Finding, Number, OutcomeValue,
    Severity, Subject,
};
use std::collections::BTreeMap;

/// One check of a plugin. A plugin lists its checks once; the manifest's documentation and the
/// evaluation both come from that list.
#[derive(Clone, Copy, Debug)]
pub struct Check {
    /// Identifier: lower-case letters, digits and hyphens.
    pub id: &'static str,
    /// Title for people.
    pub title: &'static str,
    /// The subject area: `outcome`, `competency`, `governance`, `delegation`.
    pub about: &'static str,
    /// What the check examines, as a sentence for people.
    pub what: &'static str,
    /// Why it matters.
    pub why: &'static str,
    /// An example of what triggers it.
    pub example: &'static str,
    /// Examines a batch and adds its findings.
    pub run: fn(&Batch<'_>, &mut Findings),
}

impl Check {
    /// Returns the documentation of every check in a list, for [`Manifest::checks`](crate::Manifest::checks).
    pub fn documentation(checks: &[Check]) -> Vec<CheckDocumentation> {
        let document = |check: &Check| CheckDocumentation {
            id: check.id.to_owned(),
            title: check.title.to_owned(),
            about: check.about.to_owned(),
            what: check.what.to_owned(),
            why: check.why.to_owned(),
            example: check.example.to_owned(),
        };
        checks.iter().map(document).collect()
    }

    /// Runs every check of a list and returns one result for each body of the batch.
    pub fn run_all(checks: &[Check], batch: &Batch<'_>) -> Contribution {
        let mut findings = Findings::default();
        for check in checks {
            findings.check = check.id;
            (check.run)(batch, &mut findings);
        }
        findings.into_contribution(batch)
    }

    /// Runs this check alone and returns pairs of body and finding. Meant for the check's test.
    pub fn findings(&self, batch: &Batch<'_>) -> Vec<(String, Finding)> {
        let contribution = Check::run_all(std::slice::from_ref(self), batch);
        let of_body = |result: BodyResult| {
            let body = result.body;
            result
                .findings
                .into_iter()
                .map(move |finding| (body.clone(), finding))
        };
        contribution.results.into_iter().flat_map(of_body).collect()
    }
}

/// Collects the results of the checks that have run so far.
#[derive(Debug, Default)]
pub struct Findings {
    check: &'static str,
    results: BTreeMap<String, BodyResult>,
}

impl Findings {
    /// Adds something worth knowing. `body` is the body's code, `message` a whole sentence.
    pub fn note(&mut self, body: &str, message: impl Into<String>) -> &mut Finding {
        self.add(body, Severity::Note, message.into())
    }

    /// Adds something that somebody should look at.
    pub fn warning(&mut self, body: &str, message: impl Into<String>) -> &mut Finding {
        self.add(body, Severity::Warning, message.into())
    }

    /// Adds an error: something is missing or contradicts itself.
    pub fn error(&mut self, body: &str, message: impl Into<String>) -> &mut Finding {
        self.add(body, Severity::Error, message.into())
    }

    /// Adds a ceiling: the evidence supports at most this step on this measure.
    pub fn ceiling(
        &mut self,
        body: &str,
        measure: &str,
        supports: &str,
        reason: impl Into<String>,
    ) {
        let ceiling = Ceiling {
            check: self.check.to_owned(),
            measure: measure.to_owned(),
            supports: supports.to_owned(),
            reason: reason.into(),
        };
        self.result_of(body).ceilings.push(ceiling);
    }

    /// Adds a value of one of the plugin's local outcomes; `None` means n/a.
    pub fn outcome(&mut self, pct: &str, outcome: &str, value: Option<f64>) {
        let value = OutcomeValue {
            outcome: outcome.to_owned(),
            value,
        };
        self.result_of(pct).outcomes.push(value);
    }

    fn result_of(&mut self, body: &str) -> &mut BodyResult {
        self.results.entry(body.to_owned()).or_default()
    }

    #[expect(clippy::indexing_slicing, reason = "the finding was just added")]
    fn add(&mut self, body: &str, severity: Severity, message: String) -> &mut Finding {
        let finding = Finding {
            check: self.check.to_owned(),
            severity,
            subject: None,
            message,
            numbers: Vec::new(),
        };
        let findings = &mut self.result_of(body).findings;
        findings.push(finding);
        let last = findings.len() - 1;
        &mut findings[last]
    }

    /// Returns one result for each body of the batch. Results for any other body are passed on as
    /// well, so that the host rejects them and names the body.
    fn into_contribution(mut self, batch: &Batch<'_>) -> Contribution {
        for body in &batch.bodies {
            self.result_of(&body.code);
        }
        let named = |(body, result): (String, BodyResult)| BodyResult { body, ..result };
        Contribution {
            results: self.results.into_iter().map(named).collect(),
        }
    }
}

impl Finding {
    /// Sets the subject of the finding. A finding without a subject is about the body as a whole.
    pub fn about(&mut self, subject: Subject) -> &mut Self {
        self.subject = Some(subject);
        self
    }

    /// Adds a number that supports the finding. A number that is not finite is left out.
    pub fn number(&mut self, label: &str, value: f64) -> &mut Self {
        if value.is_finite() {
            self.numbers.push(Number {
                label: label.to_owned(),
                value,
            });
        }
        self
    }
}
