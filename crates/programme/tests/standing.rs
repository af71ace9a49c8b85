//! A programme as of a moment depends only on the entries up to it, and a programme that is computed
//! from another one of the same ledger equals one that is computed from scratch.

#![allow(
    clippy::indexing_slicing,
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may panic"
)]

#[path = "standing/changes.rs"]
mod changes;
#[path = "standing/views.rs"]
mod views;

use changes::{any_change, departure, is_judgement, make, rebase, withdrawal};
use jiff::{Timestamp, ToSpan};
use proptest::prelude::*;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};
use tokio::runtime::Runtime;
use wcc_case::{Frameworks, ShippedTables};
use wcc_core::ledger::{Draft, Entry, EntryError, Fact, RebaseFact, State};
use wcc_core::record::{CommentaryFact, JudgementDetails, JudgementFact, Method, RecordFact};
use wcc_host::{Isolation, PluginSettings, Plugins, Worker};
use wcc_programme::{Beside, FileFormats, Programme, Standing, entries_of};

const FIRST: &str = "south-of-tyne-and-wear/2008-09";
/// The same cycle a year later, which refers to the first.
const NEXT: &str = "south-of-tyne-and-wear/again";
const APART: &str = "south-staffordshire/2009-10";
/// The same PCT beside others of its region, whose plugin is asked about each by itself.
const REGION: &str = "west-midlands/2009-10";

struct Shipped {
    frameworks: Frameworks,
    tables: ShippedTables,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

static SHIPPED: LazyLock<Shipped> = LazyLock::new(|| Shipped {
    frameworks: Frameworks::read(&root().join("configs/frameworks")).unwrap(),
    tables: ShippedTables::read(&root().join("configs/organisations")).unwrap(),
});

fn push(state: &mut State, draft: Draft) -> bool {
    try_push(state, draft).is_ok()
}

fn try_push(state: &mut State, draft: Draft) -> Result<(), EntryError> {
    let number = state.last() + 1;
    state.apply(Entry {
        number,
        at: Timestamp::from_second(i64::from(number)).unwrap(),
        actor: Arc::new(wcc_core::actor::Actor::operator("tester")),
        request: number.to_string().into(),
        part: 0,
        draft,
    })
}

fn load(state: &mut State, name: &str) -> Vec<Draft> {
    let folder = root().join("examples").join(name);
    let case = wcc_case::case::read(&folder, &SHIPPED.frameworks, &SHIPPED.tables).unwrap();
    let drafts = entries_of(&case, state).unwrap();
    for draft in drafts.clone() {
        assert!(push(state, draft));
    }
    drafts
}

/// Three cycles, of which one is the previous cycle of another.
fn loaded() -> State {
    let mut state = State::new(Arc::new(FileFormats));
    let first = load(&mut state, "south-of-tyne-and-wear");
    let apart = load(&mut state, "south-staffordshire");
    for draft in apart {
        for draft in in_region(draft) {
            assert!(push(&mut state, draft));
        }
    }
    for mut draft in first {
        match &mut draft.fact {
            Fact::Cycle(cycle) => {
                cycle.id = NEXT.into();
                cycle.previous = Some(FIRST.into());
                cycle.as_of = cycle.as_of.checked_add(1.day()).unwrap();
            }
            Fact::Record { cycle, .. } => *cycle = NEXT.into(),
            _ => continue,
        }
        assert!(push(&mut state, draft));
    }
    state
}

/// What was entered in [`APART`] for [`REGION`]: judgements on every PCT.
fn in_region(mut draft: Draft) -> Vec<Draft> {
    let pcts = ["5PK", "5M1", "5PE"];
    match &mut draft.fact {
        Fact::Cycle(cycle) => {
            cycle.id = REGION.into();
            cycle.pcts = pcts.map(Into::into).into();
            vec![draft]
        }
        Fact::Record { cycle, record } => {
            *cycle = REGION.into();
            let RecordFact::Judgement(judgement) = record else {
                return vec![draft];
            };
            let each = pcts.map(|pct| JudgementFact {
                body: pct.into(),
                ..judgement.clone()
            });
            let each = each.into_iter().map(|judgement| Fact::Record {
                cycle: REGION.into(),
                record: RecordFact::Judgement(judgement),
            });
            each.map(Draft::from).collect()
        }
        _ => Vec::new(),
    }
}

fn remark(cycle: &str, text: &str) -> Draft {
    let body = match cycle {
        APART | REGION => "5PK",
        _ => "5KF",
    };
    Draft::from(Fact::Record {
        cycle: cycle.into(),
        record: RecordFact::Commentary(CommentaryFact {
            body: body.into(),
            headings: Vec::new(),
            text: text.into(),
            components: Vec::new(),
        }),
    })
}

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().unwrap());

static NO_PLUGINS: LazyLock<Plugins> = LazyLock::new(|| {
    let worker = Worker::this_program().unwrap();
    RUNTIME.block_on(Plugins::load(Vec::new(), worker))
});

/// Both regional plugins, in this process.
static PLUGINS: LazyLock<Plugins> = LazyLock::new(|| {
    let test = std::env::current_exe().unwrap();
    let settings = ["once_north_east", "west_midlands"].map(|name| {
        let library = test.with_file_name(format!("lib{name}.so"));
        let digest = wcc_host::digest_of(&library).unwrap();
        PluginSettings {
            isolation: Isolation::None,
            ..PluginSettings::new(&library, digest)
        }
    });
    let worker = Worker::this_program().unwrap();
    RUNTIME.block_on(Plugins::load(settings.into(), worker))
});

/// Returns the programme as of an entry.
fn picture(state: &State, entry: u32, beside: Option<Beside<'_>>) -> Programme {
    picture_with(&NO_PLUGINS, state, entry, beside)
}

/// Returns the programme as of an entry, with plugins.
fn picture_with(
    plugins: &Plugins,
    state: &State,
    entry: u32,
    beside: Option<Beside<'_>>,
) -> Programme {
    let standing = Standing::gather_beside(state, entry, beside);
    let Shipped { frameworks, tables } = &*SHIPPED;
    let assured = Programme::assure_standing(standing, frameworks, tables, plugins);
    RUNTIME.block_on(assured).unwrap()
}

/// Whether two programmes share an assured cycle.
fn share(left: &Programme, right: &Programme, id: &str) -> bool {
    Arc::ptr_eq(left.cycle(id).unwrap(), right.cycle(id).unwrap())
}

#[test]
fn only_what_changed_is_assured_again() {
    let mut state = loaded();
    let before = state.last();
    let first = picture(&state, before, None);
    let beside = Beside {
        programme: &first,
        entry: before,
    };
    for (changed, again) in [
        (APART, &[APART][..]),
        (NEXT, &[APART, NEXT]),
        // The cycle that refers to it is affected too.
        (FIRST, &[APART, NEXT, FIRST]),
    ] {
        assert!(push(&mut state, remark(changed, "more")));
        let next = picture(&state, state.last(), Some(beside));
        for id in [FIRST, NEXT, APART] {
            assert_eq!(share(&first, &next, id), !again.contains(&id), "{id}");
        }
    }
    let only = Beside {
        programme: &first,
        entry: before,
    };
    state.truncate(before);
    assert!(push(&mut state, remark(FIRST, "more")));
    let next = picture(&state, state.last(), Some(only));
    assert!(!share(&first, &next, NEXT), "its previous cycle changed");
    assert!(share(&first, &next, APART));
}

/// Two years, followed by superseding judgements and withdrawn remarks: as of every entry, the
/// programme equals that of a ledger that ends there.
#[test]
fn as_it_stood_at_every_entry_is_what_the_prefix_makes() {
    let mut drafts = year("south-of-tyne-and-wear");
    drafts.extend(year("another-regime"));
    let mut whole = State::new(Arc::new(FileFormats));
    let mut entered: Vec<Draft> = drafts
        .into_iter()
        .filter(|draft| push(&mut whole, draft.clone()))
        .collect();
    let changed: Vec<Draft> = (1..)
        .zip(&entered)
        .filter(|(number, _)| number % 11 == 0)
        .map(|(number, draft)| Draft {
            supersedes: Some(number),
            ..draft.clone()
        })
        .collect();
    entered.extend(
        changed
            .into_iter()
            .filter(|draft| push(&mut whole, draft.clone())),
    );
    assert!(whole.last() > 340, "{}", whole.last());
    let mut prefix = State::new(Arc::new(FileFormats));
    for (number, draft) in (1..).zip(entered) {
        assert!(push(&mut prefix, draft));
        let (then, alone) = (told(&whole, number), told(&prefix, number));
        assert!(then == alone, "entry {number}:\n{then}\n{alone}");
    }
}

fn year(name: &str) -> Vec<Draft> {
    load(&mut State::new(Arc::new(FileFormats)), name)
}

/// Formats everything in a programme.
fn told(state: &State, entry: u32) -> String {
    let picture = picture(state, entry, None);
    let Programme {
        revision,
        cycles,
        not_assured,
        ..
    } = picture;
    format!("{revision} {cycles:?} {not_assured:?}")
}

/// Four cycles, two of them with functions that perform measures, and every record that was entered.
static LOADED: LazyLock<(State, Vec<Draft>)> = LazyLock::new(|| {
    let mut state = loaded();
    for cycle in [FIRST, NEXT] {
        rebase(&mut state, cycle, &["5KF", "5KG", "5KL"]);
    }
    let mut records = year("south-of-tyne-and-wear");
    records.extend(year("south-staffordshire"));
    records.retain(|draft| matches!(draft.fact, Fact::Record { .. }));
    (state, records)
});

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Moves between moments, computing each programme from the one before. The result equals a
    /// programme that is computed from scratch, byte for byte.
    #[test]
    fn a_picture_beside_another_is_the_picture_alone(
        changes in prop::collection::vec(any_change(), 1..24),
        moments in prop::collection::vec(any::<prop::sample::Index>(), 2..5),
    ) {
        let (loaded, _) = &*LOADED;
        let first = loaded.last();
        let mut state = again(loaded);
        for change in changes {
            make(&mut state, change);
        }
        let count = (state.last() - first + 1) as usize;
        let mut before: Option<(Programme, u32)> = None;
        for moment in moments {
            let entry = first + u32::try_from(moment.index(count)).unwrap();
            let beside = before.as_ref().map(|(programme, entry)| Beside {
                programme,
                entry: *entry,
            });
            let alone = picture_with(&PLUGINS, &state, entry, None);
            let with = picture_with(&PLUGINS, &state, entry, beside);
            prop_assert_eq!(&with.revision, &alone.revision);
            prop_assert_eq!(with.cycles.len(), alone.cycles.len());
            for (with, alone) in with.cycles.iter().zip(&alone.cycles) {
                let (with, alone) = (format!("{with:#?}"), format!("{alone:#?}"));
                prop_assert!(with == alone, "{}", first_difference(&with, &alone));
            }
            let not_assured = |programme: &Programme| format!("{:?}", programme.not_assured);
            prop_assert_eq!(not_assured(&with), not_assured(&alone));
            before = Some((with, entry));
        }
    }
}

/// Replays the entries into a new state.
fn again(state: &State) -> State {
    let mut again = State::new(Arc::new(FileFormats));
    again.resume(state.segment(0, state.last())).unwrap();
    again
}

fn first_difference(left: &str, right: &str) -> String {
    let (left, right): (Vec<&str>, Vec<&str>) = (left.lines().collect(), right.lines().collect());
    let mut pairs = left.iter().zip(&right);
    let at = pairs
        .position(|(left, right)| left != right)
        .unwrap_or_default();
    let around =
        |lines: &[&str]| lines[at.saturating_sub(12)..(at + 4).min(lines.len())].join("\n");
    format!("line {at}:\n{}\nalone:\n{}", around(&left), around(&right))
}

/// After a change of one PCT's value, only its cluster is assured again, and a plugin is called again
/// only if its request contains the PCT.
#[test]
fn a_judgement_touches_its_cluster_alone() {
    let mut state = State::new(Arc::new(FileFormats));
    let mut drafts = load(&mut state, "north-east");
    drafts.extend(load(&mut state, "south-staffordshire"));
    let first = state.last();
    let before = picture_with(&PLUGINS, &state, first, None);
    let (entry, draft) = (1..)
        .zip(&drafts)
        .find(|(_, draft)| is_judgement(draft))
        .unwrap();
    let mut draft = draft.clone();
    let Fact::Record { cycle, record } = &mut draft.fact else {
        panic!("a judgement");
    };
    let body = record.body().to_owned();
    if let RecordFact::Judgement(judgement) = record {
        let other = |value: &str| if value == "1" { "2" } else { "1" };
        judgement.value = judgement.value.as_deref().map(|value| other(value).into());
        judgement.details.reason = Some("seen on the day".into());
    }
    let id = cycle.clone();
    draft.supersedes = Some(entry);
    assert!(push(&mut state, draft));
    let beside = Beside {
        programme: &before,
        entry: first,
    };
    let after = picture_with(&PLUGINS, &state, state.last(), Some(beside));
    assert!(share(&before, &after, APART));
    let (before, after) = (before.cycle(&id).unwrap(), after.cycle(&id).unwrap());
    let organisations = &after.cycle.organisations;
    let touched = organisations.find(&body).unwrap();
    let cluster = |body| {
        let cluster = organisations.cluster_of(body, after.cycle.as_of);
        cluster.unwrap_or(body)
    };
    let outputs = before
        .assurance
        .outputs
        .iter()
        .zip(&after.assurance.outputs);
    let (mut same, mut anew) = (0, 0);
    for (before, after) in outputs {
        let shared = Arc::ptr_eq(before, after);
        assert_eq!(
            shared,
            cluster(after.body) != cluster(touched),
            "{:?}",
            after.body
        );
        same += u32::from(shared);
        anew += u32::from(!shared);
    }
    assert!(same > 3 && anew > 0, "{same} {anew}");
    // Other records are not copied. The plugin of the region was asked again, and what it answered before
    // is kept because it answers the same.
    assert!(std::ptr::eq(
        &**before.cycle.records.outcomes,
        &**after.cycle.records.outcomes
    ));
    assert!(Arc::ptr_eq(
        &before.assurance.plugins[0],
        &after.assurance.plugins[0]
    ));
}

#[test]
fn a_cycle_is_assured_with_the_tables_that_it_moved_to() {
    let mut state = loaded();
    let before = state.last();
    let first = picture(&state, before, None);
    rebase(&mut state, NEXT, &["5KF", "5KG", "5KL", "5J9"]);
    let beside = Beside {
        programme: &first,
        entry: before,
    };
    let after = picture(&state, state.last(), Some(beside));
    let members = |programme: &Programme, id: &str| {
        let cycle = &programme.cycle(id).unwrap().cycle;
        let cluster = cycle.organisations.find("south-of-tyne-and-wear").unwrap();
        let members = cycle.organisations.members_of(cluster, cycle.as_of);
        (cycle.pcts.len(), members.count())
    };
    assert_eq!(members(&first, NEXT), (3, 3));
    assert_eq!(members(&after, NEXT), (4, 4));
    assert!(share(&first, &after, FIRST), "it has its own tables");
    assert!(share(&first, &after, APART));
}

#[test]
fn a_contradictory_cycle_is_not_assured_beside_the_others() {
    let mut state = loaded();
    let sound = state.last();
    assert!(push(&mut state, departure(FIRST)));
    let contradiction = state.last();
    let before = picture(&state, sound, None);
    let beside = Beside {
        programme: &before,
        entry: sound,
    };
    let after = picture(&state, contradiction, Some(beside));
    let cycle = after.not_assured(FIRST).expect("the cycle is not assured");
    let message = cycle.to_string();
    assert!(message.starts_with("not assured: the cycle "), "{message}");
    let entry = format!("entry {contradiction}: ");
    assert!(message.contains(&entry), "{message}");
    assert!(after.cycle(FIRST).is_none());
    assert!(share(&before, &after, APART), "nothing else changed");
    let next = after.cycle(NEXT).unwrap();
    let previous = after.previous_not_assured(next).unwrap();
    assert_eq!(previous.cycle.id, FIRST);

    // It is unchanged while others change, and is assured again once the entry is withdrawn.
    assert!(push(&mut state, remark(APART, "more")));
    let beside = Beside {
        programme: &after,
        entry: contradiction,
    };
    let later = picture(&state, state.last(), Some(beside));
    assert!(Arc::ptr_eq(cycle, later.not_assured(FIRST).unwrap()));
    let beside = Beside {
        programme: &later,
        entry: state.last(),
    };
    let mut mended = again(&state);
    assert!(push(&mut mended, withdrawal(contradiction)));
    let mended = picture(&mended, mended.last(), Some(beside));
    assert!(mended.not_assured.is_empty());
    let results =
        |programme: &Programme, id: &str| format!("{:?}", programme.cycle(id).unwrap().assurance);
    for id in [FIRST, NEXT] {
        assert_eq!(results(&mended, id), results(&before, id), "{id}");
    }
}
