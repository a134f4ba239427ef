use std::sync::{Arc, OnceLock};
use std::time::Duration;

use domain::deployment::DeploymentEvent;
use domain::event::{IncidentEvent, Telling};
use domain::id::IncidentId;
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
    let link = link(&function.environment.api_url, &event.incident);
    let signing = signing(function, setup, event).await?;
    let acknowledge = signing.as_ref().map(|(base, key)| (base.as_str(), key.as_bytes()));
    let links = Links { incident: &link, acknowledge };
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

/// Where the links of a page lead and the key that signs them; `None`: it is no page, or links are not set up.
async fn signing(
    function: &Function,
    setup: &Setup,
    event: &IncidentEvent,
) -> Result<Option<(String, String)>, Failure> {
    let api_url = &function.environment.api_url;
    let (Some(secret), Some(Telling::Page { .. })) = (&setup.inbound.links, &event.telling) else { return Ok(None) };
    if api_url.is_empty() {
        return Ok(None);
    }
    // A page without a link is better than none; that it has none is seen on the page.
    let key = function.aws.secret(secret).await.ok();
    let key = key.map(|key| key.reveal().trim().to_owned()).filter(|key| !key.is_empty());
    Ok(key.map(|key| (format!("{}/acknowledge/", api_url.trim_end_matches('/')), key)))
}

fn link(api_url: &str, incident: &IncidentId) -> String {
    if api_url.is_empty() {
        String::new()
    } else {
        format!("{}/v1/incidents/{incident}", api_url.trim_end_matches('/'))
    }
}

fn count(notified: &Notified, record: &mut Record) {
    let number =
        |wanted: fn(&ReceiptState) -> bool| notified.receipts.iter().filter(|(_, state)| wanted(state)).count();
    record.add(Metric::Delivered, number(|state| matches!(state, ReceiptState::Delivered { .. })) as f64);
    let undelivered = number(|state| matches!(state, ReceiptState::Refused { .. } | ReceiptState::Failed { .. }));
    record.add(Metric::Undelivered, undelivered as f64);
}
