use domain::deployment::{Deployment, Serving};
use domain::id::ServiceName;
use domain::service::Resource;
use domain::setup::Setup;
use domain::units::{Span, Time};
use serde::Serialize;

use crate::announce::announced;

use super::{Collected, Memory, Tick, tick_of};
use crate::perform::UseCaseError;
use crate::port::{Commit, CommitError, Ledger, Targets};

/// What is seen unchanged is written down this often, so that a cold start knows about when a change came.
const SEEN_WRITTEN_EVERY: Span = Span::from_minutes(10);

/// A resource that was found to serve something else.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Moved {
    /// Which.
    pub resource: String,
    /// Before.
    pub from: String,
    /// Now.
    pub to: String,
}

/// Looks at every watched resource of the shard and records those that moved as deployments.
pub(super) async fn watch(
    targets: &impl Targets,
    ledger: &impl Ledger,
    memory: &mut Memory,
    tick: Tick<'_>,
    report: &mut Collected,
    now: Time,
) -> Result<(), UseCaseError> {
    // A tick that comes late still sees what serves now, not what served then.
    let seen_at = tick.at.max(tick_of(now));
    for service in tick.setup.services_of(tick.shard, tick.shards) {
        for resource in &service.resources {
            let version = match targets.look_up(resource).await {
                Ok(state) => state.version,
                Err(error) => {
                    report.unseen.push((resource.to_string(), error.to_string()));
                    continue;
                }
            };
            let seen = Serving { resource: resource.clone(), version, seen_at };
            // Forgotten until it is known to be stored: if another collector is faster, the next tick reads what it wrote.
            let before = match memory.serving.remove(&resource.to_string()) {
                Some(known) => Some(known),
                None => ledger.serving(resource).await?,
            };
            if compare(targets, ledger, tick.setup, (&service.name, before), &seen, report).await? {
                memory.serving.insert(resource.to_string(), seen);
            }
        }
    }
    Ok(())
}

/// Writes down what changed since `before`, or that it was seen; whether what is stored agrees with what was seen.
async fn compare(
    targets: &impl Targets,
    ledger: &impl Ledger,
    setup: &Setup,
    (service, before): (&ServiceName, Option<Serving>),
    seen: &Serving,
    report: &mut Collected,
) -> Result<bool, UseCaseError> {
    if let Some(before) = before.as_ref().filter(|before| before.version != seen.version) {
        let described = describe(targets, &seen.resource, &seen.version).await;
        let recorded = record(ledger, setup, service, before, seen, described).await?;
        if recorded {
            report.moved.push(Moved {
                resource: seen.resource.to_string(),
                from: before.version.clone(),
                to: seen.version.clone(),
            });
        }
        return Ok(recorded);
    }
    if before.is_some_and(|before| !write_again(&before, seen.seen_at)) {
        return Ok(true);
    }
    let written = Commit { serving: Some(seen.clone()), now: seen.seen_at, ..Commit::default() };
    commit(ledger, written).await
}

/// Once in ten minutes, at the same tick whether the function is warm or cold.
fn write_again(before: &Serving, tick: Time) -> bool {
    tick.floor(SEEN_WRITTEN_EVERY) > before.seen_at.floor(SEEN_WRITTEN_EVERY)
}

async fn describe(targets: &impl Targets, resource: &Resource, version: &str) -> String {
    targets.describe(resource, version).await.unwrap_or_default()
}

async fn record(
    ledger: &impl Ledger,
    setup: &Setup,
    service: &ServiceName,
    before: &Serving,
    now: &Serving,
    description: String,
) -> Result<bool, UseCaseError> {
    let deployment = Deployment {
        id: Deployment::id_of(&now.resource.to_string(), Some(&before.version), &now.version, now.seen_at),
        service: service.clone(),
        resource: Some(now.resource.clone()),
        from: Some(before.version.clone()),
        to: now.version.clone(),
        moved_after: before.seen_at,
        moved_by: now.seen_at,
        description,
    };
    let recorded = announced(setup, deployment, now.seen_at);
    commit(ledger, Commit { serving: Some(now.clone()), ..recorded }).await
}

/// Whether it was committed; a conflict means that another collector has written the same or later knowledge.
async fn commit(ledger: &impl Ledger, commit: Commit) -> Result<bool, UseCaseError> {
    match ledger.commit(&commit).await {
        Ok(()) => Ok(true),
        Err(CommitError::Conflict { .. }) => Ok(false),
        Err(CommitError::Port(error)) => Err(error.into()),
    }
}
