use std::collections::BTreeMap;

use serde_json::{Map, Value as Json, json};

use crate::document::Document;
use crate::read::Read;

/// The JSON Schema (draft 2020-12) of `tocsin.yaml`, for editors. It is made of the same declarations that read the
/// file; it cannot say everything that `tocsin check` finds.
pub fn schema() -> Json {
    let mut definitions = Definitions::default();
    let Json::Object(document) = Document::schema(&mut definitions) else {
        unreachable!("the schema of a record is an object");
    };
    let mut schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Tocsin configuration",
    });
    let whole = schema.as_object_mut().expect("it was made as an object");
    whole.extend(document);
    whole.insert("$defs".to_owned(), Json::Object(definitions.0.into_iter().collect()));
    schema
}

/// The records that a schema refers to, by name.
#[derive(Default)]
pub(crate) struct Definitions(BTreeMap<String, Json>);

/// What a schema says of a field.
pub(crate) struct FieldSchema {
    pub(crate) name: &'static str,
    pub(crate) required: bool,
    pub(crate) doc: &'static str,
    pub(crate) schema: Json,
}

impl Definitions {
    /// A reference to the record `name`, which is defined if it is not yet.
    pub(crate) fn record(&mut self, name: &str, doc: &str, fields: impl FnOnce(&mut Self) -> Vec<FieldSchema>) -> Json {
        if !self.0.contains_key(name) {
            // One that refers to itself finds itself.
            self.0.insert(name.to_owned(), Json::Null);
            let fields = fields(self);
            let required: Vec<_> = fields.iter().filter(|f| f.required).map(|f| f.name).collect();
            let mut properties = Map::new();
            for FieldSchema { name, doc, mut schema, .. } in fields {
                schema["description"] = doc.trim().into();
                properties.insert(name.to_owned(), schema);
            }
            let mut record = json!({
                "type": "object",
                "description": doc.trim(),
                "properties": properties,
                "additionalProperties": false,
            });
            if !required.is_empty() {
                record["required"] = required.into();
            }
            self.0.insert(name.to_owned(), record);
        }
        json!({ "$ref": format!("#/$defs/{name}") })
    }
}
