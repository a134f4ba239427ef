use std::collections::BTreeSet;
use std::fmt::Debug;
use std::str::FromStr;

use domain::escalation::{Policy, Step, Target};
use domain::notification::{Address, Channel, ChannelKind, Secret, Template};
use domain::on_call::{OnCall, Person};
use domain::routing::{GroupBy, Route, Routing, TimeInterval};
use domain::setup::Setup;
use serde_json::json;
use simulator::bare_setup;

pub(crate) fn name<T: FromStr<Err: Debug>>(text: &str) -> T {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error:?}"))
}

pub(crate) fn channel(called: &str, kind: ChannelKind) -> Channel {
    Channel { name: name(called), kind, template: Template::default(), fallback: None }
}

/// What the routes of a life say beside where they lead.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Terms {
    /// Alerts of all services are told together.
    pub(crate) together: bool,
    /// Nothing is told from 00:10 to 01:00.
    pub(crate) quiet: bool,
}

impl Terms {
    pub(crate) const NONE: Self = Self { together: false, quiet: false };
    pub(crate) const TOGETHER: Self = Self { together: true, quiet: false };

    fn of(self, route: Route) -> Route {
        let group_by = if self.together { GroupBy::Labels(BTreeSet::new()) } else { route.group_by };
        let mute_in = if self.quiet { vec![name("quiet")] } else { Vec::new() };
        Route { group_by, mute_in, ..route }
    }
}

/// All is told to a mail; what is bad to a pager, too, and calls Ann.
pub(crate) fn setup(terms: Terms) -> Setup {
    let mut setup = bare_setup();
    let mail = ChannelKind::Email { from: name("tocsin@example.com"), to: vec![name("ops@example.com")] };
    let pager = ChannelKind::PagerDuty {
        routing_key: Secret::Ssm("/key".to_owned()),
        url: "https://pager".to_owned(),
        changes: true,
    };
    setup.channels = vec![channel("mail", mail), channel("pager", pager)];
    let bad = terms.of(Route {
        matchers: name("severity=~\"SEV1|SEV2\""),
        channels: vec![name("mail"), name("pager")],
        escalation: Some(name("shop")),
        ..Route::default()
    });
    let root = terms.of(Route { channels: vec![name("mail")], ..Route::default() });
    setup.routing = Routing::new(Route { routes: vec![bad], ..root });
    let quiet: TimeInterval = serde_json::from_value(json!({ "times": ["00:10-01:00"] })).unwrap();
    setup.routing.intervals.insert(name("quiet"), vec![quiet]);
    let ann = Person {
        name: name("ann"),
        zone: name("Europe/Berlin"),
        addresses: vec![Address::Phone(name("+4930123456"))],
        pagerduty: None,
    };
    let policy = Policy {
        name: name("shop"),
        steps: vec![Step { after: None, targets: vec![Target::Person(name("ann"))] }],
        again_after: None,
        repeat: 1,
        fallback: Some(name("mail")),
        remind_every: None,
    };
    setup.on_call = OnCall { people: vec![ann], policies: vec![policy], ..OnCall::default() };
    setup
}
