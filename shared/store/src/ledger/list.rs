//! Lists, page by page, from the indices.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use domain::alert::Status;
use engine::port::{Page, PortError};
use serde::de::DeserializeOwned;

use super::{name_of, rows};
use crate::Store;
use crate::cursor::Cursor;
use crate::item::{Item, Row, body, number, text};
use crate::tables::Tables;

/// Rows of a page, however many are asked for: at about 2 KB each a page stays below half of a Lambda's answer.
const PAGE_ROWS_MAX: u32 = 500;

/// One partition of an index.
pub(super) struct List<'t> {
    table: &'t str,
    index: &'static str,
    /// Name and value of the index's partition key.
    partition: (&'static str, &'static str),
    /// Name of the index's sort key.
    order: &'static str,
    /// The sort key that all rows of the list have in their table.
    sk: Option<&'static str>,
    /// The oldest first, not the newest.
    oldest_first: bool,
}

impl<'t> List<'t> {
    pub(super) fn alerts(tables: &'t Tables, status: Status) -> Self {
        let partition = ("status", status.as_str());
        let (index, order) = ("by-status", "changed_at");
        Self { table: &tables.alerts, index, partition, order, sk: None, oldest_first: false }
    }

    pub(super) fn firing(tables: &'t Tables) -> Self {
        Self { oldest_first: true, ..Self::alerts(tables, Status::Firing) }
    }

    pub(super) fn incidents(tables: &'t Tables) -> Self {
        let (partition, sk) = (("listing", rows::INCIDENT), Some(rows::INCIDENT));
        Self { table: &tables.incidents, index: "by-opened", partition, order: "opened_at", sk, oldest_first: false }
    }

    /// The key of the row that the cursor points at.
    fn start(&self, cursor: &Cursor) -> Item {
        let (name, value) = self.partition;
        Row::key(&cursor.pk, self.sk).text(name, value).number(self.order, cursor.order).item
    }

    fn cursor(&self, key: &Item) -> Option<String> {
        let pk = text(key, "pk")?.to_owned();
        Some(Cursor { order: number(key, self.order)?, pk }.encode())
    }
}

impl Store {
    pub(super) async fn page<T: DeserializeOwned>(
        &self,
        list: &List<'_>,
        limit: u32,
        cursor: Option<String>,
    ) -> Result<Page<T>, PortError> {
        let start = cursor.as_deref().map(Cursor::decode).transpose()?.map(|cursor| list.start(&cursor));
        let limit = i32::try_from(limit.clamp(1, PAGE_ROWS_MAX)).expect("the limit fits");
        let (name, value) = list.partition;
        let query = self.client().query().table_name(list.table).index_name(list.index);
        let query = query
            .scan_index_forward(list.oldest_first)
            .key_condition_expression("#partition = :partition")
            .set_expression_attribute_names(Some(HashMap::from([("#partition".to_owned(), name.to_owned())])))
            .expression_attribute_values(":partition", AttributeValue::S(value.to_owned()))
            .limit(limit)
            .set_exclusive_start_key(start);
        let (rows, next) = self.query(query).await?;
        let items = rows.iter().map(|row| body(row, || name_of(row))).collect::<Result<_, _>>()?;
        Ok(Page { items, cursor: next.and_then(|key| list.cursor(&key)) })
    }
}
