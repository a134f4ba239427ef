use std::collections::BTreeMap;

use domain::id::EventId;
use domain::monitored::Logged;
use domain::units::Time;
use serde::Serialize;

use super::query::LogQuery;
use crate::port::{EventLog, Outlet, PortError};

/// Events that one call archives: 33 a second, if it is made each minute.
pub const ARCHIVE_MAX: usize = 2000;
/// Events of one object.
const OBJECT_EVENTS: u32 = 500;

/// What was archived.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct Archived {
    /// Events that lie in the archive and no longer in the log.
    pub archived: usize,
    /// The objects they lie in, one JSON document a line.
    pub objects: Vec<String>,
    /// Whether there are more.
    pub more: bool,
}

/// Writes the events of `[from, until)` to the archive and then deletes them from the log. Cut off between both, the next
/// call writes the same objects again.
///
/// # Errors
/// When a port does not answer; what was written is deleted from the log by the next call.
pub async fn archive(
    log: &impl EventLog,
    outlet: &impl Outlet,
    [from, until]: [Time; 2],
) -> Result<Archived, PortError> {
    let mut done = Archived::default();
    let range = LogQuery::all(from, until).range();
    while done.archived < ARCHIVE_MAX {
        let events = log.logged(&range, OBJECT_EVENTS).await?;
        if events.is_empty() {
            return Ok(done);
        }
        let mut days: BTreeMap<String, Vec<Logged>> = BTreeMap::new();
        for logged in events {
            days.entry(logged.event.at.date()).or_default().push(logged);
        }
        for (day, events) in days {
            let key = key(&day, &events);
            outlet.archive(&key, "application/x-ndjson", lines(&events)).await?;
            log.forget(&events).await?;
            done.archived += events.len();
            done.objects.push(key);
        }
    }
    done.more = !log.logged(&range, 1).await?.is_empty();
    Ok(done)
}

/// The same events have the same key.
fn key(day: &str, events: &[Logged]) -> String {
    let ids: Vec<_> = events.iter().map(|logged| logged.event.id.as_str()).collect();
    format!("archive/events/{day}/{}.ndjson", EventId::derive(&ids))
}

fn lines(events: &[Logged]) -> Vec<u8> {
    let mut text = Vec::new();
    for logged in events {
        serde_json::to_writer(&mut text, logged).expect("an event has text keys and finite numbers");
        text.push(b'\n');
    }
    text
}
