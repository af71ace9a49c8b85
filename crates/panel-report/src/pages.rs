//! The pages of competencies and governance strands: legend, table, rationale, recommendations.

use crate::catalogue::Catalogue;
use crate::marks::LegendTable;
use crate::outline::{Document, Label, Part, Section, is_pointer};
use crate::prose::{Wrapping, paragraphs};
use crate::rationales::rationales;
use crate::report::{LineUse, Prose, Recommendation};
use crate::signs::{Legend, LegendLine, legend_line, may_be_legend, names_only_methods};
use crate::table::{self, Placed, Table};
use crate::text::{Line, item, key};
use crate::titles::likeness;

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
        likeness(&words, own.title.key()) > 0.6 || own.title.key().starts_with(&words)
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
    let (title, label) = (own.title.key(), own.label_key.as_str());
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
            && (likeness(&words, title) > 0.8
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
