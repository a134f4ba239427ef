use domain::label::Labels;
use domain::routing::{Route, Routing};
use domain::setup::Setup;
use serde_json::json;

use super::routes;

fn setup(routing: Routing) -> Setup {
    let setup = json!({
        "sources": [], "services": [], "series": [], "monitors": [], "runbooks": [], "response_enabled": true,
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
