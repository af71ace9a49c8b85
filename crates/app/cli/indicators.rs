//! `wcc indicators`: compares published series among all bodies.

use super::assure::cycles;
use super::{Failure, print};
use crate::load;
use crate::settings::Settings;
use crate::source::Source;
use serde_json::{Value, json};
use std::fmt::Write as _;
use wcc_case::nearest;
use wcc_core::BodyIndex;
use wcc_core::Organisations;
use wcc_core::indicator::{
    BodyIndicator, Distribution, Figures, IndicatorReport, IntervalMark, Outlier, Rank, figure,
};
use wcc_core::percent;
use wcc_core::words::number;
use wcc_programme::AssuredCycle;

/// Compare the indicators of a case among all bodies
///
/// For each indicator and series: the national value, the comparison groups and the top decile, as
/// given and as computed; each body's value and growth with place, quartile and outlier marks; and
/// the rules by which they were compared. With --body: all values of one body, with the reason for
/// every n/a and its trajectory.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Folder of the case; or `ledger:`, `ledger:120`, `ledger:2009-11-30T17:00:00Z`
    case: Source,
    /// Only this body, in full: 5PK
    #[arg(long, value_name = "CODE")]
    body: Option<String>,
    /// Only this indicator: obesity-admissions
    #[arg(long, value_name = "ID")]
    indicator: Option<String>,
    /// Only this series of it: females
    #[arg(long, value_name = "ID")]
    series: Option<String>,
    /// Only this cycle, if the case has several: 2008-09
    #[arg(long, value_name = "ID")]
    cycle: Option<String>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(arguments: Arguments, settings: &Settings) -> Result<(), Failure> {
    let programme = load::programme(settings, &arguments.case).await?;
    let cycles = cycles(&programme, arguments.cycle.as_deref())?;
    let mut texts = Vec::new();
    let mut values = Vec::new();
    let mut failures = Vec::new();
    for assured in &cycles {
        match reports(assured, &arguments) {
            Ok((reports, body)) => {
                values.extend(reports.iter().map(|report| as_json(assured, report, body)));
                texts.extend(in_words(assured, &reports, body));
            }
            Err(failure) => failures.push(failure),
        }
    }
    // A body or indicator may be in one of several cycles only.
    if texts.is_empty()
        && let Some(failure) = failures.into_iter().next()
    {
        return Err(failure);
    }
    if arguments.json {
        let text = serde_json::to_string_pretty(&Value::Array(values));
        let text = text.map_err(|error| Failure::system(format!("cannot write JSON: {error}")))?;
        return print(&format!("{text}\n"));
    }
    print(&texts.join("\n"))
}

type Reports<'a> = (Vec<IndicatorReport<'a>>, Option<BodyIndex>);

fn reports<'a>(assured: &'a AssuredCycle, arguments: &Arguments) -> Result<Reports<'a>, Failure> {
    let cycle = &assured.cycle;
    let groups = assured.indicators();
    if groups.is_empty() {
        return Err(Failure::not_found(format!(
            "{} has no indicators: give indicator_values.csv, or indicator_files.toml with the \
             files that it names",
            cycle.id
        )));
    }
    let body = arguments.body.as_deref().map(|code| {
        cycle.organisations.find(code).ok_or_else(|| {
            let codes = cycle
                .organisations
                .each()
                .map(|(_, body)| body.code.as_str());
            Failure::not_found(unknown("body", code, &cycle.id, nearest(code, codes)))
        })
    });
    let body = body.transpose()?;
    let series = arguments.series.as_deref().map(|id| {
        cycle.framework.find_series(id).ok_or_else(|| {
            let ids = cycle
                .framework
                .series
                .iter()
                .map(|series| series.id.as_str());
            Failure::not_found(unknown("series", id, &cycle.id, nearest(id, ids)))
        })
    });
    let series = series.transpose()?;
    if let Some(id) = arguments.indicator.as_deref()
        && groups.named(id).next().is_none()
    {
        let ids = groups.each().map(|group| group.indicator());
        return Err(Failure::not_found(unknown(
            "indicator",
            id,
            &cycle.id,
            nearest(id, ids),
        )));
    }
    let wanted = groups.each().filter(|group| {
        let mut named = arguments.indicator.iter();
        named.all(|id| group.indicator().eq_ignore_ascii_case(id))
            && series.is_none_or(|series| group.series() == series)
    });
    let mut reports: Vec<IndicatorReport<'_>> = wanted
        .filter_map(|group| IndicatorReport::of(cycle, &group))
        .collect();
    if let Some(series) = arguments.series.as_deref()
        && reports.is_empty()
    {
        let of = arguments.indicator.as_deref();
        let of = of.map_or_else(String::new, |id| format!(" of `{id}`"));
        let message = format!("{} has no values of the series `{series}`{of}", cycle.id);
        return Err(Failure::not_found(message));
    }
    if let (Some(code), Some(body)) = (&arguments.body, body) {
        reports.retain(|report| report.body(body).is_some());
        if reports.is_empty() {
            let message = format!("`{code}` has no series of these indicators in {}", cycle.id);
            return Err(Failure::not_found(message));
        }
    }
    Ok((reports, body))
}

fn unknown(what: &str, given: &str, cycle: &str, near: Option<&str>) -> String {
    let mut message = format!("there is no {what} `{given}` in {cycle}");
    if let Some(near) = near {
        let _ = write!(message, ": did you mean `{near}`?");
    }
    message
}

/// The reports of a cycle. Rules that hold for all of them are printed once, at the end.
fn in_words(
    assured: &AssuredCycle,
    reports: &[IndicatorReport<'_>],
    body: Option<BodyIndex>,
) -> Vec<String> {
    let rules: Vec<Vec<String>> = reports.iter().map(IndicatorReport::rules).collect();
    // A series without compared values has a single rule.
    let compared = || rules.iter().filter(|rules| rules.len() > 1);
    let is_shared =
        |rule: &String| compared().nth(1).is_some() && compared().all(|rules| rules.contains(rule));
    let each = reports.iter().zip(&rules).map(|(report, rules)| {
        let mut text = report_in_words(assured, report, body);
        for rule in rules.iter().filter(|rule| !is_shared(rule)) {
            let _ = writeln!(text, "  {rule}");
        }
        text
    });
    let mut texts: Vec<String> = each.collect();
    let first = compared().next().map(Vec::as_slice).unwrap_or_default();
    let shared: Vec<&String> = first.iter().filter(|rule| is_shared(rule)).collect();
    if !shared.is_empty() {
        let mut text = format!("{}, all of these\n", assured.cycle.title);
        for rule in shared {
            let _ = writeln!(text, "  {rule}");
        }
        texts.push(text);
    }
    texts
}

fn report_in_words(
    assured: &AssuredCycle,
    report: &IndicatorReport<'_>,
    body: Option<BodyIndex>,
) -> String {
    let cycle = &assured.cycle;
    let mut text = format!("{}, {}\n", cycle.title, cycle.id);
    if let Some(illustrative) = &cycle.illustrative {
        let _ = writeln!(text, "{illustrative}");
    }
    let (title, direction) = (report.full_title(), report.direction());
    let _ = writeln!(
        text,
        "{title} ({}), {}; {direction}",
        report.indicator, report.unit
    );
    match body.and_then(|body| report.body(body)) {
        Some(body) => write_body(&mut text, assured, report, body),
        None => write_table(&mut text, &cycle.organisations, report),
    }
    text
}

fn write_body(
    text: &mut String,
    assured: &AssuredCycle,
    report: &IndicatorReport<'_>,
    body: &BodyIndicator<'_>,
) {
    let of = assured.cycle.organisations.body(body.body);
    let _ = writeln!(text, "{}", of.name_and_code());
    let record = body.record;
    let place = record.and_then(|record| assured.places.place(record.record));
    let place = place.map_or_else(String::new, |place| format!(" [{place}]"));
    let _ = writeln!(text, "  - values: {}{place}", report.values_in_words(body));
    for line in report.lines_of(body) {
        let _ = writeln!(text, "  - {line}");
    }
    if let Some(inferred) = record.and_then(|record| record.inferred.as_deref()) {
        let _ = writeln!(text, "  - inferred: {inferred}");
    }
    if let Some(source) = record.and_then(|record| record.source.as_deref()) {
        let _ = writeln!(text, "  - source: {source}");
    }
}

fn write_table(text: &mut String, organisations: &Organisations, report: &IndicatorReport<'_>) {
    let benchmarks = [
        ("national", report.national),
        ("top decile", report.top_decile),
    ];
    let each = benchmarks.into_iter().chain(report.each_peers());
    for (name, benchmark) in each {
        let line = report.benchmark_line(name, &benchmark.level, &benchmark.growth);
        let _ = writeln!(text, "  {line}");
        if let Some(contradiction) = report.contradiction(name) {
            let _ = writeln!(text, "  {contradiction}");
        }
    }
    write_spread(text, "quartiles", report.level.as_ref(), figure);
    write_spread(
        text,
        "quartiles of growth",
        report.improvement.as_ref(),
        percent::signed,
    );
    let period = report.period().unwrap_or_default();
    let growth = report.span.map_or_else(
        || "growth".to_owned(),
        |span| format!("growth {}", report.span_in_words(span.years)),
    );
    let mut rows = vec![[
        "code".to_owned(),
        period,
        "place".to_owned(),
        "quartile".to_owned(),
        growth,
        "place".to_owned(),
        "quartile".to_owned(),
        "name and marks".to_owned(),
    ]];
    for body in &report.bodies {
        let of = organisations.body(body.body);
        let value = body.value.and_then(|value| value.value);
        let (place, quartile) = shown(body.level);
        let (growth_place, growth_quartile) = shown(body.improvement);
        rows.push([
            of.code.clone(),
            value.map_or_else(|| "n/a".to_owned(), number),
            place,
            quartile,
            body.growth
                .map_or_else(|_| "n/a".to_owned(), percent::signed),
            growth_place,
            growth_quartile,
            format!("{}{}", of.name, marks(report, body)),
        ]);
    }
    write_columns(text, &rows);
}

fn write_spread(
    text: &mut String,
    name: &str,
    spread: Option<&Distribution>,
    shown: impl Fn(f64) -> String,
) {
    let Some(spread) = spread else { return };
    let (better, worse) = (shown(spread.better_fence), shown(spread.worse_fence));
    let _ = writeln!(
        text,
        "  {name}: {} (upper), {} (median), {} (lower); outliers beyond {better} and {worse}",
        shown(spread.upper_quartile),
        shown(spread.median),
        shown(spread.lower_quartile),
    );
}

fn shown(rank: Option<Rank>) -> (String, String) {
    let place = rank.map_or_else(String::new, |rank| rank.place.to_string());
    let quartile = rank.map_or_else(String::new, |rank| rank.quartile.to_string());
    (place, quartile)
}

fn marks(report: &IndicatorReport<'_>, body: &BodyIndicator<'_>) -> String {
    let mut marks = Vec::new();
    if let Some(outlier) = body.level_outlier {
        marks.push(format!("value {}", outlier.in_words()));
    }
    if let Some(mark) = body.interval.filter(|mark| *mark != IntervalMark::Includes) {
        marks.push(format!("interval {} the national value", mark.in_words()));
    }
    if let Some(outlier) = body.growth_outlier {
        marks.push(format!("growth {}", outlier.in_words()));
    }
    if let Err(reason) = body.growth {
        marks.push(format!("no growth: {}", report.reason(reason)));
    }
    if marks.is_empty() {
        return String::new();
    }
    format!("; {}", marks.join("; "))
}

/// Writes columns; figures are aligned to the right, the first and last column to the left.
fn write_columns<const N: usize>(text: &mut String, rows: &[[String; N]]) {
    let width = |at: usize| {
        let cells = rows.iter().filter_map(|row| row.get(at));
        cells
            .map(|cell| cell.chars().count())
            .max()
            .unwrap_or_default()
    };
    let widths: Vec<usize> = (0..N).map(width).collect();
    for row in rows {
        let mut line = String::from("  ");
        for (at, (cell, width)) in row.iter().zip(&widths).enumerate() {
            if at == 0 {
                let _ = write!(line, "{cell:width$}");
            } else if at + 1 == N {
                let _ = write!(line, "  {cell}");
            } else {
                let _ = write!(line, "  {cell:>width$}");
            }
        }
        let _ = writeln!(text, "{}", line.trim_end());
    }
}

fn as_json(assured: &AssuredCycle, report: &IndicatorReport<'_>, body: Option<BodyIndex>) -> Value {
    let framework = &assured.cycle.framework;
    let wanted = report
        .bodies
        .iter()
        .filter(|of| body.is_none_or(|body| of.body == body));
    let bodies: Vec<Value> = wanted
        .map(|body| body_as_json(assured, report, body))
        .collect();
    let peers = report.each_peers().map(|(group, benchmark)| {
        json!({
            "group": group,
            "level": figures_as_json(&benchmark.level),
            "growth": figures_as_json(&benchmark.growth),
            "contradiction": report.contradiction(group),
        })
    });
    json!({
        "cycle": assured.cycle.id,
        "illustrative": assured.cycle.illustrative,
        "indicator": report.indicator,
        "title": report.title,
        "unit": report.unit,
        "better": report.better.name(),
        "series": framework.series_at(report.series).id,
        "period": report.period(),
        "levelPopulation": report.level_population(),
        "growthSpan": report.span.map(|span| json!({
            "from": report.form.period(span.years.from),
            "to": report.form.period(span.years.to),
            "isFrameworkSpan": span.is_frameworks,
        })),
        "growthPopulation": report.growth_population(),
        "national": {
            "level": figures_as_json(&report.national.level),
            "growth": figures_as_json(&report.national.growth),
        },
        "topDecile": {
            "level": figures_as_json(&report.top_decile.level),
            "growth": figures_as_json(&report.top_decile.growth),
        },
        "peers": peers.collect::<Vec<Value>>(),
        "levelSpread": report.level.as_ref().map(spread_as_json),
        "growthSpread": report.improvement.as_ref().map(spread_as_json),
        "rules": report.rules(),
        "bodies": bodies,
    })
}

fn figures_as_json(figures: &Figures) -> Value {
    json!({
        "given": figures.given,
        "computed": figures.computed,
        "among": figures.among,
        "difference": figures.difference(),
    })
}

fn spread_as_json(spread: &Distribution) -> Value {
    json!({
        "upperQuartile": spread.upper_quartile,
        "median": spread.median,
        "lowerQuartile": spread.lower_quartile,
        "betterFence": spread.better_fence,
        "worseFence": spread.worse_fence,
    })
}

fn body_as_json(
    assured: &AssuredCycle,
    report: &IndicatorReport<'_>,
    body: &BodyIndicator<'_>,
) -> Value {
    let of = assured.cycle.organisations.body(body.body);
    let rank = |rank: Option<Rank>| {
        rank.map(|rank| {
            json!({
                "place": rank.place, "among": rank.among, "quartile": rank.quartile,
            })
        })
    };
    let outlier = |outlier: Option<Outlier>| outlier.map(Outlier::in_words);
    let values = body.values().iter().map(|value| {
        json!({
            "period": report.form.period(value.year),
            "value": value.value,
            "lower": value.limits.map(|limits| limits.lower),
            "upper": value.limits.map(|limits| limits.upper),
            "breakBefore": value.break_before,
        })
    });
    let trajectory = body.trajectory.iter().map(|year| {
        json!({
            "period": report.form.period(year.year),
            "target": year.target,
            "actual": year.actual,
            "gap": year.gap(),
            "inWords": year.in_words(),
        })
    });
    json!({
        "code": of.code,
        "name": of.name,
        "values": values.collect::<Vec<Value>>(),
        "value": body.value.and_then(|value| value.value),
        "level": rank(body.level),
        "levelOutlier": outlier(body.level_outlier),
        "interval": body.interval.map(|mark| mark.in_words()),
        "growth": body.growth.ok(),
        "growthNotAvailable": body.growth.err().map(|reason| report.reason(reason)),
        "otherGrowth": body.other_growth.map(|(rate, span)| json!({
            "rate": rate,
            "from": report.form.period(span.from),
            "to": report.form.period(span.to),
        })),
        "improvement": rank(body.improvement),
        "growthOutlier": outlier(body.growth_outlier),
        "peers": body.peers,
        "trajectory": trajectory.collect::<Vec<Value>>(),
        "inferred": body.record.and_then(|record| record.inferred.as_deref()),
        "source": body.record.and_then(|record| record.source.as_deref()),
        "place": body.record.and_then(|record| assured.places.place(record.record)),
    })
}
