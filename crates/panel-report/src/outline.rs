//! The outline of a report: which section and part of the template each line is in, and which lines
//! are only furniture.

mod furniture;

use crate::catalogue::Catalogue;
use crate::report::LineUse;
use crate::signs;
use crate::table;
use crate::text::{Line, key, number_named};
use furniture::{is_contents_line, note_furniture};

/// A section of the national template.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Section {
    Front,
    Contents,
    Overview,
    Commentary,
    Scorecard,
    Potential,
    Trajectory,
    Development,
    Competencies,
    /// The page of a competency or governance strand: a position in the catalogue.
    Component(usize),
    Outcomes,
}

/// A part of a section.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Label {
    Rationale,
    Recommendations,
    Commentary,
    Areas,
    Observations,
    Changes,
    Performance,
    Aspirations,
    Topline,
    /// A headline of the commentary: its number and title.
    Headline(u32, String),
}

/// Lines under one heading.
#[derive(Clone, Debug)]
pub(crate) struct Part {
    pub(crate) section: Section,
    pub(crate) label: Option<Label>,
    /// The heading as printed.
    pub(crate) heading: String,
    pub(crate) heading_line: Option<usize>,
    /// Positions of its lines, blank ones included, furniture excluded.
    pub(crate) lines: Vec<usize>,
}

/// The lines of a document and what became of each.
pub(crate) struct Document {
    pub(crate) lines: Vec<Line>,
    pub(crate) uses: Vec<Option<LineUse>>,
}

impl Document {
    pub(crate) fn new(lines: Vec<Line>) -> Document {
        let uses = lines
            .iter()
            .map(|line| {
                line.is_blank()
                    .then(|| LineUse::Furniture("blank".to_owned()))
            })
            .collect();
        Document { lines, uses }
    }

    pub(crate) fn line(&self, at: usize) -> Option<&Line> {
        self.lines.get(at)
    }

    pub(crate) fn text(&self, at: usize) -> &str {
        self.lines.get(at).map_or("", |line| line.text.as_str())
    }

    /// Notes what became of a line, unless that is known already.
    pub(crate) fn note(&mut self, at: usize, line_use: LineUse) {
        if let Some(place) = self.uses.get_mut(at).filter(|place| place.is_none()) {
            *place = Some(line_use);
        }
    }

    pub(crate) fn assign(&mut self, lines: &[usize], what: &str) {
        for at in lines {
            self.note(*at, LineUse::Assigned(what.to_owned()));
        }
    }

    pub(crate) fn structure(&mut self, lines: &[usize], what: &str) {
        for at in lines {
            self.note(*at, LineUse::Structure(what.to_owned()));
        }
    }

    /// Whether a line is the end of a sentence that the line before begins: `assessment.` below `since the last`.
    pub(crate) fn ends_a_sentence(&self, at: usize) -> bool {
        let before = at.checked_sub(1).map_or("", |before| self.text(before));
        let (before, text) = (before.trim_end(), self.text(at).trim());
        text.starts_with(char::is_lowercase)
            && text.ends_with(['.', ';', ','])
            && before.ends_with(|sign: char| sign.is_alphanumeric() || matches!(sign, ',' | '-'))
            && before.contains(' ')
            && signs::legend_line(before).is_none()
    }

    pub(crate) fn is_free(&self, at: usize) -> bool {
        self.uses.get(at).is_some_and(Option::is_none)
    }
}

/// Splits a document into parts, and notes headings and furniture.
pub(crate) fn outline(document: &mut Document, catalogue: &Catalogue) -> Vec<Part> {
    note_furniture(document, catalogue);
    let mut parts = vec![Part {
        section: Section::Front,
        label: None,
        heading: String::new(),
        heading_line: None,
        lines: Vec::new(),
    }];
    for at in 0..document.lines.len() {
        let is_blank = document.line(at).is_some_and(Line::is_blank);
        if !is_blank && !document.is_free(at) {
            continue;
        }
        let current = parts.last();
        let section = current.map_or(Section::Front, |part| part.section);
        let current_label = current.and_then(|part| part.label.clone());
        let text = document.text(at).to_owned();
        if section == Section::Contents
            && !is_blank
            && text
                .trim_end()
                .ends_with(|sign: char| sign.is_ascii_digit())
        {
            document.note(at, LineUse::Furniture("table of contents".to_owned()));
            continue;
        }
        if is_contents_line(&text) {
            document.note(at, LineUse::Furniture("table of contents".to_owned()));
            continue;
        }
        if let Some(heading) = section_heading(catalogue, &text, section) {
            document.note(at, LineUse::Structure("heading".to_owned()));
            // A heading that is repeated on the next page begins nothing new.
            if heading != section {
                parts.push(Part {
                    section: heading,
                    label: None,
                    heading: text,
                    heading_line: Some(at),
                    lines: Vec::new(),
                });
            }
            continue;
        }
        if let Some(label) = label(&text, section) {
            let inline = matches!(label, Label::Headline(..)) || !has_more_than_label(&text);
            if inline {
                document.note(at, LineUse::Structure("heading".to_owned()));
                parts.push(Part {
                    section,
                    label: Some(label),
                    heading: text,
                    heading_line: Some(at),
                    lines: Vec::new(),
                });
                continue;
            }
        }
        if let Some(other) = other_component(catalogue, &text, section, current_label.as_ref()) {
            parts.push(Part {
                section: Section::Component(other),
                label: None,
                heading: String::new(),
                heading_line: None,
                lines: Vec::new(),
            });
        }
        if let Some(part) = parts.last_mut() {
            part.lines.push(at);
        }
    }
    parts
}

/// The component whose table a row begins although no heading announced it.
fn other_component(
    catalogue: &Catalogue,
    text: &str,
    section: Section,
    label: Option<&Label>,
) -> Option<usize> {
    if !text.contains(['\t', '|']) || section == Section::Outcomes {
        return None;
    }
    let near = match section {
        Section::Component(component) if label.is_none() => {
            return none_if_same(catalogue, text, component);
        }
        Section::Component(component) => Some(component),
        _ => None,
    };
    let found = row_measure(catalogue, text, near)?;
    (Some(found) != near).then_some(found)
}

fn none_if_same(catalogue: &Catalogue, text: &str, component: usize) -> Option<usize> {
    let found = row_measure(catalogue, text, Some(component))?;
    (found != component).then_some(found)
}

fn row_measure(catalogue: &Catalogue, text: &str, near: Option<usize>) -> Option<usize> {
    let cells = table::split_cells(text);
    if cells.len() < 3 {
        return None;
    }
    cells.iter().find_map(|cell| {
        let title = crate::text::item(cell).map_or(cell.as_str(), |(_, title)| title);
        let measure = catalogue.measure_titled(title, near)?;
        catalogue
            .measures
            .get(measure)
            .map(|measure| measure.component)
    })
}

/// Whether a line only points to another page: `Please see Potential for Improvement Commentary on page 5`.
pub(crate) fn is_pointer(text: &str) -> bool {
    let words = key(text);
    let count = words.split(' ').count();
    let verb = ["please see ", "see ", "please refer ", "refer to "];
    let place = [
        " page ",
        "potential for improvement",
        " appendix",
        " section ",
    ];
    count <= 14
        && verb.iter().any(|verb| words.starts_with(verb))
        && place.iter().any(|place| words.contains(place))
}

fn starts_small(text: &str) -> bool {
    let first = crate::text::plain(text)
        .chars()
        .find(|sign| sign.is_alphabetic());
    first.is_some_and(char::is_lowercase)
}

/// The heading without a number before it and without `continued` after it.
fn heading_key(text: &str) -> String {
    let words = key(crate::text::plain(text));
    let words: Vec<&str> = words
        .split(' ')
        .filter(|word| !matches!(*word, "continued" | "continues" | "cont" | "contd"))
        .collect();
    let first_is_number = words.len() > 1
        && words
            .first()
            .is_some_and(|word| word.parse::<u32>().is_ok());
    words
        .get(usize::from(first_is_number)..)
        .unwrap_or_default()
        .join(" ")
}

/// The section that a line is the heading of.
pub(crate) fn section_heading(
    catalogue: &Catalogue,
    text: &str,
    section: Section,
) -> Option<Section> {
    if text.chars().count() > 160
        || text.contains(['\t', '|']) && signs::legend_line(text).is_none()
    {
        return None;
    }
    // A word that ends a sentence on a line of its own is not a heading.
    if starts_small(text) {
        return None;
    }
    let words = heading_key(text);
    let marked = text.trim_start().starts_with('#');
    let in_potential = matches!(
        section,
        Section::Potential | Section::Trajectory | Section::Development
    );
    let named = match words.as_str() {
        "contents" | "table of contents" => Some(Section::Contents),
        "overview" | "introduction" => Some(Section::Overview),
        "commentary" if !in_potential || (marked && text.trim_start().starts_with("# ")) => {
            Some(Section::Commentary)
        }
        "panel commentary" | "overall commentary" => Some(Section::Commentary),
        "panel scorecard" | "scorecard" => Some(Section::Scorecard),
        "potential for improvement commentary" | "potential for improvement" => {
            Some(Section::Potential)
        }
        "pct trajectory" | "trajectory" => Some(Section::Trajectory),
        "organisational development" | "organisation development" => Some(Section::Development),
        "outcomes"
        | "health outcomes"
        | "outcomes panel assessment"
        | "outcomes overview"
        | "overview outcomes"
        | "outcomes assessment"
        | "panel assessment on outcomes" => Some(Section::Outcomes),
        "overview competencies" | "competencies overview" => Some(Section::Competencies),
        "competencies" if section != Section::Scorecard => Some(Section::Competencies),
        _ => None,
    };
    named.or_else(|| component_heading(catalogue, &words, marked))
}

fn component_heading(catalogue: &Catalogue, words: &str, marked: bool) -> Option<Section> {
    let parts: Vec<&str> = words.split(' ').collect();
    if let ["competency", rest @ ..] = parts.as_slice() {
        let rest = match rest {
            ["no" | "number", rest @ ..] => rest,
            rest => rest,
        };
        let (number, rest) = rest.split_first()?;
        let component = catalogue.numbered(number_named(number)?)?;
        let own = catalogue.components.get(component)?;
        let rest = rest.join(" ");
        let titled = !rest.is_empty()
            && (own.title.key().starts_with(&rest)
                || own.label_key.starts_with(&rest)
                || rest.starts_with(&own.label_key));
        let assessed = rest.starts_with("panel assessment")
            || rest.starts_with("assessment")
            || rest.starts_with("panel rating")
            || rest.starts_with("panel score");
        let rest_count = rest.split(' ').count();
        return (rest.is_empty() || titled || (assessed && rest_count <= 14))
            .then_some(Section::Component(component));
    }
    let named = catalogue.components.iter().position(|component| {
        component.number.is_none() && parts.contains(&component.label_key.as_str())
    })?;
    let about = parts.contains(&"governance") || words.contains("panel assessment");
    let only = parts.len() == 1 && marked;
    ((about && parts.len() <= 9) || only).then_some(Section::Component(named))
}

/// The part of a section that a line is the heading of.
pub(crate) fn label(text: &str, section: Section) -> Option<Label> {
    let plain = crate::text::plain(text.trim_start_matches(['-', '•', ' ']));
    if plain.chars().count() > 300 || text.contains(['\t', '|']) || starts_small(plain) {
        return None;
    }
    if let Some(headline) = headline(plain) {
        return Some(headline);
    }
    let before = plain.split([':', '.']).next().unwrap_or_default();
    let words = key(before);
    let count = words.split(' ').count();
    match words.as_str() {
        "rationale"
        | "rationale for scoring"
        | "rationale for score"
        | "rationale for scores"
        | "rationale for the scoring"
        | "reasons for scoring"
        | "reason for scoring"
        | "reasons for score"
        | "reasons for scores"
        | "scoring rationale"
        | "panel rationale"
        | "justification for scoring"
        | "basis for scoring"
        | "evidence for scoring" => Some(Label::Rationale),
        _ if words.starts_with("rationale for") && count <= 6 => Some(Label::Rationale),
        _ if gives_reasons(&words) => Some(Label::Rationale),
        "recommendations going forward"
        | "recommendation going forward"
        | "recommendations"
        | "recommendation"
        | "panel recommendations"
        | "panel recommendation"
        | "recommendations for the future"
        | "going forward" => Some(Label::Recommendations),
        "commentary" => Some(Label::Commentary),
        "areas for development"
        | "areas for improvement"
        | "area for development"
        | "development areas" => Some(Label::Areas),
        "observations from the analytical phase"
        | "observations from analytical phase"
        | "analytical observations"
        | "analytical phase observations" => Some(Label::Observations),
        "changes in outcomes from last year" | "changes in outcomes" | "changes from last year" => {
            Some(Label::Changes)
        }
        "performance over last year"
        | "performance over the last year"
        | "performance in the last year" => Some(Label::Performance),
        "aspirations" | "aspiration" if section == Section::Outcomes => Some(Label::Aspirations),
        "topline introduction" | "topline" | "topline summary" => Some(Label::Topline),
        _ => None,
    }
}

/// Whether words head the reasons for marks: `Reason for scores`, `Basis for the panel's rating`.
fn gives_reasons(words: &str) -> bool {
    let Some((reasons, rest)) = words.split_once(" for ") else {
        return false;
    };
    let what = rest.rsplit(' ').next().unwrap_or_default();
    let between = rest.split(' ').rev().skip(1);
    matches!(
        reasons,
        "reason" | "reasons" | "justification" | "basis" | "evidence" | "grounds"
    ) && matches!(
        what,
        "scoring" | "score" | "scores" | "rating" | "ratings" | "assessment" | "marks" | "levels"
    ) && between
        .into_iter()
        .all(|word| matches!(word, "the" | "panel" | "panels" | "s" | "these"))
}

/// Whether text follows the label on its line: `Recommendation: The Board to ...`.
fn has_more_than_label(text: &str) -> bool {
    crate::text::plain(text)
        .split_once(':')
        .is_some_and(|(_, rest)| !rest.trim_matches(['*', ' ']).is_empty())
}

/// `1. Headline: Robust financial plan`
fn headline(plain: &str) -> Option<Label> {
    let text = plain.replace("**", "");
    let text = text.trim();
    let number_end = text.find(|sign: char| !sign.is_ascii_digit()).unwrap_or(0);
    let (digits, rest) = text.split_at(number_end);
    let rest = rest.trim_start_matches(['.', ')', ' ']);
    let lower = rest.to_lowercase();
    if !lower.starts_with("headline") {
        return None;
    }
    let after = rest.get("headline".len()..)?.trim_start();
    let inner_end = after
        .find(|sign: char| !sign.is_ascii_digit())
        .unwrap_or(after.len());
    let (inner, title) = after.split_at(inner_end);
    let title = title
        .trim_start_matches([':', '-', '–', '—', '.', ' '])
        .trim();
    let number = digits.parse().or_else(|_| inner.parse()).unwrap_or(0);
    Some(Label::Headline(number, title.to_owned()))
}
