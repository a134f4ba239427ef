use std::collections::BTreeMap;

use domain::correlation::Correlation;
use domain::id::{ChannelName, SeriesId};
use domain::incident::Severity;
use domain::metric::{CostQuery, CostReading, LogQuery, LogReading, Query, Statistic, TemplateReading};
use domain::monitor::{Category, MissingData, Signal};
use domain::notification::{Address, ChannelKind, Inbound, Secret};
use domain::response::{Mode, RateLimit};
use domain::routing::Route;
use domain::setup::{PrometheusAuth, SourceKind};
use domain::units::{Span, Unit};

use crate::sound::{SOUND, edited, read};

#[test]
fn what_is_written_is_what_is_set_up() {
    let setup = read(SOUND).unwrap();
    assert_eq!(
        setup.sources[0].kind,
        SourceKind::CloudWatch {
            region: Some("eu-central-1".to_owned()),
            account: Some("012345678901".to_owned()),
            role_arn: Some("arn:aws:iam::012345678901:role/r".to_owned()),
        }
    );
    let key = |name: &str| Some(Secret::Ssm(name.to_owned()));
    let inbound = Inbound { slack: key("/tocsin/slack-signing"), pagerduty: None, links: key("/tocsin/links") };
    assert_eq!(setup.inbound, inbound);
    let bearer = PrometheusAuth::Bearer(Secret::Ssm("/tocsin/prom".to_owned()));
    assert_eq!(
        setup.sources[1].kind,
        SourceKind::Prometheus { url: "https://prom.example.com".to_owned(), auth: bearer }
    );
    let errors = setup.series(&"shop/errors".parse().unwrap()).unwrap();
    assert_eq!(
        errors.query,
        Query::CloudWatch {
            namespace: "Shop".to_owned(),
            metric: "Errors".to_owned(),
            dimensions: BTreeMap::new(),
            statistic: Statistic::Sum,
        }
    );
    let monitor = setup.monitor(&"shop-errors".parse().unwrap()).unwrap();
    assert_eq!(
        monitor.signal,
        Signal::Ratio { numerator: "shop/errors".parse().unwrap(), denominator: "shop/requests".parse().unwrap() }
    );
    let severities: Vec<_> = monitor.conditions.iter().map(|condition| condition.severity).collect();
    assert_eq!(severities, [Severity::Sev2, Severity::Sev3], "the worst first");
    assert_eq!((monitor.category, monitor.missing_data), (Category::Business, MissingData::Ignore));
    assert_eq!(setup.runbooks[0].steps[0].limit, RateLimit { count: 2, per: Span::from_minutes(360) });
    assert_eq!((setup.keep_metrics, setup.keep_incidents), (Span::DAY.times(30), Span::DAY.times(90)));
    let (within, confirm_after) = (Span::from_minutes(5), Span::from_minutes(2));
    assert_eq!(setup.correlation, Correlation { within, confirm_after, merges: false });
}

#[test]
fn questions_about_logs_and_the_bill_have_their_defaults() {
    let query = |edits: &[(&str, &str)], id: &str| {
        read(&edited(edits)).unwrap().series(&format!("shop/{id}").parse().unwrap()).unwrap().query.clone()
    };
    let log = |groups: &[&str], reads| {
        Query::Log(LogQuery { groups: groups.iter().map(|group| (*group).to_owned()).collect(), reads })
    };
    let insights = LogReading::Insights { query: String::new(), stats: "count(*)".to_owned() };
    let bare = [(r#", query: "filter level = 'ERROR'", stats: "pct(ms, 99)""#, "")];
    assert_eq!(query(&bare, "bad"), log(&["/shop/web"], insights));
    let reads = TemplateReading::New { learn: Span::DAY };
    let new = LogReading::Templates { pattern: "ERROR".to_owned(), reads };
    assert_eq!(query(&[(", learn: 2d", "")], "news"), log(&["/shop/web"], new));
    let arn = r#"["arn:aws:logs:eu-west-1:012345678901:log-group:/shop/web:*"], query"#;
    let Query::Log(found) = query(&[("[/shop/web], query", arn)], "bad") else { panic!("it is about logs") };
    assert_eq!(found.groups, ["arn:aws:logs:eu-west-1:012345678901:log-group:/shop/web"]);
    let cost = Query::Cost(CostQuery { service: None, account: None, reads: CostReading::Day });
    let bare = [(r#"{ service: AWS Lambda, account: "012345678901", reads: month-to-date }"#, "{}")];
    assert_eq!(query(&bare, "cost"), cost);
    let setup = read(&edited(&[(", pace: 12h", "")])).unwrap();
    assert_eq!(setup.series(&"shop/cost".parse().unwrap()).unwrap().pace, Span::HOUR.times(6), "of a critical service");
}

#[test]
fn routes_inherit_all_but_their_times_and_whether_they_go_on() {
    let setup = read(SOUND).unwrap();
    let root = setup.routing.root();
    let shown = |route: &Route| {
        let names: Vec<&str> = route.channels.iter().map(ChannelName::as_str).collect();
        let times = [route.group_wait, route.group_interval, route.repeat_interval].map(|time| time.to_string());
        format!("{} {} {:?} {}", route.matchers, names.join("+"), route.group_by, times.join(" "))
    };
    assert_eq!(
        root.routes.iter().map(shown).collect::<Vec<_>>(),
        [
            r#"{category="technical",service=~"shop|tocsin",severity="SEV1"} slack+pager Labels({"service"}) 20s 3m 6h"#,
            r#"{} hook Labels({"service"}) 20s 3m 6h"#,
            r#"{team=~"shop|cart",tier!="gold"} bot Labels({"alertname", "service"}) 10s 2m 1d"#,
        ]
    );
    let [paged, silent, rest] = &root.routes[2].routes[..] else { panic!("{root:?}") };
    assert_eq!(shown(paged), r#"{team="shop",tier=~"silver|bronze\\.1"} bot All 10s 2m 1d"#);
    assert_eq!(shown(silent), r#"{alertname="watchdog"}  Labels({"alertname", "service"}) 10s 2m 1d"#);
    assert_eq!([paged, silent, rest].map(|route| route.escalation.is_some()), [true, false, false]);
    let around = &root.routes[2];
    assert_eq!([around.mute_in.len(), around.active_in.len(), rest.mute_in.len(), rest.active_in.len()], [1, 1, 0, 0]);
    assert_eq!(root.routes.iter().map(|route| route.goes_on).collect::<Vec<_>>(), [false, true, false]);
    assert_eq!([paged, silent, rest].map(|route| route.goes_on), [true, false, false]);
}

#[test]
fn what_holds_alerts_back_is_set_up() {
    let setup = read(SOUND).unwrap();
    let routing = &setup.routing;
    let names: Vec<_> = routing.inhibitions.iter().map(|inhibition| inhibition.name.as_deref()).collect();
    assert_eq!(names, [Some("whole-region"), None]);
    let is_in = |name: &str, at: &str| routing.is_in(&name.parse().unwrap(), at.parse().unwrap());
    // A Wednesday and a Saturday; Berlin is an hour ahead.
    assert!(is_in("nights", "2026-12-23T21:00:00Z") && !is_in("nights", "2026-12-23T20:59:59Z"));
    assert!(is_in("weekdays", "2026-12-23T12:00:00Z") && !is_in("weekdays", "2026-12-26T12:00:00Z"));
    assert!(!is_in("nights", "2026-12-26T22:00:00Z") && is_in("weekdays", "2026-01-31T12:00:00Z"));
    let shop = [("service".to_owned(), "shop".to_owned())].into();
    let planned =
        |at: &str| routing.planned_for(&shop, at.parse().unwrap()).map(|(planned, _)| planned.comment.clone());
    assert_eq!(planned("2026-12-25T01:59:59Z"), Some("new database".to_owned()));
    assert_eq!(planned("2026-12-25T02:00:00Z"), None);
    let fallback = setup.channel(&"slack".parse().unwrap()).unwrap().fallback.clone();
    assert_eq!(fallback, Some("mail".parse().unwrap()));
}

#[test]
fn paces_follow_the_service_and_may_be_set() {
    let setup = read(SOUND).unwrap();
    let pace = |id: &str| setup.series(&id.parse().unwrap()).unwrap().pace.to_string();
    assert_eq!([pace("shop/requests"), pace("shop/errors"), pace("cart/size")], ["1m", "5m", "5m"]);
}

#[test]
fn signals_are_shown_in_the_monitors_unit() {
    let check = |edits: &[(&str, &str)], monitor: &str, unit: Unit, factor: f64| {
        let setup = read(&edited(edits)).unwrap();
        let monitor = setup.monitor(&monitor.parse().unwrap()).unwrap().clone();
        assert_eq!(monitor.unit, unit);
        assert!((monitor.factor - factor).abs() < 1e-12, "{}", monitor.factor);
    };
    check(&[], "shop-errors", Unit::Percent, 100.0);
    check(&[], "shop-slow", Unit::Milliseconds, 1000.0);
    check(&[("    unit: milliseconds\n", "")], "shop-slow", Unit::Seconds, 1.0);
    check(
        &[
            ("    unit: percent\n", ""),
            ("\"> 5%\", recover: \"< 3%\"", "\"> 0.05\""),
            ("\"> 10%\", recover: \"< 5%\"", "\"> 0.1\""),
        ],
        "shop-errors",
        Unit::Count,
        1.0,
    );
    check(
        &[(
            "signal: { series: latency }\n    unit: milliseconds",
            "signal: { series: cart/size }\n    unit: kibibytes",
        )],
        "shop-slow",
        Unit::Kibibytes,
        1.0 / 1024.0,
    );
}

#[test]
fn defaults() {
    let text = "version: 1
sources: [ { name: cw, kind: cloudwatch } ]
services:
  - name: s
    owner: o
    series: [ { name: m, source: cw, namespace: N, metric: M, statistic: Average, period: 1m } ]
monitors:
  - name: high
    service: s
    signal: { series: m }
    conditions: [ { severity: SEV1, when: \"> 1\" } ]
    datapoints: { breaching: 1, of: 1 }
runbooks:
  - { name: r, match: {}, steps: [ { action: roll-back-lambda-alias } ] }
channels:
  - { name: pager, kind: pagerduty, routing_key: \"ssm:/k\" }
";
    let setup = read(text).unwrap();
    assert_eq!(setup.look_back, Span::from_minutes(10));
    assert_eq!((setup.keep_metrics, setup.keep_incidents), (Span::DAY.times(15), Span::DAY.times(400)));
    assert_eq!((setup.response_enabled, &*setup.default_owner), (true, "unassigned"));
    assert_eq!(setup.post_mortem_severities, [Severity::Sev1, Severity::Sev2]);
    assert_eq!(setup.correlation, Correlation::default());
    let monitor = &setup.monitors[0];
    assert_eq!((monitor.settle, monitor.cooldown), (Span::MINUTE, Span::from_minutes(10)));
    assert_eq!(
        (monitor.missing_data, monitor.category, monitor.unit),
        (MissingData::Missing, Category::Technical, Unit::Count)
    );
    assert_eq!(setup.series[0].pace, Span::from_minutes(5));
    let step = &setup.runbooks[0].steps[0];
    assert_eq!((step.mode, step.moved_within, step.verify_within), (Mode::Suggest, Span::HOUR, Span::from_minutes(10)));
    assert_eq!(step.limit, RateLimit { count: 1, per: Span::HOUR });
    assert!(
        matches!(&setup.channels[0].kind, ChannelKind::PagerDuty { url, .. } if url == "https://events.pagerduty.com/v2/enqueue")
    );
}

#[test]
fn settling_and_modes_are_inherited() {
    let setup = read(SOUND).unwrap();
    assert_eq!([setup.monitors[0].settle, setup.monitors[1].settle], [Span::MINUTE, Span::from_seconds(30)]);
    assert_eq!([setup.runbooks[0].steps[0].mode, setup.runbooks[0].steps[1].mode], [Mode::Auto, Mode::Approve]);
}

#[test]
fn what_an_objective_reads_is_asked_for_each_minute_unless_somebody_chose_otherwise() {
    let setup = read(SOUND).unwrap();
    let pace = |id: &str| setup.series(&id.parse().unwrap()).unwrap().pace.to_string();
    assert_eq!([pace("shop/errors"), pace("shop/requests"), pace("cart/size")], ["5m", "1m", "5m"]);
    let other =
        read(&edited(&[("critical: true\n", "critical: false\n"), ("bad: errors, total", "bad: cart/size, total")]));
    assert!(other.unwrap_err().to_string().contains("the period of cart/size is 5m"));
    let calm = read(&edited(&[("    critical: true\n", "")])).unwrap();
    let pace = |id: &str| calm.series(&id.parse().unwrap()).unwrap().pace.to_string();
    assert_eq!([pace("shop/latency"), pace("shop/site")], ["1m", "5m"]);
}

#[test]
fn a_latency_objective_brings_its_counts() {
    let setup = read(SOUND).unwrap();
    let query = |id: &str| &setup.series(&id.parse().unwrap()).unwrap().query;
    let statistic = |id: &str| match query(id) {
        Query::Pushed(pushed) => (pushed.metric.clone(), pushed.statistic.to_string()),
        other => panic!("{other:?}"),
    };
    assert_eq!(statistic("shop/refunds.count"), ("Refunds".to_owned(), "SampleCount".to_owned()));
    assert_eq!(statistic("shop/refunds.under-20"), ("Refunds".to_owned(), "TC(:20)".to_owned()));
    let slo = setup.slo(&"refunds-small".parse().unwrap()).unwrap();
    let read: Vec<_> = slo.series().map(SeriesId::as_str).collect();
    assert_eq!(read, ["shop/refunds.under-20", "shop/refunds.count"]);
    assert_eq!(slo.burn_rates.iter().map(|rule| rule.long.to_string()).collect::<Vec<_>>(), ["2h", "2h", "2h"]);
}

#[test]
fn a_table_leaves_out_what_cannot_fire() {
    let at = |objective: &str| {
        let setup = read(&edited(&[("objective: 95%", &format!("objective: {objective}"))])).unwrap();
        let slo = setup.slo(&"shop-fast".parse().unwrap()).unwrap();
        slo.burn_rates.iter().map(|rule| rule.factor).collect::<Vec<_>>()
    };
    assert_eq!(at("99.9%"), [14.4, 6.0, 3.0, 1.0]);
    assert_eq!(at("90%"), [6.0, 3.0, 1.0], "14.4 times a tenth is more than all");
    assert_eq!(at("50%"), [1.0]);
}

#[test]
fn an_objective_is_written_as_it_is_read() {
    let setup = read(SOUND).unwrap();
    assert_eq!(setup.slos.len(), 5);
    for slo in &setup.slos {
        let again = config::slo(&config::written(slo), &setup);
        assert_eq!(again.as_ref(), Ok(slo), "{:#}", config::written(slo));
    }
}

#[test]
fn mistakes_of_an_objective_apart_begin_at_it() {
    let setup = read(SOUND).unwrap();
    let check = |written: serde_json::Value, expected: &[&str]| {
        let mistakes = config::slo(&written, &setup).unwrap_err();
        let found: Vec<_> =
            mistakes.list.iter().map(|mistake| format!("{}: {}", mistake.field, mistake.wrong)).collect();
        assert_eq!(found, expected, "{written}");
    };
    check(
        serde_json::json!({}),
        &["name: is missing", "service: is missing", "indicator: is missing", "objective: is missing"],
    );
    let (indicator, objective) = (serde_json::json!({ "latency": { "series": "shop/refunds", "under": 5 } }), "100%");
    check(
        serde_json::json!({ "name": "x", "service": "shp", "objective": objective, "indicator": indicator }),
        &[
            "indicator.latency.series: shop/refunds is neither read from CloudWatch nor pushed",
            "objective: 100% leaves no error budget or is no promise",
            "service: there is no service \"shp\"",
        ],
    );
    check(serde_json::json!("shop-up"), &[": is text"]);
}

#[test]
fn who_is_on_call_and_who_is_paged() {
    let on_call = read(SOUND).unwrap().on_call;
    let ann = on_call.person(&"ann".parse().unwrap()).unwrap();
    let slack = Address::Slack("U0123ABCDEF".parse().unwrap());
    assert_eq!(ann.addresses, [slack, Address::Email("ann@example.com".parse().unwrap())], "in the order of the file");
    assert_eq!(on_call.in_slack("U0123ABCDEF"), Some(ann));
    assert_eq!(on_call.in_pagerduty("PXPGF42"), Some(ann));
    assert_eq!((on_call.in_slack("U0456"), on_call.in_pagerduty("PBOB")), (None, None));
    assert_eq!((ann.zone.as_str(), on_call.people[1].zone.as_str()), ("Europe/Berlin", "UTC"));
    assert_eq!(on_call.teams[0].members.iter().map(domain::id::PersonName::as_str).collect::<Vec<_>>(), ["bob", "ann"]);
    let schedule = on_call.schedule(&"shop".parse().unwrap()).unwrap();
    let on = |at: &str| -> Vec<String> {
        schedule.on_call(&[], at.parse().unwrap()).iter().map(ToString::to_string).collect()
    };
    // A week is the default, two weeks are written; the night from Saturday ends on Sunday.
    assert_eq!(on("2026-01-07T12:00:00Z"), ["bob"]);
    assert_eq!(on("2026-01-10T20:00:00Z"), ["ann"]);
    assert_eq!(on("2026-01-11T06:59:00Z"), ["ann"]);
    assert_eq!(on("2026-01-11T07:00:00Z"), ["bob"]);
    assert_eq!(on("2026-01-24T20:00:00Z"), ["bob"]);
    assert_eq!(on("2026-01-21T20:00:00Z"), [""; 0]);
    let policy = on_call.policy(&"shop".parse().unwrap()).unwrap();
    let minutes = |minutes| Some(Span::from_minutes(minutes));
    assert_eq!((policy.repeat, policy.again_after, policy.remind_every), (2, minutes(20), minutes(30)));
    assert_eq!(policy.fallback.as_ref().map(domain::id::ChannelName::as_str), Some("hook"));
    let after: Vec<_> = policy.steps.iter().map(|step| step.after).collect();
    assert_eq!(after, [Some(Span::default()), minutes(10), None]);
    let targets: Vec<String> = policy.targets().iter().map(ToString::to_string).collect();
    assert_eq!(targets, ["schedule shop", "channel hook", "team shop", "ann", "rotation shop/nights"]);
}

#[test]
fn nobody_need_be_on_call() {
    let text = "version: 1\nservices: [ { name: shop, owner: o } ]";
    assert_eq!(read(text).unwrap().on_call, domain::on_call::OnCall::default());
    // An address is told by the channel that is there, wherever it stands.
    let files = |name: &str| match name {
        "tocsin.yaml" => Ok(format!("{text}\ninclude: [ people.yaml, channels.yaml ]")),
        "people.yaml" => Ok("people: [ { name: ann, addresses: email:ann@example.com } ]".to_owned()),
        _ => Ok("channels: [ { name: mail, kind: email, from: a@example.com, to: b@example.com } ]".to_owned()),
    };
    assert_eq!(config::read("tocsin.yaml", &files).unwrap().on_call.people.len(), 1);
}

#[test]
fn what_is_a_list_may_be_its_only_item() {
    let hours = "{ from: \"08:00\", until: \"18:00\" }";
    let (list, hours) = (format!("hours: [ {hours} ]"), format!("hours: {hours}"));
    let lists = [
        (list.as_str(), hours.as_str()),
        ("depends_on: [cart]", "depends_on: cart"),
        ("mask: [email]", "mask: email"),
        ("channels: [bot]", "channels: bot"),
        ("repeat_interval: 6h, channels: [hook]", "repeat_interval: 6h, channels: hook"),
        (
            "times: [ { clock: [\"22:00-24:00\", \"00:00-06:00\"], days: [mon:fri, sun], zone: Europe/Berlin } ]",
            "times: { clock: [\"22:00-24:00\", \"00:00-06:00\"], days: [mon:fri, sun], zone: Europe/Berlin }",
        ),
    ];
    assert_eq!(read(&edited(&lists)).unwrap(), read(SOUND).unwrap());
}
