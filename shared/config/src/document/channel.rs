use domain::id::ChannelName;
use domain::incident::Severity;
use domain::monitor::Category;
use domain::notification::Secret;

use super::List;
use crate::read::{Field, OneOrMore, Url, choice, record};

choice! {
    /// A place that notifications go to.
    Channel by "kind" {
        "slack" => Slack(Slack),
        "pagerduty" => PagerDuty(PagerDuty),
        "webhook" => Webhook(Webhook),
    }
}

impl Channel {
    /// Its name, whatever it is.
    pub(crate) const fn name(&self) -> &Field<ChannelName> {
        match self {
            Self::Slack(channel) => &channel.name,
            Self::PagerDuty(channel) => &channel.name,
            Self::Webhook(channel) => &channel.name,
        }
    }
}

record! {
    /// A Slack incoming webhook.
    Slack tagged "kind" {
        /// Its name, unique among channels.
        name: required ChannelName,
        /// A reference to its address, which is its secret.
        url: required Secret,
    }
}

record! {
    /// PagerDuty Events API v2.
    PagerDuty tagged "kind" {
        /// Its name, unique among channels.
        name: required ChannelName,
        /// A reference to the integration's key.
        routing_key: required Secret,
        /// Where events are sent. Default https://events.pagerduty.com/v2/enqueue.
        url: optional Url,
    }
}

record! {
    /// Any HTTPS endpoint; requests are signed.
    Webhook tagged "kind" {
        /// Its name, unique among channels.
        name: required ChannelName,
        /// The endpoint.
        url: required Url,
        /// A reference to the key of the signature.
        signing_secret: required Secret,
    }
}

record! {
    /// Which incidents go to which channels; what is not said matches everything.
    Route {
        /// One of these services; "tocsin" is the system's own trouble.
        service: optional OneOrMore<String>,
        /// One of these severities.
        severity: optional OneOrMore<Severity>,
        /// This category.
        category: optional Category,
        /// Where to.
        channels: required List<String>,
    }
}
