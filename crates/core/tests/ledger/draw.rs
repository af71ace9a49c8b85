//! Random drafts of every kind of record, sensible or not.

use super::{cycle_fact, framework_fact, in_cycle, judgement, superseding, withdrawal};
use proptest::prelude::*;
use proptest::sample::select;
use std::sync::Arc;
use wcc_core::Method;
use wcc_core::indicator::{IndicatorDefinition, IndicatorValue, PeriodForm, SeriesRole};
use wcc_core::ledger::{Draft, Fact};
use wcc_core::outcome::{Better, OutcomeScope, YearValue};
use wcc_core::record::{
    ActionFact, ActionOrigin, ActionState, AnswerFact, ApprovalFact, AreaOfConcernFact,
    CarriedFact, CarriedKind, CommentaryFact, ConsequenceFact, ConsequenceKind, CriterionFact,
    CriterionKind, EvidenceFact, EvidenceKind, FactCommentFact, FactReplyFact, FollowUp,
    IndicatorFact, InterestDeclarationFact, LeadFact, OriginKind, OutcomeFact, PanelDayFact,
    PanelMemberFact, PhaseDatesFact, PhaseFact, PlanFact, PlanLineFact, Rates, RecommendationFact,
    RecordFact, RecordKind, ReleaseFact, ReleasedOutputFact, ScoreFact, Selection,
    StatedPerformance, StatementFact, StatementKind, SupportFact, SupportState, SurveyFact,
};

/// The body that has a panel, and the member of it.
const PANEL_OF: &str = "5KF";
const MEMBER: &str = "a.member";

/// The choices that a draft is made of: few, so that drafts meet each other.
#[derive(Clone, Debug)]
struct Choices {
    body: &'static str,
    measure: &'static str,
    method: Method,
    value: &'static str,
    id: &'static str,
    count: u16,
}

fn any_choices() -> impl Strategy<Value = Choices> {
    (
        select(vec!["5KF", "5KG", "5J9", "cluster", "function"]),
        select(vec!["1a", "1b", "2c", "finance.1"]),
        select(Method::ALL.to_vec()),
        select(vec!["1", "2", "4", "green"]),
        select(vec!["plan", "minutes"]),
        0u16..4,
    )
        .prop_map(|(body, measure, method, value, id, count)| Choices {
            body,
            measure,
            method,
            value,
            id,
            count,
        })
}

/// Something that may be entered, and that the fold or admission may refuse.
pub(super) fn any_draft() -> impl Strategy<Value = Draft> {
    let kind = prop_oneof![
        3 => Just(RecordKind::Judgement),
        4 => select(RecordKind::ALL.to_vec()),
        // Each of these needs one of the others first.
        3 => select(vec![
            RecordKind::AreaOfConcern,
            RecordKind::Support,
            RecordKind::PanelMember,
            RecordKind::InterestDeclaration,
            RecordKind::Score,
            RecordKind::FactComment,
            RecordKind::FactReply,
        ]),
    ];
    let superseded = prop::option::weighted(0.6, 1u32..30);
    (any_choices(), kind, superseded, 0..8u8).prop_map(|(choices, kind, supersedes, what)| {
        match (what, supersedes) {
            (0, Some(entry)) => withdrawal(entry),
            (1, Some(entry)) => superseding(entry, description(choices.count).into()),
            (2, Some(entry)) => superseding(entry, framework_fact().into()),
            (_, supersedes) => Draft {
                supersedes,
                ..draft(kind, &choices)
            },
        }
    })
}

/// The cycle described anew, with more PCTs or fewer.
fn description(count: u16) -> Fact {
    let mut fact = cycle_fact("New title");
    let pcts = ["5KF", "5KG", "5J9", "5KL"].map(Into::into);
    fact.pcts = pcts.into_iter().take(usize::from(count) + 1).collect();
    Fact::Cycle(fact)
}

fn draft(kind: RecordKind, choices: &Choices) -> Draft {
    let Choices {
        body,
        measure,
        method,
        value,
        id,
        count,
    } = *choices;
    let cited = || match count {
        0 => vec![id.into()],
        _ => Vec::new(),
    };
    in_cycle(match kind {
        RecordKind::Judgement => {
            let mut draft = judgement(body, measure, method, value);
            if let Fact::Record {
                record: RecordFact::Judgement(judgement),
                ..
            } = &mut draft.fact
            {
                judgement.details.evidence = cited();
                judgement.details.reason = (count == 1).then(|| "Seen on the day.".into());
            }
            return draft;
        }
        RecordKind::Evidence => RecordFact::Evidence(EvidenceFact {
            id: id.into(),
            body: body.into(),
            kind: EvidenceKind::Document,
            title: "Strategy".into(),
            measures: vec![measure.into()],
            issuer: None,
            dated: None,
            source: None,
            document: None,
            dates: wcc_core::record::EvidenceDates::default(),
            carried_from: None,
            rating: None,
        }),
        RecordKind::Survey => RecordFact::Survey(SurveyFact {
            body: body.into(),
            survey: "stakeholder".into(),
            measure: measure.into(),
            question: None,
            // 0 and 6.5 are outside the survey's range.
            score: Some([0.0, 1.0, 5.25, 6.5][usize::from(count)]),
            wording: None,
            source: None,
            figures: None,
        }),
        RecordKind::Criterion => RecordFact::Criterion(CriterionFact {
            body: body.into(),
            measure: measure.into(),
            kind: CriterionKind::Metric,
            supports: value.into(),
            reason: "below".into(),
            evidence: cited(),
            inferred: None,
            source: None,
        }),
        RecordKind::Outcome => RecordFact::Outcome(OutcomeFact {
            pct: body.into(),
            slot: 9 + count,
            outcome: id.into(),
            title: "Smoking quitters".into(),
            better: if count == 1 {
                Better::Lower
            } else {
                Better::Higher
            },
            scope: OutcomeScope::Local,
            newly_selected: false,
            series: "persons".into(),
            rates: Rates::default(),
            values: vec![YearValue {
                year: 2007,
                value: Some(19.75),
                break_before: false,
            }],
            stated: StatedPerformance::default(),
            selection: Selection::default(),
            panel_view: None,
            inferred: None,
            source: None,
        }),
        RecordKind::Answer => RecordFact::Answer(AnswerFact {
            body: body.into(),
            measure: measure.into(),
            method,
            reason: "since put right".into(),
        }),
        RecordKind::Commentary => RecordFact::Commentary(CommentaryFact {
            body: body.into(),
            headings: Vec::new(),
            text: "Good work.".into(),
            components: vec![["1", "2", "finance", measure][usize::from(count)].into()],
        }),
        RecordKind::Recommendation => RecordFact::Recommendation(RecommendationFact {
            body: body.into(),
            id: id.into(),
            text: "Publish the plan.".into(),
            about: vec![measure.into()],
            source: None,
            follow_up: FollowUp::default(),
        }),
        RecordKind::Indicator => RecordFact::Indicator(IndicatorFact {
            body: body.into(),
            indicator: "admissions".into(),
            series: "persons".into(),
            role: SeriesRole::Own,
            form: PeriodForm::CALENDAR,
            values: vec![IndicatorValue {
                year: 2007,
                break_before: false,
                value: Some(f64::from(count)),
                limits: None,
            }]
            .into(),
            // 2 is a value that the definition does not allow.
            definition: Some(Arc::new(IndicatorDefinition {
                title: "Admissions".into(),
                unit: "per 100,000".into(),
                better: Better::Lower,
                outcome: None,
                min: None,
                max: Some(1.5),
                source: None,
            })),
            confidence: None,
            inferred: None,
            source: None,
        }),
        RecordKind::Release => RecordFact::Release(ReleaseFact {
            body: body.into(),
            to: if count == 0 {
                Vec::new()
            } else {
                vec!["public".into()]
            },
            from: jiff::civil::date(2009, 3, 1),
            uses: None,
        }),
        RecordKind::ReleasedOutput => RecordFact::ReleasedOutput(ReleasedOutputFact {
            body: body.into(),
            release: u32::from(count),
            document: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08".into(),
            engine: "0.1.0".into(),
            framework: "wcc-2008-09 9f86d081".into(),
            plugins: Vec::new(),
        }),
        RecordKind::PanelMember => RecordFact::PanelMember(PanelMemberFact {
            body: PANEL_OF.into(),
            person: MEMBER.into(),
            name: "A. Member".into(),
            category: "peer".into(),
            chairs: count == 0,
            // Nobody is on the panel of whom they work for.
            organisation: (count == 3).then(|| PANEL_OF.into()),
        }),
        RecordKind::InterestDeclaration => {
            RecordFact::InterestDeclaration(InterestDeclarationFact {
                body: PANEL_OF.into(),
                person: MEMBER.into(),
                interests: Vec::new(),
                nothing_to_declare: count > 0,
            })
        }
        RecordKind::PanelDay => RecordFact::PanelDay(PanelDayFact {
            body: body.into(),
            date: jiff::civil::date(2008, 11, 18),
            venue: None,
            interviews: Vec::new(),
        }),
        RecordKind::Score => RecordFact::Score(ScoreFact {
            body: PANEL_OF.into(),
            subject: measure.into(),
            member: MEMBER.into(),
            value: value.into(),
            rationale: None,
        }),
        RecordKind::FactComment => RecordFact::FactComment(FactCommentFact {
            body: PANEL_OF.into(),
            id: id.into(),
            about: vec![measure.into()],
            quoted: None,
            comment: "There were two reviews.".into(),
        }),
        RecordKind::FactReply => RecordFact::FactReply(FactReplyFact {
            body: PANEL_OF.into(),
            comment: id.into(),
            accepted: count > 0,
            reason: "Corrected.".into(),
        }),
        RecordKind::CarriedRecord => RecordFact::CarriedRecord(CarriedFact {
            body: body.into(),
            kind: CarriedKind::OwnJudgement,
            id: measure.into(),
            about: vec![measure.into()],
            value: (count > 0).then(|| value.into()),
            text: Some("As last year.".into()),
            detail: None,
            owner: None,
            due: None,
            horizon: None,
            evidence: Vec::new(),
            from_cycle: "case/1".into(),
            from_entry: 4,
        }),
        RecordKind::PhaseDates => RecordFact::PhaseDates(PhaseDatesFact {
            body: body.into(),
            phase: "visit".into(),
            from: (count > 0).then(|| jiff::civil::date(2008, 11, 10)),
            to: None,
            note: None,
        }),
        RecordKind::Approval => RecordFact::Approval(ApprovalFact {
            body: body.into(),
            approval: if count == 0 { "submitted" } else { "ratified" }.into(),
            // What an approval covers of a body that has no self-assessment.
            digest: wcc_core::approval::digest_of([]).into(),
            note: None,
        }),
        RecordKind::Phase => RecordFact::Phase(PhaseFact {
            body: body.into(),
            phase: if count == 0 { "report" } else { "visit" }.into(),
            reason: None,
        }),
        RecordKind::Lead => RecordFact::Lead(LeadFact {
            body: body.into(),
            // A measure is not an area that needs a lead.
            area: [None, Some("1"), Some("outcomes"), Some(measure)][usize::from(count)]
                .map(Into::into),
            person: "A. Director".into(),
            job_title: None,
            staff: Vec::new(),
        }),
        RecordKind::Action => RecordFact::Action(ActionFact {
            body: body.into(),
            id: id.into(),
            text: "Publish the plan.".into(),
            about: vec![measure.into()],
            owner: None,
            due: (count > 0).then_some(jiff::civil::date(2009, 3, 1)),
            state: ActionState::Started,
            progress: None,
            horizon: None,
            origin: (count == 3).then(|| ActionOrigin {
                kind: OriginKind::Recommendation,
                reference: Some(id.into()),
            }),
        }),
        RecordKind::Plan => RecordFact::Plan(PlanFact {
            body: body.into(),
            plan: if count == 0 {
                "development"
            } else {
                "operating"
            }
            .into(),
            version: id.into(),
            date: jiff::civil::date(2008, 10, 1),
            document: None,
            vision: None,
            note: None,
        }),
        RecordKind::PlanLine => RecordFact::PlanLine(PlanLineFact {
            body: body.into(),
            plan: "operating".into(),
            id: id.into(),
            title: "Smoking quitters".into(),
            unit: "people".into(),
            planned: vec![19.75; if count == 0 { 11 } else { 12 }],
            actual: vec![Some(20.0)],
        }),
        RecordKind::AreaOfConcern => RecordFact::AreaOfConcern(AreaOfConcernFact {
            body: body.into(),
            id: id.into(),
            text: "We lack skills.".into(),
            about: vec![measure.into()],
        }),
        // No area of concern was entered before, unless an earlier draft was one.
        RecordKind::Support => RecordFact::Support(SupportFact {
            body: body.into(),
            id: id.into(),
            area_of_concern: if count == 0 { "plan" } else { id }.into(),
            text: "A secondment.".into(),
            provider: None,
            state: SupportState::Proposed,
            follow_up: None,
        }),
        RecordKind::Consequence => RecordFact::Consequence(ConsequenceFact {
            body: body.into(),
            id: id.into(),
            kind: ConsequenceKind::Incentive,
            text: "Less monitoring.".into(),
            rule: None,
        }),
        RecordKind::Statement => RecordFact::Statement(StatementFact {
            body: body.into(),
            kind: StatementKind::ImprovedOnLastYear,
            area: (count > 0).then(|| "governance".into()),
            count,
            source: None,
        }),
    })
}

/// Each kind of record is among the drafts that are accepted, and among those that are refused by
/// a rule of its own or of the fold.
#[test]
fn every_kind_is_accepted_and_refused() {
    use proptest::strategy::ValueTree as _;
    use proptest::test_runner::TestRunner;
    let mut runner = TestRunner::deterministic();
    let (mut accepted, mut refused) = (Vec::new(), Vec::new());
    for _ in 0..400 {
        let mut state = super::opened_after_another();
        for _ in 0..20 {
            let draft = any_draft().new_tree(&mut runner).unwrap().current();
            let Fact::Record { record, .. } = &draft.fact else {
                continue;
            };
            let kind = record.kind();
            match super::try_admit(&mut state, &[draft]) {
                Ok(()) => accepted.push(kind),
                Err(_) => refused.push(kind),
            }
        }
    }
    for kind in RecordKind::ALL {
        assert!(accepted.contains(kind), "{kind:?} is never accepted");
        assert!(refused.contains(kind), "{kind:?} is never refused");
    }
}
