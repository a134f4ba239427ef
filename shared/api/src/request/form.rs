mod read;

use serde_json::{Map, Value};

pub(crate) use read::{known_service, nearest_service};

use crate::nearest::nearest;
use crate::problem::{Kind, Mistake, Problem};

/// Texts of the caller are repeated in answers up to this many characters.
const REPEATED_CHARS_MAX: usize = 64;

/// The parameters of a query or the fields of a body, taken one by one. Mistakes are gathered, not thrown, so that
/// the caller learns of all of them; a reader returns `None` for what is missing or wrong.
#[derive(Debug)]
pub(crate) struct Form {
    what: &'static str,
    pairs: Vec<(String, Value)>,
    known: Vec<&'static str>,
    mistakes: Vec<Mistake>,
    unknown_service: bool,
}

/// The rules for a text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Text {
    chars_max: usize,
    may_have_lines: bool,
}

impl Text {
    /// Names, titles and versions: one line of a table or a chat.
    pub(crate) const LINE: Self = Self { chars_max: 200, may_have_lines: false };
    /// Reasons and messages; `PagerDuty` takes 1,024 characters, a section of Slack 3,000.
    pub(crate) const WORDS: Self = Self { chars_max: 1000, may_have_lines: true };
    /// Matchers, several in one text.
    pub(crate) const MATCHERS: Self = Self { chars_max: 4096, may_have_lines: false };
    /// A cursor is the longest word there is: a few keys of the store, encoded.
    pub(crate) const CURSOR: Self = Self { chars_max: 4096, may_have_lines: false };
}

impl Form {
    /// The parameters of a query string.
    pub(crate) fn of_query(query: &str) -> Self {
        let uri = http::Uri::builder().path_and_query(format!("/?{query}")).build();
        let pairs = uri.ok().and_then(|uri| axum::extract::Query::<Vec<(String, String)>>::try_from_uri(&uri).ok());
        let pairs = pairs.map(|pairs| pairs.0).unwrap_or_default().into_iter();
        Self::new("parameter", pairs.map(|(name, value)| (name, Value::String(value))).collect())
    }

    /// The members of a body's object.
    pub(crate) fn of_body(pairs: Vec<(String, Value)>) -> Self {
        Self::new("field", pairs)
    }

    /// The fields of both.
    pub(crate) fn and(mut self, other: Self) -> Self {
        self.pairs.extend(other.pairs);
        self
    }

    fn new(what: &'static str, pairs: Vec<(String, Value)>) -> Self {
        Self { what, pairs, known: Vec::new(), mistakes: Vec::new(), unknown_service: false }
    }

    /// Takes a value; `null` in a body is the same as nothing.
    fn take(&mut self, name: &'static str) -> Option<Value> {
        self.known.push(name);
        let first = self.pairs.iter().position(|(found, _)| found == name)?;
        let (_, value) = self.pairs.remove(first);
        let before = self.pairs.len();
        self.pairs.retain(|(found, _)| found != name);
        if self.pairs.len() < before {
            self.wrong(name, format!("the {} is given more than once", self.what), None);
            return None;
        }
        (!value.is_null()).then_some(value)
    }

    /// Takes all values of a name, those of a list one by one.
    fn take_all(&mut self, name: &'static str) -> Vec<Value> {
        self.known.push(name);
        let (taken, rest) = std::mem::take(&mut self.pairs).into_iter().partition(|(found, _)| found == name);
        self.pairs = rest;
        let taken: Vec<(String, Value)> = taken;
        let values = taken.into_iter().flat_map(|(_, value)| match value {
            Value::Array(items) => items,
            Value::Null => Vec::new(),
            other => vec![other],
        });
        values.collect()
    }

    /// Whether something of this name is given.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.pairs.iter().any(|(found, _)| found == name)
    }

    /// Takes everything that is left.
    pub(crate) fn rest(&mut self) -> Map<String, Value> {
        std::mem::take(&mut self.pairs).into_iter().collect()
    }

    /// Lets `also` stand for `name`.
    pub(crate) fn alias(&mut self, also: &'static str, name: &'static str) {
        self.known.push(also);
        let both = [also, name].map(|wanted| self.pairs.iter().any(|(found, _)| found == wanted));
        if both == [true, true] {
            self.wrong(
                also,
                format!("it means the same as {name}"),
                Some(format!("leave one of {also} and {name} out")),
            );
        }
        for (found, _) in self.pairs.iter_mut().filter(|(found, _)| found == also) {
            name.clone_into(found);
        }
    }

    /// Notes a mistake.
    pub(crate) fn wrong(&mut self, field: &str, detail: impl Into<String>, hint: Option<String>) {
        if self.mistakes.iter().all(|known| known.field != field) {
            self.mistakes.push(Mistake { field: field.to_owned(), detail: detail.into(), hint });
        }
    }

    /// Whether a mistake of this field was noted.
    fn is_wrong(&self, field: &str) -> bool {
        self.mistakes.iter().any(|known| known.field == field)
    }

    /// Notes that something is missing, unless it is there and wrong.
    pub(crate) fn missing(&mut self, field: &'static str, hint: &str) {
        self.wrong(field, format!("the {} is missing", self.what), Some(hint.to_owned()));
    }

    /// What was read, if there is no mistake and nothing is left over.
    ///
    /// # Errors
    /// All mistakes.
    pub(crate) fn finish<T>(self, read: Option<T>) -> Result<T, Problem> {
        let only_service = self.unknown_service;
        self.finish_or_mistakes(read).map_err(|mistakes| {
            let only_service = only_service && mistakes.len() == 1;
            let kind = if only_service { Kind::UnknownService } else { Kind::InvalidRequest };
            Problem::of_mistakes(kind, mistakes)
        })
    }

    /// The same for a part of a request.
    ///
    /// # Errors
    /// All mistakes.
    pub(crate) fn finish_or_mistakes<T>(mut self, read: Option<T>) -> Result<T, Vec<Mistake>> {
        for (name, _) in std::mem::take(&mut self.pairs) {
            let hint = match nearest(&name, self.known.iter().copied()) {
                Some(near) => format!("did you mean {near}?"),
                None if self.known.is_empty() => format!("there is no {} here", self.what),
                None => format!("there are {}", self.known.join(", ")),
            };
            let name = shortened(&name);
            self.wrong(&name, format!("there is no {} of this name", self.what), Some(hint));
        }
        match read {
            Some(read) if self.mistakes.is_empty() => Ok(read),
            _ => Err(self.mistakes),
        }
    }
}

/// A caller's text as it is repeated in an answer: short, in one line.
pub(crate) fn shortened(text: &str) -> String {
    let mut short: String = text.chars().filter(|c| !c.is_control()).take(REPEATED_CHARS_MAX).collect();
    if short.len() < text.len() {
        short.push('\u{2026}');
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(query: &str, expected: Result<Option<&str>, &str>) {
        let mut form = Form::of_query(query);
        let by = form.optional("by", Text::LINE);
        let found = form.finish(Some(by));
        match expected {
            Ok(by) => assert_eq!(found.as_ref().map(Option::as_deref), Ok(by), "{query}"),
            Err(words) => assert!(format!("{found:?}").contains(words), "{query}: {found:?}"),
        }
    }

    #[test]
    fn nothing_unknown_nothing_twice() {
        check("", Ok(None));
        check("by=ann", Ok(Some("ann")));
        check("by=ann%20o%27hara", Ok(Some("ann o'hara")));
        check("by=ann&by=ben", Err("given more than once"));
        check("bye=ann", Err("did you mean by?"));
        check("colour=red", Err("there are by"));
        check("by=", Err("empty"));
        check("by=a%0Ab", Err("control character"));
        check(&format!("by={}", "x".repeat(200)), Ok(Some(&"x".repeat(200))));
        check(&format!("by={}", "x".repeat(201)), Err("more than 200 characters"));
        check(&format!("{}=1", "x".repeat(5000)), Err("xxxx\u{2026}"));
    }
}
