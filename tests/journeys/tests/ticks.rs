//! Ticks, chunks and events that come late, twice and in another order end as those that come as they should.

use domain::event::IncidentEvent;
use domain::incident::{Incident, State};
use domain::units::{Span, Time};
use simulator::Invocation;
use tests_journeys::{BAD_VERSION, GOOD_VERSION, Scene, setup};

/// How a minute goes.
type Minute = fn(&mut Scene);

fn regular(scene: &mut Scene) {
    scene.run(1);
}

fn begin(scene: &mut Scene) -> Time {
    scene.measure();
    scene.tocsin.pass();
    scene.tocsin.now
}

fn twice(scene: &mut Scene) {
    let tick = begin(scene);
    for _ in 0..2 {
        scene.tocsin.deliver(Invocation::Collect { shard: 0, tick });
        scene.tocsin.deliver(Invocation::Evaluate { shard: 0 });
        scene.tocsin.deliver(Invocation::Timekeep);
    }
    scene.tocsin.drain();
}

/// The tick of the minute before comes together with this one's, after it.
fn swapped(scene: &mut Scene) {
    let tick = begin(scene);
    if scene.tocsin.now.epoch() / 60 % 2 == 0 {
        scene.tocsin.deliver(Invocation::Collect { shard: 0, tick });
        let before = tick - Span::MINUTE;
        scene.tocsin.deliver(Invocation::Collect { shard: 0, tick: before });
    }
    scene.tocsin.deliver(Invocation::Evaluate { shard: 0 });
    scene.tocsin.deliver(Invocation::Timekeep);
    scene.tocsin.drain();
}

/// Events come three times, the latest first.
fn shuffled(scene: &mut Scene) {
    let tick = begin(scene);
    scene.tocsin.deliver(Invocation::Collect { shard: 0, tick });
    scene.tocsin.deliver(Invocation::Evaluate { shard: 0 });
    scene.tocsin.deliver(Invocation::Timekeep);
    loop {
        let mut events: Vec<IncidentEvent> = scene.tocsin.world.lock().bus.drain(..).collect();
        if events.is_empty() {
            return;
        }
        events.reverse();
        for event in events.iter().chain(&events).chain(&events) {
            scene.tocsin.hand_out(event);
        }
    }
}

/// What must be the same however the minutes went: what happened, without when and in which order.
fn outcome(minute: Minute) -> (Vec<String>, Vec<String>, Vec<String>) {
    let mut scene = Scene::new(setup());
    scene.release(BAD_VERSION, 20.0);
    for _ in 0..12 {
        minute(&mut scene);
    }
    assert_eq!(scene.version(), GOOD_VERSION);
    let incident: Incident = scene.incident();
    assert_eq!(incident.state, State::Resolved);
    let mut story: Vec<String> = incident.timeline.iter().map(|entry| without_times(&entry.what.to_string())).collect();
    story.sort();
    let world = scene.tocsin.world.lock();
    let mut told: Vec<String> = world.inbox.iter().map(|(channel, n)| format!("{channel} {}", n.event.kind)).collect();
    told.sort();
    let mut rows = vec![incident.id.to_string(), format!("{:?}", world.aliases.values().next().map(|a| &a.acts))];
    rows.extend(world.alerts.keys().cloned());
    rows.extend(world.post_mortems.keys().cloned());
    rows.extend(world.action_items.keys().cloned());
    rows.extend(world.outbox.keys().cloned());
    (story, told, rows)
}

fn without_times(text: &str) -> String {
    text.chars().map(|c| if c.is_ascii_digit() { '#' } else { c }).collect()
}

#[test]
fn everything_delivered_twice() {
    assert_eq!(outcome(twice), outcome(regular));
}

#[test]
fn every_other_tick_a_minute_late() {
    assert_eq!(outcome(swapped), outcome(regular));
}

#[test]
fn events_three_times_and_the_latest_first() {
    let (story, mut told, rows) = outcome(shuffled);
    let (regular_story, mut regular_told, regular_rows) = outcome(regular);
    assert_eq!((story, rows), (regular_story, regular_rows));
    // A page whose end is known is not begun any more; everything else is told once.
    let page = |line: &String| line != "pagerduty incident.opened";
    told.retain(page);
    regular_told.retain(page);
    assert_eq!(told, regular_told);
}

#[test]
fn a_late_tick_that_shows_a_breach_is_not_lost() {
    let mut scene = Scene::new(setup());
    scene.errors.insert(GOOD_VERSION.to_owned(), 20.0);
    let tick = begin(&mut scene);
    scene.tocsin.deliver(Invocation::Evaluate { shard: 0 });
    // The next tick finds nothing any more: the source has forgotten the minute that the late tick has read.
    scene.tocsin.deliver(Invocation::Collect { shard: 0, tick });
    let late = scene.tocsin.world.lock().chunks.remove(&(0, tick)).unwrap();
    scene.tocsin.world.lock().replies.clear();
    scene.errors.clear();
    scene.run(3);
    assert!(scene.incidents().is_empty());
    scene.tocsin.world.lock().chunks.insert((0, tick), late);
    scene.run(1);
    assert_eq!(scene.incidents().len(), 1, "the chunk came three minutes late");
    assert_eq!(scene.incident().state, State::Resolved, "and it was over already");
}

#[test]
fn a_tick_older_than_half_the_look_back_is_left_to_the_later_ones() {
    let mut scene = Scene::new(setup());
    let stale = scene.tocsin.now - Span::from_minutes(6);
    scene.tocsin.world.lock().chunks.remove(&(0, stale));
    scene.tocsin.deliver(Invocation::Collect { shard: 0, tick: stale });
    assert!(!scene.tocsin.world.lock().chunks.contains_key(&(0, stale)));
    let young = scene.tocsin.now - Span::from_minutes(5);
    scene.tocsin.world.lock().chunks.remove(&(0, young));
    scene.tocsin.deliver(Invocation::Collect { shard: 0, tick: young });
    assert!(scene.tocsin.world.lock().chunks.contains_key(&(0, young)));
}

#[test]
fn a_late_tick_dates_a_move_to_when_it_was_seen() {
    let mut scene = Scene::new(setup());
    let tick = begin(&mut scene);
    scene.release("3", 0.0);
    begin(&mut scene);
    scene.tocsin.deliver(Invocation::Collect { shard: 0, tick });
    let world = scene.tocsin.world.lock();
    let moves: Vec<_> = world.deployments.values().map(|moved| moved.moved_by).collect();
    assert_eq!(moves, [scene.tocsin.now]);
}
