//! The people for whom a message is, as their accounts say on the day on which it is sent.

use super::Outbox;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use wcc_accounts::{Account, AccountError, AccountState};
use wcc_core::outbox::Message;
use wcc_ledger::Ledger;

/// Everybody with an account to which messages can be sent.
pub(super) struct Recipients {
    accounts: Vec<Account>,
    today: Date,
}

impl Recipients {
    /// Reads the accounts as they are now.
    pub(super) async fn read(outbox: &Outbox) -> Result<Recipients, AccountError> {
        let mut accounts = match &outbox.accounts {
            Some(accounts) => accounts.list().await?,
            None => Vec::new(),
        };
        accounts.retain(|account| account.state == AccountState::Active && account.mail.is_some());
        Ok(Recipients {
            accounts,
            today: TimeZone::UTC.to_datetime(outbox.clock.now()).date(),
        })
    }

    /// The e-mail addresses of those who are in the role of a message today and whom the policy lets read it.
    /// Whoever only follows what becomes of messages for others gets none.
    pub(super) fn addresses(&self, ledger: &Ledger, message: &Message) -> Vec<String> {
        let is_for = |account: &&Account| {
            let actors = account.actors_on(self.today);
            actors.iter().any(|actor| {
                *actor.role == *message.role
                    && ledger.look_as(actor, |permission| permission.shows_message(message))
            })
        };
        let concerned = self.accounts.iter().filter(is_for);
        let mut addresses: Vec<String> = concerned.filter_map(|own| own.mail.clone()).collect();
        addresses.sort_unstable();
        addresses.dedup();
        addresses
    }
}
