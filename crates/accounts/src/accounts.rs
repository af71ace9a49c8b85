//! Signing in and out, and reading sessions.

mod administration;

use crate::account::{Account, AccountState, SignInName};
use crate::error::{AccountError, SignInError};
use crate::openid::{OpenId, OpenIdSettings};
use crate::password::{HashingFailed, Password, PasswordHasher};
use crate::secret::{BrowserSecret, Purpose};
use crate::session::{NewSession, Session, role_text};
use crate::session_cache::{SessionCache, SessionDigest};
use crate::slow_down::SlowDown;
use crate::store::{AccountRow, AccountStore, ChangeResult, SessionRow, SessionStart};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use url::Url;
use wcc_ledger::{Address, Clock, StoreError};
use wcc_tokens::{Grant, is_this_machine};

/// The last use of a session is noted this often at most, so that reading pages does not write each time.
const NOTED: SignedDuration = SignedDuration::from_mins(1);
/// Expired sessions are removed this often at most.
const REMOVED: SignedDuration = SignedDuration::from_mins(1);

/// Where accounts are kept, and how long sessions last.
#[derive(Clone, Debug)]
pub struct AccountSettings {
    /// The database of accounts.
    pub address: Address,
    /// After this time without use a session ends; more than a minute.
    pub idle: Duration,
    /// After this time a session ends in any case.
    pub absolute: Duration,
    /// The address by which browsers know this server; `None` if it is only used on its own machine.
    pub public_address: Option<Url>,
    /// The OpenID provider with which people sign in, too. It needs the public address.
    pub openid: Option<OpenIdSettings>,
}

/// The accounts of a server and their sessions. Clones are handles of the same.
#[derive(Clone)]
pub struct Accounts(Arc<Inner>);

struct Inner {
    store: AccountStore,
    clock: Arc<dyn Clock>,
    idle: SignedDuration,
    absolute: SignedDuration,
    hasher: PasswordHasher,
    slow_down: SlowDown,
    cache: SessionCache,
    /// When expired sessions were last removed.
    removed: Mutex<Timestamp>,
    permits_demonstration: AtomicBool,
    /// Whether the public address, if there is one, leads to this machine.
    is_at_home: bool,
    public_origin: Option<String>,
    openid: Option<OpenId>,
}

impl fmt::Debug for Accounts {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.debug_struct("Accounts").finish_non_exhaustive()
    }
}

impl Accounts {
    /// Opens the database of accounts and creates or upgrades its tables. Accounts of a demonstration are
    /// refused until [`Accounts::permit_demonstration`] is called.
    ///
    /// # Errors
    /// The database cannot be opened, or belongs to a later version of this program.
    pub async fn open(
        settings: AccountSettings,
        clock: Arc<dyn Clock>,
    ) -> Result<Accounts, AccountError> {
        let hasher = PasswordHasher::new().await?;
        let now = clock.now();
        let address = settings.public_address;
        let openid = settings.openid.zip(address.as_ref());
        Ok(Accounts(Arc::new(Inner {
            is_at_home: address.as_ref().is_none_or(is_this_machine),
            public_origin: address
                .as_ref()
                .map(|url| url.origin().ascii_serialization()),
            openid: openid.map(|(openid, address)| OpenId::new(openid, address)),
            store: AccountStore::open(&settings.address).await?,
            clock,
            idle: signed(settings.idle),
            absolute: signed(settings.absolute),
            hasher,
            slow_down: SlowDown::new(now),
            cache: SessionCache::default(),
            removed: Mutex::new(now),
            permits_demonstration: AtomicBool::new(false),
        })))
    }

    /// Closes every connection to the database.
    pub async fn close(&self) {
        self.0.store.close().await;
    }

    /// Accepts accounts of a demonstration: only on a server that other machines cannot reach. A public
    /// address that leads to another machine forbids it. Returns whether they are accepted.
    pub fn permit_demonstration(&self, is_permitted: bool) -> bool {
        let is_permitted = is_permitted && self.0.is_at_home;
        let permits = &self.0.permits_demonstration;
        permits.store(is_permitted, Ordering::Relaxed);
        is_permitted
    }

    /// The origin by which browsers know this server, as they write it: `https://assurance.example`. `None`
    /// if the settings have no public address.
    pub fn public_origin(&self) -> Option<&str> {
        self.0.public_origin.as_deref()
    }

    pub(crate) fn store(&self) -> &AccountStore {
        &self.0.store
    }

    pub(crate) fn clock(&self) -> &dyn Clock {
        &*self.0.clock
    }

    pub(crate) fn provider_settings(&self) -> Option<&OpenId> {
        self.0.openid.as_ref()
    }

    /// Signs somebody in by their name and password, with a new session. `replaces` is the session that
    /// their browser had before, which ends.
    ///
    /// # Errors
    /// They are not signed in. That the account is not active is only said to whoever knows its password.
    pub async fn sign_in(
        &self,
        name: &str,
        password: &str,
        replaces: Option<&BrowserSecret>,
    ) -> Result<NewSession, SignInError> {
        let account = self.verify(name, password).await?;
        self.begin(account, replaces).await
    }

    /// The account with a name, if the password is right, whatever its state.
    async fn verify(&self, name: &str, password: &str) -> Result<AccountRow, SignInError> {
        let name = name.parse::<SignInName>().ok();
        // A text that is no name is counted like any other.
        let counted = name.as_ref().map_or("", SignInName::text);
        let slow_down = &self.0.slow_down;
        slow_down
            .begin(counted, self.0.clock.now())
            .map_err(SignInError::TooManyAttempts)?;
        let account = match &name {
            Some(name) => self.0.store.account(name.text()).await?,
            None => None,
        };
        let hash = account.as_ref().and_then(|own| own.password.as_deref());
        let matches = self.0.hasher.matches(password, hash).await?;
        let account = account.filter(|_| matches);
        let account = account.ok_or(SignInError::WrongNameOrPassword)?;
        slow_down.succeeded(counted);
        Ok(account)
    }

    /// Begins a session of somebody who has shown who they are.
    pub(crate) async fn begin(
        &self,
        account: AccountRow,
        replaces: Option<&BrowserSecret>,
    ) -> Result<NewSession, SignInError> {
        match account.state {
            AccountState::Active => {}
            AccountState::Pending => return Err(SignInError::Pending),
            AccountState::Disabled => return Err(SignInError::Disabled),
        }
        if !self.permits(&account) {
            return Err(SignInError::Demonstration);
        }
        let now = self.0.clock.now();
        self.remove_expired(now).await?;
        let secret = BrowserSecret::new()?;
        let start = SessionStart {
            digest: digest_of(&secret),
            account: account.clone(),
            now,
            replaces: replaces.map(digest_of),
        };
        let begun = self.0.store.begin(start).await?;
        self.0.cache.clear();
        if begun == ChangeResult::Stale {
            // Its password was changed, or it was disabled, since the password was compared.
            return Err(SignInError::WrongNameOrPassword);
        }
        let row = SessionRow {
            account,
            chosen: String::new(),
            created: now,
            used: now,
        };
        let session = self.as_session(&secret, &row, now);
        Ok(NewSession { secret, session })
    }

    /// The session of whoever has a secret; `None` if there is none, or no longer.
    ///
    /// # Errors
    /// The database does not respond.
    pub async fn session(&self, secret: &BrowserSecret) -> Result<Option<Session>, StoreError> {
        let now = self.0.clock.now();
        let digest = digest_of(secret);
        let row = match self.0.cache.get(&digest, now) {
            Ok(row) => row,
            Err(generation) => {
                let Some(mut row) = self.0.store.session(&digest).await? else {
                    return Ok(None);
                };
                if self.is_over(&row, now) {
                    self.0.store.end(&digest).await?;
                    return Ok(None);
                }
                if now.duration_since(row.used) >= NOTED {
                    self.0.store.note_use(&digest, now).await?;
                    row.used = now;
                }
                let row = Arc::new(row);
                self.0.cache.keep(generation, digest, &row, now);
                row
            }
        };
        let is_valid = !self.is_over(&row, now) && self.permits(&row.account);
        Ok(is_valid.then(|| self.as_session(secret, &row, now)))
    }

    /// Chooses one of the roles of a session, as [`role_text`] writes it.
    ///
    /// # Errors
    /// The session is over, or its person does not have the role today.
    pub async fn choose_role(
        &self,
        secret: &BrowserSecret,
        role: &str,
    ) -> Result<Session, AccountError> {
        let mut session = self.session(secret).await?.ok_or(AccountError::NoSession)?;
        let grant = Grant::from_text(role)?;
        let role = grant.to_string();
        let mut actors = session.actors.iter();
        let chosen = actors.position(|actor| role_text(actor) == role);
        session.chosen = Some(chosen.ok_or_else(|| AccountError::NoRole(role.clone()))?);
        self.0.store.choose(&digest_of(secret), &role).await?;
        self.0.cache.clear();
        Ok(session)
    }

    /// Ends a session. Nothing happens if it is over already.
    ///
    /// # Errors
    /// The database does not respond.
    pub async fn sign_out(&self, secret: &BrowserSecret) -> Result<(), StoreError> {
        let ended = self.0.store.end(&digest_of(secret)).await;
        self.0.cache.clear();
        ended
    }

    /// Changes the password of whoever has a session, and ends all of their sessions; returns a new one.
    ///
    /// # Errors
    /// The session is over, the old password is wrong, or the new one cannot be used.
    pub async fn change_password(
        &self,
        secret: &BrowserSecret,
        old: &str,
        new: Password,
    ) -> Result<NewSession, AccountError> {
        let session = self.session(secret).await?.ok_or(AccountError::NoSession)?;
        let name = &session.account().name;
        self.verify(name, old).await?;
        self.set_password(name, new).await?;
        let account = self.row(name).await?;
        Ok(self.begin(account, None).await?)
    }

    /// Removes expired sessions, now and then.
    async fn remove_expired(&self, now: Timestamp) -> Result<(), StoreError> {
        {
            let mut removed = self
                .0
                .removed
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            if now.duration_since(*removed).abs() < REMOVED {
                return Ok(());
            }
            *removed = now;
        }
        let before = |time: SignedDuration| now.saturating_sub(time).unwrap_or(now);
        let Inner { idle, absolute, .. } = &*self.0;
        let store = &self.0.store;
        store.end_expired(before(*idle), before(*absolute)).await
    }

    fn is_over(&self, row: &SessionRow, now: Timestamp) -> bool {
        now >= self.idle_until(row) || now >= self.until(row)
    }

    fn idle_until(&self, row: &SessionRow) -> Timestamp {
        row.used.saturating_add(self.0.idle).unwrap_or(row.used)
    }

    fn until(&self, row: &SessionRow) -> Timestamp {
        let until = row.created.saturating_add(self.0.absolute);
        until.unwrap_or(row.created)
    }

    fn permits(&self, account: &AccountRow) -> bool {
        !account.is_demonstration || self.0.permits_demonstration.load(Ordering::Relaxed)
    }

    fn as_session(&self, secret: &BrowserSecret, row: &SessionRow, now: Timestamp) -> Session {
        let account = Account::from(&row.account);
        let actors = account.actors_on(TimeZone::UTC.to_datetime(now).date());
        let mut each = actors.iter();
        let chosen = each.position(|actor| role_text(actor) == row.chosen);
        let first = (!actors.is_empty()).then_some(0);
        Session {
            secret: secret.clone(),
            chosen: chosen.or(first),
            account: Arc::new(account),
            actors,
            idle_until: self.idle_until(row),
            until: self.until(row),
            seen: now,
        }
    }
}

fn digest_of(secret: &BrowserSecret) -> SessionDigest {
    secret.digest(Purpose::Session)
}

/// Longer times than a clock can add are cut where times are added.
fn signed(time: Duration) -> SignedDuration {
    SignedDuration::try_from(time).unwrap_or(SignedDuration::MAX)
}

impl From<&AccountRow> for Account {
    fn from(row: &AccountRow) -> Account {
        Account {
            name: row.name.clone(),
            person: row.person.clone(),
            state: row.state,
            is_demonstration: row.is_demonstration,
            has_password: row.password.is_some(),
            identity: row.identity.clone(),
            mail: row.mail.clone(),
            grants: row.grants.clone(),
            created: row.created,
            signed_in: row.signed_in,
        }
    }
}

impl From<HashingFailed> for SignInError {
    fn from(_: HashingFailed) -> SignInError {
        SignInError::Internal
    }
}

impl From<HashingFailed> for AccountError {
    fn from(_: HashingFailed) -> AccountError {
        AccountError::Internal
    }
}

#[cfg(test)]
mod tests;
