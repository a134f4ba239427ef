use super::{Route, Routing};
use crate::label::Labels;

/// What `known` labels say of an alert that may have any others beside them.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Takes {
    /// Whatever its other labels are.
    Always,
    /// If its other labels fit.
    Perhaps,
    Never,
}

impl Routing {
    /// The routes that may take an alert of which only `known` labels are given, as [`Routing::routes_of`] would, were
    /// the others known too; depth first, at least one.
    pub fn may_take(&self, known: &Labels) -> Vec<&Route> {
        let mut found = Vec::new();
        collect(&self.root, known, &mut found);
        found
    }
}

fn collect<'r>(route: &'r Route, known: &Labels, found: &mut Vec<&'r Route>) {
    let mut leaves_some = true;
    for child in &route.routes {
        let takes = takes(child, known);
        if takes != Takes::Never {
            collect(child, known, found);
        }
        if takes == Takes::Always {
            leaves_some = false;
            if !child.goes_on {
                break;
            }
        }
    }
    if leaves_some {
        found.push(route);
    }
}

fn takes(route: &Route, known: &Labels) -> Takes {
    let mut all_known = true;
    for matcher in &route.matchers {
        match known.get(matcher.label()) {
            Some(value) if matcher.matches_value(value) => {}
            Some(_) => return Takes::Never,
            None => all_known = false,
        }
    }
    if all_known { Takes::Always } else { Takes::Perhaps }
}
