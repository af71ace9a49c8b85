//! How far a message has come: what became of it at each address.

use super::delivery::{LONGEST_WAIT, NOBODY_WAIT, UNCLEAR_TRIES, wait};
use super::recipients::Addressee;
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use wcc_core::outbox::{Message, recipient_key};
use wcc_ledger::{DeliveryResult, RecipientRecord, RecipientState};

/// What became of a message at each address so far.
pub(super) struct Progress {
    records: HashMap<String, RecipientRecord>,
    /// The addresses that were tried in this attempt, by their keys.
    tried: HashSet<String>,
    /// The accounts of those to whom it was sent in this attempt. Whoever has another address since has it already.
    reached: HashSet<String>,
}

impl Progress {
    pub(super) fn of(records: Vec<RecipientRecord>) -> Progress {
        let records = records.into_iter();
        Progress {
            records: records
                .map(|record| (record.recipient.clone(), record))
                .collect(),
            tried: HashSet::new(),
            reached: HashSet::new(),
        }
    }

    /// How many addresses were tried in this attempt.
    pub(super) fn tried(&self) -> usize {
        self.tried.len()
    }

    pub(super) fn has_any(&self) -> bool {
        !self.records.is_empty()
    }

    pub(super) fn note(&mut self, recipient: Addressee, record: RecipientRecord) {
        self.tried.insert(record.recipient.clone());
        if record.state == RecipientState::Sent {
            self.reached.extend(recipient.accounts);
        }
        self.records.insert(record.recipient.clone(), record);
    }

    /// Whether an address gets its last attempt, should it refuse the message without saying why. Somebody who has
    /// just become a recipient gets another.
    pub(super) fn is_last_try(&self, key: &str, attempts_before: u32) -> bool {
        self.records.contains_key(key) && attempts_before.saturating_add(1) >= UNCLEAR_TRIES
    }

    /// To whom it is to be sent next in this attempt, with the key of the address. Addresses that were put off before
    /// come last, so that they do not hold up the others.
    pub(super) fn next(
        &self,
        message: &Message,
        people: &[Addressee],
    ) -> Option<(Addressee, String)> {
        let waiting = people.iter().filter_map(|recipient| {
            let key = recipient_key(message, &recipient.address);
            let is_reached = recipient
                .accounts
                .iter()
                .all(|account| self.reached.contains(account));
            if is_reached || self.tried.contains(&key) {
                return None;
            }
            let put_off = match self.records.get(&key) {
                None => None,
                Some(record) if record.state == RecipientState::Deferred => Some(record.noted),
                Some(_) => return None,
            };
            Some((put_off, recipient, key))
        });
        let next = waiting.min_by(|(put_off, recipient, _), (other_put_off, other, _)| {
            (put_off, &recipient.address).cmp(&(other_put_off, &other.address))
        });
        next.map(|(_, recipient, key)| (recipient.clone(), key))
    }

    /// How an attempt ended in which everybody was tried.
    pub(super) fn result(
        &self,
        message: &Message,
        people: &[Addressee],
        attempts: u32,
        now: Timestamp,
    ) -> DeliveryResult {
        let with_state = |state: RecipientState| {
            let records = self.records.values();
            records.filter(move |record| record.state == state)
        };
        let keys: BTreeSet<String> = people
            .iter()
            .map(|recipient| recipient_key(message, &recipient.address))
            .collect();
        // Somebody who was put off may have left since.
        let deferred: Vec<&RecipientRecord> = with_state(RecipientState::Deferred)
            .filter(|record| keys.contains(&record.recipient))
            .collect();
        if !deferred.is_empty() {
            return DeliveryResult::Retry {
                at: now + wait(attempts, LONGEST_WAIT),
                problem: reasons(&deferred),
            };
        }
        let refused: Vec<&RecipientRecord> = with_state(RecipientState::Refused).collect();
        let sent = with_state(RecipientState::Sent).count();
        match (sent, refused.as_slice()) {
            (0, []) => DeliveryResult::Postponed {
                at: now + NOBODY_WAIT,
                problem: Some("nobody to send it to any more".to_owned()),
            },
            (_, []) => DeliveryResult::Sent { problem: None },
            (0, refused) => DeliveryResult::Failed {
                problem: reasons(refused),
            },
            (_, refused) => DeliveryResult::Sent {
                problem: Some(reasons(refused)),
            },
        }
    }
}

/// Why some have not got a message: each reason once, with the number of addresses.
fn reasons(records: &[&RecipientRecord]) -> String {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for record in records {
        let problem = record.problem.as_deref().unwrap_or("not sent");
        *counts.entry(problem).or_default() += 1;
    }
    let reasons = counts.into_iter().map(|(problem, count)| match count {
        1 => format!("1 address: {problem}"),
        many => format!("{many} addresses: {problem}"),
    });
    reasons.collect::<Vec<String>>().join("; ")
}
