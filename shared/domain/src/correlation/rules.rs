use super::near::apart;
use super::{Correlation, Neighbour};
use crate::escalation::{Escalation, State as Stands};
use crate::id::ServiceName;
use crate::incident::{Incident, MergeRefused, Related, Standing, State};
use crate::service::Service;
use crate::units::Time;

/// Why a candidate is not confirmed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unconfirmed {
    /// The other is over.
    Over(State),
    /// One of them has no alert that fires.
    Quiet,
    /// Neither service calls the other: there is one between them.
    Far,
    /// Somebody has said that they are not one.
    Dismissed,
}

/// What `later` keeps in mind of `earlier`, the open incident of a service near its own; `None`: they began too far apart,
/// or `earlier` is not the earlier of the two, and keeps this one in mind itself.
pub fn candidate(
    rules: &Correlation,
    near: &Neighbour<'_>,
    (later, earlier): (&Incident, &Incident),
    now: Time,
) -> Option<Related> {
    let is_one = earlier.state.is_open()
        && earlier.id != later.id
        && earlier.found() < later.found()
        && apart(earlier.began_at(), later.began_at()) <= rules.within;
    is_one.then(|| Related {
        incident: earlier.id.clone(),
        service: near.service().clone(),
        why: near.why(earlier.began_at(), later.began_at()),
        since: now,
        standing: Standing::Candidate,
    })
}

/// Whether a candidate is one with the incident that keeps it in mind, as both stand now.
///
/// # Errors
/// Why not.
pub fn confirm(services: &[Service], (later, earlier): (&Incident, &Incident)) -> Result<(), Unconfirmed> {
    if !earlier.state.is_open() {
        return Err(Unconfirmed::Over(earlier.state));
    }
    if later.is_apart_from(earlier) || earlier.is_apart_from(later) {
        return Err(Unconfirmed::Dismissed);
    }
    if !later.has_firing_alerts() || !earlier.has_firing_alerts() {
        return Err(Unconfirmed::Quiet);
    }
    let calls = |caller: &ServiceName, callee: &ServiceName| {
        services.iter().any(|service| &service.name == caller && service.depends_on.contains(callee))
    };
    let theirs = earlier.services();
    let touch = |own: &&ServiceName| theirs.iter().any(|other| calls(own, other) || calls(other, own));
    if later.services().iter().any(touch) { Ok(()) } else { Err(Unconfirmed::Far) }
}

/// Whether `from` can go on in `into`.
///
/// # Errors
/// Why not; it holds for people, too.
pub fn may_merge(from: &Incident, into: &Incident) -> Result<(), MergeRefused> {
    if from.id == into.id {
        return Err(MergeRefused::Itself(from.id.clone()));
    }
    for one in [from, into] {
        if !one.state.is_open() {
            return Err(MergeRefused::Over { incident: one.id.clone(), state: one.state });
        }
    }
    if let Some(drill) = [from, into].into_iter().find(|one| one.is_drill()) {
        return Err(MergeRefused::Drill(drill.id.clone()));
    }
    if from.category != into.category {
        let categories = [from.category, into.category];
        return Err(MergeRefused::Categories { from: from.id.clone(), into: into.id.clone(), categories });
    }
    if let Some(action) = from.actions.iter().find(|action| action.state.is_under_way()) {
        return Err(MergeRefused::UnderWay { incident: from.id.clone(), action: action.summary() });
    }
    let is_new = |fingerprint| into.alerts.iter().all(|alert| &alert.fingerprint != fingerprint);
    let alerts = into.alerts.len() + from.alerts.iter().filter(|alert| is_new(&alert.fingerprint)).count();
    let is_known = |related: &&Related| related.standing != Standing::Candidate;
    let counts = [
        ("alerts", alerts, Incident::ALERTS_MAX),
        ("services beside its own", into.covers.len() + from.pairs().count(), Incident::COVERS_MAX),
        (
            "related incidents",
            into.related.iter().filter(is_known).count() + 1 + from.merged().count(),
            Incident::RELATED_MAX,
        ),
    ];
    match counts.into_iter().find(|(_, found, most)| found > most) {
        Some((what, found, most)) => Err(MergeRefused::TooMany { into: into.id.clone(), what, found, most }),
        None => keeps_the_call(from, into),
    }
}

/// Whether whoever is called for `from` is so for `into`, or can be: an incident has one escalation, and one that nobody
/// has answered does not end.
fn keeps_the_call(from: &Incident, into: &Incident) -> Result<(), MergeRefused> {
    let (Some(ends), Some(goes_on)) = (&from.escalation, &into.escalation) else { return Ok(()) };
    let (id, policy) = (&into.id, ends.would_call());
    let instead = match &goes_on.state {
        Stands::Acknowledged { by, .. } if goes_on.asked.is_some() && policy != goes_on.would_call() => {
            format!("for {id}, about which {by} is asked, by policy {}", goes_on.would_call())
        }
        Stands::Snoozed { by, until } => format!("{id} is snoozed by {by} until {until}"),
        Stands::Paging | Stands::Exhausted { .. } if *policy != goes_on.policy => {
            format!("for {id} by policy {}", goes_on.policy)
        }
        _ => return Ok(()),
    };
    if from.will_call() {
        return Err(MergeRefused::Called { from: from.id.clone(), policy: policy.clone(), instead });
    }
    Ok(())
}

/// In a sentence, why somebody could go uncalled if `from` went on in `into` by itself. A person may merge them all the
/// same: then somebody knows of both.
pub fn loses_a_page(from: &Incident, into: &Incident) -> Option<String> {
    if let Some(muted) = &into.muted {
        return Some(format!("{} is muted until it is over, by {}", into.id, muted.by));
    }
    (from.will_call() && !answers(into)).then(|| {
        format!("somebody is still called for it, and neither has anybody {} nor is anybody called for it", into.id)
    })
}

/// Whether somebody has the incident, or a step of its policy is still to be called.
pub fn answers(incident: &Incident) -> bool {
    let is_paging = |paging: &Escalation| paging.state == Stands::Paging;
    incident.taken_by().is_some() || incident.escalation.as_ref().is_some_and(is_paging)
}
