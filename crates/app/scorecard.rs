//! The scorecard in the terminal, laid out like the panel report: marks on the levels.
//!
//! Colour only ever highlights a word; the output without colour is equally complete.

mod brief;
mod details;
mod evidence;
mod functions;
mod grid;
mod legend;
mod outcomes;
mod report;
mod standing;
mod table;
mod values;

pub(crate) use evidence::{EvidenceView, evidence};
pub(crate) use standing::standing;
use std::fmt::Write as _;
use wcc_core::explain::release_in_words;
use wcc_core::framework::{Methods, Names};
use wcc_core::progress::release_of;
use wcc_core::{
    Assurance, BodyIndex, BodyKind, CheckedCycle, ClusterAssurance, FunctionAssurance, Output,
};
use wcc_programme::AssuredCycle;

/// Maximum number of PCTs in a case that is printed body by body by default.
const MAX_BODIES: usize = 10;

/// How much to print.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Detail {
    /// About a screen for each body.
    Brief,
    /// Everything.
    Full,
}

/// What to print of a case.
#[derive(Clone, Copy, Debug)]
pub(crate) struct View {
    /// How much to print.
    pub(crate) detail: Detail,
    /// Whether to print the legend first.
    pub(crate) legend: bool,
}

/// Writes a cycle: every cluster once, the scorecard of each of its PCTs, then the functions. With
/// `only`, just this body.
pub(crate) fn render(assured: &AssuredCycle, only: Option<BodyIndex>, view: View) -> String {
    let methods = &assured.cycle.framework.methods;
    let mut outputs = assured.assurance.outputs.iter();
    let card = Card {
        methods: if outputs.any(|output| output.has_previous()) {
            methods.with_previous()
        } else {
            methods.clone()
        },
        cycle: &assured.cycle,
        assurance: &assured.assurance,
        detail: view.detail,
    };
    let mut text = String::new();
    let many = card.assurance.outputs.len() > MAX_BODIES;
    let as_table = only.is_none() && many && view.detail == Detail::Brief;
    card.heading(&mut text, view.legend, as_table);
    match only {
        Some(body) => card.body(&mut text, body),
        None if as_table => {
            table::regions(&card, &mut text);
            let words = &card.cycle.framework.words;
            put!(
                text,
                "\nfor one body add --{}, --{} or --{} with its code; for everything add --full",
                words.name(BodyKind::Pct),
                words.name(BodyKind::Cluster),
                words.name(BodyKind::Function),
            );
        }
        None => card.everything(&mut text),
    }
    text
}

/// The data of a scorecard.
pub(crate) struct Card<'a> {
    pub(crate) cycle: &'a CheckedCycle,
    pub(crate) assurance: &'a Assurance,
    /// The methods of the framework, and one for previous results if the cycle has any.
    pub(crate) methods: Methods,
    pub(crate) detail: Detail,
}

/// Writing into a string cannot fail.
macro_rules! put {
    ($text:expr, $($rest:tt)*) => {{ let _ = writeln!($text, $($rest)*); }};
}
pub(crate) use put;

/// Writes a paragraph wrapped to the card's width: `first` precedes its first line, and the other
/// lines are indented by the same width.
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
    fn heading(&self, text: &mut String, legend: bool, as_table: bool) {
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
        if self.detail == Detail::Full {
            report::timetable(self, text);
        }
        if legend {
            put!(text, "");
            if as_table {
                legend::of_table(self, text);
            } else {
                legend::legend(self, text, self.detail);
            }
        }
    }

    /// Every cluster with its PCTs, then every function that was judged.
    fn everything(&self, text: &mut String) {
        for cluster in &self.assurance.clusters {
            self.cluster(text, cluster);
            for output in self.assurance.outputs_in(cluster) {
                self.pct(text, output, false);
            }
        }
        let functions = self.assurance.functions.iter().map(|function| &**function);
        let judged = functions.filter(|function| function.outputs().next().is_some());
        match self.detail {
            Detail::Full => judged.for_each(|function| self.function(text, function)),
            Detail::Brief => functions::functions(self, text, judged),
        }
    }

    /// A single body.
    fn body(&self, text: &mut String, body: BodyIndex) {
        if let Some(output) = self.assurance.output(body) {
            self.pct(text, output, true);
        } else if let Some(function) = self.assurance.function(body) {
            self.function(text, function);
        } else if let Some(cluster) = self.assurance.cluster_assurance(body) {
            self.cluster(text, cluster);
        }
    }

    /// The cluster, assured once: its members and its own result.
    fn cluster(&self, text: &mut String, cluster: &ClusterAssurance) {
        let Some(output) = &cluster.output else {
            return;
        };
        let words = &self.cycle.framework.words;
        let members = self.assurance.outputs_in(cluster);
        let members: Vec<String> = members.map(|member| self.name(member.body)).collect();
        put!(text, "");
        put!(text, "{}", "═".repeat(grid::WIDTH));
        put!(text, "{} · {}", self.title(output.body), words.group.one);
        let line = format!(
            "assured once for {}: {}",
            words.body.counted(members.len()),
            members.join(", ")
        );
        paragraph(text, "", &line);
        self.delegates(text, output);
        self.inherits(text, output);
        details::not_checked(self, text, output);
        self.result(text, output, true);
    }

    /// One PCT's own output.
    fn pct(&self, text: &mut String, output: &Output, alone: bool) {
        put!(text, "");
        put!(text, "{}", "─".repeat(grid::WIDTH));
        put!(text, "{}", self.title(output.body));
        match output.cluster {
            Some(cluster) => put!(text, "assured once with {}", self.name(cluster)),
            None if self.has_groups() => put!(text, "{}", self.without_cluster(output.body)),
            None => {}
        }
        self.release(text, output);
        let cluster = output
            .cluster
            .and_then(|cluster| self.assurance.output_of(cluster));
        let is_shown_there = cluster.is_some_and(|cluster| cluster.functions == output.functions);
        if alone || !is_shown_there || self.detail == Detail::Full {
            self.delegates(text, output);
        }
        self.inherits(text, output);
        details::not_checked(self, text, output);
        self.result(text, output, alone);
    }

    /// To whom the results are released, from when, and what they may be used for.
    fn release(&self, text: &mut String, output: &Output) {
        let Some(release) = release_of(self.cycle, output.body) else {
            return;
        };
        let words = release_in_words(&self.cycle.framework, release);
        paragraph(text, "released to ", &words);
    }

    fn delegates(&self, text: &mut String, output: &Output) {
        if output.functions.is_empty() {
            return;
        }
        let functions: Vec<String> = output
            .functions
            .iter()
            .map(|function| match self.detail {
                Detail::Full => self.name(*function),
                Detail::Brief => self.cycle.organisations.body(*function).name.clone(),
            })
            .collect();
        let first = match output.kind {
            BodyKind::Cluster => "delegates together to ",
            _ => "delegates to ",
        };
        paragraph(text, first, &functions.join(", "));
    }

    /// What functions were judged on in place of the body: "inherits from Adoption service (adoption):
    /// care.1 and care.2".
    fn inherits(&self, text: &mut String, output: &Output) {
        for (function, subjects) in output.inherited_from_functions(self.cycle) {
            let subjects = subjects.into_iter();
            let subjects = subjects.map(|subject| self.cycle.subject_id(subject));
            let first = format!("inherits from {}: ", self.name(function));
            let words = wcc_core::words::all_of(subjects);
            paragraph(text, "", &format!("{first}{words}"));
        }
    }

    fn result(&self, text: &mut String, output: &Output, alone: bool) {
        match self.detail {
            Detail::Brief => brief::output(self, text, output, alone),
            Detail::Full => self.full(text, output, alone),
        }
    }

    /// Everything that is known of a body, in the order of the report.
    fn full(&self, text: &mut String, output: &Output, alone: bool) {
        outcomes::outcomes(self, text, output);
        outcomes::regional_values(self, text, output);
        grid::output(self, text, output);
        if output.kind != BodyKind::Function {
            details::statements(self, text, output);
        }
        report::commentary(self, text, output, alone);
        report::recommendations(self, text, output);
        details::challenges(self, text, output);
        details::findings(self, text, output);
        report::rationales(self, text, output, alone);
        report::surveys(self, text, output, alone);
        report::evidence(self, text, output, alone);
    }

    /// A delegated function: the judgement of each assessor.
    fn function(&self, text: &mut String, function: &FunctionAssurance) {
        put!(text, "");
        put!(text, "{}", "═".repeat(grid::WIDTH));
        put!(
            text,
            "{} · {}",
            self.title(function.function),
            self.cycle.framework.words.function_in_full.one
        );
        let pcts = function.delegated_by.iter().map(|pct| self.name(*pct));
        let pcts: Vec<String> = pcts.collect();
        if !pcts.is_empty() {
            paragraph(text, "delegated by ", &pcts.join(", "));
        }
        details::not_checked(self, text, &function.output);
        functions::function(self, text, function);
        if self.detail == Detail::Full {
            for output in function.outputs() {
                if let Some(assessor) = output.assessor {
                    put!(text, "\nAS ASSESSED BY {}", self.title(assessor));
                }
                self.full(text, output, true);
            }
        }
    }

    /// The name of a body in capitals, for a heading, and its code.
    fn title(&self, body: BodyIndex) -> String {
        let body = self.cycle.organisations.body(body);
        format!("{} ({})", body.name.to_uppercase(), body.code)
    }

    /// Whether the regime assures bodies in groups. In World Class Commissioning it does, even if
    /// no cluster is recorded.
    pub(crate) fn has_groups(&self) -> bool {
        self.cycle.framework.words.names == Names::WorldClassCommissioning
            || !self.cycle.organisations.memberships().is_empty()
    }

    /// The line for a body that has no cluster on the cycle's date. A membership that has ended or
    /// not yet begun shows that there is none; without any membership it is not known.
    fn without_cluster(&self, pct: BodyIndex) -> String {
        let group = &self.cycle.framework.words.group;
        let mut memberships = self.cycle.organisations.memberships().iter();
        if memberships.any(|membership| membership.pct == pct) {
            format!("not in {} on {}", group.with_article(), self.cycle.as_of)
        } else {
            format!("{} not recorded", group.one)
        }
    }

    /// The name of a body and its code.
    pub(crate) fn name(&self, body: BodyIndex) -> String {
        self.cycle.organisations.body(body).name_and_code()
    }
}
