use super::tree::Node;
use super::{Route, RoutePath};
use crate::label::{Labels, Matcher};

/// A route that was looked at.
#[derive(Clone, PartialEq, Debug)]
pub struct Step<'r> {
    /// Its name.
    pub path: RoutePath,
    /// The route.
    pub route: &'r Route,
    /// How far below the root, which is 0.
    pub depth: usize,
    /// What came of it.
    pub outcome: Outcome<'r>,
}

/// What came of looking at a route.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Outcome<'r> {
    /// This matcher, the first that is not satisfied, keeps the alert out.
    Failed(&'r Matcher),
    /// It matches, and the alert goes to routes below it.
    Below,
    /// The alert takes it.
    Taken,
}

/// Adds the steps of a route that matches, and says that it does.
pub(super) fn look<'r>(node: &Node, route: &'r Route, labels: &Labels, depth: usize, steps: &mut Vec<Step<'r>>) {
    let own = steps.len();
    steps.push(Step { path: node.path.clone(), route, depth, outcome: Outcome::Taken });
    for (node, child) in node.children.iter().zip(&route.routes) {
        if let Some(matcher) = child.matchers.failing(labels) {
            let outcome = Outcome::Failed(matcher);
            steps.push(Step { path: node.path.clone(), route: child, depth: depth + 1, outcome });
            continue;
        }
        steps[own].outcome = Outcome::Below;
        look(node, child, labels, depth + 1, steps);
        if !child.goes_on {
            break;
        }
    }
}
