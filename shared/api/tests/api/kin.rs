use domain::alert::{AlertChange, Status};
use domain::correlation::Correlation;
use domain::id::{Fingerprint, IncidentId};
use domain::incident::Severity;
use domain::monitor::Category;
use domain::setup::Setup;
use domain::units::Span;
use engine::raise::raise;
use serde_json::{Value, json};
use simulator::now_or_never;

use crate::fixture::{Answer, Client, NOW, setup};

/// The cart, which `shop-checkout` depends on, breaks; a minute later `shop-checkout` does.
struct Broken {
    client: Client,
    cart: IncidentId,
    checkout: IncidentId,
}

fn dependent() -> Setup {
    let mut setup = setup();
    setup.services[0].depends_on.push("shop-cart".parse().unwrap());
    setup.correlation = Correlation { merges: false, ..Correlation::default() };
    setup
}

fn fingerprint(service: &str, name: &str) -> Fingerprint {
    Fingerprint::derive(&["test", service, name])
}

fn fire(client: &Client, service: &str, name: &str, ago: Span) -> IncidentId {
    let change = AlertChange {
        fingerprint: fingerprint(service, name),
        name: name.to_owned(),
        service: service.parse().unwrap(),
        category: Category::Technical,
        status: Status::Firing,
        severity: Severity::Sev2,
        at: NOW - ago,
        reason: format!("{name} is bad"),
        reading: None,
        cooldown: Span::MINUTE,
        ends_at: None,
        labels: [].into(),
    };
    let raised = now_or_never(raise(&client.world, &client.world, &dependent(), &change, NOW - ago)).unwrap();
    raised.incident().unwrap().clone()
}

fn broken() -> Broken {
    let client = Client::over(Some(dependent()));
    let cart = fire(&client, "shop-cart", "empty", Span::from_minutes(3));
    let checkout = fire(&client, "shop-checkout", "errors", Span::from_minutes(2));
    Broken { client, cart, checkout }
}

impl Broken {
    fn tell(&self, id: &IncidentId, what: &str, body: &Value) -> Answer {
        self.client.post(&format!("/v1/incidents/{id}/{what}"), body)
    }

    fn shown(&self, id: &IncidentId) -> Value {
        self.client.get(&format!("/v1/incidents/{id}")).body
    }

    fn merge(&self) -> Answer {
        self.tell(&self.checkout, "merge", &json!({ "into": self.cart.as_str(), "by": "ann" }))
    }
}

#[test]
fn an_incident_shows_what_it_may_be_part_of_until_somebody_says_it_is_not() {
    let broken = broken();
    let (cart, checkout) = (broken.cart.as_str(), broken.checkout.as_str());
    let shown = broken.shown(&broken.checkout);
    let candidate = json!([{
        "incident": cart, "service": "shop-cart", "standing": "candidate", "since": (NOW - Span::from_minutes(2)).to_string(),
        "why": "shop-checkout depends on shop-cart, which broke 1m earlier",
    }]);
    assert_eq!(shown["related"], candidate);
    assert_eq!([&shown["covers"], &broken.shown(&broken.cart)["related"]], [&json!([]), &json!([])]);
    assert!(shown.get("merged_into").is_none() && shown.get("goes_on_in").is_none(), "{shown}");
    let entry = shown["timeline"].as_array().unwrap().iter().find(|entry| entry["what"] == "related").unwrap();
    assert_eq!(entry["subject"], cart);

    for (id, related) in [(&broken.cart, checkout), (&broken.checkout, cart)] {
        let dismissed = broken.tell(id, "dismiss", &json!({ "related": related, "by": "ann" }));
        dismissed.is(200, "", &[]);
        assert_eq!(dismissed.body["id"], checkout, "it keeps it in mind, whichever was named");
        let one = &dismissed.body["related"][0];
        assert_eq!([&one["standing"], &one["by"], &one["at"]], ["dismissed", "ann", &NOW.to_string()], "{one}");
    }
    assert_eq!(broken.shown(&broken.checkout)["version"].as_u64(), shown["version"].as_u64().map(|one| one + 1));
}

#[test]
fn what_is_merged_shows_where_it_goes_on_and_is_split_off_again() {
    let broken = broken();
    let (cart, checkout) = (broken.cart.as_str(), broken.checkout.as_str());
    let merged = broken.merge();
    merged.is(200, "", &[]);
    assert_eq!([&merged.body["id"], &merged.body["state"]], [cart, "triggered"]);
    assert_eq!(merged.body["covers"], json!([{ "service": "shop-checkout", "key": "" }]));
    let alerts = merged.body["alerts"].as_array().unwrap();
    let told: Vec<_> = alerts.iter().map(|alert| [&alert["name"], &alert["service"], &alert["status"]]).collect();
    assert_eq!(told, [["empty", "shop-cart", "firing"], ["errors", "shop-checkout", "firing"]]);
    assert_eq!(broken.merge().body, merged.body, "asked again, it changes nothing");

    let old = broken.shown(&broken.checkout);
    assert_eq!([&old["state"], &old["merged_into"], &old["goes_on_in"]], ["closed", cart, cart], "{old}");
    assert_eq!([&old["related"][0]["standing"], &old["related"][0]["by"]], ["merged", "ann"]);
    let late = broken.tell(&broken.checkout, "acknowledge", &json!({ "by": "eve" }));
    late.is(409, "refused", &["goes on there", &format!("see /v1/incidents/{cart}")]);
    assert_eq!(late.body["incident"], cart);
    assert_eq!(fire(&broken.client, "shop-checkout", "latency", Span::MINUTE), broken.cart, "a later alert joins");

    let leaving = ["errors", "latency"].map(|name| fingerprint("shop-checkout", name).to_string());
    let split = broken.tell(&broken.cart, "split", &json!({ "alerts": leaving, "by": "ann" }));
    split.is(200, "", &["\"state\":\"triggered\""]);
    assert_eq!(split.body["alerts"].as_array().unwrap().len(), 2);
    assert!(![cart, checkout].contains(&split.body["id"].as_str().unwrap()), "it is one of its own");
    let again = broken.tell(&broken.cart, "split", &json!({ "alerts": leaving, "by": "ann" }));
    assert_eq!(again.body["id"], split.body["id"]);
    let rest = broken.shown(&broken.cart);
    assert_eq!([&rest["alerts"].as_array().unwrap().len().into(), &rest["covers"]], [&json!(1), &json!([])]);
}

#[test]
fn a_chain_of_merges_is_followed_to_its_end() {
    let broken = broken();
    broken.merge().is(200, "", &[]);
    let body = json!({ "service": "shop-checkout", "severity": "SEV1", "title": "Carts are empty", "by": "eve" });
    let held = broken.client.post("/v1/incidents", &body);
    held.is(409, "already-open", &[]);
    assert_eq!(held.body["incident"], broken.cart.as_str(), "its service is covered");
    let body = json!({ "service": "shop-search", "severity": "SEV1", "title": "Nothing is found", "by": "eve" });
    let mut setup = dependent();
    setup.services.push(domain::service::Service { name: "shop-search".parse().unwrap(), ..setup.services[1].clone() });
    let last = broken.client.with(setup).post("/v1/incidents", &body);
    last.is(201, "", &[]);
    broken.tell(&broken.cart, "merge", &json!({ "into": last.body["id"], "by": "ann" })).is(200, "", &[]);
    let first = broken.shown(&broken.checkout);
    assert_eq!(
        [&first["merged_into"], &first["goes_on_in"]],
        [broken.cart.as_str(), last.body["id"].as_str().unwrap()]
    );
    let back = broken.tell(&broken.cart, "merge", &json!({ "into": broken.checkout.as_str(), "by": "ann" }));
    back.is(409, "refused", &["goes on there"]);
}

#[test]
fn what_is_refused_says_why_and_changes_nothing() {
    let broken = broken();
    let (cart, checkout) = (broken.cart.as_str(), broken.checkout.as_str());
    let errors = fingerprint("shop-checkout", "errors").to_string();
    let before = [broken.shown(&broken.cart), broken.shown(&broken.checkout)];
    let many = || (0..31).map(|number| format!("alert-{number}")).collect::<Vec<_>>();
    for (what, body, field, words) in [
        ("merge", json!({ "by": "ann" }), "into", "the field is missing"),
        ("merge", json!({ "by": "ann", "into": 1 }), "into", "it must be a text"),
        ("merge", json!({ "by": "ann", "into": "a b" }), "into", "is not the id of an incident"),
        ("merge", json!({ "by": "ann", "into": checkout }), "into", "not merged into itself"),
        ("merge", json!({ "into": cart }), "by", "say who you are"),
        ("split", json!({ "by": "ann" }), "alerts", "the field is missing"),
        ("split", json!({ "by": "ann", "alerts": [] }), "alerts", "the field is missing"),
        ("split", json!({ "by": "ann", "alerts": [{}] }), "alerts", "a text or a list of texts"),
        ("split", json!({ "by": "ann", "alerts": ["a/b"] }), "alerts", "is not a fingerprint"),
        ("split", json!({ "by": "ann", "alerts": many() }), "alerts", "at most 30"),
        ("dismiss", json!({ "by": "ann" }), "related", "the field is missing"),
        ("dismiss", json!({ "by": "ann", "related": "a/b" }), "related", "is not the id of an incident"),
    ] {
        let answer = broken.tell(&broken.checkout, what, &body);
        answer.is(400, "invalid-request", &[words]);
        assert_eq!(answer.body["field"], field, "{answer:?}");
    }
    for (what, field) in [("merge", "into"), ("dismiss", "related")] {
        let body = |id: &str| json!({ "by": "ann", field: id });
        let answer = broken.tell(&broken.checkout, what, &body("inc-00"));
        answer.is(404, "not-found", &["there is no incident inc-00"]);
        assert_eq!(answer.body["field"], field, "{answer:?}");
        let answer = broken.tell(&IncidentId::given("inc-00"), what, &body(cart));
        answer.is(404, "not-found", &["there is no incident inc-00"]);
        assert!(answer.body.get("field").is_none(), "{answer:?}");
    }
    let split = |alerts: &[&str]| broken.tell(&broken.checkout, "split", &json!({ "by": "ann", "alerts": alerts }));
    split(&["alert-00"]).is(409, "refused", &["lists no alert alert-00"]);
    split(&[&errors]).is(409, "refused", &["would be left without an alert that fires"]);
    assert_eq!([broken.shown(&broken.cart), broken.shown(&broken.checkout)], before);

    broken.tell(&broken.cart, "resolve", &json!({ "by": "ann" })).is(200, "", &[]);
    broken.merge().is(409, "refused", &["is resolved; only open incidents are merged"]);
}
