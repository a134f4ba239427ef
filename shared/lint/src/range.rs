use domain::monitor::Limit;

/// Between which numbers something lies, both included.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct Range {
    pub(crate) least: f64,
    pub(crate) most: f64,
}

/// Whether a limit holds of a range.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Holds {
    Never,
    Sometimes,
    Always,
}

impl Range {
    pub(crate) const ANY: Self = Self { least: f64::NEG_INFINITY, most: f64::INFINITY };
    pub(crate) const NOT_NEGATIVE: Self = Self { least: 0.0, most: f64::INFINITY };
    pub(crate) const SHARE: Self = Self { least: 0.0, most: 1.0 };
    pub(crate) const PERCENT: Self = Self { least: 0.0, most: 100.0 };

    /// The same in another unit; `factor` is positive.
    pub(crate) fn times(self, factor: f64) -> Self {
        Self { least: self.least * factor, most: self.most * factor }
    }

    pub(crate) fn is_not_negative(self) -> bool {
        self.least >= 0.0
    }

    /// Whether `limit` holds of every number in the range, or of none.
    pub(crate) fn holds(self, limit: &Limit) -> Holds {
        let [near, far] = if limit.comparison.upward() { [self.least, self.most] } else { [self.most, self.least] };
        match (limit.holds(near), limit.holds(far)) {
            (_, false) => Holds::Never,
            (true, true) => Holds::Always,
            (false, true) => Holds::Sometimes,
        }
    }
}

impl std::fmt::Display for Range {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (self.least.is_finite(), self.most.is_finite()) {
            (true, true) => write!(f, "from {} to {}", self.least, self.most),
            (true, false) => write!(f, "at least {}", self.least),
            (false, true) => write!(f, "at most {}", self.most),
            (false, false) => f.write_str("any number"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(range: Range, limit: &str, expected: Holds) {
        assert_eq!(range.holds(&limit.parse().unwrap()), expected, "{range}: {limit}");
    }

    #[test]
    fn a_limit_holds_never_always_or_sometimes() {
        check(Range::PERCENT, "> 100", Holds::Never);
        check(Range::PERCENT, ">= 100", Holds::Sometimes);
        check(Range::PERCENT, ">= 0", Holds::Always);
        check(Range::PERCENT, "> 0", Holds::Sometimes);
        check(Range::PERCENT, "< 0", Holds::Never);
        check(Range::PERCENT, "<= 100", Holds::Always);
        check(Range::NOT_NEGATIVE, "> 1e300", Holds::Sometimes);
        check(Range::NOT_NEGATIVE, "<= -1", Holds::Never);
        check(Range::ANY, "> 5", Holds::Sometimes);
        check(Range::ANY, "< 5", Holds::Sometimes);
        check(Range::SHARE.times(100.0), "> 100", Holds::Never);
    }
}
