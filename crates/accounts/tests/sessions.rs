//! Signing in and sessions on both engines, and attempts to get around them.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs,
    unreachable_pub,
    dead_code,
    reason = "a test that panics has failed, and uses its part of the helpers"
)]

#[path = "../../ledger/tests/support/cluster.rs"]
mod cluster;
#[path = "sessions/ending.rs"]
mod ending;
mod support;

use ending::*;
use jiff::civil::date;
use support::{PASSWORD, Place, new_account, password};
use wcc_accounts::{
    AccountError, AccountState, NewAccount, NewAccountState, SignInError, role_text,
};
use wcc_tokens::Grant;

/// Runs a test on SQLite and on PostgreSQL.
macro_rules! on_both {
    ($($name:ident)*) => {
        $(
            mod $name {
                use super::*;

                #[tokio::test(flavor = "multi_thread")]
                async fn on_sqlite() {
                    super::$name(Place::sqlite()).await;
                }

                #[tokio::test(flavor = "multi_thread")]
                async fn on_postgres() {
                    super::$name(Place::postgres().await).await;
                }
            }
        )*
    };
}

on_both! {
    somebody_signs_in_chooses_a_role_and_signs_out
    refusals_say_nothing_about_names
    a_session_is_never_one_that_was_known_before
    sessions_end_when_unused_or_old
    what_ends_sessions_ends_them_at_once
    wrong_passwords_slow_down
    two_processes_share_accounts
    changes_at_the_same_time_all_happen
    a_demonstration_is_refused_beyond_this_machine
    names_belong_to_one_account
    a_password_is_changed_by_its_owner
}

async fn somebody_signs_in_chooses_a_role_and_signs_out(place: Place) {
    let accounts = place.open().await;
    let day = date(2009, 3, 2);
    let grants = vec![
        Grant {
            body: Some("Q30".to_owned()),
            ..Grant::of_role("chair")
        },
        Grant {
            until: Some(day.yesterday().expect("a day")),
            ..Grant::of_role("analyst")
        },
        Grant {
            from: Some(day),
            until: Some(day),
            ..Grant::of_role("member")
        },
    ];
    let account = NewAccount {
        grants,
        ..new_account("Anna@PCT.example", "A. Person")
    };
    let account = accounts.add(account).await.expect("added");
    assert_eq!(account.name, "anna@pct.example");
    let begun = accounts.sign_in(" ANNA@pct.example ", PASSWORD, None).await;
    let begun = begun.expect("signed in");
    let session = accounts.session(&begun.secret).await.expect("read");
    let session = session.expect("a session");
    let roles: Vec<String> = session.actors().iter().map(role_text).collect();
    assert_eq!(roles, ["chair;body=Q30", "member"], "today's roles");
    let actor = session.chosen_actor().expect("a role");
    assert_eq!((&*actor.person, &*actor.role), ("A. Person", "chair"));
    let chosen = accounts.choose_role(&begun.secret, "member").await;
    assert_eq!(
        &*chosen.expect("chosen").chosen_actor().expect("a role").role,
        "member"
    );
    for role in ["analyst", "chair", "chair;body=Q31", "operator"] {
        let refused = accounts.choose_role(&begun.secret, role).await;
        assert!(
            matches!(refused, Err(AccountError::NoRole(_))),
            "{role} {refused:?}"
        );
    }
    let session = accounts.session(&begun.secret).await.expect("read");
    let session = session.expect("a session");
    assert_eq!(&*session.chosen_actor().expect("a role").role, "member");
    // Every token of a session is accepted, in every process that shares the database.
    let token = begun.session.form_token();
    assert!(session.accepts_form_token(&token) && token != session.form_token());
    let other = accounts.sign_in("anna@pct.example", PASSWORD, None).await;
    assert!(!other.expect("signed in").session.accepts_form_token(&token));
    assert!(!begun.secret.accepts_sign_in_token(&token));
    // The day after, the role is over.
    place.clock.pass_hours(1);
    place.clock.set_day(day.tomorrow().expect("a day"));
    let begun = accounts.sign_in("anna@pct.example", PASSWORD, None).await;
    let begun = begun.expect("signed in");
    assert_eq!(begun.session.actors().len(), 1);
    accounts.sign_out(&begun.secret).await.expect("signed out");
    assert!(
        accounts
            .session(&begun.secret)
            .await
            .expect("read")
            .is_none()
    );
    accounts.sign_out(&begun.secret).await.expect("again");
    accounts
        .set_grants("anna@pct.example", &[])
        .await
        .expect("changed");
    let begun = accounts.sign_in("anna@pct.example", PASSWORD, None).await;
    assert_eq!(begun.expect("signed in").session.chosen_actor(), None);
    accounts.close().await;
}

async fn refusals_say_nothing_about_names(place: Place) {
    let accounts = place.open().await;
    accounts
        .add(new_account("anna", "A. Person"))
        .await
        .expect("added");
    let pending = NewAccount {
        state: NewAccountState::Pending,
        ..new_account("ben", "B. Person")
    };
    accounts.add(pending).await.expect("added");
    accounts
        .add(new_account("cleo", "C. Person"))
        .await
        .expect("added");
    accounts.disable("cleo").await.expect("disabled");
    let mut said = Vec::new();
    for name in ["anna", "ben", "cleo", "nobody", "no name", "' OR ''='"] {
        let refused = accounts.sign_in(name, "another password", None).await;
        said.push(refused.expect_err("refused").to_string());
    }
    said.dedup();
    assert_eq!(said, ["the name or the password is wrong"]);
    // Whoever knows the password learns what is the matter.
    let refused = accounts.sign_in("ben", PASSWORD, None).await;
    assert!(matches!(refused, Err(SignInError::Pending)), "{refused:?}");
    let refused = accounts.sign_in("cleo", PASSWORD, None).await;
    assert!(matches!(refused, Err(SignInError::Disabled)), "{refused:?}");
    let approved = accounts.approve("ben").await.expect("approved");
    assert_eq!(approved.state, AccountState::Active);
    accounts
        .sign_in("ben", PASSWORD, None)
        .await
        .expect("signed in");
    // Neither a password nor a secret is printed by accident.
    let shown = format!(
        "{:?} {:?}",
        new_account("anna", "A. Person"),
        accounts.list().await
    );
    assert!(
        !shown.contains(PASSWORD) && !shown.contains("argon2"),
        "{shown}"
    );
    accounts.close().await;
}

async fn wrong_passwords_slow_down(place: Place) {
    let accounts = place.open().await;
    accounts
        .add(new_account("anna", "A. Person"))
        .await
        .expect("added");
    accounts
        .add(new_account("ben", "B. Person"))
        .await
        .expect("added");
    for name in ["anna", "nobody"] {
        for _ in 0..5 {
            let refused = accounts.sign_in(name, "another password", None).await;
            assert!(
                matches!(refused, Err(SignInError::WrongNameOrPassword)),
                "{refused:?}"
            );
        }
        // The right password is not looked at, so whoever guesses does not learn that it is right.
        let refused = accounts.sign_in(name, PASSWORD, None).await;
        let refused = refused.expect_err("too many");
        assert_eq!(
            refused.to_string(),
            "there were too many attempts to sign in: try again in a second"
        );
    }
    accounts
        .sign_in("ben", PASSWORD, None)
        .await
        .expect("others sign in");
    place.clock.pass_seconds(1);
    accounts
        .sign_in("anna", PASSWORD, None)
        .await
        .expect("signed in");
    accounts.close().await;
}

async fn two_processes_share_accounts(place: Place) {
    let (first, second) = tokio::join!(place.open(), place.open());
    first
        .add(new_account("anna", "A. Person"))
        .await
        .expect("added");
    let begun = first
        .sign_in("anna", PASSWORD, None)
        .await
        .expect("signed in");
    let session = second.session(&begun.secret).await.expect("read");
    let session = session.expect("a session in the other process");
    assert!(session.accepts_form_token(&begun.session.form_token()));
    first.disable("anna").await.expect("disabled");
    assert!(first.session(&begun.secret).await.expect("read").is_none());
    // The other process notices within three seconds.
    place.clock.pass_seconds(3);
    assert!(second.session(&begun.secret).await.expect("read").is_none());
    let refused = second.sign_in("anna", PASSWORD, None).await;
    assert!(matches!(refused, Err(SignInError::Disabled)), "{refused:?}");
    first.close().await;
    second.close().await;
}

async fn a_demonstration_is_refused_beyond_this_machine(place: Place) {
    let accounts = place.open().await;
    let invented = NewAccount {
        is_demonstration: true,
        ..new_account("demo-chair", "Invented chair")
    };
    accounts.add(invented).await.expect("added");
    assert!(accounts.has_demonstration().await.expect("read"));
    let refused = accounts.sign_in("demo-chair", PASSWORD, None).await;
    assert!(
        matches!(refused, Err(SignInError::Demonstration)),
        "{refused:?}"
    );
    let refused = accounts
        .sign_in("demo-chair", "another password", None)
        .await;
    assert!(
        matches!(refused, Err(SignInError::WrongNameOrPassword)),
        "{refused:?}"
    );
    accounts.permit_demonstration(true);
    let begun = accounts.sign_in("demo-chair", PASSWORD, None).await;
    let begun = begun.expect("signed in");
    assert!(
        accounts
            .session(&begun.secret)
            .await
            .expect("read")
            .is_some()
    );
    // A session that began before the server was started on another address is refused as well.
    accounts.permit_demonstration(false);
    assert!(
        accounts
            .session(&begun.secret)
            .await
            .expect("read")
            .is_none()
    );
    accounts.close().await;
}

async fn names_belong_to_one_account(place: Place) {
    let accounts = place.open().await;
    accounts
        .add(new_account("anna", "A. Person"))
        .await
        .expect("added");
    let refused = accounts.add(new_account("ANNA", "Another Person")).await;
    assert!(
        matches!(refused, Err(AccountError::NameTaken(_))),
        "{refused:?}"
    );
    let refused = accounts.add(new_account("ann", "a.  PERSON ")).await;
    assert!(
        matches!(refused, Err(AccountError::PersonTaken(_))),
        "{refused:?}"
    );
    let own_name = NewAccount {
        password: password("benjamin is here"),
        ..new_account("benjamin", "B. Person")
    };
    let refused = accounts.add(own_name).await;
    assert!(
        matches!(refused, Err(AccountError::Password(_))),
        "{refused:?}"
    );
    let many = vec![Grant::of_role("chair"); 65];
    let refused = accounts.set_grants("anna", &many).await;
    assert!(
        matches!(refused, Err(AccountError::TooManyGrants)),
        "{refused:?}"
    );
    let ended = Grant {
        from: Some(date(2009, 4, 2)),
        until: Some(date(2009, 4, 1)),
        ..Grant::of_role("chair")
    };
    let refused = accounts.set_grants("anna", &[ended]).await;
    assert!(
        matches!(refused, Err(AccountError::Grant(_))),
        "{refused:?}"
    );
    let refused = accounts.disable("nobody").await;
    assert!(
        matches!(refused, Err(AccountError::NoAccount(_))),
        "{refused:?}"
    );
    let names: Vec<String> = accounts
        .list()
        .await
        .expect("listed")
        .into_iter()
        .map(|account| account.name)
        .collect();
    assert_eq!(names, ["anna"]);
    accounts.close().await;
}

async fn a_password_is_changed_by_its_owner(place: Place) {
    let accounts = place.open().await;
    accounts
        .add(new_account("anna", "A. Person"))
        .await
        .expect("added");
    let begun = accounts
        .sign_in("anna", PASSWORD, None)
        .await
        .expect("signed in");
    let elsewhere = accounts
        .sign_in("anna", PASSWORD, None)
        .await
        .expect("signed in");
    let new = || password("battery staple");
    let refused = accounts
        .change_password(&begun.secret, "another password", new())
        .await;
    assert!(
        matches!(
            refused,
            Err(AccountError::SignIn(SignInError::WrongNameOrPassword))
        ),
        "{refused:?}"
    );
    let changed = accounts
        .change_password(&begun.secret, PASSWORD, new())
        .await;
    let changed = changed.expect("changed");
    for secret in [&begun.secret, &elsewhere.secret] {
        assert!(accounts.session(secret).await.expect("read").is_none());
    }
    assert!(
        accounts
            .session(&changed.secret)
            .await
            .expect("read")
            .is_some()
    );
    let refused = accounts.sign_in("anna", PASSWORD, None).await;
    assert!(
        matches!(refused, Err(SignInError::WrongNameOrPassword)),
        "{refused:?}"
    );
    accounts
        .sign_in("anna", "battery staple", None)
        .await
        .expect("signed in");
    let refused = accounts
        .change_password(&begun.secret, PASSWORD, new())
        .await;
    assert!(
        matches!(refused, Err(AccountError::NoSession)),
        "{refused:?}"
    );
    accounts.close().await;
}
