//! The statistics as text for the terminal.

use super::CycleStatistics;
use std::fmt::Write as _;
use wcc_core::BodyKind;
use wcc_core::calibration::{
    Coefficient, Group, GroupBy, MethodAgreement, Share, Spread, Undefined, UnlikePair,
    method_agreements, spreads, unlike_pairs,
};
use wcc_core::explain::survey_name;
use wcc_core::scale::Scale;
use wcc_core::words::{counted, number};

/// The statistics of a cycle as text.
pub(super) fn text(of: &CycleStatistics<'_>) -> String {
    let cycle = &of.assured.cycle;
    let mut text = format!("{}, {}\n", cycle.title, cycle.id);
    if let Some(illustrative) = &cycle.illustrative {
        let _ = writeln!(text, "{illustrative}");
    }
    let within = of.authority.map(|authority| of.named(authority));
    let within = within.map_or_else(String::new, |name| format!(" under {name}"));
    let population = of.decisions.population_in_words();
    let _ = writeln!(text, "Population{within}: {population}");
    write_spreads(&mut text, of, GroupBy::All);
    if of.measure.is_some() {
        write_spreads(&mut text, of, GroupBy::Authority);
        write_spreads(&mut text, of, GroupBy::Panel);
    }
    write_agreements(&mut text, of);
    write_pairs(&mut text, of);
    text
}

fn write_spreads(text: &mut String, of: &CycleStatistics<'_>, by: GroupBy) {
    let framework = &of.assured.cycle.framework;
    let spreads = spreads(&of.decisions, by);
    // Groups are shown if there is anything to compare.
    let has_groups = spreads
        .iter()
        .any(|spread| spreads.iter().any(|other| other.group != spread.group));
    let title = match by {
        GroupBy::All => "Spread of current values, by measure".to_owned(),
        _ if !has_groups => return,
        GroupBy::Authority => format!(
            "Spread of current values, by {}",
            framework.words.kind(BodyKind::Sha)
        ),
        GroupBy::Panel => "Spread of current values, by panel".to_owned(),
    };
    let mut scales: Vec<&Scale> = Vec::new();
    for spread in &spreads {
        let scale = framework.scale_of(spread.measure);
        if !scales.iter().any(|known| known.id == scale.id) {
            scales.push(scale);
        }
    }
    for scale in scales {
        let _ = writeln!(text, "\n{title}: {}", scale.title);
        let mut rows = vec![heading(scale)];
        let on_scale = spreads
            .iter()
            .filter(|spread| framework.scale_of(spread.measure).id == scale.id);
        rows.extend(on_scale.map(|spread| row(of, scale, by, spread)));
        write_columns(text, &rows);
    }
}

fn heading(scale: &Scale) -> Vec<String> {
    let mut heading = vec![String::new()];
    match scale.numbers() {
        Some(_) => heading.extend(["lowest", "median", "highest"].map(str::to_owned)),
        None => heading.extend(scale.steps().iter().map(|step| step.key.clone())),
    }
    let others = [
        "not known",
        "n/a",
        "mean",
        "above self",
        "below self",
        "above evidence",
    ];
    heading.extend(others.map(str::to_owned));
    heading
}

fn row(of: &CycleStatistics<'_>, scale: &Scale, by: GroupBy, spread: &Spread<'_>) -> Vec<String> {
    let framework = &of.assured.cycle.framework;
    let mut row = vec![match by {
        GroupBy::All => framework.measure(spread.measure).id.clone(),
        _ => group_in_words(of, spread.group),
    }];
    match scale.numbers() {
        Some(_) => {
            let values = [
                spread.counts.first().map(|(step, _)| *step),
                spread.median(),
                spread.counts.last().map(|(step, _)| *step),
            ];
            row.extend(
                values.map(|step| step.map_or_else(String::new, |step| scale.key(step).into())),
            );
        }
        None => row.extend(spread.counts.iter().map(|(_, count)| count.to_string())),
    }
    let (own, evidence) = (spread.against_self, spread.against_evidence);
    let below = own.share_below();
    row.extend([
        spread.not_known.to_string(),
        spread.not_applicable.to_string(),
        spread
            .mean
            .map_or_else(String::new, |mean| format!("{mean:.2}")),
        share(own.share_above()),
        share(below),
        share(evidence.share_above()),
    ]);
    row
}

/// The name of a group.
pub(super) fn group_in_words(of: &CycleStatistics<'_>, group: Group<'_>) -> String {
    let word = of.assured.cycle.framework.words.kind(BodyKind::Sha);
    match group {
        Group::All => "all".to_owned(),
        Group::Authority(Some(authority)) => of.named(authority),
        Group::Authority(None) => format!("no {word}"),
        Group::Panel(Some(author)) => author.to_owned(),
        Group::Panel(None) => "author not recorded".to_owned(),
    }
}

fn share(share: Share) -> String {
    match share.percent() {
        Some(percent) => format!("{} of {} ({percent:.0}%)", share.count, share.of),
        None => "none to compare".to_owned(),
    }
}

fn write_agreements(text: &mut String, of: &CycleStatistics<'_>) {
    let agreements = method_agreements(&of.decisions);
    let _ = writeln!(text, "\nAgreement between methods, with 95% intervals");
    if agreements.is_empty() {
        let _ = writeln!(text, "  no two methods have values");
    }
    for agreement in &agreements {
        write_agreement(text, of, agreement);
    }
}

fn write_agreement(text: &mut String, of: &CycleStatistics<'_>, of_methods: &MethodAgreement<'_>) {
    let methods = &of.assured.cycle.framework.methods;
    let MethodAgreement {
        scale,
        first,
        second,
        agreement,
        raised,
        lowered,
    } = of_methods;
    let (first, second) = (methods.title(*first), methods.title(*second));
    let _ = writeln!(
        text,
        "  {}: {first}, then {second}: {} compared, {} without one of the two; {raised} raised, \
         {lowered} lowered",
        scale.title, agreement.items, agreement.unpaired
    );
    let near = match agreement.within_one {
        Ok(near) => format!("within one level {}", share(near)),
        Err(reason) => format!("within one level not defined: {}", reason.in_words()),
    };
    let _ = writeln!(text, "    same value {}, {near}", share(agreement.exact));
    let coefficients = [
        ("kappa", agreement.kappa),
        ("kappa, linear weights", agreement.linear_kappa),
        ("kappa, quadratic weights", agreement.quadratic_kappa),
        ("alpha, nominal", agreement.nominal_alpha),
        ("alpha, ordinal", agreement.ordinal_alpha),
        ("alpha, interval", agreement.interval_alpha),
    ];
    // One reason is said once.
    if let Some((_, Err(reason))) = coefficients.first().copied()
        && coefficients.iter().all(|(_, one)| *one == Err(reason))
    {
        let _ = writeln!(
            text,
            "    kappa and alpha not defined: {}",
            reason.in_words()
        );
        return;
    }
    for (name, coefficient) in coefficients {
        let _ = writeln!(text, "    {name:<25}{}", coefficient_in_words(coefficient));
    }
}

fn coefficient_in_words(coefficient: Result<Coefficient, Undefined>) -> String {
    match coefficient {
        Err(reason) => format!("not defined: {}", reason.in_words()),
        Ok(Coefficient { value, interval }) => match interval {
            Ok(interval) => format!(
                "{value:.3} ({:.3} to {:.3})",
                interval.lower, interval.upper
            ),
            Err(reason) => format!("{value:.3} (no interval: {})", reason.in_words()),
        },
    }
}

fn write_pairs(text: &mut String, of: &CycleStatistics<'_>) {
    let pairs = unlike_pairs(&of.decisions, of.distance);
    let distance = number(of.distance.to_f64());
    let shown = pairs.len().min(of.most_pairs);
    let most = match pairs.len() - shown {
        0 => String::new(),
        _ => format!(", the {shown} furthest apart"),
    };
    let _ = writeln!(
        text,
        "\nLike evidence and unlike values (survey scores at most {distance} apart): {}{most}",
        counted(pairs.len(), "pair")
    );
    for pair in pairs.iter().take(of.most_pairs) {
        let _ = writeln!(text, "  {}", pair_in_words(of, pair));
    }
}

fn pair_in_words(of: &CycleStatistics<'_>, pair: &UnlikePair<'_>) -> String {
    let framework = &of.assured.cycle.framework;
    let measure = &framework.measure(pair.measure).id;
    let mut text = format!(
        "{measure}: {} {}, {} {}",
        of.named(pair.better.body),
        of.value(pair.measure, pair.better_value),
        of.named(pair.worse.body),
        of.value(pair.measure, pair.worse_value),
    );
    let supported = pair.supported.map(|step| of.value(pair.measure, step));
    if let Some(supported) = supported {
        let _ = write!(text, "; evidence supports {supported}");
    }
    for figure in &pair.figures {
        let (better, worse) = (
            wcc_core::ceiling::score_in_words(figure.better),
            wcc_core::ceiling::score_in_words(figure.worse),
        );
        let _ = write!(text, "; {}", survey_name(figure.survey));
        if let Some(question) = figure.question {
            let _ = write!(text, ", {question}");
        }
        let _ = write!(text, " {better} and {worse}");
    }
    text
}

/// Writes columns: the first aligned to the left, the others to the right.
fn write_columns(text: &mut String, rows: &[Vec<String>]) {
    let columns = rows.iter().map(Vec::len).max().unwrap_or_default();
    let width = |at: usize| {
        let cells = rows.iter().filter_map(|row| row.get(at));
        let widths = cells.map(|cell| cell.chars().count());
        widths.max().unwrap_or_default()
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    for row in rows {
        let mut line = String::from("  ");
        for (at, (cell, width)) in row.iter().zip(&widths).enumerate() {
            let _ = match at {
                0 => write!(line, "{cell:width$}"),
                _ => write!(line, "  {cell:>width$}"),
            };
        }
        let _ = writeln!(text, "{}", line.trim_end());
    }
}
