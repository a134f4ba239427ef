mod bill;

use domain::alert::Status;
use domain::incident::Severity;
use domain::metric::{Asked, Chunk, Failure, FailureKind, Outcome, Remark, Sample, Value};
use domain::setup::Setup;
use domain::units::{Span, Time};

use super::{COLLECTOR_SILENT_AFTER, Plan, ShardState, collector_silent, fold};

const SETUP: &str = r#"{
  "sources": [{"name": "cw", "kind": {"kind": "cloud-watch", "region": null, "account": null, "role_arn": null}}],
  "services": [{"name": "shop", "owner": "team", "critical": true, "depends_on": [], "resources": [], "series": ["shop/errors", "shop/requests"]}],
  "series": [
    {"id": "shop/errors", "source": "cw", "query": {"kind": "prometheus", "expression": "e"}, "period": "1m", "pace": "1m", "unit": "count"},
    {"id": "shop/requests", "source": "cw", "query": {"kind": "prometheus", "expression": "r"}, "period": "1m", "pace": "1m", "unit": "count"}],
  "monitors": [{"name": "error-rate", "service": "shop",
    "signal": {"ratio": {"numerator": "shop/errors", "denominator": "shop/requests"}}, "factor": 100.0, "unit": "percent",
    "conditions": [
      {"severity": "SEV2", "when": {"comparison": ">", "threshold": 10.0}, "recover": {"comparison": "<", "threshold": 5.0}},
      {"severity": "SEV3", "when": {"comparison": ">", "threshold": 5.0}, "recover": null}],
    "window": {"breaching": 2, "of": 3}, "missing_data": "ignore", "settle": "1m", "cooldown": "10m",
    "category": "technical", "labels": {}}],
  "runbooks": [], "response_enabled": true, "channels": [], "look_back": "10m",
  "post_mortem_severities": ["SEV2"], "default_owner": "team", "keep_metrics": "15d", "keep_incidents": "400d", "keep_events": "30d"
}"#;

fn plan() -> Plan {
    Plan::of(&serde_json::from_str::<Setup>(SETUP).unwrap(), 0, 1)
}

fn minute(index: i64) -> Time {
    Time::from_epoch(1_700_000_040 + index * 60)
}

/// The chunk of tick `tick`, which reads minute `tick - 1`: its errors out of 100 requests, or how it failed.
fn chunk(tick: i64, errors: Result<Option<f64>, FailureKind>) -> Chunk {
    let asked = |series: &str, number: Option<f64>| Asked {
        series: series.parse().unwrap(),
        from: minute(tick - 10),
        until: minute(tick),
        outcome: match errors {
            Err(kind) => Outcome::Failed(Failure { kind, detail: String::new() }),
            Ok(_) => Outcome::Read(
                number.map(|n| Sample { at: minute(tick - 1), value: Value::Number(n) }).into_iter().collect(),
            ),
        },
        remark: Remark::default(),
    };
    let requests = errors.ok().flatten().map(|_| 100.0);
    Chunk {
        shard: 0,
        tick: minute(tick),
        asked: vec![asked("shop/errors", errors.ok().flatten()), asked("shop/requests", requests)],
    }
}

/// What changed at which tick, with chunks of these error counts from tick 0 on: `-` no data, `?` failed.
fn check(errors: &str, expected: &[(i64, Status, Severity)]) -> ShardState {
    let (plan, mut state) = (plan(), ShardState::default());
    let mut found = Vec::new();
    for (tick, word) in (0..).zip(errors.split(' ')) {
        let errors = match word {
            "-" => Ok(None),
            "?" => Err(FailureKind::Throttled),
            number => Ok(Some(number.parse().unwrap())),
        };
        let changes = fold(&plan, &mut state, &chunk(tick, errors));
        let of_monitor = changes.iter().filter(|change| change.name == "error-rate");
        found.extend(of_monitor.map(|change| (tick, change.status, change.severity)));
    }
    assert_eq!(found, expected, "{errors}");
    state
}

use Severity::{Sev2, Sev3};
use Status::{Firing, Resolved};

#[test]
fn a_breach_is_told_once_it_has_settled_and_once() {
    // Minute m is read at tick m + 1 and judged at tick m + 2.
    check("0 0 40 40 40 40", &[(4, Firing, Sev2)]);
    check("0 0 40 0 0 0 0", &[]);
    check("0 0 7 7 7 40 40 40", &[(4, Firing, Sev3), (7, Firing, Sev2)]);
}

#[test]
fn hysteresis_keeps_the_worse_severity_until_it_recovers() {
    check("0 0 40 40 7 7 7 7 0 0 0 0", &[(4, Firing, Sev2), (10, Resolved, Sev2)]);
}

#[test]
fn no_data_and_failed_reads_do_not_resolve() {
    check("0 0 40 40 40 - - - - - - -", &[(4, Firing, Sev2)]);
    check("0 0 40 40 40 ? ? ? ? ? ? ?", &[(4, Firing, Sev2)]);
    check("0 0 40 40 40 ? ? 0 0 0 0 0", &[(4, Firing, Sev2), (9, Resolved, Sev2)]);
}

#[test]
fn a_revision_is_judged_from_then_on() {
    let (plan, mut state) = (plan(), ShardState::default());
    for tick in 0..6 {
        assert!(fold(&plan, &mut state, &chunk(tick, Ok(Some(0.0)))).is_empty());
    }
    let mut late = chunk(6, Ok(Some(0.0)));
    if let Outcome::Read(samples) = &mut late.asked[0].outcome {
        samples.insert(0, Sample { at: minute(4), value: Value::Number(60.0) });
        samples.insert(0, Sample { at: minute(3), value: Value::Number(60.0) });
    }
    let changes = fold(&plan, &mut state, &late);
    assert_eq!(changes.len(), 1, "two of the newest three settled minutes breach after all");
}

#[test]
fn a_source_that_fails_for_five_ticks_raises_an_alert_of_its_own() {
    let (plan, mut state) = (plan(), ShardState::default());
    let mut told = Vec::new();
    for tick in 0..12 {
        let errors = if (2..9).contains(&tick) { Err(FailureKind::Denied) } else { Ok(Some(0.0)) };
        for change in fold(&plan, &mut state, &chunk(tick, errors)) {
            assert!(change.name == "source/cw" && change.service.as_str() == crate::OWN_SERVICE);
            told.push((tick, change.status));
        }
    }
    assert_eq!(told, [(6, Firing), (9, Resolved)]);
}

#[test]
fn a_silent_collector_is_noticed_and_its_return_too() {
    let (plan, mut state) = (plan(), ShardState::default());
    fold(&plan, &mut state, &chunk(0, Ok(Some(0.0))));
    assert_eq!(collector_silent(&state, 0, minute(0) + COLLECTOR_SILENT_AFTER), None);
    let silent = collector_silent(&state, 0, minute(0) + COLLECTOR_SILENT_AFTER + Span::from_seconds(1));
    assert_eq!(silent.map(|change| change.status), Some(Firing));
    let back = fold(&plan, &mut state, &chunk(9, Ok(Some(0.0))));
    assert!(back.iter().any(|change| change.name == "collector" && change.status == Resolved));
}

#[test]
fn an_old_chunk_changes_nothing() {
    let (plan, mut state) = (plan(), ShardState::default());
    fold(&plan, &mut state, &chunk(5, Ok(Some(0.0))));
    let before = state.encode();
    assert!(fold(&plan, &mut state, &chunk(5, Ok(Some(99.0)))).is_empty());
    assert!(fold(&plan, &mut state, &chunk(4, Ok(Some(99.0)))).is_empty());
    assert_eq!(state.encode(), before);
}

#[test]
fn a_removed_monitor_resolves_what_it_told() {
    let mut state = check("0 0 40 40 40", &[(4, Firing, Sev2)]);
    let mut setup: Setup = serde_json::from_str(SETUP).unwrap();
    setup.monitors.clear();
    let changes = fold(&Plan::of(&setup, 0, 1), &mut state, &chunk(9, Ok(Some(40.0))));
    assert_eq!(changes.iter().map(|change| change.status).collect::<Vec<_>>(), [Resolved]);
}

/// The instants of a monitor's changes, with chunks of these error counts, must grow: what is stored takes an equal or
/// earlier one for an old change.
fn check_instants(errors: &[f64], window: &str) {
    let setup = SETUP.replace(r#""window": {"breaching": 2, "of": 3}"#, window);
    let (plan, mut state) = (Plan::of(&serde_json::from_str::<Setup>(&setup).unwrap(), 0, 1), ShardState::default());
    let mut last = None;
    for (tick, errors) in (0..).zip(errors) {
        for change in fold(&plan, &mut state, &chunk(tick, Ok(Some(*errors)))) {
            assert!(Some(change.at) > last, "{} after {last:?}", change.at);
            last = Some(change.at);
        }
    }
    assert!(last.is_some(), "{errors:?} changes nothing");
}

#[test]
fn a_flapping_series_is_told_each_time_with_a_later_instant() {
    let window = r#""window": {"breaching": 2, "of": 3}"#;
    check_instants(&[0.0, 40.0, 0.0, 40.0, 0.0, 0.0, 40.0, 0.0, 40.0, 0.0], window);
    check_instants(&[0.0, 40.0, 0.0, 40.0, 0.0, 40.0, 0.0, 0.0, 40.0, 40.0, 0.0], window);
}

#[test]
fn what_only_has_not_recovered_says_so() {
    let setup = SETUP.replace(
        r#""threshold": 5.0}, "recover": null"#,
        r#""threshold": 5.0}, "recover": {"comparison": "<", "threshold": 3.0}"#,
    );
    let setup: Setup = serde_json::from_str(&setup).unwrap();
    let (plan, mut state) = (Plan::of(&setup, 0, 1), ShardState::default());
    let mut told = Vec::new();
    for (tick, errors) in (0..).zip([0.0, 0.0, 40.0, 40.0, 40.0, 4.0, 4.0, 4.0, 4.0, 4.0]) {
        told.extend(fold(&plan, &mut state, &chunk(tick, Ok(Some(errors)))));
    }
    let reasons: Vec<_> = told.iter().map(|change| (change.severity, change.reason.as_str())).collect();
    assert_eq!(
        reasons,
        [
            (Sev2, "errors / requests 40 % (limit > 10 %) in 2 of the last 3 periods of 1m"),
            (Sev3, "errors / requests 4 % (limit > 5 %), which is not recovered: < 3 %"),
        ]
    );
}

/// A setup in which `shop/requests` is asked for every fifth tick only.
fn with_a_slow_series(tick: i64, requests: Result<Option<f64>, FailureKind>) -> Chunk {
    let mut read = chunk(tick, Ok(Some(0.0)));
    read.asked.truncate(1);
    if tick % 5 == 0 {
        read.asked.push(chunk(tick, requests).asked.remove(1));
    }
    read
}

#[test]
fn a_failing_series_of_a_slow_pace_is_not_well_in_between() {
    let (plan, mut state) = (plan(), ShardState::default());
    let mut told = Vec::new();
    for tick in 0..60 {
        let requests = if tick < 45 { Err(FailureKind::Denied) } else { Ok(Some(0.0)) };
        let changes = fold(&plan, &mut state, &with_a_slow_series(tick, requests));
        told.extend(changes.iter().map(|change| (tick, change.status)));
    }
    assert_eq!(told, [(20, Firing), (45, Resolved)]);
}

#[test]
fn a_removed_source_resolves_what_it_told() {
    let (plan, mut state) = (plan(), ShardState::default());
    for tick in 0..6 {
        fold(&plan, &mut state, &chunk(tick, Err(FailureKind::Denied)));
    }
    assert_eq!(state.failing_sources.len(), 1);
    let setup: Setup = serde_json::from_str(&SETUP.replace(r#""source": "cw""#, r#""source": "other""#)).unwrap();
    let changes = fold(&Plan::of(&setup, 0, 1), &mut state, &chunk(9, Ok(Some(0.0))));
    let told: Vec<_> = changes.iter().map(|change| (change.name.as_str(), change.status)).collect();
    assert_eq!(told, [("source/cw", Resolved)]);
}

proptest::proptest! {
    /// Warm or cold: to stop anywhere, encode, decode and go on gives the same bytes.
    #[test]
    fn a_decoded_state_goes_on_as_if_nothing_had_happened(
        errors in proptest::collection::vec(proptest::option::of(0.0..100.0_f64), 1..40),
        stop in 0_usize..40,
    ) {
        let plan = plan();
        let (mut warm, mut cold) = (ShardState::default(), ShardState::default());
        for (tick, errors) in (0..).zip(&errors) {
            let chunk = chunk(tick, Ok(*errors));
            let changes = fold(&plan, &mut warm, &chunk);
            if usize::try_from(tick).unwrap() == stop {
                cold = ShardState::decode(&cold.encode()).0;
            }
            proptest::prop_assert_eq!(changes, fold(&plan, &mut cold, &chunk));
        }
        proptest::prop_assert_eq!(warm.encode(), cold.encode());
    }

    /// Arbitrary bytes are refused, never a panic.
    #[test]
    fn damage_is_an_error(bytes: Vec<u8>) {
        let _ = ShardState::decode(&bytes);
    }
}
