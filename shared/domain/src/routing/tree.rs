use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Matched, Route};
use crate::label::{Index, Labels};

/// The name of a route: the matchers from the root to it, as in Alertmanager's keys: `{}/{severity="SEV1"}`.
///
/// Of siblings with equal matchers the second ends in `#2`, the third in `#3`. Cheap to clone.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct RoutePath(Arc<str>);

impl RoutePath {
    /// The path of the root: `{}`.
    pub fn root() -> Self {
        Self("{}".into())
    }

    /// A path as it was stored or as a person typed it; it may name nothing.
    pub fn given(text: impl Into<Arc<str>>) -> Self {
        Self(text.into())
    }

    /// The path as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RoutePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for RoutePath {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for RoutePath {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::given)
    }
}

/// What is derived from a route once: its path, and which of its children labels may match.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Node {
    pub(super) path: RoutePath,
    index: Index,
    pub(super) children: Vec<Node>,
}

impl Node {
    pub(super) fn new(root: &Route) -> Self {
        Self::of(root, RoutePath::root())
    }

    fn of(route: &Route, path: RoutePath) -> Self {
        let mut seen: BTreeMap<String, u32> = BTreeMap::new();
        let children = route.routes.iter().map(|child| {
            let matchers = child.matchers.to_string();
            let nth = seen.entry(matchers.clone()).or_default();
            *nth += 1;
            let nth = if *nth > 1 { format!("#{nth}") } else { String::new() };
            Self::of(child, RoutePath::given(format!("{path}/{matchers}{nth}")))
        });
        let children = children.collect();
        Self { path, index: Index::new(route.routes.iter().map(|child| &child.matchers)), children }
    }

    /// Where each path leads: the positions of the children from the root on.
    pub(super) fn positions(&self) -> BTreeMap<RoutePath, Vec<usize>> {
        let mut all = BTreeMap::new();
        self.place(&mut Vec::new(), &mut all);
        all
    }

    fn place(&self, here: &mut Vec<usize>, all: &mut BTreeMap<RoutePath, Vec<usize>>) {
        all.insert(self.path.clone(), here.clone());
        for (position, child) in self.children.iter().enumerate() {
            here.push(position);
            child.place(here, all);
            here.pop();
        }
    }

    /// Adds the routes that the labels take, given that they take this one or one below it.
    pub(super) fn collect<'r>(&self, route: &'r Route, labels: &Labels, found: &mut Vec<Matched<'r>>) {
        let before = found.len();
        let mut from = 0;
        let matches = |position: u32| route.routes[position as usize].matchers.matches(labels);
        while let Some(position) = self.index.first(from, labels, matches) {
            let child = &route.routes[position as usize];
            self.children[position as usize].collect(child, labels, found);
            if !child.goes_on {
                break;
            }
            from = position + 1;
        }
        if found.len() == before {
            found.push(Matched { path: self.path.clone(), route });
        }
    }

    pub(super) fn walk<'r>(&self, route: &'r Route, all: &mut Vec<Matched<'r>>) {
        all.push(Matched { path: self.path.clone(), route });
        for (node, child) in self.children.iter().zip(&route.routes) {
            node.walk(child, all);
        }
    }
}
