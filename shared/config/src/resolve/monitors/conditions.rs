use domain::monitor::{Comparison, Condition as Resolved, Limit};
use domain::units::Unit;

use crate::document::Condition;
use crate::notes::{Note, Notes};
use crate::read::{Field, Given, Threshold};
use crate::resolve::checks;
use crate::tree::Place;

/// The limits of a condition that writes none: when it holds, and when it recovers.
pub(super) type Default = Option<(Limit, Option<Limit>)>;

/// The conditions of a monitor, the worst severity first.
pub(super) fn resolve(
    given: &Given<Vec<Given<Condition>>>,
    unit: Option<Unit>,
    default: Default,
    notes: &mut Notes,
) -> Vec<Resolved> {
    if given.value.is_empty() {
        let note = Note::at(given.at, "there is no condition");
        notes.add(note.hint("write for example - { severity: SEV3, when: \"> 5\" }"));
    }
    let mut severities = Vec::new();
    let mut found: Vec<(Resolved, Place)> = Vec::new();
    for condition in &given.value {
        let Condition { severity, when, recover, .. } = &condition.value;
        refuse_percent(when, unit, notes);
        refuse_percent(recover, unit, notes);
        if let (Some(when), Some(recover)) = (when.given(), recover.given()) {
            refuse_overlap(when.value.limit, recover, notes);
        }
        let Some(severity) = severity.given() else {
            continue;
        };
        if severities.contains(&severity.value) {
            checks::twice(severity, notes);
            continue;
        }
        severities.push(severity.value);
        let recover = recover.value().map(|recover| recover.limit);
        let (when, at, recover) = match (when, default) {
            (Field::Given(when), _) => (when.value.limit, when.at, recover),
            (Field::Absent, Some((when, back))) => (when, condition.at, recover.or(back)),
            (Field::Absent, None) => {
                let note = Note::at(condition.at, "is missing").below("when");
                notes.add(note.hint("write a limit such as \"> 5\""));
                continue;
            }
            (Field::Mistaken, _) => continue,
        };
        found.push((Resolved { severity: severity.value, when, recover }, at));
    }
    found.sort_by_key(|(condition, _)| condition.severity);
    refuse_hidden(&found, notes);
    found.into_iter().map(|(condition, _)| condition).collect()
}

fn refuse_percent(limit: &Field<Threshold>, unit: Option<Unit>, notes: &mut Notes) {
    if let (Some(given), Some(unit)) = (limit.given(), unit)
        && given.value.percent
        && unit != Unit::Percent
    {
        let note =
            Note::at(given.at, "the limit is in %, and the monitor is not").value(&given.value.limit.to_string());
        notes.add(note.hint("write \"unit: percent\" beside it, or leave the % out"));
    }
}

/// Refuses a recovery limit that a breaching value can be within.
fn refuse_overlap(when: Limit, recover: &Given<Threshold>, notes: &mut Notes) {
    let back = recover.value.limit;
    let inclusive = |comparison| matches!(comparison, Comparison::AtLeast | Comparison::AtMost);
    let apart =
        if when.comparison.upward() { back.threshold < when.threshold } else { back.threshold > when.threshold };
    let touching = back.threshold.total_cmp(&when.threshold).is_eq()
        && !(inclusive(when.comparison) && inclusive(back.comparison));
    if when.comparison.upward() == back.comparison.upward() || !(apart || touching) {
        let operator = if when.comparison.upward() { "<" } else { ">" };
        let note = Note::at(recover.at, format!("recovery at \"{back}\" contradicts the limit \"{when}\""));
        let hint = format!("write \"{operator} {}\" or a limit further off", when.threshold);
        notes.add(note.value(&back.to_string()).hint(hint));
    }
}

/// Refuses a condition that never shows, because a worse one holds whenever it does.
fn refuse_hidden(conditions: &[(Resolved, Place)], notes: &mut Notes) {
    for (index, (condition, at)) in conditions.iter().enumerate() {
        let worse = conditions[..index].iter().find(|(worse, _)| includes(worse.when, condition.when));
        if let Some((worse, _)) = worse {
            let wrong = format!(
                "{} at \"{}\" never shows, since {} at \"{}\" holds whenever it does",
                condition.severity, condition.when, worse.severity, worse.when
            );
            let note = Note::at(*at, wrong).value(&condition.when.to_string());
            notes.add(note.hint("worse severities need limits further out"));
        }
    }
}

/// Whether every value within `inner` is within `outer`.
fn includes(outer: Limit, inner: Limit) -> bool {
    if outer.comparison.upward() != inner.comparison.upward() {
        return false;
    }
    let edge = inner.threshold;
    let beyond = if outer.comparison.upward() { edge > outer.threshold } else { edge < outer.threshold };
    let same = edge.total_cmp(&outer.threshold).is_eq();
    let strict = |comparison| matches!(comparison, Comparison::Above | Comparison::Below);
    beyond || (same && (!strict(outer.comparison) || strict(inner.comparison)))
}
