//! Prints how long it takes to read a configuration of 500 series and 500 monitors:
//! `cargo run --release -p tocsin-config --example parse_time`.

use std::fmt::Write;
use std::time::{Duration, Instant};

const SERVICES: usize = 100;
const SERIES_EACH: usize = 5;
const RUNS: usize = 101;

fn main() {
    let text = configuration();
    let mut times: Vec<Duration> = (0..RUNS).map(|_| once(&text)).collect();
    times.sort_unstable();
    let (median, worst) = (times[RUNS / 2], times[RUNS - 1]);
    println!("{} bytes: median {median:?}, worst of {RUNS} {worst:?}", text.len());
}

fn once(text: &str) -> Duration {
    let start = Instant::now();
    let setup = config::read("tocsin.yaml", &|_| Ok(text.to_owned())).expect("the configuration is sound");
    let time = start.elapsed();
    assert_eq!(setup.monitors.len(), SERVICES * SERIES_EACH);
    time
}

fn configuration() -> String {
    let mut services = "version: 1\nsources:\n  - { name: cloudwatch, kind: cloudwatch }\nservices:\n".to_owned();
    let mut monitors = "monitors:\n".to_owned();
    for service in 0..SERVICES {
        write!(services, "  - name: service-{service}\n    owner: team\n    series:\n").expect("a String takes all");
        for series in 0..SERIES_EACH {
            write!(
                services,
                "      - name: series-{series}\n        source: cloudwatch\n        namespace: Shop\n        metric: Metric{series}\n\
                 \x20       dimensions: {{ Service: service-{service} }}\n        statistic: Sum\n        period: 1m\n"
            )
            .expect("a String takes all");
            write!(
                monitors,
                "  - name: monitor-{service}-{series}\n    service: service-{service}\n    signal: {{ series: series-{series} }}\n\
                 \x20   conditions:\n      - {{ severity: SEV3, when: \"> 5\", recover: \"< 3\" }}\n      - {{ severity: SEV2, when: \"> 10\" }}\n\
                 \x20   datapoints: {{ breaching: 2, of: 3 }}\n    missing_data: ignore\n    labels: {{ team: shop }}\n"
            )
            .expect("a String takes all");
        }
    }
    services + &monitors
}
