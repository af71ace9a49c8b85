//! The rules of panels: who is on one, what members say, and until when.

use super::{CLUSTER, contradictions, judgement, opened, push, record};
use wcc_core::CycleError;
use wcc_core::ledger::{Draft, Fact, State};
use wcc_core::record::{
    FactCommentFact, FactReplyFact, Interest, InterestDeclarationFact, PanelMemberFact, RecordFact,
    ScoreFact,
};

fn member(person: &str) -> PanelMemberFact {
    PanelMemberFact {
        body: "5KF".into(),
        person: person.into(),
        name: person.into(),
        category: "peer".into(),
        chairs: false,
        organisation: None,
    }
}

fn appoint(member: PanelMemberFact) -> Draft {
    record(RecordFact::PanelMember(member))
}

fn declare(person: &str) -> Draft {
    record(RecordFact::InterestDeclaration(InterestDeclarationFact {
        body: "5KF".into(),
        person: person.into(),
        interests: Vec::new(),
        nothing_to_declare: true,
    }))
}

fn score(person: &str, measure: &str, value: &str) -> Draft {
    record(RecordFact::Score(ScoreFact {
        body: "5KF".into(),
        subject: measure.into(),
        member: person.into(),
        value: value.into(),
        rationale: None,
    }))
}

fn comment(id: &str, text: &str) -> Draft {
    record(RecordFact::FactComment(FactCommentFact {
        body: "5KF".into(),
        id: id.into(),
        about: Vec::new(),
        quoted: None,
        comment: text.into(),
    }))
}

fn reply(body: &str, comment: &str) -> Draft {
    record(RecordFact::FactReply(FactReplyFact {
        body: body.into(),
        comment: comment.into(),
        accepted: true,
        reason: "Corrected.".into(),
    }))
}

/// Enters a record that nothing speaks against, and gives its number.
fn enter(state: &mut State, draft: Draft) -> u32 {
    assert_eq!(contradictions(state, draft), []);
    state.last()
}

/// The one rule that a record breaks, with its message. The record is not entered.
fn refused(state: &mut State, draft: Draft) -> (&'static str, String) {
    let before = state.last();
    let found = contradictions(state, draft);
    state.truncate(before);
    match &found[..] {
        [error @ CycleError::RuleViolation { broken, .. }] => (broken.rule, error.to_string()),
        other => panic!("{other:?}"),
    }
}

/// A panel of two who may score.
fn panel() -> State {
    let mut state = opened("all");
    for person in ["ann", "ben"] {
        enter(&mut state, appoint(member(person)));
        enter(&mut state, declare(person));
    }
    state
}

#[test]
fn a_panel_has_one_chair_and_nobody_who_works_for_the_body() {
    let mut state = opened("all");
    let chair = |person| PanelMemberFact {
        chairs: true,
        ..member(person)
    };
    enter(&mut state, appoint(chair("ann")));
    let (rule, message) = refused(&mut state, appoint(chair("ben")));
    assert_eq!(rule, "one-chair");
    assert!(
        message.contains("ann chairs this panel already"),
        "{message}"
    );
    for organisation in ["5KF", "5kg", "name of 5KG", CLUSTER] {
        let employed = PanelMemberFact {
            organisation: Some(organisation.into()),
            ..member("ben")
        };
        let (rule, message) = refused(&mut state, appoint(employed));
        assert_eq!(rule, "independent-member", "{organisation}: {message}");
    }
    let independent = PanelMemberFact {
        organisation: Some("5J9".into()),
        ..member("ben")
    };
    enter(&mut state, appoint(independent));
}

#[test]
fn interests_are_declared_by_members_and_listed_or_none() {
    let mut state = opened("all");
    assert_eq!(refused(&mut state, declare("ann")).0, "member-of-panel");
    enter(&mut state, appoint(member("ann")));
    let with = |interests: &[&str], nothing_to_declare| {
        let interests = interests.iter().map(|organisation| Interest {
            organisation: (*organisation).into(),
            nature: "worked there".into(),
        });
        record(RecordFact::InterestDeclaration(InterestDeclarationFact {
            body: "5KF".into(),
            person: "ann".into(),
            interests: interests.collect(),
            nothing_to_declare,
        }))
    };
    assert_eq!(refused(&mut state, with(&[], false)).0, "interests-or-none");
    assert_eq!(
        refused(&mut state, with(&["5KF"], true)).0,
        "interests-or-none"
    );
    // A conflict is shown, not refused.
    enter(&mut state, with(&["5KF"], false));
}

#[test]
fn members_with_interests_declared_score_until_the_panel_judges() {
    let mut state = opened("all");
    assert_eq!(
        refused(&mut state, score("ann", "1a", "3")).0,
        "member-of-panel"
    );
    let appointed = enter(&mut state, appoint(member("ann")));
    assert_eq!(
        refused(&mut state, score("ann", "1a", "3")).0,
        "interests-declared"
    );
    enter(&mut state, declare("ann"));
    enter(&mut state, score("ann", "1a", "3"));

    let agreed = enter(&mut state, judgement("5KF", "1b"));
    let (rule, message) = refused(&mut state, score("ann", "1b", "3"));
    assert_eq!(rule, "score-before-agreement");
    assert!(message.contains("scores on it are closed"), "{message}");
    // Also once the value is withdrawn: whoever saw it has seen the scores of the others.
    let undone = Draft {
        fact: Fact::Withdrawn {
            reason: "too early".into(),
        },
        supersedes: Some(agreed),
        origin: None,
    };
    push(&mut state, undone);
    assert_eq!(
        refused(&mut state, score("ann", "1b", "3")).0,
        "score-before-agreement"
    );
    // On another measure, and of the cluster as a whole, it agreed on nothing.
    enter(&mut state, judgement(CLUSTER, "1c"));
    enter(&mut state, score("ann", "1c", "3"));

    let withdrawn = Draft {
        fact: Fact::Withdrawn {
            reason: "ill".into(),
        },
        supersedes: Some(appointed),
        origin: None,
    };
    push(&mut state, withdrawn);
    assert_eq!(
        refused(&mut state, score("ann", "2a", "3")).0,
        "member-of-panel"
    );
}

#[test]
fn a_score_changes_only_before_others_can_be_seen() {
    let mut state = panel();
    let first = enter(&mut state, score("ann", "1a", "3"));
    let correction = |entry, value| Draft {
        supersedes: Some(entry),
        ..score("ann", "1a", value)
    };
    let second = enter(&mut state, correction(first, "4"));
    // On another measure, nobody has seen anything.
    enter(&mut state, score("ben", "1b", "2"));
    let third = enter(&mut state, correction(second, "2"));
    enter(&mut state, score("ben", "1a", "1"));
    assert_eq!(
        refused(&mut state, correction(third, "1")).0,
        "first-score-stays"
    );
    // Nor by way of a withdrawal.
    let withdrawn = Draft {
        fact: Fact::Withdrawn {
            reason: "a slip".into(),
        },
        supersedes: Some(third),
        origin: None,
    };
    push(&mut state, withdrawn);
    assert_eq!(
        refused(&mut state, score("ann", "1a", "1")).0,
        "first-score-stays"
    );
}

#[test]
fn a_reply_is_to_a_comment_which_then_stays() {
    let mut state = opened("all");
    let first = enter(&mut state, comment("staff", "There are 40 staff."));
    let correction = |entry| Draft {
        supersedes: Some(entry),
        ..comment("staff", "There are 41 staff.")
    };
    let second = enter(&mut state, correction(first));
    let (rule, message) = refused(&mut state, reply("5KF", "staf"));
    assert_eq!(rule, "reply-to-comment");
    assert!(message.contains("made no comment `staf`"), "{message}");
    assert_eq!(refused(&mut state, reply("5KG", "staff")).0, rule);
    enter(&mut state, reply("5KF", "staff"));
    assert_eq!(
        refused(&mut state, correction(second)).0,
        "comment-without-reply"
    );
    enter(&mut state, comment("staff-again", "There are 42 staff."));
}
