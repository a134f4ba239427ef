//! Rows as `DynamoDB` holds them.

use std::collections::HashMap;

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use domain::units::Time;
use engine::port::PortError;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// The longest row that `DynamoDB` takes, in bytes of names and values.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html>
pub(crate) const ROW_BYTES_MAX: usize = 400 * 1024;

/// A row as it was read.
pub(crate) type Item = HashMap<String, AttributeValue>;

/// A row that is being made.
#[derive(Debug, Default)]
pub(crate) struct Row {
    pub(crate) item: Item,
}

impl Row {
    pub(crate) fn key(pk: impl Into<String>, sk: Option<&str>) -> Self {
        let row = Self::default().text("pk", pk);
        match sk {
            Some(sk) => row.text("sk", sk),
            None => row,
        }
    }

    pub(crate) fn text(self, name: &str, text: impl Into<String>) -> Self {
        self.with(name, AttributeValue::S(text.into()))
    }

    #[expect(clippy::needless_pass_by_value, reason = "numbers are copied")]
    pub(crate) fn number(self, name: &str, number: impl ToString) -> Self {
        self.with(name, AttributeValue::N(number.to_string()))
    }

    pub(crate) fn bytes(self, name: &str, bytes: impl Into<Vec<u8>>) -> Self {
        self.with(name, AttributeValue::B(Blob::new(bytes)))
    }

    /// The aggregate itself.
    pub(crate) fn body(self, aggregate: &impl Serialize) -> Self {
        self.text("body", serde_json::to_string(aggregate).expect("aggregates have text keys and finite numbers"))
    }

    /// `DynamoDB` may delete the row from then on.
    pub(crate) fn expires_at(self, at: Option<Time>) -> Self {
        match at {
            Some(at) => self.number("expires_at", at.epoch()),
            None => self,
        }
    }

    fn with(mut self, name: &str, value: AttributeValue) -> Self {
        self.item.insert(name.to_owned(), value);
        self
    }

    /// Its size as `DynamoDB` counts it, in bytes; numbers count by their digits, which is a little too much.
    pub(crate) fn len(&self) -> usize {
        self.item.iter().map(|(name, value)| name.len() + value_len(value)).sum()
    }
}

fn value_len(value: &AttributeValue) -> usize {
    match value {
        AttributeValue::S(text) | AttributeValue::N(text) => text.len(),
        AttributeValue::B(bytes) => bytes.as_ref().len(),
        _ => unreachable!("rows are made of text, numbers and bytes only"),
    }
}

pub(crate) fn text<'i>(item: &'i Item, name: &str) -> Option<&'i str> {
    item.get(name)?.as_s().ok().map(String::as_str)
}

pub(crate) fn number<N: std::str::FromStr>(item: &Item, name: &str) -> Option<N> {
    item.get(name)?.as_n().ok()?.parse().ok()
}

pub(crate) fn bytes<'i>(item: &'i Item, name: &str) -> Option<&'i [u8]> {
    item.get(name)?.as_b().ok().map(AsRef::as_ref)
}

/// The aggregate of a row; `what` names the row in the error.
pub(crate) fn body<T: DeserializeOwned>(item: &Item, what: impl FnOnce() -> String) -> Result<T, PortError> {
    let Some(text) = text(item, "body") else {
        return Err(unreadable(what(), "it has no body"));
    };
    serde_json::from_str(text).map_err(|error| unreadable(what(), error))
}

#[expect(clippy::needless_pass_by_value, reason = "an error ends here as text")]
pub(crate) fn unreadable(what: impl Into<String>, detail: impl ToString) -> PortError {
    PortError::Unreadable { what: what.into(), detail: detail.to_string() }
}

/// An instant as twelve digits, so that keys sort by time: up to the year 33658, none before 1970.
pub(crate) fn digits(time: Time) -> String {
    format!("{:012}", time.epoch().clamp(0, 999_999_999_999))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_sort_by_time() {
        let keys = [-5, 0, 59, 1_790_000_040, i64::MAX].map(|seconds| digits(Time::from_epoch(seconds)));
        assert!(keys.is_sorted(), "{keys:?}");
        assert!(keys.iter().all(|key| key.len() == 12));
    }

    #[test]
    fn a_row_that_cannot_be_read_is_named() {
        let row = Row::key("inc-1", Some("incident")).text("body", "{\"no\":1}");
        let error = body::<Time>(&row.item, || "incident inc-1".to_owned()).unwrap_err();
        assert!(error.to_string().starts_with("incident inc-1 cannot be read: invalid type"), "{error}");
        let empty = Row::key("inc-1", None);
        let error = body::<Time>(&empty.item, || "incident inc-1".to_owned()).unwrap_err();
        assert_eq!(error.to_string(), "incident inc-1 cannot be read: it has no body");
    }

    #[test]
    fn a_row_counts_its_names_and_values() {
        assert_eq!(Row::key("ab", Some("c")).number("n", 12).bytes("b", [0; 9]).len(), 4 + 3 + 3 + 10);
    }
}
