//! Checks of what was typed that need no ledger: lengths, signs, forms.

use super::refusal::{MAX_MISTAKES, Mistake, MistakeCode};
use super::save_answer_sheet::SheetAnswerInput;
use super::{ArgumentPath, Command, MethodOfCycle, TablesOfRequest};
use crate::history::SendAgainRequest;
use crate::project::Failure;
use crate::project::leaves::Id;
use crate::survey::{InvitationToken, SheetAnswer, SheetStep, SurveyCommand};
use crate::types::enums::Series;
use wcc_core::TextKind;
use wcc_core::framework::Words;
use wcc_core::ledger::Draft;
use wcc_core::record::{EvidenceKind, Method};
use wcc_ledger::MAX_IN_REQUEST_ID;

/// Maximum size in bytes of a text that people write: a rationale, a reason.
pub(super) const LONG: usize = 20_000;
/// Maximum size in bytes of a whole file: a framework, a table of bodies.
pub(super) const FILE: usize = 1_000_000;
/// Maximum size in bytes of a line: a title, a source.
pub(super) const SHORT: usize = 1_000;
/// Maximum size in bytes of a code or identifier.
const CODE: usize = 200;
/// Maximum number of codes in one list.
const CODES: usize = 200;

/// Collects the mistakes of one input.
#[derive(Debug, Default)]
pub(super) struct Form {
    mistakes: Vec<Mistake>,
    paths: Vec<ArgumentPath>,
    /// The method that an identifier of the cycle's framework stands for, once it was looked up.
    known_method: Option<Method>,
    /// The identifier of a method that has yet to be looked up.
    unknown_method: Option<MethodOfCycle>,
    /// What is imported.
    pub(super) import: Option<TablesOfRequest>,
    /// What is asked of surveys.
    pub(super) survey: Option<SurveyCommand>,
    /// The message that is to be sent again.
    pub(super) message: Option<SendAgainRequest>,
    /// The answer sheet that is opened, saved or submitted.
    sheet: Option<(InvitationToken, SheetStep)>,
}

impl Form {
    /// A form in which an identifier of a method stands for this one.
    pub(super) fn with_method(known_method: Option<Method>) -> Form {
        Form {
            known_method,
            ..Form::default()
        }
    }

    /// A method, which is given by its purpose or by its identifier in the cycle's framework. Until
    /// the identifier is looked up, another method stands in for it.
    pub(super) fn method(
        &mut self,
        cycle: Id<'_>,
        purpose: Option<Method>,
        id: Option<Id<'_>>,
    ) -> Method {
        let Some(id) = self.exactly_one(("methodId", id.map(Err)), ("method", purpose.map(Ok)))
        else {
            return Method::Panel;
        };
        match (id, self.known_method) {
            (Ok(purpose), _) => purpose,
            (Err(_), Some(known)) => {
                self.name_paths(&[("method", "methodId")]);
                known
            }
            (Err(id), None) => {
                self.unknown_method = Some(MethodOfCycle {
                    cycle: self.code("cycle", cycle.0),
                    id: self.code("methodId", id.0),
                });
                Method::Panel
            }
        }
    }

    /// The code of a body, under its neutral name or the published one.
    pub(super) fn body(&mut self, body: Option<Id<'_>>, pct: Option<Id<'_>>) -> Box<str> {
        let field = if pct.is_some() { "pct" } else { "body" };
        self.name_paths(&[if pct.is_some() {
            ("body", "pct")
        } else {
            ("pct", "body")
        }]);
        match self.exactly_one(("body", body), ("pct", pct)) {
            Some(code) => self.code(field, code.0),
            None => "".into(),
        }
    }

    /// The assessor's comment on an aspiration, under its neutral name or the published one.
    pub(super) fn assessor_view(
        &mut self,
        view: Option<&str>,
        published: Option<&str>,
    ) -> Option<Box<str>> {
        let field = if view.is_some() {
            "assessorView"
        } else {
            "panelView"
        };
        let given = self.either_of(
            "panel_view",
            ("assessorView", view),
            ("panelView", published),
        );
        self.text(field, given, LONG)
    }

    /// The kind of an item of evidence, as a value of the schema or in a word of files.
    pub(super) fn evidence_kind(
        &mut self,
        kind: Option<EvidenceKind>,
        id: Option<Id<'_>>,
    ) -> EvidenceKind {
        let given = self.exactly_one(("kindId", id.map(Err)), ("kind", kind.map(Ok)));
        let kind = match given {
            None => return EvidenceKind::Document,
            Some(Ok(kind)) => return kind,
            Some(Err(word)) => word,
        };
        let words = Words::neutral();
        let mut all = EvidenceKind::ALL.into_iter();
        let named = all.find(|known| {
            known.name() == kind.0 || known.file_word(&words).eq_ignore_ascii_case(kind.0)
        });
        named.unwrap_or_else(|| {
            let known = EvidenceKind::ALL.map(|kind| kind.file_word(&words));
            let unknown =
                Failure::unknown("kind of evidence", kind.0, known.iter().map(|word| &**word));
            self.wrong(MistakeCode::NotFound, "kindId", unknown.message());
            EvidenceKind::Document
        })
    }

    /// The value of two fields that mean the same, each with its path in the input. At most one may
    /// be given. `field` is the field of the record.
    pub(super) fn either_of<T>(
        &mut self,
        field: &'static str,
        (path, given): (&'static str, Option<T>),
        (other_path, other): (&'static str, Option<T>),
    ) -> Option<T> {
        if given.is_some() && other.is_some() {
            let message = format!("give either this or `{other_path}`, which mean the same");
            self.malformed(path, message);
        }
        self.name_paths(&[(field, if other.is_some() { other_path } else { path })]);
        given.or(other)
    }

    /// The value of two fields of which exactly one is given.
    fn exactly_one<T>(
        &mut self,
        (name, given): (&str, Option<T>),
        (other_name, other): (&str, Option<T>),
    ) -> Option<T> {
        if given.is_some() == other.is_some() {
            self.malformed(name, format!("give either `{name}` or `{other_name}`"));
            return None;
        }
        given.or(other)
    }

    /// Says which fields of the record have another path in the input.
    pub(super) fn name_paths(&mut self, paths: &[ArgumentPath]) {
        self.paths.extend_from_slice(paths);
    }

    fn wrong(&mut self, code: MistakeCode, field: &str, message: impl Into<String>) {
        if self.mistakes.len() < MAX_MISTAKES {
            self.mistakes.push(Mistake::new(code, Some(field), message));
        }
    }

    fn within(&mut self, field: &str, given: &str, most: usize) {
        let found = given.len();
        if found > most {
            let message = format!("it has {found} bytes; at most {most} are allowed");
            self.wrong(MistakeCode::TooLong, field, message);
        }
    }

    /// What the client calls the request.
    pub(super) fn request(&mut self, given: &str) -> String {
        self.word("requestId", given, MAX_IN_REQUEST_ID);
        given.to_owned()
    }

    /// A code or identifier.
    pub(super) fn code(&mut self, field: &str, given: &str) -> Box<str> {
        self.word(field, given, CODE);
        given.into()
    }

    fn word(&mut self, field: &str, given: &str, most: usize) {
        if wcc_core::text::is_blank(given) {
            self.malformed(field, "it is empty");
        } else {
            self.allowed(TextKind::Code, field, given);
        }
        self.within(field, given, most);
    }

    /// Checks that the characters are those that text of this kind may have, in files as well.
    fn allowed(&mut self, kind: TextKind, field: &str, given: &str) {
        if let Err(error) = kind.check(given) {
            self.malformed(field, format!("it has {error}"));
        }
    }

    /// The identifier of a series, which is given as a value of the schema or as an identifier of
    /// the framework.
    pub(super) fn series(&mut self, named: Option<Series>, id: Option<&Id<'_>>) -> Box<str> {
        if id.is_some() {
            self.name_paths(&[("series", "seriesId")]);
        }
        let given = self.exactly_one(("seriesId", id.map(Err)), ("series", named.map(Ok)));
        match given {
            None => "".into(),
            Some(Ok(series)) => series.id().into(),
            Some(Err(id)) => self.code("seriesId", id.0),
        }
    }

    /// The person whose own record it is. An empty name stands for whoever sends the request.
    pub(super) fn own_name(&mut self, field: &str, given: Option<Id<'_>>) -> Box<str> {
        given.map_or_else(Box::default, |name| self.code(field, name.0))
    }

    /// The items of a list; none if there are too many.
    pub(super) fn limited<'l, T>(&mut self, field: &str, given: &'l [T]) -> &'l [T] {
        if given.len() <= CODES {
            return given;
        }
        let found = given.len();
        let message = format!("the list has {found} items; at most {CODES} are allowed");
        self.wrong(MistakeCode::TooLong, field, message);
        &[]
    }

    /// A list of codes.
    pub(super) fn codes(&mut self, field: &str, given: Option<&[Id<'_>]>) -> Vec<Box<str>> {
        let given = self.limited(field, given.unwrap_or_default());
        given.iter().map(|code| self.code(field, code.0)).collect()
    }

    /// A text that may be left out, but is not empty where it is there: an empty reason would be
    /// none.
    pub(super) fn text(
        &mut self,
        field: &str,
        given: Option<&str>,
        most: usize,
    ) -> Option<Box<str>> {
        given.map(|given| self.needed(field, given, most))
    }

    /// A text that must be there.
    pub(super) fn needed(&mut self, field: &str, given: &str, most: usize) -> Box<str> {
        // A short text is one line.
        let kind = if most > SHORT {
            TextKind::Prose
        } else {
            TextKind::Line
        };
        if wcc_core::text::is_blank(given) {
            self.malformed(
                field,
                "it is empty: give a text, or null if that is allowed",
            );
        } else {
            self.allowed(kind, field, given);
        }
        self.within(field, given, most);
        given.into()
    }

    /// A SHA-256, in the lower case that entries have it in.
    pub(super) fn digest(&mut self, field: &str, given: &str) -> Box<str> {
        if given.len() != 64 || !given.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            self.malformed(field, "not a SHA-256: expected 64 hexadecimal digits");
        }
        given.to_ascii_lowercase().into()
    }

    /// The number of an entry.
    pub(super) fn entry(&mut self, field: &str, given: i32) -> u32 {
        match u32::try_from(given) {
            Ok(entry) if entry > 0 => entry,
            _ => {
                self.malformed(field, "entries count from 1");
                0
            }
        }
    }

    /// The entry that is superseded.
    pub(super) fn supersedes(&mut self, given: Option<i32>) -> Option<u32> {
        given.map(|given| self.entry("supersedes", given))
    }

    /// A whole number that a record has room for.
    pub(super) fn count(&mut self, field: &str, given: i32) -> u16 {
        u16::try_from(given).unwrap_or_else(|_| {
            let message = format!("`{given}` is out of range: expected 0 to {}", u16::MAX);
            self.malformed(field, message);
            0
        })
    }

    /// A year.
    pub(super) fn year(&mut self, field: &str, given: i32) -> i16 {
        i16::try_from(given).unwrap_or_else(|_| {
            self.malformed(field, format!("`{given}` is not a year"));
            0
        })
    }

    /// The quartile of a published mark. Whether there is such a quartile is the ledger's to say.
    pub(super) fn quartile(&mut self, field: &str, given: Option<i32>) -> Option<u8> {
        let given = given?;
        let quartile = u8::try_from(given).ok();
        if quartile.is_none() {
            self.malformed(field, format!("`{given}` is not a quartile"));
        }
        quartile
    }

    /// Headings, outermost first: each one line.
    pub(super) fn lines(&mut self, field: &str, given: Option<&[&str]>) -> Vec<Box<str>> {
        let given = self.limited(field, given.unwrap_or_default());
        let each = given.iter();
        each.map(|line| self.needed(field, line, SHORT)).collect()
    }

    /// Sets what is done with the answer sheet of an invitation. Mistakes never quote the invitation.
    pub(super) fn sheet(&mut self, field: &str, invitation: &str, step: SheetStep) {
        self.within(field, invitation, CODE);
        self.sheet = Some((InvitationToken::new(invitation), step));
    }

    /// The answers of a sheet. The questionnaire decides what may be answered.
    pub(super) fn sheet_answers(&mut self, given: &[SheetAnswerInput<'_>]) -> Vec<SheetAnswer> {
        let given = self.limited("answers", given).iter().enumerate();
        let answers = given.map(|(at, answer)| {
            let comment = answer.comment.filter(|comment| !comment.is_empty());
            SheetAnswer {
                question: self.code(&format!("answers[{at}].question"), answer.question.0),
                score: answer.score,
                comment: comment
                    .map(|text| self.needed(&format!("answers[{at}].comment"), text, LONG)),
            }
        });
        answers.collect()
    }

    /// Adds a mistake in the form of a field.
    pub(super) fn malformed(&mut self, field: &str, message: impl Into<String>) {
        self.wrong(MistakeCode::Malformed, field, message);
    }

    /// The command, if there was no mistake.
    pub(super) fn finish(
        self,
        request: String,
        drafts: Vec<Draft>,
    ) -> Result<Command, Vec<Mistake>> {
        if self.mistakes.is_empty() {
            Ok(Command {
                request,
                drafts,
                paths: self.paths,
                unknown_method: self.unknown_method,
                import: self.import,
                survey: self.survey,
                message: self.message,
                sheet: self.sheet,
            })
        } else {
            Err(self.mistakes)
        }
    }
}
