use std::collections::BTreeSet;

use domain::id::MonitorName;
use domain::monitor::{Expression, Signal};
use domain::setup::Setup;

use super::{finding, of_monitor};
use crate::finding::{Finding, Level};
use crate::rule::Rule;

/// So many parts are tried in all combinations, 4,096; larger expressions are taken as they are.
const PARTS_MAX: usize = 12;

/// Finds combinations that no standing of their parts makes true, or every one does.
pub(super) fn check(setup: &Setup) -> Vec<Finding> {
    let mut found = Vec::new();
    for monitor in &setup.monitors {
        let Signal::Monitors(expression) = &monitor.signal else { continue };
        let (rule, word, remedy) = match possible(expression) {
            [false, true] => (Rule::AlwaysFires, "true", "leave out what makes it true of itself"),
            [true, false] => (Rule::NeverFires, "false", "leave out what contradicts the rest"),
            _ => continue,
        };
        let what = format!("\"{expression}\" is always {word}");
        let evidence = format!("it is {word} whichever of its monitors fire");
        found.push(finding(rule, Level::Error, of_monitor(monitor), what).seen(evidence).remedy(remedy));
    }
    found
}

/// Whether it can be false, and whether it can be true.
fn possible(expression: &Expression) -> [bool; 2] {
    let names: Vec<&MonitorName> = expression.monitors().into_iter().collect::<BTreeSet<_>>().into_iter().collect();
    if names.len() > PARTS_MAX {
        return [true, true];
    }
    let mut found = [false, false];
    for combination in 0_u32..1 << names.len() {
        let fires =
            |name: &MonitorName| names.iter().position(|known| *known == name).map(|bit| combination >> bit & 1 == 1);
        found[usize::from(expression.holds(&fires) == Some(true))] = true;
    }
    found
}
