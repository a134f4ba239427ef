//! What channels are told, without telling them: the messages of a sample incident, as text or as a page.

mod card;
mod page;
mod slack;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

use domain::event::EventKind;
use domain::notification::{Channel, ChannelKind, Destination, Notification};
use domain::sample;
use domain::setup::Setup;
use notify::message::{self, Words, template};
use serde_json::Value;

use crate::check;
use page::Drawn;

/// One message: as it is sent, and drawn as it is seen.
struct Message {
    event: String,
    text: String,
    drawn: Drawn,
}

/// Whose messages are shown, and which.
#[derive(Clone, Copy)]
pub(crate) struct Wanted<'a> {
    /// Only this channel's.
    pub(crate) channel: Option<&'a str>,
    /// In place of channels, what this person reads.
    pub(crate) person: Option<&'a str>,
    /// Only those about this kind of event.
    pub(crate) event: Option<&'a str>,
}

/// A channel, or what reaches a person, and what is said by it.
type Told = (Channel, Vec<Message>);

/// Prints what the channels of `file`, or a person who is called, are told. 0 shown, 1 mistakes, 2 unreadable or no such
/// channel, person or event.
pub(crate) fn preview(file: &Path, wanted: Wanted<'_>, html: bool) -> u8 {
    let checked = check::check(file, 1);
    let Some(setup) = checked.setup() else {
        crate::print(&check::text(std::slice::from_ref(&checked)));
        return checked.exit_code();
    };
    let told =
        wanted.person.map_or_else(|| of_channels(setup, wanted), |person| of_person(setup, person, wanted.event));
    match told.and_then(|told| heard(told, wanted.event)) {
        Ok(told) => {
            crate::print(&if html { page::page(&told) } else { text(&told) });
            0
        }
        Err(wrong) => {
            eprintln!("{}: {wrong}", file.display());
            2
        }
    }
}

/// What is told, if anything is.
fn heard(told: Vec<Told>, event: Option<&str>) -> Result<Vec<Told>, String> {
    let Some(event) = event.filter(|_| told.iter().all(|(_, messages)| messages.is_empty())) else { return Ok(told) };
    let kinds: BTreeSet<&str> = sample::all("any").iter().map(|told| told.event.kind.as_str()).collect();
    if !kinds.contains(event) {
        return Err(format!("people are told of no event {event:?}; known: {}", listed(kinds.into_iter())));
    }
    let who: Vec<&str> = told.iter().map(|(channel, _)| channel.name.as_str()).collect();
    Err(format!("nothing is told of {event} to {}", who.join(", ")))
}

fn of_channels(setup: &Setup, Wanted { channel: only, event, .. }: Wanted<'_>) -> Result<Vec<Told>, String> {
    let wanted = |channel: &&Channel| only.is_none_or(|only| channel.name.as_str() == only);
    let channels: Vec<&Channel> = setup.channels.iter().filter(wanted).collect();
    if channels.is_empty() {
        let asked = only.map_or_else(|| "any channel".to_owned(), |only| format!("a channel {only:?}"));
        let known = setup.channels.iter().map(|channel| channel.name.as_str());
        return Err(format!("there is not {asked}; known: {}", listed(known)));
    }
    Ok(channels.into_iter().map(|channel| (channel.clone(), messages(channel, event))).collect())
}

/// The call and the reminder, by each address that a channel can tell; a link to acknowledge is there where links are set up.
fn of_person(setup: &Setup, name: &str, event: Option<&str>) -> Result<Vec<Told>, String> {
    let people = &setup.on_call.people;
    let Some(person) = people.iter().find(|person| person.name.as_str() == name) else {
        return Err(format!(
            "there is not a person {name:?}; known: {}",
            listed(people.iter().map(|one| one.name.as_str()))
        ));
    };
    let told = person.addresses.iter().filter_map(|address| {
        let to = Destination::Person { person: person.name.clone(), address: address.clone() };
        let channel = to.channel(&setup.channels)?;
        let mut both = [("a call", sample::call(&to)), ("a reminder", sample::reminder(&to))];
        for page in both.iter_mut().filter_map(|(_, told)| told.page.as_mut()) {
            page.zone = Some(person.zone.clone());
            page.acknowledge.take_if(|_| setup.inbound.links.is_none());
        }
        let both = both.iter().filter(|(_, told)| event.is_none_or(|event| told.event.kind.as_str() == event));
        let said = both.flat_map(|(called, told)| drawn(&channel, told, &format!("{}, {called}", told.event.kind)));
        let said = said.collect();
        Some((channel, said))
    });
    let told: Vec<Told> = told.collect();
    if told.is_empty() { Err(format!("no channel can tell any address of {name}")) } else { Ok(told) }
}

fn listed<'n>(names: impl Iterator<Item = &'n str>) -> String {
    let names: Vec<&str> = names.collect();
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}

fn text(told: &[Told]) -> String {
    let mut text = String::new();
    for (channel, messages) in told {
        for message in messages {
            writeln!(text, "==== {} ({}), {}\n{}\n", channel.name, channel.kind.as_str(), message.event, message.text)
                .expect("a String takes all");
        }
    }
    text
}

fn messages(channel: &Channel, event: Option<&str>) -> Vec<Message> {
    let all = sample::all(channel.name.as_str());
    let asked = |kind: EventKind| event.is_none_or(|event| kind.as_str() == event);
    let wanted = all.iter().filter(|told| asked(told.event.kind) && channel.kind.hears(&told.event));
    wanted.flat_map(|told| drawn(channel, told, told.event.kind.as_str())).collect()
}

/// One message, or two, under the name `called`.
fn drawn(channel: &Channel, told: &Notification, called: &str) -> Vec<Message> {
    let words = &template::words(&channel.template, &channel.kind, told, told.event.at);
    let event = called.to_owned();
    let json = |event: String, value: &Value| Message { event, text: format!("{value:#}"), drawn: Drawn::Code };
    match &channel.kind {
        ChannelKind::Slack { .. } => vec![slack::message(event, &message::slack(told, words))],
        ChannelKind::SlackBot { buttons, .. } => vec![
            slack::message(format!("{event}: the incident's message"), &message::slack_root(told, words, *buttons)),
            slack::message(format!("{event}: in its thread"), &message::slack_reply(told)),
        ],
        ChannelKind::PagerDuty { .. } => {
            message::pagerduty(told, words).iter().map(|body| json(event.clone(), body)).collect()
        }
        ChannelKind::Teams { .. } => vec![card::message(event, &message::teams(told, words))],
        ChannelKind::Opsgenie { .. } => {
            let call = message::opsgenie(told, words);
            call.iter().map(|(path, body)| json(format!("{event}: POST {path}"), body)).collect()
        }
        ChannelKind::Email { from, to } => vec![mail(event, told, words, (from, to))],
        ChannelKind::Sms { to, .. } => {
            let text = message::sms(told, words);
            let event = format!("{event}: to {to}, {} part(s)", message::parts(&text));
            vec![Message { event, drawn: Drawn::Html(format!("<div class=sms>{}</div>", page::escaped(&text))), text }]
        }
        ChannelKind::Sns { .. } => {
            let notice = message::sns(told, words);
            let drawn = format!(
                "<div class=mail><b>{}</b><hr><pre>{}</pre></div>",
                page::escaped(&notice.subject),
                page::escaped(&notice.text)
            );
            let text = format!("Subject: {}\n\n{}", notice.subject, notice.text);
            vec![Message { event, text, drawn: Drawn::Html(drawn) }]
        }
        ChannelKind::Webhook { .. } => {
            let body = message::webhook(told, words);
            let body = String::from_utf8_lossy(&body).into_owned();
            let pretty = serde_json::from_str::<Value>(&body).map(|value| format!("{value:#}"));
            vec![Message { event, text: pretty.unwrap_or(body), drawn: Drawn::Code }]
        }
    }
}

fn mail(
    event: String,
    told: &Notification,
    words: &Words,
    (from, to): (&domain::notification::EmailAddress, &[domain::notification::EmailAddress]),
) -> Message {
    let mail = message::email(told, words, from, to);
    let inner = mail.html.split_once("<body").and_then(|(_, rest)| rest.split_once('>')).map_or("", |(_, rest)| rest);
    let inner = inner.trim_end_matches("</body></html>");
    let drawn = format!("<div class=mail><b>{}</b><hr>{inner}</div>", page::escaped(&mail.subject));
    Message { event, text: format!("Subject: {}\n\n{}", mail.subject, mail.text), drawn: Drawn::Html(drawn) }
}
