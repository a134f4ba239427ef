use std::fmt;

use super::{Verdict, level};
use crate::units::Span;

/// What the view that finds a point most remarkable saw.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum View {
    /// Nothing.
    Usual,
    /// A level above or below all there was.
    Level {
        /// The value, or the average of the last `span` points.
        value: f64,
        /// How many points the average spans; 1 is the value itself.
        span: u32,
        /// The lowest and the highest before.
        before: (f64, f64),
        /// How long the series has been watched.
        watched: Span,
    },
    /// A distance from what is expected at this hour, greater than any before.
    Rhythm {
        /// The value.
        value: f64,
        /// What was expected.
        expected: f64,
        /// Whether the day of the week was taken into account.
        by_week: bool,
    },
    /// Movement from point to point, against the usual.
    Noise {
        /// How many times the usual it is.
        times: f64,
    },
    /// A value that is seldom seen at this time of the day.
    Hour {
        /// The value.
        value: f64,
        /// The share of earlier values at this time that were like it, 0 to 1.
        share: f64,
    },
}

impl View {
    pub(super) fn level(seen: &level::Seen, watched: Span) -> Self {
        let before = (seen.outside.low, seen.outside.high);
        Self::Level { value: seen.value, span: seen.span, before, watched }
    }
}

/// A sentence for people.
impl fmt::Display for View {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Usual => f.write_str("as usual"),
            Self::Level { value, span, before: (low, high), watched } => {
                let what = if value > high { "highest" } else { "lowest" };
                let of = if span == 1 { "value" } else { "average of the last points" };
                let (value, low, high) = (Short(value), Short(low), Short(high));
                write!(f, "{what} {of} so far: {value}, after {low} to {high} in {}", Rough(watched))
            }
            Self::Rhythm { value, expected, by_week } => {
                let hour = if by_week { "hour and day of the week" } else { "hour" };
                let (value, expected) = (Short(value), Short(expected));
                write!(f, "further than ever from what is usual at this {hour}: {value} instead of {expected}")
            }
            Self::Noise { times } if times >= 1.0 => write!(f, "moves {times:.1} times as much as usual"),
            Self::Noise { times } => write!(f, "moves only {:.0} % as much as usual", 100.0 * times),
            Self::Hour { value, share } if share <= 0.0 => {
                write!(f, "a value like {} was never seen at this time of the day", Short(value))
            }
            Self::Hour { value, share } => {
                write!(f, "values like {} are {:.2} % of those at this time of the day", Short(value), 100.0 * share)
            }
        }
    }
}

/// The sentence that goes with an alarm.
impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}; {}", self.view, self.expectation())
    }
}

impl Verdict {
    /// What was expected, for people.
    pub fn expectation(&self) -> String {
        let (low, high) = self.band();
        format!("expected {}, mostly {} to {}", Short(self.expected), Short(low), Short(high))
    }
}

/// A number with four significant digits.
struct Short(f64);

impl fmt::Display for Short {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let magnitude = self.0.abs();
        if magnitude != 0.0 && !(1e-4..1e9).contains(&magnitude) {
            return write!(f, "{:.3e}", self.0);
        }
        let digits = (3 - magnitude.max(1e-4).log10().floor() as i32).clamp(0, 8) as usize;
        let text = format!("{:.digits$}", self.0);
        f.write_str(if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text })
    }
}

/// A span in its largest unit.
struct Rough(Span);

impl fmt::Display for Rough {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.0.seconds();
        match seconds {
            172_800.. => write!(f, "{} days", seconds / 86_400),
            7200.. => write!(f, "{} hours", seconds / 3600),
            _ => write!(f, "{} minutes", seconds / 60),
        }
    }
}
