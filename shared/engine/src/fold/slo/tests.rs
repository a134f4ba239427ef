use domain::alert::Status;
use domain::metric::{Asked, Chunk, Failure, FailureKind, Outcome, Remark, Sample, Value};
use domain::setup::Setup;
use domain::units::{Span, Time};
use serde_json::{Value as Json, json};

use crate::fold::{Plan, ShardState, fold};

/// 90 % of the requests of an hour; five times the budget over ten and two minutes.
fn setup() -> Json {
    let series = |name: &str| {
        json!({"id": format!("shop/{name}"), "source": "cw", "query": {"kind": "prometheus", "expression": name},
               "period": "1m", "pace": "1m", "unit": "count"})
    };
    json!({
      "sources": [{"name": "cw", "kind": {"kind": "cloud-watch", "region": null, "account": null, "role_arn": null}}],
      "services": [{"name": "shop", "owner": "team", "critical": true, "depends_on": [], "resources": [],
                    "series": ["shop/errors", "shop/requests"]}],
      "series": [series("errors"), series("requests")], "monitors": [],
      "slos": [{"name": "up", "service": "shop", "description": "",
        "indicator": {"requests": {"part": "shop/errors", "which": "bad", "total": "shop/requests"}},
        "objective": 0.9, "period": {"rolling": "1h"}, "exclusions": [],
        "burn_rates": [{"severity": "SEV2", "long": "10m", "short": "2m", "factor": 5.0}],
        "guard": {"events": 10, "confidence": 0.95}, "no_data": "ignore", "gate": {"remaining": 0.05},
        "settle": "1m", "cooldown": "10m", "category": "technical", "labels": {"team": "shop"}}],
      "runbooks": [], "response_enabled": true, "channels": [], "look_back": "10m",
      "post_mortem_severities": ["SEV2"], "default_owner": "team", "keep_metrics": "15d", "keep_incidents": "400d",
      "keep_events": "30d"})
}

fn plan(setup: &Json) -> Plan {
    Plan::of(&serde_json::from_value::<Setup>(setup.clone()).unwrap(), 0, 1)
}

fn minute(index: i64) -> Time {
    Time::from_epoch(1_700_000_040 + index * 60)
}

/// The chunk of `tick`: the errors of these minutes, out of 100 requests each, read up to the tick; or a failure.
fn chunk(tick: i64, errors: &[(i64, Option<f64>)], failed: bool) -> Chunk {
    let asked = |series: &str, number: &dyn Fn(f64) -> f64| {
        let known = errors.iter().filter_map(|(at, errors)| Some((at, (*errors)?)));
        let sample = |(at, errors): (&i64, f64)| Sample { at: minute(*at), value: Value::Number(number(errors)) };
        let failure = Failure { kind: FailureKind::Throttled, detail: String::new() };
        Asked {
            series: series.parse().unwrap(),
            from: minute(tick - 10),
            until: minute(tick),
            outcome: if failed { Outcome::Failed(failure) } else { Outcome::Read(known.map(sample).collect()) },
            remark: Remark::default(),
        }
    };
    let asked = vec![asked("shop/errors", &|errors| errors), asked("shop/requests", &|_| 100.0)];
    Chunk { shard: 0, tick: minute(tick), asked }
}

/// Errors of a hundred requests minute by minute: `-` none were made, `?` not read; a number may have a count behind `x`.
fn words(text: &str) -> Vec<&str> {
    text.split(' ')
        .flat_map(|word| {
            let (word, count) = word.split_once('x').unwrap_or((word, "1"));
            std::iter::repeat_n(word, count.parse().unwrap())
        })
        .collect()
}

fn drive(plan: &Plan, state: &mut ShardState, text: &str) -> Vec<(i64, String, Status)> {
    let mut found = Vec::new();
    for (tick, word) in (1..).zip(words(text)) {
        let chunk = match word {
            "?" => chunk(tick, &[], true),
            "-" => chunk(tick, &[], false),
            errors => chunk(tick, &[(tick - 1, Some(errors.parse().unwrap()))], false),
        };
        let changes = fold(plan, state, &chunk);
        let of_slo = changes.into_iter().filter(|change| change.name.starts_with("up"));
        found.extend(of_slo.map(|change| (tick, change.name, change.status)));
    }
    found
}

fn check(text: &str, expected: &[(i64, &str, Status)]) -> ShardState {
    let mut state = ShardState::default();
    let found = drive(&plan(&setup()), &mut state, text);
    let expected: Vec<_> = expected.iter().map(|(tick, name, status)| (*tick, (*name).to_owned(), *status)).collect();
    assert_eq!(found, expected, "{text}");
    state
}

use Status::{Firing, Resolved};

#[test]
fn a_burning_budget_is_told_and_closes_the_gate_until_it_is_there_again() {
    // A minute is counted two ticks after it began. Six bad minutes of sixty spend the budget of an hour; once two of seven
    // have left the hour a twentieth of it is there again.
    check(
        "0x62 100x7 0x66",
        &[(69, "up", Firing), (69, "up/budget", Firing), (71, "up", Resolved), (125, "up/budget", Resolved)],
    );
}

#[test]
fn an_alert_says_how_fast_how_sure_and_what_is_left() {
    let (plan, mut state) = (plan(&setup()), ShardState::default());
    drive(&plan, &mut state, "0x62 100x5");
    let changes = fold(&plan, &mut state, &chunk(68, &[(67, Some(100.0))], false));
    assert_eq!(changes, []);
    let changes = fold(&plan, &mut state, &chunk(69, &[(68, Some(0.0))], false));
    let told = &changes[0];
    assert_eq!(
        told.reason,
        "the error budget burns at 6 times its rate over 10m and 10 over 2m (limit 5): 600 of 1000 requests bad, \
         at least 57.38 % at 95 % confidence; the budget of 1h is spent"
    );
    assert_eq!(told.reading.as_ref().unwrap().to_string(), "burn rate over 10m 6 (limit > 5)");
    assert_eq!((told.at, told.labels["slo"].as_str(), told.labels["team"].as_str()), (minute(68), "up", "shop"));
    let spent = &changes[1].reason;
    assert_eq!(
        spent,
        "600 bad requests, 600 are allowed in 1h; the budget of 1h is spent; the deployment gate of shop is closed"
    );
}

#[test]
fn what_is_not_known_changes_nothing_and_what_is_empty_ends_slowly() {
    check("0x62 100x7 ?x30", &[(69, "up", Firing), (69, "up/budget", Firing)]);
    // Without requests nothing shows that it is over, until the long window has forgotten it.
    let state = check("0x62 100x7 -x12", &[(69, "up", Firing), (69, "up/budget", Firing), (80, "up", Resolved)]);
    assert!(state.slos[&"up".parse().unwrap()].closed);
}

/// A source that fails for longer than the long window ends no alert: what it says afterwards does.
#[test]
fn a_gap_ends_no_alert() {
    let (plan, mut state) = (plan(&setup()), ShardState::default());
    drive(&plan, &mut state, "0x62 100x7 ?x30");
    let all = |errors: f64| (90..100).map(|at| (at, Some(errors))).collect::<Vec<_>>();
    let mut healed = state.clone();
    let of_slo = |changes: Vec<domain::alert::AlertChange>| {
        changes.into_iter().filter(|change| change.name == "up").map(|change| change.status).collect::<Vec<_>>()
    };
    assert_eq!(of_slo(fold(&plan, &mut state, &chunk(100, &all(100.0), false))), []);
    assert_eq!(of_slo(fold(&plan, &mut healed, &chunk(100, &all(0.0), false))), [Resolved]);
}

#[test]
fn a_revised_minute_is_counted_anew() {
    let (plan, mut state) = (plan(&setup()), ShardState::default());
    drive(&plan, &mut state, "0x70");
    let revised: Vec<_> = (62..70).map(|at| (at, Some(100.0))).collect();
    let changes = fold(&plan, &mut state, &chunk(71, &revised, false));
    assert_eq!(state.slos[&"up".parse().unwrap()].counter.period().bad().to_bits(), 800.0_f64.to_bits());
    assert_eq!(changes.iter().map(|change| change.name.as_str()).collect::<Vec<_>>(), ["up", "up/budget"]);
    // What a source takes back is taken back.
    let revised: Vec<_> = (62..70).map(|at| (at, Some(0.0))).collect();
    let changes = fold(&plan, &mut state, &chunk(72, &revised, false));
    assert!(changes.iter().all(|change| change.status == Resolved) && changes.len() == 2, "{changes:?}");
}

#[test]
fn a_decoded_state_goes_on_as_if_nothing_had_happened() {
    let plan = plan(&setup());
    let (mut warm, mut cold) = (ShardState::default(), ShardState::default());
    for (tick, word) in (1..).zip(words("0x62 100x7 ?x3 0x66 -x3 30x20")) {
        let errors = word.parse().ok();
        let chunk = chunk(tick, &[(tick - 1, errors)], word == "?");
        let (decoded, wrong) = ShardState::decode(&cold.encode());
        assert!(wrong.is_none(), "{wrong:?}");
        cold = decoded;
        assert_eq!(fold(&plan, &mut warm, &chunk), fold(&plan, &mut cold, &chunk), "{tick}");
        assert_eq!(warm.encode(), cold.encode(), "{tick}");
    }
}

#[test]
fn an_objective_that_lost_its_series_says_so_and_keeps_what_it_counted() {
    let mut state = ShardState::default();
    drive(&plan(&setup()), &mut state, "0x62 100x7");
    let mut without = setup();
    without["series"].as_array_mut().unwrap().remove(0);
    without["services"][0]["series"] = json!(["shop/requests"]);
    let changes = fold(&plan(&without), &mut state, &chunk(70, &[], false));
    assert_eq!(changes[0].name, "up/unjudged");
    assert_eq!(changes[0].reason, "it cannot be judged: the series shop/errors is not part of the configuration");
    assert!(fold(&plan(&without), &mut state, &chunk(71, &[], false)).is_empty());
    let changes = fold(&plan(&setup()), &mut state, &chunk(72, &[(71, Some(100.0))], false));
    assert_eq!(changes[0].status, Resolved);
    assert_eq!(state.slos[&"up".parse().unwrap()].counter.period().bad().to_bits(), 600.0_f64.to_bits());
}

#[test]
fn an_objective_that_is_gone_resolves() {
    let mut state = ShardState::default();
    drive(&plan(&setup()), &mut state, "0x62 100x7");
    let mut without = setup();
    without["slos"] = json!([]);
    let changes = fold(&plan(&without), &mut state, &chunk(70, &[], false));
    assert_eq!(changes.iter().map(|change| change.name.as_str()).collect::<Vec<_>>(), ["up", "up/budget"]);
    assert!(changes.iter().all(|change| change.status == Resolved && change.reason.contains("no longer part")));
}

/// What no data counts as: the ratio of bad events after a whole hour of it.
#[test]
fn the_policy_says_what_no_data_is() {
    let check = |no_data: &str, expected: (f64, f64)| {
        let mut setup = setup();
        setup["slos"][0]["no_data"] = no_data.into();
        let mut state = ShardState::default();
        drive(&plan(&setup), &mut state, "0x60 -x22 0x30");
        let sum = state.slos[&"up".parse().unwrap()].counter.window(Span::from_minutes(60));
        assert_eq!((sum.total(), sum.bad()), expected, "{no_data}");
    };
    check("ignore", (3800.0, 0.0));
    check("good", (3800.0, 0.0));
    check("bad", (6000.0, 2200.0));
}

/// Which incident an alert belongs to: what lasts for days keeps none open that wakes people.
#[test]
fn tickets_and_spent_budgets_are_work_of_their_own() {
    let mut setup = setup();
    let ticket = json!({"severity": "SEV3", "long": "20m", "short": "5m", "factor": 2.0});
    setup["slos"][0]["burn_rates"].as_array_mut().unwrap().push(ticket);
    let (plan, mut state) = (plan(&setup), ShardState::default());
    drive(&plan, &mut state, "0x62 100x4");
    let key = |change: &domain::alert::AlertChange| change.labels.get("correlation").cloned().unwrap_or_default();
    let mut told = Vec::new();
    for tick in 67..70 {
        let changes = fold(&plan, &mut state, &chunk(tick, &[(tick - 1, Some(100.0))], false));
        told.extend(changes.iter().map(|change| (change.name.clone(), change.severity.to_string(), key(change))));
    }
    let told: Vec<_> =
        told.iter().map(|(name, severity, key)| (name.as_str(), severity.as_str(), key.as_str())).collect();
    assert_eq!(told, [("up", "SEV3", "slo/up"), ("up", "SEV2", ""), ("up/budget", "SEV3", "slo/up")]);
}
