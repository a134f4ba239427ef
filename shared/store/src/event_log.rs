//! Monitored events, what their sources usually say, and pushed values, in the table `events`.

mod pushed;
mod range;

use std::collections::HashMap;

use aws_sdk_dynamodb::types::{AttributeValue, DeleteRequest, ReturnConsumedCapacity, WriteRequest};
use domain::metric::PushedValue;
use domain::monitored::{EventText, History, Logged, Volume};
use domain::units::Time;
use engine::port::{EventLog, LogRange, Page, PortError, Recorded};
use miniz_oxide::deflate::compress_to_vec;
use miniz_oxide::inflate::decompress_to_vec_with_limit;

use crate::Store;
use crate::cursor::Cursor;
use crate::fault::{denied, fault};
use crate::item::{ROW_BYTES_MAX, Row, body, bytes, text, unreadable};
use crate::store::Condition;

/// The index of events by status and day, and of histories.
const BY_LISTING: &str = "by-listing";
/// The listing of histories.
const HISTORIES: &str = "history";
const HISTORY: &str = "history";
const VOLUME: &str = "volume";
/// Rows that one request deletes. Source: `BatchWriteItem`.
const DELETED_AT_ONCE: usize = 25;
/// How often rows that a request has left over are asked for again.
const DELETE_TRIES: u32 = 5;
/// A volume has 336 hours of three numbers.
const VOLUME_BYTES_MAX: usize = 64 * 1024;

fn history_key(source: &EventText, event_type: &EventText) -> String {
    format!("history#{source}#{event_type}")
}

fn source_key(source: &EventText) -> String {
    format!("source#{source}")
}

fn row(logged: &Logged, expires_at: Time) -> Result<Row, PortError> {
    let row = Row::key(source_key(&logged.event.source), Some(&logged.place()));
    let listing = format!("{}#{}", logged.verdict.status.as_str(), logged.event.at.date());
    let row = row.text("listing", listing).body(logged).expires_at(Some(expires_at));
    if row.len() > ROW_BYTES_MAX {
        return Err(denied(format!("the event {} is longer than a row", logged.event.id)));
    }
    Ok(row)
}

impl EventLog for Store {
    async fn history(&self, source: &EventText, event_type: &EventText) -> Result<Option<History>, PortError> {
        let pk = history_key(source, event_type);
        let found = self.get(&self.tables.events, &pk, Some(HISTORY)).await?;
        found.map(|row| body(&row, || pk)).transpose()
    }

    async fn volume(&self, source: &EventText, event_type: &EventText) -> Result<Option<Volume>, PortError> {
        let pk = history_key(source, event_type);
        let Some(row) = self.get(&self.tables.events, &pk, Some(VOLUME)).await? else { return Ok(None) };
        let packed = bytes(&row, "packed").ok_or_else(|| unreadable(&pk, "it has no volume"))?;
        let plain = decompress_to_vec_with_limit(packed, VOLUME_BYTES_MAX).map_err(|error| unreadable(&pk, error))?;
        serde_json::from_slice(&plain).map(Some).map_err(|error| unreadable(pk, error))
    }

    async fn remember(&self, history: &History, volume: Option<&Volume>, expires_at: Time) -> Result<bool, PortError> {
        let pk = history_key(&history.source, &history.event_type);
        let mut next = history.clone();
        next.version += 1;
        let row = Row::key(&pk, Some(HISTORY)).text("listing", HISTORIES).number("version", next.version).body(&next);
        let row = row.expires_at(Some(expires_at));
        if !self.put(&self.tables.events, row, Some(Condition::version(history.version))).await? {
            return Ok(false);
        }
        if let Some(volume) = volume {
            let plain = serde_json::to_vec(volume).expect("a volume is finite numbers");
            let row = Row::key(pk, Some(VOLUME)).bytes("packed", compress_to_vec(&plain, 6));
            self.put(&self.tables.events, row.expires_at(Some(expires_at)), None).await?;
        }
        Ok(true)
    }

    async fn histories(&self, limit: u32, cursor: Option<String>) -> Result<Page<History>, PortError> {
        let after = cursor.as_deref().map(Cursor::decode).transpose()?;
        let start = after.map(|cursor| Row::key(cursor.pk, Some(HISTORY)).text("listing", HISTORIES).item);
        let query = self.client().query().table_name(&self.tables.events).index_name(BY_LISTING);
        let query = query
            .key_condition_expression("listing = :listing")
            .expression_attribute_values(":listing", AttributeValue::S(HISTORIES.to_owned()))
            .limit(i32::try_from(limit).unwrap_or(i32::MAX))
            .set_exclusive_start_key(start);
        let (rows, next) = self.query(query).await?;
        let items = rows.iter().map(|row| body(row, || "a history".to_owned())).collect::<Result<_, _>>()?;
        let cursor = next.and_then(|key| Some(Cursor { order: 0, pk: text(&key, "pk")?.to_owned() }.encode()));
        Ok(Page { items, cursor })
    }

    async fn record(&self, logged: &Logged, expires_at: Time) -> Result<Recorded, PortError> {
        let row = row(logged, expires_at)?;
        if self.put(&self.tables.events, row, Some(Condition::new_row())).await? {
            return Ok(Recorded::New);
        }
        let place = logged.place();
        let stored = self.get(&self.tables.events, &source_key(&logged.event.source), Some(&place)).await?;
        // It may have gone to the archive in between.
        let stored = stored.map(|row| body(&row, || place)).transpose()?;
        Ok(Recorded::AlreadyThere(Box::new(stored.unwrap_or_else(|| logged.clone()))))
    }

    async fn replace(&self, logged: &Logged, expires_at: Time) -> Result<(), PortError> {
        self.put(&self.tables.events, row(logged, expires_at)?, None).await.map(|_| ())
    }

    async fn logged(&self, range: &LogRange, limit: u32) -> Result<Vec<Logged>, PortError> {
        self.events_of(range, limit as usize).await
    }

    async fn push(
        &self,
        shard: u32,
        minute: Time,
        id: &str,
        values: &[PushedValue],
        expires_at: Time,
    ) -> Result<(), PortError> {
        self.put_values(shard, minute, id, values, expires_at).await
    }

    async fn pushed(&self, shard: u32, from: Time, until: Time) -> Result<Vec<PushedValue>, PortError> {
        self.values(shard, from, until).await
    }

    async fn forget(&self, logged: &[Logged]) -> Result<(), PortError> {
        for some in logged.chunks(DELETED_AT_ONCE) {
            let delete = |logged: &Logged| {
                let key = Row::key(source_key(&logged.event.source), Some(&logged.place()));
                let delete = DeleteRequest::builder().set_key(Some(key.item)).build().expect("the key is given");
                WriteRequest::builder().delete_request(delete).build()
            };
            let table = &self.tables.events;
            let mut left = HashMap::from([(table.clone(), some.iter().map(delete).collect::<Vec<_>>())]);
            for _ in 0..DELETE_TRIES {
                let batch = self.client().batch_write_item().set_request_items(Some(left));
                let batch = batch.return_consumed_capacity(ReturnConsumedCapacity::Total);
                let answer = batch.send().await.map_err(fault)?;
                answer.consumed_capacity().iter().for_each(|consumed| self.meter.write(Some(consumed)));
                left = answer.unprocessed_items.unwrap_or_default();
                if left.is_empty() {
                    break;
                }
            }
            if !left.is_empty() {
                return Err(crate::fault::unavailable(format!("{DELETE_TRIES} tries left rows to delete")));
            }
        }
        Ok(())
    }
}
