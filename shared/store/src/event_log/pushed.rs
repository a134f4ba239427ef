use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use domain::metric::PushedValue;
use domain::units::{Span, Time};
use engine::port::PortError;

use crate::Store;
use crate::item::{Row, body, digits};
use crate::store::Condition;

fn partition(shard: u32) -> String {
    format!("pushed#{shard}")
}

impl Store {
    pub(super) async fn put_values(
        &self,
        shard: u32,
        minute: Time,
        id: &str,
        values: &[PushedValue],
        expires_at: Time,
    ) -> Result<(), PortError> {
        let row = Row::key(partition(shard), Some(&format!("{}#{id}", digits(minute)))).body(&values);
        let row = row.expires_at(Some(expires_at));
        self.put(&self.tables.events, row, Some(Condition::new_row())).await.map(|_| ())
    }

    pub(super) async fn values(&self, shard: u32, from: Time, until: Time) -> Result<Vec<PushedValue>, PortError> {
        let first = digits(from.floor(Span::MINUTE));
        let values = [(":pk", partition(shard)), (":first", first), (":last", digits(until))];
        let texts = values.map(|(name, text)| (name.to_owned(), AttributeValue::S(text)));
        let query = self.client().query().table_name(&self.tables.events).consistent_read(true);
        let query = query.key_condition_expression("pk = :pk AND sk BETWEEN :first AND :last");
        let rows = self.query_all(query.set_expression_attribute_values(Some(HashMap::from(texts)))).await?;
        let mut found: Vec<PushedValue> = Vec::new();
        for row in &rows {
            found.extend(body::<Vec<PushedValue>>(row, || "pushed values".to_owned())?);
        }
        found.retain(|value| value.at >= from && value.at < until);
        Ok(found)
    }
}
