//! When sessions end, and that none was known before.

use crate::support::{NOW, PASSWORD, Place, new_account, password};
use wcc_accounts::{AccountState, BrowserSecret};
use wcc_tokens::Grant;

/// Session fixation: whatever an attacker put into a browser before is nothing afterwards.
pub async fn a_session_is_never_one_that_was_known_before(place: Place) {
    let accounts = place.open().await;
    accounts
        .add(new_account("anna", "A. Person"))
        .await
        .expect("added");
    accounts
        .add(new_account("eve", "E. Person"))
        .await
        .expect("added");
    let planted = BrowserSecret::new().expect("random bytes");
    assert!(accounts.session(&planted).await.expect("read").is_none());
    let begun = accounts.sign_in("anna", PASSWORD, Some(&planted)).await;
    let begun = begun.expect("signed in");
    assert!(begun.secret != planted);
    assert!(accounts.session(&planted).await.expect("read").is_none());
    // A session of the attacker's own that was planted ends, too.
    let of_eve = accounts
        .sign_in("eve", PASSWORD, None)
        .await
        .expect("signed in");
    let of_anna = accounts
        .sign_in("anna", PASSWORD, Some(&of_eve.secret))
        .await;
    let of_anna = of_anna.expect("signed in");
    assert!(
        accounts
            .session(&of_eve.secret)
            .await
            .expect("read")
            .is_none()
    );
    let session = accounts.session(&of_anna.secret).await.expect("read");
    assert_eq!(session.expect("a session").account().name, "anna");
    // Only the digest is stored.
    let stored = place.stored_bytes().await;
    let is_in = |text: &[u8]| stored.windows(text.len()).any(|bytes| bytes == text);
    assert!(is_in(b"anna"), "the search finds what is there");
    assert!(!is_in(of_anna.secret.text().as_bytes()));
    assert!(!is_in(PASSWORD.as_bytes()));
    accounts.close().await;
}

pub async fn sessions_end_when_unused_or_old(place: Place) {
    let accounts = place.open().await;
    accounts
        .add(new_account("anna", "A. Person"))
        .await
        .expect("added");
    let unused = accounts
        .sign_in("anna", PASSWORD, None)
        .await
        .expect("signed in");
    assert_eq!(unused.session.idle_until().as_second(), NOW + 30 * 60);
    assert_eq!(unused.session.until().as_second(), NOW + 12 * 3600);
    let used = accounts
        .sign_in("anna", PASSWORD, None)
        .await
        .expect("signed in");
    place.clock.pass_seconds(29 * 60);
    let session = accounts.session(&used.secret).await.expect("read");
    let session = session.expect("a session");
    assert_eq!(session.idle_until().as_second(), NOW + 59 * 60);
    place.clock.pass_seconds(60);
    assert!(
        accounts
            .session(&unused.secret)
            .await
            .expect("read")
            .is_none()
    );
    assert!(
        accounts
            .session(&used.secret)
            .await
            .expect("read")
            .is_some()
    );
    // However much it is used, it ends.
    let mut hours = 0.5;
    while accounts
        .session(&used.secret)
        .await
        .expect("read")
        .is_some()
    {
        place.clock.pass_seconds(20 * 60);
        hours += 1.0 / 3.0;
        assert!(hours < 13.0, "it never ends");
    }
    assert!(hours > 11.9, "{hours}");
    // Somebody else signs in, and what is over is removed.
    accounts
        .sign_in("anna", PASSWORD, None)
        .await
        .expect("signed in");
    place.clock.pass_hours(20);
    accounts
        .sign_in("anna", PASSWORD, None)
        .await
        .expect("signed in");
    assert_eq!(place.count_sessions().await, 1);
    accounts.close().await;
}

pub async fn what_ends_sessions_ends_them_at_once(place: Place) {
    let accounts = place.open().await;
    accounts
        .add(new_account("anna", "A. Person"))
        .await
        .expect("added");
    let of = async || {
        let begun = accounts
            .sign_in("anna", PASSWORD, None)
            .await
            .expect("signed in");
        // Twice, so that it is read from memory.
        for _ in 0..2 {
            assert!(
                accounts
                    .session(&begun.secret)
                    .await
                    .expect("read")
                    .is_some()
            );
        }
        begun.secret
    };
    let secret = of().await;
    accounts.disable("anna").await.expect("disabled");
    assert!(accounts.session(&secret).await.expect("read").is_none());
    accounts.approve("anna").await.expect("approved");
    assert!(
        accounts.session(&secret).await.expect("read").is_none(),
        "not again"
    );
    let secret = of().await;
    accounts.end_sessions("anna").await.expect("ended");
    assert!(accounts.session(&secret).await.expect("read").is_none());
    let secret = of().await;
    let same = password(PASSWORD);
    accounts.set_password("anna", same).await.expect("changed");
    assert!(accounts.session(&secret).await.expect("read").is_none());
    assert_eq!(place.count_sessions().await, 0, "they are removed");
    // Other roles go on with the same session.
    let secret = of().await;
    let grants = [Grant::of_role("analyst")];
    accounts.set_grants("anna", &grants).await.expect("changed");
    let session = accounts.session(&secret).await.expect("read");
    let session = session.expect("a session");
    assert_eq!(&*session.chosen_actor().expect("a role").role, "analyst");
    accounts.close().await;
}

pub async fn changes_at_the_same_time_all_happen(place: Place) {
    let (first, second) = tokio::join!(place.open(), place.open());
    first
        .add(new_account("anna", "A. Person"))
        .await
        .expect("added");
    let begun = first
        .sign_in("anna", PASSWORD, None)
        .await
        .expect("signed in");
    let grants = [Grant::of_role("analyst")];
    let (disabled, changed) =
        tokio::join!(first.disable("anna"), second.set_grants("anna", &grants));
    disabled.expect("disabled");
    changed.expect("changed");
    let account = first.account("anna").await.expect("read");
    assert_eq!(account.state, AccountState::Disabled);
    assert_eq!(account.grants, grants);
    assert!(first.session(&begun.secret).await.expect("read").is_none());
    // Signing in while the account is disabled and approved again never outlives the last disabling.
    for _ in 0..5 {
        first.approve("anna").await.expect("approved");
        let (signed_in, disabled) = tokio::join!(
            second.sign_in("anna", PASSWORD, None),
            first.disable("anna")
        );
        disabled.expect("disabled");
        if let Ok(begun) = signed_in {
            assert!(first.session(&begun.secret).await.expect("read").is_none());
        }
        first.approve("anna").await.expect("approved");
        place.clock.pass_hours(1);
    }
    first.close().await;
    second.close().await;
}
