use std::fmt::Write as _;

use aws_sdk_dynamodb::types::{Delete, Put, TransactWriteItem, Update};

use crate::item::Row;
use crate::store::Condition;

/// One row of a transaction.
#[derive(Debug)]
pub(super) struct Write {
    /// What it is, for people.
    pub(super) what: String,
    /// Its size.
    pub(super) bytes: usize,
    pub(super) item: TransactWriteItem,
}

impl Write {
    /// Writes the row if the condition holds.
    pub(super) fn put(what: String, table: &str, row: Row, guard: Option<Condition>) -> Self {
        let bytes = row.len();
        let put = Put::builder().table_name(table).set_item(Some(row.item));
        let put = match guard {
            None => put,
            Some(Condition { expression, names, values }) => put
                .condition_expression(expression)
                .set_expression_attribute_names(Some(names))
                .set_expression_attribute_values(values),
        };
        let put = put.build().expect("table and item are given");
        Self { what, bytes, item: TransactWriteItem::builder().put(put).build() }
    }

    /// Writes the row unless it is there already: then it stays as it is, and the transaction goes on.
    pub(super) fn add(what: String, table: &str, key: Row, rest: Row) -> Self {
        let bytes = key.len() + rest.len();
        let mut update = Update::builder().table_name(table).set_key(Some(key.item));
        let mut expression = String::from("SET ");
        for (index, (name, value)) in rest.item.into_iter().enumerate() {
            let comma = if index == 0 { "" } else { ", " };
            write!(expression, "{comma}#a{index} = if_not_exists(#a{index}, :v{index})").expect("a String takes it");
            update = update.expression_attribute_names(format!("#a{index}"), name);
            update = update.expression_attribute_values(format!(":v{index}"), value);
        }
        let update = update.update_expression(expression).build().expect("table, key and expression are given");
        Self { what, bytes, item: TransactWriteItem::builder().update(update).build() }
    }

    /// Deletes the row if the condition holds.
    pub(super) fn delete(what: String, table: &str, key: Row, guard: Condition) -> Self {
        let bytes = key.len();
        let delete = Delete::builder().table_name(table).set_key(Some(key.item));
        let delete = delete
            .condition_expression(guard.expression)
            .set_expression_attribute_names(Some(guard.names))
            .set_expression_attribute_values(guard.values)
            .build()
            .expect("table and key are given");
        Self { what, bytes, item: TransactWriteItem::builder().delete(delete).build() }
    }
}
