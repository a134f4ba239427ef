//! Objectives made through the API, snapshots of all, their days and words about gates, in the table `slos`.

use aws_sdk_dynamodb::types::AttributeValue;
use domain::id::{ServiceName, SloName};
use domain::slo::{Day, GateOverride, Snapshot};
use domain::units::Time;
use engine::port::{PortError, Saved, Slos, StoredSlo};
use miniz_oxide::deflate::compress_to_vec;
use miniz_oxide::inflate::decompress_to_vec_with_limit;

use crate::Store;
use crate::item::{ROW_BYTES_MAX, Row, body, bytes, digits, unreadable};
use crate::store::Condition;

const SLO: &str = "slo";
const SNAPSHOT: &str = "snapshot";
/// The snapshots of one shard, unpacked: 250 objectives with all their windows and sentences take some 200 KB.
const SNAPSHOTS_BYTES_MAX: usize = 8 * 1024 * 1024;

fn day_key(slo: &SloName) -> String {
    format!("day#{slo}")
}

fn gate_key(service: &ServiceName) -> String {
    format!("gate#{service}")
}

impl Slos for Store {
    async fn slos(&self) -> Result<Vec<StoredSlo>, PortError> {
        self.rows_of(SLO).await
    }

    async fn slo(&self, name: &SloName) -> Result<Option<StoredSlo>, PortError> {
        let row = self.get(&self.tables.slos, SLO, Some(name.as_str())).await?;
        row.map(|row| body(&row, || format!("the objective {name}"))).transpose()
    }

    async fn save_slo(&self, slo: &StoredSlo) -> Result<Saved, PortError> {
        let mut next = slo.clone();
        next.version += 1;
        let row = Row::key(SLO, Some(slo.slo.name.as_str())).number("version", next.version).body(&next);
        saved(self.put(&self.tables.slos, row, Some(Condition::version(slo.version))).await?)
    }

    async fn delete_slo(&self, slo: &StoredSlo) -> Result<Saved, PortError> {
        let key = Row::key(SLO, Some(slo.slo.name.as_str()));
        saved(self.delete(&self.tables.slos, key, Condition::version(slo.version)).await?)
    }

    async fn snapshots(&self) -> Result<Vec<Snapshot>, PortError> {
        let rows = self.query_all(self.of_partition(SNAPSHOT)).await?;
        let mut found = Vec::new();
        for row in rows {
            let packed = bytes(&row, "packed").ok_or_else(|| unreadable(SNAPSHOT, "it is empty"))?;
            let plain = decompress_to_vec_with_limit(packed, SNAPSHOTS_BYTES_MAX);
            let plain = plain.map_err(|error| unreadable(SNAPSHOT, error))?;
            let snapshots: Vec<Snapshot> =
                serde_json::from_slice(&plain).map_err(|error| unreadable(SNAPSHOT, error))?;
            found.extend(snapshots);
        }
        Ok(found)
    }

    async fn save_snapshots(&self, shard: u32, snapshots: &[Snapshot], tick: Time) -> Result<(), PortError> {
        let plain = serde_json::to_vec(snapshots).expect("a snapshot is finite numbers");
        let row = Row::key(SNAPSHOT, Some(&format!("shard#{shard}")));
        let row = row.bytes("packed", compress_to_vec(&plain, 6)).number("tick", tick.epoch());
        if row.len() > ROW_BYTES_MAX {
            let detail = format!("{} snapshots are longer than a row", snapshots.len());
            return Err(PortError::Denied { service: "DynamoDB", detail });
        }
        self.put(&self.tables.slos, row, Some(Condition::new_or_below("tick", tick.epoch()))).await.map(|_| ())
    }

    async fn save_days(&self, days: &[Day]) -> Result<(), PortError> {
        for day in days {
            let row = Row::key(day_key(&day.slo), Some(&digits(day.from))).body(day);
            let expires = day.from + self.incidents_kept();
            self.put(&self.tables.slos, row.expires_at(Some(expires)), None).await?;
        }
        Ok(())
    }

    async fn days(&self, slo: &SloName, from: Time, until: Time) -> Result<Vec<Day>, PortError> {
        if from >= until {
            return Ok(Vec::new());
        }
        let days: Vec<Day> = self.rows_of(&day_key(slo)).await?;
        Ok(days.into_iter().filter(|day| (from..until).contains(&day.from)).collect())
    }

    async fn gate_overrides(&self, service: &ServiceName, limit: u32) -> Result<Vec<GateOverride>, PortError> {
        let query = self.of_partition(&gate_key(service)).consistent_read(true).scan_index_forward(false);
        let (rows, _) = self.query(query.limit(i32::try_from(limit).unwrap_or(i32::MAX))).await?;
        rows.iter().map(|row| body(row, || format!("the gate of {service}"))).collect()
    }

    async fn override_gate(&self, word: &GateOverride) -> Result<(), PortError> {
        let row = Row::key(gate_key(&word.service), Some(&digits(word.at))).body(word);
        let expires = word.at + self.incidents_kept();
        self.put(&self.tables.slos, row.expires_at(Some(expires)), None).await.map(|_| ())
    }
}

impl Store {
    async fn rows_of<T: serde::de::DeserializeOwned>(&self, pk: &str) -> Result<Vec<T>, PortError> {
        let rows = self.query_all(self.of_partition(pk)).await?;
        rows.iter().map(|row| body(row, || pk.to_owned())).collect()
    }

    fn of_partition(&self, pk: &str) -> aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder {
        let query = self.client().query().table_name(&self.tables.slos).key_condition_expression("pk = :pk");
        query.expression_attribute_values(":pk", AttributeValue::S(pk.to_owned()))
    }
}

#[expect(clippy::unnecessary_wraps, reason = "it ends the port's answers")]
const fn saved(written: bool) -> Result<Saved, PortError> {
    Ok(if written { Saved::Saved } else { Saved::Stale })
}
