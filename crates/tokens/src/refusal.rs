//! Why a token is refused.

/// Why a token is refused, for the server's log. No text of the token that a client could have made
/// up is repeated without a limit, and never the token itself.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It is not a JSON Web Token that this program reads.
    #[error("it is malformed: {0}")]
    Malformed(&'static str),
    /// No issuer of the settings has its `iss`.
    #[error("its issuer `{0}` is not in the settings")]
    Issuer(String),
    /// Its algorithm is not one of its issuer's.
    #[error("its algorithm {found} is not one of those of the issuer `{issuer}`")]
    Algorithm {
        /// The issuer.
        issuer: String,
        /// The algorithm that its header names.
        found: String,
    },
    /// Its issuer has no such key, or no longer.
    #[error("the issuer `{issuer}` has no key `{key}` for its algorithm")]
    Key {
        /// The issuer.
        issuer: String,
        /// The identifier of the key that its header names; empty if it names none.
        key: String,
    },
    /// The signature was not made with the key.
    #[error("its signature does not match the key of the issuer `{0}`")]
    Signature(String),
    /// It was issued for somebody else's service.
    #[error("its audience is not this server's; the issuer is `{0}`")]
    Audience(String),
    /// A claim is missing or malformed.
    #[error("its claim `{claim}` {problem}; the issuer is `{issuer}`")]
    Claim {
        /// The issuer.
        issuer: String,
        /// The name of the claim.
        claim: String,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// None of its roles may be given by its issuer.
    #[error("it gives none of the roles that the issuer `{0}` may give")]
    Role(String),
    /// Its time is over.
    #[error("it has expired")]
    Expired,
    /// Its time has not come.
    #[error("it is not valid yet")]
    NotYetValid,
    /// It was withdrawn by `wcc token revoke`, or is not in the register of issued tokens.
    #[error("it is revoked or not in the register of issued tokens")]
    Revoked,
    /// The register of issued tokens cannot be read.
    #[error("the register of issued tokens cannot be read")]
    RegisterUnreadable,
}

impl Refusal {
    /// A text of a client, short enough for a log.
    pub(crate) fn excerpt(text: &str) -> String {
        /// Longer identifiers are cut.
        const MOST: usize = 80;
        let cut: String = text.chars().take(MOST).collect();
        let more = if cut.len() < text.len() { "..." } else { "" };
        format!("{}{more}", cut.escape_debug())
    }
}
