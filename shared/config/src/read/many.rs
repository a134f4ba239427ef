use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use super::{Given, Read, wrong_kind};
use crate::notes::{Note, Notes};
use crate::schema::Definitions;
use crate::tree::{Node, Value};

/// A list; items that are wrong are noted and left out.
impl<T: Read> Read for Vec<Given<T>> {
    fn read(node: &Node, notes: &mut Notes) -> Option<Self> {
        let Value::List(items) = &node.value else {
            wrong_kind(node, "a list, such as [a, b]", notes);
            return None;
        };
        Some(items.iter().filter_map(|item| read_item(item, notes)).collect())
    }

    fn schema(definitions: &mut Definitions) -> Json {
        json!({ "type": "array", "items": T::schema(definitions) })
    }
}

fn read_item<T: Read>(node: &Node, notes: &mut Notes) -> Option<Given<T>> {
    let value = T::read(node, notes)?;
    Some(Given { at: node.at, value })
}

/// A list, or its only item by itself.
#[derive(Clone, Debug)]
pub(crate) struct OneOrMore<T>(pub(crate) Vec<Given<T>>);

impl<T: Read> Read for OneOrMore<T> {
    fn read(node: &Node, notes: &mut Notes) -> Option<Self> {
        match &node.value {
            // Where all that is written is wrong, that is no empty list: one mistake is enough.
            Value::List(written) => {
                Vec::read(node, notes).filter(|items: &Vec<_>| !items.is_empty() || written.is_empty()).map(Self)
            }
            _ => Some(Self(vec![read_item(node, notes)?])),
        }
    }

    fn schema(definitions: &mut Definitions) -> Json {
        let one = T::schema(definitions);
        json!({ "anyOf": [one, { "type": "array", "items": one }] })
    }
}

/// Names that the user chooses, such as dimensions and labels.
impl Read for BTreeMap<String, String> {
    fn read(node: &Node, notes: &mut Notes) -> Option<Self> {
        let Value::Map(entries) = &node.value else {
            wrong_kind(node, "a mapping, such as { name: value }", notes);
            return None;
        };
        let mut map = Self::new();
        let mut sound = true;
        for (key, node) in entries {
            let Some(value) = String::read(node, notes) else {
                sound = false;
                continue;
            };
            if map.insert(key.text.clone(), value).is_some() {
                sound = false;
                let wrong = format!("{:?} stands here twice", key.text);
                notes.add(Note::at_key(key.at, wrong).hint("keep one"));
            }
        }
        sound.then_some(map)
    }

    fn schema(_: &mut Definitions) -> Json {
        json!({ "type": "object", "additionalProperties": { "type": ["string", "number", "boolean"] } })
    }
}
