use std::collections::BTreeMap;

use domain::monitored::{EventText, History, Logged, Status};
use domain::units::{Span, Time};
use serde::Serialize;

use super::query::LogQuery;
use crate::port::{EventLog, LogRange, PortError};

/// What is newer than this makes the present status.
const PRESENT: Span = Span::from_minutes(15);
/// Issues that are named.
const ISSUES_MAX: usize = 10;
/// Sources that are listed; sums are over these.
const SOURCES_MAX: usize = 500;
const PAGE: u32 = 100;

/// How the sources of monitored events are.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Stats {
    /// The worst status of the last 15 minutes.
    pub current_status: Status,
    /// The highest severity of them, 0 to 1.
    pub severity_score: f64,
    /// When the latest event was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_update: Option<Time>,
    /// What was found in the last 15 minutes, the latest first, each once.
    pub recent_issues: Vec<String>,
    /// Events learned from, ever.
    pub total_events_processed: u64,
    /// The same by status.
    pub by_status: BTreeMap<&'static str, u64>,
    /// The same by source and type.
    pub sources: Vec<SourceStats>,
    /// Whether there are more sources than are listed and summed up.
    pub truncated: bool,
}

/// How one source is, in events of one type.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct SourceStats {
    /// The source.
    pub source: EventText,
    /// The type.
    pub event_type: EventText,
    /// Events learned from.
    pub events: u64,
    /// The same by status.
    pub by_status: BTreeMap<&'static str, u64>,
    /// When the latest was.
    pub last_at: Time,
    /// What was thought of it.
    pub last_status: Status,
}

/// Sums up what sources say.
///
/// # Errors
/// When the store does not answer.
pub async fn stats(log: &impl EventLog, now: Time) -> Result<Stats, PortError> {
    let (mut histories, mut cursor): (Vec<History>, Option<String>) = (Vec::new(), None);
    loop {
        let page = log.histories(PAGE, cursor).await?;
        histories.extend(page.items);
        cursor = page.cursor;
        if cursor.is_none() || histories.len() >= SOURCES_MAX {
            break;
        }
    }
    histories.sort_by(|a, b| (&a.source, &a.event_type).cmp(&(&b.source, &b.event_type)));
    let mut by_status = counts([0; 3]);
    for (status, count) in histories.iter().flat_map(|history| counts(history.statuses)) {
        *by_status.entry(status).or_default() += count;
    }
    let (severity_score, recent_issues) = present(log, now).await?;
    Ok(Stats {
        current_status: Status::of(severity_score),
        severity_score,
        last_update: histories.iter().map(|history| history.last_at).max(),
        recent_issues,
        total_events_processed: histories.iter().map(|history| history.learned).sum(),
        by_status,
        sources: histories.into_iter().map(SourceStats::of).collect(),
        truncated: cursor.is_some(),
    })
}

/// The highest severity of the present, and what was found in it.
async fn present(log: &impl EventLog, now: Time) -> Result<(f64, Vec<String>), PortError> {
    let from = now - PRESENT;
    let all = LogQuery::all(from, now + Span::HOUR).range();
    let bad = LogRange { statuses: vec![Status::Warning, Status::Critical], ..all.clone() };
    let mut events = log.logged(&bad, PAGE).await?;
    if events.is_empty() {
        events = log.logged(&all, PAGE).await?;
    }
    let severity = events.iter().map(|logged| logged.verdict.severity).fold(0.0, f64::max);
    let mut issues: Vec<String> = Vec::new();
    for Logged { event, verdict, .. } in &events {
        for finding in &verdict.findings {
            let issue = format!("{}: {}", event.source, finding.reason);
            if issues.len() < ISSUES_MAX && !issues.contains(&issue) {
                issues.push(issue);
            }
        }
    }
    Ok((severity, issues))
}

impl SourceStats {
    fn of(history: History) -> Self {
        Self {
            source: history.source,
            event_type: history.event_type,
            events: history.learned,
            by_status: counts(history.statuses),
            last_at: history.last_at,
            last_status: history.last_status,
        }
    }
}

fn counts(statuses: [u64; 3]) -> BTreeMap<&'static str, u64> {
    Status::ALL.iter().map(|status| status.as_str()).zip(statuses).collect()
}
