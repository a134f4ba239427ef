use domain::deployment::{Deployment, Serving};
use domain::id::ServiceName;
use domain::service::Resource;
use domain::units::{Span, Time};
use serde::Serialize;

use super::{Collected, Memory, Tick};
use crate::perform::UseCaseError;
use crate::port::{Commit, CommitError, Ledger, PortError, Targets};

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
) -> Result<(), UseCaseError> {
    for service in tick.setup.services_of(tick.shard, tick.shards) {
        for resource in &service.resources {
            let version = match targets.look_up(resource).await {
                Ok(state) => state.version,
                Err(error) => {
                    report.unseen.push((resource.to_string(), error.to_string()));
                    continue;
                }
            };
            let now = Serving {
                resource: resource.clone(),
                version,
                seen_at: tick.at,
            };
            let before = match memory.serving.get(&resource.to_string()) {
                Some(known) => Some(known.clone()),
                None => ledger.serving(resource).await?,
            };
            let moved = before.as_ref().filter(|before| before.version != now.version);
            if let Some(before) = moved {
                let described = describe(targets, resource, &now.version).await;
                record(ledger, &service.name, before, &now, described).await?;
                let (from, to) = (before.version.clone(), now.version.clone());
                report.moved.push(Moved {
                    resource: resource.to_string(),
                    from,
                    to,
                });
            } else if before.is_none_or(|before| write_again(&before, tick.at)) {
                commit(
                    ledger,
                    Commit {
                        serving: Some(now.clone()),
                        now: tick.at,
                        ..Commit::default()
                    },
                )
                .await?;
            }
            memory.serving.insert(resource.to_string(), now);
        }
    }
    Ok(())
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
    service: &ServiceName,
    before: &Serving,
    now: &Serving,
    description: String,
) -> Result<(), UseCaseError> {
    let deployment = Deployment {
        id: Deployment::id_of(
            &now.resource.to_string(),
            Some(&before.version),
            &now.version,
            now.seen_at,
        ),
        service: service.clone(),
        resource: Some(now.resource.clone()),
        from: Some(before.version.clone()),
        to: now.version.clone(),
        moved_after: before.seen_at,
        moved_by: now.seen_at,
        description,
    };
    let commit_it = Commit {
        serving: Some(now.clone()),
        deployment: Some(deployment),
        now: now.seen_at,
        ..Commit::default()
    };
    commit(ledger, commit_it).await
}

/// A conflict means that another collector has written the same or later knowledge: nothing is lost.
async fn commit(ledger: &impl Ledger, commit: Commit) -> Result<(), UseCaseError> {
    match ledger.commit(&commit).await {
        Ok(()) | Err(CommitError::Conflict { .. }) => Ok(()),
        Err(CommitError::Port(error)) => Err::<(), PortError>(error).map_err(UseCaseError::from),
    }
}
