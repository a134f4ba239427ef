//! `tocsin lint` as its users call it.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::{Value, json};

/// One route for SEV2, and a limit that is no limit.
const CONFIGURATION: &str = r#"version: 1
sources: [ { name: cw, kind: cloudwatch } ]
services:
  - name: shop
    owner: team-shop
    series:
      - { name: cpu, source: cw, namespace: AWS/RDS, metric: CPUUtilization, statistic: Average, period: 1m, unit: percent }
monitors:
  - name: cpu
    service: shop
    signal: { series: cpu }
    conditions:
      - { severity: SEV2, when: "> 100%" }
    datapoints: { breaching: 1, of: 1 }
channels: [ { name: hook, kind: webhook, url: "https://hooks.example.com/a", signing_secret: "ssm:/hook" } ]
routes: [ { severity: SEV2, channels: [hook] } ]
"#;

fn tocsin(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tocsin"));
    command.current_dir(folder).arg("lint").args(arguments).output().expect("tocsin starts")
}

/// What `arguments` print beside `files`: exit code, standard output, standard error.
fn lint(files: &[(&str, &str)], arguments: &[&str]) -> (Option<i32>, String, String) {
    let folder = tempfile::tempdir().expect("a folder can be made");
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().expect("it is in the folder")).expect("a folder can be made");
        fs::write(path, text).expect("a file can be written");
    }
    let output = tocsin(folder.path(), arguments);
    let text = |bytes| String::from_utf8(bytes).expect("tocsin prints UTF-8");
    (output.status.code(), text(output.stdout), text(output.stderr))
}

const FOUND: &str = "\
tocsin.yaml:13:33 monitors[0].conditions[0].when: error never-fires: SEV2 at \"> 100\" never holds
  seen: cpu is from 0 to 100 % by its nature
  do: write a limit within what cpu can be, or correct the unit
1 error, 0 warnings, 0 notes
";

#[test]
fn each_finding_says_where_what_why_and_what_to_do() {
    let (code, text, _) = lint(&[("tocsin.yaml", CONFIGURATION)], &["tocsin.yaml"]);
    assert_eq!((code, text.as_str()), (Some(1), FOUND));
    let sound = CONFIGURATION.replace("100%", "90%");
    let (code, text, _) = lint(&[("tocsin.yaml", &sound)], &["tocsin.yaml"]);
    assert_eq!((code, text.as_str()), (Some(0), "nothing found\n"));
}

#[test]
fn json_for_programs() {
    let (code, text, _) = lint(&[("tocsin.yaml", CONFIGURATION)], &["--format", "json", "tocsin.yaml"]);
    let found: Value = serde_json::from_str(&text).expect("tocsin prints JSON");
    let expected = json!({
        "version": 1,
        "clean": false,
        "counts": { "error": 1, "warn": 0, "note": 0 },
        "findings": [ {
            "id": "never-fires",
            "level": "error",
            "subject": "configuration",
            "where": {
                "file": "tocsin.yaml", "line": 13, "column": 33,
                "field": "monitors[0].conditions[0].when", "part": "monitors/cpu/when/SEV2",
            },
            "what": "SEV2 at \"> 100\" never holds",
            "evidence": "cpu is from 0 to 100 % by its nature",
            "remedy": "write a limit within what cpu can be, or correct the unit",
        } ],
    });
    assert_eq!((code, found), (Some(1), expected));
}

#[test]
fn what_is_denied_and_what_is_allowed() {
    let code = |arguments: &[&str]| lint(&[("tocsin.yaml", CONFIGURATION)], &[arguments, &["tocsin.yaml"]].concat()).0;
    assert_eq!(code(&["--deny", "error"]), Some(1));
    assert_eq!(code(&["--deny", "none"]), Some(0));
    assert_eq!(code(&["--allow", "never-fires"]), Some(0));
    assert_eq!(code(&["--allow", "never-fire"]), Some(2));
}

#[test]
fn what_cannot_be_read_is_another_exit_code() {
    let (code, text, told) = lint(&[("tocsin.yaml", &CONFIGURATION.replace("owner", "ownr"))], &["tocsin.yaml"]);
    assert_eq!((code, text.as_str()), (Some(2), ""));
    assert!(told.contains("tocsin.yaml:4:5 services[0].owner: is missing\n"), "{told}");
    let files = [("tocsin.yaml", CONFIGURATION), ("data/other/a.csv", "")];
    let (code, _, told) = lint(&files, &["tocsin.yaml", "--history", "data"]);
    let holds_none = "data: holds no file of a series of the configuration; name them like shop/cpu.csv\n";
    assert_eq!((code, told.as_str()), (Some(2), holds_none));
    let files = [("tocsin.yaml", CONFIGURATION), ("data/shop/cpu.csv", "timestamp,value\nnow,1\n")];
    let (code, _, told) = lint(&files, &["tocsin.yaml", "--history", "data"]);
    assert!(code == Some(2) && told.starts_with("data/shop/cpu.csv:2: timestamp \"now\" is no time"), "{told}");
}

#[test]
fn what_is_recorded_is_held_against_the_limits() {
    let sound = CONFIGURATION.replace("100%", "90%");
    let rows: String = (0..2000).map(|minute| format!("{},{}\n", minute * 60, 95 - minute % 2)).collect();
    let files = [("tocsin.yaml", sound.as_str()), ("data/shop/cpu.csv", &format!("timestamp,value\n{rows}"))];
    let (code, text, _) = lint(&files, &["tocsin.yaml", "--history", "data"]);
    let expected = "\
tocsin.yaml:13:33 monitors[0].conditions[0].when: error always-fires: SEV2 at \"> 90\" fired all the time
  seen: 100.0 % of the time; median 95 %; 2000 points from 1970-01-01 to 1970-01-02
  do: move the limit beyond what is usual, or correct what it measures
1 error, 0 warnings, 0 notes
";
    assert_eq!((code, text.as_str()), (Some(1), expected));
}

#[test]
fn what_a_resource_brings_along_is_named() {
    let resource = "    owner: team-shop\n    resources: [ { kind: sqs-queue, queue: orders } ]\n";
    let text = CONFIGURATION.replace("100%", "90%").replace("    owner: team-shop\n", resource);
    let (code, text, _) = lint(&[("tocsin.yaml", &text)], &["tocsin.yaml"]);
    let expected = "tocsin.yaml:6:18 services[0].resources[0] (monitors/shop/orders/age/when/SEV3): error reaches-nobody: \
                    no route takes SEV3 of shop, category technical\n";
    assert!(code == Some(1) && text.starts_with(expected), "{text}");
}

/// A plan of new resources: none of their ARNs is known yet.
const PLAN: &str = include_str!("lint/plan.json");

#[test]
fn a_plan_of_terraform() {
    let (code, text, _) = lint(&[("plan.json", PLAN)], &["--terraform", "plan.json"]);
    assert_eq!((code, text.as_str()), (Some(1), include_str!("lint/plan.txt")));
    let (code, _, told) = lint(&[("plan.json", "Terraform will")], &["--terraform", "plan.json"]);
    assert!(
        code == Some(2) && told.starts_with("plan.json: is not JSON (expected value at line 1 column 1)"),
        "{told}"
    );
    let (code, _, told) = lint(&[("plan.json", "{}")], &["--terraform", "plan.json"]);
    let neither =
        "plan.json: is neither a plan nor a state of Terraform in JSON; write it with terraform show -json [PLAN]\n";
    assert_eq!((code, told.as_str()), (Some(2), neither));
}
