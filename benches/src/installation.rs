//! An installation of 100 services with 5 series each, and 3 monitors a series.

use std::fmt::Write;

use domain::metric::{Asked, Chunk, Outcome, Remark, Sample, Value};
use domain::setup::Setup;
use domain::units::{Span, Time};
use store::Tables;

/// Series in all.
pub(crate) const SERIES: usize = SERVICES * SERIES_EACH;
/// Monitors in all.
pub(crate) const MONITORS: usize = SERIES * MONITORS_EACH;
/// Points of a series in one tick: five minutes.
pub(crate) const POINTS: u32 = 5;
/// When it begins.
pub(crate) const BEGAN: Time = Time::from_epoch(1_769_868_000);
const SERVICES: usize = 100;
const SERIES_EACH: usize = 5;
const MONITORS_EACH: usize = 3;

/// Its `tocsin.yaml`.
pub(crate) fn configuration() -> String {
    let mut services = "version: 1\nsources:\n  - { name: cloudwatch, kind: cloudwatch }\nservices:\n".to_owned();
    let mut monitors = "monitors:\n".to_owned();
    let text = "a String takes all";
    for service in 0..SERVICES {
        write!(services, "  - name: service-{service}\n    owner: team\n    series:\n").expect(text);
        for series in 0..SERIES_EACH {
            write!(
                services,
                "      - name: series-{series}\n        source: cloudwatch\n        namespace: Shop\n        metric: Metric{series}\n\
                 \x20       dimensions: {{ Service: service-{service} }}\n        statistic: Sum\n        period: 1m\n"
            )
            .expect(text);
            for (monitor, policy) in ["ignore", "missing", "notBreaching"].iter().enumerate() {
                write!(
                    monitors,
                    "  - name: monitor-{service}-{series}-{monitor}\n    service: service-{service}\n    signal: {{ series: series-{series} }}\n\
                     \x20   conditions:\n      - {{ severity: SEV3, when: \"> 5000000\", recover: \"< 3000000\" }}\n      - {{ severity: SEV2, when: \"> 10000000\" }}\n\
                     \x20   datapoints: {{ breaching: 2, of: 3 }}\n    missing_data: {policy}\n    labels: {{ team: shop }}\n"
                )
                .expect(text);
            }
        }
    }
    services + &monitors
}

/// The same, read.
pub(crate) fn setup() -> Setup {
    read(&configuration())
}

/// The same series, each with a threshold and an anomaly monitor.
pub(crate) fn setup_with_anomalies() -> Setup {
    let services = configuration();
    let (services, _) = services.split_once("monitors:\n").expect("it has monitors");
    let mut monitors = "monitors:\n".to_owned();
    for (service, series) in (0..SERVICES).flat_map(|service| (0..SERIES_EACH).map(move |series| (service, series))) {
        let of = format!("service: service-{service}, signal: {{ series: series-{series} }}");
        write!(
            monitors,
            "  - {{ name: limit-{service}-{series}, {of}, conditions: [ {{ severity: SEV3, when: \"> 5000000\" }} ], datapoints: \
             {{ breaching: 2, of: 3 }} }}\n  - {{ name: odd-{service}-{series}, {of}, conditions: [ {{ severity: SEV3 }} ], measure: \
             {{ kind: anomaly }} }}\n"
        )
        .expect("a String takes all");
    }
    read(&format!("{services}{monitors}"))
}

/// The same series, and an objective for two of each service, over 30 days with the usual burn rates.
pub(crate) fn setup_with_objectives() -> Setup {
    let services = configuration();
    let (services, _) = services.split_once("monitors:\n").expect("it has monitors");
    let mut slos = "slos:\n".to_owned();
    for service in 0..SERVICES {
        writeln!(
            slos,
            "  - {{ name: up-{service}, service: service-{service}, indicator: {{ requests: {{ bad: series-1, total: series-0 }} }}, \
             objective: 99.9%, period: 30d }}"
        )
        .expect("a String takes all");
    }
    read(&format!("{services}{slos}"))
}

fn read(configuration: &str) -> Setup {
    config::read("tocsin.yaml", &|_| Ok(configuration.to_owned())).expect("the configuration is sound")
}

/// Its tables.
pub(crate) fn tables() -> Tables {
    let name = |table: &str| format!("bench-{table}");
    Tables {
        metrics: name("metrics"),
        alerts: name("alerts"),
        incidents: name("incidents"),
        post_mortems: name("post-mortems"),
        action_items: name("action-items"),
        events: name("events"),
        slos: name("slos"),
        deployments: name("deployments"),
    }
}

/// What the `number`th tick reads of all series: five one-minute points each, of requests, errors and latencies.
pub(crate) fn chunk(setup: &Setup, number: u32) -> Chunk {
    let tick = BEGAN + Span::from_minutes(POINTS * number);
    let asked = setup.series.iter().enumerate().map(|(index, series)| Asked {
        series: series.id.clone(),
        from: tick - Span::from_minutes(10),
        until: tick,
        outcome: Outcome::Read((0..POINTS).map(|point| sample(tick, index, number, point)).collect()),
        remark: Remark::default(),
    });
    Chunk { shard: 0, tick, asked: asked.collect() }
}

fn sample(tick: Time, series: usize, number: u32, point: u32) -> Sample {
    let noise = (series * 7919 + (number * POINTS + point) as usize * 104_729) % 997;
    let value = match series % 3 {
        0 => (1000 * (series / 10 + 1) + noise) as f64,
        1 => (noise / 300) as f64,
        _ => (1200 + noise) as f64 / 10.0,
    };
    Sample { at: tick - Span::from_minutes(POINTS - point), value: Value::Number(value) }
}
