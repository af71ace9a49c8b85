//! Random changes of a ledger.

use super::*;

/// A change of a ledger. Numbers select its objects.
#[derive(Clone, Copy, Debug)]
pub(super) enum Change {
    /// An entry is withdrawn.
    Withdraw(prop::sample::Index),
    /// A record is entered again, or corrected if it is current.
    Again(prop::sample::Index),
    /// A judgement with another value, and perhaps by another method.
    Judge(prop::sample::Index, Method, u8),
    /// A remark.
    Remark(prop::sample::Index),
    /// A judgement that contradicts its cluster's, as an earlier version admitted it.
    Contradict(prop::sample::Index),
    /// A judgement on a function, perhaps by one of the bodies that delegate to it.
    JudgeFunction(prop::sample::Index, Method, u8),
    /// A cycle moves to tables in which its cluster has other PCTs.
    Move(prop::sample::Index, &'static [&'static str]),
}

pub(super) fn any_change() -> impl Strategy<Value = Change> {
    let index = any::<prop::sample::Index>;
    let method = || prop::sample::select(Method::ALL.to_vec());
    let members = prop::sample::select(vec![
        &["5KF", "5KG", "5KL"][..],
        &["5KF", "5KG"],
        &["5KF", "5KG", "5KL", "5J9"],
    ]);
    prop_oneof![
        3 => index().prop_map(Change::Withdraw),
        3 => index().prop_map(Change::Again),
        4 => (index(), method(), 1u8..5).prop_map(|(at, method, value)| Change::Judge(at, method, value)),
        3 => (index(), method(), 1u8..5).prop_map(|(at, method, value)| Change::JudgeFunction(at, method, value)),
        1 => index().prop_map(Change::Remark),
        2 => index().prop_map(Change::Contradict),
        2 => (index(), members).prop_map(|(at, members)| Change::Move(at, members)),
    ]
}

/// Half of the changes in the North East are in the next year's cycle, and half of those of the PCT in
/// the West Midlands are in the cycle of its region.
fn move_half(draft: &mut Draft, at: prop::sample::Index) {
    if let Fact::Record { cycle, .. } = &mut draft.fact
        && at.index(2) == 1
    {
        *cycle = if **cycle == *FIRST { NEXT } else { REGION }.into();
    }
}

/// Applies a change, if the ledger accepts it.
pub(super) fn make(state: &mut State, change: Change) {
    let records = &LOADED.1;
    let again = |at: prop::sample::Index| {
        let mut draft = at.get(records).clone();
        move_half(&mut draft, at);
        draft
    };
    match change {
        Change::Withdraw(at) => {
            let entry = u32::try_from(at.index(state.last() as usize)).unwrap() + 1;
            let withdrawn = Fact::Withdrawn {
                reason: "not so".into(),
            };
            push(
                state,
                Draft {
                    supersedes: Some(entry),
                    ..withdrawn.into()
                },
            );
        }
        Change::Again(at) => enter(state, again(at)),
        Change::Judge(at, method, value) => {
            let judgements: Vec<&Draft> =
                records.iter().filter(|draft| is_judgement(draft)).collect();
            let mut draft = (*at.get(&judgements)).clone();
            move_half(&mut draft, at);
            if let Fact::Record {
                record: RecordFact::Judgement(judgement),
                ..
            } = &mut draft.fact
            {
                judgement.method = method;
                judgement.value = Some(value.to_string().into());
                judgement.details.reason = Some("seen on the day".into());
            }
            enter(state, draft);
        }
        Change::JudgeFunction(at, method, value) => {
            let (cycle, function) = *at.get(&[
                (FIRST, "cancer-network"),
                (NEXT, "cancer-network"),
                (FIRST, "prison-health"),
                (NEXT, "ambulance-services"),
            ]);
            enter(
                state,
                judgement_on_function(cycle, function, at, method, value),
            );
        }
        Change::Contradict(at) => {
            let cycle = *at.get(&[FIRST, NEXT]);
            let last = state.last();
            if push(state, departure(cycle)) && at.index(3) == 0 {
                push(state, withdrawal(last + 1));
            }
        }
        Change::Move(at, members) => {
            let cycle = *at.get(&[FIRST, NEXT]);
            rebase(state, cycle, members);
        }
        Change::Remark(at) => {
            let cycle = *at.get(&[FIRST, NEXT, APART, REGION]);
            push(state, remark(cycle, "a remark"));
        }
    }
}

fn judgement_on_function(
    cycle: &str,
    function: &str,
    at: prop::sample::Index,
    method: Method,
    value: u8,
) -> Draft {
    let subject = *at.get(&["1a", "10b", "finance.1", "1", "2a", "10c"]);
    let value = match subject {
        "finance.1" => ["red", "amber", "green"][usize::from(value % 3)].to_owned(),
        _ => value.to_string(),
    };
    let assessor = *at.get(&[
        None,
        None,
        None,
        Some("5KF"),
        Some("south-of-tyne-and-wear"),
    ]);
    Draft::from(Fact::Record {
        cycle: cycle.into(),
        record: RecordFact::Judgement(JudgementFact {
            body: function.into(),
            subject: subject.into(),
            method,
            value: Some(value.into()),
            assessor: assessor.map(Into::into),
            details: JudgementDetails {
                // An overall value without a reason is a finding.
                reason: (at.index(2) == 0).then(|| "seen on the day".into()),
                ..JudgementDetails::default()
            },
        }),
    })
}

/// The table of functions, in which three of them perform measures for those that delegate to them.
fn with_work(functions: &str) -> String {
    if functions.starts_with("code,name,sha,commissions,from,until,note,source,measures") {
        return functions.to_owned();
    }
    let rows = functions.lines().map(|row| {
        let work = match row.split(',').next() {
            Some("code") => "measures,effect",
            Some("cancer-network") => "1 10 finance,judgement",
            Some("prison-health") => "finance.1 10b 1a,judgement",
            Some("ambulance-services") => "10c 2a,ceiling",
            _ => ",",
        };
        format!("{row},{work}\n")
    });
    rows.collect()
}

/// Moves a cycle to tables in which its cluster has these PCTs, and functions perform measures.
pub(super) fn rebase(state: &mut State, cycle: &str, members: &[&str]) {
    let mut tables = state.tables_of_cycle(cycle, state.last()).unwrap().clone();
    tables.id = cycle.into();
    for table in &mut tables.tables {
        if &*table.name == "memberships.csv" {
            let rows = members
                .iter()
                .map(|pct| format!("south-of-tyne-and-wear,{pct}\n"));
            table.text = format!("cluster,pct\n{}", rows.collect::<String>()).into();
        }
        if &*table.name == "functions.csv" {
            table.text = with_work(&table.text).into();
        }
    }
    let supersedes = state.organisations_entry(cycle);
    let fact = Fact::Organisations(tables);
    push(
        state,
        Draft {
            supersedes,
            ..fact.into()
        },
    );
    let mut pcts = vec!["5KF", "5KG", "5KL"];
    pcts.extend(members.iter().skip(3));
    let rebase = RebaseFact {
        cycle: cycle.into(),
        organisations: cycle.into(),
        pcts: pcts.into_iter().map(Into::into).collect(),
        reason: None,
    };
    push(state, Fact::Rebase(rebase).into());
}

/// A departure of a PCT from its cluster's value, without the required reason.
pub(super) fn departure(cycle: &str) -> Draft {
    Draft::from(Fact::Record {
        cycle: cycle.into(),
        record: RecordFact::Judgement(JudgementFact {
            body: "5KF".into(),
            subject: "1a".into(),
            method: Method::SelfAssessment,
            value: Some("4".into()),
            assessor: None,
            details: JudgementDetails::default(),
        }),
    })
}

pub(super) fn withdrawal(entry: u32) -> Draft {
    Draft {
        supersedes: Some(entry),
        ..Fact::Withdrawn {
            reason: "not so".into(),
        }
        .into()
    }
}

pub(super) fn is_judgement(draft: &Draft) -> bool {
    let Fact::Record { record, .. } = &draft.fact else {
        return false;
    };
    matches!(record, RecordFact::Judgement(_))
}

/// Enters a draft, which supersedes the current entry with its key.
pub(super) fn enter(state: &mut State, mut draft: Draft) {
    if let Err(EntryError::AlreadyRecorded { by, .. }) = try_push(state, draft.clone()) {
        draft.supersedes = Some(by);
        push(state, draft);
    }
}
