//! The topics' filters let through what their functions hear, and nothing else.

use std::collections::BTreeSet;

use domain::deployment::DeploymentEventKind;
use domain::event::{EventKind, Listener};
use tests_tidy::read;

/// The kinds in the filter of a function's subscription.
fn filter(text: &str, function: &str) -> BTreeSet<String> {
    let (_, hears) = text.split_once("hears = {").expect("Terraform says who hears what");
    let line = hears.lines().position(|line| line.trim_start().starts_with(&format!("{function} "))).expect("it hears");
    let rest: String = hears.lines().skip(line).collect();
    let (_, kinds) = rest.split_once("kind = [").expect("its filter names kinds");
    let (kinds, _) = kinds.split_once(']').expect("the list ends");
    kinds.split(',').map(|kind| kind.trim().trim_matches('"').to_owned()).filter(|kind| !kind.is_empty()).collect()
}

#[test]
fn terraform_filters_as_the_functions_hear() {
    let text = read("terraform/tocsin/functions.tf");
    for listener in Listener::ALL {
        let heard = EventKind::ALL.iter().filter(|kind| listener.hears(**kind)).map(|kind| kind.as_str().to_owned());
        let mut heard: BTreeSet<String> = heard.collect();
        if listener == Listener::Notifier {
            heard.insert(DeploymentEventKind::Due.as_str().to_owned());
        }
        assert_eq!(filter(&text, listener.as_str()), heard, "{}", listener.as_str());
    }
}
