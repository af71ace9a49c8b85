//! What cannot be seen from outside: that each refusal costs the same.

#![allow(clippy::expect_used, reason = "tests may panic")]

use super::*;
use crate::account::{NewAccount, NewAccountState};

#[derive(Debug)]
struct Noon;

impl Clock for Noon {
    fn now(&self) -> Timestamp {
        Timestamp::constant(1_240_000_000, 0)
    }
}

fn account(name: &str, state: NewAccountState) -> NewAccount {
    NewAccount {
        name: name.to_owned(),
        person: format!("Person {name}"),
        password: Password::new("correct horse").expect("a password"),
        mail: None,
        grants: vec![Grant::of_role("panel")],
        state,
        is_demonstration: false,
    }
}

/// Nothing that takes long depends on whether the account exists: a password is compared exactly once,
/// with the same parameters.
#[tokio::test]
async fn every_refusal_compares_one_password() {
    let folder = tempfile::tempdir().expect("a folder");
    let settings = AccountSettings {
        address: Address::Sqlite(folder.path().join("accounts.db")),
        idle: Duration::from_secs(1_800),
        absolute: Duration::from_secs(43_200),
        public_address: None,
        openid: None,
    };
    let accounts = Accounts::open(settings, Arc::new(Noon)).await;
    let accounts = accounts.expect("opened");
    for (name, state) in [
        ("anna", NewAccountState::Active),
        ("ben", NewAccountState::Pending),
        ("cleo", NewAccountState::Active),
    ] {
        accounts.add(account(name, state)).await.expect("added");
    }
    accounts.disable("cleo").await.expect("disabled");
    let long = "a".repeat(100_000);
    for (name, password) in [
        ("nobody", "correct horse"),
        ("anna", "wrong horse"),
        ("ben", "wrong horse"),
        ("cleo", "wrong horse"),
        ("not a name", "correct horse"),
        ("", ""),
        ("anna", &long),
        (&long, &long),
        ("anna' OR 1=1 --", "correct horse"),
    ] {
        let before = accounts.0.hasher.comparisons();
        let refused = accounts.sign_in(name, password, None).await;
        assert!(
            matches!(refused, Err(SignInError::WrongNameOrPassword)),
            "{name:.10} {refused:?}"
        );
        assert_eq!(accounts.0.hasher.comparisons(), before + 1, "{name:.10}");
    }
    accounts.close().await;
}
