//! One incident becomes two: some of its alerts leave to an incident of their own.

use std::collections::BTreeSet;

use domain::alert::{Alert, AlertSummary};
use domain::escalation::Policy;
use domain::event::EventKind;
use domain::group::Group;
use domain::id::{Fingerprint, IncidentId, ServiceName};
use domain::incident::{Incident, Related, Severity, Standing, State, What};
use domain::response::Action;
use domain::units::Time;

use super::{Draft, alert_changed::CORRELATION_LABEL, incident_changed};
use crate::port::{Commit, OpenPointer, Wake};

/// Alerts that one split takes: each is a row of its transaction.
pub const SPLIT_MAX: usize = 30;
/// Groups that change together with an incident: each is a row of up to 350 KB in a transaction of at most 4 MB.
pub const GROUPS_TOGETHER_MAX: usize = 8;

/// What is stored of the alerts of an incident.
pub(crate) struct Stored {
    /// The rows of all that it lists.
    pub(crate) alerts: Vec<Alert>,
    /// The groups that tell of those that leave.
    pub(crate) groups: Vec<Group>,
}

/// Has the alerts of `leaving` leave `old`; they all fire, and each is told anew by its groups. Whoever has `old`, and has been
/// asked about more than they took, answers by it.
///
/// # Errors
/// In a sentence, why not.
pub(crate) fn split(
    old: Incident,
    leaving: &BTreeSet<Fingerprint>,
    stored: Stored,
    (by, policy): (&str, &Policy),
    now: Time,
) -> Result<Commit, String> {
    may_split(&old, leaving, &stored.groups)?;
    let pairs = pairs_that_leave(&old, leaving, &stored.alerts)?;
    let (mut stays, mut goes) = (Draft::new(old, now), Vec::new());
    let new = new(&mut stays.incident, leaving, pairs, now);
    let into = new.id.clone();
    let mut leaves = Draft::new(new, now);
    say(&mut stays, &mut leaves, by, now);
    incident_changed::answers(&mut stays, by, policy);
    for mut alert in stored.alerts.into_iter().filter(|alert| leaving.contains(&alert.fingerprint)) {
        let reason = stays.incident.why_fired(&alert.fingerprint).map_or_else(|| alert.reason.clone(), str::to_owned);
        leaves.incident.note(now, What::AlertFired { alert: alert.fingerprint.clone(), reason });
        alert.incident = Some(into.clone());
        goes.push(alert);
    }
    apart(&mut stays.incident, &leaves.incident, by, now);
    apart(&mut leaves.incident, &stays.incident, by, now);
    let mut groups = stored.groups;
    let mut wakes = Vec::new();
    for group in &mut groups {
        for fingerprint in leaving {
            group.part(fingerprint, &into, now);
        }
        wakes.extend(group.next_wake().map(|at| (Wake::Group(group.id.clone()), at)));
    }
    let stayed = stays.commit();
    let mut commit =
        Commit { other: stayed.incident, pointer: OpenPointer::Open, alerts: goes, groups, ..leaves.commit() };
    commit.events.splice(0..0, stayed.events);
    commit.wakes.extend(wakes);
    Ok(commit)
}

fn may_split(old: &Incident, leaving: &BTreeSet<Fingerprint>, groups: &[Group]) -> Result<(), String> {
    let id = &old.id;
    if !old.state.is_open() {
        return Err(format!("{id} is {}; only open incidents are split", old.state));
    }
    for fingerprint in leaving {
        match old.alerts.iter().find(|alert| alert.fingerprint == *fingerprint) {
            None => return Err(format!("{id} lists no alert {fingerprint}")),
            Some(alert) if alert.resolved_at.is_some() => {
                return Err(format!("{} ({fingerprint}) is over; only alerts that fire are split off", alert.name));
            }
            Some(_) => {}
        }
    }
    let fires = |alert: &&AlertSummary| alert.resolved_at.is_none() && !leaving.contains(&alert.fingerprint);
    if old.unlisted.is_empty() && old.alerts.iter().find(fires).is_none() {
        return Err(format!("{id} would be left without an alert that fires; leave it as it is, or resolve it"));
    }
    let under_way = |one: &&Action| one.state.is_under_way() && leaving.contains(&one.alert);
    if let Some(action) = old.actions.iter().find(under_way) {
        return Err(format!(
            "an action is under way because of them ({}); split them off when it is done",
            action.summary()
        ));
    }
    if groups.len() > GROUPS_TOGETHER_MAX {
        return Err(format!(
            "{} groups tell of them, at most {GROUPS_TOGETHER_MAX} are changed together",
            groups.len()
        ));
    }
    Ok(())
}

/// The covered services and keys of which all that fires leaves: they go along.
///
/// # Errors
/// In a sentence, when all that fires of its own service and key would leave: then the others should.
fn pairs_that_leave(
    old: &Incident,
    leaving: &BTreeSet<Fingerprint>,
    alerts: &[Alert],
) -> Result<Vec<(ServiceName, String)>, String> {
    let fires = |fingerprint: &Fingerprint| {
        let listed = old.alerts.iter().find(|alert| alert.fingerprint == *fingerprint);
        listed.is_some_and(|alert| alert.resolved_at.is_none())
    };
    let leaves = |(service, key): (&ServiceName, &str)| {
        let of_pair = |alert: &&Alert| {
            let own = alert.labels.get(CORRELATION_LABEL).map_or("", String::as_str);
            (&alert.service, own) == (service, key) && fires(&alert.fingerprint)
        };
        let mut of_pair = alerts.iter().filter(of_pair).map(|alert| leaving.contains(&alert.fingerprint)).peekable();
        of_pair.peek().is_some() && of_pair.all(|leaves| leaves)
    };
    if leaves((&old.service, &old.key)) {
        let service = &old.service;
        return Err(format!(
            "all that fires of {service} would leave, whose incident it is; split off the others instead"
        ));
    }
    Ok(old.covers.iter().filter(|(service, key)| leaves((service, key))).cloned().collect())
}

/// The incident of its own, with what it takes along.
fn new(
    old: &mut Incident,
    leaving: &BTreeSet<Fingerprint>,
    mut pairs: Vec<(ServiceName, String)>,
    now: Time,
) -> Incident {
    let version = old.version.to_string();
    let parts = ["split", old.id.as_str(), &version].into_iter().chain(leaving.iter().map(Fingerprint::as_str));
    let id = IncidentId::derive(&parts.collect::<Vec<_>>());
    let own = old.service.clone();
    let is_leaving = |fingerprint: &Fingerprint| leaving.contains(fingerprint);
    let (goes, stays): (Vec<_>, Vec<_>) =
        std::mem::take(&mut old.alerts).into_iter().partition(|alert| is_leaving(&alert.fingerprint));
    let (acts, others): (Vec<_>, Vec<_>) =
        std::mem::take(&mut old.actions).into_iter().partition(|action| is_leaving(&action.alert));
    (old.alerts, old.actions) = (stays, others);
    old.covers.retain(|pair| !pairs.contains(pair));
    let worst = goes.iter().min_by_key(|alert| (alert.severity, alert.fired_at));
    let severity = worst.map_or(Severity::Sev4, |alert| alert.severity);
    let about = worst.map_or_else(|| own.clone(), |alert| alert.service.clone().unwrap_or_else(|| own.clone()));
    let title = worst.map_or_else(String::new, |alert| format!("{} on {about}", alert.name));
    let (service, key) =
        if pairs.is_empty() { (about, format!("{}{id}", Incident::SPLIT_KEY)) } else { pairs.remove(0) };
    let opened_at = goes.iter().map(|alert| alert.fired_at).min().unwrap_or(now);
    let relist = |alert: AlertSummary| {
        let its = alert.service.clone().unwrap_or_else(|| own.clone());
        AlertSummary { service: Some(its).filter(|its| *its != service), ..alert }
    };
    Incident {
        id,
        version: 0,
        key,
        category: old.category,
        severity,
        state: State::Triggered,
        title,
        opened_at,
        acknowledged_at: None,
        resolved_at: None,
        alerts: goes.into_iter().map(relist).collect(),
        service,
        actions: acts,
        timeline: Vec::new(),
        timeline_dropped: 0,
        taken: None,
        next_wake: None,
        escalation: None,
        muted: None,
        related: Vec::new(),
        covers: pairs,
        merged_into: None,
        correlate_at: None,
        unlisted: BTreeSet::new(),
        releases: 0,
    }
}

fn say(stays: &mut Draft, leaves: &mut Draft, by: &str, now: Time) {
    let (old, new) = (&stays.incident, &leaves.incident);
    let names: Vec<&str> = new.alerts.iter().map(|alert| alert.name.as_str()).collect();
    let names = names.join(", ");
    let gone = format!("Split off by {by} into {}: {names}", new.id);
    let reason = format!("split off from {} ({}) by {by}: {names}", old.id, old.title);
    let (opened, severity, id) = (reason.clone(), new.severity, new.id.clone());
    leaves.incident.note(now, What::Opened { severity, reason: opened });
    stays.incident.note(now, What::Related { incident: id, summary: gone.clone() });
    stays.tell(EventKind::IncidentUpdated, None, gone);
    leaves.tell_by_alert(EventKind::IncidentOpened, reason);
}

/// `one` keeps in mind that it is not one with `other`.
fn apart(one: &mut Incident, other: &Incident, by: &str, now: Time) {
    one.relate(Related {
        incident: other.id.clone(),
        service: other.service.clone(),
        why: "they were one incident and were split".to_owned(),
        since: now,
        standing: Standing::Dismissed { at: now, by: by.to_owned() },
    });
}
