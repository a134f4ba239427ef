//! What channels are told, without telling them: the messages of a sample incident, as text or as a page.

mod card;
mod page;
mod slack;

use std::fmt::Write as _;
use std::path::Path;

use domain::event::EventKind;
use domain::notification::{Channel, ChannelKind, Notification};
use domain::sample;
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

/// Prints what the channels of `file`, or the one called `only`, are told of all events, or of those of kind `event`. 0 shown, 1 mistakes, 2 unreadable or no such
/// channel.
pub(crate) fn preview(file: &Path, (only, event): (Option<&str>, Option<&str>), html: bool) -> u8 {
    let checked = check::check(file, 1);
    let Some(setup) = checked.setup() else {
        crate::print(&check::text(std::slice::from_ref(&checked)));
        return checked.exit_code();
    };
    let wanted = |channel: &&Channel| only.is_none_or(|only| channel.name.as_str() == only);
    let channels: Vec<&Channel> = setup.channels.iter().filter(wanted).collect();
    if channels.is_empty() {
        let known: Vec<&str> = setup.channels.iter().map(|channel| channel.name.as_str()).collect();
        let asked = only.map_or_else(|| "any channel".to_owned(), |only| format!("a channel {only:?}"));
        let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
        eprintln!("{}: there is not {asked}; known: {known}", file.display());
        return 2;
    }
    if let Some(event) = event.filter(|event| EventKind::ALL.iter().all(|kind| kind.as_str() != *event)) {
        let known: Vec<&str> = EventKind::ALL.iter().map(|kind| kind.as_str()).collect();
        eprintln!("there is no event {event:?}; known: {}", known.join(", "));
        return 2;
    }
    let told: Vec<(&Channel, Vec<Message>)> =
        channels.into_iter().map(|channel| (channel, messages(channel, event))).collect();
    crate::print(&if html { page::page(&told) } else { text(&told) });
    0
}

fn text(told: &[(&Channel, Vec<Message>)]) -> String {
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
    let wanted = all.iter().filter(|told| asked(told.event.kind) && channel.kind.wants(told.event.kind));
    wanted.flat_map(|told| drawn(channel, told)).collect()
}

fn drawn(channel: &Channel, told: &Notification) -> Vec<Message> {
    let words = &template::words(&channel.template, &channel.kind, told, told.event.at);
    let event = told.event.kind.to_string();
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
