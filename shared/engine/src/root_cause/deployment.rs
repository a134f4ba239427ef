use domain::deployment::Deployment;
use domain::id::ServiceName;
use domain::rca::{Cause, CauseKind};
use domain::response::{Action, ActionState};
use domain::units::{Span, Time};

use super::scene::{Measured, Scene};
use super::track::OUT_OF_RANGE;
use super::{REFERENCE, Ranked};

/// A deployment this long before the trouble weighs half of one that coincides with it.
const HALF_WEIGHT_AFTER: Span = Span::from_minutes(15);
/// The watch of a target may lag behind our own act on it by this much.
const ACT_TO_MOVE: Span = Span::from_minutes(2);
/// After a roll-back at most this share of the excess may be left, or it did not help.
const EXCESS_LEFT_MAX: f64 = 0.25;
/// Series whose numbers are evidence, the most changed first.
const SERIES_SHOWN: usize = 3;

/// Deployments, each with what speaks for and against it, of the hour before the end of the first breaching period.
/// What was released after that is no cause, and neither are our own actions.
pub(super) fn candidates(scene: &Scene<'_>) -> Vec<Ranked> {
    let mut deployments: Vec<&Deployment> = scene.case.deployments.iter().collect();
    deployments.sort_by(|a, b| (a.moved_by, &a.id).cmp(&(b.moved_by, &b.id)));
    deployments.dedup_by(|a, b| a.id == b.id);
    let earliest = scene.window.opened_at - REFERENCE;
    let latest = scene.window.opened_at + scene.period();
    deployments
        .iter()
        .filter(|deployment| deployment.moved_by >= earliest && deployment.moved_after <= latest)
        .filter(|deployment| !is_our_own(scene, deployment))
        .map(|deployment| judge(scene, deployment, &deployments))
        .collect()
}

/// Whether an action moved the target, for this incident or another.
fn is_our_own(scene: &Scene<'_>, deployment: &Deployment) -> bool {
    let Some(target) = &deployment.resource else {
        return false;
    };
    let by_action = |action: &Action| {
        let forth = action.to_version == deployment.to && has_acted(action);
        let back = action.from_version == deployment.to && matches!(action.state, ActionState::Undone { .. });
        &action.target == target && (forth || back) && deployment.moved_by >= action.planned_at
    };
    let during = |at: &Time| deployment.moved_after - ACT_TO_MOVE <= *at && *at < deployment.moved_by;
    scene.case.incident.actions.iter().any(by_action)
        || scene.case.acts.get(target).is_some_and(|acts| acts.iter().any(during))
}

fn has_acted(action: &Action) -> bool {
    use ActionState::{Acted, Acting, Ineffective, Undoing, Undone, Verified};
    matches!(
        action.state,
        Acting { .. } | Acted { .. } | Verified { .. } | Ineffective { .. } | Undoing { .. } | Undone { .. }
    )
}

fn judge(scene: &Scene<'_>, deployment: &Deployment, all: &[&Deployment]) -> Ranked {
    let own = deployment.service == scene.case.incident.service;
    let (gap, timing) = timing(scene, deployment);
    let mut rank = 1.0 / (1.0 + f64::from(gap.seconds()) / f64::from(HALF_WEIGHT_AFTER.seconds()));
    let mut evidence = vec![timing.clone()];
    let mut why = timing;
    if own {
        evidence.extend(scene.signal().map(|signal| format!("{}.", signal.words())));
    } else {
        let (weight, words) = dependency_weight(scene, deployment);
        rank *= weight;
        evidence.push(words);
    }
    evidence.extend(changed_series(scene, deployment));
    if own {
        evidence.extend(unchanged_dependencies(scene));
    }
    if let Some((weight, words, helped)) = afterwards(scene, deployment, all) {
        rank = if helped { rank + weight } else { rank * weight };
        if helped {
            why.clone_from(&words);
            evidence.insert(0, words);
        } else {
            evidence.push(words);
        }
    }
    Ranked {
        rank,
        why,
        cause: Cause { kind: CauseKind::Deployment(deployment.clone()), summary: deployment.summary(), evidence },
    }
}

/// How long before the trouble it came, and a sentence about it.
fn timing(scene: &Scene<'_>, deployment: &Deployment) -> (Span, String) {
    let began = scene.began();
    let gap = began.since(deployment.moved_by);
    let seen = scene.signal().filter(|signal| signal.shift.since.is_some());
    let (name, verb) = match seen {
        Some(signal) => (&*signal.track.name, "left its normal range"),
        None => ("The first breach", "began"),
    };
    let subject = subject(deployment);
    let words = if deployment.moved_after > began + scene.period() {
        format!("Against it: {name} {verb} at {} UTC, before {subject} moved.", began.clock())
    } else if gap.is_zero() {
        format!("{name} {verb} at {} UTC, in the very minutes in which {subject} moved.", began.clock())
    } else {
        format!("{name} {verb} at {} UTC, {gap} after {subject} had moved.", began.clock())
    };
    let late = deployment.moved_after.since(began + scene.period());
    (gap.max(late), words)
}

fn subject(deployment: &Deployment) -> String {
    let resource = deployment.resource.as_ref().map(ToString::to_string);
    resource.unwrap_or_else(|| deployment.service.to_string())
}

/// How much a deployment of a service that this one depends on can explain, by what that service's series did.
fn dependency_weight(scene: &Scene<'_>, deployment: &Deployment) -> (f64, String) {
    let service = &deployment.service;
    let caller = &scene.case.incident.service;
    match scene.most_changed(service) {
        None => (0.5, format!("{caller} depends on {service}, of which too few samples are stored to compare.")),
        Some(series) if !series.changed() => {
            (0.2, format!("Against it: {caller} depends on {service}, whose series did not change."))
        }
        Some(series) => {
            let words = format!("{caller} depends on {service}, whose series changed too.");
            let before = series.shift.since.is_some_and(|since| since <= scene.began());
            (if before { 1.0 } else { 0.6 }, words)
        }
    }
}

/// The numbers of the service's series that changed, with when they did, but for the one that is the signal.
fn changed_series(scene: &Scene<'_>, deployment: &Deployment) -> Vec<String> {
    let signal = scene.signal().map_or("", |signal| &*signal.track.name);
    let mut changed: Vec<&Measured> = scene
        .series_of(&deployment.service)
        .filter(|(id, measured)| measured.changed() && id.as_str() != signal && id.name() != signal)
        .map(|(_, measured)| measured)
        .collect();
    changed.sort_by(|a, b| b.shift.score.total_cmp(&a.shift.score));
    let words = changed.iter().take(SERIES_SHOWN).map(|measured| {
        let since = measured.shift.since;
        let since =
            since.map_or(String::new(), |since| format!(", out of its normal range since {} UTC", since.clock()));
        format!("{}{since}.", measured.words())
    });
    words.collect()
}

fn unchanged_dependencies(scene: &Scene<'_>) -> Option<String> {
    let names: Vec<&str> = scene.unchanged_dependencies().into_iter().map(ServiceName::as_str).collect();
    let service = &scene.case.incident.service;
    (!names.is_empty()).then(|| format!("Nothing changed in what {service} depends on: {}.", names.join(", ")))
}

/// What the signal did after the change was taken back, or although it was not: a weight, a sentence, and whether it
/// speaks for the candidate (the weight is then added, else multiplied).
fn afterwards(scene: &Scene<'_>, deployment: &Deployment, all: &[&Deployment]) -> Option<(f64, String, bool)> {
    let signal = scene.signal()?;
    let subject = subject(deployment);
    let Some((from, by, to)) = taken_back(scene, deployment, all) else {
        return recovered_without(scene, signal, deployment, all);
    };
    let before = signal.track.median(scene.began(), from)?;
    let after = signal.track.median(by.floor(signal.track.period) + signal.track.period, scene.window.until)?;
    let (excess, left) =
        (signal.track.distance(&signal.shift.normal, before), signal.track.distance(&signal.shift.normal, after));
    let numbers = format!("from {} to {}", signal.track.unit.show(before), signal.track.unit.show(after));
    let when = by.clock();
    let name = &signal.track.name;
    if excess > 0.0 && (left <= excess * EXCESS_LEFT_MAX || left < OUT_OF_RANGE) && left < excess {
        let way = if signal.track.upward { "fell" } else { "rose" };
        let words = format!("{name} {way} {numbers} after {subject} was rolled back to version {to} at {when} UTC.");
        return Some((2.0, words, true));
    }
    let words =
        format!("Against it: after {subject} was rolled back to version {to} at {when} UTC, {name} went {numbers}.");
    Some((0.2, words, false))
}

/// When the target went back to what it served before: not before, not after, and to which version.
fn taken_back(scene: &Scene<'_>, deployment: &Deployment, all: &[&Deployment]) -> Option<(Time, Time, String)> {
    let target = deployment.resource.as_ref()?;
    let version = deployment.from.clone()?;
    let later = |other: &&&Deployment| {
        other.resource.as_ref() == Some(target) && other.to == version && other.moved_by > deployment.moved_by
    };
    if let Some(back) = all.iter().find(later) {
        // Our own record of an act is exact; the watch only says between which two looks it happened.
        let acts = scene.case.acts.get(target).map_or(&[][..], Vec::as_slice);
        let act = acts.iter().find(|at| back.moved_after <= **at && **at <= back.moved_by);
        return Some((*act.unwrap_or(&back.moved_after), *act.unwrap_or(&back.moved_by), version));
    }
    let ours = |action: &&Action| {
        &action.target == target
            && action.to_version == version
            && action.from_version == deployment.to
            && has_acted(action)
    };
    let action = scene.case.incident.actions.iter().find(ours)?;
    let acts = scene.case.acts.get(target).map_or(&[][..], Vec::as_slice);
    let at = acts.iter().copied().filter(|at| *at >= action.planned_at).min();
    let at = at.or(match action.state {
        ActionState::Acted { at, .. } => Some(at),
        _ => None,
    })?;
    Some((at, at, version))
}

/// A recovery under the suspected version speaks against it.
fn recovered_without(
    scene: &Scene<'_>,
    signal: &Measured,
    deployment: &Deployment,
    all: &[&Deployment],
) -> Option<(f64, String, bool)> {
    scene.case.incident.resolved_at?;
    let moved_on = |other: &&Deployment| other.resource == deployment.resource && other.moved_by > deployment.moved_by;
    if deployment.resource.is_none() || all.iter().any(moved_on) {
        return None;
    }
    let period = signal.track.period;
    let last = signal.track.median(scene.window.until - period.times(3), scene.window.until)?;
    if signal.track.distance(&signal.shift.normal, last) >= OUT_OF_RANGE {
        return None;
    }
    let words = format!(
        "Against it: {} came back to {} while {} still served version {}.",
        signal.track.name,
        signal.track.unit.show(last),
        subject(deployment),
        deployment.to
    );
    Some((0.5, words, false))
}
