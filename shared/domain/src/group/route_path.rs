use serde::{Deserialize, Serialize};

/// Names and values.
pub type Labels = std::collections::BTreeMap<String, String>;

/// Where a route stands in the tree.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RoutePath(String);

impl RoutePath {
    /// A path as it was stored.
    pub fn given(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The path as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
