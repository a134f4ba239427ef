//! What explaining says of routes and services, beside what becomes of the alert.

use domain::label::Labels;
use domain::routing::{Route, Routing};
use domain::setup::Setup;
use domain::units::Time;
use serde_json::json;
use simulator::{World, now_or_never};
use tocsin_engine::explain::{Said, Subject, explain, routes};

fn setup(routing: Routing) -> Setup {
    let setup = json!({
        "sources": [], "services": [{"name": "shop", "owner": "t", "critical": false, "depends_on": [], "resources": [], "series": []}],
        "series": [], "monitors": [], "runbooks": [], "response_enabled": true,
        "channels": [], "look_back": "10m", "post_mortem_severities": [], "default_owner": "t",
        "keep_metrics": "15d", "keep_incidents": "400d", "keep_events": "30d"
    });
    Setup { routing, ..serde_json::from_value(setup).expect("it is a setup") }
}

fn labels(pairs: &[(&str, &str)]) -> Labels {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

#[test]
fn routes_beyond_the_tenth_are_said_not_to_be_told() {
    let sibling = Route { goes_on: true, ..Route::default() };
    let setup = setup(Routing::new(Route { routes: vec![sibling; 12], ..Route::default() }));
    let steps = routes(&setup, &labels(&[("a", "b")]));
    let says: Vec<String> = steps.iter().skip(1).map(ToString::to_string).collect();
    assert_eq!(says[9], "Route {}/{}#10 takes it.");
    assert_eq!(says[10], "Route {}/{}#11 matches, and is not told: an alert is in at most 10 groups.");
    assert_eq!(says[11], "Route {}/{}#12 matches, and is not told: an alert is in at most 10 groups.");
    assert_eq!(steps.iter().filter(|step| step.said.stops()).count(), 2);
}

#[test]
fn a_service_that_is_not_configured_is_said_to_be_unassigned() {
    let says = |service: &str| {
        let (world, setup) = (World::at(Time::default()), setup(Routing::default()));
        let what = Subject::Labels(labels(&[("service", service)]));
        let told = now_or_never(explain(&world, &setup, (&what, None), Time::default())).expect("it is explained");
        let found = told.steps.into_iter().find(|step| matches!(step.said, Said::NoService { .. }));
        found.map(|step| step.to_string())
    };
    let expected = "\"shpo\" is no configured service: what is sent of it is taken as of service unassigned.";
    assert_eq!(says("shpo").as_deref(), Some(expected));
    for service in ["shop", "unassigned", "tocsin", ""] {
        assert_eq!(says(service), None, "{service:?}");
    }
}
