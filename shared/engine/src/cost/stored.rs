use domain::metric::Series;
use domain::monitor::Monitor;
use domain::setup::Setup;
use domain::units::Time;

use super::prices::{
    ASK_BYTES, CHECKPOINTS, MINUTES, POINT_BYTES, PUT, READ_UNIT, SERIES_BYTES, TABLE_BYTES_MAX, WRITE_UNIT,
    state_bytes,
};
use crate::collect::is_due;

const KB: f64 = 1024.0;
/// Ticks of a day: then every pace has come round.
const TICKS: i64 = 1440;

/// What chunks and states of one shard cost a month.
pub(super) fn of_shard(setup: &Setup, shard: u32, shards: u32) -> f64 {
    dollars(&setup.series_of(shard, shards), &setup.monitors_of(shard, shards), 1.0)
}

/// What they cost for `count` series of the same mix, spread evenly over `shards`.
pub(super) fn of_mix(setup: &Setup, count: u32, shards: u32) -> f64 {
    let (series, monitors): (Vec<_>, Vec<_>) = (setup.series.iter().collect(), setup.monitors.iter().collect());
    let times = f64::from(count) / f64::from(shards.max(1)) / (series.len().max(1) as f64);
    f64::from(shards) * dollars(&series, &monitors, times)
}

/// Of a shard that has each of these `times` times.
fn dollars(series: &[&Series], monitors: &[&Monitor], times: f64) -> f64 {
    let (mut written, mut read) = (0.0, 0.0);
    for tick in 0..TICKS {
        let due = series.iter().filter(|series| is_due(series.pace, Time::from_epoch(tick * 60)));
        let bytes: f64 = due
            .map(|series| {
                let points = f64::from(series.pace.seconds().max(60)) / f64::from(series.period.seconds().max(1));
                ASK_BYTES + POINT_BYTES * points.max(0.0)
            })
            .sum();
        let chunk = (times * bytes / KB).ceil().max(1.0);
        written += chunk;
        read += 0.5 + 1.0 + (3.0 * chunk / 4.0).ceil() + (chunk / 4.0).ceil();
    }
    let chunks = (written * WRITE_UNIT + read * READ_UNIT) * MINUTES / TICKS as f64;
    let state: f64 = monitors.iter().map(|monitor| state_bytes(&monitor.measure)).sum();
    let state = times * (state + SERIES_BYTES * series.len() as f64);
    let checkpoint = if state > TABLE_BYTES_MAX { PUT } else { (state / KB).ceil() * WRITE_UNIT };
    chunks + CHECKPOINTS * (checkpoint + WRITE_UNIT)
}
