//! A firing alert whose detector has no data any more: it stays firing, and says so.
//!
//! Nobody is told anew: nothing is known to be worse, and nothing to be better.

use domain::alert::{Alert, AlertChange};
use domain::incident::What;
use domain::units::Time;

use super::{Decision, Draft, Known};
use crate::port::Commit;

/// Its data end.
pub(super) fn begins(known: Known, change: &AlertChange, now: Time) -> Decision {
    let Known { alert: Some(alert), .. } = &known else {
        return Decision::Nothing { reason: "the alert is not firing" };
    };
    if alert.quiet_since.is_some() {
        return Decision::Nothing { reason: "the alert flaps, and is over for now" };
    }
    if alert.no_data_since.is_some() {
        return Decision::Nothing { reason: "the alert is known to have no data" };
    }
    let alert = Alert { no_data_since: Some(change.at), ..alert.clone() };
    let what = What::AlertPending { alert: change.fingerprint.clone(), reason: change.reason.clone() };
    noted(known, alert, what, now)
}

/// They are there again, and it still fires.
pub(super) fn ends(known: Known, alert: Alert, change: &AlertChange, now: Time) -> Decision {
    let ends_at = change.ends_at.max(alert.ends_at);
    let (reason, reading) = (change.reason.clone(), change.reading.clone());
    let alert = Alert { no_data_since: None, reason, reading, ends_at, ..alert };
    let reason = format!("there are data again, and it still fires: {}", change.reason);
    noted(known, alert, What::AlertFired { alert: change.fingerprint.clone(), reason }, now)
}

/// Commits the alert, and notes on its incident, where that is open, what happened; no event tells of it.
fn noted(known: Known, alert: Alert, what: What, now: Time) -> Decision {
    let rest = match known.last.filter(|last| last.state.is_open()) {
        Some(last) => {
            let mut draft = Draft::new(last, now);
            draft.incident.note(now, what);
            draft.commit()
        }
        None => Commit { now, ..Commit::default() },
    };
    Decision::Commit(Box::new(Commit { alerts: vec![alert], ..rest }))
}

#[cfg(test)]
mod tests {
    use domain::alert::Status::{self, Firing, Pending, Resolved};
    use domain::event::EventKind::{self, IncidentOpened, IncidentReopened, IncidentResolved};
    use domain::incident::Severity::Sev3;
    use domain::units::{Span, Time};

    use super::super::tests::{Stored, change};
    use super::*;

    /// The states in which an alert can be, by what led there.
    fn stored(before: &[Status]) -> Stored {
        let mut stored = Stored::default();
        for (minute, status) in (0..).zip(before) {
            stored.take(&change("a", *status, Sev3, minute));
        }
        stored
    }

    /// What is told of a change after `before`; then the alert's status, and whether it has no data.
    fn check(before: &[Status], next: Status, told: &[EventKind], is: (Status, bool)) {
        let mut stored = stored(before);
        let commit = stored.take(&change("a", next, Sev3, 9));
        let kinds: Vec<_> = commit.iter().flat_map(|commit| &commit.events).map(|event| event.kind).collect();
        assert_eq!(kinds, told, "{before:?} {next:?}");
        let alert = stored.0.alert.unwrap();
        assert_eq!((alert.status, alert.no_data_since.is_some()), is, "{before:?} {next:?}");
    }

    #[test]
    fn three_states_after_each_other() {
        for (before, next, told, is) in [
            (&[][..], Firing, &[IncidentOpened][..], (Firing, false)),
            (&[], Resolved, &[], (Resolved, false)),
            (&[], Pending, &[], (Pending, false)),
            (&[Firing], Firing, &[], (Firing, false)),
            (&[Firing], Resolved, &[IncidentResolved], (Resolved, false)),
            (&[Firing], Pending, &[], (Firing, true)),
            (&[Firing, Pending], Firing, &[], (Firing, false)),
            (&[Firing, Pending], Pending, &[], (Firing, true)),
            (&[Firing, Pending], Resolved, &[IncidentResolved], (Resolved, false)),
            (&[Pending], Firing, &[IncidentOpened], (Firing, false)),
            (&[Pending], Pending, &[], (Pending, false)),
            (&[Pending], Resolved, &[], (Resolved, false)),
            (&[Firing, Resolved], Pending, &[], (Pending, false)),
            (&[Firing, Resolved, Pending], Firing, &[IncidentReopened], (Firing, false)),
            (&[Firing, Resolved, Pending], Resolved, &[], (Resolved, false)),
        ] {
            check(before, next, told, is);
        }
    }

    #[test]
    fn the_timeline_says_when_data_end_and_come_back() {
        let mut stored = stored(&[Firing, Pending, Pending]);
        let since = stored.0.alert.as_ref().unwrap().no_data_since;
        assert_eq!(since, Some(change("a", Pending, Sev3, 1).at));
        stored.take(&change("a", Firing, Sev3, 9));
        let timeline = stored.0.last.unwrap().timeline;
        let words: Vec<_> = timeline.iter().map(|entry| entry.what.to_string()).collect();
        assert_eq!(
            words[2..],
            [
                "Alert without data, still taken to be firing: a Pending",
                "Alert firing: there are data again, and it still fires: a Firing"
            ]
        );
    }

    #[test]
    fn a_cooldown_counts_from_the_resolve_and_not_from_the_end_of_the_data() {
        let mut stored = stored(&[Firing, Resolved, Pending]);
        let late = AlertChange {
            at: change("a", Firing, Sev3, 1).at + Span::from_minutes(11),
            ..change("a", Firing, Sev3, 0)
        };
        let commit = stored.take(&late).unwrap();
        assert_eq!(commit.events[0].kind, IncidentOpened);
    }

    #[test]
    fn rows_of_before_are_read() {
        let mut stored = stored(&[Firing]);
        let alert = stored.0.alert.take().unwrap();
        let text = serde_json::to_string(&alert).unwrap();
        assert!(!text.contains("no_data_since") && !text.contains("ends_at"), "{text}");
        assert_eq!(serde_json::from_str::<Alert>(&text).unwrap(), alert);
    }

    fn until(minute: Option<i64>, at: u32) -> AlertChange {
        let ends_at = minute.map(|minute| Time::from_epoch(change("a", Firing, Sev3, 0).at.epoch() + minute * 60));
        AlertChange { ends_at, ..change("a", Firing, Sev3, at) }
    }

    #[test]
    fn a_senders_word_is_prolonged_and_never_shortened() {
        for (first, then, kept) in [
            (Some(4), Some(5), Some(5)),
            (Some(4), Some(3), Some(4)),
            (Some(4), None, Some(4)),
            (None, Some(4), Some(4)),
            (None, None, None),
        ] {
            let mut stored = Stored::default();
            stored.take(&until(first, 0));
            let commit = stored.take(&until(then, 1));
            assert_eq!(commit.is_some(), kept != first, "{first:?} {then:?}");
            assert!(commit.is_none_or(|commit| commit.incident.is_none() && commit.events.is_empty()));
            assert_eq!(stored.0.alert.unwrap().ends_at, until(kept, 0).ends_at, "{first:?} {then:?}");
        }
    }

    #[test]
    fn an_alert_that_is_not_told_again_ends_when_its_senders_word_does() {
        let mut stored = Stored::default();
        stored.take(&until(Some(4), 0));
        let alert = stored.0.alert.clone().unwrap();
        let ends_at = alert.next_wake().unwrap();
        assert_eq!(alert.lapsed(ends_at - Span::from_seconds(1)), None);
        let change = alert.lapsed(ends_at).unwrap();
        assert_eq!((change.status, change.at), (Resolved, ends_at));
        assert_eq!(stored.take(&change).unwrap().events[0].kind, IncidentResolved);
        assert_eq!(stored.0.alert.unwrap().next_wake(), None);
    }
}
