//! A firing alert that comes and goes: its end is not believed before it was calm for a while, and its return is no news.
//!
//! So its incident stays one, whoever has it keeps it, and groups and pagers hear once that it fires and once that it is over.

use domain::alert::{Alert, AlertChange};
use domain::flapping::State;
use domain::incident::What;
use domain::units::Time;

use super::{Decision, Draft, Known};
use crate::decide::alert_changed::{alert_of, verify_actions};
use crate::port::Commit;

/// Until when an end of the alert is not believed; `None`: it is. What a person has ended needs no calm.
pub(super) fn damped_until(known: &Known, now: Time) -> Option<Time> {
    let alert = known.alert.as_ref()?;
    known.last.as_ref().filter(|last| last.state.is_open() && !last.lists_as_over(&alert.fingerprint))?;
    match alert.flapping.as_ref()?.state(now) {
        State::Flaps { until, .. } => Some(until),
        State::Calm => None,
    }
}

/// Notes that the alert flaps, if it does since it fired at this change, or did before it came into this incident.
pub(super) fn begins(draft: &mut Draft, alert: &Alert, change: &AlertChange, now: Time) {
    let Some(flapping) = &alert.flapping else { return };
    let State::Flaps { since, .. } = flapping.state(change.at) else { return };
    let is_its = |what: &What| matches!(what, What::AlertFlaps { alert: known, .. } if *known == alert.fingerprint);
    if since == change.at || !draft.incident.timeline.iter().any(|entry| is_its(&entry.what)) {
        let reason = format!("it has fired {} times; no end of it is believed until it is calm", flapping.firings);
        draft.incident.note(now, What::AlertFlaps { alert: alert.fingerprint.clone(), reason });
    }
}

/// It is over for now. Nobody is told; nobody is called on while that is so of all alerts of its incident.
pub(super) fn rests(known: Known, change: &AlertChange, until: Time, now: Time) -> Decision {
    let Known { alert: Some(alert), last: Some(last), .. } = known else {
        return Decision::Nothing { reason: "the alert is not firing" };
    };
    if alert.quiet_since.is_some() {
        return Decision::Nothing { reason: "the alert flaps, and is known to be over for now" };
    }
    let mut draft = Draft::new(last, now);
    verify_actions(&mut draft, change, now);
    if let Some(listed) = draft.incident.alert_mut(&change.fingerprint) {
        listed.quiet_since = Some(change.at);
    }
    let alert = Alert {
        changed_at: change.at,
        reason: change.reason.clone(),
        no_data_since: None,
        quiet_since: Some(change.at),
        ends_at: Some(until),
        ..alert
    };
    Decision::Commit(Box::new(Commit { alerts: vec![alert], ..draft.commit() }))
}

/// It is back, as bad as before: it fires on.
pub(super) fn returns(known: Known, change: &AlertChange, now: Time) -> Decision {
    let Known { alert, last, .. } = known;
    let alerts = vec![alert_of(alert, change, None)];
    let Some(last) = last.filter(|last| last.state.is_open()) else {
        return Decision::Commit(Box::new(Commit { alerts, now, ..Commit::default() }));
    };
    let mut draft = Draft::new(last, now);
    if let Some(listed) = draft.incident.alert_mut(&change.fingerprint) {
        listed.returned();
    }
    Decision::Commit(Box::new(Commit { alerts, ..draft.commit() }))
}

#[cfg(test)]
mod tests {
    use domain::alert::Status::{self, Firing, Pending, Resolved};
    use domain::drill;
    use domain::event::EventKind::{self, IncidentOpened, IncidentReopened, IncidentResolved, IncidentUpdated};
    use domain::incident::Severity::{self, Sev1, Sev2};
    use domain::incident::{Incident, State as Stands};
    use domain::label::Labels;
    use domain::units::Span;

    use super::super::tests::{Stored, change};
    use super::super::{Decision, alert_changed, resolve};
    use super::*;

    /// It fires in the minutes 0, 2 and 4, for a minute each: then it flaps.
    fn flapping() -> Stored {
        let mut stored = Stored::default();
        for minute in 0..6 {
            stored.take(&change("a", if minute % 2 == 0 { Firing } else { Resolved }, Sev2, minute));
        }
        stored
    }

    /// What is told of a change after it flaps; then whether the alert fires by its detector's word, and how often it did.
    #[track_caller]
    fn check(next: &[(Status, Severity, u32)], told: &[EventKind], is: (Status, bool, u32)) -> Stored {
        let mut stored = flapping();
        let mut kinds = Vec::new();
        for (status, severity, minute) in next {
            let commit = stored.take(&change("a", *status, *severity, *minute));
            kinds.extend(commit.iter().flat_map(|commit| &commit.events).map(|event| event.kind));
        }
        assert_eq!(kinds, told, "{next:?}");
        let alert = stored.0.alert.clone().unwrap();
        assert_eq!((alert.status, alert.quiet_since.is_some(), alert.flapping.unwrap().firings), is, "{next:?}");
        stored
    }

    fn its(stored: &Stored) -> &Incident {
        stored.0.last.as_ref().unwrap()
    }

    #[test]
    fn an_end_is_not_believed_before_it_is_calm() {
        let stored = check(&[], &[], (Firing, true, 3));
        assert_eq!((its(&stored).state, its(&stored).is_quiet()), (Stands::Triggered, true));
        check(&[(Resolved, Sev2, 6)], &[], (Firing, true, 3));
        check(&[(Pending, Sev2, 6)], &[], (Firing, true, 3));
        let back = check(&[(Firing, Sev2, 6)], &[], (Firing, false, 4));
        assert_eq!((its(&back).is_quiet(), its(&back).alerts[0].returns), (false, 1));
        check(&[(Firing, Sev2, 6), (Resolved, Sev2, 8)], &[], (Firing, true, 4));
        check(&[(Firing, Sev1, 6)], &[IncidentUpdated], (Firing, false, 4));
        check(&[(Firing, Sev2, 6), (Firing, Sev2, 7)], &[], (Firing, false, 4));
        // Penalties of three firings, two minutes apart, fall to 750 in 27 minutes.
        check(&[(Resolved, Sev2, 60)], &[IncidentResolved], (Resolved, false, 3));
    }

    #[test]
    fn it_is_over_once_it_was_calm_and_since_it_was_over() {
        let mut stored = flapping();
        let alert = stored.0.alert.clone().unwrap();
        let calm_at = alert.next_wake().unwrap();
        assert_eq!(alert.lapsed(calm_at - Span::from_seconds(1)), None);
        let over = alert.lapsed(calm_at).unwrap();
        assert_eq!((over.at, &*over.reason), (change("a", Resolved, Sev2, 5).at, "a Resolved"));
        let Decision::Commit(commit) = alert_changed(stored.0.clone(), &over, calm_at) else { panic!("it is over") };
        stored.store(&commit);
        assert_eq!((commit.events.len(), commit.events[0].kind), (1, IncidentResolved));
        let incident = its(&stored);
        assert_eq!((incident.resolved_at, incident.alerts[0].resolved_at), (Some(calm_at), Some(over.at)));
        assert_eq!((stored.0.alert.as_ref().unwrap().next_wake(), incident.is_quiet()), (None, false));
        // The incident was open up to then: from then on its cooldown counts.
        let soon = AlertChange { at: calm_at + Span::from_minutes(9), ..change("a", Firing, Sev2, 0) };
        assert_eq!(stored.take(&soon).unwrap().events[0].kind, IncidentReopened);
    }

    #[test]
    fn what_is_older_than_the_end_that_was_not_believed_changes_nothing() {
        let mut stored = flapping();
        let late =
            AlertChange { at: change("a", Firing, Sev2, 5).at - Span::from_seconds(1), ..change("a", Firing, Sev2, 0) };
        assert_eq!(stored.take(&late), None);
    }

    #[test]
    fn what_a_person_has_ended_and_a_drill_need_no_calm() {
        let mut stored = flapping();
        stored.take(&change("a", Firing, Sev2, 6));
        let ended = resolve(its(&stored).clone(), "ann", "", change("a", Firing, Sev2, 7).at).unwrap();
        stored.store(&ended);
        let commit = stored.take(&change("a", Resolved, Sev2, 8)).unwrap();
        assert_eq!((commit.events.len(), commit.alerts[0].status), (0, Resolved));

        let labels = Labels::from([(drill::LABEL.to_owned(), "true".to_owned())]);
        let mut stored = Stored::default();
        for minute in 0..6 {
            let status = if minute % 2 == 0 { Firing } else { Resolved };
            stored.take(&AlertChange { labels: labels.clone(), ..change("a", status, Sev2, minute) });
        }
        assert_eq!(stored.0.alert.unwrap().status, Resolved);
    }

    /// It flaps, and ann ends its incident in minute 7; it is over in minute 8, and fires again in this one.
    fn ended_and_back(minute: u32) -> Stored {
        let mut stored = flapping();
        stored.take(&change("a", Firing, Sev2, 6));
        let ended = resolve(its(&stored).clone(), "ann", "", change("a", Firing, Sev2, 7).at).unwrap();
        stored.store(&ended);
        stored.take(&change("a", Resolved, Sev2, 8));
        stored.take(&change("a", Firing, Sev2, minute));
        stored
    }

    #[test]
    fn an_incident_that_is_reopened_knows_how_often_it_came_back_before() {
        let stored = ended_and_back(10);
        assert_eq!((its(&stored).state, its(&stored).alerts[0].returns), (Stands::Triggered, 1));
        assert_eq!(ended_and_back(20).0.last.unwrap().alerts[0].returns, 0, "another incident");
    }

    #[test]
    fn another_incident_says_as_well_that_it_flaps() {
        let flaps = |stored: &Stored| {
            its(stored).timeline.iter().filter(|entry| matches!(entry.what, What::AlertFlaps { .. })).count()
        };
        let other = ended_and_back(20);
        assert_ne!(its(&other).id, its(&flapping()).id);
        assert_eq!((flaps(&flapping()), flaps(&ended_and_back(10)), flaps(&other)), (1, 1, 1));
    }

    #[test]
    fn its_cooldown_counts_from_when_its_end_was_believed() {
        let mut stored = flapping();
        let calm_at = stored.0.alert.as_ref().unwrap().next_wake().unwrap();
        let over = stored.0.alert.as_ref().unwrap().lapsed(calm_at).unwrap();
        let Decision::Commit(commit) = alert_changed(stored.0.clone(), &over, calm_at) else { panic!("it is over") };
        stored.store(&commit);
        // Others kept its incident open.
        stored.0.last.as_mut().unwrap().resolved_at = Some(calm_at + Span::from_minutes(30));
        let later = AlertChange { at: calm_at + Span::from_minutes(35), ..change("a", Firing, Sev2, 0) };
        assert_eq!(stored.take(&later).unwrap().events[0].kind, IncidentOpened);
    }

    #[test]
    fn the_timeline_says_once_that_it_flaps_and_grows_no_more() {
        let mut stored = flapping();
        let before = its(&stored).timeline.len();
        assert_eq!(
            its(&stored).timeline.last().unwrap().what.to_string(),
            "Alert flaps: it has fired 3 times; no end of it is believed until it is calm"
        );
        for minute in 6..40 {
            stored.take(&change("a", if minute % 2 == 0 { Firing } else { Resolved }, Sev2, minute));
        }
        assert_eq!((its(&stored).timeline.len(), its(&stored).alerts[0].returns), (before, 17));
    }
}
