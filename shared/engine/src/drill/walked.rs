use domain::drill::{Drill, Hop, Seen};
use domain::incident::Incident;
use domain::metric::{Asked, Chunk, Outcome};
use domain::monitor::Monitor;
use domain::notification::Receipt;
use domain::service::shard_of;
use domain::units::{Span, Time};

use crate::port::{ChunkLog, Ledger, PortError};

/// What is stored that shows how far a drill has come.
pub(super) struct Walked {
    collected: Option<Time>,
    incident: Option<Incident>,
    receipts: Vec<Receipt>,
}

impl Walked {
    pub(super) async fn load(
        store: &(impl Ledger + ChunkLog),
        (drill, monitor): (&Drill, &Monitor),
        shards: u32,
        now: Time,
    ) -> Result<Self, PortError> {
        let collected = if drill.hops.contains_key(&Hop::Collected) {
            None
        } else {
            collected(store, (drill, monitor), shards, now).await?
        };
        let alert = store.alert(&monitor.fingerprint()).await?;
        // An alert of an earlier drill has fired before.
        let own = alert.filter(|alert| alert.fired_at >= drill.breach_at()).and_then(|alert| alert.incident);
        let incident = match drill.incident.clone().or(own) {
            Some(id) => store.incident(&id).await?,
            None => None,
        };
        let receipts = match &incident {
            Some(incident) => store.receipts(&incident.id).await?,
            None => Vec::new(),
        };
        Ok(Self { collected, incident, receipts })
    }

    pub(super) fn seen(&self) -> Seen<'_> {
        Seen {
            collected: self.collected,
            incident: self.incident.as_ref(),
            receipts: &self.receipts,
            group_wait: Span::default(),
        }
    }
}

/// The first tick that read the breach.
async fn collected(
    log: &impl ChunkLog,
    (drill, monitor): (&Drill, &Monitor),
    shards: u32,
    now: Time,
) -> Result<Option<Time>, PortError> {
    let shard = shard_of(&drill.plan.service, shards);
    let chunks = log.chunks(shard, drill.breach_at(), now + Span::from_seconds(1)).await?;
    let is_breach = |asked: &Asked| {
        let Outcome::Read(samples) = &asked.outcome else { return false };
        monitor.series().any(|series| *series == asked.series)
            && samples.iter().any(|sample| sample.at == drill.breach_at() && sample.value.get() > 0.0)
    };
    Ok(chunks.iter().find(|chunk: &&Chunk| chunk.asked.iter().any(is_breach)).map(|chunk| chunk.tick))
}
