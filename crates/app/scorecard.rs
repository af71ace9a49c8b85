//! The scorecard in the terminal, the way the panel report shows it: marks on the levels.
//!
//! Colour is only ever added to a word; the output without colour says the same.

mod details;
mod grid;
mod outcomes;

use std::fmt::Write as _;
use wcc_core::{Assurance, BodyIndex, CheckedCycle, ClusterAssurance, Output};
use wcc_programme::AssuredCycle;

/// Writes a cycle: every cluster once, then the scorecard of each of its PCTs. With `only`, of
/// that PCT alone.
pub(crate) fn render(assured: &AssuredCycle, only: Option<BodyIndex>) -> String {
    let card = Card {
        cycle: &assured.cycle,
        assurance: &assured.assurance,
    };
    let mut text = String::new();
    card.heading(&mut text);
    for cluster in &card.assurance.clusters {
        let outputs: Vec<&Output> = cluster
            .outputs
            .iter()
            .map(|at| &card.assurance.outputs[*at as usize])
            .filter(|output| only.is_none_or(|pct| output.body == pct))
            .collect();
        if outputs.is_empty() {
            continue;
        }
        card.cluster(&mut text, cluster);
        for output in outputs {
            card.output(&mut text, output);
        }
    }
    text
}

/// What a scorecard is drawn from.
pub(crate) struct Card<'a> {
    pub(crate) cycle: &'a CheckedCycle,
    pub(crate) assurance: &'a Assurance,
}

/// Writing into a string cannot fail.
macro_rules! put {
    ($text:expr, $($rest:tt)*) => {{ let _ = writeln!($text, $($rest)*); }};
}
pub(crate) use put;

/// Writes a paragraph within the card's width: `first` stands before its first line, as many
/// spaces before the others.
pub(crate) fn paragraph(text: &mut String, first: &str, words: &str) {
    let indent = " ".repeat(first.chars().count());
    let options = textwrap::Options::new(grid::WIDTH)
        .initial_indent(first)
        .subsequent_indent(&indent)
        .break_words(false)
        .word_splitter(textwrap::WordSplitter::NoHyphenation);
    put!(text, "{}", textwrap::fill(words, options));
}

impl Card<'_> {
    fn heading(&self, text: &mut String) {
        put!(text, "{}", self.cycle.title);
        put!(
            text,
            "{} · as of {}",
            self.cycle.framework.title,
            self.cycle.as_of
        );
        if let Some(illustrative) = &self.cycle.illustrative {
            paragraph(text, "", illustrative);
        }
    }

    /// The cluster, assured once: who is in it and what is shared.
    fn cluster(&self, text: &mut String, cluster: &ClusterAssurance) {
        let Some(body) = cluster.cluster else { return };
        let words = &self.cycle.framework.words;
        let members: Vec<String> = cluster
            .outputs
            .iter()
            .map(|at| self.name(self.assurance.outputs[*at as usize].body))
            .collect();
        put!(text, "");
        put!(text, "{}", "═".repeat(grid::WIDTH));
        put!(
            text,
            "{} · {}",
            self.name(body).to_uppercase(),
            words.cluster
        );
        let pcts = if members.len() == 1 {
            &words.pct
        } else {
            &words.pcts
        };
        let line = format!(
            "assured once for {} {pcts}: {}",
            members.len(),
            members.join(", ")
        );
        paragraph(text, "", &line);
        put!(text, "");
        grid::legend(self, text);
        grid::shared(self, text, cluster.shared());
    }

    /// One PCT's own output.
    fn output(&self, text: &mut String, output: &Output) {
        put!(text, "");
        put!(text, "{}", "─".repeat(grid::WIDTH));
        put!(text, "{}", self.name(output.body).to_uppercase());
        match output.cluster {
            Some(cluster) => put!(text, "assured once with {}", self.name(cluster)),
            None => put!(text, "in no {}", self.cycle.framework.words.cluster),
        }
        if !output.functions.is_empty() {
            let functions: Vec<String> = output
                .functions
                .iter()
                .map(|function| self.name(*function))
                .collect();
            paragraph(text, "delegates to ", &functions.join(", "));
        }
        details::not_checked(self, text, output);
        put!(text, "");
        grid::legend(self, text);
        grid::output(self, text, output);
        details::statements(self, text, output);
        outcomes::outcomes(self, text, output);
        details::challenges(self, text, output);
        details::findings(self, text, output);
        details::recommendations(self, text, output);
    }

    /// Name and code of a body.
    pub(crate) fn name(&self, body: BodyIndex) -> String {
        let body = self.cycle.organisations.body(body);
        format!("{} ({})", body.name, body.code)
    }
}
