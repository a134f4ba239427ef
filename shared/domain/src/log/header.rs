//! What stands before a line's message: time, level, process, component.

use super::words::is_calendar;

const LEVELS: [&str; 20] = [
    "trace", "debug", "info", "notice", "warn", "warning", "error", "err", "fatal", "critical", "crit", "severe",
    "emerg", "alert", "panic", "verbose", "fine", "finer", "finest", "config",
];
/// So many digits say date and time, whatever name stands before them.
const DIGITS_OF_A_MOMENT: usize = 8;
/// Fields between bars before the message.
const FIELDS: usize = 3;
/// A header has at most so many tokens.
const TOKENS_MAX: usize = 12;

/// The message of `line`: what follows its header, or all of it where it has none.
pub(super) fn message(line: &str) -> &str {
    let line = line.trim();
    let mut header = Header { rest: line, has_time: false, has_level: false, words: 0 };
    for _ in 0..TOKENS_MAX {
        if !header.step() {
            break;
        }
    }
    if (header.has_time || header.has_level) && !header.rest.is_empty() { header.rest } else { line }
}

struct Header<'l> {
    rest: &'l str,
    has_time: bool,
    has_level: bool,
    /// Names of machines and programs that were passed.
    words: usize,
}

impl<'l> Header<'l> {
    /// Passes one part of the header; false where the message begins.
    fn step(&mut self) -> bool {
        let token = self.rest.split_whitespace().next().unwrap_or_default();
        if let Some(group) = self.rest.strip_prefix('[').and_then(|rest| rest.split_once(']')).map(|(group, _)| group) {
            return self.bracketed(group);
        }
        if self.has_time && token.starts_with('|') || !self.has_time && self.piped(token) {
            return self.pass_pipes(token);
        }
        if is_level(token) {
            self.has_level = true;
        } else if is_calendar(token) || self.is_number(token) {
            self.has_time = true;
        } else if matches!(token, "-" | "--" | "|") {
        } else if !self.is_name(token) {
            return false;
        }
        self.pass(token.len())
    }

    fn pass(&mut self, bytes: usize) -> bool {
        self.rest = self.rest[bytes..].trim_start();
        !self.rest.is_empty()
    }

    /// A group in brackets belongs to the header while there is something else that does.
    fn bracketed(&mut self, group: &'l str) -> bool {
        let time = group.split_whitespace().next().is_some_and(|token| is_calendar(token) || self.is_number(token));
        if is_level(group) {
            self.has_level = true;
        } else if time && !self.has_time {
            self.has_time = true;
        } else if !self.has_level {
            return false;
        }
        let end = group.len() + 2;
        // Brackets within brackets: the group ends with the token.
        let tail = self.rest[end..].find(char::is_whitespace).unwrap_or(self.rest.len() - end);
        self.pass(end + tail)
    }

    /// Fields apart by bars, of which the first is a time.
    fn piped(&self, token: &str) -> bool {
        token.split_once('|').is_some_and(|(first, _)| self.is_number(first))
    }

    fn pass_pipes(&mut self, token: &str) -> bool {
        self.has_time = true;
        let bars = token.match_indices('|').take(FIELDS);
        let bytes = bars.last().map_or(token.len(), |(at, _)| at + 1);
        self.pass(bytes);
        false
    }

    /// Whether the token is a date, a time, or a number; behind a level it may be part of the message.
    fn is_number(&self, token: &str) -> bool {
        let (mut digits, mut letters) = (0, 0);
        for byte in token.bytes() {
            digits += usize::from(byte.is_ascii_digit());
            letters += usize::from(byte.is_ascii_alphabetic());
        }
        if digits == 0 {
            return false;
        }
        let is_address = token.matches('.').count() >= 3;
        let is_moment = digits >= DIGITS_OF_A_MOMENT && token.matches(':').count() >= 2;
        !self.has_level && !is_address && letters <= 1 || is_moment
    }

    /// The name of a machine, program or component.
    fn is_name(&mut self, token: &str) -> bool {
        let mut next = self.rest[token.len()..].split_whitespace();
        let (next, after) = (next.next().unwrap_or_default(), next.next().unwrap_or_default());
        let is_name = if self.has_level {
            self.words == 0 && is_component(token)
        } else {
            // Syslog has a machine and a program after the time, and others a program and a dash.
            let first = next.ends_with(':') || next == "-" || after == "-";
            self.has_time && (self.words == 0 && first || self.words == 1 && (token.ends_with(':') || next == "-"))
        };
        self.words += usize::from(is_name);
        is_name
    }
}

fn is_level(token: &str) -> bool {
    let bare = token.trim_matches(['[', ']', '(', ')', ':', '<', '>', ',']);
    let one_case = || bare.bytes().all(|b| b.is_ascii_uppercase()) || bare.bytes().all(|b| b.is_ascii_lowercase());
    (3..=8).contains(&bare.len())
        && LEVELS.iter().any(|level| bare.eq_ignore_ascii_case(level))
        && (bare.len() < token.len() || one_case())
}

/// A dotted name, also with a colon behind it.
fn is_component(token: &str) -> bool {
    let bare = token.trim_end_matches(':');
    let dotted = bare.split('.').count() >= 2 && bare.split('.').all(|part| !part.is_empty());
    dotted && bare.starts_with(|c: char| c.is_alphabetic()) && (token.ends_with(':') || bare.split('.').count() >= 3)
}
