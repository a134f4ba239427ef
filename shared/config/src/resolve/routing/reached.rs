use domain::label::{Matcher, Matchers, Operator};
use domain::routing::GROUPS_MAX;

use super::tree::Placed;
use crate::notes::{Note, Notes};
use crate::tree::Place;

/// Notes each route of which one before it takes all, and does not go on, or too many do that go on.
pub(super) fn refuse(siblings: &[Placed], notes: &mut Notes) {
    for (index, later) in siblings.iter().enumerate().filter(|(_, later)| later.is_sound) {
        if notes.is_full() {
            return;
        }
        let earlier = siblings[..index].iter().filter(|earlier| earlier.is_sound && !earlier.route.goes_on);
        let mut covering = earlier.filter(|earlier| covers(&earlier.route.matchers, &later.route.matchers));
        if let Some(earlier) = covering.next() {
            let wrong = format!("is never reached: the route at {} takes all of it", notes.line(earlier.at));
            let note = Note::at(later.at, wrong);
            notes.add(note.hint("put this one before it, or write continue: true there"));
            continue;
        }
        let going_on = siblings[..index].iter().filter(|earlier| earlier.is_sound && earlier.route.goes_on);
        let also = going_on.filter(|earlier| covers(&earlier.route.matchers, &later.route.matchers));
        if also.take(GROUPS_MAX).count() == GROUPS_MAX {
            let wrong = format!(
                "is never told: {GROUPS_MAX} routes before it take all of it, and an alert is in no more groups"
            );
            notes.add(Note::at(later.at, wrong).hint("let one route lead to several channels"));
        }
    }
}

/// Notes matchers that no alert can satisfy together, `around` those of the routes around.
pub(super) fn refuse_impossible(own: &Matchers, around: &[Matcher], at: Place, notes: &mut Notes) {
    for matcher in own {
        let Some(values) = values(matcher) else { continue };
        let others = around.iter().chain(own).filter(|other| other.label() == matcher.label());
        let mut against = others.filter(|other| !values.iter().any(|value| other.matches_value(value)));
        if let Some(other) = against.next() {
            let note = Note::at(at, format!("is never reached: {matcher} and {other} do not agree"));
            notes.add(note.hint("what is below a route is part of what it takes"));
            return;
        }
    }
}

/// Whether all that satisfies `narrow` satisfies `wide`; where that is not certain, no.
fn covers(wide: &Matchers, narrow: &Matchers) -> bool {
    wide.iter().all(|wide| {
        narrow.iter().any(|narrow| {
            let all = || values(narrow).is_some_and(|values| values.iter().all(|value| wide.matches_value(value)));
            wide == narrow || (wide.label() == narrow.label() && all())
        })
    })
}

/// The only values that satisfy it, where they can be listed.
pub(super) fn values(matcher: &Matcher) -> Option<Vec<String>> {
    match matcher.operator() {
        Operator::Equal => Some(vec![matcher.value().to_owned()]),
        Operator::Matches => matcher.value().split('|').map(plain).collect(),
        _ => None,
    }
}

/// The text that a regular expression without operators stands for.
fn plain(expression: &str) -> Option<String> {
    let mut text = String::new();
    let mut rest = expression.chars();
    while let Some(c) = rest.next() {
        match c {
            '\\' => text.push(rest.next().filter(char::is_ascii_punctuation)?),
            c if r".+*?()|[]{}^$".contains(c) => return None,
            c => text.push(c),
        }
    }
    Some(text)
}
