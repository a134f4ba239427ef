mod report;

use domain::id::SeriesId;
use domain::routing::{Route, Routing};
use domain::setup::Setup;
use domain::slo::Slo;
use proptest::prelude::*;
use serde_json::{Value as Json, json};

use super::*;

/// A Monday, 00:00 UTC.
const MONDAY: i64 = 1_767_571_200;

fn minute(number: i64) -> Time {
    Time::from_epoch(MONDAY + number * 60)
}

fn series(id: &str, period: &str, pace: &str) -> Json {
    json!({"id": id, "source": "p", "query": {"kind": "prometheus", "expression": "o"}, "period": period, "pace": pace,
        "unit": "count"})
}

fn monitor(name: &str, service: &str, more: &Json) -> Json {
    let mut monitor = json!({
        "name": name, "service": service, "signal": {"series": "shop/orders"}, "factor": 1.0, "unit": "count",
        "conditions": [{"severity": "SEV2", "when": {"comparison": ">", "threshold": 50.0}, "recover": null}],
        "window": {"breaching": 1, "of": 1}, "missing_data": "missing", "settle": "1m", "cooldown": "10m",
        "category": "business", "labels": {}
    });
    for (field, value) in more.as_object().unwrap() {
        monitor[field] = value.clone();
    }
    monitor
}

fn setup(series: &[Json], monitors: &[Json]) -> Setup {
    let of = |service: &str| {
        let ids = series.iter().map(|series| series["id"].clone());
        ids.filter(|id| id.as_str().unwrap().starts_with(&format!("{service}/"))).collect::<Vec<_>>()
    };
    let service = |name: &str| {
        json!({"name": name, "owner": format!("team-{name}"), "critical": false, "depends_on": [], "resources": [],
            "series": of(name)})
    };
    let setup = json!({
        "sources": [{"name": "p", "kind": {"kind": "prometheus", "url": "http://p", "auth": "none"}}],
        "services": [service("shop"), service("stock")], "series": series, "monitors": monitors,
        "runbooks": [], "response_enabled": true,
        "channels": [{"name": "pager", "kind": {"kind": "pagerduty", "routing_key": "ssm:/k", "url": "https://x"}},
            {"name": "chat", "kind": {"kind": "slack", "url": "ssm:/s"}}],
        "look_back": "10m", "post_mortem_severities": ["SEV2"], "default_owner": "team", "keep_metrics": "15d",
        "keep_incidents": "400d", "keep_events": "30d"
    });
    let mut setup: Setup = serde_json::from_value(setup).unwrap();
    let route = |matchers: &str, channels: &[&str]| Route {
        matchers: matchers.parse().unwrap(),
        channels: channels.iter().map(|name| name.parse().unwrap()).collect(),
        ..Route::default()
    };
    let routes = vec![route("severity=~SEV1|SEV2", &["pager", "chat"]), route("{}", &["chat"])];
    setup.routing = Routing::new(Route { routes, ..Route::default() });
    setup
}

fn recorded(id: &str, period: Span, numbers: Vec<f64>) -> (SeriesId, Recording) {
    (id.parse().unwrap(), Recording::stored(period, minute(0), numbers))
}

/// When what changes is told, and how: `minute firing|resolved monitor`.
fn told(setup: &Setup, recordings: &Recordings, minutes: i64) -> Vec<String> {
    let stretch = Stretch { begin: minute(0), until: minute(minutes) };
    let run = run(setup, recordings, stretch, &mut |_| {});
    assert_eq!(run, run_by_minutes(setup, recordings, stretch));
    let words = run.iter().map(|told| {
        let minute = (told.at.epoch() - MONDAY) / 60;
        format!("{minute} {} {}", told.change.status.as_str(), told.change.name)
    });
    words.collect()
}

#[test]
fn a_breach_is_told_at_the_first_tick_that_has_read_and_settled_it() {
    let numbers = || {
        let mut numbers = vec![0.0; 60];
        numbers[20..30].fill(99.0);
        numbers
    };
    for (pace, expected) in [("1m", ["22 firing m", "32 resolved m"]), ("15m", ["30 firing m", "32 resolved m"])] {
        let setup = setup(&[series("shop/orders", "1m", pace)], &[monitor("m", "shop", &json!({}))]);
        let recordings = Recordings::from([recorded("shop/orders", Span::MINUTE, numbers())]);
        assert_eq!(told(&setup, &recordings, 59), expected, "what fires is read each minute from then on");
    }
}

#[test]
fn what_fires_hastens_the_other_series_of_its_service() {
    let monitors = [
        monitor("first", "shop", &json!({})),
        monitor("second", "shop", &json!({"signal": {"series": "shop/slow"}})),
        monitor("other", "stock", &json!({"signal": {"series": "stock/slow"}})),
    ];
    let setup = setup(
        &[series("shop/orders", "1m", "1m"), series("shop/slow", "1m", "30m"), series("stock/slow", "1m", "30m")],
        &monitors,
    );
    let mut numbers = vec![0.0; 60];
    numbers[10..].fill(99.0);
    let ids = ["shop/orders", "shop/slow", "stock/slow"];
    let recordings = ids.map(|id| recorded(id, Span::MINUTE, numbers.clone())).into_iter().collect();
    assert_eq!(told(&setup, &recordings, 59), ["12 firing first", "13 firing second", "30 firing other"]);
}

#[test]
fn a_combined_monitor_runs_by_the_minute_with_what_hastens_it() {
    let monitors = [
        monitor("a", "shop", &json!({})),
        monitor("b", "shop", &json!({"signal": {"series": "shop/slow"}, "quiet": true})),
        monitor(
            "both",
            "stock",
            &json!({"signal": {"monitors": "a and b"},
            "conditions": [{"severity": "SEV1", "when": {"comparison": ">", "threshold": 0.5}, "recover": null}]}),
        ),
        monitor("far", "stock", &json!({"signal": {"series": "stock/slow"}})),
    ];
    let all = [series("shop/orders", "1m", "1m"), series("shop/slow", "1m", "5m"), series("stock/slow", "1m", "30m")];
    let setup = setup(&all, &monitors);
    let plan = Plan::of(&setup, 0, 1);
    let slow: Vec<String> = Slow::of(&plan).monitors.iter().map(ToString::to_string).collect();
    assert_eq!(slow, ["a", "b", "both"]);
    let mut numbers = vec![0.0; 60];
    numbers[10..].fill(99.0);
    let ids = ["shop/orders", "shop/slow", "stock/slow"];
    let recordings = ids.map(|id| recorded(id, Span::MINUTE, numbers.clone())).into_iter().collect();
    assert_eq!(told(&setup, &recordings, 59), ["12 firing a", "13 firing both", "14 firing far"]);
}

fn number() -> impl Strategy<Value = f64> {
    prop_oneof![6 => 0.0..49.0, 2 => 51.0..90.0, 1 => 90.0..200.0, 1 => Just(f64::NAN), 1 => Just(0.0)]
}

/// Numbers in stretches, so that something fires and recovers.
fn numbers(count: usize) -> impl Strategy<Value = Vec<f64>> {
    proptest::collection::vec((number(), 1_usize..9), count).prop_map(move |stretches| {
        let all = stretches.into_iter().flat_map(|(number, times)| std::iter::repeat_n(number, times));
        all.take(count).collect()
    })
}

fn measure() -> impl Strategy<Value = Json> {
    prop_oneof![
        4 => Just(json!("value")),
        1 => Just(json!({"anomaly": {"sensitivity": 1.0, "side": "both"}})),
        1 => Just(json!({"z-score": {"over": "30m"}})),
        1 => Just(json!({"mad": {"over": "30m"}})),
        1 => Just(json!({"forecast": {"within": "1h", "over": "30m"}})),
        1 => Just(json!({"absence": {"due": {"every": "5m"}, "grace": "1m", "nonzero": true}})),
    ]
}

/// The series of a service have one period, as those of a ratio must.
const PAIRS: [[&str; 2]; 2] = [["shop/orders", "shop/slow"], ["stock/a", "stock/b"]];

fn random_monitor(name: String) -> impl Strategy<Value = Json> {
    let signal = (0..4_u8, proptest::sample::select(PAIRS.to_vec())).prop_map(|(kind, [a, b])| match kind {
        0 => json!({"series": a}),
        1 => json!({"series": b}),
        2 => json!({"ratio": {"numerator": a, "denominator": b}}),
        _ => json!({"increase": a}),
    });
    let missing = proptest::sample::select(vec!["missing", "ignore", "breaching", "notBreaching"]);
    let service = proptest::sample::select(vec!["shop", "stock"]);
    let settle = proptest::sample::select(vec!["0s", "30s", "1m", "5m", "10m"]);
    let limit = (0.5..80.0_f64, proptest::option::of(0.1..0.9_f64), 1..4_u32, 0..4_u32, any::<bool>());
    (signal, measure(), missing, service, settle, limit).prop_map(
        move |(signal, measure, missing, service, settle, (above, recover, breaching, more, quiet))| {
            let recover = recover.map(|share| json!({"comparison": "<", "threshold": above * share}));
            let worse = json!({"severity": "SEV1", "when": {"comparison": ">", "threshold": above * 2.0}, "recover": null});
            let when = json!({"comparison": ">", "threshold": above});
            monitor(&name, service, &json!({
                "signal": signal, "measure": measure, "missing_data": missing, "settle": settle, "quiet": quiet && more == 0,
                "conditions": [worse, {"severity": "SEV3", "when": when, "recover": recover}],
                "window": {"breaching": breaching, "of": breaching + more}
            }))
        },
    )
}

fn world() -> impl Strategy<Value = (Setup, Recordings)> {
    let period = || proptest::sample::select(vec!["10s", "1m", "5m"]);
    let paces = || proptest::sample::select(vec!["1m", "5m", "7m", "15m", "30m"]);
    let lane = |id: &'static str| (Just(id), paces(), any::<bool>(), numbers(900));
    let lanes = PAIRS.map(|[a, b]| (period(), lane(a), lane(b)));
    let monitors = [0, 1, 2, 3].map(|n| random_monitor(format!("m{n}")));
    let combined = proptest::option::weighted(0.3, Just("m0 and not m1"));
    let slos = [objective("a-up", PAIRS[0]), objective("b-up", PAIRS[1])];
    (lanes, monitors, combined, slos).prop_map(|(lanes, monitors, combined, slos)| {
        let (mut all, mut recordings) = (Vec::new(), Recordings::new());
        for (period, a, b) in lanes {
            for (id, pace, sparse, numbers) in [a, b] {
                let mut one = series(id, period, pace);
                one["sparse"] = json!(sparse);
                all.push(one);
                recordings.extend([recorded(id, period.parse().unwrap(), numbers)]);
            }
        }
        let mut monitors = monitors.to_vec();
        monitors.extend(combined.map(|expression| {
            let limit = json!([{"severity": "SEV2", "when": {"comparison": ">", "threshold": 0.5}, "recover": null}]);
            monitor("both", "stock", &json!({"signal": {"monitors": expression}, "conditions": limit}))
        }));
        let setup = Setup { slos: slos.to_vec(), ..setup(&all, &monitors) };
        (setup, recordings)
    })
}

fn objective(name: &'static str, [part, total]: [&'static str; 2]) -> impl Strategy<Value = Slo> {
    let indicator = prop_oneof![
        3 => Just(json!({"requests": {"part": part, "which": "bad", "total": total}})),
        1 => Just(json!({"freshness": {"series": total, "within": "5m"}})),
    ];
    let settle = proptest::sample::select(vec!["0s", "30s", "1m", "5m"]);
    let no_data = proptest::sample::select(vec!["ignore", "good", "bad"]);
    let service = proptest::sample::select(vec!["shop", "stock"]);
    (indicator, settle, no_data, service, 0.5..0.99_f64, any::<bool>()).prop_map(
        move |(indicator, settle, no_data, service, share, gate)| {
            let slo = json!({"name": name, "service": service, "description": "", "indicator": indicator,
                "objective": share, "period": {"rolling": "2h"}, "exclusions": [],
                "burn_rates": [{"severity": "SEV2", "long": "20m", "short": "5m", "factor": 1.5},
                    {"severity": "SEV3", "long": "1h", "short": "10m", "factor": 1.0}],
                "guard": {"events": 10, "confidence": 0.9}, "no_data": no_data,
                "gate": if gate { json!({"remaining": 0.05}) } else { Json::Null },
                "settle": settle, "cooldown": "10m", "category": "technical", "labels": {}});
            serde_json::from_value(slo).unwrap()
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// All periods in one go give, to the byte, what a fold minute by minute gives.
    #[test]
    fn batches_and_minutes_tell_the_same((setup, recordings) in world(), begin in 0_i64..40) {
        let stretch = Stretch { begin: minute(begin), until: minute(150 + begin) };
        let fast = run(&setup, &recordings, stretch, &mut |_| {});
        let slow = run_by_minutes(&setup, &recordings, stretch);
        let lines = |told: &[Told]| told.iter().map(|told| serde_json::to_string(told).unwrap()).collect::<Vec<_>>();
        let (fast, slow) = (lines(&fast), lines(&slow));
        let differs = fast.iter().zip(&slow).position(|(fast, slow)| fast != slow).unwrap_or(fast.len().min(slow.len()));
        prop_assert!(fast == slow, "change {differs}:\n{:?}\n{:?}", fast.get(differs), slow.get(differs));
    }
}
