use domain::escalation::{Policy, Step as ResolvedStep, Target};
use domain::units::Span;

use super::{Names, few, named};
use crate::document::{Escalation, EscalationStep, Page, PageKind};
use crate::notes::{Note, Notes};
use crate::read::{Field, Given, OneOrMore};
use crate::resolve::checks;

pub(super) fn one(escalation: &Escalation, names: &Names<'_>, notes: &mut Notes) -> Option<Policy> {
    let steps = escalation.steps.given().map(|given| steps(given, names, notes));
    let repeat = checks::within_or(&escalation.repeat, 0, [0, Policy::REPEAT_MAX.into()], notes);
    let again_after = wait(&escalation.again_after, Policy::AFTER_MIN, notes);
    let remind_every = wait(&escalation.remind_every, Policy::AFTER_MIN, notes);
    let fallback = match &escalation.fallback {
        Field::Absent => Some(None),
        Field::Mistaken => None,
        Field::Given(given) => named(&given.value, given, names.channels, notes).map(Some),
    };
    Some(Policy {
        name: escalation.name.value()?.clone(),
        steps: steps?,
        again_after: again_after?,
        repeat: u8::try_from(repeat?).ok()?,
        fallback: fallback?,
        remind_every: remind_every?,
    })
}

fn steps(given: &Given<Vec<Given<EscalationStep>>>, names: &Names<'_>, notes: &mut Notes) -> Vec<ResolvedStep> {
    if given.value.is_empty() {
        notes.add(Note::at(given.at, "there is no step").hint("write at least one"));
    }
    few(given.value.iter().map(|step| step.at), Policy::STEPS_MAX, "steps of one escalation", notes);
    given.value.iter().enumerate().filter_map(|(index, step)| one_step(&step.value, index == 0, names, notes)).collect()
}

fn one_step(step: &EscalationStep, first: bool, names: &Names<'_>, notes: &mut Notes) -> Option<ResolvedStep> {
    let after = wait(&step.after, if first { Span::default() } else { Policy::AFTER_MIN }, notes);
    let targets = step.page.given().map(|given| targets(given, names, notes));
    Some(ResolvedStep { after: after?, targets: targets? })
}

/// A time of at least `least`, if one is written; the outer `None` after a mistake.
#[expect(clippy::option_option, reason = "the outer one means that a mistake was noted")]
fn wait(field: &Field<Span>, least: Span, notes: &mut Notes) -> Option<Option<Span>> {
    match field {
        Field::Absent => Some(None),
        Field::Mistaken => None,
        Field::Given(given) => checks::within(Some(given), least, Policy::AFTER_MAX, notes).map(Some),
    }
}

fn targets(given: &Given<OneOrMore<Page>>, names: &Names<'_>, notes: &mut Notes) -> Vec<Target> {
    let items = &given.value.0;
    if items.is_empty() {
        notes.add(
            Note::at(given.at, "the step pages nobody").hint("name at least one person, schedule, team or channel"),
        );
    }
    few(items.iter().map(|item| item.at), Policy::TARGETS_MAX, "targets of one step", notes);
    let mut found: Vec<Target> = Vec::new();
    for item in items {
        let Page { kind, name } = &item.value;
        let target = match kind {
            PageKind::Person => named(name, item, &names.people, notes).map(Target::Person),
            PageKind::Schedule => named(name, item, &names.schedules, notes).map(Target::Schedule),
            PageKind::Rotation => rotation(name, item, names, notes),
            PageKind::Team => named(name, item, &names.teams, notes).map(Target::Team),
            PageKind::Channel => named(name, item, names.channels, notes).map(Target::Channel),
        };
        match target {
            Some(target) if found.contains(&target) => checks::twice(item, notes),
            Some(target) => found.push(target),
            None => {}
        }
    }
    found
}

/// The rotation `schedule/rotation`.
fn rotation(name: &str, item: &Given<Page>, names: &Names<'_>, notes: &mut Notes) -> Option<Target> {
    let (schedule, rotation) = name.split_once('/').unwrap_or((name, ""));
    if notes.is_misread(schedule) || notes.is_misread(rotation) {
        return None;
    }
    names.rotations.find_as(name, &item.value.to_string(), item.at, notes)?;
    Some(Target::Rotation(schedule.parse().ok()?, rotation.parse().ok()?))
}
