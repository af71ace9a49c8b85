//! The keys of issuers, and the tokens that they sign.

#![allow(
    dead_code,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "test helpers may panic, and each file uses its own part of them"
)]

use data_encoding::BASE64URL_NOPAD;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair};
use serde_json::{Value, json};
use std::time::{SystemTime, UNIX_EPOCH};

/// Seconds since 1970.
pub(crate) fn now() -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    now.expect("after 1970").as_secs() as i64
}

/// Encodes bytes as tokens do.
pub(crate) fn encode(bytes: impl AsRef<[u8]>) -> String {
    BASE64URL_NOPAD.encode(bytes.as_ref())
}

/// A key pair of an issuer.
pub(crate) enum Key {
    Ed25519(String, Ed25519KeyPair),
    P256(String, EcdsaKeyPair),
}

impl Key {
    pub(crate) fn ed25519(id: &str) -> Key {
        let pair = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).expect("a key");
        Key::Ed25519(
            id.to_owned(),
            Ed25519KeyPair::from_pkcs8(pair.as_ref()).expect("a key"),
        )
    }

    pub(crate) fn p256(id: &str) -> Key {
        let (random, algorithm) = (SystemRandom::new(), &ECDSA_P256_SHA256_FIXED_SIGNING);
        let pair = EcdsaKeyPair::generate_pkcs8(algorithm, &random).expect("a key");
        let pair = EcdsaKeyPair::from_pkcs8(algorithm, pair.as_ref(), &random).expect("a key");
        Key::P256(id.to_owned(), pair)
    }

    fn id(&self) -> &str {
        match self {
            Key::Ed25519(id, _) | Key::P256(id, _) => id,
        }
    }

    fn algorithm(&self) -> &'static str {
        match self {
            Key::Ed25519(..) => "EdDSA",
            Key::P256(..) => "ES256",
        }
    }

    /// The public key as bytes.
    pub(crate) fn public(&self) -> Vec<u8> {
        match self {
            Key::Ed25519(_, pair) => pair.public_key().as_ref().to_vec(),
            Key::P256(_, pair) => pair.public_key().as_ref().to_vec(),
        }
    }

    /// The public key as a JSON Web Key.
    pub(crate) fn jwk(&self) -> Value {
        let public = self.public();
        match self {
            Key::Ed25519(id, _) => {
                json!({ "kty": "OKP", "crv": "Ed25519", "kid": id, "use": "sig", "x": encode(public) })
            }
            Key::P256(id, _) => {
                let (x, y) = (encode(&public[1..33]), encode(&public[33..]));
                json!({ "kty": "EC", "crv": "P-256", "kid": id, "alg": "ES256", "x": x, "y": y })
            }
        }
    }

    /// The header of its tokens.
    pub(crate) fn header(&self) -> Value {
        json!({ "alg": self.algorithm(), "typ": "JWT", "kid": self.id() })
    }

    /// A signed token.
    pub(crate) fn token(&self, claims: &Value) -> String {
        self.token_with(&self.header(), claims)
    }

    /// A signed token with another header.
    pub(crate) fn token_with(&self, header: &Value, claims: &Value) -> String {
        let message = format!(
            "{}.{}",
            encode(header.to_string()),
            encode(claims.to_string())
        );
        let signature = match self {
            Key::Ed25519(_, pair) => pair.sign(message.as_bytes()).as_ref().to_vec(),
            Key::P256(_, pair) => {
                let signature = pair.sign(&SystemRandom::new(), message.as_bytes());
                signature.expect("a signature").as_ref().to_vec()
            }
        };
        format!("{message}.{}", encode(signature))
    }
}

/// A token that is signed with a shared secret.
pub(crate) fn symmetric(secret: &[u8], id: &str, claims: &Value) -> String {
    let header = json!({ "alg": "HS256", "typ": "JWT", "kid": id });
    let message = format!(
        "{}.{}",
        encode(header.to_string()),
        encode(claims.to_string())
    );
    let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, secret);
    let tag = ring::hmac::sign(&key, message.as_bytes());
    format!("{message}.{}", encode(tag.as_ref()))
}
