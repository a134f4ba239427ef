use domain::metric::{Check, Probe as Resolved, Query, Reading, Target};
use domain::units::Span;

use super::checks;
use crate::document::{Http, Probe, Tcp};
use crate::notes::{Note, Notes};
use crate::read::{Field, Given};

const TIMEOUT: Span = Span::from_seconds(10);
/// A tick has less than a minute for all that it asks.
const TIMEOUT_RANGE: [Span; 2] = [Span::from_seconds(1), Span::from_seconds(20)];

pub(super) fn resolve(probe: &Given<Probe>, notes: &mut Notes) -> Option<Query> {
    match &probe.value {
        Probe::Http(http) => self::http(http, notes),
        Probe::Tcp(tcp) => self::tcp(tcp, notes),
    }
}

fn http(http: &Http, notes: &mut Notes) -> Option<Query> {
    let timeout = checks::within_or(&http.timeout, TIMEOUT, TIMEOUT_RANGE, notes);
    let status = number(&http.status, 100..600, "a status of HTTP", notes);
    let url = http.url.given().filter(|url| {
        let sound = is_address(&url.value);
        if !sound {
            // The address is not repeated: a part of it may be a secret.
            let note = Note::at(url.at, "is not an address without user name and password");
            notes.add(note.hint("write for example \"https://example.com/health\""));
        }
        sound
    })?;
    let contains = http.contains.optional()?;
    let target = Target::Http { url: url.value.clone(), status: status?, contains };
    Some(Query::Probe(Resolved { check: Check { target, timeout: timeout? }, reads: http.reads.or_default()? }))
}

fn is_address(text: &str) -> bool {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let host = rest.map(|rest| rest.split(['/', '?', '#']).next().unwrap_or_default());
    host.is_some_and(|host| !host.is_empty() && !host.contains('@')) && !text.contains(|c: char| c.is_whitespace())
}

fn tcp(tcp: &Tcp, notes: &mut Notes) -> Option<Query> {
    let timeout = checks::within_or(&tcp.timeout, TIMEOUT, TIMEOUT_RANGE, notes);
    let port = number(&tcp.port, 1..65_536, "a port", notes)?;
    if let Some(reads) = tcp.reads.given()
        && !matches!(reads.value, Reading::Up | Reading::Latency)
    {
        notes.add(Note::at(reads.at, "a connection has none").hint("write up or latency"));
        return None;
    }
    let target = Target::Tcp { host: tcp.host.value()?.clone(), port: port? };
    Some(Query::Probe(Resolved { check: Check { target, timeout: timeout? }, reads: tcp.reads.or_default()? }))
}

/// A number in `range`; the inner `None` where nothing is written.
#[expect(clippy::option_option, reason = "the outer one means that a mistake was noted")]
fn number(field: &Field<u32>, range: std::ops::Range<u32>, what: &str, notes: &mut Notes) -> Option<Option<u16>> {
    let Some(given) = field.given() else {
        return field.is_absent().then_some(None);
    };
    if range.contains(&given.value) {
        return Some(u16::try_from(given.value).ok());
    }
    let note = Note::at(given.at, format!("{} is not {what}", given.value)).value(&given.value.to_string());
    notes.add(note.hint(format!("write a number from {} to {}", range.start, range.end - 1)));
    None
}
