//! Accepting connections, and stopping without dropping any request.

use super::router;
use crate::api::Api;
use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use hyper_util::service::TowerToHyperService;
use std::future::Future;
use std::io;
use std::pin::pin;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

/// How long requests that are under way may take when the server is to stop.
const GRACE: Duration = Duration::from_secs(30);

/// How long a client may take for the head of a request.
const HEAD: Duration = Duration::from_secs(10);

/// Connections at once; more wait in the system's queue.
const CONNECTIONS: usize = 4_096;

/// How long to wait after a failure to accept a connection.
const PAUSE: Duration = Duration::from_millis(50);

/// Serves the API until `stopped` ends; then takes no connection any more and finishes what is
/// under way, for at most 30 seconds.
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

/// The same for a router of your own that holds the API's.
///
/// # Errors
/// The listener failed.
pub async fn serve_router(
    listener: TcpListener,
    router: Router,
    stopped: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let graceful = GracefulShutdown::new();
    // Dropping it ends whatever is still open.
    let mut connections = JoinSet::new();
    let mut stopped = pin!(stopped);
    loop {
        tokio::select! {
            () = &mut stopped => break,
            Some(_) = connections.join_next(), if !connections.is_empty() => {}
            accepted = listener.accept(), if connections.len() < CONNECTIONS => match accepted {
                Ok((stream, _)) => {
                    connections.spawn(connection(stream, router.clone(), graceful.watcher()));
                }
                Err(error) if is_passing(&error) => {
                    // Out of descriptors, say: some will come free.
                    tracing::warn!(%error, "cannot accept a connection");
                    tokio::time::sleep(PAUSE).await;
                }
                Err(error) => return Err(error),
            },
        }
    }
    drop(listener);
    if tokio::time::timeout(GRACE, graceful.shutdown())
        .await
        .is_err()
    {
        tracing::warn!("requests were still under way after {} s", GRACE.as_secs());
    }
    Ok(())
}

/// Whether accepting may work again later.
fn is_passing(error: &io::Error) -> bool {
    !matches!(
        error.kind(),
        io::ErrorKind::InvalidInput | io::ErrorKind::NotConnected | io::ErrorKind::Unsupported
    )
}

async fn connection(stream: TcpStream, router: Router, watcher: Watcher) {
    // Without it small answers wait for the client's acknowledgement; a failure costs only that.
    let _ = stream.set_nodelay(true);
    let mut server = http1::Builder::new();
    server
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD)
        .max_buf_size(128 * 1024);
    let service = TowerToHyperService::new(router);
    let connection = server.serve_connection(TokioIo::new(stream), service);
    if let Err(error) = watcher.watch(connection).await {
        tracing::debug!(%error, "a connection ended");
    }
}
