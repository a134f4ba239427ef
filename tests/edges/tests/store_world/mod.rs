//! The store in tables of its own, and a look at its rows as they lie there.

#![allow(dead_code, clippy::unwrap_used, reason = "part of tests, which take what they need of it")]

use std::collections::HashMap;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use aws_types::SdkConfig;
use domain::units::Time;
use store::{Store, Tables};
use testkit::stack::Stack;

/// Later than any test runs, so that no row of it has expired.
pub(crate) const NOW: Time = Time::from_epoch(1_900_000_020);

/// The bucket of large states.
pub(crate) const BUCKET: &str = "edge";

pub(crate) struct World {
    pub(crate) client: Client,
    pub(crate) s3: aws_sdk_s3::Client,
    pub(crate) config: SdkConfig,
    pub(crate) tables: Tables,
    _stack: Stack,
}

pub(crate) type Item = HashMap<String, AttributeValue>;

impl World {
    pub(crate) async fn start() -> Self {
        let stack = Stack::start();
        stack.create_tables("edge").await;
        let name = |table: &str| format!("edge-{table}");
        let tables = Tables {
            metrics: name("metrics"),
            alerts: name("alerts"),
            incidents: name("incidents"),
            post_mortems: name("post-mortems"),
            action_items: name("action-items"),
            events: name("events"),
            slos: name("slos"),
            deployments: name("deployments"),
        };
        let config = stack.config();
        let s3 = aws_sdk_s3::config::Builder::from(&config).force_path_style(true).build();
        let s3 = aws_sdk_s3::Client::from_conf(s3);
        s3.create_bucket().bucket(BUCKET).send().await.unwrap();
        Self { client: Client::new(&config), s3, config, tables, _stack: stack }
    }

    /// A store without memory, as in a function that starts.
    pub(crate) fn store(&self) -> Store {
        Store::new(self.config.clone(), self.tables.clone(), BUCKET.to_owned())
    }

    /// All rows of a table whose sort key (or partition key, where there is none) begins so.
    pub(crate) async fn rows(&self, table: &str, key: &str) -> Vec<Item> {
        let rows = self.client.scan().table_name(table).send().await.unwrap().items.unwrap();
        let key_of = |row: &Item| row.get("sk").unwrap_or(&row["pk"]).as_s().unwrap().clone();
        rows.into_iter().filter(|row| key_of(row).starts_with(key)).collect()
    }

    /// Removes a row that has a sort key.
    pub(crate) async fn remove(&self, table: &str, mut row: Item) {
        let keys = ["pk", "sk"].map(|key| (key.to_owned(), row.remove(key).unwrap()));
        self.client.delete_item().table_name(table).set_key(Some(keys.into())).send().await.unwrap();
    }

    /// Writes a row over the one that is there.
    pub(crate) async fn overwrite(&self, table: &str, row: Item) {
        self.client.put_item().table_name(table).set_item(Some(row)).send().await.unwrap();
    }
}

pub(crate) fn text(text: &str) -> AttributeValue {
    AttributeValue::S(text.to_owned())
}

/// When the row expires, in seconds since the epoch.
pub(crate) fn expires_at(row: &Item) -> Option<i64> {
    row.get("expires_at").map(|at| at.as_n().unwrap().parse().unwrap())
}
