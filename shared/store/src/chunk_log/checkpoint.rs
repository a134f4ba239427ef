//! The checkpoint of a shard: a small head, read on every tick, and the state where it costs less: in parts beside the head,
//! or in S3.

use domain::units::{Span, Time};
use engine::cost::TABLE_BYTES_MAX;
use engine::port::{Checkpoint, CheckpointHead, PortError, Saved};
use miniz_oxide::deflate::compress_to_vec;
use miniz_oxide::inflate::decompress_to_vec_with_limit;

use super::partition;
use super::parts::Parts;
use crate::Store;
use crate::fault::denied;
use crate::item::{Item, Row, number, text, unreadable};
use crate::store::Condition;

const KEY: &str = "checkpoint";
/// Of miniz's levels from 0 to 10: higher ones save a few bytes in a hundred and cost twice the time.
const COMPRESSION: u8 = 6;
/// An unpacked state, in bytes: five times that of 500 series with an anomaly monitor each; without a limit a few damaged
/// bytes could ask for any amount.
const STATE_BYTES_MAX: usize = 16 * 1024 * 1024;
/// A state in the table is kept this long: an evaluator that stands still for longer begins anew. Earlier states expire
/// the same way, for deleting them would cost as much as writing them.
const STATE_KEPT: Span = Span::DAY.times(7);
/// The entity tag of the object with the state.
const TAG: &str = "object";

impl Store {
    pub(super) async fn load_checkpoint_head(&self, shard: u32) -> Result<Option<CheckpointHead>, PortError> {
        self.checkpoint_row(shard).await?.map(|row| head(shard, &row)).transpose()
    }

    /// `None`, too, when the state of the head has expired. A state in S3 may be one later than the head, where a function
    /// died in between.
    pub(super) async fn load_checkpoint(&self, shard: u32) -> Result<Option<Checkpoint>, PortError> {
        let Some(row) = self.checkpoint_row(shard).await? else {
            return Ok(None);
        };
        let (head, packed) = if text(&row, TAG).is_some() {
            let (stored, packed) = self.get_object(shard).await?;
            (stored.head, packed)
        } else {
            let parts = Parts::named_in(&row).ok_or_else(|| unreadable(what(shard), "it names no state"))?;
            let Some(packed) = self.get_parts(shard, &parts).await? else {
                return Ok(None);
            };
            (head(shard, &row)?, packed)
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
        if packed.len() > TABLE_BYTES_MAX {
            return self.replace_object(shard, checkpoint.head, packed).await;
        }
        let parts = Parts::of(&packed);
        self.put_parts(shard, &parts, &packed, tick + STATE_KEPT).await?;
        self.replace_head(parts.name_in(row_of(shard, checkpoint.head)), version.saturating_sub(1)).await
    }

    /// The object first, on the condition that it is still the one that the head names, then the head.
    ///
    /// Where another lies there, a function died between both (then the head is made good, and this state, which was
    /// built upon the one before, is stale), or the object was left behind when a state fitted the table for a while.
    async fn replace_object(&self, shard: u32, new: CheckpointHead, packed: Vec<u8>) -> Result<Saved, PortError> {
        let row = self.checkpoint_row(shard).await?;
        let before = row.as_ref().map_or(Ok(0), |row| head(shard, row).map(|head| head.version))?;
        if before + 1 != new.version {
            return Ok(Saved::Stale);
        }
        let known = row.as_ref().and_then(|row| text(row, TAG));
        let mut written = self.put_object(shard, new, packed.clone(), known).await?;
        if written.is_none() {
            let stored = self.look_at_object(shard).await?;
            if stored.head.version > before {
                let row = row_of(shard, stored.head).text(TAG, &stored.tag);
                self.replace_head(row, before).await?;
                return Ok(Saved::Stale);
            }
            written = self.put_object(shard, new, packed, Some(&stored.tag)).await?;
        }
        match written {
            Some(tag) => self.replace_head(row_of(shard, new).text(TAG, &tag), before).await,
            None => Ok(Saved::Stale),
        }
    }

    async fn replace_head(&self, row: Row, before: u64) -> Result<Saved, PortError> {
        let saved = self.put(&self.tables.metrics, row, Some(Condition::version(before))).await?;
        Ok(if saved { Saved::Saved } else { Saved::Stale })
    }

    async fn checkpoint_row(&self, shard: u32) -> Result<Option<Item>, PortError> {
        self.get(&self.tables.metrics, &partition(shard), Some(KEY)).await
    }
}

fn row_of(shard: u32, head: CheckpointHead) -> Row {
    let row = Row::key(partition(shard), Some(KEY));
    row.number("version", head.version).number("tick", head.tick.epoch())
}

fn head(shard: u32, row: &Item) -> Result<CheckpointHead, PortError> {
    let tick = number(row, "tick").map(Time::from_epoch);
    let head = number(row, "version").zip(tick).map(|(version, tick)| CheckpointHead { version, tick });
    head.ok_or_else(|| unreadable(what(shard), "it has no version or no tick"))
}

fn what(shard: u32) -> String {
    format!("{}/{KEY}", partition(shard))
}
