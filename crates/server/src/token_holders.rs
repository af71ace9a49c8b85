//! Who holds a token: the operator, or a person whose token is verified.

use crate::token::Token;
use std::path::Path;
use std::sync::Arc;
use wcc_api::{Holder, TokenError, TokenHolders};
use wcc_core::Actor;
use wcc_ledger::Clock;
use wcc_tokens::{Refusal, Register, RegisterError, TokenVerifier};

/// The author of entries made with the operator's token.
const OPERATOR: &str = "operator";

/// The operator's token, and everybody else's.
pub(crate) struct ServerTokens {
    operator: Option<Token>,
    people: Arc<TokenVerifier>,
    clock: Arc<dyn Clock>,
}

impl ServerTokens {
    /// Opens the register of issued tokens in a data folder, or makes one. If it cannot be made, logs the
    /// reason and does without.
    ///
    /// # Errors
    /// There is a register that cannot be used.
    pub(crate) fn open(
        operator: Option<Token>,
        data: &Path,
        clock: Arc<dyn Clock>,
    ) -> Result<ServerTokens, RegisterError> {
        let has_register = match Register::open_or_create(data, clock.now()) {
            Ok(_) => true,
            Err(error) if Register::path(data).exists() => return Err(error),
            Err(error) => {
                tracing::warn!(
                    "the register of issued tokens cannot be created: {error}; this server accepts no \
                     tokens of its own"
                );
                false
            }
        };
        let people = Arc::new(TokenVerifier::new(has_register.then_some(data)));
        Ok(ServerTokens {
            operator,
            people,
            clock,
        })
    }

    /// Verifies the tokens of people.
    pub(crate) fn people(&self) -> &Arc<TokenVerifier> {
        &self.people
    }
}

impl TokenHolders for ServerTokens {
    fn has_tokens(&self) -> bool {
        self.operator.is_some() || self.people.accepts_tokens()
    }

    fn holder<'t>(&'t self, token: &'t str) -> Holder<'t> {
        Box::pin(async move {
            if self
                .operator
                .as_ref()
                .is_some_and(|operator| operator.matches(token))
            {
                return Ok(vec![Actor::operator(OPERATOR)]);
            }
            let verified = self.people.verify(token, self.clock.now()).await;
            verified.map_err(|refusal| {
                tracing::info!("a bearer token was refused: {refusal}");
                token_error(&refusal)
            })
        })
    }
}

/// What the sender of a refused token may know.
fn token_error(refusal: &Refusal) -> TokenError {
    match refusal {
        Refusal::Expired => TokenError::Expired,
        Refusal::NotYetValid => TokenError::NotYetValid,
        Refusal::Revoked => TokenError::Revoked,
        Refusal::Audience(_) | Refusal::Claim { .. } | Refusal::Role(_) => TokenError::Unsuitable,
        Refusal::Malformed(_)
        | Refusal::Issuer(_)
        | Refusal::Algorithm { .. }
        | Refusal::Key { .. }
        | Refusal::Signature(_)
        | Refusal::RegisterUnreadable => TokenError::Unknown,
    }
}
