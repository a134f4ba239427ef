use std::collections::{BTreeMap, BTreeSet};

use domain::event::{EventKind, IncidentEvent};
use domain::id::IncidentId;
use domain::incident::{Incident, Severity, State, What};
use domain::report::{PostMortem, Rendered};
use domain::service::shard_of;
use domain::setup::Setup;
use domain::units::{Span, Time};

use super::compose;
use crate::perform::{CONFLICT_TRIES, Published, UseCaseError, commit_and_publish};
use crate::port::{ChunkLog, Commit, CommitError, Ledger, Outlet, PortError};
use crate::root_cause::{Case, History, REFERENCE, series_of, services_of};

/// Of a longer incident only this much is read from the log of chunks: two days of one shard are 2,880 chunks.
pub const INCIDENT_READ_MAX: Span = Span::from_minutes(2 * 24 * 60);
/// Chunks are read by the hour, so that only what is needed of them stays in memory.
const READ_AT_ONCE: Span = Span::HOUR;

/// What became of the post-mortem of an incident.
#[derive(Clone, PartialEq, Debug)]
pub enum Written {
    /// It was written now.
    Now {
        /// The post-mortem.
        post_mortem: Box<PostMortem>,
        /// Whether its event was published.
        published: Published,
    },
    /// It was written before, for this resolve; its reports were archived again.
    Before(Box<PostMortem>),
    /// None is written.
    Refused(Refusal),
}

/// Why no post-mortem is written; to ask again changes nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// There is no such incident.
    #[error("there is no incident {0}")]
    Unknown(IncidentId),
    /// It is not over.
    #[error("the incident is {0}; a post-mortem is written once it is resolved")]
    Open(State),
    /// It went on in another one, whose post-mortem tells of it.
    #[error("the incident was merged into {0}, whose post-mortem tells of it")]
    Merged(IncidentId),
    /// What is being done about it is not settled: its end belongs into the story.
    #[error("an action is not settled: {0}; a post-mortem is written once it is")]
    Unsettled(String),
    /// Nothing was wrong.
    #[error("the incident is a drill; nothing was wrong")]
    Drill,
    /// Not of this severity.
    #[error("post-mortems are not written for {0}")]
    Severity(Severity),
}

/// Where the Markdown of an incident's post-mortem lies in the bucket.
pub fn markdown_key(incident: &IncidentId) -> String {
    format!("post-mortems/{incident}/post-mortem.md")
}

/// Where the HTML of an incident's post-mortem lies in the bucket.
pub fn html_key(incident: &IncidentId) -> String {
    format!("post-mortems/{incident}/post-mortem.html")
}

/// Composes, archives, commits and tells; safe to repeat at any point. Reports are archived first, so that a
/// committed post-mortem never points at nothing.
///
/// # Errors
/// When a port does not answer, or others keep changing the incident.
pub async fn write(
    (ledger, chunk_log, outlet): (&impl Ledger, &impl ChunkLog, &impl Outlet),
    render: impl Fn(&PostMortem) -> Rendered,
    setup: &Setup,
    id: &IncidentId,
    shards: u32,
    now: Time,
) -> Result<Written, UseCaseError> {
    let mut contended = String::new();
    for _ in 0..CONFLICT_TRIES {
        let (incident, resolved_at) = match ledger.incident(id).await?.map(|incident| leave(setup, incident)) {
            None => return Ok(Written::Refused(Refusal::Unknown(id.clone()))),
            Some(Err(refusal)) => return Ok(Written::Refused(refusal)),
            Some(Ok(found)) => found,
        };
        if let Some(stored) = ledger.post_mortem(id).await?.filter(|stored| stored.resolved_at == resolved_at) {
            archive(outlet, &stored, &render(&stored)).await?;
            return Ok(Written::Before(Box::new(stored)));
        }
        let post_mortem = draw_up(ledger, chunk_log, setup, &incident, (resolved_at, shards)).await?;
        archive(outlet, &post_mortem, &render(&post_mortem)).await?;
        let commit = commit_of(incident, post_mortem.clone(), now);
        match commit_and_publish(ledger, outlet, &commit).await {
            Ok(published) => {
                let post_mortem = Box::new(post_mortem);
                return Ok(Written::Now { post_mortem, published });
            }
            Err(CommitError::Conflict { what }) => contended = what,
            Err(CommitError::Port(error)) => return Err(error.into()),
        }
    }
    Err(UseCaseError::Contended(contended))
}

fn leave(setup: &Setup, incident: Incident) -> Result<(Incident, Time), Refusal> {
    if let Some(into) = incident.merged_into {
        return Err(Refusal::Merged(into));
    }
    match incident.resolved_at {
        _ if incident.is_drill() => Err(Refusal::Drill),
        Some(_) if !setup.post_mortem_severities.contains(&incident.severity) => {
            Err(Refusal::Severity(incident.severity))
        }
        Some(resolved_at) if !incident.state.is_open() => {
            match incident.actions.iter().find(|a| a.state.is_under_way()) {
                Some(action) => Err(Refusal::Unsettled(action.summary())),
                None => Ok((incident, resolved_at)),
            }
        }
        _ => Err(Refusal::Open(incident.state)),
    }
}

async fn archive(outlet: &impl Outlet, post_mortem: &PostMortem, rendered: &Rendered) -> Result<(), PortError> {
    let Rendered { markdown, html } = rendered;
    let id = &post_mortem.incident;
    outlet.archive(&markdown_key(id), "text/markdown; charset=utf-8", markdown.clone().into_bytes()).await?;
    outlet.archive(&html_key(id), "text/html; charset=utf-8", html.clone().into_bytes()).await
}

fn commit_of(mut incident: Incident, post_mortem: PostMortem, now: Time) -> Commit {
    let key = markdown_key(&incident.id);
    let summary = format!("post-mortem written: {key}");
    // One that comes and goes has it written anew each time; it lies where the first word said.
    let is_told = incident.timeline.iter().any(|entry| matches!(entry.what, What::PostMortemWritten { .. }));
    incident.note(now, What::PostMortemWritten { key });
    let event = IncidentEvent::of(&incident, EventKind::PostMortemWritten, None, summary, now);
    Commit {
        incident: Some(incident),
        events: if is_told { Vec::new() } else { vec![event] },
        action_items: post_mortem.action_items.clone(),
        post_mortem: Some(post_mortem),
        now,
        ..Commit::default()
    }
}

/// Loads what the incident is held against, and composes.
async fn draw_up(
    ledger: &impl Ledger,
    chunk_log: &impl ChunkLog,
    setup: &Setup,
    incident: &Incident,
    (resolved_at, shards): (Time, u32),
) -> Result<PostMortem, PortError> {
    let services = services_of(setup, &incident.service);
    // Nothing after the resolve is read: what is written does not depend on when it is written.
    let until = resolved_at + Span::from_seconds(1);
    let from = incident.opened_at - REFERENCE;
    let mut deployments = Vec::new();
    let mut acts = BTreeMap::new();
    for service in &services {
        deployments.extend(ledger.deployments(service, from, until).await?);
        for target in setup.service(service).into_iter().flat_map(|service| &service.resources) {
            acts.insert(target.clone(), ledger.target_history(target).await?.acted_at);
        }
    }
    let mut history = History::of(series_of(setup, &services));
    let shards_read: BTreeSet<u32> = services.iter().map(|service| shard_of(service, shards)).collect();
    let read_until = until.min(incident.opened_at + INCIDENT_READ_MAX);
    for shard in shards_read {
        let mut at = from;
        while at < read_until {
            let next = (at + READ_AT_ONCE).min(read_until);
            for chunk in chunk_log.chunks(shard, at, next).await? {
                history.add(&chunk);
            }
            at = next;
        }
    }
    let case = Case { setup, incident, deployments: &deployments, acts: &acts, history: &history };
    Ok(compose(&case, resolved_at))
}
