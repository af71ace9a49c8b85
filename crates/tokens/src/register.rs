//! The register: the server's own keys, and the tokens that were signed with them.
//!
//! It is a folder in the server's data, which only its owner may enter:
//!
//! | file | contents |
//! |---|---|
//! | `register.json` | the public keys and the issued tokens by identifier, never the tokens themselves |
//! | `KEY.private` | a private key (PKCS #8), needed only to issue tokens |
//! | `register.lock` | locked by whoever changes the register |
//!
//! A token is accepted only if the register has it, so a lost register revokes every token rather than
//! none.

use crate::claims::MAX_GRANTS;
use crate::grant::Grant;
use crate::issuer::LOCAL_ISSUER;
use crate::new_token::NewToken;
use crate::register_file::{self as files, FileError};
use crate::signature;
use crate::verifier::MAX_BYTES;
use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use jiff::Timestamp;
use jsonwebtoken::{EncodingKey, Header};
use ring::signature::{Ed25519KeyPair, KeyPair};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::path::{Path, PathBuf};

/// Name of the folder in the server's data.
const FOLDER: &str = "tokens";
/// The format of `register.json`.
const FORMAT: u32 = 1;
/// Number of random bytes in an identifier.
const ID_BYTES: usize = 8;

/// Why the register cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum RegisterError {
    /// A file cannot be read or written.
    #[error(transparent)]
    File(#[from] FileError),
    /// The register is malformed.
    #[error("{} is not a register of tokens: {reason}; restore it from a backup, or remove the folder to revoke \
             every token and start with a new key", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// The private key of the current key is lost.
    #[error("the private key {} is missing or damaged; run `wcc token key rotate` to make a new key", path.display())]
    PrivateKey {
        /// The file.
        path: PathBuf,
    },
    /// A token could not be signed.
    #[error("the token cannot be signed: {0}")]
    Signing(String),
    /// No server would accept the token.
    #[error(
        "the token would give more than {MAX_GRANTS} roles or be larger than 8,192 bytes, and no server would accept it"
    )]
    TooLarge,
    /// The system gave no random bytes.
    #[error("the system gives no random numbers")]
    Random,
    /// There is no such token.
    #[error("there is no token `{id}`{}", nearest.as_ref().map_or(String::new(), |near| format!("; did you mean `{near}`?")))]
    Unknown {
        /// The identifier that was given.
        id: String,
        /// The nearest identifier.
        nearest: Option<String>,
    },
}

/// A key with which the server signs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SigningKey {
    /// Its identifier: `kid` in tokens.
    pub id: String,
    /// The public key (Ed25519), in base64url.
    pub(crate) public: String,
    /// When it was made.
    pub created: Timestamp,
    /// When tokens signed with it stop being valid; `None` for the key that signs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
}

impl SigningKey {
    /// The public key as bytes; empty if it is malformed, which matches no signature.
    pub(crate) fn public_bytes(&self) -> Vec<u8> {
        BASE64URL_NOPAD
            .decode(self.public.as_bytes())
            .unwrap_or_default()
    }
}

/// A token that was issued, without the token itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IssuedToken {
    /// Its identifier.
    pub id: String,
    /// Who holds it.
    pub person: String,
    /// The roles that it gives.
    pub grants: Vec<Grant>,
    /// When it was issued.
    pub issued: Timestamp,
    /// Start of its validity.
    pub from: Timestamp,
    /// When it expires.
    pub until: Timestamp,
    /// Identifier of the key that signed it.
    pub key: String,
    /// When it was revoked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked: Option<Timestamp>,
}

/// Whether an issued token is accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenState {
    /// It is accepted.
    Valid,
    /// Not yet.
    NotYet,
    /// No longer: it, or the key that signed it, has expired.
    Expired,
    /// No longer: it was revoked.
    Revoked,
}

/// The contents of the register.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Contents {
    format: u32,
    keys: Vec<SigningKey>,
    tokens: Vec<IssuedToken>,
}

/// The register as it was when it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Register {
    folder: PathBuf,
    contents: Contents,
}

impl Register {
    /// Reads the register of a server's data folder. If there is none, makes one with a key.
    ///
    /// # Errors
    /// It cannot be read or made, other users can read it, or it is malformed.
    pub fn open_or_create(data: &Path, now: Timestamp) -> Result<Register, RegisterError> {
        let folder = data.join(FOLDER);
        if let Some(register) = Register::read(&folder)? {
            return Ok(register);
        }
        Register::change(data, |register| {
            if register.contents.keys.is_empty() {
                register.add_key(now)?;
            }
            Ok(())
        })?;
        Register::read(&folder)?.ok_or_else(|| RegisterError::Malformed {
            path: path_in(&folder),
            reason: "it is gone again".to_owned(),
        })
    }

    /// The path of the register's file in a server's data folder.
    pub fn path(data: &Path) -> PathBuf {
        path_in(&data.join(FOLDER))
    }

    /// Reads the register in its folder; `None` if there is none.
    pub(crate) fn read(folder: &Path) -> Result<Option<Register>, RegisterError> {
        let path = path_in(folder);
        let Some(bytes) = files::read(&path)? else {
            return Ok(None);
        };
        let malformed = |reason: String| RegisterError::Malformed {
            path: path.clone(),
            reason,
        };
        let contents: Contents =
            serde_json::from_slice(&bytes).map_err(|error| malformed(error.to_string()))?;
        if contents.format != FORMAT {
            let found = contents.format;
            return Err(malformed(format!(
                "it is in format {found}: expected {FORMAT}"
            )));
        }
        Ok(Some(Register {
            folder: folder.to_path_buf(),
            contents,
        }))
    }

    /// Changes the register while nobody else does.
    fn change<T>(
        data: &Path,
        change: impl FnOnce(&mut Register) -> Result<T, RegisterError>,
    ) -> Result<T, RegisterError> {
        let folder = data.join(FOLDER);
        files::create_folder(&folder)?;
        let _lock = files::lock(&folder.join("register.lock"))?;
        let mut register = Register::read(&folder)?.unwrap_or_else(|| Register {
            folder,
            contents: Contents {
                format: FORMAT,
                ..Contents::default()
            },
        });
        let before = register.contents.clone();
        let result = change(&mut register)?;
        if register.contents != before {
            let mut text = serde_json::to_string_pretty(&register.contents)
                .map_err(|error| RegisterError::Signing(error.to_string()))?;
            text.push('\n');
            files::replace(&path_in(&register.folder), text.as_bytes())?;
        }
        Ok(result)
    }

    /// Issues a token: enters it in the register of a server's data folder, and returns it with its
    /// entry. The token is not kept anywhere.
    ///
    /// # Errors
    /// The register cannot be read or written, or the private key is lost.
    pub fn issue(
        data: &Path,
        token: NewToken,
        now: Timestamp,
    ) -> Result<(String, IssuedToken), RegisterError> {
        Register::change(data, |register| {
            let key = match register.signing_key().cloned() {
                Some(key) => key,
                None => register.add_key(now)?,
            };
            let NewToken {
                person,
                grants,
                from,
                until,
            } = token;
            let issued = IssuedToken {
                id: random_id()?,
                person,
                grants,
                issued: now,
                from,
                until,
                key: key.id.clone(),
                revoked: None,
            };
            let text = register.sign(&issued, &key)?;
            if issued.grants.len() > MAX_GRANTS || text.len() > MAX_BYTES {
                return Err(RegisterError::TooLarge);
            }
            register.contents.tokens.push(issued.clone());
            Ok((text, issued))
        })
    }

    fn sign(&self, issued: &IssuedToken, key: &SigningKey) -> Result<String, RegisterError> {
        signature::install();
        let path = self.private_key(&key.id);
        let lost = || RegisterError::PrivateKey { path: path.clone() };
        let private = files::read(&path)?.ok_or_else(lost)?;
        let pair = Ed25519KeyPair::from_pkcs8(&private).map_err(|_| lost())?;
        if pair.public_key().as_ref() != key.public_bytes() {
            return Err(lost());
        }
        let claims = json!({
            "iss": LOCAL_ISSUER,
            "aud": LOCAL_ISSUER,
            "sub": issued.person,
            "jti": issued.id,
            "iat": issued.issued.as_second(),
            "nbf": issued.from.as_second(),
            "exp": issued.until.as_second(),
            "grants": issued.grants,
        });
        let mut header = Header::new(jsonwebtoken::Algorithm::EdDSA);
        header.kid = Some(key.id.clone());
        jsonwebtoken::encode(&header, &claims, &EncodingKey::from_ed_der(&private))
            .map_err(|error| RegisterError::Signing(error.to_string()))
    }

    /// Revokes the tokens that `picks` picks, and returns those that were not revoked before. A running
    /// server refuses them from its next request on.
    ///
    /// # Errors
    /// The register cannot be read or written.
    pub fn revoke(
        data: &Path,
        picks: impl Fn(&IssuedToken) -> bool,
        now: Timestamp,
    ) -> Result<Vec<IssuedToken>, RegisterError> {
        Register::change(data, |register| {
            let tokens = register.contents.tokens.iter_mut();
            let picked = tokens.filter(|token| token.revoked.is_none() && picks(token));
            let revoked = picked.map(|token| {
                token.revoked = Some(now);
                token.clone()
            });
            Ok(revoked.collect())
        })
    }

    /// Makes a new key, which signs from now on. Tokens of the earlier keys stay valid until `until` at
    /// most. Returns the new key.
    ///
    /// # Errors
    /// The register cannot be read or written.
    pub fn rotate_key(
        data: &Path,
        until: Timestamp,
        now: Timestamp,
    ) -> Result<SigningKey, RegisterError> {
        Register::change(data, |register| {
            for key in &mut register.contents.keys {
                key.until = Some(key.until.map_or(until, |before| before.min(until)));
            }
            register.add_key(now)
        })
    }

    fn add_key(&mut self, now: Timestamp) -> Result<SigningKey, RegisterError> {
        let random = ring::rand::SystemRandom::new();
        let private = Ed25519KeyPair::generate_pkcs8(&random).map_err(|_| RegisterError::Random)?;
        let pair =
            Ed25519KeyPair::from_pkcs8(private.as_ref()).map_err(|_| RegisterError::Random)?;
        let key = SigningKey {
            id: random_id()?,
            public: BASE64URL_NOPAD.encode(pair.public_key().as_ref()),
            created: now,
            until: None,
        };
        files::replace(&self.private_key(&key.id), private.as_ref())?;
        self.contents.keys.push(key.clone());
        Ok(key)
    }

    fn private_key(&self, id: &str) -> PathBuf {
        self.folder.join(format!("{id}.private"))
    }

    /// Every key, oldest first.
    pub fn keys(&self) -> &[SigningKey] {
        &self.contents.keys
    }

    /// The key that signs new tokens.
    pub fn signing_key(&self) -> Option<&SigningKey> {
        let mut newest = self.contents.keys.iter().rev();
        newest.find(|key| key.until.is_none())
    }

    /// A key that is still valid.
    pub(crate) fn valid_key(&self, id: &str, now: Timestamp) -> Option<&SigningKey> {
        let key = self.contents.keys.iter().find(|key| key.id == id)?;
        key.until.is_none_or(|until| now < until).then_some(key)
    }

    /// Every issued token, oldest first.
    pub fn tokens(&self) -> &[IssuedToken] {
        &self.contents.tokens
    }

    /// The issued token of an identifier, or of its first digits if they are those of one alone.
    ///
    /// # Errors
    /// There is none, or more than one; `nearest` finds the nearest of some words.
    pub fn find<'r>(
        &'r self,
        id: &str,
        nearest: impl FnOnce(&str, &mut dyn Iterator<Item = &'r str>) -> Option<&'r str>,
    ) -> Result<&'r IssuedToken, RegisterError> {
        /// Fewer digits are too easily somebody else's.
        const FEWEST: usize = 4;
        let tokens = &self.contents.tokens;
        let mut found = tokens
            .iter()
            .filter(|token| id.len() >= FEWEST && token.id.starts_with(id));
        if let (Some(token), None) = (found.next(), found.next()) {
            return Ok(token);
        }
        let nearest = nearest(id, &mut tokens.iter().map(|token| token.id.as_str()));
        Err(RegisterError::Unknown {
            id: id.to_owned(),
            nearest: nearest.map(str::to_owned),
        })
    }

    /// Whether an issued token is accepted at a time.
    pub fn state(&self, token: &IssuedToken, now: Timestamp) -> TokenState {
        if token.revoked.is_some() {
            TokenState::Revoked
        } else if token.until <= now || self.valid_key(&token.key, now).is_none() {
            TokenState::Expired
        } else if now < token.from {
            TokenState::NotYet
        } else {
            TokenState::Valid
        }
    }
}

fn path_in(folder: &Path) -> PathBuf {
    folder.join("register.json")
}

fn random_id() -> Result<String, RegisterError> {
    let mut bytes = [0; ID_BYTES];
    getrandom::fill(&mut bytes).map_err(|_| RegisterError::Random)?;
    Ok(HEXLOWER.encode(&bytes))
}
