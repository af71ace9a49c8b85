//! The answer of a provider: from the code to the session.

use super::claims::Described;
use super::provider::{Provider, ProviderError};
use super::{OpenId, OpenIdError, OpenIdSignIn, PATIENCE, nonce, verifier};
use crate::account::{AccountState, person_key};
use crate::accounts::Accounts;
use crate::error::AccountError;
use crate::secret::{BrowserSecret, Purpose};
use crate::store::{AccountRow, ChangeResult};
use data_encoding::BASE64;
use serde::Deserialize;
use url::form_urlencoded;
use wcc_tokens::http;
use wcc_tokens::{Claims, Refusal};

/// Maximum size of an answer's parameters, in bytes.
const MAX_QUERY_BYTES: usize = 8 << 10;
/// How many sign-in names are tried for somebody new.
const NAMES: u32 = 100;

/// The parameters of an answer.
#[derive(Debug, Default, PartialEq, Eq)]
struct Answer {
    code: Option<String>,
    state: Option<String>,
    iss: Option<String>,
    error: Option<String>,
}

/// What the token endpoint answers; other members are ignored.
#[derive(Deserialize)]
struct Tokens {
    id_token: String,
    access_token: Option<String>,
}

impl Answer {
    /// Reads a query. What comes twice is malformed, because two readers could take another one.
    fn from_query(query: &str) -> Result<Answer, OpenIdError> {
        if query.len() > MAX_QUERY_BYTES {
            return Err(OpenIdError::Malformed);
        }
        let mut answer = Answer::default();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            let place = match &*name {
                "code" => &mut answer.code,
                "state" => &mut answer.state,
                "iss" => &mut answer.iss,
                "error" => &mut answer.error,
                _ => continue,
            };
            if place.replace(value.into_owned()).is_some() {
                return Err(OpenIdError::Malformed);
            }
        }
        Ok(answer)
    }
}

impl Accounts {
    /// Completes a sign-in with the provider. `query` is that of the address to which it sent the browser,
    /// `browser` the secret of [`Accounts::begin_openid`], `replaces` the session that the browser had
    /// before, which ends. Somebody who has never signed in gets an account that waits for approval.
    ///
    /// # Errors
    /// They are not signed in.
    pub async fn finish_openid(
        &self,
        query: &str,
        browser: Option<&BrowserSecret>,
        replaces: Option<&BrowserSecret>,
    ) -> Result<OpenIdSignIn, OpenIdError> {
        let openid = self.openid()?;
        let now = self.clock().now();
        let answer = Answer::from_query(query)?;
        let state = answer.state.as_deref().and_then(BrowserSecret::parse);
        let state = state.ok_or(OpenIdError::Malformed)?;
        let key = state.digest(Purpose::SignInState);
        // Removed whatever comes next: no answer is looked at twice.
        let pending = self.store().take_sign_in(&key).await?;
        let pending = pending.ok_or(OpenIdError::Over)?;
        let browser = browser.ok_or(OpenIdError::OtherBrowser)?;
        if pending.browser != browser.digest(Purpose::SignInBrowser) {
            return Err(OpenIdError::OtherBrowser);
        }
        if now.duration_since(pending.created).abs() >= PATIENCE {
            return Err(OpenIdError::Over);
        }
        let provider = openid.providers.current(&openid.settings, now).await?;
        let issuer = openid.settings.issuer.as_str();
        let is_of_issuer = match &answer.iss {
            Some(named) => named.trim_end_matches('/') == issuer.trim_end_matches('/'),
            None => !provider.names_itself,
        };
        if !is_of_issuer {
            return Err(OpenIdError::Malformed);
        }
        if let Some(error) = answer.error {
            return Err(OpenIdError::Refused(excerpt(&error)));
        }
        let code = answer.code.ok_or(OpenIdError::Malformed)?;
        let tokens = openid.exchange(&provider, code, verifier(browser, &state));
        let tokens = tokens.await.map_err(|error| unavailable(openid, &error))?;
        let nonce = nonce(browser, &state);
        let verified = provider.verifier.verify(&tokens.id_token, &nonce, now);
        let mut claims = verified.await.map_err(refused)?;
        openid.add_userinfo(&provider, &tokens, &mut claims).await?;
        let described = Described::from_claims(&claims, &openid.settings)?;
        let account = self.described(issuer, described).await?;
        Ok(OpenIdSignIn {
            new: self.begin(account, replaces).await?,
            return_to: pending.return_to,
        })
    }

    /// The account of somebody whom the provider describes, with the roles that it gives them.
    async fn described(
        &self,
        issuer: &str,
        described: Described,
    ) -> Result<AccountRow, OpenIdError> {
        let identity = (issuer.to_owned(), described.subject.clone());
        let known = self.store().identified(&identity).await?;
        let row = match known {
            Some(row) => row,
            None => self.add_described(identity, &described).await?,
        };
        let Some(grants) = described.grants.filter(|grants| *grants != row.grants) else {
            return Ok(row);
        };
        self.set_grants(&row.name, &grants).await?;
        Ok(self.row(&row.name).await?)
    }

    /// Makes an account that waits for approval. Names that belong to others are never shared: people may
    /// choose those that their provider tells.
    async fn add_described(
        &self,
        identity: (String, String),
        described: &Described,
    ) -> Result<AccountRow, OpenIdError> {
        for number in 1..=NAMES {
            let name = match number {
                1 => described.name.clone(),
                number => format!("{}-{number}", described.name),
            };
            if self.store().account(&name).await?.is_some() {
                continue;
            }
            for person in [
                described.person.clone(),
                with_name(&described.person, &name),
            ] {
                let row = AccountRow {
                    name: name.clone(),
                    person_key: person_key(&person),
                    person,
                    identity: Some(identity.clone()),
                    password: None,
                    state: AccountState::Pending,
                    is_demonstration: false,
                    mail: None,
                    grants: described.grants.clone().unwrap_or_default(),
                    revision: 0,
                    epoch: 0,
                    created: self.clock().now(),
                    signed_in: None,
                };
                if self.store().add(&row).await? == ChangeResult::Done {
                    return Ok(row);
                }
                // The same person may have signed in with another browser at the same time.
                if let Some(row) = self.store().identified(&identity).await? {
                    return Ok(row);
                }
            }
        }
        Err(AccountError::PersonTaken(described.person.clone()).into())
    }
}

impl OpenId {
    /// Exchanges a code for tokens.
    async fn exchange(
        &self,
        provider: &Provider,
        code: String,
        verifier: String,
    ) -> Result<Tokens, ProviderError> {
        let (client, secret) = (self.settings.client.clone(), self.settings.secret.clone());
        let redirect = self.redirect.to_string();
        let url = provider.token_endpoint.clone();
        let in_form = provider.takes_secret_in_form;
        let ask = move || {
            let mut form = vec![
                ("grant_type", "authorization_code"),
                ("code", &code),
                ("redirect_uri", &redirect),
                ("code_verifier", &verifier),
            ];
            let mut authorization = None;
            match secret.as_deref() {
                Some(secret) if !in_form => authorization = Some(basic(&client, secret)),
                Some(secret) => form.extend([("client_id", &*client), ("client_secret", secret)]),
                None => form.push(("client_id", &client)),
            }
            http::post_form(&url, &form, authorization.as_deref())
        };
        let answer = self.providers.ask(ask).await?;
        Ok(serde_json::from_slice(&answer)?)
    }

    /// Adds the claims that the UserInfo endpoint tells, if the settings ask for them. None of the ID
    /// token's is replaced.
    async fn add_userinfo(
        &self,
        provider: &Provider,
        tokens: &Tokens,
        claims: &mut Claims,
    ) -> Result<(), OpenIdError> {
        if !self.settings.asks_userinfo {
            return Ok(());
        }
        let endpoint = provider.userinfo_endpoint.clone();
        let token = tokens.access_token.as_deref();
        let (Some(url), Some(token)) = (endpoint, token) else {
            tracing::warn!(
                "the OpenID provider has no UserInfo endpoint, or gives no access token"
            );
            return Err(OpenIdError::Unavailable);
        };
        let authorization = format!("Bearer {token}");
        let asked = self
            .providers
            .ask(move || http::get(&url, Some(&authorization)));
        let told = asked.await.map_err(|error| unavailable(self, &error))?;
        let told: Claims = serde_json::from_slice(&told)
            .map_err(|error| unavailable(self, &ProviderError::Json(error)))?;
        // Otherwise somebody's token could be exchanged for somebody else's (OpenID Connect Core, 5.3.2).
        if told.get("sub") != claims.get("sub") {
            return Err(refused(Refusal::Claim {
                issuer: self.settings.issuer.to_string(),
                claim: "sub".to_owned(),
                problem: "is another in the ID token and in UserInfo",
            }));
        }
        for (name, value) in told {
            claims.entry(name).or_insert(value);
        }
        Ok(())
    }
}

fn unavailable(openid: &OpenId, error: &ProviderError) -> OpenIdError {
    let issuer = &openid.settings.issuer;
    tracing::warn!("the OpenID provider {issuer} completed no sign-in: {error}");
    OpenIdError::Unavailable
}

fn refused(refusal: Refusal) -> OpenIdError {
    tracing::warn!("an ID token was refused: {refusal}");
    OpenIdError::Token(refusal)
}

/// Name and secret of a client, as HTTP's basic authentication has them (RFC 6749, 2.3.1).
fn basic(client: &str, secret: &str) -> String {
    let encode = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let pair = format!("{}:{}", encode(client), encode(secret));
    format!("Basic {}", BASE64.encode(pair.as_bytes()))
}

/// A person whose name another account has, with the sign-in name that tells them apart.
fn with_name(person: &str, name: &str) -> String {
    let room = wcc_core::Actor::MAX_BYTES.saturating_sub(name.len() + 3);
    let mut end = room.min(person.len());
    while !person.is_char_boundary(end) {
        end -= 1;
    }
    format!("{} ({name})", person.get(..end).unwrap_or_default())
}

/// A code of an error, which anybody could have made up.
fn excerpt(text: &str) -> String {
    let plain = text.chars().filter(|sign| sign.is_ascii_graphic());
    plain.take(40).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::expect_used, reason = "tests may panic")]

    use super::*;

    #[test]
    fn an_answer_names_nothing_twice() {
        let answer = Answer::from_query("code=a%20b&state=s&iss=i&session_state=x");
        let answer = answer.expect("an answer");
        assert_eq!(answer.code.as_deref(), Some("a b"));
        assert_eq!(answer.iss.as_deref(), Some("i"));
        let long = format!("code={}", "a".repeat(MAX_QUERY_BYTES));
        for query in ["code=a&code=b", "state=a&state=a", &long] {
            assert!(Answer::from_query(query).is_err(), "{query:.20}");
        }
    }

    #[test]
    fn a_client_is_named_as_forms_are_encoded() {
        // "a+b%3Ac:d%26" in base 64.
        assert_eq!(basic("a b:c", "d&"), "Basic YStiJTNBYzpkJTI2");
    }

    #[test]
    fn a_person_is_told_apart_by_their_sign_in_name() {
        assert_eq!(with_name("A. Person", "anna-2"), "A. Person (anna-2)");
        let long = "é".repeat(100);
        assert!(with_name(&long, "anna-2").len() <= wcc_core::Actor::MAX_BYTES);
    }
}
