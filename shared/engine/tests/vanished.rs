//! A storm in a route that the configuration no longer has: whole alerts and counted ones move to where they belong now,
//! whoever dies on the way, and none is lost.

#![allow(clippy::unwrap_used)]

use std::fmt::Debug;
use std::str::FromStr;

use domain::alert::{AlertChange, Status};
use domain::group::MEMBERS_MAX;
use domain::id::GroupId;
use domain::incident::Severity;
use domain::notification::{Channel, ChannelKind, Template};
use domain::routing::{GroupBy, Route, Routing};
use domain::setup::Setup;
use domain::units::Time;
use simulator::{Crash, Installation, bare_setup, change, now_or_never};
use tocsin_engine::raise::raise;

const BEGIN: Time = Time::from_epoch(1_769_990_400);
/// Alerts that are only counted, at least: the bytes of the others are limited, too.
const COUNTED: usize = 60;
const ALL: usize = MEMBERS_MAX + COUNTED;

fn name<T: FromStr<Err: Debug>>(text: &str) -> T {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error:?}"))
}

/// All alerts of a route are one group; `routes` lie below the root.
fn setup(routes: Vec<Route>) -> Setup {
    let mut setup = bare_setup();
    let kind = ChannelKind::Email { from: name("tocsin@example.com"), to: vec![name("ops@example.com")] };
    setup.channels = vec![Channel { name: name("mail"), kind, template: Template::default(), fallback: None }];
    setup.routing = Routing::new(Route { channels: vec![name("mail")], ..one_group(routes) });
    setup
}

fn one_group(routes: Vec<Route>) -> Route {
    Route { group_by: GroupBy::Labels([].into()), routes, ..Route::default() }
}

fn storming(index: usize, status: Status, at: Time) -> AlertChange {
    change("shop", &format!("storm-{index}"), Severity::Sev3, status, at)
}

fn tell(tocsin: &Installation, indices: impl Iterator<Item = usize>, status: Status) {
    let (world, setup, now) = (&tocsin.world, &tocsin.setup, tocsin.now);
    for index in indices {
        now_or_never(raise(world, world, setup, &storming(index, status, now), now)).unwrap();
    }
}

/// A storm in a route of its own, in which every tenth alert is over before anybody looks.
fn storm() -> (Installation, GroupId) {
    let own = Route { matchers: name("service=shop"), channels: vec![name("mail")], ..one_group(Vec::new()) };
    let mut tocsin = Installation::new(setup(vec![own]), 1, BEGIN);
    tell(&tocsin, 0..ALL, Status::Firing);
    tocsin.run(2);
    tell(&tocsin, (0..ALL).step_by(10), Status::Resolved);
    let (id, counted) = {
        let world = tocsin.world.lock();
        let group = world.groups.values().find(|group| !group.is_empty()).unwrap();
        (group.id.clone(), group.counted().len())
    };
    assert!(counted >= COUNTED, "{counted} are counted");
    (tocsin, id)
}

fn check(crash: Option<Crash>) {
    let (mut tocsin, old) = storm();
    tocsin.setup = setup(Vec::new());
    if let Some(crash) = crash {
        tocsin.world.crash(crash);
    }
    tocsin.run(15);
    let world = tocsin.world.lock();
    let new = world.groups.values().find(|group| group.id != old).unwrap();
    let left = &world.groups[&old];
    assert!(left.is_empty() && left.next_wake().is_none(), "{crash:?}: nothing is left of it");
    let fires = ALL - ALL.div_ceil(10);
    assert_eq!(new.firing(), fires, "{crash:?}: who fires is in the new group, once");
    for alert in world.alerts.values().filter(|alert| alert.status == Status::Firing) {
        assert_eq!(alert.groups.iter().collect::<Vec<_>>(), [&new.id], "{crash:?}: {}", alert.name);
    }
    assert!(new.told.is_some(), "{crash:?}: the new route has told of them");
}

#[test]
fn a_storm_moves_whole_with_its_counted_alerts() {
    check(None);
}

#[test]
fn a_storm_moves_whole_whoever_dies_on_the_way() {
    for calls in [5, 50, 200, 401, 402, 403] {
        check(Some(Crash::Before(calls)));
        check(Some(Crash::After(calls)));
    }
}
