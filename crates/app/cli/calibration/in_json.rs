//! The statistics as JSON.

use super::CycleStatistics;
use serde_json::{Value, json};
use wcc_core::calibration::{
    Coefficient, Group, GroupBy, MethodAgreement, Share, Spread, Undefined, UnlikePair,
    method_agreements, spreads, unlike_pairs,
};

/// The statistics of a cycle, in the names of the API.
pub(super) fn value(of: &CycleStatistics<'_>) -> Value {
    let spread = |by: GroupBy| -> Vec<Value> {
        let spreads = spreads(&of.decisions, by);
        spreads
            .iter()
            .map(|spread| spread_as_json(of, spread))
            .collect()
    };
    let agreements = method_agreements(&of.decisions);
    let agreements = agreements.iter().map(|one| agreement_as_json(of, one));
    let pairs = unlike_pairs(&of.decisions, of.distance);
    let listed = pairs.iter().take(of.most_pairs);
    json!({
        "cycle": of.assured.cycle.id,
        "illustrative": of.assured.cycle.illustrative,
        "population": {
            "bodies": of.decisions.bodies,
            "judged": of.decisions.judged,
            "inWords": of.decisions.population_in_words(),
        },
        "spreads": spread(GroupBy::All),
        "spreadsByAuthority": spread(GroupBy::Authority),
        "spreadsByPanel": spread(GroupBy::Panel),
        "agreements": agreements.collect::<Vec<Value>>(),
        "unlikePairs": {
            "distance": of.distance.to_f64(),
            "totalCount": pairs.len(),
            "pairs": listed.map(|pair| pair_as_json(of, pair)).collect::<Vec<Value>>(),
        },
    })
}

fn spread_as_json(of: &CycleStatistics<'_>, spread: &Spread<'_>) -> Value {
    let code = |body| of.assured.cycle.organisations.body(body).code.as_str();
    let (authority, author) = match spread.group {
        Group::All => (None, None),
        Group::Authority(authority) => (authority.map(code), None),
        Group::Panel(author) => (None, author),
    };
    let counts = spread
        .counts
        .iter()
        .map(|(step, count)| json!({ "value": of.value(spread.measure, *step), "count": count }));
    let (own, evidence) = (spread.against_self, spread.against_evidence);
    json!({
        "measure": of.assured.cycle.framework.measure(spread.measure).id,
        "authority": authority,
        "author": author,
        "judgements": spread.judgements,
        "counts": counts.collect::<Vec<Value>>(),
        "notKnown": spread.not_known,
        "notApplicable": spread.not_applicable,
        "inferred": spread.inferred,
        "mean": spread.mean,
        "median": spread.median().map(|step| of.value(spread.measure, step)),
        "aboveSelf": share_as_json(own.share_above()),
        "belowSelf": share_as_json(own.share_below()),
        "selfNotKnown": own.not_known,
        "aboveEvidence": share_as_json(evidence.share_above()),
        "evidenceNotKnown": evidence.not_known,
        "notLimited": evidence.not_limited,
    })
}

fn share_as_json(share: Share) -> Value {
    json!({ "count": share.count, "of": share.of, "percent": share.percent() })
}

fn agreement_as_json(of: &CycleStatistics<'_>, of_methods: &MethodAgreement<'_>) -> Value {
    let methods = &of.assured.cycle.framework.methods;
    let agreement = &of_methods.agreement;
    json!({
        "scale": of_methods.scale.id,
        "firstMethodId": methods.id(of_methods.first),
        "secondMethodId": methods.id(of_methods.second),
        "compared": agreement.items,
        "notCompared": agreement.unpaired,
        "raised": of_methods.raised,
        "lowered": of_methods.lowered,
        "sameValue": share_as_json(agreement.exact),
        "withinOneLevel": agreement.within_one.ok().map(share_as_json),
        "kappa": coefficient_as_json(agreement.kappa),
        "linearKappa": coefficient_as_json(agreement.linear_kappa),
        "quadraticKappa": coefficient_as_json(agreement.quadratic_kappa),
        "nominalAlpha": coefficient_as_json(agreement.nominal_alpha),
        "ordinalAlpha": coefficient_as_json(agreement.ordinal_alpha),
        "intervalAlpha": coefficient_as_json(agreement.interval_alpha),
    })
}

fn coefficient_as_json(coefficient: Result<Coefficient, Undefined>) -> Value {
    let (value, interval) = match coefficient {
        Ok(coefficient) => (Ok(coefficient.value), coefficient.interval),
        Err(reason) => (Err(reason), Err(reason)),
    };
    json!({
        "value": value.ok(),
        "notDefined": value.err().map(Undefined::in_words),
        "lower": interval.ok().map(|interval| interval.lower),
        "upper": interval.ok().map(|interval| interval.upper),
        "noInterval": interval.err().map(Undefined::in_words),
    })
}

fn pair_as_json(of: &CycleStatistics<'_>, pair: &UnlikePair<'_>) -> Value {
    let code = |body| of.assured.cycle.organisations.body(body).code.as_str();
    let figures = pair.figures.iter().map(|figure| {
        json!({
            "survey": figure.survey,
            "question": figure.question,
            "better": figure.better,
            "worse": figure.worse,
        })
    });
    json!({
        "measure": of.assured.cycle.framework.measure(pair.measure).id,
        "better": code(pair.better.body),
        "betterValue": of.value(pair.measure, pair.better_value),
        "worse": code(pair.worse.body),
        "worseValue": of.value(pair.measure, pair.worse_value),
        "supported": pair.supported.map(|step| of.value(pair.measure, step)),
        "figures": figures.collect::<Vec<Value>>(),
    })
}
