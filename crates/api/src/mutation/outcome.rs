//! `recordOutcome`.

use super::form::{Form, SHORT};
use super::{ArgumentPath, record_mutation};
use crate::project::input;
use crate::project::leaves::Id;
use crate::types::enums::Series;
use wcc_core::outcome::{Better, OutcomeScope, YearSpan, YearValue};
use wcc_core::record::{
    OutcomeFact, Rates, RecordFact, Selection, StatedChange, StatedPerformance, StatedPosition,
    StatedQuartiles,
};

input! {
    /// Rates of change of an outcome as the source states them, in percent a year. A fall is below
    /// zero.
    OutcomeRatesInput as "OutcomeRatesInput" {
        /// The PCT's own rate in the past.
        historic: Option<f64>,
        /// The first year that this rate covers, if the source gives its years: 2005 for 2005/06.
        historicFrom: Option<i32>,
        /// The last year that this rate covers.
        historicTo: Option<i32>,
        /// The national rate.
        national: Option<f64>,
        /// The rate of the comparable bodies.
        peers: Option<f64>,
        /// The rate of the PCT's cluster in the area classification of the Office for National
        /// Statistics.
        #[deprecated = "Use `peers`."]
        onsCluster: Option<f64>,
        /// The rate of the tenth of PCTs that improved most.
        topDecile: Option<f64>,
        /// The rate that the PCT aspires to.
        aspiration: Option<f64>,
    }
}

input! {
    /// The value of an outcome in one year.
    OutcomeValueInput as "OutcomeValueInput" {
        /// The year in which the period starts: 2008 for 2008/09.
        year: i32,
        /// The value in the outcome's unit; null if it is missing.
        value: Option<f64>,
        /// Whether the definition changed from this year on, so that values before and after do
        /// not compare; false if omitted.
        breakBefore: Option<bool>,
    }
}

input! {
    /// What a report states of an outcome's performance, beside its rates.
    StatedPerformanceInput<'q> as "StatedPerformanceInput" {
        /// The position over the last year: `improved`, `slipped` or `little change`.
        position: Option<&'q str>,
        /// The change over the last year, in percent.
        change: Option<f64>,
        /// Where that change is stated.
        changeSource: Option<&'q str>,
        /// The quartile mark printed for this year's rate of improvement, from 1 (best) to 4.
        rateQuartile: Option<i32>,
        /// The quartile mark printed for last year's rate of improvement.
        previousRateQuartile: Option<i32>,
        /// The quartile mark printed for this year's level.
        levelQuartile: Option<i32>,
        /// The quartile mark printed for last year's level.
        previousLevelQuartile: Option<i32>,
    }
}

record_mutation! {
    /// Records one series of a health outcome that a PCT has, or corrects one.
    recordOutcome: RecordOutcome {
        /// One series of one health outcome of a PCT, with its benchmarks and aspiration.
        input RecordOutcomeInput<'q> as "RecordOutcomeInput" {
            /// Code of the body.
            body: Option<Id<'q>>,
            /// Code of the PCT.
            #[deprecated = "Use `body`."]
            pct: Option<Id<'q>>,
            /// Its number in the PCT's list, from 1.
            slot: i32,
            /// Identifier of the outcome in the framework's catalogue, or a plugin's.
            outcome: Id<'q>,
            /// Title as the PCT prints it.
            title: &'q str,
            /// Whether more or less is better.
            better: Better,
            /// Whether it is set nationally or was chosen locally.
            scope: OutcomeScope,
            /// The people counted, if the schema names the series; else give `seriesId`.
            series: Option<Series>,
            /// Identifier of the series among those that the framework declares: `persons`, or one
            /// of its own. Give either this or `series`.
            seriesId: Option<Id<'q>>,
            /// Whether it was newly selected this year; false if omitted.
            newlySelected: Option<bool>,
            /// When it was selected, in the source's words: "2009/10".
            selected: Option<&'q str>,
            /// Identifiers of last year's outcomes that it replaced.
            replaces: Option<Vec<Id<'q>>>,
            /// Why it was selected or replaced another.
            selectionReason: Option<&'q str>,
            /// Identifier of the framework's aim that it serves: `better-health`.
            aim: Option<Id<'q>>,
            /// The goal of the strategic plan that it serves.
            goal: Option<&'q str>,
            /// Rates of change, as stated.
            rates: Option<OutcomeRatesInput>,
            /// Values by year.
            values: Option<Vec<OutcomeValueInput>>,
            /// What the report states of its performance, beside the rates.
            stated: Option<StatedPerformanceInput<'q>>,
            /// What the assessor said of the aspiration; at most 20,000 bytes, as Markdown.
            assessorView: Option<&'q str>,
            /// What the panel said of the aspiration; at most 20,000 bytes, as Markdown.
            #[deprecated = "Use `assessorView`."]
            panelView: Option<&'q str>,
            /// If something was inferred and not read: what, and from what.
            inferred: Option<&'q str>,
            /// Its source.
            source: Option<&'q str>,
        }
        record |input, form| {
            form.name_paths(&PATHS);
            RecordFact::Outcome(OutcomeFact {
                pct: form.body(input.body, input.pct),
                slot: form.count("slot", input.slot),
                outcome: form.code("outcome", input.outcome.0),
                title: form.needed("title", input.title, SHORT),
                better: input.better,
                scope: input.scope,
                newly_selected: input.newlySelected.unwrap_or_default(),
                series: form.series(input.series, input.seriesId.as_ref()),
                rates: rates(input.rates.as_ref(), form),
                values: values(input.values.as_deref(), form),
                stated: stated(input.stated.as_ref(), form),
                selection: Selection {
                    date: form.text("selected", input.selected, SHORT),
                    replaces: form.codes("replaces", input.replaces.as_deref()),
                    reason: form.text("selectionReason", input.selectionReason, SHORT),
                    aim: input.aim.map(|aim| form.code("aim", aim.0)),
                    goal: form.text("goal", input.goal, SHORT),
                },
                panel_view: form.assessor_view(input.assessorView, input.panelView),
                inferred: form.text("inferred", input.inferred, SHORT),
                source: form.text("source", input.source, SHORT),
            })
        };
        /// The result of recording an outcome.
        payload RecordOutcomePayload as "RecordOutcomePayload";
    }
}

/// Where the columns of an outcome are in its input.
const PATHS: [ArgumentPath; 14] = [
    ("historic", "rates.historic"),
    ("historic_from", "rates.historicFrom"),
    ("historic_to", "rates.historicTo"),
    ("national", "rates.national"),
    ("top_decile", "rates.topDecile"),
    ("aspiration", "rates.aspiration"),
    ("year", "values[].year"),
    ("value", "values[].value"),
    ("stated_position", "stated.position"),
    ("stated_change", "stated.change"),
    ("rate_quartile", "stated.rateQuartile"),
    ("previous_rate_quartile", "stated.previousRateQuartile"),
    ("level_quartile", "stated.levelQuartile"),
    ("previous_level_quartile", "stated.previousLevelQuartile"),
];

fn rates(input: Option<&OutcomeRatesInput>, form: &mut Form) -> Rates {
    let Some(input) = input else {
        return Rates::default();
    };
    let mut year = |field: &str, year: Option<i32>| year.map(|year| form.year(field, year));
    let from = year("rates.historicFrom", input.historicFrom);
    let to = year("rates.historicTo", input.historicTo);
    let historic_years = match (from, to) {
        (Some(from), Some(to)) => Some(YearSpan { from, to }),
        (None, None) => None,
        (Some(_), None) | (None, Some(_)) => {
            form.malformed("rates", "give both historicFrom and historicTo, or neither");
            None
        }
    };
    let peers = form.either_of(
        "ons_cluster",
        ("rates.peers", input.peers),
        ("rates.onsCluster", input.onsCluster),
    );
    Rates {
        historic: input.historic,
        historic_years,
        national: input.national,
        ons_cluster: peers,
        top_decile: input.topDecile,
        aspiration: input.aspiration,
    }
}

/// Maximum number of years in a series; more are a mistake.
const MAX_VALUES: usize = 200;

fn values(input: Option<&[OutcomeValueInput]>, form: &mut Form) -> Vec<YearValue> {
    let input = input.unwrap_or_default();
    if input.len() > MAX_VALUES {
        let found = input.len();
        form.malformed(
            "values",
            format!("the list has {found} items; at most {MAX_VALUES} are allowed"),
        );
        return Vec::new();
    }
    let each = input.iter().enumerate().map(|(at, value)| YearValue {
        year: form.year(&format!("values[{at}].year"), value.year),
        value: value.value,
        break_before: value.breakBefore.unwrap_or_default(),
    });
    each.collect()
}

fn stated(input: Option<&StatedPerformanceInput<'_>>, form: &mut Form) -> StatedPerformance {
    let Some(input) = input else {
        return StatedPerformance::default();
    };
    let position = form.text("stated.position", input.position, SHORT);
    let source = form.text("stated.changeSource", input.changeSource, SHORT);
    if source.is_some() && input.change.is_none() {
        form.malformed(
            "stated.changeSource",
            "there is no `change` that it could be the source of",
        );
    }
    let mut quartiles = |field: &str, current, previous_field: &str, previous| StatedQuartiles {
        current: form.quartile(field, current),
        previous: form.quartile(previous_field, previous),
    };
    StatedPerformance {
        position: position.as_deref().map(StatedPosition::from_name),
        change: input.change.map(|percent| StatedChange { percent, source }),
        rate_quartile: quartiles(
            "stated.rateQuartile",
            input.rateQuartile,
            "stated.previousRateQuartile",
            input.previousRateQuartile,
        ),
        level_quartile: quartiles(
            "stated.levelQuartile",
            input.levelQuartile,
            "stated.previousLevelQuartile",
            input.previousLevelQuartile,
        ),
    }
}
