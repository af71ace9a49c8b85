//! A server on its own port, for one or more tests.

use std::net::SocketAddr;
use tokio::sync::oneshot;
use wcc_api::{Api, Settings};

/// A running server, which is stopped on drop.
#[derive(Debug)]
pub struct Server {
    pub api: Api,
    pub address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Server {
    /// Starts a server with a small made-up England.
    pub fn start(settings: Settings) -> Server {
        Server::with(Api::new(crate::england::programme(12), settings))
    }

    /// Starts a server for an API.
    pub fn with(api: Api) -> Server {
        let router = wcc_api::router(api.clone());
        Server::routed(api, router)
    }

    /// Starts a server for a router.
    pub fn routed(api: Api, router: axum::Router) -> Server {
        let (stop, stopped) = oneshot::channel();
        let (tell, told) = std::sync::mpsc::channel();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread()
                .worker_threads(2)
                .enable_all()
                .build()
                .unwrap();
            runtime.block_on(async {
                let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
                tell.send(listener.local_addr().unwrap()).unwrap();
                let stopped = async { drop(stopped.await) };
                wcc_api::serve_router(listener, router, stopped)
                    .await
                    .unwrap();
            });
        });
        Server {
            api,
            address: told.recv().unwrap(),
            stop: Some(stop),
            thread: Some(thread),
        }
    }

    /// Stops the server and waits until its requests are finished.
    pub fn stop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
    }
}
