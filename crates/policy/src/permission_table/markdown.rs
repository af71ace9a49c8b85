//! The table as Markdown.

use super::subjects::{SubjectName, whole_body};
use super::{Moment, PermissionTable, Released, RoleTable, Row, Verdict};
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// The heading of acts.
const ACT: &str = "act";
/// Maximum number of records that are left out of "everything".
const MAX_EXCEPTIONS: usize = 20;

impl PermissionTable<'_> {
    /// The table as Markdown.
    pub fn to_markdown(&self) -> String {
        let framework = self.framework;
        let cycle = &framework.words.cycle.one;
        let mut text = format!(
            "# Who may do what, and who sees what: {title}\n\n\
             Written by `wcc policy table {id}` from the policies and the rule book `{id}`. For each role: what people in it\n\
             may do and see, by whom they act for. \"Others\" are bodies in no relation to it. [1], [2], ... are the reasons at the\n\
             end. An act on a body needs the {cycle} and the body to be visible. Everything on a body is: {everything}.\n\n",
            everything = SubjectName::joined(whole_body().get(1..).unwrap_or_default()),
            title = framework.title,
            id = framework.id,
        );
        for role in &self.roles {
            self.write_role(&mut text, role);
        }
        text.push_str("## Reasons of denials\n\n");
        for (number, policies) in self.reasons.iter().enumerate() {
            let reason = match &policies[..] {
                [] => "no policy permits it".to_owned(),
                policies => {
                    let names = policies.iter().map(|name| format!("`{name}`"));
                    format!("forbidden by {}", names.collect::<Vec<_>>().join(" and "))
                }
            };
            let _ = writeln!(text, "- [{}] {reason}", number + 1);
        }
        text
    }

    fn write_role(&self, text: &mut String, role: &RoleTable) {
        let _ = writeln!(text, "## `{}`: {}\n", role.role, role.title);
        text.push_str("What they may do:\n\n");
        if role.acts.is_empty() {
            text.push_str("Nothing.\n");
        } else {
            self.write_rows(text, ACT, &role.acts);
            if !role.denied.is_empty() {
                let _ = writeln!(text, "\nNever: {}.", SubjectName::joined(&role.denied));
            }
        }
        text.push_str("\nWhat they see:\n\n");
        self.write_rows(text, "records", &role.records);
        text.push('\n');
    }

    fn write_rows(&self, text: &mut String, of: &str, rows: &[Row]) {
        // A role that cannot be limited has one column.
        let columns: Vec<usize> = (0..self.situations.len())
            .filter(|column| {
                let mut decisions = rows.iter().filter_map(|row| row.decisions.get(*column));
                decisions.any(|of| of.iter().any(|verdict| *verdict != Verdict::NotAsked))
            })
            .collect();
        let _ = write!(text, "| {of} | when |");
        for column in &columns {
            let heading = self.situations.get(*column);
            let heading = heading.map_or("", |situation| &situation.heading);
            let _ = write!(text, " {heading} |");
        }
        let _ = writeln!(text, "\n|{}", "---|".repeat(columns.len() + 2));
        for row in rows {
            let subjects = in_short(&row.subjects);
            let _ = write!(text, "| {subjects} | {} |", self.when(&row.moments, of));
            for column in &columns {
                let _ = write!(text, " {} |", self.cell(*column, row));
            }
            text.push('\n');
        }
    }

    /// The decisions of one situation: what is allowed, and what is not, with the reasons.
    fn cell(&self, column: usize, row: &Row) -> String {
        let (Some(situation), Some(verdicts)) =
            (self.situations.get(column), row.decisions.get(column))
        else {
            return String::new();
        };
        let asked: Vec<(&str, Verdict)> = situation
            .targets
            .iter()
            .zip(verdicts)
            .filter(|(_, verdict)| **verdict != Verdict::NotAsked)
            .map(|((words, _), verdict)| (words.as_str(), *verdict))
            .collect();
        let distinct: BTreeSet<Verdict> = asked.iter().map(|(_, verdict)| *verdict).collect();
        let mut distinct = distinct.into_iter();
        match (distinct.next(), distinct.next()) {
            (None, _) => return "–".to_owned(),
            (Some(Verdict::Allowed), None) => return "yes".to_owned(),
            (Some(Verdict::Denied(reason)), None) => return format!("no [{}]", reason + 1),
            _ => {}
        }
        let allowed = asked
            .iter()
            .filter(|(_, verdict)| *verdict == Verdict::Allowed);
        let allowed: Vec<&str> = allowed.map(|(words, _)| *words).collect();
        let mut denied: Vec<String> = Vec::new();
        let mut reasons: Vec<usize> = Vec::new();
        for (_, verdict) in &asked {
            if let Verdict::Denied(reason) = verdict
                && !reasons.contains(reason)
            {
                reasons.push(*reason);
            }
        }
        if let ([reason], false) = (&reasons[..], allowed.is_empty()) {
            let allowed = allowed.join(", ");
            return format!("{allowed}; nothing else [{}]", reason + 1);
        }
        for reason in reasons {
            let of_reason = asked
                .iter()
                .filter(|(_, verdict)| *verdict == Verdict::Denied(reason));
            let words: Vec<&str> = of_reason.map(|(words, _)| *words).collect();
            denied.push(format!("{} [{}]", words.join(", "), reason + 1));
        }
        let denied = format!("not {}", denied.join(", "));
        if allowed.is_empty() {
            return denied;
        }
        format!("{}; {denied}", allowed.join(", "))
    }

    /// When a row holds, in words.
    fn when(&self, moments: &BTreeSet<Moment>, of: &str) -> String {
        let phases_at = |is_governed, released| -> BTreeSet<Option<usize>> {
            let at = moments
                .iter()
                .filter(|moment| (moment.is_governed, moment.released) == (is_governed, released));
            at.map(|moment| moment.phase).collect()
        };
        let before = phases_at(false, Released::Nothing);
        let governed = [
            (Released::Nothing, "before its results are released"),
            (Released::OtherBodies, "once results of others are released"),
            (Released::ThisBody, "once its results are released"),
        ];
        let governed = governed.map(|(released, words)| (phases_at(true, released), words));
        let mut parts = Vec::new();
        if !before.is_empty() {
            parts.push("before a phase is opened".to_owned());
        }
        let [(nothing, _), (others, _), (own, _)] = &governed;
        let is_same = nothing == own && (others.is_empty() || nothing == others);
        if is_same || of == ACT {
            if !nothing.is_empty() {
                parts.push(self.phases(nothing));
            }
        } else {
            for (phases, words) in &governed {
                if !phases.is_empty() {
                    parts.push(format!("{words}: {}", self.phases(phases)));
                }
            }
        }
        parts.join("; ")
    }

    /// Phases, or those that are missing if they are fewer.
    fn phases(&self, phases: &BTreeSet<Option<usize>>) -> String {
        let all: BTreeSet<Option<usize>> = std::iter::once(None)
            .chain((0..self.framework.phases.len()).map(Some))
            .collect();
        let missing: BTreeSet<Option<usize>> = all.difference(phases).copied().collect();
        match missing.len() {
            0 => "in every phase".to_owned(),
            few if few < phases.len() => format!("in every phase but {}", self.named(&missing)),
            _ => format!("in {}", self.named(phases)),
        }
    }

    fn named(&self, phases: &BTreeSet<Option<usize>>) -> String {
        let names = phases.iter().map(|phase| {
            let phase = phase.and_then(|at| self.framework.phases.get(at));
            phase.map_or_else(|| "none".to_owned(), |phase| format!("`{}`", phase.id))
        });
        names.collect::<Vec<_>>().join(", ")
    }
}

/// Names in one line; if they are most of what can be recorded on a body, by what is missing.
fn in_short(names: &[SubjectName]) -> String {
    let whole = whole_body();
    let (of_body, others): (Vec<_>, Vec<_>) =
        names.iter().cloned().partition(|name| whole.contains(name));
    let missing: Vec<SubjectName> = whole
        .iter()
        .filter(|name| !of_body.contains(name))
        .cloned()
        .collect();
    let has_body = whole.first().is_some_and(|body| of_body.contains(body));
    if !has_body || missing.len() > MAX_EXCEPTIONS {
        return SubjectName::joined(names);
    }
    let mut text = "the body and everything on it".to_owned();
    if !missing.is_empty() {
        let _ = write!(text, " but {}", SubjectName::joined(&missing));
    }
    if !others.is_empty() {
        let _ = write!(text, ", {}", SubjectName::joined(&others));
    }
    text
}
