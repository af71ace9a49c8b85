//! The rationale of a component, divided by measure.

use crate::catalogue::Catalogue;
use crate::outline::{Document, is_pointer};
use crate::prose::{Paragraph, Wrapping, has_words, paragraphs};
use crate::report::{Confidence, LineUse, Prose};
use crate::table::MAX_TITLE;
use crate::text::{Marker, ends_sentence, item, key};
use crate::titles::likeness;

/// Why a text that ends in the middle of a sentence is not legible.
const OPEN_END: &str = "it ends in the middle of a sentence: its end may be on another page, or its last line may \
     belong to something else";

/// Splits the text of a rationale by measure.
pub(crate) fn rationales(
    document: &mut Document,
    catalogue: &Catalogue,
    wrapping: &Wrapping,
    component: usize,
    lines: &[usize],
) -> Vec<Prose> {
    let Some(own) = catalogue.components.get(component) else {
        return Vec::new();
    };
    for at in lines {
        if document.is_free(*at) && is_pointer(document.text(*at)) {
            document.structure(&[*at], "pointer to another page");
        }
    }
    let found = paragraphs(document, lines, wrapping);
    // Marks among the texts are cells of the table, and so are the titles beside them.
    let has_cells = found.iter().any(|paragraph| !has_words(&paragraph.text));
    let items = items_of(catalogue, component, found, has_cells, document, wrapping);
    let count = own.measures.len();
    let has_pages = document.lines.last().is_some_and(|line| line.page > 0);
    let ended = items
        .iter()
        .filter(|item| ends_sentence(&item.text))
        .count();
    // A page may have cut a text off, and put something else below it. Some authors write no full stops.
    let is_open =
        |item: &Paragraph| has_pages && !ends_sentence(&item.text) && ended * 2 > items.len();
    let named: Vec<Option<usize>> = measures_of(catalogue, component, &items, has_cells);
    let mut out = Vec::new();
    for (item, measure) in items.iter().zip(&named) {
        let Some(measure) = measure.and_then(|at| catalogue.measures.get(at)) else {
            continue;
        };
        document.assign(&item.lines, &format!("rationales.md {}", measure.id));
        let open = is_open(item).then_some(OPEN_END);
        let cut = item.doubt.as_deref().filter(|_| item.is_cut);
        let (confidence, why) = match (cut.or(open), &item.doubt) {
            (Some(why), _) => (Confidence::NotLegible, Some(why)),
            (None, Some(doubt)) => (Confidence::Inferred, Some(doubt.as_str())),
            (None, None) => (Confidence::Read, None),
        };
        out.push(Prose {
            about: measure.id.clone(),
            text: (confidence != Confidence::NotLegible).then(|| item.text.clone()),
            confidence,
            why: why.map(str::to_owned),
            lines: item.lines.clone(),
        });
    }
    let unnamed: Vec<usize> = items
        .iter()
        .zip(&named)
        .filter(|(_, measure)| measure.is_none())
        .flat_map(|(item, _)| item.lines.clone())
        .collect();
    if !items.is_empty() && !unnamed.is_empty() {
        let why = format!(
            "{} for {count} measures, without a letter or number that names one: which belongs to which cannot be told",
            if items.len() == 1 {
                "one text".to_owned()
            } else {
                format!("{} texts", items.len())
            }
        );
        for measure in own
            .measures
            .iter()
            .filter(|at| !named.contains(&Some(**at)))
            .filter_map(|at| catalogue.measures.get(*at))
        {
            out.push(Prose {
                about: measure.id.clone(),
                text: None,
                confidence: Confidence::NotLegible,
                why: Some(why.clone()),
                lines: unnamed.clone(),
            });
        }
        for at in &unnamed {
            document.note(
                *at,
                LineUse::Unplaced("a rationale whose measure cannot be told".to_owned()),
            );
        }
    }
    out
}

/// Splits a paragraph before each line that begins with the title of a measure and a colon: the line
/// before it was full, and there is no other sign that a new paragraph begins.
fn split_at_titles(
    catalogue: &Catalogue,
    component: usize,
    mut paragraph: Paragraph,
    document: &Document,
) -> Vec<Paragraph> {
    let mut split = Vec::new();
    let lines = paragraph.lines.clone();
    for at in lines.into_iter().skip(1) {
        let Some((title, _)) = document.text(at).trim().split_once(':') else {
            continue;
        };
        // No rationale has more items than this; a hostile text could have thousands.
        if title.len() > MAX_TITLE || split.len() >= 20 {
            continue;
        }
        let words = key(title);
        let is_title = catalogue
            .measures
            .iter()
            .any(|measure| measure.component == component && measure.title.key() == words);
        if !is_title {
            continue;
        }
        let (Some(place), Some(line)) = (
            paragraph.text.find(&format!("{title}:")),
            paragraph.lines.iter().position(|line| *line == at),
        ) else {
            continue;
        };
        let next = Paragraph {
            text: paragraph.text.split_off(place),
            lines: paragraph.lines.split_off(line),
            marker: None,
            ..paragraph.clone()
        };
        paragraph.text.truncate(paragraph.text.trim_end().len());
        split.push(std::mem::replace(&mut paragraph, next));
    }
    split.push(paragraph);
    split
}

/// The items of a rationale. Items within an item are part of its text; other text is not.
fn items_of(
    catalogue: &Catalogue,
    component: usize,
    found: Vec<Paragraph>,
    has_cells: bool,
    document: &mut Document,
    wrapping: &Wrapping,
) -> Vec<Paragraph> {
    let marked = found.iter().any(|paragraph| paragraph.marker.is_some());
    let keyed = found.iter().any(|paragraph| {
        matches!(
            paragraph.marker,
            Some(Marker::Letter(_) | Marker::Measure(_) | Marker::Number(_))
        )
    });
    let first_indent = found
        .iter()
        .filter(|paragraph| paragraph.marker.is_some())
        .map(|paragraph| paragraph.indent)
        .next()
        .unwrap_or(0);
    let mut items: Vec<Paragraph> = Vec::new();
    let mut titled: Option<(usize, usize)> = None;
    let found = found
        .into_iter()
        .flat_map(|paragraph| split_at_titles(catalogue, component, paragraph, document));
    for mut paragraph in found.collect::<Vec<_>>() {
        // The title of a measure above or before its rationale.
        let title = paragraph.text.trim_matches(['*', ':', ' ', '.']);
        let only_title = title.chars().count() <= 140
            && catalogue
                .measure_titled(title, Some(component))
                .filter(|at| {
                    catalogue.measures.get(*at).is_some_and(|measure| {
                        measure.component == component
                            && likeness(measure.title.key(), &key(title)) > 0.9
                    })
                })
                .is_some();
        if only_title {
            let measure = catalogue.measure_titled(title, Some(component));
            titled = measure
                .filter(|_| !has_cells)
                .map(|measure| (measure, items.len()));
            document.structure(&paragraph.lines, "title of a measure");
            continue;
        }
        let nested = paragraph.marker == Some(Marker::Bullet)
            && !items.is_empty()
            && titled.is_none_or(|(_, at)| at != items.len())
            && (paragraph.indent >= first_indent + 2 || keyed);
        if nested && let Some(item) = items.last_mut() {
            item.text.push_str("\n- ");
            item.text.push_str(&paragraph.text);
            item.lines.extend(paragraph.lines);
            if keyed && paragraph.indent < first_indent + 2 && item.doubt.is_none() {
                item.doubt = Some(
                    "an item without a letter or number is taken to be part of the one before it"
                        .to_owned(),
                );
            }
            continue;
        }
        let is_row = begins_with_title(catalogue, component, &paragraph.text);
        if let Some((measure, _)) = titled.filter(|(_, at)| *at == items.len() && !is_row)
            && let Some(measure) = catalogue.measures.get(measure)
        {
            paragraph.marker = Some(Marker::Measure(measure.id.clone()));
            items.push(paragraph);
            continue;
        }
        if marked
            && paragraph.marker.is_none()
            && turns_page(document, &items, &paragraph)
            && let Some(item) = items.last_mut()
        {
            let line = paragraph.lines.first().map_or(0, |at| at + 1);
            let goes_on = goes_on(document, wrapping, item, &paragraph);
            item.lines.extend(paragraph.lines);
            item.is_cut |= !goes_on;
            if goes_on {
                item.text.push(' ');
                item.text.push_str(&paragraph.text);
                item.doubt = Some(format!(
                    "line {line} begins a page without a marker; taken to go on with the text before it"
                ));
            } else {
                item.doubt = Some(format!(
                    "line {line} has no marker and goes over a page; whether it belongs to this text is not certain"
                ));
            }
            continue;
        }
        if marked && paragraph.marker.is_none() && titled.is_none() {
            for line in &paragraph.lines {
                document.note(
                    *line,
                    LineUse::Unplaced("text beside the rationales that begins none".to_owned()),
                );
            }
            continue;
        }
        // `Clinical engagement: The PCT has ...`
        if let Some((title, rest)) = paragraph.text.clone().split_once([':', '–']) {
            let measure = catalogue.measure_titled(title.trim_matches(['*', ' ']), Some(component));
            let known = measure
                .and_then(|at| catalogue.measures.get(at))
                .filter(|measure| {
                    measure.component == component
                        && likeness(measure.title.key(), &key(title)) > 0.9
                });
            if let Some(known) = known {
                if matches!(paragraph.marker, None | Some(Marker::Bullet)) {
                    paragraph.marker = Some(Marker::Measure(known.id.clone()));
                }
                paragraph.text = rest.trim_matches(['*', ' ']).to_owned();
            }
        }
        items.push(paragraph);
    }
    items
}

/// The measure of each item: by its letter or number, or by its place if there is one for each.
fn measures_of(
    catalogue: &Catalogue,
    component: usize,
    items: &[Paragraph],
    has_cells: bool,
) -> Vec<Option<usize>> {
    let Some(own) = catalogue.components.get(component) else {
        return Vec::new();
    };
    let numbers: Vec<u32> = items
        .iter()
        .filter_map(|item| match item.marker {
            Some(Marker::Number(number)) => Some(number),
            _ => None,
        })
        .collect();
    // Some conversions number every item 1, and then a single one may be any of them.
    let all_one = own.measures.len() > 1 && numbers.iter().all(|number| *number == 1);
    let named: Vec<Option<usize>> = items
        .iter()
        .map(|item| match &item.marker {
            Some(Marker::Number(_)) if all_one => None,
            Some(marker) => catalogue.measure_marked(component, marker),
            None => None,
        })
        .collect();
    let keyed: Vec<usize> = named.iter().copied().flatten().collect();
    let mut distinct = keyed.clone();
    distinct.sort_unstable();
    distinct.dedup();
    let in_order: Vec<Option<usize>> = own.measures.iter().copied().map(Some).collect();
    let fits = items.len() == own.measures.len()
        && named
            .iter()
            .zip(&in_order)
            .all(|(named, placed)| named.is_none() || named == placed);
    let repeated = |measure: usize| keyed.iter().filter(|other| **other == measure).count() > 1;
    // A title among the texts, or a part of one, would move them by one.
    let has_titles = items
        .iter()
        .any(|item| begins_with_title(catalogue, component, &item.text));
    if fits && !has_cells && !has_titles {
        return in_order;
    }
    named
        .into_iter()
        .map(|measure| measure.filter(|measure| !repeated(*measure)))
        .collect()
}

/// Whether a text begins with the title of a measure and goes on with the marker of an item: a row of the table that was
/// joined to what is below it.
fn begins_with_title(catalogue: &Catalogue, component: usize, text: &str) -> bool {
    let words = key(text);
    let measures = catalogue.measures.iter();
    let mut own = measures.filter(|measure| measure.component == component);
    own.any(|measure| {
        let title = measure.title.key();
        // As many words of the text as the title has.
        let count = title.split(' ').count();
        let rest = || text.split_whitespace().skip(count).take(3);
        words.starts_with(title) && item(&rest().collect::<Vec<_>>().join(" ")).is_some()
    })
}

/// Whether a text of whole sentences is on the page after that of the last item, or begins below that item and goes on
/// there. Text above it that was put elsewhere, such as a caption, is not looked at.
fn turns_page(document: &Document, items: &[Paragraph], paragraph: &Paragraph) -> bool {
    let page = |at: Option<&usize>| Some(document.line(*at?)?.page);
    let before = items.last().and_then(|item| page(item.lines.last()));
    let own = page(paragraph.lines.last());
    let is_next = own
        .zip(before)
        .is_some_and(|(own, before)| own == before + 1);
    is_next && has_words(&paragraph.text) && ends_sentence(&paragraph.text)
}

/// Whether a paragraph begins its page, and its first word had no room on the last line of an item.
fn goes_on(
    document: &Document,
    wrapping: &Wrapping,
    item: &Paragraph,
    paragraph: &Paragraph,
) -> bool {
    let line = |at: Option<&usize>| document.line(*at?);
    let lines = line(item.lines.last()).zip(line(paragraph.lines.first()));
    lines.is_some_and(|(before, own)| own.page > before.page && wrapping.is_full(before, own))
}
