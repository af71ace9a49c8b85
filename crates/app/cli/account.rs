//! `wcc account`: makes, lists and changes the accounts with which people sign in to the pages.

mod demonstration;
mod password;

use super::grants::GrantArguments;
use super::places::unknown;
use super::{Failure, print};
use crate::settings::Settings;
use crate::stop::StopSignals;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::fmt::Write as _;
use std::sync::Arc;
use wcc_accounts::{Account, AccountError, Accounts, NewAccount, NewAccountState};
use wcc_core::words::counted;
use wcc_ledger::SystemClock;
use wcc_tokens::Grant;

/// Make, list and change accounts with which people sign in to the pages (see docs/accounts.md)
#[derive(clap::Subcommand)]
pub(crate) enum Command {
    Add(Box<Add>),
    /// List the accounts with their roles
    List,
    Role(Box<Role>),
    Mail(Mail),
    /// Replace the password of an account, and end its sessions
    ///
    /// The password is asked for, or is the first line of standard input.
    Password(AccountArgument),
    /// Let the person of a pending or disabled account sign in
    Approve(AccountArgument),
    /// Disable an account, and end its sessions at once
    Disable(AccountArgument),
    Demonstration(demonstration::Demonstration),
}

/// Make an account
///
/// The password is asked for, or is the first line of standard input. Never give it as an argument: others
/// on this machine can read those.
#[derive(clap::Args)]
pub(crate) struct Add {
    /// Sign-in name: letters, digits and . - _ @ + '
    #[arg(value_name = "ACCOUNT")]
    name: String,
    /// Name of the person, as the ledger will record it with each of their entries
    #[arg(long, value_name = "NAME")]
    person: String,
    /// Where messages for the person are sent, such as a.person@pct.example
    #[arg(long, value_name = "ADDRESS")]
    mail: Option<String>,
    #[command(flatten)]
    grants: GrantArguments,
    /// Let somebody approve it before it can be used
    #[arg(long)]
    pending: bool,
}

/// Replace the roles of an account
///
/// --grant takes days as well: 'ROLE;body=CODE;cycle=ID;from=DATE;until=DATE'. Sessions go on with the new
/// roles.
#[derive(clap::Args)]
pub(crate) struct Role {
    #[command(flatten)]
    account: AccountArgument,
    #[command(flatten)]
    grants: GrantArguments,
}

/// Replace the e-mail address of an account, to which messages for the person are sent
#[derive(clap::Args)]
pub(crate) struct Mail {
    #[command(flatten)]
    account: AccountArgument,
    /// The address, such as a.person@pct.example; none if omitted
    #[arg(value_name = "ADDRESS")]
    address: Option<String>,
}

/// The account that a command is about.
#[derive(clap::Args)]
pub(crate) struct AccountArgument {
    /// Sign-in name of the account
    #[arg(value_name = "ACCOUNT")]
    name: String,
}

pub(super) async fn run(command: Command, settings: &Settings) -> Result<(), Failure> {
    match command {
        Command::Add(add) => run_add(*add, settings).await,
        Command::List => run_list(settings).await,
        Command::Role(role) => {
            let grants = role
                .grants
                .known(Grant::from_text_with_days, settings)
                .await?;
            with_accounts(settings, async |accounts| {
                let changed = accounts.set_grants(&role.account.name, &grants).await;
                show(accounts, "changed", changed).await
            })
            .await
        }
        Command::Mail(Mail { account, address }) => {
            with_accounts(settings, async |accounts| {
                let address = address.as_deref().unwrap_or_default();
                let changed = accounts.set_mail(&account.name, address).await;
                show(accounts, "changed", changed).await
            })
            .await
        }
        Command::Password(AccountArgument { name }) => {
            with_accounts(settings, async |accounts| {
                // Before anything is asked for.
                if let Err(error) = accounts.account(&name).await {
                    return Err(failure(accounts, error).await);
                }
                let changed = accounts.set_password(&name, password::read()?).await;
                show(accounts, "changed the password of", changed).await
            })
            .await
        }
        Command::Approve(AccountArgument { name }) => {
            with_accounts(settings, async |accounts| {
                show(accounts, "approved", accounts.approve(&name).await).await
            })
            .await
        }
        Command::Disable(AccountArgument { name }) => {
            with_accounts(settings, async |accounts| {
                show(accounts, "disabled", accounts.disable(&name).await).await
            })
            .await
        }
        Command::Demonstration(demonstration) => demonstration::run(&demonstration, settings).await,
    }
}

async fn run_add(add: Add, settings: &Settings) -> Result<(), Failure> {
    let grants = add
        .grants
        .known(Grant::from_text_with_days, settings)
        .await?;
    let password = password::read()?;
    let new = NewAccount {
        name: add.name,
        person: add.person,
        password,
        mail: add.mail,
        grants,
        state: match add.pending {
            true => NewAccountState::Pending,
            false => NewAccountState::Active,
        },
        is_demonstration: false,
    };
    with_accounts(settings, async |accounts| {
        show(accounts, "added", accounts.add(new).await).await
    })
    .await
}

async fn run_list(settings: &Settings) -> Result<(), Failure> {
    with_accounts(settings, async |accounts| {
        let all = accounts.list().await.map_err(system)?;
        let mut text = String::new();
        for account in &all {
            let _ = writeln!(text, "{}", in_words(account));
        }
        let _ = writeln!(text, "{}", counted(all.len(), "account"));
        print(&text)
    })
    .await
}

/// Prints what was done to an account, or says why it was not.
async fn show(
    accounts: &Accounts,
    done: &str,
    account: Result<Account, AccountError>,
) -> Result<(), Failure> {
    match account {
        Ok(account) => print(&format!("{done} {}\n", in_words(&account))),
        Err(error) => Err(failure(accounts, error).await),
    }
}

/// `a.person  A. Person (chair;body=Q30), active, last signed in on 2009-03-01 10:20 UTC`.
fn in_words(account: &Account) -> String {
    let grants: Vec<String> = account.grants.iter().map(ToString::to_string).collect();
    let mut text = format!(
        "{}  {} ({}), {}",
        account.name,
        account.person,
        match grants.is_empty() {
            true => "no role".to_owned(),
            false => grants.join(", "),
        },
        account.state,
    );
    if let Some(mail) = &account.mail {
        let _ = write!(text, ", mail to {mail}");
    }
    if account.is_demonstration {
        text.push_str(", for demonstration");
    }
    if let Some((issuer, subject)) = &account.identity {
        let _ = write!(text, ", known to {issuer} as {subject}");
    }
    if let Some(at) = account.signed_in {
        let _ = write!(text, ", last signed in on {}", minutes(at));
    }
    text
}

/// A time to the minute, in UTC.
fn minutes(time: Timestamp) -> String {
    let time = TimeZone::UTC.to_datetime(time);
    time.strftime("%Y-%m-%d %H:%M UTC").to_string()
}

/// Opens the accounts, runs some work and closes them, even if the work fails or the process is asked to
/// stop.
async fn with_accounts<T>(
    settings: &Settings,
    work: impl AsyncFnOnce(&Accounts) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let mut signals = StopSignals::listen()?;
    let address = &settings.accounts.address;
    let accounts = Accounts::open(settings.accounts.clone(), Arc::new(SystemClock)).await;
    let accounts = accounts
        .map_err(|error| Failure::system(format!("{address} (accounts.address): {error}")))?;
    let result = signals.unless_stopped(work(&accounts)).await;
    accounts.close().await;
    signals.end_the_process();
    result
}

/// Why an account was not made or changed; names the nearest if there is no such account.
async fn failure(accounts: &Accounts, error: AccountError) -> Failure {
    match error {
        AccountError::NoAccount(name) => match accounts.list().await {
            Ok(all) => {
                let names = all.iter().map(|account| account.name.as_str());
                unknown("account", &name, names)
            }
            Err(error) => system(error),
        },
        AccountError::Name(_)
        | AccountError::NameTaken(_)
        | AccountError::PersonTaken(_)
        | AccountError::Password(_)
        | AccountError::Mail(_)
        | AccountError::Grant(_)
        | AccountError::TooManyGrants => Failure::refused(error.to_string()),
        error => system(error),
    }
}

fn system(error: AccountError) -> Failure {
    Failure::system(error.to_string())
}
