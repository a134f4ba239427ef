use std::collections::HashMap;

use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use aws_sdk_dynamodb::types::AttributeValue;
use domain::monitored::{EventText, Logged, Status};
use domain::units::{Span, Time};
use engine::port::{LogRange, PortError};

use super::{BY_LISTING, source_key};
use crate::Store;
use crate::item::{Item, body};

impl Store {
    /// The latest `limit` events of a range: of one source by its partition, of all by the days of each status.
    pub(super) async fn events_of(&self, range: &LogRange, limit: usize) -> Result<Vec<Logged>, PortError> {
        if let Some(source) = &range.source {
            return self.events_of_source(source, range, limit).await;
        }
        let mut found: Vec<Logged> = Vec::new();
        let mut day = instant(&range.before).floor(Span::DAY);
        while day >= range.from.floor(Span::DAY) && found.len() < limit {
            let mut of_day = Vec::new();
            for status in &range.statuses {
                let query = self.query_of("listing", format!("{}#{}", status.as_str(), day.date()), range);
                of_day
                    .extend(self.latest(query.index_name(BY_LISTING), range, limit - found.len(), &Status::ALL).await?);
            }
            of_day.sort_by_key(|logged| std::cmp::Reverse(logged.place()));
            found.extend(of_day);
            day = day - Span::DAY;
        }
        found.truncate(limit);
        Ok(found)
    }

    async fn events_of_source(
        &self,
        source: &EventText,
        range: &LogRange,
        limit: usize,
    ) -> Result<Vec<Logged>, PortError> {
        self.latest(self.query_of("pk", source_key(source), range), range, limit, &range.statuses).await
    }

    fn query_of(&self, key: &str, value: String, range: &LogRange) -> QueryFluentBuilder {
        let values = [(":of", value), (":first", Logged::place_of(range.from)), (":last", range.before.clone())];
        let values = values.map(|(name, text)| (name.to_owned(), AttributeValue::S(text)));
        self.client()
            .query()
            .table_name(&self.tables.events)
            .key_condition_expression("#of = :of AND sk BETWEEN :first AND :last")
            .expression_attribute_names("#of", key)
            .set_expression_attribute_values(Some(HashMap::from(values)))
            .scan_index_forward(false)
    }

    /// What the query finds before the end of the range, page after page, until it is enough.
    async fn latest(
        &self,
        query: QueryFluentBuilder,
        range: &LogRange,
        limit: usize,
        statuses: &[Status],
    ) -> Result<Vec<Logged>, PortError> {
        let mut found = Vec::new();
        if Logged::place_of(range.from) > range.before {
            return Ok(found);
        }
        // One more than wanted, since the end itself is not part of the range.
        let query = query.limit(i32::try_from(limit + 1).unwrap_or(i32::MAX));
        let mut after: Option<Item> = None;
        loop {
            let (rows, next) = self.query(query.clone().set_exclusive_start_key(after)).await?;
            for row in &rows {
                let logged: Logged = body(row, || "a monitored event".to_owned())?;
                if logged.place() < range.before && statuses.contains(&logged.verdict.status) {
                    found.push(logged);
                }
            }
            if next.is_none() || found.len() >= limit {
                found.truncate(limit);
                return Ok(found);
            }
            after = next;
        }
    }
}

/// When a place is.
fn instant(place: &str) -> Time {
    let seconds = place.split('#').next().and_then(|digits| digits.parse().ok());
    Time::from_epoch(seconds.unwrap_or_default())
}
