//! For whom somebody acts, and the bodies that are above, below and beside it.

use super::questions::DAY;
use crate::act_target::ActTarget;
use wcc_core::Actor;
use wcc_core::body::{Body, BodyIndex, BodyKind, Delegation, Membership, Organisations, Period};
use wcc_core::delegation::FunctionWork;
use wcc_core::framework::{Framework, Noun};

/// On what something is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// A body in the cycle.
    Body(BodyIndex),
    /// The cycle as a whole.
    Cycle,
    /// What belongs to no cycle.
    Programme,
}

impl Target {
    /// Whether an act on this is asked about.
    pub(super) fn is_among(self, on: ActTarget) -> bool {
        match self {
            Target::Body(_) => on.is_body(),
            Target::Cycle => on.is_cycle(),
            Target::Programme => on.is_programme(),
        }
    }
}

/// To what a role is limited, with the targets that differ for it.
#[derive(Clone, Debug)]
pub(super) struct Situation {
    /// For whom they act, in the regime's words: `acting for a PCT`.
    pub(super) heading: String,
    /// Code of the body.
    pub(super) acts_for: Option<&'static str>,
    /// Whether their role is limited to another cycle.
    pub(super) is_other_cycle: bool,
    /// What the act is done to, each in words.
    pub(super) targets: Vec<(String, Target)>,
}

impl Situation {
    /// Somebody in a role, with its limits. People in different situations have different names.
    pub(super) fn actor(&self, role: &str) -> Actor {
        Actor {
            person: format!("{role}, {}", self.heading).into(),
            role: role.into(),
            body: self.acts_for.map(Into::into),
            cycle: self.is_other_cycle.then(|| "another cycle".into()),
        }
    }

    /// Whether the role is limited to nothing.
    pub(super) fn is_unlimited(&self) -> bool {
        self.acts_for.is_none() && !self.is_other_cycle
    }
}

const AUTHORITY: BodyIndex = BodyIndex(0);
const GROUP: BodyIndex = BodyIndex(1);
const OTHER_GROUP: BodyIndex = BodyIndex(2);
const BODY: BodyIndex = BodyIndex(3);
const SIBLING: BodyIndex = BodyIndex(4);
const OTHER_BODY: BodyIndex = BodyIndex(5);
const FUNCTION: BodyIndex = BodyIndex(6);
const OTHER_AUTHORITY: BodyIndex = BodyIndex(7);
const ABROAD: BodyIndex = BodyIndex(8);

/// Two regions: in the first, a group of two bodies, one of which delegates to a function, and a group
/// of one; in the second, a body.
pub(super) fn tables(framework: &Framework) -> Organisations {
    let has_authority = framework.words.authority.is_some();
    let body = |code: &str, kind, sha: BodyIndex| Body {
        code: code.to_owned(),
        name: code.to_owned(),
        kind,
        sha: has_authority.then_some(sha),
        period: Period::default(),
        ons_code: None,
        ons_cluster: None,
        population: None,
        commissions: true,
        work: FunctionWork::default(),
        succeeded_by: None,
        features: Vec::new(),
        note: None,
        source: None,
    };
    let bodies = vec![
        body("region", BodyKind::Sha, AUTHORITY),
        body("group", BodyKind::Cluster, AUTHORITY),
        body("other group", BodyKind::Cluster, AUTHORITY),
        body("body", BodyKind::Pct, AUTHORITY),
        body("sibling", BodyKind::Pct, AUTHORITY),
        body("other body", BodyKind::Pct, AUTHORITY),
        body("function", BodyKind::Function, AUTHORITY),
        body("other region", BodyKind::Sha, OTHER_AUTHORITY),
        body("body of another region", BodyKind::Pct, OTHER_AUTHORITY),
    ];
    let membership = |cluster, pct| Membership {
        cluster,
        pct,
        period: Period::default(),
        source: None,
    };
    let memberships = vec![
        membership(GROUP, BODY),
        membership(GROUP, SIBLING),
        membership(OTHER_GROUP, OTHER_BODY),
    ];
    let delegations = vec![Delegation {
        function: FUNCTION,
        pct: BODY,
        period: Period::default(),
        source: None,
    }];
    let tables = Organisations::new(bodies, memberships, delegations);
    debug_assert_eq!(tables.cluster_of(BODY, DAY), Some(GROUP));
    tables
}

/// Every situation, with targets in the words of the regime.
pub(super) fn situations(framework: &Framework) -> Vec<Situation> {
    let words = &framework.words;
    let (body, group, function) = (&words.body, &words.group, &words.function);
    let authority = words.authority.as_ref();
    let own_authority = |of: &str| {
        let authority = authority?;
        Some((format!("{of} {}", authority.one), Target::Body(AUTHORITY)))
    };
    let to = |words: &str, body| (words.to_owned(), Target::Body(body));
    let situation = |heading: String, acts_for, targets: Vec<(String, Target)>| Situation {
        heading,
        acts_for,
        is_other_cycle: false,
        targets,
    };
    let acting_for = |noun: &Noun| format!("acting for {}", noun.with_article());
    let bodies = &body.many;
    let mut unlimited = vec![
        to(bodies, BODY),
        to(&group.many, GROUP),
        to(&function.many, FUNCTION),
    ];
    unlimited.extend(authority.map(|authority| to(&authority.many, AUTHORITY)));
    let mut of_body = vec![
        to("itself", BODY),
        to(&format!("its {}", group.one), GROUP),
        to(&format!("the other {bodies} of its {}", group.one), SIBLING),
        to(&format!("{} it delegates to", function.many), FUNCTION),
    ];
    of_body.extend(own_authority("its"));
    of_body.push(to("others", OTHER_BODY));
    let mut of_group = vec![
        to("itself", GROUP),
        to(&format!("its {bodies}"), BODY),
        to(&format!("{} they delegate to", function.many), FUNCTION),
    ];
    of_group.extend(own_authority("its"));
    of_group.push(to("others", OTHER_BODY));
    let mut of_function = vec![
        to("itself", FUNCTION),
        to(&format!("{bodies} that delegate to it"), BODY),
    ];
    of_function.extend(own_authority("its"));
    of_function.push(to("others", OTHER_BODY));
    let mut all = vec![
        situation("acting for all bodies".to_owned(), None, unlimited),
        situation(acting_for(body), Some("body"), of_body),
        situation(acting_for(group), Some("group"), of_group),
        situation(acting_for(function), Some("function"), of_function),
    ];
    if let Some(authority) = authority {
        let targets = vec![
            to("itself", AUTHORITY),
            to(&format!("its {}", group.many), GROUP),
            to(&format!("its {bodies}"), BODY),
            to(&format!("its {}", function.many), FUNCTION),
            to("other regions", ABROAD),
        ];
        all.push(situation(acting_for(authority), Some("region"), targets));
    }
    all.push(Situation {
        heading: format!("in another {}", words.cycle.one),
        acts_for: None,
        is_other_cycle: true,
        targets: vec![to(bodies, BODY)],
    });
    for situation in &mut all {
        let cycle = format!("the {}", words.cycle.one);
        let outside = format!("what belongs to no {}", words.cycle.one);
        situation.targets.push((cycle, Target::Cycle));
        situation.targets.push((outside, Target::Programme));
    }
    all
}
