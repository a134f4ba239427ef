//! A real Prometheus and a real Alertmanager send to the API over the real store.

#![allow(clippy::unwrap_used)]

mod served_api;
#[allow(unused, reason = "other tests need the rest of it")]
mod store_world;

use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use domain::alert::{Alert, Status};
use domain::incident::{Severity, State};
use engine::port::{Due, Ledger};
use engine::raise::lapse;
use served_api::{Seen, now, serve, setup};
use store::Store;
use store_world::World;
use tempfile::TempDir;
use tokio::time::sleep;

const SERVICE: &str = "shop-checkout";
/// What the test waits for comes within this, or never.
const PATIENCE: Duration = Duration::from_mins(1);

const PROMETHEUS: &str = "
global: { scrape_interval: 1s, evaluation_interval: 1s, external_labels: { monitor: edge } }
rule_files: [ rules.yml ]
alerting: { alertmanagers: [ { api_version: v2, static_configs: [ { targets: ['127.0.0.1:TO'] } ] } ] }
scrape_configs: [ { job_name: shop, static_configs: [ { targets: ['127.0.0.1:WATCHED'] } ] } ]";
const RULES: &str = "
groups:
- name: shop
  rules:
  - alert: ShopDown
    expr: up{job=\"shop\"} == 0
    labels: { severity: critical, service: shop-checkout }
    annotations: { summary: '{{ $labels.instance }} does not answer', runbook_url: 'https://wiki.example.org/shop' }";
const ALERTMANAGER: &str = "
route: { receiver: tocsin, group_wait: 1s, group_interval: 1s, repeat_interval: 1h }
receivers: [ { name: tocsin, webhook_configs: [ { url: 'http://127.0.0.1:TO/v1/alertmanager/webhook' } ] } ]";

/// A process that ends with the test.
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// The program, under the first of its names that is on the PATH.
fn start(names: &[&str], arguments: &[String], folder: &Path) -> Option<Process> {
    let started = names.iter().find_map(|name| {
        let mut command = Command::new(name);
        command.args(arguments).current_dir(folder).stdout(Stdio::null()).stderr(Stdio::null()).spawn().ok()
    });
    if started.is_none() {
        eprintln!(
            "NOT TESTED: no {} on the PATH (Debian: apt-get install prometheus prometheus-alertmanager), so this proves nothing.",
            names[0]
        );
    }
    started.map(Process)
}

/// A Prometheus that watches a port and sends alerts to another.
fn prometheus(folder: &Path, watched: u16, to: u16) -> Option<Process> {
    let configured = PROMETHEUS.replace("WATCHED", &watched.to_string()).replace("TO", &to.to_string());
    std::fs::write(folder.join("prometheus.yml"), configured).unwrap();
    std::fs::write(folder.join("rules.yml"), RULES).unwrap();
    let arguments = [
        "--config.file=prometheus.yml".to_owned(),
        "--storage.tsdb.path=tsdb".to_owned(),
        "--rules.alert.resend-delay=1s".to_owned(),
        format!("--web.listen-address=127.0.0.1:{}", free_port()),
    ];
    start(&["prometheus"], &arguments, folder)
}

fn alertmanager(folder: &Path, port: u16, to: u16) -> Option<Process> {
    std::fs::write(folder.join("alertmanager.yml"), ALERTMANAGER.replace("TO", &to.to_string())).unwrap();
    let arguments = [
        "--config.file=alertmanager.yml".to_owned(),
        "--storage.path=alertmanager".to_owned(),
        "--cluster.listen-address=".to_owned(),
        format!("--web.listen-address=127.0.0.1:{port}"),
    ];
    start(&["prometheus-alertmanager", "alertmanager"], &arguments, folder)
}

/// What is watched: as long as it lives, it answers that all is well.
fn watched(port: u16) -> tokio::task::JoinHandle<()> {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    tokio::spawn(async move {
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await.unwrap();
        while let Ok((mut stream, _)) = listener.accept().await {
            let _ = stream.read(&mut [0; 4096]).await;
            let answer =
                "HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 5\r\nconnection: close\r\n\r\nok 1\n";
            let _ = stream.write_all(answer.as_bytes()).await;
        }
    })
}

/// The alert once it has this status.
async fn await_alert(store: &Store, status: Status, seen: &Seen) -> Alert {
    let began = Instant::now();
    loop {
        let page = store.alerts(status, 10, None).await.unwrap();
        if let Some(alert) = page.items.into_iter().find(|alert| alert.name == "ShopDown") {
            return alert;
        }
        assert!(began.elapsed() < PATIENCE, "no alert is {status:?}: {:?}", seen.lock().unwrap());
        sleep(Duration::from_millis(300)).await;
    }
}

async fn state(store: &Store, alert: &Alert) -> State {
    store.incident(alert.incident.as_ref().unwrap()).await.unwrap().unwrap().state
}

struct Stage {
    world: World,
    folder: TempDir,
    to: u16,
    seen: Seen,
    watched: u16,
}

impl Stage {
    async fn new() -> Self {
        let world = World::start().await;
        let (to, seen) = serve(world.store(), SERVICE).await;
        Self { world, folder: tempfile::tempdir().unwrap(), to, seen, watched: free_port() }
    }

    /// All answers so far: how many, and how many of them changed something.
    fn answers(&self) -> (usize, usize) {
        let seen = self.seen.lock().unwrap();
        assert!(seen.iter().all(|(_, status, _)| *status == 200), "{seen:?}");
        (seen.len(), seen.iter().filter(|(_, _, text)| !text.contains("\"changed\":[]")).count())
    }
}

#[tokio::test]
async fn a_rule_of_prometheus_fires_is_told_again_and_resolves() {
    let stage = Stage::new().await;
    let Some(_prometheus) = prometheus(stage.folder.path(), stage.watched, stage.to) else { return };
    let store = stage.world.store();
    let alert = await_alert(&store, Status::Firing, &stage.seen).await;
    assert_eq!((alert.service.as_str(), alert.severity), (SERVICE, Severity::Sev1));
    assert_eq!(alert.reason, format!("127.0.0.1:{} does not answer", stage.watched));
    assert_eq!(
        (alert.labels["monitor"].as_str(), alert.labels["runbook_url"].as_str()),
        ("edge", "https://wiki.example.org/shop")
    );
    assert!(alert.labels["generator_url"].contains("/graph?"), "{:?}", alert.labels);
    assert_eq!(state(&store, &alert).await, State::Triggered);

    // Told each second, it is written only to know that its sender still lives.
    let before = stage.answers();
    while stage.answers().0 < before.0 + 9 {
        sleep(Duration::from_millis(300)).await;
    }
    let (told, changed) = stage.answers();
    let written = store.alert(&alert.fingerprint).await.unwrap().unwrap().version - alert.version;
    eprintln!("told {} times more, written {written} times", told - before.0);
    assert!(changed - before.1 <= (told - before.0).div_ceil(2), "{:?}", stage.seen.lock().unwrap());

    let _watched = watched(stage.watched);
    let over = await_alert(&store, Status::Resolved, &stage.seen).await;
    assert!(over.reason.starts_with("its sender says that it is over"), "{}", over.reason);
    assert_eq!(state(&store, &over).await, State::Resolved);
}

#[tokio::test]
async fn an_alert_of_a_prometheus_that_dies_ends_by_the_timekeeper() {
    let stage = Stage::new().await;
    let Some(prometheus) = prometheus(stage.folder.path(), stage.watched, stage.to) else { return };
    let store = stage.world.store();
    let alert = await_alert(&store, Status::Firing, &stage.seen).await;
    drop(prometheus);
    let bus = simulator::World::default();
    let began = Instant::now();
    while store.alert(&alert.fingerprint).await.unwrap().unwrap().status == Status::Firing {
        for due in store.due(10, now()).await.unwrap() {
            if let Due::Alert(fingerprint) = due {
                lapse(&store, &bus, &setup(SERVICE), &fingerprint, now()).await.unwrap();
            }
        }
        assert!(began.elapsed() < PATIENCE, "it fires on");
        sleep(Duration::from_millis(300)).await;
    }
    let over = store.alert(&alert.fingerprint).await.unwrap().unwrap();
    assert!(over.reason.starts_with("its sender had not told it again"), "{}", over.reason);
    assert_eq!(state(&store, &over).await, State::Resolved);
    assert_eq!(store.due(10, now()).await.unwrap().into_iter().filter(|due| matches!(due, Due::Alert(_))).count(), 0);
}

#[tokio::test]
async fn a_real_alertmanager_hands_on_what_fires_and_what_is_over() {
    let stage = Stage::new().await;
    let port = free_port();
    let Some(_alertmanager) = alertmanager(stage.folder.path(), port, stage.to) else { return };
    let Some(_prometheus) = prometheus(stage.folder.path(), stage.watched, port) else { return };
    let store = stage.world.store();
    let alert = await_alert(&store, Status::Firing, &stage.seen).await;
    assert_eq!((alert.service.as_str(), alert.severity, alert.ends_at), (SERVICE, Severity::Sev1, None));
    let _watched = watched(stage.watched);
    let over = await_alert(&store, Status::Resolved, &stage.seen).await;
    assert_eq!((&over.fingerprint, state(&store, &over).await), (&alert.fingerprint, State::Resolved));
    assert!(stage.seen.lock().unwrap().iter().all(|(path, _, _)| path == "/v1/alertmanager/webhook"));
}
