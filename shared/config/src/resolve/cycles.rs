use std::collections::HashMap;

use super::services;
use crate::document::Document;
use crate::notes::{Note, Notes};
use crate::tree::Place;

/// Notes every circle of services that depend on each other, where it closes. Whoever is called must be able to be the
/// cause of its caller's trouble, and a circle has no such end.
pub(super) fn refuse(documents: &[Document], notes: &mut Notes) {
    let calls: HashMap<&str, Vec<(&str, Place)>> = services::all(documents)
        .filter_map(|service| {
            let name = service.value.name.value()?.as_str();
            let called = service.value.depends_on.items().iter();
            // A service that depends on itself is noted where it says so.
            let called = called.map(|given| (given.value.as_str(), given.at)).filter(|(called, _)| *called != name);
            Some((name, called.collect()))
        })
        .collect();
    let mut names: Vec<&str> = calls.keys().copied().collect();
    names.sort_unstable();
    let mut done: HashMap<&str, bool> = HashMap::new();
    for name in names {
        walk(name, &calls, &mut done, notes);
    }
}

/// Follows all calls from `start`, depth first and without recursion; in `done`, a service on the way is `false`.
fn walk<'d>(
    start: &'d str,
    calls: &HashMap<&'d str, Vec<(&'d str, Place)>>,
    done: &mut HashMap<&'d str, bool>,
    notes: &mut Notes,
) {
    if done.insert(start, false).is_some() {
        done.insert(start, true);
        return;
    }
    let mut way: Vec<(&str, usize)> = vec![(start, 0)];
    while let Some((name, next)) = way.last_mut() {
        let Some((called, at)) = calls.get(name).and_then(|called| called.get(*next)) else {
            done.insert(name, true);
            way.pop();
            continue;
        };
        *next += 1;
        match done.get(called) {
            Some(true) => {}
            Some(false) => {
                let begin = way.iter().position(|(name, _)| name == called).unwrap_or(0);
                let circle: Vec<&str> = way[begin..].iter().map(|(name, _)| *name).chain([*called]).collect();
                let note = Note::at(*at, format!("services depend on each other: {}", circle.join(" -> ")));
                notes.add(note.value(called).hint("leave one of these out"));
            }
            None => {
                done.insert(called, false);
                way.push((called, 0));
            }
        }
    }
}
