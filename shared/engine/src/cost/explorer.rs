//! Requests to Cost Explorer: series of one source, account and shard share one, and each forecast is one more.

use std::collections::BTreeMap;

use domain::id::SeriesId;
use domain::metric::{CostReading, Query, Series};
use domain::setup::Setup;

use super::prices::COST_EXPLORER;
use super::{Price, asked};

pub(super) fn of_series(setup: &Setup, shards: u32) -> BTreeMap<&SeriesId, Price> {
    let mut requests: BTreeMap<String, Vec<&Series>> = BTreeMap::new();
    let mut request = |of: String, series| requests.entry(of).or_default().push(series);
    for shard in 0..shards {
        for series in setup.series_of(shard, shards) {
            let Query::Cost(cost) = &series.query else { continue };
            let of = format!("{shard} {} {:?}", series.source, cost.account);
            if cost.reads == CostReading::MonthForecast {
                request(format!("{of} {:?}", cost.service), series);
            }
            request(of, series);
        }
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
