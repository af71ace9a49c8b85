//! Files that clients download. Those that are made on request are made a few at a time.

use crate::operator::HttpError;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;

/// How many files of a queue are made at the same time.
const AT_ONCE: usize = 2;

/// How long a client waits for its turn.
const TURN: Duration = Duration::from_secs(20);

/// Makes files on request.
#[derive(Clone)]
pub(crate) struct DownloadQueue {
    /// The files, as clients are told of them: "workbooks".
    files: &'static str,
    permits: Arc<Semaphore>,
}

impl DownloadQueue {
    pub(crate) fn new(files: &'static str) -> DownloadQueue {
        DownloadQueue {
            files,
            permits: Arc::new(Semaphore::new(AT_ONCE)),
        }
    }

    /// Makes a file on a blocking thread, when it is its turn, and to its end even if the client has
    /// gone.
    ///
    /// # Errors
    /// Its turn does not come in time, or `make` fails.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        make: impl FnOnce() -> Result<T, HttpError> + Send + 'static,
    ) -> Result<T, HttpError> {
        let permit = Arc::clone(&self.permits).acquire_owned();
        let permit = tokio::time::timeout(TURN, permit).await;
        let permit = permit.ok().and_then(Result::ok).ok_or_else(|| {
            let message = format!("too many {} are being made; try again later", self.files);
            HttpError::new(StatusCode::SERVICE_UNAVAILABLE, message)
        })?;
        let making = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            make()
        });
        making.await.unwrap_or_else(|error| {
            tracing::error!("making {} failed: {error}", self.files);
            Err(HttpError::new(
                StatusCode::INTERNAL_SERVER_ERROR,
                "internal error; see the server log",
            ))
        })
    }

    /// The answer if what a client may see cannot be determined in time.
    pub(crate) fn unavailable(&self) -> HttpError {
        let message = format!(
            "{} cannot be made at the moment; try again later",
            self.files
        );
        HttpError::new(StatusCode::SERVICE_UNAVAILABLE, message)
    }
}

/// A file as a download, which is never shown in a page of this server.
pub(crate) fn download(
    name: &str,
    media_type: &str,
    cache_control: &str,
    bytes: impl IntoResponse,
) -> Response {
    let disposition = format!("attachment; filename=\"{name}\"");
    let headers = [
        (header::CONTENT_TYPE, media_type),
        (header::CONTENT_DISPOSITION, &disposition),
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; sandbox",
        ),
        (header::CACHE_CONTROL, cache_control),
    ];
    (headers, bytes).into_response()
}
