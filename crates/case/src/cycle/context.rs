//! What every row of a cycle's tables needs: the framework's and the bodies' words.

use super::Settings;
use super::schemas::{EVIDENCE, OUTCOMES};
use crate::cells::Cells;
use crate::found::ProblemCollector;
use crate::nearest::nearest;
use crate::organisations::with_article;
use crate::problem::{Place, Problem, quoted};
use crate::spreadsheet::{code_meant, quoted_code};
use crate::table::{Row, Schema, Table};
use jiff::civil::Date;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use wcc_core::framework::{Framework, MeasureIndex};
use wcc_core::outcome::{OutcomeDefinition, Series};
use wcc_core::record::Topic;
use wcc_core::{BodyIndex, BodyKind, Method, Organisations, RecordId, Scale, Step, Subject};

/// What is known while the tables of a cycle are read.
pub(super) struct Context<'a> {
    pub(super) found: &'a ProblemCollector,
    /// What is allowed and yet most probably a mistake.
    pub(super) warnings: ProblemCollector,
    pub(super) framework: &'a Framework,
    pub(super) organisations: &'a Organisations,
    /// The local outcomes that plugins declare.
    pub(super) local_outcomes: &'a [OutcomeDefinition],
    /// The file that is read, and its first number.
    pub(super) file: String,
    first: u32,
    named: RefCell<BTreeSet<BodyIndex>>,
    /// The PCTs that alone are assured, where the cycle lists them.
    listed: Option<&'a [BodyIndex]>,
    as_of: Date,
    /// Bodies without any assured PCT that the file has named.
    outside: RefCell<BTreeSet<BodyIndex>>,
    /// Codes that nobody has, with the file in which they were told.
    strangers: RefCell<BTreeMap<String, String>>,
    /// Tables with problems: what they do not have may be what could not be read.
    broken: BTreeSet<&'static str>,
    /// Identifiers of the outcomes that the cycle's PCTs have.
    pub(super) outcomes: BTreeSet<Box<str>>,
    /// Evidence by its identifier, with the row that it was written in.
    pub(super) evidence: BTreeMap<String, u32>,
}

impl<'a> Context<'a> {
    pub(super) fn new(settings: &'a Settings, found: &'a ProblemCollector) -> Self {
        Self {
            found,
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
            strangers: RefCell::default(),
            broken: BTreeSet::new(),
            outcomes: BTreeSet::new(),
            evidence: BTreeMap::new(),
        }
    }

    /// Goes on to the next file.
    pub(super) fn start(&mut self, file: &str, first: u32) {
        file.clone_into(&mut self.file);
        self.first = first;
        self.outside.borrow_mut().clear();
    }

    /// Reads the file's rows.
    pub(super) fn read_rows(
        &self,
        schema: &'static Schema,
        bytes: &[u8],
        each: impl FnMut(&Row<'_>),
    ) -> u32 {
        let table = Table {
            schema,
            file: &self.file,
            bytes,
            found: self.found,
            names_something: &|column, cell| self.names_something(column, cell),
            recorded: false,
        };
        table.read_rows(each)
    }

    /// Whether a cell is the code of a body, an identifier of the framework or a method.
    fn names_something(&self, column: &str, cell: &str) -> Option<bool> {
        match column {
            "body" => Some(self.organisations.find(cell).is_some()),
            "measure" => Some(self.subject(cell).is_some()),
            "method" => Some(Method::named(&cell.to_ascii_lowercase()).is_some()),
            _ => None,
        }
    }

    /// Remembers that a table has problems.
    pub(super) fn set_broken(&mut self, table: &'static str) {
        self.broken.insert(table);
    }

    /// Whether a table had problems, so that what refers to it is not told on top of them.
    pub(super) fn is_broken(&self, table: &str) -> bool {
        self.broken.contains(table)
    }

    /// The number of the record in a row (or line).
    pub(super) fn record(&self, row: u32) -> RecordId {
        RecordId(self.first.saturating_add(row))
    }

    /// The row (or line) of a record of the file that is read.
    pub(super) fn row_of(&self, record: RecordId) -> u32 {
        record.0.saturating_sub(self.first)
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

    /// Whether an earlier file was told to name a body that there is not: one code that is wrong in
    /// every table is one problem.
    fn is_told_elsewhere(&self, code: &str) -> bool {
        let mut strangers = self.strangers.borrow_mut();
        match strangers.get(code) {
            Some(file) => *file != self.file,
            None => {
                strangers.insert(code.to_owned(), self.file.clone());
                false
            }
        }
    }

    /// What to tell, once in a file, of a body that the cycle's list of PCTs leaves out.
    pub(super) fn left_out(&self, body: BodyIndex) -> Option<Unknown<'a>> {
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
        Some(Unknown {
            message: format!(
                "{} is not assured in this cycle: what this file says of it is not used",
                quoted(code)
            ),
            expected: "a body with PCTs in the list `pcts` of case.toml",
            nearest: Box::new(move || nearest(code, codes)),
        })
    }

    /// What to tell of a cluster or function that is not there on the day of the cycle, so that
    /// what is said of it reaches no PCT.
    pub(super) fn unreachable(&self, body: BodyIndex) -> Option<Unknown<'a>> {
        let organisations = self.organisations;
        let found = organisations.body(body);
        if !matches!(found.kind, BodyKind::Cluster | BodyKind::Function)
            || found.period.holds_on(self.as_of)
        {
            return None;
        }
        let kind = with_article(found.kind);
        let code = quoted(&found.code);
        let day = self.as_of;
        let when = match (found.period.from, found.period.until) {
            (_, Some(until)) if until <= day => format!("ended on {until}"),
            (Some(from), _) => format!("began on {from}"),
            _ => "is not there".to_owned(),
        };
        Some(Unknown {
            message: format!(
                "{code} is {kind} that {when}, and this cycle is as of {day}: what is said of it \
                 reaches nobody"
            ),
            expected: "a body that is there on that day, or another `as_of`",
            nearest: Box::new(move || None),
        })
    }

    /// What to tell, once in a file, of a function that nobody delegates to on the day of the
    /// cycle, though somebody did on another day.
    pub(super) fn not_delegated(&self, body: BodyIndex) -> Option<Unknown<'a>> {
        let organisations = self.organisations;
        let found = organisations.body(body);
        if found.kind != BodyKind::Function || !found.period.holds_on(self.as_of) {
            return None;
        }
        let delegations = organisations.delegations().iter();
        let mut of_function = delegations.filter(|one| one.function == body).peekable();
        of_function.peek()?;
        let is_reached = of_function.any(|one| one.period.holds_on(self.as_of));
        if is_reached || !self.outside.borrow_mut().insert(body) {
            return None;
        }
        Some(Unknown {
            message: format!(
                "no delegation to {} is in force on {}: what this file says of it reaches nobody, \
                 unless a plugin says whom the function serves",
                quoted(&found.code),
                self.as_of
            ),
            expected: "a row in delegations.csv that holds on that day",
            nearest: Box::new(move || None),
        })
    }

    /// The measure or component with an identifier.
    pub(super) fn subject(&self, id: &str) -> Option<Subject> {
        let measure = self.framework.find_measure(id).map(Subject::Measure);
        measure.or_else(|| self.framework.find_component(id).map(Subject::Component))
    }

    /// What an identifier in commentary or a recommendation names: a measure, a component, an
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
            .map(|one| one.id.as_str())
            .chain(chosen)
            .chain([Topic::OUTCOMES])
    }

    /// What to tell of an identifier that no topic has.
    pub(super) fn no_topic(&'a self, id: &str) -> Unknown<'a> {
        let framework = self.framework;
        let id = id.to_owned();
        Unknown {
            message: format!(
                "{} is not in the framework {}",
                quoted_code(&id),
                framework.id
            ),
            expected: "the identifier of a measure, component or outcome, or `outcomes`",
            nearest: Box::new(move || {
                let components = || framework.components.iter().map(|one| one.id.as_str());
                let ids = || {
                    ids_of_measures(framework)
                        .chain(components())
                        .chain(self.ids_of_outcomes())
                };
                code_meant(&id, ids()).or_else(|| nearest(&id, ids()))
            }),
        }
    }

    /// What to tell of a code that nobody has.
    pub(super) fn no_body(&self, code: &str) -> Unknown<'a> {
        let organisations = self.organisations;
        let code = code.to_owned();
        Unknown {
            message: format!("there is no body with the code {}", quoted_code(&code)),
            expected: "the code of a PCT, cluster or function",
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

    /// What to tell of an identifier that neither a measure nor a component has.
    pub(super) fn no_subject(&self, id: &str) -> Unknown<'a> {
        let framework = self.framework;
        let id = id.to_owned();
        Unknown {
            message: format!(
                "{} is not in the framework {}",
                quoted_code(&id),
                framework.id
            ),
            expected: "the identifier of a measure or component",
            nearest: Box::new(move || {
                let components = || framework.components.iter().map(|one| one.id.as_str());
                let ids = || ids_of_measures(framework).chain(components());
                code_meant(&id, ids()).or_else(|| nearest(&id, ids()))
            }),
        }
    }

    /// What to tell of an identifier that no measure has.
    pub(super) fn no_measure(&self, id: &str) -> Unknown<'a> {
        let framework = self.framework;
        let component = framework.find_component(id);
        let message = match component {
            Some(_) => format!("{} is a component, not a measure", quoted(id)),
            None => format!("{} is not a measure of {}", quoted_code(id), framework.id),
        };
        let id = id.to_owned();
        Unknown {
            message,
            expected: "the identifier of a measure",
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

/// What to tell of a word that names nothing. The nearest valid word is looked for only if it is
/// shown.
pub(super) struct Unknown<'a> {
    pub(super) message: String,
    expected: &'static str,
    nearest: Box<dyn FnOnce() -> Option<&'a str> + 'a>,
}

impl Unknown<'_> {
    /// Tells the problem at a line of a text.
    pub(super) fn tell_at_line(self, found: &ProblemCollector, file: &str, line: u32) {
        let (message, more) = self.parts();
        found.tell(file, Some(Place::Line(line)), message, more);
    }

    /// The message, and what adds the rest to a problem.
    fn parts(self) -> (String, impl FnOnce(Problem) -> Problem) {
        let (expected, nearest) = (self.expected, self.nearest);
        let more = move |problem: Problem| problem.expecting(expected).nearest_to(nearest());
        (self.message, more)
    }
}

fn ids_of_measures(framework: &Framework) -> impl Iterator<Item = &str> {
    framework.measures.iter().map(|measure| measure.id.as_str())
}

/// One row of a cycle's table.
pub(super) struct Fields<'a> {
    pub(super) cells: Cells<'a>,
    pub(super) context: &'a Context<'a>,
}

impl<'a> Fields<'a> {
    pub(super) fn new(context: &'a Context<'a>, row: &'a Row<'a>) -> Self {
        Self {
            cells: Cells::new(&context.file, row, context.found),
            context,
        }
    }

    pub(super) fn record(&self) -> RecordId {
        self.context.record(self.cells.row_number())
    }

    /// The value that a word names; where there is none, `unknown` says what to tell.
    fn look_up<T>(
        &self,
        column: &str,
        word: &str,
        value: Option<T>,
        unknown: impl FnOnce(&str) -> Unknown<'a>,
    ) -> Option<T> {
        if value.is_none() {
            let (message, more) = unknown(word).parts();
            self.cells.wrong(column, || message, more);
        }
        value
    }

    fn named_measure(&self, column: &str, id: &str) -> Option<MeasureIndex> {
        let measure = self.context.framework.find_measure(id);
        self.look_up(column, id, measure, |id| self.context.no_measure(id))
    }

    fn named_subject(&self, column: &str, id: &str) -> Option<Subject> {
        let subject = self.context.subject(id);
        self.look_up(column, id, subject, |id| self.context.no_subject(id))
    }

    /// The body that a row is about.
    pub(super) fn body(&self, column: &str) -> Option<BodyIndex> {
        let body = self.any_body(column)?;
        if let Some(unreachable) = self.context.unreachable(body) {
            let (message, more) = unreachable.parts();
            self.cells.wrong(column, || message, more);
            return None;
        }
        let context = self.context;
        let doubt = context
            .left_out(body)
            .or_else(|| context.not_delegated(body));
        if let Some(doubt) = doubt {
            let (message, more) = doubt.parts();
            self.warn(column, || message, more);
        }
        Some(body)
    }

    /// A body, whether it is assured or not.
    pub(super) fn any_body(&self, column: &str) -> Option<BodyIndex> {
        let code = self.cells.text(column)?;
        let body = self.context.body(code);
        if body.is_none() && self.context.is_told_elsewhere(code) {
            self.cells.follow_on();
            return None;
        }
        self.look_up(column, code, body, |code| self.context.no_body(code))
    }

    /// Warns of a cell that is allowed and yet most probably a mistake.
    pub(super) fn warn(
        &self,
        column: &str,
        message: impl FnOnce() -> String,
        more: impl FnOnce(Problem) -> Problem,
    ) {
        let place = Place::Row {
            row: self.cells.row_number(),
            column: Some(column.to_owned()),
        };
        let context = self.context;
        context
            .warnings
            .tell(&context.file, Some(place), message(), more);
    }

    pub(super) fn measure(&self, column: &str) -> Option<MeasureIndex> {
        self.named_measure(column, self.cells.text(column)?)
    }

    pub(super) fn subject(&self, column: &str) -> Option<Subject> {
        self.named_subject(column, self.cells.text(column)?)
    }

    pub(super) fn measures(&self, column: &str) -> Vec<MeasureIndex> {
        let each = self.cells.list(column);
        each.filter_map(|id| self.named_measure(column, id))
            .collect()
    }

    pub(super) fn topics(&self, column: &str) -> Vec<Topic> {
        let each = self.cells.list(column);
        let context = self.context;
        each.filter_map(|id| self.look_up(column, id, context.topic(id), |id| context.no_topic(id)))
            .collect()
    }

    pub(super) fn method(&self, column: &str) -> Option<Method> {
        self.cells.word(column, Method::ALL, |method| method.name())
    }

    pub(super) fn series(&self, column: &str) -> Option<Series> {
        self.cells.word(column, Series::ALL, |series| series.name())
    }

    /// A step of the scale that a subject is judged on.
    pub(super) fn step(&self, column: &str, subject: Option<Subject>) -> Option<Step> {
        let text = self.cells.text(column)?;
        let scale = match subject? {
            Subject::Measure(measure) => self.context.framework.scale_of(measure),
            Subject::Component(component) => self.context.framework.scale_of_component(component),
        };
        let step = scale.step(text);
        if step.is_none() {
            self.wrong_step(column, text, scale);
        }
        step
    }

    fn wrong_step(&self, column: &str, text: &str, scale: &Scale) {
        let keys = || scale.steps.iter().map(|step| step.key.as_str());
        let by_title = || {
            let mut steps = scale.steps.iter();
            let titled = steps.find(|step| step.title.eq_ignore_ascii_case(text));
            titled.map(|step| step.key.as_str())
        };
        self.cells.wrong(
            column,
            || {
                format!(
                    "{} is not a step of the scale {}",
                    quoted(text),
                    scale.title
                )
            },
            |problem| {
                problem.expecting(scale.keys_in_words()).nearest_to(
                    by_title()
                        .or_else(|| code_meant(text, keys()))
                        .or_else(|| nearest(text, keys())),
                )
            },
        );
    }

    /// Identifiers of evidence, each of which must be there.
    pub(super) fn evidence(&self, column: &str) -> Vec<Box<str>> {
        let known = &self.context.evidence;
        let mut list = Vec::new();
        for id in self.cells.list(column) {
            if known.contains_key(id) || self.context.is_broken(EVIDENCE.file) {
                list.push(Box::from(id));
                continue;
            }
            self.cells.wrong(
                column,
                || format!("there is no evidence {}", quoted(id)),
                |problem| {
                    problem
                        .expecting("an identifier from evidence.csv")
                        .nearest_to(nearest(id, known.keys().map(String::as_str)))
                },
            );
        }
        list
    }

    /// An identifier of a row: without spaces, for lists separate by them.
    pub(super) fn identifier(&self, column: &str) -> Option<&'a str> {
        let id = self.cells.text(column)?;
        if id.contains(char::is_whitespace) || id.len() > 100 {
            self.cells.wrong(
                column,
                || format!("{} is not an identifier", quoted(id)),
                |problem| problem.expecting("up to 100 characters without spaces"),
            );
            return None;
        }
        Some(id)
    }
}
