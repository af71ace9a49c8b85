//! The statements on sending messages, which are the same for every engine.

use super::StoreError;
use super::outbox::time_of;
use crate::outbox::{RecipientRecord, RecipientState};

/// The columns of what became of a message at an address.
pub(super) type RecipientColumns = (String, String, i64, Option<String>);

pub(super) fn recipient_of(
    (recipient, state, noted, problem): RecipientColumns,
) -> Result<RecipientRecord, StoreError> {
    let mut states = RecipientState::ALL.into_iter();
    let found = states.find(|known| known.name() == state);
    let state = found.ok_or_else(|| {
        StoreError::Refused(format!(
            "a recipient of a message has the state `{state}`, which this program does not know"
        ))
    })?;
    Ok(RecipientRecord {
        recipient,
        state,
        noted: time_of(noted),
        problem,
    })
}

/// Implements the statements on sending messages for one engine.
macro_rules! delivery_statements {
    ($store:ty, $database:ty) => {
        impl $store {
            pub(super) async fn note_sender(
                &self,
                sha: &str,
                now: Timestamp,
                gap: SignedDuration,
                reason: &str,
            ) -> Result<u64, StoreError> {
                let mut connection = self.writer.acquire().await.map_err(classify)?;
                let result = note_sender(&mut connection, sha, now, gap, reason).await;
                if result.is_err() {
                    abandon(connection).await;
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
                    "UPDATE message SET claims = claims + 1, next_attempt = $3 \
                     WHERE sha = $1 AND id = $2 AND state = 'waiting' AND claims = $4",
                );
                let updated = update
                    .bind(sha)
                    .bind(&waiting.message.id)
                    .bind(until.as_microsecond())
                    .bind(i64::from(waiting.claims))
                    .execute(&self.writer)
                    .await
                    .map_err(classify)?;
                Ok((updated.rows_affected() == 1).then(|| MessageClaim {
                    message: waiting.message.id.clone(),
                    number: waiting.claims.saturating_add(1),
                }))
            }

            pub(super) async fn renew_claim(
                &self,
                sha: &str,
                claim: &MessageClaim,
                until: Timestamp,
            ) -> Result<bool, StoreError> {
                let update = sqlx::query(
                    "UPDATE message SET next_attempt = $3 \
                     WHERE sha = $1 AND id = $2 AND state = 'waiting' AND claims = $4",
                );
                let updated = update
                    .bind(sha)
                    .bind(&claim.message)
                    .bind(until.as_microsecond())
                    .bind(i64::from(claim.number))
                    .execute(&self.writer)
                    .await
                    .map_err(classify)?;
                Ok(updated.rows_affected() == 1)
            }

            pub(super) async fn message_recipients(
                &self,
                sha: &str,
                message: &str,
            ) -> Result<Vec<RecipientRecord>, StoreError> {
                let select = sqlx::query_as(
                    "SELECT recipient, state, noted, problem FROM message_recipient \
                     WHERE sha = $1 AND message = $2",
                );
                let rows = select.bind(sha).bind(message).fetch_all(&self.readers).await;
                let rows = rows.map_err(classify)?;
                rows.into_iter().map(recipient_of).collect()
            }

            pub(super) async fn note_recipient(
                &self,
                sha: &str,
                message: &str,
                record: &RecipientRecord,
            ) -> Result<(), StoreError> {
                let insert = sqlx::query(
                    "INSERT INTO message_recipient (sha, message, recipient, state, noted, problem) \
                     VALUES ($1, $2, $3, $4, $5, $6) \
                     ON CONFLICT (sha, message, recipient) DO UPDATE SET state = excluded.state, \
                     noted = excluded.noted, problem = excluded.problem \
                     WHERE message_recipient.state <> 'sent'",
                );
                let inserted = insert
                    .bind(sha)
                    .bind(message)
                    .bind(&record.recipient)
                    .bind(record.state.name())
                    .bind(record.noted.as_microsecond())
                    .bind(record.problem.as_deref())
                    .execute(&self.writer)
                    .await;
                inserted.map(drop).map_err(classify)
            }

            pub(super) async fn settle_message(
                &self,
                sha: &str,
                claim: &MessageClaim,
                result: &DeliveryResult,
            ) -> Result<bool, StoreError> {
                let update = sqlx::query(
                    "UPDATE message SET state = $3, problem = $4, \
                     next_attempt = COALESCE($5, next_attempt), attempts = attempts + $6, \
                     sent_to = (SELECT COUNT(*) FROM message_recipient one \
                        WHERE one.sha = $1 AND one.message = $2 AND one.state = 'sent'), \
                     refused_by = (SELECT COUNT(*) FROM message_recipient one \
                        WHERE one.sha = $1 AND one.message = $2 AND one.state = 'refused') \
                     WHERE sha = $1 AND id = $2 AND state = 'waiting' AND claims = $7",
                );
                let updated = update
                    .bind(sha)
                    .bind(&claim.message)
                    .bind(result.state().name())
                    .bind(result.problem())
                    .bind(result.next_attempt().map(Timestamp::as_microsecond))
                    .bind(i64::from(result.is_attempt()))
                    .bind(i64::from(claim.number))
                    .execute(&self.writer)
                    .await
                    .map_err(classify)?;
                Ok(updated.rows_affected() == 1)
            }

            pub(super) async fn postpone_messages(
                &self,
                sha: &str,
                ids: Option<&[&str]>,
                now: Timestamp,
                at: Timestamp,
                problem: &str,
            ) -> Result<(), StoreError> {
                let chunks = match ids {
                    Some(ids) => ids.chunks(ROWS_A_STATEMENT).map(Some).collect(),
                    None => vec![None],
                };
                for chunk in chunks {
                    let mut update =
                        sqlx::QueryBuilder::<$database>::new("UPDATE message SET next_attempt = ");
                    update.push_bind(at.as_microsecond());
                    update.push(", problem = ").push_bind(problem);
                    update.push(" WHERE sha = ").push_bind(sha);
                    update.push(" AND state = 'waiting' AND next_attempt <= ");
                    update.push_bind(now.as_microsecond());
                    if let Some(ids) = chunk {
                        update.push(" AND id IN (");
                        let mut listed = update.separated(", ");
                        for id in ids {
                            listed.push_bind(*id);
                        }
                        update.push(")");
                    }
                    let updated = update.build().execute(&self.writer).await;
                    updated.map_err(classify)?;
                }
                Ok(())
            }

            pub(super) async fn send_message_again(
                &self,
                sha: &str,
                id: &str,
                request: &SendAgain,
            ) -> Result<bool, StoreError> {
                let mut connection = self.writer.acquire().await.map_err(classify)?;
                let result = send_again(&mut connection, sha, id, request).await;
                if result.is_err() {
                    abandon(connection).await;
                }
                result
            }
        }

        async fn note_sender(
            connection: &mut PoolConnection<$database>,
            sha: &str,
            now: Timestamp,
            gap: SignedDuration,
            reason: &str,
        ) -> Result<u64, StoreError> {
            let transaction = connection.begin_with(BEGIN).await;
            let mut writing = transaction.map_err(classify)?;
            let seen = sqlx::query_scalar("SELECT seen FROM message_sender WHERE sha = $1");
            let seen = seen.bind(sha).fetch_optional(&mut *writing).await;
            let seen: Option<i64> = seen.map_err(classify)?;
            let before = now.saturating_sub(gap).unwrap_or(now);
            // Of several servers that start at once, one finds that sending was just switched on.
            let noted = sqlx::query(
                "INSERT INTO message_sender (sha, seen) VALUES ($1, $2) ON CONFLICT (sha) DO UPDATE SET \
                 seen = excluded.seen WHERE message_sender.seen < $3",
            );
            let noted = noted
                .bind(sha)
                .bind(now.as_microsecond())
                .bind(before.as_microsecond())
                .execute(&mut *writing)
                .await
                .map_err(classify)?;
            let marked = if noted.rows_affected() == 1 {
                let mark = sqlx::query(
                    "UPDATE message SET state = 'not-sent', problem = $2 WHERE sha = $1 \
                     AND state = 'waiting' AND attempts = 0 AND made > $3 AND sent_again_at IS NULL",
                );
                let mark = mark.bind(sha).bind(reason).bind(seen.unwrap_or(i64::MIN));
                let marked = mark.execute(&mut *writing).await.map_err(classify)?;
                marked.rows_affected()
            } else {
                let noted = sqlx::query(
                    "UPDATE message_sender SET seen = $2 WHERE sha = $1 AND seen < $2",
                );
                let noted = noted.bind(sha).bind(now.as_microsecond());
                noted.execute(&mut *writing).await.map_err(classify)?;
                0
            };
            writing.commit().await.map_err(classify)?;
            Ok(marked)
        }

        async fn send_again(
            connection: &mut PoolConnection<$database>,
            sha: &str,
            id: &str,
            request: &SendAgain,
        ) -> Result<bool, StoreError> {
            let transaction = connection.begin_with(BEGIN).await;
            let mut writing = transaction.map_err(classify)?;
            // As `StoredMessage::can_be_sent_again` says.
            let update = sqlx::query(
                "UPDATE message SET state = 'waiting', attempts = 0, next_attempt = $3, problem = NULL, \
                 refused_by = 0, sent_again_at = $3, sent_again_by = $4 WHERE sha = $1 AND id = $2 AND \
                 (state IN ('failed', 'not-sent') OR state = 'sent' AND problem IS NOT NULL)",
            );
            let updated = update
                .bind(sha)
                .bind(id)
                .bind(request.at.as_microsecond())
                .bind(&request.by)
                .execute(&mut *writing)
                .await
                .map_err(classify)?;
            let is_sent_again = updated.rows_affected() == 1;
            if is_sent_again {
                let forget = sqlx::query(
                    "DELETE FROM message_recipient WHERE sha = $1 AND message = $2 AND state = 'refused'",
                );
                let forgotten = forget.bind(sha).bind(id).execute(&mut *writing).await;
                forgotten.map_err(classify)?;
            }
            writing.commit().await.map_err(classify)?;
            Ok(is_sent_again)
        }

        /// Closes a connection on which a transaction failed: as in `append`, its state is not known.
        async fn abandon(connection: PoolConnection<$database>) {
            let closing = connection.detach().close();
            let _ = tokio::time::timeout(super::CLOSING, closing).await;
        }
    };
}

pub(super) use delivery_statements;
