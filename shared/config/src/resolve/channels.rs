use std::collections::{HashMap, HashSet};

use domain::id::ChannelName;
use domain::notification::{Channel as Resolved, ChannelKind, EmailAddress, Inbound, Secret, Template};

use super::known::Known;
use super::{Names, checks};
use crate::document::{
    Channel, Document, Inbound as Written, Opsgenie, PagerDuty, Signed, SlackBot, Template as Words,
};
use crate::notes::{Note, Notes};
use crate::read::{Field, Given, OneOrMore};

/// Source: `PagerDuty` Events API v2.
const PAGERDUTY_URL: &str = "https://events.pagerduty.com/v2/enqueue";
/// Source: Opsgenie's Alert API.
const OPSGENIE_URL: &str = "https://api.opsgenie.com";
/// Recipients of one mail. Source: SES quotas.
const ADDRESSEES_MAX: usize = 50;
/// Source: Slack's Web API.
const SLACK_URL: &str = "https://slack.com/api";

pub(super) fn known(documents: &[Document], whole: bool, notes: &mut Notes) -> Known<()> {
    let named = all(documents).filter_map(|channel| {
        let name = channel.value.name().given()?;
        Some((name.value.to_string(), name.at, ()))
    });
    Known::of("channel", whole, named, notes)
}

/// Who may call us.
pub(super) fn inbound(written: Option<&Given<Written>>) -> Inbound {
    let secret = |signed: &Field<Signed>| -> Option<Secret> { signed.value()?.signing_secret.value().cloned() };
    let Some(Given { value: Written { slack, pagerduty, links }, .. }) = written else { return Inbound::default() };
    Inbound { slack: secret(slack), pagerduty: secret(pagerduty), links: secret(links) }
}

pub(super) fn resolve(documents: &[Document], names: &Names, inbound: &Inbound, notes: &mut Notes) -> Vec<Resolved> {
    refuse_circles(documents, notes);
    all(documents)
        .filter_map(|channel| {
            let name = channel.value.name().value()?.clone();
            let kind = kind(&channel.value, inbound, notes)?;
            let fallback = fallback(channel.value.fallback(), names, notes);
            Some(Resolved { name, kind, template: template(channel.value.template())?, fallback: fallback? })
        })
        .collect()
}

fn all(documents: &[Document]) -> impl Iterator<Item = &Given<Channel>> {
    documents.iter().flat_map(|document| document.channels.items())
}

fn template(written: &Field<Words>) -> Option<Template> {
    let Some(given) = written.given() else { return written.is_absent().then(Template::default) };
    Some(Template { title: given.value.title.optional()?, body: given.value.body.optional()? })
}

fn kind(channel: &Channel, inbound: &Inbound, notes: &mut Notes) -> Option<ChannelKind> {
    Some(match channel {
        Channel::Slack(slack) => ChannelKind::Slack { url: slack.url.value()?.clone() },
        Channel::SlackBot(SlackBot { token, channel, url, .. }) => ChannelKind::SlackBot {
            token: token.value()?.clone(),
            channel: channel.value()?.clone(),
            url: url.optional()?.map_or_else(|| SLACK_URL.to_owned(), |url| url.0),
            buttons: inbound.slack.is_some(),
        },
        Channel::PagerDuty(PagerDuty { routing_key, url, changes, .. }) => ChannelKind::PagerDuty {
            routing_key: routing_key.value()?.clone(),
            url: url.optional()?.map_or_else(|| PAGERDUTY_URL.to_owned(), |url| url.0),
            changes: changes.or(true)?,
        },
        Channel::Teams(teams) => ChannelKind::Teams { url: teams.url.value()?.clone() },
        Channel::Opsgenie(Opsgenie { api_key, url, .. }) => ChannelKind::Opsgenie {
            api_key: api_key.value()?.clone(),
            url: url.optional()?.map_or_else(|| OPSGENIE_URL.to_owned(), |url| url.0),
        },
        Channel::Email(email) => {
            ChannelKind::Email { from: email.from.value()?.clone(), to: addressees(email.to.given()?, notes) }
        }
        Channel::Sms(sms) => ChannelKind::Sms { to: sms.to.value()?.clone(), sender: sms.sender.optional()? },
        Channel::Sns(sns) => ChannelKind::Sns { topic: sns.topic.value()?.clone() },
        Channel::Webhook(webhook) => ChannelKind::Webhook {
            url: webhook.url.value()?.0.clone(),
            signing_secret: webhook.signing_secret.value()?.clone(),
        },
    })
}

fn addressees(given: &Given<OneOrMore<EmailAddress>>, notes: &mut Notes) -> Vec<EmailAddress> {
    let items = &given.value.0;
    if items.is_empty() {
        notes.add(Note::at(given.at, "the mail goes to nobody").hint("name at least one address"));
    }
    if items.len() > ADDRESSEES_MAX {
        let wrong = format!("{} addresses are more than one mail may have, {ADDRESSEES_MAX}", items.len());
        notes.add(Note::at(given.at, wrong).hint("use a mailing list, or two channels"));
    }
    let mut found: Vec<EmailAddress> = Vec::new();
    for item in items {
        if found.contains(&item.value) {
            checks::twice(item, notes);
        } else {
            found.push(item.value.clone());
        }
    }
    found
}

/// The channel that is told instead.
#[expect(clippy::option_option, reason = "the outer one means that a mistake was noted")]
fn fallback(field: &Field<String>, names: &Names, notes: &mut Notes) -> Option<Option<ChannelName>> {
    let Some(given) = field.given() else { return field.is_absent().then_some(None) };
    names.channels.check(&given.value, given.at, notes).then(|| given.value.parse().ok())
}

/// Notes every circle of channels that fall back on each other, once, at its channel that is written first.
fn refuse_circles(documents: &[Document], notes: &mut Notes) {
    let leads: HashMap<&str, &Given<String>> = all(documents)
        .filter_map(|channel| Some((channel.value.name().value()?.as_str(), channel.value.fallback().given()?)))
        .collect();
    let mut seen: HashSet<&str> = HashSet::new();
    for channel in all(documents) {
        let Some(start) = channel.value.name().value() else { continue };
        let mut way: Vec<&str> = vec![start.as_str()];
        while let Some(next) = way.last().filter(|name| seen.insert(name)).and_then(|name| leads.get(name)) {
            way.push(&next.value);
        }
        let Some((last, before)) = way.split_last() else { continue };
        let Some(begin) = before.iter().position(|name| name == last) else { continue };
        let given = leads[before[before.len() - 1]];
        let note = Note::at(given.at, format!("channels fall back on each other: {}", way[begin..].join(" -> ")));
        notes.add(note.value(&given.value).hint("end it with one that needs no other, such as e-mail"));
    }
}
