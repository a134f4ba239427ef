use domain::notification::Notification;

use super::Words;
use super::email::Letter;

/// Characters of a subject: less than 100, ASCII. Source: <https://docs.aws.amazon.com/sns/latest/api/API_Publish.html>.
pub const NOTICE_SUBJECT_MAX: usize = 99;
/// Bytes of a text; a message has at most 256 KB, with its attributes. Same source.
pub const NOTICE_BYTES_MAX: usize = 250 * 1024;

/// What subscribers to a topic of SNS are told, as a mail shows it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Notice {
    /// One line, ASCII.
    pub subject: String,
    /// The text.
    pub text: String,
    /// What subscribers may filter by: names and values.
    pub attributes: [(&'static str, String); 4],
}

/// The mail to whoever subscribes.
pub fn sns(notification: &Notification, words: &Words) -> Notice {
    let event = &notification.event;
    let letter = Letter::of(notification, words);
    let mut text = letter.text();
    text.truncate(text.floor_char_boundary(NOTICE_BYTES_MAX));
    Notice {
        subject: ascii(&letter.subject),
        text,
        attributes: [
            ("kind", event.told_as().to_string()),
            ("severity", notification.incident.severity.to_string()),
            ("service", notification.incident.service.to_string()),
            ("category", notification.incident.category.as_str().to_owned()),
        ],
    }
}

fn ascii(subject: &str) -> String {
    let plain: String = subject.replace('…', "...").chars().map(|c| if c.is_ascii() { c } else { '?' }).collect();
    match plain.char_indices().nth(NOTICE_SUBJECT_MAX) {
        Some(_) => format!("{}...", &plain[..NOTICE_SUBJECT_MAX - 3]),
        None => plain,
    }
}
