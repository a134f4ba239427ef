//! M of N with missing data, exactly as CloudWatch evaluates alarms.
//!
//! Source: AWS user guide, "Configuring how CloudWatch alarms treat missing data",
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html>.

use serde::{Deserialize, Serialize};

/// M breaching periods out of N.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Window {
    /// M, at least 1.
    pub breaching: u32,
    /// N, at least M.
    pub of: u32,
}

impl Window {
    /// N can be at most this, a day of one-minute periods.
    pub const OF_MAX: u32 = 1440;
    /// How many periods beyond N are looked at, so that missing ones can be made up for by older real ones.
    pub const EXTRA_PERIODS: u32 = 2;

    /// The evaluation range in periods.
    pub const fn range(self) -> u32 {
        self.of + Self::EXTRA_PERIODS
    }
}

/// What one period is to a condition.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Datum {
    /// A real value within the limit.
    Fine,
    /// A real value beyond the limit.
    Breaching,
    /// Asked for, and there was none.
    Missing,
    /// Could not be asked for: neither missing nor real.
    Unknown,
}

/// What a missing period counts as; CloudWatch's four policies.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum MissingData {
    /// As nothing: with no real period at all, the answer is "insufficient data".
    #[default]
    Missing,
    /// As no reason to change.
    Ignore,
    /// As a breach.
    Breaching,
    /// As fine.
    NotBreaching,
}

/// Where a condition stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// Nothing is known yet, or no longer.
    #[default]
    InsufficientData,
    /// Fine.
    Ok,
    /// In breach.
    Breaching,
}

/// A standing, or none: keep the one there is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum WindowVerdict {
    /// The standing is now this.
    Now(Standing),
    /// The standing stays what it was.
    Keep,
}

impl Window {
    /// Judges the evaluation range, newest first (fewer than [`Window::range`] at the beginning of history).
    ///
    /// A period that is [`Datum::Unknown`] is neither missing nor real; while one is in the range, only real
    /// breaches can change the standing, and nothing is filled in.
    pub fn judge(self, newest_first: impl Iterator<Item = Datum>, missing: MissingData) -> WindowVerdict {
        let (m, n) = (self.breaching as usize, self.of as usize);
        // Of the newest N real ones, those that breach.
        let (mut reals, mut breaches, mut oldest_age, mut unknown) = (0, 0, 0, false);
        for (age, datum) in (1..).zip(newest_first) {
            match datum {
                Datum::Unknown => unknown = true,
                Datum::Missing => {}
                Datum::Fine | Datum::Breaching => {
                    breaches += usize::from(datum == Datum::Breaching && reals < n);
                    reals += 1;
                    oldest_age = age;
                }
            }
        }
        let breach_if = |yes: bool| WindowVerdict::Now(if yes { Standing::Breaching } else { Standing::Ok });
        if breaches >= m {
            return breach_if(true);
        }
        if unknown {
            return WindowVerdict::Keep;
        }
        if reals >= n {
            return breach_if(false);
        }
        let all_breach = reals > 0 && breaches == reals;
        match missing {
            MissingData::Breaching => breach_if(breaches + (n - reals) >= m),
            MissingData::Missing if reals == 0 => WindowVerdict::Now(Standing::InsufficientData),
            MissingData::Missing => breach_if(all_breach && oldest_age >= m),
            MissingData::Ignore if reals == 0 || (all_breach && oldest_age >= m) => WindowVerdict::Keep,
            MissingData::Ignore | MissingData::NotBreaching => breach_if(false),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use MissingData::{Breaching, Ignore, Missing, NotBreaching};

    fn data(text: &str) -> Vec<Datum> {
        text.chars()
            .map(|c| match c {
                '0' => Datum::Fine,
                'X' => Datum::Breaching,
                '-' => Datum::Missing,
                '?' => Datum::Unknown,
                other => panic!("{other} is not a datum"),
            })
            .collect()
    }

    fn check(breaching: u32, of: u32, text: &str, missing: MissingData, expected: &str) {
        let found = match (Window { breaching, of }).judge(data(text).into_iter().rev(), missing) {
            WindowVerdict::Keep => "R",
            WindowVerdict::Now(Standing::InsufficientData) => "I",
            WindowVerdict::Now(Standing::Ok) => "OK",
            WindowVerdict::Now(Standing::Breaching) => "ALARM",
        };
        assert_eq!(found, expected, "{breaching} of {of}, {text}, {missing:?}");
    }

    fn row(breaching: u32, text: &str, [missing, ignore, breaches, not]: [&str; 4]) {
        check(breaching, 3, text, Missing, missing);
        check(breaching, 3, text, Ignore, ignore);
        check(breaching, 3, text, Breaching, breaches);
        check(breaching, 3, text, NotBreaching, not);
    }

    #[test]
    fn all_forty_cells_of_the_user_guide() {
        row(3, "0-X-X", ["OK", "OK", "OK", "OK"]);
        row(3, "0----", ["OK", "OK", "OK", "OK"]);
        row(3, "-----", ["I", "R", "ALARM", "OK"]);
        row(3, "0XX-X", ["ALARM", "ALARM", "ALARM", "ALARM"]);
        row(3, "--X--", ["ALARM", "R", "ALARM", "OK"]);
        row(2, "0-X-X", ["ALARM", "ALARM", "ALARM", "ALARM"]);
        row(2, "00X0X", ["ALARM", "ALARM", "ALARM", "ALARM"]);
        row(2, "0-X--", ["OK", "OK", "ALARM", "OK"]);
        row(2, "----0", ["OK", "OK", "ALARM", "OK"]);
        row(2, "---X-", ["ALARM", "R", "ALARM", "OK"]);
    }

    #[test]
    fn no_premature_alarm() {
        for missing in [Missing, Ignore, NotBreaching] {
            check(3, 3, "----X", missing, "OK");
            check(3, 3, "---X-", missing, "OK");
        }
    }

    #[test]
    fn a_failed_query_is_not_missing_data() {
        for missing in [Missing, Ignore, Breaching, NotBreaching] {
            check(2, 3, "?????", missing, "R");
            check(2, 3, "00?X?", missing, "R");
            check(2, 3, "-?0?-", missing, "R");
            check(2, 3, "X??X?", missing, "ALARM");
        }
    }

    /// The rule written down a second time, from the guide's prose and over text: the newest real periods are picked, what
    /// is wanting is filled in, and what stands then is counted.
    fn by_the_prose(m: usize, n: usize, range: &str, missing: MissingData) -> &'static str {
        let newest_first: Vec<(usize, char)> = (1..).zip(range.chars().rev()).filter(|(_, c)| *c != '-').collect();
        let mut picked: String = newest_first.iter().take(n).map(|(_, c)| c).collect();
        match missing {
            Missing if picked.is_empty() => return "I",
            Ignore if picked.is_empty() => return "R",
            Breaching => picked.extend(std::iter::repeat_n('X', n - picked.len())),
            NotBreaching => picked.extend(std::iter::repeat_n('0', n - picked.len())),
            _ => {}
        }
        let alarm = picked.matches('X').count() >= m;
        let old_enough = newest_first.last().is_some_and(|(age, _)| *age >= m);
        match missing {
            _ if alarm => "ALARM",
            Missing if picked.len() < n && !picked.contains('0') && old_enough => "ALARM",
            Ignore if picked.len() < n && !picked.contains('0') && old_enough => "R",
            _ => "OK",
        }
    }

    #[test]
    fn the_second_reading_satisfies_the_guide_too() {
        for (range, missing, expected) in
            [("--X--", Missing, "ALARM"), ("----X", Missing, "OK"), ("---X-", Ignore, "OK")]
        {
            assert_eq!(by_the_prose(3, 3, range, missing), expected, "{range} {missing:?}");
        }
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(4096))]
        #[test]
        fn both_readings_of_the_guide_agree(range in "[-0X]{1,14}", m in 1_usize..=6, more in 0_usize..=6) {
            let n = m + more;
            let range = &range[range.len().saturating_sub(n + Window::EXTRA_PERIODS as usize)..];
            let (breaching, of) = (u32::try_from(m).unwrap(), u32::try_from(n).unwrap());
            for missing in [Missing, Ignore, Breaching, NotBreaching] {
                check(breaching, of, range, missing, by_the_prose(m, n, range, missing));
            }
        }
    }
}
