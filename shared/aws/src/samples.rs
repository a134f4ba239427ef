use domain::metric::{Failure, FailureKind, Sample, Value};
use domain::units::Time;
use engine::port::Ask;

/// The longest detail of a failure, in characters: one line of a log or a timeline.
const DETAIL_CHARS_MAX: usize = 300;

/// The samples of an ask out of what its source gave, oldest first, and how many were dropped because they are no
/// numbers. What lies outside of the asked range is left out; of two at one time the later one holds.
///
/// # Errors
/// [`FailureKind::Rejected`] when a time is no multiple of the period: such an answer cannot be told from no answer.
pub(crate) fn samples(
    ask: &Ask<'_>,
    points: impl IntoIterator<Item = (Time, Option<Value>)>,
) -> Result<(Vec<Sample>, u64), Failure> {
    let period = ask.series.period;
    let points = points.into_iter();
    let mut samples: Vec<Sample> = Vec::with_capacity(points.size_hint().0);
    let mut dropped = 0;
    for (at, value) in points {
        if at < ask.from || at >= ask.until {
            continue;
        }
        if at.floor(period) != at {
            let detail = format!("a sample at {at} is no multiple of {period}");
            return Err(failure(FailureKind::Rejected, &detail));
        }
        match value {
            Some(value) => samples.push(Sample { at, value }),
            None => dropped += 1,
        }
    }
    if !samples.is_sorted_by(|a, b| a.at < b.at) {
        // The sort is stable, so reversed the last one given comes first and is kept.
        samples.reverse();
        samples.sort_by_key(|sample| sample.at);
        samples.dedup_by_key(|sample| sample.at);
    }
    Ok((samples, dropped))
}

/// A failure whose detail is cut to one line.
pub(crate) fn failure(kind: FailureKind, detail: &str) -> Failure {
    Failure { kind, detail: shortened(detail, DETAIL_CHARS_MAX) }
}

/// The first `chars_max` characters, with an ellipsis for what is cut; line breaks become blanks.
pub(crate) fn shortened(text: &str, chars_max: usize) -> String {
    let mut short: String = text.chars().take(chars_max).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if short.len() < text.len() {
        short.pop();
        short.push('…');
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::{ask, series};

    fn check(points: &[(i64, f64)], expected: &[(i64, f64)], dropped: u64) {
        let (series, source) = series("Sum", 60);
        let found = samples(
            &ask(&series, &source, 120, 300),
            points.iter().map(|(at, number)| (Time::from_epoch(*at), Value::number(*number))),
        );
        let expected = expected
            .iter()
            .map(|(at, number)| Sample { at: Time::from_epoch(*at), value: Value::Number(*number) })
            .collect();
        assert_eq!(found, Ok((expected, dropped)), "{points:?}");
    }

    #[test]
    fn keeps_what_was_asked_in_order() {
        check(&[], &[], 0);
        check(&[(120, 1.0), (180, 2.0)], &[(120, 1.0), (180, 2.0)], 0);
        check(&[(60, 0.0), (120, 1.0), (240, 2.0), (300, 3.0)], &[(120, 1.0), (240, 2.0)], 0);
        check(&[(180, 2.0), (120, 1.0)], &[(120, 1.0), (180, 2.0)], 0);
        check(&[(120, 1.0), (180, 5.0), (120, 2.0)], &[(120, 2.0), (180, 5.0)], 0);
    }

    #[test]
    fn drops_and_counts_what_is_no_number() {
        check(&[(120, f64::NAN), (180, f64::INFINITY), (240, 1.0)], &[(240, 1.0)], 2);
        check(&[(60, f64::NAN)], &[], 0);
    }

    #[test]
    fn refuses_times_between_periods() {
        let (series, source) = series("Sum", 60);
        let found = samples(&ask(&series, &source, 120, 300), [(Time::from_epoch(150), Value::number(1.0))]);
        assert_eq!(found.unwrap_err().kind, FailureKind::Rejected);
    }

    #[test]
    fn details_are_one_short_line() {
        assert_eq!(shortened("a\nb", 3), "a b");
        assert_eq!(shortened("äöü", 3), "äöü");
        assert_eq!(shortened("äöüß", 3), "äö…");
        assert_eq!(
            failure(FailureKind::Partial, &"x".repeat(DETAIL_CHARS_MAX + 1)).detail.chars().count(),
            DETAIL_CHARS_MAX
        );
    }
}
