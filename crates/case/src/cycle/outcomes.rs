//! Reads `outcomes.csv` and `outcome_values.csv`.

use super::context::{Context, Fields};
use super::schemas::{OUTCOME_VALUES, OUTCOMES};
use crate::nearest::nearest;
use crate::problem::quoted;
use std::collections::HashMap;
use wcc_core::BodyIndex;
use wcc_core::outcome::{Better, OutcomeDefinition, OutcomeScope, Series, YearSpan, YearValue};
use wcc_core::record::{
    ChosenOutcome, RATES, Rates, Selection, StatedChange, StatedPerformance, StatedPosition,
    StatedQuartiles, last_slot,
};

/// The outcomes read so far.
#[derive(Default)]
pub(super) struct Outcomes {
    pub(super) list: Vec<ChosenOutcome>,
    /// Position in the list by PCT, outcome and series.
    by_series: HashMap<(BodyIndex, Box<str>, Series), usize>,
    /// The outcome in each slot, with its row.
    slots: HashMap<(BodyIndex, u16), (Box<str>, u32)>,
    /// The direction of each local outcome, with its row.
    directions: HashMap<Box<str>, (Better, u32)>,
}

impl Outcomes {
    pub(super) fn rows(&mut self, context: &Context<'_>, bytes: &[u8]) -> u32 {
        context.read_rows(&OUTCOMES, bytes, |row| {
            let fields = Fields::new(context, row);
            let Some(outcome) = chosen(&fields) else {
                return;
            };
            self.check_slot(&fields, &outcome);
            self.check_direction(&fields, &outcome);
            self.check_repeated(&fields, &outcome);
            self.list.push(outcome);
        })
    }

    fn check_slot(&mut self, fields: &Fields<'_>, outcome: &ChosenOutcome) {
        let row = fields.cells.row_number();
        let taken = self
            .slots
            .entry((outcome.pct, outcome.slot))
            .or_insert_with(|| (outcome.outcome.clone(), row));
        if taken.0 != outcome.outcome {
            fields.cells.wrong(
                "slot",
                || {
                    let (other, first) = (quoted(&taken.0), taken.1);
                    format!("slot {} already has {other} (row {first})", outcome.slot)
                },
                |problem| problem.expecting("one outcome in each slot"),
            );
        }
    }

    fn check_direction(&mut self, fields: &Fields<'_>, outcome: &ChosenOutcome) {
        let row = fields.cells.row_number();
        let (better, first) = *self
            .directions
            .entry(outcome.outcome.clone())
            .or_insert((outcome.better, row));
        if better != outcome.better {
            let message = || format!("row {first} has {} for the same outcome", better.name());
            fields.cells.wrong("better", message, |problem| {
                problem.expecting("one direction for an outcome")
            });
        }
    }

    fn check_repeated(&mut self, fields: &Fields<'_>, outcome: &ChosenOutcome) {
        let key = (outcome.pct, outcome.outcome.clone(), outcome.series);
        let at = *self.by_series.entry(key).or_insert(self.list.len());
        if let Some(first) = self.list.get(at) {
            let row = fields.context.row_of(first.record);
            fields.cells.wrong_row(
                || {
                    let (outcome, series) = (quoted(&outcome.outcome), outcome.series.name());
                    format!("{outcome} for {series} is already in row {row}")
                },
                |problem| problem.expecting("one row for each body, outcome and series"),
            );
        }
    }

    pub(super) fn values(&mut self, context: &Context<'_>, bytes: &[u8]) -> u32 {
        let mut years = HashMap::new();
        let last = context.read_rows(&OUTCOME_VALUES, bytes, |row| {
            let fields = Fields::new(context, row);
            let Some((at, value)) = self.value(&fields) else {
                return;
            };
            let row = fields.cells.row_number();
            let first = *years.entry((at, value.year)).or_insert(row);
            if first != row {
                fields.cells.wrong(
                    "year",
                    || format!("row {first} already has the value for {}", value.year),
                    |problem| problem.expecting("one value for each series and year"),
                );
            }
            if let Some(outcome) = self.list.get_mut(at) {
                outcome.values.push(value);
            }
        });
        for outcome in &mut self.list {
            outcome.values.sort_by_key(|value| value.year);
        }
        last
    }

    fn value(&self, fields: &Fields<'_>) -> Option<(usize, YearValue)> {
        let cells = &fields.cells;
        let body = fields.body("body");
        let outcome = cells.text("outcome");
        let series = fields.series("series");
        let year = cells.whole("year", 1900..=2100);
        let value = cells.number("value", f64::MIN..=f64::MAX);
        let break_before = cells.yes_no("break").unwrap_or(false);
        if !cells.are_sound() {
            return None;
        }
        let outcome = outcome?;
        let series = series.unwrap_or(Series::Persons);
        let known = fields.context.framework.outcomes.catalogue.as_slice();
        let known = catalogued(known, outcome)
            .or_else(|| catalogued(fields.context.local_outcomes, outcome));
        let name = known.map_or(outcome, |known| known.id.as_str());
        let key = (body?, Box::from(name), series);
        let Some(at) = self.by_series.get(&key).copied() else {
            if !fields.context.is_broken(OUTCOMES.file) {
                self.report_unattached(fields, &key);
            }
            return None;
        };
        let value = YearValue {
            year: i16::try_from(year?).ok()?,
            value,
            break_before,
        };
        Some((at, value))
    }

    fn report_unattached(&self, fields: &Fields<'_>, key: &(BodyIndex, Box<str>, Series)) {
        let (body, outcome, series) = key;
        let of_body = || self.list.iter().filter(|chosen| chosen.pct == *body);
        let same: Vec<&str> = of_body()
            .filter(|chosen| chosen.outcome == *outcome)
            .map(|chosen| chosen.series.name())
            .collect();
        let code = &fields.context.organisations.body(*body).code;
        fields.cells.wrong(
            if same.is_empty() { "outcome" } else { "series" },
            || {
                let outcome = quoted(outcome);
                format!(
                    "{code} has no row for {outcome}, {}, in outcomes.csv",
                    series.name()
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

fn chosen(fields: &Fields<'_>) -> Option<ChosenOutcome> {
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
    let known = definition(fields, id?, title, better)?;
    if !cells.are_sound() {
        return None;
    }
    Some(ChosenOutcome {
        record: fields.record(),
        pct: pct?,
        slot: slot?,
        outcome: known.map_or(id?, |known| known.id.as_str()).into(),
        title: title.or(known.map(|known| known.title.as_str()))?.into(),
        better: better.or(known.map(|known| known.better))?,
        scope: scope.unwrap_or(known.map_or(OutcomeScope::Local, |known| known.scope)),
        newly_selected,
        series: series.unwrap_or(Series::Persons),
        rates,
        values: Vec::new(),
        stated,
        selection,
        panel_view: cells.boxed("panel_view"),
        inferred: cells.boxed("inferred"),
        source: cells.boxed("source"),
    })
}

fn slot(fields: &Fields<'_>) -> Option<u16> {
    let last = last_slot(fields.context.framework);
    let slot = fields.cells.whole("slot", 1..=u32::from(last))?;
    u16::try_from(slot).ok()
}

/// The definition from the catalogue or a plugin; `Some(None)` for a local outcome in neither that
/// the row itself defines.
fn definition<'a>(
    fields: &Fields<'a>,
    id: &str,
    title: Option<&str>,
    better: Option<Better>,
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
    if let Some(better) = better
        && better != known.better
    {
        let message = || {
            let (name, better) = (&framework.id, known.better.name());
            format!("{name} says that {better} is better for {}", quoted(id))
        };
        fields.cells.wrong("better", message, |problem| {
            problem.expecting(format!("{}, or an empty cell", known.better.name()))
        });
    }
    Some(Some(known))
}

fn rates(fields: &Fields<'_>) -> Rates {
    let rate = |column| fields.cells.number(column, RATES);
    let historic = rate("historic");
    Rates {
        historic,
        historic_years: historic_years(fields, historic.is_some()),
        national: rate("national"),
        ons_cluster: rate("ons_cluster"),
        top_decile: rate("top_decile"),
        aspiration: rate("aspiration"),
    }
}

/// The years that a stated historic rate covers, if the source gives them.
fn historic_years(fields: &Fields<'_>, has_rate: bool) -> Option<YearSpan> {
    let cells = &fields.cells;
    let year = |column| {
        let year = cells.whole(column, 1900..=2100)?;
        i16::try_from(year).ok()
    };
    let wrong = |column, message: &str, expected: &str| {
        let message = message.to_owned();
        cells.wrong(column, || message, |problem| problem.expecting(expected));
    };
    let written = |column| cells.text(column).is_some();
    let (from, to) = (year("historic_from"), year("historic_to"));
    match (written("historic_from"), written("historic_to")) {
        (false, false) => return None,
        (true, false) => wrong("historic_to", "is missing", "the last year of the rate"),
        (false, true) => wrong("historic_from", "is missing", "the first year of the rate"),
        (true, true) if !has_rate => wrong(
            "historic",
            "has years but no rate",
            "a rate, or no years (without a rate they come from outcome_values.csv)",
        ),
        (true, true) => {}
    }
    let years = YearSpan {
        from: from?,
        to: to?,
    };
    if years.years() < 1 {
        wrong(
            "historic_to",
            "is not after `historic_from`",
            "the last year of the rate",
        );
        return None;
    }
    Some(years)
}

/// The report's statements about the outcome's performance, beside the rates.
fn stated(fields: &Fields<'_>) -> StatedPerformance {
    let cells = &fields.cells;
    let quartile = |column| {
        let quartile = cells.whole(column, 1..=4)?;
        u8::try_from(quartile).ok()
    };
    let percent = cells.number("stated_change", RATES);
    let source = cells.boxed("stated_change_source");
    if source.is_some() && cells.text("stated_change").is_none() {
        cells.wrong(
            "stated_change",
            || "has a source but no figure".to_owned(),
            |problem| problem.expecting("the change over the last year in percent, as in -1.0"),
        );
    }
    let position = cells.word("stated_position", StatedPosition::NAMES, |name| name);
    StatedPerformance {
        position: position.map(StatedPosition::from_name),
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
    }
}
