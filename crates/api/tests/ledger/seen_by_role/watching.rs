//! What arrives over subscriptions: over new ones, and over those that were opened before.

use crate::book::LedgerApi;
use crate::markers::Hidden;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use wcc_api::{Answer, Kind, Request, Subscription};
use wcc_core::Actor;

/// How long nothing must come.
const SOON: Duration = Duration::from_millis(20);

/// The subscriptions that stay open, by role and query, each with its last answer.
#[derive(Default)]
pub(super) struct Watching(BTreeMap<(String, usize), (Subscription, Answer)>);

impl Watching {
    /// Fails if anything hidden arrives over a subscription of somebody, now that something has changed: over a
    /// new one, and over the one that was opened when they could see something else.
    pub(super) fn check(
        &mut self,
        ledger_api: &LedgerApi,
        actor: &Actor,
        queries: &[String],
        hidden: &Hidden<'_>,
    ) {
        let mut unchanged = BTreeSet::new();
        for (at, query) in queries.iter().enumerate() {
            let request = Request::new(query.as_str()).actor(actor.clone());
            let subscription = ledger_api.subscribe(request);
            let mut subscription =
                subscription.unwrap_or_else(|| panic!("{actor:?} {query:.2000} is refused"));
            let now = ledger_api.next(&mut subscription);
            hidden.check(actor, query, text(&now.bytes));
            let opened = (actor.role.to_string(), at);
            if let Some((earlier, last)) = self.0.get_mut(&opened) {
                if last.bytes == now.bytes {
                    unchanged.insert(opened.clone());
                } else {
                    let next = ledger_api.next(earlier);
                    hidden.check(actor, query, text(&next.bytes));
                    assert_eq!(text(&next.bytes), text(&now.bytes), "{actor:?}");
                    *last = next;
                }
            }
            // A refusal ends it.
            match now.kind {
                Kind::Data => {
                    let both = (subscription, now);
                    self.0.entry(opened).or_insert(both);
                }
                _ => drop(self.0.remove(&opened)),
            }
        }
        // If nothing is new to them, nothing comes. What they would get is computed already, so it would come at once.
        let quiet = self
            .0
            .iter_mut()
            .filter(|(opened, _)| unchanged.contains(opened));
        let quiet = quiet.map(|(_, (subscription, _))| subscription);
        if let Some(answer) = ledger_api.first_within(quiet, SOON) {
            panic!(
                "{actor:?} gets what is not new to them: {}",
                text(&answer.bytes)
            );
        }
    }
}

fn text(answer: &[u8]) -> &str {
    std::str::from_utf8(answer).unwrap()
}
