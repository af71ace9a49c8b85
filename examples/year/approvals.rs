//! Approvals: each is given by whoever may, as soon as nothing is missing.

use crate::client::Result;
use crate::inputs::Mutation;
use crate::people::{Seat, Tokens, is_open};
use crate::phases::Progress;
use crate::play::{Year, digest, say};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use wcc_core::framework::Phase;
use wcc_core::record::RecordKind;

impl Year<'_> {
    /// Everybody who may give an approval, for each group and each body in no group.
    pub(crate) fn approvers(&self) -> Vec<Seat> {
        let framework = &self.cycle.framework;
        let roles = framework.approvals.iter().flat_map(|approval| {
            let roles = framework.roles_approving(&approval.id);
            roles.map(|role| role.id.as_str())
        });
        let roles: BTreeSet<&str> = roles.collect();
        let groups = self.groups().into_iter();
        groups
            .flat_map(|group| {
                let seats = roles.iter().map(move |role| (*role, group));
                seats.map(|(role, group)| self.seat_for(role, group))
            })
            .collect()
    }

    /// Gives every approval that a role may give in a phase and for which nothing is missing: each as it
    /// is read just before.
    pub(crate) fn approve(
        &self,
        phase: &Phase,
        progress: &Progress,
        tokens: &Tokens,
    ) -> Result<()> {
        let framework = &self.cycle.framework;
        for _ in &framework.approvals {
            let mut given = 0;
            let list = self.approvals()?;
            for approval in list.as_array().into_iter().flatten() {
                let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
                let (body, code) = (text(&approval["body"]["code"]), text(&approval["code"]));
                let is_complete =
                    |approval: &Value| approval["missing"].as_array().is_some_and(Vec::is_empty);
                let group = self.group_of_code(&body);
                // A member of a group is approved alone if the group as a whole is not complete.
                let is_alone = || {
                    let mut others = list.as_array().into_iter().flatten();
                    others.any(|other| {
                        other["body"]["code"] == *group
                            && other["code"] == approval["code"]
                            && !is_complete(other)
                    })
                };
                let is_due = approval["state"] != "APPROVED"
                    && is_complete(approval)
                    && progress.reaches(self, &body)
                    && (group == body || is_alone());
                let mut roles = framework.roles_approving(&code);
                let role = roles.find(|role| is_open(role, phase, RecordKind::Approval.act()));
                let (true, Some(role)) = (is_due, role) else {
                    continue;
                };
                let before = &approval["after"];
                let mut earlier = list.as_array().into_iter().flatten();
                let is_after = before.is_null()
                    || earlier.any(|other| {
                        other["body"] == approval["body"]
                            && other["code"] == *before
                            && other["state"] == "APPROVED"
                    });
                if !is_after {
                    continue;
                }
                let mutation = Mutation {
                    field: "approve",
                    input: json!({
                        "cycle": self.cycle.id,
                        "body": body,
                        "approval": code,
                        "digest": approval["digest"],
                        "supersedes": approval["entry"],
                    }),
                };
                let request_id = format!(
                    "{} {code} {body} {}",
                    self.cycle.id,
                    text(&approval["digest"])
                );
                let request_id = digest(&request_id);
                let seat = self.seat_for(&role.id, group);
                let (person, _) = self.enter_as(&seat, tokens, &request_id, &mutation)?;
                let title = text(&approval["title"]);
                say!(
                    self,
                    "{person:<28} approves `{title}` of {}",
                    self.name(&body)
                );
                given += 1;
            }
            if given == 0 {
                break;
            }
        }
        Ok(())
    }

    /// The code of the group of an assured body; for any other body its own.
    fn group_of_code<'a>(&'a self, code: &'a str) -> &'a str {
        let body = self.cycle.organisations.find(code);
        let pct = body.filter(|body| self.cycle.pcts.contains(body));
        pct.map_or(code, |pct| self.group_of(pct))
    }

    /// The approvals of every group and body, as they stand.
    pub(crate) fn approvals(&self) -> Result<Value> {
        let query = "query($cycle: ID!) { cycle(id: $cycle) { approvals {
            code title state after digest entry body { code } missing { body { code } }
        } } }";
        let body = json!({ "query": query, "variables": { "cycle": self.cycle.id } });
        let mut data = self.server.ask(self.operator, None, &body)?;
        Ok(data["cycle"]["approvals"].take())
    }
}
