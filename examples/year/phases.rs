//! The phases of a cycle. Each opens for whole regions; for a region of which somebody is not ready, it
//! opens for the groups, and in a group that is not ready for the bodies, that are. The others are left
//! behind: nothing later opens for them, and their results are not released.

use crate::client::Result;
use crate::inputs::Mutation;
use crate::people::{Seat, Tokens};
use crate::play::{Officer, Year, say};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use wcc_core::framework::Phase;
use wcc_core::policy::OPEN_PHASE;
use wcc_core::progress::bodies_below;
use wcc_core::record::RecordKind;
use wcc_core::words::counted;
use wcc_core::{BodyIndex, BodyKind};

/// How far the bodies of a cycle have come.
#[derive(Debug, Default)]
pub(crate) struct Progress {
    /// The latest entry that opened a phase for each body, by code.
    openings: BTreeMap<String, i64>,
    /// The latest phase that was opened.
    phase: Option<String>,
    /// The bodies for which it was opened, by the region.
    parts: BTreeMap<BodyIndex, Vec<BodyIndex>>,
    /// The assured bodies that are not in the latest phase.
    left_behind: BTreeSet<BodyIndex>,
}

impl Progress {
    /// Whether the latest phase is open for a body: by an opening for it, its group or its region.
    pub(crate) fn reaches(&self, year: &Year<'_>, code: &str) -> bool {
        let organisations = &year.cycle.organisations;
        let Some(body) = organisations.find(code) else {
            return false;
        };
        let group = match organisations.body(body).kind {
            BodyKind::Pct => organisations.cluster_of(body, year.cycle.as_of),
            BodyKind::Cluster | BodyKind::Function | BodyKind::Sha => None,
        };
        let mut parts = self.parts.values().flatten();
        parts.any(|part| [Some(body), group, organisations.sha_of(body)].contains(&Some(*part)))
    }
}

impl Year<'_> {
    /// Opens a phase for each region, or for those of it that are ready, in place of the phase that is
    /// open for them. Prints who is left behind, and why.
    pub(crate) fn open(
        &self,
        phase: &Phase,
        progress: &mut Progress,
        tokens: &Tokens,
    ) -> Result<()> {
        let organisations = &self.cycle.organisations;
        let open = progress.phase.as_deref();
        let open = open.and_then(|open| self.cycle.framework.find_phase(open));
        for officer in self.officers(OPEN_PHASE, open) {
            let unready = self.unready(phase, &officer, tokens)?;
            for (body, why) in &unready {
                if progress.left_behind.insert(*body) {
                    let name = organisations.body(*body).name_and_code();
                    let title = &phase.title;
                    say!(
                        self,
                        "{:<28} {name} is not ready for `{title}`. Missing: {why}",
                        "left behind"
                    );
                }
            }
            let mut parts = Vec::new();
            self.add_ready_parts(officer.body, progress, &mut parts);
            for part in &parts {
                self.open_for(*part, phase, &officer, progress, tokens)?;
            }
            progress.parts.insert(officer.body, parts);
        }
        progress.phase = Some(phase.id.clone());
        Ok(())
    }

    /// Opens a phase for a body and everything below it.
    fn open_for(
        &self,
        body: BodyIndex,
        phase: &Phase,
        officer: &Officer,
        progress: &mut Progress,
        tokens: &Tokens,
    ) -> Result<()> {
        let Phase { id, title, .. } = phase;
        let body = self.cycle.organisations.body(body);
        let mutation = Mutation {
            field: "openPhase",
            input: json!({
                "cycle": self.cycle.id,
                "body": body.code,
                "phase": id,
                "supersedes": progress.openings.get(&body.code),
            }),
        };
        let request_id = format!("{} open {id} {}", self.cycle.id, body.code);
        let (person, entry) = self.enter_for(officer, tokens, &request_id, &mutation)?;
        progress.openings.insert(body.code.clone(), entry);
        let name = body.name_and_code();
        say!(self, "{person:<28} opens `{title}` for {name}");
        Ok(())
    }

    /// Adds the largest bodies below which nobody is left behind.
    fn add_ready_parts(&self, body: BodyIndex, progress: &Progress, parts: &mut Vec<BodyIndex>) {
        let organisations = &self.cycle.organisations;
        let below = bodies_below(self.cycle, body);
        let is_left_behind = |body: &BodyIndex| progress.left_behind.contains(body);
        if !below.iter().any(is_left_behind) {
            parts.push(body);
            return;
        }
        match organisations.body(body).kind {
            BodyKind::Sha => {
                let groups = below.iter().map(|pct| {
                    let group = organisations.cluster_of(*pct, self.cycle.as_of);
                    group.unwrap_or(*pct)
                });
                let groups: BTreeSet<BodyIndex> = groups.collect();
                for group in groups {
                    self.add_ready_parts(group, progress, parts);
                }
            }
            BodyKind::Cluster => {
                parts.extend(below.iter().filter(|body| !is_left_behind(body)));
            }
            BodyKind::Pct | BodyKind::Function => {}
        }
    }

    /// The assured bodies below somebody's for which a phase cannot open yet, each with what is missing.
    fn unready(
        &self,
        phase: &Phase,
        officer: &Officer,
        tokens: &Tokens,
    ) -> Result<BTreeMap<BodyIndex, String>> {
        let role = officer.seat.as_ref().map(Seat::act_as);
        let token = match &officer.seat {
            Some(seat) => tokens.of(seat).ok_or("nobody opens phases")?.1,
            None => self.operator,
        };
        let query = "query($cycle: ID!) { cycle(id: $cycle) { phases {
            code
            missing { body { code } methodId count }
            missingApprovals { body { code } title }
        } } }";
        let request = json!({ "query": query, "variables": { "cycle": self.cycle.id } });
        let data = self.server.ask(token, role.as_deref(), &request)?;
        let mut unready = BTreeMap::new();
        let mut waits_for = Some(phase);
        let each = |list: &Value| list.as_array().cloned().unwrap_or_default();
        while let Some(phase) = waits_for {
            let phases = each(&data["cycle"]["phases"]);
            let same = phases.iter().find(|other| other["code"] == *phase.id);
            let same = same.cloned().unwrap_or_default();
            for missing in each(&same["missing"]) {
                let method = missing["methodId"].as_str().unwrap_or_default();
                let methods = &self.cycle.framework.methods;
                let title = methods
                    .named(method)
                    .map_or(method, |named| methods.title(named));
                let count = missing["count"].as_u64().unwrap_or_default();
                let count = counted(usize::try_from(count)?, "measure");
                let why = format!("{title} of {} on {count}", self.name_in(&missing));
                self.hold_up(&missing, &why, &mut unready);
            }
            for missing in each(&same["missingApprovals"]) {
                let title = missing["title"].as_str().unwrap_or_default();
                let why = format!("`{title}` of {}", self.name_in(&missing));
                self.hold_up(&missing, &why, &mut unready);
            }
            let before = phase.after.as_deref();
            waits_for = before.and_then(|before| self.cycle.framework.find_phase(before));
        }
        // What they see of other regions may be a part of it.
        let region = bodies_below(self.cycle, officer.body);
        unready.retain(|body, _| region.contains(body));
        Ok(unready)
    }

    fn name_in(&self, missing: &Value) -> String {
        self.name(missing["body"]["code"].as_str().unwrap_or_default())
    }

    /// Notes the assured bodies that what is missing of a body holds up.
    fn hold_up(&self, missing: &Value, why: &str, unready: &mut BTreeMap<BodyIndex, String>) {
        let code = missing["body"]["code"].as_str().unwrap_or_default();
        let Some(body) = self.cycle.organisations.find(code) else {
            return;
        };
        for body in self.held_up_by(body) {
            unready.entry(body).or_insert_with(|| why.to_owned());
        }
    }

    /// The assured bodies that wait for what is missing of a body.
    pub(crate) fn held_up_by(&self, body: BodyIndex) -> Vec<BodyIndex> {
        let organisations = &self.cycle.organisations;
        match organisations.body(body).kind {
            BodyKind::Function => {
                let delegators = organisations.delegators_of(body, self.cycle.as_of);
                delegators.collect()
            }
            _ => bodies_below(self.cycle, body),
        }
    }

    /// Releases results to every role, but not to the public: those of each region, or of those of it
    /// that are not left behind.
    pub(crate) fn release(
        &self,
        phase: Option<&Phase>,
        progress: &Progress,
        tokens: &Tokens,
    ) -> Result<()> {
        let organisations = &self.cycle.organisations;
        let roles = self.cycle.framework.roles.iter();
        let to: Vec<&str> = roles.map(|role| role.id.as_str()).collect();
        for officer in self.officers(RecordKind::Release.act(), phase) {
            let parts = progress.parts.get(&officer.body).cloned();
            for part in parts.unwrap_or_else(|| vec![officer.body]) {
                let body = organisations.body(part);
                let today = jiff::Timestamp::now().to_string();
                let input = json!({
                    "cycle": self.cycle.id,
                    "body": body.code,
                    "to": to,
                    "from": today.get(..10),
                    "uses": "For the boards of the region; not for publication in the first year.",
                });
                let mutation = Mutation {
                    field: "releaseResults",
                    input,
                };
                let request_id = format!("{} release {}", self.cycle.id, body.code);
                let (person, _) = self.enter_for(&officer, tokens, &request_id, &mutation)?;
                say!(
                    self,
                    "{person:<28} releases the results of {} to {} roles",
                    body.name_and_code(),
                    to.len()
                );
            }
        }
        Ok(())
    }

    /// The position of the last phase in which results can be released; `None` if they can in any.
    pub(crate) fn release_phase(&self) -> Option<usize> {
        let framework = &self.cycle.framework;
        let act = RecordKind::Release.act();
        framework.phases.iter().rposition(|phase| {
            let mut roles = framework.roles.iter();
            roles.any(|role| phase.acts_of(&role.id).any(|other| other == act))
        })
    }
}
