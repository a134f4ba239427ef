//! The checkpoint of a shard: a small head, read on every tick, and the state in parts beside it.

use domain::units::{Span, Time};
use engine::port::{Checkpoint, CheckpointHead, PortError, Saved};
use miniz_oxide::deflate::compress_to_vec;
use miniz_oxide::inflate::decompress_to_vec_with_limit;

use super::partition;
use super::parts::Parts;
use crate::Store;
use crate::fault::denied;
use crate::item::{Item, Row, number, unreadable};
use crate::store::Condition;

const KEY: &str = "checkpoint";
/// Of miniz's levels from 0 to 10: higher ones save a few bytes in a hundred and cost twice the time.
const COMPRESSION: u8 = 6;
/// An unpacked state, in bytes: over forty times that of 500 series; without a limit a few damaged bytes could ask for any
/// amount.
const STATE_BYTES_MAX: usize = 4 * 1024 * 1024;
/// A state is kept this long: an evaluator that stands still for longer begins anew. Earlier states expire the same
/// way, for deleting them would cost as much as writing them.
const STATE_KEPT: Span = Span::DAY.times(7);

impl Store {
    pub(super) async fn load_checkpoint_head(&self, shard: u32) -> Result<Option<CheckpointHead>, PortError> {
        self.checkpoint_row(shard).await?.map(|row| head(shard, &row)).transpose()
    }

    /// `None`, too, when the state of the head has expired.
    pub(super) async fn load_checkpoint(&self, shard: u32) -> Result<Option<Checkpoint>, PortError> {
        let Some(row) = self.checkpoint_row(shard).await? else {
            return Ok(None);
        };
        let head = head(shard, &row)?;
        let parts = Parts::named_in(&row).ok_or_else(|| unreadable(what(shard), "it names no state"))?;
        let Some(packed) = self.get_parts(shard, &parts).await? else {
            return Ok(None);
        };
        let state = decompress_to_vec_with_limit(&packed, STATE_BYTES_MAX);
        let state = state.map_err(|error| unreadable(what(shard), format!("its state: {error}")))?;
        Ok(Some(Checkpoint { head, state }))
    }

    pub(super) async fn replace_checkpoint(&self, shard: u32, checkpoint: &Checkpoint) -> Result<Saved, PortError> {
        let CheckpointHead { version, tick } = checkpoint.head;
        let bytes = checkpoint.state.len();
        if bytes > STATE_BYTES_MAX {
            return Err(denied(format!("{bytes} bytes are too many to store, at most {STATE_BYTES_MAX} are taken")));
        }
        let packed = compress_to_vec(&checkpoint.state, COMPRESSION);
        let parts = Parts::of(&packed);
        self.put_parts(shard, &parts, &packed, tick + STATE_KEPT).await?;
        let head = Row::key(partition(shard), Some(KEY)).number("version", version).number("tick", tick.epoch());
        let before = Condition::version(version.saturating_sub(1));
        let saved = self.put(&self.tables.metrics, parts.name_in(head), Some(before)).await?;
        Ok(if saved { Saved::Saved } else { Saved::Stale })
    }

    async fn checkpoint_row(&self, shard: u32) -> Result<Option<Item>, PortError> {
        self.get(&self.tables.metrics, &partition(shard), Some(KEY)).await
    }
}

fn head(shard: u32, row: &Item) -> Result<CheckpointHead, PortError> {
    let tick = number(row, "tick").map(Time::from_epoch);
    let head = number(row, "version").zip(tick).map(|(version, tick)| CheckpointHead { version, tick });
    head.ok_or_else(|| unreadable(what(shard), "it has no version or no tick"))
}

fn what(shard: u32) -> String {
    format!("{}/{KEY}", partition(shard))
}
