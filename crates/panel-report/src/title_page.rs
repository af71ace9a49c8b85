//! The body and the month of a report.

use crate::catalogue::{BodyNames, KnownBody};
use crate::outline::{Document, Part, Section};
use crate::report::{Confidence, Contradiction, LineUse, Prose, numbers};
use crate::text::{key, plain};
use wcc_core::words::month_named;

#[derive(Default)]
pub(crate) struct TitlePage {
    pub(crate) body_name: Option<Prose>,
    pub(crate) body: Option<String>,
    pub(crate) date: Option<(i16, i8, usize)>,
    pub(crate) selected: Option<(String, usize)>,
    pub(crate) contradictions: Vec<Contradiction>,
}

pub(crate) fn read(document: &mut Document, parts: &[Part], bodies: &[KnownBody]) -> TitlePage {
    let mut page = TitlePage::default();
    let bodies = BodyNames::of(bodies);
    let front: Vec<usize> = parts
        .iter()
        .filter(|part| part.section == Section::Front)
        .flat_map(|part| part.lines.clone())
        .collect();
    let mut names: Vec<(String, Option<String>, usize)> = Vec::new();
    let (mut dates, mut joint) = (Vec::new(), false);
    for at in &front {
        let text = plain(document.text(*at)).to_owned();
        let words = key(&text);
        if words.is_empty() || words.split(' ').count() > 14 {
            continue;
        }
        let mut used = false;
        let months = months_in(&words);
        if !months.is_empty() && !is_of_draft(&words) {
            dates.extend(months.iter().map(|(year, month)| (*year, *month, *at)));
            document.assign(&[*at], "case.toml month");
            used = true;
        }
        if let Some(body) = bodies.find(&text) {
            // `Darlington PCT and County Durham PCT`: the other name is not known to be the same body.
            joint |= words.split(' ').filter(|word| *word == "pct").count() > 1;
            names.push((body.name.clone(), Some(body.code.clone()), *at));
            document.assign(&[*at], "case.toml body");
            used = true;
        } else if words.ends_with(" pct")
            || words.ends_with(" primary care trust")
            || words.ends_with(" care trust")
        {
            names.push((text.clone(), None, *at));
            document.assign(&[*at], "case.toml body");
            used = true;
        }
        if !used && (words.contains("panel report") || words.contains("world class commissioning"))
        {
            document.assign(&[*at], "case.toml title");
        }
    }
    let mut months: Vec<(i16, i8)> = dates
        .iter()
        .map(|(year, month, _)| (*year, *month))
        .collect();
    months.sort_unstable();
    months.dedup();
    // Of two months neither is known to be that of the report.
    let several = months.len() > 1;
    page.date = dates.first().copied().filter(|_| !several);
    for at in 0..document.lines.len() {
        let text = document.text(at).to_owned();
        let thanked = text
            .split_once("thanks ")
            .and_then(|(_, rest)| rest.split_once(" for "))
            .map(|(name, _)| name.to_owned());
        if let Some(name) = thanked.filter(|name| name.split(' ').count() <= 8) {
            match bodies.find(&name) {
                Some(body) => names.push((body.name.clone(), Some(body.code.clone()), at)),
                None => names.push((name, None, at)),
            }
        }
        if page.selected.is_none() && key(&text).starts_with("outcomes selection date") {
            page.selected = text
                .split_once(':')
                .map(|(_, date)| (date.trim().to_owned(), at));
            document.note(at, LineUse::Assigned("outcomes.csv selected".to_owned()));
        } else if key(&text).starts_with("outcomes selection date") {
            document.structure(&[at], "repeated selection date");
        }
        if dates.is_empty()
            && !is_of_draft(&key(&text))
            && page.date.is_none()
            && at < 60
            && let Some((year, month)) = months_in(&key(&text))
                .first()
                .copied()
                .filter(|_| text.split(' ').count() <= 4)
        {
            page.date = Some((year, month, at));
        }
    }
    let mut codes: Vec<&String> = names
        .iter()
        .filter_map(|(_, code, _)| code.as_ref())
        .collect();
    codes.sort_unstable();
    codes.dedup();
    let lines: Vec<usize> = names.iter().map(|(_, _, at)| *at).collect();
    let Some((first, _, _)) = names
        .iter()
        .find(|(_, code, _)| code.is_some())
        .or(names.first())
    else {
        return page;
    };
    let prose = |text: Option<String>, confidence, why| Prose {
        about: "body".to_owned(),
        text,
        confidence,
        why,
        lines: lines.clone(),
    };
    if joint {
        let why = "the line that names the body names two".to_owned();
        page.body_name = Some(prose(None, Confidence::NotLegible, Some(why)));
    } else if codes.len() > 1 {
        let why = "the report names several bodies as its own".to_owned();
        page.contradictions.push(Contradiction {
            sentence: format!(
                "the report names {} as the body assessed",
                names
                    .iter()
                    .map(|(name, _, _)| name.as_str())
                    .collect::<Vec<_>>()
                    .join(" and ")
            ),
            lines: numbers(&lines),
        });
        page.body_name = Some(prose(None, Confidence::NotLegible, Some(why)));
    } else {
        page.body = codes.first().map(|code| (*code).clone());
        page.body_name = Some(prose(Some(first.clone()), Confidence::Read, None));
    }
    page
}

/// Whether a month is that of a draft, of the template or of the print.
fn is_of_draft(words: &str) -> bool {
    let others = [
        "template",
        "draft",
        "drafted",
        "version",
        "printed",
        "published",
    ];
    words.split(' ').any(|word| others.contains(&word))
}

/// `May 2010`, `19 December 2008`
fn months_in(words: &str) -> Vec<(i16, i8)> {
    let words: Vec<&str> = words.split(' ').collect();
    let pairs = words.windows(2);
    let months = pairs.filter_map(|pair| {
        let [month, year] = pair else { return None };
        let month = month_named(month)?;
        let year: i16 = year
            .parse()
            .ok()
            .filter(|year| (1990..=2100).contains(year))?;
        Some((year, month))
    });
    months.collect()
}
