use serde::{Deserialize, Serialize};

use super::{EmailAddress, PhoneNumber, Secret, SenderId, SlackId, TopicArn};
use crate::event::{EventKind, IncidentEvent};
use crate::id::ChannelName;

/// A place that notifications go to.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Channel {
    /// Its name.
    pub name: ChannelName,
    /// What it is.
    pub kind: ChannelKind,
    /// What it is told in the team's own words.
    #[serde(default)]
    pub template: Template,
    /// Which channel is told instead, once this one cannot be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fallback: Option<ChannelName>,
}

/// Templates of Jinja; what there is none for is said in our words.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Template {
    /// One line: a header, a subject, a summary.
    pub title: Option<String>,
    /// The text below it.
    pub body: Option<String>,
}

/// The kinds of channel; what is secret is a reference.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum ChannelKind {
    /// A Slack incoming webhook.
    Slack {
        /// Its address, which is its secret.
        url: Secret,
    },
    /// A Slack app that writes with its bot's token: one message per incident, edited as it changes.
    SlackBot {
        /// The bot's token, `xoxb-...`.
        token: Secret,
        /// Where it writes.
        channel: SlackId,
        /// Slack's Web API, `https://slack.com/api`.
        url: String,
        /// Whether its messages have buttons, which they do where Slack may call us.
        buttons: bool,
    },
    /// `PagerDuty` Events API v2.
    #[serde(rename = "pagerduty")]
    PagerDuty {
        /// The integration's key.
        routing_key: Secret,
        /// `https://events.pagerduty.com/v2/enqueue`, or another region's.
        url: String,
        /// Whether deployments are announced to it, as change events.
        #[serde(default)]
        changes: bool,
    },
    /// A workflow of Microsoft Teams that waits for a webhook.
    Teams {
        /// Its address, which is its secret.
        url: Secret,
    },
    /// Opsgenie, or what takes its calls.
    Opsgenie {
        /// The key of an API integration.
        api_key: Secret,
        /// `https://api.opsgenie.com`, another region's, or that of what takes its calls.
        url: String,
    },
    /// E-mail by Amazon SES.
    Email {
        /// Who it is from: an identity that SES has verified.
        from: EmailAddress,
        /// Whom it goes to.
        to: Vec<EmailAddress>,
    },
    /// A text message by Amazon SNS.
    Sms {
        /// Whom it goes to.
        to: PhoneNumber,
        /// The sender's name where networks show one.
        sender: Option<SenderId>,
    },
    /// Whoever subscribes to a topic of Amazon SNS, by e-mail above all.
    Sns {
        /// Where it is published.
        topic: TopicArn,
    },
    /// Any HTTPS endpoint; requests are signed.
    Webhook {
        /// The endpoint.
        url: String,
        /// The key of the signature.
        signing_secret: Secret,
    },
}

impl ChannelKind {
    /// The word for it in the configuration.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Slack { .. } => "slack",
            Self::SlackBot { .. } => "slack-bot",
            Self::PagerDuty { .. } => "pagerduty",
            Self::Teams { .. } => "teams",
            Self::Opsgenie { .. } => "opsgenie",
            Self::Email { .. } => "email",
            Self::Sms { .. } => "sms",
            Self::Sns { .. } => "sns",
            Self::Webhook { .. } => "webhook",
        }
    }

    /// The secrets that are needed to tell it anything.
    pub fn secrets(&self) -> Vec<&Secret> {
        match self {
            Self::Slack { url: secret }
            | Self::SlackBot { token: secret, .. }
            | Self::PagerDuty { routing_key: secret, .. }
            | Self::Teams { url: secret }
            | Self::Opsgenie { api_key: secret, .. }
            | Self::Webhook { signing_secret: secret, .. } => vec![secret],
            Self::Email { .. } | Self::Sms { .. } | Self::Sns { .. } => Vec::new(),
        }
    }

    /// Whether it reaches somebody who is asleep: a pager and a telephone do, and so may whatever listens to a webhook.
    pub const fn wakes(&self) -> bool {
        matches!(self, Self::PagerDuty { .. } | Self::Opsgenie { .. } | Self::Sms { .. } | Self::Webhook { .. })
    }

    /// Whether it keeps a page of its own for each incident and acts on it: what comes late would raise it again.
    pub const fn is_pager(&self) -> bool {
        matches!(self, Self::PagerDuty { .. } | Self::Opsgenie { .. })
    }

    /// Whether it rings at somebody who is not looking.
    pub const fn rings(&self) -> bool {
        self.is_pager() || matches!(self, Self::Sms { .. })
    }

    /// Whether deployments of the services that it is told of are announced to it.
    pub const fn hears_changes(&self) -> bool {
        matches!(self, Self::PagerDuty { changes: true, .. })
    }

    /// Whether it keeps something of its own for each incident, which must begin and end with it.
    pub const fn keeps_one_each(&self) -> bool {
        self.is_pager() || self.converses()
    }

    /// Whether it keeps one message per incident, which later ones edit and answer. Its messages are sent one after
    /// the other: each needs what the vendor gave back for the one before.
    pub const fn converses(&self) -> bool {
        matches!(self, Self::SlackBot { .. })
    }

    /// Whether it is told of this event: by one that hears of no updates, that an incident has become worse is heard.
    pub fn hears(&self, event: &IncidentEvent) -> bool {
        let kind = event.told_as();
        let is_worse = kind == EventKind::IncidentUpdated && event.worse_than.is_some();
        self.wants(kind) || (is_worse && matches!(self, Self::Sms { .. }))
    }

    /// Whether this kind of channel is told of events of `kind`. A pager follows the incident's life and nothing else.
    pub const fn wants(&self, kind: EventKind) -> bool {
        match self {
            Self::Slack { .. }
            | Self::SlackBot { .. }
            | Self::Teams { .. }
            | Self::Email { .. }
            | Self::Sns { .. }
            | Self::Webhook { .. } => !matches!(
                kind,
                EventKind::NotificationDue
                    | EventKind::NotificationRetry
                    | EventKind::ActionApproved
                    | EventKind::ActionUndo
            ),
            // Each is paid for, and rings.
            Self::Sms { .. } => matches!(
                kind,
                EventKind::IncidentOpened
                    | EventKind::IncidentReopened
                    | EventKind::IncidentResolved
                    | EventKind::ActionFailed
            ),
            Self::PagerDuty { .. } | Self::Opsgenie { .. } => matches!(
                kind,
                EventKind::IncidentOpened
                    | EventKind::IncidentReopened
                    | EventKind::IncidentUpdated
                    | EventKind::IncidentAcknowledged
                    | EventKind::IncidentResolved
            ),
        }
    }
}

/// The keys of the signatures of those that may call us.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Inbound {
    /// Slack's, for the buttons of its messages.
    pub slack: Option<Secret>,
    /// `PagerDuty`'s, for what people do there.
    pub pagerduty: Option<Secret>,
    /// Ours, of the links by which a page is acknowledged and a calendar is read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub links: Option<Secret>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pager_follows_the_incidents_life_and_people_hear_of_actions_too() {
        let secret = || Secret::Ssm("/a".into());
        let url = String::new;
        let slack = ChannelKind::Slack { url: secret() };
        let webhook = ChannelKind::Webhook { url: url(), signing_secret: secret() };
        let pager = ChannelKind::PagerDuty { routing_key: secret(), url: url(), changes: true };
        for kind in EventKind::ALL {
            let between_functions = matches!(
                kind,
                EventKind::ActionApproved
                    | EventKind::ActionUndo
                    | EventKind::NotificationRetry
                    | EventKind::NotificationDue
            );
            assert_eq!(slack.wants(*kind), !between_functions, "{kind}");
            assert_eq!(webhook.wants(*kind), slack.wants(*kind), "{kind}");
            assert_eq!(pager.wants(*kind), kind.as_str().starts_with("incident."), "{kind}");
        }
    }
}
