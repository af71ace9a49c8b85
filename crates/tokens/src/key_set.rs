//! The public keys of one issuer.

use crate::refusal::Refusal;
use crate::signature::Algorithm;
use jsonwebtoken::DecodingKey;
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyOperations, PublicKeyUse};
use serde_json::Value;

/// Maximum number of keys in a set.
const MAX_KEYS: usize = 128;

/// A public key, and what it may verify.
#[derive(Clone, Debug)]
pub(crate) struct PublicKey {
    /// Its identifier: `kid`.
    pub(crate) id: Option<String>,
    pub(crate) algorithms: Vec<Algorithm>,
    pub(crate) key: DecodingKey,
}

/// The public keys of one issuer.
#[derive(Clone, Debug, Default)]
pub(crate) struct KeySet(pub(crate) Vec<PublicKey>);

/// Why a text is not a set of keys.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum KeySetError {
    #[error("it is not a JSON Web Key Set: expected {{\"keys\": [...]}}")]
    Malformed,
    #[error("it has {0} keys: expected at most {MAX_KEYS}")]
    TooMany(usize),
    #[error("none of its keys can be used with the issuer's algorithms")]
    NoneUsable,
}

impl KeySet {
    /// Reads a JSON Web Key Set, and takes the keys that the algorithms of the issuer can use. Others are
    /// ignored, as RFC 7517 asks.
    pub(crate) fn from_json(bytes: &[u8], algorithms: &[Algorithm]) -> Result<KeySet, KeySetError> {
        let set: Value = serde_json::from_slice(bytes).map_err(|_| KeySetError::Malformed)?;
        let keys = set.get("keys").and_then(Value::as_array);
        let keys = keys.ok_or(KeySetError::Malformed)?;
        if keys.len() > MAX_KEYS {
            return Err(KeySetError::TooMany(keys.len()));
        }
        let keys = keys.iter().filter_map(|key| public_key(key, algorithms));
        let keys: Vec<PublicKey> = keys.collect();
        if keys.is_empty() {
            return Err(KeySetError::NoneUsable);
        }
        Ok(KeySet(keys))
    }

    /// The key that a header names. Without an identifier, the only key of the algorithm.
    pub(crate) fn find(&self, id: Option<&str>, algorithm: Algorithm) -> Option<&DecodingKey> {
        let usable = self
            .0
            .iter()
            .filter(|key| key.algorithms.contains(&algorithm));
        let mut named = usable.filter(|key| id.is_none() || key.id.as_deref() == id);
        let found = named.next()?;
        // Two keys of one name: which one signed cannot be told.
        named.next().is_none().then_some(&found.key)
    }

    /// The identifiers of its keys, for the log.
    pub(crate) fn names(&self) -> String {
        let names = self
            .0
            .iter()
            .map(|key| key.id.as_deref().unwrap_or("(without a name)"));
        let names: Vec<String> = names.map(Refusal::excerpt).collect();
        names.join(", ")
    }
}

fn public_key(json: &Value, pinned: &[Algorithm]) -> Option<PublicKey> {
    let key: Jwk = serde::Deserialize::deserialize(json).ok()?;
    let common = &key.common;
    let is_for_signatures = matches!(common.public_key_use, None | Some(PublicKeyUse::Signature));
    let operations = common.key_operations.as_ref();
    let may_verify = operations.is_none_or(|known| known.contains(&KeyOperations::Verify));
    if !is_for_signatures || !may_verify {
        return None;
    }
    let fits = |algorithm: &Algorithm| fits(&key, *algorithm);
    let algorithms: Vec<Algorithm> = pinned.iter().copied().filter(fits).collect();
    if algorithms.is_empty() {
        return None;
    }
    Some(PublicKey {
        id: common.key_id.clone(),
        algorithms,
        key: DecodingKey::from_jwk(&key).ok()?,
    })
}

/// Whether a key is of the kind that an algorithm needs, and is not meant for another one.
fn fits(key: &Jwk, algorithm: Algorithm) -> bool {
    let is_of_kind = match &key.algorithm {
        AlgorithmParameters::OctetKeyPair(pair) => {
            pair.curve == EllipticCurve::Ed25519 && algorithm == Algorithm::EdDsa
        }
        AlgorithmParameters::EllipticCurve(point) => match algorithm {
            Algorithm::Es256 => point.curve == EllipticCurve::P256,
            Algorithm::Es384 => point.curve == EllipticCurve::P384,
            _ => false,
        },
        AlgorithmParameters::RSA(_) => !matches!(
            algorithm,
            Algorithm::EdDsa | Algorithm::Es256 | Algorithm::Es384
        ),
        // A shared secret, or a kind that is not known.
        _ => false,
    };
    let meant_for = key.common.key_algorithm;
    is_of_kind && meant_for.is_none_or(|meant| meant.to_string() == algorithm.name())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(keys: Value, algorithms: &[Algorithm]) -> Result<KeySet, KeySetError> {
        KeySet::from_json(json!({ "keys": keys }).to_string().as_bytes(), algorithms)
    }

    fn ed25519(id: &str) -> Value {
        json!({ "kty": "OKP", "crv": "Ed25519", "kid": id, "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" })
    }

    #[test]
    fn only_keys_that_the_algorithms_can_use_are_taken() {
        let with = |name: &str, value: Value| {
            let mut key = ed25519("a");
            key[name] = value;
            key
        };
        for unusable in [
            json!({ "kty": "oct", "kid": "a", "k": "c2VjcmV0" }),
            json!({ "kty": "new", "kid": "a" }),
            json!({ "kty": "EC", "crv": "secp256k1", "kid": "a", "x": "AA", "y": "AA" }),
            json!(1),
            with("use", json!("enc")),
            with("key_ops", json!(["sign"])),
            with("alg", json!("ES256")),
            with("crv", json!("X25519")),
            with("x", json!("not base64!")),
        ] {
            let alone = read(json!([unusable]), &[Algorithm::EdDsa]);
            assert_eq!(alone.unwrap_err(), KeySetError::NoneUsable, "{unusable}");
            let beside = read(json!([unusable, ed25519("b")]), &[Algorithm::EdDsa]);
            assert_eq!(beside.unwrap().0.len(), 1, "{unusable}");
        }
        let other = read(json!([ed25519("a")]), &[Algorithm::Es256, Algorithm::Rs256]);
        assert_eq!(other.unwrap_err(), KeySetError::NoneUsable);
        for same in [
            with("use", json!("sig")),
            with("alg", json!("EdDSA")),
            with("key_ops", json!(["verify"])),
        ] {
            assert!(read(json!([same]), &[Algorithm::EdDsa]).is_ok(), "{same}");
        }
    }

    #[test]
    fn a_key_is_found_by_its_name_or_alone() {
        let find = |keys: Value, id: Option<&str>| {
            let set = read(keys, &[Algorithm::EdDsa]).unwrap();
            set.find(id, Algorithm::EdDsa).is_some()
        };
        let two = json!([ed25519("a"), ed25519("b")]);
        assert!(find(two.clone(), Some("a")) && !find(two.clone(), Some("c")) && !find(two, None));
        assert!(find(json!([ed25519("a")]), None));
        assert!(
            !find(json!([ed25519("a"), ed25519("a")]), Some("a")),
            "ambiguous"
        );
    }

    #[test]
    fn other_texts_are_refused() {
        for text in ["", "[]", "{}", "{\"keys\": {}}", "null", "\u{0}"] {
            let refused = KeySet::from_json(text.as_bytes(), &Algorithm::ALL).unwrap_err();
            assert_eq!(refused, KeySetError::Malformed, "{text}");
        }
        let many = vec![ed25519("a"); MAX_KEYS + 1];
        assert_eq!(
            read(json!(many), &Algorithm::ALL).unwrap_err(),
            KeySetError::TooMany(MAX_KEYS + 1)
        );
    }
}
