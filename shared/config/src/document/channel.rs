use domain::id::ChannelName;
use domain::incident::Severity;
use domain::monitor::Category;
use domain::notification::{Secret, SlackId};

use super::List;
use crate::read::{Field, OneOrMore, Url, choice, record};

choice! {
    /// A place that notifications go to.
    Channel by "kind" {
        "slack" => Slack(Slack),
        "slack-bot" => SlackBot(SlackBot),
        "pagerduty" => PagerDuty(PagerDuty),
        "webhook" => Webhook(Webhook),
    }
}

impl Channel {
    /// Its name, whatever it is.
    pub(crate) const fn name(&self) -> &Field<ChannelName> {
        match self {
            Self::Slack(channel) => &channel.name,
            Self::SlackBot(channel) => &channel.name,
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
    /// A Slack app that writes with its bot's token: one message per incident, edited as it changes, a thread below it,
    /// and buttons where `inbound.slack` says that Slack may call.
    SlackBot tagged "kind" {
        /// Its name, unique among channels.
        name: required ChannelName,
        /// A reference to the bot's token, which begins with xoxb- and has the scope chat:write.
        token: required Secret,
        /// The id of the channel it writes to, or of a member; not its name.
        channel: required SlackId,
        /// Slack's Web API. Default https://slack.com/api.
        url: optional Url,
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
    /// Who may call us, and how their calls are known to be theirs.
    Inbound {
        /// Buttons that people press in Slack: `POST /v1/slack/interactions`.
        slack: optional Signed,
        /// What people do in PagerDuty: `POST /v1/pagerduty/events`.
        pagerduty: optional Signed,
    }
}

record! {
    /// Calls that are signed with a shared secret.
    Signed {
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
