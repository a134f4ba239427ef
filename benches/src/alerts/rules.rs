//! What both go by: 200 routes and 20 inhibitions as one `alertmanager.yml`, and 1,000 silences.

use std::fmt::Write;

use domain::id::SilenceId;
use domain::label::Matchers;
use domain::setup::Setup;
use domain::silence::Silence;
use domain::units::{Span, Time};
use serde_json::{Value, json};

/// Below the root.
pub(super) const ROUTES: usize = 200;
pub(super) const INHIBITIONS: usize = 20;
pub(super) const SILENCES: usize = 1000;
/// Services that alerts are of; the first half of them has routes of its own.
pub(super) const SERVICES: usize = 120;
/// Services of a team.
pub(super) const TEAM: usize = 6;
/// What alerts are called, other than those that inhibit.
pub(super) const NAMES: [&str; 24] = [
    "HighErrorRate",
    "HighLatency",
    "KubePodCrashLooping",
    "KubeDeploymentReplicasMismatch",
    "KubeJobFailed",
    "KubeContainerWaiting",
    "CPUThrottlingHigh",
    "NodeFilesystemAlmostOutOfSpace",
    "NodeClockSkew",
    "NodeMemoryHigh",
    "DatabaseReplicationLag",
    "DatabaseConnectionsHigh",
    "CacheEvictionsHigh",
    "CacheHitRateLow",
    "QueueTooLong",
    "QueueConsumerStopped",
    "CertificateExpiresSoon",
    "BackupTooOld",
    "TargetDown",
    "ProbeFailed",
    "ErrorBudgetBurn",
    "SlowQueries",
    "DeadLetters",
    "VolumeAlmostFull",
];

/// `alertmanager.yml`; JSON is YAML. The nth route, depth first, leads to the receiver `r<n>`, the root to `r0`. Receivers
/// send to nobody, so that only decisions are measured.
pub(super) fn configuration() -> String {
    let mut routes = Routes { count: 0 };
    let by_alert = json!(["alertname", "service"]);
    let mut children = vec![
        routes.one(&["severity=\"SEV1\""], &json!(["service"]), true, |_| Vec::new()),
        routes.one(&["alertname=\"Watchdog\""], &by_alert, false, |_| Vec::new()),
    ];
    for team in 0..SERVICES / 2 / TEAM {
        let matcher = format!("team=~\"team-{team}|crew-{team}\"");
        let services = |routes: &mut Routes| (0..TEAM).map(|one| of_service(routes, team * TEAM + one)).collect();
        children.push(routes.one(&[&matcher], &by_alert, false, services));
    }
    for (matchers, goes_on) in [
        (&["alertname=~\"Kube.+\"", "job!=\"gateway\""][..], true),
        (&["instance=~\"db-[0-9]+\\\\.eu-.*\""], false),
        (&["job=~\"node|blackbox\"", "severity=~\"SEV1|SEV2\""], false),
        (&["cluster=~\"eu-(1|2)\"", "alertname=~\"Node.*\""], true),
        (&["alertname=~\".*(Lag|Slow).*\""], false),
        (&["service=~\"service-1[01][0-9]\""], false),
        (&["job=\"cache\"", "namespace!~\"shop-.*\""], false),
        (&["severity=\"SEV4\""], false),
    ] {
        children.push(routes.one(matchers, &by_alert, goes_on, |_| Vec::new()));
    }
    assert_eq!(routes.count, ROUTES, "the routes are counted");
    let receivers: Vec<Value> = (0..=ROUTES).map(|number| json!({ "name": format!("r{number}") })).collect();
    let route = json!({
        "receiver": "r0", "group_by": by_alert, "group_wait": format!("{}s", super::GROUP_WAIT.seconds()),
        "group_interval": "1h", "repeat_interval": "4h", "routes": children,
    });
    json!({ "route": route, "receivers": receivers, "inhibit_rules": inhibitions() }).to_string()
}

struct Routes {
    count: usize,
}

impl Routes {
    fn one(
        &mut self,
        matchers: &[&str],
        group_by: &Value,
        goes_on: bool,
        below: impl FnOnce(&mut Self) -> Vec<Value>,
    ) -> Value {
        self.count += 1;
        let receiver = format!("r{}", self.count);
        let mut route = json!({ "receiver": receiver, "matchers": matchers, "group_by": group_by });
        let below = below(self);
        if goes_on {
            route["continue"] = json!(true);
        }
        if !below.is_empty() {
            route["routes"] = json!(below);
        }
        route
    }
}

/// A service's own route, with one for what is severe and one for what is mild.
fn of_service(routes: &mut Routes, service: usize) -> Value {
    let own = format!("service=\"service-{service}\"");
    routes.one(&[&own], &json!(["alertname", "service"]), false, |routes| {
        let severe = routes.one(&["severity=~\"SEV1|SEV2\""], &json!(["alertname", "service"]), false, |_| Vec::new());
        let mild = routes.one(&["severity=\"SEV4\""], &json!(["service", "severity"]), false, |_| Vec::new());
        vec![severe, mild]
    })
}

/// `Down<k>` inhibits what is milder around it, and the later ones the earlier ones.
fn inhibitions() -> Vec<Value> {
    let rule = |number: usize| {
        let source = format!("alertname=\"Down{number}\"");
        let job = format!("job=\"{}\"", super::sent::JOBS[number % super::sent::JOBS.len()]);
        let (target, equal) = match number % 4 {
            0 => (vec!["severity=~\"SEV3|SEV4\"".to_owned(), job], json!(["service"])),
            1 => (vec!["severity=~\"SEV2|SEV3|SEV4\"".to_owned(), job], json!(["cluster", "namespace"])),
            2 => (vec!["alertname!~\"Down.*\"".to_owned()], json!(["instance"])),
            _ => (vec!["severity=\"SEV4\"".to_owned()], json!(["service", "team", "cluster"])),
        };
        json!({ "source_matchers": [source], "target_matchers": target, "equal": equal })
    };
    let of_two_sides = json!({
        "source_matchers": ["alertname=~\"Down1.*\""], "target_matchers": ["alertname=~\"Down.+\""], "equal": ["service"],
    });
    (0..INHIBITIONS - 1).map(rule).chain([of_two_sides]).collect()
}

/// What `alertmanager.yml` becomes here: as `tocsin import` reads it, with the services that alerts name.
pub(super) fn setup(configuration: &str) -> Setup {
    let imported = config::import::alertmanager("alertmanager.yml", configuration).expect("it is YAML");
    // What it says of services is met: they are declared below.
    let lost = imported.losses.iter().map(ToString::to_string).filter(|loss| !loss.contains("under services"));
    let lost: Vec<String> = lost.collect();
    assert!(lost.is_empty(), "something is lost of alertmanager.yml:\n{}", lost.join("\n"));
    let mut frame = "version: 1\ninclude: [ routes.yaml ]\nservices:\n".to_owned();
    for service in 0..SERVICES {
        writeln!(frame, "  - {{ name: service-{service}, owner: team }}").expect("a String takes all");
    }
    let load = |name: &str| Ok(if name == "routes.yaml" { imported.text.clone() } else { frame.clone() });
    config::read("tocsin.yaml", &load).unwrap_or_else(|mistakes| panic!("{mistakes}"))
}

/// The silences, active for a day; each tenth asks by a regular expression.
pub(super) fn silences(now: Time) -> Vec<Silence> {
    let one = |number: usize| Silence {
        id: SilenceId::given(format!("silence-{number}")),
        version: 1,
        matchers: silence(number).parse::<Matchers>().expect("they are matchers"),
        starts_at: now - Span::MINUTE,
        ends_at: now + Span::DAY,
        by: "bench".to_owned(),
        comment: format!("work {number}"),
        created_at: now - Span::MINUTE,
    };
    (0..SILENCES).map(one).collect()
}

fn silence(number: usize) -> String {
    let (service, name) = (number % SERVICES, NAMES[number / 7 % NAMES.len()]);
    match number % 10 {
        0..4 => format!("service=\"service-{service}\",alertname=\"{name}\",severity=~\"SEV3|SEV4\""),
        4 => format!("service=\"service-{service}\",cluster=\"eu-{}\"", number / 10 % 12),
        5 | 6 => format!("instance=\"old-{number}.eu-1.example.com:9100\""),
        7 => format!("alertname=\"{name}\",namespace=\"shop-{number}\",severity!=\"SEV1\""),
        8 => format!("job=\"batch-{number}\",alertname!~\"Down.*\""),
        _ if number % 100 == 99 => format!("instance=~\".*-{number}\\\\.eu-[0-9]+\\\\..*\""),
        _ => format!("instance=~\"node-{number}[0-9]\\\\..+\""),
    }
}
