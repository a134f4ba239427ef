use domain::alert::Status::{self, Firing, Resolved};
use domain::flapping::Flapping;
use domain::units::Span;
use serde_json::json;

use super::*;

/// 2026-01-31T14:00:00Z.
const NOW: Time = Time::from_epoch(1_769_868_000);

const ALERTMANAGER: Sender<'static> = Sender::Alertmanager { receiver: "tocsin", group: "{}", left_out: 0 };

fn at(minute: i64) -> Time {
    Time::from_epoch(NOW.epoch() + minute * 60)
}

fn setup() -> Setup {
    let service = |name: &str, function: &str| {
        json!({"name": name, "owner": "t", "critical": false, "depends_on": [], "series": [],
            "resources": [{"kind": "lambda-alias", "function": function, "alias": "live"}]})
    };
    let services = [service("shop", "shop-fn"), service("shop-cart", "cart-fn")];
    serde_json::from_value(json!({
        "sources": [], "services": services, "series": [], "monitors": [], "runbooks": [], "response_enabled": true,
        "channels": [], "look_back": "10m", "post_mortem_severities": [], "default_owner": "t",
        "keep_metrics": "15d", "keep_incidents": "400d", "keep_events": "30d"
    }))
    .unwrap()
}

fn pairs(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn sent(labels: &[(&str, &str)]) -> Sent {
    Sent { labels: pairs(labels), starts_at: Some(at(-1)), ends_at: Some(at(4)), ..Sent::default() }
}

fn told(sent: &Sent, sender: Sender<'_>) -> Told {
    read(sent.clone(), sender, &setup(), NOW).unwrap()
}

#[test]
fn severities_of_the_field_become_ours() {
    for (said, expected) in [
        ("critical", Severity::Sev1),
        ("page", Severity::Sev1),
        ("SEV1", Severity::Sev1),
        ("error", Severity::Sev2),
        ("High", Severity::Sev2),
        ("sev2", Severity::Sev2),
        ("warning", Severity::Sev3),
        ("SEV3", Severity::Sev3),
        ("", Severity::Sev3),
        ("purple", Severity::Sev3),
        ("info", Severity::Sev4),
        ("none", Severity::Sev4),
        ("SEV4", Severity::Sev4),
    ] {
        let found = told(&sent(&[("alertname", "a"), ("severity", said)]), Sender::Prometheus).change.severity;
        assert_eq!(found, expected, "{said}");
    }
}

#[test]
fn a_label_or_an_owner_names_the_service() {
    for (labels, expected) in [
        (&[("alertname", "a"), ("service", "shop"), ("job", "shop-cart")][..], "shop"),
        (&[("alertname", "a"), ("service", "nobodys"), ("job", "shop-cart")], "shop-cart"),
        (&[("alertname", "a"), ("function_name", "cart-fn"), ("job", "shop")], "shop-cart"),
        (&[("alertname", "a"), ("app", "shop"), ("namespace", "shop-cart")], "shop"),
        (&[("alertname", "shop-cart-errors")], "shop-cart"),
        (&[("alertname", "HighLoad")], "unassigned"),
        (&[("job", "x")], "unassigned"),
    ] {
        assert_eq!(told(&sent(labels), Sender::Prometheus).change.service.as_str(), expected, "{labels:?}");
    }
}

#[test]
fn all_labels_are_its_identity_and_nothing_else_is() {
    let one = sent(&[("alertname", "a"), ("pod", "p1")]);
    let fingerprint = |sent: &Sent, sender| told(sent, sender).change.fingerprint;
    let same = Sent {
        annotations: pairs(&[("summary", "12 %")]),
        starts_at: None,
        generator_url: Some("https://p".into()),
        labels: pairs(&[("alertname", "a"), ("pod", "p1"), ("empty", "")]),
        ..one.clone()
    };
    assert_eq!(fingerprint(&one, Sender::Prometheus), fingerprint(&same, ALERTMANAGER));
    let other = sent(&[("alertname", "a"), ("pod", "p2")]);
    assert_ne!(fingerprint(&one, Sender::Prometheus), fingerprint(&other, Sender::Prometheus));
}

#[test]
fn words_and_links_are_kept() {
    let long = "x".repeat(LINK_BYTES_MAX + 1);
    let mut alert = sent(&[("alertname", "HighLoad"), ("source", "theirs")]);
    alert.annotations = pairs(&[("summary", "load 12"), ("description", " since noon "), ("runbook_url", "https://r")]);
    alert.generator_url = Some(long);
    let change = told(&alert, Sender::Prometheus).change;
    assert_eq!((change.name.as_str(), change.reason.as_str()), ("HighLoad", "load 12: since noon"));
    assert_eq!(
        change.labels,
        pairs(&[("alertname", "HighLoad"), ("runbook_url", "https://r"), ("source", "theirs")]).into()
    );
    alert.generator_url = Some("https://g".to_owned());
    assert_eq!(told(&alert, Sender::Prometheus).change.labels["generator_url"], "https://g");
    alert.annotations.clear();
    alert.starts_at = Some(at(-2 * 24 * 60));
    let change = told(&alert, Sender::Prometheus).change;
    assert_eq!((change.reason.as_str(), change.at), ("since 2026-01-29T14:00:00Z: HighLoad is firing", NOW));
    let unnamed = told(&sent(&[("job", "j")]), Sender::Prometheus).change;
    assert_eq!((unnamed.name.as_str(), unnamed.reason.as_str()), ("unnamed", "unnamed is firing"));
    let long = "\u{1f514}".repeat(60);
    assert_eq!(told(&sent(&[("alertname", &long)]), Sender::Prometheus).change.name.len(), 128);
}

/// Status, when it changed, and how long it fires on: as the change says, and as its sender does.
fn times(
    starts_at: Option<Time>,
    ends_at: Option<Time>,
    over: bool,
    sender: Sender<'_>,
) -> (Status, Time, [Option<Time>; 2]) {
    let sent = Sent { starts_at, ends_at, over, ..sent(&[("alertname", "a")]) };
    let Told { change, holds_until } = told(&sent, sender);
    (change.status, change.at, [change.ends_at, holds_until])
}

#[test]
fn an_alert_fires_until_its_end_and_half_as_long_again() {
    let check = |starts_at, ends_at, over, sender, expected| {
        assert_eq!(times(starts_at, ends_at, over, sender), expected, "{starts_at:?} {ends_at:?} {over} {sender:?}");
    };
    let (began, for_4, for_5) =
        (Some(at(-1)), [Some(at(6)), Some(at(4))], [Some(at(7) + Span::from_seconds(30)), Some(at(5))]);
    check(began, Some(at(4)), false, Sender::Prometheus, (Firing, at(-1), for_4));
    check(began, None, false, Sender::Prometheus, (Firing, at(-1), for_5));
    check(None, Some(at(4)), false, Sender::Prometheus, (Firing, NOW, for_4));
    check(Some(at(5)), Some(at(9)), false, ALERTMANAGER, (Firing, NOW, [None, None]));
    check(began, None, false, ALERTMANAGER, (Firing, at(-1), [None, None]));
    check(began, Some(NOW), false, Sender::Prometheus, (Resolved, NOW, [None, None]));
    check(Some(at(-9)), Some(at(-2)), false, Sender::Prometheus, (Resolved, at(-2), [None, None]));
    check(began, Some(at(1)), true, ALERTMANAGER, (Resolved, NOW, [None, None]));
    check(began, None, true, ALERTMANAGER, (Resolved, NOW, [None, None]));
}

fn refused(sent: Sent) -> String {
    read(sent, Sender::Prometheus, &setup(), NOW).map(drop).unwrap_err().to_string()
}

#[test]
fn what_has_no_sense_or_no_measure_is_refused() {
    assert_eq!(refused(sent(&[])), "it has no labels; at least alertname is needed");
    assert_eq!(refused(sent(&[("empty", "")])), "it has no labels; at least alertname is needed");
    let backwards = Sent { ends_at: Some(at(-5)), ..sent(&[("alertname", "a")]) };
    assert_eq!(refused(backwards), "it ends at 2026-01-31T13:55:00Z, before it begins at 2026-01-31T13:59:00Z");
    let ahead = |minutes| Sent { starts_at: Some(at(minutes)), ends_at: None, ..sent(&[("alertname", "a")]) };
    assert!(refused(ahead(6)).contains("look at the sender's clock"));
    assert_eq!(told(&ahead(5), Sender::Prometheus).change.at, NOW);

    let many =
        |count: usize| Sent { labels: (0..count).map(|i| (format!("l{i}"), "v".into())).collect(), ..Sent::default() };
    assert!(read(many(LABELS_MAX), Sender::Prometheus, &setup(), NOW).is_ok());
    assert!(refused(many(LABELS_MAX + 1)).starts_with("it has 65 labels, at most 64"));
    let long = |bytes: usize| sent(&[("a", &"v".repeat(bytes - 1))]);
    assert!(read(long(LABELS_BYTES_MAX), Sender::Prometheus, &setup(), NOW).is_ok());
    assert!(refused(long(LABELS_BYTES_MAX + 1)).starts_with("its labels have 2049 bytes, at most 2048"));
}

/// What is known of an alert: its status since a minute, when it last began to fire, and until when it does.
fn known(status: Status, changed: i64, fired: i64, ends: Option<i64>) -> Alert {
    let change = told(&sent(&[("alertname", "a")]), Sender::Prometheus).change;
    Alert {
        flapping: None,
        groups: Vec::new(),
        fingerprint: change.fingerprint,
        version: 1,
        name: change.name,
        service: change.service,
        category: change.category,
        severity: change.severity,
        status,
        changed_at: at(changed),
        fired_at: at(fired),
        over_since: None,
        reason: change.reason,
        reading: None,
        cooldown: change.cooldown,
        labels: change.labels,
        incident: None,
        no_data_since: None,
        quiet_since: None,
        ends_at: ends.map(at),
    }
}

/// When the alert changes, if it does, by what a sender tells now: since when and until when.
fn check(known: Option<&Alert>, since: i64, until: Option<i64>, sender: Sender<'_>, expected: Option<i64>) {
    let sent = Sent { starts_at: Some(at(since)), ends_at: until.map(at), ..sent(&[("alertname", "a")]) };
    let changed = settle(told(&sent, sender), known, NOW).map(|change| change.at);
    assert_eq!(changed, expected.map(at), "{known:?} since {since} until {until:?}");
}

#[test]
fn what_is_known_already_changes_nothing() {
    use Sender::Prometheus;
    let firing = |ends| known(Firing, -9, -9, ends);
    let over = known(Resolved, -2, -9, None);
    check(None, -1, Some(4), Prometheus, Some(-1));
    check(None, -9, Some(-1), Prometheus, None);
    check(Some(&firing(Some(6))), -9, Some(4), Prometheus, None);
    check(Some(&firing(Some(4))), -9, Some(4), Prometheus, None);
    check(Some(&firing(Some(3))), -9, Some(4), Prometheus, Some(-9));
    check(Some(&firing(None)), -9, Some(4), Prometheus, Some(-9));
    check(Some(&firing(None)), -9, None, ALERTMANAGER, None);
    check(Some(&firing(Some(3))), -9, None, ALERTMANAGER, None);
    check(Some(&over), -9, Some(-2), Prometheus, None);
}

#[test]
fn the_latest_word_counts() {
    use Sender::Prometheus;
    let firing = known(Firing, -5, -5, Some(6));
    let over = known(Resolved, -2, -9, None);
    // It is over, now or since a while.
    check(Some(&firing), -9, Some(-1), Prometheus, Some(-1));
    // The end of an earlier firing, which its sender goes on telling.
    check(Some(&firing), -9, Some(-6), Prometheus, None);
    // It came back after an end that was not believed: that end, told once more or by another replica, is of before.
    let returned = Alert { flapping: Some(Flapping::fired(None, at(-2))), ..firing.clone() };
    check(Some(&returned), -5, Some(-3), Prometheus, None);
    check(Some(&returned), -5, Some(-1), Prometheus, Some(-1));
    // It fires anew, or another replica says that it still does.
    check(Some(&over), -1, Some(4), Prometheus, Some(-1));
    check(Some(&over), -9, Some(4), Prometheus, Some(0));
}

#[test]
fn a_senders_severity_may_change() {
    let firing = known(Firing, -5, -5, Some(9));
    let worse = Told {
        change: AlertChange {
            severity: Severity::Sev1,
            ..told(&sent(&[("alertname", "a")]), Sender::Prometheus).change
        },
        holds_until: None,
    };
    assert_eq!(settle(worse, Some(&firing), NOW).map(|change| change.at), Some(at(-1)));
}
