use std::fs::File;
use std::io::{self, Write};

use serde_json::{Value, json};

use super::Received;

/// Appends one line; the routing key, a secret, is left out.
pub(super) fn append(file: &mut File, received: &Received) -> io::Result<()> {
    let mut line = json!(received);
    if let Some(key) = line.pointer_mut("/body/routing_key") {
        let length = key.as_str().map_or(0, |key| key.chars().count());
        *key = Value::from(format!("({length} characters)"));
    }
    let mut text = line.to_string();
    text.push('\n');
    file.write_all(text.as_bytes())
}
