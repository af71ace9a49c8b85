//! The signs of a rating table and the legends that say what they stand for.

use crate::text::key;
use serde::Serialize;

/// Who made a mark, as the legends of the template name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum MarkMethod {
    /// The panel's assessment.
    Panel,
    /// The body's own rating this year.
    #[serde(rename = "self")]
    Own,
    /// Last year's rating.
    Previous,
}

impl MarkMethod {
    /// All methods, in the order in which they are reported.
    pub const ALL: [MarkMethod; 3] = [MarkMethod::Panel, MarkMethod::Own, MarkMethod::Previous];

    /// The identifier in `judgements.csv`.
    pub fn name(self) -> &'static str {
        match self {
            MarkMethod::Panel => "panel",
            MarkMethod::Own => "self",
            MarkMethod::Previous => "previous",
        }
    }
}

/// Signs that conversions exchange for one another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Family {
    Tick,
    Cross,
    FilledDot,
    OpenDot,
    FilledBox,
    OpenBox,
    TickedBox,
    CrossedBox,
    Star,
    Triangle,
    Diamond,
}

pub(crate) fn family(sign: &str) -> Option<Family> {
    let mut signs = sign.chars();
    let (first, more) = (signs.next()?, signs.next());
    if more.is_some() {
        return None;
    }
    Some(match first {
        '✓' | '✔' | '√' | '🗸' => Family::Tick,
        'x' | 'X' | '×' | '✗' | '✘' | '✕' | '✖' | '☓' | '❌' => Family::Cross,
        '●' | '•' | '⚫' | '⬤' | '∙' | '·' | '⦁' | '🞄' | '⏺' => Family::FilledDot,
        '○' | '◯' | '⚪' | '◦' | '⭘' => Family::OpenDot,
        '■' | '◼' | '▪' | '⬛' | '◾' => Family::FilledBox,
        '□' | '◻' | '☐' | '▢' | '⬜' | '◽' | '❏' | '❐' | '❑' | '❒' | '▫' => {
            Family::OpenBox
        }
        '☑' | '🗹' | '✅' => Family::TickedBox,
        '☒' | '🗷' => Family::CrossedBox,
        '★' | '☆' | '✶' => Family::Star,
        '▲' | '△' | '▼' | '▽' | '►' | '▶' => Family::Triangle,
        '◆' | '◇' | '♦' => Family::Diamond,
        _ => return None,
    })
}

/// Dust of a scan, and what separates marks in a cell.
const SPECKS: &[char] = &[
    '.', ',', '\'', '`', '´', '~', '¬', '_', '|', '/', ';', ':', '&', '"', '’', '‘', '^', '¨', '…',
    '(', ')', '[', ']', '\\', '-', '–', '—', '‐', '‑', '−', '=', '+',
];

/// A piece of a line: a word, or signs without a space between them.
#[derive(Clone, Debug)]
struct Piece {
    word: bool,
    text: String,
}

fn pieces(text: &str) -> Vec<Piece> {
    let mut out: Vec<Piece> = Vec::new();
    let mut gap = true;
    for sign in text.chars() {
        if sign.is_whitespace() {
            gap = true;
            continue;
        }
        let in_word = out.last().is_some_and(|piece| piece.word) && !gap;
        let word = sign.is_alphanumeric() || (matches!(sign, '\'' | '’' | '‘' | '`') && in_word);
        match out.last_mut() {
            Some(last) if !gap && last.word == word => last.text.push(sign),
            _ => out.push(Piece {
                word,
                text: sign.to_string(),
            }),
        }
        gap = false;
    }
    out
}

/// The labels of methods in a row of words: which method, where it begins and where it ends.
fn labels(words: &[Option<String>]) -> Vec<(MarkMethod, usize, usize)> {
    const BEFORE: &[&str] = &[
        "this", "year", "years", "pct", "pcts", "current", "the", "own",
    ];
    const AFTER: &[&str] = &[
        "rating",
        "ratings",
        "assessment",
        "assessments",
        "score",
        "scores",
        "assessed",
        "rated",
        "year",
        "years",
        "judgement",
        "view",
        "level",
        "mark",
    ];
    let word = |at: usize| words.get(at).and_then(Option::as_deref).unwrap_or_default();
    let mut found: Vec<(MarkMethod, usize, usize)> = Vec::new();
    let mut at = 0;
    let mut free = 0;
    while at < words.len() {
        let method = match word(at) {
            "self" | "selfrating" | "selfassessment" => MarkMethod::Own,
            "last" | "previous" | "prior" => MarkMethod::Previous,
            "panel" | "panels" => MarkMethod::Panel,
            _ => {
                at += 1;
                continue;
            }
        };
        let mut start = at;
        while start > free && BEFORE.contains(&word(start - 1)) {
            start -= 1;
        }
        // `Assessment by the panel`
        if method == MarkMethod::Panel
            && start < at
            && start >= free + 2
            && word(start) == "the"
            && word(start - 1) == "by"
            && AFTER.contains(&word(start - 2))
        {
            start -= 2;
        }
        let mut end = at + 1;
        while AFTER.contains(&word(end))
            || (method == MarkMethod::Previous
                && word(end) == "panel"
                && AFTER.contains(&word(end + 1)))
        {
            end += 1;
        }
        if method == MarkMethod::Own
            && word(end) == "this"
            && matches!(word(end + 1), "year" | "years")
        {
            end += 2;
        }
        // `self-assessment by the PCT`
        if method == MarkMethod::Own && matches!(word(end), "by" | "of") {
            let body = end + 1 + usize::from(word(end + 1) == "the");
            if word(body) == "pct" {
                end = body + 1;
            }
        }
        found.push((method, start, end));
        at = end;
        free = end;
    }
    found
}

/// Whether a text names methods and nothing else: `Panel`, `Panel/Self`.
pub(crate) fn names_only_methods(text: &str) -> bool {
    text.split(['/', ',', '+', '&'])
        .filter(|word| !word.is_empty())
        .all(|word| method_named(word).is_some())
}

/// The method that the whole of a text names: `Last year's rating`.
pub(crate) fn method_named(text: &str) -> Option<MarkMethod> {
    let words: Vec<Option<String>> = key(text)
        .split(' ')
        .map(|word| Some(word.to_owned()))
        .collect();
    let found = labels(&words);
    match found.as_slice() {
        [(method, 0, end)] if *end == words.len() => Some(*method),
        _ => None,
    }
}

/// What one line of a legend says: each method that it names, with its sign if there is one.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct LegendLine {
    pub(crate) signs: Vec<(MarkMethod, Option<String>)>,
    /// Signs between labels of which either may be meant.
    pub(crate) unclear: bool,
}

/// Reads a line as (part of) a legend; `None` if it has anything else in it.
pub(crate) fn legend_line(text: &str) -> Option<LegendLine> {
    if text.chars().count() > 200 {
        return None;
    }
    // A hyphen within a word separates two words of a label.
    let text = text
        .replace(['|', '\t'], "  ")
        .replace("elf-", "elf ")
        .replace("elf‑", "elf ")
        .replace("elf–", "elf ")
        .replace("**", "");
    let pieces = pieces(&text);
    let words: Vec<Option<String>> = pieces
        .iter()
        .map(|piece| piece.word.then(|| key(&piece.text)))
        .collect();
    let found = labels(&words);
    if found.is_empty() {
        return None;
    }
    let mut gaps: Vec<Vec<String>> = vec![Vec::new()];
    let mut at = 0;
    for (method, start, end) in
        found
            .iter()
            .chain([&(MarkMethod::Panel, pieces.len(), pieces.len())])
    {
        let _ = method;
        for piece in pieces.get(at..*start).unwrap_or_default() {
            let sign = piece.text.trim_matches(SPECKS);
            let heads = ["key", "legend", "and", "signs", "symbols", "used", "marks"];
            if sign.is_empty() || heads.contains(&key(sign).as_str()) {
                continue;
            }
            if piece.word && sign.chars().count() > 2 {
                return None;
            }
            if let Some(gap) = gaps.last_mut() {
                gap.push(sign.to_owned());
            }
        }
        at = *end;
        gaps.push(Vec::new());
    }
    gaps.pop();
    let sign_of = |gap: Option<&Vec<String>>| match gap.map(Vec::as_slice) {
        Some([sign]) => Some(sign.clone()),
        // The bullet of a list stands before the sign.
        Some([bullet, sign]) if family(bullet) == Some(Family::FilledDot) => Some(sign.clone()),
        _ => None,
    };
    let before = gaps.first().is_some_and(|gap| !gap.is_empty());
    let after = gaps.last().is_some_and(|gap| !gap.is_empty());
    let any = gaps.iter().any(|gap| !gap.is_empty());
    let shift = usize::from(!before && after);
    let unclear = any && before == after;
    let signs = found
        .iter()
        .enumerate()
        .map(|(at, (method, _, _))| {
            let sign = if unclear {
                None
            } else {
                sign_of(gaps.get(at + shift))
            };
            (*method, sign)
        })
        .collect();
    Some(LegendLine { signs, unclear })
}

/// Whether a line may be (part of) a legend that cannot be read as one: it names two of the methods, or
/// one beside a sign, and no text of a sentence's length.
pub(crate) fn may_be_legend(text: &str) -> bool {
    let words = key(text);
    if words.len() > 160 || text.trim_end().ends_with('.') {
        return false;
    }
    let has = |starts: &[&str]| {
        let mut all = words.split(' ');
        all.any(|word| starts.iter().any(|start| word.starts_with(start)))
    };
    let methods = [
        has(&["self"]),
        has(&["panel"]),
        has(&["last", "previous", "prior"]),
    ];
    let named = methods.iter().filter(|named| **named).count();
    let sign = text
        .split_whitespace()
        .any(|word| family(word.trim_matches(SPECKS)).is_some());
    let rated = has(&["rating", "rated", "score", "assess", "mark", "level"]);
    named >= 2 || (sign && rated && named == 1)
}

/// What the signs of a table stand for.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Legend {
    signs: Vec<(String, MarkMethod)>,
    /// Methods that the legend names.
    named: Vec<MarkMethod>,
    /// Whether there is a legend that could not be read in full.
    is_unread: bool,
}

impl Legend {
    /// This legend, beside lines of a legend that could not be read.
    pub(crate) fn with_unread(mut self, unread: bool) -> Legend {
        self.is_unread |= unread && self.signs.len() < MarkMethod::ALL.len();
        self
    }

    /// Whether there is a legend, legible or not.
    pub(crate) fn is_present(&self) -> bool {
        self.is_unread || !self.named.is_empty()
    }

    pub(crate) fn of(lines: &[LegendLine]) -> Legend {
        let mut legend = Legend::default();
        for (method, sign) in lines.iter().flat_map(|line| &line.signs) {
            if !legend.named.contains(method) {
                legend.named.push(*method);
            }
            let Some(sign) = sign else { continue };
            let known = legend
                .signs
                .iter()
                .any(|(known, other)| known == sign && other == method);
            if !known {
                legend.signs.push((sign.clone(), *method));
            }
            if legend.signs.len() > 50 {
                // Nothing that has as many signs is a legend.
                legend.signs.clear();
                legend.is_unread = true;
                return legend;
            }
        }
        // A sign before two labels is a bullet or damage, and says nothing.
        let all = legend.signs.clone();
        legend.signs.retain(|(sign, method)| {
            !all.iter()
                .any(|(other, owner)| owner != method && same_sign(sign, other))
        });
        // Two signs for one method: neither is certain.
        let all = legend.signs.clone();
        legend.signs.retain(|(sign, method)| {
            !all.iter()
                .any(|(other, owner)| owner == method && !same_sign(sign, other))
        });
        legend
    }

    /// What all legends of a report agree on.
    pub(crate) fn agreed(legends: &[Legend]) -> Legend {
        let all: Vec<(String, MarkMethod)> = legends
            .iter()
            .flat_map(|legend| legend.signs.clone())
            .collect();
        let mut agreed = Legend::default();
        for (sign, method) in &all {
            let disputed = all.iter().any(|(other, owner)| {
                (owner != method && same_sign(sign, other))
                    || (owner == method && !same_sign(sign, other))
            });
            let known = agreed.signs.iter().any(|(known, _)| known == sign);
            if !disputed && !known {
                agreed.signs.push((sign.clone(), *method));
            }
        }
        agreed
    }

    /// The template's own signs, for a report without any legend.
    pub(crate) fn template() -> Legend {
        Legend {
            signs: vec![
                ("✓".to_owned(), MarkMethod::Panel),
                ("□".to_owned(), MarkMethod::Own),
                ("●".to_owned(), MarkMethod::Previous),
            ],
            named: Vec::new(),
            is_unread: false,
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.signs.is_empty()
    }

    pub(crate) fn has_sign_of(&self, method: MarkMethod) -> bool {
        self.signs.iter().any(|(_, owner)| *owner == method)
    }

    /// This legend, with the signs of another for methods whose sign it lacks.
    pub(crate) fn completed_by(&self, other: &Legend) -> Legend {
        let mut whole = self.clone();
        if self.is_unread {
            return whole;
        }
        for (sign, method) in &other.signs {
            let taken = self.signs.iter().any(|(known, _)| same_sign(known, sign));
            if !taken && !self.has_sign_of(*method) {
                whole.signs.push((sign.clone(), *method));
            }
        }
        whole
    }

    /// The signs that a word is made of, if it is made of signs in one way only: `sely` of `se` and `ly`.
    fn split_word(&self, word: &str) -> Option<Vec<String>> {
        if word.len() > 40 {
            return None;
        }
        // For each place of the word: how many ways lead there, and the last sign of one of them.
        let mut ways = vec![(0_u32, ""); word.len() + 1];
        *ways.first_mut()? = (1, "");
        for at in 0..word.len() {
            let Some((count, _)) = ways.get(at).copied().filter(|(count, _)| *count > 0) else {
                continue;
            };
            for (sign, _) in &self.signs {
                let begins = word.get(at..).is_some_and(|rest| rest.starts_with(sign));
                if let Some(place) = ways.get_mut(at + sign.len()).filter(|_| begins) {
                    *place = (place.0.saturating_add(count), sign);
                }
            }
        }
        let mut at = word.len();
        let mut signs = Vec::new();
        while at > 0 {
            let (1, sign) = *ways.get(at)? else {
                return None;
            };
            signs.push(sign.to_owned());
            at = at.checked_sub(sign.len())?;
        }
        signs.reverse();
        (signs.len() > 1).then_some(signs)
    }

    /// Whether a word that is no sign has one in it.
    fn is_hidden_in(&self, word: &str) -> bool {
        let letters = |sign: &str| sign.chars().all(char::is_alphanumeric);
        self.signs
            .iter()
            .any(|(sign, _)| letters(sign) && word.contains(sign.as_str()))
    }

    /// The methods that a sign stands for: two for a ticked box.
    fn methods_of(&self, sign: &str) -> Vec<MarkMethod> {
        let exact = self.signs.iter().filter(|(known, _)| known == sign);
        let exact: Vec<MarkMethod> = exact.map(|(_, method)| *method).collect();
        if !exact.is_empty() {
            return exact;
        }
        let alike = self
            .signs
            .iter()
            .filter(|(known, _)| same_sign(known, sign));
        let alike: Vec<MarkMethod> = alike.map(|(_, method)| *method).collect();
        if !alike.is_empty() {
            return alike;
        }
        let of = |wanted: Family| {
            let found = self
                .signs
                .iter()
                .find(|(known, _)| family(known) == Some(wanted));
            found.map(|(_, method)| *method)
        };
        let inside = match family(sign) {
            Some(Family::TickedBox) => of(Family::Tick),
            Some(Family::CrossedBox) => of(Family::Cross),
            _ => None,
        };
        match (inside, of(Family::OpenBox)) {
            (Some(inside), Some(around)) => vec![inside, around],
            _ => Vec::new(),
        }
    }
}

fn same_sign(one: &str, other: &str) -> bool {
    one == other || (family(one).is_some() && family(one) == family(other))
}

/// The marks in a cell.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct CellMarks {
    pub(crate) methods: Vec<MarkMethod>,
    /// Whether one sign stands for two marks.
    pub(crate) combined: bool,
    /// Whether a method is marked twice.
    pub(crate) doubled: bool,
    /// Signs that no legend explains.
    pub(crate) unknown: Vec<String>,
    /// Whether one of them is a word with a known sign in it, which may be a mark.
    pub(crate) hides_a_sign: bool,
}

impl CellMarks {
    pub(crate) fn is_empty(&self) -> bool {
        self.methods.is_empty() && self.unknown.is_empty()
    }
}

/// Reads the marks in a cell.
pub(crate) fn cell_marks(cell: &str, legend: &Legend) -> CellMarks {
    let mut marks = CellMarks::default();
    if cell.len() > 400 {
        marks.unknown.push("…".to_owned());
        return marks;
    }
    let add = |method: MarkMethod, marks: &mut CellMarks| {
        marks.doubled |= marks.methods.contains(&method);
        if !marks.methods.contains(&method) {
            marks.methods.push(method);
        }
    };
    let pieces = pieces(cell);
    let words: Vec<Option<String>> = pieces
        .iter()
        .map(|piece| piece.word.then(|| key(&piece.text)))
        .collect();
    let named = labels(&words);
    let inside = |at: usize| {
        named
            .iter()
            .any(|(_, start, end)| (*start..*end).contains(&at))
    };
    for (method, _, _) in &named {
        add(*method, &mut marks);
    }
    for (at, piece) in pieces.iter().enumerate().filter(|(at, _)| !inside(*at)) {
        let _ = at;
        let signs: Vec<String> = if piece.word {
            let whole = legend.methods_of(&piece.text);
            match legend.split_word(&piece.text) {
                Some(signs) if whole.is_empty() => signs,
                None if whole.is_empty() && piece.text.chars().count() <= 3 => {
                    piece.text.chars().map(String::from).collect()
                }
                _ => vec![piece.text.clone()],
            }
        } else {
            piece.text.chars().map(String::from).collect()
        };
        for sign in signs {
            let methods = legend.methods_of(&sign);
            if methods.is_empty() {
                if !sign.chars().all(|sign| SPECKS.contains(&sign)) {
                    marks.hides_a_sign |= legend.is_hidden_in(&sign);
                    marks.unknown.push(sign);
                }
                continue;
            }
            marks.combined |= methods.len() > 1;
            for method in methods {
                add(method, &mut marks);
            }
        }
    }
    marks
}

/// Whether a text could be the content of a cell for marks: short, and signs or a few letters.
pub(crate) fn may_be_marks(text: &str) -> bool {
    let text = text.trim();
    let letters = text.chars().filter(|sign| sign.is_alphanumeric()).count();
    text.chars().count() <= 12 && letters <= 3 || {
        let words: Vec<Option<String>> = key(text)
            .split(' ')
            .map(|word| Some(word.to_owned()))
            .collect();
        let found = labels(&words);
        let covered: usize = found.iter().map(|(_, start, end)| end - start).sum();
        !found.is_empty() && covered == words.len()
    }
}
