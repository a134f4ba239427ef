use proptest::prelude::*;

use super::*;
use crate::wire::{ask, series};

/// The batches of asks given as (statistic, period, from, until): range and number of queries of each.
fn check(asks: &[(&str, u32, i64, i64)], expected: &[(i64, i64, usize)]) {
    let owned: Vec<_> = asks.iter().map(|(statistic, period, ..)| series(statistic, *period)).collect();
    let asks: Vec<_> = asks
        .iter()
        .zip(&owned)
        .map(|((.., from, until), (series, source))| ask(series, source, *from, *until))
        .collect();
    let (batches, refused) = plan(&asks.iter().collect::<Vec<_>>());
    let found: Vec<_> =
        batches.iter().map(|batch| (batch.from.epoch(), batch.until.epoch(), batch.columns.len())).collect();
    assert_eq!((found.as_slice(), refused), (expected, Vec::new()));
}

#[test]
fn a_call_holds_500_queries_and_an_average_is_two() {
    check(&[("Sum", 60, 0, 600)], &[(0, 600, 1)]);
    check(&[("Average", 60, 0, 600)], &[(0, 600, 2)]);
    check(&vec![("Sum", 60, 0, 600); QUERIES_MAX], &[(0, 600, 500)]);
    check(&vec![("Sum", 60, 0, 600); QUERIES_MAX + 1], &[(0, 600, 500), (0, 600, 1)]);
    check(&[("Average", 60, 0, 600); 251], &[(0, 600, 500), (0, 600, 2)]);
}

#[test]
fn ranges_share_a_call_that_begins_where_all_their_buckets_do() {
    check(&[("Sum", 60, 300, 900), ("Sum", 300, 300, 900)], &[(300, 900, 2)]);
    check(&[("Sum", 60, 360, 960), ("Sum", 300, 300, 900)], &[(300, 960, 2)]);
    // The start moves back to where a bucket of five minutes begins.
    check(&[("Sum", 60, 360, 960), ("Sum", 300, 600, 900)], &[(300, 960, 2)]);
    // An hour's series would make the others bring six times what they were asked for.
    check(
        &[("Sum", 60, 3000, 3600), ("Sum", 60, 3000, 3600), ("Sum", 3600, 0, 3600)],
        &[(0, 3600, 1), (3000, 3600, 2)],
    );
}

#[test]
fn a_call_brings_at_most_one_page() {
    let asks = |count| vec![("Sum", 10, 0, 3600); count];
    check(&asks(280), &[(0, 3600, 280)]);
    check(&asks(281), &[(0, 3600, 280), (0, 3600, 1)]);
    assert_eq!(SAMPLES_MAX, 280 * 360);
}

#[test]
fn an_empty_range_is_not_asked() {
    check(&[("Sum", 60, 600, 600)], &[]);
}

#[test]
fn periods_that_cloudwatch_has_not_are_refused_alone() {
    for (period, fine) in [(10, true), (15, false), (30, true), (60, true), (90, false), (120, true), (3600, true)] {
        let (series, source) = series("Sum", period);
        let (_, refused) = plan(&[&ask(&series, &source, 0, 7200)]);
        assert_eq!(refused.is_empty(), fine, "{period}");
    }
}

#[test]
fn each_place_has_its_own_call_and_each_account_its_own_query() {
    let mut places = Vec::new();
    for (region, account, role_arn) in [
        (None, None, None),
        (None, Some("111111111111"), None),
        (Some("eu-west-1"), None, None),
        (Some("eu-west-1"), None, Some("arn:aws:iam::222222222222:role/read")),
    ] {
        let (series, mut source) = series("p99.9", 60);
        let owned = |text: Option<&str>| text.map(str::to_owned);
        source.kind =
            SourceKind::CloudWatch { region: owned(region), account: owned(account), role_arn: owned(role_arn) };
        places.push((series, source));
    }
    let asks: Vec<_> = places.iter().map(|(series, source)| ask(series, source, 0, 600)).collect();
    let asks: Vec<_> = asks.iter().collect();
    let (batches, _) = plan(&asks);
    assert_eq!(batches.iter().map(|batch| batch.columns.len()).collect::<Vec<_>>(), [2, 1, 1]);
    let queries = batches[0].queries(&asks);
    assert_eq!(queries[0].account_id(), None);
    assert_eq!(queries[1].account_id(), Some("111111111111"));
    assert_eq!(queries[1].id(), Some("q1"));
    assert_eq!(queries[1].label(), Some("shop/errors"));
    let stat = queries[1].metric_stat().unwrap();
    assert_eq!((stat.stat(), stat.period()), (Some("p99.9"), Some(60)));
}

proptest! {
    /// Whatever is asked, every ask is in a call that covers it, begins at a bucket of it, and keeps the limits.
    #[test]
    fn every_ask_is_covered(asks in prop::collection::vec((0..6_usize, 0..40_i64, 1..40_i64, any::<bool>()), 0..700)) {
        let periods = [10_u32, 30, 60, 300, 420, 3600];
        let owned: Vec<_> = asks
            .iter()
            .map(|(period, _, _, average)| series(if *average { "Average" } else { "Sum" }, periods[*period]))
            .collect();
        let asks: Vec<_> = asks
            .iter()
            .zip(&owned)
            .map(|((period, from, length, _), (series, source))| {
                let period = i64::from(periods[*period]);
                ask(series, source, from * period, (from + length) * period)
            })
            .collect();
        let asks: Vec<_> = asks.iter().collect();
        let (batches, refused) = plan(&asks);
        prop_assert!(refused.is_empty());
        let mut seen = vec![0; asks.len()];
        for batch in &batches {
            prop_assert!(batch.columns.len() <= QUERIES_MAX);
            for column in &batch.columns {
                let ask = asks[column.ask];
                prop_assert!(batch.from <= ask.from && ask.until <= batch.until);
                prop_assert_eq!(batch.from.floor(ask.series.period), batch.from);
                seen[column.ask] += 1;
            }
        }
        for (ask, seen) in asks.iter().zip(seen) {
            let average = matches!(ask.series.query, Query::CloudWatch { statistic: Statistic::Average, .. });
            prop_assert_eq!(seen, 1 + i32::from(average));
        }
    }
}
