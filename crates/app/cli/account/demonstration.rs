//! `wcc account demonstration`: invented people who try a case as each role.

use super::{failure, with_accounts};
use crate::cli::places::{body_in, unknown};
use crate::cli::{Failure, print};
use crate::load;
use crate::settings::Settings;
use crate::source::Source;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use wcc_accounts::{AccountError, Accounts, NewAccount, NewAccountState, Password};
use wcc_core::framework::Role;
use wcc_core::{BodyIndex, Cycle, Method};
use wcc_tokens::Grant;

/// Make accounts of invented people, one for each role, to try a case as
///
/// They act for one body of the case, for its group, or for its authority, as their role does. All of them
/// have the same new password, which is shown only this once. A server refuses them if other machines can
/// reach it. Given again, the command replaces their password and their roles.
#[derive(clap::Args)]
pub(crate) struct Demonstration {
    /// Folder of a case, or `ledger:`
    #[arg(long = "in", value_name = "CASE", default_value = "ledger:")]
    source: Source,
    /// Identifier of the cycle; the latest if omitted
    #[arg(long, value_name = "ID")]
    cycle: Option<String>,
    /// Code of a body or of a group; the first body of the cycle if omitted
    #[arg(long, value_name = "CODE")]
    body: Option<String>,
    /// A role; may be repeated, also for several people in one role. Every role if omitted
    #[arg(long = "role", value_name = "ROLE")]
    roles: Vec<String>,
}

/// An account to make.
struct Invented {
    name: String,
    person: String,
    grant: Grant,
}

pub(super) async fn run(arguments: &Demonstration, settings: &Settings) -> Result<(), Failure> {
    let programme = load::programme(settings, &arguments.source).await?;
    let cycles = || programme.cycles.iter().map(|assured| &*assured.cycle);
    let cycle = match &arguments.cycle {
        Some(id) => cycles().find(|cycle| cycle.id == *id).ok_or_else(|| {
            let known = cycles().map(|cycle| cycle.id.as_str());
            unknown("cycle", id, known)
        })?,
        None => cycles()
            .max_by_key(|cycle| cycle.as_of)
            .ok_or_else(|| Failure::not_found("there is no cycle, so nobody has a role in one"))?,
    };
    let people = people(arguments, cycle)?;
    with_accounts(settings, async |accounts| {
        let (password, text) = Password::random().map_err(|error| {
            Failure::system(format!("the system gives no random bytes: {error}"))
        })?;
        let mut shown = String::new();
        for invented in &people {
            match make(accounts, invented, &password).await {
                Ok(()) => {
                    let Invented {
                        name,
                        person,
                        grant,
                    } = invented;
                    let _ = writeln!(shown, "{name}  {person} ({grant})");
                }
                Err(error) => return Err(failure(accounts, error).await),
            }
        }
        let _ = writeln!(shown, "the password of each: {text}");
        print(&shown)
    })
    .await
}

/// Makes the account of an invented person, or brings it up to date.
async fn make(
    accounts: &Accounts,
    invented: &Invented,
    password: &Password,
) -> Result<(), AccountError> {
    let Invented {
        name,
        person,
        grant,
    } = invented;
    match accounts.account(name).await {
        Ok(account) if account.is_demonstration => {
            accounts
                .set_grants(name, std::slice::from_ref(grant))
                .await?;
            accounts.set_password(name, password.clone()).await?;
            accounts.approve(name).await?;
            Ok(())
        }
        Ok(account) => Err(AccountError::NameTaken(account.name)),
        Err(AccountError::NoAccount(_)) => {
            let new = NewAccount {
                name: name.clone(),
                person: person.clone(),
                password: password.clone(),
                mail: None,
                grants: vec![grant.clone()],
                state: NewAccountState::Active,
                is_demonstration: true,
            };
            accounts.add(new).await.map(|_| ())
        }
        Err(error) => Err(error),
    }
}

/// The people: one for each role that is named, or for every role.
fn people(arguments: &Demonstration, cycle: &Cycle) -> Result<Vec<Invented>, Failure> {
    let declared = &cycle.framework.roles;
    let mut roles: Vec<&Role> = Vec::new();
    for id in &arguments.roles {
        let role = declared.iter().find(|role| role.id == *id);
        let known = || declared.iter().map(|role| role.id.as_str());
        roles.push(role.ok_or_else(|| unknown("role", id, known()))?);
    }
    if arguments.roles.is_empty() {
        roles.extend(declared);
    }
    let body = first_body(cycle, arguments.body.as_deref())?;
    let mut counts: BTreeMap<&str, u32> = BTreeMap::new();
    let people = roles.into_iter().map(|role| {
        let count = counts.entry(&role.id).or_default();
        *count += 1;
        let (in_name, in_person) = match *count {
            1 => (String::new(), String::new()),
            number => (format!("-{number}"), format!(" {number}")),
        };
        let acts_for = cycle.organisations.body(acts_for(cycle, role, body));
        Invented {
            name: format!("demo-{}{in_name}", role.id),
            person: format!("Invented {}{in_person}", role.title),
            grant: Grant {
                body: Some(acts_for.code.clone()),
                ..Grant::of_role(&role.id)
            },
        }
    });
    Ok(people.collect())
}

/// The assessed body with a code, or the first of the group with it.
fn first_body(cycle: &Cycle, code: Option<&str>) -> Result<BodyIndex, Failure> {
    let assessed = || cycle.pcts.iter().copied();
    let found = match code {
        None => assessed().next(),
        Some(code) => {
            let named = body_in(cycle, code)?;
            let is_named = |body: &BodyIndex| *body == named || group_of(cycle, *body) == named;
            assessed().find(is_named)
        }
    };
    found.ok_or_else(|| Failure::refused("the cycle assesses no such body"))
}

/// Whom people in a role act for: those who judge together as a panel for the group, those who are told
/// of results when they are released for the body, and everybody else for its authority.
fn acts_for(cycle: &Cycle, role: &Role, body: BodyIndex) -> BodyIndex {
    if role.methods.contains(&Method::Panel) {
        group_of(cycle, body)
    } else if role.after_release.is_empty() {
        let authority = cycle.organisations.sha_of(body);
        authority.unwrap_or_else(|| group_of(cycle, body))
    } else {
        body
    }
}

/// The group of a body; the body itself if it has none.
fn group_of(cycle: &Cycle, body: BodyIndex) -> BodyIndex {
    let group = cycle.organisations.cluster_of(body, cycle.as_of);
    group.unwrap_or(body)
}
