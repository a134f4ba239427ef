use domain::monitored::{Decision, EventText, Logged, Status};
use domain::units::Time;

use crate::port::{EventLog, LogRange, Page, PortError};

/// Events that one question looks at; what lies further back is another page.
const LOOKED_AT_MAX: usize = 2000;
/// Events that are read at once.
const READ_AT_ONCE: u32 = 200;

/// Which events are asked for.
#[derive(Clone, PartialEq, Debug)]
pub struct LogQuery {
    /// Of these statuses; empty: of all.
    pub statuses: Vec<Status>,
    /// Of this source.
    pub source: Option<EventText>,
    /// Of this type.
    pub event_type: Option<EventText>,
    /// With this decision.
    pub decision: Option<Decision>,
    /// With a finding of a rule whose name begins so.
    pub rule: Option<String>,
    /// At least so severe, 0 to 1.
    pub severity_from: f64,
    /// Not before this.
    pub from: Time,
    /// Before this.
    pub until: Time,
}

impl LogQuery {
    /// All events in `[from, until)`.
    pub fn all(from: Time, until: Time) -> Self {
        let (statuses, severity_from) = (Vec::new(), 0.0);
        Self { statuses, source: None, event_type: None, decision: None, rule: None, severity_from, from, until }
    }

    /// The part of the range after a cursor, if there is one.
    pub(super) fn range_after(&self, cursor: Option<String>) -> LogRange {
        let mut range = self.range();
        if let Some(place) = cursor {
            range.before = place.min(range.before);
        }
        range
    }

    pub(super) fn range(&self) -> LogRange {
        let statuses = if self.statuses.is_empty() { Status::ALL.to_vec() } else { self.statuses.clone() };
        let before = Logged::place_of(self.until);
        LogRange { statuses, source: self.source.clone(), from: self.from, before }
    }

    fn admits(&self, Logged { event, verdict, .. }: &Logged) -> bool {
        self.event_type.as_ref().is_none_or(|wanted| *wanted == event.event_type)
            && self.decision.is_none_or(|wanted| wanted == verdict.decision)
            && verdict.severity >= self.severity_from
            && self
                .rule
                .as_ref()
                .is_none_or(|wanted| verdict.findings.iter().any(|f| f.rule.starts_with(wanted.as_str())))
    }
}

/// One page of the log, the latest event first. A page may be short, or empty, where few of many events are wanted;
/// as long as there is a cursor there may be more.
///
/// # Errors
/// When the store does not answer.
pub async fn query(
    log: &impl EventLog,
    query: &LogQuery,
    limit: usize,
    cursor: Option<String>,
) -> Result<Page<Logged>, PortError> {
    let mut range = query.range_after(cursor);
    let (mut items, mut looked_at) = (Vec::new(), 0);
    while looked_at < LOOKED_AT_MAX {
        let read = log.logged(&range, READ_AT_ONCE).await?;
        let last = read.len() < READ_AT_ONCE as usize;
        for logged in read {
            looked_at += 1;
            range.before = logged.place();
            if query.admits(&logged) {
                items.push(logged);
            }
            if items.len() == limit {
                return Ok(Page { items, cursor: Some(range.before) });
            }
        }
        if last {
            return Ok(Page { items, cursor: None });
        }
    }
    Ok(Page { items, cursor: Some(range.before) })
}
