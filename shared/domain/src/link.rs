//! Signed links: one acknowledges, and one shows an incident, without a login.
//!
//! A token is `<claim>.<signature>`, both base64url without padding: the claim is a JSON array, the signature the
//! HMAC-SHA256 (RFC 2104) of it. A [`Claim`] names an incident, the page it stands in, a person and an end. It works once
//! because the incident's escalation takes a page's generation once: see `Escalation::redeem`. A [`View`] names an
//! incident and an end, and works until then.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use crate::id::{IncidentId, PersonName, ScheduleName};
use crate::units::{Span, Time};

/// The longest token that is looked at, in bytes: names are at most 128.
pub const TOKEN_BYTES_MAX: usize = 1024;

/// How long a link works: a page that old is no page any more.
pub const WORKS_FOR: Span = Span::DAY;
/// How long a link shows its incident: as long as people talk about it. Each message has a fresh one.
pub const SHOWS_FOR: Span = Span::from_minutes(30 * 24 * 60);

/// Parts the signature from any other use of the same key.
const PURPOSE: &[u8] = b"tocsin link 1\n";
/// The same, of what shows an incident.
const VIEW: &[u8] = b"tocsin view 1\n";
/// The same, of calendars.
const CALENDAR: &[u8] = b"tocsin calendar 1\n";
/// Bytes of the signature in a calendar's address: nobody guesses 128 bits, and people copy them.
const CALENDAR_BYTES: usize = 16;

/// What a link says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Claim {
    /// Which incident.
    pub incident: IncidentId,
    /// In which page it stands; `Effect::generation`.
    pub generation: u32,
    /// From then on it does not work.
    pub expires_at: Time,
    /// Whom it was sent to; `None`: a channel, where anybody may press it.
    pub person: Option<PersonName>,
}

/// What stands in the token, in this order; `expires_at` in seconds since the epoch.
#[derive(Serialize, Deserialize)]
struct Wire(IncidentId, u32, i64, Option<PersonName>);

/// Leave to look at an incident and at its post-mortem; whoever holds it can change nothing.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct View {
    /// Which incident.
    pub incident: IncidentId,
    /// From then on it shows nothing.
    pub expires_at: Time,
}

/// As [`Wire`].
#[derive(Serialize, Deserialize)]
struct ViewWire(IncidentId, i64);

/// Why a link is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LinkError {
    /// No token, or a part of one.
    #[error("this is no link of ours, or a part of it was cut off; copy it whole")]
    Malformed,
    /// Signed with another key, or changed.
    #[error("this link was not made by us, or its key has been changed since")]
    Forged,
    /// Too late.
    #[error("this link has expired at {0}; a later message about the incident has a new one")]
    Expired(Time),
}

fn mac(purpose: &[u8], key: &[u8], said: &[u8]) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(purpose);
    mac.update(said);
    mac
}

fn sealed(purpose: &[u8], wire: &impl Serialize, key: &[u8]) -> String {
    let claim = serde_json::to_vec(wire).expect("texts and numbers are always JSON");
    let signature = mac(purpose, key, &claim).finalize().into_bytes();
    format!("{}.{}", URL_SAFE_NO_PAD.encode(&claim), URL_SAFE_NO_PAD.encode(signature))
}

/// What was sealed. The signature is compared in constant time, before the claim is read.
fn opened<W: DeserializeOwned>(purpose: &[u8], token: &str, key: &[u8]) -> Result<W, LinkError> {
    if token.len() > TOKEN_BYTES_MAX {
        return Err(LinkError::Malformed);
    }
    let (claim, signature) = token.trim().split_once('.').ok_or(LinkError::Malformed)?;
    let bytes = |text: &str| URL_SAFE_NO_PAD.decode(text).map_err(|_| LinkError::Malformed);
    let (claim, signature) = (bytes(claim)?, bytes(signature)?);
    mac(purpose, key, &claim).verify_slice(&signature).map_err(|_| LinkError::Forged)?;
    serde_json::from_slice(&claim).map_err(|_| LinkError::Malformed)
}

fn until(expires_at: i64, now: Time) -> Result<Time, LinkError> {
    let expires_at = Time::from_epoch(expires_at);
    if now >= expires_at { Err(LinkError::Expired(expires_at)) } else { Ok(expires_at) }
}

impl Claim {
    /// The token; `key` should have 32 random bytes or more.
    pub fn token(&self, key: &[u8]) -> String {
        let wire = Wire(self.incident.clone(), self.generation, self.expires_at.epoch(), self.person.clone());
        sealed(PURPOSE, &wire, key)
    }

    /// The claim of a token that we signed and that has not expired.
    ///
    /// # Errors
    /// [`LinkError`]; nothing of a forged token is looked at.
    pub fn verify(token: &str, key: &[u8], now: Time) -> Result<Self, LinkError> {
        let Wire(incident, generation, expires_at, person) = opened(PURPOSE, token, key)?;
        Ok(Self { incident, generation, expires_at: until(expires_at, now)?, person })
    }
}

impl View {
    /// The token, as [`Claim::token`].
    pub fn token(&self, key: &[u8]) -> String {
        sealed(VIEW, &ViewWire(self.incident.clone(), self.expires_at.epoch()), key)
    }

    /// What a token shows, as [`Claim::verify`].
    ///
    /// # Errors
    /// [`LinkError`].
    pub fn verify(token: &str, key: &[u8], now: Time) -> Result<Self, LinkError> {
        let ViewWire(incident, expires_at) = opened(VIEW, token, key)?;
        Ok(Self { incident, expires_at: until(expires_at, now)? })
    }
}

/// The token of a schedule's calendar: 32 hexadecimal digits of an HMAC-SHA256 of its name. It works as long as the key.
pub fn calendar_token(schedule: &ScheduleName, key: &[u8]) -> String {
    use std::fmt::Write as _;
    let signature = mac(CALENDAR, key, schedule.as_str().as_bytes()).finalize().into_bytes();
    signature[..CALENDAR_BYTES].iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("writing to a String does not fail");
        text
    })
}

/// Whether it is the token of this schedule's calendar. Compared in constant time.
pub fn is_calendar_token(schedule: &ScheduleName, token: &str, key: &[u8]) -> bool {
    let digits = |at: usize| token.get(2 * at..2 * at + 2).filter(|two| two.bytes().all(|b| b.is_ascii_hexdigit()));
    let bytes = (0..CALENDAR_BYTES).map(|at| u8::from_str_radix(digits(at)?, 16).ok()).collect::<Option<Vec<u8>>>();
    token.len() == 2 * CALENDAR_BYTES
        && bytes
            .is_some_and(|bytes| mac(CALENDAR, key, schedule.as_str().as_bytes()).verify_truncated_left(&bytes).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &[u8] = b"thirty-two bytes of a test's key";

    fn claim() -> Claim {
        let person = Some("ann".parse().expect("a name"));
        Claim { incident: IncidentId::given("inc-1"), generation: 3, expires_at: Time::from_epoch(1_000), person }
    }

    fn check(token: &str, key: &[u8], now: i64, expected: &Result<Claim, LinkError>) {
        assert_eq!(&Claim::verify(token, key, Time::from_epoch(now)), expected, "{token}");
    }

    #[test]
    fn what_was_signed_comes_back_until_it_expires() {
        let token = claim().token(KEY);
        check(&token, KEY, 0, &Ok(claim()));
        check(&token, KEY, 999, &Ok(claim()));
        check(&format!(" {token}\n"), KEY, 0, &Ok(claim()));
        check(&token, KEY, 1_000, &Err(LinkError::Expired(Time::from_epoch(1_000))));
        let anybody = Claim { person: None, ..claim() };
        check(&anybody.token(KEY), KEY, 0, &Ok(anybody));
        let longest = Claim { person: Some("x".repeat(128).parse().unwrap()), ..claim() };
        assert!(longest.token(KEY).len() < TOKEN_BYTES_MAX / 2);
        assert!(token.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c)), "a path takes it: {token}");
    }

    #[test]
    fn what_shows_an_incident_does_nothing_else() {
        let view = View { incident: IncidentId::given("inc-1"), expires_at: Time::from_epoch(1_000) };
        let check = |token: &str, key: &[u8], now: i64, expected: &Result<View, LinkError>| {
            assert_eq!(&View::verify(token, key, Time::from_epoch(now)), expected, "{token}");
        };
        let token = view.token(KEY);
        check(&token, KEY, 999, &Ok(view));
        check(&token, KEY, 1_000, &Err(LinkError::Expired(Time::from_epoch(1_000))));
        check(&token, b"another key", 0, &Err(LinkError::Forged));
        check(&claim().token(KEY), KEY, 0, &Err(LinkError::Forged));
        assert_eq!(Claim::verify(&token, KEY, Time::from_epoch(0)), Err(LinkError::Forged));
    }

    #[test]
    fn what_was_not_signed_by_us_is_forged_even_where_it_has_expired() {
        let token = claim().token(KEY);
        let (said, signature) = token.split_once('.').unwrap();
        check(&token, b"another key", 0, &Err(LinkError::Forged));
        check(&token, b"another key", 5_000, &Err(LinkError::Forged));
        let other = Claim { generation: 4, ..claim() }.token(KEY);
        let (other_said, _) = other.split_once('.').unwrap();
        check(&format!("{other_said}.{signature}"), KEY, 0, &Err(LinkError::Forged));
        check(&format!("{said}."), KEY, 0, &Err(LinkError::Forged));
        let short = URL_SAFE_NO_PAD.encode(&URL_SAFE_NO_PAD.decode(signature).unwrap()[..16]);
        check(&format!("{said}.{short}"), KEY, 0, &Err(LinkError::Forged));
        // The bare HMAC of the claim, as another use of the key could make it.
        let claim = URL_SAFE_NO_PAD.decode(said).unwrap();
        let mut bare = Hmac::<Sha256>::new_from_slice(KEY).unwrap();
        bare.update(&claim);
        let bare = URL_SAFE_NO_PAD.encode(bare.finalize().into_bytes());
        check(&format!("{said}.{bare}"), KEY, 0, &Err(LinkError::Forged));
    }

    #[test]
    fn a_calendars_token_is_of_its_schedule_and_key_alone() {
        let name = |text: &str| text.parse::<ScheduleName>().unwrap();
        let token = calendar_token(&name("primary"), KEY);
        let check = |schedule: &str, token: &str, key: &[u8], expected: bool| {
            assert_eq!(is_calendar_token(&name(schedule), token, key), expected, "{schedule} {token}");
        };
        check("primary", &token, KEY, true);
        check("secondary", &token, KEY, false);
        check("primary", &token, b"another", false);
        check("primary", &token[1..], KEY, false);
        check("primary", &format!("{token}00"), KEY, false);
        check("primary", "", KEY, false);
        check("primary", &"\u{e9}".repeat(16), KEY, false);
        check("primary", &"+1".repeat(16), KEY, false);
        // The key signs other things too.
        let mut other = mac(PURPOSE, KEY, b"primary").finalize().into_bytes().to_vec();
        other.truncate(CALENDAR_BYTES);
        let hex: String = other.iter().map(|byte| format!("{byte:02x}")).collect();
        check("primary", &hex, KEY, false);
    }

    #[test]
    fn what_is_no_token_is_said_to_be_none() {
        for text in ["", ".", "a", "a.b.c", "\u{e9}.\u{e9}", "a=.b", &"x".repeat(TOKEN_BYTES_MAX + 1)] {
            let found = Claim::verify(text, KEY, Time::from_epoch(0));
            assert!(matches!(found, Err(LinkError::Malformed | LinkError::Forged)), "{text}: {found:?}");
        }
        let nonsense = b"[1,2]";
        let signature = URL_SAFE_NO_PAD.encode(mac(PURPOSE, KEY, nonsense).finalize().into_bytes());
        let token = format!("{}.{signature}", URL_SAFE_NO_PAD.encode(nonsense));
        check(&token, KEY, 0, &Err(LinkError::Malformed));
    }
}
