//! A line as masked tokens, and what can be told of a value only from the tokens beside it.

use super::mask::{VALUE, mask};

const CALENDAR: [&str; 19] = [
    "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun", "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep",
    "Oct", "Nov", "Dec",
];
/// Words after a number that belong to it.
const UNITS: [&str; 17] = [
    "byte", "bytes", "B", "KB", "MB", "GB", "TB", "ns", "us", "ms", "msec", "s", "sec", "secs", "seconds", "minutes",
    "%",
];
/// What follows these is a name of somebody or of some machine.
const OWNERS: [&str; 8] = ["user", "username", "ruser", "host", "hostname", "rhost", "login", "account"];
/// A longer line is cut off here.
const TOKENS_MAX: usize = 256;

/// A line, taken apart; it is kept between lines for its memory.
#[derive(Default)]
pub(super) struct Words {
    text: String,
    /// Where each token lies in the text.
    spans: Vec<(usize, usize)>,
}

impl Words {
    /// Takes `line` apart, masks its values and joins those that stand side by side.
    pub(super) fn read(&mut self, line: &str) {
        self.text.clear();
        self.spans.clear();
        for token in line.split_whitespace().take(TOKENS_MAX) {
            let begin = self.text.len();
            mask(token, &mut self.text);
            self.spans.push((begin, self.text.len()));
        }
        for i in 0..self.spans.len() {
            self.mask_by_neighbours(i);
        }
        self.join();
    }

    pub(super) fn tokens(&self) -> impl ExactSizeIterator<Item = &str> {
        self.spans.iter().map(|(begin, end)| &self.text[*begin..*end])
    }

    fn token(&self, i: usize) -> &str {
        self.spans.get(i).map_or("", |(begin, end)| &self.text[*begin..*end])
    }

    fn mask_by_neighbours(&mut self, i: usize) {
        let token = self.token(i);
        let before = i.checked_sub(1).map_or("", |before| self.token(before));
        if is_calendar(token) {
            let beside = |token: &str| token.starts_with(VALUE) || is_calendar(token);
            if beside(self.token(i + 1)) || beside(before) {
                self.spans[i] = self.add(&[VALUE]);
            }
        } else if (4..=8).contains(&before.len()) && OWNERS.contains(&before) && is_name(token) {
            self.spans[i] = self.add(&[VALUE]);
        } else if let Some((key, value)) = token.split_once('=')
            && let Some(key) = OWNERS.into_iter().find(|owner| *owner == key)
            && is_name(value)
        {
            self.spans[i] = self.add(&[key, "=", VALUE]);
        }
    }

    /// Joins a number with its unit, values side by side, and a value with the same again in brackets.
    fn join(&mut self) {
        let mut kept = 0;
        for i in 0..self.spans.len() {
            let mut span = self.spans[i];
            if kept > 0 {
                let (token, last) = (self.token(i), self.token(kept - 1));
                let opened =
                    if last == VALUE { Some("") } else { last.strip_suffix(VALUE).filter(|o| *o == "(" || *o == "<") };
                if let (Some(opened), Some(mark)) = (opened, unit(token)) {
                    let opened = if opened == "(" { "(" } else { "" };
                    let mark = if mark == 0 { "" } else { [",", ".", ";", ")"][mark - 1] };
                    span = self.add(&[opened, VALUE, mark]);
                    kept -= 1;
                }
            }
            let token = &self.text[span.0..span.1];
            let follows_value = kept > 0 && self.token(kept - 1) == VALUE;
            if follows_value && (token == VALUE || is_restated(token)) {
                continue;
            }
            self.spans[kept] = span;
            kept += 1;
        }
        self.spans.truncate(kept);
    }

    fn add(&mut self, parts: &[&str]) -> (usize, usize) {
        let begin = self.text.len();
        for part in parts {
            self.text.push_str(part);
        }
        (begin, self.text.len())
    }
}

/// Whether the token is a weekday or a month.
pub(super) fn is_calendar(token: &str) -> bool {
    token.len() == 3 && CALENDAR.contains(&token)
}

fn is_name(token: &str) -> bool {
    !token.is_empty() && token.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | '@' | '-'))
}

/// The mark behind a unit, by its place in `,.;)` from 1 on, or 0 for none; `None`: it is no unit.
fn unit(token: &str) -> Option<usize> {
    let bare = token.trim_end_matches([',', '.', ';', ')']);
    UNITS
        .contains(&bare)
        .then(|| token[bare.len()..].chars().next().and_then(|mark| ",.;)".find(mark)).map_or(0, |at| at + 1))
}

/// The same again in brackets: an address behind a name, `(18.4 KB)` behind bytes.
fn is_restated(token: &str) -> bool {
    let inside = token.strip_prefix('(').and_then(|token| token.strip_suffix(')'));
    inside.is_some_and(|inside| inside.is_empty() || inside.contains(VALUE) || inside.contains('.'))
}
