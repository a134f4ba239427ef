use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, de};
use serde_json::{Map, Value};

use crate::id::MonitoredEventId;
use crate::units::Time;

/// What a service says about a piece of its work.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Event {
    /// Its id; the same id is the same event.
    pub id: MonitoredEventId,
    /// Who says it.
    pub source: EventText,
    /// What kind of work it is.
    pub event_type: EventText,
    /// What happened; sensitive values are masked.
    pub data: Map<String, Value>,
    /// Around what; sensitive values are masked.
    pub metadata: Map<String, Value>,
    /// When.
    pub at: Time,
}

/// The name of a source or of a kind of event: 1 to 128 bytes without control characters or `#`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
#[serde(transparent)]
pub struct EventText(String);

impl EventText {
    /// Its longest form, in bytes.
    pub const BYTES_MAX: usize = 128;

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for EventText {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.is_empty() || text.len() > Self::BYTES_MAX {
            return Err("it must have 1 to 128 bytes");
        }
        if text.chars().any(|c| c.is_control() || c == '#') {
            return Err("it must have neither control characters nor #");
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for EventText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for EventText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

/// What stands instead of a masked value.
const MASK: &str = "***";
/// Parts of names whose values are nobody's business, in lower case without `_` and `-`.
const SENSITIVE: [&str; 10] = [
    "password",
    "passwd",
    "secret",
    "token",
    "apikey",
    "authorization",
    "cookie",
    "credential",
    "privatekey",
    "cardnumber",
];

/// Names of fields, beside those that are sensitive everywhere, whose values are masked.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct MaskedFields(pub Vec<String>);

impl MaskedFields {
    /// Puts `***` in the place of every sensitive value, however deep it lies.
    pub fn mask(&self, fields: &mut Map<String, Value>) {
        for (name, value) in fields {
            if self.hides(name) && !value.is_null() {
                *value = MASK.into();
            } else {
                self.mask_within(value);
            }
        }
    }

    fn mask_within(&self, value: &mut Value) {
        match value {
            Value::Object(fields) => self.mask(fields),
            Value::Array(items) => items.iter_mut().for_each(|item| self.mask_within(item)),
            _ => {}
        }
    }

    fn hides(&self, name: &str) -> bool {
        let plain = |name: &str| name.to_ascii_lowercase().replace(['_', '-'], "");
        let name = plain(name);
        SENSITIVE.iter().any(|part| name.contains(part)) || self.0.iter().any(|own| plain(own) == name)
    }
}
