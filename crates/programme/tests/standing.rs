//! What stood at a moment is what the entries until then make, and a picture that is made beside
//! another of the same ledger is the picture made alone.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test: it stops at the first surprise"
)]

use jiff::{Timestamp, ToSpan};
use proptest::prelude::*;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};
use tokio::runtime::Runtime;
use wcc_case::{Frameworks, ShippedTables};
use wcc_core::ledger::{Draft, Entry, Fact, State};
use wcc_core::record::{CommentaryFact, RecordFact};
use wcc_host::{Plugins, Worker};
use wcc_programme::{Beside, FileFormats, Programme, Standing, entries_of};

const FIRST: &str = "south-of-tyne-and-wear/2008-09";
/// The same a year on, looking back.
const NEXT: &str = "south-of-tyne-and-wear/again";
const APART: &str = "south-staffordshire/2009-10";

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
    let number = state.last() + 1;
    let entry = Entry {
        number,
        at: Timestamp::from_second(i64::from(number)).unwrap(),
        actor: Arc::new(wcc_core::actor::Actor::operator("tester")),
        request: number.to_string().into(),
        part: 0,
        draft,
    };
    state.push(entry).is_ok()
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

/// Three cycles, one of which looks back on another.
fn loaded() -> State {
    let mut state = State::new(Arc::new(FileFormats));
    let first = load(&mut state, "south-of-tyne-and-wear");
    load(&mut state, "south-staffordshire");
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

fn remark(cycle: &str, text: &str) -> Draft {
    let body = match cycle {
        APART => "5PK",
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

/// The picture after an entry.
fn picture(state: &State, entry: u32, beside: Option<Beside<'_>>) -> Programme {
    let standing = Standing::gather_beside(state, entry, beside).unwrap();
    let Shipped { frameworks, tables } = &*SHIPPED;
    let assured = Programme::assure_standing(standing, frameworks, tables, &NO_PLUGINS);
    RUNTIME.block_on(assured).unwrap()
}

/// Whether two pictures share what was made of a cycle.
fn share(one: &Programme, other: &Programme, id: &str) -> bool {
    Arc::ptr_eq(one.cycle(id).unwrap(), other.cycle(id).unwrap())
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
        // Whoever looks back on it is touched as well.
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
    assert!(!share(&first, &next, NEXT), "it looks back on what changed");
    assert!(share(&first, &next, APART));
}

/// Two recorded years, with judgements superseded and remarks withdrawn after them: at every entry
/// the picture is that of a ledger that ends there.
#[test]
fn as_it_stood_at_every_entry_is_what_the_prefix_makes() {
    let mut drafts = year("south-of-tyne-and-wear");
    drafts.extend(year("another-regime"));
    let mut whole = State::new(Arc::new(FileFormats));
    let mut entered: Vec<Draft> = drafts
        .into_iter()
        .filter(|one| push(&mut whole, one.clone()))
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
            .filter(|one| push(&mut whole, one.clone())),
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

/// Everything that a picture says, or why there is none.
fn told(state: &State, entry: u32) -> String {
    match Standing::gather(state, entry) {
        Err(contradiction) => contradiction.to_string(),
        Ok(_) => {
            let picture = picture(state, entry, None);
            format!("{} {:?}", picture.revision, picture.cycles)
        }
    }
}

fn any_change() -> impl Strategy<Value = Draft> {
    let cycle = prop::sample::select(vec![FIRST, NEXT, APART]);
    let kind = 0..4u8;
    (cycle, kind, 1u32..700).prop_map(|(cycle, kind, entry)| match kind {
        0 => Draft {
            supersedes: Some(entry),
            ..Fact::Withdrawn {
                reason: "not so".into(),
            }
            .into()
        },
        _ => remark(cycle, "a remark"),
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn a_picture_beside_another_is_the_picture_alone(
        changes in prop::collection::vec(any_change(), 1..12),
        from in any::<prop::sample::Index>(),
        to in any::<prop::sample::Index>(),
    ) {
        let mut state = loaded();
        let first = state.last();
        for change in changes {
            push(&mut state, change);
        }
        let count = (state.last() - first + 1) as usize;
        let (from, to) = (first + from.index(count) as u32, first + to.index(count) as u32);
        let one = picture(&state, from, None);
        let beside = Beside { programme: &one, entry: from };
        let alone = picture(&state, to, None);
        let with = picture(&state, to, Some(beside));
        prop_assert_eq!(&with.revision, &alone.revision);
        prop_assert_eq!(format!("{:?}", with.cycles), format!("{:?}", alone.cycles));
    }
}
