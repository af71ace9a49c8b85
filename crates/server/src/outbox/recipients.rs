//! The people for whom a message is, as their accounts say at the moment.

use super::Outbox;
use crate::message_sender::MessageDelivery;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use wcc_accounts::{Account, AccountError, AccountState};
use wcc_core::outbox::Message;
use wcc_ledger::Ledger;

/// Everybody with an account to which messages can be sent.
pub(super) struct Recipients {
    accounts: Vec<Account>,
    read: Timestamp,
    today: Date,
    /// Who signs in with an OpenID provider has to have done so since then.
    signed_in_since: Timestamp,
    signed_in_within: SignedDuration,
}

/// For whom a message is.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Addressees {
    /// Those who have an e-mail address, each address once.
    pub(super) people: Vec<Addressee>,
    /// How many more get none, because they have not signed in for too long.
    pub(super) inactive: usize,
}

/// An e-mail address, and whose it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Addressee {
    pub(super) address: String,
    /// The names of the accounts; one person may have several.
    pub(super) accounts: Vec<String>,
}

impl Recipients {
    /// Reads the accounts as they are now.
    pub(super) async fn read(
        outbox: &Outbox,
        delivery: &MessageDelivery,
    ) -> Result<Recipients, AccountError> {
        let mut accounts = match &outbox.accounts {
            Some(accounts) => accounts.list().await?,
            None => Vec::new(),
        };
        accounts.retain(|account| account.state == AccountState::Active && account.mail.is_some());
        let now = outbox.clock.now();
        let signed_in_within = delivery.signed_in_within.try_into();
        let signed_in_within = signed_in_within.unwrap_or(SignedDuration::MAX);
        Ok(Recipients {
            accounts,
            read: now,
            today: TimeZone::UTC.to_datetime(now).date(),
            signed_in_since: now
                .saturating_sub(signed_in_within)
                .unwrap_or(Timestamp::MIN),
            signed_in_within,
        })
    }

    /// When they were read.
    pub(super) fn read_at(&self) -> Timestamp {
        self.read
    }

    /// Those who are in the role of a message today and whom the policy lets read it. Whoever only follows what
    /// becomes of messages for others is not among them.
    pub(super) fn addressees(&self, ledger: &Ledger, message: &Message) -> Addressees {
        let is_for = |account: &&Account| {
            let actors = account.actors_on(self.today);
            actors.iter().any(|actor| {
                *actor.role == *message.role
                    && ledger.look_as(actor, |permission| permission.shows_message(message))
            })
        };
        let mut addressees = Addressees::default();
        for account in self.accounts.iter().filter(is_for) {
            match &account.mail {
                Some(address) if self.is_in_use(account) => {
                    let mut known = addressees.people.iter_mut();
                    match known.find(|known| known.address.eq_ignore_ascii_case(address)) {
                        Some(known) => known.accounts.push(account.name.clone()),
                        None => addressees.people.push(Addressee {
                            address: address.clone(),
                            accounts: vec![account.name.clone()],
                        }),
                    }
                }
                Some(_) => addressees.inactive += 1,
                None => {}
            }
        }
        addressees
    }

    /// Why a message is sent to nobody.
    pub(super) fn why_nobody(&self, addressees: &Addressees) -> String {
        let days = self.signed_in_within.as_hours() / 24;
        let days = if days == 1 {
            "the last day".to_owned()
        } else {
            format!("the last {days} days")
        };
        match addressees.inactive {
            0 => "nobody to send it to".to_owned(),
            1 => format!("nobody to send it to: one person has not signed in within {days}"),
            many => format!("nobody to send it to: {many} people have not signed in within {days}"),
        }
    }

    /// Whether the person of an account still signs in. Whoever has a local account is disabled by an administrator
    /// when they leave; an OpenID provider only stops signing them in.
    fn is_in_use(&self, account: &Account) -> bool {
        let last = account.signed_in.unwrap_or(account.created);
        account.identity.is_none() || last >= self.signed_in_since
    }
}
