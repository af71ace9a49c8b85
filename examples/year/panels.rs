//! Panels: appointment, interests, blind scores, what is withheld, the check of facts and a calibration.

use crate::acts::{InventedActs, id};
use crate::client::{Refused, Result};
use crate::inputs::Mutation;
use crate::people::{Seat, Tokens};
use crate::play::{Year, digest, record_of, say};
use serde_json::{Value, json};
use wcc_core::BodyKind;
use wcc_core::framework::Phase;
use wcc_core::record::{JudgementFact, Method, RecordFact, RecordKind};

/// A member of panels who chairs none, with a token for each body that they review.
pub(crate) struct Panelist {
    pub(crate) person: String,
    pub(crate) token: String,
}

/// A body that a panel reviews, and what it will agree on the first measures: the position of each value
/// on its scale.
struct Reviewed<'d> {
    body: &'d str,
    measures: Vec<(&'d str, usize)>,
}

impl Year<'_> {
    /// The role of whoever chairs a panel, and that of its other members: the first and the last that
    /// score.
    pub(crate) fn panel_roles(&self) -> Option<(&str, &str)> {
        let framework = &self.cycle.framework;
        let score = RecordKind::Score.act();
        let scores = |role: &str| {
            let mut phases = framework.phases.iter();
            phases.any(|phase| phase.acts_of(role).any(|act| act == score))
        };
        let roles = framework.roles.iter().map(|role| role.id.as_str());
        let scoring: Vec<&str> = roles.filter(|role| scores(role)).collect();
        Some((*scoring.first()?, *scoring.last()?))
    }

    /// The role of those who assess themselves.
    pub(crate) fn own_role(&self) -> Option<&str> {
        let mut roles = self.cycle.framework.roles.iter();
        let role = roles.find(|role| role.methods.contains(&Method::SelfAssessment))?;
        Some(&role.id)
    }

    /// The first function that a panel judged.
    pub(crate) fn judged_function(&self) -> Option<String> {
        let organisations = &self.cycle.organisations;
        let mut panel = self.judgements(Method::Panel);
        let judged = panel.find(|judgement| {
            let body = organisations.find(&judgement.body);
            body.is_some_and(|body| organisations.body(body).kind == BodyKind::Function)
        });
        judged.map(|judgement| judgement.body.to_string())
    }

    /// The judgements of a case by a method.
    fn judgements(&self, method: Method) -> impl Iterator<Item = &JudgementFact> {
        let records = self.filled.drafts.iter().filter_map(record_of);
        records.filter_map(move |record| match record {
            RecordFact::Judgement(judgement) if judgement.method == method => Some(judgement),
            _ => None,
        })
    }
}

impl InventedActs<'_> {
    /// Tokens for the members of panels, each for every body that is reviewed.
    pub(crate) fn issue_to_panelists(&self) -> Result<Vec<Panelist>> {
        let Some((_, role)) = self.year.panel_roles() else {
            return Ok(Vec::new());
        };
        let reviewed = self.reviewed().into_iter();
        let seats: Vec<Seat> = reviewed
            .map(|reviewed| self.year.seat_for(role, reviewed.body))
            .collect();
        if seats.is_empty() {
            return Ok(Vec::new());
        }
        let framework = &self.year.cycle.framework;
        let size = framework.panel.size.map_or(usize::MAX, usize::from);
        let members = self.facts.panel.members.iter();
        let members = members.take(size.saturating_sub(1));
        members
            .map(|member| {
                Ok(Panelist {
                    person: member.name.clone(),
                    token: Tokens::issue_to(self.year.program, &member.name, &seats)?,
                })
            })
            .collect()
    }

    /// The bodies whose panels are played: the groups, and a function.
    fn reviewed(&self) -> Vec<Reviewed<'_>> {
        let framework = &self.year.cycle.framework;
        if framework.panel.categories.is_empty() {
            return Vec::new();
        }
        let bodies = self.groups.iter().chain(&self.function);
        bodies
            .map(String::as_str)
            .map(|body| {
                let panel = self.year.judgements(Method::Panel);
                let of_body = panel.filter(|judgement| *judgement.body == *body);
                let measures = of_body.filter_map(|judgement| {
                    let measure = framework.find_measure(&judgement.subject)?;
                    let value = judgement.value.as_deref()?;
                    let mut steps = framework.scale_of(measure).steps().iter();
                    let position = steps.position(|step| step.key == value)?;
                    Some((&*judgement.subject, position))
                });
                let measures = measures.take(self.facts.measures_scored).collect();
                Reviewed { body, measures }
            })
            .filter(|reviewed| !reviewed.measures.is_empty())
            .collect()
    }

    /// A value of a measure's scale so many steps from a position.
    fn shifted(&self, measure: &str, position: usize, off: isize) -> Option<&str> {
        let framework = &self.year.cycle.framework;
        let steps = framework.scale_of(framework.find_measure(measure)?).steps();
        let most = steps.len().checked_sub(1)?;
        let position = position.saturating_add_signed(off).min(most);
        steps.get(position).map(|step| step.key.as_str())
    }

    /// Members are appointed, declare their interests, and the panel day is planned.
    pub(crate) fn appoint_panels(&self, phase: &Phase) -> Result<()> {
        let reviewed = self.reviewed();
        if reviewed.is_empty() {
            self.leave_out("panels: the framework has none, or the case none of their judgements");
            return Ok(());
        }
        for panel in &reviewed {
            self.appoint(phase, panel)?;
        }
        Ok(())
    }

    fn appoint(&self, phase: &Phase, panel: &Reviewed<'_>) -> Result<()> {
        let categories = &self.year.cycle.framework.panel.categories;
        let (facts, body) = (&self.facts.panel, panel.body);
        let Some(chair) = self.chair(body) else {
            self.leave_out("panels: nobody chairs them");
            return Ok(());
        };
        let (chairing, _) = self.tokens.of(&chair).ok_or("nobody chairs the panel")?;
        let people = self.panelists.iter().map(|member| member.person.as_str());
        let people = std::iter::once(chairing).chain(people);
        let known = std::iter::once(&facts.chair).chain(&facts.members);
        let everybody = people.zip(known).zip(categories.iter().cycle());
        let inputs = everybody
            .enumerate()
            .map(|(at, ((person, member), category))| {
                json!({
                    "body": body, "person": person, "name": member.name, "category": category.id,
                    "chairs": at == 0, "organisation": member.organisation,
                })
            });
        let inputs: Vec<Value> = inputs.collect();
        let count = inputs.len();
        if let Some(person) = self.each(phase, "appointPanelMember", body, inputs)? {
            self.say(
                &person,
                &format!("appoints {count} members of the panel"),
                body,
            );
        }
        let interviews = facts.interviews.iter();
        let interviews: Vec<Value> = interviews
            .map(|one| json!({ "starts": one.starts, "with": one.with, "topic": one.topic }))
            .collect();
        let day = json!({
            "body": body, "date": self.day(Some(-facts.held_before_days))?, "venue": facts.venue,
            "interviews": interviews,
        });
        if let Some(person) = self.each(phase, "planPanelDay", body, vec![day])? {
            self.say(&person, "plans the panel day", body);
        }
        Ok(())
    }

    /// Whoever chairs the panel of a body: for the body itself, or its region.
    fn chair(&self, body: &str) -> Option<Seat> {
        let (role, _) = self.year.panel_roles()?;
        self.seat_in(&[role], body)
    }

    /// Members declare their interests and score; each sees the scores of the others only after their
    /// own.
    pub(crate) fn score(&self) -> Result<()> {
        for panel in self.reviewed() {
            if let Err(error) = self.score_of_panel(&panel) {
                self.leave_out_refused(error)?;
            }
        }
        Ok(())
    }

    fn score_of_panel(&self, panel: &Reviewed<'_>) -> Result<()> {
        let body = panel.body;
        if let (Some((_, member_role)), Some(chair)) = (self.year.panel_roles(), self.chair(body)) {
            let member_seat = self.year.seat_for(member_role, body);
            let (chairing, token) = self.tokens.of(&chair).ok_or("nobody chairs the panel")?;
            let members = self.panelists.iter();
            let members = members.map(|member| (&*member.person, &*member.token, &member_seat));
            let everybody: Vec<(&str, &str, &Seat)> = std::iter::once((chairing, token, &chair))
                .chain(members)
                .collect();
            let first = panel.measures.first();
            if let (Some((person, token, seat)), Some((measure, _))) = (everybody.last(), first) {
                let scored = json!({ "body": body, "measure": measure, "value": self.shifted(measure, 0, 0) });
                let what = format!("score `{measure}` before they declare their interests");
                self.show_refused(person, token, seat, "scoreMeasure", scored, &what, body)?;
            }
            let known = std::iter::once(&self.facts.panel.chair).chain(&self.facts.panel.members);
            for ((person, token, seat), member) in everybody.iter().zip(known) {
                let interests = member.interest.iter();
                let interests: Vec<Value> = interests
                    .map(|nature| json!({ "organisation": member.organisation, "nature": nature }))
                    .collect();
                let input = json!({
                    "body": body, "interests": interests,
                    "nothingToDeclare": member.interest.is_none(),
                });
                self.enter_as_person(person, token, seat, "declareInterests", input)?;
            }
            let who = format!("{} members", everybody.len());
            self.say(&who, "declare their interests", body);
            self.score_each(panel, &everybody)?;
            self.say(
                &who,
                &format!("score {} measures, each blind", panel.measures.len()),
                body,
            );
        }
        Ok(())
    }

    fn score_each(&self, panel: &Reviewed<'_>, everybody: &[(&str, &str, &Seat)]) -> Result<()> {
        let scores = &self.facts.panel.scores;
        let is_group = self.groups.iter().any(|group| group == panel.body);
        for (number, (measure, position)) in panel.measures.iter().enumerate() {
            let offs = scores.off.iter().cycle();
            for (at, ((person, token, seat), off)) in everybody.iter().zip(offs).enumerate() {
                // The second to score looks before and after their own score on the first measure.
                let looks = at == 1 && number == 0 && is_group;
                if looks {
                    let seen = self.scores_seen(token, seat, panel.body, measure)?;
                    let what =
                        format!("sees {seen} of {at} scores on `{measure}` before their own");
                    self.say(person, &what, panel.body);
                }
                let input = json!({
                    "body": panel.body, "measure": measure, "rationale": scores.rationale,
                    "value": self.shifted(measure, *position, *off),
                });
                self.enter_as_person(person, token, seat, "scoreMeasure", input)?;
                if looks {
                    let seen = self.scores_seen(token, seat, panel.body, measure)?;
                    let what = format!("sees {seen} of {} scores on `{measure}` after it", at + 1);
                    self.say(person, &what, panel.body);
                }
            }
        }
        Ok(())
    }

    /// How many scores on a measure somebody sees.
    fn scores_seen(&self, token: &str, seat: &Seat, body: &str, measure: &str) -> Result<usize> {
        let query = "query($cycle: ID!, $body: ID!, $measure: ID!) {
            output(cycle: $cycle, body: $body) {
                cells(measures: [$measure]) { memberScores { scores { value } } }
            }
        }";
        let body = self.year.first_assured(body);
        let variables = json!({ "cycle": self.year.cycle.id, "body": body, "measure": measure });
        let request = json!({ "query": query, "variables": variables });
        let data = self
            .year
            .server
            .ask(token, Some(&seat.act_as()), &request)?;
        let scores = &data["output"]["cells"][0]["memberScores"]["scores"];
        Ok(scores.as_array().map_or(0, Vec::len))
    }

    /// What a body sees of its assessment, and what it is refused, before results are released.
    pub(crate) fn show_withheld(&self) -> Result<()> {
        let Some(group) = self.groups.first() else {
            return Ok(());
        };
        self.show_seen(group)?;
        let framework = &self.year.cycle.framework;
        let own = self.year.first_assured(group);
        let seat = self.year.own_role();
        let seat = seat.map(|role| self.year.seat_for(role, &own));
        let Some(seat) = seat else {
            return Ok(());
        };
        let Some((person, token)) = self.tokens.of(&seat) else {
            return Ok(());
        };
        if let Some((measure, value)) = self.first_agreed(group) {
            let input = json!({
                "body": own, "measure": measure, "value": value,
                "methodId": framework.methods.id(Method::Panel),
            });
            let what = format!("judge `{measure}` for the panel");
            self.show_refused(person, token, &seat, "recordJudgement", input, &what, &own)?;
        }
        let others = self.year.cycle.pcts.iter();
        let others = others.map(|pct| self.year.cycle.organisations.body(*pct).code.as_str());
        let mut others = others.filter(|code| *code != own);
        let Some(other) = others.next() else {
            return Ok(());
        };
        let query = "query($cycle: ID!, $body: ID!) { output(cycle: $cycle, body: $body) { id } }";
        let variables = json!({ "cycle": self.year.cycle.id, "body": other });
        let request = json!({ "query": query, "variables": variables });
        if let Err(refused) = self.year.server.ask(token, Some(&seat.act_as()), &request) {
            let name = self.year.name(other);
            say!(
                self.year,
                "{person:<28} is refused to read the assessment of {name}: {refused}"
            );
        }
        Ok(())
    }

    /// What each role that does not see everything at once sees of a group's first body now, and what
    /// whoever chairs its panel sees.
    pub(crate) fn show_seen(&self, group: &str) -> Result<()> {
        let query = "query($cycle: ID!, $body: ID!) {
            output(cycle: $cycle, body: $body) {
                cells { own: value(method: SELF) panel: value(method: PANEL) memberScores { scores { value } } }
                commentary { text }
            }
        }";
        let body = self.year.first_assured(group);
        let variables = json!({ "cycle": self.year.cycle.id, "body": body });
        let request = json!({ "query": query, "variables": variables });
        let chairs = self.year.panel_roles().map(|(chair, _)| chair);
        let roles = self.year.cycle.framework.roles.iter();
        let roles = roles.filter(|role| {
            let waits = !role.after_release.is_empty() || !role.never.is_empty();
            waits || chairs == Some(role.id.as_str())
        });
        for role in roles {
            let seat = self.year.seat_for(&role.id, group);
            let Some((person, token)) = self.tokens.of(&seat) else {
                continue;
            };
            let Ok(data) = self.year.server.ask(token, Some(&seat.act_as()), &request) else {
                continue;
            };
            let cells = data["output"]["cells"].as_array();
            let cells = || cells.into_iter().flatten();
            let known = |field: &str| cells().filter(|cell| !cell[field].is_null()).count();
            let remarks = data["output"]["commentary"].as_array().map_or(0, Vec::len);
            say!(
                self.year,
                "{person:<28} sees of {}: {} own values, {} of the panel, scores on {} measures, {remarks} remarks",
                self.year.name(&body),
                known("own"),
                known("panel"),
                known("memberScores"),
            );
        }
        Ok(())
    }

    /// A measure that the panel of a body judged, and its value.
    fn first_agreed(&self, body: &str) -> Option<(&str, &str)> {
        let mut judgements = self.year.judgements(Method::Panel);
        let judged = judgements.find(|judgement| *judgement.body == *body)?;
        Some((&judged.subject, judged.value.as_deref()?))
    }

    /// The body checks the facts in the draft of its report, and whoever chairs the panel replies.
    pub(crate) fn check_facts(&self, phase: &Phase) -> Result<()> {
        let facts = &self.facts.fact_check;
        if let Some(group) = self.groups.first() {
            self.show_seen(group)?;
        }
        for group in &self.groups {
            let comment = id("facts", group);
            let input = json!({
                "id": comment, "body": group, "quoted": facts.quoted, "comment": facts.comment,
            });
            let Some(person) = self.each(phase, "commentOnFacts", group, vec![input])? else {
                return Ok(());
            };
            self.say(&person, "comments on a fact in the draft report", group);
            let reply = json!({
                "comment": comment, "body": group, "accepted": facts.accepted,
                "reason": facts.reply,
            });
            if let Some(person) = self.each(phase, "replyToComment", group, vec![reply])? {
                let how = if facts.accepted {
                    "accepts"
                } else {
                    "declines"
                };
                self.say(&person, &format!("{how} the comment"), group);
            }
        }
        Ok(())
    }

    /// The region's meeting calibrates a value, hears the chair, and takes the calibration back.
    pub(crate) fn calibrate(&self, phase: &Phase) -> Result<()> {
        let framework = &self.year.cycle.framework;
        let facts = &self.facts.calibration;
        let Some(panel) = self.reviewed().into_iter().next() else {
            return Ok(());
        };
        let record = RecordKind::Judgement.act();
        let mut roles = framework.roles.iter();
        let role = roles.find(|role| {
            role.methods.contains(&Method::Calibrated)
                && phase.acts_of(&role.id).any(|act| act == record)
        });
        let seat = role.and_then(|role| self.seat_in(&[&role.id], panel.body));
        let Some(seat) = seat else {
            self.leave_out("calibration: nobody calibrates");
            return Ok(());
        };
        let changed = panel.measures.iter().find_map(|(measure, position)| {
            let value = self.shifted(measure, *position, facts.off)?;
            (Some(value) != self.shifted(measure, *position, 0)).then_some((measure, value))
        });
        let Some((measure, value)) = changed else {
            return Ok(());
        };
        let input = json!({
            "body": panel.body, "measure": measure, "value": value, "rationale": facts.reason,
            "methodId": framework.methods.id(Method::Calibrated),
        });
        let (person, entry) = match self.enter(&seat, "recordJudgement", input) {
            Ok(entered) => entered,
            Err(error) => return self.leave_out_refused(error),
        };
        let what = format!("calibrates `{measure}` to {value} ({})", facts.reason);
        self.say(&person, &what, panel.body);
        let withdrawal = Mutation {
            field: "withdraw",
            input: json!({ "entry": entry, "reason": facts.withdrawn }),
        };
        let request = digest(&format!("withdraw {entry}"));
        self.year
            .enter_as(&seat, self.tokens, &request, &withdrawal)?;
        let what = format!("takes it back ({})", facts.withdrawn);
        self.say(&person, &what, panel.body);
        Ok(())
    }

    fn enter_as_person(
        &self,
        person: &str,
        token: &str,
        seat: &Seat,
        field: &'static str,
        input: Value,
    ) -> Result<()> {
        let entered = self.try_to_enter(token, seat, field, input)?;
        entered.map_err(|why| Refused(format!("{person} ({}), {field}: {why}", seat.act_as())))?;
        Ok(())
    }

    fn try_to_enter(
        &self,
        token: &str,
        seat: &Seat,
        field: &'static str,
        mut input: Value,
    ) -> Result<std::result::Result<i64, String>> {
        input["cycle"] = json!(self.year.cycle.id);
        let request = digest(&format!("{token} {field} {input}"));
        let role = seat.act_as();
        let mutation = Mutation { field, input };
        self.year
            .server
            .enter(token, Some(&role), &request, &mutation)
    }

    /// Tries something that must be refused, and prints the refusal.
    #[expect(clippy::too_many_arguments, reason = "who, what and in which words")]
    fn show_refused(
        &self,
        person: &str,
        token: &str,
        seat: &Seat,
        field: &'static str,
        input: Value,
        what: &str,
        body: &str,
    ) -> Result<()> {
        match self.try_to_enter(token, seat, field, input)? {
            Ok(entry) => Err(format!("{person} could {what}: entry {entry}").into()),
            Err(why) => {
                let body = self.year.name(body);
                say!(
                    self.year,
                    "{person:<28} is refused to {what} ({body}): {why}"
                );
                Ok(())
            }
        }
    }
}
