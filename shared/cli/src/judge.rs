//! `tocsin judge`: what would be thought of events, before a service sends them.

mod plot;

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::path::Path;

use domain::id::MonitoredEventId;
use domain::monitored::{Event, EventText, History, Rules, Standing, Verdict, Volume};
use domain::units::Time;
use serde_json::{Map, Value, json};

use crate::check::check;
use crate::print;

/// Events of one source and type: what is known of them, and what was thought of those that were read.
#[derive(Default)]
struct Source {
    known: Option<(History, Volume)>,
    statuses: [u64; 3],
    rules: BTreeMap<String, u64>,
}

type Sources = BTreeMap<(EventText, EventText), Source>;

/// Judges the events of `file`, one JSON object a line, oldest first, and returns the exit code.
pub(crate) fn judge(file: &Path, config: Option<&Path>, out: Option<&Path>, picture: Option<&Path>) -> u8 {
    let rules = match rules(config) {
        Ok(rules) => rules,
        Err(code) => return code,
    };
    if [out, picture].into_iter().flatten().any(|written| crate::same_file(written, file)) {
        eprintln!("{}: would be overwritten; name another file with --out or --plot", file.display());
        return 2;
    }
    let lines = match File::open(file).and_then(|file| BufReader::new(file).split(b'\n').collect::<Result<Vec<_>, _>>())
    {
        Ok(lines) => lines,
        Err(error) => return failed(file, &error),
    };
    let (mut sources, mut judged, mut verdicts, mut code) = (Sources::new(), Vec::new(), String::new(), 0);
    for (index, line) in lines.iter().enumerate().filter(|(_, line)| !line.trim_ascii().is_empty()) {
        match event(line, index) {
            Ok(event) => {
                let verdict = observe(&rules, &mut sources, &event);
                let row = json!({ "line": index + 1, "status": verdict.status, "severity_score": verdict.severity,
                    "decision": verdict.decision, "findings": verdict.findings });
                let _ = writeln!(verdicts, "{row}");
                judged.push((event, verdict));
            }
            Err(mistake) => {
                eprintln!("{}:{}: {mistake}", file.display(), index + 1);
                code = 1;
            }
        }
    }
    let title = file.file_name().unwrap_or_default().to_string_lossy();
    if let Some(picture) = picture
        && let Err(error) = fs::write(picture, plot::svg(&title, &judged))
    {
        return failed(picture, &error);
    }
    match out.map(|out| (out, fs::write(out, &verdicts))) {
        Some((out, Err(error))) => return failed(out, &error),
        Some((_, Ok(()))) => print(&summary(&sources)),
        None => {
            print(&verdicts);
            eprint!("{}", summary(&sources));
        }
    }
    code
}

fn failed(file: &Path, error: &std::io::Error) -> u8 {
    eprintln!("{}: {error}", file.display());
    2
}

/// The rules of a configuration, or those that always hold.
fn rules(config: Option<&Path>) -> Result<Rules, u8> {
    let Some(config) = config else { return Ok(Rules::default()) };
    let checked = check(config, 1);
    checked.setup().map(|setup| setup.events.clone()).ok_or_else(|| {
        eprint!("{}", crate::check::text(std::slice::from_ref(&checked)));
        checked.exit_code()
    })
}

/// An event as it is pushed; one without `at` is a minute after the line before it.
fn event(line: &[u8], index: usize) -> Result<Event, String> {
    let value: Value = serde_json::from_slice(line).map_err(|error| format!("it is not JSON: {error}"))?;
    let text = |name: &str| -> Result<EventText, String> {
        let text = value.get(name).and_then(Value::as_str).ok_or_else(|| format!("{name}: it must be a text"))?;
        text.parse().map_err(|error| format!("{name}: {error}"))
    };
    let object = |name: &str| match value.get(name) {
        Some(Value::Object(fields)) => Ok(fields.clone()),
        None if name == "metadata" => Ok(Map::new()),
        _ => Err(format!("{name}: it must be an object")),
    };
    let minutes = i64::try_from(index).unwrap_or(i64::MAX / 60);
    let at = match value.get("at") {
        None => Time::from_epoch(minutes * 60),
        Some(Value::String(at)) => {
            at.parse().map_err(|_| format!("at: {at:?} is not an instant such as 2026-01-31T14:03:00Z"))?
        }
        Some(at) => Time::from_epoch(at.as_i64().ok_or("at: it must be RFC 3339 or seconds since 1970")?),
    };
    Ok(Event {
        id: MonitoredEventId::derive(&[&index.to_string()]),
        source: text("source")?,
        event_type: text("event_type")?,
        data: object("data")?,
        metadata: object("metadata")?,
        at,
    })
}

fn observe(rules: &Rules, sources: &mut Sources, event: &Event) -> Verdict {
    let of = (event.source.clone(), event.event_type.clone());
    let new = || (History::new(of.0.clone(), of.1.clone()), Volume::default());
    let source = sources.entry(of.clone()).or_default();
    let (history, mut volume) = source.known.take().unwrap_or_else(new);
    let hours = if Volume::is_due(&history, event.at) { volume.close(&history, event.at) } else { Vec::new() };
    let (verdict, learned) = rules.judge_and_learn(event, Standing { history: &history, hours: &hours });
    source.known = Some((learned, volume));
    source.statuses[verdict.status as usize] += 1;
    for finding in &verdict.findings {
        *source.rules.entry(finding.rule.clone()).or_default() += 1;
    }
    verdict
}

/// A line for each source and type, and under it what was found, the most frequent first.
fn summary(sources: &Sources) -> String {
    let mut text = format!("{:>8} {:>8} {:>8}  source, type\n", "normal", "warning", "critical");
    for ((source, event_type), Source { statuses: [normal, warning, critical], rules, .. }) in sources {
        let _ = writeln!(text, "{normal:>8} {warning:>8} {critical:>8}  {source}, {event_type}");
        let mut rules: Vec<_> = rules.iter().collect();
        rules.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
        for (rule, count) in rules {
            let _ = writeln!(text, "{count:>30} x {rule}");
        }
    }
    text
}
