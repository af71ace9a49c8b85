//! Signatures of the standards: RFC 7515, appendices A.2 (RS256) and A.3 (ES256). Their tokens have no
//! audience, which is noticed only once the signature is verified.

#![allow(clippy::unwrap_used, reason = "test helpers may panic")]

use serde_json::{Value, json};
use wcc_tokens::{
    Algorithm, ClaimNames, IssuerSettings, KeyLocation, Refusal, TokenSettings, TokenVerifier,
};

const PAYLOAD: &str = "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
const RS256: &str = "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw";
const ES256: &str =
    "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";

fn keys() -> Value {
    json!({ "keys": [
        {
            "kty": "RSA", "e": "AQAB",
            "n": "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ",
        },
        {
            "kty": "EC", "crv": "P-256",
            "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
            "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
        },
    ] })
}

async fn refusal(algorithm: Algorithm, header: &str, signature: &str) -> Refusal {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("keys.json");
    std::fs::write(&file, keys().to_string()).unwrap();
    let verifier = TokenVerifier::new(None);
    verifier.set_issuers(TokenSettings {
        issuers: vec![IssuerSettings {
            name: "joe".to_owned(),
            audiences: vec!["wcc".to_owned()],
            keys: KeyLocation::File(file),
            algorithms: vec![algorithm],
            roles: Vec::new(),
            claims: ClaimNames::default(),
        }],
        ..TokenSettings::default()
    });
    let token = format!("{header}.{PAYLOAD}.{signature}");
    let time = "2011-03-22T18:00:00Z".parse().unwrap();
    verifier.verify(&token, time).await.unwrap_err()
}

#[tokio::test]
async fn signatures_of_the_standards_are_verified() {
    let (rsa, ec) = ("eyJhbGciOiJSUzI1NiJ9", "eyJhbGciOiJFUzI1NiJ9");
    for (algorithm, header, signature) in [
        (Algorithm::Rs256, rsa, RS256),
        (Algorithm::Es256, ec, ES256),
    ] {
        let refused = refusal(algorithm, header, signature).await;
        let is_verified = matches!(&refused, Refusal::Claim { claim, .. } if claim == "aud");
        assert!(is_verified, "{algorithm:?}: {refused}");
        let changed = signature.replacen(['c', 'D'], "E", 1);
        let refused = refusal(algorithm, header, &changed).await;
        assert_eq!(refused, Refusal::Signature("joe".to_owned()));
    }
    // The same key with another padding, which the issuer does not use.
    let refused = refusal(Algorithm::Ps256, rsa, RS256).await;
    assert!(matches!(refused, Refusal::Algorithm { .. }), "{refused}");
}
