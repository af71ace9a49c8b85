//! Measures the engine for a national cycle, and for 100 and 1,000 times as many PCTs.
//!
//! `cargo bench -p wcc-core` prints PCTs per second for each size. The time per PCT must not grow
//! with their number.

#![allow(
    clippy::expect_used,
    reason = "a benchmark that cannot be set up may stop"
)]

use divan::{Bencher, counter::ItemsCount};

#[path = "../tests/support/mod.rs"]
mod support;

use support::Making;
use wcc_core::body::{Body, Membership, Period};
use wcc_core::framework::{Component, ComponentIndex, Measure};
use wcc_core::record::Judgement;
use wcc_core::{
    BodyIndex, BodyKind, CheckedCycle, Framework, MeasureIndex, Method, Organisations, RecordId,
    Step, Subject, assure,
};

fn main() {
    divan::main();
}

/// 16 components of three measures, about the size of a World Class Commissioning year.
fn framework() -> Framework {
    let mut framework = support::framework();
    let (component, measure) = (
        framework.components[0].clone(),
        framework.measures[0].clone(),
    );
    framework.components.clear();
    framework.measures.clear();
    for at in 0..16_u16 {
        let measures: Vec<MeasureIndex> = (at * 3..at * 3 + 3).map(MeasureIndex).collect();
        for measure_at in &measures {
            framework.measures.push(Measure {
                id: format!("m{}", measure_at.0),
                component: ComponentIndex(at),
                ..measure.clone()
            });
        }
        framework.components.push(Component {
            id: format!("c{at}"),
            measures,
            ..component.clone()
        });
    }
    framework
}

/// A cycle in which every second PCT belongs to a cluster of two, with previous, self-assessment
/// and panel marks on every measure.
fn nation(pcts: u32) -> CheckedCycle {
    let body = |code: String, kind| Body {
        name: code.clone(),
        code,
        kind,
        sha: None,
        period: Period::default(),
        ons_code: None,
        ons_cluster: None,
        population: None,
        commissions: true,
        succeeded_by: None,
        note: None,
        source: None,
    };
    let mut bodies: Vec<Body> = (0..pcts)
        .map(|at| body(format!("P{at:07}"), BodyKind::Pct))
        .collect();
    let mut memberships = Vec::new();
    for at in (0..pcts / 4).map(|at| at * 4) {
        let cluster = BodyIndex(u32::try_from(bodies.len()).expect("few bodies"));
        bodies.push(body(format!("C{at:07}"), BodyKind::Cluster));
        for pct in [at, at + 1] {
            memberships.push(Membership {
                cluster,
                pct: BodyIndex(pct),
                period: Period::default(),
                source: None,
            });
        }
    }
    let judged: Vec<BodyIndex> = (0..u32::try_from(bodies.len()).expect("few bodies"))
        .map(BodyIndex)
        .filter(|body| body.0 >= pcts || body.0 % 4 >= 2)
        .collect();
    let organisations = Organisations::new(bodies, memberships, Vec::new());
    let mut making = Making::with(framework(), organisations);
    making.cycle.pcts = (0..pcts).map(BodyIndex).collect();
    for body in judged {
        for measure in 0..48 {
            for method in [Method::Previous, Method::SelfAssessment, Method::Panel] {
                let record =
                    u32::try_from(making.cycle.records.judgements.len()).expect("few records");
                let value = (body.0 + u32::from(measure) + method as u32) % 4;
                making.cycle.records.judgements.push(Judgement {
                    record: RecordId(record),
                    body,
                    subject: Subject::Measure(MeasureIndex(measure)),
                    method,
                    value: u8::try_from(value).ok().map(Step),
                    assessor: None,
                    details: None,
                });
            }
        }
    }
    making.checked()
}

#[divan::bench(args = [152, 15_200, 152_000], sample_count = 10, sample_size = 1)]
fn assure_pcts(bencher: Bencher<'_, '_>, pcts: u32) {
    let cycle = nation(pcts);
    bencher
        .counter(ItemsCount::new(pcts))
        .bench_local(|| divan::black_box(assure(&cycle, Vec::new(), None)));
}
