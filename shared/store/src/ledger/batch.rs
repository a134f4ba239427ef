//! Many alerts in one read.

use std::collections::{BTreeSet, HashMap};

use aws_sdk_dynamodb::types::{KeysAndAttributes, ReturnConsumedCapacity};
use domain::alert::Alert;
use domain::id::Fingerprint;
use engine::port::PortError;

use super::name_of;
use crate::Store;
use crate::fault::{fault, unavailable};
use crate::item::{Row, body};

/// Rows that one read takes.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html>
const READ_AT_ONCE: usize = 100;
/// How often what was left over is asked for again at once; each time some of it is answered.
const READ_TRIES: u32 = 5;

impl Store {
    pub(super) async fn batch_of_alerts(&self, fingerprints: &[Fingerprint]) -> Result<Vec<Alert>, PortError> {
        let distinct: Vec<_> = fingerprints.iter().collect::<BTreeSet<_>>().into_iter().collect();
        let mut alerts = Vec::new();
        for some in distinct.chunks(READ_AT_ONCE) {
            alerts.extend(self.some_alerts(some).await?);
        }
        Ok(alerts)
    }

    async fn some_alerts(&self, fingerprints: &[&Fingerprint]) -> Result<Vec<Alert>, PortError> {
        let table = &self.tables.alerts;
        let keys = fingerprints.iter().map(|fingerprint| Row::key(fingerprint.as_str(), None).item).collect();
        let asked = KeysAndAttributes::builder().set_keys(Some(keys)).consistent_read(true).build();
        let mut left = HashMap::from([(table.clone(), asked.expect("the keys are given"))]);
        let mut alerts = Vec::new();
        for _ in 0..READ_TRIES {
            let batch = self.client().batch_get_item().set_request_items(Some(left));
            let answer = batch.return_consumed_capacity(ReturnConsumedCapacity::Total).send().await.map_err(fault)?;
            self.meter.read(answer.consumed_capacity());
            for row in answer.responses().and_then(|tables| tables.get(table)).into_iter().flatten() {
                alerts.push(body(row, || name_of(row))?);
            }
            left = answer.unprocessed_keys.unwrap_or_default();
            if left.is_empty() {
                return Ok(alerts);
            }
        }
        Err(unavailable(format!("{READ_TRIES} reads left alerts unread")))
    }
}
