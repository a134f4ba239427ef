//! The same alerts through a real Alertmanager and through ours: from the first byte to the last decision.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use domain::label::{self, Matcher, Operator};
use domain::setup::Setup;
use domain::silence::{Silence, Silences};
use domain::units::Time;
use engine::flush::Holds;
use serde_json::{Value, json};

use super::alertmanager::Alertmanager;
use super::equal::Theirs;
use super::pipeline::{Case, Pipeline, changes};
use super::{GROUP_WAIT, rules, sent};
use crate::cpu;
use crate::table::{Table, Verdict};

/// So many times as much it may take at least.
const TIMES_MIN: f64 = 10.0;
const DECIDES_WITHIN: Duration = Duration::from_mins(1);
const LOOK_AGAIN_AFTER: Duration = Duration::from_millis(100);
/// It has decided when it takes no more than this of a core for so long.
const QUIET_FOR: Duration = Duration::from_secs(2);
const IDLE_CORES: f64 = 0.1;
/// Ours is run so often before each of theirs; the middle one of all counts.
const RUNS: usize = 3;

/// What it takes to decide all alerts.
#[derive(Clone, Copy, PartialEq, PartialOrd, Debug, Default)]
struct Cost {
    cpu: Duration,
    wall: Duration,
}

/// Alerts as they are sent, and what there is when they come.
struct Scene {
    now: Time,
    setup: Setup,
    silences: Vec<Silence>,
    bodies: Vec<Vec<u8>>,
}

/// Measures, compares each decision, and prints.
pub(super) async fn measure(program: &Path) {
    println!(
        "\nAlertmanager and ours, {} alerts in requests of {}, read, routed, grouped, inhibited, silenced:",
        sent::ALERTS,
        sent::BATCH
    );
    let configuration = rules::configuration();
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for cores in [Some(1), None] {
        let scene = Scene::new(&configuration);
        ours.extend((0..RUNS).map(|_| scene.ours().0));
        theirs.push((cores, scene.theirs(Alertmanager::start(program, &configuration, cores).await).await));
    }
    print(cpu::median(ours), &theirs);
}

/// Each with the cores that it may use; time is held against the limit where both have one.
fn print(ours: Cost, theirs: &[(Option<u32>, Cost)]) {
    let seconds = |took: Duration| format!("{:.2}", took.as_secs_f64());
    let times = |theirs: Duration, ours: Duration| theirs.as_secs_f64() / ours.as_secs_f64();
    let judged = |times: f64| Verdict::at_least(times, TIMES_MIN).to_string();
    let mut table = Table::new(&["", "  CPU s", "  times ours", "  wall s", "  times ours"]);
    table.row(&["ours, on one core", &seconds(ours.cpu), "1", &seconds(ours.wall), "1"].map(str::to_owned));
    for (cores, cost) in theirs {
        let wall = times(cost.wall, ours.wall);
        let (name, wall) = match cores {
            Some(1) => ("Alertmanager, on one core", judged(wall)),
            _ => ("Alertmanager, on all cores", format!("{wall:.1}")),
        };
        let cpu = judged(times(cost.cpu, ours.cpu));
        table.row(&[name.to_owned(), seconds(cost.cpu), cpu, seconds(cost.wall), wall]);
    }
    table.print();
}

impl Scene {
    fn new(configuration: &str) -> Self {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("the clock is right");
        let now = Time::from_epoch(i64::try_from(since.as_secs()).expect("it fits for ever"));
        Self { now, setup: rules::setup(configuration), silences: rules::silences(now), bodies: sent::bodies(now) }
    }

    /// Reads, routes and places each alert, and flushes each group when all are there.
    fn ours(&self) -> (Cost, Vec<Case>, Pipeline<'_>) {
        let (cpu, wall) = (cpu::of_this_thread(), Instant::now());
        let (mut cases, mut pipeline) = (Vec::with_capacity(sent::ALERTS), Pipeline::new(&self.setup));
        for body in &self.bodies {
            for change in changes(body, &self.setup, self.now) {
                let mut case = Case::new(change, self.now);
                pipeline.place(&mut case, self.now);
                cases.push(case);
            }
        }
        self.with_holds(&cases, |holds| pipeline.flush(holds, self.now + GROUP_WAIT));
        let cost = Cost { cpu: cpu::of_this_thread().saturating_sub(cpu), wall: wall.elapsed() };
        (cost, cases, pipeline)
    }

    /// What holds alerts back when these fire.
    fn with_holds<T>(&self, cases: &[Case], then: impl FnOnce(&Holds<'_>) -> T) -> T {
        let silences: Silences = self.silences.iter().cloned().collect();
        let fires: Vec<_> =
            cases.iter().map(|case| (&case.change.fingerprint, label::of_change(&case.change))).collect();
        then(&Holds::new(&self.setup, &silences, fires.iter().map(|(fingerprint, labels)| (*fingerprint, labels))))
    }

    /// Feeds Alertmanager, waits until it has decided, and compares what it decided.
    async fn theirs(&self, mut alertmanager: Alertmanager) -> Cost {
        let mut silences = BTreeMap::new();
        for silence in &self.silences {
            let answer = alertmanager.post("/api/v2/silences", body(silence)).await;
            let answer: Value = serde_json::from_slice(&answer).expect("it answers with JSON");
            silences.insert(answer["silenceID"].as_str().expect("it has an id").to_owned(), silence.id.clone());
        }
        let (_, cases, pipeline) = self.ours();
        let is_held = |holds: &Holds<'_>, case: &&Case| {
            holds.first(&case.change.fingerprint, &label::of_change(&case.change), self.now).is_some()
        };
        let held = self.with_holds(&cases, |holds| cases.iter().filter(|case| is_held(holds, case)).count());
        let began = (alertmanager.cpu(), Instant::now());
        for body in &self.bodies {
            alertmanager.post("/api/v2/alerts", body.clone()).await;
        }
        let cost = quiet(&alertmanager, began).await;
        let metrics = alertmanager.get("/metrics").await;
        let stand = ["active", "suppressed"].map(|state| with_state(&metrics, state));
        assert_eq!(stand, [cases.len() - held, held], "how many are active, and how many are held back");
        let theirs = Theirs::ask(&mut alertmanager, silences).await;
        self.with_holds(&cases, |holds| theirs.compare(&self.setup.routing, &pipeline, holds, self.now));
        println!("  {} alerts, {held} of them held back: the same routes, groups and causes in both", cases.len());
        cost
    }
}

/// A silence as `POST /api/v2/silences` takes it.
fn body(silence: &Silence) -> String {
    let matcher = |one: &Matcher| {
        let is_regex = matches!(one.operator(), Operator::Matches | Operator::NotMatches);
        let is_equal = matches!(one.operator(), Operator::Equal | Operator::Matches);
        json!({ "name": one.label(), "value": one.value(), "isRegex": is_regex, "isEqual": is_equal })
    };
    let matchers: Vec<Value> = silence.matchers.iter().map(matcher).collect();
    json!({
        "matchers": matchers, "startsAt": silence.starts_at.to_string(), "endsAt": silence.ends_at.to_string(),
        "createdBy": silence.by, "comment": silence.comment,
    })
    .to_string()
}

/// Waits until Alertmanager is quiet after the last group may have been flushed, and asks it nothing meanwhile, since its
/// answers cost it as much as its decisions: what it took until then.
async fn quiet(alertmanager: &Alertmanager, (cpu, began): (Duration, Instant)) -> Cost {
    let waits = Duration::from_secs(GROUP_WAIT.seconds().into());
    let flushes_at = Instant::now() + waits;
    let (mut took, mut worked_at) = (alertmanager.cpu(), began);
    while Instant::now() < flushes_at.max(worked_at) + QUIET_FOR {
        tokio::time::sleep(LOOK_AGAIN_AFTER).await;
        let now = alertmanager.cpu();
        if now.saturating_sub(took) > LOOK_AGAIN_AFTER.mul_f64(IDLE_CORES) {
            worked_at = Instant::now();
        }
        took = now;
        assert!(began.elapsed() < DECIDES_WITHIN, "it still works after {:?}", began.elapsed());
    }
    Cost { cpu: took.saturating_sub(cpu), wall: (worked_at - began).saturating_sub(waits) }
}

/// How many alerts stand so.
fn with_state(metrics: &[u8], state: &str) -> usize {
    let (text, state) = (String::from_utf8_lossy(metrics), format!("state=\"{state}\""));
    let of = text.lines().filter(|line| line.starts_with("alertmanager_alerts{") && line.contains(&state));
    of.filter_map(|line| line.rsplit_once(' ')?.1.parse::<usize>().ok()).sum()
}
