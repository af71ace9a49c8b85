//! Evidence: documents, surveys, metrics, other bodies' ratings and what the panel day showed.

use super::rules::{complete, complete_list};
use super::{
    Bounds, CodeReader, CodeWriter, CycleRecord, RecordCodes, RecordId, RecordKind, RecordType,
    RuleContext, RuleViolation, UnknownCode,
};
use crate::body::BodyIndex;
use crate::framework::{Framework, MeasureIndex, Methods, Words};
use crate::policy::FILE_EVIDENCE;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::convert::Infallible;

/// What kind of evidence an item is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum EvidenceKind {
    /// A document.
    Document,
    /// A survey.
    Survey,
    /// A metric.
    Metric,
    /// Another body's rating, with its issuer and year.
    ExternalRating,
    /// A statement or presentation on the panel day.
    PanelDay,
}

impl EvidenceKind {
    /// Every kind.
    pub const ALL: [EvidenceKind; 5] = [
        EvidenceKind::Document,
        EvidenceKind::Survey,
        EvidenceKind::Metric,
        EvidenceKind::ExternalRating,
        EvidenceKind::PanelDay,
    ];

    /// What people call it in a regime.
    pub fn title(self, words: &Words) -> &str {
        match self {
            EvidenceKind::Document | EvidenceKind::Survey | EvidenceKind::Metric => self.name(),
            EvidenceKind::ExternalRating => "external rating",
            EvidenceKind::PanelDay => &words.hearing,
        }
    }

    /// The word that the files of a regime use: its title, with hyphens.
    pub fn file_word(self, words: &Words) -> String {
        self.title(words).replace(' ', "-")
    }

    /// The word that queries and the ledger use.
    pub fn name(self) -> &'static str {
        match self {
            EvidenceKind::Document => "document",
            EvidenceKind::Survey => "survey",
            EvidenceKind::Metric => "metric",
            EvidenceKind::ExternalRating => "external-rating",
            EvidenceKind::PanelDay => "panel-day",
        }
    }
}

/// The days of an item of evidence. Each is left open if the source does not give it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EvidenceDates {
    /// The first day of the period that it covers.
    pub covers_from: Option<Date>,
    /// Its date, or the last day of the period that it covers. Its age counts from this day.
    pub date: Option<Date>,
    /// The last day on which anybody may rely on it.
    pub valid_until: Option<Date>,
}

impl EvidenceDates {
    /// Whether it had expired before a day.
    pub fn is_expired_on(&self, day: Date) -> bool {
        self.valid_until.is_some_and(|last| last < day)
    }

    fn check(&self, broken: &mut Vec<RuleViolation>) {
        match (self.covers_from, self.date) {
            (Some(_), None) => {
                let message = "the period has no last day: give it as `date`";
                broken.push(RuleViolation::new("period-with-end", "date", message));
            }
            (Some(from), Some(date)) if date < from => {
                let message = format!("{date} is before the first day of the period, {from}");
                broken.push(RuleViolation::new("days-in-order", "date", message));
            }
            _ => {}
        }
        if let (Some(date), Some(last)) = (self.date, self.valid_until)
            && last < date
        {
            let message = format!("{last} is before the date of the evidence, {date}");
            broken.push(RuleViolation::new("days-in-order", "valid_until", message));
        }
    }

    fn complete_from(&mut self, earlier: &EvidenceDates) {
        complete(&mut self.covers_from, &earlier.covers_from);
        complete(&mut self.date, &earlier.date);
        complete(&mut self.valid_until, &earlier.valid_until);
    }
}

/// What a rating by another body says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExternalRating {
    /// Identifier of the framework's scheme: `use-of-resources`.
    pub scheme: Box<str>,
    /// The year that was rated, in the scheme's words: `2008/09`.
    pub year: Box<str>,
    /// The value, as the scheme writes it.
    pub value: Box<str>,
}

impl ExternalRating {
    /// The identifier of the item that holds the rating of a body: one for each scheme and year.
    pub fn identifier(&self, body: &str) -> String {
        let year = self.year.replace(|sign: char| !sign.is_alphanumeric(), "-");
        format!("{}-{year}-{body}", self.scheme)
    }

    /// The value in the scheme's words: `3, performing well`.
    pub fn in_words(&self, framework: &Framework) -> String {
        let scheme = framework.find_rating_scheme(&self.scheme);
        scheme.map_or_else(
            || self.value.to_string(),
            |scheme| scheme.value_in_words(&self.value),
        )
    }

    fn check(&self, framework: &Framework, broken: &mut Vec<RuleViolation>) {
        let Some(scheme) = framework.find_rating_scheme(&self.scheme) else {
            let schemes = || framework.rating_schemes.iter();
            let known = schemes().map(|scheme| scheme.id.as_str());
            let message = if framework.rating_schemes.is_empty() {
                format!("`{}` knows no external ratings", framework.id)
            } else {
                format!("there is no rating scheme `{}`", self.scheme)
            };
            let rule = RuleViolation::new("known-scheme", "scheme", message);
            broken.push(rule.choosing(&self.scheme, known));
            return;
        };
        if scheme.find_value(&self.value).as_deref() != Some(&*self.value) {
            let (value, expected) = (&self.value, scheme.values_in_words());
            let message = format!("`{value}` is not a rating of {}: {expected}", scheme.title);
            let rule = RuleViolation::new("known-rating", "rating", message);
            broken.push(rule.choosing(&self.value, scheme.words()));
        }
        if crate::text::is_blank(&self.year) {
            broken.push(RuleViolation::new("rated-year", "year", "it is empty"));
        } else if let Some(years) = scheme.years
            && !years.has_form(&self.year)
        {
            let (year, expected) = (crate::text::visible(&self.year), years.in_words());
            let message = format!(
                "`{year}` is not a year of {}: expected {expected}",
                scheme.title
            );
            let rule = RuleViolation::new("rated-year", "year", message);
            let meant = years.meant(&self.year);
            broken.push(rule.choosing(&self.year, meant.as_deref()));
        }
    }
}

/// An item of evidence, which may support many measures.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// Its number.
    pub record: RecordId,
    /// Identifier within the cycle.
    pub id: Box<str>,
    /// The body that it is about.
    pub body: BodyIndex,
    /// What kind of evidence it is.
    pub kind: EvidenceKind,
    /// What it is.
    pub title: Box<str>,
    /// The measures for which it was filed. Judgements on other measures may cite it too.
    pub measures: Vec<MeasureIndex>,
    /// Who issued it.
    pub issuer: Option<Box<str>>,
    /// Its date or year, in its own words.
    pub dated: Option<Box<str>>,
    /// Its days.
    pub dates: EvidenceDates,
    /// Where it is cited.
    pub source: Option<Box<str>>,
    /// SHA-256 of the document, in lower-case hexadecimal, if it was filed.
    pub document: Option<Box<str>>,
    /// Identifier of the earlier cycle from which it was carried over.
    pub carried_from: Option<Box<str>>,
    /// The rating, if it is one by a scheme of the framework.
    pub rating: Option<ExternalRating>,
}

/// An item of [`Evidence`] in codes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EvidenceFact {
    /// Identifier within the cycle.
    pub id: Box<str>,
    /// Code of the body.
    pub body: Box<str>,
    /// What kind of evidence it is.
    pub kind: EvidenceKind,
    /// What it is.
    pub title: Box<str>,
    /// Identifiers of the measures for which it was filed.
    pub measures: Vec<Box<str>>,
    /// Who issued it.
    pub issuer: Option<Box<str>>,
    /// Its date or year, in its own words.
    pub dated: Option<Box<str>>,
    /// Its days.
    pub dates: EvidenceDates,
    /// Where it is cited.
    pub source: Option<Box<str>>,
    /// SHA-256 of the document, in lower-case hexadecimal, if it was filed.
    pub document: Option<Box<str>>,
    /// Identifier of the earlier cycle from which it was carried over.
    pub carried_from: Option<Box<str>>,
    /// The rating, if it is one by a scheme of the framework.
    pub rating: Option<ExternalRating>,
}

impl RecordCodes for EvidenceFact {
    fn body(&self) -> &str {
        &self.body
    }

    fn identity(&self) -> Vec<Box<str>> {
        vec![self.id.clone()]
    }

    fn complete_from(&mut self, earlier: &Self) {
        complete_list(&mut self.measures, &earlier.measures);
        complete(&mut self.issuer, &earlier.issuer);
        complete(&mut self.dated, &earlier.dated);
        self.dates.complete_from(&earlier.dates);
        complete(&mut self.source, &earlier.source);
        complete(&mut self.document, &earlier.document);
        complete(&mut self.carried_from, &earlier.carried_from);
        complete(&mut self.rating, &earlier.rating);
    }

    fn document(&self) -> Option<&str> {
        self.document.as_deref()
    }

    fn summary(&self, _: &Methods) -> String {
        format!("evidence {} for {}: {}", self.id, self.body, self.title)
    }
}

impl CycleRecord for Evidence {
    fn kind(&self) -> RecordKind {
        RecordKind::Evidence
    }

    fn id(&self) -> RecordId {
        self.record
    }

    fn body(&self) -> BodyIndex {
        self.body
    }

    fn document(&self) -> Option<&str> {
        self.document.as_deref()
    }

    fn identifier(&self) -> Option<&str> {
        Some(&self.id)
    }

    fn broken_rules(&self, context: &RuleContext<'_>) -> Vec<RuleViolation> {
        let mut broken = Vec::new();
        self.dates.check(&mut broken);
        if let Some(rating) = &self.rating {
            rating.check(context.framework, &mut broken);
            if self.kind != EvidenceKind::ExternalRating {
                let message = "only an external rating has a rating";
                broken.push(RuleViolation::new("rating-of-kind", "kind", message));
            }
        }
        broken
    }

    fn is_within(&self, bounds: &Bounds<'_>) -> bool {
        let mut measures = self.measures.iter();
        bounds.has_body(self.body) && measures.all(|measure| bounds.has_measure(*measure))
    }
}

impl RecordType for Evidence {
    type Fact = EvidenceFact;
    type Key = Box<str>;
    type Claim<'a> = Infallible;
    type Order = RecordId;

    const NAME: &'static str = "evidence";
    const ACT: &'static str = FILE_EVIDENCE;
    const IS_CITED: bool = true;

    fn key(&self) -> Option<Box<str>> {
        Some(self.id.clone())
    }

    fn order(&self) -> RecordId {
        self.record
    }

    fn from_codes(fact: EvidenceFact, reader: &CodeReader<'_>) -> Result<Evidence, UnknownCode> {
        Ok(Evidence {
            record: reader.record,
            body: reader.body("body", &fact.body)?,
            measures: reader.measures("measures", &fact.measures)?,
            id: fact.id,
            kind: fact.kind,
            title: fact.title,
            issuer: fact.issuer,
            dated: fact.dated,
            dates: fact.dates,
            source: fact.source,
            document: fact.document,
            carried_from: fact.carried_from,
            rating: fact.rating,
        })
    }

    fn to_codes(&self, writer: &CodeWriter<'_>) -> EvidenceFact {
        EvidenceFact {
            id: self.id.clone(),
            body: writer.body(self.body),
            kind: self.kind,
            title: self.title.clone(),
            measures: writer.measures(&self.measures),
            issuer: self.issuer.clone(),
            dated: self.dated.clone(),
            dates: self.dates,
            source: self.source.clone(),
            document: self.document.clone(),
            carried_from: self.carried_from.clone(),
            rating: self.rating.clone(),
        }
    }
}
