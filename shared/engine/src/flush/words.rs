use std::collections::BTreeMap;

use domain::flapping::State;
use domain::group::{Group, Reason, Tell};
use domain::id::Fingerprint;
use domain::incident::What;
use domain::units::Time;

use super::{About, over};

/// Alerts, names of alerts, or incidents that a summary names; the rest is counted.
const NAMED_MAX: usize = 5;

/// What is said where more alerts fire than are looked at.
pub(super) const UNREAD: &str = "; so many alerts fire that not all were asked whether they explain this";

/// What a group has to say about one of its incidents, in a line; `others` are those of which some hear nothing else.
pub(super) fn summary(group: &Group, tell: &Tell, (about, others): (&About, &[About]), now: Time) -> String {
    let said = match (tell.reason.clone(), about.firing.first(), about.resolved.first()) {
        (_, None, _) if about.fires() => {
            let (count, names) = (about.counted.values().sum::<usize>(), by_name(&about.counted));
            if count == 1 { format!("1 alert fires: {names}") } else { format!("{count} alerts fire: {names}") }
        }
        (_, None, Some(_)) if !about.incident.state.is_open() && about.ended_by().is_none() => {
            over::words(&about.incident)
        }
        (Reason::Repeat, Some(_), _) => {
            let since = about.incident.opened_at;
            format!("still firing after {}{}: {}", now.since(since), though_ended(about), names(group, &about.firing))
        }
        (_, Some(one), _) if about.firing.len() == 1 => {
            let what = reason(about, one).unwrap_or_else(|| names(group, &about.firing));
            format!("{what}{}", though_ended(about))
        }
        (_, Some(one), _) => {
            let first = reason(about, one).map(|reason| format!(". {reason}")).unwrap_or_default();
            let (count, though) = (about.firing.len(), though_ended(about));
            format!("{count} alerts fire{though}: {}{first}", names_of_all(group, &about.firing))
        }
        (_, None, Some(_)) if about.ended_by().is_some() => {
            format!("over by now: {}", names(group, &about.resolved))
        }
        (_, None, Some(one)) if about.resolved.len() == 1 => {
            reason(about, one).unwrap_or_else(|| format!("over: {}", names(group, &about.resolved)))
        }
        (_, None, _) => {
            format!("all {} alerts are over: {}", about.resolved.len(), names_of_all(group, &about.resolved))
        }
    };
    let counted = tell.counted.iter().filter(|kind| kind.firing > 0).map(|kind| (kind.name.clone(), kind.firing));
    let counted: BTreeMap<String, usize> = counted.collect();
    let more = match counted.values().sum::<usize>() {
        0 => String::new(),
        more => format!("; {more} more are counted only: {}", by_name(&counted)),
    };
    let held = if tell.held > 0 { format!("; {} held back", tell.held) } else { String::new() };
    let kin = about.incident.may_be_part_of().filter(|_| !about.is_known() && !about.firing.is_empty());
    let kin = kin.map(|kin| format!("; {kin}")).unwrap_or_default();
    format!("{said}{}{more}{held}{}{kin}", beside(others), restless(group, about, now))
}

/// That a person has ended the incident of what fires.
fn though_ended(about: &About) -> String {
    about.ended_by().map(|by| format!(", though {by} has resolved the incident")).unwrap_or_default()
}

/// Which of the alerts come and go, so that what follows is not told, unless a person has ended their incident; of those that
/// are over, how often they did.
fn restless(group: &Group, about: &About, now: Time) -> String {
    let flapping = |fingerprint: &&Fingerprint| group.members().get(*fingerprint).and_then(|one| one.flapping.as_ref());
    let flaps = |one: &&Fingerprint| flapping(one).is_some_and(|known| matches!(known.state(now), State::Flaps { .. }));
    let damped = about.firing.iter().filter(|_| about.incident.state.is_open()).filter(flaps);
    let firing: Vec<Fingerprint> = damped.cloned().collect();
    match (&*firing, &*about.resolved) {
        ([], [only]) => {
            let often = flapping(&only).filter(|known| known.has_flapped());
            often.map(|known| format!("; it had fired {} times", known.firings)).unwrap_or_default()
        }
        ([], _) => String::new(),
        ([only], _) => {
            let often = flapping(&only).map_or(0, |known| known.firings);
            let who = if about.firing.len() == 1 { "it".to_owned() } else { names(group, &firing) };
            format!("; {who} has fired {often} times and flaps: until it is calm, no end and no return of it is told")
        }
        _ => format!("; {} flap: until they are calm, no end and no return of them is told", names(group, &firing)),
    }
}

/// Incidents that fire, of which not all channels hear one by one.
fn beside(others: &[About]) -> String {
    let firing: Vec<String> = others
        .iter()
        .filter(|other| other.fires())
        .map(|other| format!("{} on {}", other.incident.severity, other.incident.service))
        .collect();
    match firing.len() {
        0 => String::new(),
        1 => format!("; 1 more incident: {}", firing[0]),
        more => format!("; {more} more incidents: {}", some(firing)),
    }
}

/// How many there are of each name, the most first.
fn by_name(counted: &BTreeMap<String, usize>) -> String {
    let mut names: Vec<(&String, &usize)> = counted.iter().collect();
    names.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
    all(names.into_iter().map(|(name, count)| (name.clone(), *count)).collect())
}

/// The first few, and how many more there are.
fn some(mut all: Vec<String>) -> String {
    let more = all.len().saturating_sub(NAMED_MAX);
    all.truncate(NAMED_MAX);
    if more > 0 {
        all.push(format!("and {more} more"));
    }
    all.join(", ")
}

/// Why the alert fired or resolved last, as its incident has it.
fn reason(about: &About, fingerprint: &Fingerprint) -> Option<String> {
    about.incident.timeline.iter().rev().find_map(|entry| match &entry.what {
        What::AlertFired { alert, reason } | What::AlertResolved { alert, reason } if alert == fingerprint => {
            Some(reason.clone())
        }
        _ => None,
    })
}

/// What they are called; a name that several have stands once, with how many they are.
fn names(group: &Group, fingerprints: &[Fingerprint]) -> String {
    some(kinds(group, fingerprints).into_iter().map(several).collect())
}

/// The same, after it is said how many they all are.
fn names_of_all(group: &Group, fingerprints: &[Fingerprint]) -> String {
    all(kinds(group, fingerprints))
}

fn kinds(group: &Group, fingerprints: &[Fingerprint]) -> Vec<(String, usize)> {
    let mut kinds: Vec<(String, usize)> = Vec::new();
    for member in fingerprints.iter().filter_map(|fingerprint| group.members().get(fingerprint)) {
        let name = format!("{} on {}", member.name, member.service);
        match kinds.iter_mut().find(|(known, _)| *known == name) {
            Some((_, count)) => *count += 1,
            None => kinds.push((name, 1)),
        }
    }
    kinds
}

fn all(mut kinds: Vec<(String, usize)>) -> String {
    match kinds.len() {
        1 => kinds.remove(0).0,
        _ => some(kinds.into_iter().map(several).collect()),
    }
}

fn several((name, count): (String, usize)) -> String {
    if count == 1 { name } else { format!("{count} {name}") }
}
