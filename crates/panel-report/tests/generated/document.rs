//! Writes a whole report, with furniture, broken lines and strange characters.

use super::chance::Chance;
use super::laid_out::Paper;
use super::layout::{self, Damage, Kind, Signs};
use super::truth::{Component, Truth, prose, sentence};

/// The text of a report and the lines that belong nowhere.
pub(crate) struct GeneratedReport {
    pub(crate) text: String,
    pub(crate) stray: Vec<String>,
}

struct Style {
    /// Whether it is printed: pages, broken lines and running headers come of that.
    is_printed: bool,
    markdown: bool,
    dash: &'static str,
    strong: bool,
    kind: Option<Kind>,
    signs: Signs,
    wrap: Option<usize>,
    rationale: usize,
}

/// The position of a component, and its pages.
type Page = (usize, Vec<Piece>);

/// Lines of prose may be broken; lines of tables may not.
enum Piece {
    Fixed(String),
    Prose(String),
}

/// How the tables of a report are written.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Form {
    /// In any way.
    Any,
    /// As conversions from PDF lay them out, on paper that is drawn with the report.
    LaidOut,
    /// The same on this paper.
    OnPaper(Paper),
    /// As cells, which somebody prints.
    Cells,
}

/// Writes a report.
pub(crate) fn write(chance: &mut Chance, truth: &mut Truth, form: Form) -> GeneratedReport {
    let kinds = [
        Kind::Tabs,
        Kind::Tabs,
        Kind::CutTabs,
        Kind::Pipes,
        Kind::Aligned,
        Kind::Stacked,
        Kind::Sparse,
        Kind::Values,
        Kind::Stated,
        Kind::Html,
    ];
    let mut kind = Some(kinds[chance.below(kinds.len())]);
    // Some conversions write each table in its own way.
    if chance.percent(15) {
        kind = None;
    }
    match form {
        Form::Any | Form::LaidOut => {}
        Form::OnPaper(paper) => kind = Some(Kind::LaidOut(paper)),
        Form::Cells => kind = Some(Kind::Cells),
    }
    let is_printed = matches!(form, Form::Cells);
    let style = Style {
        is_printed,
        markdown: chance.percent(30) && !is_printed,
        dash: chance.pick(&["–", "-", "—", ":"]),
        strong: chance.percent(60),
        kind,
        signs: layout::signs(chance, is_printed),
        wrap: chance
            .pick(&[&None, &None, &Some(72), &Some(90), &Some(110)])
            .filter(|_| !is_printed),
        rationale: chance.below(5),
    };
    let mut sections: Vec<Vec<Piece>> = vec![
        commentary(chance, &style),
        scorecard(chance, truth, &style),
        potential(chance, truth, &style),
    ];
    let mut components = std::mem::take(&mut truth.components);
    let mut pages: Vec<Vec<Piece>> = Vec::new();
    for component in &mut components {
        pages.push(page(chance, component, &style));
    }
    truth.components = components;
    sections.push(outcomes(chance, truth, &style));
    let (competencies, governance): (Vec<Page>, Vec<Page>) = pages
        .into_iter()
        .enumerate()
        .partition(|(at, _)| truth.components[*at].number.is_some());
    let mut overview = overview_of_competencies(truth, &style);
    for (_, page) in competencies {
        overview.extend(page);
    }
    sections.push(overview);
    sections.extend(governance.into_iter().map(|(_, page)| page));
    if chance.percent(60) {
        chance.shuffle(&mut sections);
    }
    let mut pieces = front(chance, truth, &style);
    for section in sections {
        pieces.extend(section);
    }
    finish(chance, truth, &style, pieces)
}

fn heading(out: &mut Vec<Piece>, style: &Style, text: &str) {
    out.push(Piece::Fixed(String::new()));
    out.push(Piece::Fixed(if style.markdown {
        format!("## {text}")
    } else {
        text.to_owned()
    }));
    out.push(Piece::Fixed(String::new()));
}

fn front(chance: &mut Chance, truth: &Truth, style: &Style) -> Vec<Piece> {
    let mut out: Vec<Piece> = [
        "",
        "World Class Commissioning Panel Report",
        "",
        &truth.name,
        "",
        &format!("{} {}", truth.month, truth.year),
        "",
    ]
    .iter()
    .map(|line| Piece::Fixed((*line).to_owned()))
    .collect();
    heading(&mut out, style, "Overview");
    out.push(Piece::Prose(format!("First, the panel thanks {} for participating in this round of assessments for World Class Commissioning.", truth.name)));
    out.push(Piece::Fixed(String::new()));
    out.push(Piece::Prose(prose(chance, 2)));
    out
}

fn commentary(chance: &mut Chance, style: &Style) -> Vec<Piece> {
    let mut out = Vec::new();
    heading(&mut out, style, "Commentary");
    let count = 3 + chance.below(3);
    out.push(Piece::Prose(format!("The panel identifies {count} major areas for consideration by the PCT at this stage on its journey")));
    for number in 1..=count {
        out.push(Piece::Fixed(String::new()));
        out.push(Piece::Fixed(format!(
            "{number}. **Headline: {}**",
            sentence(chance).trim_end_matches('.')
        )));
        out.push(Piece::Fixed(String::new()));
        out.push(Piece::Fixed("Observation:".to_owned()));
        out.push(Piece::Fixed(String::new()));
        for _ in 0..2 {
            out.push(Piece::Prose(format!("- {}", prose(chance, 1))));
        }
        out.push(Piece::Fixed(String::new()));
        out.push(Piece::Prose(format!(
            "Recommendation: {}",
            sentence(chance)
        )));
    }
    out
}

fn scorecard(_: &mut Chance, truth: &Truth, style: &Style) -> Vec<Piece> {
    let mut out = Vec::new();
    heading(&mut out, style, "Panel scorecard");
    for line in [
        "● Previous",
        "● Current",
        "",
        &truth.name,
        "",
        "Health outcomes and quality",
        "",
        "Outcomes Selection Date: 2009/10",
        "",
        "COMPETENCIES",
        "",
        "GOVERNANCE",
        "",
        "Strategy",
        "",
        "Finance",
        "",
        "Board",
        "",
    ] {
        out.push(Piece::Fixed(line.to_owned()));
    }
    out
}

fn potential(chance: &mut Chance, truth: &Truth, style: &Style) -> Vec<Piece> {
    let mut out = Vec::new();
    heading(&mut out, style, "Potential for Improvement Commentary");
    for (title, last) in [
        ("PCT trajectory", truth.improved),
        ("Organisational development", 0),
    ] {
        heading(&mut out, style, title);
        heading(&mut out, style, "Commentary");
        out.push(Piece::Prose(format!("- {}", prose(chance, 2))));
        if last > 0 && chance.percent(50) {
            out.push(Piece::Prose(format!(
                "- The PCT has improved in {last} of its competencies."
            )));
        }
        heading(&mut out, style, "Areas for development");
        out.push(Piece::Prose(format!("- {}", prose(chance, 1))));
        out.push(Piece::Prose(format!("- {}", prose(chance, 1))));
    }
    out
}

fn overview_of_competencies(truth: &Truth, style: &Style) -> Vec<Piece> {
    let mut out = Vec::new();
    heading(&mut out, style, "Overview – Competencies");
    heading(&mut out, style, "Topline introduction");
    out.push(Piece::Prose(format!(
        "PCT has provided evidence to meet or go above their self-assessment on {} competencies",
        truth.met
    )));
    out.push(Piece::Fixed(String::new()));
    out.push(Piece::Prose(format!(
        "PCT has showed evidence to improve on last year in {} competencies",
        truth.improved
    )));
    out
}

fn page(chance: &mut Chance, component: &mut Component, style: &Style) -> Vec<Piece> {
    let mut out = Vec::new();
    let name = match component.number {
        Some(number) => match chance.below(4) {
            0 => format!("Competency {number}: Panel Assessment"),
            1 => format!("COMPETENCY {number} {} PANEL ASSESSMENT", style.dash),
            _ => format!("Competency {number} {} Panel assessment", style.dash),
        },
        None => {
            let mut strand = component.id.clone();
            strand.replace_range(..1, &component.id[..1].to_uppercase());
            format!("Governance {} Panel assessment on {strand}", style.dash)
        }
    };
    heading(&mut out, style, &name);
    let kinds = [
        Kind::Tabs,
        Kind::CutTabs,
        Kind::Pipes,
        Kind::Aligned,
        Kind::Stacked,
        Kind::Values,
    ];
    let kind = style
        .kind
        .unwrap_or_else(|| kinds[chance.below(kinds.len())]);
    let damage = Damage {
        filled: chance.percent(25),
        empty: style.strong && chance.percent(8),
        panel_lost: style.strong && chance.percent(6),
        covered: chance.percent(15),
    };
    let needs_legend = !matches!(kind, Kind::Values | Kind::Stated);
    let legend_lost = needs_legend && style.strong && chance.percent(6);
    if needs_legend && !legend_lost {
        let lost = [damage.panel_lost, false, false];
        out.extend(
            layout::legend(chance, &style.signs, lost)
                .into_iter()
                .map(Piece::Fixed),
        );
        out.push(Piece::Fixed(String::new()));
    }
    out.extend(
        layout::table(chance, component, kind, &style.signs, &damage, style.strong)
            .into_iter()
            .map(Piece::Fixed),
    );
    let title = *chance.pick(&[
        &"Rationale for scoring",
        &"Rationale for scoring",
        &"Rationale",
        &"Rationale for scoring:",
    ]);
    heading(&mut out, style, title);
    let all = component.measures.len();
    let missing = if style.strong && chance.percent(6) {
        chance.below(all)
    } else {
        all
    };
    let keyed = matches!(style.rationale, 0 | 1);
    for (at, measure) in component.measures.iter_mut().enumerate() {
        let letter = char::from(b'a' + at as u8);
        if missing < all && !keyed || at == missing {
            measure.rationale.legible = false;
            if let Some(score) = &mut measure.score {
                score.legible = false;
            }
        }
        if at == missing {
            continue;
        }
        let text = &measure.rationale.value;
        out.push(Piece::Prose(match style.rationale {
            0 => format!("- {letter}. {text}"),
            1 if component.number.is_none() => format!("{}. {text}", at + 1),
            1 => format!("{letter}) {text}"),
            2 => format!("• {text}"),
            3 => format!("1. {text}"),
            _ => format!("- {text}"),
        }));
        if style.wrap.is_none() && chance.percent(30) {
            out.push(Piece::Fixed(String::new()));
        }
    }
    heading(
        &mut out,
        style,
        chance.pick(&["Recommendations going forward", "Recommendations"]),
    );
    if component.number.is_some() {
        out.push(Piece::Fixed(
            "Please see Potential for Improvement Commentary on page 5".to_owned(),
        ));
    } else {
        out.push(Piece::Prose(component.recommendation.clone()));
    }
    out
}

fn outcomes(chance: &mut Chance, truth: &mut Truth, style: &Style) -> Vec<Piece> {
    let mut out = Vec::new();
    heading(&mut out, style, "Outcomes");
    out.push(Piece::Fixed(
        "x Top quartile rate of improvement ■ Upper Quartile ★ Newly Selected".to_owned(),
    ));
    out.push(Piece::Fixed("● Current".to_owned()));
    out.push(Piece::Fixed(String::new()));
    let mut names = vec!["PCT", "National", "ONS cluster", "Top decile ⁴"];
    let mut order = vec![0, 1, 2, 3];
    if chance.percent(30) {
        chance.shuffle(&mut order);
    }
    names = order.iter().map(|at| names[*at]).collect();
    order.push(4);
    let layout = chance.below(if style.is_printed { 1 } else { 4 });
    let row = |cells: Vec<String>| match layout {
        0 => cells.join("\t"),
        1 => format!("| {} |", cells.join(" | ")),
        2 => cells
            .iter()
            .enumerate()
            .map(|(at, cell)| {
                if at == 1 {
                    format!("{cell:<72}")
                } else if at == 0 {
                    format!("{cell:<18}")
                } else {
                    format!("{cell:>12}")
                }
            })
            .collect::<String>()
            .trim_end()
            .to_owned(),
        _ => cells
            .iter()
            .filter(|cell| !cell.is_empty())
            .cloned()
            .collect::<Vec<_>>()
            .join(" "),
    };
    let own = |text: &str| text.to_owned();
    if layout == 1 {
        let mut head = vec![own("Strategic priority"), own("Outcome")];
        head.extend(names.iter().map(|name| own(name)));
        head.push(own("PCT aspiration"));
        out.push(Piece::Fixed(row(head)));
        out.push(Piece::Fixed("|---|---|---|---|---|---|---|".to_owned()));
    } else {
        out.push(Piece::Fixed("Strategic priority\t3 year historic rate of improvement (CAGR, %) ¹\t\t\t\tPCT aspiration (CAGR)".to_owned()));
        let mut head = vec![String::new()];
        head.extend(names.iter().map(|name| own(name)));
        out.push(Piece::Fixed(if layout == 0 {
            format!("{}\t\t", head.join("\t"))
        } else {
            format!("    {}", head.join("    "))
        }));
    }
    for outcome in &mut truth.outcomes {
        for (at, (series, rates)) in outcome.series.iter_mut().enumerate() {
            let pair = *series != "persons";
            let title = match (pair, at) {
                (false, _) => format!("{}. {}", outcome.slot, outcome.title),
                (true, 0) => format!(
                    "{}. {} (Males) & {} (Females) M",
                    outcome.slot, outcome.title, outcome.title
                ),
                (true, _) => "F".to_owned(),
            };
            let tag = if at == 0 {
                outcome.tag.to_owned()
            } else {
                String::new()
            };
            let mut cells = vec![tag, title];
            for column in &order {
                let rate = &mut rates[*column];
                let mut text = rate.value.clone();
                if style.strong && chance.percent(3) {
                    rate.legible = false;
                    text = match chance.below(4) {
                        0 => text.replace('.', ""),
                        1 => format!("{text}4"),
                        2 if text.starts_with(|sign: char| sign.is_ascii_digit()) => {
                            text.replacen(|sign: char| sign.is_ascii_digit(), "l", 1)
                        }
                        _ => "#".to_owned(),
                    };
                } else if chance.percent(8) {
                    text = text.replace('-', "–");
                } else if chance.percent(4) && text != "n/a" {
                    text.push('¹');
                }
                cells.push(text);
            }
            if layout > 1 && rates.iter().any(|rate| !rate.legible) {
                for rate in rates.iter_mut() {
                    rate.legible = false;
                }
            }
            out.push(Piece::Fixed(row(cells)));
        }
    }
    heading(&mut out, style, "Observations from the Analytical Phase");
    heading(&mut out, style, "Performance over last year :");
    out.push(Piece::Prose(
        "- 6 outcomes have slipped, 5 outcomes are at the bottom quartile rate of improvement."
            .to_owned(),
    ));
    heading(&mut out, style, "Panel Recommendations:");
    out.push(Piece::Prose(
        "- Consider adopting more ambitious trajectories for #1 and #2 as resources allow"
            .to_owned(),
    ));
    out.push(Piece::Fixed(String::new()));
    out.push(Piece::Prose(
        "¹ 3 year period where available – please see appendix for variations".to_owned(),
    ));
    out
}

const STRAY: &[&str] = &[
    "[chart removed in conversion]",
    "Insert map of the locality here",
    "Source: Dr Foster Intelligence",
    "Note to editor: check the figure with the SHA",
    "Figure 3 goes here",
    "See separate sheet for costs",
    "ref. WCC-PR-0042/b",
    "~~~ illegible ~~~",
    "Photograph: the new health centre",
];

fn finish(
    chance: &mut Chance,
    truth: &Truth,
    style: &Style,
    pieces: Vec<Piece>,
) -> GeneratedReport {
    let mut lines: Vec<String> = Vec::new();
    let mut breakable: Vec<bool> = Vec::new();
    for piece in pieces {
        match piece {
            Piece::Fixed(line) => {
                lines.push(line);
                breakable.push(false);
            }
            Piece::Prose(text) => {
                let broken = match style.wrap {
                    Some(width) => wrap(chance, &text, width),
                    None => vec![text],
                };
                let count = broken.len();
                for (at, line) in broken.into_iter().enumerate() {
                    lines.push(line);
                    breakable.push(at + 1 < count);
                }
            }
        }
    }
    // A stray line is a paragraph of its own.
    let mut stray = Vec::new();
    let furniture = chance.below(if style.is_printed { 1 } else { 4 });
    let every = 38 + chance.below(20);
    let mut out: Vec<String> = Vec::new();
    let mut page = 1;
    let mut stray_left = chance.below(4);
    for (at, line) in lines.iter().enumerate() {
        out.push(line.clone());
        let is_gap =
            line.is_empty() && at > 20 && lines.get(at + 1).is_some_and(|next| !next.is_empty());
        if is_gap && stray_left > 0 && chance.percent(3) {
            let text = format!("{} {}", chance.pick(STRAY), stray.len() + 1);
            out.push(text.clone());
            out.push(String::new());
            stray.push(text);
            stray_left -= 1;
        }
        if furniture > 0
            && at > 20
            && out.len().is_multiple_of(every)
            && (line.is_empty() || (breakable[at] && furniture == 1))
        {
            page += 1;
            match furniture {
                1 => out.extend([
                    String::new(),
                    format!("{page}"),
                    format!("{} – World Class Commissioning Panel Report", truth.name),
                    String::new(),
                ]),
                2 => out.extend([
                    format!("Page {page} of 24"),
                    "\u{C}DRAFT – not for circulation".to_owned(),
                    String::new(),
                ]),
                _ => out.extend([
                    format!("- {page} -"),
                    format!(
                        "\u{C}{} panel report {} {}",
                        truth.name, truth.month, truth.year
                    ),
                    String::new(),
                ]),
            }
        }
    }
    let ending = *chance.pick(&[&"\n", &"\n", &"\r\n"]);
    let mut text = out.join(ending);
    text.push_str(ending);
    match chance.below(8) {
        0 => text = text.replace("fi", "ﬁ"),
        1 => text = text.replace(" of ", "\u{A0}of\u{A0}"),
        2 => text = format!("\u{FEFF}{text}"),
        3 => text = text.replace('’', "'"),
        _ => {}
    }
    GeneratedReport { text, stray }
}

/// Breaks a paragraph; a few words are broken with a hyphen.
fn wrap(chance: &mut Chance, text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let last = lines.last_mut().expect("a line");
        let room = width.saturating_sub(last.chars().count() + 1);
        if last.is_empty() {
            last.push_str(word);
        } else if word.chars().count() <= room {
            last.push(' ');
            last.push_str(word);
        } else if room > 4
            && word.len() > 8
            && word.bytes().all(|byte| byte.is_ascii_lowercase())
            && chance.percent(30)
        {
            let (head, tail) = word.split_at(4);
            let soft = if chance.percent(50) { "-" } else { "\u{AD}" };
            last.push_str(&format!(" {head}{soft}"));
            lines.push(tail.to_owned());
        } else {
            lines.push(word.to_owned());
        }
    }
    lines
}
