//! Bearer tokens of people: JSON Web Tokens that name a person and the roles in which they act.
//!
//! - [`TokenVerifier`]: who holds a token, or why it is refused.
//! - [`Register`]: the server's own keys and the tokens that were signed with them, in its data
//!   folder. `wcc token` writes there; a running server notices.
//! - [`IssuerSettings`]: others whose tokens are accepted, with the keys that they publish as a JSON
//!   Web Key Set (RFC 7517).
//! - [`IdTokenVerifier`]: what such an issuer says about somebody who has just signed in there.
//!
//! Algorithms are asymmetric only, and pinned for each issuer before a token is looked at: what the
//! token says about its algorithm or its key is compared, never followed. The best current practices of
//! RFC 8725 apply. A token is never logged, and no error contains it.

mod claims;
mod grant;
pub mod http;
mod id_token;
mod issuer;
mod key_fetch;
mod key_set;
mod new_token;
mod published_keys;
mod refusal;
mod register;
mod register_file;
mod signature;
mod verifier;

pub use claims::{ClaimNames, Claims, find_claim};
pub use grant::{Grant, GrantError};
pub use id_token::{IdTokenSettings, IdTokenVerifier};
pub use issuer::{
    IssuerError, IssuerSettings, KeyLocation, LOCAL_ISSUER, is_this_machine, protected_url,
};
pub use new_token::{NewToken, NewTokenError, TOKEN_DAYS};
pub use refusal::Refusal;
pub use register::{IssuedToken, Register, RegisterError, SigningKey, TokenState};
pub use signature::Algorithm;
pub use verifier::{TokenSettings, TokenVerifier};
