//! Texts of the largest size, each of a shape that makes some part of the reader work hardest. A part whose
//! work grows with the square of the text would take minutes; `--nocapture` shows the times.

#![allow(
    clippy::indexing_slicing,
    clippy::expect_used,
    clippy::panic,
    reason = "tests may panic"
)]

mod support;

use wcc_panel_report::{Confidence, MAX_BYTES, MAX_LINES};

const LINE: usize = MAX_BYTES / MAX_LINES;

/// A text of the largest size: `start`, then lines from `line` by their number.
fn lines(start: &str, line: impl Fn(usize) -> String) -> String {
    let mut text = start.to_owned();
    for at in 0..MAX_LINES - start.lines().count() - 1 {
        let line = line(at);
        if text.len() + line.len() + 1 > MAX_BYTES {
            break;
        }
        text.push_str(&line);
        text.push('\n');
    }
    text
}

/// A text of the largest size: `start`, then one line that repeats `part`.
fn one_line(start: &str, part: &str) -> String {
    let count = (MAX_BYTES - start.len() - 1) / part.len();
    format!("{start}{}\n", part.repeat(count))
}

/// A line of the usual length that begins with this.
fn padded(start: &str) -> String {
    let mut line = start.to_owned();
    while line.len() + 8 < LINE {
        line.push_str(" so that");
    }
    line
}

const TABLE: &str = "Competency 3 – Panel assessment\n✓ Panel Assessment ● Last year's rating □ This year's self-rating\n\
    Competency\tMeasure\t1\t2\t3\t4\n";
const RATIONALE: &str = "Competency 3 – Panel assessment\nRationale for scoring\na. The PCT has ";
const OUTCOMES: &str = "Outcomes\n";

fn shapes() -> Vec<(&'static str, String)> {
    let title = "Influence on local health opinions and aspirations";
    // A title with one letter changed, at another place each time.
    let near = |at: usize| {
        let mut signs: Vec<char> = title.chars().collect();
        let place = at % signs.len();
        signs[place] = char::from(b'a' + u8::try_from(at / signs.len() % 26).expect("a letter"));
        signs.into_iter().collect::<String>()
    };
    vec![
        (
            "headings",
            lines("", |at| {
                format!("Competency {} – Panel assessment", at % 12)
            }),
        ),
        (
            "near-headings",
            lines("", |at| format!("Competency {} – {}", at % 12, near(at))),
        ),
        (
            "headings-and-rows",
            lines("", |at| format!("{}\t●\t✓\t□\t", near(at * 7))),
        ),
        (
            "rows",
            lines(TABLE, |at| format!("\t{}\t●\t✓\t□\t", near(at))),
        ),
        (
            "rows-of-bars",
            lines(TABLE, |at| format!("| {} | ● | ✓ | □ | |", near(at))),
        ),
        ("cells", one_line(TABLE, &format!("{}\t", near(3)))),
        ("short-cells", one_line(TABLE, "●\t")),
        (
            "aligned",
            lines(
                "Competency 3 – Panel assessment\nMeasure          1      2      3      4\n",
                |at| format!("{}      ●      ✓", near(at)),
            ),
        ),
        (
            "aligned-titles",
            lines(
                "Competency 3 – Panel assessment\nMeasure          1      2      3      4\n",
                |_| padded("the")[..60].to_owned(),
            ),
        ),
        (
            "one-cell-a-line",
            lines(
                "Competency 3 – Panel assessment\n1\n2\n3\n4\n",
                |at| match at % 5 {
                    0 => near(at),
                    1 => "●".to_owned(),
                    _ => "✓".to_owned(),
                },
            ),
        ),
        (
            "broken-titles",
            lines(TABLE, |_| {
                format!("\t{}\t", padded("leadership of the agenda and"))
            }),
        ),
        ("scores-on-one-line", one_line(RATIONALE, "4.5 out of 6 ")),
        (
            "scores",
            lines(RATIONALE, |at| {
                format!("The survey score was 4.{} out of 6.", at % 10)
            }),
        ),
        (
            "scores-in-one-sentence",
            lines(RATIONALE, |_| "and it scored 4.5 out of 6,".to_owned()),
        ),
        ("points", one_line(RATIONALE, ". ")),
        ("spaces", one_line(RATIONALE, " ") + "x\n"),
        (
            "levels-denied",
            lines(
                &format!("{TABLE}\t{title}\t\t\t✓\t\nRationale for scoring\na. The\n"),
                |at| format!("panel does not support a level 3 in {at}. The"),
            ),
        ),
        (
            "items",
            lines(
                "Competency 3 – Panel assessment\nRationale for scoring\n",
                |at| {
                    padded(&format!(
                        "{}. The text {at}",
                        char::from(b'a' + u8::try_from(at % 10).expect("a letter"))
                    ))
                },
            ),
        ),
        (
            "recommendations",
            lines(
                "Competency 3 – Panel assessment\nRecommendations going forward\n",
                |at| padded(&format!("• Recommendation {at}")),
            ),
        ),
        (
            "recommendations-repeated",
            lines(
                "Competency 3 – Panel assessment\nRecommendations going forward\n",
                |_| "• The same".to_owned(),
            ),
        ),
        (
            "counts",
            lines("Overview: Competencies\n", |at| {
                format!(
                    "The PCT met its self-assessment in {} competencies.",
                    at % 12
                )
            }),
        ),
        (
            "counts-in-one-sentence",
            one_line(
                "Overview: Competencies\n",
                "it met its self-assessment in 8 competencies,",
            ),
        ),
        (
            "areas",
            lines("Commentary\n", |at| {
                if at % 2 == 0 {
                    format!("{at}. Headline: text")
                } else {
                    "There are three main areas".to_owned()
                }
            }),
        ),
        (
            "stated-ratings",
            lines("Commentary\n", |_| {
                "The amber rating reflects the strategy of the PCT.".to_owned()
            }),
        ),
        (
            "outcomes",
            lines(OUTCOMES, |at| {
                format!("{}. Infant mortality\t1.1\t2.2\t3.3\t4.4\t5.5", at % 99)
            }),
        ),
        (
            "outcome-titles",
            lines(OUTCOMES, |_| {
                "and so that of the people in the area of the body".to_owned()
            }),
        ),
        (
            "outcomes-named",
            lines("Outcomes\nPerformance over last year\n", |at| {
                format!("There was improvement in #{}, 5 and 6.", at % 20)
            }),
        ),
        (
            "notes",
            lines(OUTCOMES, |_| "¹ a note on the rates".to_owned()),
        ),
        (
            "bodies",
            lines("", |at| {
                format!("The panel thanks the PCT of place {at} for it")
            }),
        ),
        ("months", lines("", |at| format!("May {}", 1990 + at % 100))),
        ("tags", one_line("", "<")),
        ("open-tags", one_line("", "<td ")),
        ("entities", one_line("", "&amp")),
        ("hyphens", lines(RATIONALE, |_| padded("it is re-"))),
        ("numbers", lines("", |at| (at % 1000).to_string())),
        (
            "headers",
            lines("", |at| format!("Header of the page {}", at % 7)),
        ),
        (
            "legends",
            lines("Competency 3 – Panel assessment\n", |at| {
                let sign =
                    char::from_u32(0x4E00 + u32::try_from(at).expect("small")).expect("a sign");
                format!("{sign} Panel assessment")
            }),
        ),
        ("labels-in-a-cell", one_line(TABLE, "panel ")),
        ("markers", one_line(RATIONALE, "(a) ")),
        ("bars", one_line(TABLE, "|")),
        ("escaped-bars", one_line(TABLE, "\\|")),
        ("stars", one_line("", "**")),
        (
            "stated",
            lines(TABLE, |_| {
                "Panel assessment: 3; Last year's rating: 2".to_owned()
            }),
        ),
    ]
}

#[test]
fn the_largest_texts_of_any_shape_are_read() {
    let (catalogues, bodies) = (support::catalogues(), support::bodies());
    for (name, mut text) in shapes() {
        let mut end = MAX_BYTES.min(text.len());
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        text.truncate(end);
        let start = std::time::Instant::now();
        let report = wcc_panel_report::read(&text, &catalogues, &bodies)
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        let counts = report.line_counts();
        let values = report.values();
        println!(
            "{name}: {} KiB, {} lines, {} values in {:.1} s",
            text.len() >> 10,
            counts.total,
            values.len(),
            start.elapsed().as_secs_f64()
        );
        assert_eq!(
            counts.assigned + counts.structure + counts.furniture + counts.unplaced,
            counts.total,
            "{name}"
        );
        let named: usize = values.iter().map(|value| value.lines.len()).sum();
        let named = named
            + report
                .contradictions
                .iter()
                .map(|found| found.lines.len())
                .sum::<usize>();
        assert!(named < 1_000_000, "{name}: {named} lines are named");
        assert!(
            values
                .iter()
                .filter(|value| value.confidence == Confidence::Read)
                .all(|value| value.value.is_some()),
            "{name}"
        );
    }
}
