use domain::alert::{AlertChange, Status};
use domain::metric::{Asked, Chunk, Outcome, Remark, Sample, Value};
use domain::setup::Setup;
use domain::units::{Span, Time};
use serde_json::{Value as Json, json};

use crate::fold::{Plan, ShardState, fold};

const PERIOD: Span = Span::from_minutes(5);

/// A Monday, 00:00 UTC.
const MONDAY: i64 = 1_767_571_200;

/// One shard that watches the series `shop/orders` with these monitors.
struct Shard {
    setup: Json,
    plan: Plan,
    state: ShardState,
    tick: Time,
}

fn monitor(name: &str, more: &Json) -> Json {
    let mut monitor = json!({
        "name": name, "service": "shop", "signal": {"series": "shop/orders"}, "factor": 1.0, "unit": "count",
        "conditions": [{"severity": "SEV3", "when": {"comparison": ">", "threshold": 0.5}, "recover": null}],
        "window": {"breaching": 1, "of": 1}, "missing_data": "missing", "settle": "0s", "cooldown": "10m",
        "category": "business", "labels": {}
    });
    for (field, value) in more.as_object().unwrap() {
        monitor[field] = value.clone();
    }
    monitor
}

fn plan_of(setup: &Json, shard: u32, shards: u32) -> Plan {
    Plan::of(&serde_json::from_value::<Setup>(setup.clone()).unwrap(), shard, shards)
}

impl Shard {
    fn of(monitors: &[Json]) -> Self {
        let setup = json!({
            "sources": [{"name": "p", "kind": {"kind": "prometheus", "url": "http://p", "auth": "none"}}],
            "services": [{"name": "shop", "owner": "team", "critical": true, "depends_on": [], "resources": [],
                "series": ["shop/orders"]}],
            "series": [{"id": "shop/orders", "source": "p", "query": {"kind": "prometheus", "expression": "o"},
                "period": "5m", "pace": "5m", "unit": "count"}],
            "monitors": monitors,
            "runbooks": [], "response_enabled": true, "channels": [], "look_back": "10m",
            "post_mortem_severities": ["SEV2"], "default_owner": "team", "keep_metrics": "15d", "keep_incidents": "400d", "keep_events": "30d"
        });
        let plan = plan_of(&setup, 0, 1);
        Self { setup, plan, state: ShardState::default(), tick: Time::from_epoch(MONDAY) }
    }

    /// Takes the configuration of the first monitor to be this from now on.
    fn becomes(&mut self, monitor: &Json) {
        self.setup["monitors"][0] = monitor.clone();
        self.plan = plan_of(&self.setup, 0, 1);
    }

    /// One period with this value, or without data.
    fn fold(&mut self, value: Option<f64>) -> Vec<AlertChange> {
        let from = self.tick;
        self.tick = self.tick + PERIOD;
        let samples = value.map(|value| Sample { at: from, value: Value::Number(value) });
        let outcome = Outcome::Read(samples.into_iter().collect());
        let asked = Asked {
            series: "shop/orders".parse().unwrap(),
            from,
            until: self.tick,
            outcome,
            remark: Remark::default(),
        };
        fold(&self.plan, &mut self.state, &Chunk { shard: 0, tick: self.tick, asked: vec![asked] })
    }

    /// What is told over these values: status and reason.
    fn told(&mut self, values: impl IntoIterator<Item = f64>) -> Vec<(Status, String)> {
        let changes = values.into_iter().flat_map(|value| self.fold(Some(value)));
        changes.map(|change| (change.status, format!("{}: {}", change.name, change.reason))).collect()
    }
}

/// About a hundred, now more, now less.
fn around_a_hundred(count: i64) -> impl Iterator<Item = f64> {
    (0..count).map(|index| 95.0 + (index * 7919 % 11) as f64)
}

fn check(measure: &Json, learn: i64, bad: &[f64], firing: &str, good: &[f64], resolved: &str) {
    let measured = json!({
        "measure": measure["measure"],
        "conditions": [{"severity": "SEV3", "when": measure["when"], "recover": measure["recover"]}],
    });
    let mut shard = Shard::of(&[monitor("m", &measured)]);
    let quietly = shard.told(around_a_hundred(learn));
    assert_eq!(quietly, [], "{measure}");
    assert_eq!(shard.told(bad.iter().copied()), [(Status::Firing, format!("m: {firing}"))], "{measure}");
    assert_eq!(shard.told(good.iter().copied()), [(Status::Resolved, format!("m: {resolved}"))], "{measure}");
}

#[test]
fn every_measure_says_what_it_saw() {
    check(
        &json!({"measure": {"anomaly": {"sensitivity": 1.0, "side": "both"}},
            "when": {"comparison": ">=", "threshold": 0.5}, "recover": {"comparison": "<", "threshold": 0.25}}),
        900,
        &[300.0],
        "orders 300: moves 4.1 times as much as usual; expected 100.1, mostly 92.72 to 107.4",
        &[100.0, 99.0],
        "orders 100 is as usual: expected 100.1, mostly 92.72 to 107.4, up to 03:10:00 UTC",
    );
    check(
        &json!({"measure": {"z-score": {"over": "1d"}}, "when": {"comparison": "<", "threshold": -3.0}, "recover": null}),
        400,
        &[40.0],
        "standard deviations of orders from its mean of 1d -18.88 (limit < -3): 40 with mean 100 and standard deviation 3.18",
        &[101.0],
        "standard deviations of orders from its mean of 1d 0.2506 (limit < -3): 101 with mean 99.81 and standard deviation 4.75, up to 09:30:00 UTC",
    );
    check(
        &json!({"measure": {"mad": {"over": "1d"}}, "when": {"comparison": ">", "threshold": 3.5}, "recover": null}),
        400,
        &[130.0],
        "median deviations of orders from its median of 1d 6.74 (limit > 3.5): 130 with median 100 and spread 4.45",
        &[101.0],
        "median deviations of orders from its median of 1d 0.2248 (limit > 3.5): 101 with median 100 and spread 4.45, up to 09:30:00 UTC",
    );
    check(
        &json!({"measure": {"change": {"against": "yesterday", "over": "5m", "at_least": 10.0}},
            "when": {"comparison": "<", "threshold": -30.0}, "recover": null}),
        400,
        &[50.0],
        "change of orders -51.92 % (limit < -30 %): 50 after 104 yesterday",
        &[101.0],
        "change of orders -1.94 % (limit < -30 %): 101 after 103 yesterday, up to 09:30:00 UTC",
    );
    check(
        &json!({"measure": {"absence": {"due": {"every": "10m"}, "grace": "5m", "nonzero": true}},
            "when": {"comparison": ">", "threshold": 0.0}, "recover": null}),
        10,
        &[0.0, 0.0, 0.0, 0.0],
        "delay of orders 300 s (limit > 0 s): nothing since 2026-01-05T00:50:00Z, overdue for 5m",
        &[1.0],
        "delay of orders 0 s (limit > 0 s), up to 01:15:00 UTC",
    );
}

#[test]
fn a_forecast_says_when_the_limit_is_reached() {
    let forecast = json!({
        "measure": {"forecast": {"within": "1d", "over": "12h"}}, "unit": "percent",
        "conditions": [{"severity": "SEV3", "when": {"comparison": ">", "threshold": 90.0}, "recover": null}],
    });
    let mut shard = Shard::of(&[monitor("disk", &forecast)]);
    let told = shard.told((0..400).map(|index| 10.0 + f64::from(index) / 6.0));
    let reason =
        "disk: orders in 1d 90.17 % (limit > 90 %): 42.17 % now, rises 2 % an hour: 90.17 % in 1d, and 90 % in 23h55m";
    assert_eq!(told, [(Status::Firing, reason.to_owned())]);
}

fn over(threshold: f64) -> Json {
    json!({"conditions": [{"severity": "SEV2", "when": {"comparison": ">", "threshold": threshold}, "recover": null}]})
}

fn both(name: &str) -> Json {
    let holds = json!({
        "signal": {"monitors": "high and not higher"},
        "conditions": [{"severity": "SEV1", "when": {"comparison": ">=", "threshold": 1.0}, "recover": null}],
    });
    monitor(name, &holds)
}

#[test]
fn monitors_are_combined() {
    let mut high = monitor("high", &over(10.0));
    high["quiet"] = json!(true);
    let mut shard = Shard::of(&[both("a"), high, monitor("higher", &over(20.0))]);
    assert_eq!(shard.fold(None), [], "of what is unknown nothing is said");
    assert_eq!(shard.told([5.0]), []);
    let reason =
        "a: \"high and not higher\" holds: high fires (orders 15 (limit > 10) in 1 of the last 1 periods of 5m)";
    assert_eq!(shard.told([15.0, 16.0]), [(Status::Firing, reason.to_owned())], "the quiet one is not told");
    let told = shard.told([25.0]);
    let reason = "a: \"high and not higher\" no longer holds, up to 00:25:00 UTC";
    assert_eq!(told[1], (Status::Resolved, reason.to_owned()));
    assert!(told[0].1.starts_with("higher: orders 25"), "{told:?}");
    assert_eq!(told.len(), 2);
}

#[test]
fn what_others_combine_is_judged_in_their_shard_and_told_in_its_own() {
    let mut shard = Shard::of(&[monitor("high", &over(10.0)), monitor("higher", &over(20.0)), both("a")]);
    let shards = 7;
    let other = (0..).map(|index| format!("other-{index}"));
    let shard_of = |name: &str| domain::service::shard_of(&name.parse().unwrap(), shards);
    let other = other.into_iter().find(|name| shard_of(name) != shard_of("shop")).unwrap();
    shard.setup["services"].as_array_mut().unwrap().push(json!({
        "name": other, "owner": "team", "critical": true, "depends_on": [], "resources": [], "series": []}));
    shard.setup["monitors"][2]["service"] = json!(other);
    shard.plan = plan_of(&shard.setup, shard_of(&other), shards);
    shard.told([5.0]);
    let told = shard.told([15.0]);
    assert!(told.len() == 1 && told[0].1.starts_with("a: "), "{told:?}");
    let setup: Setup = serde_json::from_value(shard.setup.clone()).unwrap();
    let asked = setup.series_of(shard_of(&other), shards);
    assert_eq!(asked.len(), 1, "its collector asks for what it reads");
    shard.plan = plan_of(&shard.setup, 6 - shard_of("shop").min(shard_of(&other)), shards);
    assert_eq!(shard.told([5.0]).len(), 1, "only what was told is taken back: {told:?}");
}

#[test]
fn a_monitor_that_becomes_quiet_takes_back_what_it_told() {
    let mut shard = Shard::of(&[monitor("high", &over(10.0))]);
    assert_eq!(shard.told([15.0]).len(), 1);
    let mut quiet = monitor("high", &over(10.0));
    quiet["quiet"] = json!(true);
    shard.becomes(&quiet);
    assert_eq!(shard.told([15.0]), [(Status::Resolved, "high: the monitor is quiet now".to_owned())]);
    assert_eq!(shard.told([15.0, 5.0, 15.0]), []);
}

#[test]
fn what_was_learned_outlives_a_new_layout_of_the_rest() {
    let z_score = json!({"measure": {"z-score": {"over": "1h"}}});
    let mut shard = Shard::of(&[monitor("z", &z_score)]);
    shard.told(around_a_hundred(100).map(|value| 200.0 - value));
    let mut bytes = shard.state.encode();
    bytes[0] ^= 1;
    let (state, wrong) = ShardState::decode(&bytes);
    assert!(wrong.unwrap().to_string().contains("layout"));
    assert_eq!((state.tick, &state.learned), (None, &shard.state.learned));
    assert_eq!(ShardState::decode(&bytes[..5]).0, ShardState::default());
    assert!(ShardState::decode(&bytes[..20]).1.is_some());
}

#[test]
fn another_measure_or_signal_learns_anew_and_another_limit_does_not() {
    let learned = |shard: &Shard| shard.state.learned.values().next().map(|learned| learned.memory.clone());
    let anomaly = |sensitivity: f64| json!({"measure": {"anomaly": {"sensitivity": sensitivity, "side": "up"}}});
    let mut shard = Shard::of(&[monitor("m", &anomaly(1.0))]);
    shard.told(around_a_hundred(50));
    let before = serde_json::to_string(&learned(&shard)).unwrap().len();
    shard.becomes(&monitor("m", &anomaly(2.0)));
    shard.told([100.0]);
    assert!(serde_json::to_string(&learned(&shard)).unwrap().len() >= before, "it goes on");
    shard.becomes(&monitor("m", &json!({"measure": {"z-score": {"over": "1h"}}})));
    shard.told([100.0]);
    let until = shard.state.learned.values().next().unwrap().until;
    assert_eq!(until, Some(shard.tick));
    assert!(serde_json::to_string(&learned(&shard)).unwrap().len() < before, "it begins anew");
    shard.becomes(&monitor("m", &json!({})));
    shard.told([0.0]);
    assert!(shard.state.learned.is_empty(), "what needs no memory has none");
}

#[test]
fn an_empty_period_of_a_sparse_series_is_zero() {
    for (sparse, resolves) in [(false, 0), (true, 1)] {
        let mut shard = Shard::of(&[monitor("high", &over(10.0))]);
        shard.setup["series"][0]["sparse"] = json!(sparse);
        shard.plan = plan_of(&shard.setup, 0, 1);
        assert_eq!(shard.told([15.0]).len(), 1);
        let changes = shard.fold(None);
        assert_eq!(changes.len(), resolves, "sparse {sparse}: {changes:?}");
    }
}
