//! `cargo bench -p wcc-programme --bench views`: measures what a server does after an entry of a
//! national year: it assures the whole programme again, and the view of somebody from whom a body is
//! hidden, which continues the view before. The same view made anew is measured for comparison.
//!
//! Both regional plugins answer in workers. `WCC_BENCH_ROUNDS` sets the number of entries.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a benchmark: it stops at the first surprise"
)]

use jiff::Timestamp;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use wcc_case::{Frameworks, ShippedTables};
use wcc_core::actor::Actor;
use wcc_core::ledger::{Draft, Entry, Fact, State};
use wcc_core::policy::{Decision, Policy, Question};
use wcc_core::record::RecordFact;
use wcc_host::{Isolation, PluginSettings, Plugins, Worker};
use wcc_programme::{
    Beside, FileFormats, Programme, ProgrammeView, Standing, Visibility, entries_of,
};

const CYCLE: &str = "england/2009-10";

fn main() {
    wcc_host::become_worker_if_asked();
    let rounds = std::env::var("WCC_BENCH_ROUNDS").ok();
    let rounds = rounds.and_then(|text| text.parse().ok()).unwrap_or(20);
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let frameworks = Frameworks::read(&root.join("configs/frameworks")).unwrap();
    let tables = ShippedTables::read(&root.join("configs/organisations")).unwrap();
    let case = root.join("examples/england");
    let case = wcc_case::case::read(&case, &frameworks, &tables).unwrap();
    let mut state = State::new(Arc::new(FileFormats));
    for draft in entries_of(&case, &state).unwrap() {
        push(&mut state, draft);
    }
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let plugins = runtime.block_on(plugins());
    let assure = |state: &State, beside: Option<Beside<'_>>| {
        let standing = Standing::gather_beside(state, state.last(), beside);
        let programme = Programme::assure_standing(standing, &frameworks, &tables, &plugins);
        runtime.block_on(programme).unwrap()
    };
    let view = |whole: &Programme, before: Option<&ProgrammeView>| {
        let actor = Actor::operator("bench");
        let day = "2010-02-01".parse().unwrap();
        let visibility = Visibility::of(whole, whole, &HidesOne, &actor, day);
        runtime.block_on(ProgrammeView::new(whole, &visibility, before))
    };
    let mut whole = assure(&state, None);
    let mut continued = view(&whole, None);
    let [mut of_whole, mut of_continued, mut of_anew] = [const { Vec::new() }; 3];
    for round in 0..rounds {
        let entry = state.last();
        let correction = correction(&state, round);
        push(&mut state, correction);
        let beside = Beside {
            programme: &whole,
            entry,
        };
        let next = timed(&mut of_whole, || assure(&state, Some(beside)));
        continued = timed(&mut of_continued, || view(&next, Some(&continued)));
        plugins.forget();
        let anew = timed(&mut of_anew, || view(&next, None));
        assert_eq!(continued.programme.revision, anew.programme.revision);
        whole = next;
    }
    print("the whole programme, after an entry", of_whole);
    print("a view without one body, continued", of_continued);
    print("the same view, made anew", of_anew);
}

async fn plugins() -> Plugins {
    let folder = std::env::current_exe().unwrap();
    let settings = ["once_north_east", "west_midlands"].map(|name| {
        let library = folder.with_file_name(format!("lib{name}.so"));
        let digest = wcc_host::digest_of(&library).unwrap();
        PluginSettings {
            isolation: Isolation::Worker,
            ..PluginSettings::new(&library, digest)
        }
    });
    Plugins::load(settings.into(), Worker::this_program().unwrap()).await
}

fn push(state: &mut State, draft: Draft) {
    let number = state.last() + 1;
    let entry = Entry {
        number,
        at: Timestamp::from_second(i64::from(number)).unwrap(),
        actor: Arc::new(Actor::operator("bench")),
        request: number.to_string().into(),
        part: 0,
        draft,
    };
    state.apply(entry).unwrap();
}

/// Another level for a judgement of the year, each time for another one.
fn correction(state: &State, round: usize) -> Draft {
    let (cycle, _) = state.cycle_at(CYCLE, state.last()).unwrap();
    let mut judgements = cycle.records_in_codes();
    judgements.retain(|(_, fact)| match fact {
        RecordFact::Judgement(fact) => matches!(fact.value.as_deref(), Some("1" | "2" | "3" | "4")),
        _ => false,
    });
    let place = round * 997 % judgements.len();
    let (number, RecordFact::Judgement(mut fact)) = judgements.swap_remove(place) else {
        panic!("a judgement");
    };
    let is_two = fact.value.as_deref() == Some("2");
    fact.value = Some(if is_two { "3" } else { "2" }.into());
    fact.details.reason = Some("written by the benchmark".into());
    Draft {
        supersedes: Some(number.0),
        ..Draft::from(Fact::Record {
            cycle: CYCLE.into(),
            record: RecordFact::Judgement(fact),
        })
    }
}

/// Hides one PCT.
#[derive(Debug)]
struct HidesOne;

impl Policy for HidesOne {
    fn decide(&self, question: &Question<'_>) -> Decision {
        match question.resource.body {
            Some(body) if body.code == "5PK" => Decision::Denied {
                reason: "hidden".to_owned(),
            },
            _ => Decision::Allowed,
        }
    }
}

fn timed<T>(times: &mut Vec<Duration>, work: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let made = work();
    times.push(start.elapsed());
    made
}

fn print(title: &str, mut times: Vec<Duration>) {
    times.sort();
    let milliseconds = |time: Option<&Duration>| time.unwrap().as_secs_f64() * 1e3;
    let (fastest, median) = (times.first(), times.get(times.len() / 2));
    println!(
        "    {title:38} {:8.2} fastest {:8.2} median, ms",
        milliseconds(fastest),
        milliseconds(median)
    );
}
