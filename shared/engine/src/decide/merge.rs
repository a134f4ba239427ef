//! Two incidents become one: the one ends, and all that it was goes on in the other.

use std::collections::BTreeSet;

use domain::alert::AlertSummary;
use domain::event::EventKind;
use domain::id::{Fingerprint, IncidentId, ServiceName};
use domain::incident::{Incident, LifecycleEvent, Related, Standing, What};
use domain::units::Time;

use super::{Draft, incident_changed};
use crate::paging::{self, Crew};
use crate::port::{Commit, OpenPointer};

/// Reasons of firing alerts that are written into the timeline of the incident that goes on.
const REASONS_MAX: usize = 20;

/// Has `from` go on in `into`; the caller has asked whether it may. Who was called for `from` and not for `into` is
/// called for `into`, unless somebody has that.
pub(crate) fn merge(from: Incident, into: Incident, (by, why): (&str, &str), crew: &Crew<'_>, now: Time) -> Commit {
    let still_calls = from.still_calls();
    let policy = from.escalation.as_ref().map(|paging| paging.policy.clone());
    let (mut ends, mut goes_on) = (Draft::new(from, now), Draft::new(into, now));
    say(&mut ends, &mut goes_on, (by, why), now);
    hand_over(&mut ends.incident, &mut goes_on.incident, now);
    relate(&mut ends.incident, &mut goes_on.incident, (by, why), now);
    end(&mut ends.incident, by, now);
    let into = &goes_on.incident;
    if still_calls && into.taken_by().is_none() && !into.still_calls() {
        paging::begin(&mut goes_on, policy.as_ref(), crew, now);
    }
    let ended = ends.commit();
    let mut commit = Commit { other: ended.incident, pointer: OpenPointer::Open, ..goes_on.commit() };
    // Who keeps one thing for each incident lets go of the one before it hears of the other.
    commit.events.splice(0..0, ended.events);
    commit
}

/// In both timelines, and to all who have heard of the one or the other.
fn say(ends: &mut Draft, goes_on: &mut Draft, (by, why): (&str, &str), now: Time) {
    let (from, into) = (&ends.incident, &goes_on.incident);
    let had = from.taken_by().map(|holder| format!("; {holder} had it")).unwrap_or_default();
    let because = if why.is_empty() { String::new() } else { format!(": {why}") };
    let gone = format!("Merged into {} ({}) by {by}{because}", into.id, into.title);
    let come = format!("{} ({}) was merged into this by {by}{because}{had}", from.id, from.title);
    let told = format!("merged into {} ({}) by {by}", into.id, into.title);
    let includes =
        format!("now includes {}: {} ({} was merged into it by {by}{had})", from.service, from.title, from.id);
    let (from, into) = (from.id.clone(), into.id.clone());
    ends.incident.note(now, What::Related { incident: into, summary: gone });
    goes_on.incident.note(now, What::Related { incident: from, summary: come });
    ends.tell(EventKind::IncidentResolved, None, told);
    goes_on.tell(EventKind::IncidentUpdated, None, includes);
}

/// Alerts, actions, services and the severity go to the incident that goes on.
fn hand_over(from: &mut Incident, into: &mut Incident, now: Time) {
    reasons(from, into, now);
    let alerts = std::mem::take(&mut from.alerts);
    let moved: BTreeSet<Fingerprint> = alerts.iter().map(|alert| alert.fingerprint.clone()).collect();
    for alert in alerts {
        let service = alert.service.clone().unwrap_or_else(|| from.service.clone());
        let alert = AlertSummary { service: Some(service).filter(|service| *service != into.service), ..alert };
        let known = into.alerts.iter().find(|known| known.fingerprint == alert.fingerprint);
        if known.is_none_or(|known| known.fired_at <= alert.fired_at) {
            into.list(alert);
        }
    }
    let (stays, goes) = std::mem::take(&mut from.actions).into_iter().partition(|one| !moved.contains(&one.alert));
    from.actions = stays;
    into.actions.extend::<Vec<_>>(goes);
    let known = |pair: &(&ServiceName, &str)| into.pairs().any(|one| one == *pair);
    let covers = from.pairs().filter(|pair| !known(pair)).map(|(service, key)| (service.clone(), key.to_owned()));
    let covers: Vec<_> = covers.collect();
    from.covers.clear();
    into.covers.extend(covers);
    if from.severity < into.severity {
        into.note(now, What::SeverityChanged { from: into.severity, to: from.severity });
        into.severity = from.severity;
    }
}

/// Why those alerts fire that come along.
fn reasons(from: &Incident, into: &mut Incident, now: Time) {
    for alert in from.alerts.iter().filter(|alert| alert.resolved_at.is_none()).take(REASONS_MAX) {
        let last = from.timeline.iter().rev().find_map(|entry| match &entry.what {
            What::AlertFired { alert: fired, reason } if *fired == alert.fingerprint => Some(reason.clone()),
            _ => None,
        });
        into.note(
            now,
            What::AlertFired { alert: alert.fingerprint.clone(), reason: last.unwrap_or_else(|| alert.name.clone()) },
        );
    }
}

/// Both keep in mind that they are one.
fn relate(from: &mut Incident, into: &mut Incident, (by, why): (&str, &str), now: Time) {
    let standing = Standing::Merged { at: now, by: by.to_owned() };
    let since = from.relation(&into.id).map_or(now, |known| known.since);
    let related = |other: &Incident| Related {
        incident: other.id.clone(),
        service: other.service.clone(),
        why: why.to_owned(),
        since,
        standing: standing.clone(),
    };
    let (of_from, of_into) = (related(into), related(from));
    // A person may merge what was said to be apart.
    from.merged_into = Some(into.id.clone());
    from.relate(of_from);
    into.relate(of_into);
    let merged: Vec<IncidentId> = from.merged().cloned().collect();
    for known in from.related.iter().filter(|known| merged.contains(&known.incident)) {
        into.relate(known.clone());
    }
}

fn end(from: &mut Incident, by: &str, now: Time) {
    incident_changed::move_on(from, LifecycleEvent::Merge, by, now).expect("the caller has asked whether it is open");
    from.resolved_at = Some(now);
    from.muted = None;
    from.correlate_at = None;
    if let Some(escalation) = &mut from.escalation {
        escalation.resolve();
    }
}
