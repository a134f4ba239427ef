use domain::metric::{CostQuery, Query};
use domain::units::Span;

use super::sources::account;
use crate::document::{Cost, Series};
use crate::notes::{Note, Notes};
use crate::read::Given;

pub(super) fn resolve(cost: &Given<Cost>, series: &Series, notes: &mut Notes) -> Option<Query> {
    account(&cost.value.account, notes);
    if let Some(period) = series.period.given()
        && period.value != CostQuery::PERIOD
        && period.value <= Span::DAY
    {
        let note = Note::at(period.at, format!("the bill has no period of {}", period.value));
        notes.add(note.value(&period.value.to_string()).hint("write 1d"));
    }
    let Cost { service, account, reads } = &cost.value;
    Some(Query::Cost(CostQuery {
        service: service.optional()?,
        account: account.optional()?,
        reads: reads.or_default()?,
    }))
}
