use std::collections::{BTreeMap, VecDeque};
use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use domain::alert::AlertChange;
use domain::deployment::DeploymentEvent;
use domain::event::IncidentEvent;
use domain::report::{PostMortem, Rendered};
use domain::setup::Setup;
use domain::units::{Span, Time};
use engine::announce::announce;
use engine::collect::{Memory, Tick, collect};
use engine::evaluate::{Warm, evaluate};
use engine::fold::Plan;
use engine::notify::{self, Links};
use engine::perform::UseCaseError;
use engine::port::Wake;
use engine::post_mortem::write;
use engine::slo::with_stored;
use engine::{respond, timekeep};

use crate::World;
use crate::invocation::{Invocation, Redelivery};

const READING_TIME: Duration = Duration::from_secs(30);

/// Tocsin as it is deployed, in the simulated world: schedules each minute, subscribers of the bus, processes that
/// keep their memory until they die.
pub struct Installation {
    /// The world it runs in.
    pub world: World,
    /// The present.
    pub now: Time,
    /// Its configuration.
    pub setup: Setup,
    shards: u32,
    collectors: BTreeMap<u32, Memory>,
    evaluators: BTreeMap<u32, Warm>,
    /// Whether processes lose their memory after every invocation.
    pub always_cold: bool,
    /// When a failed invocation comes again.
    pub redelivery: Redelivery,
    /// Failed invocations that come again, with how often they failed.
    waiting: VecDeque<(Time, Invocation, usize)>,
    /// What evaluators told, with when.
    pub told: Vec<(Time, AlertChange)>,
    /// Invocations that failed for good, with the last reason: what a dead-letter queue would hold.
    pub parked: Vec<(Invocation, UseCaseError)>,
}

impl Installation {
    /// An installation that has not run yet.
    pub fn new(setup: Setup, shards: u32, now: Time) -> Self {
        Self {
            world: World::at(now),
            now,
            setup,
            shards,
            collectors: BTreeMap::new(),
            evaluators: BTreeMap::new(),
            always_cold: false,
            redelivery: Redelivery::AtOnce,
            waiting: VecDeque::new(),
            told: Vec::new(),
            parked: Vec::new(),
        }
    }

    /// Lets `minutes` pass.
    pub fn run(&mut self, minutes: u32) {
        for _ in 0..minutes {
            self.minute();
        }
    }

    /// Lets one minute pass: what comes again, collectors, evaluators, the timekeeper, and what the bus then carries.
    pub fn minute(&mut self) {
        self.pass();
        for shard in 0..self.shards {
            self.deliver(Invocation::Collect { shard, tick: self.now });
            self.deliver(Invocation::Evaluate { shard });
        }
        self.deliver(Invocation::Timekeep);
        self.drain();
    }

    /// Moves the clock by a minute and delivers what comes again; no schedule rings.
    pub fn pass(&mut self) {
        self.advance(self.now + Span::MINUTE);
        let due = self.waiting.iter().filter(|(at, ..)| *at <= self.now).count();
        let due: Vec<_> = self.waiting.drain(..due).collect();
        for (_, invocation, failures) in due {
            self.attempt(invocation, failures);
        }
    }

    /// Hands every published event to its subscribers until the bus is empty, and wakes what is to be woken by now.
    pub fn drain(&mut self) {
        loop {
            while let Some(event) = self.published() {
                self.hand_out(&event);
            }
            while let Some(event) = self.due() {
                self.deliver(Invocation::Announce(event));
            }
            let Some(wake) = self.woken_by(self.now) else { return };
            self.deliver(Invocation::Wake(wake.1));
        }
    }

    fn published(&self) -> Option<IncidentEvent> {
        self.world.lock().bus.pop_front()
    }

    fn due(&self) -> Option<DeploymentEvent> {
        self.world.lock().due.pop_front()
    }

    /// The first thing that is to be woken, if that is by `until`.
    fn woken_by(&self, until: Time) -> Option<(Time, Wake)> {
        let mut world = self.world.lock();
        let first = world.wakes.first().filter(|(at, _)| *at <= until).cloned()?;
        world.wakes.remove(&first);
        Some(first)
    }

    /// Lets time pass up to `until`: what is to be woken before it is woken at its second.
    fn advance(&mut self, until: Time) {
        loop {
            let first = self.world.lock().wakes.first().map(|(at, _)| *at).filter(|at| *at < until);
            let Some(at) = first else { break };
            self.set_clock(at.max(self.now));
            self.drain();
        }
        self.set_clock(until);
    }

    fn set_clock(&mut self, now: Time) {
        self.now = now;
        self.world.lock().now = now;
    }

    /// Hands one event to its subscribers, as the filter policies of their subscriptions say.
    pub fn hand_out(&mut self, event: &IncidentEvent) {
        for invocation in Invocation::subscribed(event, &self.setup) {
            self.deliver(invocation);
        }
    }

    /// Invokes, and again as [`Installation::redelivery`] says until it succeeds or is parked.
    pub fn deliver(&mut self, invocation: Invocation) {
        self.attempt(invocation, 0);
    }

    fn attempt(&mut self, invocation: Invocation, mut failures: usize) {
        loop {
            let result = self.invoke(&invocation);
            let died = self.world.revive();
            if died || self.always_cold {
                self.collectors.clear();
                self.evaluators.clear();
            }
            let error = match result {
                Ok(()) if !died => return,
                Ok(()) => Invocation::killed(),
                Err(error) => error,
            };
            match self.redelivery.after(&invocation, failures) {
                None => return self.parked.push((invocation, error)),
                Some(wait) if wait.is_zero() => failures += 1,
                Some(wait) => {
                    let at = self.now + wait;
                    let place = self.waiting.partition_point(|(due, ..)| *due <= at);
                    return self.waiting.insert(place, (at, invocation, failures + 1));
                }
            }
        }
    }

    fn invoke(&mut self, invocation: &Invocation) -> Result<(), UseCaseError> {
        let (world, setup, now) = (&self.world, &self.setup, self.now);
        match invocation {
            Invocation::Collect { shard, tick } => self.collector(*shard, *tick),
            Invocation::Evaluate { shard } => self.evaluator(*shard),
            Invocation::Timekeep => now_or_never(timekeep::timekeep(world, world, setup, self.shards, now)).map(drop),
            Invocation::Wake(wake) => now_or_never(timekeep::woken(world, world, setup, (wake, self.shards), now)),
            Invocation::Respond(event) => {
                now_or_never(respond::respond(world, world, world, setup, &event.incident, now)).map(drop)
            }
            Invocation::Notify(event) => {
                now_or_never(notify::notify(world, world, setup, (event, Links::default()), now)).map(drop)
            }
            Invocation::Announce(event) => now_or_never(announce(world, world, setup, event, now)).map(drop),
            Invocation::PostMortem(event) => {
                let ports = (world, world, world);
                now_or_never(write(ports, rendered, setup, &event.incident, self.shards, now)).map(drop)
            }
        }
    }

    fn collector(&mut self, shard: u32, tick: Time) -> Result<(), UseCaseError> {
        let mut memory = self.collectors.remove(&shard).unwrap_or_default();
        let tick = Tick { setup: &self.setup, shard, shards: self.shards, at: tick, budget: READING_TIME };
        let result = now_or_never(collect(&self.world, &self.world, &mut memory, tick, self.now));
        self.collectors.insert(shard, memory);
        result.map(drop)
    }

    fn evaluator(&mut self, shard: u32) -> Result<(), UseCaseError> {
        let mut warm = self.evaluators.remove(&shard);
        let world = &self.world;
        let result = now_or_never(async {
            let setup = with_stored(world, &self.setup).await?;
            let plan = Plan::of(&setup, shard, self.shards);
            evaluate(world, (world, world), world, (&plan, &setup), &mut warm, self.now).await
        });
        self.evaluators.extend(warm.map(|warm| (shard, warm)));
        self.told.extend(result?.changes.into_iter().map(|change| (self.now, change)));
        Ok(())
    }

    /// The checkpointable state of a shard's evaluator, as bytes; `None` if it is cold.
    pub fn state(&self, shard: u32) -> Option<Vec<u8>> {
        self.evaluators.get(&shard).map(|warm| warm.state.encode())
    }

    /// Whether failed invocations still come again.
    pub fn is_waiting(&self) -> bool {
        !self.waiting.is_empty()
    }
}

fn rendered(post_mortem: &PostMortem) -> Rendered {
    let text = format!("{post_mortem:#?}");
    Rendered { markdown: text.clone(), html: text }
}

/// The output of a future that never waits: in this world every answer is there at once.
///
/// # Panics
/// When the future waits for something outside of this world.
pub fn now_or_never<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("a use case waited for something that is not a port"),
    }
}
