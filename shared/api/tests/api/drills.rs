use domain::drill::{Hop, Plan, Standing};
use domain::incident::Severity;
use domain::setup::Setup;
use domain::units::Span;
use serde_json::json;

use crate::fixture::{Client, NOW, setup};

fn drilled() -> Setup {
    let service = "shop-cart".parse().unwrap();
    let plan = Plan { service, severity: Severity::Sev2, acknowledge_within: Span::from_minutes(15) };
    Setup { drills: vec![plan], ..setup() }
}

#[test]
fn a_drill_is_asked_for_once_and_seen() {
    let client = Client::new().with(drilled());
    let begun = client.post("/v1/drills", &json!({ "service": "shop-cart", "by": "ann" }));
    begun.is(201, "", &["\"state\":\"running\"", "\"by\":\"ann\"", "\"hops\":[]"]);
    let again = client.post("/v1/drills", &json!({ "service": "shop-cart", "by": "ben" }));
    again.is(200, "", &["\"by\":\"ann\""]);
    let location = begun.headers["location"].to_str().unwrap();
    assert_eq!(client.get(location).body, begun.body);
    {
        let mut world = client.world.lock();
        let drill = world.drills.values_mut().next().unwrap();
        drill.hops.insert(Hop::Collected, NOW + Span::from_seconds(60));
        let reason = "no incident was open".to_owned();
        drill.standing = Standing::Broken { at: NOW + Span::from_seconds(400), hop: Hop::Evaluated, reason };
    }
    let over = client.get(location);
    over.is(200, "", &["\"state\":\"broken\"", "\"reason\":\"no incident was open\""]);
    assert_eq!(
        over.body["hops"],
        json!([{ "name": "collected", "at": (NOW + Span::MINUTE).to_string(), "after_s": 60 }])
    );
    assert_eq!(client.get("/v1/drills").body["items"], json!([over.body]));
}

#[test]
fn one_drill_of_a_service_at_a_time() {
    let client = Client::new().with(drilled());
    client.post("/v1/drills", &json!({ "service": "shop-cart", "by": "ann" })).is(201, "", &[]);
    let mut world = client.world.lock();
    let mut earlier = world.drills.pop_first().unwrap().1;
    earlier.asked_at = NOW - Span::from_seconds(120);
    earlier.id = domain::drill::Drill::id_of(&earlier.plan.service, earlier.asked_at);
    world.drills.insert(earlier.id.clone(), earlier);
    drop(world);
    let second = client.post("/v1/drills", &json!({ "service": "shop-cart", "by": "ann" }));
    second.is(409, "refused", &["of shop-cart is under way"]);
}

#[test]
fn what_cannot_be_drilled_says_what_can() {
    let client = Client::new().with(drilled());
    let post = |body| client.post("/v1/drills", &body);
    post(json!({ "service": "shop-card", "by": "ann" })).is(
        400,
        "invalid-request",
        &["no drill of shop-card is configured; there are drills of shop-cart"],
    );
    post(json!({ "by": "ann" })).is(400, "invalid-request", &["service", "below drills"]);
    post(json!({ "service": "a b", "by": "ann" })).is(400, "invalid-request", &["holds ' '"]);
    post(json!({ "service": "shop-cart" })).is(400, "invalid-request", &["say who you are"]);
    let bare = Client::new();
    let asked = bare.post("/v1/drills", &json!({ "service": "shop-cart", "by": "ann" }));
    asked.is(400, "invalid-request", &["name its service below \\\"drills\\\""]);
    client.get("/v1/drills/drl-00").is(404, "not-found", &["there is no drill drl-00"]);
}
