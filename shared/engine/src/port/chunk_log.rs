use std::future::Future;

use domain::metric::Chunk;
use domain::units::Time;

use super::PortError;

/// The log of chunks and the checkpoint of the fold, per shard.
pub trait ChunkLog {
    /// Writes the chunk of a tick unless there is one already. `expires_at`: when it may be forgotten.
    ///
    /// # Errors
    /// When the store does not take it.
    fn append(&self, chunk: &Chunk, expires_at: Time) -> impl Future<Output = Result<Appended, PortError>> + Send;

    /// The chunks of ticks in `[from, until)`, oldest first.
    ///
    /// # Errors
    /// When the store does not answer, or a chunk cannot be read.
    fn chunks(&self, shard: u32, from: Time, until: Time)
    -> impl Future<Output = Result<Vec<Chunk>, PortError>> + Send;

    /// Version and tick of the checkpoint, without its state.
    ///
    /// # Errors
    /// When the store does not answer.
    fn checkpoint_head(&self, shard: u32) -> impl Future<Output = Result<Option<CheckpointHead>, PortError>> + Send;

    /// The checkpoint.
    ///
    /// # Errors
    /// When the store does not answer, or the checkpoint cannot be read.
    fn checkpoint(&self, shard: u32) -> impl Future<Output = Result<Option<Checkpoint>, PortError>> + Send;

    /// Replaces the checkpoint whose version is `checkpoint.head.version - 1` (none for version 1).
    ///
    /// # Errors
    /// When the store does not take it.
    fn save_checkpoint(
        &self,
        shard: u32,
        checkpoint: &Checkpoint,
    ) -> impl Future<Output = Result<Saved, PortError>> + Send;
}

/// What became of a chunk.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Appended {
    /// It is the tick's chunk.
    Written,
    /// The tick had one already; this one was dropped, and a later look-back brings what it held.
    AlreadyThere,
}

/// Which checkpoint there is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct CheckpointHead {
    /// Counts saves, from 1.
    pub version: u64,
    /// The last tick that is folded in.
    pub tick: Time,
}

/// A state of the fold.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Checkpoint {
    /// Which.
    pub head: CheckpointHead,
    /// The encoded state.
    pub state: Vec<u8>,
}

/// What became of a checkpoint.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Saved {
    /// It is the checkpoint.
    Saved,
    /// Another function saved one in between; the state in memory is not to be used any more.
    Stale,
}
