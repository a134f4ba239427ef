//! The same alerts through a real Alertmanager and through ours: from the first byte to the last decision.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use domain::label::{self, Labels, Matcher, Operator};
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
const LOOK_AGAIN_AFTER: Duration = Duration::from_millis(200);
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
    for (name, cores) in [("Alertmanager, GOMAXPROCS=1", Some(1)), ("Alertmanager as it comes", None)] {
        let scene = Scene::new(&configuration);
        ours.extend((0..RUNS).map(|_| scene.ours().0));
        theirs.push((name, scene.theirs(Alertmanager::start(program, &configuration, cores).await).await));
    }
    print(cpu::median(ours), &theirs);
}

fn print(ours: Cost, theirs: &[(&str, Cost)]) {
    let seconds = |took: Duration| format!("{:.2}", took.as_secs_f64());
    let times = |theirs: Duration, ours: Duration| {
        Verdict::at_least(theirs.as_secs_f64() / ours.as_secs_f64(), TIMES_MIN).to_string()
    };
    let mut table = Table::new(&["", "  CPU s", "  times ours", "  wall s", "  times ours"]);
    table.row(&["ours, on one core", &seconds(ours.cpu), "1", &seconds(ours.wall), "1"].map(str::to_owned));
    for (name, cost) in theirs {
        table.row(&[
            (*name).to_owned(),
            seconds(cost.cpu),
            times(cost.cpu, ours.cpu),
            seconds(cost.wall),
            times(cost.wall, ours.wall),
        ]);
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
        let (mut cases, mut pipeline) = (Vec::new(), Pipeline::new(&self.setup));
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
        let fires = cases.iter().map(|case| (&case.change.fingerprint, label::of_change(&case.change)));
        let inhibits = |labels: &Labels| self.setup.routing.inhibitions.iter().any(|rule| rule.source.matches(labels));
        let sources: Vec<_> = fires.filter(|(_, labels)| inhibits(labels)).collect();
        let sources = sources.iter().map(|(fingerprint, labels)| (*fingerprint, labels));
        then(&Holds::new(&self.setup, &silences, sources))
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
        let cost = decided(&mut alertmanager, held, began).await;
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

/// Waits until Alertmanager has asked of each alert whether it is held back: what that took, at most what it took until it
/// was first seen. Neither our questions count nor whatever it does while it answers them.
async fn decided(alertmanager: &mut Alertmanager, held: usize, (cpu, began): (Duration, Instant)) -> Cost {
    let mut asked = Cost::default();
    loop {
        let (now_cpu, now) = (alertmanager.cpu(), Instant::now());
        let text = alertmanager.get("/metrics").await;
        let [active, suppressed] = ["active", "suppressed"].map(|state| with_state(&text, state));
        if (active + suppressed, suppressed) == (sent::ALERTS as f64, held as f64) {
            let waits = Duration::from_secs(GROUP_WAIT.seconds().into());
            let wall = (now - began).saturating_sub(asked.wall).saturating_sub(waits);
            return Cost { cpu: now_cpu.saturating_sub(cpu).saturating_sub(asked.cpu), wall };
        }
        asked.cpu += alertmanager.cpu().saturating_sub(now_cpu);
        asked.wall += now.elapsed();
        let took = began.elapsed();
        assert!(took < DECIDES_WITHIN, "after {took:?} {active} are active and {suppressed} held, not {held}");
        tokio::time::sleep(LOOK_AGAIN_AFTER).await;
    }
}

/// How many alerts stand so.
fn with_state(metrics: &[u8], state: &str) -> f64 {
    let (text, state) = (String::from_utf8_lossy(metrics), format!("state=\"{state}\""));
    let of = text.lines().filter(|line| line.starts_with("alertmanager_alerts{") && line.contains(&state));
    of.filter_map(|line| line.rsplit_once(' ')?.1.parse::<f64>().ok()).sum()
}
