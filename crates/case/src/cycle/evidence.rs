//! Reads `evidence.csv`: items of evidence, new or carried over from an earlier cycle.

use super::EarlierEvidence;
use super::context::Context;
use super::fields::Fields;
use super::schemas::EVIDENCE;
use crate::nearest::nearest;
use crate::problem::quoted;
use wcc_core::Cycle;
use wcc_core::framework::MeasureIndex;
use wcc_core::record::{Evidence, EvidenceDates, EvidenceFact, EvidenceKind};

pub(super) fn evidence(context: &mut Context<'_>, bytes: &[u8], cycle: &mut Cycle) -> u32 {
    let mut ids = std::mem::take(&mut context.evidence);
    let shared = &*context;
    let last = shared.read_rows(&EVIDENCE, bytes, |row| {
        let fields = Fields::new(shared, row);
        if let Some(id) = fields.identifier("id") {
            ids.insert(id.to_owned());
        }
        cycle.records.evidence.extend(item(&fields));
    });
    context.evidence = ids;
    last
}

fn item(fields: &Fields<'_>) -> Option<Evidence> {
    let cells = &fields.cells;
    let body = fields.body("body");
    let words = &fields.context.framework.words;
    let kinds = EvidenceKind::ALL.map(|kind| (kind.file_word(words), kind));
    let kind = cells.word("kind", &kinds, |(word, _)| word);
    let kind = kind.map(|(_, kind)| *kind);
    let title = cells.boxed("title");
    let carried_from = cells.text("carried_from");
    if carried_from.is_none() {
        require(
            fields,
            &[("kind", kind.is_some()), ("title", title.is_some())],
        );
    }
    let item = Evidence {
        record: fields.record(),
        measures: fields.measures("measures"),
        issuer: cells.boxed("issuer"),
        dated: cells.boxed("dated"),
        dates: EvidenceDates {
            covers_from: cells.date("covers_from"),
            date: cells.date("date"),
            valid_until: cells.date("valid_until"),
        },
        source: cells.boxed("source"),
        document: None,
        carried_from: None,
        rating: None,
        id: cells.boxed("id")?,
        body: body?,
        // Not sound if it is missing, unless an earlier item has it.
        kind: kind.unwrap_or(EvidenceKind::Document),
        title: title.unwrap_or_default(),
    };
    let item = match carried_from {
        Some(cycle) => carried_over(fields, item, kind, cycle)?,
        None => item,
    };
    fields.sound(item)
}

/// Reports the columns that only a row that carries an item over may leave empty.
fn require(fields: &Fields<'_>, columns: &[(&str, bool)]) {
    for (column, is_given) in columns {
        if !is_given && !fields.cells.is_wrong(column) {
            fields.cells.wrong(
                column,
                || "the cell is empty".to_owned(),
                |problem| {
                    problem.expecting(
                        "a value: it is required, unless `carried_from` names an earlier cycle",
                    )
                },
            );
        }
    }
}

/// The item of an earlier cycle that a row carries over. Whatever the row gives itself takes
/// precedence.
fn carried_over(
    fields: &Fields<'_>,
    own: Evidence,
    kind: Option<EvidenceKind>,
    cycle: &str,
) -> Option<Evidence> {
    let cells = &fields.cells;
    let earlier = earlier_cycle(fields, cycle)?;
    let context = fields.context;
    let code = &context.organisations.body(own.body).code;
    let of_body = || earlier.items.iter().filter(|item| *item.body == **code);
    let Some(item) = of_body().find(|item| item.id == own.id) else {
        cells.wrong(
            "id",
            || {
                format!(
                    "{code} has no evidence {} in {}",
                    quoted(&own.id),
                    earlier.cycle
                )
            },
            |problem| {
                problem
                    .expecting("an identifier of its evidence there")
                    .nearest_to(nearest(&own.id, of_body().map(|item| &*item.id)))
            },
        );
        return None;
    };
    Some(completed(own, kind, item, |id| {
        context.framework.find_measure(id)
    }))
}

fn completed(
    own: Evidence,
    kind: Option<EvidenceKind>,
    item: &EvidenceFact,
    measure: impl Fn(&str) -> Option<MeasureIndex>,
) -> Evidence {
    let measures = item.measures.iter().filter_map(|id| measure(id));
    Evidence {
        kind: kind.unwrap_or(item.kind),
        title: match own.title.is_empty() {
            true => item.title.clone(),
            false => own.title,
        },
        measures: match own.measures.is_empty() {
            true => measures.collect(),
            false => own.measures,
        },
        issuer: own.issuer.or_else(|| item.issuer.clone()),
        dated: own.dated.or_else(|| item.dated.clone()),
        dates: EvidenceDates {
            covers_from: own.dates.covers_from.or(item.dates.covers_from),
            date: own.dates.date.or(item.dates.date),
            valid_until: own.dates.valid_until.or(item.dates.valid_until),
        },
        source: own.source.or_else(|| item.source.clone()),
        document: item.document.clone(),
        carried_from: item.carried_from.clone(),
        rating: item.rating.clone(),
        ..own
    }
}

/// The earlier cycle with an identifier: in full, or as its case names it.
fn earlier_cycle<'a>(fields: &Fields<'a>, id: &str) -> Option<&'a EarlierEvidence> {
    let all = fields.context.earlier;
    let short = |earlier: &'a EarlierEvidence| {
        let id = earlier.cycle.as_str();
        id.rsplit('/').next().unwrap_or(id)
    };
    let found = all
        .iter()
        .find(|earlier| earlier.cycle == id || short(earlier) == id);
    if found.is_none() {
        fields.cells.wrong(
            "carried_from",
            || format!("there is no earlier cycle {}", quoted(id)),
            |problem| {
                problem
                    .expecting("a cycle with an earlier date")
                    .nearest_to(nearest(id, all.iter().map(short)))
            },
        );
    }
    found
}

/// Where an item of an earlier cycle was filed, for a row that cites it although this cycle does
/// not have it.
pub(super) fn earlier_with<'a>(earlier: &'a [EarlierEvidence], id: &str) -> Option<&'a str> {
    let mut found = earlier
        .iter()
        .filter(|earlier| earlier.items.iter().any(|item| *item.id == *id));
    found.next_back().map(|earlier| earlier.cycle.as_str())
}
