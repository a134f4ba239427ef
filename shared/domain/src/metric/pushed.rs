use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Statistic, Value};
use crate::id::SeriesId;
use crate::units::Time;

/// A metric that services push, and what is computed of its values.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct PushedMetric {
    /// Its name.
    pub metric: String,
    /// Dimensions that a value must have; it may have more.
    pub dimensions: BTreeMap<String, String>,
    /// What is computed of each period.
    pub statistic: Statistic,
}

/// A value that was pushed for a series, in the series' unit.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct PushedValue {
    /// The series.
    pub series: SeriesId,
    /// When it was measured.
    pub at: Time,
    /// The value, finite.
    pub value: f64,
}

impl Statistic {
    /// The statistic of the values of one period; `None` where there are none. A percentile is the nearest rank.
    pub fn of(self, values: &mut [f64]) -> Option<Value> {
        if values.is_empty() {
            return None;
        }
        let sum = values.iter().sum();
        let count = values.len() as f64;
        match self {
            Self::Sum => Value::number(sum),
            Self::SampleCount => Value::number(count),
            Self::Average => Value::mean(sum, count),
            Self::Minimum => Value::number(values.iter().copied().fold(f64::INFINITY, f64::min)),
            Self::Maximum => Value::number(values.iter().copied().fold(f64::NEG_INFINITY, f64::max)),
            Self::CountUpTo(limit) => Value::number(values.iter().filter(|value| **value <= limit).count() as f64),
            Self::Percentile(percent) => {
                values.sort_by(f64::total_cmp);
                #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it lies in 1..=len")]
                let rank = (f64::from(percent) / 100.0 * count).ceil().clamp(1.0, count) as usize;
                Value::number(values[rank - 1])
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statistics_of_one_period() {
        let of = |statistic: &str, mut values: Vec<f64>| {
            statistic.parse::<Statistic>().unwrap().of(&mut values).map(Value::get)
        };
        let values = || vec![4.0, 1.0, 3.0, 2.0];
        for (statistic, expected) in [
            ("Sum", 10.0),
            ("SampleCount", 4.0),
            ("Average", 2.5),
            ("Minimum", 1.0),
            ("Maximum", 4.0),
            ("p50", 2.0),
            ("p51", 3.0),
            ("p100", 4.0),
            ("p0.1", 1.0),
            ("TC(:2)", 2.0),
        ] {
            assert_eq!(of(statistic, values()), Some(expected), "{statistic}");
            assert_eq!(of(statistic, Vec::new()), None, "{statistic}");
        }
        assert_eq!(of("Sum", vec![f64::MAX, f64::MAX]), None);
    }
}
