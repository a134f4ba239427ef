//! Requests to Cost Explorer: series of one source and account share one, and each forecast is one more.

use std::collections::BTreeMap;

use domain::id::SeriesId;
use domain::metric::{CostReading, Query, Series};
use domain::setup::Setup;

use super::prices::COST_EXPLORER;
use super::{Price, asked};

pub(super) fn of_series(setup: &Setup) -> BTreeMap<&SeriesId, Price> {
    let mut requests: BTreeMap<String, Vec<&Series>> = BTreeMap::new();
    for series in &setup.series {
        let Query::Cost(cost) = &series.query else { continue };
        let of = format!("{} {:?}", series.source, cost.account);
        if cost.reads == CostReading::MonthForecast {
            requests.entry(format!("{of} {:?}", cost.service)).or_default().push(series);
        }
        requests.entry(of).or_default().push(series);
    }
    let mut prices: BTreeMap<&SeriesId, Price> = BTreeMap::new();
    for sharing in requests.values() {
        let fastest = sharing.iter().map(|series| series.pace).min().unwrap_or_default();
        let each = asked(fastest) / sharing.len() as f64;
        for series in sharing {
            let price = prices.entry(&series.id).or_default();
            price.asked += each;
            price.dollars += each * COST_EXPLORER;
        }
    }
    prices
}
