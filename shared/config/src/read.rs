//! From the tree to typed values: each reader takes what it can and notes what it cannot.

mod address;
mod many;
mod matching;
mod on_call;
mod record;
mod scalar;
mod threshold;
mod url;

use serde_json::Value as Json;

pub(crate) use many::OneOrMore;
pub(crate) use matching::{Matching, any_of};
pub(crate) use record::{choice, entries, key_of, missing, record, tag_of, unknown_field};
pub(crate) use scalar::{Number, Share};
pub(crate) use threshold::Threshold;
pub(crate) use url::Url;

use crate::notes::{Note, Notes};
use crate::schema::Definitions;
use crate::tree::{Node, Place, Value};

/// A type that stands in the configuration.
pub(crate) trait Read: Sized {
    /// Reads it; `None` once what is wrong is noted.
    fn read(node: &Node, notes: &mut Notes) -> Option<Self>;

    /// What editors are told about it.
    fn schema(definitions: &mut Definitions) -> Json;
}

/// A value and its place.
#[derive(Clone, Debug)]
pub(crate) struct Given<T> {
    pub(crate) at: Place,
    pub(crate) value: T,
}

/// A field of a record.
#[derive(Debug, Default)]
pub(crate) enum Field<T> {
    /// It is not written.
    #[default]
    Absent,
    /// It is written, and what is wrong with it is noted.
    Mistaken,
    Given(Given<T>),
}

impl<T: Read> Field<T> {
    pub(crate) fn read(node: &Node, notes: &mut Notes) -> Self {
        if matches!(node.value, Value::Nothing) {
            return Self::Absent;
        }
        match T::read(node, notes) {
            Some(value) => Self::Given(Given { at: node.at, value }),
            None => Self::Mistaken,
        }
    }
}

impl<T> Field<T> {
    pub(crate) const fn is_absent(&self) -> bool {
        matches!(self, Self::Absent)
    }

    /// What was given.
    pub(crate) const fn given(&self) -> Option<&Given<T>> {
        match self {
            Self::Given(given) => Some(given),
            _ => None,
        }
    }

    /// The value that was given.
    pub(crate) fn value(&self) -> Option<&T> {
        self.given().map(|given| &given.value)
    }

    /// What was given, or `default` where nothing is written; `None` after a mistake.
    pub(crate) fn or(&self, default: T) -> Option<T>
    where
        T: Clone,
    {
        match self {
            Self::Absent => Some(default),
            Self::Mistaken => None,
            Self::Given(given) => Some(given.value.clone()),
        }
    }

    /// What was given, or the type's own default; `None` after a mistake.
    pub(crate) fn or_default(&self) -> Option<T>
    where
        T: Clone + Default,
    {
        self.or(T::default())
    }

    /// What was given, if anything; the outer `None` after a mistake.
    #[expect(clippy::option_option, reason = "the outer one means that a mistake was noted")]
    pub(crate) fn optional(&self) -> Option<Option<T>>
    where
        T: Clone,
    {
        match self {
            Self::Absent => Some(None),
            Self::Mistaken => None,
            Self::Given(given) => Some(Some(given.value.clone())),
        }
    }
}

impl<T> Field<Vec<T>> {
    /// The items, none where nothing is written.
    pub(crate) fn items(&self) -> &[T] {
        self.value().map_or(&[], Vec::as_slice)
    }
}

impl<T> Field<OneOrMore<T>> {
    /// The items, none where nothing is written.
    pub(crate) fn items(&self) -> &[Given<T>] {
        self.value().map_or(&[], |items| &items.0)
    }
}

/// Notes that another kind of value is wanted. The value is not repeated: it may be a secret in a wrong place.
pub(crate) fn wrong_kind(node: &Node, wanted: &str, notes: &mut Notes) {
    let wrong = match node.value {
        Value::Nothing => "is empty".to_owned(),
        ref value => format!("is {}", value.kind()),
    };
    notes.add(Note::at(node.at, wrong).hint(format!("write {wanted}")));
}
