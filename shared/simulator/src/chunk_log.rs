use domain::metric::Chunk;
use domain::units::Time;
use engine::port::{Appended, Checkpoint, CheckpointHead, ChunkLog, PortError, Saved};

use crate::World;

impl ChunkLog for World {
    async fn append(&self, chunk: &Chunk, _expires_at: Time) -> Result<Appended, PortError> {
        self.call("append", |inner| match inner.chunks.entry((chunk.shard, chunk.tick)) {
            std::collections::btree_map::Entry::Occupied(_) => Appended::AlreadyThere,
            std::collections::btree_map::Entry::Vacant(entry) => {
                entry.insert(chunk.clone());
                Appended::Written
            }
        })
    }

    async fn chunks(&self, shard: u32, from: Time, until: Time) -> Result<Vec<Chunk>, PortError> {
        self.call("chunks", |inner| {
            let range = inner.chunks.iter().filter(|((s, tick), _)| *s == shard && *tick >= from && *tick < until);
            range.map(|(_, chunk)| chunk.clone()).collect()
        })
    }

    async fn checkpoint_head(&self, shard: u32) -> Result<Option<CheckpointHead>, PortError> {
        self.call("checkpoint_head", |inner| inner.checkpoints.get(&shard).map(|checkpoint| checkpoint.head))
    }

    async fn checkpoint(&self, shard: u32) -> Result<Option<Checkpoint>, PortError> {
        self.call("checkpoint", |inner| inner.checkpoints.get(&shard).cloned())
    }

    async fn save_checkpoint(&self, shard: u32, checkpoint: &Checkpoint) -> Result<Saved, PortError> {
        self.call("save_checkpoint", |inner| {
            let stored = inner.checkpoints.get(&shard).map_or(0, |stored| stored.head.version);
            if stored + 1 != checkpoint.head.version {
                return Saved::Stale;
            }
            inner.checkpoints.insert(shard, checkpoint.clone());
            Saved::Saved
        })
    }
}
