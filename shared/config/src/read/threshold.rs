use domain::monitor::Limit;
use serde_json::{Value as Json, json};

use super::Read;
use super::scalar::{parsed, text};
use crate::notes::Notes;
use crate::schema::Definitions;
use crate::tree::Node;

/// A limit as it is written: whether it says `%` must agree with the monitor's unit.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Threshold {
    pub(crate) limit: Limit,
    pub(crate) percent: bool,
}

impl Read for Threshold {
    fn read(node: &Node, notes: &mut Notes) -> Option<Self> {
        let limit = parsed(node, "a limit such as \"> 5\"", notes)?;
        let percent = text(node, "", notes)?.trim_end().ends_with('%');
        Some(Self { limit, percent })
    }

    fn schema(_: &mut Definitions) -> Json {
        json!({ "type": "string", "pattern": r"^\s*(>=|<=|>|<)\s*[-+]?[0-9.]+([eE][-+]?[0-9]+)?\s*%?\s*$" })
    }
}
