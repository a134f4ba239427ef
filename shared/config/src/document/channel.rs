use domain::id::ChannelName;
use domain::notification::{EmailAddress, PhoneNumber, Secret, SenderId, SlackId, TopicArn};

use crate::read::{Field, OneOrMore, Url, choice, record};

choice! {
    /// A place that notifications go to.
    Channel by "kind" {
        "slack" => Slack(Slack),
        "slack-bot" => SlackBot(SlackBot),
        "pagerduty" => PagerDuty(PagerDuty),
        "teams" => Teams(Teams),
        "opsgenie" => Opsgenie(Opsgenie),
        "email" => Email(Email),
        "sms" => Sms(Sms),
        "sns" => Sns(Sns),
        "webhook" => Webhook(Webhook),
    }
}

/// A field that every kind has.
macro_rules! of_each {
    ($channel:expr, $field:ident) => {
        match $channel {
            Channel::Slack(channel) => &channel.$field,
            Channel::SlackBot(channel) => &channel.$field,
            Channel::PagerDuty(channel) => &channel.$field,
            Channel::Teams(channel) => &channel.$field,
            Channel::Opsgenie(channel) => &channel.$field,
            Channel::Email(channel) => &channel.$field,
            Channel::Sms(channel) => &channel.$field,
            Channel::Sns(channel) => &channel.$field,
            Channel::Webhook(channel) => &channel.$field,
        }
    };
}

impl Channel {
    /// Its name, whatever it is.
    pub(crate) const fn name(&self) -> &Field<ChannelName> {
        of_each!(self, name)
    }

    /// Its templates.
    pub(crate) const fn template(&self) -> &Field<Template> {
        of_each!(self, template)
    }

    /// Who is told instead.
    pub(crate) const fn fallback(&self) -> &Field<String> {
        of_each!(self, fallback)
    }
}

record! {
    /// A Slack incoming webhook.
    Slack tagged "kind" {
        /// Its name, unique among channels.
        name: required ChannelName,
        /// A reference to its address, which is its secret.
        url: required Secret,
        /// The team's own words.
        template: optional Template,
        /// The channel that is told when this one cannot be: its vendor refused for good, or every try failed.
        fallback: optional String,
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
        /// The team's own words.
        template: optional Template,
        /// The channel that is told when this one cannot be: its vendor refused for good, or every try failed.
        fallback: optional String,
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
        /// Whether deployments of the services that it may be told of are announced to it, as change events. Default true.
        changes: optional bool,
        /// The team's own words.
        template: optional Template,
        /// The channel that is told when this one cannot be: its vendor refused for good, or every try failed.
        fallback: optional String,
    }
}

record! {
    /// A workflow of Microsoft Teams that posts what a webhook brings.
    Teams tagged "kind" {
        /// Its name, unique among channels.
        name: required ChannelName,
        /// A reference to the workflow's address, which is its secret.
        url: required Secret,
        /// The team's own words.
        template: optional Template,
        /// The channel that is told when this one cannot be: its vendor refused for good, or every try failed.
        fallback: optional String,
    }
}

record! {
    /// Opsgenie, or what takes its calls: one alert per incident.
    Opsgenie tagged "kind" {
        /// Its name, unique among channels.
        name: required ChannelName,
        /// A reference to the key of an API integration.
        api_key: required Secret,
        /// Where calls go. Default https://api.opsgenie.com; for accounts in the EU https://api.eu.opsgenie.com.
        url: optional Url,
        /// The team's own words.
        template: optional Template,
        /// The channel that is told when this one cannot be: its vendor refused for good, or every try failed.
        fallback: optional String,
    }
}

record! {
    /// E-mail by Amazon SES.
    Email tagged "kind" {
        /// Its name, unique among channels.
        name: required ChannelName,
        /// Who it is from: an address, or one of a domain, that SES has verified in this region.
        from: required EmailAddress,
        /// Whom it goes to, at most 50.
        to: required OneOrMore<EmailAddress>,
        /// The team's own words.
        template: optional Template,
        /// The channel that is told when this one cannot be: its vendor refused for good, or every try failed.
        fallback: optional String,
    }
}

record! {
    /// A text message by Amazon SNS, of the essential only.
    Sms tagged "kind" {
        /// Its name, unique among channels.
        name: required ChannelName,
        /// Whom it goes to, E.164, such as "+4930123456".
        to: required PhoneNumber,
        /// The sender's name where networks show one, 1 to 11 letters and digits.
        sender: optional SenderId,
        /// The team's own words.
        template: optional Template,
        /// The channel that is told when this one cannot be: its vendor refused for good, or every try failed.
        fallback: optional String,
    }
}

record! {
    /// A mail in plain words to whoever subscribes to a topic of Amazon SNS.
    Sns tagged "kind" {
        /// Its name, unique among channels.
        name: required ChannelName,
        /// The ARN of the topic, in this region.
        topic: required TopicArn,
        /// The team's own words.
        template: optional Template,
        /// The channel that is told when this one cannot be: its vendor refused for good, or every try failed.
        fallback: optional String,
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
        /// The team's own words.
        template: optional Template,
        /// The channel that is told when this one cannot be: its vendor refused for good, or every try failed.
        fallback: optional String,
    }
}

record! {
    /// Templates of Jinja; what there is none for is said in Tocsin's words. `tocsin check` tries them.
    Template {
        /// One line: a header, a subject, a summary.
        title: optional String,
        /// The text below it; for a webhook the whole body of the request.
        body: optional String,
    }
}

record! {
    /// Who may call us, and how their calls are known to be theirs.
    Inbound {
        /// Buttons that people press in Slack: `POST /v1/slack/interactions`.
        slack: optional Signed,
        /// What people do in PagerDuty: `POST /v1/pagerduty/events`.
        pagerduty: optional Signed,
        /// Links that Tocsin sends and people follow without signing in: `/acknowledge/...` and `/calendar/...`.
        links: optional Signed,
    }
}

record! {
    /// Calls that are signed with a shared secret.
    Signed {
        /// A reference to the key of the signature.
        signing_secret: required Secret,
    }
}
