//! Subscriptions as server-sent events: the distinct connections mode of `graphql-sse`, as specified at
//! github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md. Each response is one operation.

use super::RouterState;
use super::body::{self, Problem};
use super::connection::ConnectionControl;
use super::negotiate::{Media, accepted};
use super::respond;
use super::session::{Session, SessionEnd, credentials};
use super::stream_permits::StreamPermit;
use crate::api::SubscriptionSettings;
use crate::api::subscription::{Operation, Subscription};
use crate::execute::answer::{Answer, Kind, refuse};
use axum::body::{Body, Bytes};
use axum::extract::Request as HttpRequest;
use axum::http::Method;
use axum::response::Response;
use futures_util::stream;
use std::convert::Infallible;
use std::pin::pin;
use tokio::sync::mpsc;
use tokio::sync::mpsc::error::SendTimeoutError;
use tokio::time::{Instant, MissedTickBehavior, interval_at};

/// A comment, which keeps a connection alive and means nothing.
const COMMENT: &[u8] = b":\n\n";

/// The end of an operation. Without it, a client connects again.
const COMPLETE: &[u8] = b"event: complete\ndata:\n\n";

/// Answers a request that accepts a stream of events.
///
/// # Errors
/// The request is malformed, its credentials are refused, or there are too many connections.
pub(super) async fn answer(state: RouterState, request: HttpRequest) -> Result<Response, Problem> {
    let RouterState {
        api,
        authenticator,
        streams,
    } = state;
    let settings = &api.settings().subscriptions;
    let media = accepted(request.headers());
    let control = ConnectionControl::of(request.extensions());
    let headers = credentials(request.headers());
    let session = Session::open(authenticator, headers).await?;
    let parsed = if request.method() == Method::POST {
        let bytes = body::read(request, api.settings()).await?;
        body::from_json(&bytes)?
    } else {
        body::from_query_string(body::query_string(request.uri(), api.settings())?)?
    };
    let operation = api.start(parsed.actor(session.actor().clone())).await;
    let subscription = match operation {
        Operation::Subscription(subscription) => subscription,
        // Only a subscription needs a stream.
        Operation::Answer(answer) => return Ok(answer_once(answer, media)),
    };
    let mut permit = streams.open(settings)?;
    permit.assign(session.actor(), settings)?;
    let (events, sent) = mpsc::channel(1);
    let stream = EventStream {
        subscription,
        session,
        control,
        events,
        _permit: permit,
    };
    let settings = settings.clone();
    tokio::spawn(async move { stream.run(&settings).await });
    let chunks = stream::unfold(sent, async |mut sent| {
        let chunk = sent.recv().await?;
        Some((Ok::<Bytes, Infallible>(chunk), sent))
    });
    Ok(respond::events(Body::from_stream(chunks)))
}

/// The response to a query or a mutation, in the other media type that the client accepts, or else as
/// events.
fn answer_once(answer: Answer, media: Option<Media>) -> Response {
    match media {
        Some(media) => respond::answer(answer, media, None),
        None if matches!(answer.kind, Kind::Data | Kind::LiveData) => {
            let events = [&*event(&answer), COMPLETE].concat();
            respond::events(Body::from(events))
        }
        None => respond::answer(answer, Media::Response, None),
    }
}

/// One running subscription.
struct EventStream {
    subscription: Subscription,
    session: Session,
    control: ConnectionControl,
    events: mpsc::Sender<Bytes>,
    _permit: StreamPermit,
}

/// The client has left, or does not read what it is sent.
struct ClientGone;

impl EventStream {
    async fn run(mut self, settings: &SubscriptionSettings) {
        // An error means that nobody reads what would be said about it.
        drop(self.serve(settings).await);
    }

    async fn serve(&mut self, settings: &SubscriptionSettings) -> Result<(), ClientGone> {
        let EventStream {
            subscription,
            session,
            control,
            events,
            ..
        } = self;
        let now = Instant::now();
        let mut pings = interval_at(now + settings.ping_time, settings.ping_time);
        pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut checks = interval_at(now + settings.check_time, settings.check_time);
        checks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            // One future until it ends: a new one for each tick would begin the answer again.
            let mut next = pin!(subscription.next());
            let answer = loop {
                tokio::select! {
                    answer = &mut next => break answer,
                    _ = pings.tick() => send(events, control, COMMENT.into(), settings).await?,
                    _ = checks.tick() => if let Err(end) = session.verify().await {
                        send(events, control, event(&refusal(&end)), settings).await?;
                        return send(events, control, COMPLETE.into(), settings).await;
                    },
                    () = control.stopping() => return Ok(()),
                    () = events.closed() => return Err(ClientGone),
                }
            };
            let is_last = answer.kind != Kind::Data;
            send(events, control, event(&answer), settings).await?;
            if is_last {
                return send(events, control, COMPLETE.into(), settings).await;
            }
        }
    }
}

/// Sends a chunk of the response. The connection of a client that does not accept it in time is
/// dropped.
async fn send(
    events: &mpsc::Sender<Bytes>,
    control: &ConnectionControl,
    chunk: Vec<u8>,
    settings: &SubscriptionSettings,
) -> Result<(), ClientGone> {
    let sent = events.send_timeout(chunk.into(), settings.send_time);
    sent.await.map_err(|error| {
        if let SendTimeoutError::Timeout(_) = error {
            tracing::info!("a client did not read its subscription; its connection is dropped");
            control.abort();
        }
        ClientGone
    })
}

/// The answer when the credentials are no longer accepted.
fn refusal(end: &SessionEnd) -> Answer {
    refuse(Kind::Refused, "UNAUTHENTICATED", end.to_string())
}

/// An answer as an event. It is JSON on one line.
fn event(answer: &Answer) -> Vec<u8> {
    [b"event: next\ndata: ", &*answer.bytes, b"\n\n"].concat()
}
