//! Alerts as Prometheus sends them, in the form of Alertmanager's `POST /api/v2/alerts`.

use domain::units::{Span, Time};
use serde_json::{Value, json};

use super::rules::{INHIBITIONS, NAMES, SERVICES, TEAM};

/// Alerts that fire; those of one service and name follow each other.
pub(super) const ALERTS: usize = 48_000;
/// The first of them, which inhibit others.
pub(super) const SOURCES: usize = 300;
/// Alerts in one request; Prometheus sends 64 to 256 at once, we take 1,000 at most.
pub(super) const BATCH: usize = 1000;
/// What exports them.
pub(super) const JOBS: [&str; 8] = ["node", "kube-state", "blackbox", "cache", "database", "queue", "gateway", "shop"];
const CLUSTERS: usize = 12;

/// All alerts, firing, in requests of [`BATCH`].
pub(super) fn bodies(now: Time) -> Vec<Vec<u8>> {
    let alerts: Vec<Value> = (0..ALERTS).map(|number| alert(number, now)).collect();
    alerts.chunks(BATCH).map(|some| Value::from(some).to_string().into_bytes()).collect()
}

/// One alert with ten labels, of which `instance` tells it from all others.
fn alert(number: usize, now: Time) -> Value {
    let labels = if number < SOURCES { source(number) } else { other(number - SOURCES) };
    let name = labels["alertname"].as_str().expect("it is text").to_owned();
    let service = labels["service"].as_str().expect("it is text").to_owned();
    // Alertmanager tells at once, and alone, what it takes to have begun longer ago than `group_wait`.
    let (starts_at, ends_at) = (now + Span::from_minutes(4), now + Span::HOUR);
    json!({
        "labels": labels,
        "annotations": {
            "summary": format!("{name} on {service}"),
            "description": format!("{name} has been above its limit for 5 minutes: {}.{} % of the requests of the last 5 minutes.", number % 97, number % 10),
            "runbook_url": format!("https://runbooks.example.com/{name}"),
        },
        "startsAt": starts_at.to_string(), "endsAt": ends_at.to_string(),
        "generatorURL": format!("http://prometheus.example.com:9090/graph?g0.expr=rate%28errors_total%5B5m%5D%29+%3E+{}&g0.tab=1", number % 50),
    })
}

fn source(number: usize) -> Value {
    // The seventh, fourteenth... of the others has the same instance.
    labels(number % SERVICES, &format!("Down{}", number % INHIBITIONS), 1 + number % 2, number * 7)
}

fn other(number: usize) -> Value {
    // Each service in turn, and each of its names.
    let each = (ALERTS - SOURCES).div_ceil(SERVICES);
    let (service, nth) = (number / each, number % each);
    let name = NAMES[nth * NAMES.len() / each];
    let mixed = number.wrapping_mul(2_654_435_761) >> 8;
    labels(service, name, [1, 2, 2, 3, 3, 3, 3, 4, 4, 4][mixed % 10], number)
}

fn labels(service: usize, name: &str, severity: usize, number: usize) -> Value {
    let (job, cluster) = (JOBS[number * 5 % JOBS.len()], format!("eu-{}", number / 3 % CLUSTERS));
    let role = ["node", "db", "web", "cache"][number % 4];
    json!({
        "alertname": name, "service": format!("service-{service}"), "severity": format!("SEV{severity}"),
        "category": "technical", "team": format!("team-{}", service / TEAM), "job": job, "cluster": cluster,
        "namespace": format!("shop-{}", service % 10), "instance": format!("{role}-{number}.{cluster}.example.com:9100"),
        "pod": format!("{job}-{:08x}", number.wrapping_mul(2_654_435_761) & 0xffff_ffff),
    })
}
