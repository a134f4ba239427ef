//! YAML as a tree in which every key and value knows where it stands.

mod parse;

use std::collections::HashMap;
use std::fmt::Write;

pub use parse::{ALIAS_NODES_MAX, DEPTH_MAX};
pub(crate) use parse::{parse, parse_all};

/// Where something stands. In the order of files, lines and columns.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub(crate) struct Place {
    /// The number of the file, in the order of reading.
    pub(crate) file: u32,
    /// From 1.
    pub(crate) line: u32,
    /// From 1, in characters.
    pub(crate) column: u32,
}

/// A value and its place.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub(crate) at: Place,
    pub(crate) value: Value,
}

/// What YAML can say. Scalars stay text: only the field that wants them knows what they mean.
#[derive(Clone, Debug)]
pub(crate) enum Value {
    /// Nothing, `~` or `null`.
    Nothing,
    Scalar(String),
    List(Vec<Node>),
    Map(Vec<(Key, Node)>),
}

/// The name of a field and its place.
#[derive(Clone, Debug)]
pub(crate) struct Key {
    pub(crate) at: Place,
    pub(crate) text: String,
}

impl Value {
    /// What it is, for people.
    pub(crate) const fn kind(&self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::Scalar(_) => "text",
            Self::List(_) => "a list",
            Self::Map(_) => "a mapping",
        }
    }
}

impl Node {
    /// The same, as if all of it stood at `place`.
    pub(crate) fn moved_to(self, place: Place) -> Self {
        let value = match self.value {
            Value::List(items) => Value::List(items.into_iter().map(|item| item.moved_to(place)).collect()),
            Value::Map(entries) => {
                let moved = |(key, node): (Key, Self)| (Key { at: place, ..key }, node.moved_to(place));
                Value::Map(entries.into_iter().map(moved).collect())
            }
            value => value,
        };
        Self { at: place, value }
    }

    /// The text that stands at `place`.
    pub(crate) fn scalar_at(&self, place: Place) -> Option<&str> {
        match &self.value {
            Value::Scalar(text) => (self.at == place).then_some(text.as_str()),
            Value::List(items) => items.iter().find_map(|item| item.scalar_at(place)),
            Value::Map(entries) => entries.iter().find_map(|(_, node)| node.scalar_at(place)),
            Value::Nothing => None,
        }
    }

    /// The value of `field`, where this is a mapping that has it.
    pub(crate) fn field(&self, field: &str) -> Option<&Self> {
        match &self.value {
            Value::Map(entries) => entries.iter().find(|(key, _)| key.text == field).map(|(_, node)| node),
            _ => None,
        }
    }
}

/// A place, and whether the key or the value that begins there is meant: a mapping begins with its first key.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Spot {
    pub(crate) place: Place,
    pub(crate) key: bool,
}

/// Fills in the path of every spot of `fields` that is in this tree, such as `monitors[3].window`.
pub(crate) fn name_fields(root: &Node, fields: &mut HashMap<Spot, String>) {
    name_below(root, &mut String::new(), fields);
}

fn name_below(node: &Node, path: &mut String, fields: &mut HashMap<Spot, String>) {
    found(node.at, false, path, fields);
    let length = path.len();
    match &node.value {
        Value::Nothing | Value::Scalar(_) => {}
        Value::List(items) => {
            for (index, item) in items.iter().enumerate() {
                write!(path, "[{index}]").expect("writing to a String does not fail");
                name_below(item, path, fields);
                path.truncate(length);
            }
        }
        Value::Map(entries) => {
            for (key, value) in entries {
                if length > 0 {
                    path.push('.');
                }
                path.push_str(&key.text);
                found(key.at, true, path, fields);
                name_below(value, path, fields);
                path.truncate(length);
            }
        }
    }
}

fn found(place: Place, key: bool, path: &str, fields: &mut HashMap<Spot, String>) {
    // An alias repeats a place: the first path is the one that is written there.
    if let Some(field) = fields.get_mut(&Spot { place, key })
        && field.is_empty()
    {
        path.clone_into(field);
    }
}
