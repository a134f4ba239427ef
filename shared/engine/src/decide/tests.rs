use std::collections::BTreeMap;

use domain::alert::{AlertChange, Status};
use domain::event::EventKind;
use domain::id::{Fingerprint, IncidentId};
use domain::incident::{Incident, Severity, State};
use domain::label::Labels;
use domain::monitor::Category;
use domain::response::{Action, ActionState};
use domain::units::{Span, Time};

use super::{AFTER_RESOLVE_CLOSE, Decision, Known, LOOK_AGAIN_AFTER, alert_changed, close, resolve};
use crate::port::{Commit, OpenPointer};

const BEGIN: Time = Time::from_epoch(1_769_868_000);

fn minute(minutes: u32) -> Time {
    BEGIN + Span::from_minutes(minutes)
}

pub(crate) fn change(name: &str, status: Status, severity: Severity, at: u32) -> AlertChange {
    AlertChange {
        fingerprint: Fingerprint::derive(&[name]),
        name: name.to_owned(),
        service: "shop".parse().unwrap(),
        category: Category::Technical,
        status,
        severity,
        at: minute(at),
        reason: format!("{name} {status:?}"),
        reading: None,
        cooldown: Span::from_minutes(10),
        ends_at: None,
        labels: Labels::default(),
    }
}

/// What is stored of one alert and its service, as commits leave it.
#[derive(Default)]
pub(super) struct Stored(pub(super) Known);

impl Stored {
    /// Decides at the minute of the change, and stores; the kinds of event that are told.
    pub(super) fn take(&mut self, change: &AlertChange) -> Option<Commit> {
        match alert_changed(self.0.clone(), change, change.at) {
            Decision::Nothing { .. } => None,
            Decision::Commit(commit) => {
                self.store(&commit);
                Some(*commit)
            }
        }
    }

    pub(super) fn store(&mut self, commit: &Commit) {
        if let Some(alert) = commit.alerts.first() {
            self.0.alert = Some(alert.clone());
        }
        let Some(incident) = &commit.incident else { return };
        self.0.last = Some(incident.clone());
        match commit.pointer {
            OpenPointer::Open => self.0.open = Some(incident.clone()),
            OpenPointer::Close => self.0.open = None,
            OpenPointer::Unchanged if self.0.open.is_some() => self.0.open = Some(incident.clone()),
            OpenPointer::Unchanged => {}
        }
    }
}

fn kinds(commit: Option<Commit>) -> Vec<EventKind> {
    commit.map_or_else(Vec::new, |commit| commit.events.iter().map(|event| event.kind).collect())
}

use EventKind::{IncidentOpened, IncidentReopened, IncidentResolved, IncidentUpdated};
use Severity::{Sev1, Sev2, Sev3};
use Status::{Firing, Resolved};

/// What is told of a stream of one alert's changes: status, severity, minute.
fn check(changes: &[(Status, Severity, u32)], expected: &[&[EventKind]]) -> Stored {
    let mut stored = Stored::default();
    let told: Vec<_> = changes
        .iter()
        .map(|(status, severity, at)| kinds(stored.take(&change("a", *status, *severity, *at))))
        .collect();
    assert_eq!(told, expected, "{changes:?}");
    stored
}

#[test]
fn an_alert_opens_worsens_and_resolves_its_incident() {
    let stored = check(
        &[(Firing, Sev3, 0), (Firing, Sev3, 1), (Firing, Sev2, 2), (Firing, Sev3, 3), (Resolved, Sev3, 4)],
        &[&[IncidentOpened], &[], &[IncidentUpdated], &[], &[IncidentResolved]],
    );
    let incident = stored.0.last.unwrap();
    assert_eq!((incident.severity, incident.state), (Sev2, State::Resolved), "as bad as it has been at its worst");
}

#[test]
fn the_cooldown_tells_again_from_anew_to_the_second() {
    let within = [(Firing, Sev2, 0), (Resolved, Sev2, 5), (Firing, Sev2, 15)];
    check(&within, &[&[IncidentOpened], &[IncidentResolved], &[IncidentReopened]]);
    let beyond = [(Firing, Sev2, 0), (Resolved, Sev2, 5), (Firing, Sev2, 16)];
    check(&beyond, &[&[IncidentOpened], &[IncidentResolved], &[IncidentOpened]]);
}

#[test]
fn what_is_older_than_what_is_known_changes_nothing() {
    check(&[(Firing, Sev2, 5), (Resolved, Sev2, 4)], &[&[IncidentOpened], &[]]);
    check(&[(Firing, Sev2, 5), (Resolved, Sev2, 9), (Firing, Sev2, 7)], &[&[IncidentOpened], &[IncidentResolved], &[]]);
    check(&[(Resolved, Sev2, 9), (Firing, Sev2, 7)], &[&[], &[]]);
}

#[test]
fn an_incident_that_a_person_ended_learns_of_the_recovery_and_of_what_is_worse() {
    let mut stored = check(&[(Firing, Sev3, 0)], &[&[IncidentOpened]]);
    let ended = resolve(stored.0.last.clone().unwrap(), "ana", "", minute(1)).unwrap();
    stored.store(&ended);
    let commit = stored.take(&change("a", Resolved, Sev3, 2)).unwrap();
    assert!(!commit.incident.as_ref().unwrap().has_firing_alerts());
    assert_eq!((commit.pointer, commit.events.len()), (OpenPointer::Unchanged, 0));

    let mut stored = check(&[(Firing, Sev3, 0)], &[&[IncidentOpened]]);
    let ended = resolve(stored.0.last.clone().unwrap(), "ana", "", minute(1)).unwrap();
    stored.store(&ended);
    assert_eq!(kinds(stored.take(&change("a", Firing, Sev1, 2))), [IncidentReopened]);
}

#[test]
fn alerts_beyond_the_list_still_keep_their_incident_apart() {
    let mut stored = Stored::default();
    for index in 0..=Incident::ALERTS_MAX {
        stored.0.alert = None;
        stored.take(&change(&index.to_string(), Firing, Sev2, 0)).unwrap();
    }
    let incident = stored.0.last.unwrap();
    assert_eq!(incident.alerts.len(), Incident::ALERTS_MAX);
    assert_eq!(incident.timeline.len(), Incident::ALERTS_MAX + 2, "the timeline names every one");
}

#[test]
fn an_alert_beyond_the_list_keeps_its_incident_open_until_it_resolves() {
    let (mut stored, mut alerts) = (Stored::default(), BTreeMap::new());
    let mut take = |stored: &mut Stored, index: usize, status| {
        let change = change(&index.to_string(), status, Sev2, u32::from(status == Resolved));
        stored.0.alert = alerts.get(&index).cloned();
        let told = kinds(stored.take(&change));
        alerts.extend(stored.0.alert.clone().map(|alert| (index, alert)));
        told
    };
    for index in 0..=Incident::ALERTS_MAX {
        take(&mut stored, index, Firing);
    }
    assert_eq!(take(&mut stored, Incident::ALERTS_MAX, Firing), [], "told twice, it is one");
    for index in 0..Incident::ALERTS_MAX {
        assert_eq!(take(&mut stored, index, Resolved), [], "{index}: one fires that is not listed");
    }
    assert_eq!(take(&mut stored, Incident::ALERTS_MAX, Resolved), [IncidentResolved]);
    assert!(stored.0.last.unwrap().unlisted.is_empty());
}

/// An open incident with one action in each of these states.
fn with_actions(states: &[ActionState]) -> Incident {
    let mut incident = check(&[(Firing, Sev2, 0)], &[&[IncidentOpened]]).0.last.unwrap();
    for (index, state) in states.iter().enumerate() {
        let text = format!(
            r#"{{"id": "act-{index}", "runbook": "r", "target": {{"kind": "lambda-alias", "function": "f", "alias": "live"}},
                "step": {{"action": "roll-back-lambda-alias", "mode": "auto", "moved_within": "1h", "verify_within": "10m",
                "limit": {{"count": 1, "per": "1h"}}}}, "alert": "alert-x", "reason": "", "planned_at": "{BEGIN}",
                "to_version": "1", "from_version": "2", "state": {{"is": "suggested"}}}}"#
        );
        let action: Action = serde_json::from_str(&text).unwrap();
        incident.actions.push(Action { state: state.clone(), ..action });
    }
    incident
}

fn wake(states: &[ActionState], state: State) -> Option<Time> {
    let mut incident = with_actions(states);
    if state == State::Resolved {
        incident = resolve(incident, "ana", "", minute(3)).unwrap().incident.unwrap();
    } else if state == State::Closed {
        let resolved = resolve(incident, "ana", "", minute(3)).unwrap().incident.unwrap();
        incident = close(resolved, "tocsin", minute(4)).unwrap().incident.unwrap();
    } else {
        incident = super::Draft::new(incident, minute(3)).commit().incident.unwrap();
    }
    incident.next_wake
}

#[test]
fn no_decision_forgets_what_another_one_waits_for() {
    let by = || "auto".to_owned();
    let approved = ActionState::Approved { by: by() };
    let acting = ActionState::Acting { revision: by(), since: BEGIN };
    let acted = ActionState::Acted { at: BEGIN, verify_by: minute(9) };
    let undone = ActionState::Undone { at: BEGIN };
    let open = State::Triggered;
    assert_eq!(wake(&[], open), None);
    assert_eq!(wake(std::slice::from_ref(&undone), open), None);
    assert_eq!(wake(&[acted.clone(), undone], open), Some(minute(9)));
    assert_eq!(wake(&[acted.clone(), approved], open), Some(minute(3) + LOOK_AGAIN_AFTER));
    assert_eq!(wake(&[acted], State::Resolved), Some(minute(3) + AFTER_RESOLVE_CLOSE));
    assert_eq!(wake(std::slice::from_ref(&acting), State::Resolved), Some(minute(3) + LOOK_AGAIN_AFTER));
    assert_eq!(wake(&[acting], State::Closed), None);
}

#[test]
fn what_else_happens_does_not_put_off_a_look_at_an_action() {
    let acting = ActionState::Acting { revision: "r".to_owned(), since: BEGIN };
    let draft = |incident, at| super::Draft::new(incident, minute(at)).commit().incident.unwrap();
    let begun = draft(with_actions(&[acting]), 3);
    assert_eq!(begun.next_wake, Some(minute(5)));
    let joined = draft(begun, 4);
    assert_eq!(joined.next_wake, Some(minute(5)));
    assert_eq!(draft(joined, 5).next_wake, Some(minute(7)));
}

#[test]
fn labels_of_listed_alerts_have_a_limit_together() {
    let mut stored = Stored::default();
    for (minute, name) in (0..).zip(["a", "b", "c", "d", "a"]) {
        stored.0.alert = None;
        let labels = [("long".to_owned(), "x".repeat(Incident::LABELS_BYTES_MAX / 2 - 4))].into();
        stored.take(&AlertChange { labels, ..change(name, Firing, Sev3, minute) });
    }
    let labelled: Vec<_> = stored.0.last.unwrap().alerts.iter().map(|alert| alert.labels.len()).collect();
    assert_eq!(labelled, [1, 1, 0, 0]);
}

#[test]
fn ids_come_from_what_they_name() {
    let id = |changes: &[(Status, Severity, u32)], expected: &[&[EventKind]]| -> IncidentId {
        check(changes, expected).0.last.unwrap().id
    };
    let once = id(&[(Firing, Sev2, 0)], &[&[IncidentOpened]]);
    assert_eq!(once, id(&[(Firing, Sev2, 0), (Firing, Sev2, 0)], &[&[IncidentOpened], &[]]));
    assert_ne!(once, id(&[(Firing, Sev2, 1)], &[&[IncidentOpened]]));
}
