//! The statements on messages, which are the same for every engine.

use super::StoreError;
use crate::outbox::{MessageState, OutboxPosition, StoredMessage};
use jiff::Timestamp;
use wcc_core::outbox::{Message, MessageKind};

/// The columns of a message, in the order in which they are read.
pub(super) type MessageColumns = (
    String,
    String,
    String,
    String,
    String,
    String,
    String,
    i64,
    String,
    i64,
    i64,
    Option<String>,
);

pub(super) fn message_of(columns: MessageColumns) -> Result<StoredMessage, StoreError> {
    let (id, kind, role, body, cycle, text, target, made, state, attempts, next, problem) = columns;
    let unknown = |what: &str, found: &str| {
        StoreError::Refused(format!(
            "the message `{id}` has the {what} `{found}`, which this program does not know"
        ))
    };
    let known = MessageKind::named(&kind).ok_or_else(|| unknown("kind", &kind))?;
    let mut states = MessageState::ALL.into_iter();
    let found = states.find(|known| known.name() == state);
    let state = found.ok_or_else(|| unknown("state", &state))?;
    Ok(StoredMessage {
        message: Message {
            id,
            kind: known,
            role,
            body,
            cycle,
            text,
            target,
        },
        made: time_of(made),
        state,
        attempts: u32::try_from(attempts).unwrap_or(u32::MAX),
        next_attempt: time_of(next),
        problem,
    })
}

pub(super) fn position_of((entry, day): (i64, String)) -> Result<OutboxPosition, StoreError> {
    let wrong = || StoreError::Refused(format!("the outbox has no valid position: {entry}, {day}"));
    Ok(OutboxPosition {
        entry: u32::try_from(entry).map_err(|_| wrong())?,
        day: day.parse().map_err(|_| wrong())?,
    })
}

/// Selects the columns of the messages of an authority; `rest` has no variables except bound values.
pub(super) fn select_messages(rest: &str) -> sqlx::AssertSqlSafe<String> {
    sqlx::AssertSqlSafe(format!(
        "SELECT id, kind, role, body, cycle, text, target, made, state, attempts, next_attempt, \
         problem FROM message WHERE sha = $1 {rest}"
    ))
}

fn time_of(microseconds: i64) -> Timestamp {
    Timestamp::from_microsecond(microseconds).unwrap_or(Timestamp::MIN)
}

/// Implements the statements on messages for one engine.
macro_rules! outbox_statements {
    ($store:ty, $database:ty) => {
        impl $store {
            /// Whether the tables have messages: those of an earlier version have none.
            fn has_outbox(&self) -> bool {
                self.schema.load(Ordering::Acquire) >= 3
            }

            pub(super) async fn outbox_position(
                &self,
                sha: &str,
            ) -> Result<Option<OutboxPosition>, StoreError> {
                if !self.has_outbox() {
                    return Ok(None);
                }
                let row = sqlx::query_as("SELECT entry, day FROM outbox WHERE sha = $1")
                    .bind(sha)
                    .fetch_optional(&self.readers)
                    .await
                    .map_err(classify)?;
                row.map(position_of).transpose()
            }

            pub(super) async fn messages(&self, sha: &str) -> Result<Vec<StoredMessage>, StoreError> {
                let all = select_messages("ORDER BY made, id");
                self.select(sqlx::query_as(all).bind(sha)).await
            }

            pub(super) async fn newest_messages(
                &self,
                sha: &str,
                limit: u32,
            ) -> Result<Vec<StoredMessage>, StoreError> {
                let newest = select_messages("ORDER BY made DESC, id LIMIT $2");
                let query = sqlx::query_as(newest).bind(sha).bind(i64::from(limit));
                self.select(query).await
            }

            pub(super) async fn messages_to_send(
                &self,
                sha: &str,
                now: Timestamp,
            ) -> Result<Vec<StoredMessage>, StoreError> {
                let waiting = "AND state = 'waiting' AND next_attempt <= $2 ORDER BY made, id";
                let query = sqlx::query_as(select_messages(waiting));
                self.select(query.bind(sha).bind(now.as_microsecond())).await
            }

            async fn select(
                &self,
                query: sqlx::query::QueryAs<
                    '_,
                    $database,
                    MessageColumns,
                    <$database as sqlx::Database>::Arguments,
                >,
            ) -> Result<Vec<StoredMessage>, StoreError> {
                if !self.has_outbox() {
                    return Ok(Vec::new());
                }
                let rows = query.fetch_all(&self.readers).await.map_err(classify)?;
                rows.into_iter().map(message_of).collect()
            }

            /// Adds the messages that there are not yet, and moves the position forward, in one
            /// transaction.
            pub(super) async fn add_messages(
                &self,
                sha: &str,
                messages: &[Message],
                made: Timestamp,
                position: OutboxPosition,
            ) -> Result<(), StoreError> {
                let mut connection = self.writer.acquire().await.map_err(classify)?;
                let result = add(&mut connection, sha, messages, made, position).await;
                if result.is_err() {
                    // As in `append`: the state of the transaction is not known.
                    let closing = connection.detach().close();
                    let _ = tokio::time::timeout(super::CLOSING, closing).await;
                }
                result
            }

            pub(super) async fn claim_message(
                &self,
                sha: &str,
                waiting: &StoredMessage,
                until: Timestamp,
            ) -> Result<Option<MessageClaim>, StoreError> {
                let update = sqlx::query(
                    "UPDATE message SET attempts = attempts + 1, next_attempt = $3 \
                     WHERE sha = $1 AND id = $2 AND state = 'waiting' AND attempts = $4",
                );
                let updated = update
                    .bind(sha)
                    .bind(&waiting.message.id)
                    .bind(until.as_microsecond())
                    .bind(i64::from(waiting.attempts))
                    .execute(&self.writer)
                    .await
                    .map_err(classify)?;
                Ok((updated.rows_affected() == 1).then(|| MessageClaim {
                    message: waiting.message.id.clone(),
                    attempt: waiting.attempts.saturating_add(1),
                }))
            }

            pub(super) async fn settle_message(
                &self,
                sha: &str,
                claim: &MessageClaim,
                result: &DeliveryResult,
            ) -> Result<bool, StoreError> {
                let at = match result {
                    DeliveryResult::Retry { at, .. } => Some(at.as_microsecond()),
                    DeliveryResult::Sent | DeliveryResult::Failed { .. } => None,
                };
                let update = sqlx::query(
                    "UPDATE message SET state = $3, problem = $4, \
                     next_attempt = COALESCE($5, next_attempt) \
                     WHERE sha = $1 AND id = $2 AND state = 'waiting' AND attempts = $6",
                );
                let updated = update
                    .bind(sha)
                    .bind(&claim.message)
                    .bind(result.state().name())
                    .bind(result.problem())
                    .bind(at)
                    .bind(i64::from(claim.attempt))
                    .execute(&self.writer)
                    .await
                    .map_err(classify)?;
                Ok(updated.rows_affected() == 1)
            }
        }

        async fn add(
            connection: &mut PoolConnection<$database>,
            sha: &str,
            messages: &[Message],
            made: Timestamp,
            position: OutboxPosition,
        ) -> Result<(), StoreError> {
            let transaction = connection.begin_with(BEGIN).await;
            let mut writing = transaction.map_err(classify)?;
            let made = made.as_microsecond();
            for chunk in messages.chunks(ROWS_A_STATEMENT) {
                let mut insert = sqlx::QueryBuilder::<$database>::new(
                    "INSERT INTO message (sha, id, kind, role, body, cycle, text, target, made, \
                     state, attempts, next_attempt) ",
                );
                insert.push_values(chunk, |mut values, message| {
                    values
                        .push_bind(sha)
                        .push_bind(&message.id)
                        .push_bind(message.kind.name())
                        .push_bind(&message.role)
                        .push_bind(&message.body)
                        .push_bind(&message.cycle)
                        .push_bind(&message.text)
                        .push_bind(&message.target)
                        .push_bind(made)
                        .push_bind(MessageState::Waiting.name())
                        .push_bind(0_i64)
                        .push_bind(made);
                });
                insert.push(" ON CONFLICT DO NOTHING");
                let inserted = insert.build().execute(&mut *writing).await;
                inserted.map_err(classify)?;
            }
            let moved = sqlx::query(
                "INSERT INTO outbox (sha, entry, day) VALUES ($1, $2, $3) ON CONFLICT (sha) DO \
                 UPDATE SET \
                 entry = CASE WHEN excluded.entry > outbox.entry THEN excluded.entry ELSE outbox.entry END, \
                 day = CASE WHEN excluded.day > outbox.day THEN excluded.day ELSE outbox.day END",
            );
            let moved = moved
                .bind(sha)
                .bind(i64::from(position.entry))
                .bind(position.day.to_string())
                .execute(&mut *writing)
                .await;
            moved.map_err(classify)?;
            writing.commit().await.map_err(classify)
        }
    };
}

pub(super) use outbox_statements;
