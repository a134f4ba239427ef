use domain::metric::Series;
use domain::monitor::Monitor;
use domain::units::Time;

use super::prices::{
    ASK_BYTES, CHECKPOINTS, MINUTES, POINT_BYTES, PUT, READ_UNIT, SERIES_BYTES, TABLE_BYTES_MAX, WRITE_UNIT,
    state_bytes,
};
use crate::collect::is_due;

const KB: f64 = 1024.0;
/// Ticks of a day: then every pace has come round.
const TICKS: i64 = 1440;

/// What the chunks and the state of a shard are made of.
pub(super) struct Mix {
    /// Bytes of each tick's chunk.
    chunks: Vec<f64>,
    /// Packed bytes of the state.
    state: f64,
}

impl Mix {
    pub(super) fn of(series: &[&Series], monitors: &[&Monitor]) -> Self {
        let chunk = |tick: i64| {
            let due = series.iter().filter(|series| is_due(series.pace, Time::from_epoch(tick * 60)));
            due.map(|series| {
                let points = f64::from(series.pace.seconds().max(60)) / f64::from(series.period.seconds().max(1));
                ASK_BYTES + POINT_BYTES * points.max(0.0)
            })
            .sum()
        };
        let state: f64 = monitors.iter().map(|monitor| state_bytes(&monitor.measure)).sum();
        Self { chunks: (0..TICKS).map(chunk).collect(), state: state + SERIES_BYTES * series.len() as f64 }
    }

    /// What a shard that has each of these `times` times costs a month.
    pub(super) fn dollars(&self, times: f64) -> f64 {
        let (mut written, mut read) = (0.0, 0.0);
        for bytes in &self.chunks {
            let chunk = (times * bytes / KB).ceil().max(1.0);
            written += chunk;
            read += 0.5 + 1.0 + (3.0 * chunk / 4.0).ceil() + (chunk / 4.0).ceil();
        }
        let chunks = (written * WRITE_UNIT + read * READ_UNIT) * MINUTES / TICKS as f64;
        let state = times * self.state;
        let in_table = state <= TABLE_BYTES_MAX as f64;
        let checkpoint = if in_table { (state / KB).ceil() * WRITE_UNIT } else { PUT };
        chunks + CHECKPOINTS * (checkpoint + WRITE_UNIT)
    }
}
