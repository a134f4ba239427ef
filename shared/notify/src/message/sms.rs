use domain::notification::Notification;

use super::Words;
use super::story::Story;
use super::text::{length, plain};

/// Parts of a message: each is paid for, and what is longer is not read at night.
pub const PARTS_MAX: usize = 2;
/// Characters of a message of one part and of each of several, in GSM 03.38.
const GSM: (usize, usize) = (160, 153);
/// The same in UCS-2, which any other character makes of the whole message.
const UCS2: (usize, usize) = (70, 67);
/// Characters that are looked at: no two parts hold more.
const TEXT_MAX: usize = PARTS_MAX * GSM.0;
/// GSM 03.38, and the characters of its extension, which count twice.
/// Source: <https://docs.aws.amazon.com/sns/latest/dg/sms_publish-to-phone.html>, 3GPP TS 23.038.
const BASIC: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿\
abcdefghijklmnopqrstuvwxyzäöñüà";
const EXTENDED: &str = "^{}\\[~]|€";

/// The essential in at most [`PARTS_MAX`] parts: how bad, what, the number against its limit, and where to go.
pub fn sms(notification: &Notification, words: &Words) -> String {
    let (story, incident) = (Story::of(notification), &notification.incident);
    let text = words.body.clone().unwrap_or_else(|| format!("{}. {}", story.headline, story.happened));
    let end = match (&words.body, &story.acknowledge, &story.link) {
        (_, Some(link), _) | (None, None, Some(link)) => format!(" {link}"),
        (Some(_), None, _) => String::new(),
        (None, None, None) => format!(" {}", incident.id),
    };
    let failed = if words.note.is_some() { " (template failed)" } else { "" };
    fit(&text, &format!("{end}{failed}"))
}

/// `text` and then `end`, which is left out only if it alone is too long.
fn fit(text: &str, end: &str) -> String {
    // Two characters that people write without knowing would turn the whole message into UCS-2.
    let text = plain(&text.replace('…', "...").replace(['‘', '’'], "'"), TEXT_MAX);
    let whole = format!("{text}{end}");
    if parts(&whole) <= PARTS_MAX {
        return whole;
    }
    let end = if parts(end) < PARTS_MAX { end } else { "" };
    let chars: Vec<char> = text.chars().collect();
    let fits = |kept: usize| parts(&format!("{}...{end}", chars[..kept].iter().collect::<String>())) <= PARTS_MAX;
    let kept = (0..=chars.len()).rev().find(|kept| fits(*kept)).unwrap_or(0);
    format!("{}...{end}", chars[..kept].iter().collect::<String>().trim_end())
}

/// How many parts a message takes.
pub fn parts(text: &str) -> usize {
    let septets: Option<usize> =
        text.chars().map(|c| if BASIC.contains(c) { Some(1) } else { EXTENDED.contains(c).then_some(2) }).sum();
    let (units, (one, each)) = match septets {
        Some(septets) => (septets, GSM),
        None => (length(text), UCS2),
    };
    if units <= one { 1 } else { units.div_ceil(each) }
}

#[cfg(test)]
mod tests {
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

    #[test]
    fn what_is_too_long_is_cut_before_the_link() {
        let check = |text: &str, end: &str| {
            let sent = fit(text, end);
            assert!(parts(&sent) <= PARTS_MAX && sent.ends_with(end), "{sent}");
            assert!(parts(&format!("{sent}aaaa")) > PARTS_MAX, "there was room for more: {sent}");
        };
        check(&"a".repeat(1000), " https://example.com/v1/incidents/inc-1");
        check(&"я".repeat(1000), " https://example.com/v1/incidents/inc-1");
        assert_eq!(fit("short", " link"), "short link");
        assert_eq!(parts(&fit("a", &"b".repeat(1000))), 1);
    }
}
