use serde::{Deserialize, Serialize};

use super::rate::Rate;
use crate::units::Time;

/// Times of day that are told apart.
const TIMES: usize = 24;
/// Standings that are told apart, and the range that they divide; what lies outside counts to the nearest.
const LEVELS: usize = 24;
const LOWEST: f64 = -4.0;
const RANGE: f64 = 10.0;
/// A neighbour in time or in level counts half.
const NEIGHBOUR: f64 = 0.5;
/// What each cell has before anything was counted.
const PRIOR: f64 = 0.1;
/// A table remembers so many days, though at least so many values of each time.
const DAYS: f64 = 90.0;
const REMEMBERED: (f64, f64) = (200.0, 60_000.0);
/// Intervals of five minutes in an hour.
const OF_AN_HOUR: f64 = 12.0;

/// How often each standing was seen at each time of day.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub(super) struct Table {
    /// Points whose mean is one value.
    block: u32,
    remembered: u32,
    pending: (f64, u32),
    counts: Vec<u16>,
    totals: Vec<u32>,
}

/// How rare a value was.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Rarity {
    /// 1.4 for each power of ten; 0 while the block is not complete.
    pub(super) strength: f64,
    /// The share of earlier values at this time that were like it.
    pub(super) share: f64,
}

impl Table {
    pub(super) fn new(block: u32, rate: Rate) -> Self {
        let remembered = (rate.points(DAYS * OF_AN_HOUR) / f64::from(block)).clamp(REMEMBERED.0, REMEMBERED.1) as u32;
        let (counts, totals) = (vec![0; TIMES * LEVELS], vec![0; TIMES]);
        Self { block, remembered, pending: (0.0, 0), counts, totals }
    }

    pub(super) fn push(&mut self, standing: f64, at: Time) -> Rarity {
        let (sum, count) = (self.pending.0 + standing, self.pending.1 + 1);
        if count < self.block {
            self.pending = (sum, count);
            return Rarity { strength: 0.0, share: 1.0 };
        }
        self.pending = (0.0, 0);
        let level =
            ((sum / f64::from(count) - LOWEST) / RANGE * LEVELS as f64).clamp(0.0, (LEVELS - 1) as f64) as usize;
        let time = at.epoch().rem_euclid(86_400) as usize * TIMES / 86_400;
        let rarity = self.rarity(time, level);
        self.count(time, level);
        rarity
    }

    fn rarity(&self, time: usize, level: usize) -> Rarity {
        let (mut alike, mut all) = (0.0, 0.0);
        for (time, near) in [((time + TIMES - 1) % TIMES, NEIGHBOUR), (time, 1.0), ((time + 1) % TIMES, NEIGHBOUR)] {
            all += near * f64::from(self.totals[time]);
            let row = &self.counts[time * LEVELS..(time + 1) * LEVELS];
            let at = |level: usize| row.get(level).map_or(0.0, |count| f64::from(*count));
            alike += near * (at(level) + NEIGHBOUR * (at(level.wrapping_sub(1)) + at(level + 1)));
        }
        let chance = (alike + PRIOR) / (all + PRIOR * LEVELS as f64);
        Rarity { strength: -1.4 * chance.log10(), share: if all > 0.0 { (alike / all).min(1.0) } else { 1.0 } }
    }

    /// Counts a value, and halves what is known of its time when that is more than is remembered.
    fn count(&mut self, time: usize, level: usize) {
        let row = &mut self.counts[time * LEVELS..(time + 1) * LEVELS];
        row[level] = row[level].saturating_add(1);
        self.totals[time] += 1;
        if self.totals[time] > self.remembered {
            for count in row.iter_mut() {
                *count /= 2;
            }
            self.totals[time] = row.iter().map(|count| u32::from(*count)).sum();
        }
    }
}
