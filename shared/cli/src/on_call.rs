//! `tocsin on-call`: who is on call by a configuration, and by the overrides of a deployed API where one is named, at any time.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use clap::Args;
use domain::id::{OverrideId, PersonName};
use domain::on_call::{Change, Override, Schedule, Wall};
use domain::units::Time;
use serde_json::{Value as Json, json};

use crate::check::check;
use crate::reach::{api_root, ask_all};
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
    /// The address of the API, Terraform's output `api_url`, whose overrides then count.
    #[arg(long, env = "TOCSIN_API_URL")]
    api: Option<String>,
    /// How the result is printed.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// The clock.
pub(crate) fn now() -> Time {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Time::from_epoch(i64::try_from(since.as_secs()).unwrap_or(i64::MAX))
}

/// Prints who is on call. 0 told, 1 mistakes, 2 unreadable, no such schedule, or the API cannot be asked.
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
    let overrides = match asked.api.as_deref().map(overrides) {
        Some(Ok(overrides)) => overrides,
        Some(Err(wrong)) => {
            eprintln!("{wrong}");
            return 2;
        }
        None => {
            eprintln!("note: overrides are made through the API and do not count here; say --api, and they do");
            Vec::new()
        }
    };
    match (&*found, asked.calendar) {
        ([], _) => refuse(&asked.file, "there is no such schedule", all),
        ([one], true) => print(&one.calendar(&overrides, None, at)),
        (_, true) => refuse(&asked.file, "a calendar is of one schedule: say which with --schedule", all),
        (some, false) => print(&match asked.format {
            Format::Text => some.iter().map(|schedule| line(schedule, &overrides, at)).collect(),
            Format::Json => {
                let schedules: Vec<Json> = some.iter().map(|schedule| as_json(schedule, &overrides, at)).collect();
                let counted = asked.api.is_some();
                format!("{:#}\n", json!({ "at": at, "overrides_counted": counted, "schedules": schedules }))
            }
        }),
    }
    u8::from(found.is_empty() || asked.calendar && found.len() > 1) * 2
}

/// The overrides of the deployed API.
fn overrides(api: &str) -> Result<Vec<Override>, String> {
    let url = format!("{}/v1/on-call/overrides", api_root(api)?);
    let answer = ask_all(&url)?;
    let items = answer["items"].as_array().map(Vec::as_slice).unwrap_or_default();
    let read = |item: &Json| of_api(item).ok_or_else(|| format!("{url}: an override cannot be read: {item}"));
    items.iter().map(read).collect()
}

fn of_api(item: &Json) -> Option<Override> {
    let text = |field: &str| item[field].as_str();
    let person = text("person")?.parse().ok()?;
    let change = match text("change")? {
        "add" => Change::Add { person },
        "remove" => Change::Remove { person },
        "replace" => Change::Replace { person, by: text("replacement")?.parse().ok()? },
        _ => return None,
    };
    Some(Override {
        id: OverrideId::given(text("id")?),
        version: 0,
        schedule: text("schedule")?.parse().ok()?,
        starts_at: text("starts_at")?.parse().ok()?,
        ends_at: text("ends_at")?.parse().ok()?,
        change,
        by: text("by")?.to_owned(),
        comment: text("comment")?.to_owned(),
    })
}

fn refuse(file: &Path, wrong: &str, all: &[Schedule]) {
    let known: Vec<&str> = all.iter().map(|schedule| schedule.name.as_str()).collect();
    let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
    eprintln!("{}: {wrong}; known: {known}", file.display());
}

/// `shop: ann until 2026-01-12 09:00 Europe/Berlin (2026-01-12T08:00:00Z), then bob`
fn line(schedule: &Schedule, overrides: &[Override], at: Time) -> String {
    let Schedule { name, zone, .. } = schedule;
    let mut line = format!("{name}: {}", names(&schedule.on_call(overrides, at)));
    if let Some((until, people)) = schedule.next(overrides, at) {
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

fn as_json(schedule: &Schedule, overrides: &[Override], at: Time) -> Json {
    let next = schedule.next(overrides, at).map(|(at, people)| json!({ "at": at, "on_call": people }));
    json!({
        "schedule": schedule.name,
        "zone": schedule.zone,
        "on_call": schedule.on_call(overrides, at),
        "next": next,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_override_of_the_api_counts() {
        let made = |change: &str, replacement: &str| {
            json!({
                "id": "ovr-1", "schedule": "shop", "change": change, "person": "ann", "replacement": replacement,
                "starts_at": "2026-01-31T14:00:00Z", "ends_at": "2026-01-31T20:00:00Z", "holds": true, "by": "ann",
                "comment": "",
            })
        };
        let by = |made: &Json| of_api(made).map(|made| made.change);
        let (ann, bob) = ("ann".parse().expect("a name"), "bob".parse().expect("a name"));
        assert_eq!(by(&made("replace", "bob")), Some(Change::Replace { person: ann, by: bob }));
        assert_eq!(by(&made("swap", "bob")), None);
    }
}
