//! A series that has a point a day, two days late, and is written whole at each ask.

use domain::metric::Remark;
use serde_json::json;

use super::*;

const ASKED_EVERY: Span = Span::from_minutes(360);
/// A midnight.
const MIDNIGHT: Time = Time::from_epoch(1_767_571_200);

fn plan(missing_data: &str) -> Plan {
    plan_with(&setup(missing_data))
}

fn plan_with(setup: &serde_json::Value) -> Plan {
    Plan::of(&serde_json::from_value::<Setup>(setup.clone()).unwrap(), 0, 1)
}

fn setup(missing_data: &str) -> serde_json::Value {
    json!({
        "sources": [{"name": "bill", "kind": {"kind": "cost-explorer", "role_arn": null}}],
        "services": [{"name": "shop", "owner": "team", "critical": true, "depends_on": [], "resources": [],
            "series": ["shop/lambda"]}],
        "series": [{"id": "shop/lambda", "source": "bill", "period": "1d", "pace": "6h", "unit": "dollars",
            "query": {"kind": "cost", "service": "AWS Lambda", "account": null, "reads": "day"}}],
        "monitors": [{"name": "dear", "service": "shop", "signal": {"series": "shop/lambda"}, "factor": 1.0,
            "unit": "dollars", "window": {"breaching": 1, "of": 1}, "missing_data": missing_data, "settle": "1m",
            "conditions": [{"severity": "SEV3", "when": {"comparison": ">", "threshold": 10.0}, "recover": null}],
            "cooldown": "10m", "category": "business", "labels": {}}],
        "runbooks": [], "response_enabled": true, "channels": [], "look_back": "10m",
        "post_mortem_severities": ["SEV2"], "default_owner": "team", "keep_metrics": "15d", "keep_incidents": "400d", "keep_events": "30d"
    })
}

/// What the bill says at `tick`, 35 days of it: what each day cost.
fn chunk(tick: Time, cost: impl Fn(Time) -> Option<f64>, remark: &str) -> Chunk {
    let until = (tick - Span::DAY).floor(Span::DAY);
    let days = (1..=35).rev().map(|ago| until - Span::DAY.times(ago));
    let samples = days.filter_map(|at| Some(Sample { at, value: Value::Number(cost(at)?) }));
    let asked = Asked {
        series: "shop/lambda".parse().unwrap(),
        from: until - Span::DAY.times(35),
        until,
        outcome: Outcome::Read(samples.collect()),
        remark: Remark::of(remark),
    };
    Chunk { shard: 0, tick, asked: vec![asked] }
}

/// What changes, but for the collector's own silence: here it writes nothing in between.
fn folded(plan: &Plan, state: &mut ShardState, chunk: &Chunk) -> Vec<domain::alert::AlertChange> {
    fold(plan, state, chunk).into_iter().filter(|change| change.name != "collector").collect()
}

/// What is told over these asks, one every six hours from midnight on.
fn told(missing_data: &str, asks: u32, cost: impl Fn(Time) -> Option<f64>) -> Vec<(Time, Status, String)> {
    let (plan, mut state) = (plan(missing_data), ShardState::default());
    let ticks = (0..asks).map(|ask| MIDNIGHT + ASKED_EVERY.times(ask));
    let mut told = Vec::new();
    for tick in ticks {
        let changes = folded(&plan, &mut state, &chunk(tick, &cost, "mostly \"requests\""));
        told.extend(changes.into_iter().map(|change| (tick, change.status, change.reason)));
    }
    told
}

#[test]
fn a_dear_day_is_told_once_with_what_its_source_remarks() {
    let dear = |at| Some(if at == MIDNIGHT - Span::DAY { 17.0 } else { 3.0 });
    let often = "in 1 of the last 1 periods of 1d";
    let fired = format!("lambda 17 USD (limit > 10 USD) {often} — mostly \"requests\"");
    let over = "lambda 3 USD (limit > 10 USD), up to 00:00:00 UTC".to_owned();
    let [seen, next] = [1, 2].map(|days| MIDNIGHT + Span::DAY.times(days));
    assert_eq!(told("missing", 12, dear), [(seen, Firing, fired), (next, Resolved, over)]);
}

#[test]
fn what_was_over_at_the_first_look_is_no_news() {
    let long_ago = |at| Some(if at < MIDNIGHT - Span::DAY.times(9) { 17.0 } else { 3.0 });
    let over = told("missing", 12, long_ago);
    assert_eq!(over.iter().map(|(_, status, _)| *status).collect::<Vec<_>>(), [Resolved]);
    let still = |at| Some(if at > MIDNIGHT - Span::DAY.times(9) { 17.0 } else { 3.0 });
    assert_eq!(told("missing", 12, still).len(), 1);
}

#[test]
fn a_new_series_has_at_once_the_points_that_a_measure_needs() {
    let mut plan_of = setup("missing");
    plan_of["monitors"][0]["measure"] = json!({"z-score": {"over": "30d"}});
    let (plan, mut state) = (plan_with(&plan_of), ShardState::default());
    let cost = |at: Time| Some(if at == MIDNIGHT - Span::DAY { 900.0 } else { (at.epoch() / 86_400 % 5) as f64 });
    assert_eq!(folded(&plan, &mut state, &chunk(MIDNIGHT, cost, "")), []);
    let next = folded(&plan, &mut state, &chunk(MIDNIGHT + Span::DAY + ASKED_EVERY, cost, ""));
    assert_eq!(next.len(), 1, "{next:?}");
}

#[test]
fn between_two_asks_nothing_is_missing() {
    assert_eq!(told("breaching", 40, |_| Some(3.0)), []);
    let lost = told("breaching", 40, |at| (at < MIDNIGHT).then_some(3.0));
    assert_eq!(lost.len(), 1, "a day that was read and is not there: {lost:?}");
}

#[test]
fn what_is_written_again_changes_nothing() {
    let (plan, mut state) = (plan("missing"), ShardState::default());
    let cost = |at: Time| Some((at.epoch() % 7) as f64);
    let cells = |state: &ShardState| {
        let series = &state.series.values().next().unwrap();
        (0..40).map(|day| series.cell(MIDNIGHT - Span::DAY.times(day))).collect::<Vec<_>>()
    };
    fold(&plan, &mut state, &chunk(MIDNIGHT, cost, ""));
    let before = cells(&state);
    assert_eq!(folded(&plan, &mut state, &chunk(MIDNIGHT + ASKED_EVERY, cost, "")), []);
    assert_eq!(cells(&state), before);
    let mut anew = ShardState::default();
    fold(&plan, &mut anew, &chunk(MIDNIGHT + ASKED_EVERY, cost, ""));
    assert_eq!(cells(&anew), before, "who begins anew knows as much");
}

#[test]
fn a_bill_that_cannot_be_read_is_told_the_same_day() {
    let (plan, mut state) = (plan("missing"), ShardState::default());
    let mut told = Vec::new();
    for ask in 0..4 {
        let mut chunk = chunk(MIDNIGHT + ASKED_EVERY.times(ask), |_| None, "");
        chunk.asked[0].outcome = Outcome::Failed(Failure { kind: FailureKind::Denied, detail: String::new() });
        told.extend(folded(&plan, &mut state, &chunk).into_iter().map(|change| (ask, change.name)));
    }
    assert_eq!(told, [(1, "source/bill".to_owned())]);
}
