use domain::notification::Delivery;
use jiff::Timestamp;
use jiff::fmt::rfc2822;

/// Characters of a vendor's answer that a receipt keeps: enough for an error, too few for a page.
const ANSWER_MAX: usize = 300;

/// Whose answer it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Vendor {
    Slack,
    PagerDuty,
    Webhook,
}

/// What a vendor said.
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// The header `Retry-After`.
    pub(crate) retry_after: Option<String>,
    /// The body's begin, without secrets.
    pub(crate) body: String,
}

/// What an answer means for the notification. `now`: seconds since the epoch.
///
/// Sources: <https://developer.pagerduty.com/docs/events-api-v2-overview> (202; 400 never again; 429 and 5xx later) and
/// <https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks> (`ok`, or a word that says what is wrong).
pub(crate) fn judge(vendor: Vendor, said: &Answer, now: i64) -> Delivery {
    let Answer { status, body, .. } = said;
    let answer = shown(*status, body);
    let accepted = |answer| Delivery::Accepted { answer, handle: None };
    match (vendor, *status) {
        (Vendor::Slack, 200) if is_ok(body) => accepted(answer),
        (Vendor::Slack, 200..=299) => Delivery::Refused { answer },
        // Another 2xx is not PagerDuty's word that it took the page; telling it twice does no harm.
        (Vendor::PagerDuty, 200 | 201 | 203..=299) => {
            Delivery::TryLater { reason: format!("answered {answer}, where 202 is expected"), after_seconds: None }
        }
        (_, 200..=299) => accepted(answer),
        (_, 408 | 425 | 429 | 500..=599) => later(said, &answer, now),
        (_, 300..=399) => Delivery::Refused { answer: format!("{answer} (redirects are not followed)") },
        _ => Delivery::Refused { answer },
    }
}

/// Not now; when, if the vendor says so.
pub(crate) fn later(said: &Answer, answer: &str, now: i64) -> Delivery {
    Delivery::TryLater {
        reason: format!("answered {answer}"),
        after_seconds: said.retry_after.as_deref().and_then(|text| seconds(text, now)),
    }
}

fn is_ok(body: &str) -> bool {
    let json = || serde_json::from_str::<serde_json::Value>(body).ok();
    body.trim() == "ok" || json().is_some_and(|answer| answer["ok"] == true)
}

pub(crate) fn shown(status: u16, body: &str) -> String {
    let words = body.replace(char::is_control, " ");
    let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
    let text = if words.is_empty() { status.to_string() } else { format!("{status} {words}") };
    match text.char_indices().nth(ANSWER_MAX) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text,
    }
}

/// `Retry-After` in seconds or as a date (RFC 9110 section 10.2.3); a date that has passed is zero.
fn seconds(text: &str, now: i64) -> Option<u32> {
    if let Ok(seconds) = text.trim().parse::<u64>() {
        return Some(u32::try_from(seconds).unwrap_or(u32::MAX));
    }
    let at: Timestamp = rfc2822::DateTimeParser::new().parse_timestamp(text.trim()).ok()?;
    Some(u32::try_from(at.as_second().saturating_sub(now).max(0)).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepted(answer: &str) -> Delivery {
        Delivery::Accepted { answer: answer.into(), handle: None }
    }

    fn said(status: u16, retry_after: Option<&str>, body: &str) -> Answer {
        Answer { status, retry_after: retry_after.map(str::to_owned), body: body.to_owned() }
    }

    fn refused(answer: &str) -> Delivery {
        Delivery::Refused { answer: answer.into() }
    }

    fn try_later(reason: &str, after_seconds: Option<u32>) -> Delivery {
        Delivery::TryLater { reason: reason.into(), after_seconds }
    }

    #[test]
    fn answers_mean_what_the_vendors_say() {
        use Vendor::{PagerDuty, Slack, Webhook};
        let check = |vendor, status, body: &str, expected: Delivery| {
            assert_eq!(judge(vendor, &said(status, None, body), 0), expected, "{vendor:?} {status} {body}");
        };
        check(Slack, 200, "ok", accepted("200 ok"));
        check(Slack, 200, "{\"ok\":true}", accepted("200 {\"ok\":true}"));
        check(Slack, 200, "invalid_payload", refused("200 invalid_payload"));
        check(Slack, 400, "invalid_blocks", refused("400 invalid_blocks"));
        check(Slack, 403, "action_prohibited", refused("403 action_prohibited"));
        check(Slack, 404, "no_service", refused("404 no_service"));
        check(Slack, 410, "channel_is_archived", refused("410 channel_is_archived"));
        check(Slack, 500, "rollup_error", try_later("answered 500 rollup_error", None));
        check(Slack, 302, "", refused("302 (redirects are not followed)"));
        check(PagerDuty, 202, "{}", accepted("202 {}"));
        check(PagerDuty, 200, "", try_later("answered 200, where 202 is expected", None));
        check(PagerDuty, 400, "invalid\nevent", refused("400 invalid event"));
        check(PagerDuty, 429, "", try_later("answered 429", None));
        check(Webhook, 204, "", accepted("204"));
        check(Webhook, 401, "", refused("401"));
        check(Webhook, 408, "", try_later("answered 408", None));
        check(Webhook, 503, "", try_later("answered 503", None));
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let check = |text: &str, expected: Option<u32>| {
            let now = 784_111_770;
            let Delivery::TryLater { after_seconds, .. } = judge(Vendor::Slack, &said(429, Some(text), ""), now) else {
                panic!("429 is later");
            };
            assert_eq!(after_seconds, expected, "{text}");
        };
        check("30", Some(30));
        check("99999999999", Some(u32::MAX));
        check("Sun, 06 Nov 1994 08:49:37 GMT", Some(7));
        check("Sun, 06 Nov 1994 08:49:00 GMT", Some(0));
        check("soon", None);
        check("-1", None);
        check("", None);
    }

    #[test]
    fn answers_are_cut_at_the_limit() {
        let answer = |length: usize| match judge(Vendor::Webhook, &said(200, None, &"é".repeat(length)), 0) {
            Delivery::Accepted { answer, .. } => answer.chars().count(),
            other => panic!("{other:?}"),
        };
        assert_eq!(answer(ANSWER_MAX - 4), ANSWER_MAX);
        assert_eq!(answer(ANSWER_MAX - 3), ANSWER_MAX + 1);
        assert_eq!(answer(10_000), ANSWER_MAX + 1);
    }
}
