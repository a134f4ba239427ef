use std::collections::BTreeSet;

use domain::alert::{Alert, AlertChange, AlertSummary, Status};
use domain::drill;
use domain::event::EventKind;
use domain::flapping::Flapping;
use domain::id::{IncidentId, ServiceName};
use domain::incident::{Incident, LifecycleEvent, State, What};
use domain::response::ActionState;
use domain::units::Time;

use super::{Decision, Draft, incident_changed, restless, without_data};
use crate::port::{Commit, OpenPointer};

/// The label whose value tells incidents of one service apart; without it a service has one open incident.
pub const CORRELATION_LABEL: &str = "correlation";

/// What the correlation key of an objective's ticket or spent budget begins with: it lasts for days, and keeps no incident
/// open that wakes people.
pub const SLO_KEY: &str = "slo/";

/// The correlation key of an alert.
pub fn correlation_key(change: &AlertChange) -> &str {
    change.labels.get(CORRELATION_LABEL).map_or("", String::as_str)
}

/// What is stored when an alert changes.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Known {
    /// The alert, if it ever fired.
    pub alert: Option<Alert>,
    /// The incident that the alert last belonged to.
    pub last: Option<Incident>,
    /// The open incident of its service and key.
    pub open: Option<Incident>,
    /// The incident of its service and key that began when the alert does, if there is one: a new one would have its id.
    pub same: Option<Incident>,
    /// Services and keys of `last` and `same` that belong to another open incident by now.
    pub taken: Vec<(ServiceName, String)>,
}

impl Known {
    /// Whether nobody else has taken its place.
    fn is_free(&self, incident: &Incident) -> bool {
        self.taken.iter().all(|(service, key)| (service, key) != (&incident.service, &incident.key))
    }
}

/// Decides what a changed alert means: it opens an incident, joins the open one, reopens the last one within the
/// cooldown, resolves, or changes nothing because it is known already or older than what is known.
pub fn alert_changed(known: Known, change: &AlertChange, now: Time) -> Decision {
    let was_firing = known.alert.as_ref().is_some_and(|alert| alert.status == Status::Firing);
    if known.alert.as_ref().is_some_and(|alert| change.at < alert.changed_at) {
        return Decision::Nothing { reason: "it is older than what is known of the alert" };
    }
    match (change.status, was_firing) {
        (Status::Firing, false) => fires(known, change, now),
        (Status::Firing, true) => keeps_firing(known, change, now),
        (Status::Resolved, true) => match restless::damped_until(&known, now) {
            Some(until) => restless::rests(known, change, until, now),
            None => resolves(known, change, now),
        },
        (Status::Pending, true) => without_data::begins(known, change, now),
        (Status::Resolved | Status::Pending, false) => is_fine(known, change, now),
    }
}

/// What is fine already, or as far as is known, is remembered as that since then, so that an older breach that comes
/// late opens nothing.
fn is_fine(known: Known, change: &AlertChange, now: Time) -> Decision {
    if known.alert.as_ref().is_some_and(|alert| change.at == alert.changed_at && change.status == alert.status) {
        return Decision::Nothing { reason: "the alert is not firing" };
    }
    Decision::Commit(Box::new(Commit { alerts: vec![alert_of(known.alert, change, None)], now, ..Commit::default() }))
}

fn fires(known: Known, change: &AlertChange, now: Time) -> Decision {
    let within_cooldown = |alert: &Alert| change.at.since(ended_at(alert, known.last.as_ref())) <= alert.cooldown;
    let may_reopen = known.alert.as_ref().is_some_and(within_cooldown);
    let reopens = |one: &Incident| one.state == State::Resolved && known.is_free(one);
    let last = known.last.clone().filter(|last| may_reopen && reopens(last));
    let open = known.open.clone().filter(|open| !belongs_to_another(&known, (open, last.is_some()), change));
    let own = known.last.clone().filter(|last| open.is_none() && last.state.is_open() && known.open.is_some());
    let (mut draft, pointer) = match (open.or(own), last) {
        (Some(open), _) => (join(open, change, now), OpenPointer::Unchanged),
        (None, Some(last)) => {
            let reason = format!("fired again within its cooldown of {}", change.cooldown);
            (reopen(last, &known, change, reason, now), OpenPointer::Open)
        }
        (None, None) => match known.same.clone() {
            Some(same) if reopens(&same) => {
                let reason = format!("{} fires since the same time", change.name);
                (reopen(same, &known, change, reason, now), OpenPointer::Open)
            }
            same => (open_new(change, same.is_some(), now), OpenPointer::Open),
        },
    };
    list_alert(&mut draft.incident, change);
    let alert = alert_of(known.alert, change, Some(&draft.incident));
    restless::begins(&mut draft, &alert, change, now);
    Decision::Commit(Box::new(Commit { alerts: vec![alert], pointer, ..draft.commit() }))
}

/// Whether the alert was split off from the open incident of its service and key, and comes back to its own. Where its service
/// and key were split off, it follows them.
fn belongs_to_another(known: &Known, (open, may_reopen): (&Incident, bool), change: &AlertChange) -> bool {
    let is_apart = |last: &Incident| last.is_apart_from(open) && (last.state.is_open() || may_reopen);
    known.last.as_ref().is_some_and(|last| is_apart(last) && is_of(last, change))
}

/// Whether alerts of that service and key belong to the incident, or single ones that were split off.
fn is_of(incident: &Incident, change: &AlertChange) -> bool {
    let pair = (&change.service, correlation_key(change));
    incident.key.starts_with(Incident::SPLIT_KEY) || incident.pairs().any(|one| one == pair)
}

/// When it was last over: an alert that has lost its data since was over before that.
fn ended_at(alert: &Alert, last: Option<&Incident>) -> Time {
    if let Some(flapping) = alert.flapping.as_ref().filter(|flapping| flapping.has_flapped())
        && let Some(incident_over_at) = last.and_then(|last| last.resolved_at)
    {
        return incident_over_at.min(flapping.calm_at()).max(alert.changed_at);
    }
    let listed = last.filter(|_| alert.status == Status::Pending).map(|last| last.alerts.iter());
    let listed = listed.and_then(|mut alerts| alerts.find(|listed| listed.fingerprint == alert.fingerprint));
    listed.and_then(|listed| listed.resolved_at).unwrap_or(alert.changed_at)
}

/// A new incident; `again` if there was one of the same time that is closed for good.
fn open_new(change: &AlertChange, again: bool, now: Time) -> Draft {
    let key = correlation_key(change);
    let id = Incident::id_of(&change.service, key, change.at);
    let another = || IncidentId::derive(&["incident", id.as_str(), change.fingerprint.as_str(), &now.to_string()]);
    let mut incident = Incident {
        id: if again { another() } else { id },
        version: 0,
        service: change.service.clone(),
        key: key.to_owned(),
        category: change.category,
        severity: change.severity,
        state: State::Triggered,
        title: title(change),
        opened_at: change.at,
        acknowledged_at: None,
        resolved_at: None,
        alerts: Vec::new(),
        actions: Vec::new(),
        timeline: Vec::new(),
        timeline_dropped: 0,
        taken: None,
        next_wake: None,
        escalation: None,
        muted: None,
        related: Vec::new(),
        covers: Vec::new(),
        merged_into: None,
        correlate_at: None,
        unlisted: BTreeSet::new(),
        releases: 0,
    };
    incident.note(now, What::Opened { severity: change.severity, reason: change.reason.clone() });
    let mut draft = Draft::new(incident, now);
    note_fired(&mut draft.incident, change, now);
    draft.tell_by_alert(EventKind::IncidentOpened, &change.reason);
    draft
}

fn title(change: &AlertChange) -> String {
    if drill::marks(&change.labels) {
        format!("Drill of {}: nothing is wrong", change.service)
    } else {
        format!("{} on {}", change.name, change.service)
    }
}

fn join(open: Incident, change: &AlertChange, now: Time) -> Draft {
    let mut draft = Draft::new(open, now);
    note_fired(&mut draft.incident, change, now);
    worsen(&mut draft.incident, change, now);
    draft.tell_by_alert(EventKind::IncidentUpdated, &change.reason);
    draft
}

fn reopen(last: Incident, known: &Known, change: &AlertChange, reason: String, now: Time) -> Draft {
    let mut draft = Draft::new(last, now);
    let incident = &mut draft.incident;
    incident.covers.retain(|pair| !known.taken.contains(pair));
    if !is_of(incident, change) && incident.covers.len() < Incident::COVERS_MAX {
        incident.covers.push((change.service.clone(), correlation_key(change).to_owned()));
    }
    incident.state = State::Triggered;
    incident.resolved_at = None;
    incident.taken = None;
    incident.note(now, What::Reopened { reason });
    note_fired(incident, change, now);
    worsen(incident, change, now);
    draft.tell_by_alert(EventKind::IncidentReopened, &change.reason);
    draft
}

fn note_fired(incident: &mut Incident, change: &AlertChange, now: Time) {
    let alert = change.fingerprint.clone();
    incident.note(now, What::AlertFired { alert, reason: change.reason.clone() });
}

/// An incident is as bad as it has been at its worst. Returns whether it became worse.
fn worsen(incident: &mut Incident, change: &AlertChange, now: Time) -> bool {
    let (from, to) = (incident.severity, change.severity);
    if to >= from {
        return false;
    }
    incident.severity = to;
    incident.note(now, What::SeverityChanged { from, to });
    true
}

fn list_alert(incident: &mut Incident, change: &AlertChange) {
    incident.list(AlertSummary {
        fingerprint: change.fingerprint.clone(),
        name: change.name.clone(),
        severity: change.severity,
        fired_at: change.at,
        resolved_at: None,
        quiet_since: None,
        returns: 0,
        reading: change.reading.clone(),
        labels: change.labels.clone(),
        service: (change.service != incident.service).then(|| change.service.clone()),
    });
}

pub(super) fn alert_of(known: Option<Alert>, change: &AlertChange, incident: Option<&Incident>) -> Alert {
    let fired_before = known.as_ref().filter(|alert| alert.status == Status::Firing).map(|alert| alert.fired_at);
    let began = change.status == Status::Firing && !known.as_ref().is_some_and(Alert::fires_now);
    let restless = known.as_ref().and_then(|alert| alert.flapping.clone());
    let flapping = if began { Some(Flapping::fired(restless, change.at)) } else { restless };
    // A drill is meant to come again and again.
    let flapping = flapping.filter(|_| !drill::marks(&change.labels));
    let over_since = known.as_ref().and_then(|alert| alert.over_since).or(Some(change.at));
    let resolved = known.as_ref().filter(|_| change.status != Status::Firing).map(|alert| alert.fired_at);
    Alert {
        fingerprint: change.fingerprint.clone(),
        version: known.as_ref().map_or(0, |alert| alert.version),
        name: change.name.clone(),
        service: change.service.clone(),
        category: change.category,
        severity: change.severity,
        status: change.status,
        changed_at: change.at,
        fired_at: fired_before.or(resolved).unwrap_or(change.at),
        over_since: over_since.filter(|_| change.status != Status::Firing),
        reason: change.reason.clone(),
        reading: change.reading.clone(),
        cooldown: change.cooldown,
        labels: change.labels.clone(),
        incident: incident
            .map(|incident| incident.id.clone())
            .or(known.as_ref().and_then(|alert| alert.incident.clone())),
        no_data_since: None,
        quiet_since: None,
        ends_at: change.ends_at,
        flapping,
        groups: known.map(|alert| alert.groups).unwrap_or_default(),
    }
}

fn keeps_firing(known: Known, change: &AlertChange, now: Time) -> Decision {
    let known = match known.alert {
        Some(alert) if alert.severity == change.severity && alert.quiet_since.is_some() => {
            return restless::returns(Known { alert: Some(alert), ..known }, change, now);
        }
        Some(alert) if alert.severity == change.severity => {
            return told_again(Known { alert: None, ..known }, alert, change, now);
        }
        _ => known,
    };
    let ended = |last: &Incident| !last.state.is_open();
    let is_worse = |alert: &Alert| change.severity < alert.severity;
    if known.last.as_ref().is_some_and(ended) && known.alert.as_ref().is_some_and(is_worse) {
        // A person ended the incident as it was; what is worse than that is told again.
        return fires(known, change, now);
    }
    let alert = alert_of(known.alert, change, None);
    let Some(last) = known.last.filter(|last| last.state.is_open()) else {
        return Decision::Commit(Box::new(Commit { alerts: vec![alert], now, ..Commit::default() }));
    };
    let mut draft = Draft::new(last, now);
    if let Some(listed) = draft.incident.alert_mut(&change.fingerprint) {
        if change.severity < listed.severity {
            listed.reading.clone_from(&change.reading);
        }
        listed.severity = change.severity;
        listed.returned();
    }
    note_fired(&mut draft.incident, change, now);
    if worsen(&mut draft.incident, change, now) {
        draft.tell_by_alert(EventKind::IncidentUpdated, &change.reason);
    }
    Decision::Commit(Box::new(Commit { alerts: vec![alert], ..draft.commit() }))
}

/// The same once more: what may be new is that there are data again, and until when its sender's word holds.
fn told_again(known: Known, alert: Alert, change: &AlertChange, now: Time) -> Decision {
    if alert.no_data_since.is_some_and(|since| change.at >= since) {
        return without_data::ends(known, alert, change, now);
    }
    if change.ends_at <= alert.ends_at {
        return Decision::Nothing { reason: "the alert is firing at this severity already" };
    }
    let alert = Alert { ends_at: change.ends_at, ..alert };
    Decision::Commit(Box::new(Commit { alerts: vec![alert], now, ..Commit::default() }))
}

fn resolves(known: Known, change: &AlertChange, now: Time) -> Decision {
    let alert = alert_of(known.alert, change, None);
    // An incident that a person ended earlier still learns of it: it may be reopened, and then must know what fires.
    let Some(last) = known.last.filter(|last| last.state != State::Closed) else {
        return Decision::Commit(Box::new(Commit { alerts: vec![alert], now, ..Commit::default() }));
    };
    let mut draft = Draft::new(last, now);
    verify_actions(&mut draft, change, now);
    draft.incident.alert_resolved(&change.fingerprint, change.at);
    let fingerprint = change.fingerprint.clone();
    draft.incident.note(now, What::AlertResolved { alert: fingerprint, reason: change.reason.clone() });
    let mut pointer = OpenPointer::Unchanged;
    if !draft.incident.has_firing_alerts() && draft.incident.state.after(LifecycleEvent::Resolve).is_ok() {
        incident_changed::settle_as_resolved(&mut draft, "tocsin", &change.reason, now);
        draft.events.last_mut().expect("the end is told last").by_alert = true;
        pointer = OpenPointer::Close;
    }
    Decision::Commit(Box::new(Commit { alerts: vec![alert], pointer, ..draft.commit() }))
}

/// The alert's recovery is the check of the actions that were done because of it.
pub(super) fn verify_actions(draft: &mut Draft, change: &AlertChange, now: Time) {
    let mut passed = Vec::new();
    for action in draft.incident.actions.iter_mut().filter(|action| action.alert == change.fingerprint) {
        if matches!(action.state, ActionState::Acted { .. }) {
            action.state = ActionState::Verified { at: now };
            passed.push((action.id.clone(), format!("Check passed: {}; {}", action.summary(), change.reason)));
        }
    }
    for (id, summary) in passed {
        draft.incident.note(now, What::Action { action: id.clone(), summary: summary.clone() });
        draft.tell(EventKind::ActionVerified, Some(id), summary);
    }
}
