//! Documents of other tools: what they become, and what is lost. The golden files were read by a person; to write them
//! anew set `UPDATE_GOLDEN`.

use std::fs;
use std::path::PathBuf;

use config::import::{Imported, Unsaid, alertmanager, open_slo, sloth};
use domain::id::IntervalName;
use domain::label::Labels;
use domain::routing::Routing;

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/config/import")
}

fn golden(name: &str, found: &str) {
    let path = folder().join(name);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&path, found).expect("it can be written");
    }
    let expected = fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(found, expected, "{name}");
}

fn told(imported: &Imported) -> String {
    imported.losses.iter().map(|loss| format!("{loss}\n")).collect()
}

fn import(name: &str) -> Imported {
    let file = format!("{name}.yaml");
    let text = fs::read_to_string(folder().join(&file)).expect("it is there");
    let unsaid = Unsaid::default();
    let read = if name.starts_with("sloth") { sloth } else { open_slo };
    read(&file, &text, &unsaid).unwrap_or_else(|mistakes| panic!("{mistakes}"))
}

/// What the document `name` becomes, which is sound, and what is lost of it.
fn check(name: &str, slos: usize) {
    let imported = import(name);
    golden(&format!("{name}.imported"), &imported.text);
    golden(&format!("{name}.losses"), &told(&imported));
    assert_eq!(imported.slos, slos, "{name}");
    if slos > 0 {
        let setup = config::read("tocsin.yaml", &|_| Ok(imported.text.clone()));
        assert_eq!(setup.unwrap_or_else(|mistakes| panic!("{name}: {mistakes}")).slos.len(), slos);
    }
}

#[test]
fn sloths_examples_are_imported_or_refused_with_a_reason() {
    check("sloth-services", 4);
    check("sloth-kubernetes", 3);
    check("sloth-odd", 1);
}

#[test]
fn open_slos_examples_are_imported_or_refused_with_a_reason() {
    check("openslo-shop", 2);
    check("openslo-budgets", 3);
    check("openslo-refused", 0);
}

/// What the configuration of Alertmanager becomes, which can be included, and what is lost of it.
fn routed(name: &str) -> (Imported, Option<Routing>) {
    let text = fs::read_to_string(folder().join(format!("{name}.yaml"))).expect("it is there");
    let imported = alertmanager(&format!("{name}.yaml"), &text).unwrap_or_else(|mistakes| panic!("{mistakes}"));
    golden(&format!("{name}.imported"), &imported.text);
    golden(&format!("{name}.losses"), &told(&imported));
    assert!(!imported.text.contains("hunter2") && !told(&imported).contains("hunter2"), "{name}");
    let load = |name: &str| {
        let services = "[ { name: files, owner: any }, { name: database, owner: any } ]";
        let root = format!("version: 1\nservices: {services}\ninclude: [ it.yaml ]\n");
        Ok(if name == "it.yaml" { imported.text.clone() } else { root })
    };
    let routing = config::read("tocsin.yaml", &load).map(|setup| setup.routing);
    assert_eq!(routing.is_err(), imported.losses.iter().any(|loss| loss.file == "the result"), "{name}: {routing:?}");
    (imported, routing.ok())
}

/// The channels of an alert with these labels, as `route: a, b`.
fn channels(routing: &Routing, labels: &[(&str, &str)]) -> Vec<String> {
    let labels: Labels = labels.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let taken = routing.routes_of(&labels).into_iter();
    taken.flat_map(|matched| &matched.route.channels).map(ToString::to_string).collect()
}

#[test]
fn teams_of_alertmanager_are_told_by_the_same_routes() {
    let (imported, routing) = routed("alertmanager-teams");
    let routing = routing.expect("it is sound");
    assert_eq!(imported.routes, 7);
    let told = |labels: &[(&str, &str)]| channels(&routing, labels).join(" ");
    assert_eq!(told(&[]), "shop-mails");
    assert_eq!(told(&[("service", "cart"), ("severity", "SEV3")]), "shop-mails");
    assert_eq!(told(&[("service", "cart"), ("severity", "SEV1")]), "shop-pager-pagerduty shop-pager-email");
    assert_eq!(told(&[("service", "carts"), ("severity", "SEV1")]), "shop-mails", "expressions are anchored");
    assert_eq!(told(&[("service", "database")]), "db-pager");
    assert_eq!(told(&[("service", "database"), ("owner", "files")]), "files-pager");
    let root = routing.root();
    assert_eq!((root.group_wait.to_string(), root.repeat_interval.to_string()), ("30s".to_owned(), "3h".to_owned()));
    assert_eq!(routing.inhibitions.len(), 1);
}

#[test]
fn a_cluster_of_alertmanager_keeps_its_intervals() {
    let (imported, routing) = routed("alertmanager-cluster");
    let alone = config::read("tocsin.yaml", &|_| Ok(imported.text.clone()));
    assert_eq!(alone.map(|setup| setup.routing).as_ref(), Ok(routing.as_ref().expect("it is sound")));
    let routing = routing.expect("it is sound");
    let told = |labels: &[(&str, &str)]| channels(&routing, labels).join(" ");
    assert_eq!(told(&[("alertname", "Watchdog"), ("severity", "SEV1")]), "");
    assert_eq!(
        told(&[("severity", "SEV1"), ("team", "shop")]),
        "on-call-pagerduty on-call-sms on-call-sns shop-slack shop-slack-2 shop-teams"
    );
    assert_eq!(told(&[("severity", "SEV2"), ("team", "shop"), ("env", "dev")]), "");
    let names: Vec<&str> = routing.intervals.keys().map(IntervalName::as_str).collect();
    assert_eq!(names, ["holidays", "nights", "office"]);
    let at = |text: &str| text.parse().expect("an instant");
    assert!(routing.is_in(&"nights".parse().expect("a name"), at("2026-12-24T21:30:00Z")), "22:30 in Berlin");
    assert!(!routing.is_in(&"nights".parse().expect("a name"), at("2026-12-24T20:30:00Z")));
}

#[test]
fn odd_configurations_of_alertmanager_are_told_of() {
    let (bare, routing) = routed("alertmanager-bare");
    assert_eq!((bare.routes, channels(&routing.expect("it is sound"), &[])), (0, vec!["default".to_owned()]));
    routed("alertmanager-odd");
    assert!(alertmanager("a.yaml", "route: [").is_err());
    let nothing = "a.yaml:1:1 route: is missing; without it no alert goes anywhere";
    assert_eq!(told(&alertmanager("a.yaml", "{}").expect("it is YAML")).trim_end(), nothing);
    let twice = "route: { receiver: a }\nreceivers:\n  - { name: a, email_configs: [ { to: b@x.org } ] }\n  - { name: a, email_configs: [ { to: c@x.org } ] }\n";
    let twice = alertmanager("a.yaml", twice).expect("it is YAML");
    assert!(
        told(&twice).contains("a.yaml:4:13 receivers[1].name: there is another receiver of that name"),
        "{}",
        told(&twice)
    );
    assert!(twice.text.contains("channels: [ a, a-2 ]"), "{}", twice.text);
}

#[test]
fn what_is_of_the_wrong_kind_takes_nothing_rather_than_everything() {
    let (imported, routing) = routed("alertmanager-wrong");
    let routing = routing.expect("it is sound");
    assert_eq!(imported.routes, 8);
    let told = |labels: &[(&str, &str)]| channels(&routing, labels).join(" ");
    for team in ["yes", "on", "y"] {
        let both = told(&[("team", team), ("severity", "SEV1")]);
        assert!(both.ends_with("own-bot-slack own-bot-slack-2") && both.split(' ').count() > 2, "{team}: {both}");
    }
    assert_eq!(told(&[("team", "off"), ("severity", "SEV1")]), "bot");
    let missing = told(&[("team", "none"), ("severity", "SEV3")]);
    assert!(missing.starts_with("hooks-") && missing.ends_with("own-bot-slack own-bot-slack-2"), "{missing}");
    assert_eq!(told(&[("team", "none"), ("severity", "SEV4")]), "bot");
    assert!(routing.inhibitions.is_empty() && routing.intervals.is_empty());
}

#[test]
fn what_the_document_does_not_say_can_be_said() {
    let text = "version: prometheus/v1\nservice: a\nslos: [ { name: b, objective: 99, sli: { events: { error_query: 'increase(x[{{.window}}])', total_query: 'increase(y[{{.window}}])' } } } ]\n";
    let unsaid = Unsaid { prometheus: Some("https://prom.example.org".to_owned()), owner: Some("me".to_owned()) };
    let imported = sloth("a.yaml", text, &unsaid).expect("it is YAML");
    assert_eq!(told(&imported), "");
    assert!(imported.text.contains("url: \"https://prom.example.org\""), "{}", imported.text);
    assert!(imported.text.contains("owner: me\n"), "{}", imported.text);
}

#[test]
fn alerts_that_are_disabled_are_left_out() {
    let alerts = |alerting: &str| {
        let sli =
            "sli: { events: { error_query: 'increase(x[{{.window}}])', total_query: 'increase(y[{{.window}}])' } }";
        let slo = format!("{{ name: b, objective: 99, {sli}, alerting: {{ {alerting} }} }}");
        let text = format!("version: prometheus/v1\nservice: a\nslos: [ {slo} ]\n");
        let imported = sloth("a.yaml", &text, &Unsaid::default()).expect("it is YAML");
        let setup = config::read("tocsin.yaml", &|_| Ok(imported.text.clone())).expect("it is sound");
        setup.slos[0].burn_rates.iter().map(|rule| rule.severity.as_str()).collect::<Vec<_>>()
    };
    assert_eq!(alerts(""), ["SEV2", "SEV2", "SEV3", "SEV3"]);
    assert_eq!(alerts("page_alert: { disable: true }"), ["SEV3", "SEV3"]);
    assert_eq!(alerts("ticket_alert: { disable: true }"), ["SEV2", "SEV2"]);
    assert_eq!(alerts("page_alert: { disable: true }, ticket_alert: { disable: true }"), [""; 0]);
}

#[test]
fn the_four_operators_of_a_threshold() {
    for (operator, good) in [("lt", "< 5"), ("lte", "<= 5"), ("gt", "> 5"), ("gte", ">= 5")] {
        let source = "metricSource: { type: Prometheus, spec: { query: x } }";
        let text = format!(
            "apiVersion: openslo/v1\nkind: SLO\nmetadata: {{ name: a }}\nspec:\n  service: b\n  indicator: {{ spec: {{ \
             thresholdMetric: {{ {source} }} }} }}\n  objectives: [ {{ op: {operator}, value: 5, target: 0.9 }} ]\n"
        );
        let imported = open_slo("a.yaml", &text, &Unsaid::default()).expect("it is YAML");
        assert!(imported.text.contains(&format!("good: \"{good}\"")), "{}", imported.text);
    }
}

#[test]
fn no_yaml_is_refused_and_no_secret_is_repeated() {
    let mistakes = sloth("a.yaml", "slos: [", &Unsaid::default()).expect_err("it is no YAML").to_string();
    assert!(mistakes.starts_with("a.yaml:1:") && mistakes.contains("this is not YAML"), "{mistakes}");
    let imported = import("openslo-shop");
    assert!(!imported.text.contains("hunter2") && !told(&imported).contains("hunter2"));
    let empty =
        "a.yaml:1:1: there is nothing in the file; name the file that the other tool reads; is it written already?";
    assert_eq!(open_slo("a.yaml", "", &Unsaid::default()).expect_err("nothing").to_string(), empty);
    assert_eq!(alertmanager("a.yaml", "# nothing\n").expect_err("nothing").to_string(), empty);
}

proptest::proptest! {
    /// However a document is changed, each line that is told has a place, and what comes out is sound or says that it is
    /// not.
    #[test]
    fn no_edit_of_a_document_makes_it_panic(
        which in 0..DOCUMENTS.len(), at in 0..100usize, length in 0..30usize, put in "[ -~\n]{0,8}|[&*!|>%@`\\[\\]{}]{1,4}",
    ) {
        let (name, document) = DOCUMENTS[which];
        let start = document.len() * at / 100;
        let mut text = document.to_owned();
        text.replace_range(start..(start + length).min(text.len()), &put);
        let read = match name.split('-').next() {
            Some("alertmanager") => alertmanager(name, &text),
            Some("sloth") => sloth(name, &text, &Unsaid::default()),
            _ => open_slo(name, &text, &Unsaid::default()),
        };
        if let Ok(imported) = read {
            proptest::prop_assert!(imported.losses.iter().all(|loss| loss.line > 0 && !loss.wrong.is_empty()));
            let sound = imported.slos == 0 || config::read("tocsin.yaml", &|_| Ok(imported.text.clone())).is_ok();
            proptest::prop_assert!(sound || imported.losses.iter().any(|loss| loss.file == "the result"));
        }
    }
}

/// All in ASCII, so that every place in them is one.
const DOCUMENTS: [(&str, &str); 6] = [
    ("alertmanager-teams", include_str!("import/alertmanager-teams.yaml")),
    ("alertmanager-cluster", include_str!("import/alertmanager-cluster.yaml")),
    ("sloth-services", include_str!("import/sloth-services.yaml")),
    ("sloth-kubernetes", include_str!("import/sloth-kubernetes.yaml")),
    ("openslo-shop", include_str!("import/openslo-shop.yaml")),
    ("openslo-budgets", include_str!("import/openslo-budgets.yaml")),
];
