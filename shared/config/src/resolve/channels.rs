use domain::id::{ChannelName, ServiceName};
use domain::notification::{Channel as Resolved, ChannelKind, Inbound, Route as ResolvedRoute, Secret};

use super::known::Known;
use super::{Names, OWN_SERVICE, checks, runbooks};
use crate::document::{Channel, Document, Inbound as Written, PagerDuty, Route, Signed, SlackBot};
use crate::notes::{Note, Notes};
use crate::read::{Field, Given};

/// Source: `PagerDuty` Events API v2.
const PAGERDUTY_URL: &str = "https://events.pagerduty.com/v2/enqueue";
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
    let Some(Given { value: Written { slack, pagerduty }, .. }) = written else { return Inbound::default() };
    Inbound { slack: secret(slack), pagerduty: secret(pagerduty) }
}

pub(super) fn resolve(documents: &[Document], inbound: &Inbound) -> Vec<Resolved> {
    all(documents)
        .filter_map(|channel| {
            let name = channel.value.name().value()?.clone();
            Some(Resolved { name, kind: kind(&channel.value, inbound)? })
        })
        .collect()
}

fn all(documents: &[Document]) -> impl Iterator<Item = &Given<Channel>> {
    documents.iter().flat_map(|document| document.channels.items())
}

fn kind(channel: &Channel, inbound: &Inbound) -> Option<ChannelKind> {
    Some(match channel {
        Channel::Slack(slack) => ChannelKind::Slack { url: slack.url.value()?.clone() },
        Channel::SlackBot(SlackBot { token, channel, url, .. }) => ChannelKind::SlackBot {
            token: token.value()?.clone(),
            channel: channel.value()?.clone(),
            url: url.optional()?.map_or_else(|| SLACK_URL.to_owned(), |url| url.0),
            buttons: inbound.slack.is_some(),
        },
        Channel::PagerDuty(PagerDuty { routing_key, url, .. }) => ChannelKind::PagerDuty {
            routing_key: routing_key.value()?.clone(),
            url: url.optional()?.map_or_else(|| PAGERDUTY_URL.to_owned(), |url| url.0),
        },
        Channel::Webhook(webhook) => ChannelKind::Webhook {
            url: webhook.url.value()?.0.clone(),
            signing_secret: webhook.signing_secret.value()?.clone(),
        },
    })
}

pub(super) fn resolve_routes(documents: &[Document], names: &Names, notes: &mut Notes) -> Vec<ResolvedRoute> {
    let all = documents.iter().flat_map(|document| document.routes.items());
    all.filter_map(|given| route(&given.value, names, notes)).collect()
}

fn route(route: &Route, names: &Names, notes: &mut Notes) -> Option<ResolvedRoute> {
    let services = match &route.service {
        Field::Absent => Some(Vec::new()),
        Field::Mistaken => None,
        Field::Given(given) => Some(services(&given.value.0, names, notes)),
    };
    let severities = runbooks::severities(&route.severity, notes);
    let channels = route.channels.given().map(|given| channels(given, names, notes));
    Some(ResolvedRoute {
        services: services?,
        severities: severities?,
        category: route.category.optional()?,
        channels: channels?,
    })
}

fn services(items: &[Given<String>], names: &Names, notes: &mut Notes) -> Vec<ServiceName> {
    let mut found: Vec<ServiceName> = Vec::new();
    for given in items {
        if found.iter().any(|name| name.as_str() == given.value) {
            checks::twice(given, notes);
        } else if (given.value == OWN_SERVICE || names.services.check(&given.value, given.at, notes))
            && let Ok(name) = given.value.parse()
        {
            found.push(name);
        }
    }
    found
}

fn channels(given: &Given<Vec<Given<String>>>, names: &Names, notes: &mut Notes) -> Vec<ChannelName> {
    if given.value.is_empty() {
        let note = Note::at(given.at, "the route goes nowhere");
        notes.add(note.hint("name at least one channel, or leave the route out"));
    }
    let mut found: Vec<ChannelName> = Vec::new();
    for item in &given.value {
        if found.iter().any(|name| name.as_str() == item.value) {
            checks::twice(item, notes);
        } else if names.channels.check(&item.value, item.at, notes)
            && let Ok(name) = item.value.parse()
        {
            found.push(name);
        }
    }
    found
}
