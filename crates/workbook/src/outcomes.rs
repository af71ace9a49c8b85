//! Lays out the sheets of health outcomes: one row for each series, and one for each of its values.

use crate::kind::SheetKind;
use crate::layout::{EMPTY_ROWS, LayingOut, Row, Sheet, listed};
use wcc_core::outcome::{Better, OutcomeScope, YearValue};
use wcc_core::record::{ChosenOutcome, StatedPosition};

impl LayingOut<'_> {
    /// The outcomes of the body.
    pub(crate) fn outcomes(&self) -> Sheet {
        let framework = self.framework();
        let catalogue = framework.outcomes.catalogue.iter();
        let catalogue = catalogue.map(|outcome| outcome.id.clone());
        let betters = [Better::Higher, Better::Lower].map(|better| better.name().to_owned());
        let scopes = [OutcomeScope::National, OutcomeScope::Local];
        let scopes = scopes.map(|scope| scope.name().to_owned());
        Sheet {
            kind: SheetKind::Outcomes,
            rows: self.chosen().iter().map(|one| self.outcome(one)).collect(),
            empty_rows: EMPTY_ROWS,
            choices: vec![
                ("Outcome", catalogue.collect()),
                ("Series", self.series()),
                ("Better", betters.into()),
                ("Scope", scopes.into()),
                ("Newly selected", yes_and_no()),
                (
                    "Position stated",
                    StatedPosition::NAMES.map(str::to_owned).into(),
                ),
            ],
        }
    }

    /// The values of the outcomes, year by year.
    pub(crate) fn values(&self) -> Sheet {
        let rows = self.chosen().iter().flat_map(|outcome| {
            let values = outcome.values.iter();
            values.map(|value| self.value(outcome, value))
        });
        let mut ids: Vec<String> = Vec::new();
        for outcome in self.chosen() {
            if !ids.contains(&outcome.outcome.to_string()) {
                ids.push(outcome.outcome.to_string());
            }
        }
        let mut choices = vec![("Series", self.series()), ("Break", yes_and_no())];
        if !ids.is_empty() {
            choices.push(("Outcome", ids));
        }
        Sheet {
            kind: SheetKind::Values,
            rows: rows.collect(),
            empty_rows: EMPTY_ROWS,
            choices,
        }
    }

    fn chosen(&self) -> &[ChosenOutcome] {
        let positions = self.cycle.outcomes_of(self.body);
        let outcomes = self.cycle.records.outcomes.get(positions);
        outcomes.unwrap_or_default()
    }

    fn series(&self) -> Vec<String> {
        let series = self.framework().series.iter();
        series.map(|series| series.id.clone()).collect()
    }

    fn series_of(&self, outcome: &ChosenOutcome) -> &str {
        &self.framework().series_at(outcome.series).id
    }

    fn outcome(&self, outcome: &ChosenOutcome) -> Row {
        let (rates, stated) = (&outcome.rates, &outcome.stated);
        let number = |value: Option<f64>| value.map(|value| value.to_string());
        let year = |year: Option<i16>| year.map(|year| year.to_string());
        let quartile = |quartile: Option<u8>| quartile.map(|quartile| quartile.to_string());
        let change = stated.change.as_ref();
        let change_source = change.and_then(|change| change.source.as_deref());
        let position = stated.position.as_ref().map(StatedPosition::name);
        let replaces = listed(&outcome.selection.replaces);
        let newly_selected = if outcome.newly_selected { "yes" } else { "no" };
        let years = rates.historic_years;
        Row::default()
            .with("Slot", outcome.slot.to_string())
            .with("Outcome", &*outcome.outcome)
            .with("Title", &*outcome.title)
            .with("Series", self.series_of(outcome))
            .with("Better", outcome.better.name())
            .with("Scope", outcome.scope.name())
            .with("Newly selected", newly_selected)
            .with_optional("Selected", outcome.selection.date.as_deref())
            .with_optional("Replaces", replaces.as_deref())
            .with_optional("Reason", outcome.selection.reason.as_deref())
            .with_optional("Aim", outcome.selection.aim.as_deref())
            .with_optional("Goal", outcome.selection.goal.as_deref())
            .with_optional("Historic rate", number(rates.historic).as_deref())
            .with_optional("From year", year(years.map(|years| years.from)).as_deref())
            .with_optional("To year", year(years.map(|years| years.to)).as_deref())
            .with_optional("National rate", number(rates.national).as_deref())
            .with_optional("Rate of peers", number(rates.ons_cluster).as_deref())
            .with_optional("Top decile", number(rates.top_decile).as_deref())
            .with_optional("Aspiration", number(rates.aspiration).as_deref())
            .with_optional("Position stated", position)
            .with_optional(
                "Change stated",
                number(change.map(|change| change.percent)).as_deref(),
            )
            .with_optional("Source of change", change_source)
            .with_optional(
                "Rate quartile",
                quartile(stated.rate_quartile.current).as_deref(),
            )
            .with_optional(
                "Previous rate quartile",
                quartile(stated.rate_quartile.previous).as_deref(),
            )
            .with_optional(
                "Level quartile",
                quartile(stated.level_quartile.current).as_deref(),
            )
            .with_optional(
                "Previous level quartile",
                quartile(stated.level_quartile.previous).as_deref(),
            )
            .with_optional("Assessor's view", outcome.panel_view.as_deref())
            .with_optional("Inferred", outcome.inferred.as_deref())
            .with_optional("Source", outcome.source.as_deref())
    }

    fn value(&self, outcome: &ChosenOutcome, value: &YearValue) -> Row {
        let number = value.value.map(|value| value.to_string());
        Row::default()
            .with("Outcome", &*outcome.outcome)
            .with("Series", self.series_of(outcome))
            .with("Year", value.year.to_string())
            .with_optional("Value", number.as_deref())
            .with_optional("Break", value.break_before.then_some("yes"))
    }
}

fn yes_and_no() -> Vec<String> {
    vec!["yes".to_owned(), "no".to_owned()]
}
