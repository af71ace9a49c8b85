//! The kinds of workbook, and the sheets of each.

use std::fmt;
use std::str::FromStr;
use wcc_core::framework::{Framework, Names};
use wcc_core::record::Method;

/// The neutral word for the workbook of an assessor such as a panel.
const ASSESSMENT: &str = "assessment";

/// What a workbook is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WorkbookKind {
    /// A body's own assessment of each measure.
    SelfAssessment,
    /// A panel's judgement of each measure, and its recommendations.
    Panel,
    /// Results of surveys.
    Survey,
    /// Health outcomes with their values, and metrics and criteria that were not met.
    Metrics,
}

/// A word that names no kind of workbook.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is not a kind of workbook: expected self-assessment, assessment (or panel), survey or metrics"
)]
pub struct UnknownKind(pub String);

impl WorkbookKind {
    /// Every kind.
    pub const ALL: [WorkbookKind; 4] = [
        WorkbookKind::SelfAssessment,
        WorkbookKind::Panel,
        WorkbookKind::Survey,
        WorkbookKind::Metrics,
    ];

    /// The word that commands and workbooks use.
    pub fn name(self) -> &'static str {
        match self {
            WorkbookKind::SelfAssessment => "self-assessment",
            WorkbookKind::Panel => "panel",
            WorkbookKind::Survey => "survey",
            WorkbookKind::Metrics => "metrics",
        }
    }

    /// The word for a framework: `assessment` in place of `panel`, if it is not one of World Class
    /// Commissioning.
    pub fn name_in(self, framework: &Framework) -> &'static str {
        match (self, framework.words.names) {
            (WorkbookKind::Panel, Names::Neutral) => ASSESSMENT,
            _ => self.name(),
        }
    }

    /// The method by which its judgements are made, if it holds any.
    pub fn method(self) -> Option<Method> {
        match self {
            WorkbookKind::SelfAssessment => Some(Method::SelfAssessment),
            WorkbookKind::Panel => Some(Method::Panel),
            WorkbookKind::Survey | WorkbookKind::Metrics => None,
        }
    }

    /// Its sheets.
    pub(crate) fn sheets(self) -> &'static [SheetKind] {
        match self {
            WorkbookKind::SelfAssessment => &[SheetKind::Judgements],
            WorkbookKind::Panel => &[SheetKind::Judgements, SheetKind::Recommendations],
            WorkbookKind::Survey => &[SheetKind::Survey],
            WorkbookKind::Metrics => &[SheetKind::Outcomes, SheetKind::Values, SheetKind::Criteria],
        }
    }
}

impl fmt::Display for WorkbookKind {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str(self.name())
    }
}

impl FromStr for WorkbookKind {
    type Err = UnknownKind;

    fn from_str(word: &str) -> Result<WorkbookKind, UnknownKind> {
        let given = word.trim();
        if given.eq_ignore_ascii_case(ASSESSMENT) {
            return Ok(WorkbookKind::Panel);
        }
        let mut kinds = WorkbookKind::ALL.into_iter();
        kinds
            .find(|kind| kind.name().eq_ignore_ascii_case(given))
            .ok_or_else(|| UnknownKind(word.to_owned()))
    }
}

/// A sheet that is filled in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SheetKind {
    /// A row for each measure.
    Judgements,
    /// A row for each recommendation.
    Recommendations,
    /// A row for each result of a survey.
    Survey,
    /// A row for each criterion or metric that is not met.
    Criteria,
    /// A row for each series of a health outcome.
    Outcomes,
    /// A row for each value of a health outcome, by year.
    Values,
}

impl SheetKind {
    /// The title of the sheet.
    pub(crate) fn title(self) -> &'static str {
        match self {
            SheetKind::Judgements => "Judgements",
            SheetKind::Recommendations => "Recommendations",
            SheetKind::Survey => "Survey results",
            SheetKind::Criteria => "Not met",
            SheetKind::Outcomes => "Outcomes",
            SheetKind::Values => "Values",
        }
    }

    /// The table of a case folder that it becomes.
    pub(crate) fn table(self) -> &'static str {
        match self {
            SheetKind::Judgements => "judgements.csv",
            SheetKind::Recommendations => "recommendations.csv",
            SheetKind::Survey => "survey.csv",
            SheetKind::Criteria => "criteria.csv",
            SheetKind::Outcomes => "outcomes.csv",
            SheetKind::Values => "outcome_values.csv",
        }
    }

    /// Its columns, in order.
    pub(crate) fn columns(self) -> &'static [Column] {
        match self {
            SheetKind::Judgements => JUDGEMENTS,
            SheetKind::Recommendations => RECOMMENDATIONS,
            SheetKind::Survey => SURVEY,
            SheetKind::Criteria => CRITERIA,
            SheetKind::Outcomes => OUTCOMES,
            SheetKind::Values => VALUES,
        }
    }

    /// Whether every workbook of its kind has it. A cluster has no outcomes of its own, and
    /// workbooks of earlier versions of this program lack their sheets.
    pub(crate) fn is_required(self) -> bool {
        !matches!(self, SheetKind::Outcomes | SheetKind::Values)
    }
}

const JUDGEMENTS: &[Column] = &[
    Column::fixed("Measure", "measure", 10.0),
    Column::shown("Title", 44.0),
    Column::shown("What is looked for", 44.0),
    Column::shown("Previous", 10.0),
    Column::filled("Value", "value", 14.0),
    Column::filled("Rationale", "rationale", 60.0),
    Column::filled("Evidence", "evidence", 22.0),
    Column::filled("Reason", "reason", 40.0),
    Column::filled("Author", "author", 18.0),
    Column::filled("Date", "date", 12.0),
    Column::filled("Source", "source", 24.0),
    Column::filled("Inferred", "inferred", 24.0),
];

const RECOMMENDATIONS: &[Column] = &[
    Column::filled("Id", "id", 14.0),
    Column::filled("About", "about", 24.0),
    Column::filled("Text", "text", 90.0),
    Column::filled("Source", "source", 24.0),
];

const SURVEY: &[Column] = &[
    Column::filled("Survey", "survey", 20.0),
    Column::filled("Measure", "measure", 10.0),
    Column::filled("Question", "question", 60.0),
    Column::filled("Score", "score", 10.0),
    Column::filled("Wording", "wording", 20.0),
    Column::filled("Source", "source", 30.0),
];

const CRITERIA: &[Column] = &[
    Column::filled("Measure", "measure", 10.0),
    Column::filled("Kind", "kind", 12.0),
    Column::filled("Supports", "supports", 12.0),
    Column::filled("Reason", "reason", 70.0),
    Column::filled("Evidence", "evidence", 22.0),
    Column::filled("Inferred", "inferred", 24.0),
    Column::filled("Source", "source", 30.0),
];

const OUTCOMES: &[Column] = &[
    Column::filled("Slot", "slot", 8.0),
    Column::filled("Outcome", "outcome", 24.0),
    Column::filled("Title", "title", 40.0),
    Column::filled("Series", "series", 12.0),
    Column::filled("Better", "better", 10.0),
    Column::filled("Scope", "scope", 10.0),
    Column::filled("Newly selected", "newly_selected", 10.0),
    Column::filled("Selected", "selected", 12.0),
    Column::filled("Replaces", "replaces", 24.0),
    Column::filled("Reason", "selection_reason", 40.0),
    Column::filled("Aim", "aim", 16.0),
    Column::filled("Goal", "goal", 40.0),
    Column::filled("Historic rate", "historic", 10.0),
    Column::filled("From year", "historic_from", 10.0),
    Column::filled("To year", "historic_to", 10.0),
    Column::filled("National rate", "national", 10.0),
    Column::filled("Rate of peers", "ons_cluster", 10.0),
    Column::filled("Top decile", "top_decile", 10.0),
    Column::filled("Aspiration", "aspiration", 12.0),
    Column::filled("Position stated", "stated_position", 14.0),
    Column::filled("Change stated", "stated_change", 10.0),
    Column::filled("Source of change", "stated_change_source", 24.0),
    Column::filled("Rate quartile", "rate_quartile", 10.0),
    Column::filled("Previous rate quartile", "previous_rate_quartile", 10.0),
    Column::filled("Level quartile", "level_quartile", 10.0),
    Column::filled("Previous level quartile", "previous_level_quartile", 10.0),
    Column::filled("Assessor's view", "panel_view", 50.0),
    Column::filled("Inferred", "inferred", 24.0),
    Column::filled("Source", "source", 30.0),
];

const VALUES: &[Column] = &[
    Column::filled("Outcome", "outcome", 24.0),
    Column::filled("Series", "series", 12.0),
    Column::filled("Year", "year", 10.0),
    Column::filled("Value", "value", 14.0),
    Column::filled("Break", "break", 10.0),
];

/// A column of a sheet.
#[derive(Debug)]
pub(crate) struct Column {
    /// The heading that people see.
    pub(crate) heading: &'static str,
    /// The column of the case's table; `None` if it only informs.
    pub(crate) name: Option<&'static str>,
    /// Whether people fill it in. All other cells are protected.
    pub(crate) is_filled: bool,
    /// Width in characters.
    pub(crate) width: f64,
}

impl Column {
    const fn shown(heading: &'static str, width: f64) -> Column {
        Column {
            heading,
            name: None,
            is_filled: false,
            width,
        }
    }

    const fn fixed(heading: &'static str, name: &'static str, width: f64) -> Column {
        Column {
            heading,
            name: Some(name),
            is_filled: false,
            width,
        }
    }

    const fn filled(heading: &'static str, name: &'static str, width: f64) -> Column {
        Column {
            heading,
            name: Some(name),
            is_filled: true,
            width,
        }
    }
}
