//! Panels, scores and the check of facts.

use super::{ODD, full, some};
use jiff::civil::{date, time};
use wcc_core::ledger::Draft;
use wcc_core::record::{
    FactCommentFact, FactReplyFact, Interest, InterestDeclarationFact, Interview, PanelDayFact,
    PanelMemberFact, RecordFact, ScoreFact,
};

/// Members, interests, days and scores.
pub(super) fn panel() -> Vec<Draft> {
    let member = PanelMemberFact {
        body: "5KF".into(),
        person: ODD.into(),
        name: ODD.into(),
        category: "local-authority".into(),
        chairs: true,
        organisation: some(ODD),
    };
    let declared = InterestDeclarationFact {
        body: "5KF".into(),
        person: ODD.into(),
        interests: vec![Interest {
            organisation: ODD.into(),
            nature: ODD.into(),
        }],
        nothing_to_declare: false,
    };
    let day = PanelDayFact {
        body: "5KF".into(),
        date: date(2008, 11, 18),
        venue: some(ODD),
        interviews: vec![
            Interview {
                starts: time(9, 30, 0, 0),
                with: ODD.into(),
                topic: some(ODD),
            },
            Interview {
                starts: time(11, 0, 0, 0),
                with: "board".into(),
                topic: None,
            },
        ],
    };
    let score = ScoreFact {
        body: "5KF".into(),
        subject: "1a".into(),
        member: ODD.into(),
        value: "3".into(),
        rationale: some(ODD),
    };
    let records = [
        RecordFact::PanelMember(member.clone()),
        RecordFact::PanelMember(PanelMemberFact {
            person: "b.chair".into(),
            chairs: false,
            organisation: None,
            ..member
        }),
        RecordFact::InterestDeclaration(declared.clone()),
        RecordFact::InterestDeclaration(InterestDeclarationFact {
            interests: Vec::new(),
            nothing_to_declare: true,
            ..declared
        }),
        RecordFact::PanelDay(day.clone()),
        RecordFact::PanelDay(PanelDayFact {
            venue: None,
            interviews: Vec::new(),
            ..day
        }),
        RecordFact::Score(score.clone()),
        RecordFact::Score(ScoreFact {
            rationale: None,
            ..score
        }),
    ];
    records.map(full).into()
}

/// Comments on the draft of a report, and replies.
pub(super) fn fact_check() -> Vec<Draft> {
    let comment = FactCommentFact {
        body: "5KF".into(),
        id: "staff".into(),
        about: vec!["1a".into(), "outcomes".into()],
        quoted: some(ODD),
        comment: ODD.into(),
    };
    let reply = FactReplyFact {
        body: "5KF".into(),
        comment: "staff".into(),
        accepted: true,
        reason: ODD.into(),
    };
    let records = [
        RecordFact::FactComment(comment.clone()),
        RecordFact::FactComment(FactCommentFact {
            about: Vec::new(),
            quoted: None,
            ..comment
        }),
        RecordFact::FactReply(reply.clone()),
        RecordFact::FactReply(FactReplyFact {
            accepted: false,
            ..reply
        }),
    ];
    records.map(full).into()
}
