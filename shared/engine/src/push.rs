//! Metrics that services push: to whose series they belong, and their way to the collector.

use std::collections::BTreeMap;

use domain::id::{SeriesId, ServiceName};
use domain::metric::{PushedValue, Query, Series};
use domain::service::shard_of;
use domain::setup::Setup;
use domain::units::{Span, Time, Unit};

use crate::port::{EventLog, PortError};

/// Values of one push.
pub const VALUES_MAX: usize = 1000;
/// Longer than any look-back.
const KEPT: Span = Span::DAY;

/// A value as a service pushes it.
#[derive(Clone, PartialEq, Debug)]
pub struct Measured {
    /// Only series of this service.
    pub service: Option<ServiceName>,
    /// The metric.
    pub metric: String,
    /// Its dimensions.
    pub dimensions: BTreeMap<String, String>,
    /// The value, finite.
    pub value: f64,
    /// Its unit; `None`: that of the series.
    pub unit: Option<Unit>,
    /// When it was measured.
    pub at: Time,
}

/// Why a value is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// No series wants it.
    #[error("no series of a source of kind pushed reads the metric {metric:?} with these dimensions")]
    Unwanted {
        /// The metric.
        metric: String,
        /// Metrics that series do read.
        known: Vec<String>,
    },
    /// Its unit measures something else than the series.
    #[error("{found:?} is not a unit of the same kind as {series}'s, {wanted:?}")]
    Unit {
        /// The series.
        series: SeriesId,
        /// Its unit.
        wanted: Unit,
        /// The given one.
        found: Unit,
    },
    /// It is older than what is still looked at.
    #[error("{at} is longer ago than the {look_back} that each tick looks back")]
    Old {
        /// When it was measured.
        at: Time,
        /// The look-back.
        look_back: Span,
    },
}

/// The values of the series that want `measured`: all whose metric it is, whose dimensions it has, and whose service it
/// names, if it names one.
///
/// # Errors
/// When no series wants it, its unit is of another kind, or it is too old to be judged.
pub fn values_of(setup: &Setup, measured: &Measured, now: Time) -> Result<Vec<PushedValue>, Refused> {
    let wanted: Vec<&Series> = setup.series.iter().filter(|series| wants(series, measured)).collect();
    if wanted.is_empty() {
        let mut known: Vec<String> = setup.series.iter().filter_map(metric_of).map(str::to_owned).collect();
        known.dedup();
        return Err(Refused::Unwanted { metric: measured.metric.clone(), known });
    }
    if measured.at < now - setup.look_back {
        return Err(Refused::Old { at: measured.at, look_back: setup.look_back });
    }
    let value = |series: &Series| {
        let unit = measured.unit.unwrap_or(series.unit);
        let factor = unit.factor_to(series.unit).ok_or_else(|| Refused::Unit {
            series: series.id.clone(),
            wanted: series.unit,
            found: unit,
        })?;
        Ok(PushedValue { series: series.id.clone(), at: measured.at, value: measured.value * factor })
    };
    wanted.into_iter().map(value).collect()
}

fn wants(series: &Series, measured: &Measured) -> bool {
    let Query::Pushed(query) = &series.query else { return false };
    query.metric == measured.metric
        && measured.service.as_ref().is_none_or(|service| service.as_str() == series.id.service())
        && query.dimensions.iter().all(|(name, value)| measured.dimensions.get(name) == Some(value))
}

fn metric_of(series: &Series) -> Option<&str> {
    if let Query::Pushed(query) = &series.query { Some(&query.metric) } else { None }
}

/// Keeps values until the collectors of their shards have read them. The same `id` again changes nothing.
///
/// # Errors
/// When the store does not answer; some may be kept: to push again with the same id is safe.
pub async fn push(
    log: &impl EventLog,
    shards: u32,
    id: &str,
    values: Vec<PushedValue>,
    now: Time,
) -> Result<(), PortError> {
    let mut rows: BTreeMap<(u32, Time), Vec<PushedValue>> = BTreeMap::new();
    for value in values {
        let shard = shard_of_series(&value.series, shards);
        rows.entry((shard, value.at.floor(Span::MINUTE))).or_default().push(value);
    }
    for ((shard, minute), values) in rows {
        log.push(shard, minute, id, &values, now + KEPT).await?;
    }
    Ok(())
}

/// The shard in which values for a series are kept: that of its service.
pub(crate) fn shard_of_series(series: &SeriesId, shards: u32) -> u32 {
    series.service().parse().map_or(0, |service| shard_of(&service, shards))
}
