//! The counts as Prometheus reads them: OpenMetrics 1.0, of which its text form is a part.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use bytes::Bytes;
use http::StatusCode;
use http::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use prometheus_client::collector::Collector;
use prometheus_client::encoding::text::encode;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::exemplar::Exemplar;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::registry::{Registry, Unit};

use super::{Metrics, STATUSES};
use crate::api::Api;
use crate::api::error::ApiError;
use crate::api::message::{Body, Response};
use crate::store::measure::{Histogram, Work};
use crate::store::{Store, outbox};

/// Returns all that is counted.
///
/// # Errors
/// When the store fails.
pub(in crate::api) fn response(api: &Api) -> Result<Response, ApiError> {
    let waiting = outbox::count(&*api.store.reader()?)?;
    let (metrics, store) = (Arc::clone(&api.metrics), Arc::clone(&api.store));
    let mut registry = Registry::with_prefix("etalon");
    registry.register_collector(Box::new(Counted { metrics, store, waiting }));
    let mut text = String::new();
    encode(&mut text, &registry).map_err(|error| {
        ApiError::internal("The counts cannot be written.").with_log(error.to_string())
    })?;
    let media = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    let headers = HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static(media))]);
    Ok(Response { status: StatusCode::OK, headers, body: Body::Whole(Bytes::from(text)) })
}

/// What is counted, at one moment.
struct Counted {
    metrics: Arc<Metrics>,
    store: Arc<Store>,
    /// How many events wait, for how many listeners each.
    waiting: u64,
}

impl fmt::Debug for Counted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Counted")
    }
}

impl Collector for Counted {
    fn encode(&self, mut out: DescriptorEncoder<'_>) -> fmt::Result {
        self.metrics.requests(&mut out)?;
        self.metrics.times(&mut out)?;
        let connections = &self.metrics.connections;
        // In this order, since one more may end between the two.
        let closed = read(&connections.closed);
        let accepted = read(&connections.accepted);
        counter(
            &mut out,
            "connections_accepted",
            "Connections of clients since the start",
            accepted,
        )?;
        gauge(
            &mut out,
            "connections",
            "Connections that are open",
            accepted.saturating_sub(closed),
        )?;
        if let Some(work) = self.store.work() {
            commits(&mut out, work)?;
        }
        if let Some(bytes) = self.store.file_bytes() {
            let mut size = out.encode_descriptor(
                "store",
                "The store's file",
                Some(&Unit::Bytes),
                MetricType::Gauge,
            )?;
            size.encode_gauge(&signed(bytes))?;
        }
        let events = &self.metrics.events;
        gauge(
            &mut out,
            "events_waiting",
            "Deliveries of events that are still to be made",
            self.waiting,
        )?;
        for (name, help, count) in [
            ("events_delivered", "Deliveries that a listener took", &events.delivered),
            ("event_tries_failed", "Tries to deliver that failed", &events.failed),
            ("events_given_up", "Deliveries that were given up", &events.given_up),
        ] {
            counter(&mut out, name, help, read(count))?;
        }
        let version = [("version", env!("CARGO_PKG_VERSION"))];
        out.encode_descriptor("build", "What answers", None, MetricType::Info)?
            .encode_info(&version)
    }
}

impl Metrics {
    /// Writes how many requests were answered; what never was is left out.
    fn requests(&self, out: &mut DescriptorEncoder<'_>) -> fmt::Result {
        let help = "Requests that were answered, by API, operation and status";
        let mut family = out.encode_descriptor("requests", help, None, MetricType::Counter)?;
        for api in &self.apis {
            for operation in &api.operations {
                for (status, count) in STATUSES.iter().zip(&operation.by_status) {
                    let count = read(count);
                    if count == 0 {
                        continue;
                    }
                    let status = if *status == 0 { "other".to_owned() } else { status.to_string() };
                    let labels = [
                        ("api", api.name),
                        ("operation", operation.name.as_str()),
                        ("status", status.as_str()),
                    ];
                    ConstCounter::new(count).encode(family.encode_family(&labels)?)?;
                }
            }
        }
        Ok(())
    }

    /// Writes how long answering took.
    fn times(&self, out: &mut DescriptorEncoder<'_>) -> fmt::Result {
        let help = "From the moment when a request is whole to that when its answer is ready";
        let kind = MetricType::Histogram;
        let mut family =
            out.encode_descriptor("request_duration", help, Some(&Unit::Seconds), kind)?;
        for api in &self.apis {
            let labels = [("api", api.name)];
            let (sum, count, buckets) = distribution(&api.times, |nanos| nanos as f64 / 1e9);
            family.encode_family(&labels)?.encode_histogram(sum, count, &buckets, NO_EXAMPLES)?;
        }
        Ok(())
    }
}

/// Writes what the writer has done and has to do.
fn commits(out: &mut DescriptorEncoder<'_>, work: &Work) -> fmt::Result {
    let help = "Writes in each commit: the sum is the writes, the count the commits";
    let (sum, count, buckets) = distribution(&work.commits, |writes| writes as f64);
    out.encode_descriptor("commit_writes", help, None, MetricType::Histogram)?.encode_histogram(
        sum,
        count,
        &buckets,
        NO_EXAMPLES,
    )?;
    gauge(out, "writes_queued", "Writes that wait for the writer", read(&work.queued))
}

/// None of the requests behind a count is told of.
const NO_EXAMPLES: Option<&std::collections::HashMap<usize, Exemplar<[(&str, &str); 0], f64>>> =
    None;

/// Returns the sum of all values, how many there are, and how many are within each bound, in the unit
/// that `unit` makes of them.
fn distribution(histogram: &Histogram, unit: impl Fn(u64) -> f64) -> (f64, u64, Vec<(f64, u64)>) {
    let bound = |bound: Option<u64>| bound.map_or(f64::MAX, &unit);
    let buckets: Vec<_> = histogram.counts().map(|(at, count)| (bound(at), count)).collect();
    let count = buckets.iter().map(|(_, count)| count).sum();
    (unit(histogram.sum()), count, buckets)
}

fn counter(out: &mut DescriptorEncoder<'_>, name: &str, help: &str, value: u64) -> fmt::Result {
    ConstCounter::new(value).encode(out.encode_descriptor(name, help, None, MetricType::Counter)?)
}

fn gauge(out: &mut DescriptorEncoder<'_>, name: &str, help: &str, value: u64) -> fmt::Result {
    let value = ConstGauge::new(signed(value));
    value.encode(out.encode_descriptor(name, help, None, MetricType::Gauge)?)
}

fn signed(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

fn read(count: &AtomicU64) -> u64 {
    count.load(Relaxed)
}
