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
    let (story, incident) = (Story::of(notification), &notification.incident);
    let subject =
        words.title.clone().unwrap_or_else(|| format!("[{}] {}", incident.severity, plain(&incident.title, WORDS_MAX)));
    let headline = format!("{} {}", story.marker, story.headline);
    let paragraphs = match &words.body {
        Some(body) => body.lines().map(str::to_owned).collect(),
        None => story.paragraphs(),
    };
    let at = story.clock.exact(notification.event.at);
    let about = format!("{} · {} · {at}", incident.id, notification.event.kind);
    let lines: Vec<&str> = paragraphs.iter().chain(&words.note).map(String::as_str).collect();
    let ways = story.ways();
    Mail {
        from: from.clone(),
        to: to.to_vec(),
        subject: plain(&subject, SUBJECT_SHOWN_MAX),
        text: cut(&text(&headline, &lines, &ways, &about), BODY_MAX),
        html: html(&headline, &lines, &ways, &about),
        thread: format!("<{}@tocsin>", incident.id),
    }
}

fn text(headline: &str, lines: &[&str], ways: &[(&str, &str)], about: &str) -> String {
    let open: String = ways.iter().map(|(words, link)| format!("\n{words}: {link}\n")).collect();
    format!("{headline}\n\n{}\n{open}\n-- \nTocsin · {about}\n", lines.join("\n"))
}

fn html(headline: &str, lines: &[&str], ways: &[(&str, &str)], about: &str) -> String {
    let mut page = String::from("<!doctype html><html><body style=\"font-family:sans-serif;max-width:42em\">");
    let mut put = |text: std::fmt::Arguments<'_>| page.write_fmt(text).expect("writing to a String does not fail");
    put(format_args!("<h2>{}</h2>", escaped(headline)));
    let mut length = 0;
    for line in lines {
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
    for (words, link) in ways {
        put(format_args!("<p><a href=\"{}\">{}</a></p>", escaped(link), escaped(words)));
    }
    put(format_args!("<p style=\"color:#777;font-size:85%\">Tocsin · {}</p></body></html>", escaped(about)));
    page
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
