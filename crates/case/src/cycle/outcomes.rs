//! Reads `outcomes.csv` and `outcome_values.csv`.

use super::RecordedOutcomes;
use super::context::Context;
use super::fields::Fields;
use super::schemas::{OUTCOME_VALUES, OUTCOMES};
use crate::nearest::nearest;
use crate::problem::quoted;
use std::collections::HashMap;
use wcc_core::outcome::{
    Better, OutcomeDefinition, OutcomeScope, SeriesIndex, YearSpan, YearValue,
};
use wcc_core::record::{
    ChosenOutcome, QUARTILES, RATES, Rates, Selection, StatedChange, StatedPerformance,
    StatedPosition, StatedQuartiles, YEARS, last_slot,
};
use wcc_core::{BodyIndex, RecordId};

/// What a row says about the value of a year.
struct GivenValue {
    year: i16,
    value: Option<f64>,
    break_before: Option<bool>,
}

/// For each outcome with rows in `outcome_values.csv`, the number of the row of each of its values.
pub(super) type ValueRows = HashMap<RecordId, Vec<RecordId>>;

/// The outcomes read so far.
pub(super) struct Outcomes<'a> {
    recorded: &'a RecordedOutcomes,
    pub(super) list: Vec<ChosenOutcome>,
    /// Position in the list of the first record of a PCT, outcome and series.
    by_series: HashMap<(BodyIndex, Box<str>, SeriesIndex), usize>,
    /// The number of the row of each value, in the order of the values of its outcome.
    value_rows: ValueRows,
}

impl<'a> Outcomes<'a> {
    /// No outcomes yet, beside those that are recorded already.
    pub(super) fn beside(recorded: &'a RecordedOutcomes) -> Outcomes<'a> {
        Outcomes {
            recorded,
            list: Vec::new(),
            by_series: HashMap::new(),
            value_rows: HashMap::new(),
        }
    }

    pub(super) fn rows(&mut self, context: &Context<'_>, bytes: &[u8]) -> u32 {
        context.read_rows(&OUTCOMES, bytes, |row| {
            if let Some(outcome) = chosen(&Fields::new(context, row), self.recorded) {
                self.add(outcome);
            }
        })
    }

    fn add(&mut self, outcome: ChosenOutcome) -> usize {
        let key = (outcome.pct, outcome.outcome.clone(), outcome.series);
        let at = self.list.len();
        self.by_series.entry(key).or_insert(at);
        self.list.push(outcome);
        at
    }

    /// The outcomes that were read or are recorded, with their directions.
    pub(super) fn directions(&self) -> impl Iterator<Item = (&str, Better)> {
        let all = self.list.iter().chain(&self.recorded.list);
        all.map(|chosen| (&*chosen.outcome, chosen.better))
    }

    /// The rows of the values, once everything is read.
    pub(super) fn take_value_rows(&mut self) -> ValueRows {
        std::mem::take(&mut self.value_rows)
    }

    /// The number of the row that a value of an outcome was read from.
    pub(super) fn row_of_value(&self, outcome: RecordId, item: usize) -> Option<RecordId> {
        self.value_rows.get(&outcome)?.get(item).copied()
    }

    pub(super) fn values(&mut self, context: &Context<'_>, bytes: &[u8]) -> u32 {
        let mut read: HashMap<usize, Vec<(YearValue, RecordId)>> = HashMap::new();
        let last = context.read_rows(&OUTCOME_VALUES, bytes, |row| {
            let fields = Fields::new(context, row);
            if let Some((at, value)) = self.value(&fields) {
                let value = self.complete_value(at, &value);
                read.entry(at).or_default().push((value, fields.record()));
            }
        });
        for (at, mut values) in read {
            let Some(outcome) = self.list.get_mut(at) else {
                continue;
            };
            // Years without a row keep their values.
            let record = outcome.record;
            let is_given = |year: i16| values.iter().any(|(value, _)| value.year == year);
            let kept = outcome.values.iter().filter(|value| !is_given(value.year));
            let kept: Vec<(YearValue, RecordId)> = kept.map(|value| (*value, record)).collect();
            values.extend(kept);
            values.sort_by_key(|(value, _)| value.year);
            let (values, rows) = values.into_iter().unzip();
            outcome.values = values;
            self.value_rows.insert(outcome.record, rows);
        }
        last
    }

    /// Takes what a row leaves open from the value that is recorded for its year, if tables are
    /// completed.
    fn complete_value(&self, at: usize, given: &GivenValue) -> YearValue {
        let outcome = self.list.get(at).filter(|_| self.recorded.fill_cells);
        let mut values = outcome.into_iter().flat_map(|outcome| &outcome.values);
        let recorded = values.find(|value| value.year == given.year);
        let is_break = recorded.is_some_and(|recorded| recorded.break_before);
        YearValue {
            year: given.year,
            value: given.value.or(recorded.and_then(|recorded| recorded.value)),
            break_before: given.break_before.unwrap_or(is_break),
        }
    }

    fn value(&mut self, fields: &Fields<'_>) -> Option<(usize, GivenValue)> {
        let cells = &fields.cells;
        let body = fields.body("body");
        let outcome = cells.text("outcome");
        let series = fields.series("series");
        let year = cells.whole("year", YEARS);
        let value = cells.number("value", f64::MIN..=f64::MAX);
        let break_before = cells.yes_no("break");
        if !cells.are_sound() {
            return None;
        }
        let outcome = outcome?;
        let series = series.unwrap_or_default();
        let known = fields.context.framework.outcomes.catalogue.as_slice();
        let known = catalogued(known, outcome)
            .or_else(|| catalogued(fields.context.local_outcomes, outcome));
        let name = known.map_or(outcome, |known| known.id.as_str());
        let key = (body?, Box::from(name), series);
        let known = self.by_series.get(&key).copied();
        let Some(at) = known.or_else(|| self.add_recorded(&key, fields.record())) else {
            if !fields.context.is_broken(OUTCOMES.file) {
                self.report_unattached(fields, &key);
            }
            return None;
        };
        let value = GivenValue {
            year: year?,
            value,
            break_before,
        };
        Some((at, value))
    }

    /// Adds an outcome that is recorded already, because a row at `record` gives a value of it.
    fn add_recorded(
        &mut self,
        (body, outcome, series): &(BodyIndex, Box<str>, SeriesIndex),
        record: RecordId,
    ) -> Option<usize> {
        let mut all = self.recorded.list.iter();
        let recorded = all.find(|recorded| {
            recorded.pct == *body && recorded.outcome == *outcome && recorded.series == *series
        })?;
        Some(self.add(ChosenOutcome {
            record,
            ..recorded.clone()
        }))
    }

    fn report_unattached(&self, fields: &Fields<'_>, key: &(BodyIndex, Box<str>, SeriesIndex)) {
        let (body, outcome, series) = key;
        let series_id = |series: SeriesIndex| {
            let framework = fields.context.framework;
            framework.series_at(series).id.as_str()
        };
        let all = || self.list.iter().chain(&self.recorded.list);
        let of_body = || all().filter(|chosen| chosen.pct == *body);
        let mut same: Vec<&str> = of_body()
            .filter(|chosen| chosen.outcome == *outcome)
            .map(|chosen| series_id(chosen.series))
            .collect();
        same.dedup();
        let code = &fields.context.organisations.body(*body).code;
        fields.cells.wrong(
            if same.is_empty() { "outcome" } else { "series" },
            || {
                let outcome = quoted(outcome);
                format!(
                    "{code} has no row for {outcome}, {}, in outcomes.csv",
                    series_id(*series)
                )
            },
            |problem| {
                if same.is_empty() {
                    problem
                        .expecting("an outcome of this body (add it to outcomes.csv)")
                        .nearest_to(nearest(outcome, of_body().map(|chosen| &*chosen.outcome)))
                } else {
                    problem.expecting_one_of(same.iter().copied())
                }
            },
        );
    }
}

/// The outcome of a catalogue with an identifier, ignoring case.
fn catalogued<'a>(catalogue: &'a [OutcomeDefinition], id: &str) -> Option<&'a OutcomeDefinition> {
    catalogue
        .iter()
        .find(|outcome| outcome.id.eq_ignore_ascii_case(id))
}

fn chosen(fields: &Fields<'_>, recorded: &RecordedOutcomes) -> Option<ChosenOutcome> {
    let cells = &fields.cells;
    let pct = fields.body("body");
    let slot = slot(fields);
    let id = fields.identifier("outcome");
    let title = cells.text("title");
    let better = cells.word("better", [Better::Higher, Better::Lower], |better| {
        better.name()
    });
    let scopes = [OutcomeScope::National, OutcomeScope::Local];
    let scope = cells.word("scope", scopes, |scope| scope.name());
    let series = fields.series("series");
    let rates = rates(fields);
    let newly_selected = cells.yes_no("newly_selected").unwrap_or(false);
    let stated = stated(fields);
    let selection = selection(fields);
    let (pct, slot, id) = (pct?, slot?, id?);
    let series = series.unwrap_or_default();
    let mut all = recorded.list.iter();
    let recorded_one = all.find(|one| {
        (one.pct, one.slot, one.series) == (pct, slot, series)
            && one.outcome.eq_ignore_ascii_case(id)
    });
    let left_open = recorded_one.filter(|_| recorded.fill_cells);
    let known = match left_open {
        Some(_) => None,
        None => definition(fields, id, title)?,
    };
    let name = left_open.map(|one| &*one.outcome);
    let name = name.or(known.map(|known| known.id.as_str()));
    let title = title.or(left_open.map(|one| &*one.title));
    let better = better.or(left_open.map(|one| one.better));
    let scope = scope.or(left_open.map(|one| one.scope));
    let mut outcome = ChosenOutcome {
        record: fields.record(),
        pct,
        slot,
        outcome: name.unwrap_or(id).into(),
        title: title.or(known.map(|known| known.title.as_str()))?.into(),
        better: better.or(known.map(|known| known.better))?,
        scope: scope.unwrap_or(known.map_or(OutcomeScope::Local, |known| known.scope)),
        newly_selected,
        series,
        rates,
        values: recorded_one.map_or_else(Vec::new, |one| one.values.clone()),
        stated,
        selection,
        panel_view: cells.boxed("panel_view"),
        inferred: cells.boxed("inferred"),
        source: cells.boxed("source"),
    };
    if let Some(recorded) = left_open {
        if cells.text("newly_selected").is_none() {
            outcome.newly_selected = recorded.newly_selected;
        }
        outcome.complete_from(recorded);
    }
    fields.sound(outcome)
}

fn slot(fields: &Fields<'_>) -> Option<u16> {
    let last = last_slot(fields.context.framework);
    fields.cells.whole("slot", 1..=last)
}

/// The definition from the catalogue or a plugin; `Some(None)` for a local outcome in neither that
/// the row itself defines.
fn definition<'a>(
    fields: &Fields<'a>,
    id: &str,
    title: Option<&str>,
) -> Option<Option<&'a OutcomeDefinition>> {
    let framework = fields.context.framework;
    let catalogue = framework.outcomes.catalogue.as_slice();
    let Some(known) = catalogued(catalogue, id) else {
        let local = fields.context.local_outcomes;
        // If the row contradicts the plugin, a finding says so: the plugin may be replaced.
        if let Some(declared) = catalogued(local, id) {
            return Some(Some(declared));
        }
        let is_defined = title.is_some() && fields.cells.text("better").is_some();
        if !is_defined {
            fields.cells.wrong(
                "outcome",
                || format!("{} is not in the catalogue of {}", quoted(id), framework.id),
                |problem| {
                    problem
                        .expecting(
                            "an outcome of the catalogue or of a loaded plugin, or `title` and \
                             `better` for another local one",
                        )
                        .nearest_to(nearest(
                            id,
                            catalogue
                                .iter()
                                .chain(local)
                                .map(|definition| definition.id.as_str()),
                        ))
                },
            );
        }
        return is_defined.then_some(None);
    };
    Some(Some(known))
}

fn rates(fields: &Fields<'_>) -> Rates {
    let rate = |column| fields.cells.number(column, RATES);
    Rates {
        historic: rate("historic"),
        historic_years: historic_years(fields),
        national: rate("national"),
        ons_cluster: rate("ons_cluster"),
        top_decile: rate("top_decile"),
        aspiration: rate("aspiration"),
    }
}

/// The years that a stated historic rate covers, if the source gives them.
fn historic_years(fields: &Fields<'_>) -> Option<YearSpan> {
    let cells = &fields.cells;
    let missing = |column, expected: &str| {
        let message = || "is missing".to_owned();
        cells.wrong(column, message, |problem| problem.expecting(expected));
    };
    let written = |column| cells.text(column).is_some();
    let (from, to) = (
        cells.whole("historic_from", YEARS),
        cells.whole("historic_to", YEARS),
    );
    match (written("historic_from"), written("historic_to")) {
        (true, false) => missing("historic_to", "the last year of the rate"),
        (false, true) => missing("historic_from", "the first year of the rate"),
        _ => {}
    }
    Some(YearSpan {
        from: from?,
        to: to?,
    })
}

/// The report's statements about the outcome's performance, beside the rates.
fn stated(fields: &Fields<'_>) -> StatedPerformance {
    let cells = &fields.cells;
    let quartile = |column| cells.whole(column, QUARTILES);
    let percent = cells.number("stated_change", RATES);
    let source = cells.boxed("stated_change_source");
    if source.is_some() && cells.text("stated_change").is_none() {
        cells.wrong(
            "stated_change",
            || "has a source but no figure".to_owned(),
            |problem| problem.expecting("the change over the last year in percent, as in -1.0"),
        );
    }
    let position = cells.text("stated_position").map(str::to_lowercase);
    StatedPerformance {
        position: position.as_deref().map(StatedPosition::from_name),
        change: percent.map(|percent| StatedChange { percent, source }),
        rate_quartile: StatedQuartiles {
            current: quartile("rate_quartile"),
            previous: quartile("previous_rate_quartile"),
        },
        level_quartile: StatedQuartiles {
            current: quartile("level_quartile"),
            previous: quartile("previous_level_quartile"),
        },
    }
}

/// How the outcome was selected. The outcomes that it replaced need not be in this year's
/// catalogue; an identifier close to one in the catalogue gives a warning.
fn selection(fields: &Fields<'_>) -> Selection {
    let cells = &fields.cells;
    let catalogue = fields.context.framework.outcomes.catalogue.as_slice();
    let replaced = |id: &str| -> Box<str> {
        if let Some(known) = catalogued(catalogue, id) {
            return known.id.as_str().into();
        }
        let ids = catalogue.iter().map(|definition| definition.id.as_str());
        if let Some(near) = nearest(id, ids) {
            fields.warn(
                "replaces",
                || format!("{} is not in the catalogue", quoted(id)),
                |problem| {
                    problem
                        .expecting("the identifier of last year's outcome")
                        .nearest_to(Some(near))
                },
            );
        }
        id.into()
    };
    Selection {
        date: cells.boxed("selected"),
        replaces: cells.list("replaces").map(replaced).collect(),
        reason: cells.boxed("selection_reason"),
        aim: cells.boxed("aim"),
        goal: cells.boxed("goal"),
    }
}
