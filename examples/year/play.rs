//! Plays a cycle: its phases in order, and each record by somebody whose job it is.

use crate::acts::{InventedActs, seats_of_groups};
use crate::client::{Program, Refused, Result, Server};
use crate::gaps::{FilledCycle, InventedEntry};
use crate::inputs::{Mutation, mutation};
use crate::invented::Invented;
use crate::people::{Seat, Tokens, acting_for, roles_for};
use crate::phases::Progress;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use wcc_core::framework::{Framework, Phase};
use wcc_core::ledger::{Draft, Fact};
use wcc_core::policy::OPEN_PHASE;
use wcc_core::progress::topmost_bodies;
use wcc_core::record::{RecordFact, RecordKind};
use wcc_core::words::counted;
use wcc_core::{Actor, BodyIndex, BodyKind, CheckedCycle, Organisations};
use wcc_ledger::Hash;

/// Prints a line.
pub(crate) type Print<'a> = &'a (dyn Fn(String) + Sync);

macro_rules! say {
    ($year:expr, $($words:tt)*) => {
        ($year.print)(format!($($words)*))
    };
}

pub(crate) use say;

/// One cycle to be played.
pub(crate) struct Year<'a> {
    pub(crate) print: Print<'a>,
    pub(crate) program: &'a Program,
    pub(crate) server: &'a Server,
    pub(crate) operator: &'a str,
    pub(crate) cycle: &'a CheckedCycle,
    /// What is entered, in order.
    pub(crate) filled: &'a FilledCycle,
}

/// What became of a cycle that was played.
pub(crate) struct PlayResult {
    /// The names of those who acted.
    pub(crate) people: BTreeSet<String>,
    /// Codes of the assured bodies that were not left behind.
    pub(crate) released: Vec<String>,
    /// Judgements that were invented.
    pub(crate) invented: Vec<InventedEntry>,
}

/// Whoever does something for a whole region, or for a group or body that is in none.
pub(crate) struct Officer {
    pub(crate) body: BodyIndex,
    /// `None` is the operator, if the framework lets nobody.
    pub(crate) seat: Option<Seat>,
}

/// What is entered in each phase, by its position.
type Plan<'a> = Vec<(usize, Vec<PlannedEntry<'a>>)>;

/// A record, and the seat of whoever enters it; the operator if nobody may.
struct PlannedEntry<'a> {
    draft: &'a Draft,
    seat: Option<Seat>,
}

impl Year<'_> {
    /// Plays it from the framework's entry to the release, and prints a line for each step.
    pub(crate) fn play(&self, invented: &Invented) -> Result<PlayResult> {
        let framework = &self.cycle.framework;
        let (records, setup): (Vec<&Draft>, Vec<&Draft>) = self
            .filled
            .drafts
            .iter()
            .partition(|draft| matches!(draft.fact, Fact::Record { .. }));
        for draft in setup {
            self.enter_as_operator(draft)?;
            say!(self, "{:<28} {}", "operator", setup_in_words(&draft.fact));
        }
        let (phases, unforeseen) = self.plan(&records);
        let tokens = self.tokens(&phases, invented.groups_in_each_region)?;
        say!(
            self,
            "{:<28} tokens for {} people",
            "operator",
            tokens.people().len()
        );
        let mut acts = InventedActs::new(self, &tokens, invented)?;
        let mut progress = Progress::default();
        let mut entered = Vec::new();
        for (at, steps) in &phases {
            let phase = framework.phases.get(*at);
            if let Some(needed) = unforeseen.get(at) {
                entered.extend(self.enter_each(*at, needed, &progress, &tokens)?);
            }
            if let Some(phase) = phase {
                self.open(phase, &mut progress, &tokens)?;
                acts.leave_behind(self, &progress);
                acts.before_records(*at, phase)?;
            }
            entered.extend(self.enter_each(*at, steps, &progress, &tokens)?);
            if let Some(phase) = phase {
                acts.after_records(*at, phase)?;
                self.approve(phase, &progress, &tokens)?;
                if self.release_phase() == Some(*at) {
                    self.release(Some(phase), &progress, &tokens)?;
                }
            }
        }
        if self.release_phase().is_none() {
            self.release(framework.phases.last(), &progress, &tokens)?;
        }
        if let Some(phase) = framework.phases.last() {
            acts.after_release(phase)?;
        }
        let mut people = tokens.people();
        people.extend(acts.panelists());
        let pcts = self.cycle.pcts.iter();
        let pcts = pcts.map(|pct| self.cycle.organisations.body(*pct).code.clone());
        Ok(PlayResult {
            people,
            released: pcts.filter(|pct| progress.reaches(self, pct)).collect(),
            invented: entered,
        })
    }

    /// What happens in each phase: each record in the first phase that opens it to somebody. What is open
    /// to somebody in every phase comes first, because the rest may cite it; what nobody may enter is
    /// entered by the operator in the end, or before the phase that requires it: the second value, by phase.
    fn plan<'d>(
        &self,
        records: &[&'d Draft],
    ) -> (Plan<'d>, BTreeMap<usize, Vec<PlannedEntry<'d>>>) {
        let phases = &self.cycle.framework.phases;
        let mut uses: BTreeMap<String, usize> = BTreeMap::new();
        let mut rest: Vec<&Draft> = records.to_vec();
        let mut plan: Plan<'d> = Vec::new();
        for (at, phase) in phases.iter().enumerate() {
            let steps;
            (steps, rest) = self.steps(Some(phase), rest, &mut uses);
            plan.push((at, steps));
        }
        let (always, rest) = self.steps(None, rest, &mut uses);
        if let Some((_, first)) = plan.first_mut() {
            first.splice(..0, always);
        }
        let mut by_operator = Vec::new();
        let mut needed: BTreeMap<usize, Vec<PlannedEntry<'d>>> = BTreeMap::new();
        for draft in rest {
            let entry = PlannedEntry { draft, seat: None };
            match self.required_by(draft) {
                Some(phase) => needed.entry(phase).or_default().push(entry),
                None => by_operator.push(entry),
            }
        }
        plan.push((phases.len(), by_operator));
        (plan, needed)
    }

    /// The first phase that does not open without a judgement.
    fn required_by(&self, draft: &Draft) -> Option<usize> {
        let framework = &self.cycle.framework;
        let method = record_of(draft)?.method()?;
        let is_approved = |index| {
            let mut of = framework.approval(index).of.iter();
            of.any(|group| group.method == Some(method))
        };
        framework.phases.iter().position(|phase| {
            let mut judged = phase.requires.iter();
            let mut approved = phase.requires_approvals.iter();
            judged.any(|requirement| requirement.method == method)
                || approved.any(|requirement| is_approved(requirement.approval))
        })
    }

    /// The records that somebody may enter in a phase, each with the role that has done least so far;
    /// and the other records.
    fn steps<'d>(
        &self,
        phase: Option<&Phase>,
        records: Vec<&'d Draft>,
        uses: &mut BTreeMap<String, usize>,
    ) -> (Vec<PlannedEntry<'d>>, Vec<&'d Draft>) {
        let (mut steps, mut others) = (Vec::new(), Vec::new());
        for draft in records {
            let Some(record) = record_of(draft) else {
                continue;
            };
            let roles = roles_for(&self.cycle.framework, phase, record).into_iter();
            let role = roles.min_by_key(|role| uses.get(*role).copied().unwrap_or_default());
            let organisations = &self.cycle.organisations;
            match (role, organisations.find(record.body())) {
                (Some(role), Some(body)) => {
                    *uses.entry(role.to_owned()).or_default() += 1;
                    let body = acting_for(organisations, body);
                    let seat = Some(self.seat_for(role, &organisations.body(body).code));
                    steps.push(PlannedEntry { draft, seat });
                }
                _ => others.push(draft),
            }
        }
        (steps, others)
    }

    pub(crate) fn seat_for(&self, role: &str, body: &str) -> Seat {
        Seat {
            role: role.to_owned(),
            body: body.to_owned(),
            cycle: self.cycle.id.clone(),
        }
    }

    /// Whoever opens phases or releases results while a phase is open, for each region.
    pub(crate) fn officers(&self, act: &str, open: Option<&Phase>) -> Vec<Officer> {
        let role = self.officer_role(act, open);
        let bodies = topmost_bodies(self.cycle).into_iter();
        let code = |body| self.cycle.organisations.body(body).code.as_str();
        bodies
            .map(|body| Officer {
                body,
                seat: role.map(|role| self.seat_for(role, code(body))),
            })
            .collect()
    }

    /// The first role to which an act is open in a phase, or before any.
    fn officer_role(&self, act: &str, open: Option<&Phase>) -> Option<&str> {
        let mut roles = self.cycle.framework.roles.iter();
        let role = roles.find(|role| {
            let mut in_phase = open.into_iter().flat_map(|open| open.acts_of(&role.id));
            role.acts.iter().any(|other| other == act) || in_phase.any(|other| other == act)
        })?;
        Some(&role.id)
    }

    /// The seats of whoever opens phases or releases results, in any phase.
    pub(crate) fn seats_of_officers(&self) -> Vec<Seat> {
        let phases = self.cycle.framework.phases.iter().map(Some);
        let moments = std::iter::once(None).chain(phases);
        let officers = moments.flat_map(|phase| {
            [OPEN_PHASE, RecordKind::Release.act()]
                .into_iter()
                .flat_map(move |act| self.officers(act, phase))
        });
        officers.filter_map(|officer| officer.seat).collect()
    }

    fn tokens(&self, phases: &[(usize, Vec<PlannedEntry<'_>>)], groups: usize) -> Result<Tokens> {
        let steps = phases.iter().flat_map(|(_, steps)| steps);
        let seats = steps.filter_map(|step| step.seat.clone());
        let seats = seats.chain(self.seats_of_officers());
        let seats = seats.chain(self.approvers());
        let seats: BTreeSet<Seat> = seats.chain(seats_of_groups(self, groups)).collect();
        let (framework, organisations) = (&self.cycle.framework, &self.cycle.organisations);
        Tokens::issue(self.program, framework, organisations, seats.into_iter())
    }

    /// Codes of the groups, and of the bodies in no group.
    pub(crate) fn groups(&self) -> BTreeSet<&str> {
        let pcts = self.cycle.pcts.iter();
        pcts.map(|pct| self.group_of(*pct)).collect()
    }

    /// The code of the group of an assured body; its own if it is in no group.
    pub(crate) fn group_of(&self, pct: BodyIndex) -> &str {
        let organisations = &self.cycle.organisations;
        let group = organisations.cluster_of(pct, self.cycle.as_of);
        &organisations.body(group.unwrap_or(pct)).code
    }

    /// Enters the records of a phase, and prints a line for each person and kind. The regions work at
    /// the same time, as they do in reality. Returns those that are invented.
    fn enter_each(
        &self,
        phase: usize,
        steps: &[PlannedEntry<'_>],
        progress: &Progress,
        tokens: &Tokens,
    ) -> Result<Vec<InventedEntry>> {
        let mut regions: BTreeMap<String, Vec<(usize, &PlannedEntry<'_>)>> = BTreeMap::new();
        for (number, step) in steps.iter().enumerate() {
            let region = record_of(step.draft).and_then(|record| self.region(record.body()));
            let region = region.unwrap_or_default();
            regions.entry(region).or_default().push((number, step));
        }
        let done: Mutex<BTreeMap<(String, &str), usize>> = Mutex::default();
        let invented: Mutex<Vec<InventedEntry>> = Mutex::default();
        let enter_region = |steps: Vec<(usize, &PlannedEntry<'_>)>| -> Result<()> {
            for (number, step) in steps {
                let Some(record) = record_of(step.draft) else {
                    continue;
                };
                let request_id = format!("{} {phase}.{number}", self.cycle.id);
                // The phase does not open what is planned for it on a body that was left behind.
                let (person, entry) = match progress.reaches(self, record.body()) {
                    true => self.enter_planned(step, &request_id, tokens)?,
                    false => self.enter_as_operator(step.draft)?,
                };
                if let Some(original) = self.filled.original(step.draft) {
                    let original = original.clone();
                    let mut invented = invented.lock().map_err(|_| "another region failed")?;
                    invented.push(InventedEntry { entry, original });
                }
                let mut done = done.lock().map_err(|_| "another region failed")?;
                *done.entry((person, record.kind().name())).or_default() += 1;
            }
            Ok(())
        };
        at_the_same_time(regions.into_values(), enter_region)?;
        let done = done.into_inner().map_err(|_| "a region failed")?;
        for ((person, kind), count) in done {
            say!(self, "{person:<28} enters {count} x {kind}");
        }
        let invented = invented.into_inner().map_err(|_| "a region failed")?;
        if !invented.is_empty() {
            say!(
                self,
                "{:<28} {} of these, which the case does not have",
                "invented",
                counted(invented.len(), "judgement")
            );
        }
        Ok(invented)
    }

    /// Enters a record, and returns who did and the number of the entry.
    fn enter_planned(
        &self,
        step: &PlannedEntry<'_>,
        request_id: &str,
        tokens: &Tokens,
    ) -> Result<(String, i64)> {
        let Some(seat) = &step.seat else {
            return self.enter_as_operator(step.draft);
        };
        let entered = mutation(step.draft, &self.cycle.framework);
        let entered = entered.ok_or("this example does not enter such a record")?;
        self.enter_as(seat, tokens, request_id, &entered)
    }

    /// Enters something for a whole region, and returns who did and the number of the entry.
    pub(crate) fn enter_for(
        &self,
        officer: &Officer,
        tokens: &Tokens,
        request_id: &str,
        mutation: &Mutation,
    ) -> Result<(String, i64)> {
        match &officer.seat {
            Some(seat) => self.enter_as(seat, tokens, request_id, mutation),
            None => self.send_as_operator(request_id, mutation),
        }
    }

    /// Enters something in a seat, and returns who did and the number of the entry.
    pub(crate) fn enter_as(
        &self,
        seat: &Seat,
        tokens: &Tokens,
        request_id: &str,
        mutation: &Mutation,
    ) -> Result<(String, i64)> {
        let (person, token) = tokens.of(seat).ok_or("nobody has this role")?;
        let role = seat.act_as();
        let entered = self
            .server
            .enter(token, Some(&role), request_id, mutation)?;
        let why = |why| Refused(format!("{person} ({role}), {}: {why}", mutation.field));
        Ok((person.to_owned(), entered.map_err(why)?))
    }

    fn enter_as_operator(&self, draft: &Draft) -> Result<(String, i64)> {
        let entered = mutation(draft, &self.cycle.framework)
            .ok_or("this example does not enter such a fact")?;
        self.send_as_operator(&digest(&entered.input.to_string()), &entered)
    }

    /// Enters something as the operator.
    pub(crate) fn send_as_operator(
        &self,
        request_id: &str,
        mutation: &Mutation,
    ) -> Result<(String, i64)> {
        let server = self.server;
        let entered = server.enter(self.operator, None, request_id, mutation)?;
        let why = |why| format!("{}, {}: {why}", Actor::OPERATOR, mutation.field);
        Ok((Actor::OPERATOR.to_owned(), entered.map_err(why)?))
    }

    /// The code of the region of a body, or of a region itself; `None` if the body is in none.
    pub(crate) fn region(&self, code: &str) -> Option<String> {
        let organisations = &self.cycle.organisations;
        let body = organisations.find(code)?;
        let is_region = organisations.body(body).kind == BodyKind::Sha;
        let region = organisations.sha_of(body).or(is_region.then_some(body))?;
        Some(organisations.body(region).code.clone())
    }

    /// The first groups of each region, and of what is in none.
    pub(crate) fn first_groups(&self, of_each: usize) -> Vec<String> {
        let mut taken: BTreeMap<Option<String>, usize> = BTreeMap::new();
        let groups = self.groups().into_iter();
        let first = groups.filter(|group| {
            let count = taken.entry(self.region(group)).or_default();
            *count += 1;
            *count <= of_each
        });
        first.map(str::to_owned).collect()
    }

    /// The code of the first assured body of a group; for any other body its own code.
    pub(crate) fn first_assured(&self, code: &str) -> String {
        let mut pcts = self.cycle.pcts.iter();
        let first = pcts.find(|pct| self.group_of(**pct) == code);
        let body = first.map(|pct| self.cycle.organisations.body(*pct));
        body.map_or_else(|| code.to_owned(), |body| body.code.clone())
    }

    pub(crate) fn name(&self, code: &str) -> String {
        let organisations: &Organisations = &self.cycle.organisations;
        let body = organisations.find(code);
        body.map_or_else(
            || code.to_owned(),
            |body| organisations.body(body).name_and_code(),
        )
    }
}

/// Does each of some pieces of work on a thread of its own, and returns the first failure.
fn at_the_same_time<W: Send>(
    pieces: impl Iterator<Item = W>,
    work: impl Fn(W) -> Result<()> + Sync,
) -> Result<()> {
    let work = &work;
    std::thread::scope(|scope| {
        let workers: Vec<_> = pieces
            .map(|piece| scope.spawn(move || work(piece)))
            .collect();
        let ends = workers.into_iter().map(|worker| match worker.join() {
            Ok(end) => end,
            Err(_) => Err("a part of the example panicked".into()),
        });
        ends.collect::<Vec<_>>().into_iter().collect()
    })
}

pub(crate) fn record_of(draft: &Draft) -> Option<&RecordFact> {
    match &draft.fact {
        Fact::Record { record, .. } => Some(record),
        _ => None,
    }
}

fn setup_in_words(fact: &Fact) -> String {
    match fact {
        Fact::Framework(framework) => format!("enters the framework {}", framework.id),
        Fact::Organisations(bodies) => format!("enters the bodies `{}`", bodies.id),
        Fact::Cycle(cycle) => format!("opens the cycle {}", cycle.id),
        _ => "enters something".to_owned(),
    }
}

/// A short digest of a text, for the identifier of a request.
pub(crate) fn digest(text: &str) -> String {
    format!("{:.16}", Hash::of(text.as_bytes()).to_string())
}

/// The framework's title and year, for the first line.
pub(crate) fn heading(framework: &Framework, cycle: &str) -> String {
    format!("{cycle} by {} ({})", framework.title, framework.year)
}
