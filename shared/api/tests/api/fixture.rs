use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

use api::{App, Caller, NotConfigured, router};
use axum::Router;
use axum::body::{Body, to_bytes};
use domain::alert::{AlertChange, Status};
use domain::id::{Fingerprint, IncidentId};
use domain::incident::Severity;
use domain::label::Labels;
use domain::metric::{Query, Series, Statistic};
use domain::monitor::Category;
use domain::notification::{Inbound, Secret};
use domain::on_call::OnCall;
use domain::routing::{Route, Routing};
use domain::service::Service;
use domain::setup::{Setup, Source, SourceKind};
use domain::units::{Span, Time, Unit};
use engine::port::PortError;
use engine::raise::raise;
use http::{HeaderMap, Method, Request, StatusCode};
use serde_json::{Value, json};
use simulator::{World, now_or_never};
use tower::ServiceExt;

/// 2026-01-31T14:00:00Z, the present of all tests.
pub(crate) const NOW: Time = Time::from_epoch(1_769_868_000);

/// Routes whose bodies have another system's form: unknown fields are theirs to add.
pub(crate) const FOREIGN: [&str; 5] = [
    "/api/v2/alerts",
    "/v1/alertmanager/webhook",
    "/v1/slack/interactions",
    "/v1/pagerduty/events",
    "/acknowledge/{token}",
];

/// Routes that people follow links to: what mail and calendar programs add to an address is theirs.
pub(crate) const LINKED: [&str; 4] =
    ["/acknowledge/{token}", "/incident/{token}", "/post-mortem/{token}", "/calendar/{schedule}/{token}"];

/// Whether what stands there is for people who followed a link.
pub(crate) fn is_for_people(path: &str) -> bool {
    ["/acknowledge/", "/incident/", "/post-mortem/"].iter().any(|start| path.starts_with(start))
}

/// The API over a world and a configuration.
pub(crate) struct Simulated {
    pub world: World,
    pub setup: Option<Setup>,
    pub clock: Clock,
    pub parked: Parked,
    pub replies: Replies,
}

/// Seconds since 1970.
pub(crate) type Clock = Arc<AtomicI64>;

/// Key, payload and reason of what was parked.
pub(crate) type Parked = Arc<Mutex<Vec<[String; 3]>>>;

/// What was told to people who pressed a button: address and words.
pub(crate) type Replies = Arc<Mutex<Vec<(String, String)>>>;

/// The key of all vendors' signatures.
pub(crate) const KEY: &str = "a-key-of-the-test";

impl App for Simulated {
    type Store = World;
    type Outlet = World;

    fn store(&self) -> &World {
        &self.world
    }

    fn outlet(&self) -> &World {
        &self.world
    }

    async fn setup(&self) -> Result<&Setup, NotConfigured> {
        self.setup.as_ref().ok_or_else(|| NotConfigured("it is not there".to_owned()))
    }

    async fn secret(&self, secret: &Secret) -> Result<String, String> {
        match secret {
            Secret::Ssm(name) if name.as_str() == "/empty" => Ok(" \n".to_owned()),
            Secret::Ssm(_) => Ok(KEY.to_owned()),
            Secret::SecretsManager(_) => Err("AccessDeniedException".to_owned()),
        }
    }

    async fn reply(&self, url: &str, text: &str) -> Result<(), String> {
        self.replies.lock().unwrap().push((url.to_owned(), text.to_owned()));
        Ok(())
    }

    fn shards(&self) -> u32 {
        1
    }

    async fn park(&self, key: &str, payload: &str, reason: &str) -> Result<(), PortError> {
        self.parked.lock().unwrap().push([key, payload, reason].map(str::to_owned));
        Ok(())
    }

    fn now(&self) -> Time {
        Time::from_epoch(self.clock.load(Ordering::Relaxed))
    }
}

/// A client of the API.
pub(crate) struct Client {
    pub world: World,
    /// What the clock shows, in seconds since 1970.
    pub clock: Clock,
    pub router: Router,
    pub parked: Parked,
    pub replies: Replies,
    caller: Option<Caller>,
}

/// What was answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
    pub body: Value,
}

impl Client {
    pub(crate) fn new() -> Self {
        Self::over(Some(setup()))
    }

    pub(crate) fn over(setup: Option<Setup>) -> Self {
        let world = World::default();
        let (parked, replies) = (Parked::default(), Replies::default());
        let clock = Clock::new(AtomicI64::new(NOW.epoch()));
        Self::of(world, setup, clock, parked, replies)
    }

    /// The same world under another configuration.
    pub(crate) fn with(&self, setup: Setup) -> Self {
        let (parked, replies) = (Arc::clone(&self.parked), Arc::clone(&self.replies));
        Self::of(self.world.clone(), Some(setup), Arc::clone(&self.clock), parked, replies)
    }

    fn of(world: World, setup: Option<Setup>, clock: Clock, parked: Parked, replies: Replies) -> Self {
        let app = Simulated {
            world: world.clone(),
            setup,
            clock: Arc::clone(&clock),
            parked: Arc::clone(&parked),
            replies: Arc::clone(&replies),
        };
        Self { world, clock, router: router(Arc::new(app)), parked, replies, caller: None }
    }

    /// The clock goes on to this.
    pub(crate) fn set_clock(&self, at: Time) {
        self.clock.store(at.epoch(), Ordering::Relaxed);
    }

    pub(crate) fn signed_by(mut self, arn: &str) -> Self {
        self.caller = Some(Caller(arn.to_owned()));
        self
    }

    pub(crate) fn get(&self, target: &str) -> Answer {
        self.send(Request::get(target).body(Body::empty()).unwrap())
    }

    pub(crate) fn accepting(&self, target: &str, accept: &str) -> Answer {
        self.send(Request::get(target).header("accept", accept).body(Body::empty()).unwrap())
    }

    pub(crate) fn post(&self, target: &str, body: &Value) -> Answer {
        self.json(&Method::POST, target, body.to_string())
    }

    pub(crate) fn put(&self, target: &str, body: &Value) -> Answer {
        self.json(&Method::PUT, target, body.to_string())
    }

    pub(crate) fn delete(&self, target: &str) -> Answer {
        self.send(Request::delete(target).body(Body::empty()).unwrap())
    }

    pub(crate) fn json(&self, method: &Method, target: &str, body: impl Into<Body>) -> Answer {
        let request = Request::builder().method(method).uri(target).header("content-type", "application/json");
        self.send(request.body(body.into()).unwrap())
    }

    pub(crate) fn send(&self, mut request: Request<Body>) -> Answer {
        if let Some(caller) = &self.caller {
            request.extensions_mut().insert(caller.clone());
        }
        let path = request.uri().path().to_owned();
        let answer = now_or_never(async {
            let (parts, body) = self.router.clone().oneshot(request).await.unwrap().into_parts();
            let text = String::from_utf8(to_bytes(body, usize::MAX).await.unwrap().to_vec()).unwrap();
            let body = serde_json::from_str(&text).unwrap_or(Value::Null);
            Answer { status: parts.status, headers: parts.headers, text, body }
        });
        answer.is_consistent(&path);
        answer
    }

    /// An incident that an alert has opened.
    pub(crate) fn incident(&self, service: &str, name: &str, severity: Severity) -> IncidentId {
        self.alert(service, name, severity, Status::Firing, NOW - Span::HOUR)
    }

    pub(crate) fn alert(&self, service: &str, name: &str, severity: Severity, status: Status, at: Time) -> IncidentId {
        let change = AlertChange {
            fingerprint: Fingerprint::derive(&["test", service, name]),
            name: name.to_owned(),
            service: service.parse().unwrap(),
            category: Category::Technical,
            status,
            severity,
            at,
            reason: format!("{name} is bad"),
            reading: None,
            cooldown: Span::MINUTE,
            ends_at: None,
            labels: Labels::default(),
        };
        let raised = now_or_never(raise(&self.world, &self.world, &setup(), &change, at)).unwrap();
        raised.incident().unwrap().clone()
    }
}

impl Answer {
    /// Whatever is no success is a problem document that says the same as the status line.
    fn is_consistent(&self, path: &str) {
        let is_problem = self.headers.get("content-type").is_some_and(|kind| kind == "application/problem+json");
        let is_health = path == "/health" && self.status == StatusCode::SERVICE_UNAVAILABLE;
        let is_page = is_for_people(path) && self.headers.contains_key("content-security-policy");
        assert_eq!(is_problem, !self.status.is_success() && !is_health && !is_page, "{self:?}");
        if is_problem && !self.text.is_empty() {
            assert_eq!(self.body["status"], self.status.as_u16(), "{self:?}");
            assert_eq!(self.body["instance"], path, "{self:?}");
            let kind = self.body["type"].as_str().unwrap_or_default();
            assert!(kind.starts_with("urn:tocsin:problem:"), "{self:?}");
            for member in ["title", "detail"] {
                assert!(self.body[member].as_str().is_some_and(|text| !text.is_empty()), "{self:?}");
            }
        }
    }

    /// Status, kind of problem, and words that must stand in the answer.
    #[track_caller]
    pub(crate) fn is(&self, status: u16, kind: &str, words: &[&str]) {
        assert_eq!(self.status.as_u16(), status, "{self:?}");
        if !kind.is_empty() {
            assert_eq!(self.body["type"], format!("urn:tocsin:problem:{kind}"), "{self:?}");
        }
        for word in words {
            assert!(self.text.contains(word), "{word:?} is missing: {self:?}");
        }
    }
}

/// Two services; the first has three series of one minute.
pub(crate) fn setup() -> Setup {
    let service = |name: &str, series: &[&str]| Service {
        name: name.parse().unwrap(),
        owner: "team-shop".to_owned(),
        critical: false,
        depends_on: Vec::new(),
        resources: Vec::new(),
        series: series.iter().map(|id| id.parse().unwrap()).collect(),
    };
    Setup {
        drills: Vec::new(),
        sources: vec![Source {
            name: "cloudwatch".parse().unwrap(),
            kind: SourceKind::CloudWatch { region: None, account: None, role_arn: None },
        }],
        services: vec![
            service("shop-checkout", &["shop-checkout/errors", "shop-checkout/latency"]),
            service("shop-cart", &[]),
        ],
        series: vec![
            series("shop-checkout/errors", Statistic::Sum),
            series("shop-checkout/latency", Statistic::Average),
        ],
        monitors: Vec::new(),
        runbooks: Vec::new(),
        response_enabled: true,
        channels: Vec::new(),
        inbound: Inbound { links: Some("ssm:/key".parse().unwrap()), ..Inbound::default() },
        routing: domain::routing::Routing::default(),
        on_call: on_call(),
        correlation: domain::correlation::Correlation::default(),
        look_back: Span::from_minutes(10),
        post_mortem_severities: vec![Severity::Sev1, Severity::Sev2],
        default_owner: "team-shop".to_owned(),
        keep_metrics: Span::DAY,
        events: domain::monitored::Rules::default(),
        slos: Vec::new(),
        keep_events: Span::DAY.times(30),
        keep_incidents: Span::DAY,
    }
}

/// The same, and whoever opens an incident has the policy `shop` call somebody.
pub(crate) fn paged() -> Setup {
    let root = Route { escalation: Some("shop".parse().unwrap()), ..Route::default() };
    let kind = json!({ "kind": "webhook", "url": "https://example.com", "signing_secret": "ssm:/key" });
    let ops = json!({ "name": "ops", "kind": kind });
    Setup { routing: Routing::new(root), channels: vec![serde_json::from_value(ops).unwrap()], ..setup() }
}

/// Three people; ann and ben take turns on `primary` every day at 09:00, ben alone is on `secondary`.
fn on_call() -> OnCall {
    let person =
        |name: &str| json!({ "name": name, "zone": "UTC", "addresses": [{ "email": format!("{name}@example.com") }] });
    let schedule = |name: &str, people: &[&str]| {
        let every = json!({ "count": 1, "unit": "day" });
        let rotation =
            json!({ "name": "turns", "people": people, "every": every, "start": "2026-01-01 09:00", "hours": [] });
        json!({ "name": name, "zone": "Europe/Berlin", "rotations": [rotation] })
    };
    let steps = json!([{ "targets": [{ "channel": "ops" }] }, { "targets": [{ "channel": "ops" }] }]);
    serde_json::from_value(json!({
        "people": [person("ann"), person("ben"), person("eve")],
        "teams": [],
        "schedules": [schedule("secondary", &["ben"]), schedule("primary", &["ann", "ben"])],
        "policies": [{ "name": "shop", "steps": steps, "repeat": 1 }],
    }))
    .unwrap()
}

fn series(id: &str, statistic: Statistic) -> Series {
    Series {
        id: id.parse().unwrap(),
        source: "cloudwatch".parse().unwrap(),
        query: Query::CloudWatch {
            namespace: "Shop".to_owned(),
            metric: id.to_owned(),
            dimensions: BTreeMap::new(),
            statistic,
        },
        period: Span::MINUTE,
        pace: Span::MINUTE,
        unit: Unit::Count,
        sparse: false,
    }
}
