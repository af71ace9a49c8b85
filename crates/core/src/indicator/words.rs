//! The sentences about an indicator: the rules by which it is compared, and what they give for a
//! body.

use super::{
    BodyIndicator, Figures, GrowthSpan, IndicatorReport, IntervalMark, MIN_RANKED, NoGrowth,
    Outlier, PeriodChoice, Rank, value_in,
};
use crate::framework::Noun;
use crate::outcome::{Better, YearSpan};
use crate::percent::a_year;
use crate::words::{number, ordinal, years};

/// A computed figure as outputs show it: with one decimal from 100 on, two from 1 on, and otherwise
/// three significant digits.
pub fn figure(value: f64) -> String {
    let decimals = match value.abs() {
        size if size >= 100.0 => 1,
        size if size >= 1.0 => 2,
        size if size >= 0.1 => 3,
        _ => 4,
    };
    let text = format!("{value:.decimals$}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" || text.is_empty() {
        "0".to_owned()
    } else {
        text.to_owned()
    }
}

impl IndicatorReport<'_> {
    /// Its title, with its series unless the series counts everyone: "Life expectancy (males)".
    pub fn full_title(&self) -> String {
        let series = self.cycle.framework.series_at(self.series);
        if series.is_whole {
            self.title.to_owned()
        } else {
            format!("{} ({})", self.title, series.title)
        }
    }

    /// Which direction is better, in words.
    pub fn direction(&self) -> &'static str {
        match self.better {
            Better::Higher => "higher is better",
            Better::Lower => "lower is better",
        }
    }

    /// The compared period, as files write it.
    pub fn period(&self) -> Option<String> {
        self.year.map(|year| self.form.period(year))
    }

    /// The years of a span: "2009/10 to 2012/13".
    pub fn span_in_words(&self, span: YearSpan) -> String {
        let (from, to) = (self.form.period(span.from), self.form.period(span.to));
        format!("{from} to {to}")
    }

    /// The bodies whose values are compared: "151 PCTs with a value for 2012/13".
    pub fn level_population(&self) -> Option<String> {
        let count = self.national.level.among;
        let bodies = self.cycle.framework.words.body.of(count);
        Some(format!(
            "{count} {bodies} with a value for {}",
            self.period()?
        ))
    }

    /// The bodies whose rates are compared: "151 PCTs with a rate over one year, 2011/12 to
    /// 2012/13".
    pub fn growth_population(&self) -> Option<String> {
        let span = self.span?;
        let count = self.top_decile.growth.among;
        let bodies = self.cycle.framework.words.body.of(count);
        let length = years(span.years.years());
        Some(format!(
            "{count} {bodies} with a rate over {length}, {}",
            self.span_in_words(span.years)
        ))
    }

    /// The rules by which the figures were compared, one sentence each.
    pub fn rules(&self) -> Vec<String> {
        let words = &self.cycle.framework.words;
        let (body, bodies, peers) = (&words.body.one, &words.body.many, &words.peers.one);
        let mut rules = vec![self.period_rule()];
        if self.with_values == 0 {
            return rules;
        }
        rules.push(self.growth_rule());
        rules.push(format!(
            "Places: 1 is best ({}). Equal figures share the better place; quartile 1 is the best \
             quarter of the places. Fewer than {MIN_RANKED} {bodies} are not ranked.",
            self.direction()
        ));
        rules.push(format!(
            "National: as the source gives it; computed, the mean of the {bodies}, not weighted by \
             population, and for rates the growth of that mean among the {bodies} with a rate. \
             {peers}: the same within the group, the {body} included, if it has at least 2."
        ));
        rules.push(format!(
            "Top decile: the figure at which the best tenth of the {bodies} begins, by linear \
             interpolation (Hyndman and Fan 1996, type 7)."
        ));
        rules.push(
            "Outliers: more than 1.5 interquartile ranges beyond a quartile (Tukey's fences, \
             quartiles by the same interpolation). An interval that leaves the national value out is \
             marked as well."
                .to_owned(),
        );
        rules
    }

    fn period_rule(&self) -> String {
        let words = &self.cycle.framework.words;
        let (body, bodies) = (&words.body.one, &words.body.many);
        let with_values = self.with_values;
        let mut rule = match (self.period(), self.choice) {
            (None, _) => format!("No {body} has a value, so nothing is compared."),
            (Some(period), PeriodChoice::OfOthers) => format!(
                "No {body} has a value, so nothing is compared. Values of others are those for {period}."
            ),
            (Some(period), PeriodChoice::Latest) => format!(
                "Compared period: {period}, the latest for which at least half of the {bodies} with \
                 values have one."
            ),
            (Some(period), PeriodChoice::Widest { count }) => format!(
                "Compared period: {period}, with values of {count} of the {with_values} {bodies} that \
                 have any: no period has values of at least half of them, and none has more."
            ),
        };
        if self.has_later {
            rule.push_str(&format!(
                " Periods that begin after {} are not used.",
                self.cycle.as_of
            ));
        }
        rule
    }

    fn growth_rule(&self) -> String {
        let frameworks = years(i32::from(self.frameworks_span()));
        let Some(GrowthSpan {
            years: span,
            is_frameworks,
        }) = self.span
        else {
            return "Growth: n/a.".to_owned();
        };
        let rule = format!(
            "Growth: compound annual rate over {}, {}; n/a if a value is missing, if the first is \
             zero, if any is below zero, or if the series has a gap or break.",
            years(span.years()),
            self.span_in_words(span)
        );
        if is_frameworks {
            rule
        } else {
            format!(
                "{rule} This is not the framework's span of {frameworks}, over which fewer than \
                 {MIN_RANKED} have a rate: these rates are compared with each other only."
            )
        }
    }

    /// What a body's figures come to, one line each.
    pub fn lines_of(&self, body: &BodyIndicator<'_>) -> Vec<String> {
        let mut lines = vec![self.value_line(body)];
        lines.push(self.growth_line(body));
        let peers = self.peers_of(body);
        lines.push(self.benchmark_line("national", &self.national.level, &self.national.growth));
        if let Some(group) = body.peers {
            lines.push(self.benchmark_line(group, &peers.level, &peers.growth));
            lines.extend(self.contradiction(group));
        }
        let top = &self.top_decile;
        lines.push(self.benchmark_line("top decile", &top.level, &top.growth));
        lines.extend(body.trajectory.iter().map(|year| {
            format!(
                "trajectory for {}: {}; {}",
                self.form.period(year.year),
                number(year.target),
                year.in_words()
            )
        }));
        lines
    }

    /// All values of a body: "2011/12 384.22, 2012/13 436.65 (break before)".
    pub fn values_in_words(&self, body: &BodyIndicator<'_>) -> String {
        if body.values().is_empty() {
            return "none".to_owned();
        }
        let values = body.values().iter().map(|value| {
            let shown = value.value.map_or_else(|| "n/a".to_owned(), number);
            let mut text = format!("{} {shown}", self.form.period(value.year));
            if let Some(limits) = value.limits {
                let (lower, upper) = (number(limits.lower), number(limits.upper));
                text.push_str(&format!(" ({lower} to {upper})"));
            }
            if value.break_before {
                text.push_str(" (not comparable with earlier values)");
            }
            text
        });
        values.collect::<Vec<String>>().join(", ")
    }

    fn value_line(&self, body: &BodyIndicator<'_>) -> String {
        let period = self.period().unwrap_or_default();
        let Some(value) = body.value.and_then(|value| value.value) else {
            return format!("value for {period}: n/a");
        };
        let mut line = format!("value for {period}: {} {}", number(value), self.unit);
        if let (Some(rank), Some(population)) = (body.level, self.level_population()) {
            line.push_str(&format!("; {}", placed(rank, &population)));
        }
        if let Some(outlier) = body.level_outlier {
            line.push_str(&format!("; {}", outlier.in_words()));
        }
        if let Some(mark) = body.interval {
            let level = body.record.and_then(|record| record.confidence);
            let level = level.map_or_else(String::new, |level| format!("{}% ", number(level)));
            let national = self
                .national
                .level
                .preferred()
                .map(figure)
                .unwrap_or_default();
            line.push_str(&format!(
                "; its {level}interval {} the national value, {national}",
                mark.in_words()
            ));
        }
        line
    }

    fn growth_line(&self, body: &BodyIndicator<'_>) -> String {
        let Some(span) = self.span else {
            return "growth: n/a".to_owned();
        };
        let covered = self.span_in_words(span.years);
        let mut line = match body.growth {
            Ok(rate) => {
                let worth = worth(self.better, rate);
                format!("growth, {covered}: {}, {worth}", a_year(rate))
            }
            Err(reason) => format!("growth, {covered}: n/a ({})", self.reason(reason)),
        };
        if let (Some(rank), Some(population)) = (body.improvement, self.growth_population()) {
            line.push_str(&format!("; improvement {}", placed(rank, &population)));
        }
        if let Some(outlier) = body.growth_outlier {
            line.push_str(&format!("; {}", outlier.in_words()));
        }
        if let Some((rate, span)) = body.other_growth {
            line.push_str(&format!(
                "; over {}, {}: {}, not compared",
                years(span.years()),
                self.span_in_words(span),
                a_year(rate)
            ));
        }
        line
    }

    /// Why there is no rate, with its periods as files write them.
    pub fn reason(&self, reason: NoGrowth) -> String {
        let period = |year| self.form.period(year);
        match reason {
            NoGrowth::EndMissing(year) | NoGrowth::StartMissing(year) => {
                format!("no value for {}", period(year))
            }
            NoGrowth::Gap(year) => format!("a gap: no value for {}", period(year)),
            NoGrowth::Break(year) => format!("a break in the series in {}", period(year)),
            NoGrowth::Undefined(reason) => reason.to_string(),
        }
    }

    /// What sources give for a comparison group, if they contradict one another.
    pub fn contradiction(&self, group: &str) -> Option<String> {
        let records = self.contradicted.get(group)?;
        let figures = records.iter().map(|record| {
            let body = self.cycle.organisations.body(record.body);
            let value = self
                .year
                .and_then(|year| value_in(&record.values, year)?.value);
            let value = value.map_or_else(|| "n/a".to_owned(), number);
            format!("{value} with {} ({})", body.name, body.code)
        });
        let figures: Vec<String> = figures.collect();
        Some(format!(
            "{group}: the given figures contradict one another and are not used: {}",
            figures.join("; ")
        ))
    }

    /// A benchmark in words: "national: 412.3 given; growth n/a".
    pub fn benchmark_line(&self, name: &str, level: &Figures, rate: &Figures) -> String {
        let body = &self.cycle.framework.words.body;
        if level.is_empty() && rate.is_empty() {
            return format!("{name}: n/a");
        }
        let level = level.in_words(body, figure);
        let rate = rate.in_words(body, a_year);
        format!("{name}: {level}; growth {rate}")
    }
}

impl Figures {
    /// Both figures in words: "412.3 given, 405.1 computed from 151 PCTs".
    pub fn in_words(&self, body: &Noun, shown: impl Fn(f64) -> String) -> String {
        let bodies = body.of(self.among);
        let computed = self
            .computed
            .map(|computed| format!("{} computed from {} {bodies}", shown(computed), self.among));
        let given = self.given.map(|given| format!("{} given", shown(given)));
        match (given, computed) {
            (None, None) => "n/a".to_owned(),
            (Some(one), None) | (None, Some(one)) => one,
            (Some(given), Some(computed)) => format!("{given}, {computed}"),
        }
    }
}

impl Outlier {
    /// The mark in words.
    pub fn in_words(self) -> &'static str {
        match self {
            Outlier::Better => "an outlier, better",
            Outlier::Worse => "an outlier, worse",
        }
    }
}

impl IntervalMark {
    /// The mark in words, between "its interval" and "the national value".
    pub fn in_words(self) -> &'static str {
        match self {
            IntervalMark::Includes => "includes",
            IntervalMark::Better => "is better than",
            IntervalMark::Worse => "is worse than",
        }
    }
}

fn placed(rank: Rank, population: &str) -> String {
    format!(
        "{} of {population} (quartile {}; 1 is best)",
        ordinal(rank.place),
        rank.quartile
    )
}

fn worth(better: Better, rate: f64) -> &'static str {
    match crate::percent::to_one_decimal(better.improvement(rate)) {
        rate if rate > 0.0 => "an improvement",
        rate if rate < 0.0 => "a worsening",
        _ => "no change",
    }
}
