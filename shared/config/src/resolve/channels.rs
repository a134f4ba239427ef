use domain::id::{ChannelName, ServiceName};
use domain::notification::{
    Channel as Resolved, ChannelKind, EmailAddress, Inbound, Route as ResolvedRoute, Secret, Template,
};

use super::known::Known;
use super::{Names, OWN_SERVICE, checks, runbooks};
use crate::document::{
    Channel, Document, Inbound as Written, Opsgenie, PagerDuty, Route, Signed, SlackBot, Template as Words,
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

pub(super) fn resolve(documents: &[Document], inbound: &Inbound, notes: &mut Notes) -> Vec<Resolved> {
    all(documents)
        .filter_map(|channel| {
            let name = channel.value.name().value()?.clone();
            let kind = kind(&channel.value, inbound, notes)?;
            Some(Resolved { name, kind, template: template(channel.value.template())? })
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
        Channel::PagerDuty(PagerDuty { routing_key, url, .. }) => ChannelKind::PagerDuty {
            routing_key: routing_key.value()?.clone(),
            url: url.optional()?.map_or_else(|| PAGERDUTY_URL.to_owned(), |url| url.0),
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
