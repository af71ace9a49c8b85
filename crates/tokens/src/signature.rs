//! Signatures, made and verified by `ring`, the cryptography library that TLS uses already.

use jsonwebtoken::crypto::{CryptoProvider, JwtSigner, JwtVerifier, KeyUtils};
use jsonwebtoken::errors::{Error, ErrorKind};
use jsonwebtoken::{Algorithm as Named, DecodingKey, DecodingKeyKind, EncodingKey};
use ring::signature::{
    self as algorithms, Ed25519KeyPair, RsaPublicKeyComponents, UnparsedPublicKey,
};
use signature::{Signer, Verifier};

/// An algorithm that an issuer may sign with. All are asymmetric: whoever verifies cannot sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// Ed25519.
    EdDsa,
    /// ECDSA on P-256 with SHA-256.
    Es256,
    /// ECDSA on P-384 with SHA-384.
    Es384,
    /// RSA, PKCS #1 v1.5, with SHA-256; keys of 2,048 to 8,192 bits.
    Rs256,
    /// RSA, PKCS #1 v1.5, with SHA-384.
    Rs384,
    /// RSA, PKCS #1 v1.5, with SHA-512.
    Rs512,
    /// RSA, PSS, with SHA-256.
    Ps256,
    /// RSA, PSS, with SHA-384.
    Ps384,
    /// RSA, PSS, with SHA-512.
    Ps512,
}

impl Algorithm {
    /// Every algorithm.
    pub const ALL: [Algorithm; 9] = [
        Algorithm::EdDsa,
        Algorithm::Es256,
        Algorithm::Es384,
        Algorithm::Rs256,
        Algorithm::Rs384,
        Algorithm::Rs512,
        Algorithm::Ps256,
        Algorithm::Ps384,
        Algorithm::Ps512,
    ];

    /// Its name in RFC 7518 and RFC 8037.
    pub fn name(self) -> &'static str {
        match self {
            Algorithm::EdDsa => "EdDSA",
            Algorithm::Es256 => "ES256",
            Algorithm::Es384 => "ES384",
            Algorithm::Rs256 => "RS256",
            Algorithm::Rs384 => "RS384",
            Algorithm::Rs512 => "RS512",
            Algorithm::Ps256 => "PS256",
            Algorithm::Ps384 => "PS384",
            Algorithm::Ps512 => "PS512",
        }
    }

    /// The algorithm of a name.
    pub fn from_name(name: &str) -> Option<Algorithm> {
        Algorithm::ALL
            .into_iter()
            .find(|algorithm| algorithm.name() == name)
    }

    /// The algorithm that a header names; `None` for a symmetric one.
    pub(crate) fn from_header(named: Named) -> Option<Algorithm> {
        Algorithm::ALL
            .into_iter()
            .find(|algorithm| algorithm.in_header() == named)
    }

    /// As a header names it.
    pub(crate) fn in_header(self) -> Named {
        match self {
            Algorithm::EdDsa => Named::EdDSA,
            Algorithm::Es256 => Named::ES256,
            Algorithm::Es384 => Named::ES384,
            Algorithm::Rs256 => Named::RS256,
            Algorithm::Rs384 => Named::RS384,
            Algorithm::Rs512 => Named::RS512,
            Algorithm::Ps256 => Named::PS256,
            Algorithm::Ps384 => Named::PS384,
            Algorithm::Ps512 => Named::PS512,
        }
    }
}

static PROVIDER: CryptoProvider = CryptoProvider {
    signer_factory: signer,
    verifier_factory: verifier,
    // Needed only to derive JWKs from keys, which this program does not do.
    key_utils: KeyUtils::new_unimplemented(),
};

/// Makes `jsonwebtoken` use `ring`. Must be called before the first signature; may be called again.
pub(crate) fn install() {
    // An error says that it was installed before.
    let _ = PROVIDER.install_default();
}

fn signer(algorithm: &Named, key: &EncodingKey) -> Result<Box<dyn JwtSigner>, Error> {
    if *algorithm != Named::EdDSA {
        return Err(ErrorKind::UnsupportedAlgorithm.into());
    }
    let pair = Ed25519KeyPair::from_pkcs8(key.as_bytes());
    let pair = pair.map_err(|_| ErrorKind::InvalidKeyFormat)?;
    Ok(Box::new(Ed25519Signer(pair)))
}

struct Ed25519Signer(Ed25519KeyPair);

impl Signer<Vec<u8>> for Ed25519Signer {
    fn try_sign(&self, message: &[u8]) -> Result<Vec<u8>, signature::Error> {
        Ok(self.0.sign(message).as_ref().to_vec())
    }
}

impl JwtSigner for Ed25519Signer {
    fn algorithm(&self) -> Named {
        Named::EdDSA
    }
}

fn verifier(algorithm: &Named, key: &DecodingKey) -> Result<Box<dyn JwtVerifier>, Error> {
    let unsupported = || Error::from(ErrorKind::UnsupportedAlgorithm);
    let algorithm = Algorithm::from_header(*algorithm).ok_or_else(unsupported)?;
    if algorithm.in_header().family() != key.family() {
        return Err(ErrorKind::InvalidKeyFormat.into());
    }
    Ok(Box::new(PublicKeyVerifier {
        algorithm,
        key: key.clone(),
    }))
}

struct PublicKeyVerifier {
    algorithm: Algorithm,
    key: DecodingKey,
}

impl PublicKeyVerifier {
    fn matches(&self, message: &[u8], signature: &[u8]) -> bool {
        let parameters: &dyn algorithms::VerificationAlgorithm = match self.algorithm {
            Algorithm::EdDsa => &algorithms::ED25519,
            Algorithm::Es256 => &algorithms::ECDSA_P256_SHA256_FIXED,
            Algorithm::Es384 => &algorithms::ECDSA_P384_SHA384_FIXED,
            Algorithm::Rs256 => {
                return self.matches_rsa(
                    &algorithms::RSA_PKCS1_2048_8192_SHA256,
                    message,
                    signature,
                );
            }
            Algorithm::Rs384 => {
                return self.matches_rsa(
                    &algorithms::RSA_PKCS1_2048_8192_SHA384,
                    message,
                    signature,
                );
            }
            Algorithm::Rs512 => {
                return self.matches_rsa(
                    &algorithms::RSA_PKCS1_2048_8192_SHA512,
                    message,
                    signature,
                );
            }
            Algorithm::Ps256 => {
                return self.matches_rsa(&algorithms::RSA_PSS_2048_8192_SHA256, message, signature);
            }
            Algorithm::Ps384 => {
                return self.matches_rsa(&algorithms::RSA_PSS_2048_8192_SHA384, message, signature);
            }
            Algorithm::Ps512 => {
                return self.matches_rsa(&algorithms::RSA_PSS_2048_8192_SHA512, message, signature);
            }
        };
        let DecodingKeyKind::SecretOrDer(key) = self.key.kind() else {
            return false;
        };
        UnparsedPublicKey::new(parameters, key)
            .verify(message, signature)
            .is_ok()
    }

    fn matches_rsa(
        &self,
        parameters: &'static algorithms::RsaParameters,
        message: &[u8],
        signature: &[u8],
    ) -> bool {
        let DecodingKeyKind::RsaModulusExponent { n, e } = self.key.kind() else {
            return false;
        };
        let key = RsaPublicKeyComponents { n, e };
        key.verify(parameters, message, signature).is_ok()
    }
}

impl Verifier<Vec<u8>> for PublicKeyVerifier {
    fn verify(&self, message: &[u8], signature: &Vec<u8>) -> Result<(), signature::Error> {
        if self.matches(message, signature) {
            Ok(())
        } else {
            Err(signature::Error::new())
        }
    }
}

impl JwtVerifier for PublicKeyVerifier {
    fn algorithm(&self) -> Named {
        self.algorithm.in_header()
    }
}
