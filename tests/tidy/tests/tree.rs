//! The tree, its map and its samples agree.

use std::path::Path;

use tests_tidy::{files, read, root};

#[test]
fn architecture_names_every_crate_and_folder() {
    let map = read("ARCHITECTURE.md");
    for parent in ["shared", "functions", "tests", "terraform"] {
        let entries = std::fs::read_dir(root().join(parent)).unwrap();
        for entry in entries.map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()) {
            let name = format!("{parent}/{}", entry.file_name().unwrap().to_string_lossy());
            assert!(map.contains(&name), "ARCHITECTURE.md does not name {name}");
        }
    }
}

#[test]
fn every_trigger_of_every_function_has_a_sample() {
    let triggers = [
        ("collector", &["schedule", "by-hand"][..]),
        ("evaluator", &["schedule", "by-hand"]),
        ("timekeeper", &["schedule", "schedule-drills", "by-hand", "sqs-wakes"]),
        (
            "ingest",
            &[
                "http-alert",
                "http-prometheus",
                "http-alertmanager",
                "http-deployment",
                "http-event",
                "http-slack-interaction",
                "http-pagerduty-event",
                "sns-alarm",
                "eventbridge-alarm",
                "eventbridge-finding",
                "direct-alarm",
            ],
        ),
        ("incident-response", &["sns-incident-opened", "sns-action-approved", "sns-action-undo", "by-hand"]),
        ("post-mortem", &["sns-incident-resolved"]),
        (
            "notifier",
            &[
                "sns-incident-opened",
                "sns-incident-resolved",
                "sns-notification-due",
                "sns-notification-retry",
                "sns-deployment-due",
            ],
        ),
        ("api", &["http-health", "http-logs", "http-re-evaluate"]),
    ];
    for (function, kinds) in triggers {
        for kind in kinds {
            let file = format!("events/{function}/{kind}.json");
            assert!(root().join(&file).is_file(), "{file} is missing");
        }
    }
}

#[test]
fn links_in_the_documents_lead_somewhere() {
    let is_document = |file: &&String| Path::new(file).extension().is_some_and(|kind| kind == "md");
    for file in files().iter().filter(is_document) {
        let text = read(file);
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let path = link.split('#').next().unwrap_or_default();
            if path.is_empty() || path.contains("://") || path.starts_with("mailto:") {
                continue;
            }
            let folder = root().join(file).parent().unwrap().to_path_buf();
            assert!(folder.join(path).exists(), "{file} links to {path}");
        }
    }
}

#[test]
fn no_path_of_one_machine_is_in_the_tree() {
    let homes = ["ro", "ho"].map(|start| format!("/{start}{}/", if start == "ro" { "ot" } else { "me" }));
    for file in files().iter().filter(|file| !file.ends_with("Cargo.lock")) {
        let text = read(file);
        for home in &homes {
            assert!(!text.contains(home.as_str()), "{file} holds {home}");
        }
    }
}
