//! Counted statements in words: the counts that follow from the marks, and those that a published
//! report states.

use crate::cycle::Cycle;
use crate::framework::Methods;
use crate::output::{Counts, Output};
use crate::record::{Method, Statement, StatementKind};
use crate::words::plural;

/// A counted statement of an output.
#[derive(Clone, Debug, PartialEq)]
pub struct CountedStatement<'a> {
    /// Which statement.
    pub kind: StatementKind,
    /// The position in the framework of the area whose components are counted; `None` if outcomes
    /// are counted.
    pub area: Option<usize>,
    /// The count from the marks, in words; `None` if it cannot be computed.
    pub computed: Option<String>,
    /// The counts that published reports state.
    pub published: Vec<&'a Statement>,
}

impl CountedStatement<'_> {
    /// The published counts in words, with their source: "the report states 8 (page 5)".
    pub fn published_in_words(&self) -> Option<String> {
        let each = self.published.iter().map(|statement| {
            let count = match self.kind {
                StatementKind::OutcomesInBottomQuartile => format!(
                    "{} outcomes in the bottom quartile of the rate of improvement",
                    statement.count
                ),
                StatementKind::OutcomesSlipped => {
                    format!(
                        "{} outcomes that slipped over the last year",
                        statement.count
                    )
                }
                _ => statement.count.to_string(),
            };
            let source = statement.source.as_deref();
            let source = source.map_or_else(String::new, |source| format!(" ({source})"));
            format!("the report states {count}{source}")
        });
        let each: Vec<String> = each.collect();
        (!each.is_empty()).then(|| each.join("; "))
    }
}

/// The counted statements of an output: two for each assessed area, then a report's statements
/// about outcomes.
pub fn counted_statements<'a>(cycle: &'a Cycle, output: &Output) -> Vec<CountedStatement<'a>> {
    let published = |kind: StatementKind, area: Option<usize>| {
        let (pct, cluster) = (output.body, output.cluster);
        let published = cycle.records.statements.iter();
        published
            .filter(move |statement| statement.kind == kind && statement.area == area)
            .filter(move |statement| statement.body == pct || Some(statement.body) == cluster)
            .collect::<Vec<_>>()
    };
    let mut statements = Vec::new();
    for counts in output.counts.iter().filter(|counts| counts.components > 0) {
        let word = &cycle.framework.area(counts.area).component_word;
        let area = Some(counts.area);
        // If several areas use the same word for components, the area must be named.
        let of_area = |computed: String| {
            let areas = cycle.framework.areas.iter();
            if areas.filter(|other| other.component_word == *word).count() > 1 {
                format!("{}: {computed}", cycle.framework.area(counts.area).title)
            } else {
                computed
            }
        };
        let methods = &cycle.framework.methods;
        for kind in [
            StatementKind::MetSelfAssessment,
            StatementKind::ImprovedOnLastYear,
        ] {
            let compared = kind.compared_method();
            let is_previous = |method| method == Method::Previous && output.has_previous();
            if compared.is_some_and(|method| !methods.has(method) && !is_previous(method)) {
                continue;
            }
            let computed = match kind {
                StatementKind::MetSelfAssessment => met(counts, methods, word),
                _ => improved(counts, methods, word),
            };
            statements.push(CountedStatement {
                kind,
                area,
                computed: Some(of_area(computed)),
                published: published(kind, area),
            });
        }
    }
    for kind in StatementKind::ALL {
        let published = published(kind, None);
        if kind.counts_outcomes() && !published.is_empty() {
            statements.push(CountedStatement {
                kind,
                area: None,
                computed: None,
                published,
            });
        }
    }
    statements
}

fn met(counts: &Counts, methods: &Methods, word: &str) -> String {
    let counted = ComparisonCounts {
        yes: counts.met_self,
        no: counts.below_self,
        unknown: counts.self_unknown,
        inferred: counts.self_inferred > 0,
    };
    let what = format!(
        "met or went above its {}",
        methods.title(Method::SelfAssessment)
    );
    counted.in_words(&what, "on", word)
}

fn improved(counts: &Counts, methods: &Methods, word: &str) -> String {
    let counted = ComparisonCounts {
        yes: counts.improved,
        no: counts.not_improved,
        unknown: counts.last_year_unknown,
        inferred: counts.last_year_inferred > 0,
    };
    let what = format!("improved on {}", methods.previous);
    let what = what.as_str();
    match counts.new {
        0 => counted.in_words(what, "in", word),
        new if new == counts.components => {
            let words = if new == 1 {
                word.to_owned()
            } else {
                plural(word)
            };
            format!("{what}: cannot be compared, all {new} {words} are new this year")
        }
        new => format!(
            "{}; {new} new this year",
            counted.in_words(what, "in", word)
        ),
    }
}

/// The number of comparisons with each result.
struct ComparisonCounts {
    yes: u16,
    no: u16,
    unknown: u16,
    /// Whether a known result is based on an inferred mark.
    inferred: bool,
}

impl ComparisonCounts {
    /// "improved on last year in 3 of the 7 competencies that can be compared; not known for 3",
    /// "improved on last year: not known for any of 10 competencies".
    fn in_words(&self, what: &str, preposition: &str, word: &str) -> String {
        let noun = |count: u16| {
            if count == 1 {
                word.to_owned()
            } else {
                plural(word)
            }
        };
        let known = self.yes + self.no;
        let star = if self.inferred { "*" } else { "" };
        match (known, self.unknown) {
            (0, 1) => format!("{what}: not known for the only {word}"),
            (0, unknown) => format!("{what}: not known for any of {unknown} {}", noun(unknown)),
            (known, 0) => format!(
                "{what} {preposition} {}{star} of {known} {}",
                self.yes,
                noun(known)
            ),
            (known, unknown) => format!(
                "{what} {preposition} {}{star} of the {known} {} that can be compared; not known \
                 for {unknown} of {}",
                self.yes,
                noun(known),
                known + unknown,
            ),
        }
    }
}
