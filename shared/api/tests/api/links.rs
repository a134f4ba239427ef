//! Links that people follow without signing in.

use domain::escalation::Asked;
use domain::id::{IncidentId, NotificationId};
use domain::incident::Severity;
use domain::link::{Claim, calendar_token};
use domain::notification::{Destination, Receipt, ReceiptState};
use domain::setup::Setup;
use domain::units::{Span, Time};
use engine::port::Ledger;
use http::{Method, Request};
use serde_json::json;

use crate::fixture::{Answer, Client, KEY, NOW, paged, setup};

fn client() -> Client {
    Client::over(Some(paged()))
}

fn open(client: &Client) -> IncidentId {
    let title = "<b>Carts</b> & \"baskets\" are empty";
    let body = json!({ "service": "shop-cart", "severity": "SEV1", "title": title, "by": "eve" });
    IncidentId::given(client.post("/v1/incidents", &body).body["id"].as_str().unwrap())
}

fn link(incident: &IncidentId, person: Option<&str>, expires_at: Time) -> String {
    let person = person.map(|name| name.parse().unwrap());
    let claim = Claim { incident: incident.clone(), generation: 1, expires_at, person };
    format!("/acknowledge/{}", claim.token(KEY.as_bytes()))
}

fn press(client: &Client, link: &str) -> Answer {
    let form = Request::post(link).header("content-type", "application/x-www-form-urlencoded");
    client.send(form.body(String::new().into()).unwrap())
}

fn later() -> Time {
    NOW + Span::HOUR
}

#[test]
fn looking_changes_nothing_and_pressing_takes_it() {
    let client = client();
    let id = open(&client);
    let link = link(&id, Some("ann"), later());
    let before = client.world.lock().incidents[id.as_str()].clone();
    for _ in 0..3 {
        let page = client.get(&format!("{link}?utm_source=mail&utm_source=twice"));
        page.is(200, "", &["&lt;b&gt;Carts&lt;/b&gt; &amp; &quot;baskets&quot;", "SEV1", "shop-cart", "triggered"]);
        page.is(200, "", &["as ann", "<form method=\"post\"><button type=\"submit\">", "2026-01-31 14:00:00 UTC"]);
        assert_eq!(page.text.matches("<button").count(), 1);
        let more = page.text.split("href=\"..").nth(1).unwrap().split('"').next().unwrap();
        client.get(more).is(200, "", &["Nobody has it yet", id.as_str()]);
        assert!(!page.text.contains("<script") && !page.text.contains("http"), "{}", page.text);
        let head = client.send(Request::head(&link).body(String::new().into()).unwrap());
        assert_eq!(head.status, 200);
    }
    assert_eq!(client.world.lock().incidents[id.as_str()], before);

    press(&client, &link).is(200, "", &["It is yours", "Taken as ann", "acknowledged"]);
    assert_eq!(client.world.lock().incidents[id.as_str()].taken_by(), Some("ann"));
    press(&client, &link).is(200, "", &["You have taken this incident already"]);
    client.get(&link).is(200, "", &["You have it"]);
    assert!(!client.get(&link).text.contains("<button"));
}

#[test]
fn whoever_has_it_answers_by_the_link_of_the_question() {
    let client = client();
    let id = open(&client);
    press(&client, &link(&id, Some("ann"), later())).is(200, "", &["It is yours"]);
    let asked =
        Asked { at: NOW, until: later(), policy: "shop".parse().unwrap(), severity: Severity::Sev1, generation: 1 };
    let mut incident = client.world.lock().incidents[id.as_str()].clone();
    let paging = incident.escalation.as_mut().unwrap();
    (paging.asked, paging.pages) = (Some(asked), 2);
    client.world.lock().incidents.insert(id.to_string(), incident);
    let of = |person: &str| {
        let person = Some(person.parse().unwrap());
        let claim = Claim { incident: id.clone(), generation: 2, expires_at: later(), person };
        format!("/acknowledge/{}", claim.token(KEY.as_bytes()))
    };
    press(&client, &of("ben")).is(409, "", &["has it already"]);
    let page = client.get(&of("ann"));
    page.is(200, "", &["You have it", "still work on it", "I still have it</button>"]);
    page.is(200, "", &["Without a word", "policy shop calls at 2026-01-31 15:00:00 UTC"]);
    press(&client, &of("ann")).is(200, "", &["It is yours", "You still have it, as ann"]);
    let paging = client.world.lock().incidents[id.as_str()].escalation.clone().unwrap();
    assert_eq!((paging.holder(), paging.asked.as_ref()), (Some("ann"), None));
    press(&client, &of("ann")).is(200, "", &["You have taken this incident already"]);
    assert!(!client.get(&of("ann")).text.contains("<button"));
}

#[test]
fn a_page_is_nobody_elses() {
    let client = client();
    let answers = [
        client.get(&link(&open(&client), None, later())),
        client.get("/acknowledge/nonsense"),
        press(&client, "/acknowledge/nonsense"),
    ];
    for answer in answers {
        for (header, words) in [
            ("content-type", "text/html; charset=utf-8"),
            ("cache-control", "no-store"),
            ("referrer-policy", "no-referrer"),
            ("x-robots-tag", "noindex"),
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("content-security-policy", "default-src 'none'; style-src 'sha256-"),
            ("content-security-policy", "form-action 'self'; frame-ancestors 'none'"),
        ] {
            assert!(answer.headers[header].to_str().unwrap().contains(words), "{header}: {answer:?}");
        }
        assert!(answer.text.contains("<meta name=\"robots\" content=\"noindex"), "{}", answer.text);
    }
}

#[test]
fn what_cannot_be_taken_is_said_so() {
    let client = client();
    let id = open(&client);
    let unpaged = Claim { incident: id.clone(), generation: 9, expires_at: later(), person: None };
    let unpaged = format!("/acknowledge/{}", unpaged.token(KEY.as_bytes()));
    press(&client, &unpaged).is(409, "", &["was used already"]);
    let other = link(&id, Some("ben"), later());
    press(&client, &link(&id, None, later())).is(200, "", &["somebody by the link of a channel"]);
    press(&client, &other).is(409, "", &["Nothing was done", "has it already", "Taken by"]);
    client.get(&other).is(200, "", &["There is nothing to take", "has it already"]);
    assert!(!client.get(&other).text.contains("<button"));

    let path = format!("/v1/incidents/{id}");
    client.post(&format!("{path}/resolve"), &json!({ "by": "ann" })).is(200, "", &[]);
    press(&client, &other).is(409, "", &["Nothing was done", "over", "resolved"]);
    let gone = link(&IncidentId::given("inc-00"), Some("ben"), later());
    press(&client, &gone).is(404, "", &["There is no incident inc-00"]);
    client.get(&gone).is(404, "", &["There is no incident inc-00"]);
}

#[test]
fn a_link_that_is_not_ours_learns_nothing() {
    let client = client();
    let id = open(&client);
    let good = link(&id, Some("ann"), later());
    let claim = Claim { incident: id.clone(), generation: 1, expires_at: later(), person: None };
    let forged = format!("/acknowledge/{}", claim.token(b"another key"));
    let empty = format!("/acknowledge/{}", claim.token(b""));
    let (cut, expired) = (good[..good.len() - 3].to_owned(), link(&id, Some("ann"), NOW));
    let (noise, long) = ("/acknowledge/%F0%9F%92%A9".to_owned(), format!("/acknowledge/{}", "x".repeat(5000)));
    for (link, status, words) in [
        (&forged, 403, "not made by us"),
        (&empty, 403, "not made by us"),
        (&cut, 403, "not made by us"),
        (&good[..good.len() - 30].to_owned(), 404, "a part of it was cut off"),
        (&expired, 410, "has expired at 2026-01-31T14:00:00Z"),
        (&noise, 404, "no link of ours"),
        (&long, 404, "no link of ours"),
    ] {
        for answer in [client.get(link), press(&client, link)] {
            answer.is(status, "", &["Nothing was done", words]);
            for secret in [id.as_str(), "Carts", "shop-cart", "SEV1"] {
                assert!(!answer.text.contains(secret), "{secret}: {answer:?}");
            }
        }
    }
    assert_eq!(client.world.lock().incidents[id.as_str()].taken_by(), None);
    assert_eq!(client.get("/acknowledge/%ff").status, 400);
}

fn keyed(secret: Option<&str>) -> Setup {
    let mut setup = setup();
    setup.inbound.links = secret.map(|secret| secret.parse().unwrap());
    setup
}

#[test]
fn without_a_key_nothing_is_signed() {
    let token =
        Claim { incident: IncidentId::given("inc-1"), generation: 1, expires_at: later(), person: None }.token(b"");
    let calendar = format!("/calendar/primary/{}", calendar_token(&"primary".parse().unwrap(), b""));
    for (secret, status, words) in [
        (None, 404, "his installation has no links"),
        (Some("ssm:/empty"), 503, "sm:/empty is empty"),
        (Some("secretsmanager:x"), 503, "cannot be read"),
    ] {
        let client = Client::over(Some(keyed(secret)));
        for answer in [client.get(&format!("/acknowledge/{token}")), press(&client, &format!("/acknowledge/{token}"))] {
            answer.is(status, "", &[words]);
            assert_eq!(answer.headers.contains_key("retry-after"), status == 503, "{answer:?}");
        }
        client.get(&calendar).is(status, "", &[words]);
        client.get("/v1/on-call/calendar?schedule=primary").is(status, "", &[words]);
    }
}

#[test]
fn a_store_that_fails_is_told_to_whoever_presses() {
    let client = client();
    let id = open(&client);
    let link = link(&id, Some("ann"), later());
    client.world.crash(simulator::Crash::Before(0));
    press(&client, &link).is(503, "", &["Nothing was done", "Try it again in a minute"]);
    client.world.revive();
    press(&client, &link).is(200, "", &["It is yours"]);
}

#[test]
fn a_channels_link_says_which_channel() {
    let client = client();
    let id = open(&client);
    let receipt = Receipt {
        id: NotificationId::given("ntf-1"),
        version: 0,
        incident: id.clone(),
        channel: "ops".parse().unwrap(),
        notification: None,
        created_at: NOW,
        tries: 1,
        state: ReceiptState::Sending,
        next_wake: None,
        call: None,
        page: Some(Destination::Channel("ops".parse().unwrap())),
    };
    let commit = engine::port::Commit { receipts: vec![receipt], now: NOW, ..Default::default() };
    simulator::now_or_never(client.world.commit(&commit)).unwrap();
    press(&client, &link(&id, None, later())).is(200, "", &["Taken as somebody by the link of ops"]);
}

#[test]
fn a_schedules_calendar_is_read_by_whoever_has_its_address() {
    let client = Client::new();
    let told = |host: &str, scheme: &str| {
        let request = Request::get("/v1/on-call/calendar?schedule=primary").header("host", host);
        client.send(request.header("x-forwarded-proto", scheme).body(String::new().into()).unwrap()).body
    };
    let told_plain = client.get("/v1/on-call/calendar?schedule=primary").body;
    let path = told_plain["path"].as_str().unwrap();
    assert!(told_plain.get("url").is_none(), "{told_plain}");
    assert_eq!(told("example.com", "https")["url"], format!("https://example.com{path}"));
    assert_eq!(told("127.0.0.1:4566", "http")["url"], format!("http://127.0.0.1:4566{path}"));
    assert!(told("a\"b", "https").get("url").is_none());

    let feed = client.get(&format!("{path}?refresh=1"));
    feed.is(200, "", &["BEGIN:VCALENDAR\r\n", "SUMMARY:ann is on call for primary\r\n"]);
    assert_eq!(feed.headers["content-type"], "text/calendar; charset=utf-8");
    let body = json!({ "schedule": "primary", "change": "add", "person": "eve", "for": "2h", "by": "ann" });
    client.post("/v1/on-call/overrides", &body).is(201, "", &[]);
    client.get(path).is(200, "", &["SUMMARY:eve is on call for primary\r\n"]);

    let token = path.rsplit('/').next().unwrap();
    let unknown = calendar_token(&"gone".parse().unwrap(), KEY.as_bytes());
    for wrong in [
        format!("/calendar/secondary/{token}"),
        format!("/calendar/primary/{}", &token[1..]),
        format!("/calendar/primary/{}", "0".repeat(32)),
        format!("/calendar/gone/{unknown}"),
        "/calendar/a%20b/x".to_owned(),
    ] {
        client.get(&wrong).is(404, "not-found", &["there is no such calendar"]);
    }
    client.json(&Method::POST, path, "{}").is(405, "method-not-allowed", &[]);
}
