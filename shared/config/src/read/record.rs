use crate::nearest::nearest;
use crate::notes::{Note, Notes};
use crate::read::wrong_kind;
use crate::tree::{Key, Node, Value};

/// The fields of a mapping.
pub(crate) fn entries<'n>(node: &'n Node, notes: &mut Notes) -> Option<&'n [(Key, Node)]> {
    if let Value::Map(entries) = &node.value {
        return Some(entries);
    }
    wrong_kind(node, "a mapping, such as { name: value }", notes);
    None
}

/// Notes a field that `node` must have.
pub(crate) fn missing(node: &Node, field: &'static str, notes: &mut Notes) {
    notes.add(Note::at(node.at, "is missing").below(field));
}

/// Notes a field that nothing reads.
pub(crate) fn unknown_field(key: &Key, known: &[&str], notes: &mut Notes) {
    if notes.is_full() {
        return notes.add(Note::at_key(key.at, ""));
    }
    let hint = match nearest(&key.text, known.iter().copied()) {
        _ if key.text == "<<" => "a merge key takes a mapping, or a list of mappings".to_owned(),
        Some(name) => format!("did you mean {name:?}?"),
        None => format!("known here: {}", known.join(", ")),
    };
    notes.add(Note::at_key(key.at, "unknown field").value(&key.text).hint(hint));
}

/// The text of the field that says which of several records this is, once it is one of `known`.
pub(crate) fn tag_of<'n>(node: &'n Node, field: &'static str, known: &[&str], notes: &mut Notes) -> Option<&'n str> {
    let mut tags = entries(node, notes)?.iter().filter(|(key, _)| key.text == field);
    if let Some((again, _)) = tags.nth(1) {
        notes.add(Note::at_key(again.at, format!("{field:?} stands here twice")).hint("keep one"));
    }
    let tag = node.field(field).filter(|tag| !matches!(tag.value, Value::Nothing));
    let missing = || Note::at(node.at, "is missing").below(field);
    let problem = match tag.map(|tag| (tag.at, &tag.value)) {
        None => missing().hint(format!("write {}", known.join(" or "))),
        Some((_, Value::Scalar(text))) if known.contains(&text.as_str()) => return Some(text),
        Some((at, Value::Scalar(text))) => {
            let hint = match nearest(text, known.iter().copied()) {
                Some(name) => format!("did you mean {name:?}?"),
                None => format!("write {}", known.join(" or ")),
            };
            let wrong = format!("{text:?} is not known here");
            Note::at(at, wrong).value(text).hint(hint)
        }
        Some((at, value)) => Note::at(at, format!("is {}", value.kind())).hint(format!("write {}", known.join(" or "))),
    };
    notes.add(problem);
    if let Some(Value::Scalar(name)) = node.field("name").map(|name| &name.value) {
        notes.misread(name);
    }
    None
}

/// The name of a field in YAML: its name in Rust, or the literal behind it where that is a keyword.
macro_rules! key_of {
    ($field:ident) => {
        stringify!($field)
    };
    ($field:ident $key:literal) => {
        $key
    };
}

/// A mapping with known fields, each `required` or `optional`; its documentation becomes the schema's. One that is
/// `tagged` is a record of a [`choice`], which has read the field of that name.
macro_rules! record {
    (
        $(#[doc = $doc:literal])*
        $name:ident $(tagged $tag:literal)? {
            $( $(#[doc = $field_doc:literal])* $field:ident $(as $key:literal)? : $need:ident $type:ty ),* $(,)?
        }
    ) => {
        $(#[doc = $doc])*
        #[derive(Debug)]
        #[allow(clippy::doc_markdown, reason = "the schema's text is read by people as it stands")]
        pub(crate) struct $name {
            $( $(#[doc = $field_doc])* pub(crate) $field: $crate::read::Field<$type>, )*
        }

        impl $name {
            const FIELDS: &[&str] = &[$($tag,)? $($crate::read::key_of!($field $($key)?)),*];
        }

        impl $crate::read::Read for $name {
            fn read(node: &$crate::tree::Node, notes: &mut $crate::notes::Notes) -> Option<Self> {
                let mut record = Self { $( $field: $crate::read::Field::Absent, )* };
                for (key, value) in $crate::read::entries(node, notes)? {
                    match key.text.as_str() {
                        $( $tag => {} )?
                        $( $crate::read::key_of!($field $($key)?) if record.$field.is_absent() => {
                            record.$field = $crate::read::Field::read(value, notes);
                        } )*
                        name if Self::FIELDS.contains(&name) => {
                            let wrong = format!("{name:?} stands here twice");
                            notes.add($crate::notes::Note::at_key(key.at, wrong).hint("keep one"));
                        }
                        _ => $crate::read::unknown_field(key, Self::FIELDS, notes),
                    }
                }
                $( if stringify!($need) == "required" && record.$field.is_absent() {
                    $crate::read::missing(node, $crate::read::key_of!($field $($key)?), notes);
                } )*
                Some(record)
            }

            fn schema(definitions: &mut $crate::schema::Definitions) -> serde_json::Value {
                definitions.record(stringify!($name), concat!($($doc),*), |definitions| vec![
                    $( $crate::schema::FieldSchema {
                        name: $tag,
                        required: true,
                        doc: "Which kind this is.",
                        schema: serde_json::json!({ "type": "string" }),
                    }, )?
                    $( $crate::schema::FieldSchema {
                        name: $crate::read::key_of!($field $($key)?),
                        required: stringify!($need) == "required",
                        doc: concat!($($field_doc),*),
                        schema: <$type as $crate::read::Read>::schema(definitions),
                    }, )*
                ])
            }
        }
    };
}

/// One of several records, told apart by one of their fields.
macro_rules! choice {
    (
        $(#[doc = $doc:literal])*
        $name:ident by $tag:literal { $( $word:literal => $variant:ident($record:ty) ),* $(,)? }
    ) => {
        $(#[doc = $doc])*
        #[derive(Debug)]
        pub(crate) enum $name {
            $( $variant($record), )*
        }

        impl $crate::read::Read for $name {
            fn read(node: &$crate::tree::Node, notes: &mut $crate::notes::Notes) -> Option<Self> {
                match $crate::read::tag_of(node, $tag, &[$($word),*], notes)? {
                    $( $word => <$record>::read(node, notes).map(Self::$variant), )*
                    _ => None,
                }
            }

            fn schema(definitions: &mut $crate::schema::Definitions) -> serde_json::Value {
                let records = vec![ $( {
                    let mut schema = <$record as $crate::read::Read>::schema(definitions);
                    schema["properties"] = serde_json::json!({ $tag: { "const": $word } });
                    schema
                } ),* ];
                serde_json::json!({ "oneOf": records })
            }
        }
    };
}

pub(crate) use {choice, key_of, record};
