//! One open WebSocket.

use super::protocol::{ACK, ClientMessage, Close, OperationMessage, add_credentials, pong};
use crate::api::subscription::Operation;
use crate::execute::answer::{self, Answer, Kind, refuse};
use crate::execute::request::Request;
use crate::http::RouterState;
use crate::http::body;
use crate::http::connection::ConnectionControl;
use crate::http::session::Session;
use crate::http::stream_permits::StreamPermit;
use axum::extract::ws::{Message, Utf8Bytes, WebSocket};
use axum::http::HeaderMap;
use serde_json::value::RawValue;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::task::{AbortHandle, JoinSet};
use tokio::time::{Instant, MissedTickBehavior, interval_at, sleep_until, timeout};

/// How many messages of operations wait for a client. An operation that finds no room waits, and then
/// continues with the newest answer.
const WAITING: usize = 4;

/// How long the server waits for a client to answer a close frame.
const CLOSE_TIME: Duration = Duration::from_secs(3);

/// An open WebSocket with its operations.
pub(super) struct Connection {
    socket: WebSocket,
    state: RouterState,
    control: ConnectionControl,
    /// The credentials of the request that opened the connection.
    credentials: HeaderMap,
    permit: StreamPermit,
    /// Who the connection belongs to, once `connection_init` is accepted.
    session: Option<Session>,
    operations: Operations,
}

/// The operations that run on a connection.
struct Operations {
    tasks: JoinSet<()>,
    by_id: HashMap<String, RunningOperation>,
    /// The number of operations started so far.
    started: u64,
    /// What further subscriptions may cost. Together they may cost as much as one query, because each
    /// is read again after every change.
    budget: Arc<AtomicU64>,
    sender: mpsc::Sender<OutgoingMessage>,
    receiver: mpsc::Receiver<OutgoingMessage>,
}

struct RunningOperation {
    number: u64,
    task: AbortHandle,
    share: Arc<CostShare>,
}

/// A message of an operation for the client.
struct OutgoingMessage {
    id: String,
    /// The number of the operation: an earlier one may have had the same identifier.
    number: u64,
    message: OperationMessage,
}

/// The part of a connection's budget that one operation uses.
struct CostShare {
    budget: Arc<AtomicU64>,
    cost: AtomicU64,
}

impl CostShare {
    fn new(budget: &Arc<AtomicU64>) -> Arc<CostShare> {
        Arc::new(CostShare {
            budget: Arc::clone(budget),
            cost: AtomicU64::new(0),
        })
    }

    /// Takes a cost out of the budget, once. False if it does not suffice.
    fn take(&self, cost: u64) -> bool {
        let rest = |left: u64| left.checked_sub(cost);
        let taken = self
            .budget
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, rest);
        if taken.is_ok() {
            self.cost.store(cost, Ordering::SeqCst);
        }
        taken.is_ok()
    }

    /// Gives back what was taken, which may happen before the task of the operation has ended.
    fn release(&self) {
        let cost = self.cost.swap(0, Ordering::SeqCst);
        self.budget.fetch_add(cost, Ordering::SeqCst);
    }
}

impl Drop for CostShare {
    fn drop(&mut self) {
        self.release();
    }
}

fn too_costly(limit: u64) -> Answer {
    let message = format!(
        "the subscriptions of this connection would together cost more than {limit}: complete one, or \
         ask for fewer rows or fields"
    );
    refuse(Kind::Refused, "TOO_MANY_SUBSCRIPTIONS", message)
}

/// How a connection ends.
enum ConnectionEnd {
    /// The server closes it.
    Close(Close),
    /// The client is gone, or does not read what it is sent.
    ClientGone,
}

impl From<Close> for ConnectionEnd {
    fn from(close: Close) -> ConnectionEnd {
        ConnectionEnd::Close(close)
    }
}

impl Connection {
    pub(super) fn new(
        socket: WebSocket,
        state: RouterState,
        (credentials, permit): (HeaderMap, StreamPermit),
        control: ConnectionControl,
    ) -> Connection {
        let (sender, receiver) = mpsc::channel(WAITING);
        let budget = Arc::new(AtomicU64::new(state.api.settings().limits.cost));
        Connection {
            socket,
            state,
            control,
            credentials,
            permit,
            session: None,
            operations: Operations {
                tasks: JoinSet::new(),
                by_id: HashMap::new(),
                started: 0,
                budget,
                sender,
                receiver,
            },
        }
    }

    /// Serves the connection to its end. `speaks_graphql` says whether its sub-protocol is ours.
    pub(super) async fn run(mut self, speaks_graphql: bool) {
        let end = if speaks_graphql {
            self.serve().await
        } else {
            ConnectionEnd::Close(Close::other_protocol())
        };
        self.operations.tasks.abort_all();
        if let ConnectionEnd::Close(close) = end {
            tracing::debug!(?close, "closing a WebSocket");
            let mut socket = self.socket;
            let closing = async {
                if socket
                    .send(Message::Close(Some(close.frame())))
                    .await
                    .is_ok()
                {
                    // What the client still sends is read, so that the system does not discard the
                    // close frame.
                    while let Some(Ok(_)) = socket.recv().await {}
                }
            };
            let _ = timeout(CLOSE_TIME, closing).await;
        }
    }

    /// Reads, answers and sends, until the connection ends.
    async fn serve(&mut self) -> ConnectionEnd {
        let settings = self.state.api.settings().subscriptions.clone();
        let now = Instant::now();
        let until_init = now + settings.init_time;
        let mut pings = interval_at(now + settings.ping_time, settings.ping_time);
        pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut checks = interval_at(now + settings.check_time, settings.check_time);
        checks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut unanswered_pings = 0;
        loop {
            let result = tokio::select! {
                received = self.socket.recv() => {
                    unanswered_pings = 0;
                    match received {
                        Some(Ok(message)) => self.receive(message).await,
                        // The library may not read on after a malformed frame.
                        Some(Err(_)) => Err(Close::broken().into()),
                        None => Err(ConnectionEnd::ClientGone),
                    }
                }
                // The connection has a sender of its own, so there is always a next one.
                Some(outgoing) = self.operations.receiver.recv() => self.forward(outgoing).await,
                Some(ended) = self.operations.tasks.join_next() => match ended {
                    // The panic hook has logged it.
                    Err(error) if error.is_panic() => self.fail(error.id()).await,
                    _ => Ok(()),
                },
                () = sleep_until(until_init), if self.session.is_none() => {
                    Err(Close::no_init().into())
                }
                _ = pings.tick() => {
                    unanswered_pings += 1;
                    if unanswered_pings > 2 {
                        Err(ConnectionEnd::ClientGone)
                    } else {
                        self.send(Message::Ping(Default::default())).await
                    }
                }
                _ = checks.tick() => self.verify().await,
                () = self.control.stopping() => Err(Close::stopping().into()),
            };
            if let Err(end) = result {
                return end;
            }
        }
    }

    async fn receive(&mut self, message: Message) -> Result<(), ConnectionEnd> {
        let text = match message {
            Message::Text(text) => text,
            Message::Binary(_) => return Err(Close::malformed("messages must be text").into()),
            // The library answers both.
            Message::Ping(_) | Message::Pong(_) => return Ok(()),
            // The library answers it; reading on sends the answer.
            Message::Close(_) => return Ok(()),
        };
        let limit = self.state.api.settings().body_bytes;
        if text.len() > limit {
            return Err(Close::too_large(limit).into());
        }
        match ClientMessage::read(&text)? {
            ClientMessage::ConnectionInit(payload) => self.initialise(payload).await,
            ClientMessage::Ping(payload) => self.send_text(pong(payload)).await,
            ClientMessage::Pong => Ok(()),
            ClientMessage::Subscribe { id, payload } => self.subscribe(id, payload).await,
            ClientMessage::Complete { id } => {
                self.operations.stop(&id);
                Ok(())
            }
        }
    }

    async fn initialise(&mut self, payload: Option<&RawValue>) -> Result<(), ConnectionEnd> {
        if self.session.is_some() {
            return Err(Close::second_init().into());
        }
        let mut headers = std::mem::take(&mut self.credentials);
        add_credentials(payload, &mut headers)?;
        let session = Session::open(self.state.authenticator.clone(), headers).await;
        let session = session.map_err(|error| Close::forbidden(error.to_string()))?;
        let settings = &self.state.api.settings().subscriptions;
        self.permit
            .assign(session.actor(), settings)
            .map_err(|error| Close::too_many(error.to_string()))?;
        self.session = Some(session);
        self.send_text(Utf8Bytes::from_static(ACK)).await
    }

    /// Verifies the token again.
    async fn verify(&mut self) -> Result<(), ConnectionEnd> {
        let Some(session) = &self.session else {
            return Ok(());
        };
        let verified = session.verify().await;
        verified.map_err(|end| Close::forbidden(end.to_string()).into())
    }

    async fn subscribe(&mut self, id: String, payload: &RawValue) -> Result<(), ConnectionEnd> {
        let Some(session) = &self.session else {
            return Err(Close::unauthorised().into());
        };
        if self.operations.by_id.contains_key(&id) {
            return Err(Close::duplicate(&id).into());
        }
        let request = match body::from_json(payload.get().as_bytes()) {
            Ok(request) => request.actor(session.actor().clone()),
            Err(problem) if problem.is_graphql => {
                let code = problem.code.unwrap_or("BAD_USER_INPUT");
                let refused = refuse(Kind::Refused, code, problem.message);
                let message = OperationMessage::of(refused);
                return self.send_text(message.text(&id)).await;
            }
            Err(problem) => {
                let reason = format!("malformed `payload` of `subscribe`: {}", problem.message);
                return Err(Close::malformed(reason).into());
            }
        };
        let limit = self
            .state
            .api
            .settings()
            .subscriptions
            .operations_per_connection;
        if self.operations.by_id.len() >= limit {
            let message = format!(
                "{limit} operations run on this connection already: complete one, or open another \
                 connection"
            );
            let refused = refuse(Kind::Refused, "TOO_MANY_SUBSCRIPTIONS", message);
            return self
                .send_text(OperationMessage::of(refused).text(&id))
                .await;
        }
        self.operations.start(id, &self.state, request);
        Ok(())
    }

    /// Sends a message of an operation, unless the operation has been stopped.
    async fn forward(&mut self, outgoing: OutgoingMessage) -> Result<(), ConnectionEnd> {
        let OutgoingMessage {
            id,
            number,
            message,
        } = outgoing;
        let running = self.operations.by_id.get(&id);
        if running.is_none_or(|running| running.number != number) {
            return Ok(());
        }
        if message.is_last() {
            self.operations.stop(&id);
        }
        self.send_text(message.text(&id)).await
    }

    /// Ends an operation whose task has panicked.
    async fn fail(&mut self, task: tokio::task::Id) -> Result<(), ConnectionEnd> {
        let mut running = self.operations.by_id.iter();
        let failed = running.find(|(_, operation)| operation.task.id() == task);
        let Some(id) = failed.map(|(id, _)| id.clone()) else {
            return Ok(());
        };
        self.operations.stop(&id);
        let message = OperationMessage::of(answer::failed());
        self.send_text(message.text(&id)).await
    }

    async fn send_text(&mut self, text: Utf8Bytes) -> Result<(), ConnectionEnd> {
        self.send(Message::Text(text)).await
    }

    /// Sends a message. A client that does not accept it in time is gone.
    async fn send(&mut self, message: Message) -> Result<(), ConnectionEnd> {
        let time = self.state.api.settings().subscriptions.send_time;
        match timeout(time, self.socket.send(message)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(ConnectionEnd::ClientGone),
            Err(_) => {
                tracing::info!("a client did not read its subscriptions; its WebSocket is dropped");
                Err(ConnectionEnd::ClientGone)
            }
        }
    }
}

impl Operations {
    /// Starts an operation.
    fn start(&mut self, id: String, state: &RouterState, request: Request) {
        self.started += 1;
        let number = self.started;
        let api = state.api.clone();
        let sender = self.sender.clone();
        let share = CostShare::new(&self.budget);
        let kept_share = Arc::clone(&share);
        let sent_id = id.clone();
        let task = self.tasks.spawn(async move {
            // An error means that the connection is gone.
            let send = async |message| {
                let id = sent_id.clone();
                let outgoing = OutgoingMessage {
                    id,
                    number,
                    message,
                };
                sender.send(outgoing).await.is_ok()
            };
            match api.start(request).await {
                Operation::Answer(answer) => {
                    let message = OperationMessage::of(answer);
                    let is_last = message.is_last();
                    if send(message).await && !is_last {
                        send(OperationMessage::Complete).await;
                    }
                }
                Operation::Subscription(mut subscription) => {
                    if !share.take(subscription.cost()) {
                        let refused = too_costly(api.settings().limits.cost);
                        send(OperationMessage::of(refused)).await;
                        return;
                    }
                    loop {
                        let message = OperationMessage::of(subscription.next().await);
                        let is_last = message.is_last();
                        if !send(message).await || is_last {
                            return;
                        }
                    }
                }
            }
        });
        let running = RunningOperation {
            number,
            task,
            share: kept_share,
        };
        self.by_id.insert(id, running);
    }

    /// Stops an operation, if it is running, and frees its identifier.
    fn stop(&mut self, id: &str) {
        if let Some(running) = self.by_id.remove(id) {
            running.task.abort();
            running.share.release();
        }
    }
}
