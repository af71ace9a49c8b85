//! Invented people and phases of a framework that names none, so that its records, too, are entered by those whose job
//! it is. They are added to the text of the framework that the ledger gets; no result depends on them.

use crate::client::Result;
use crate::invented::{CastPhase, CastRole, Invented};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use toml_edit::{Array, ArrayOfTables, DocumentMut, Item, Table, value};
use wcc_core::framework::{Framework, Role};
use wcc_core::ledger::{Draft, Fact, FrameworkText, RuleBooks as _};
use wcc_core::policy::OPEN_PHASE;
use wcc_core::record::{Method, RecordKind};
use wcc_core::words::counted;
use wcc_core::{CheckedCycle, Cycle};
use wcc_programme::FileFormats;

/// What somebody in an invented role of a body sees only once results are released, besides judgements.
const WITHHELD: [RecordKind; 4] = [
    RecordKind::Criterion,
    RecordKind::Commentary,
    RecordKind::Recommendation,
    RecordKind::Statement,
];

/// The frameworks of a case that lacked people or phases, with invented ones.
#[derive(Default)]
pub(crate) struct Cast {
    completed: BTreeMap<String, Framework>,
}

impl Cast {
    /// Adds what is invented to each framework among some drafts that lacks people or phases.
    pub(crate) fn complete(drafts: &mut [Draft], invented: &Invented) -> Result<Cast> {
        let mut cast = Cast::default();
        for draft in drafts {
            let Fact::Framework(text) = &mut draft.fact else {
                continue;
            };
            let framework = FileFormats.framework(text)?;
            let Some(added) = added_to(&framework, invented)? else {
                continue;
            };
            *text = FrameworkText {
                text: format!("{}\n\n{added}", text.text).into(),
                ..text.clone()
            };
            let completed = FileFormats.framework(text)?;
            cast.completed.insert(text.id.to_string(), completed);
        }
        Ok(cast)
    }

    /// A cycle under its framework as it was completed.
    pub(crate) fn cycle(&self, cycle: &CheckedCycle) -> Result<CheckedCycle> {
        let Some(completed) = self.completed.get(&cycle.framework.id) else {
            return Ok(cycle.clone());
        };
        let mut played: Cycle = (**cycle).clone();
        played.framework = Arc::new(Framework {
            roles: completed.roles.clone(),
            phases: completed.phases.clone(),
            ..(*played.framework).clone()
        });
        let contradictions = |_| "the case contradicts the people that are invented for it";
        Ok(played.check_entered().map_err(contradictions)?)
    }

    /// What was invented for a cycle, in words.
    pub(crate) fn in_words(&self, cycle: &CheckedCycle) -> Option<String> {
        let completed = self.completed.get(&cycle.framework.id)?;
        let count = |before: usize, now: usize, what| match now - before {
            0 => None,
            added => Some(counted(added, what)),
        };
        let (before, now) = (&cycle.framework, completed);
        let roles = count(before.roles.len(), now.roles.len(), "role");
        let phases = count(before.phases.len(), now.phases.len(), "phase");
        let added: Vec<String> = roles.into_iter().chain(phases).collect();
        Some(format!(
            "the framework has no people who could play it: {} (invented)",
            added.join(" and ")
        ))
    }
}

/// The method that a framework file calls a purpose.
fn purpose(name: &str) -> Option<Method> {
    Some(match name {
        "own-view" => Method::SelfAssessment,
        "analyst" => Method::Analyst,
        "result" => Method::Panel,
        "moderated" => Method::Calibrated,
        _ => return None,
    })
}

/// The tables that a framework lacks, as text; `None` if it has people and phases.
fn added_to(framework: &Framework, invented: &Invented) -> Result<Option<String>> {
    if !framework.roles.is_empty() && !framework.phases.is_empty() {
        return Ok(None);
    }
    let mut roles = ArrayOfTables::new();
    // The roles that play each invented one.
    let mut played_by: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for role in &invented.roles {
        let own = roles_that_play(framework, role);
        if own.is_empty() {
            roles.push(role_table(framework, role, invented));
            played_by.insert(&role.id, vec![&role.id]);
        } else {
            played_by.insert(&role.id, own);
        }
    }
    let mut document = DocumentMut::new();
    if !roles.is_empty() {
        document.insert("role", Item::ArrayOfTables(roles));
    }
    if framework.phases.is_empty() {
        let mut phases = ArrayOfTables::new();
        let mut before: Option<&CastPhase> = None;
        for phase in &invented.phases {
            phases.push(phase_table(phase, before, &played_by));
            before = Some(phase);
        }
        document.insert("phase", Item::ArrayOfTables(phases));
    }
    Ok(Some(document.to_string()))
}

/// The framework's own roles that do what an invented one would: those that judge by its method; for whoever opens
/// phases those that may.
fn roles_that_play<'f>(framework: &'f Framework, invented: &CastRole) -> Vec<&'f str> {
    let methods: Vec<Method> = invented.methods().collect();
    let opens = methods.contains(&Method::Calibrated);
    let plays = |role: &&Role| match opens {
        true => role.acts.iter().any(|act| act == OPEN_PHASE),
        false => role.methods.iter().any(|method| methods.contains(method)),
    };
    let roles = framework.roles.iter().filter(plays);
    roles.map(|role| role.id.as_str()).collect()
}

impl CastRole {
    fn methods(&self) -> impl Iterator<Item = Method> {
        self.judges.iter().filter_map(|name| purpose(name))
    }
}

fn role_table(framework: &Framework, role: &CastRole, invented: &Invented) -> Table {
    let words = &framework.words;
    let authority = words.authority.as_ref();
    let authority = authority.map_or("authority", |authority| &authority.one);
    let title = role.title.replace("{body}", &words.body.one);
    let mut table = Table::new();
    table.insert("id", value(&role.id));
    table.insert("title", value(title.replace("{authority}", authority)));
    let methods = role.methods();
    let methods = methods.filter(|method| framework.methods.has(*method));
    table.insert(
        "methods",
        list(methods.map(|method| framework.methods.id(method))),
    );
    // Phases of the framework say nothing of people whom it does not have.
    if !framework.phases.is_empty() {
        let acts = invented.phases.iter();
        let acts = acts.flat_map(|phase| phase.acts.get(&role.id).into_iter().flatten());
        let acts: BTreeSet<&str> = acts.map(String::as_str).collect();
        table.insert("acts", list(acts));
    }
    if role.waits {
        let methods = [Method::Analyst, Method::Panel, Method::Calibrated].into_iter();
        let methods = methods.filter(|method| framework.methods.has(*method));
        let methods = methods.map(|method| framework.methods.id(method));
        let kinds = WITHHELD.iter().map(|kind| kind.name());
        table.insert("after_release", list(methods.chain(kinds)));
        table.insert("never", list([RecordKind::Score.name()]));
    }
    table
}

fn phase_table(
    phase: &CastPhase,
    before: Option<&CastPhase>,
    played_by: &BTreeMap<&str, Vec<&str>>,
) -> Table {
    let mut table = Table::new();
    table.insert("id", value(&phase.id));
    table.insert("title", value(&phase.title));
    if let Some(before) = before {
        table.insert("after", value(&before.id));
    }
    let mut acts: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (invented, open) in &phase.acts {
        for role in played_by.get(invented.as_str()).into_iter().flatten() {
            let of_role = acts.entry(role).or_default();
            of_role.extend(open.iter().map(String::as_str));
        }
    }
    let mut opened = Table::new();
    for (role, acts) in acts {
        opened.insert(role, list(acts));
    }
    table.insert("acts", Item::Table(opened));
    table
}

fn list<'t>(texts: impl IntoIterator<Item = &'t str>) -> Item {
    value(texts.into_iter().collect::<Array>())
}
