use domain::alert::Status;
use domain::incident::Severity;
use domain::units::Span;
use serde_json::{Value, json};

use crate::fixture::{Client, NOW};

/// The body as an SRE monitor's documentation gives it.
fn pushed() -> Value {
    json!({
        "service_name": "shop-checkout",
        "alert_type": "slo_violation",
        "severity": "high",
        "message": "API Gateway availability dropped below 99.9%",
    })
}

#[test]
fn a_pushed_alert_opens_an_incident_once() {
    let client = Client::new().signed_by("arn:aws:iam::1:user/ann");
    let first = client.post("/v1/alerts", &pushed());
    first.is(202, "", &["\"raised\":true"]);
    let incident = first.body["incident"].as_str().unwrap();
    let again = client.post("/v1/alerts", &pushed());
    again.is(202, "", &["\"raised\":false", "firing at this severity already", incident]);
    assert_eq!(again.body["alert"], first.body["alert"]);

    let listed = client.get("/v1/alerts");
    let alert = &listed.body["items"][0];
    assert_eq!(alert["severity"], "SEV2");
    assert_eq!(alert["name"], "slo_violation");
    assert_eq!(alert["labels"]["pushed-by"], "arn:aws:iam::1:user/ann");
    assert_eq!(listed.body["items"].as_array().unwrap().len(), 1);

    let over = json!({
        "service": "shop-checkout", "name": "slo_violation", "severity": "SEV2", "message": "back", "status": "resolved",
    });
    client.post("/v1/alerts", &over).is(202, "", &["\"raised\":true"]);
    assert_eq!(client.get(&format!("/v1/incidents/{incident}")).body["state"], "resolved");
    assert_eq!(client.get("/v1/alerts?status=resolved").body["items"][0]["status"], "resolved");
    assert_eq!(client.get("/v1/alerts").body["items"], json!([]));
}

#[test]
fn severities_are_ours_or_the_words_of_others() {
    for (given, expected) in [
        ("SEV1", "SEV1"),
        ("sev4", "SEV4"),
        ("critical", "SEV1"),
        ("High", "SEV2"),
        ("medium", "SEV3"),
        ("warning", "SEV3"),
        ("low", "SEV4"),
        ("info", "SEV4"),
    ] {
        let client = Client::new();
        let mut body = pushed();
        body["severity"] = json!(given);
        client.post("/v1/alerts", &body).is(202, "", &[]);
        assert_eq!(client.get("/v1/alerts").body["items"][0]["severity"], expected, "{given}");
    }
}

#[test]
fn a_clock_that_runs_a_little_ahead_is_forgiven() {
    let client = Client::new();
    let mut body = pushed();
    body["at"] = json!((NOW + Span::from_minutes(5)).to_string());
    client.post("/v1/alerts", &body).is(202, "", &[]);
    assert_eq!(client.get("/v1/alerts").body["items"][0]["changed_at"], NOW.to_string());
    body["at"] = json!((NOW + Span::from_seconds(301)).to_string());
    client.post("/v1/alerts", &body).is(400, "invalid-request", &["lies in the future"]);
    body["at"] = json!(NOW.epoch() - 60);
    body["name"] = json!("other");
    body.as_object_mut().unwrap().remove("alert_type");
    client.post("/v1/alerts", &body).is(202, "", &["\"raised\":true"]);
}

#[test]
fn alerts_come_in_pages_the_latest_first() {
    let client = Client::new();
    for minute in 0..5 {
        let at = NOW - Span::HOUR + Span::from_minutes(minute);
        client.alert("shop-checkout", &format!("alert-{minute}"), Severity::Sev3, Status::Firing, at);
    }
    let (mut names, mut target) = (Vec::new(), "/v1/alerts?limit=2".to_owned());
    loop {
        let page = client.get(&target);
        let items = page.body["items"].as_array().unwrap();
        names.extend(items.iter().map(|alert| alert["name"].as_str().unwrap().to_owned()));
        let Some(cursor) = page.body["cursor"].as_str() else {
            break;
        };
        client.get(&format!("/v1/alerts?status=resolved&cursor={cursor}")).is(400, "invalid-request", &["cursor"]);
        target = format!("/v1/alerts?limit=2&cursor={cursor}");
    }
    assert_eq!(names, ["alert-4", "alert-3", "alert-2", "alert-1", "alert-0"]);
}

#[test]
fn an_alert_that_comes_and_goes_says_until_when_it_flaps() {
    let client = Client::new();
    let comes_and_goes = |name: &str, minutes_ago: u32, times: u32| {
        for minute in 0..2 * times - 1 {
            let status = if minute % 2 == 0 { Status::Firing } else { Status::Resolved };
            let at = NOW - Span::from_minutes(minutes_ago - minute);
            client.alert("shop-checkout", name, Severity::Sev3, status, at);
        }
    };
    comes_and_goes("calm-by-now", 180, 3);
    comes_and_goes("restless", 10, 3);
    comes_and_goes("twice", 10, 2);
    let listed = client.get("/v1/alerts").body["items"].clone();
    let of =
        |name: &str| listed.as_array().unwrap().iter().find(|alert| alert["name"] == name).unwrap()["flapping"].clone();
    let flapping = of("restless");
    assert_eq!(flapping["since"], (NOW - Span::from_minutes(6)).to_string());
    assert_eq!(flapping["firings"], 3);
    // From 2,743 to 750 points it takes 1.87 half-lives.
    assert_eq!(flapping["until"], (NOW - Span::from_minutes(6) + Span::from_seconds(1684)).to_string());
    assert_eq!([of("twice"), of("calm-by-now")], [Value::Null, Value::Null]);

    client.alert("shop-checkout", "restless", Severity::Sev3, Status::Resolved, NOW - Span::from_minutes(4));
    let listed = client.get("/v1/alerts?status=firing").body["items"].clone();
    let restless = listed.as_array().unwrap().iter().find(|alert| alert["name"] == "restless").unwrap();
    assert_eq!(restless["quiet_since"], (NOW - Span::from_minutes(4)).to_string());
    assert_eq!(restless["ends_at"], flapping["until"]);
    let explained = client.get(&format!("/v1/alerts/{}/explain", restless["fingerprint"].as_str().unwrap()));
    let (since, quiet) = (NOW - Span::from_minutes(6), NOW - Span::from_minutes(4));
    let until = flapping["until"].as_str().unwrap();
    let said = format!(
        "It flaps since {since}: it fired 3 times, and is over for now since {quiet}. Its end is believed when it is calm: \
         at {until}, unless it fires anew."
    );
    assert_eq!(says_of(&explained.body, "flapping"), [said]);

    // A person's word needs no calm.
    let incident = restless["incident"].as_str().unwrap();
    client.post(&format!("/v1/incidents/{incident}/resolve"), &json!({"by": "ann"}));
    let listed = client.get("/v1/alerts?status=resolved").body["items"].clone();
    let ended = listed.as_array().unwrap().iter().find(|alert| alert["name"] == "restless").unwrap();
    assert_eq!([&ended["flapping"], &ended["quiet_since"], &ended["ends_at"]], [&Value::Null; 3]);
    let explained = client.get(&format!("/v1/alerts/{}/explain", restless["fingerprint"].as_str().unwrap()));
    assert_eq!(says_of(&explained.body, "flapping"), ["It does not flap."]);
}

fn says_of<'b>(explained: &'b Value, about: &str) -> Vec<&'b str> {
    let steps = explained["steps"].as_array().unwrap().iter();
    steps.filter(|step| step["about"] == about).map(|step| step["says"].as_str().unwrap()).collect()
}
