use std::sync::{Arc, OnceLock};
use std::time::Duration;

use domain::deployment::DeploymentEvent;
use domain::event::IncidentEvent;
use domain::notification::ReceiptState;
use domain::setup::Setup;
use engine::announce::announce;
use engine::notify::{Links, Notified, notify};
use notify::Vendors;
use serde_json::json;
use shell::{About, Answer, Failure, Function, Invocation, Metric, Record, about, messages, now};

use crate::from_aws::FromAws;

/// A retry that is due this soon is waited for; a later one is the timekeeper's.
const WAIT_AT_MOST: Duration = Duration::from_secs(10);

/// Each message is an event about an incident, or a deployment that a channel is to be told of.
pub(crate) async fn handle(
    function: &Arc<Function>,
    vendors: &OnceLock<Vendors<FromAws>>,
    invocation: Invocation,
) -> Result<Answer, Failure> {
    let vendors = vendors.get_or_init(|| Vendors::new(FromAws(Arc::clone(function))));
    let mut record = Record::default();
    let mut answers = Vec::new();
    for message in messages(&invocation.payload)? {
        answers.push(match about(&message)? {
            About::Incident(event) => {
                let notified = tell(function, vendors, &event, &invocation).await?;
                count(&notified, &mut record);
                json!({ "incident": event.incident, "event": event.kind, "receipts": notified.receipts })
            }
            About::Deployment(event) => {
                let notified = told(function, vendors, &event).await?;
                count(&notified, &mut record);
                json!({ "deployment": event.deployment, "event": event.kind, "receipts": notified.receipts })
            }
        });
    }
    let body = if answers.len() == 1 { answers.remove(0) } else { json!(answers) };
    Ok(Answer { body, record })
}

/// Tells, and tries again as long as a retry is due soon and there is time for it.
async fn tell(
    function: &Function,
    vendors: &Vendors<FromAws>,
    event: &IncidentEvent,
    invocation: &Invocation,
) -> Result<Notified, Failure> {
    let setup = function.setup().await?;
    let root = function.environment.api_url.trim_end_matches('/');
    let key = if root.is_empty() { None } else { signing_key(function, setup).await };
    let links = Links { signed: key.as_deref().map(|key| (root, key.as_bytes())) };
    loop {
        let notified = notify(&function.store, vendors, setup, (event, links), now()).await?;
        forget_refused_secrets(function, setup, &notified);
        let wait = notified.retry_after.map(|wait| Duration::from_secs(u64::from(wait.seconds())));
        match wait.filter(|wait| *wait <= WAIT_AT_MOST && *wait + WAIT_AT_MOST < invocation.budget()) {
            Some(wait) => tokio::time::sleep(wait).await,
            None => return Ok(notified),
        }
    }
}

/// Announces a deployment. A retry is the timekeeper's: nobody is woken by it.
async fn told(function: &Function, vendors: &Vendors<FromAws>, event: &DeploymentEvent) -> Result<Notified, Failure> {
    let setup = function.setup().await?;
    let state = announce(&function.store, vendors, setup, event, now()).await?;
    let receipts = state.into_iter().map(|state| (event.channel.clone(), state)).collect();
    let notified = Notified { receipts, retry_after: None };
    forget_refused_secrets(function, setup, &notified);
    Ok(notified)
}

/// A secret that a vendor refuses may have been rotated: the next message reads it anew.
fn forget_refused_secrets(function: &Function, setup: &Setup, notified: &Notified) {
    let refused = notified.receipts.iter().filter(|(_, state)| matches!(state, ReceiptState::Refused { .. }));
    for channel in refused.filter_map(|(name, _)| setup.channel(name)) {
        for secret in channel.kind.secrets() {
            function.aws.forget_secret(secret);
        }
    }
}

/// The key that signs links; `None`: links are not set up, or it cannot be read. A message without a link is better than
/// none; that it has none is seen on it.
async fn signing_key(function: &Function, setup: &Setup) -> Option<String> {
    let key = function.aws.secret(setup.inbound.links.as_ref()?).await.ok()?;
    Some(key.reveal().trim().to_owned()).filter(|key| !key.is_empty())
}

fn count(notified: &Notified, record: &mut Record) {
    let number =
        |wanted: fn(&ReceiptState) -> bool| notified.receipts.iter().filter(|(_, state)| wanted(state)).count();
    record.add(Metric::Delivered, number(|state| matches!(state, ReceiptState::Delivered { .. })) as f64);
    let undelivered = number(|state| matches!(state, ReceiptState::Refused { .. } | ReceiptState::Failed { .. }));
    record.add(Metric::Undelivered, undelivered as f64);
}
