//! Whatever is due: events that were not published, actions to check, notifications to try again, incidents to close.

mod check;

use domain::deployment::DeploymentEvent;
use domain::event::{EVENT_VERSION, EventKind, IncidentEvent};
use domain::id::{EventId, IncidentId, NotificationId};
use domain::incident::{Incident, State, What};
use domain::response::{Action, ActionState};
use domain::setup::Setup;
use domain::units::{Span, Time};
use serde::Serialize;

use crate::collect::is_due;
use crate::correlate::look;
use crate::decide::{self, Draft};
use crate::drill;
use crate::flush::flush;
use crate::monitored;
use crate::paging::{self, Crew};
use crate::perform::{CONFLICT_TRIES, UseCaseError, commit_and_publish};
use crate::port::{ChunkLog, Commit, CommitError, Due, EventLog, Ledger, Orders, Outlet, PortError, Wake};
use crate::raise::lapse;

/// Due rows that one minute works through; the rest is due the next minute, the longest overdue first.
pub const DUE_MAX: u32 = 100;

/// What one minute did.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct Kept {
    /// Events published that their function had not confirmed.
    pub published: usize,
    /// Incidents looked at because something was due.
    pub incidents: usize,
    /// Groups of alerts looked at because it was time.
    pub groups: usize,
    /// Alerts that their senders had not told again in time.
    pub lapsed: usize,
    /// Drills looked at because it was time.
    pub drills: usize,
    /// Notifications sent to be tried again.
    pub retried: usize,
    /// Deployments sent to be announced.
    pub announced: usize,
    /// Monitored events that went to the archive.
    pub archived: usize,
    /// What could not be done, with the reason; it stays due.
    pub failed: Vec<String>,
}

/// Does what is due at `now`. One row that fails does not keep the others waiting.
///
/// # Errors
/// When what is due cannot be read at all.
pub async fn timekeep(
    store: &(impl Ledger + ChunkLog + EventLog + Orders),
    outlet: &impl Outlet,
    setup: &Setup,
    shards: u32,
    now: Time,
) -> Result<Kept, UseCaseError> {
    let mut kept = Kept::default();
    for due in store.due(DUE_MAX, now).await? {
        let result = match &due {
            Due::Publish(event) => {
                kept.published += 1;
                publish(store, outlet, event).await
            }
            Due::Incident(id) => {
                kept.incidents += 1;
                wake(store, outlet, setup, shards, id, now).await
            }
            Due::Group(id) => {
                kept.groups += 1;
                flush(store, outlet, setup, id, now).await.map(drop)
            }
            Due::Alert(fingerprint) => {
                kept.lapsed += 1;
                lapse(store, outlet, setup, fingerprint, now).await.map(drop)
            }
            Due::Drill(id) => {
                kept.drills += 1;
                drill::advance(store, outlet, setup, (id, shards), now).await
            }
            Due::Receipt(incident, id) => {
                kept.retried += 1;
                retry(store, outlet, incident, id, now).await
            }
            Due::Announcement(announcement) => {
                kept.announced += 1;
                Ok(outlet.announce(&DeploymentEvent::of(announcement, now)).await?)
            }
        };
        if let Err(error) = result {
            kept.failed.push(format!("{due:?}: {error}").chars().take(300).collect());
        }
    }
    let old = now - setup.keep_events;
    // Each minute the day that has just become old; once an hour whatever is left of earlier ones.
    let from = if is_due(Span::HOUR, now) { monitored::oldest(setup, now) } else { old - Span::DAY };
    match monitored::archive(store, outlet, [from, old]).await {
        Ok(done) => kept.archived = done.archived,
        Err(error) => kept.failed.push(format!("archive of events: {error}")),
    }
    Ok(kept)
}

/// Does what one wake is for; whoever is woken too early, or again, does nothing.
///
/// # Errors
/// When a port does not answer, or others keep changing the same row: it is found due again.
pub async fn woken(
    store: &(impl Ledger + ChunkLog + EventLog + Orders),
    outlet: &impl Outlet,
    setup: &Setup,
    (wake_of, shards): (&Wake, u32),
    now: Time,
) -> Result<(), UseCaseError> {
    match wake_of {
        Wake::Group(id) => flush(store, outlet, setup, id, now).await.map(drop),
        Wake::Incident(id) => wake(store, outlet, setup, shards, id, now).await,
        Wake::Drill(id) => drill::advance(store, outlet, setup, (id, shards), now).await,
    }
}

async fn publish(ledger: &impl Ledger, outlet: &impl Outlet, event: &IncidentEvent) -> Result<(), UseCaseError> {
    outlet.publish(event).await?;
    Ok(ledger.published(event).await?)
}

/// Sends a notification back to the notifier, which knows from its receipt whether it still must try.
async fn retry(
    ledger: &impl Ledger,
    outlet: &impl Outlet,
    incident: &IncidentId,
    id: &NotificationId,
    now: Time,
) -> Result<(), UseCaseError> {
    let receipt = ledger.receipt(incident, id).await?;
    let Some((receipt, about)) = receipt.and_then(|r| r.notification.clone().map(|about| (r, about))) else {
        return Ok(());
    };
    let event = IncidentEvent {
        version: EVENT_VERSION,
        id: EventId::derive(&["retry", id.as_str(), &receipt.tries.to_string()]),
        kind: EventKind::NotificationRetry,
        at: now,
        notification: Some(id.clone()),
        ..about.event
    };
    Ok(outlet.publish(&event).await?)
}

async fn wake(
    store: &(impl Ledger + ChunkLog + Orders),
    outlet: &impl Outlet,
    setup: &Setup,
    shards: u32,
    id: &IncidentId,
    now: Time,
) -> Result<(), UseCaseError> {
    for _ in 0..CONFLICT_TRIES {
        let Some(incident) = store.incident(id).await? else {
            return Ok(());
        };
        if incident.next_wake.is_none_or(|wake| wake > now) {
            return Ok(());
        }
        if incident.correlate_at.is_some_and(|at| at <= now) && !decide::has_work(&incident, now) {
            return look(store, outlet, setup, id, now).await;
        }
        let commit = decide(store, setup, shards, incident, now).await?;
        match commit_and_publish(store, outlet, &commit).await {
            Ok(_) => return look(store, outlet, setup, id, now).await,
            Err(CommitError::Conflict { .. }) => {}
            Err(CommitError::Port(error)) => return Err(error.into()),
        }
    }
    Err(UseCaseError::Contended(id.to_string()))
}

async fn decide(
    log: &(impl ChunkLog + Orders),
    setup: &Setup,
    shards: u32,
    incident: Incident,
    now: Time,
) -> Result<Commit, PortError> {
    let closes_at = incident.resolved_at.map(|at| at + decide::AFTER_RESOLVE_CLOSE);
    if incident.state == State::Resolved && closes_at.is_none_or(|at| at <= now) {
        return Ok(decide::close(incident, "tocsin", now).expect("a resolved incident may be closed"));
    }
    let is_open = incident.state.is_open();
    let mut draft = Draft::new(incident, now);
    for action in draft.incident.actions.clone() {
        match &action.state {
            ActionState::Approved { .. } | ActionState::Acting { .. } => {
                push(&mut draft, &action, EventKind::ActionApproved, "was begun and not finished; looked at again");
            }
            ActionState::Undoing { .. } => {
                push(&mut draft, &action, EventKind::ActionUndo, "was to be undone; looked at again");
            }
            ActionState::Acted { at, verify_by } if is_open && *verify_by <= now => {
                let effect = check::effect(log, setup, shards, &draft.incident, &action, *at, now).await?;
                judge(&mut draft, &action, effect, now);
            }
            _ => {}
        }
    }
    if draft.incident.calls_go_on() && draft.incident.escalation.is_some() {
        let overrides = log.overrides().await?;
        paging::advance(&mut draft, &Crew { setup, overrides: &overrides }, now);
    }
    Ok(draft.commit())
}

fn push(draft: &mut Draft, action: &Action, kind: EventKind, why: &str) {
    draft.tell(kind, Some(action.id.clone()), format!("{} {why}", action.summary()));
}

/// The monitor has not recovered in time: worse is undone, no better is told to people.
fn judge(draft: &mut Draft, action: &Action, effect: check::Effect, now: Time) {
    let within = action.step.verify_within;
    let (state, kind, words) = match effect {
        check::Effect::Worse(numbers) => {
            let words = format!("Check failed: {} made it worse ({numbers}); it is being undone", action.summary());
            (ActionState::Undoing { since: now, reason: numbers }, EventKind::ActionUndo, words)
        }
        check::Effect::NotBetter(numbers) => {
            let words = format!("Check failed: the monitor has not recovered within {within} ({numbers})");
            (ActionState::Ineffective { at: now, reason: numbers }, EventKind::ActionFailed, words)
        }
    };
    if let Some(found) = draft.incident.actions.iter_mut().find(|candidate| candidate.id == action.id) {
        found.state = state;
    }
    draft.incident.note(now, What::Action { action: action.id.clone(), summary: words.clone() });
    draft.tell(kind, Some(action.id.clone()), words);
}
