//! A server over a ledger, with people who have tokens.

use crate::book::{CYCLE, LedgerApi};
use crate::server::Server;
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use wcc_api::{Authenticator, Settings, SubscriptionSettings};
use wcc_core::Actor;
use wcc_core::policy::{Decision, Policy, Question};

/// A ledger with a server that knows the clerk, by a token that can be revoked.
pub struct Live {
    pub server: Server,
    pub ledger: LedgerApi,
    revoked: Arc<AtomicBool>,
}

/// The header with the clerk's token.
pub const CLERK: (&str, &str) = ("authorization", "Bearer the-clerk");

impl Live {
    pub fn start() -> Live {
        Live::with(SubscriptionSettings::default())
    }

    pub fn with(subscriptions: SubscriptionSettings) -> Live {
        Live::with_settings(Settings {
            subscriptions,
            ..Settings::default()
        })
    }

    pub fn with_settings(settings: Settings) -> Live {
        let ledger = LedgerApi::with_settings(settings);
        let revoked = Arc::new(AtomicBool::new(false));
        let is_revoked = Arc::clone(&revoked);
        let authenticator = Authenticator::of_tokens(move |token| match token {
            "the-clerk" if !is_revoked.load(Ordering::SeqCst) => Some(Actor::operator("the clerk")),
            "the-deputy" => Some(Actor::operator("the deputy")),
            _ => None,
        });
        let router = wcc_api::with_layers(wcc_api::routes(ledger.api.clone(), authenticator));
        Live {
            server: Server::routed(ledger.api.clone(), router),
            ledger,
            revoked,
        }
    }

    /// Revokes the clerk's token.
    pub fn revoke(&self) {
        self.revoked.store(true, Ordering::SeqCst);
    }

    /// Records commentary on a body.
    pub fn comment(&self, body: &str, text: &str) {
        let query = "mutation($input: RecordCommentaryInput!) { recordCommentary(input: $input) {
            userErrors { message } } }";
        let input = json!({
            "requestId": format!("{body} {text}"), "cycle": CYCLE, "body": body, "headings": [text], "text": text,
        });
        let answer = self.ledger.change(query, &json!({ "input": input }));
        let payload = &answer["data"]["recordCommentary"];
        assert_eq!(payload["userErrors"], json!([]), "{answer}");
    }
}

/// A subscription to the commentary on a body.
pub fn commentary(body: &str) -> Value {
    let query = "subscription Watch($cycle: ID!, $body: ID!) {
        output(cycle: $cycle, body: $body) { commentary { text } } }";
    json!({ "query": query, "variables": { "cycle": CYCLE, "body": body } })
}

/// The newest commentary in an answer to [`commentary`].
pub fn last_text(answer: &Value) -> &str {
    let texts = answer["data"]["output"]["commentary"].as_array();
    let texts = texts.unwrap_or_else(|| panic!("{answer}"));
    texts
        .last()
        .map_or("", |last| last["text"].as_str().unwrap())
}

/// A policy from a function.
#[derive(Debug)]
pub struct Rule(pub fn(&Question<'_>) -> bool);

impl Policy for Rule {
    fn decide(&self, question: &Question<'_>) -> Decision {
        if (self.0)(question) {
            return Decision::Allowed;
        }
        Decision::Denied {
            reason: "not for you".to_owned(),
        }
    }
}

/// A policy that hides Sunderland from the public.
pub fn hides_sunderland(question: &Question<'_>) -> bool {
    let is_sunderland = question
        .resource
        .body
        .is_some_and(|body| body.code == "5KL");
    !(is_sunderland && &*question.actor.role == Actor::PUBLIC)
}
