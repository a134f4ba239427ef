//! What a sent alert says.

use std::collections::BTreeMap;

use domain::alert::{AlertChange, Status};
use domain::id::{Fingerprint, NAME_BYTES_MAX, ServiceName};
use domain::incident::Severity;
use domain::monitor::Category;
use domain::setup::Setup;
use domain::units::{Span, Time};

use super::{ALERTS_MAX, COOLDOWN, RESOLVE_TIMEOUT, Sender, Sent, Told};
use crate::owner::{self, AHEAD_MAX};

/// Labels of one alert.
pub const LABELS_MAX: usize = 64;
/// Names and values of an alert's labels together, in bytes: an incident keeps those of its first hundred alerts in one
/// row of 400 KB.
pub const LABELS_BYTES_MAX: usize = 2048;
/// The longest address that is kept; a longer one would lead nowhere if it were cut.
pub const LINK_BYTES_MAX: usize = 512;
/// Characters of a reason that are kept: an incident's timeline has room for 500 entries of some 500 bytes.
const REASON_CHARS_MAX: usize = 400;
/// An alert that has fired for longer is taken to have begun when we heard of it: a post-mortem reads all points since.
const BEGAN_MAX: Span = Span::DAY;
/// Labels that name a service where no `service` does, in this order.
const SERVICE_LABELS: [&str; 5] = ["app", "app_kubernetes_io_name", "deployment", "job", "namespace"];
/// Labels that name a Lambda function: of CloudWatch exporters.
const FUNCTION_LABELS: [&str; 3] = ["function_name", "FunctionName", "dimension_FunctionName"];

/// Why an alert is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RefusedAlert {
    /// It is not one of the first [`ALERTS_MAX`].
    #[error("a request has at most {ALERTS_MAX} alerts; send fewer at once (Alertmanager: max_alerts of the webhook)")]
    TooMany,
    /// Nothing says what it is.
    #[error("it has no labels; at least alertname is needed")]
    NoLabels,
    /// More than [`LABELS_MAX`].
    #[error("it has {0} labels, at most {LABELS_MAX} are taken; drop some with alert_relabel_configs")]
    Labels(usize),
    /// More than [`LABELS_BYTES_MAX`].
    #[error("its labels have {0} bytes, at most {LABELS_BYTES_MAX} are taken; put long texts into annotations")]
    LabelsBytes(usize),
    /// It ends before it begins.
    #[error("it ends at {ends_at}, before it begins at {starts_at}")]
    Backwards {
        /// When it begins.
        starts_at: Time,
        /// When it ends.
        ends_at: Time,
    },
    /// It has not happened yet.
    #[error("it begins at {starts_at}, in the future; it is {now}: look at the sender's clock")]
    Ahead {
        /// When it begins.
        starts_at: Time,
        /// The present.
        now: Time,
    },
}

/// What the alert says, by itself.
///
/// # Errors
/// It is not taken.
pub fn read(mut sent: Sent, sender: Sender<'_>, setup: &Setup, now: Time) -> Result<Told, RefusedAlert> {
    let labels = labels(std::mem::take(&mut sent.labels))?;
    let starts_at = sent.starts_at.unwrap_or(now);
    if starts_at > now + AHEAD_MAX {
        return Err(RefusedAlert::Ahead { starts_at, now });
    }
    if let Some(ends_at) = sent.ends_at.filter(|ends_at| *ends_at < starts_at) {
        return Err(RefusedAlert::Backwards { starts_at, ends_at });
    }
    let status = if sent.over || sent.ends_at.is_some_and(|at| at <= now) { Status::Resolved } else { Status::Firing };
    let holds_until = match (status, sender) {
        (Status::Firing, Sender::Prometheus) => Some(sent.ends_at.unwrap_or(now + RESOLVE_TIMEOUT)),
        _ => None,
    };
    let name = labels.get("alertname").map_or("unnamed", |name| cut(name, NAME_BYTES_MAX));
    let change = AlertChange {
        fingerprint: fingerprint(&labels),
        name: name.to_owned(),
        service: service(&labels, setup),
        category: category(&labels),
        status,
        severity: severity(labels.get("severity").map_or("", String::as_str)),
        at: changed(status, starts_at, sent.ends_at, now),
        reason: reason(&sent, name, status, now),
        reading: None,
        cooldown: COOLDOWN,
        ends_at: holds_until.map(|until| kept_until(until, now)),
        labels: with_links(labels, &sent).into(),
    };
    Ok(Told { change, holds_until })
}

/// The labels that say something: an empty one is a missing one.
fn labels(mut labels: BTreeMap<String, String>) -> Result<BTreeMap<String, String>, RefusedAlert> {
    labels.retain(|name, value| !name.is_empty() && !value.is_empty());
    let bytes = labels.iter().map(|(name, value)| name.len() + value.len()).sum();
    match labels.len() {
        0 => Err(RefusedAlert::NoLabels),
        count if count > LABELS_MAX => Err(RefusedAlert::Labels(count)),
        _ if bytes > LABELS_BYTES_MAX => Err(RefusedAlert::LabelsBytes(bytes)),
        _ => Ok(labels),
    }
}

/// All labels are its identity, whoever hands it on: Prometheus itself, or Alertmanager for it.
fn fingerprint(labels: &BTreeMap<String, String>) -> Fingerprint {
    let pairs = labels.iter().flat_map(|(name, value)| [name.as_str(), value.as_str()]);
    Fingerprint::derive(&std::iter::once("prometheus").chain(pairs).collect::<Vec<_>>())
}

/// A sender's word is kept for half as long again as it holds: so the sender need not be written down each time it
/// tells the same, and nothing ends while it still does. With Prometheus, which tells each minute what holds for four,
/// every third time is written, and an alert ends two minutes after its word.
fn kept_until(until: Time, now: Time) -> Time {
    until + Span::from_seconds(until.since(now).seconds() / 2)
}

fn changed(status: Status, starts_at: Time, ends_at: Option<Time>, now: Time) -> Time {
    match status {
        Status::Firing if starts_at < now - BEGAN_MAX => now,
        Status::Firing => starts_at.min(now),
        _ => ends_at.unwrap_or(now).min(now),
    }
}

fn reason(sent: &Sent, name: &str, status: Status, now: Time) -> String {
    let said = ["summary", "description", "message"].iter().filter_map(|field| sent.annotations.get(*field));
    let mut words = said.map(|text| text.trim()).filter(|text| !text.is_empty()).collect::<Vec<_>>().join(": ");
    if words.is_empty() {
        words = format!("{name} is firing");
    }
    let since = sent.starts_at.filter(|at| *at < now - BEGAN_MAX);
    let words = match (status, since) {
        (Status::Resolved, _) => format!("its sender says that it is over; it was: {words}"),
        (_, Some(since)) => format!("since {since}: {words}"),
        _ => words,
    };
    words.chars().take(REASON_CHARS_MAX).collect()
}

/// The words that rules commonly have in the label `severity`; what is unknown or missing is SEV3.
pub(crate) fn severity(said: &str) -> Severity {
    match said.to_ascii_lowercase().as_str() {
        "sev1" | "critical" | "page" | "emergency" | "fatal" | "p1" => Severity::Sev1,
        "sev2" | "error" | "high" | "major" | "p2" => Severity::Sev2,
        "sev4" | "info" | "low" | "none" | "informational" | "p4" => Severity::Sev4,
        _ => Severity::Sev3,
    }
}

fn category(labels: &BTreeMap<String, String>) -> Category {
    let business = labels.get("category").is_some_and(|said| said == Category::Business.as_str());
    if business { Category::Business } else { Category::default() }
}

/// The service that the label `service` names, else the one that has the Lambda function of a label, else the one that a
/// label of its deployment names, else the one whose name the alert's name contains.
fn service(labels: &BTreeMap<String, String>, setup: &Setup) -> ServiceName {
    let named = |label: &str| owner::named(setup, labels.get(label).map(String::as_str));
    let owner = || FUNCTION_LABELS.iter().find_map(|label| owner::of_function(setup, labels.get(*label)?));
    let deployed = || SERVICE_LABELS.iter().find_map(|label| named(label));
    let contained = || owner::contained(setup, labels.get("alertname")?);
    let found = named("service").or_else(owner).or_else(deployed).or_else(contained);
    found.map_or_else(owner::unassigned, |service| service.name.clone())
}

fn with_links(mut labels: BTreeMap<String, String>, sent: &Sent) -> BTreeMap<String, String> {
    let links = [
        ("generator_url", sent.generator_url.as_ref()),
        ("runbook_url", sent.annotations.get("runbook_url")),
        ("dashboard_url", sent.annotations.get("dashboard_url")),
    ];
    for (name, link) in links {
        if let Some(link) = link.filter(|link| !link.is_empty() && link.len() <= LINK_BYTES_MAX) {
            labels.entry(name.to_owned()).or_insert_with(|| link.clone());
        }
    }
    labels.entry("source".to_owned()).or_insert_with(|| "prometheus".to_owned());
    labels
}

/// At most `bytes` of a text, whole characters.
fn cut(text: &str, bytes: usize) -> &str {
    &text[..text.floor_char_boundary(bytes)]
}
