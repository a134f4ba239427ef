//! `tocsin import` and `tocsin export` as their users call them.

use std::fs;
use std::process::Command;

const SLOTH: &str = "version: prometheus/v1
service: shop
labels: { owner: team-shop }
slos:
  - name: requests
    objective: 99.9
    sli:
      events:
        error_query: sum(increase(failed_total[{{.window}}]))
        total_query: sum(increase(requests_total[{{.window}}]))
";

const IMPORTED: &str = "version: 1
sources:
  - { name: prometheus, kind: prometheus, url: \"https://prom.example.com\" }
services:
  - name: shop
    owner: team-shop
    series:
      - { name: requests.bad, source: prometheus, expression: \"sum(increase(failed_total[1m]))\", period: 1m }
      - { name: requests.total, source: prometheus, expression: \"sum(increase(requests_total[1m]))\", period: 1m }
slos:
  - name: shop-requests
    service: shop
    indicator: { requests: { bad: requests.bad, total: requests.total } }
    objective: 99.9%
    period: 30d
    labels: { owner: team-shop }
";

/// What `arguments` print beside a file of `text`: exit code, standard output, standard error.
fn tocsin(text: &str, arguments: &[&str]) -> (Option<i32>, String, String) {
    let folder = tempfile::tempdir().expect("a folder can be made");
    fs::write(folder.path().join("a.yaml"), text).expect("a file can be written");
    let mut command = Command::new(env!("CARGO_BIN_EXE_tocsin"));
    let output = command.current_dir(folder.path()).args(arguments).output().expect("tocsin starts");
    let text = |bytes| String::from_utf8(bytes).expect("tocsin prints UTF-8");
    (output.status.code(), text(output.stdout), text(output.stderr))
}

#[test]
fn what_is_imported_is_a_configuration_and_losses_are_told_apart() {
    let address = ["--prometheus", "https://prom.example.com"];
    let found = tocsin(SLOTH, &[&["import", "sloth", "a.yaml"], &address[..]].concat());
    let told = "a.yaml: 1 objective imported, 0 things not carried over\n";
    assert_eq!(found, (Some(0), IMPORTED.to_owned(), told.to_owned()));
    let (code, output, told) = tocsin(SLOTH, &["import", "sloth", "a.yaml"]);
    assert!(code == Some(1) && output.contains("url: \"https://prometheus.example.com\""), "{output}");
    assert_eq!(
        told,
        "a.yaml:9:22 slos[0].sli.events.error_query: where Prometheus is asked stands nowhere; say --prometheus URL, or \
         correct https://prometheus.example.com in the result\n\
         a.yaml: 1 objective imported, 1 thing not carried over\n"
    );
    let (code, output, told) = tocsin("a: [", &["import", "sloth", "a.yaml"]);
    assert!(code == Some(2) && output.is_empty() && told.starts_with("a.yaml:1:"), "{told}");
    let (code, _, told) = tocsin("", &["import", "openslo", "b.yaml"]);
    assert!(code == Some(2) && told.starts_with("b.yaml: No such file"), "{told}");
}

#[test]
fn objectives_are_exported() {
    let (code, output, told) = tocsin(IMPORTED, &["export", "openslo", "a.yaml"]);
    assert_eq!(code, Some(1));
    assert!(output.starts_with("apiVersion: openslo/v1\nkind: DataSource\n"), "{output}");
    let first = "a.yaml:11:5 slos[0]: the short windows of its burn rates cannot be said: alerts end later there\n";
    assert!(told.starts_with(first), "{told}");
    let (code, output, _) = tocsin(&output, &["import", "openslo", "a.yaml"]);
    assert!(code == Some(0) && output.contains("objective: 99.9%"), "{output}");
    let (code, _, told) = tocsin("version: 2", &["export", "openslo", "a.yaml"]);
    assert!(code == Some(2) && told.contains("version 2 is not known"), "{told}");
}
