use crate::golden;
use crate::sound::{mistakes, read};

const RESOURCES: &str = r#"version: 1
sources: [ { name: cw, kind: cloudwatch }, { name: probes, kind: probe }, { name: logs, kind: logs } ]
services:
  - name: shop
    owner: team-shop
    resources:
      - { kind: lambda-alias, function: shop, alias: live }
      - { kind: lambda-function, function: worker }
      - { kind: http-api, id: a1b2c3d4e5 }
      - { kind: rest-api, api: orders }
      - { kind: dynamodb-table, table: carts }
      - { kind: rds-instance, instance: db }
      - { kind: elasticache-cluster, cluster: cache-001 }
      - { kind: ecs-service, cluster: main, name: web }
      - { kind: sqs-queue, queue: mails }
      - { kind: load-balancer, path: app/front/0123456789abcdef }
      - { kind: http-check, name: site, url: "https://shop.example.com/health", contains: "\"ok\"" }
      - { kind: tcp-check, name: db-port, host: db.internal, port: 5432 }
      - { kind: log-group, group: /aws/lambda/shop }
      - { kind: cloudtrail, group: trail }
"#;

/// What comes with a resource is read as if it stood in the file; these are the thresholds that are promised.
#[test]
fn naming_resources_is_enough() {
    let setup = read(RESOURCES).unwrap();
    let mut lines: Vec<String> = Vec::new();
    for monitor in &setup.monitors {
        let limits: Vec<String> = monitor
            .conditions
            .iter()
            .map(|condition| {
                format!(
                    "{} {} {}",
                    condition.severity,
                    condition.when.comparison.symbol(),
                    monitor.limit_unit().show(condition.when.threshold)
                )
            })
            .collect();
        let window = monitor.window;
        lines.push(format!("{}: {}, {} of {}", monitor.name, limits.join(", "), window.breaching, window.of));
    }
    assert_eq!(lines.join("\n") + "\n", golden::text("tests/config/golden/packs.txt"));
    assert!(setup.services[0].series.len() == setup.series.len(), "they are series of the service");
}

fn check(old: &str, new: &str, expected: &str) {
    assert!(RESOURCES.contains(old), "{old}");
    assert_eq!(mistakes(&RESOURCES.replace(old, new)), expected, "{old} -> {new}");
}

#[test]
fn what_is_unclear_is_asked_for() {
    check(
        "{ name: cw, kind: cloudwatch }",
        "{ name: cw, kind: cloudwatch }, { name: other, kind: cloudwatch }",
        &(7..17)
            .zip(0..)
            .map(|(line, index)| {
                format!(
                    "tocsin.yaml:{line}:9 services[0].resources[{index}].source: is missing, and there are several that fit; \
                     write one of cw, other, or monitored: false"
                )
            })
            .collect::<Vec<_>>()
            .join("\n"),
    );
    check(
        "queue: mails }",
        "queue: mails, source: cww }",
        "tocsin.yaml:15:9 services[0].resources[8]: there is no source \"cww\"; did you mean \"cw\"?",
    );
}

#[test]
fn a_check_needs_a_source_and_an_address() {
    let missing = |line: u32, index: u32| {
        format!(
            "tocsin.yaml:{line}:9 services[0].resources[{index}].source: is missing, and there is no source of probes; add \
             {{ name: probes, kind: probe }} to the sources"
        )
    };
    check(", { name: probes, kind: probe }", "", &format!("{}\n{}", missing(17, 10), missing(18, 11)));
    let no_logs = |line: u32, index: u32| {
        missing(line, index)
            .replace("of probes", "of logs")
            .replace("name: probes, kind: probe ", "name: logs, kind: logs ")
    };
    check(", { name: logs, kind: logs }", "", &format!("{}\n{}", no_logs(19, 12), no_logs(20, 13)));
    let found = mistakes(&RESOURCES.replace("https://shop.example.com", "https://user:hunter2@shop.example.com"));
    assert!(
        found.starts_with("tocsin.yaml:17:9 services[0].resources[10]: is not an address without user name"),
        "{found}"
    );
    assert!(!found.contains("hunter2"), "{found}");
    let found = mistakes(&RESOURCES.replace("5432", "65536"));
    assert_eq!(
        found,
        "tocsin.yaml:18:9 services[0].resources[11]: 65536 is not a port; write a number from 1 to 65535"
    );
}

#[test]
fn what_is_declared_takes_the_place_of_what_comes_along() {
    let count = |text: &str| read(text).unwrap().monitors.len();
    let all = count(RESOURCES);
    assert_eq!(count(&RESOURCES.replace("queue: mails", "queue: mails, monitored: false")), all - 1);
    assert_eq!(count(&RESOURCES.replace("{ name: cw, kind: cloudwatch }, ", "")), 9, "of checks and logs alone");
    let own = r#"monitors:
  - name: shop/mails/age
    service: shop
    signal: { series: mails.age }
    conditions: [ { severity: SEV1, when: "> 60" } ]
    datapoints: { breaching: 1, of: 1 }
  - name: shop-stuck
    service: shop
    signal: { monitors: "shop/mails/age and shop/web/cpu" }
    conditions: [ { severity: SEV1 } ]
"#;
    let setup = read(&format!("{RESOURCES}{own}")).unwrap();
    assert_eq!(setup.monitors.len(), all + 1);
    let age = setup.monitors.iter().find(|monitor| monitor.name.as_str() == "shop/mails/age").unwrap();
    assert_eq!(age.conditions.len(), 1, "the one that is declared");
}

#[test]
fn a_name_that_yaml_could_misread_stays_a_name() {
    let odd = RESOURCES.replace("function: worker", r#"function: "w\" , x: { y""#);
    let setup = read(&odd).unwrap();
    assert!(setup.series.iter().any(|series| series.id.as_str() == "shop/w----x----y.errors"), "{:?}", setup.series);
}
