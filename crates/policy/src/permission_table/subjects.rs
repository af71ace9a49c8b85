//! The acts and the kinds of records that the table lists.

use crate::act_target::ActTarget;
use wcc_core::framework::Framework;
use wcc_core::policy::{
    PersonalRecord, READ, READ_DOCUMENT, READ_MESSAGE, READ_PERSON, WITHDRAW, WITHDRAW_APPROVAL,
    acts,
};
use wcc_core::record::{Method, RecordGroup, RecordKind};

/// An act on something, or a kind of records that is read.
#[derive(Clone, Debug)]
pub(super) struct Subject {
    pub(super) name: SubjectName,
    pub(super) act: &'static str,
    pub(super) on: ActTarget,
    pub(super) method: Option<Method>,
    pub(super) approval: Option<String>,
    pub(super) personal: Option<PersonalRecord>,
    /// The act by which the record is entered that is withdrawn.
    pub(super) withdrawn: Option<&'static str>,
    /// The records that are read.
    pub(super) records: Option<RecordGroup>,
    /// Whether only the rationale of judgements is read.
    pub(super) is_rationale_only: bool,
}

/// The rationale of judgements without their values.
const RATIONALE_ALONE: &str = "the rationale alone";

/// What a subject is called: the act or the records, and which of them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct SubjectName {
    /// `` `record-judgement` ``.
    pub(super) of: String,
    /// `` by `self` ``; empty if there is nothing to tell apart.
    pub(super) which: String,
}

impl SubjectName {
    /// Names in one line: those of one act or kind of records together.
    pub(super) fn joined(names: &[SubjectName]) -> String {
        let mut shown: Vec<(&str, Vec<&str>)> = Vec::new();
        for name in names {
            let with_whole = || {
                let mut others = names.iter();
                others.any(|other| other.of == name.of && other.which.is_empty())
            };
            if name.which == RATIONALE_ALONE && with_whole() {
                continue;
            }
            match shown.last_mut() {
                Some((of, which)) if *of == name.of && !which.is_empty() => {
                    which.push(&name.which);
                }
                _ if name.which.is_empty() => shown.push((&name.of, Vec::new())),
                _ => shown.push((&name.of, vec![&name.which])),
            }
        }
        let shown = shown.iter().map(|(of, which)| match &which[..] {
            [] => (*of).to_owned(),
            which => format!("{of} ({})", which.join(", ")),
        });
        shown.collect::<Vec<_>>().join(", ")
    }

    fn new(of: impl Into<String>, which: impl Into<String>) -> SubjectName {
        SubjectName {
            of: of.into(),
            which: which.into(),
        }
    }
}

impl Subject {
    fn new(name: SubjectName, act: &'static str, on: ActTarget) -> Subject {
        Subject {
            name,
            act,
            on,
            method: None,
            approval: None,
            personal: None,
            withdrawn: None,
            records: None,
            is_rationale_only: false,
        }
    }

    /// Whether it is the cycle as such that is seen.
    pub(super) fn is_cycle(&self) -> bool {
        self.act == READ && self.on == ActTarget::Cycle
    }

    fn with_records(self, records: RecordGroup) -> Subject {
        Subject {
            records: Some(records),
            ..self
        }
    }

    fn with_personal(self, is_own: bool, asker_has_scored: bool, panel_has_agreed: bool) -> Self {
        Subject {
            personal: Some(PersonalRecord {
                is_own,
                asker_has_scored,
                panel_has_agreed,
            }),
            ..self
        }
    }
}

/// Every act that changes something; each method, approval and owner that policies are told of by
/// itself.
pub(super) fn acts_to_list(framework: &Framework) -> Vec<Subject> {
    let personal = |act| {
        let mut kinds = RecordKind::ALL.iter();
        kinds.any(|kind| kind.is_personal() && kind.act() == act)
    };
    let mut listed = Vec::new();
    for act in acts() {
        if act == WITHDRAW {
            listed.extend(withdrawals());
            continue;
        }
        let on = ActTarget::of(act);
        let subject =
            |which: String| Subject::new(SubjectName::new(format!("`{act}`"), which), act, on);
        let has_method = RecordGroup::all().any(|of| of.method.is_some() && of.kind.act() == act);
        let is_approval = act == RecordKind::Approval.act() || act == WITHDRAW_APPROVAL;
        if has_method {
            let each = Method::ALL.iter().map(|method| Subject {
                method: Some(*method),
                ..subject(format!("by `{}`", method.name()))
            });
            listed.extend(each);
        } else if is_approval {
            let each = framework.approvals.iter().map(|approval| Subject {
                approval: Some(approval.id.clone()),
                ..subject(format!("`{}`", approval.id))
            });
            listed.extend(each);
        } else if personal(act) {
            for (is_own, which) in [(true, "as oneself"), (false, "as somebody else")] {
                let subject = subject(which.to_owned());
                listed.push(subject.with_personal(is_own, false, false));
            }
        } else {
            listed.push(subject(String::new()));
        }
    }
    listed
}

/// To withdraw what each act enters; approvals have an act of their own.
fn withdrawals() -> Vec<Subject> {
    let subject = |which: String, on| {
        let name = SubjectName::new(format!("`{WITHDRAW}`"), which);
        Subject::new(name, WITHDRAW, on)
    };
    let mut listed = vec![
        subject(
            "a rule book or table of bodies".to_owned(),
            ActTarget::Programme,
        ),
        subject("the description of a cycle".to_owned(), ActTarget::Cycle),
    ];
    for RecordGroup { kind, method } in RecordGroup::all() {
        if kind == RecordKind::Approval {
            continue;
        }
        let act = kind.act();
        let by = method.map_or_else(String::new, |method| format!(" by `{}`", method.name()));
        let subject = |which: String| Subject {
            method,
            withdrawn: Some(act),
            ..subject(which, ActTarget::Body)
        };
        if kind.is_personal() {
            for (is_own, whose) in [(true, "of one's own"), (false, "of somebody else")] {
                let subject = subject(format!("`{act}` {whose}"));
                listed.push(subject.with_personal(is_own, false, false));
            }
        } else {
            listed.push(subject(format!("`{act}`{by}")));
        }
    }
    listed
}

/// Everything that can be read of a cycle.
pub(super) fn records_to_list() -> Vec<Subject> {
    let mut listed = vec![
        Subject::new(SubjectName::new("the cycle", ""), READ, ActTarget::Cycle),
        Subject::new(SubjectName::new("the body", ""), READ, ActTarget::Body),
    ];
    let mut names = Vec::new();
    for group in RecordGroup::all() {
        let name = group.name();
        // Judgements by a method and answers to challenges of them are one group.
        if names.contains(&name) {
            continue;
        }
        names.push(name);
        let subject = |of: String, which: &str| {
            Subject::new(SubjectName::new(of, which), READ, ActTarget::Body)
        };
        if group == RecordGroup::SCORES {
            for (words, own, given, agreed) in [
                ("one's own", true, true, false),
                ("of others before one's own", false, false, false),
                ("of others after one's own", false, true, false),
                ("of others once the panel has agreed", false, false, true),
            ] {
                let subject = subject(format!("`{name}`"), words).with_records(group);
                listed.push(subject.with_personal(own, given, agreed));
            }
            continue;
        }
        listed.push(subject(format!("`{name}`"), "").with_records(group));
        if group.method.is_some() {
            listed.push(Subject {
                is_rationale_only: true,
                ..subject(format!("`{name}`"), RATIONALE_ALONE).with_records(group)
            });
        }
    }
    let aside = |words: &str, act| Subject::new(SubjectName::new(words, ""), act, ActTarget::Body);
    for (words, kind) in [
        ("documents of evidence", RecordKind::Evidence),
        ("documents of plans", RecordKind::Plan),
        ("documents of released outputs", RecordKind::ReleasedOutput),
    ] {
        let group = RecordGroup { kind, method: None };
        listed.push(aside(words, READ_DOCUMENT).with_records(group));
    }
    listed.push(aside("who made an entry", READ_PERSON));
    listed.push(aside("messages for other roles", READ_MESSAGE));
    listed
}

/// A body with every kind of records on it.
pub(super) fn whole_body() -> Vec<SubjectName> {
    let subjects = records_to_list().into_iter();
    let of_body = subjects.filter(|subject| subject.act == READ && subject.on == ActTarget::Body);
    of_body.map(|subject| subject.name).collect()
}
