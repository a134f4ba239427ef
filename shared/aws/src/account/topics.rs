use std::collections::BTreeMap;

use aws_sdk_sns::Client;
use aws_sdk_sns::error::ProvideErrorMetadata;
use lint::At;
use lint::alarm::{Action, Facts, Subscription, Topic};

use crate::fault::Fault;

/// What stands in place of the ARN of a subscription that is not confirmed, or is gone.
/// Source: SNS API reference, `ListSubscriptionsByTopic`.
const PENDING: &str = "PendingConfirmation";
const DELETED: &str = "Deleted";

/// Reads the subscriptions of all topics that alarms act on; the answer is what could not be read. A topic of another
/// region is left as it is: no alarm can act on it.
pub(super) async fn read(client: &Client, facts: &mut Facts) -> Vec<String> {
    let (mut unread, mut known) = (Vec::new(), BTreeMap::new());
    let topics: Vec<String> = facts
        .alarms
        .iter()
        .flat_map(|alarm| alarm.actions.iter().map(move |action| (alarm.arn.as_deref(), action)))
        .filter_map(|(alarm, action)| match action {
            Action::Other(arn) if service(arn) == "sns" && alarm.is_none_or(|alarm| region(alarm) == region(arn)) => {
                Some(arn.clone())
            }
            _ => None,
        })
        .collect();
    for arn in topics {
        if known.contains_key(&arn) {
            continue;
        }
        let read = subscriptions(client, &arn).await;
        let index = match read {
            Ok(topic) => {
                facts.topics.push(topic);
                Some(facts.topics.len() - 1)
            }
            Err(fault) => {
                unread.push(format!("{arn}: sns:ListSubscriptionsByTopic: {fault}"));
                None
            }
        };
        known.insert(arn, index);
    }
    for action in facts.alarms.iter_mut().flat_map(|alarm| &mut alarm.actions) {
        if let Action::Other(arn) = action
            && let Some(Some(index)) = known.get(arn)
        {
            *action = Action::Topic(*index);
        }
    }
    unread
}

/// The service of an ARN.
fn service(arn: &str) -> &str {
    arn.split(':').nth(2).unwrap_or_default()
}

/// The region of an ARN.
fn region(arn: &str) -> &str {
    arn.split(':').nth(3).unwrap_or_default()
}

async fn subscriptions(client: &Client, arn: &str) -> Result<Topic, String> {
    let at = At::Account(arn.to_owned());
    let mut topic = Topic { at: at.clone(), gone: false, subscriptions: Vec::new() };
    let mut pages = client.list_subscriptions_by_topic().topic_arn(arn).into_paginator().send();
    while let Some(page) = pages.next().await {
        let page = match page {
            Ok(page) => page,
            Err(error) if error.code() == Some("NotFound") => {
                topic.gone = true;
                return Ok(topic);
            }
            Err(error) => return Err(Fault::of(&error).detail),
        };
        let found = page.subscriptions().iter().filter(|found| found.subscription_arn() != Some(DELETED));
        topic.subscriptions.extend(found.map(|found| {
            let confirmed = found.subscription_arn() != Some(PENDING);
            let at =
                if confirmed { At::Account(found.subscription_arn().unwrap_or(arn).to_owned()) } else { at.clone() };
            let protocol = found.protocol().unwrap_or("unknown").to_owned();
            Subscription { at, protocol, confirmed: Some(confirmed) }
        }));
    }
    Ok(topic)
}
