//! Evidence in the terminal: what relies on each item, its age and origin, and what is still asked
//! for.

use super::{paragraph, put};
use jiff::civil::Date;
use std::fmt::Write as _;
use wcc_core::asked_evidence::{AskState, AskedEvidence, asked_evidence, asked_in_words};
use wcc_core::record::Evidence;
use wcc_core::reliance::{Citation, EvidenceAge, Reliance, reliance_on, reusable};
use wcc_core::words::{all_of, counted};
use wcc_core::{BodyIndex, BodyKind, Output};
use wcc_programme::AssuredCycle;

/// Maximum number of results that are written in full.
const MAX_OUTPUTS: usize = 10;

/// The evidence of a cycle on a day.
pub(crate) struct EvidenceView<'a> {
    /// The cycle.
    pub(crate) assured: &'a AssuredCycle,
    /// The previous cycle, if it is part of the programme.
    pub(crate) previous: Option<&'a AssuredCycle>,
    /// The day on which evidence is as old as is said.
    pub(crate) on: Date,
}

/// Writes the evidence of one body, or of every body of the cycle.
pub(crate) fn evidence(view: &EvidenceView<'_>, only: Option<BodyIndex>) -> String {
    let cycle = &view.assured.cycle;
    let mut text = String::new();
    put!(text, "{}", cycle.title);
    put!(text, "{} · evidence on {}", cycle.framework.title, view.on);
    if let Some(illustrative) = &cycle.illustrative {
        paragraph(&mut text, "", illustrative);
    }
    let outputs = view.outputs(only);
    if only.is_none() && outputs.len() > MAX_OUTPUTS {
        view.table(&mut text, &outputs);
        put!(text, "\nfor one body add --body with its code");
        return text;
    }
    for output in outputs {
        view.output(&mut text, output, only.is_some());
    }
    text
}

impl EvidenceView<'_> {
    /// The results to write: of groups, then of bodies, then of functions.
    fn outputs(&self, only: Option<BodyIndex>) -> Vec<&Output> {
        let assurance = &self.assured.assurance;
        let clusters = assurance.clusters.iter();
        let clusters = clusters.filter_map(|cluster| cluster.output.as_ref());
        let bodies = assurance.outputs.iter().map(|output| &**output);
        let functions = assurance.functions.iter();
        let functions = functions.flat_map(|function| function.outputs());
        let all = clusters.chain(bodies).chain(functions);
        all.filter(|output| only.is_none_or(|only| only == output.body))
            .collect()
    }

    fn name(&self, body: BodyIndex) -> String {
        self.assured.cycle.organisations.body(body).name_and_code()
    }

    fn codes(&self, bodies: &[BodyIndex]) -> String {
        let organisations = &self.assured.cycle.organisations;
        let codes = bodies.iter();
        all_of(codes.map(|body| organisations.body(*body).code.as_str()))
    }

    /// The items on the body, its cluster and the functions that it delegates to.
    fn items<'a>(&'a self, output: &'a Output) -> impl Iterator<Item = &'a Evidence> {
        let items = self.assured.cycle.records.evidence.iter();
        items.filter(|item| {
            output.bodies().any(|body| body == item.body) || output.functions.contains(&item.body)
        })
    }

    /// One line for each result: numbers of items and of measures in each state.
    fn table(&self, text: &mut String, outputs: &[&Output]) {
        put!(
            text,
            "\n{:<28} {:>6} {:>8} {:>9} {:>8} {:>12} {:>13}",
            "",
            "items",
            "expired",
            "unmet on",
            "renew on",
            "no evidence",
            "nothing more"
        );
        for output in outputs {
            let asked = asked_evidence(&self.assured.cycle, output, self.on);
            let count = |state| asked.iter().filter(|asked| asked.state == state).count();
            let is_expired = |item: &&Evidence| item.dates.is_expired_on(self.on);
            let code = &self.assured.cycle.organisations.body(output.body).code;
            put!(
                text,
                "{code:<28} {:>6} {:>8} {:>9} {:>8} {:>12} {:>13}",
                self.items(output).count(),
                self.items(output).filter(is_expired).count(),
                count(AskState::Unmet),
                count(AskState::Expired),
                count(AskState::NoEvidence),
                count(AskState::NothingMore)
            );
        }
    }

    /// Writes one result. Items of other bodies are written with those, unless it is `alone`.
    fn output(&self, text: &mut String, output: &Output, alone: bool) {
        let kind = match output.kind {
            BodyKind::Pct => String::new(),
            kind => format!(" · {}", self.assured.cycle.framework.words.kind(kind)),
        };
        let assessor = output.assessor.map(|assessor| {
            let assessor = self.name(assessor);
            format!(" · assessed by {assessor}")
        });
        put!(
            text,
            "\n{}{kind}{}",
            self.name(output.body),
            assessor.unwrap_or_default()
        );
        let mut heading = "\n  EVIDENCE\n";
        let (own, others): (Vec<&Evidence>, Vec<&Evidence>) = self
            .items(output)
            .partition(|item| alone || item.body == output.body);
        for item in own {
            text.push_str(heading);
            heading = "";
            self.item(text, item);
        }
        if !others.is_empty() {
            text.push_str(heading);
            let ids: Vec<&str> = others.iter().map(|item| &*item.id).collect();
            let line = format!("as written with the bodies they are on: {}", ids.join(" "));
            paragraph(text, "  - ", &line);
        }
        self.asked(text, output);
        self.reusable(text, output);
    }

    fn item(&self, text: &mut String, item: &Evidence) {
        let cycle = &self.assured.cycle;
        let kind = item.kind.title(&cycle.framework.words);
        let mut line = format!("{} ({}; {kind}", item.title, item.id);
        for part in [&item.issuer, &item.dated].into_iter().flatten() {
            line.push_str(&format!(", {part}"));
        }
        line.push(')');
        if let Some(rating) = &item.rating {
            line.push_str(&format!(": rated {}", rating.in_words(&cycle.framework)));
        }
        paragraph(text, "  - ", &line);
        let mut write = |what: &str, words: &str| {
            paragraph(text, &format!("      {what:<14}"), words);
        };
        write("age", &self.age(item));
        let mut origin = item.issuer.as_ref().map_or_else(
            || "issuer not recorded".to_owned(),
            |issuer| format!("issued by {issuer}"),
        );
        match &item.carried_from {
            Some(cycle) => origin.push_str(&format!("; carried over from {cycle}")),
            None => origin.push_str("; filed in this cycle"),
        }
        if let Some(place) = self.assured.places.place(item.record) {
            origin.push_str(&format!(" [{place}]"));
        }
        write("origin", &origin);
        if !item.measures.is_empty() {
            let measures = item.measures.iter();
            let ids = measures.map(|measure| cycle.framework.measure(*measure).id.as_str());
            write("filed for", &all_of(ids));
        }
        let citations = self.assured.citations();
        let relied = reliance_on(cycle, &self.assured.assurance, citations, item);
        if relied.is_empty() {
            write("relied on by", "nothing");
        }
        for reliance in relied {
            write("relied on by", &self.reliance(&reliance));
        }
    }

    fn age(&self, item: &Evidence) -> String {
        let mut age = match (EvidenceAge::of(item, self.on), &item.dated) {
            (Some(age), _) => age.in_words(),
            (None, Some(dated)) => format!("not known: dated \"{dated}\""),
            (None, None) => "not known: no date is recorded".to_owned(),
        };
        if let Some(from) = item.dates.covers_from {
            let until = item.dates.date.map(|date| format!(" to {date}"));
            age.push_str(&format!("; covers {from}{}", until.unwrap_or_default()));
        }
        if let Some(last) = item.dates.valid_until {
            let word = if item.dates.is_expired_on(self.on) {
                "EXPIRED, to be renewed: was valid until"
            } else {
                "valid until"
            };
            age.push_str(&format!("; {word} {last}"));
        }
        age
    }

    fn reliance(&self, reliance: &Reliance) -> String {
        let cycle = &self.assured.cycle;
        let (what, body) = match reliance.citation {
            Citation::Judgement(at) => {
                let Some(judgement) = cycle.records.judgements.get(at as usize) else {
                    return String::new();
                };
                let method = cycle.framework.methods.title(judgement.method);
                let subject = cycle.subject_id(judgement.subject);
                (format!("{method} on {subject}"), judgement.body)
            }
            Citation::Criterion(at) => {
                let Some(criterion) = cycle.records.criteria.get(at as usize) else {
                    return String::new();
                };
                let measure = &cycle.framework.measure(criterion.measure).id;
                let kind = criterion.kind.name();
                (format!("{kind} not met on {measure}"), criterion.body)
            }
        };
        let mut words = format!("{what} of {}", self.name(body));
        let others = |bodies: &[BodyIndex]| -> Vec<BodyIndex> {
            let others = bodies.iter().copied();
            others.filter(|other| *other != body).collect()
        };
        let judged = others(&reliance.judged);
        if !judged.is_empty() {
            words.push_str(&format!(", also the mark of {}", self.codes(&judged)));
        }
        if !reliance.limited.is_empty() {
            words.push_str(&format!(", limits {}", self.codes(&reliance.limited)));
        }
        words
    }

    fn asked(&self, text: &mut String, output: &Output) {
        let cycle = &self.assured.cycle;
        let asked = asked_evidence(cycle, output, self.on);
        let still: Vec<&AskedEvidence> = asked.iter().filter(|asked| asked.state.asks()).collect();
        let words = &cycle.framework.words.measure.one;
        put!(text, "\n  STILL ASKED FOR");
        if still.is_empty() {
            put!(text, "  nothing");
        }
        let with_evidence = still
            .iter()
            .filter(|asked| asked.state != AskState::NoEvidence);
        for asked in with_evidence {
            let id = &cycle.framework.measure(asked.measure).id;
            let first = format!("  {id:<12}");
            paragraph(text, &first, &asked_in_words(cycle, output, asked));
        }
        for (state, heading) in [
            (AskState::NoEvidence, "no evidence"),
            (AskState::NothingMore, "nothing more is asked"),
            (AskState::NotApplicable, "does not apply"),
        ] {
            let of_state = asked.iter().filter(|asked| asked.state == state);
            let ids: Vec<&str> = of_state
                .map(|asked| cycle.framework.measure(asked.measure).id.as_str())
                .collect();
            if !ids.is_empty() {
                let count = counted(ids.len(), words);
                let first = format!("  {heading}: ");
                paragraph(text, &first, &format!("{count}: {}", ids.join(" ")));
            }
        }
    }

    fn reusable(&self, text: &mut String, output: &Output) {
        let Some(previous) = self.previous else {
            return;
        };
        let id = &previous.cycle.id;
        let mut heading = format!(
            "\n  CAN BE USED AGAIN: evidence of {id}, carried over with a row in evidence.csv (id, \
             body, carried_from)\n"
        );
        let (cycle, earlier) = (&self.assured.cycle, &previous.cycle);
        for body in output.bodies() {
            for item in reusable(cycle, earlier, body, self.on) {
                text.push_str(&heading);
                heading.clear();
                let last = item.dates.valid_until;
                let last = last.map(|last| format!("; valid until {last}"));
                let line = format!("{}: {}{}", item.id, item.title, last.unwrap_or_default());
                paragraph(text, "  - ", &line);
            }
        }
    }
}
