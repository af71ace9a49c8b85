//! The same report as pages: a browser prints it, and `pdftotext` writes the text of the pages.

use super::chance::Chance;
use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

/// How many reports are printed at a time.
pub(crate) const BATCH: usize = 20;

/// The text of a printed report, with and without `-layout`.
#[derive(Clone, Debug)]
pub(crate) struct PrintedText {
    pub(crate) laid_out: String,
    pub(crate) plain: String,
}

/// The programs that print and read pages; `None` if one of them is not installed.
#[derive(Debug)]
pub(crate) struct Printer {
    browser: &'static str,
}

impl Printer {
    pub(crate) fn find() -> Option<Printer> {
        let browsers = ["chromium", "chromium-browser", "google-chrome"];
        let is_there = |name: &&str| Command::new(name).arg("--version").output().is_ok();
        let browser = browsers.into_iter().find(is_there)?;
        is_there(&"pdftotext").then_some(Printer { browser })
    }

    /// Prints the bodies of some reports, and reads their pages.
    pub(crate) fn print(&self, bodies: &[String]) -> Vec<PrintedText> {
        let folder = tempfile::tempdir().expect("a folder");
        let (page, pdf) = (
            folder.path().join("reports.html"),
            folder.path().join("reports.pdf"),
        );
        let mut html = String::from("<!DOCTYPE html><meta charset=utf-8>");
        for (at, body) in bodies.iter().enumerate() {
            let body = body.replace("REPORT", &format!("r{at}"));
            let _ = write!(
                html,
                "<section id=r{at}><p>{}</p>{body}</section>",
                mark(at)
            );
        }
        std::fs::write(&page, html).expect("a file");
        let printing = Command::new(self.browser)
            .args(["--headless", "--no-sandbox", "--disable-gpu"])
            .arg("--no-pdf-header-footer")
            .arg(format!("--user-data-dir={}", folder.path().display()))
            .arg(format!("--print-to-pdf={}", pdf.display()))
            .arg(&page)
            .output();
        let printing = printing.expect("the browser runs");
        assert!(pdf.exists(), "{printing:?}");
        let laid_out = pages(&pdf, &["-layout"]);
        let plain = pages(&pdf, &[]);
        let texts = by_report(&laid_out, bodies.len())
            .into_iter()
            .zip(by_report(&plain, bodies.len()));
        texts
            .map(|(laid_out, plain)| PrintedText { laid_out, plain })
            .collect()
    }
}

fn mark(report: usize) -> String {
    format!("@@{report}@@")
}

fn pages(pdf: &Path, options: &[&str]) -> String {
    let run = Command::new("pdftotext")
        .args(options)
        .arg(pdf)
        .arg("-")
        .output()
        .expect("pdftotext runs");
    String::from_utf8(run.stdout).expect("text")
}

/// The pages of each report, which begin with that with its mark.
fn by_report(text: &str, reports: usize) -> Vec<String> {
    let mut texts = vec![String::new(); reports];
    let mut current = 0;
    for page in text.split('\u{C}') {
        let mut page = page.to_owned();
        let next = (0..reports).find(|at| page.contains(&mark(*at)));
        if let Some(next) = next {
            current = next;
            page = page.replace(&mark(next), "");
        }
        if !texts[current].is_empty() {
            texts[current].push('\u{C}');
        }
        texts[current].push_str(&page);
    }
    texts
}

/// The lines of a report as the body of a page; rows of cells become tables.
pub(crate) fn html(chance: &mut Chance, text: &str, header: &str) -> String {
    let mut out = style(chance, header);
    let is_merged = chance.percent(50);
    // Word processors repeat the heading of a table on each page, if they are told to.
    let repeats = chance.percent(75);
    let lines: Vec<&str> = text.lines().collect();
    let mut at = 0;
    while let Some(line) = lines.get(at) {
        let rows = lines[at..]
            .iter()
            .take_while(|line| line.contains('\t'))
            .count();
        if rows > 0 {
            out.push_str(&table(&lines[at..at + rows], is_merged, repeats));
            at += rows;
            continue;
        }
        if !line.trim().is_empty() {
            let _ = write!(out, "<p>{}</p>", escaped(line));
        }
        at += 1;
    }
    out
}

/// What the pages of a report look like.
fn style(chance: &mut Chance, header: &str) -> String {
    let family = chance.pick(&["serif", "sans-serif", "Liberation Sans", "DejaVu Sans"]);
    let size = 80 + 5 * chance.below(8);
    let page = chance.pick(&["A4", "A4", "A4 landscape"]);
    let margin = 10 + chance.below(16);
    let align = chance.pick(&["center", "center", "left"]);
    let vertical = chance.pick(&["middle", "top", "middle"]);
    let padding = 2 + chance.below(6);
    let border = chance.pick(&["0.5pt solid black", "0.5pt solid black", "none"]);
    let (first, title) = (15 + chance.below(8), 28 + chance.below(18));
    let width = 70 + chance.below(31);
    // Word processors keep a table with its heading; some authors let it run over the page.
    let breaks = chance.pick(&["avoid", "avoid", "avoid", "auto"]);
    let boxes = match chance.below(3) {
        0 => format!(
            "@top-left {{ content: '{header}' }} @bottom-center {{ content: counter(page) }}"
        ),
        1 => format!(
            "@bottom-left {{ content: '{header}' }} @bottom-right {{ content: 'Page ' counter(page) }}"
        ),
        _ => String::new(),
    };
    format!(
        "<style>@page REPORT {{ size: {page}; margin: {margin}mm; {boxes} }}
        #REPORT {{ page: REPORT; break-before: page; font: {}.{}pt {family} }}
        #REPORT table {{ width: {width}%; border-collapse: collapse; table-layout: fixed; break-inside: {breaks} }}
        #REPORT td {{ padding: {padding}px; border: {border}; vertical-align: {vertical}; text-align: {align} }}
        #REPORT .first {{ width: {first}%; text-align: left }}
        #REPORT .title {{ width: {title}%; text-align: left }}</style>",
        size / 10,
        size % 10,
    )
}

/// A table. The heading `Level` is above all of its columns; the first cell may reach down beside all rows.
fn table(rows: &[&str], is_merged: bool, repeats: bool) -> String {
    let rows: Vec<Vec<&str>> = rows.iter().map(|row| row.split('\t').collect()).collect();
    let is_heading = |row: &[&str]| {
        let cells = row.get(2..).unwrap_or_default();
        let word = |cell: &&str| {
            matches!(
                *cell,
                "Level" | "" | "1" | "2" | "3" | "4" | "Red" | "Amber" | "Green"
            )
        };
        cells.iter().all(word) && cells.iter().any(|cell| !cell.is_empty())
    };
    let mut out = String::from("<table>");
    let heads = rows.iter().take_while(|row| is_heading(row)).count();
    for (at, row) in rows.iter().enumerate() {
        if repeats && heads > 0 && at == 0 {
            out.push_str("<thead>");
        } else if repeats && heads > 0 && at == heads {
            out.push_str("</thead>");
        }
        out.push_str("<tr>");
        let is_level = row.get(2) == Some(&"Level");
        for (column, cell) in row.iter().enumerate() {
            let class = ["first", "title"].get(column).unwrap_or(&"");
            let below = rows[at + 1..].iter();
            let below = below
                .take_while(|below| below[0].is_empty() && !is_heading(below))
                .count();
            let above = rows[..at].iter().rposition(|above| !above[0].is_empty());
            let is_covered = above.is_some_and(|above| !is_heading(&rows[above]))
                && rows[..=at]
                    .iter()
                    .rev()
                    .take_while(|row| !is_heading(row))
                    .count()
                    > 1;
            let spans = match column {
                0 if is_merged && !cell.is_empty() && !is_heading(row) => {
                    format!(" rowspan={}", below + 1)
                }
                0 if is_merged && cell.is_empty() && is_covered && !is_heading(row) => continue,
                2 if is_level => format!(" colspan={}", row.len() - 2),
                column if is_level && column > 2 => continue,
                _ => String::new(),
            };
            let _ = write!(out, "<td class='{class}'{spans}>{}</td>", escaped(cell));
        }
        out.push_str("</tr>");
    }
    out.push_str("</table>");
    out
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}
