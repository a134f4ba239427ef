use std::fmt::Write;

use domain::notification::{EmailAddress, Notification};
use serde_json::{Value, json};

use super::Words;
use super::story::{Story, WORDS_MAX};
use super::text::{cut, plain};

/// Characters of a subject: a line of a header. Source: RFC 5322 section 2.1.1.
pub const SUBJECT_MAX: usize = 998;
/// Characters of a subject that people see on a phone and on a pager's screen; longer ones hide what matters.
const SUBJECT_SHOWN_MAX: usize = 200;
/// Characters of a body; SES takes 40 MB, no reader does.
pub const BODY_MAX: usize = 100_000;

/// An e-mail, ready to be sent.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Mail {
    /// Who it is from.
    pub from: EmailAddress,
    /// Whom it goes to.
    pub to: Vec<EmailAddress>,
    /// One line. The same for all mails of an incident, so that they stand together.
    pub subject: String,
    /// For readers without HTML.
    pub text: String,
    /// For the others.
    pub html: String,
    /// The message that all mails of the incident refer to: `<inc-...@tocsin>`.
    pub thread: String,
}

impl Mail {
    /// The mail as SES takes it.
    ///
    /// Source: <https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html>
    pub fn request(&self) -> Value {
        let text = |text: &str| json!({ "Data": text, "Charset": "UTF-8" });
        json!({
            "FromEmailAddress": format!("Tocsin <{}>", self.from),
            "Destination": { "ToAddresses": self.to },
            "Content": { "Simple": {
                "Subject": text(&self.subject),
                "Body": { "Text": text(&self.text), "Html": text(&self.html) },
                "Headers": [
                    { "Name": "References", "Value": self.thread },
                    { "Name": "In-Reply-To", "Value": self.thread },
                    { "Name": "Auto-Submitted", "Value": "auto-generated" },
                ],
            } },
        })
    }
}

/// The mail from `from` to `to`.
pub fn email(notification: &Notification, words: &Words, from: &EmailAddress, to: &[EmailAddress]) -> Mail {
    let letter = Letter::of(notification, words);
    Mail {
        from: from.clone(),
        to: to.to_vec(),
        text: letter.text(),
        html: letter.html(),
        subject: letter.subject,
        thread: format!("<{}@tocsin>", notification.incident.id),
    }
}

/// What a mail says, whoever carries it.
pub(super) struct Letter {
    /// One line, the same for all mails of an incident.
    pub(super) subject: String,
    headline: String,
    lines: Vec<String>,
    /// What to do, and where.
    ways: Vec<(String, String)>,
    /// Which incident, what happened, and when.
    about: String,
}

impl Letter {
    pub(super) fn of(notification: &Notification, words: &Words) -> Self {
        let (story, incident) = (Story::of(notification), &notification.incident);
        let ours = || format!("[{}] {}", incident.severity, plain(&incident.title, WORDS_MAX));
        let mut lines = match &words.body {
            Some(body) => body.lines().map(str::to_owned).collect(),
            None => story.paragraphs(),
        };
        lines.extend(words.note.clone());
        let at = story.clock.exact(notification.event.at);
        Self {
            subject: plain(&words.title.clone().unwrap_or_else(ours), SUBJECT_SHOWN_MAX),
            headline: format!("{} {}", story.marker, story.headline),
            lines,
            ways: story.ways().into_iter().map(|(words, link)| (words.to_owned(), link.to_owned())).collect(),
            about: format!("{} · {} · {at}", incident.id, notification.event.kind),
        }
    }

    pub(super) fn text(&self) -> String {
        let open: String = self.ways.iter().map(|(words, link)| format!("\n{words}: {link}\n")).collect();
        let Self { headline, about, .. } = self;
        let text = format!("{headline}\n\n{}\n{open}\n-- \nTocsin · {about}\n", self.lines.join("\n"));
        cut(&text, BODY_MAX)
    }

    fn html(&self) -> String {
        let mut page = String::from("<!doctype html><html><body style=\"font-family:sans-serif;max-width:42em\">");
        let mut put = |text: std::fmt::Arguments<'_>| page.write_fmt(text).expect("writing to a String does not fail");
        put(format_args!("<h2>{}</h2>", escaped(&self.headline)));
        let mut length = 0;
        for line in &self.lines {
            length += line.len();
            if length > BODY_MAX {
                put(format_args!("<p>…</p>"));
                break;
            }
            match line.strip_prefix("• ") {
                Some(bullet) => put(format_args!("<div style=\"margin-left:1em\">• {}</div>", escaped(bullet))),
                None if line.trim().is_empty() => {}
                None => put(format_args!("<p style=\"margin:.6em 0 0\">{}</p>", escaped(line))),
            }
        }
        for (words, link) in &self.ways {
            put(format_args!("<p><a href=\"{}\">{}</a></p>", escaped(link), escaped(words)));
        }
        put(format_args!("<p style=\"color:#777;font-size:85%\">Tocsin · {}</p></body></html>", escaped(&self.about)));
        page
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
