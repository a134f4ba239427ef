use std::collections::BTreeSet;

use super::references::References;
use super::resources::{Resource, Resources};
use crate::alarm::{Subscription, Topic};
use crate::finding::At;

/// What names a topic.
pub(super) struct Names {
    /// Its address without indices.
    pub(super) base: String,
    /// Its ARN, where it is known.
    pub(super) arn: Option<String>,
}

/// The topics with their subscriptions, and what names them.
pub(super) fn read(resources: &Resources<'_>, references: &References<'_>) -> Vec<(Names, Topic)> {
    let mut topics: Vec<(Names, Topic)> = resources
        .of_kind("aws_sns_topic")
        .filter(|resource| !resource.base.split('.').any(|part| part == "data"))
        .map(|resource| {
            let arn = resource.text("arn").map(str::to_owned);
            let at = At::Terraform(resource.address.to_owned());
            (Names { base: resource.base.clone(), arn }, Topic { at, gone: false, subscriptions: Vec::new() })
        })
        .collect();
    for resource in resources.of_kind("aws_sns_topic_subscription") {
        let found = find(&topics, references, resource, "topic_arn");
        for index in found {
            topics[index].1.subscriptions.push(subscription(resource));
        }
    }
    topics
}

fn subscription(resource: &Resource<'_>) -> Subscription {
    let arn = resource.text("arn").unwrap_or_default().to_ascii_lowercase().replace(' ', "");
    let pending = resource.values["pending_confirmation"].as_bool();
    let pending = if arn == "pendingconfirmation" { Some(true) } else { pending };
    Subscription {
        at: At::Terraform(resource.address.to_owned()),
        protocol: resource.text("protocol").unwrap_or("unknown").to_owned(),
        confirmed: pending.map(|pending| !pending),
    }
}

/// The topics that the attribute `name` names, by ARN where it is known, else by reference.
pub(super) fn find(
    topics: &[(Names, Topic)],
    references: &References<'_>,
    resource: &Resource<'_>,
    name: &str,
) -> BTreeSet<usize> {
    let value = &resource.values[name];
    let texts: BTreeSet<&str> = value
        .as_str()
        .into_iter()
        .chain(value.as_array().into_iter().flatten().filter_map(|item| item.as_str()))
        .collect();
    let origin = references.origin(&resource.base, name).unwrap_or_default().resources;
    let is_named = |names: &Names| match &names.arn {
        Some(arn) if !texts.is_empty() => texts.contains(arn.as_str()),
        _ => origin.contains(&names.base),
    };
    topics.iter().enumerate().filter(|(_, (names, _))| is_named(names)).map(|(index, _)| index).collect()
}
