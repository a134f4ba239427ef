mod called;
mod never_told;
mod slos;

use std::collections::BTreeMap;

use domain::setup::Setup;
use domain::units::Time;

use super::setup;
use crate::History;

/// 2026-02-02T00:00:00Z, a Monday.
const NOW: Time = Time::from_epoch(1_769_990_400);

/// A shop with a series of errors, one of requests, one of latency, and a channel.
const SHOP: &str = r#"
version: 1
sources: [ { name: prom, kind: prometheus, url: "https://prom.example.com" } ]
services:
  - name: shop
    owner: team-shop
    series:
      - { name: errors, source: prom, expression: errors, period: 1m, pace: 1m }
      - { name: requests, source: prom, expression: requests, period: 1m, pace: 1m }
      - { name: latency, source: prom, expression: latency, period: 1m, pace: 1m, unit: milliseconds }
channels: [ { name: hook, kind: webhook, url: "https://hooks.example.com/a", signing_secret: "ssm:/hook" } ]
routes: [ { channels: [hook] } ]
"#;

/// Monitors that read all series of the shop, so that nothing is found.
const SOUND: &str = r#"
monitors:
  - name: rate
    service: shop
    signal: { ratio: { numerator: errors, denominator: requests } }
    unit: percent
    conditions: [ { severity: SEV2, when: "> 10%" } ]
    datapoints: { breaching: 2, of: 3 }
  - name: slow
    service: shop
    signal: { series: latency }
    conditions: [ { severity: SEV3, when: "> 800" } ]
    datapoints: { breaching: 2, of: 3 }
"#;

fn read(text: &str) -> Setup {
    config::read("tocsin.yaml", &|_| Ok(text.to_owned())).unwrap_or_else(|mistakes| panic!("{mistakes}\n{text}"))
}

fn found(setup_: &Setup, history: Option<&History>) -> Vec<String> {
    let findings = setup(setup_, history, NOW);
    let line =
        |f: &crate::Finding| format!("{} {} {}", f.level.as_str(), f.rule.id(), f.at.as_str()).trim_end().to_owned();
    assert!(findings.iter().all(|f| !f.what.is_empty() && !f.evidence.is_empty() && !f.remedy.is_empty()));
    findings.iter().map(line).collect()
}

/// What is found in `text`, beside series that nothing reads.
fn check(text: &str, expected: &[&str]) {
    let found: Vec<String> =
        found(&read(text), None).into_iter().filter(|line| !line.starts_with("note unused-series")).collect();
    assert_eq!(found, expected, "{text}");
}

/// What is found of a shop that has this monitor too.
fn monitor(fields: &str, expected: &[&str]) {
    check(&format!("{SHOP}{SOUND}  - {{ service: shop, {fields} }}\n"), expected);
}

/// What is found in a shop one of whose lines is replaced.
fn changed(from: &str, to: &str, expected: &[&str]) {
    let text = format!("{SHOP}{SOUND}");
    assert!(text.contains(from), "{from}");
    check(&text.replace(from, to), expected);
}

/// A series of its own for a metric of AWS.
fn aws(series: &str, monitor: &str, expected: &[&str]) {
    let source = "{ name: prom, kind: prometheus, url: \"https://prom.example.com\" }";
    let text = format!("{SHOP}{SOUND}")
        .replace(source, &format!("{source}, {{ name: cw, kind: cloudwatch, region: eu-west-1 }}"))
        .replace("\nchannels:", &format!("\n      - {{ name: x, source: cw, {series} }}\nchannels:"));
    let monitor = format!(
        "  - {{ name: x, service: shop, signal: {{ series: x }}, datapoints: {{ breaching: 1, of: 1 }}, {monitor} }}\n"
    );
    check(
        &text.replace(
            "    datapoints: { breaching: 2, of: 3 }\n  - name: slow",
            &format!("    datapoints: {{ breaching: 2, of: 3 }}\n{monitor}  - name: slow"),
        ),
        expected,
    );
}

#[test]
fn what_is_sound_is_left_alone() {
    check(&format!("{SHOP}{SOUND}"), &[]);
}

#[test]
fn limits_that_never_or_always_hold() {
    let cpu = "namespace: AWS/RDS, metric: CPUUtilization, dimensions: { DBInstanceIdentifier: a }, statistic: Average, period: 1m, unit: percent";
    aws(cpu, "conditions: [ { severity: SEV3, when: '> 90%' } ]", &[]);
    aws(cpu, "conditions: [ { severity: SEV3, when: '> 100%' } ]", &["error never-fires monitors/x/when/SEV3"]);
    aws(
        cpu,
        "unit: count, conditions: [ { severity: SEV3, when: '> 90' } ]",
        &["error never-fires monitors/x/when/SEV3"],
    );
    aws(cpu, "conditions: [ { severity: SEV3, when: '>= 0%' } ]", &["error always-fires monitors/x/when/SEV3"]);
    aws(
        cpu,
        "conditions: [ { severity: SEV3, when: '> 90%', recover: '< 0%' } ]",
        &["error never-recovers monitors/x/recover/SEV3"],
    );
    monitor(
        "name: a, signal: { series: latency }, measure: { kind: anomaly }, conditions: [ { severity: SEV3, when: '> 1' } ]",
        &["error never-fires monitors/a/when/SEV3"],
    );
    monitor(
        "name: a, signal: { series: latency }, measure: { kind: mad }, conditions: [ { severity: SEV3, when: '> 100' } ]",
        &["error never-fires monitors/a/when/SEV3"],
    );
    monitor(
        "name: a, signal: { series: latency }, measure: { kind: absence, every: 1h }, conditions: [ { severity: SEV3, when: '< 0' } ]",
        &["error never-fires monitors/a/when/SEV3"],
    );
}

#[test]
fn a_sparse_series_is_never_overdue() {
    let absent = "  - { name: a, service: shop, signal: { series: errors }, measure: { kind: absence, every: 1h }, conditions: [ { severity: SEV3 } ] }\n";
    let sparse = |nonzero| {
        format!("{SHOP}{SOUND}{absent}")
            .replace("expression: errors,", "expression: errors, sparse: true,")
            .replace("every: 1h", nonzero)
    };
    check(&sparse("every: 1h"), &["error never-fires monitors/a"]);
    check(&sparse("every: 1h, nonzero: true"), &[]);
}

#[test]
fn combinations_that_contradict_themselves() {
    let combined = |expression: &str| {
        format!("name: both, signal: {{ monitors: '{expression}' }}, conditions: [ {{ severity: SEV2 }} ]")
    };
    monitor(&combined("rate and slow"), &[]);
    monitor(&combined("rate and not (slow or rate)"), &["error never-fires monitors/both"]);
    monitor(&combined("slow or not slow"), &["error always-fires monitors/both"]);
}

#[test]
fn what_is_one_or_zero_is_never_above_one() {
    let when = |when: &str| {
        format!("name: both, signal: {{ monitors: rate }}, conditions: [ {{ severity: SEV2, when: '{when}' }} ]")
    };
    monitor(&when(">= 1"), &[]);
    monitor(&when("> 1"), &["error never-fires monitors/both/when/SEV2"]);
}

#[test]
fn a_route_before_one_that_does_the_same_is_told_of() {
    let routes = |routes: &str, expected: &[&str]| changed("routes: [ { channels: [hook] } ]", routes, expected);
    routes("routes: [ { service: shop, channels: [hook] }, { channels: [hook] } ]", &["note redundant-route routes/0"]);
    routes("routes: [ { service: shop, channels: [hook], group_wait: 1m }, { channels: [hook] } ]", &[]);
    // What lies between takes some of it elsewhere.
    routes(
        "routes: [ { service: shop, channels: [hook] }, { severity: SEV2, channels: [] }, { channels: [hook] } ]",
        &[],
    );
    let below =
        "routes: [ { channels: [hook], routes: [ { match: team=a, channels: [hook] }, { channels: [hook] } ] } ]";
    routes(below, &["note redundant-route routes/0/0"]);
}

#[test]
fn metrics_that_aws_does_not_write_so() {
    let limit = "conditions: [ { severity: SEV3, when: '> 5' } ]";
    aws(
        "namespace: AWS/SQS, metric: NumberOfMessagesSent, statistic: Sum, period: 1m",
        limit,
        &["error missing-dimension series/shop/x"],
    );
    aws(
        "namespace: AWS/SQS, metric: NumberOfMessagesSent, statistic: Sum, period: 30s, dimensions: { QueueName: q }",
        limit,
        &["error too-fine series/shop/x"],
    );
    aws(
        "namespace: AWS/S3, metric: NumberOfObjects, statistic: Average, period: 1h, dimensions: { BucketName: b }",
        limit,
        &["error too-fine series/shop/x"],
    );
    aws(
        "namespace: AWS/SQS, metric: ApproximateAgeOfOldestMessage, statistic: Sum, period: 5m, dimensions: { QueueName: q }",
        limit,
        &["warn summed-level series/shop/x"],
    );
    aws("namespace: Shop, metric: Orders, statistic: Sum, period: 10s", limit, &[]);
}

#[test]
fn what_silence_and_half_filled_periods_are_taken_for() {
    let low = "conditions: [ { severity: SEV3, when: '< 5' } ]";
    let metric = "namespace: Shop, metric: Orders, statistic: Sum, period: 1m";
    aws(metric, &format!("missing_data: notBreaching, {low}"), &["warn silence-counts-as-fine monitors/x"]);
    aws(metric, &format!("missing_data: breaching, {low}"), &[]);
    aws(metric, "missing_data: notBreaching, conditions: [ { severity: SEV3, when: '> 5' } ]", &[]);
    aws(metric, &format!("settle: 0s, {low}"), &["warn unsettled monitors/x"]);
    aws(
        &format!("{metric}, pace: 30m"),
        "conditions: [ { severity: SEV2, when: '< 5' } ]",
        &["warn slow-look monitors/x/when/SEV2"],
    );
    aws(&format!("{metric}, pace: 30m"), low, &[]);
}

#[test]
fn what_stands_twice() {
    monitor(
        "name: again, signal: { series: latency }, conditions: [ { severity: SEV2, when: '> 800' } ], datapoints: { breaching: 2, of: 3 }",
        &["warn duplicate monitors/again"],
    );
    monitor(
        "name: again, signal: { series: latency }, conditions: [ { severity: SEV2, when: '> 900' } ], datapoints: { breaching: 2, of: 3 }",
        &[],
    );
    let hook = "{ name: hook, kind: webhook, url: \"https://hooks.example.com/a\", signing_secret: \"ssm:/hook\" }";
    changed(
        hook,
        &format!("{hook}, {}", hook.replace("name: hook", "name: hook2")),
        &["warn duplicate channels/hook2", "warn unused-channel channels/hook2"],
    );
}

#[test]
fn alerts_that_no_route_takes() {
    let routes = |routes: &str, expected: &[&str]| changed("routes: [ { channels: [hook] } ]", routes, expected);
    routes("", &["warn reaches-nobody"]);
    routes(
        "routes: [ { severity: SEV2, channels: [hook] }, { service: tocsin, channels: [hook] } ]",
        &["error reaches-nobody monitors/slow/when/SEV3"],
    );
    routes("routes: [ { service: shop, channels: [hook] } ]", &["warn reaches-nobody", "warn reaches-nobody"]);
    routes("routes: [ { service: [shop, tocsin], channels: [hook] } ]", &["warn reaches-nobody"]);
    routes("routes: [ { service: [shop, tocsin, unassigned], channels: [hook] } ]", &[]);
    routes(
        "routes: [ { category: business, channels: [hook] }, { service: [tocsin, unassigned], channels: [hook] } ]",
        &["error reaches-nobody monitors/rate/when/SEV2", "error reaches-nobody monitors/slow/when/SEV3"],
    );
    routes("grouping: { channels: [hook] }", &[]);
    routes("routes: [ { match: alertname=slow, channels: [] }, { channels: [hook] } ]", &[]);
    routes(
        "routes: [ { match: { alertname: rate }, channels: [hook] }, { service: [tocsin, unassigned], channels: [hook] } ]",
        &["error reaches-nobody monitors/slow/when/SEV3"],
    );
    routes(
        "intervals: [ { name: nights, times: [ { clock: 00:00-08:00 } ] } ]\nroutes: [ { channels: [hook] } ]",
        &["note unused-interval intervals/nights"],
    );
    let slack = "channels: [ { name: hook, kind: slack, url: \"ssm:/slack\" }";
    let text = format!("{SHOP}{SOUND}").replace("severity: SEV2", "severity: SEV1").replace("channels: [ { name: hook, kind: webhook, url: \"https://hooks.example.com/a\", signing_secret: \"ssm:/hook\" }", slack);
    check(&text, &["note wakes-nobody monitors/rate/when/SEV1"]);
}

#[test]
fn a_severity_that_is_lost_alone() {
    let text = format!("{SHOP}{SOUND}")
        .replace(
            "{ severity: SEV2, when: \"> 10%\" }",
            "{ severity: SEV2, when: \"> 10%\" }, { severity: SEV4, when: \"> 5%\" }",
        )
        .replace("routes: [ { channels: [hook] } ]", "routes: [ { severity: [SEV1, SEV2, SEV3], channels: [hook] } ]");
    check(&text, &["error reaches-nobody monitors/rate/when/SEV4"]);
}

#[test]
fn runbooks_that_do_nothing() {
    let runbook = |matches: &str, step: &str, expected: &[&str]| {
        let service = "    owner: team-shop\n";
        let alias = format!(
            "{service}    resources: [ {{ kind: lambda-alias, function: f, alias: live, monitored: false }} ]\n"
        );
        let text = format!("{SHOP}{SOUND}").replace(service, &alias);
        check(
            &format!(
                "{text}runbooks: [ {{ name: back, match: {matches}, steps: [ {{ action: roll-back-lambda-alias, {step} }} ] }} ]\n"
            ),
            expected,
        );
    };
    runbook("{ service: shop }", "mode: suggest", &[]);
    runbook("{ service: shop, severity: SEV1 }", "mode: suggest", &["warn runbook-matches-nothing runbooks/back"]);
    runbook("{ labels: { team: a } }", "mode: suggest", &["warn runbook-matches-nothing runbooks/back"]);
    runbook("{ service: shop }", "verify_within: 3m", &["error verify-too-short runbooks/back/steps/0"]);
    runbook("{ service: shop }", "verify_within: 4m", &[]);
    let off = "runbooks: [ { name: back, match: {}, steps: [ { action: roll-back-lambda-alias, mode: auto } ] } ]\nresponse: { enabled: false }\n";
    check(
        &format!("{SHOP}{SOUND}{off}"),
        &["warn actions-disabled response", "warn step-without-target runbooks/back/steps/0"],
    );
}

#[test]
fn what_serves_nothing() {
    monitor(
        "name: q, quiet: true, signal: { series: latency }, conditions: [ { severity: SEV4, when: '> 1' } ], datapoints: { breaching: 1, of: 1 }",
        &["warn quiet-unused monitors/q"],
    );
    let two = "  - { name: cart, owner: a }\n";
    changed("services:\n", &format!("services:\n{two}"), &["note unwatched services/cart"]);
    let text = format!("{SHOP}{SOUND}")
        .replace("services:\n", &format!("services:\n{two}"))
        .replace("    owner: team-shop\n", "    owner: team-shop\n    depends_on: [cart]\n");
    check(&text, &["warn unwatched services/cart"]);
    changed(
        "https://prom.example.com\" }",
        "https://prom.example.com\" }, { name: cw, kind: cloudwatch }",
        &["note unused-source sources/cw"],
    );
    let all = found(&read(SHOP), None);
    assert!(all.contains(&"note unused-series series/shop/errors".to_owned()), "{all:?}");
}

/// Ten days of minutes, a value for each.
fn days(value: impl Fn(i64) -> f64) -> Vec<(Time, f64)> {
    (0..14_400).map(|minute| (Time::from_epoch(minute * 60), value(minute))).collect()
}

fn observed(series: &[(&str, Vec<(Time, f64)>)], yaml: &str, expected: &[&str]) {
    let points: BTreeMap<_, _> =
        series.iter().map(|(name, points)| (format!("shop/{name}").parse().unwrap(), points.clone())).collect();
    let history = History::new(points, Time::from_epoch(14_400 * 60));
    assert_eq!(found(&read(yaml), Some(&history)), expected, "{yaml}");
}

#[test]
fn limits_held_against_what_was_observed() {
    let sound = format!("{SHOP}{SOUND}");
    let latency = |value: fn(i64) -> f64, expected: &[&str]| observed(&[("latency", days(value))], &sound, expected);
    latency(|minute| if minute % 500 < 5 { 900.0 } else { 100.0 }, &[]);
    latency(|minute| if minute % 50 < 5 { 700.0 } else { 300.0 }, &["note never-reached monitors/slow/when/SEV3"]);
    latency(|minute| 90.0 + (minute % 20) as f64, &["warn never-reached monitors/slow/when/SEV3"]);
    latency(|_| 0.0, &["note never-reached monitors/slow/when/SEV3"]);
    latency(|minute| if minute % 10 < 5 { 900.0 } else { 100.0 }, &["warn often-beyond monitors/slow/when/SEV3"]);
    latency(|_| 900.0, &["error always-fires monitors/slow/when/SEV3"]);
    // Single points beyond the limit are what 2 of 3 is for.
    latency(|minute| if minute % 3 == 0 { 900.0 } else { 100.0 }, &[]);
}

#[test]
fn metrics_that_stopped() {
    let missing = |word: &str| {
        format!("{SHOP}{SOUND}")
            .replace("when: \"> 800\" } ]", &format!("when: \"> 800\" }} ]\n    missing_data: {word}"))
    };
    let mut points = days(|minute| if minute % 500 < 5 { 900.0 } else { 100.0 });
    points.truncate(7200);
    for (word, expected) in [
        ("notBreaching", "error stopped-counts-as-fine monitors/slow"),
        ("breaching", "error always-fires monitors/slow"),
        ("ignore", "warn stopped monitors/slow"),
    ] {
        observed(&[("latency", points.clone())], &missing(word), &[expected]);
    }
    let absence = "  - { name: a, service: shop, signal: { series: latency }, measure: { kind: absence, every: 1h }, conditions: [ { severity: SEV3 } ] }\n";
    observed(&[("latency", points)], &format!("{}{absence}", missing("ignore")), &[]);
}

#[test]
fn a_ratio_of_few() {
    let few = |requests: f64, expected: &[&str]| {
        let errors = days(|minute| if minute % 700 < 3 { requests } else { 0.0 });
        observed(&[("errors", errors), ("requests", days(|_| requests))], &format!("{SHOP}{SOUND}"), expected);
    };
    few(100.0, &[]);
    few(5.0, &["note one-event-breaches monitors/rate/when/SEV2"]);
}
