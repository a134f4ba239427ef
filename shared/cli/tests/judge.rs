//! `tocsin judge` as its users call it.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

const EVENTS: &str = r#"{"source":"invoices","event_type":"run","data":{"status":"completed","items_processed":0,"response_time":6200}}

{"source":"invoices","event_type":"run","data":{"status":"completed","items_processed":7},"at":"2026-01-31T14:03:00Z"}
{"source":"payments","event_type":"charge","data":{"amount":-5},"metadata":{"till":2},"at":1769868000}
not JSON
{"source":"payments","event_type":"charge","data":[]}
"#;
const CONFIG: &str = r#"version: 1
services: [ { name: shop, owner: team } ]
events:
  rules: [ { name: negative-amount, when: "data.amount < 0", severity: 0.95, decision: halt, reason: the amount is negative } ]
"#;

fn judge(folder: &Path, arguments: &[&str]) -> (Option<i32>, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tocsin"));
    let Output { status, stdout, stderr } =
        command.current_dir(folder).arg("judge").args(arguments).output().expect("tocsin starts");
    let text = |bytes| String::from_utf8(bytes).expect("tocsin prints UTF-8");
    (status.code(), text(stdout), text(stderr))
}

#[test]
fn a_verdict_for_each_event_and_a_summary() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    fs::write(folder.path().join("events.ndjson"), EVENTS).expect("a file can be written");
    fs::write(folder.path().join("tocsin.yaml"), CONFIG).expect("a file can be written");
    let (code, verdicts, told) = judge(folder.path(), &["events.ndjson"]);
    assert_eq!(code, Some(1), "{told}");
    let verdicts: Vec<serde_json::Value> =
        verdicts.lines().map(|line| serde_json::from_str(line).expect("a verdict is JSON")).collect();
    let short: Vec<String> =
        verdicts.iter().map(|one| format!("{} {} {}", one["line"], one["status"], one["decision"])).collect();
    assert_eq!(short, [r#"1 "CRITICAL" "ESCALATE""#, r#"3 "NORMAL" "CONTINUE""#, r#"4 "NORMAL" "CONTINUE""#]);
    assert_eq!(verdicts[0]["severity_score"], 0.97);
    assert!(
        told.contains("events.ndjson:5: it is not JSON")
            && told.contains("events.ndjson:6: data: it must be an object"),
        "{told}"
    );
    let summary = "  normal  warning critical  source, type\n       1        0        1  invoices, run\n";
    assert!(told.contains(summary), "{told}");
    let (code, summary, _) =
        judge(folder.path(), &["events.ndjson", "--config", "tocsin.yaml", "--out", "verdicts.ndjson"]);
    assert_eq!(code, Some(1));
    assert!(
        summary.contains("0        0        1  payments, charge\n                             1 x negative-amount"),
        "{summary}"
    );
    let kept = fs::read_to_string(folder.path().join("verdicts.ndjson")).expect("it is written");
    assert!(kept.contains("\"HALT\""), "{kept}");
}

#[test]
fn what_cannot_be_read_or_would_be_lost() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    fs::write(folder.path().join("events.ndjson"), "").expect("a file can be written");
    assert_eq!(judge(folder.path(), &["none.ndjson"]).0, Some(2));
    let (code, _, told) = judge(folder.path(), &["events.ndjson", "--out", "events.ndjson"]);
    assert_eq!((code, told.contains("would be overwritten")), (Some(2), true), "{told}");
    fs::write(folder.path().join("tocsin.yaml"), "version: 7").expect("a file can be written");
    let (code, _, told) = judge(folder.path(), &["events.ndjson", "--config", "tocsin.yaml"]);
    assert_eq!((code, told.contains("version 7 is not known")), (Some(1), true), "{told}");
}
