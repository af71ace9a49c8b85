//! The statements on messages, which are the same for every engine.

use super::StoreError;
use crate::outbox::{MessageState, OutboxPosition, SendAgain, StoredMessage};
use jiff::Timestamp;
use wcc_core::outbox::{Message, MessageKind};

/// A message as its columns have it.
#[derive(Debug)]
pub(super) struct MessageRow {
    pub(super) id: String,
    pub(super) kind: String,
    pub(super) role: String,
    pub(super) body: String,
    pub(super) cycle: String,
    pub(super) text: String,
    pub(super) target: String,
    pub(super) made: i64,
    pub(super) state: String,
    pub(super) next_attempt: i64,
    pub(super) problem: Option<String>,
    pub(super) attempts: i64,
    pub(super) claims: i64,
    pub(super) sent_to: i64,
    pub(super) refused_by: i64,
    pub(super) sent_again: Option<(i64, String)>,
}

impl MessageRow {
    pub(super) fn read(self) -> Result<StoredMessage, StoreError> {
        let unknown = |what: &str, found: &str| {
            StoreError::Refused(format!(
                "the message `{}` has the {what} `{found}`, which this program does not know",
                self.id
            ))
        };
        let kind = MessageKind::named(&self.kind).ok_or_else(|| unknown("kind", &self.kind))?;
        let mut states = MessageState::ALL.into_iter();
        let state = states.find(|known| known.name() == self.state);
        let state = state.ok_or_else(|| unknown("state", &self.state))?;
        Ok(StoredMessage {
            message: Message {
                id: self.id,
                kind,
                role: self.role,
                body: self.body,
                cycle: self.cycle,
                text: self.text,
                target: self.target,
            },
            made: time_of(self.made),
            state,
            attempts: count_of(self.attempts),
            next_attempt: time_of(self.next_attempt),
            problem: self.problem,
            sent_to: count_of(self.sent_to),
            refused_by: count_of(self.refused_by),
            sent_again: self.sent_again.map(|(at, by)| SendAgain {
                at: time_of(at),
                by,
            }),
            claims: count_of(self.claims),
        })
    }
}

fn count_of(count: i64) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

pub(super) fn position_of((entry, day): (i64, String)) -> Result<OutboxPosition, StoreError> {
    let wrong = || StoreError::Refused(format!("the outbox has no valid position: {entry}, {day}"));
    Ok(OutboxPosition {
        entry: u32::try_from(entry).map_err(|_| wrong())?,
        began: day.parse().map_err(|_| wrong())?,
    })
}

/// Selects the columns of the messages of an authority from tables of a version; `rest` has no variables except
/// bound values.
pub(super) fn select_messages(schema: i32, rest: &str) -> sqlx::AssertSqlSafe<String> {
    let delivery = match schema {
        ..4 => {
            "CAST(0 AS BIGINT) AS claims, CAST(0 AS BIGINT) AS sent_to, CAST(0 AS BIGINT) AS refused_by, \
             NULL AS sent_again_by, NULL AS sent_again_at"
        }
        4.. => "claims, sent_to, refused_by, sent_again_by, sent_again_at",
    };
    sqlx::AssertSqlSafe(format!(
        "SELECT id, kind, role, body, cycle, text, target, made, state, attempts, next_attempt, \
         problem, {delivery} FROM message WHERE sha = $1 {rest}"
    ))
}

pub(super) fn time_of(microseconds: i64) -> Timestamp {
    Timestamp::from_microsecond(microseconds).unwrap_or(Timestamp::MIN)
}

/// Implements the statements on messages for one engine.
macro_rules! outbox_statements {
    ($store:ty, $database:ty) => {
        impl $store {
            fn schema(&self) -> i32 {
                self.schema.load(Ordering::Acquire)
            }

            /// Whether the tables have messages: those of an earlier version have none.
            fn has_outbox(&self) -> bool {
                self.schema() >= 3
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
                let all = select_messages(self.schema(), "ORDER BY made, id");
                self.select(sqlx::query(all).bind(sha)).await
            }

            pub(super) async fn newest_messages(
                &self,
                sha: &str,
                limit: u32,
            ) -> Result<Vec<StoredMessage>, StoreError> {
                let newest = select_messages(self.schema(), "ORDER BY made DESC, id LIMIT $2");
                let query = sqlx::query(newest).bind(sha).bind(i64::from(limit));
                self.select(query).await
            }

            pub(super) async fn message(
                &self,
                sha: &str,
                id: &str,
            ) -> Result<Option<StoredMessage>, StoreError> {
                let one = select_messages(self.schema(), "AND id = $2");
                let found = self.select(sqlx::query(one).bind(sha).bind(id)).await?;
                Ok(found.into_iter().next())
            }

            pub(super) async fn messages_to_send(
                &self,
                sha: &str,
                now: Timestamp,
            ) -> Result<Vec<StoredMessage>, StoreError> {
                // A message that came to a fault of the mail server is put off for longer than the others, so that
                // it does not hold them up.
                let waiting = "AND state = 'waiting' AND next_attempt <= $2 \
                     ORDER BY next_attempt, made, id LIMIT $3";
                let query = sqlx::query(select_messages(self.schema(), waiting));
                let query = query.bind(sha).bind(now.as_microsecond());
                self.select(query.bind(i64::from(super::Store::MESSAGES_AT_ONCE))).await
            }

            async fn select(
                &self,
                query: sqlx::query::Query<
                    '_,
                    $database,
                    <$database as sqlx::Database>::Arguments,
                >,
            ) -> Result<Vec<StoredMessage>, StoreError> {
                if !self.has_outbox() {
                    return Ok(Vec::new());
                }
                let rows = query.fetch_all(&self.readers).await.map_err(classify)?;
                rows.iter().map(message_of).collect()
            }

            /// Adds the messages that there are not yet, and moves the position forward, in one
            /// transaction. The day on which messages began stays that of the first position.
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
                    abandon(connection).await;
                }
                result
            }
        }

        fn message_of(row: &<$database as sqlx::Database>::Row) -> Result<StoredMessage, StoreError> {
            let read = || {
                let sent_again_at: Option<i64> = row.try_get("sent_again_at")?;
                let sent_again_by: Option<String> = row.try_get("sent_again_by")?;
                Ok(MessageRow {
                    id: row.try_get("id")?,
                    kind: row.try_get("kind")?,
                    role: row.try_get("role")?,
                    body: row.try_get("body")?,
                    cycle: row.try_get("cycle")?,
                    text: row.try_get("text")?,
                    target: row.try_get("target")?,
                    made: row.try_get("made")?,
                    state: row.try_get("state")?,
                    next_attempt: row.try_get("next_attempt")?,
                    problem: row.try_get("problem")?,
                    attempts: row.try_get("attempts")?,
                    claims: row.try_get("claims")?,
                    sent_to: row.try_get("sent_to")?,
                    refused_by: row.try_get("refused_by")?,
                    sent_again: sent_again_at.zip(sent_again_by),
                })
            };
            read().map_err(classify)?.read()
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
                 entry = CASE WHEN excluded.entry > outbox.entry THEN excluded.entry ELSE outbox.entry END",
            );
            let moved = moved
                .bind(sha)
                .bind(i64::from(position.entry))
                .bind(position.began.to_string())
                .execute(&mut *writing)
                .await;
            moved.map_err(classify)?;
            writing.commit().await.map_err(classify)
        }
    };
}

pub(super) use outbox_statements;
