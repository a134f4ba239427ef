use proptest::prelude::*;

use super::routes::trees;
use super::{labels, matchers};
use crate::label::{Labels, tests as of_labels};
use crate::routing::{Route, Routing};

fn route(wanted: &str, channel: &str, routes: Vec<Route>) -> Route {
    Route { matchers: matchers(wanted), channels: vec![channel.parse().unwrap()], routes, ..Route::default() }
}

#[test]
fn what_is_not_known_may_be_anything() {
    let bad = || route("severity=SEV1", "shop-pager", Vec::new());
    let shop = route("service=shop", "shop", vec![bad()]);
    let also = Route { goes_on: true, ..route("service=~\"shop|bank\"", "both", Vec::new()) };
    let night = route("severity=SEV1", "night", Vec::new());
    let routing = Routing::new(route("{}", "root", vec![also, shop, night]));
    let check = |service: &str, expected: &[&str]| {
        let found = routing.may_take(&labels(&[("service", service)]));
        let found: Vec<&str> = found.iter().map(|route| route.channels[0].as_str()).collect();
        assert_eq!(found, expected, "{service}");
    };
    check("shop", &["both", "shop-pager", "shop"]);
    check("bank", &["both", "night"]);
    check("other", &["night", "root"]);
}

proptest! {
    #[test]
    fn whoever_takes_an_alert_may_take_it(root in trees(), all in of_labels::some_labels(), known in any::<[bool; 8]>()) {
        let routing = Routing::new(root);
        let some = all.iter().zip(known.into_iter().cycle()).filter(|(_, known)| *known);
        let some: Labels = some.map(|((name, value), _)| (name.clone(), value.clone())).collect();
        let may = routing.may_take(&some);
        for taken in routing.routes_of(&all) {
            prop_assert!(may.iter().any(|route| std::ptr::eq(*route, taken.route)), "{} is missing", taken.path);
        }
    }

    #[test]
    fn who_knows_all_labels_knows_the_routes(root in trees(), all in of_labels::some_labels()) {
        let routing = Routing::new(root);
        let named = routing.walk().into_iter().flat_map(|matched| matched.route.matchers.iter());
        let mut known: Labels = named.map(|matcher| (matcher.label().to_owned(), String::new())).collect();
        known.extend(all.clone());
        let (may, taken) = (routing.may_take(&known), routing.routes_of(&all));
        prop_assert_eq!(may.len(), taken.len());
        prop_assert!(may.iter().zip(taken).all(|(may, taken)| std::ptr::eq(*may, taken.route)));
    }
}
