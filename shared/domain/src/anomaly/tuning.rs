use std::fmt;

use serde::{Deserialize, Serialize};

use crate::units::Span;

/// What makes an anomaly worth an alarm. The default serves all series; it was chosen on recorded ones.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Tuning {
    /// What the families weigh, where 1 is an alarm: level, rhythm, noise, hour.
    pub weights: [f64; 4],
    /// After an alarm nothing is told for so long.
    pub rest: Span,
    /// Each alarm makes the next this much harder, which passes within some fifty days.
    pub habit: f64,
    /// An alarm exceeds the series' usual maximum of three hours by so many standard deviations.
    pub deviations: f64,
    /// Which side of what is expected an alarm may lie on.
    pub direction: Direction,
}

/// Which side of what is expected counts.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Direction {
    /// Above and below.
    #[default]
    Both,
    /// Only above.
    Up,
    /// Only below.
    Down,
}

impl Direction {
    /// Whether `value` lies on a side that counts.
    pub fn counts(self, value: f64, expected: f64) -> bool {
        match self {
            Self::Both => true,
            Self::Up => value > expected,
            Self::Down => value < expected,
        }
    }
}

/// The word in configuration and arguments.
impl fmt::Display for Direction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Both => "both",
            Self::Up => "up",
            Self::Down => "down",
        })
    }
}

impl Default for Tuning {
    fn default() -> Self {
        Self {
            weights: [0.96, 0.92, 0.94, 1.9],
            rest: Span::from_minutes(18 * 60),
            habit: 0.085,
            deviations: 0.85,
            direction: Direction::Both,
        }
    }
}

impl Tuning {
    /// The same, where every sign counts `times` as much: above 1 more is told, below 1 less.
    #[must_use]
    pub fn sensitive(self, times: f64) -> Self {
        Self { weights: self.weights.map(|weight| weight * times), ..self }
    }
}
