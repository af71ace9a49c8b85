//! What a provider's claims say about somebody: who they are, and which roles they get here.

use super::{OpenIdError, OpenIdSettings};
use crate::account::{MAX_GRANTS, MAX_NAME_BYTES, checked_person};
use serde_json::Value;
use wcc_tokens::{Claims, Grant, find_claim};

/// Of a sign-in name that is made from a claim, this many bytes, so that a number fits after it.
const KEPT: usize = MAX_NAME_BYTES - 10;

/// Somebody as the provider describes them.
#[derive(Debug)]
pub(super) struct Described {
    pub(super) subject: String,
    pub(super) person: String,
    /// From which their sign-in name is made.
    pub(super) name: String,
    /// Their roles; `None` if administrators give them.
    pub(super) grants: Option<Vec<Grant>>,
}

impl Described {
    pub(super) fn from_claims(
        claims: &Claims,
        settings: &OpenIdSettings,
    ) -> Result<Described, OpenIdError> {
        let text = |name: &str| find_claim(claims, name).and_then(Value::as_str);
        let missing = || OpenIdError::Person(settings.person_claim.clone());
        let subject = text("sub").ok_or_else(missing)?;
        let person = text(&settings.person_claim).ok_or_else(missing)?;
        let person = checked_person(person).map_err(|_| missing())?;
        let name = text(&settings.account_claim).unwrap_or(subject);
        Ok(Described {
            subject: subject.to_owned(),
            person,
            name: sign_in_name(name),
            grants: (!settings.roles.is_empty()).then(|| grants(claims, settings)),
        })
    }
}

/// The roles that the texts of the claim give, and no other.
fn grants(claims: &Claims, settings: &OpenIdSettings) -> Vec<Grant> {
    let claim = find_claim(claims, &settings.role_claim);
    let gives = |text: &str| match claim {
        Some(Value::String(one)) => one == text,
        Some(Value::Array(many)) => many.iter().any(|one| one.as_str() == Some(text)),
        _ => false,
    };
    let mut grants: Vec<Grant> = Vec::new();
    for (_, grant) in settings.roles.iter().filter(|(text, _)| gives(text)) {
        if !grants.contains(grant) && grants.len() < MAX_GRANTS {
            grants.push(grant.clone());
        }
    }
    grants
}

/// A sign-in name like a text of the provider: other characters become hyphens.
fn sign_in_name(text: &str) -> String {
    let signs = text.chars().map(|sign| match sign.to_ascii_lowercase() {
        sign if sign.is_ascii_alphanumeric() || ".-_@+'".contains(sign) => sign,
        _ => '-',
    });
    let signs = signs.skip_while(|sign| !sign.is_ascii_alphanumeric());
    let name: String = signs.take(KEPT).collect();
    if name.is_empty() {
        "person".to_owned()
    } else {
        name
    }
}

#[cfg(test)]
mod tests {
    use super::sign_in_name;

    #[test]
    fn every_text_becomes_a_sign_in_name() {
        for (text, expected) in [
            ("Anna@pct.example", "anna@pct.example"),
            ("--anna", "anna"),
            ("Anna Müller", "anna-m-ller"),
            ("\u{202e}", "person"),
            ("", "person"),
        ] {
            assert_eq!(sign_in_name(text), expected, "{text:?}");
        }
        assert_eq!(sign_in_name(&"a".repeat(300)).len(), 90);
    }
}
