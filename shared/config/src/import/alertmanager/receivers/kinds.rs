use domain::notification::{EmailAddress, PhoneNumber, SlackId, TopicArn};
use serde_json::json;

use super::super::one_or_more;
use super::super::written::Entry;
use super::global::Global;
use crate::import::fields::{Fields, Text};
use crate::notes::{Note, Notes};
use crate::read::Url;
use crate::tree::{Node, Place, Value};

/// Who mail is from where nobody says it.
const MAIL_FROM: &str = "alerts@example.com";

/// A channel that is wanted: its name, and what the integration says.
pub(super) struct Wanted<'n, 'w> {
    pub(super) name: &'w str,
    pub(super) fields: Fields<'n>,
}

/// The channel that an integration becomes; `None` once the reason is noted.
pub(super) fn read(word: &str, wanted: Wanted<'_, '_>, global: &Global<'_>, notes: &mut Notes) -> Option<Entry> {
    let Wanted { name, mut fields } = wanted;
    if let Some((at, false)) = fields.boolean(&["send_resolved"], notes) {
        notes.add(Note::at(at, "people are always told that it is over").hint("leave it out"));
    }
    let mut channel = Channel { name, at: fields.at, entry: Entry::default() };
    let is_whole = match word {
        "slack" => slack(&mut channel, &mut fields, global, notes),
        "pagerduty" => pagerduty(&mut channel, &mut fields, global, notes),
        "opsgenie" => opsgenie(&mut channel, &mut fields, global, notes),
        "teams" => channel.secret(&mut fields, "teams", "url", &["webhook_url", "webhook_url_file"], notes),
        "email" => email(&mut channel, &mut fields, global, notes),
        "sms" | "sns" => sns(&mut channel, &mut fields, notes),
        _ => webhook(&mut channel, &mut fields, notes),
    };
    fields.rest(reason, notes);
    is_whole.then_some(channel.entry)
}

/// Why fields are not carried over, and what to do.
fn reason(field: &str) -> Option<[&'static str; 2]> {
    Some(match field {
        "app_url" => ["Slack's Web API is spoken to", "write url for the channel where it is another one"],
        "title" | "text" | "html" | "headers" | "message" | "description" | "fallback" | "pretext" | "title_link"
        | "summary" | "subject" | "note" | "payload" | "fields" | "actions" | "details" => [
            "templates of Go are not read",
            "write template: { title, body } for the channel, in Jinja; see tocsin preview",
        ],
        "http_config" | "tls_config" | "tls" | "timeout" | "sigv4" => {
            ["notifications go out from AWS directly", "leave it out"]
        }
        "severity" | "priority" | "class" | "component" | "group" | "color" => {
            ["the incident's severity and service say it", "leave it out"]
        }
        "max_alerts" => ["a message is about an incident, whole", "leave it out"],
        "username" | "icon_emoji" | "icon_url" | "image_url" | "thumb_url" | "images" | "links" | "footer"
        | "short_fields" | "mrkdwn_in" | "client" | "client_url" | "source" | "tags" | "responders" | "entity"
        | "update_alerts" => ["messages have a form of their own", "say it at the vendor, or in a template"],
        "smarthost" | "hello" | "require_tls" | "auth_username" | "auth_password" | "auth_password_file"
        | "auth_secret" | "auth_identity" | "force_implicit_tls" => [
            "mail goes out by Amazon SES",
            "verify the sender's address or domain in SES; nobody signs in to a mail server",
        ],
        _ => return None,
    })
}

const MAY_BE_SECRET: &str = "a part of its address may be a secret";
/// Letters of a word in an address; what is longer may be a key.
const WORD_CHARS_MAX: usize = 16;

/// Whether an address may hold a secret: a query, or a part of its host or path that is not made of words.
fn may_be_secret(address: &str) -> bool {
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let is_version = |part: &str| {
        part.strip_prefix('v').is_some_and(|digits| digits.len() < 3 && digits.bytes().all(|b| b.is_ascii_digit()))
    };
    let is_word = |word: &str| {
        let letters = word.strip_prefix(|c: char| c.is_ascii_uppercase()).unwrap_or(word);
        letters.len() <= WORD_CHARS_MAX && letters.bytes().all(|b| b.is_ascii_lowercase())
    };
    let is_plain = |part: &str| part.split(['-', '_', '.']).all(|word| is_word(word) || is_version(word));
    let is_odd_host = |label: &str| label.len() > WORD_CHARS_MAX && !is_plain(label);
    host.split('.').any(is_odd_host) || !path.split('/').all(is_plain)
}

/// The channel that comes to be.
struct Channel<'w> {
    name: &'w str,
    at: Place,
    entry: Entry,
}

impl Channel<'_> {
    fn begin(&mut self, kind: &'static str) {
        self.entry.put("name", json!(self.name));
        self.entry.put("kind", json!(kind));
    }

    /// Begins a channel of `kind` whose secret stands in one of `names`, or for all.
    fn secret(
        &mut self,
        fields: &mut Fields<'_>,
        kind: &'static str,
        field: &'static str,
        names: &[&str],
        notes: &mut Notes,
    ) -> bool {
        let mut at = None;
        for name in names {
            at = at.or(fields.take(&[name]).map(|node| node.at));
        }
        self.begin(kind);
        self.refer(field, at.unwrap_or(self.at), notes);
        true
    }

    /// Refers to a secret, which is not copied.
    fn refer(&mut self, field: &'static str, at: Place, notes: &mut Notes) {
        let path = format!("/tocsin/{}", self.name);
        self.entry.put(field, json!(format!("ssm:{path}")));
        let note = Note::at(at, format!("the secret of the channel {:?} is not copied", self.name));
        notes.add(note.hint(format!("put it into SSM Parameter Store as the SecureString {path}")));
    }

    /// An address that is no secret, if it can be spoken to.
    fn address(&mut self, given: Option<Text<'_>>, suffix: &str, notes: &mut Notes) {
        let Some(given) = given else { return };
        let address = format!("{}{suffix}", given.text.trim_end_matches('/'));
        let secret = || may_be_secret(&address).then_some((MAY_BE_SECRET.to_owned(), "write one that holds none"));
        match Url::problem(&address).or_else(secret) {
            None => self.entry.put("url", json!(address)),
            Some((wrong, hint)) => {
                let note = Note::at(given.at, format!("the address is not carried over: {wrong}"));
                notes.add(note.hint(format!("{hint}; until then the vendor's own is used")));
            }
        }
    }
}

fn slack(channel: &mut Channel<'_>, fields: &mut Fields<'_>, global: &Global<'_>, notes: &mut Notes) -> bool {
    let wanted = fields.text(&["channel"], notes);
    let token = fields.take(&["app_token"]).or(fields.take(&["app_token_file"]));
    let hook = fields.take(&["api_url"]).or(fields.take(&["api_url_file"]));
    let token = token.or(hook.filter(|hook| is_web_api(hook)));
    let by_token = token.is_some() || (global.slack_token && hook.is_none());
    if let Some(id) = wanted.filter(|wanted| by_token && wanted.text.parse::<SlackId>().is_ok()) {
        channel.begin("slack-bot");
        channel.refer("token", token.map_or(channel.at, |token| token.at), notes);
        channel.entry.put("channel", json!(id.text));
        return true;
    }
    channel.begin("slack");
    channel.refer("url", hook.map_or(channel.at, |hook| hook.at), notes);
    if let Some(wanted) = wanted {
        let note = Note::at(wanted.at, "an incoming webhook writes to the channel that it was made for");
        let hint = "make one for this channel, or write kind: slack-bot with its id, such as C0123ABCDEF";
        notes.add(note.value(wanted.text).hint(hint));
    }
    true
}

/// Whether it is Slack's Web API, which takes a bot's token, rather than an incoming webhook.
pub(super) fn is_web_api(node: &Node) -> bool {
    matches!(&node.value, Value::Scalar(url) if url.trim_end_matches('/').ends_with("/api/chat.postMessage"))
}

fn pagerduty(channel: &mut Channel<'_>, fields: &mut Fields<'_>, global: &Global<'_>, notes: &mut Notes) -> bool {
    if let Some(old) = fields.take(&["service_key"]).or(fields.take(&["service_key_file"])) {
        let note = Note::at(old.at, "a key of the Events API v1 is not taken by v2");
        notes.add(note.hint("add an integration Events API v2 to the service, and use its key"));
    }
    let own = fields.text(&["url"], notes);
    let begun = channel.secret(fields, "pagerduty", "routing_key", &["routing_key", "routing_key_file"], notes);
    channel.address(own.or(global.pagerduty_url), "", notes);
    begun
}

fn opsgenie(channel: &mut Channel<'_>, fields: &mut Fields<'_>, global: &Global<'_>, notes: &mut Notes) -> bool {
    let own = fields.text(&["api_url"], notes);
    let begun = channel.secret(fields, "opsgenie", "api_key", &["api_key", "api_key_file"], notes);
    channel.address(own.or(global.opsgenie_url), "", notes);
    begun
}

fn email(channel: &mut Channel<'_>, fields: &mut Fields<'_>, global: &Global<'_>, notes: &mut Notes) -> bool {
    let (to, from) = (fields.text(&["to"], notes), fields.text(&["from"], notes).or(global.mail_from));
    let mut addresses: Vec<String> = Vec::new();
    for one in to.map_or("", |to| to.text).split(',').map(bare).filter(|one| !one.is_empty()) {
        if one.parse::<EmailAddress>().is_ok() {
            if !addresses.iter().any(|known| known == one) {
                addresses.push(one.to_owned());
            }
        } else if let Some(to) = to {
            let note = Note::at(to.at, format!("{one:?} is no e-mail address that is taken"));
            notes.add(note.value(one).hint("it is left out; write for example ops@example.com"));
        }
    }
    if addresses.is_empty() {
        notes.add(Note::at(channel.at, "the mail goes to nobody").hint("the channel is left out; write \"to\""));
        return false;
    }
    let sender = from.map(|from| bare(from.text)).filter(|from| from.parse::<EmailAddress>().is_ok());
    if sender.is_none() {
        let note = Note::at(from.map_or(channel.at, |from| from.at), "who the mail is from cannot be read");
        notes.add(note.hint(format!("correct {MAIL_FROM} in the result to an address that SES has verified")));
    }
    channel.begin("email");
    channel.entry.put("from", json!(sender.unwrap_or(MAIL_FROM)));
    channel.entry.put("to", one_or_more(addresses));
    true
}

/// The address of `Name <address>`.
fn bare(text: &str) -> &str {
    let inner = text.rsplit_once('<').and_then(|(_, rest)| rest.split_once('>')).map(|(address, _)| address);
    inner.unwrap_or(text).trim()
}

fn sns(channel: &mut Channel<'_>, fields: &mut Fields<'_>, notes: &mut Notes) -> bool {
    let number = fields.text(&["phone_number"], notes);
    if let Some(number) = number.filter(|number| number.text.parse::<PhoneNumber>().is_ok()) {
        channel.begin("sms");
        channel.entry.put("to", json!(number.text));
        return true;
    }
    let topic = fields.text(&["topic_arn"], notes);
    if let Some(topic) = topic.filter(|topic| topic.text.parse::<TopicArn>().is_ok()) {
        channel.begin("sns");
        channel.entry.put("topic", json!(topic.text));
        return true;
    }
    let device = fields.take(&["target_arn"]).map(|device| device.at);
    let at = number.or(topic).map(|given| given.at).or(device).unwrap_or(channel.at);
    let note = Note::at(at, "neither a phone number nor a topic of SNS that can be mailed");
    notes.add(note.hint("it is left out; write a number in E.164, or the ARN of a topic that is not FIFO"));
    false
}

fn webhook(channel: &mut Channel<'_>, fields: &mut Fields<'_>, notes: &mut Notes) -> bool {
    let url = fields.text(&["url"], notes);
    let file = fields.take(&["url_file"]);
    let Some(url) = url else {
        let note = Note::at(file.map_or(channel.at, |file| file.at), "where the webhook goes is not said here");
        notes.add(note.hint("the channel is left out; write kind: webhook with its url"));
        return false;
    };
    if let Some((wrong, hint)) = Url::problem(url.text) {
        let note = Note::at(url.at, format!("the webhook is not carried over: {wrong}"));
        notes.add(note.hint(format!("the channel is left out; {hint}")));
        return false;
    }
    if may_be_secret(url.text) {
        let note = Note::at(url.at, format!("the webhook is not carried over: {MAY_BE_SECRET}"));
        notes.add(note.hint(format!(
            "the channel {:?} is left out; write kind: webhook with an address that holds none, and put what signs it \
             into SSM Parameter Store as the SecureString /tocsin/{}",
            channel.name, channel.name
        )));
        return false;
    }
    channel.begin("webhook");
    channel.entry.put("url", json!(url.text));
    channel.refer("signing_secret", url.at, notes);
    let note = Note::at(url.at, "what is posted has Tocsin's own form and signature");
    notes.add(
        note.hint("let the receiver read it, see docs/notifications.md, or write template: { body } as it wants it"),
    );
    true
}
