use domain::deployment::Deployment;
use serde_json::{Value, json};

use super::pagerduty::SUMMARY_MAX;
use super::text::plain;

/// Characters of a link's text; the documents name no limit, so it is ours.
const TEXT_MAX: usize = 100;

/// The change event for `PagerDuty` of a deployment, without its routing key, which is a secret. It pages nobody, and
/// stands beside the pages that come after it.
///
/// Source: <https://developer.pagerduty.com/docs/send-change-event>.
pub fn change(deployment: &Deployment, link: &str) -> Value {
    let mut event = json!({
        "payload": {
            "summary": plain(&deployment.summary(), SUMMARY_MAX),
            "timestamp": deployment.moved_by,
            "source": deployment.service,
            "custom_details": {
                "deployment": deployment.id,
                "service": deployment.service,
                "resource": deployment.resource.as_ref().map(ToString::to_string),
                "from": deployment.from,
                "to": deployment.to,
                "not_before": deployment.moved_after,
                "not_after": deployment.moved_by,
            },
        },
    });
    if link.starts_with("https://") && !link.contains(char::is_whitespace) {
        event["links"] = json!([{"href": link, "text": plain("The deployment in Tocsin", TEXT_MAX)}]);
    }
    event
}
