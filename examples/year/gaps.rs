//! Judgements that a case lacks and without which nobody would reach the last phase of its cycle: published reports, for
//! one, leave values out. They are invented for the first groups of each region, entered by whoever judges, and taken
//! back in the end, so that the results are those of the case's files.

use crate::client::Result;
use crate::inputs::{Mutation, mutation};
use crate::play::{Year, record_of, say};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use wcc_core::framework::MeasureIndex;
use wcc_core::ledger::{Draft, Fact};
use wcc_core::readiness::{
    MissingJudgements, approvals_missing_before, missing_before, missing_for_approval,
};
use wcc_core::record::{JudgementDetails, JudgementFact, Method, RecordFact, Subject};
use wcc_core::words::counted;
use wcc_core::{Assurance, BodyIndex, BodyKind, Step, assure};

/// What an invented value is marked with.
const INVENTED: &str = "invented for this example: the case does not have it";

/// Which judgement one is: body, measure or component, method.
type JudgementKey = (String, String, Method);

/// The drafts of a cycle, with judgements that were invented.
pub(crate) struct FilledCycle {
    pub(crate) drafts: Vec<Draft>,
    /// The invented judgements, each with the one of the case in whose place it is: one without a value.
    invented: BTreeMap<JudgementKey, Option<Draft>>,
}

/// An invented judgement that was entered, and what the case has in its place.
pub(crate) struct InventedEntry {
    pub(crate) entry: i64,
    pub(crate) original: Option<Draft>,
}

impl FilledCycle {
    /// The drafts of a case as they are.
    pub(crate) fn unchanged(drafts: &[Draft]) -> FilledCycle {
        FilledCycle {
            drafts: drafts.to_vec(),
            invented: BTreeMap::new(),
        }
    }

    /// The case's own judgement in whose place an invented one is, if a draft is an invented one.
    pub(crate) fn original(&self, draft: &Draft) -> Option<&Option<Draft>> {
        match record_of(draft)? {
            RecordFact::Judgement(judgement) => self.invented.get(&key_of(judgement)),
            _ => None,
        }
    }
}

impl Year<'_> {
    /// The drafts of the cycle; with invented judgements for the first groups of each region if some are missing of every
    /// assured body.
    pub(crate) fn filled(&self, groups: usize) -> FilledCycle {
        let mut filled = FilledCycle::unchanged(&self.filled.drafts);
        let assurance = assure(self.cycle, Vec::new(), None);
        let missing = self.missing(&assurance);
        let held_up: BTreeSet<BodyIndex> = missing
            .iter()
            .flat_map(|missing| self.held_up_by(missing.body))
            .collect();
        let mut pcts = self.cycle.pcts.iter();
        if missing.is_empty() || !pcts.all(|pct| held_up.contains(pct)) {
            return filled;
        }
        let groups: BTreeSet<String> = self.first_groups(groups).into_iter().collect();
        let is_played = |body: BodyIndex| {
            let mut held_up = self.held_up_by(body).into_iter();
            held_up.any(|pct| groups.contains(self.group_of(pct)))
        };
        for missing in missing.iter().filter(|missing| is_played(missing.body)) {
            for measure in &missing.measures {
                let invented = self.invented_judgement(missing.body, *measure, missing.method);
                filled.add(&self.cycle.id, invented);
            }
        }
        filled
    }

    /// The judgements without which some phase cannot open or some approval for it cannot be given.
    fn missing(&self, assurance: &Assurance) -> Vec<MissingJudgements> {
        let framework = &self.cycle.framework;
        let mut missing = Vec::new();
        for phase in &framework.phases {
            missing.extend(missing_before(self.cycle, assurance, phase));
            for needed in approvals_missing_before(self.cycle, assurance, phase) {
                let mut approval = Some(framework.approval(needed.approval));
                while let Some(definition) = approval {
                    let body = self.approved_with(needed.body);
                    let lacks = missing_for_approval(self.cycle, assurance, definition, body);
                    missing.extend(lacks);
                    let before = definition.after.as_deref();
                    let mut others = framework.approvals.iter();
                    approval = others.find(|other| Some(other.id.as_str()) == before);
                }
            }
        }
        missing
    }

    /// The body that is approved for one: its group, if it is in one.
    fn approved_with(&self, body: BodyIndex) -> BodyIndex {
        let organisations = &self.cycle.organisations;
        match organisations.body(body).kind {
            BodyKind::Pct => organisations
                .cluster_of(body, self.cycle.as_of)
                .unwrap_or(body),
            BodyKind::Cluster | BodyKind::Function | BodyKind::Sha => body,
        }
    }

    fn invented_judgement(
        &self,
        body: BodyIndex,
        measure: MeasureIndex,
        method: Method,
    ) -> JudgementFact {
        let framework = &self.cycle.framework;
        let scale = framework.scale_of(measure);
        // Others judged it alike; or else nothing is claimed.
        let judgements = self.cycle.records.judgements.iter();
        let known = judgements.filter(|judgement| {
            judgement.body == body && judgement.subject == Subject::Measure(measure)
        });
        let known = known.filter_map(|judgement| Some((judgement.method, judgement.value?)));
        let step = known.max().map_or(Step::WORST, |(_, value)| value);
        let is_text = scale.is_text();
        JudgementFact {
            body: self.cycle.organisations.body(body).code.as_str().into(),
            subject: framework.measure(measure).id.as_str().into(),
            method,
            value: (!is_text).then(|| scale.key(step).into()),
            assessor: None,
            details: JudgementDetails {
                inferred: Some(INVENTED.into()),
                text: is_text.then(|| INVENTED.into()),
                ..JudgementDetails::default()
            },
        }
    }

    /// Takes invented judgements back: the operator withdraws the approvals that they are part of, and enters what
    /// the case has in their place.
    pub(crate) fn take_back(&self, invented: &[InventedEntry]) -> Result<()> {
        if invented.is_empty() {
            return Ok(());
        }
        let given = self.approvals()?;
        let given = given.as_array().into_iter().flatten();
        let given: Vec<&Value> = given
            .filter(|approval| approval["state"] != "NOT_GIVEN")
            .filter(|approval| approval["entry"].is_number())
            .collect();
        // Those that come after others go first.
        let approvals = self.cycle.framework.approvals.iter().rev();
        let mut withdrawn: BTreeSet<i64> = BTreeSet::new();
        for approval in approvals {
            let of_it = given.iter().filter(|given| given["code"] == *approval.id);
            for entry in of_it.filter_map(|given| given["entry"].as_i64()) {
                if withdrawn.insert(entry) {
                    self.withdraw_as_operator(entry)?;
                }
            }
        }
        for InventedEntry { entry, original } in invented.iter().rev() {
            self.withdraw_as_operator(*entry)?;
            let original = original.as_ref();
            let original = original.and_then(|own| mutation(own, &self.cycle.framework));
            if let Some(original) = original {
                self.send_as_operator(&format!("instead of {entry}"), &original)?;
            }
        }
        say!(
            self,
            "{:<28} takes back {} of {} (invented)",
            "operator",
            counted(invented.len(), "judgement"),
            self.cycle.id
        );
        Ok(())
    }

    fn withdraw_as_operator(&self, entry: i64) -> Result<()> {
        let withdrawal = Mutation {
            field: "withdraw",
            input: json!({ "entry": entry, "reason": INVENTED }),
        };
        self.send_as_operator(&format!("take back {entry}"), &withdrawal)?;
        Ok(())
    }
}

impl FilledCycle {
    /// Adds an invented judgement, in place of one of the case that has no value.
    fn add(&mut self, cycle: &str, mut judgement: JudgementFact) {
        let key = key_of(&judgement);
        if self.invented.contains_key(&key) {
            return;
        }
        let own = self.drafts.iter().position(|draft| {
            let record = record_of(draft);
            matches!(record, Some(RecordFact::Judgement(own)) if key_of(own) == key)
        });
        if let Some(RecordFact::Judgement(own)) =
            own.and_then(|own| record_of(self.drafts.get(own)?))
        {
            // What the case says beside the value stays.
            judgement.details = JudgementDetails {
                inferred: judgement.details.inferred,
                text: judgement.details.text,
                ..own.details.clone()
            };
            judgement.assessor.clone_from(&own.assessor);
        }
        let draft = Draft::from(Fact::Record {
            cycle: cycle.into(),
            record: RecordFact::Judgement(judgement),
        });
        let original = match own.and_then(|own| self.drafts.get_mut(own)) {
            Some(own) => Some(std::mem::replace(own, draft)),
            None => {
                self.drafts.push(draft);
                None
            }
        };
        self.invented.insert(key, original);
    }
}

fn key_of(judgement: &JudgementFact) -> JudgementKey {
    (
        judgement.body.to_string(),
        judgement.subject.to_string(),
        judgement.method,
    )
}
