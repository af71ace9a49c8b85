//! Accepts connections, and shuts down without dropping requests.

use super::connection::ConnectionControl;
use super::router;
use crate::api::Api;
use axum::Router;
use axum::http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use std::future::Future;
use std::io;
use std::pin::pin;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tower::ServiceExt;

/// Maximum time for requests in progress when the server shuts down.
const GRACE: Duration = Duration::from_secs(30);

/// Maximum time for a client to send the head of a request.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);

/// Maximum number of open connections; further ones wait in the operating system's queue.
const MAX_CONNECTIONS: usize = 4_096;

/// Delay after a failure to accept a connection.
const PAUSE: Duration = Duration::from_millis(50);

/// Serves the API until `stopped` completes. It then accepts no more connections, closes the
/// subscriptions and finishes the other requests in progress, for at most 30 seconds.
///
/// # Errors
/// The listener failed.
pub async fn serve(
    listener: TcpListener,
    api: Api,
    stopped: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    serve_router(listener, router(api), stopped).await
}

/// Serves a router that includes the API's routes, as [`serve`] does.
///
/// # Errors
/// The listener failed.
pub async fn serve_router(
    listener: TcpListener,
    router: Router,
    stopped: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    // Each connection has a receiver until it is finished, and so has each WebSocket until it is closed.
    let (stop, stopping) = watch::channel(false);
    // Dropping this closes the remaining connections.
    let mut connections = JoinSet::new();
    let mut stopped = pin!(stopped);
    loop {
        tokio::select! {
            () = &mut stopped => break,
            Some(_) = connections.join_next(), if !connections.is_empty() => {}
            accepted = listener.accept(), if connections.len() < MAX_CONNECTIONS => match accepted {
                Ok((stream, _)) => {
                    let control = ConnectionControl::new(stopping.clone());
                    connections.spawn(serve_connection(stream, router.clone(), control));
                }
                Err(error) if is_transient(&error) => {
                    // For example, there are no free file descriptors at the moment.
                    tracing::warn!(%error, "cannot accept a connection");
                    tokio::time::sleep(PAUSE).await;
                }
                Err(error) => return Err(error),
            },
        }
    }
    drop((listener, stopping));
    stop.send_replace(true);
    if tokio::time::timeout(GRACE, stop.closed()).await.is_err() {
        tracing::warn!(
            "requests were still in progress after {} s and were dropped",
            GRACE.as_secs()
        );
    }
    Ok(())
}

/// Whether accepting may succeed later.
fn is_transient(error: &io::Error) -> bool {
    !matches!(
        error.kind(),
        io::ErrorKind::InvalidInput | io::ErrorKind::NotConnected | io::ErrorKind::Unsupported
    )
}

async fn serve_connection(stream: TcpStream, router: Router, control: ConnectionControl) {
    // Without this, small answers wait for the client's acknowledgement. A failure only costs time.
    let _ = stream.set_nodelay(true);
    let mut server = http1::Builder::new();
    server
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .max_buf_size(128 * 1024);
    let (mut stopping, mut aborted) = (control.clone(), pin!(control.clone().aborted()));
    let service = router.map_request(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(control.clone());
        request
    });
    let connection =
        server.serve_connection(TokioIo::new(stream), TowerToHyperService::new(service));
    let mut connection = pin!(connection.with_upgrades());
    let mut is_stopping = false;
    loop {
        tokio::select! {
            result = &mut connection => {
                if let Err(error) = result {
                    tracing::debug!(%error, "a connection ended with an error");
                }
                return;
            }
            () = stopping.stopping(), if !is_stopping => {
                is_stopping = true;
                connection.as_mut().graceful_shutdown();
            }
            () = &mut aborted => return,
        }
    }
}
