//! After the commit: the effects, from the outbox.

use domain::event::IncidentEvent;
use domain::units::Span;

use crate::port::{Commit, CommitError, Ledger, Outlet, PortError};

/// How often a use case loads and decides again when somebody else was faster, before it gives the event back.
pub const CONFLICT_TRIES: u32 = 8;

/// What is due later than this is left to the timekeeper. Source: the longest delay of a message of SQS.
pub const WAKES_WITHIN: Span = Span::from_minutes(15);

/// Why a use case did not come to its end; the caller gives the event back to be delivered again.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UseCaseError {
    /// A port did not answer as it should.
    #[error(transparent)]
    Port(#[from] PortError),
    /// Others were faster [`CONFLICT_TRIES`] times in a row.
    #[error("{0} kept changing while it was decided upon")]
    Contended(String),
}

/// Publishes events that are committed, and forgets their outbox rows.
///
/// # Errors
/// When the bus or the store does not take it: the rows stay, and the timekeeper publishes them.
pub async fn publish(ledger: &impl Ledger, outlet: &impl Outlet, events: &[IncidentEvent]) -> Result<(), PortError> {
    for event in events {
        outlet.publish(event).await?;
        ledger.published(event).await?;
    }
    Ok(())
}

/// Commits, then performs.
///
/// # Errors
/// As the commit's. A failure to publish is not one: what is committed is told by the timekeeper.
pub async fn commit_and_publish(
    ledger: &impl Ledger,
    outlet: &impl Outlet,
    commit: &Commit,
) -> Result<Published, CommitError> {
    ledger.commit(commit).await?;
    let told = publish(ledger, outlet, &commit.events).await;
    let woken = wake(outlet, commit).await;
    Ok(match told.and(woken) {
        Ok(()) => Published::All,
        Err(error) => Published::Later(error),
    })
}

/// Has woken to the second what is due before long; the timekeeper finds the rest, to the minute.
async fn wake(outlet: &impl Outlet, commit: &Commit) -> Result<(), PortError> {
    for (wake, at) in &commit.wakes {
        let after = at.since(commit.now);
        if after <= WAKES_WITHIN {
            outlet.wake(wake, after).await?;
        }
    }
    Ok(())
}

/// Whether the effects of a commit were performed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Published {
    /// All of them.
    All,
    /// The timekeeper will, for this reason.
    Later(PortError),
}
