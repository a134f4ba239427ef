use domain::deployment::Deployment;
use serde_json::{Value, json};

use super::pagerduty::SUMMARY_MAX;
use super::text::plain;

/// The change event for `PagerDuty` of a deployment, without its routing key, which is a secret. It pages nobody, and
/// stands beside the pages that come after it.
///
/// Source: <https://developer.pagerduty.com/docs/send-change-event>.
pub fn change(deployment: &Deployment) -> Value {
    json!({
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
    })
}
