//! `tocsin drill`: tries the way from a breach to a person, through the deployed functions.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::time::Duration;

use clap::Args;
use serde_json::{Value, json};

use crate::reach::{api_root, ask_api};
use crate::{Format, print};

/// What is tried, and how long it is watched.
#[derive(Args)]
pub(crate) struct Arguments {
    /// The service: one that the configuration names below `drills`.
    #[arg(required_unless_present = "list")]
    service: Option<String>,
    /// Print the drills that there were instead, the latest first.
    #[arg(long, conflicts_with = "service")]
    list: bool,
    /// Do not wait for its end.
    #[arg(long)]
    no_wait: bool,
    /// The address of the API: Terraform's output `api_url`.
    #[arg(long, env = "TOCSIN_API_URL", default_value = "")]
    api: String,
    /// Who asks, beside the caller that the signature names.
    #[arg(long)]
    by: Option<String>,
    /// How the answer is printed.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

const PASSED: u8 = 0;
const BROKEN: u8 = 1;
const FAILED: u8 = 2;
const RUNNING: u8 = 3;

/// How often it is looked at; the timekeeper looks every minute.
const LOOKED_AT_EVERY: Duration = Duration::from_secs(5);

/// Asks, prints, and returns the exit code.
pub(crate) fn drill(arguments: &Arguments) -> u8 {
    match run(arguments) {
        Ok(code) => code,
        Err(wrong) => {
            eprintln!("{wrong}");
            FAILED
        }
    }
}

fn run(arguments: &Arguments) -> Result<u8, String> {
    let all = format!("{}/v1/drills", api_root(&arguments.api)?);
    let Some(service) = &arguments.service else {
        let list = ask_api("GET", &all, None)?;
        print(&match arguments.format {
            Format::Json => format!("{list:#}\n"),
            Format::Text => listed(&list),
        });
        return Ok(PASSED);
    };
    let mut body = json!({ "service": service });
    if let Some(by) = &arguments.by {
        body["by"] = by.as_str().into();
    }
    let mut drill = ask_api("POST", &all, Some(&body.to_string()))?;
    let one = format!("{all}/{}", drill["id"].as_str().ok_or("the API named no drill")?);
    let is_text = matches!(arguments.format, Format::Text);
    if is_text {
        print(&format!("{} of {service}, asked for at {}\n", text(&drill, "id"), text(&drill, "asked_at")));
    }
    let mut printed = BTreeSet::new();
    loop {
        if is_text {
            print(&new_hops(&drill, &mut printed));
        }
        if arguments.no_wait || drill["state"] != "running" {
            break;
        }
        std::thread::sleep(LOOKED_AT_EVERY);
        drill = ask_api("GET", &one, None)?;
    }
    print(&if is_text { outcome(&drill) } else { format!("{drill:#}\n") });
    Ok(code(&drill))
}

fn code(drill: &Value) -> u8 {
    match text(drill, "state") {
        "passed" => PASSED,
        "broken" => BROKEN,
        _ => RUNNING,
    }
}

fn text<'v>(value: &'v Value, field: &str) -> &'v str {
    value[field].as_str().unwrap_or_default()
}

/// The hops that are not printed yet, a line each.
fn new_hops(drill: &Value, printed: &mut BTreeSet<String>) -> String {
    let mut lines = String::new();
    for hop in drill["hops"].as_array().into_iter().flatten() {
        if printed.insert(text(hop, "name").to_owned()) {
            let (name, at, after) = (text(hop, "name"), text(hop, "at"), hop["after_s"].to_string());
            writeln!(lines, "  {name:<12} {after:>4} s  {at}").expect("writing to a String does not fail");
        }
    }
    lines
}

fn outcome(drill: &Value) -> String {
    match text(drill, "state") {
        "passed" => "passed: the way is open\n".to_owned(),
        "broken" => format!("BROKEN: {}\n", text(drill, "reason")),
        state => format!("{state}; tocsin drill --list shows how it ends\n"),
    }
}

fn listed(list: &Value) -> String {
    let all = list["items"].as_array().map_or(&[][..], Vec::as_slice);
    if all.is_empty() {
        return "There were no drills.\n".to_owned();
    }
    let mut lines = String::new();
    for drill in all {
        let (asked, id, service, state) =
            (text(drill, "asked_at"), text(drill, "id"), text(drill, "service"), text(drill, "state"));
        let hops: Vec<String> = drill["hops"].as_array().into_iter().flatten().map(in_short).collect();
        let why = drill["reason"].as_str().map(|reason| format!(": {reason}")).unwrap_or_default();
        writeln!(lines, "{asked} {id} {service} {state}{why}; {}", hops.join(", "))
            .expect("writing to a String does not fail");
    }
    lines
}

fn in_short(hop: &Value) -> String {
    format!("{} {} s", text(hop, "name"), hop["after_s"])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_is_said_and_is_the_exit_code() {
        for (drill, words, expected) in [
            (json!({ "state": "passed" }), "passed: the way is open\n", 0),
            (json!({ "state": "broken", "reason": "nobody was called" }), "BROKEN: nobody was called\n", 1),
            (json!({ "state": "running" }), "running; tocsin drill --list shows how it ends\n", 3),
        ] {
            assert_eq!((outcome(&drill).as_str(), code(&drill)), (words, expected));
        }
    }

    #[test]
    fn each_hop_is_printed_when_it_is_new() {
        let hop = |name: &str, after_s: u64| json!({ "name": name, "after_s": after_s, "at": "T" });
        let mut printed = BTreeSet::new();
        let mut drill = json!({ "id": "drl-1", "service": "shop", "asked_at": "A", "state": "running", "hops": [] });
        assert_eq!(new_hops(&drill, &mut printed), "");
        drill["hops"] = json!([hop("collected", 5)]);
        assert_eq!(new_hops(&drill, &mut printed), "  collected       5 s  T\n");
        drill["hops"] = json!([hop("collected", 5), hop("called", 131)]);
        assert_eq!(new_hops(&drill, &mut printed), "  called        131 s  T\n");
        drill["reason"] = "nobody acknowledged".into();
        let line = "A drl-1 shop running: nobody acknowledged; collected 5 s, called 131 s\n";
        assert_eq!(listed(&json!({ "items": [drill] })), line);
        assert_eq!(listed(&json!({ "items": [] })), "There were no drills.\n");
    }
}
