use serde::{Deserialize, Serialize};

/// The unit a number is shown and compared in.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unit {
    /// A plain number.
    #[default]
    Count,
    /// Hundredths, `0..=100`.
    Percent,
    /// Seconds.
    Seconds,
    /// Milliseconds.
    Milliseconds,
    /// Bytes.
    Bytes,
    /// Kibibytes, 1024 bytes.
    Kibibytes,
    /// Mebibytes, 1024 kibibytes.
    Mebibytes,
    /// Gibibytes, 1024 mebibytes.
    Gibibytes,
    /// US dollars.
    Dollars,
}

impl Unit {
    /// What stands behind a number of this unit.
    pub const fn suffix(self) -> &'static str {
        match self {
            Self::Count => "",
            Self::Percent => " %",
            Self::Seconds => " s",
            Self::Milliseconds => " ms",
            Self::Bytes => " B",
            Self::Kibibytes => " KiB",
            Self::Mebibytes => " MiB",
            Self::Gibibytes => " GiB",
            Self::Dollars => " USD",
        }
    }

    /// The kind of quantity, and how many of its base unit one of this unit is.
    const fn scale(self) -> (Kind, f64) {
        match self {
            Self::Count => (Kind::Number, 1.0),
            Self::Percent => (Kind::Number, 0.01),
            Self::Seconds => (Kind::Time, 1000.0),
            Self::Milliseconds => (Kind::Time, 1.0),
            Self::Bytes => (Kind::Size, 1.0),
            Self::Kibibytes => (Kind::Size, 1024.0),
            Self::Mebibytes => (Kind::Size, 1_048_576.0),
            Self::Gibibytes => (Kind::Size, 1_073_741_824.0),
            Self::Dollars => (Kind::Money, 1.0),
        }
    }

    /// The factor that turns a number of this unit into one of `other`; `None` between different kinds.
    pub fn factor_to(self, other: Self) -> Option<f64> {
        let ((kind, from), (other_kind, to)) = (self.scale(), other.scale());
        (kind == other_kind).then(|| from / to)
    }

    /// `value` with its unit, for people: at most four significant decimals, no trailing zeros.
    pub fn show(self, value: f64) -> String {
        let digits = match value.abs() {
            v if v >= 1000.0 || v == 0.0 => 0,
            v if v >= 100.0 => 1,
            v if v >= 1.0 => 2,
            _ => 4,
        };
        let text = format!("{value:.digits$}");
        let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
        format!("{text}{}", self.suffix())
    }
}

#[derive(PartialEq, Eq)]
enum Kind {
    Number,
    Time,
    Size,
    Money,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn converts_within_a_kind_only() {
        assert_eq!(Unit::Seconds.factor_to(Unit::Milliseconds), Some(1000.0));
        assert_eq!(Unit::Count.factor_to(Unit::Percent), Some(100.0));
        assert_eq!(Unit::Bytes.factor_to(Unit::Gibibytes), Some(1.0 / 1_073_741_824.0));
        assert_eq!(Unit::Dollars.factor_to(Unit::Bytes), None);
    }

    #[test]
    fn shows_numbers_as_people_write_them() {
        assert_eq!(Unit::Percent.show(37.5), "37.5 %");
        assert_eq!(Unit::Count.show(0.0), "0");
        assert_eq!(Unit::Milliseconds.show(1234.56), "1235 ms");
        assert_eq!(Unit::Count.show(0.012_34), "0.0123");
    }
}
