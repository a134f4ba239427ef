//! `tocsin on-call`: who is on call by a configuration, at any time.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use clap::Args;
use domain::id::PersonName;
use domain::on_call::{Schedule, Wall};
use domain::units::Time;
use serde_json::{Value as Json, json};

use crate::check::check;
use crate::{Format, print};

#[derive(Args)]
pub(crate) struct Arguments {
    /// The first file of the configuration, such as tocsin.yaml.
    file: PathBuf,
    /// When, such as 2026-01-31T14:03:00Z; default now.
    #[arg(long)]
    at: Option<Time>,
    /// Only this schedule.
    #[arg(long)]
    schedule: Option<String>,
    /// The shifts of one schedule as a calendar (iCalendar), from four weeks before to ninety days after.
    #[arg(long, conflicts_with = "format")]
    calendar: bool,
    /// How the result is printed.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// The clock.
pub(crate) fn now() -> Time {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Time::from_epoch(i64::try_from(since.as_secs()).unwrap_or(i64::MAX))
}

/// Prints who is on call. 0 told, 1 mistakes, 2 unreadable or no such schedule.
pub(crate) fn on_call(asked: &Arguments) -> u8 {
    let checked = check(&asked.file, 1);
    let Some(setup) = checked.setup() else {
        eprint!("{}", crate::check::text(std::slice::from_ref(&checked)));
        return checked.exit_code();
    };
    let all = &setup.on_call.schedules;
    let only = asked.schedule.as_deref();
    let found: Vec<&Schedule> =
        all.iter().filter(|schedule| only.is_none_or(|only| schedule.name.as_str() == only)).collect();
    let at = asked.at.unwrap_or_else(now);
    match (&*found, asked.calendar) {
        ([], _) => refuse(&asked.file, "there is no such schedule", all),
        ([one], true) => print(&one.calendar(&[], None, at)),
        (_, true) => refuse(&asked.file, "a calendar is of one schedule: say which with --schedule", all),
        (some, false) => print(&match asked.format {
            Format::Text => some.iter().map(|schedule| line(schedule, at)).collect(),
            Format::Json => {
                let schedules: Vec<Json> = some.iter().map(|schedule| as_json(schedule, at)).collect();
                format!("{:#}\n", json!({ "at": at, "schedules": schedules }))
            }
        }),
    }
    u8::from(found.is_empty() || asked.calendar && found.len() > 1) * 2
}

fn refuse(file: &Path, wrong: &str, all: &[Schedule]) {
    let known: Vec<&str> = all.iter().map(|schedule| schedule.name.as_str()).collect();
    let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
    eprintln!("{}: {wrong}; known: {known}", file.display());
}

/// `shop: ann until 2026-01-12 09:00 Europe/Berlin (2026-01-12T08:00:00Z), then bob`
fn line(schedule: &Schedule, at: Time) -> String {
    let Schedule { name, zone, .. } = schedule;
    let mut line = format!("{name}: {}", names(&schedule.on_call(&[], at)));
    if let Some((until, people)) = schedule.next(&[], at) {
        let wall = Wall::shown(zone, until);
        write!(line, " until {wall} {zone} ({until}), then {}", names(&people)).expect("a String takes all");
    }
    line.push('\n');
    line
}

fn names(people: &[PersonName]) -> String {
    match people {
        [] => "nobody".to_owned(),
        some => some.iter().map(PersonName::as_str).collect::<Vec<_>>().join(", "),
    }
}

fn as_json(schedule: &Schedule, at: Time) -> Json {
    let next = schedule.next(&[], at).map(|(at, people)| json!({ "at": at, "on_call": people }));
    json!({
        "schedule": schedule.name,
        "zone": schedule.zone,
        "on_call": schedule.on_call(&[], at),
        "next": next,
    })
}
