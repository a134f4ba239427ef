use domain::notification::Notification;

use super::Words;
use super::labels;
use super::story::Story;
use super::text::{length, plain};

/// What a message takes in the alphabet that its characters need.
struct Alphabet {
    /// Characters of a message of one part.
    one: usize,
    /// Characters of each of several.
    each: usize,
    /// Parts of a message: each is paid for, and what is longer is not read at night. The link of a page is about 180
    /// characters, which leaves about a hundred to say what is wrong.
    parts_max: usize,
}

/// GSM 03.38.
const GSM: Alphabet = Alphabet { one: 160, each: 153, parts_max: 2 };
/// UCS-2, which any other character makes of the whole message. Two parts of it would not even hold the link.
const UCS2: Alphabet = Alphabet { one: 70, each: 67, parts_max: 4 };
/// The most parts that a message has.
pub const PARTS_MAX: usize = UCS2.parts_max;
/// Characters that are looked at: no message holds more.
const TEXT_MAX: usize = GSM.parts_max * GSM.one;
/// GSM 03.38, and the characters of its extension, which count twice.
/// Source: <https://docs.aws.amazon.com/sns/latest/dg/sms_publish-to-phone.html>, 3GPP TS 23.038.
const BASIC: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿\
abcdefghijklmnopqrstuvwxyzäöñüà";
const EXTENDED: &str = "^{}\\[~]|€";

/// The essential in few parts: how bad, what, the number against its limit, and where to go.
pub fn sms(notification: &Notification, words: &Words) -> String {
    let (story, incident) = (Story::of(notification), &notification.incident);
    let text = words.body.clone().unwrap_or_else(|| ours(notification, &story));
    let end = match (&words.body, &story.acknowledge, &story.link) {
        (_, Some(link), _) | (None, None, Some(link)) => format!(" {link}"),
        (Some(_), None, _) => String::new(),
        (None, None, None) => format!(" {}", incident.id),
    };
    let failed = if words.note.is_some() { " (template failed)" } else { "" };
    fit(&text, &format!("{end}{failed}"))
}

/// What is most telling, then since when, then what happened: from its end words are cut.
fn ours(notification: &Notification, story: &Story) -> String {
    let (event, incident) = (&notification.event, &notification.incident);
    let label = labels::line(&story.labels().take(1).collect::<Vec<_>>());
    let label = if label.is_empty() { label } else { format!(" ({label})") };
    let mut text = format!("{}{label}", story.headline);
    if incident.state.is_open() {
        text = format!("{text} since {}", story.clock.short(incident.opened_at, event.at));
    }
    format!("{text}. {}", story.happened)
}

/// `text` and then `end`, which is left out only if it alone is too long.
fn fit(text: &str, end: &str) -> String {
    // Two characters that people write without knowing would turn the whole message into UCS-2.
    let text = plain(&text.replace('…', "...").replace(['‘', '’'], "'"), TEXT_MAX);
    let whole = format!("{text}{end}");
    if fits(&whole) {
        return whole;
    }
    let end = if fits(&format!("...{end}")) { end } else { "" };
    let chars: Vec<char> = text.chars().collect();
    let cut = |kept: usize| format!("{}...{end}", chars[..kept].iter().collect::<String>().trim_end());
    let kept = (0..=chars.len()).rev().find(|kept| fits(&cut(*kept)));
    cut(kept.unwrap_or(0))
}

fn fits(text: &str) -> bool {
    let (characters, alphabet) = written(text);
    in_parts(characters, &alphabet) <= alphabet.parts_max
}

/// How many parts a message takes.
pub fn parts(text: &str) -> usize {
    let (characters, alphabet) = written(text);
    in_parts(characters, &alphabet)
}

fn in_parts(characters: usize, alphabet: &Alphabet) -> usize {
    if characters <= alphabet.one { 1 } else { characters.div_ceil(alphabet.each) }
}

/// How many characters a text has in the alphabet that it needs.
fn written(text: &str) -> (usize, Alphabet) {
    let septets: Option<usize> =
        text.chars().map(|c| if BASIC.contains(c) { Some(1) } else { EXTENDED.contains(c).then_some(2) }).sum();
    septets.map_or_else(|| (length(text), UCS2), |septets| (septets, GSM))
}

#[cfg(test)]
mod tests {
    use domain::id::IncidentId;
    use domain::link::Claim;
    use domain::units::Time;

    use super::*;

    #[test]
    fn parts_are_counted_as_networks_do() {
        let check =
            |text: &str, expected: usize| assert_eq!(parts(text), expected, "{} characters", text.chars().count());
        check("", 1);
        check(&"a".repeat(160), 1);
        check(&"a".repeat(161), 2);
        check(&"a".repeat(306), 2);
        check(&"a".repeat(307), 3);
        check(&"€".repeat(80), 1);
        check(&"€".repeat(81), 2);
        check(&"я".repeat(70), 1);
        check(&"я".repeat(71), 2);
        check(&"я".repeat(134), 2);
        check(&"я".repeat(135), 3);
        check(&"😀".repeat(35), 1);
        check(&"😀".repeat(36), 2);
    }

    /// Where a page is acknowledged: an address of API Gateway, and the token of whom it was sent to.
    fn acknowledge(person: Option<&str>) -> String {
        let claim = Claim {
            incident: IncidentId::derive(&["one"]),
            generation: 12,
            expires_at: Time::from_epoch(1_800_000_000),
            person: person.map(|name| name.parse().unwrap()),
        };
        let token = claim.token(b"thirty-two bytes of a test's key");
        format!("https://abcdefghij.execute-api.eu-central-1.amazonaws.com/acknowledge/{token}")
    }

    #[test]
    fn what_is_too_long_is_cut_before_the_link() {
        let check = |text: &str, end: &str| {
            let sent = fit(text, end);
            assert!(fits(&sent) && sent.ends_with(end), "{sent}");
            assert!(sent.chars().count() > end.chars().count() + 20, "it says too little: {sent}");
            assert!(!fits(&format!("{sent}aaaa")), "there was room for more: {sent}");
        };
        for person in [None, Some("ann"), Some("konstantin.alexandrowitsch")] {
            let link = format!(" {}", acknowledge(person));
            assert!(link.len() > GSM.one, "it is as long as a real one: {}", link.len());
            for end in [" https://example.com/v1/incidents/inc-1", &link, &format!("{link} (template failed)")] {
                for text in ["a", "я", "€", "😀", "a · b "] {
                    check(&text.repeat(1000), end);
                }
            }
        }
        assert_eq!(fit("short", " link"), "short link");
        let link = acknowledge(Some("ann"));
        assert_eq!(fit("Zahlung · шлюз", &link), format!("Zahlung · шлюз{link}"));
        assert_eq!(parts(&fit("a", &"b".repeat(1000))), 1);
    }
}
