//! The context in which a cycle's tables are read: the framework, the bodies, and the names seen
//! so far.

use super::schemas::OUTCOMES;
use super::{EarlierEvidence, Settings};
use crate::nearest::nearest;
use crate::problem::{Place, Problem, quoted};
use crate::problem_collector::ProblemCollector;
use crate::schema::Schema;
use crate::spreadsheet::{code_meant, quoted_code};
use crate::table::{Row, Table};
use jiff::civil::Date;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use wcc_core::framework::{Framework, Names};
use wcc_core::outcome::OutcomeDefinition;
use wcc_core::record::Topic;
use wcc_core::words::with_article;
use wcc_core::{BodyIndex, BodyKind, Organisations, RecordId, Subject};

/// The context in which the tables of a cycle are read.
pub(super) struct Context<'a> {
    pub(super) collector: &'a ProblemCollector,
    /// Input that is allowed but probably a mistake.
    pub(super) warnings: ProblemCollector,
    pub(super) framework: &'a Framework,
    pub(super) organisations: &'a Organisations,
    /// The local outcomes that plugins declare.
    pub(super) local_outcomes: &'a [OutcomeDefinition],
    /// The file being read; `first` is its first number.
    pub(super) file: String,
    first: u32,
    named: RefCell<BTreeSet<BodyIndex>>,
    /// The only PCTs to be assured, if the cycle lists them.
    listed: Option<&'a [BodyIndex]>,
    as_of: Date,
    /// Bodies without any assured PCT that the file has named so far.
    outside: RefCell<BTreeSet<BodyIndex>>,
    /// Unknown codes, each with the file in which it was reported.
    unknown_codes: RefCell<BTreeMap<String, String>>,
    /// Tables with problems: a missing record may be one that could not be read.
    broken: BTreeSet<&'static str>,
    /// Identifiers of the outcomes of the cycle's PCTs.
    pub(super) outcomes: BTreeSet<Box<str>>,
    /// Identifiers of the evidence.
    pub(super) evidence: BTreeSet<String>,
    /// The evidence of earlier cycles, which this one can carry over.
    pub(super) earlier: &'a [EarlierEvidence],
}

impl<'a> Context<'a> {
    pub(super) fn new(settings: &'a Settings, collector: &'a ProblemCollector) -> Self {
        let recorded = settings.recorded.list.iter();
        Self {
            collector,
            warnings: ProblemCollector::default(),
            framework: &settings.framework,
            organisations: &settings.organisations,
            local_outcomes: &settings.local_outcomes,
            file: String::new(),
            first: 0,
            named: RefCell::default(),
            listed: settings.pcts.as_deref(),
            as_of: settings.as_of,
            outside: RefCell::default(),
            unknown_codes: RefCell::default(),
            broken: BTreeSet::new(),
            outcomes: recorded.map(|recorded| recorded.outcome.clone()).collect(),
            evidence: BTreeSet::new(),
            earlier: &settings.earlier,
        }
    }

    /// Starts the next file.
    pub(super) fn start(&mut self, file: &str, first: u32) {
        file.clone_into(&mut self.file);
        self.first = first;
        self.outside.borrow_mut().clear();
    }

    /// Reads the rows of the file.
    pub(super) fn read_rows(
        &self,
        schema: &'static Schema,
        input: impl Read,
        each: impl FnMut(&Row<'_>),
    ) -> u32 {
        let table = Table {
            schema,
            file: &self.file,
            collector: self.collector,
            names_known_item: &|column, cell| self.names_known_item(column, cell),
            recorded: false,
            names: self.framework.words.names,
            waived: &[],
            holds_prose: &|column, cell| self.holds_prose(column, cell),
        };
        table.read_rows(input, each)
    }

    /// Whether a cell is a judgement in text, which may have several lines.
    fn holds_prose(&self, column: &str, cell: &dyn Fn(&str) -> Option<String>) -> bool {
        column == "value"
            && cell("measure")
                .and_then(|measure| self.subject(&measure))
                .is_some_and(|subject| subject.scale(self.framework).is_text())
    }

    /// Whether a cell is the code of a body, an identifier of the framework or a method.
    fn names_known_item(&self, column: &str, cell: &str) -> Option<bool> {
        match column {
            "body" => Some(self.organisations.find(cell).is_some()),
            "measure" => Some(self.subject(cell).is_some()),
            "method" => Some(self.framework.methods.named(cell).is_some()),
            _ => None,
        }
    }

    /// Records that a table has problems.
    pub(super) fn set_broken(&mut self, table: &'static str) {
        self.broken.insert(table);
    }

    /// Whether a table had problems, so that references to it are not reported in addition.
    pub(super) fn is_broken(&self, table: &str) -> bool {
        self.broken.contains(table)
    }

    /// The number of the record in a row (or line).
    pub(super) fn record(&self, row: u32) -> RecordId {
        RecordId(self.first.saturating_add(row))
    }

    /// The row that a record was read from: "row 5", if it is in the file being read.
    pub(super) fn row_in_words(&self, record: RecordId) -> String {
        match record.0.checked_sub(self.first) {
            Some(row) => format!("row {row}"),
            None => "another file".to_owned(),
        }
    }

    /// Every body that a table has named.
    pub(super) fn named(&self) -> BTreeSet<BodyIndex> {
        self.named.borrow().clone()
    }

    /// The body with a code; it counts as named from now on.
    pub(super) fn body(&self, code: &str) -> Option<BodyIndex> {
        let body = self.organisations.find(code)?;
        self.named.borrow_mut().insert(body);
        Some(body)
    }

    /// Whether an unknown code was already reported in an earlier file: one code that is wrong in
    /// every table is one problem.
    pub(super) fn is_reported_elsewhere(&self, code: &str) -> bool {
        let mut unknown_codes = self.unknown_codes.borrow_mut();
        match unknown_codes.get(code) {
            Some(file) => *file != self.file,
            None => {
                unknown_codes.insert(code.to_owned(), self.file.clone());
                false
            }
        }
    }

    /// The warning, once per file, for a body that the cycle's list of PCTs leaves out.
    pub(super) fn left_out(&self, body: BodyIndex) -> Option<NameProblem<'a>> {
        let listed = self.listed?;
        let organisations = self.organisations;
        let assured = match organisations.body(body).kind {
            BodyKind::Pct => listed.contains(&body),
            BodyKind::Cluster => {
                let mut members = organisations.members_of(body, self.as_of);
                members.any(|member| listed.contains(&member))
            }
            BodyKind::Function | BodyKind::Sha => true,
        };
        if assured || !self.outside.borrow_mut().insert(body) {
            return None;
        }
        let code = organisations.body(body).code.as_str();
        let codes = listed
            .iter()
            .map(|pct| organisations.body(*pct).code.as_str());
        Some(NameProblem {
            message: format!(
                "{} is not assured in this cycle: its records in this file are not used",
                quoted(code)
            ),
            expected: match self.framework.words.names {
                Names::WorldClassCommissioning => {
                    "a body with PCTs in the list `pcts` of case.toml".to_owned()
                }
                Names::Neutral => format!(
                    "{} in the list `bodies` of case.toml",
                    self.framework.words.body.with_article()
                ),
            },
            nearest: Box::new(move || nearest(code, codes)),
        })
    }

    /// The warning, once per file, for a function to which nobody delegates on the date of the
    /// cycle, although somebody did on another date.
    pub(super) fn not_delegated(&self, body: BodyIndex) -> Option<NameProblem<'a>> {
        let organisations = self.organisations;
        let record = organisations.body(body);
        if record.kind != BodyKind::Function || !record.period.holds_on(self.as_of) {
            return None;
        }
        let delegations = organisations.delegations().iter();
        let mut of_function = delegations
            .filter(|delegation| delegation.function == body)
            .peekable();
        of_function.peek()?;
        let is_reached = of_function.any(|delegation| delegation.period.holds_on(self.as_of));
        if is_reached || !self.outside.borrow_mut().insert(body) {
            return None;
        }
        Some(NameProblem {
            message: format!(
                "no delegation to {} is in force on {}: its records in this file have no effect, \
                 unless a plugin says which bodies the function serves",
                quoted(&record.code),
                self.as_of
            ),
            expected: "a row in delegations.csv that is in force on this date".to_owned(),
            nearest: Box::new(move || None),
        })
    }

    /// The measure or component with an identifier.
    pub(super) fn subject(&self, id: &str) -> Option<Subject> {
        Subject::find(self.framework, id)
    }

    /// The topic of an identifier in commentary or a recommendation: a measure, a component, an
    /// outcome of the catalogue or of the cycle, or the outcomes as a whole.
    pub(super) fn topic(&self, id: &str) -> Option<Topic> {
        if let Some(subject) = self.subject(id) {
            return Some(Topic::Subject(subject));
        }
        if id.eq_ignore_ascii_case(Topic::OUTCOMES) {
            return Some(Topic::Outcomes);
        }
        if let Some(known) = self.framework.find_outcome(id) {
            return Some(Topic::Outcome(known.id.as_str().into()));
        }
        let known = self.outcomes.contains(id) || self.is_broken(OUTCOMES.file);
        known.then(|| Topic::Outcome(id.into()))
    }

    /// Every identifier of an outcome, and the word for all of them.
    pub(super) fn ids_of_outcomes(&self) -> impl Iterator<Item = &str> {
        let catalogue = self.framework.outcomes.catalogue.iter();
        let chosen = self.outcomes.iter().map(|id| &**id);
        catalogue
            .map(|outcome| outcome.id.as_str())
            .chain(chosen)
            .chain([Topic::OUTCOMES])
    }

    /// The problem with an unknown topic.
    pub(super) fn no_topic(&'a self, id: &str) -> NameProblem<'a> {
        let framework = self.framework;
        let id = id.to_owned();
        NameProblem {
            message: format!(
                "{} is not in the framework {}",
                quoted_code(&id),
                framework.id
            ),
            expected: "the identifier of a measure, component or outcome, or `outcomes`".to_owned(),
            nearest: Box::new(move || {
                let components = || {
                    framework
                        .components
                        .iter()
                        .map(|component| component.id.as_str())
                };
                let ids = || {
                    ids_of_measures(framework)
                        .chain(components())
                        .chain(self.ids_of_outcomes())
                };
                code_meant(&id, ids()).or_else(|| nearest(&id, ids()))
            }),
        }
    }

    /// The problem with an unknown code of a body.
    pub(super) fn no_body(&self, code: &str) -> NameProblem<'a> {
        let organisations = self.organisations;
        let code = code.to_owned();
        NameProblem {
            message: format!("there is no body with the code {}", quoted_code(&code)),
            expected: format!(
                "the code of {}",
                with_article(&self.framework.words.any_judged())
            ),
            nearest: Box::new(move || {
                let codes = || organisations.each().map(|(_, body)| body.code.as_str());
                let mut bodies = organisations.each();
                let by_name = bodies.find(|(_, body)| body.name.eq_ignore_ascii_case(&code));
                by_name
                    .map(|(_, body)| body.code.as_str())
                    .or_else(|| code_meant(&code, codes()))
                    .or_else(|| nearest(&code, codes()))
            }),
        }
    }

    /// The problem with an identifier that is neither a measure nor a component.
    pub(super) fn no_subject(&self, id: &str) -> NameProblem<'a> {
        let framework = self.framework;
        let id = id.to_owned();
        NameProblem {
            message: format!(
                "{} is not in the framework {}",
                quoted_code(&id),
                framework.id
            ),
            expected: "the identifier of a measure or component".to_owned(),
            nearest: Box::new(move || {
                let components = || {
                    framework
                        .components
                        .iter()
                        .map(|component| component.id.as_str())
                };
                let ids = || ids_of_measures(framework).chain(components());
                code_meant(&id, ids()).or_else(|| nearest(&id, ids()))
            }),
        }
    }

    /// The problem with an identifier that is not a measure.
    pub(super) fn no_measure(&self, id: &str) -> NameProblem<'a> {
        let framework = self.framework;
        let component = framework.find_component(id);
        let message = match component {
            Some(_) => format!("{} is a component, not a measure", quoted(id)),
            None => format!("{} is not a measure of {}", quoted_code(id), framework.id),
        };
        let id = id.to_owned();
        NameProblem {
            message,
            expected: "the identifier of a measure".to_owned(),
            nearest: Box::new(move || {
                let first = component.and_then(|component| {
                    let first = framework.component(component).measures.first()?;
                    Some(framework.measure(*first).id.as_str())
                });
                first
                    .or_else(|| code_meant(&id, ids_of_measures(framework)))
                    .or_else(|| nearest(&id, ids_of_measures(framework)))
            }),
        }
    }
}

/// A problem with a code or identifier. The nearest valid word is looked up only if the problem is
/// shown.
pub(super) struct NameProblem<'a> {
    pub(super) message: String,
    expected: String,
    nearest: Box<dyn FnOnce() -> Option<&'a str> + 'a>,
}

impl NameProblem<'_> {
    /// Reports the problem at a line of a text.
    pub(super) fn report_at_line(self, collector: &ProblemCollector, file: &str, line: u32) {
        let (message, more) = self.parts();
        collector.report(file, Some(Place::Line(line)), message, more);
    }

    /// The message, and a function that adds the rest to a problem.
    pub(super) fn parts(self) -> (String, impl FnOnce(Problem) -> Problem) {
        let (expected, nearest) = (self.expected, self.nearest);
        let more = move |problem: Problem| problem.expecting(expected).nearest_to(nearest());
        (self.message, more)
    }
}

fn ids_of_measures(framework: &Framework) -> impl Iterator<Item = &str> {
    framework.measures.iter().map(|measure| measure.id.as_str())
}

/// The column that a field of a record is read from.
pub(super) fn column_of(field: &str) -> &str {
    match field {
        "pct" => "body",
        _ => field,
    }
}

/// The name that messages use for the column that a field of a record is read from.
pub(super) fn shown_column_of(field: &str, names: Names) -> &str {
    match (column_of(field), names) {
        ("ons_cluster", Names::Neutral) => "peers",
        ("panel_view", Names::Neutral) => "assessor_view",
        (column, _) => column,
    }
}
