//! Source: Alertmanager `dispatch/route_test.go`.

use proptest::prelude::*;

use super::{labels, matchers, time};
use crate::group::Timing;
use crate::id::ChannelName;
use crate::label::{Labels, tests as of_labels};
use crate::routing::{GroupBy, Matched, Mute, Outcome, Planned, Route, RoutePath, Routing, TimeInterval, When};
use crate::units::Span;

fn channel(name: &str) -> Vec<ChannelName> {
    vec![name.parse().expect("the text is a name")]
}

fn by(names: &[&str]) -> GroupBy {
    GroupBy::Labels(names.iter().map(|name| (*name).to_owned()).collect())
}

/// A child, which inherits everything that is not said.
fn child(parent: &Route, wanted: &str, change: impl FnOnce(&mut Route)) -> Route {
    let mut route = Route { matchers: matchers(wanted), goes_on: false, routes: Vec::new(), ..parent.clone() };
    change(&mut route);
    route
}

/// The tree of `TestRouteMatch` and `TestRouteMatchers`.
fn tree() -> Routing {
    let root = Route { channels: channel("notify-def"), group_by: by(&[]), ..Route::default() };
    let team_a = child(&root, "owner=team-A,level!=critical", |route| route.channels = channel("notify-A"));
    let testing = child(&team_a, "env=testing,baz!~\".*quux\"", |route| {
        (route.channels, route.group_by) = (channel("notify-testing"), GroupBy::All);
    });
    let production_a = child(&team_a, "env=production", |route| {
        (route.channels, route.group_wait, route.goes_on) = (channel("notify-productionA"), Span::MINUTE, true);
    });
    let production_b = child(&team_a, "env=~\"produ.*\",job=~\".*\"", |route| {
        (route.channels, route.group_by) = (channel("notify-productionB"), by(&["job"]));
        route.repeat_interval = Span::HOUR;
    });
    let team_bc = child(&root, "owner=~\"team-(B|C)\"", |route| {
        (route.channels, route.group_by) = (channel("notify-BC"), by(&["foo", "bar"]));
        route.group_wait = Span::from_minutes(2);
    });
    let role = child(&root, "group_by=role", |route| route.group_by = by(&["role"]));
    let role_testing = child(&role, "env=testing", |route| route.channels = channel("notify-testing"));
    let long = child(&role_testing, "wait=long", |route| route.group_wait = Span::from_minutes(2));
    let role = Route { routes: vec![Route { routes: vec![long], ..role_testing }], ..role };
    let team_a = Route { routes: vec![testing, production_a, production_b], ..team_a };
    Routing::new(Route { routes: vec![team_a, team_bc, role], ..root })
}

fn check(given: &[(&str, &str)], expected: &[(&str, &str)]) {
    let tree = tree();
    let found = tree.routes_of(&labels(given));
    let found: Vec<_> = found.iter().map(|found| (found.path.as_str(), found.route.channels[0].as_str())).collect();
    assert_eq!(found, expected, "{given:?}");
}

#[test]
fn the_first_child_that_matches_takes_the_alert_unless_it_goes_on() {
    let a = "{}/{level!=\"critical\",owner=\"team-A\"}";
    check(&[("owner", "team-A")], &[(a, "notify-A")]);
    check(&[("owner", "team-A"), ("env", "unset")], &[(a, "notify-A")]);
    check(&[("owner", "team-C")], &[("{}/{owner=~\"team-(B|C)\"}", "notify-BC")]);
    let testing = format!("{a}/{{baz!~\".*quux\",env=\"testing\"}}");
    check(&[("owner", "team-A"), ("env", "testing")], &[(&testing, "notify-testing")]);
    let production = [
        (&*format!("{a}/{{env=\"production\"}}"), "notify-productionA"),
        (&*format!("{a}/{{env=~\"produ.*\",job=~\".*\"}}"), "notify-productionB"),
    ];
    check(&[("owner", "team-A"), ("env", "production")], &production);
    check(&[("group_by", "role")], &[("{}/{group_by=\"role\"}", "notify-def")]);
    let role = "{}/{group_by=\"role\"}/{env=\"testing\"}";
    check(&[("env", "testing"), ("group_by", "role")], &[(role, "notify-testing")]);
    let long = format!("{role}/{{wait=\"long\"}}");
    check(&[("env", "testing"), ("group_by", "role"), ("wait", "long")], &[(&long, "notify-testing")]);
    check(&[("owner", "team-D")], &[("{}", "notify-def")]);
    check(&[], &[("{}", "notify-def")]);
}

#[test]
fn a_walk_meets_a_parent_before_its_children() {
    let tree = tree();
    let found: Vec<_> = tree.walk().iter().map(|found| found.route.channels[0].as_str().to_owned()).collect();
    let expected = ["def", "A", "testing", "productionA", "productionB", "BC", "def", "testing", "testing"];
    assert_eq!(found, expected.map(|name| format!("notify-{name}")));
}

#[test]
fn a_path_leads_to_its_route_and_tells_equal_siblings_apart() {
    let twin = || Route { matchers: matchers("a=b"), goes_on: true, ..Route::default() };
    let routing = Routing::new(Route { routes: vec![twin(), twin(), twin()], ..Route::default() });
    let found = routing.routes_of(&labels(&[("a", "b")]));
    let paths: Vec<_> = found.iter().map(|found| found.path.as_str()).collect();
    assert_eq!(paths, ["{}/{a=\"b\"}", "{}/{a=\"b\"}#2", "{}/{a=\"b\"}#3"]);
    for Matched { path, route } in tree().walk() {
        assert_eq!(tree().route(&path), Some(route));
    }
    assert_eq!(tree().route(&RoutePath::given("{}/{gone=\"yes\"}")), None);
}

#[test]
fn the_trace_names_what_kept_an_alert_out() {
    let tree = tree();
    let steps = tree.trace(&labels(&[("owner", "team-A"), ("env", "production")]));
    let shown: Vec<String> = steps
        .iter()
        .map(|step| match step.outcome {
            Outcome::Failed(matcher) => format!("{} fails {matcher}", step.depth),
            Outcome::Below => format!("{} below", step.depth),
            Outcome::Taken => format!("{} taken by {}", step.depth, step.route.channels[0]),
        })
        .collect();
    let expected = [
        "0 below",
        "1 below",
        "2 fails env=\"testing\"",
        "2 taken by notify-productionA",
        "2 taken by notify-productionB",
    ];
    assert_eq!(shown, expected);
}

#[test]
fn alerts_are_grouped_by_the_labels_that_they_have() {
    let alert = labels(&[("a", "1"), ("b", ""), ("c", "3")]);
    assert_eq!(by(&["a", "b", "d"]).labels_of(&alert), labels(&[("a", "1")]));
    assert_eq!(GroupBy::All.labels_of(&alert), labels(&[("a", "1"), ("c", "3")]));
    assert_eq!(by(&[]).labels_of(&alert), labels(&[]));
}

/// Order of `notify.go`: `TimeActiveStage` before `TimeMuteStage`.
#[test]
fn a_route_is_muted_outside_of_its_active_times_and_within_its_mute_times() {
    let hours = |text: &str| vec![TimeInterval { times: vec![text.parse().unwrap()], ..TimeInterval::default() }];
    let mut routing = Routing::default();
    routing.intervals.insert("office".parse().unwrap(), hours("09:00-17:00"));
    routing.intervals.insert("lunch".parse().unwrap(), hours("12:00-13:00"));
    let names = |names: &[&str]| names.iter().map(|name| name.parse().unwrap()).collect::<Vec<_>>();
    let route = Route { active_in: names(&["office"]), mute_in: names(&["lunch"]), ..Route::default() };
    let at = |clock: &str| time(&format!("2026-05-04T{clock}:00Z"));
    let inactive = Mute::Inactive(names(&["office"]));
    assert_eq!(routing.mute_of(&route, at("08:59")), Some((inactive.clone(), Some(at("09:00")))));
    assert_eq!(routing.mute_of(&route, at("09:00")), None);
    let lunch = Mute::Muted("lunch".parse().unwrap());
    assert_eq!(routing.mute_of(&route, at("12:00")), Some((lunch, Some(at("13:00")))));
    assert_eq!(routing.mute_of(&route, at("13:00")), None);
    assert_eq!(routing.mute_of(&route, at("17:00")), Some((inactive, Some(at("09:00") + Span::DAY))));
    assert_eq!(routing.mute_of(&Route::default(), at("12:00")), None);
}

#[test]
fn a_maintenance_window_covers_its_alerts_while_it_is_open() {
    let mut routing = Routing::default();
    let office = TimeInterval { times: vec!["09:00-17:00".parse().unwrap()], ..TimeInterval::default() };
    routing.intervals.insert("office".parse().unwrap(), vec![office]);
    let (starts_at, ends_at) = (time("2026-05-04T10:00:00Z"), time("2026-05-04T11:00:00Z"));
    let window = |wanted: &str, when| Planned { matchers: matchers(wanted), when, comment: "move".to_owned() };
    routing.planned.push(window("service=shop", When::Between { starts_at, ends_at }));
    routing.planned.push(window("service=bank", When::In("office".parse().unwrap())));
    let until = |service: &str, at: &str| {
        let given = labels(&[("service", service)]);
        routing.planned_for(&given, time(&format!("2026-05-04T{at}Z"))).map(|(_, until)| until.unwrap().clock())
    };
    assert_eq!(until("shop", "09:59:59"), None);
    assert_eq!(until("shop", "10:00:00").as_deref(), Some("11:00:00"));
    assert_eq!(until("shop", "11:00:00"), None);
    assert_eq!(until("bank", "16:59:59").as_deref(), Some("17:00:00"));
    assert_eq!(until("bank", "17:00:00"), None);
    assert_eq!(until("other", "10:30:00"), None);
}

/// Alertmanager's `Route.Match`, word for word.
fn walked<'r>(route: &'r Route, root: bool, labels: &Labels) -> Vec<&'r Route> {
    if !root && !route.matchers.matches(labels) {
        return Vec::new();
    }
    let mut all = Vec::new();
    for child in &route.routes {
        let found = walked(child, false, labels);
        all.extend(&found);
        if !found.is_empty() && !child.goes_on {
            break;
        }
    }
    if all.is_empty() { vec![route] } else { all }
}

pub(super) fn trees() -> impl Strategy<Value = Route> {
    let leaf = (of_labels::matchers(), any::<bool>()).prop_map(|(matchers, goes_on)| Route {
        matchers,
        goes_on,
        ..Route::default()
    });
    leaf.prop_recursive(4, 60, 8, |inner| {
        (of_labels::matchers(), any::<bool>(), proptest::collection::vec(inner, 0..8))
            .prop_map(|(matchers, goes_on, routes)| Route { matchers, goes_on, routes, ..Route::default() })
    })
}

proptest! {
    #[test]
    fn the_index_takes_the_routes_of_a_plain_walk(root in trees(), labels in of_labels::some_labels()) {
        let routing = Routing::new(root);
        let found = routing.routes_of(&labels);
        let expected = walked(routing.root(), true, &labels);
        prop_assert_eq!(found.len(), expected.len());
        for (found, expected) in found.iter().zip(&expected) {
            prop_assert!(std::ptr::eq(found.route, *expected), "{} is another", found.path);
            prop_assert!(std::ptr::eq(routing.route(&found.path).expect("the path is known"), *expected));
        }
        let taken = routing.trace(&labels).into_iter().filter(|step| step.outcome == Outcome::Taken);
        let taken: Vec<RoutePath> = taken.map(|step| step.path).collect();
        prop_assert_eq!(taken, found.into_iter().map(|found| found.path).collect::<Vec<_>>());
    }

    #[test]
    fn routing_is_the_same_in_every_format(root in trees()) {
        let routing = Routing::new(root);
        let json = serde_json::to_string(&routing).expect("it can be written");
        prop_assert_eq!(&serde_json::from_str::<Routing>(&json).expect("it reads back"), &routing);
        let bytes = postcard::to_allocvec(&routing).expect("it can be written");
        prop_assert_eq!(&postcard::from_bytes::<Routing>(&bytes).expect("it reads back"), &routing);
    }
}

/// Source: Alertmanager's `DefaultRouteOpts`, `dispatch/route.go`.
#[test]
fn a_route_that_says_nothing_has_alertmanagers_clocks() {
    let Route { group_wait, group_interval, repeat_interval, .. } = Route::default();
    let clocks = [group_wait, group_interval, repeat_interval].map(|clock| clock.to_string());
    assert_eq!(clocks, ["30s", "5m", "4h"]);
    let timing = Timing::default();
    assert_eq!([timing.wait, timing.interval, timing.repeat], [group_wait, group_interval, repeat_interval]);
}
