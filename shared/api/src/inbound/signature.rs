//! Whether a call is the vendor's. Pure; comparisons take the same time whatever differs.

use domain::units::{Span, Time};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// How far a timestamp may be off: what was recorded is of no use later. Source:
/// <https://docs.slack.dev/authentication/verifying-requests-from-slack>.
pub const TOLERANCE: Span = Span::from_minutes(5);

/// Why a call is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// It carries no signature.
    #[error("the header {0} is missing or cannot be read")]
    Missing(&'static str),
    /// It was signed too long ago, or for later.
    #[error("it was signed more than {TOLERANCE} from now; a call that is sent again late is not taken")]
    Stale,
    /// It is signed with another key, or was changed on its way.
    #[error("the signature does not belong to this body and to the key that the configuration names")]
    Wrong,
}

/// Checks a call of Slack, and says when it was made: `signature` is `v0=` and the hexadecimal HMAC-SHA256 of
/// `v0:<timestamp>:<body>`.
///
/// # Errors
/// As [`Refused`] says.
pub fn slack(
    key: &[u8],
    timestamp: Option<&str>,
    signature: Option<&str>,
    body: &[u8],
    now: Time,
) -> Result<Time, Refused> {
    let timestamp = timestamp.ok_or(Refused::Missing("x-slack-request-timestamp"))?;
    let at: i64 = timestamp.parse().map_err(|_| Refused::Missing("x-slack-request-timestamp"))?;
    let signature = signature.and_then(|text| text.strip_prefix("v0=")).and_then(bytes);
    let signature = signature.ok_or(Refused::Missing("x-slack-signature"))?;
    if at.abs_diff(now.epoch()) > u64::from(TOLERANCE.seconds()) {
        return Err(Refused::Stale);
    }
    let mut mac = keyed(key);
    mac.update(b"v0:");
    mac.update(timestamp.as_bytes());
    mac.update(b":");
    mac.update(body);
    mac.verify_slice(&signature).map_err(|_| Refused::Wrong)?;
    Ok(Time::from_epoch(at))
}

/// Checks a call of `PagerDuty` (webhooks v3): `signatures` holds one or more `v1=` with the hexadecimal HMAC-SHA256 of
/// the body, separated by commas; while a key is changed there are two, and one that fits is enough.
/// Source: <https://developer.pagerduty.com/docs/webhook-signatures>.
///
/// # Errors
/// As [`Refused`] says; its calls carry no time, so none is stale.
pub fn pagerduty(key: &[u8], signatures: Option<&str>, body: &[u8]) -> Result<(), Refused> {
    let missing = Refused::Missing("x-pagerduty-signature");
    let signatures = signatures.ok_or(missing)?.split(',').filter_map(|one| one.trim().strip_prefix("v1="));
    let signatures: Vec<Vec<u8>> = signatures.filter_map(bytes).collect();
    if signatures.is_empty() {
        return Err(missing);
    }
    let mut mac = keyed(key);
    mac.update(body);
    let fits = signatures.iter().filter(|signature| mac.clone().verify_slice(signature).is_ok());
    if fits.count() == 0 { Err(Refused::Wrong) } else { Ok(()) }
}

fn keyed(key: &[u8]) -> Hmac<Sha256> {
    Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length")
}

/// The 32 bytes that 64 hexadecimal digits stand for.
fn bytes(hex: &str) -> Option<Vec<u8>> {
    let digits = (hex.len() == 64 && hex.is_ascii()).then_some(hex)?;
    (0..32).map(|i| u8::from_str_radix(&digits[2 * i..2 * i + 2], 16).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of Slack's documentation.
    const SLACK_KEY: &[u8] = b"8f742231b10e8888abcd99yyyzzz85a5";
    const SLACK_BODY: &[u8] =
        b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&\
channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&\
response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&\
trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c";
    const SLACK_SIGNATURE: &str = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503";
    const AT: i64 = 1_531_420_618;

    #[test]
    fn slacks_example_is_slacks_for_five_minutes() {
        let check = |timestamp: &str, signature: &str, body: &[u8], now: i64, expected: Result<(), Refused>| {
            let found = slack(SLACK_KEY, Some(timestamp), Some(signature), body, Time::from_epoch(now));
            assert_eq!(found, expected.map(|()| Time::from_epoch(AT)), "{timestamp} {signature} {now}");
        };
        let (at, signed) = ("1531420618", SLACK_SIGNATURE);
        check(at, signed, SLACK_BODY, AT, Ok(()));
        check(at, signed, SLACK_BODY, AT + 300, Ok(()));
        check(at, signed, SLACK_BODY, AT - 300, Ok(()));
        check(at, signed, SLACK_BODY, AT + 301, Err(Refused::Stale));
        check(at, signed, SLACK_BODY, AT - 301, Err(Refused::Stale));
        check("1531420619", signed, SLACK_BODY, AT, Err(Refused::Wrong));
        check(at, signed, &SLACK_BODY[1..], AT, Err(Refused::Wrong));
        check(at, &format!("v0={}", "0".repeat(64)), SLACK_BODY, AT, Err(Refused::Wrong));
        check(at, &signed.replace("v0", "v1"), SLACK_BODY, AT, Err(Refused::Missing("x-slack-signature")));
        check(at, "v0=", SLACK_BODY, AT, Err(Refused::Missing("x-slack-signature")));
        check("soon", signed, SLACK_BODY, AT, Err(Refused::Missing("x-slack-request-timestamp")));
        let now = Time::from_epoch(AT);
        assert_eq!(slack(b"another", Some(at), Some(signed), SLACK_BODY, now), Err(Refused::Wrong));
        assert_eq!(slack(SLACK_KEY, None, None, SLACK_BODY, now), Err(Refused::Missing("x-slack-request-timestamp")));
    }

    #[test]
    fn one_of_pagerdutys_signatures_must_fit() {
        // printf '{}' | openssl dgst -sha256 -hmac key
        let fits = "v1=a777724d943eb48dc69bca8a4a6d57a04db3f9ec7e1de4e581e860265bdf3032";
        let check = |signatures: Option<&str>, expected: Result<(), Refused>| {
            assert_eq!(pagerduty(b"key", signatures, b"{}"), expected, "{signatures:?}");
        };
        let other = format!("v1={}", "0".repeat(64));
        let missing = Err(Refused::Missing("x-pagerduty-signature"));
        check(Some(fits), Ok(()));
        check(Some(&format!("{other},{fits}")), Ok(()));
        check(Some(&format!("{fits}, {other}")), Ok(()));
        check(Some(&other), Err(Refused::Wrong));
        check(Some(&fits.replace("v1", "v0")), missing);
        check(Some(""), missing);
        check(None, missing);
    }
}
