//! A table as conversions from PDF lay it out: a page has columns of its own, the marks of a row are beside any line of
//! its title or between two, and both move by a character or so.

use super::chance::Chance;
use super::layout::fold;

/// How one report is laid out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Paper {
    /// Where the titles and the columns begin, and how wide a column is.
    titles: usize,
    columns: usize,
    width: usize,
    /// Whether the titles of components are beside those of measures.
    has_components: bool,
    /// Whether marks are in the middle of their row, or beside its first line.
    is_centred: bool,
}

impl Paper {
    pub(crate) fn draw(chance: &mut Chance) -> Paper {
        let has_components = chance.percent(60);
        let titles = if has_components { 28 } else { 2 };
        Paper {
            titles,
            columns: titles + 36 + chance.below(20),
            width: 7 + chance.below(8),
            has_components,
            is_centred: chance.percent(60),
        }
    }

    /// The lines of a table. `rows` has the title of each row and its cells; `first` is the text beside the rows.
    pub(crate) fn table(
        self,
        chance: &mut Chance,
        head: [&str; 2],
        steps: &[String],
        first: &str,
        rows: &[(String, Vec<String>)],
    ) -> Vec<String> {
        let is_governance = steps.len() == 3;
        let beside = self.has_components || is_governance;
        let titles = if beside {
            self.titles.max(18)
        } else {
            self.titles
        };
        let columns = self.columns.max(titles + 36);
        let mut out: Vec<String> = Vec::new();
        let heading = |out: &mut Vec<String>, page: &str| {
            let mut line = vec![(0, page.to_owned())];
            if beside {
                line.push((1, head[0].to_owned()));
            }
            line.push((titles, head[1].to_owned()));
            let places = steps.iter().enumerate().map(|(at, step)| {
                let middle = columns + at * self.width + self.width / 2;
                (middle - step.chars().count() / 2, step.clone())
            });
            let places: Vec<(usize, String)> = places.collect();
            if is_governance {
                line.extend(places);
                out.push(write(&line));
            } else {
                line.push((columns + 2 * self.width - 3, "Level".to_owned()));
                out.push(write(&line));
                out.push(String::new());
                out.push(write(&places));
            }
        };
        heading(&mut out, "\u{C}");
        let mut left = if beside {
            fold(first, titles.saturating_sub(4))
        } else {
            Vec::new()
        };
        left.reverse();
        for (at, (title, cells)) in rows.iter().enumerate() {
            // The next page repeats the heading.
            if at > 0 && chance.percent(8) {
                out.push(String::new());
                heading(&mut out, "\u{C}");
            }
            let lines = fold(title, columns - titles - 3);
            let marks: Vec<(usize, String)> = cells
                .iter()
                .enumerate()
                .filter(|(_, cell)| !cell.is_empty())
                .map(|(column, cell)| {
                    let middle = columns + column * self.width + self.width / 2;
                    let moved = chance.below(2);
                    (middle - cell.chars().count() / 2 + moved, cell.clone())
                })
                .collect();
            // Between the two lines of a title the marks are on a line of their own.
            let own_line = self.is_centred && lines.len().is_multiple_of(2);
            let beside_line = if self.is_centred {
                (lines.len() - 1) / 2
            } else {
                0
            };
            for (number, line) in lines.iter().enumerate() {
                let mut parts: Vec<(usize, String)> = Vec::new();
                parts.extend(left.pop().map(|text| (1, text)));
                parts.push((titles + chance.below(2), line.clone()));
                if number == beside_line && !own_line {
                    parts.extend(marks.clone());
                }
                out.push(write(&parts));
                if own_line && number + 1 == lines.len() / 2 {
                    let mut parts: Vec<(usize, String)> = Vec::new();
                    parts.extend(left.pop().map(|text| (1, text)));
                    parts.extend(marks.clone());
                    out.push(write(&parts));
                }
            }
        }
        while let Some(text) = left.pop() {
            out.push(format!(" {text}"));
        }
        out
    }
}

/// A line with texts at places; one that would overlap the text before it comes after a space.
fn write(parts: &[(usize, String)]) -> String {
    let mut line = String::new();
    for (place, text) in parts {
        let length = line.chars().filter(|sign| *sign != '\u{C}').count();
        if text == "\u{C}" {
            line.push_str(text);
            continue;
        }
        let space = if length == 0 {
            *place
        } else {
            place.saturating_sub(length).max(1)
        };
        line.push_str(&" ".repeat(space));
        line.push_str(text);
    }
    line.trim_end().to_owned()
}
