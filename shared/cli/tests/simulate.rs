//! `tocsin simulate` as its users call it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

fn example() -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "../../docs/examples/simulate"].iter().collect()
}

fn simulate(folder: &Path, arguments: &[&str]) -> (Option<i32>, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tocsin"));
    let output = command.current_dir(folder).arg("simulate").args(arguments).output().expect("tocsin starts");
    let text = |bytes| String::from_utf8(bytes).expect("tocsin prints UTF-8");
    (output.status.code(), text(output.stdout), text(output.stderr))
}

/// The format is kept stable: the lines are compared as they are.
#[test]
fn the_example_prints_the_lines_of_the_documentation() {
    let (code, lines, told) = simulate(&example(), &["tocsin.yaml", "bad-release.yaml"]);
    assert_eq!((code, told.as_str()), (Some(0), "bad-release.yaml: all 7 expectations met\n"));
    let golden = example().join("bad-release.ndjson");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&golden, &lines).expect("the golden file can be written");
    }
    let expected = fs::read_to_string(&golden).unwrap_or_default();
    assert!(
        lines == expected,
        "bad-release.ndjson differs; UPDATE_GOLDEN=1 writes it anew, read the difference:\n{lines}"
    );
    assert_eq!(simulate(&example(), &["tocsin.yaml", "bad-release.yaml"]).1, lines, "it is the same each time");
}

/// Plays this scenario against the example's configuration.
fn played(scenario: &str) -> (Option<i32>, Vec<Value>, String) {
    let folder = tempfile::tempdir().expect("a folder can be made");
    fs::copy(example().join("tocsin.yaml"), folder.path().join("tocsin.yaml")).expect("it is copied");
    fs::write(folder.path().join("s.yaml"), scenario).expect("it is written");
    let (code, lines, told) = simulate(folder.path(), &["tocsin.yaml", "s.yaml"]);
    let lines = lines.lines().map(|line| serde_json::from_str(line).expect("a line is JSON")).collect();
    (code, lines, told)
}

const BREACH: &str = "version: 1
start: 2026-03-02T13:00:00Z
minutes: 12
series: { shop/requests: 100x11, shop/errors: 0x3 40x7 }
";

#[test]
fn what_does_not_come_is_told_with_what_came_nearest() {
    let (code, _, told) = played(&format!(
        "{BREACH}expect:
  - {{ at: 6m, kind: transition, monitor: shop-errors, status: firing, severity: SEV1 }}
  - {{ kind: notification, channel: on-call, times: 2 }}
  - {{ never: true, kind: incident, what: opened }}
  - {{ kind: failure }}
  - {{ kind: incident, reason: opened }}
"
    ));
    let expected = "\
s.yaml:6: expected at 6m transition monitor=\"shop-errors\" status=\"firing\" severity=\"SEV1\"
    nearest  at 7m transition monitor=\"shop-errors\" service=\"shop\" status=\"firing\" severity=\"SEV2\" since=\"2026-03-02T13:04:00Z\" reason=\"errors / requests 40 % (limit > 10 %) in 2 of the last 3 periods of 1m\"
      at is 2026-03-02T13:07:00Z, not 2026-03-02T13:06:00Z
      severity is \"SEV2\", not \"SEV1\"
s.yaml:7: expected 2 times notification channel=\"on-call\", came 1 times
    at 8m notification channel=\"on-call\" event=\"incident.opened\" service=\"shop\" severity=\"SEV2\" reason=\"errors / requests 40 % (limit > 10 %) in 2 of the last 3 periods of 1m\"
s.yaml:8: expected never incident what=\"opened\", came 1 times
    at 7m incident service=\"shop\" state=\"triggered\" severity=\"SEV2\" what=\"opened\" reason=\"Incident opened as SEV2: errors / requests 40 % (limit > 10 %) in 2 of the last 3 periods of 1m\"
s.yaml:9: expected failure
    no line of kind failure came
s.yaml: 4 of 5 expectations not met
";
    assert_eq!((code, told.as_str()), (Some(1), expected));
}

#[test]
fn everything_that_can_be_done_says_what_became_of_it() {
    let (code, lines, told) = played(&format!(
        "{BREACH}do:
  - {{ at: 2m, acknowledge: {{ service: shop, by: ann }} }}
  - {{ at: 2m, metric: {{ metric: orders, value: 7 }} }}
  - {{ at: 2m, metric: {{ metric: order, value: 7 }} }}
  - {{ at: 3m, event: '{{\"source\": \"bot\", \"event_type\": \"answer\", \"data\": {{\"output\": \"\", \"error_rate\": 0.9}}}}' }}
  - {{ at: 3m, kill_switch: {{ engaged: true, by: ann, reason: drill }} }}
  - {{ at: 8m, refuse: {{ service: shop, by: ann }} }}
  - {{ at: 9m, resolve: {{ service: shop, by: ann, reason: known }} }}
  - {{ at: 2026-03-02T13:10:00Z, resolve: {{ service: shop, by: ann }} }}
"
    ));
    assert_eq!((code, told.as_str()), (Some(0), "s.yaml: 21 lines, nothing is expected\n"), "{lines:#?}");
    let commands = lines.iter().filter(|line| line["kind"] == "command").map(|line| {
        let text = |name: &str| line[name].as_str().unwrap_or_default().to_owned();
        [&text("at")[14..16], &text("command"), &text("result"), &text("reason")].join(" ")
    });
    assert_eq!(
        commands.collect::<Vec<_>>(),
        [
            "02 acknowledge refused shop has no incident",
            "02 metric done orders 7",
            "02 metric refused no series of a source of kind pushed reads the metric \"order\" with these dimensions",
            "03 engage kill switch done ann: drill",
            "08 refuse refused no action of shop waits for leave",
            "09 resolve done ann: known",
            "10 resolve refused an incident that is resolved cannot be resolved: it is resolved already",
        ]
    );
    assert!(lines.iter().any(|line| line["kind"] == "event" && line["source"] == "bot"), "{lines:#?}");
}

#[test]
fn a_read_that_fails_is_no_missing_data() {
    let (code, lines, told) = played(
        "version: 1
start: 2026-03-02T13:00:00Z
minutes: 20
series: { shop/requests: 100x2 failx10 100x6, shop/errors: 0x2 failx10 0x6 }
expect:
  - { at: 8m, kind: transition, monitor: source/cloudwatch, status: firing, reason: could not be read }
  - { at: 14m, kind: transition, monitor: source/cloudwatch, status: resolved }
  - { never: true, kind: transition, monitor: shop-errors }
",
    );
    assert_eq!((code, told.as_str()), (Some(0), "s.yaml: all 3 expectations met\n"), "{lines:#?}");
}

#[test]
fn an_alert_that_flaps_fires_on_and_says_since_when_it_is_over_for_now() {
    let (code, lines, told) = played(
        "version: 1
start: 2026-03-02T13:00:00Z
minutes: 40
series: { shop/requests: 100x39, shop/errors: 40x2 0x3 40x2 0x3 40x2 0x3 40x2 0x15 }
expect:
  - { kind: transition, monitor: shop-errors, status: resolved, times: 4 }
  - { kind: alert, name: shop-errors, status: resolved, times: 2 }
  - { kind: alert, name: shop-errors, status: firing, quiet_since: 2026-03-02T13:19:00Z, reason: recovered, times: 1 }
  - { kind: incident, what: alert-flaps, times: 1 }
",
    );
    assert_eq!((code, told.as_str()), (Some(0), "s.yaml: all 4 expectations met\n"), "{lines:#?}");
}

/// The message and exit code 2.
fn refused(scenario: &str, expected: &str) {
    let (code, lines, told) = played(scenario);
    assert_eq!((code, lines.len(), told.trim_end()), (Some(2), 0, expected), "{scenario}");
}

#[test]
fn all_mistakes_are_told_with_place_and_hint() {
    refused(
        "version: 2
start: 2026-03-02T13:00:00Z
minutes: 5
series: { shop/error: 1, shop/errors: 1x9, shop/requests: many }
do:
  - { at: 2m, acknowledge: { service: shp, by: ann } }
  - { at: 2m }
  - { at: 90s, release: { function: shop, alias: beta, version: 2 } }
  - { at: 2m, event: '{\"source\": 1}' }
expect:
  - { kind: page }
  - { kind: alert, monitor: x }
  - { kind: alert, at: 1h }
  - { status: firing }
",
        "\
s.yaml:1:10 version: 2 is not a version of this format; write 1
s.yaml:4:11 series.shop/error: the configuration has no such series; did you mean \"shop/errors\"?
s.yaml:4:39 series.shop/errors: has 10 numbers, one each 1m, for 5 minutes; \"1x4\" is five numbers, as in Prometheus; lengthen minutes, or write fewer
s.yaml:4:59 series.shop/requests: \"many\" is no number, and not a row of them; write numbers as in Prometheus' unit tests, such as \"0+1x10 _x3 5\"; also stale and fail
s.yaml:6:39 do[0].acknowledge.service: the configuration has no such service; did you mean \"shop\"?
s.yaml:7:5 do[1]: does nothing; write one of acknowledge, resolve, snooze, silence, approve, refuse, kill_switch, release, event, metric
s.yaml:8:11 do[2].at: 2026-03-02T13:01:30Z is not a whole minute; write minutes since the start, such as 14m
s.yaml:8:25 do[2].release: no service has the resource lambda:shop:beta; name it as a resource of its service in the configuration
s.yaml:9:22 do[3].event: has no event_type, data; write JSON in quotes, such as '{\"source\": \"billing\", \"event_type\": \"invoice\", \"data\": {}}'
s.yaml:11:13 expect[0].kind: \"page\" is no kind of line; write one of transition, alert, incident, notification, event, command, failure
s.yaml:12:20 expect[1].monitor: unknown field; known here: at, after, before, never, times, kind, id, name, service, status, severity, incident, reason, quiet_since
s.yaml:13:24 expect[2].at: 2026-03-02T14:00:00Z is outside of the scenario, 2026-03-02T13:00:00Z to 2026-03-02T13:05:00Z; write minutes since the start, such as 14m
s.yaml:14:5 expect[3].kind: is missing",
    );
    refused(
        "start: 2026-03-02 13:00\nminutes: 5\nexpect: [ { kind: alert, at: 1h } ]\n",
        "s.yaml:1:8 start: \"2026-03-02 13:00\" is not an instant; write RFC 3339, such as \"2026-01-31T14:03:00Z\"",
    );
}

#[test]
fn what_is_silenced_is_not_told_and_what_is_put_off_comes_again() {
    let (code, lines, told) = played(&format!(
        "{BREACH}do:
  - {{ at: 2m, silence: {{ match: {{ service: shop }}, for: 1h, by: ann, comment: a load test }} }}
  - {{ at: 9m, snooze: {{ service: shop, by: ann, for: 2h }} }}
expect:
  - {{ at: 2m, kind: command, command: silence, result: done }}
  - {{ kind: incident, what: opened }}
  - {{ never: true, kind: notification }}
  - {{ at: 9m, kind: command, command: snooze, service: shop }}
"
    ));
    assert_eq!(code, Some(0), "{told} {lines:#?}");
    let (code, _, told) = played(&format!(
        "{BREACH}do:
  - {{ at: 2m, silence: {{ match: [], for: 1h, by: ann, comment: all }} }}
  - {{ at: 3m, snooze: {{ service: shpo, by: ann, for: 2h }} }}
"
    ));
    assert_eq!(code, Some(2), "{told}");
    for words in [
        "do[0].silence.match: it would silence everything",
        "do[1].snooze.service: the configuration has no such service",
    ] {
        assert!(told.contains(words), "{told}");
    }
}
