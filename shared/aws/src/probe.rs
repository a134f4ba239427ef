//! Checks that the collector makes itself: HTTP and TCP.

mod http;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;
use std::time::Duration;

use domain::metric::{Check, Failure, FailureKind, Outcome, Query, Reading, Remark, Target, Value};
use engine::port::{Answer, Ask};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout_at};

use crate::aws::Aws;
use crate::bounded::run_bounded;
use crate::samples::{failure, samples};

/// Checks at once; each waits more than it works.
const CHECKS_AT_ONCE_MAX: usize = 16;

/// The HTTP client of all checks, built when first needed. It keeps no connection: to connect is part of the check.
#[derive(Debug, Default)]
pub(crate) struct Probes {
    client: OnceLock<Result<reqwest::Client, String>>,
}

/// What a check has found. What is not known is not there.
#[derive(Clone, PartialEq, Debug, Default)]
struct Found {
    up: bool,
    latency: Duration,
    status: Option<u16>,
    certificate_days: Option<f64>,
    /// Why it is down; empty if it is not.
    why: String,
}

impl Found {
    /// `None`: there is no such number.
    fn read(&self, reading: Reading) -> Option<f64> {
        match reading {
            Reading::Up => Some(f64::from(u8::from(self.up))),
            Reading::Latency => self.up.then(|| (self.latency.as_secs_f64() * 1000.0).round()),
            Reading::Status => self.status.map(f64::from),
            Reading::CertificateDays => self.certificate_days,
        }
    }
}

impl Aws {
    /// The answer to each ask, with its number. `asks` are numbered, all of sources of probes. A check that finds its
    /// target down has been made: that is a number, no failure.
    pub(crate) async fn fetch_probes(&self, asks: &[(usize, &Ask<'_>)], deadline: Instant) -> Vec<(usize, Answer)> {
        let checks: BTreeSet<&Check> = asks.iter().filter_map(|(_, ask)| check_of(ask)).collect();
        let client = self.probes.client.get_or_init(|| crate::tls::probing(self.settings.authorities.as_deref()));
        let mut found: BTreeMap<Check, Result<Found, Failure>> = BTreeMap::new();
        let start = |check: Check| {
            let client = client.clone();
            async move {
                let made = make(&check, client, deadline).await;
                (check, made)
            }
        };
        run_bounded(checks.into_iter().cloned(), CHECKS_AT_ONCE_MAX, deadline, start, |(check, made)| {
            found.insert(check, made);
            Vec::new()
        })
        .await;
        asks.iter().map(|(number, ask)| (*number, answer(ask, &found))).collect()
    }
}

fn check_of<'a>(ask: &'a Ask<'_>) -> Option<&'a Check> {
    if let Query::Probe(probe) = &ask.series.query { Some(&probe.check) } else { None }
}

/// A check speaks for the newest period of what is asked.
fn answer(ask: &Ask<'_>, found: &BTreeMap<Check, Result<Found, Failure>>) -> Answer {
    let Query::Probe(probe) = &ask.series.query else {
        return Outcome::Failed(failure(FailureKind::Rejected, "it is no probe")).into();
    };
    match found.get(&probe.check) {
        None => Outcome::Failed(failure(FailureKind::NotAsked, "")).into(),
        Some(Err(failure)) => Outcome::Failed(failure.clone()).into(),
        Some(Ok(found)) => {
            let number = found.read(probe.reads).and_then(Value::number);
            let point = number.map(|number| (ask.until - ask.series.period, Some(number)));
            let outcome = samples(ask, point).map_or_else(Outcome::Failed, |(samples, _)| Outcome::Read(samples));
            Answer { outcome, remark: Remark::of(&found.why) }
        }
    }
}

/// Who does not answer in its time is down; where the time of the tick ends before, nothing is known.
async fn make(check: &Check, client: Result<reqwest::Client, String>, deadline: Instant) -> Result<Found, Failure> {
    let began = Instant::now();
    let limit = began + Duration::from_secs(check.timeout.seconds().into());
    let found = match &check.target {
        Target::Http { url, status, contains } => {
            let client = client.map_err(|detail| failure(FailureKind::Rejected, &detail))?;
            timeout_at(limit.min(deadline), http::get(client, url, *status, contains.as_deref())).await
        }
        Target::Tcp { host, port } => {
            let connected = timeout_at(limit.min(deadline), TcpStream::connect((host.as_str(), *port))).await;
            connected.map(|connected| match connected {
                Ok(_) => Found { up: true, ..Found::default() },
                Err(error) => Found { why: http::said(&error), ..Found::default() },
            })
        }
    };
    match found {
        Ok(found) => Ok(Found { latency: began.elapsed(), ..found }),
        Err(_) if limit <= deadline => {
            Ok(Found { why: format!("no answer within {}", check.timeout), ..Found::default() })
        }
        Err(_) => Err(failure(FailureKind::NotAsked, "the tick was over before it answered")),
    }
}
