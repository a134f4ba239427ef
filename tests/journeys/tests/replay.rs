//! Replay equals live: the chunks of a day, run through the backtest, give the transitions that the evaluator raised.

#![allow(clippy::unwrap_used)]

use domain::metric::Chunk;
use domain::setup::Setup;
use domain::units::{Span, Time};
use engine::backtest::{Told, replay};
use engine::evaluate::evaluate;
use engine::fold::Plan;
use simulator::{Invocation, Reply, World, now_or_never};
use tests_journeys::{Scene, setup_with};

const DAY: u32 = 1440;

/// The local stack's shop, with monitors that learn, that combine others and that wait, spread over shards.
fn setup() -> Setup {
    setup_with(&[
        (
            "monitors:\n",
            "monitors:
  - { name: shop-latency-odd, service: shop-checkout, signal: { series: latency }, measure: { kind: z-score, over: 1h }, conditions: [ { severity: SEV3, when: \"> 4\" } ], datapoints: { breaching: 1, of: 1 } }
  - { name: shop-broken, service: shop-checkout, signal: { monitors: \"shop-checkout-error-rate and shop-checkout-slow\" }, conditions: [ { severity: SEV1 } ] }
  - { name: shop-silent, service: shop-checkout, signal: { series: requests }, measure: { kind: absence, every: 5m }, conditions: [ { severity: SEV2 } ] }
",
        ),
        ("mode: auto", "mode: off"),
    ])
}

/// Errors of the minute before last that the source had not told of until now.
fn revise(scene: &Scene) {
    let from = scene.tocsin.now - Span::from_minutes(2);
    let mut world = scene.tocsin.world.lock();
    if let Some(Reply::Measured(known)) = world.replies.get_mut("shop-checkout/errors") {
        known.extend((0..6).map(|tenth| (from + Span::from_seconds(10 * tenth), 60.0)));
    }
}

/// A minute of the installation, whose evaluator is asked what it raises.
struct Live {
    scene: Scene,
    warm: Option<engine::evaluate::Warm>,
    raised: Vec<Told>,
    /// Ticks whose collector runs a minute late.
    held: Option<Time>,
}

impl Live {
    fn new() -> Self {
        let begin: Time = "2026-01-31T13:45:00Z".parse().unwrap();
        let scene = Scene::new(setup());
        // The scene's own evaluator has run for a quarter of an hour; this one begins with it.
        scene.tocsin.world.lock().checkpoints.clear();
        let (mut live, end) =
            (Self { scene, warm: None, raised: Vec::new(), held: None }, begin + Span::from_minutes(15));
        live.evaluate(end);
        live
    }

    fn evaluate(&mut self, now: Time) {
        let setup = &self.scene.tocsin.setup;
        let plan = Plan::of(setup, 0, 1);
        let world: &World = &self.scene.tocsin.world;
        let report = now_or_never(evaluate(world, (world, world), world, (&plan, setup), &mut self.warm, now)).unwrap();
        self.raised.extend(report.changes.into_iter().map(|change| Told { at: now, change }));
    }

    fn minute(&mut self, minute: u32) {
        self.scene.bad_day(minute);
        self.scene.measure();
        if minute % 300 == 55 {
            revise(&self.scene);
        }
        self.scene.tocsin.pass();
        let tick = self.scene.tocsin.now;
        match minute {
            // The collector is dead, or its chunk comes with the next one.
            500..512 => {}
            600 | 604 => self.held = Some(tick),
            _ => {
                for tick in self.held.take().into_iter().chain([tick]) {
                    self.scene.tocsin.deliver(Invocation::Collect { shard: 0, tick });
                }
            }
        }
        // Now and then a process dies, and the next one begins from the checkpoint.
        if minute % 50 == 49 {
            self.warm = None;
        }
        self.evaluate(tick);
        self.scene.tocsin.deliver(Invocation::Timekeep);
        self.scene.tocsin.drain();
    }
}

#[test]
fn a_day_of_chunks_gives_byte_equal_transitions() {
    let mut live = Live::new();
    for minute in 0..DAY {
        live.minute(minute);
    }
    let end = live.scene.tocsin.now;
    let chunks: Vec<Chunk> = live.scene.tocsin.world.lock().chunks.values().cloned().collect();
    assert!(chunks.len() > 1400, "{}", chunks.len());
    let replayed = replay(&setup(), 1, &chunks, end);
    // The evaluator says at each tick that the collector is silent, until it is not.
    let mut raised = live.raised;
    raised.dedup_by(|again, first| again.change == first.change);
    let names: std::collections::BTreeSet<_> = raised.iter().map(|told| told.change.name.clone()).collect();
    assert!(raised.len() > 30 && names.len() > 6, "{} changes of {names:?}", raised.len());
    // What the evaluator found when it began it told at once, not minute by minute.
    let began: Time = "2026-01-31T14:00:00Z".parse().unwrap();
    let (replayed, raised) = (lines(&replayed, began), lines(&raised, began));
    let differs = (0..replayed.len().max(raised.len())).find(|index| replayed.get(*index) != raised.get(*index));
    assert_eq!(differs.map(|index| (replayed.get(index), raised.get(index))), None);
}

fn lines(told: &[Told], after: Time) -> Vec<String> {
    told.iter().filter(|told| told.at > after).map(|told| serde_json::to_string(told).unwrap()).collect()
}
