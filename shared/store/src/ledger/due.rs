//! What is due, from the sparse index `by-wake`.

use aws_sdk_dynamodb::types::AttributeValue;
use domain::id::{DrillId, Fingerprint, GroupId, IncidentId, NotificationId};
use domain::units::Time;
use engine::port::{Due, PortError};

use super::{name_of, rows};
use crate::Store;
use crate::item::{Item, body, number, text, unreadable};
use crate::orders::DRILLS;

impl Store {
    /// A row that cannot be read does not hold up the others; it is told when nothing else is due.
    pub(super) async fn all_due(&self, limit: u32, now: Time) -> Result<Vec<Due>, PortError> {
        let mut rows = Vec::new();
        for wake in rows::WAKES {
            for table in [&self.tables.incidents, &self.tables.alerts] {
                rows.extend(self.due_of(table, wake, limit, now).await?);
            }
        }
        rows.sort_by_cached_key(|row| (number(row, "next_wake").unwrap_or(i64::MIN), name_of(row)));
        rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        let (mut due, mut unread) = (Vec::with_capacity(rows.len()), None);
        for row in &rows {
            match due_row(row) {
                Ok(row) => due.push(row),
                Err(error) => unread = unread.or(Some(error)),
            }
        }
        match unread {
            Some(error) if due.is_empty() => Err(error),
            _ => Ok(due),
        }
    }

    async fn due_of(&self, table: &str, wake: &str, limit: u32, now: Time) -> Result<Vec<Item>, PortError> {
        let limit = i32::try_from(limit.max(1)).unwrap_or(i32::MAX);
        let query = self.client().query().table_name(table).index_name("by-wake");
        let query = query
            .key_condition_expression("wake = :wake AND next_wake <= :now")
            .expression_attribute_values(":wake", AttributeValue::S(wake.to_owned()))
            .expression_attribute_values(":now", AttributeValue::N(now.epoch().to_string()))
            .limit(limit);
        Ok(self.query(query).await?.0)
    }
}

fn due_row(row: &Item) -> Result<Due, PortError> {
    let Some(sk) = text(row, "sk") else {
        let pk = text(row, "pk").unwrap_or_default();
        let is_group = pk.starts_with(GroupId::PREFIX);
        return Ok(if is_group { Due::Group(GroupId::given(pk)) } else { Due::Alert(Fingerprint::given(pk)) });
    };
    if text(row, "pk") == Some(DRILLS) {
        return Ok(Due::Drill(DrillId::given(sk)));
    }
    let incident = || IncidentId::given(text(row, "pk").unwrap_or_default());
    if sk == rows::INCIDENT {
        return Ok(Due::Incident(incident()));
    }
    if let Some(id) = sk.strip_prefix(rows::RECEIPT) {
        return Ok(Due::Receipt(incident(), NotificationId::given(id)));
    }
    if sk.starts_with(rows::ANNOUNCEMENT) {
        return body(row, || name_of(row)).map(Due::Announcement);
    }
    if sk.starts_with(rows::OUTBOX) {
        return body(row, || name_of(row)).map(Due::Publish);
    }
    Err(unreadable(name_of(row), "it is due but of no known kind"))
}
