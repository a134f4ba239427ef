use serde::{Deserialize, Serialize};

use super::average::weight;
use super::level::FORGET;
use super::mean;
use super::rate::Rate;
use super::surprise::{Rarity, Table};
use crate::units::Time;

/// Means of so many points are looked at.
const BLOCKS: [u32; 3] = [1, 3, 12];
const REMARKABLE: [f64; 3] = [4.0764, 3.4974, 3.5];
/// Points before the scale of the residual is known.
const WARM: u32 = 10;

/// How seldom was such a value at this time of day?
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub(super) struct Hours {
    centre: f64,
    spread: f64,
    seen: u32,
    tables: [Table; 3],
}

/// What the hour shows.
pub(super) struct Seen {
    pub(super) strength: f64,
    /// The share of earlier values at this time that were like it, in the table that finds it rarest.
    pub(super) share: f64,
}

impl Hours {
    pub(super) fn new(rate: Rate) -> Self {
        let tables = BLOCKS.map(|block| Table::new(block, rate));
        Self { centre: 0.0, spread: 0.0, seen: 0, tables }
    }

    pub(super) fn look(&mut self, value: f64, rate: Rate, at: Time) -> Seen {
        let standing = self.standing(value, rate);
        let rarities: [Rarity; 3] = std::array::from_fn(|i| self.tables[i].push(standing, at));
        let views: [f64; 3] = std::array::from_fn(|i| rarities[i].strength / REMARKABLE[i]);
        let rarest = (1..3).fold(0, |best, i| if views[i] > views[best] { i } else { best });
        Seen { strength: mean(views), share: rarities[rarest].share }
    }

    /// Where `value` stands against a robust centre and spread, on a scale that is linear near the centre and
    /// logarithmic far out; single outliers move the two little.
    fn standing(&mut self, value: f64, rate: Rate) -> f64 {
        let weight = weight(self.seen, rate.points(FORGET));
        self.seen = self.seen.saturating_add(1);
        if self.seen == 1 {
            self.centre = value;
        }
        let distance = value - self.centre;
        let standing = (distance / (self.spread + 1e-9 * self.centre.abs() + 1e-12)).asinh();
        if self.seen <= WARM {
            self.centre += weight * distance;
            self.spread += weight * (distance.abs() - self.spread);
            return 0.0;
        }
        let reach = 3.0 * self.spread;
        self.centre += weight * distance.clamp(-reach, reach);
        self.spread += weight * (distance.abs().min(5.0 * self.spread + 1e-9) - self.spread);
        standing
    }
}
