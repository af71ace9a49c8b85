//! How a rating table is written, and what conversions do to it.

use super::chance::Chance;
use super::laid_out::Paper;
use super::truth::Component;

/// Signs of the panel, the self-rating and last year.
#[derive(Clone, Debug)]
pub(crate) struct Signs {
    pub(crate) signs: [&'static str; 3],
    pub(crate) legend: usize,
}

pub(crate) const LABELS: [&[&str]; 3] = [
    &[
        "Panel Assessment",
        "Panel assessment",
        "Panel rating",
        "Panel score",
    ],
    &[
        "This year's self-rating",
        "This year’s self rating",
        "Self-assessment",
        "PCT self assessment",
        "This year's self-rating",
    ],
    &[
        "Last year's rating",
        "Last year’s rating",
        "Previous rating",
        "Last year",
    ],
];

/// A sign that the usual fonts do not have.
const UNPRINTED: &str = "⬜";

/// Draws the signs; `is_printed` leaves out those that few fonts have.
pub(crate) fn signs(chance: &mut Chance, is_printed: bool) -> Signs {
    const SETS: &[[&str; 3]] = &[
        ["✓", "□", "●"],
        ["✓", "□", "●"],
        ["✔", "☐", "•"],
        ["✓", "◻", "●"],
        ["x", "□", "●"],
        ["X", "o", "●"],
        ["✗", "■", "○"],
        ["▲", "■", "●"],
        ["P", "S", "L"],
        ["★", "◆", "●"],
        ["√", "□", "○"],
        ["✓", "○", "●"],
        ["✔\u{FE0F}", "⬜", "⚫"],
        ["🟢", "🔵", "🟡"],
        ["👍", "🙋", "📅"],
        ["\u{F0FC}", "\u{F0A8}", "\u{F06C}"],
        ["A", "B", "C"],
        ["pa", "se", "ly"],
    ];
    let rare = |sign: &&str| {
        let mut signs = sign.chars();
        signs.any(|sign| sign > '\u{FFFF}' || ('\u{E000}'..'\u{F900}').contains(&sign))
    };
    let drawn = SETS[chance.below(SETS.len())];
    Signs {
        signs: match is_printed && drawn.iter().any(rare) {
            true => SETS[0],
            false => drawn,
        },
        legend: chance.below(5),
    }
}

pub(crate) fn legend(chance: &mut Chance, signs: &Signs, lost: [bool; 3]) -> Vec<String> {
    let part = |chance: &mut Chance, at: usize, style: usize| {
        let label = chance.pick(LABELS[at]);
        match (lost[at], style) {
            (true, _) => format!(" {label}"),
            (_, 2) => format!("{} = {label}", signs.signs[at]),
            (_, 3) => format!("{label}: {}", signs.signs[at]),
            _ => format!("{} {label}", signs.signs[at]),
        }
    };
    let mut order = [0, 1, 2];
    chance.shuffle(&mut order);
    let lost_any = lost.contains(&true);
    match signs.legend {
        // Labels on one line with a missing sign say which sign is whose only if the first has one.
        0 | 2 | 3 if !lost_any => vec![
            order
                .map(|at| part(chance, at, signs.legend))
                .join(if signs.legend == 2 { "; " } else { " " }),
        ],
        1 if !lost_any => vec![
            format!(
                "{} {}",
                part(chance, order[0], 0),
                part(chance, order[1], 0)
            ),
            format!(" {}", part(chance, order[2], 0)),
        ],
        style => order
            .iter()
            .flat_map(|at| [part(chance, *at, style.min(2)), String::new()])
            .collect(),
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Kind {
    Tabs,
    CutTabs,
    Pipes,
    Aligned,
    Stacked,
    Sparse,
    Values,
    Stated,
    Html,
    LaidOut(Paper),
    /// Cells that somebody prints: each is under its heading.
    Cells,
}

/// A table as cells: title, and one cell for each column.
struct Drawn {
    rows: Vec<(usize, String, Vec<String>)>,
}

/// What happens to a table.
#[derive(Clone, Debug, Default)]
pub(crate) struct Damage {
    pub(crate) filled: bool,
    pub(crate) empty: bool,
    pub(crate) panel_lost: bool,
    pub(crate) covered: bool,
}

const OTHER_TITLES: &[(&str, &str)] = &[
    (
        "Public and patient engagement",
        "Patient and public engagement",
    ),
    ("Risk", "Risk management"),
];

pub(crate) fn title(chance: &mut Chance, title: &str) -> String {
    if let Some((_, other)) = OTHER_TITLES
        .iter()
        .find(|(known, _)| *known == title)
        .filter(|_| chance.percent(20))
    {
        return (*other).to_owned();
    }
    match chance.below(14) {
        0 => title.replace("fi", "ﬁ").replace("ff", "ﬀ"),
        1 => title.replace(' ', "\u{A0}"),
        2 => title.replace('e', "e\u{AD}"),
        3 if title.len() > 20 => title.replacen("ti", "tl", 1),
        4 if title.len() > 20 => title.replacen(" o", "o", 1),
        5 => title.replace('\'', "’"),
        6 => title.to_uppercase(),
        _ => title.to_owned(),
    }
}

/// Draws the table of a component and notes in it what is lost.
pub(crate) fn table(
    chance: &mut Chance,
    component: &mut Component,
    kind: Kind,
    signs: &Signs,
    damage: &Damage,
    strong: bool,
) -> Vec<String> {
    if matches!(kind, Kind::Values | Kind::Stated) {
        return values(chance, component, kind);
    }
    let columns = component.steps().len();
    let reversed = strong && chance.percent(10);
    let combined = signs.signs[0] == "✓" && signs.signs[1] == "□" && chance.percent(30);
    let gap = *chance.pick(&[&"", &"", &" ", &"/"]);
    let mut rows: Vec<(usize, String, Vec<String>)> = Vec::new();
    let count = component.measures.len();
    for (at, measure) in component.measures.iter_mut().enumerate() {
        if strong && count > 2 && chance.percent(4) {
            measure.legible = [false; 3];
            continue;
        }
        let mut cells: Vec<Vec<&str>> = vec![Vec::new(); columns];
        for method in 0..3 {
            let lost =
                damage.empty || (method == 0 && damage.panel_lost) || (strong && chance.percent(3));
            let hidden = method == 1 && damage.covered && measure.marks[0] == measure.marks[1];
            if lost || hidden {
                measure.legible[method] = false;
                continue;
            }
            let place = if reversed {
                columns - 1 - measure.marks[method]
            } else {
                measure.marks[method]
            };
            cells[place].push(signs.signs[method]);
            // The fonts of a browser without a sign print an empty place.
            measure.legible[method] &= kind != Kind::Cells || signs.signs[method] != UNPRINTED;
            if strong && chance.percent(3) {
                let other = (place + 1 + chance.below(columns - 1)) % columns;
                cells[other].push(signs.signs[method]);
                measure.legible[method] = false;
            }
        }
        let mut cells: Vec<String> = cells
            .into_iter()
            .map(|mut cell| {
                chance.shuffle(&mut cell);
                if combined && cell.contains(&"✓") && cell.contains(&"□") {
                    cell.retain(|sign| *sign != "✓" && *sign != "□");
                    cell.push("☑");
                }
                cell.join(gap)
            })
            .collect();
        if damage.filled {
            measure.legible[2] = false;
            for cell in cells.iter_mut().filter(|cell| cell.is_empty()) {
                *cell = signs.signs[2].to_owned();
            }
        }
        rows.push((at, title(chance, &measure.title), cells));
    }
    if chance.percent(15) {
        chance.shuffle(&mut rows);
    }
    // A mark that is there twice may be read as neither.
    let drawn = Drawn { rows };
    write(chance, component, kind, drawn, reversed, strong)
}

fn heading_steps(component: &Component, reversed: bool) -> Vec<String> {
    let words: &[&str] = if component.number.is_some() {
        &["1", "2", "3", "4"]
    } else {
        &["Red", "Amber", "Green"]
    };
    let mut words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
    if reversed {
        words.reverse();
    }
    words
}

fn write(
    chance: &mut Chance,
    component: &mut Component,
    kind: Kind,
    drawn: Drawn,
    reversed: bool,
    strong: bool,
) -> Vec<String> {
    let steps = heading_steps(component, reversed);
    let marker = |chance: &mut Chance, at: usize| match (component.number, chance.below(2)) {
        (Some(_), _) => "• ".to_owned(),
        (None, _) => format!("{}. ", at + 1),
    };
    let overall = component.overall.map(|(step, _)| ["R", "A", "G"][step]);
    let first: Vec<String> = match component.number {
        Some(_) => vec![component.title.clone()],
        None => vec![overall.unwrap_or_default().to_owned()],
    };
    let head: Vec<&str> = if component.number.is_some() {
        vec!["Competency", "Measure"]
    } else {
        vec!["Assessment", "Measure"]
    };
    let mut out = Vec::new();
    let mut rows: Vec<(usize, Vec<String>)> = Vec::new();
    for (place, (at, title, cells)) in drawn.rows.into_iter().enumerate() {
        let mut row = vec![if place == 0 {
            first[0].clone()
        } else {
            String::new()
        }];
        row.push(format!("{}{title}", marker(chance, at)));
        row.extend(cells);
        rows.push((at, row));
    }
    let shown = |at: usize, component: &mut Component| component.measures[at].legible = [false; 3];
    match kind {
        Kind::Tabs | Kind::CutTabs | Kind::Pipes | Kind::Html | Kind::Cells => {
            let mut table: Vec<Vec<String>> = Vec::new();
            if component.number.is_some() {
                let mut top: Vec<String> = head.iter().map(|word| (*word).to_owned()).collect();
                top.push("Level".to_owned());
                top.extend(vec![String::new(); 3]);
                table.push(top);
                let mut second = vec![String::new(), String::new()];
                second.extend(steps);
                table.push(second);
            } else {
                let mut top: Vec<String> = head.iter().map(|word| (*word).to_owned()).collect();
                top.extend(steps);
                table.push(top);
            }
            let heads = table.clone();
            for (place, (at, mut row)) in rows.into_iter().enumerate() {
                if strong && chance.percent(3) && !matches!(kind, Kind::CutTabs | Kind::Cells) {
                    if chance.percent(50) {
                        row.insert(2, String::new());
                    } else {
                        row.remove(2 + chance.below(row.len() - 2));
                    }
                    shown(at, component);
                }
                if place > 0 && strong && chance.percent(4) {
                    table.extend(heads.clone());
                }
                if strong && chance.percent(3) {
                    table.push(row.clone());
                }
                table.push(row);
            }
            for (at, row) in table.iter().enumerate() {
                let line = match kind {
                    Kind::Pipes => format!("| {} |", row.join(" | ")),
                    Kind::Html => format!(
                        "<tr>{}</tr>",
                        row.iter()
                            .map(|cell| format!("<td>{cell}</td>"))
                            .collect::<String>()
                    ),
                    Kind::CutTabs => row.join("\t").trim_end().to_owned(),
                    _ => row.join("\t"),
                };
                out.push(line);
                if at == 0 && kind == Kind::Pipes {
                    out.push(format!("|{}", "---|".repeat(row.len())));
                }
            }
        }
        Kind::Aligned => {
            let (wide, column) = (44, 6 + chance.below(5));
            let centre = chance.percent(50);
            let cell = |text: &str| {
                if centre {
                    format!("{text:^column$}")
                } else {
                    format!("{text:<column$}")
                }
            };
            out.push(format!(
                "{:<30}{:<wide$}{}",
                head[0],
                head[1],
                steps.iter().map(|step| cell(step)).collect::<String>()
            ));
            for (at, row) in rows {
                let titles = fold(&row[1], wide - 3);
                let firsts = fold(&row[0], 26);
                let mut cells: String = row[2..].iter().map(|text| cell(text)).collect();
                if strong && chance.percent(3) {
                    cells = format!("{}{cells}", " ".repeat(column / 2));
                    shown(at, component);
                }
                let marks_at = if chance.percent(70) {
                    0
                } else {
                    titles.len() - 1
                };
                let first_lines = if row[0].is_empty() {
                    0
                } else {
                    firsts.len().min(titles.len())
                };
                for line in 0..titles.len() {
                    let first = if line < first_lines {
                        firsts[line].as_str()
                    } else {
                        ""
                    };
                    let marks = if line == marks_at { cells.as_str() } else { "" };
                    out.push(
                        format!("{first:<30}{:<wide$}{marks}", titles[line])
                            .trim_end()
                            .to_owned(),
                    );
                }
            }
            component.overall = component.overall.map(|(step, _)| (step, true));
        }
        Kind::Stacked | Kind::Sparse => {
            out.extend(head.iter().map(|word| (*word).to_owned()));
            if component.number.is_some() {
                out.push("Level".to_owned());
            }
            let blank = kind == Kind::Sparse;
            for step in &steps {
                out.push(step.clone());
                if blank {
                    out.push(String::new());
                }
            }
            for (at, row) in rows {
                if component.number.is_some() && !row[0].is_empty() {
                    out.push(row[0].clone());
                }
                out.push(row[1].clone());
                let full = row[2..].iter().all(|cell| !cell.is_empty());
                for cell in &row[2..] {
                    if !blank || !cell.is_empty() {
                        out.push(cell.clone());
                    }
                    if blank {
                        out.push(String::new());
                    }
                }
                if blank && !full {
                    shown(at, component);
                }
            }
            // The rating of the strand has no line of its own.
            component.overall = component.overall.map(|(step, _)| (step, false));
        }
        Kind::LaidOut(paper) => {
            let head = [head[0], head[1]];
            let cells = rows.iter().map(|(_, row)| {
                // Marks of one cell are written without a space.
                let cells = row[2..].iter().map(|cell| cell.replace(' ', ""));
                (row[1].clone(), cells.collect())
            });
            let cells: Vec<(String, Vec<String>)> = cells.collect();
            out = paper.table(chance, head, &steps, &first[0], &cells);
        }
        Kind::Values | Kind::Stated => {}
    }
    out
}

pub(crate) fn fold(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let last = lines.last_mut().expect("a line");
        if !last.is_empty() && last.chars().count() + 1 + word.chars().count() > width {
            lines.push(word.to_owned());
        } else {
            if !last.is_empty() {
                last.push(' ');
            }
            last.push_str(word);
        }
    }
    lines
}

/// A table with a column for each method, or values in sentences.
fn values(chance: &mut Chance, component: &mut Component, kind: Kind) -> Vec<String> {
    let mut order = [0, 1, 2];
    chance.shuffle(&mut order);
    let labels: Vec<&str> = order.iter().map(|at| chance.pick(LABELS[*at])).collect();
    let words = component.steps();
    let pipes = chance.percent(50);
    let style = chance.below(2);
    let mut out = Vec::new();
    component.overall = component.overall.map(|(step, _)| (step, false));
    let line = |cells: Vec<String>| {
        if pipes {
            format!("| {} |", cells.join(" | "))
        } else {
            cells.join("\t")
        }
    };
    let word = |step: usize| match style {
        0 => words[step].to_owned(),
        _ if words.len() == 4 => format!("Level {}", words[step]),
        _ => ["Red", "Amber", "Green"][step].to_owned(),
    };
    if kind == Kind::Values {
        let mut head = vec!["Measure".to_owned()];
        head.extend(labels.iter().map(|label| (*label).to_owned()));
        let count = head.len();
        out.push(line(head));
        if pipes {
            out.push(format!("|{}", "---|".repeat(count)));
        }
    }
    for measure in &component.measures {
        let title = title(chance, &measure.title);
        if kind == Kind::Values {
            let mut row = vec![title];
            row.extend(order.iter().map(|at| word(measure.marks[*at])));
            out.push(line(row));
        } else {
            out.push(format!("• {title}"));
            let stated: Vec<String> = order
                .iter()
                .zip(&labels)
                .map(|(at, label)| format!("{label}: {}", word(measure.marks[*at])))
                .collect();
            out.push(stated.join("; "));
        }
    }
    out
}
