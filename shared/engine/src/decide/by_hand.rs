//! What people do about being called: take over, snooze, escalate, mute.

use domain::escalation::Policy;
use domain::event::EventKind;
use domain::incident::{Incident, LifecycleEvent, Muted, State, What};
use domain::link::Claim;
use domain::units::Time;

use super::{Draft, incident_changed};
use crate::paging::{self, Crew};
use crate::port::Commit;

/// Somebody takes the incident by the link of a page, which works once; whoever has it answers by the link of a reminder.
///
/// # Errors
/// In a sentence, when the link is used up, or somebody else has the incident.
pub fn redeem(incident: Incident, claim: &Claim, by: &str, policy: &Policy, now: Time) -> Result<Commit, String> {
    if let Some(paging) = &incident.escalation {
        let mut tried = paging.clone();
        tried.redeem(claim.generation, by, policy, now).map_err(|refused| refused.to_string())?;
        if paging.holder() == Some(by) {
            let mut draft = Draft::new(Incident { escalation: Some(tried), ..incident }, now);
            incident_changed::still_has(&mut draft, by);
            return Ok(draft.commit());
        }
    }
    incident_changed::acknowledge(incident, by, policy, now).map_err(|refused| refused.to_string())
}

/// Somebody takes the incident from whoever has it.
///
/// # Errors
/// In a sentence, when it is over.
pub fn take_over(incident: Incident, by: &str, policy: &Policy, now: Time) -> Result<Commit, String> {
    let mut draft = open(incident, now)?;
    take(&mut draft, by, policy, now)?;
    Ok(draft.commit())
}

/// Somebody takes it, whoever has it.
fn take(draft: &mut Draft, by: &str, policy: &Policy, now: Time) -> Result<(), String> {
    if draft.incident.state == State::Triggered {
        return incident_changed::take(draft, by, policy, now).map_err(|refused| refused.to_string());
    }
    let before = draft.incident.taken_by().map(str::to_owned);
    match &mut draft.incident.escalation {
        Some(paging) => paging.take_over(by, policy, now).map_err(|refused| refused.to_string())?,
        None => draft.incident.take(by),
    }
    draft.incident.acknowledged_at.get_or_insert(now);
    let from = before.map(|from| format!(" from {from}")).unwrap_or_default();
    let summary = format!("Taken over by {by}{from}");
    draft.incident.note(now, What::Paging { summary: summary.clone() });
    draft.tell(EventKind::IncidentAcknowledged, None, summary);
    Ok(())
}

/// Somebody takes it, and wants to be called again at `until`.
///
/// # Errors
/// In a sentence, when it is over, has no policy that could call, or `until` is no good time.
pub fn snooze(incident: Incident, by: &str, until: Time, policy: &Policy, now: Time) -> Result<Commit, String> {
    let mut draft = open(incident, now)?;
    let severity = draft.incident.severity;
    let Some(paging) = &mut draft.incident.escalation else {
        return Err("the incident has no escalation policy, so nobody could be called when the snooze ends".to_owned());
    };
    // It is back, and nobody was called for it again yet.
    paging.reopen(policy, severity, now);
    paging.snooze(by, until, now).map_err(|refused| refused.to_string())?;
    if draft.incident.state == State::Triggered {
        move_on(&mut draft, LifecycleEvent::Acknowledge, by, now)?;
        draft.incident.acknowledged_at.get_or_insert(now);
    }
    let summary = format!("Snoozed by {by} until {until}");
    draft.incident.note(now, What::Paging { summary: summary.clone() });
    draft.tell(EventKind::IncidentAcknowledged, None, summary);
    Ok(draft.commit())
}

/// Somebody wants the next step called now; whoever had it has it no more.
///
/// # Errors
/// In a sentence, when it is over or has no policy.
pub fn escalate(incident: Incident, by: &str, crew: &Crew<'_>, now: Time) -> Result<Commit, String> {
    let mut draft = open(incident, now)?;
    let had = draft.incident.taken_by().is_some();
    paging::escalate_now(&mut draft, by, crew, now)?;
    if had {
        release(&mut draft, by, now);
    }
    Ok(draft.commit())
}

/// Whoever had it has it no more.
pub(crate) fn release(draft: &mut Draft, by: &str, now: Time) {
    draft.incident.releases = draft.incident.releases.saturating_add(1);
    if draft.incident.state == State::Acknowledged {
        incident_changed::move_on(&mut draft.incident, LifecycleEvent::Release, by, now)
            .expect("what is acknowledged can be released");
    }
    draft.tell(EventKind::IncidentUpdated, None, "nobody has it any more: people are called for it again");
}

/// Nobody is told of its alerts again until it is over; then it is told. Who wants that knows of it: it is theirs, unless
/// somebody has it, so that nobody is called for it, now or when a snooze is over.
///
/// # Errors
/// In a sentence, when it is over.
pub fn mute(incident: Incident, by: &str, policy: &Policy, now: Time) -> Result<Commit, String> {
    let mut draft = open(incident, now)?;
    if draft.incident.muted.is_none() {
        let severity = draft.incident.severity;
        draft.incident.muted = Some(Muted { by: by.to_owned(), at: now, severity: Some(severity) });
        draft.incident.note(now, What::Muted { by: by.to_owned(), severity });
    }
    let is_asked = incident_changed::answers(&mut draft, by, policy);
    if !is_asked && (draft.incident.state == State::Triggered || draft.incident.will_call()) {
        take(&mut draft, by, policy, now)?;
    }
    Ok(draft.commit())
}

/// Its alerts are told again; who has it keeps it.
///
/// # Errors
/// In a sentence, when it is over.
pub fn unmute(incident: Incident, by: &str, now: Time) -> Result<Commit, String> {
    let mut draft = open(incident, now)?;
    if draft.incident.muted.take().is_some() {
        draft.incident.note(now, What::Unmuted { by: by.to_owned() });
    }
    Ok(draft.commit())
}

fn open(incident: Incident, now: Time) -> Result<Draft, String> {
    if incident.state.is_open() {
        Ok(Draft::new(incident, now))
    } else {
        Err(format!("the incident is {}", incident.state))
    }
}

fn move_on(draft: &mut Draft, event: LifecycleEvent, by: &str, now: Time) -> Result<(), String> {
    incident_changed::move_on(&mut draft.incident, event, by, now).map_err(|refused| refused.to_string())
}

#[cfg(test)]
mod tests {
    use domain::alert::Status;
    use domain::incident::Severity;

    use super::super::tests::{Stored, change};
    use super::*;

    #[test]
    fn whoever_has_heard_of_it_hears_that_nobody_has_it() {
        let fired = change("a", Status::Firing, Severity::Sev1, 0);
        for (held, free) in [(State::Acknowledged, State::Triggered), (State::Mitigating, State::Mitigating)] {
            let mut stored = Stored::default();
            stored.take(&fired);
            let incident = Incident { state: held, ..stored.0.last.unwrap() };
            let mut draft = Draft::new(incident, fired.at);
            release(&mut draft, "ann", fired.at);
            assert_eq!((draft.incident.state, draft.incident.releases), (free, 1));
            let told: Vec<_> = draft.events.iter().map(|event| event.kind).collect();
            assert_eq!(told, [EventKind::IncidentUpdated], "{held}");
        }
    }
}
