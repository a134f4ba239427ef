//! The facts in what `terraform show -json` says of a plan or a state.
//!
//! Source: <https://developer.hashicorp.com/terraform/internals/json-format>

mod alarms;
mod references;
mod resources;
#[cfg(test)]
mod tests;
mod topics;
mod writers;

use serde_json::Value as Json;

use crate::alarm::Facts;
use references::References;
use resources::Resources;

/// Reads a plan or a state.
///
/// # Errors
/// Why the document is none, and what to do.
pub fn read(document: &Json) -> Result<Facts, String> {
    let version = document["format_version"].as_str().unwrap_or_default();
    let hint = "write it with terraform show -json [PLAN]";
    if version.is_empty() {
        return Err(format!("is neither a plan nor a state of Terraform in JSON; {hint}"));
    }
    if !version.starts_with("0.") && !version.starts_with("1.") {
        return Err(format!("format_version {version:?} is not known; {hint} of Terraform 1"));
    }
    let resources = Resources::of(document);
    let references = References::of(document);
    let topics = topics::read(&resources, &references);
    Ok(Facts {
        alarms: alarms::read(&resources, &references, &topics),
        topics: topics.into_iter().map(|(_, topic)| topic).collect(),
        writers: writers::read(&resources),
        whole: false,
        listened: resources.of_kind("aws_cloudwatch_event_rule").any(|rule| {
            rule.text("event_pattern").is_some_and(|pattern| pattern.contains("CloudWatch Alarm State Change"))
        }),
    })
}
