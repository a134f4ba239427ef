//! Where a message goes, as the vendors write it: an e-mail address, a phone number, a conversation of Slack.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::{Channel, ChannelKind};

/// Why a text is no address. Its words hold a hint.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// No e-mail address.
    #[error("{0:?} is no e-mail address; write for example \"ops@example.com\", in ASCII and without a name")]
    Email(String),
    /// No phone number.
    #[error("{0:?} is no phone number in E.164; write + and the country first, for example \"+4930123456\"")]
    Phone(String),
    /// No name of a sender.
    #[error(
        "{0:?} is no sender of text messages; write 1 to 11 letters and digits, at least one letter, such as \"Tocsin\""
    )]
    Sender(String),
    /// No id of Slack.
    #[error(
        "{0:?} is no id of Slack; copy it from the channel's or member's details, for example \"C0123ABCDEF\" (a name \
         such as #ops is not enough)"
    )]
    Slack(String),
    /// No id of a user of `PagerDuty`.
    #[error("{0:?} is no id of a user of PagerDuty; it ends the address of their profile, for example \"PXPGF42\"")]
    PagerDuty(String),
    /// No topic of SNS.
    #[error(
        "{0:?} is no topic of Amazon SNS; write its ARN, for example \"arn:aws:sns:eu-central-1:123456789012:incidents\" \
         (not a FIFO topic: it has no e-mail)"
    )]
    Topic(String),
}

/// Characters of a text that an error repeats.
const SHOWN_MAX: usize = 64;

macro_rules! addresses {
    ($($(#[$doc:meta])* $name:ident, $error:ident, $holds:expr;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// As it is written.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = AddressError;
            fn from_str(text: &str) -> Result<Self, AddressError> {
                let holds: fn(&str) -> bool = $holds;
                match holds(text) {
                    true => Ok(Self(text.to_owned())),
                    false => Err(AddressError::$error(text.chars().take(SHOWN_MAX).collect())),
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl TryFrom<String> for $name {
            type Error = AddressError;
            fn try_from(text: String) -> Result<Self, AddressError> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(address: $name) -> Self {
                address.0
            }
        }
    )*};
}

addresses! {
    /// An e-mail address: ASCII, as SES takes it, without a display name.
    EmailAddress, Email, is_email;
    /// A phone number in E.164: `+`, the country's code, at most 15 digits.
    PhoneNumber, Phone, is_phone;
    /// The name that a text message is from, where networks show one: at most 11 letters and digits, one of them a letter.
    SenderId, Sender, is_sender;
    /// The id of a Slack channel (`C`, `G`), direct message (`D`) or member (`U`, `W`).
    SlackId, Slack, is_slack;
    /// The id of a user of `PagerDuty`.
    PagerDutyId, PagerDuty, is_pagerduty;
    /// The ARN of a topic of Amazon SNS.
    TopicArn, Topic, is_topic;
}

/// Where one person is reached.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Address {
    /// By e-mail.
    Email(EmailAddress),
    /// By a text message.
    Phone(PhoneNumber),
    /// By a direct message of Slack: the member's id.
    Slack(SlackId),
}

impl Address {
    /// What tells the person there, as `channels` tell others: a mail is from whom their first mail is from, a direct
    /// message from their first bot, a text message from their first sender. `None`: no channel can, which
    /// `tocsin check` must say.
    pub fn kind(&self, channels: &[Channel]) -> Option<ChannelKind> {
        let kinds = || channels.iter().map(|channel| &channel.kind);
        match self {
            Self::Email(to) => kinds().find_map(|kind| match kind {
                ChannelKind::Email { from, .. } => {
                    Some(ChannelKind::Email { from: from.clone(), to: vec![to.clone()] })
                }
                _ => None,
            }),
            Self::Phone(to) => {
                let sender = kinds().find_map(|kind| match kind {
                    ChannelKind::Sms { sender, .. } => sender.clone(),
                    _ => None,
                });
                Some(ChannelKind::Sms { to: to.clone(), sender })
            }
            Self::Slack(member) => kinds().find_map(|kind| match kind {
                ChannelKind::SlackBot { token, url, buttons, .. } => Some(ChannelKind::SlackBot {
                    token: token.clone(),
                    channel: member.clone(),
                    url: url.clone(),
                    buttons: *buttons,
                }),
                _ => None,
            }),
        }
    }
}

/// RFC 5321 as far as SES sends it: 64 bytes before the `@`, 255 after it, which has a dot and ends no part with a hyphen.
fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else { return false };
    let fits = (1..=64).contains(&local.len()) && (1..=255).contains(&domain.len());
    let sound = |c: char| c.is_ascii_graphic() && !"()<>[]:;,\\\"@".contains(c);
    let label = |part: &str| {
        let end = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
        end(part.chars().next())
            && end(part.chars().next_back())
            && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
    };
    fits && local.chars().all(sound) && domain.contains('.') && domain.split('.').all(label)
}

/// Source: <https://docs.aws.amazon.com/sns/latest/dg/sms_sending-overview.html>.
fn is_phone(text: &str) -> bool {
    let Some(digits) = text.strip_prefix('+') else { return false };
    (7..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit()) && !digits.starts_with('0')
}

fn is_sender(text: &str) -> bool {
    (1..=11).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric())
        && text.bytes().any(|b| b.is_ascii_alphabetic())
}

fn is_slack(text: &str) -> bool {
    let rest = text.strip_prefix(['C', 'G', 'D', 'U', 'W']);
    rest.is_some_and(|rest| {
        (2..=31).contains(&rest.len()) && rest.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
    })
}

fn is_pagerduty(text: &str) -> bool {
    (2..=32).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
}

/// Source: <https://docs.aws.amazon.com/sns/latest/api/API_CreateTopic.html>.
fn is_topic(text: &str) -> bool {
    let [arn, partition, sns, region, account, name] = text.split(':').collect::<Vec<_>>()[..] else { return false };
    let word = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b));
    let account = account.len() == 12 && account.bytes().all(|b| b.is_ascii_digit());
    [arn, sns] == ["arn", "sns"] && [partition, region, name].into_iter().all(word) && account && name.len() <= 256
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check<A: FromStr<Err = AddressError>>(text: &str, expected: bool) {
        assert_eq!(text.parse::<A>().is_ok(), expected, "{text:?}");
    }

    #[test]
    fn a_person_is_told_as_the_channels_tell_others() {
        let channels: Vec<Channel> = [
            r#"{"name":"ops","kind":{"kind":"email","from":"tocsin@example.com","to":["ops@example.com"]}}"#,
            r#"{"name":"bot","kind":{"kind":"slack-bot","token":"ssm:/t","channel":"C01","url":"u","buttons":true}}"#,
        ]
        .iter()
        .map(|text| serde_json::from_str(text).expect("a channel"))
        .collect();
        let check = |address: Address, channels: &[Channel], expected: Option<&str>| {
            let kind = address.kind(channels).map(|kind| serde_json::to_string(&kind).expect("it is text"));
            assert_eq!(kind.as_deref(), expected, "{address:?}");
        };
        let (mail, phone, member) = ("ann@example.com".parse(), "+4930123456".parse(), "U0ANN".parse());
        let mail = Address::Email(mail.expect("an address"));
        let (phone, member) = (Address::Phone(phone.expect("a number")), Address::Slack(member.expect("an id")));
        let mailed = r#"{"kind":"email","from":"tocsin@example.com","to":["ann@example.com"]}"#;
        check(mail.clone(), &channels, Some(mailed));
        check(phone, &[], Some(r#"{"kind":"sms","to":"+4930123456","sender":null}"#));
        let told = r#"{"kind":"slack-bot","token":"ssm:/t","channel":"U0ANN","url":"u","buttons":true}"#;
        check(member.clone(), &channels, Some(told));
        check(mail, &[], None);
        check(member, &[], None);
    }

    #[test]
    fn addresses_are_what_vendors_take() {
        for text in ["a@b.co", "ops+tocsin@eu-1.example.com", &format!("{}@b.co", "x".repeat(64))] {
            check::<EmailAddress>(text, true);
        }
        let long = format!("{}@b.co", "x".repeat(65));
        for text in ["", "a", "a@b", "a b@c.de", "Ops <a@b.co>", "a@-b.co", "a@b..co", "ä@b.co", "a@b.co\n", &long] {
            check::<EmailAddress>(text, false);
        }
        for text in ["+4930123456", "+14155550123", &format!("+{}", "1".repeat(15))] {
            check::<PhoneNumber>(text, true);
        }
        for text in ["004930123456", "+0123456789", "+49 30 123", "+12345", &format!("+{}", "1".repeat(16)), "+", ""] {
            check::<PhoneNumber>(text, false);
        }
        check::<TopicArn>("arn:aws:sns:eu-central-1:123456789012:incidents", true);
        check::<TopicArn>("arn:aws-cn:sns:cn-north-1:123456789012:on_call-1", true);
        for text in [
            "",
            "incidents",
            "arn:aws:sqs:eu-central-1:123456789012:incidents",
            "arn:aws:sns:eu-central-1:12345:incidents",
            "arn:aws:sns::123456789012:incidents",
            "arn:aws:sns:eu-central-1:123456789012:incidents.fifo",
            "arn:aws:sns:eu-central-1:123456789012:incidents:0a1b",
        ] {
            check::<TopicArn>(text, false);
        }
        for text in ["Tocsin", "A", "Tocsin12345"] {
            check::<SenderId>(text, true);
        }
        for text in ["", "12345", "Tocsin123456", "To csin", "Tö"] {
            check::<SenderId>(text, false);
        }
        for text in ["C0123ABCDEF", "U01", "D0AB", "G012345"] {
            check::<SlackId>(text, true);
        }
        for text in ["#ops", "ops", "C", "C0", "c0123abcdef", "X0123ABC", &format!("C{}", "0".repeat(32))] {
            check::<SlackId>(text, false);
        }
    }
}
