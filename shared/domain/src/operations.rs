//! How incidents were worked on over weeks: whether people hear of them, take them and end them, and what calls for
//! nothing.
//!
//! Numbers are those of the field: mean time to acknowledge and to resolve, with the median and the ninetieth percentile
//! beside them, since a mean hides both the usual and the bad. Source: Google's SRE workbook, "On-Call" and "Postmortem
//! Culture"; <https://sre.google/workbook/on-call/>

mod case;
mod count;
mod length;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

use crate::id::{ChannelName, IncidentId, PersonName, ServiceName};
use crate::incident::Severity;
use crate::units::{Span, Time};

pub use case::Case;
pub use count::operations;
pub use length::Lengths;

/// Rows of each list of a report; the rest is in the counts above it.
pub const ROWS_MAX: usize = 20;
/// An incident that ended by itself this soon is called short-lived.
pub const SHORT_LIVED: Span = Span::from_minutes(10);

/// The report on the incidents that opened in `[from, until)`.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Operations {
    /// The first instant.
    pub from: Time,
    /// The first instant after it.
    pub until: Time,
    /// Only this service; `None`: all.
    pub service: Option<ServiceName>,
    /// There were more incidents than a report reads: these are the latest, and `from` is when the first of them opened.
    pub truncated: bool,
    /// All incidents together.
    pub total: Tally,
    /// By severity, the worst first.
    pub severities: Vec<BySeverity>,
    /// By service, the most incidents first.
    pub services: Vec<ByService>,
    /// By calendar week (from Monday, UTC), the first first.
    pub weeks: Vec<Week>,
    /// By person or channel that was called, the most pages first.
    pub called: Vec<Called>,
    /// By channel or address of a person, the most delivered first.
    pub channels: Vec<Channel>,
    /// By what raises alerts, the most pages first.
    pub monitors: Vec<Monitor>,
    /// Incidents that told people and in which nothing was done, the latest first.
    pub unactionable: Vec<Unactionable>,
    /// What became an incident more than once, the most often first.
    pub repeats: Vec<Repeat>,
}

/// What is counted of some incidents.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Tally {
    /// Incidents that opened.
    pub incidents: u32,
    /// Of these, not over yet.
    pub open: u32,
    /// Of these, over without anybody having acknowledged them.
    pub unacknowledged: u32,
    /// Of these, unactionable.
    pub unactionable: u32,
    /// Calls that arrived: of a person once, at however many addresses; of a pager once until nobody has the incident any
    /// more.
    pub pages: u32,
    /// From the first breach to the first notification that arrived.
    pub to_tell: Lengths,
    /// From the first breach to the first acknowledgement: its mean is the MTTA.
    pub to_acknowledge: Lengths,
    /// From the first breach to the resolve: its mean is the MTTR.
    pub to_resolve: Lengths,
    /// What became of notifications.
    pub notifications: Notifications,
}

/// What became of notifications.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Notifications {
    /// The vendor took them.
    pub delivered: u32,
    /// The vendor will never take them.
    pub refused: u32,
    /// Given up after the last try.
    pub failed: u32,
    /// Not sent: no longer true when their turn came.
    pub overtaken: u32,
    /// Not settled yet.
    pub under_way: u32,
}

/// The incidents of a severity.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct BySeverity {
    /// The worst they were.
    pub severity: Severity,
    /// Its numbers.
    #[serde(flatten)]
    pub tally: Tally,
}

/// The incidents of a service.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ByService {
    /// Whose they are.
    pub service: ServiceName,
    /// Its numbers.
    #[serde(flatten)]
    pub tally: Tally,
}

/// The incidents of a calendar week, as far as the report covers it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Week {
    /// Its first instant in the report.
    pub from: Time,
    /// The first instant after it.
    pub until: Time,
    /// The report covers the whole of it.
    pub whole: bool,
    /// Its numbers.
    #[serde(flatten)]
    pub tally: Tally,
}

/// Who is called.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Callee {
    /// A person, by whichever address.
    Person(PersonName),
    /// A channel, behind which somebody is.
    Channel(ChannelName),
}

/// How often somebody was called.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Called {
    /// Who.
    #[serde(flatten)]
    pub who: Callee,
    /// How often.
    pub pages: u32,
    /// The same in a week, on average over the report.
    pub pages_per_week: f64,
    /// In each week of the report, by when the call arrived; the last one has those that arrived after it.
    pub pages_by_week: Vec<u32>,
}

/// What went to a channel or to an address of a person.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Channel {
    /// Its name.
    pub channel: ChannelName,
    /// What became of it.
    #[serde(flatten)]
    pub notifications: Notifications,
}

/// What a monitor, or another detector, has raised.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Monitor {
    /// Its alerts' name.
    pub monitor: String,
    /// Whose trouble it tells.
    pub service: ServiceName,
    /// How often it began to fire.
    pub firings: u32,
    /// Incidents that it opened.
    pub incidents: u32,
    /// Of these, unactionable.
    pub unactionable: u32,
    /// Calls of the incidents that it opened.
    pub pages: u32,
    /// The same as a part of all pages, 0 to 1; 0 where there are none.
    pub share_of_pages: f64,
}

/// An incident that told people and in which nothing was done: it ended by itself, no action ran, nobody wrote a word. Who
/// only acknowledged it has been woken for nothing all the same.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Unactionable {
    /// The incident.
    pub incident: IncidentId,
    /// Its title.
    pub title: String,
    /// How bad.
    pub severity: Severity,
    /// When it opened.
    pub opened_at: Time,
    /// How long it lasted.
    pub lasted: Span,
    /// Not longer than [`SHORT_LIVED`].
    pub short_lived: bool,
    /// Somebody had acknowledged it.
    pub acknowledged: bool,
    /// Notifications that arrived.
    pub notifications: u32,
}

/// What became an incident again and again.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Repeat {
    /// The service.
    pub service: ServiceName,
    /// The alert that opened the incidents.
    pub monitor: String,
    /// How many.
    pub incidents: u32,
    /// When the first opened.
    pub first: Time,
    /// When the last opened.
    pub last: Time,
    /// The last.
    pub last_incident: IncidentId,
}
