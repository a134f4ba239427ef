use domain::metric::{CostQuery, CostReading};
use domain::setup::Setup;
use serde_json::json;

use super::*;

/// Series of one service with these statistics of one metric, at this pace.
fn setup(statistics: &[&str], pace: &str, measure: &serde_json::Value) -> Setup {
    let id = |index: usize| format!("shop/s{index}");
    let ids: Vec<String> = (0..statistics.len()).map(id).collect();
    let series = statistics.iter().enumerate().map(|(index, statistic)| {
        json!({"id": id(index), "source": "cw", "period": "1m", "pace": pace, "unit": "count", "query":
            {"kind": "cloud-watch", "namespace": "N", "metric": "M", "dimensions": {}, "statistic": statistic}})
    });
    let monitors = ids.iter().map(|id| {
        json!({"name": format!("m-{id}"), "service": "shop", "signal": {"series": id}, "measure": measure, "factor": 1.0,
            "unit": "count", "conditions": [], "window": {"breaching": 1, "of": 1}, "missing_data": "missing",
            "settle": "1m", "cooldown": "10m", "category": "technical", "labels": {}})
    });
    serde_json::from_value(json!({
        "sources": [{"name": "cw", "kind": {"kind": "cloud-watch", "region": null, "account": null, "role_arn": null}}],
        "services": [{"name": "shop", "owner": "t", "critical": true, "depends_on": [], "resources": [], "series": ids}],
        "series": series.collect::<Vec<_>>(), "monitors": monitors.collect::<Vec<_>>(),
        "runbooks": [], "response_enabled": true, "channels": [], "look_back": "10m",
        "post_mortem_severities": [], "default_owner": "t", "keep_metrics": "15d", "keep_incidents": "400d", "keep_events": "30d"
    }))
    .unwrap()
}

/// What is asked of CloudWatch costs so many dollars.
fn check(statistics: &[&str], pace: &str, asked: f64, expected: f64) {
    let bill = bill(&setup(statistics, pace, &json!("value")), 1);
    assert_eq!(bill.sources[0].asked.map(f64::round), Some(asked), "{statistics:?} {pace}");
    assert!((bill.sources[0].dollars - expected).abs() < 1e-9, "{statistics:?} {pace}: {:?}", bill.sources);
    let parts: f64 = bill.whole.iter().map(|line| line.dollars).sum();
    assert!((parts - bill.dollars).abs() < 1e-9, "the parts add up");
    let monitors: f64 = bill.monitors.iter().map(|line| line.dollars).sum();
    assert!((monitors - expected).abs() < 1e-9, "monitors bear what their series cost");
}

#[test]
fn metrics_are_billed_by_how_often_they_are_asked_for() {
    check(&["Sum"], "1m", 43_800.0, 0.438);
    check(&["Sum"], "5m", 8_760.0, 0.0876);
    check(&["Sum", "p99", "Maximum"], "1m", 43_800.0, 0.438);
    check(&["Sum", "SampleCount", "Average", "Maximum"], "1m", 43_800.0, 0.438);
    check(&["Sum", "Average", "Minimum", "Maximum", "p90", "p99"], "1m", 87_600.0, 0.876);
}

#[test]
fn a_look_at_the_bill_is_shared_and_a_forecast_is_one_more() {
    let mut setup = setup(&["Sum"; 4], "6h", &json!("value"));
    let cost = |service: Option<&str>, account: Option<&str>, reads| {
        Query::Cost(CostQuery { service: service.map(str::to_owned), account: account.map(str::to_owned), reads })
    };
    setup.series[0].query = cost(None, None, CostReading::Day);
    setup.series[1].query = cost(Some("AWS Lambda"), None, CostReading::MonthToDate);
    setup.series[2].query = cost(Some("AWS Lambda"), None, CostReading::MonthForecast);
    setup.series[3].query = cost(None, Some("123456789012"), CostReading::MonthForecast);
    let bill = bill(&setup, 1);
    let each = 43_800.0 / 360.0;
    assert!((bill.sources[0].asked.unwrap() - 4.0 * each).abs() < 1e-9, "two accounts and two forecasts: {bill:?}");
    assert!((bill.sources[0].dollars - 4.0 * each * 0.01).abs() < 1e-9);
}

#[test]
fn what_is_remembered_lies_where_it_costs_less() {
    let of = |measure: serde_json::Value| bill(&setup(&["Sum"; 4], "1m", &measure), 1).whole[1].dollars;
    let (value, anomaly) = (of(json!("value")), of(json!({"anomaly": {"sensitivity": 1.0, "side": "both"}})));
    let more = anomaly - value;
    assert!((more - 1460.0 * (0.005 / 1000.0 - 0.625 / 1e6)).abs() < 1e-9, "a PUT for one write unit: {more}");
}

#[test]
fn a_hundred_thousand_series_are_two_hundred_shards() {
    let bill = bill(&setup(&["Sum"], "5m", &json!("value")), 1);
    let sizes: Vec<_> = bill.scale.iter().map(|line| (line.series, line.shards)).collect();
    assert_eq!(sizes, [(10, 1), (100, 1), (1_000, 2), (10_000, 20), (100_000, 200)]);
    let last = bill.scale[4].dollars;
    assert!((8_800.0..9_200.0).contains(&last), "100,000 x $0.0876 and 200 shards: {last}");
    assert_eq!(super::bill(&simulator::bare_setup(), 1).scale, []);
}
