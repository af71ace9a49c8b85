//! Making and changing accounts. Who may do so is decided by the caller.

use super::Accounts;
use crate::account::{
    Account, AccountState, NewAccount, NewAccountState, SignInName, checked_grants, checked_mail,
    checked_person, person_key,
};
use crate::error::AccountError;
use crate::password::Password;
use crate::store::{AccountRow, ChangeResult};
use std::time::Duration;
use wcc_tokens::Grant;

/// How often a change is tried again because another one came between.
const TRIES: u32 = 100;
/// How long to wait before that.
const PAUSE: Duration = Duration::from_millis(10);

impl Accounts {
    /// Makes an account.
    ///
    /// # Errors
    /// A name, the password or a role cannot be one, or another account has one of the names.
    pub async fn add(&self, new: NewAccount) -> Result<Account, AccountError> {
        let name: SignInName = new.name.parse()?;
        let person = checked_person(&new.person)?;
        let mail = checked_mail(new.mail.as_deref().unwrap_or_default())?;
        checked_grants(&new.grants)?;
        new.password.check_names([name.text(), &person])?;
        let row = AccountRow {
            name: name.text().to_owned(),
            person_key: person_key(&person),
            person,
            identity: None,
            password: Some(self.0.hasher.hash(&new.password).await?),
            state: match new.state {
                NewAccountState::Pending => AccountState::Pending,
                NewAccountState::Active => AccountState::Active,
            },
            is_demonstration: new.is_demonstration,
            mail,
            grants: new.grants,
            revision: 0,
            epoch: 0,
            created: self.0.clock.now(),
            signed_in: None,
        };
        match self.0.store.add(&row).await? {
            ChangeResult::Done => Ok(Account::from(&row)),
            ChangeResult::Stale if self.0.store.account(&row.name).await?.is_some() => {
                Err(AccountError::NameTaken(row.name))
            }
            ChangeResult::Stale => Err(AccountError::PersonTaken(row.person)),
        }
    }

    /// Every account, by name.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn list(&self) -> Result<Vec<Account>, AccountError> {
        let rows = self.0.store.accounts().await?;
        Ok(rows.iter().map(Account::from).collect())
    }

    /// The account with a name.
    ///
    /// # Errors
    /// There is none, or the database cannot be read.
    pub async fn account(&self, name: &str) -> Result<Account, AccountError> {
        Ok(Account::from(&self.row(name).await?))
    }

    /// Replaces the roles of an account. Its sessions go on with the new ones.
    ///
    /// # Errors
    /// There is no such account, or a role cannot be one.
    pub async fn set_grants(&self, name: &str, grants: &[Grant]) -> Result<Account, AccountError> {
        checked_grants(grants)?;
        let change = |row: &mut AccountRow| row.grants = grants.to_vec();
        self.change(name, change).await
    }

    /// Replaces the e-mail address of an account; an empty one removes it.
    ///
    /// # Errors
    /// There is no such account, or the text is not an e-mail address.
    pub async fn set_mail(&self, name: &str, mail: &str) -> Result<Account, AccountError> {
        let mail = checked_mail(mail)?;
        let change = |row: &mut AccountRow| row.mail.clone_from(&mail);
        self.change(name, change).await
    }

    /// Replaces the password of an account, and ends its sessions.
    ///
    /// # Errors
    /// There is no such account, or the password cannot be used.
    pub async fn set_password(
        &self,
        name: &str,
        password: Password,
    ) -> Result<Account, AccountError> {
        let row = self.row(name).await?;
        password.check_names([&row.name, &row.person])?;
        let hash = self.0.hasher.hash(&password).await?;
        let change = |row: &mut AccountRow| {
            row.password = Some(hash.clone());
            row.epoch += 1;
        };
        self.change(name, change).await
    }

    /// Lets the person of a pending or disabled account sign in.
    ///
    /// # Errors
    /// There is no such account.
    pub async fn approve(&self, name: &str) -> Result<Account, AccountError> {
        let change = |row: &mut AccountRow| row.state = AccountState::Active;
        self.change(name, change).await
    }

    /// Disables an account, and ends its sessions.
    ///
    /// # Errors
    /// There is no such account.
    pub async fn disable(&self, name: &str) -> Result<Account, AccountError> {
        let change = |row: &mut AccountRow| {
            row.state = AccountState::Disabled;
            row.epoch += 1;
        };
        self.change(name, change).await
    }

    /// Ends every session of an account.
    ///
    /// # Errors
    /// There is no such account.
    pub async fn end_sessions(&self, name: &str) -> Result<Account, AccountError> {
        let change = |row: &mut AccountRow| row.epoch += 1;
        self.change(name, change).await
    }

    /// Whether there are accounts of a demonstration.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn has_demonstration(&self) -> Result<bool, AccountError> {
        let rows = self.0.store.accounts().await?;
        Ok(rows.iter().any(|row| row.is_demonstration))
    }

    pub(crate) async fn row(&self, name: &str) -> Result<AccountRow, AccountError> {
        let unknown = || AccountError::NoAccount(name.chars().take(100).collect());
        let Ok(key) = name.parse::<SignInName>() else {
            return Err(unknown());
        };
        let row = self.0.store.account(key.text()).await?;
        row.ok_or_else(unknown)
    }

    /// Changes an account as it is now.
    async fn change(
        &self,
        name: &str,
        change: impl Fn(&mut AccountRow),
    ) -> Result<Account, AccountError> {
        for _ in 0..TRIES {
            let mut row = self.row(name).await?;
            change(&mut row);
            let changed = self.0.store.change(row.clone()).await;
            // Whatever was read before may be out of date, even if it is not known whether this was written.
            self.0.cache.clear();
            if changed? == ChangeResult::Done {
                return Ok(Account::from(&row));
            }
            tokio::time::sleep(PAUSE).await;
        }
        Err(AccountError::Busy)
    }
}
