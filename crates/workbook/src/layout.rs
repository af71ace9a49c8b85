//! Lays out a workbook: its instructions, and the sheets with what is recorded already.

use crate::kind::{SheetKind, WorkbookKind};
use wcc_core::framework::{Framework, FrameworkPart, Rating};
use wcc_core::record::{Criterion, Judgement, Method, Recommendation, SurveyResult};
use wcc_core::words::with_article;
use wcc_core::{Assurance, BodyIndex, BodyKind, CheckedCycle, Subject};

/// Empty rows for what is not recorded yet, on sheets without a row for each measure.
pub(crate) const EMPTY_ROWS: usize = 100;

/// A cycle, a body and a kind for which there is no workbook.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LayoutError {
    /// The framework does not have the method.
    #[error("the framework `{framework}` has no method for a {kind} workbook")]
    NoMethod {
        /// The framework.
        framework: String,
        /// The kind of workbook.
        kind: WorkbookKind,
    },
    /// Nothing is judged for the body.
    #[error("nothing is judged for {name} ({code}) itself in this cycle")]
    NothingToJudge {
        /// Name of the body.
        name: String,
        /// Code of the body.
        code: String,
    },
}

/// A workbook, laid out but not written.
#[derive(Clone, Debug, PartialEq)]
pub struct Workbook {
    /// The word for its kind.
    pub(crate) kind_name: &'static str,
    /// Identifier of the cycle.
    pub(crate) cycle: String,
    /// Code of the body.
    pub(crate) body: String,
    /// The last entry of the cycle, if it is in a ledger.
    pub(crate) entry: Option<u32>,
    /// Shown at the top of the instructions.
    pub(crate) title: String,
    /// One paragraph each.
    pub(crate) instructions: Vec<String>,
    pub(crate) sheets: Vec<Sheet>,
}

/// A sheet with its rows.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Sheet {
    pub(crate) kind: SheetKind,
    pub(crate) rows: Vec<Row>,
    pub(crate) empty_rows: usize,
    /// Values to choose from in every row, by column.
    pub(crate) choices: Vec<(&'static str, Vec<String>)>,
}

/// A row of a sheet.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Row {
    /// The cells, by the heading of their column.
    pub(crate) cells: Vec<(&'static str, String)>,
    /// Values to choose from in this row, by column.
    pub(crate) choices: Vec<(&'static str, Vec<String>)>,
}

impl Row {
    pub(crate) fn with(mut self, heading: &'static str, text: impl Into<String>) -> Row {
        self.cells.push((heading, text.into()));
        self
    }

    pub(crate) fn with_optional(self, heading: &'static str, text: Option<&str>) -> Row {
        match text {
            Some(text) => self.with(heading, text),
            None => self,
        }
    }
}

impl Workbook {
    /// Lays out a workbook of a kind for a body, with what the cycle records of it. `assurance` is
    /// the cycle's, for last year's results. `entry` is the last entry of the cycle, if it is in a
    /// ledger: an import then notices what others changed in the meantime.
    ///
    /// # Errors
    /// The framework lacks the method, or nothing is judged for the body.
    pub fn of(
        kind: WorkbookKind,
        cycle: &CheckedCycle,
        assurance: &Assurance,
        body: BodyIndex,
        entry: Option<u32>,
    ) -> Result<Workbook, LayoutError> {
        let framework = &*cycle.framework;
        let details = cycle.organisations.body(body);
        if let Some(method) = kind.method()
            && !framework.methods.has(method)
        {
            return Err(LayoutError::NoMethod {
                framework: framework.id.clone(),
                kind,
            });
        }
        let laying_out = LayingOut {
            cycle,
            assurance,
            body,
        };
        let has_outcomes = details.kind == BodyKind::Pct;
        let mut sheets = Vec::new();
        for sheet in kind.sheets() {
            sheets.push(match sheet {
                SheetKind::Judgements => laying_out.judgements(kind)?,
                SheetKind::Recommendations => laying_out.recommendations(),
                SheetKind::Survey => laying_out.survey(),
                SheetKind::Criteria => laying_out.criteria(),
                SheetKind::Outcomes if has_outcomes => laying_out.outcomes(),
                SheetKind::Values if has_outcomes => laying_out.values(),
                SheetKind::Outcomes | SheetKind::Values => continue,
            });
        }
        Ok(Workbook {
            kind_name: kind.name_in(framework),
            cycle: cycle.id.clone(),
            body: details.code.clone(),
            entry,
            title: format!(
                "{}: {} of {} ({})",
                cycle.title,
                title(kind, framework),
                details.name,
                details.code
            ),
            instructions: instructions(kind, framework),
            sheets,
        })
    }
}

fn title(kind: WorkbookKind, framework: &Framework) -> String {
    let methods = &framework.methods;
    match kind {
        WorkbookKind::SelfAssessment => methods.title(Method::SelfAssessment).to_lowercase(),
        WorkbookKind::Panel => format!("judgements by {}", methods.assessor()),
        WorkbookKind::Survey => "survey results".to_owned(),
        WorkbookKind::Metrics => format!(
            "{}, unmet metrics and unmet criteria",
            framework.words.outcome.many
        ),
    }
}

fn instructions(kind: WorkbookKind, framework: &Framework) -> Vec<String> {
    let body = &framework.words.body.one;
    let mut paragraphs = vec![match kind {
        WorkbookKind::SelfAssessment | WorkbookKind::Panel => format!(
            "Choose a value for each {} on the sheet Judgements, and give the rationale. Leave the \
             value empty if it is not known yet. Reason is for a {body} whose value differs from \
             the value that it shares with others.",
            framework.words.measure.one
        ),
        WorkbookKind::Survey => {
            "Enter one row for each question: the survey, what the question is \
                                 about, and the mean score or its wording."
                .to_owned()
        }
        WorkbookKind::Metrics => format!(
            "On the sheet Outcomes, enter one row for each series of {}, with rates of growth in \
             percent a year; on the sheet Values, one row for each year of a series. On the sheet \
             Not met, enter one row for each criterion or metric that is not met: the highest value \
             that the evidence still supports, and the reason.",
            with_article(&framework.words.outcome.one)
        ),
    }];
    paragraphs.push(
        "Evidence is cited by its identifiers, separated by spaces. Dates are written 2009-11-30."
            .to_owned(),
    );
    paragraphs.push(
        "Only white cells can be changed; rows and columns can be filtered and made wider. An \
         empty row changes nothing. Import the file with: wcc import FILE. This only shows what \
         would change; add --apply to record it."
            .to_owned(),
    );
    paragraphs
}

pub(crate) struct LayingOut<'a> {
    pub(crate) cycle: &'a CheckedCycle,
    assurance: &'a Assurance,
    pub(crate) body: BodyIndex,
}

impl LayingOut<'_> {
    pub(crate) fn framework(&self) -> &Framework {
        &self.cycle.framework
    }

    fn judgements(&self, kind: WorkbookKind) -> Result<Sheet, LayoutError> {
        let method = kind.method().unwrap_or(Method::Panel);
        let mut rows = Vec::new();
        let framework = self.framework();
        let body = self.cycle.organisations.body(self.body);
        for (index, _) in framework.each_measure() {
            if body.can_be_judged_on(framework, index) {
                rows.push(self.judgement(Subject::Measure(index), method));
            }
        }
        // An assessor may record the result of a part; a body's own view is of what is judged alone.
        let is_recorded = |part: &FrameworkPart| match framework.rating(*part) {
            Rating::Marks(_) => true,
            Rating::Rule { marks, .. } => *marks && kind == WorkbookKind::Panel,
            Rating::None => false,
        };
        for part in framework.parts().filter(is_recorded) {
            rows.push(self.judgement(part.subject(), method));
        }
        if rows.is_empty() {
            return Err(LayoutError::NothingToJudge {
                name: body.name.clone(),
                code: body.code.clone(),
            });
        }
        Ok(Sheet {
            kind: SheetKind::Judgements,
            rows,
            empty_rows: 0,
            choices: Vec::new(),
        })
    }

    fn judgement(&self, subject: Subject, method: Method) -> Row {
        let framework = self.framework();
        let scale = subject.scale(framework);
        let output = self.assurance.output_of(self.body);
        let previous = output.and_then(|output| match subject.part() {
            None => match subject {
                Subject::Measure(index) => output.cell(index).mark(Method::Previous).value,
                _ => None,
            },
            Some(part) => output.part(part)?.result(Method::Previous).value(),
        });
        let previous = previous.map(|step| scale.key(step));
        let (title, looked_for, may_not_apply) = match subject {
            Subject::Measure(index) => {
                let measure = framework.measure(index);
                let looked_for = measure.looked_for.as_deref();
                (measure.title.as_str(), looked_for, measure.may_not_apply)
            }
            _ => {
                let title = subject.part().map(|part| framework.title_of(part));
                (title.unwrap_or_default(), None, false)
            }
        };
        let mut row = Row::default()
            .with("Measure", subject.id(framework))
            .with("Title", title)
            .with_optional("What is looked for", looked_for)
            .with_optional("Previous", previous.as_deref());
        let judgements = self.cycle.judgements_on(self.body, subject, method);
        if let Some(judgement) = judgements.iter().find(|own| own.assessor.is_none()) {
            row = self.recorded(row, subject, judgement);
        }
        let mut values: Vec<String> = scale.steps().iter().map(|step| step.key.clone()).collect();
        if !values.is_empty() {
            if may_not_apply {
                values.push(wcc_core::record::JudgementDetails::NOT_APPLICABLE.to_owned());
            }
            row.choices.push(("Value", values));
        }
        row
    }

    fn recorded(&self, row: Row, subject: Subject, judgement: &Judgement) -> Row {
        let details = judgement.details();
        let value = match (&details.text, judgement.value) {
            _ if judgement.not_applicable => {
                Some(wcc_core::record::JudgementDetails::NOT_APPLICABLE.to_owned())
            }
            (Some(text), _) => Some(text.to_string()),
            (None, Some(step)) => Some(subject.scale(self.framework()).key(step).into_owned()),
            (None, None) => None,
        };
        let date = details.date.map(|date| date.to_string());
        row.with_optional("Value", value.as_deref())
            .with_optional("Rationale", details.rationale.as_deref())
            .with_optional("Evidence", listed(&details.evidence).as_deref())
            .with_optional("Reason", details.reason.as_deref())
            .with_optional("Author", details.author.as_deref())
            .with_optional("Date", date.as_deref())
            .with_optional("Source", details.source.as_deref())
            .with_optional("Inferred", details.inferred.as_deref())
    }

    fn recommendations(&self) -> Sheet {
        let all = self.cycle.records.recommendations.iter();
        let own = all.filter(|recommendation| recommendation.body == self.body);
        let row = |recommendation: &Recommendation| {
            let about: Vec<Box<str>> = recommendation
                .about
                .iter()
                .map(|topic| self.cycle.topic_id(topic).into())
                .collect();
            Row::default()
                .with("Id", &*recommendation.id)
                .with_optional("About", listed(&about).as_deref())
                .with("Text", &*recommendation.text)
                .with_optional("Source", recommendation.source.as_deref())
        };
        Sheet {
            kind: SheetKind::Recommendations,
            rows: own.map(row).collect(),
            empty_rows: EMPTY_ROWS,
            choices: Vec::new(),
        }
    }

    fn survey(&self) -> Sheet {
        let framework = self.framework();
        let positions = self.cycle.surveys_of(self.body);
        let results = self.cycle.records.surveys.get(positions);
        let row = |result: &SurveyResult| {
            let score = result.score.map(|score| score.to_string());
            Row::default()
                .with("Survey", &*result.survey)
                .with("Measure", framework.measure(result.measure).id.as_str())
                .with_optional("Question", result.question.as_deref())
                .with_optional("Score", score.as_deref())
                .with_optional("Wording", result.wording.as_deref())
                .with_optional("Source", result.source.as_deref())
        };
        Sheet {
            kind: SheetKind::Survey,
            rows: results.unwrap_or_default().iter().map(row).collect(),
            empty_rows: EMPTY_ROWS,
            choices: vec![("Measure", self.measures())],
        }
    }

    fn criteria(&self) -> Sheet {
        let framework = self.framework();
        let positions = self.cycle.criteria_of(self.body);
        let criteria = self.cycle.records.criteria.get(positions);
        let row = |criterion: &Criterion| {
            let scale = framework.scale_of(criterion.measure);
            Row::default()
                .with("Measure", framework.measure(criterion.measure).id.as_str())
                .with("Kind", criterion.kind.name())
                .with("Supports", scale.key(criterion.supports))
                .with("Reason", &*criterion.reason)
                .with_optional("Evidence", listed(&criterion.evidence).as_deref())
                .with_optional("Inferred", criterion.inferred.as_deref())
                .with_optional("Source", criterion.source.as_deref())
        };
        let kinds = wcc_core::record::CriterionKind::ALL;
        Sheet {
            kind: SheetKind::Criteria,
            rows: criteria.unwrap_or_default().iter().map(row).collect(),
            empty_rows: EMPTY_ROWS,
            choices: vec![
                ("Measure", self.measures()),
                ("Kind", kinds.map(|kind| kind.name().to_owned()).into()),
            ],
        }
    }

    fn measures(&self) -> Vec<String> {
        let measures = self.framework().each_measure();
        measures.map(|(_, measure)| measure.id.clone()).collect()
    }
}

/// Identifiers as a cell holds them.
pub(crate) fn listed(ids: &[Box<str>]) -> Option<String> {
    (!ids.is_empty()).then(|| ids.join(" "))
}
