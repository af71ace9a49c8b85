//! The SQL statements, which are the same for every engine.

/// Implements every statement of a store for one engine.
macro_rules! statements {
    ($store:ty, $database:ty) => {
        impl $store {
            pub(super) async fn head(&self, sha: &str) -> Result<Head, StoreError> {
                let row: Option<(i64, Vec<u8>)> = sqlx::query_as(
                    "SELECT number, hash FROM entry WHERE sha = $1 ORDER BY number DESC LIMIT 1",
                )
                .bind(sha)
                .fetch_optional(&self.readers)
                .await
                .map_err(classify)?;
                row.map_or(Ok(Head::START), |(number, hash)| {
                    let number = number_of(number)?;
                    let hash = hash_of(number, &hash)?;
                    Ok(Head { number, hash })
                })
            }

            pub(super) async fn read(
                &self,
                sha: &str,
                after: u32,
                limit: u32,
            ) -> Result<Vec<Row>, StoreError> {
                // The statement has no variables except bound values.
                let select = sqlx::AssertSqlSafe(format!(
                    "SELECT {} FROM entry WHERE sha = $1 AND number > $2 ORDER BY number LIMIT $3",
                    self.columns(),
                ));
                let rows = sqlx::query_as(select)
                    .bind(sha)
                    .bind(i64::from(after))
                    .bind(i64::from(limit))
                    .fetch_all(&self.readers)
                    .await
                    .map_err(classify)?;
                rows.into_iter().map(row_of).collect()
            }

            /// Returns the entries of requests, each given by person and identifier.
            pub(super) async fn of_requests(
                &self,
                sha: &str,
                requests: &[(&str, &str)],
            ) -> Result<Vec<Row>, StoreError> {
                let mut entries = Vec::new();
                for chunk in requests.chunks(ROWS_A_STATEMENT) {
                    let mut select = sqlx::QueryBuilder::<$database>::new("SELECT ");
                    select.push(self.columns());
                    select.push(" FROM entry WHERE sha = ").push_bind(sha);
                    select.push(" AND (request, person) IN (");
                    select.push_values(chunk, |mut values, (person, request)| {
                        values.push_bind(*request).push_bind(*person);
                    });
                    select.push(")");
                    let rows = select.build_query_as().fetch_all(&self.readers).await;
                    for row in rows.map_err(classify)? {
                        entries.push(row_of(row)?);
                    }
                }
                Ok(entries)
            }

            /// The columns to read. The first version of the table has no columns for the actor.
            fn columns(&self) -> &'static str {
                match self.schema.load(Ordering::Acquire) {
                    1 => {
                        "number, request, part, bytes, hash, '' AS person, '' AS role, \
                          '' AS body, '' AS cycle"
                    }
                    _ => "number, request, part, bytes, hash, person, role, body, cycle",
                }
            }

            /// Inserts all rows in one transaction. It is never cancelled half-way, because the
            /// writer has its own task.
            pub(super) async fn append(
                &self,
                sha: &str,
                rows: &mut Rows<'_>,
            ) -> Result<(), StoreError> {
                let mut connection = self.writer.acquire().await.map_err(classify)?;
                let result = insert(&mut connection, sha, rows).await;
                if let Err(error) = &result
                    && !matches!(error, StoreError::Conflict)
                {
                    // The state of the transaction is not known: if the engine rolled it back by
                    // itself, the driver could not begin another on this connection.
                    let closing = connection.detach().close();
                    let _ = tokio::time::timeout(super::CLOSING, closing).await;
                }
                result
            }

            /// Creates the tables if there are none, and rejects tables of a later version before
            /// writing to them. Tables of an earlier version are upgraded only for a writer.
            async fn prepare(&self, access: Access) -> Result<(), StoreError> {
                let version = match self.version().await {
                    Ok(version) if version > SCHEMA => return Err(StoreError::TooNew(version)),
                    Ok(version) => version,
                    // The table does not exist yet, or another process is just creating it.
                    Err(StoreError::Refused(_)) => 0,
                    Err(error) => return Err(error),
                };
                let is_enough = version == SCHEMA || version > 0 && access == Access::Read;
                if is_enough {
                    self.schema.store(version, Ordering::Release);
                    return Ok(());
                }
                let mut connection = self.writer.acquire().await.map_err(classify)?;
                let connection = &mut *connection;
                migrations::apply(&migrations(), connection).await?;
                self.schema.store(SCHEMA, Ordering::Release);
                Ok(())
            }

            async fn version(&self) -> Result<i32, StoreError> {
                let (version,): (Option<i64>,) =
                    sqlx::query_as("SELECT MAX(version) FROM wcc_schema")
                        .fetch_one(&self.writer)
                        .await
                        .map_err(classify)?;
                Ok(version.map_or(0, |version| i32::try_from(version).unwrap_or(i32::MAX)))
            }

            async fn close_pools(&self) {
                self.writer.close().await;
                self.readers.close().await;
            }
        }

        /// A single statement is a transaction by itself and saves the round trips to begin and
        /// commit one. Only the rows of one statement are in memory at a time.
        async fn insert(
            connection: &mut PoolConnection<$database>,
            sha: &str,
            rows: &mut Rows<'_>,
        ) -> Result<(), StoreError> {
            let first = next_chunk(rows)?;
            if rows.peek().is_none() {
                return insert_chunk(&mut **connection, sha, &first).await;
            }
            let transaction = connection.begin_with(BEGIN).await;
            let mut writing = transaction.map_err(classify)?;
            let mut chunk = first;
            while !chunk.is_empty() {
                insert_chunk(&mut *writing, sha, &chunk).await?;
                chunk = next_chunk(rows)?;
            }
            writing.commit().await.map_err(classify)
        }

        async fn insert_chunk(
            connection: &mut <$database as sqlx::Database>::Connection,
            sha: &str,
            rows: &[Cow<'_, Row>],
        ) -> Result<(), StoreError> {
            let mut insert = sqlx::QueryBuilder::<$database>::new(
                "INSERT INTO entry \
                 (sha, number, person, role, body, cycle, request, part, bytes, hash) ",
            );
            insert.push_values(rows, |mut values, row| {
                values
                    .push_bind(sha)
                    .push_bind(i64::from(row.number))
                    .push_bind(&*row.actor.person)
                    .push_bind(&*row.actor.role)
                    .push_bind(row.actor.body.as_deref().unwrap_or_default())
                    .push_bind(row.actor.cycle.as_deref().unwrap_or_default())
                    .push_bind(&row.request)
                    .push_bind(i64::from(row.part))
                    .push_bind(&row.bytes)
                    .push_bind(&row.hash.0[..]);
            });
            let result = insert.build().execute(connection).await;
            result.map(drop).map_err(classify)
        }
    };
}

pub(super) use statements;
