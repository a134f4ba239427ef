//! The log of chunks and the checkpoints, in the table `metrics`.

mod checkpoint;
mod layouts;
mod objects;
mod parts;

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use domain::metric::Chunk;
use domain::units::{Span, Time};
use engine::port::{Appended, Checkpoint, CheckpointHead, ChunkLog, PortError, Saved};

pub(crate) use layouts::Layouts;

use crate::Store;
use crate::fault::denied;
use crate::item::{Item, Row, bytes, digits, unreadable};
use crate::packed::{self, UnpackError};
use crate::store::Condition;
use parts::{PART_BYTES, Parts};

impl ChunkLog for Store {
    async fn append(&self, chunk: &Chunk, expires_at: Time) -> Result<Appended, PortError> {
        let packed = packed::pack(chunk).map_err(|error| denied(error.to_string()))?;
        self.keep_layout(chunk.shard, packed.layout, expires_at).await?;
        let row = Row::key(partition(chunk.shard), Some(&chunk_key(chunk.tick))).expires_at(Some(expires_at));
        let row = if packed.bytes.len() <= PART_BYTES {
            row.bytes("packed", packed.bytes)
        } else {
            let parts = Parts::of(&packed.bytes);
            self.put_parts(chunk.shard, &parts, &packed.bytes, expires_at).await?;
            parts.name_in(row)
        };
        let written = self.put(&self.tables.metrics, row, Some(Condition::new_row())).await?;
        Ok(if written { Appended::Written } else { Appended::AlreadyThere })
    }

    async fn chunks(&self, shard: u32, from: Time, until: Time) -> Result<Vec<Chunk>, PortError> {
        if from >= until {
            return Ok(Vec::new());
        }
        let (first, last) = (chunk_key(from), chunk_key(until - Span::from_seconds(1)));
        let values = [(":pk", partition(shard)), (":first", first), (":last", last)];
        let values: HashMap<_, _> =
            values.into_iter().map(|(name, text)| (name.to_owned(), AttributeValue::S(text))).collect();
        let query = self.client().query().table_name(&self.tables.metrics).consistent_read(true);
        let query = query.key_condition_expression("pk = :pk AND sk BETWEEN :first AND :last");
        let rows = self.query_all(query.set_expression_attribute_values(Some(values))).await?;
        let mut chunks = Vec::with_capacity(rows.len());
        for row in rows {
            chunks.push(self.chunk_of(shard, &row).await?);
        }
        Ok(chunks)
    }

    async fn checkpoint_head(&self, shard: u32) -> Result<Option<CheckpointHead>, PortError> {
        self.load_checkpoint_head(shard).await
    }

    async fn checkpoint(&self, shard: u32) -> Result<Option<Checkpoint>, PortError> {
        self.load_checkpoint(shard).await
    }

    async fn save_checkpoint(&self, shard: u32, checkpoint: &Checkpoint) -> Result<Saved, PortError> {
        self.replace_checkpoint(shard, checkpoint).await
    }
}

impl Store {
    async fn chunk_of(&self, shard: u32, row: &Item) -> Result<Chunk, PortError> {
        let what = || format!("{}/{}", partition(shard), crate::item::text(row, "sk").unwrap_or("?"));
        let told = |error: UnpackError| unreadable(what(), error);
        let in_parts;
        let packed = if let Some(packed) = bytes(row, "packed") {
            packed
        } else {
            let parts = Parts::named_in(row).ok_or_else(|| unreadable(what(), "it has no content"))?;
            let found = self.get_parts(shard, &parts).await?;
            in_parts = found.ok_or_else(|| unreadable(what(), "a part of it is missing"))?;
            &in_parts
        };
        let hash = packed::layout_of(packed).map_err(told)?;
        let layout = self.layout(shard, hash).await?;
        let layout = layout.ok_or_else(|| unreadable(what(), format!("layout {hash} is missing")))?;
        packed::unpack(packed, &layout).map_err(told)
    }
}

fn partition(shard: u32) -> String {
    format!("shard#{shard}")
}

fn chunk_key(tick: Time) -> String {
    format!("chunk#{}", digits(tick))
}
