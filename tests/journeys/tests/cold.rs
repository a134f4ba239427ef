//! A process that keeps its memory and one that loses it after every invocation are not told apart by what is stored.

#![allow(clippy::unwrap_used)]

use domain::metric::{FailureKind, Outcome};
use domain::units::{Span, Time};
use engine::fold::{Plan, ShardState, fold};
use proptest::prelude::*;
use simulator::{Inner, Invocation};
use tests_journeys::{Scene, setup_with};

#[derive(Clone, Debug)]
enum Minute {
    /// So many percent of the requests fail from now on.
    Errors(f64),
    /// The latency from now on.
    LatencyMs(f64),
    /// A version is released.
    Release(u8),
    /// Sources fail from now on.
    Blind(FailureKind),
    /// Sources answer again.
    Sight,
    /// The collector does not run.
    NoCollector,
    /// The collector runs so many minutes late.
    Late(u32),
    /// The evaluator does not run.
    NoEvaluator,
    /// Nothing in particular.
    Quiet,
}

fn minute() -> impl Strategy<Value = Minute> {
    prop_oneof![
        3 => prop_oneof![Just(0.5), Just(7.0), Just(20.0), Just(60.0)].prop_map(Minute::Errors),
        1 => prop_oneof![Just(180.0), Just(2500.0), Just(4000.0)].prop_map(Minute::LatencyMs),
        1 => (1..4_u8).prop_map(Minute::Release),
        1 => prop_oneof![Just(FailureKind::Denied), Just(FailureKind::Throttled)].prop_map(Minute::Blind),
        2 => Just(Minute::Sight),
        1 => Just(Minute::NoCollector),
        2 => (1..7_u32).prop_map(Minute::Late),
        1 => Just(Minute::NoEvaluator),
        6 => Just(Minute::Quiet),
    ]
}

struct Run {
    scene: Scene,
    late: Vec<(Time, Time)>,
    late_came: bool,
}

impl Run {
    fn new(always_cold: bool) -> Self {
        // A cold collector knows only to ten minutes when an alias was last seen unmoved, and the guard rails give it the
        // benefit of the doubt: without actions, whose ways are the crash tests'.
        let mut scene = Scene::new(setup_with(&[("mode: auto", "mode: off")]));
        scene.tocsin.always_cold = always_cold;
        Self { scene, late: Vec::new(), late_came: false }
    }

    fn pass(&mut self, minute: &Minute) {
        let scene = &mut self.scene;
        match minute {
            Minute::Errors(percent) => {
                let version = scene.version();
                scene.errors.insert(version, *percent);
            }
            Minute::LatencyMs(latency) => scene.latency_ms = *latency,
            Minute::Release(version) => scene.change_alias(|alias| alias.release(&version.to_string())),
            Minute::Blind(kind) => scene.fail_sources(*kind),
            Minute::Sight => scene.mend_sources(),
            _ => {}
        }
        scene.measure();
        scene.tocsin.pass();
        let tick = scene.tocsin.now;
        match minute {
            Minute::NoCollector => {}
            Minute::Late(minutes) => self.late.push((tick + Span::from_minutes(*minutes), tick)),
            _ => scene.tocsin.deliver(Invocation::Collect { shard: 0, tick }),
        }
        let due: Vec<_> = self.late.extract_if(.., |(at, _)| *at <= tick).collect();
        self.late_came |= !due.is_empty();
        for (_, tick) in due {
            scene.tocsin.deliver(Invocation::Collect { shard: 0, tick });
        }
        if !matches!(minute, Minute::NoEvaluator) {
            scene.tocsin.deliver(Invocation::Evaluate { shard: 0 });
        }
        scene.tocsin.deliver(Invocation::Timekeep);
        scene.tocsin.drain();
    }

    /// What a process would know that starts now.
    fn cold_state(&self) -> Vec<u8> {
        let plan = Plan::of(&self.scene.tocsin.setup, 0, 1);
        let world = self.scene.tocsin.world.lock();
        let stored = world.checkpoints.get(&0).map(|checkpoint| ShardState::decode(&checkpoint.state).0);
        let mut state = stored.unwrap_or_default();
        for chunk in world.chunks.values() {
            fold(&plan, &mut state, chunk);
        }
        state.encode()
    }
}

/// All that is stored, but for when a watched alias was last seen: a warm collector knows that to the minute.
fn stored(world: &Inner) -> String {
    let mut deployments: Vec<_> = world.deployments.values().cloned().collect();
    for deployment in &mut deployments {
        deployment.moved_after = Time::default();
    }
    let checkpoints: Vec<_> = world.checkpoints.values().map(|checkpoint| &checkpoint.head).collect();
    format!(
        "{:#?}{:#?}{:#?}{:#?}{checkpoints:#?}{deployments:#?}",
        world.alerts, world.open, world.outbox, world.targets
    )
}

/// The incidents as far as they do not tell between which instants an alias moved.
fn incidents(world: &Inner) -> Vec<String> {
    let incidents = world.incidents.values().map(|incident| {
        let lines: Vec<_> = incident.timeline.iter().map(|entry| entry.at).collect();
        format!("{} {} {} {} {lines:?}", incident.id, incident.version, incident.severity, incident.state)
    });
    incidents.collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn warm_and_cold_store_the_same(minutes in proptest::collection::vec(minute(), 1..40)) {
        let (mut warm, mut cold) = (Run::new(false), Run::new(true));
        for minute in &minutes {
            warm.pass(minute);
            cold.pass(minute);
            let known = warm.scene.tocsin.state(0);
            let evaluated = !matches!(minute, Minute::NoEvaluator);
            prop_assert!(!evaluated || known.is_none() || known == Some(warm.cold_state()), "the states differ");
            let late = warm.late_came;
            let (warm, cold) = (warm.scene.tocsin.world.lock(), cold.scene.tocsin.world.lock());
            prop_assert_eq!(&warm.chunks, &cold.chunks);
            // Only a warm process can see that a chunk came late, and tell what it had told wrongly before.
            if !late {
                prop_assert_eq!(stored(&warm), stored(&cold));
                prop_assert_eq!(incidents(&warm), incidents(&cold));
            }
        }
    }
}

#[test]
fn a_sample_of_a_long_period_is_written_once() {
    let hourly = || Scene::new(setup_with(&[("period: 1m", "period: 1h")]));
    let (mut warm, mut cold) = (hourly(), hourly());
    cold.tocsin.always_cold = true;
    warm.run(300);
    cold.run(300);
    let chunks = warm.tocsin.world.lock().chunks.clone();
    assert_eq!(chunks, cold.tocsin.world.lock().chunks);
    let of_latency = chunks.values().flat_map(|chunk| &chunk.asked).filter(|asked| asked.series.name() == "latency");
    let samples: usize = of_latency
        .map(|asked| match &asked.outcome {
            Outcome::Read(samples) => samples.len(),
            Outcome::Failed(_) => 0,
        })
        .sum();
    assert_eq!(samples, 5, "the hours from 14:00 to 19:00");
}
