//! `/metrics`: counts and times for Prometheus. Nothing in them names a person or a body. How many
//! entries the ledger has is shown to those who see everything: to others it would show that
//! something was entered.

use crate::operator::HttpError;
use crate::reload::Snapshot;
use axum::Router;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::{encode, encode_registry};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Registry, Unit};
use std::sync::Arc;
use std::time::Instant;
use tokio::sync::watch;
use wcc_api::{Api, Authenticator};
use wcc_ledger::Head;

/// Upper bounds of the histogram of response times, in seconds.
const SECONDS: [f64; 10] = [0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 10.0];

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct ResponseLabels {
    route: String,
    status: u16,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct RouteLabels {
    route: String,
}

/// The counters. All clones share them.
#[derive(Clone)]
pub(crate) struct Metrics(Arc<Inner>);

struct Inner {
    registry: Registry,
    /// Metrics of the ledger, shown only to actors who may read everything.
    ledger: Option<Registry>,
    answered: Family<ResponseLabels, Counter>,
    seconds: Family<RouteLabels, Histogram>,
    entries: Gauge,
    served: Gauge,
    head: Option<watch::Receiver<Head>>,
    snapshots: watch::Receiver<Arc<Snapshot>>,
    readers: (Api, Authenticator),
}

impl Metrics {
    /// Starts counting. `head` is the head of the ledger, if there is one; `readers` knows who asks
    /// and what they may see.
    pub(crate) fn new(
        head: Option<watch::Receiver<Head>>,
        snapshots: watch::Receiver<Arc<Snapshot>>,
        readers: (Api, Authenticator),
    ) -> Metrics {
        let mut registry = Registry::with_prefix("wcc");
        let answered = Family::<ResponseLabels, Counter>::default();
        let seconds =
            Family::<RouteLabels, Histogram>::new_with_constructor(|| Histogram::new(SECONDS));
        let (entries, served) = (Gauge::default(), Gauge::default());
        let version = Info::new([("version", env!("CARGO_PKG_VERSION"))]);
        registry.register("build", "The program", version);
        registry.register("requests", "Requests answered", answered.clone());
        registry.register_with_unit(
            "request",
            "Time to an answer",
            Unit::Seconds,
            seconds.clone(),
        );
        let ledger = head.is_some().then(|| {
            let mut registry = Registry::with_prefix("wcc");
            let about = "Entries of the ledger";
            registry.register("ledger_entries", about, entries.clone());
            let about = "Number of the last entry that answers are based on";
            registry.register("ledger_entries_served", about, served.clone());
            registry
        });
        Metrics(Arc::new(Inner {
            registry,
            ledger,
            answered,
            seconds,
            entries,
            served,
            head,
            snapshots,
            readers,
        }))
    }

    /// Adds counting and `/metrics` to a router. The layer is our own, because those of
    /// `tower-http` do not know the route.
    pub(crate) fn over(self, router: Router) -> Router {
        let page = get(page).with_state(self.clone());
        let counted = router.layer(middleware::from_fn_with_state(self, count));
        counted.route("/metrics", page)
    }

    fn text(&self, sees_all: bool) -> String {
        let Inner {
            registry,
            ledger,
            entries,
            served,
            ..
        } = &*self.0;
        if let Some(head) = &self.0.head {
            entries.set(i64::from(head.borrow().number));
        }
        served.set(i64::from(self.0.snapshots.borrow().head.number));
        let mut text = String::new();
        let ledger = ledger.as_ref().filter(|_| sees_all);
        let encoded = ledger.map_or(Ok(()), |ledger| encode_registry(&mut text, ledger));
        if encoded.and_then(|()| encode(&mut text, registry)).is_err() {
            // Writing the metrics registered above into a string cannot fail.
            text.clear();
        }
        text
    }
}

async fn count(State(metrics): State<Metrics>, request: Request, next: Next) -> Response {
    let started = Instant::now();
    let matched = request.extensions().get::<MatchedPath>();
    // Unknown paths share one label, so that a client cannot fill the memory with labels.
    let route = matched.map_or_else(|| "other".to_owned(), |path| path.as_str().to_owned());
    let response = next.run(request).await;
    let labels = RouteLabels {
        route: route.clone(),
    };
    let seconds = started.elapsed().as_secs_f64();
    metrics.0.seconds.get_or_create(&labels).observe(seconds);
    let labels = ResponseLabels {
        route,
        status: response.status().as_u16(),
    };
    metrics.0.answered.get_or_create(&labels).inc();
    response
}

async fn page(State(metrics): State<Metrics>, headers: HeaderMap) -> Result<Response, HttpError> {
    let (api, authenticator) = &metrics.0.readers;
    let actor = authenticator.identify(&headers).await?;
    let sees_all = api.shows_all_to(&actor).await;
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    Ok(([(header::CONTENT_TYPE, kind)], metrics.text(sees_all)).into_response())
}
