//! The pages of competencies and governance strands: legend, table, rationale, recommendations.

use crate::catalogue::Catalogue;
use crate::marks::LegendTable;
use crate::outline::{Document, Label, Part, Section, is_pointer};
use crate::prose::{Paragraph, Wrapping, paragraphs};
use crate::report::{Confidence, LineUse, Prose, Recommendation};
use crate::signs::{Legend, LegendLine, legend_line, may_be_legend, names_only_methods};
use crate::table::{self, MAX_TITLE, Placed, Table};
use crate::text::{Line, Marker, item, key, likeness};

/// What the pages of one component hold.
pub(crate) struct Page {
    pub(crate) tables: Vec<LegendTable>,
    pub(crate) rationales: Vec<Prose>,
    pub(crate) recommendations: Vec<Recommendation>,
}

/// Reads all parts of a component.
pub(crate) fn read(
    document: &mut Document,
    catalogue: &Catalogue,
    wrapping: &Wrapping,
    component: usize,
    parts: &[Part],
) -> Page {
    let own: Vec<&Part> = parts
        .iter()
        .filter(|part| part.section == Section::Component(component))
        .collect();
    let mut unread_legend = false;
    let (mut legend_lines, mut legends, mut table_lines, mut prose) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for part in &own {
        if let Some((at, legend)) = part
            .heading_line
            .and_then(|at| Some((at, legend_in_heading(&part.heading)?)))
        {
            legend_lines.push(at);
            legends.push(legend);
        }
        let in_text = matches!(part.label, Some(Label::Rationale | Label::Recommendations));
        for at in &part.lines {
            let Some(line) = document.line(*at) else {
                continue;
            };
            if let Some(legend) = own_legend(line).filter(|_| !document.ends_a_sentence(*at)) {
                legend_lines.push(*at);
                legends.push(legend);
            } else if (!in_text && part.label.is_none() && !is_prose(catalogue, component, line))
                || (in_text && is_row(catalogue, component, line))
            {
                let measure = table::split_cells(&line.text)
                    .iter()
                    .any(|cell| catalogue.measure_titled(cell, Some(component)).is_some());
                unread_legend |= !measure
                    && !is_row_of_words(&line.text)
                    && may_be_legend(&line.text)
                    && table::stated(&line.text).is_none();
                table_lines.push(*at);
            } else if part.label != Some(Label::Recommendations) {
                prose.push(*at);
            }
        }
    }
    // A report may give the rationale before the table.
    table_lines.sort_unstable();
    prose.sort_unstable();
    let placed: Vec<Placed<'_>> = table_lines
        .iter()
        .filter_map(|at| Some((*at, document.lines.get(*at)?)))
        .collect();
    let table = table::read(catalogue, component, &placed);
    let id = catalogue
        .components
        .get(component)
        .map(|component| component.id.clone())
        .unwrap_or_default();
    note_table(document, catalogue, component, &table, &table_lines);
    document.structure(&legend_lines, "legend");
    let rationales = rationales(document, catalogue, wrapping, component, &prose);
    let mut recommendations = Vec::new();
    for part in own
        .iter()
        .filter(|part| part.label == Some(Label::Recommendations))
    {
        recommendations.extend(recommended(
            document,
            wrapping,
            &part.lines,
            &id,
            catalogue,
            component,
        ));
    }
    let tables = vec![LegendTable {
        table,
        legend: Legend::of(&legends).with_unread(unread_legend),
    }];
    Page {
        tables,
        rationales,
        recommendations,
    }
}

/// `Competency 9 - Panel assessment ✓ Panel Assessment ● Last year's rating`
fn legend_in_heading(heading: &str) -> Option<LegendLine> {
    let lower = heading.to_lowercase();
    let at = lower.find("assessment")? + "assessment".len();
    let legend = legend_line(heading.get(at..)?)?;
    legend
        .signs
        .iter()
        .any(|(_, sign)| sign.is_some())
        .then_some(legend)
}

/// Whether the cells after the first are methods in one word each: `Risk    Panel    Self`.
fn is_row_of_words(text: &str) -> bool {
    let mut cells = text
        .trim()
        .split("  ")
        .map(str::trim)
        .filter(|cell| !cell.is_empty());
    let first = cells.next();
    let mut count = 0;
    let all = cells.all(|cell| {
        count += 1;
        cell.split(' ').all(names_only_methods)
    });
    first.is_some() && count > 0 && all
}

/// From where on a line has nothing but part of a heading, in spaces before it.
const FAR_RIGHT: usize = 40;

fn own_legend(line: &Line) -> Option<LegendLine> {
    let legend = legend_line(&line.text)?;
    let has_sign = legend.signs.iter().any(|(_, sign)| sign.is_some());
    // Methods in cells of their own head a table, and so does one far to the right.
    let indent = line.text.len() - line.text.trim_start().len();
    let apart = line.text.trim().contains("  ") || indent >= FAR_RIGHT;
    let tabbed = line.text.contains(['\t', '|']) && legend.signs.len() >= 2;
    let heads = !has_sign && (tabbed || apart);
    (!heads && table::stated(&line.text).is_none()).then_some(legend)
}

/// Whether a line before the rationale is a sentence rather than part of the table.
fn is_prose(catalogue: &Catalogue, component: usize, line: &Line) -> bool {
    let text = line.text.trim();
    if text.contains(['\t', '|']) || text.chars().count() < 60 {
        return false;
    }
    let words = key(item(text).map_or(text, |(_, rest)| rest));
    let titles = catalogue.components.get(component);
    let is_title = titles.is_some_and(|own| {
        likeness(&words, &key(&own.title)) > 0.6 || key(&own.title).starts_with(&words)
    });
    let wide_gaps = text.contains("   ");
    !is_title
        && !wide_gaps
        && catalogue.measure_titled(text, Some(component)).is_none()
        && (item(text).is_some() || text.ends_with('.'))
        && words.split(' ').count() > 12
}

/// Whether a line within the rationale is a row of the table: its cells are separated, one of them is
/// the title of a measure.
fn is_row(catalogue: &Catalogue, component: usize, line: &Line) -> bool {
    if !line.text.contains(['\t', '|']) {
        return false;
    }
    let cells = table::split_cells(&line.text);
    cells.len() >= 3
        && (table::is_rule(&line.text)
            || table::is_heading_words(&cells)
            || cells.iter().any(|cell| {
                let title = item(cell).map_or(cell.as_str(), |(_, title)| title);
                catalogue.measure_titled(title, Some(component)).is_some()
            }))
}

fn note_table(
    document: &mut Document,
    catalogue: &Catalogue,
    component: usize,
    table: &Table,
    lines: &[usize],
) {
    document.structure(&table.heading, "heading of a table");
    for row in &table.rows {
        let measure = row.measure.and_then(|at| catalogue.measures.get(at));
        match measure {
            Some(measure) => document.assign(&row.lines, &format!("judgements.csv {}", measure.id)),
            None => {
                for at in &row.lines {
                    document.note(
                        *at,
                        LineUse::Unplaced("a row whose title is not that of a measure".to_owned()),
                    );
                }
            }
        }
    }
    let Some(own) = catalogue.components.get(component) else {
        return;
    };
    let (title, label) = (key(&own.title), key(&own.label));
    let free: Vec<usize> = lines
        .iter()
        .copied()
        .filter(|at| document.is_free(*at))
        .collect();
    for at in free {
        let text = document.text(at).to_owned();
        let words = key(&text);
        let cells = table::split_cells(&text);
        let is_title = !words.is_empty()
            && (likeness(&words, &title) > 0.8
                || words == label
                || (words.len() > 8 && title.contains(&words)));
        if is_title {
            document.structure(&[at], "title of the component");
        } else if table::is_heading_words(&cells)
            || table::is_heading_words(
                &text
                    .split_whitespace()
                    .map(str::to_owned)
                    .collect::<Vec<_>>(),
            )
        {
            document.structure(&[at], "heading of a table");
        } else if table::is_rule(&text) {
            document.note(at, LineUse::Furniture("rule".to_owned()));
        } else if words == "key" || words == "legend" {
            document.structure(&[at], "legend");
        }
    }
}

/// Splits the text of a rationale by measure.
fn rationales(
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
    let items = items_of(catalogue, component, found, document);
    let count = own.measures.len();
    let named: Vec<Option<usize>> = measures_of(catalogue, component, &items);
    let mut out = Vec::new();
    for (item, measure) in items.iter().zip(&named) {
        let Some(measure) = measure.and_then(|at| catalogue.measures.get(at)) else {
            continue;
        };
        document.assign(&item.lines, &format!("rationales.md {}", measure.id));
        out.push(Prose {
            about: measure.id.clone(),
            text: Some(item.text.clone()),
            confidence: if item.doubt.is_some() {
                Confidence::Inferred
            } else {
                Confidence::Read
            },
            why: item.doubt.clone(),
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
            .any(|measure| measure.component == component && measure.key == words);
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
    document: &mut Document,
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
                        measure.component == component && likeness(&measure.key, &key(title)) > 0.9
                    })
                })
                .is_some();
        if only_title {
            let measure = catalogue.measure_titled(title, Some(component));
            titled = measure.map(|measure| (measure, items.len()));
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
        if let Some((measure, at)) = titled.filter(|(_, at)| *at == items.len()) {
            let _ = at;
            if let Some(id) = catalogue
                .measures
                .get(measure)
                .map(|measure| measure.id.clone())
            {
                paragraph.marker = Some(Marker::Measure(id));
                items.push(paragraph);
                continue;
            }
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
                    measure.component == component && likeness(&measure.key, &key(title)) > 0.9
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
fn measures_of(catalogue: &Catalogue, component: usize, items: &[Paragraph]) -> Vec<Option<usize>> {
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
    // Some conversions number every item 1.
    let all_one = numbers.len() > 1 && numbers.iter().all(|number| *number == 1);
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
    if fits {
        return in_order;
    }
    named
        .into_iter()
        .map(|measure| measure.filter(|measure| !repeated(*measure)))
        .collect()
}

/// Whether a text begins with the sign of a footnote.
fn is_footnote(text: &str) -> bool {
    let sign = text.trim_start_matches(['¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹', '†', '‡']);
    sign.len() < text.len() && sign.starts_with(' ')
}

fn recommended(
    document: &mut Document,
    wrapping: &Wrapping,
    lines: &[usize],
    id: &str,
    catalogue: &Catalogue,
    component: usize,
) -> Vec<Recommendation> {
    for at in lines {
        if document.is_free(*at) && is_pointer(document.text(*at)) {
            document.structure(&[*at], "pointer to another page");
        }
    }
    let own = catalogue.components.get(component);
    let source = own.map_or(String::new(), |own| match own.number {
        Some(number) => format!("Competency {number}, Recommendations going forward"),
        None => format!("Governance: {}, Recommendations going forward", own.label),
    });
    let mut out = Vec::new();
    for paragraph in paragraphs(document, lines, wrapping) {
        if is_footnote(&paragraph.text) {
            for at in paragraph.lines {
                document.note(at, LineUse::Unplaced("a footnote".to_owned()));
            }
            continue;
        }
        document.assign(&paragraph.lines, "recommendations.csv");
        out.push(Recommendation {
            text: paragraph.text,
            about: vec![id.to_owned()],
            source: source.clone(),
            why: paragraph.doubt.filter(|_| paragraph.is_cut),
            lines: paragraph.lines,
        });
    }
    out
}
