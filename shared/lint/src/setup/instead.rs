//! Policies that do not call where another does: an incident has one.

use std::collections::{BTreeMap, BTreeSet};

use domain::id::{PolicyName, ServiceName};
use domain::incident::Severity;
use domain::monitor::Category;
use domain::setup::Setup;

use super::{finding, told};
use crate::finding::{Finding, Level};
use crate::rule::Rule;

/// So many services fit a line.
const SHOWN: usize = 3;

/// For each policy another one that calls in its place, and for which services.
pub(super) fn check(setup: &Setup) -> Vec<Finding> {
    let mut found: BTreeMap<(&PolicyName, &PolicyName), BTreeSet<&ServiceName>> = BTreeMap::new();
    for service in setup.services.iter().map(|service| &service.name) {
        for (severity, category) in Severity::ALL.into_iter().flat_map(|one| Category::ALL.map(|of| (one, of))) {
            let routes = setup.routing.routes_of(&told::of_service(service, severity, category));
            let mut policies = routes.iter().filter_map(|matched| matched.route.escalation.as_ref());
            let Some(first) = policies.next() else { continue };
            for other in policies.filter(|other| *other != first) {
                found.entry((other, first)).or_default().insert(service);
            }
        }
    }
    let one = |((other, first), services): ((&PolicyName, &PolicyName), BTreeSet<&ServiceName>)| {
        let names: Vec<&str> = services.iter().take(SHOWN).map(|name| name.as_str()).collect();
        let more = if services.len() > SHOWN { format!(" and {} more", services.len() - SHOWN) } else { String::new() };
        let what = format!("escalation {other} does not call for alerts for which {first} does");
        finding(Rule::CallsInstead, Level::Note, format!("escalations/{other}"), what)
            .seen(format!("routes with both take alerts of {}{more}; an incident has one escalation", names.join(", ")))
            .remedy("page all of them in one escalation, or leave out continue")
    };
    found.into_iter().map(one).collect()
}
