use std::collections::BTreeMap;

use domain::id::MonitoredEventId;
use domain::monitored::{EventText, Finding, History, Logged, Standing, Status};
use domain::setup::Setup;
use domain::units::Time;
use serde::Serialize;

use super::observe::expires_at;
use super::query::LogQuery;
use crate::port::{EventLog, PortError};

/// Events that one call judges anew: their rows are written within half of the API's ten seconds.
pub const REEVALUATE_MAX: u32 = 500;

/// An event that is now seen otherwise.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Changed {
    /// Which.
    pub id: MonitoredEventId,
    /// What it was.
    pub from: Status,
    /// What it is.
    pub to: Status,
}

/// What judging anew has changed.
#[derive(Clone, PartialEq, Debug, Default, Serialize)]
pub struct Reevaluated {
    /// Events judged.
    pub evaluated: usize,
    /// How many of them are now of which status.
    pub by_status: BTreeMap<&'static str, usize>,
    /// Those whose status changed.
    pub changed: Vec<Changed>,
    /// Where the next call goes on; absent: all were judged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
}

/// Judges the events since `from` by the rules and histories of today, and keeps what is thought of them now. What
/// was found about the hours before an event stays as it was found. No alert changes.
///
/// # Errors
/// When the store does not answer; what was judged until then is kept.
pub async fn reevaluate(
    log: &impl EventLog,
    setup: &Setup,
    from: Time,
    cursor: Option<String>,
    now: Time,
) -> Result<Reevaluated, PortError> {
    let range = LogQuery::all(from, now + domain::units::Span::HOUR).range_after(cursor);
    let events = log.logged(&range, REEVALUATE_MAX).await?;
    let mut histories = BTreeMap::new();
    let mut done = Reevaluated { evaluated: events.len(), ..Reevaluated::default() };
    if events.len() == REEVALUATE_MAX as usize {
        done.cursor = events.last().map(Logged::place);
    }
    for before in events {
        let history = known(log, &mut histories, &before).await?;
        let hours: Vec<Finding> =
            before.verdict.findings.iter().filter(|finding| finding.is_about_hours()).cloned().collect();
        let verdict = setup.events.judge(&before.event, Standing { history, hours: &hours });
        *done.by_status.entry(verdict.status.as_str()).or_default() += 1;
        if verdict == before.verdict {
            continue;
        }
        if verdict.status != before.verdict.status {
            let id = before.event.id.clone();
            done.changed.push(Changed { id, from: before.verdict.status, to: verdict.status });
        }
        let after = Logged { verdict, judged_at: now, event: before.event };
        log.replace(&after, expires_at(setup, &after.event)).await?;
    }
    Ok(done)
}

async fn known<'h>(
    log: &impl EventLog,
    histories: &'h mut BTreeMap<(EventText, EventText), History>,
    logged: &Logged,
) -> Result<&'h History, PortError> {
    let key = (logged.event.source.clone(), logged.event.event_type.clone());
    if !histories.contains_key(&key) {
        let found = log.history(&key.0, &key.1).await?;
        let history = found.unwrap_or_else(|| History::new(key.0.clone(), key.1.clone()));
        histories.insert(key.clone(), history);
    }
    Ok(&histories[&key])
}
