use serde::{Deserialize, Serialize};

use super::average::weight;
use super::rate::Rate;
use super::{ALARM_SCORE, Tuning};
use crate::units::Time;

/// Two days, in intervals of five minutes, and at least so many points, are only learned from.
const LEARN: f64 = 576.0;
const LEARN_POINTS: u32 = 100;
/// Each alarm makes the next harder, which passes within some fifty days (in intervals of five minutes).
const HABIT_PASSES: f64 = 15_000.0;
/// An alarm exceeds the usual maximum of three hours (in intervals of five minutes).
const BLOCK: f64 = 34.0;
/// The usual maximum is that of some fifty blocks, and what is far above it counts only so many deviations.
const BLOCKS: f64 = 50.0;
const CLIP: f64 = 1.5;
/// Blocks before the usual maximum is known, and before outliers in it are clipped.
const BLOCKS_KNOWN: u32 = 3;
const BLOCKS_CLIPPED: u32 = 8;

/// Turns strength into a score, and decides which points are worth an alarm.
#[derive(Clone, Copy, PartialEq, Debug, Default, Serialize, Deserialize)]
pub(super) struct Alarm {
    seen: u32,
    habit: f64,
    told: Option<Time>,
    /// The greatest strength of the block, and how many points it has.
    block: (f64, u32),
    blocks: u32,
    usual: f64,
    variance: f64,
}

impl Alarm {
    /// The score of a point of this strength (1 is remarkable), and whether it is an alarm, which it is only if `counts`.
    pub(super) fn judge(&mut self, strength: f64, rate: Rate, tuning: &Tuning, counts: bool, at: Time) -> (f64, bool) {
        let learning = self.is_learning(rate);
        self.seen = self.seen.saturating_add(1);
        self.habit *= 1.0 - 1.0 / rate.points(HABIT_PASSES);
        let excess = strength - self.habit;
        let rests = self.told.is_some_and(|told| at.since(told) <= tuning.rest);
        let alarm = counts && !learning && !rests && excess >= 1.0 && strength > self.bar(tuning);
        self.learn(strength, rate);
        if alarm {
            self.told = Some(at);
            self.habit += tuning.habit;
        }
        let score = if learning { 0.0 } else { excess.max(0.0) / (1.0 + excess.max(0.0)) };
        (if alarm { score } else { score.min(ALARM_SCORE - 0.001) }, alarm)
    }

    pub(super) fn is_learning(&self, rate: Rate) -> bool {
        self.seen < rate.whole(LEARN).max(LEARN_POINTS)
    }

    fn bar(&self, tuning: &Tuning) -> f64 {
        if self.blocks < BLOCKS_KNOWN { 0.0 } else { self.usual + tuning.deviations * self.variance.sqrt() }
    }

    fn learn(&mut self, strength: f64, rate: Rate) {
        let (greatest, count) = (self.block.0.max(strength), self.block.1 + 1);
        self.block = (greatest, count);
        if count < rate.whole(BLOCK) {
            return;
        }
        self.block = (0.0, 0);
        let weight = weight(self.blocks, BLOCKS);
        self.blocks = self.blocks.saturating_add(1);
        let clip = if self.blocks > BLOCKS_CLIPPED { CLIP * self.variance.sqrt() + 1e-3 } else { f64::INFINITY };
        let distance = (greatest - self.usual).min(clip);
        self.usual += weight * distance;
        self.variance = (1.0 - weight) * (self.variance + weight * distance * distance);
    }
}
