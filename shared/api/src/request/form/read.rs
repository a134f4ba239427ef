use std::collections::BTreeMap;
use std::fmt::Display;
use std::ops::RangeInclusive;
use std::str::FromStr;

use domain::id::ServiceName;
use domain::incident::Severity;
use domain::service::Service;
use domain::setup::Setup;
use domain::units::{Span, Time};
use serde_json::{Map, Value};

use super::{Form, Text, shortened};
use crate::nearest::nearest;

/// The caller's clock may run ahead of ours by this much; what lies further in the future has not happened.
const AHEAD_MAX: Span = Span::from_minutes(5);
/// Labels that one alert may carry; each is an attribute in a chat message.
const LABELS_MAX: usize = 16;
const LABEL: Text = Text::LINE;

impl Form {
    /// A text that may be left out.
    pub(crate) fn optional(&mut self, name: &'static str, rules: Text) -> Option<String> {
        match self.take(name)? {
            Value::String(text) => {
                let wrong = text_mistake(&text, rules);
                wrong.map_or(Some(text), |detail| {
                    self.wrong(name, detail, None);
                    None
                })
            }
            other => {
                self.wrong(name, format!("it must be a text, not {}", kind_of(&other)), None);
                None
            }
        }
    }

    /// A text that must be there.
    pub(crate) fn required(&mut self, name: &'static str, rules: Text, hint: &str) -> Option<String> {
        let text = self.optional(name, rules);
        if text.is_none() {
            self.missing(name, hint);
        }
        text
    }

    /// A text that stands for something and may be left out.
    pub(crate) fn parsed<T: FromStr<Err: Display>>(&mut self, name: &'static str) -> Option<T> {
        let text = self.optional(name, Text::LINE)?;
        text.parse().map_err(|error: T::Err| self.wrong(name, error.to_string(), None)).ok()
    }

    /// A text that stands for something and must be there.
    pub(crate) fn required_parsed<T: FromStr<Err: Display>>(&mut self, name: &'static str, hint: &str) -> Option<T> {
        let found = self.parsed(name);
        if found.is_none() {
            self.missing(name, hint);
        }
        found
    }

    /// One of some words that may be left out.
    pub(crate) fn word<T: Copy>(&mut self, name: &'static str, words: &[(&str, T)]) -> Option<T> {
        let text = self.optional(name, Text::LINE)?;
        let found = words.iter().find(|(word, _)| *word == text).map(|(_, value)| *value);
        if found.is_none() {
            let all: Vec<_> = words.iter().map(|(word, _)| *word).collect();
            let hint = nearest(&text, all.iter().copied()).map(|near| format!("did you mean {near}?"));
            self.wrong(name, format!("{:?} is none of {}", shortened(&text), all.join(", ")), hint);
        }
        found
    }

    /// Some of a few words: one, several parameters of the name, or a list; none if it is left out.
    pub(crate) fn words<T: Copy>(&mut self, name: &'static str, words: &[(&str, T)]) -> Vec<T> {
        let mut found = Vec::new();
        for value in self.take_all(name) {
            let text = value.as_str().unwrap_or_default();
            match words.iter().find(|(word, _)| *word == text) {
                Some((_, value)) => found.push(*value),
                None => {
                    let all: Vec<_> = words.iter().map(|(word, _)| *word).collect();
                    let hint = nearest(text, all.iter().copied()).map(|near| format!("did you mean {near}?"));
                    let detail = format!("{:?} is none of {}", shortened(text), all.join(", "));
                    self.wrong(name, detail, hint);
                }
            }
        }
        found
    }

    /// A whole number in a range, also one that is written as text, which may be left out.
    pub(crate) fn whole(&mut self, name: &'static str, range: RangeInclusive<u32>) -> Option<u32> {
        let number = match self.take(name)? {
            Value::String(text) => text.parse().ok(),
            Value::Number(number) => number.as_u64().and_then(|number| u32::try_from(number).ok()),
            _ => None,
        };
        let number = number.filter(|number| range.contains(number));
        if number.is_none() {
            self.wrong(name, format!("it must be a whole number from {} to {}", range.start(), range.end()), None);
        }
        number
    }

    /// A finite number that must be there.
    pub(crate) fn required_number(&mut self, name: &'static str, hint: &str) -> Option<f64> {
        let number = self.number(name);
        if number.is_none() {
            self.missing(name, hint);
        }
        number
    }

    /// A number from 0 to 1, which may be left out.
    pub(crate) fn share(&mut self, name: &'static str) -> Option<f64> {
        let number = match self.take(name)? {
            Value::String(text) => text.parse().ok(),
            other => other.as_f64(),
        };
        let number = number.filter(|number| (0.0..=1.0).contains(number));
        if number.is_none() {
            self.wrong(name, "it must be a number from 0 to 1", None);
        }
        number
    }

    /// A finite number, which may be left out.
    pub(crate) fn number(&mut self, name: &'static str) -> Option<f64> {
        let value = self.take(name)?;
        let number = value.as_f64();
        if number.is_none() {
            self.wrong(name, format!("it must be a number, not {}", kind_of(&value)), None);
        }
        number
    }

    /// A list, which may be left out.
    pub(crate) fn list(&mut self, name: &'static str) -> Option<Vec<Value>> {
        match self.take(name)? {
            Value::Array(items) => Some(items),
            other => {
                self.wrong(name, format!("it must be an array, not {}", kind_of(&other)), None);
                None
            }
        }
    }

    /// An object, which may be left out.
    pub(crate) fn object(&mut self, name: &'static str) -> Option<Map<String, Value>> {
        match self.take(name)? {
            Value::Object(members) => Some(members),
            other => {
                self.wrong(name, format!("it must be an object, not {}", kind_of(&other)), None);
                None
            }
        }
    }

    /// `true` or `false`, which must be there.
    pub(crate) fn flag(&mut self, name: &'static str) -> Option<bool> {
        match self.take(name) {
            Some(Value::Bool(flag)) => return Some(flag),
            Some(other) => self.wrong(name, format!("it must be true or false, not {}", kind_of(&other)), None),
            None => self.missing(name, "true or false"),
        }
        None
    }

    /// A severity, which must be there: ours, or the words that other systems use.
    pub(crate) fn severity(&mut self) -> Option<Severity> {
        let hint = "SEV1, SEV2, SEV3 or SEV4 (or critical, high, medium, low)";
        let text = self.required("severity", Text::LINE, hint)?;
        match text.to_ascii_lowercase().as_str() {
            "critical" => Some(Severity::Sev1),
            "high" => Some(Severity::Sev2),
            "medium" | "warning" => Some(Severity::Sev3),
            "low" | "info" => Some(Severity::Sev4),
            lower => {
                let found = lower.to_ascii_uppercase().parse().ok();
                if found.is_none() {
                    let detail = format!("{:?} is not a severity", shortened(&text));
                    self.wrong("severity", detail, Some(hint.to_owned()));
                }
                found
            }
        }
    }

    /// A service of the configuration, which must be there.
    pub(crate) fn service(&mut self, setup: &Setup) -> Option<ServiceName> {
        let text = self.required("service", Text::LINE, "name a service of the configuration")?;
        let found = known_service(&text, setup).map(|service| service.name.clone());
        if found.is_none() {
            let detail = format!("the configuration has no service {}", shortened(&text));
            self.wrong("service", detail, nearest_service(&text, setup));
            self.unknown_service = true;
        }
        found
    }

    /// An instant that has come, RFC 3339 or seconds since the epoch, which may be left out. One that a clock ahead of
    /// ours has given is the present.
    pub(crate) fn time(&mut self, name: &'static str, now: Time) -> Option<Time> {
        let time = self.instant(name)?;
        if time > now + AHEAD_MAX {
            self.wrong(name, format!("{time} lies in the future; it is {now}"), None);
            return None;
        }
        Some(time.min(now))
    }

    /// An instant at `latest` at the latest, which may be left out.
    pub(crate) fn time_until(&mut self, name: &'static str, latest: Time) -> Option<Time> {
        let time = self.instant(name)?;
        if time > latest {
            self.wrong(name, format!("{time} lies too far ahead; {latest} is the latest"), None);
            return None;
        }
        Some(time)
    }

    /// When something ends that begins at `from`: an instant `until`, or a span `lasts`; one of them must be there.
    pub(crate) fn end(
        &mut self,
        until: &'static str,
        lasts: &'static str,
        (from, latest): (Time, Time),
    ) -> Option<Time> {
        let (at, long) = (self.time_until(until, latest), self.parsed::<Span>(lasts));
        if at.is_some() && long.is_some() {
            self.wrong(
                lasts,
                format!("it means the same as {until}"),
                Some(format!("leave one of {lasts} and {until} out")),
            );
        } else if at.is_none() && long.is_none() && !self.is_wrong(lasts) {
            self.missing(until, &format!("give {until}, or how long as {lasts}: 1h"));
        }
        let end = at.or_else(|| long.map(|long| from + long))?;
        if end > latest {
            self.wrong(lasts, format!("{end} lies too far ahead; {latest} is the latest"), None);
        }
        Some(end)
    }

    fn instant(&mut self, name: &'static str) -> Option<Time> {
        let hint = || Some("RFC 3339, such as 2026-01-31T14:03:00Z, or seconds since 1970".to_owned());
        let time = match self.take(name)? {
            Value::String(text) => {
                let time = text.parse::<i64>().map(Time::from_epoch).or_else(|_| text.parse());
                if time.is_err() {
                    self.wrong(name, format!("{:?} is not an instant", shortened(&text)), hint());
                }
                time.ok()?
            }
            Value::Number(number) if number.is_i64() => Time::from_epoch(number.as_i64()?),
            other => {
                self.wrong(name, format!("it must be an instant, not {}", kind_of(&other)), hint());
                return None;
            }
        };
        if time.epoch() < 0 {
            self.wrong(name, format!("{time} lies before 1970"), None);
            return None;
        }
        Some(time)
    }

    /// A text or a list of texts, which must be there.
    pub(crate) fn texts(&mut self, name: &'static str, rules: Text, hint: &str) -> Option<Vec<String>> {
        let mut texts = Vec::new();
        for value in self.take_all(name) {
            let wrong = match &value {
                Value::String(text) => text_mistake(text, rules),
                other => Some(format!("it must be a text or a list of texts, not {}", kind_of(other))),
            };
            match (wrong, value) {
                (None, Value::String(text)) => texts.push(text),
                (wrong, _) => self.wrong(name, wrong.unwrap_or_default(), Some(hint.to_owned())),
            }
        }
        if texts.is_empty() {
            self.missing(name, hint);
        }
        (!texts.is_empty()).then_some(texts)
    }

    /// Labels, which may be left out.
    pub(crate) fn labels(&mut self) -> BTreeMap<String, String> {
        let members = match self.take("labels") {
            None => return BTreeMap::new(),
            Some(Value::Object(members)) => members,
            Some(other) => {
                self.wrong("labels", format!("they must be an object of texts, not {}", kind_of(&other)), None);
                return BTreeMap::new();
            }
        };
        if members.len() > LABELS_MAX {
            self.wrong("labels", format!("there are {}; {LABELS_MAX} are taken", members.len()), None);
            return BTreeMap::new();
        }
        let mut labels = BTreeMap::new();
        for (name, value) in members {
            let wrong = text_mistake(&name, LABEL).or_else(|| match &value {
                Value::String(text) => text_mistake(text, LABEL),
                other => Some(format!("it must be a text, not {}", kind_of(other))),
            });
            match (wrong, value) {
                (Some(wrong), _) => self.wrong("labels", format!("{}: {wrong}", shortened(&name)), None),
                (None, Value::String(text)) => {
                    labels.insert(name, text);
                }
                (None, _) => {}
            }
        }
        labels
    }
}

/// The service of that name.
pub(crate) fn known_service<'a>(text: &str, setup: &'a Setup) -> Option<&'a Service> {
    setup.services.iter().find(|service| service.name.as_str() == text)
}

/// A hint at the service that `text` probably means.
pub(crate) fn nearest_service(text: &str, setup: &Setup) -> Option<String> {
    let names = setup.services.iter().map(|service| service.name.as_str());
    let text: String = text.chars().take(domain::id::NAME_BYTES_MAX).collect();
    nearest(&text, names).map(|near| format!("did you mean {near}?"))
}

fn text_mistake(text: &str, rules: Text) -> Option<String> {
    let is_line_end = |c: char| rules.may_have_lines && matches!(c, '\n' | '\r' | '\t');
    if text.trim().is_empty() {
        Some("it is empty".to_owned())
    } else if text.chars().count() > rules.chars_max {
        Some(format!("it has more than {} characters", rules.chars_max))
    } else if text.chars().any(|c| c.is_control() && !is_line_end(c)) {
        Some("it holds a control character".to_owned())
    } else {
        None
    }
}

fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}
