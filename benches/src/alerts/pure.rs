//! What the rules decide on one core, with nothing parsed and nothing stored.

use std::hint::black_box;
use std::time::{Duration, Instant};

use domain::alert::{AlertChange, Status};
use domain::label::{self, Labels};
use domain::routing::Routing;
use domain::setup::Setup;
use domain::silence::Silences;
use domain::units::{Span, Time};
use engine::decide::places;
use engine::flush::Holds;

use super::pipeline::{Case, Pipeline, changes};
use super::{GROUP_WAIT, rules, sent};
use crate::cpu;
use crate::installation::BEGAN;
use crate::table::{Table, Verdict};

/// How often all alerts fire and end: more than a million firings.
const ROUNDS: u32 = 22;
const ALERTS_A_SECOND_MIN: f64 = 200_000.0;

/// CPU time of each step.
#[derive(Default)]
struct Steps {
    route: Duration,
    inhibit: Duration,
    silence: Duration,
    all: Duration,
    fire: Duration,
    end: Duration,
}

/// Measures and prints.
pub(super) fn measure() {
    let setup = rules::setup(&rules::configuration());
    let silences = rules::silences(BEGAN);
    let bodies = sent::bodies(BEGAN);
    let sources: Vec<AlertChange> = changes(&bodies[0], &setup, BEGAN).into_iter().take(sent::SOURCES).collect();
    let labels: Vec<Labels> = sources.iter().map(label::of_change).collect();
    let sources = sources.iter().zip(&labels).map(|(change, labels)| (&change.fingerprint, labels));
    let began = Instant::now();
    let silences: Silences = silences.into_iter().collect();
    let holds = Holds::new(&setup, &silences, sources);
    let indexed = began.elapsed();
    let mut steps = Steps::default();
    for body in bodies {
        let changes = changes(&body, &setup, BEGAN);
        let mut request: Vec<Case> = changes.into_iter().map(|change| Case::new(change, BEGAN)).collect();
        for round in 0..ROUNDS {
            steps.round(&mut request, &setup, &holds, BEGAN + Span::HOUR.times(round));
        }
    }
    steps.print(indexed);
}

fn become_of(request: &mut [Case], status: Status, now: Time) {
    for case in request {
        case.becomes(status, now);
    }
}

fn timed<T>(took: &mut Duration, step: impl FnOnce() -> T) {
    let before = cpu::of_this_thread();
    black_box(step());
    *took += cpu::of_this_thread().saturating_sub(before);
}

impl Steps {
    /// All alerts fire and are told, then are over and told.
    fn round(&mut self, request: &mut [Case], setup: &Setup, holds: &Holds<'_>, now: Time) {
        become_of(request, Status::Firing, now);
        self.ask(request, &setup.routing, holds, now);
        let mut pipeline = Pipeline::new(setup);
        timed(&mut self.all, || request.iter().filter(|case| pipeline.ask(case, holds, now)).count());
        let mut pipeline = Pipeline::new(setup);
        let mut through = |request: &mut [Case], now| {
            for case in request {
                pipeline.place(case, now);
            }
            pipeline.flush(holds, now + GROUP_WAIT)
        };
        timed(&mut self.fire, || through(request, now));
        let over = now + Span::from_minutes(30);
        become_of(request, Status::Resolved, over);
        timed(&mut self.end, || through(request, over));
    }

    /// Each question by itself.
    fn ask(&mut self, request: &[Case], routing: &Routing, holds: &Holds<'_>, now: Time) {
        let labels: Vec<Labels> = request.iter().map(|case| label::of_change(&case.change)).collect();
        let asked = || request.iter().map(|case| &case.change.fingerprint).zip(&labels);
        timed(&mut self.route, || labels.iter().map(|labels| places(routing, labels).len()).sum::<usize>());
        timed(&mut self.inhibit, || asked().filter(|(id, labels)| holds.inhibited(id, labels).is_some()).count());
        timed(&mut self.silence, || labels.iter().filter(|labels| holds.silenced(labels, now).is_some()).count());
    }

    fn print(&self, indexed: Duration) {
        println!(
            "\nAlerts: {} firings through {} routes, {} inhibitions with {} sources and {} silences, on one core",
            sent::ALERTS * ROUNDS as usize,
            rules::ROUTES,
            rules::INHIBITIONS,
            sent::SOURCES,
            rules::SILENCES
        );
        let speed = |took: Duration| (sent::ALERTS * ROUNDS as usize) as f64 / took.as_secs_f64() / 1e3;
        let mut table = Table::new(&["step", "thousand a second"]);
        for (name, took) in [
            ("find its routes and groups", self.route),
            ("inhibited?", self.inhibit),
            ("silenced?", self.silence),
            ("all of it, placed in its groups", self.all),
            ("as the functions do it, with the flush", self.fire),
            ("the same of alerts that are over", self.end),
        ] {
            let speed = speed(took);
            let limited = name.starts_with("all");
            let shown =
                if limited { Verdict::at_least(speed, ALERTS_A_SECOND_MIN / 1e3) } else { Verdict::none(speed) };
            table.row(&[name.to_owned(), shown.to_string()]);
        }
        table.print();
        println!("  a flush first files the silences and inhibitors: {:.1} ms", indexed.as_secs_f64() * 1e3);
    }
}
