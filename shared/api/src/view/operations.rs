//! The schema of the report on operations, which is shown as the domain has it; a test holds one to the other.

#![allow(dead_code, reason = "these are schemas")]

use utoipa::ToSchema;

use super::incident::SeverityWord;

/// How incidents were worked on that opened in `[from, until)`. Of each list the first 20 rows.
#[derive(ToSchema)]
pub(crate) struct Operations {
    /// The first instant.
    #[schema(format = DateTime)]
    from: String,
    /// The first instant after it.
    #[schema(format = DateTime)]
    until: String,
    /// Only this service; null: all.
    service: Option<String>,
    /// There were more incidents than a report reads: these are the latest, and `from` is when the first of them opened.
    truncated: bool,
    /// All incidents together.
    total: Tally,
    /// By severity, the worst first.
    severities: Vec<BySeverity>,
    /// By service, the most incidents first.
    services: Vec<ByService>,
    /// By calendar week (from Monday, UTC), the first first.
    weeks: Vec<Week>,
    /// By person or channel that was called, the most pages first.
    called: Vec<Called>,
    /// By channel or address of a person, the most delivered first.
    channels: Vec<ChannelNotifications>,
    /// By what raises alerts, the most pages first.
    monitors: Vec<MonitorCalls>,
    /// Incidents that told people and in which nothing was done, the latest first.
    unactionable: Vec<Unactionable>,
    /// What became an incident more than once, the most often first.
    repeats: Vec<Repeat>,
}

/// What is counted of some incidents.
#[derive(ToSchema)]
pub(crate) struct Tally {
    /// Incidents that opened.
    incidents: u32,
    /// Of these, not over yet.
    open: u32,
    /// Of these, over without anybody having acknowledged them.
    unacknowledged: u32,
    /// Of these, told to people and over by themselves, and nothing was done.
    unactionable: u32,
    /// Calls that arrived: of a person once, at however many addresses; of a pager once until nobody has the incident any
    /// more.
    pages: u32,
    /// From the first breach to the first notification that arrived.
    to_tell: Lengths,
    /// From the first breach to the first acknowledgement: its mean is the MTTA.
    to_acknowledge: Lengths,
    /// From the first breach to the resolve: its mean is the MTTR.
    to_resolve: Lengths,
    /// What became of notifications.
    notifications: Notifications,
}

/// Some lengths of time, such as `4m30s`. Percentiles are by the nearest rank.
#[derive(ToSchema)]
pub(crate) struct Lengths {
    /// How many.
    count: u32,
    /// Their mean; absent where there are none.
    #[schema(nullable = false)]
    mean: Option<String>,
    /// Half of them are not longer.
    #[schema(nullable = false)]
    median: Option<String>,
    /// Nine of ten are not longer.
    #[schema(nullable = false)]
    p90: Option<String>,
}

/// What became of notifications.
#[derive(ToSchema)]
pub(crate) struct Notifications {
    /// The vendor took them.
    delivered: u32,
    /// The vendor will never take them.
    refused: u32,
    /// Given up after the last try.
    failed: u32,
    /// Not sent: no longer true when their turn came.
    overtaken: u32,
    /// Not settled yet.
    under_way: u32,
}

/// The incidents of a severity.
#[derive(ToSchema)]
pub(crate) struct BySeverity {
    /// The worst they were.
    #[schema(value_type = SeverityWord)]
    severity: String,
    #[serde(flatten)]
    tally: Tally,
}

/// The incidents of a service.
#[derive(ToSchema)]
pub(crate) struct ByService {
    /// Whose they are.
    service: String,
    #[serde(flatten)]
    tally: Tally,
}

/// The incidents of a calendar week, as far as the report covers it.
#[derive(ToSchema)]
pub(crate) struct Week {
    /// Its first instant in the report.
    #[schema(format = DateTime)]
    from: String,
    /// The first instant after it.
    #[schema(format = DateTime)]
    until: String,
    /// The report covers the whole of it.
    whole: bool,
    #[serde(flatten)]
    tally: Tally,
}

/// How often a person, or whoever is behind a channel, was called.
#[derive(ToSchema)]
pub(crate) struct Called {
    /// Whom, by whichever address; absent where it is a channel.
    #[schema(nullable = false)]
    person: Option<String>,
    /// Which channel; absent where it is a person.
    #[schema(nullable = false)]
    channel: Option<String>,
    /// How often.
    pages: u32,
    /// The same in a week, on average over the report.
    pages_per_week: f64,
    /// In each week of the report, by when the call arrived; the last one has those that arrived after it.
    pages_by_week: Vec<u32>,
}

/// What went to a channel or to an address of a person, such as `ann.phone`.
#[derive(ToSchema)]
pub(crate) struct ChannelNotifications {
    /// Its name.
    channel: String,
    #[serde(flatten)]
    notifications: Notifications,
}

/// What a monitor, or another detector, has raised.
#[derive(ToSchema)]
pub(crate) struct MonitorCalls {
    /// Its alerts' name.
    monitor: String,
    /// Whose trouble it tells.
    service: String,
    /// How often it began to fire.
    firings: u32,
    /// Incidents that it opened.
    incidents: u32,
    /// Of these, unactionable.
    unactionable: u32,
    /// Calls of the incidents that it opened.
    pages: u32,
    /// The same as a part of all pages, 0 to 1.
    share_of_pages: f64,
}

/// An incident that told people and in which nothing was done: it ended by itself, no action ran, nobody wrote a word.
#[derive(ToSchema)]
pub(crate) struct Unactionable {
    /// The incident.
    incident: String,
    /// Its title.
    title: String,
    /// How bad.
    #[schema(value_type = SeverityWord)]
    severity: String,
    /// When it opened.
    #[schema(format = DateTime)]
    opened_at: String,
    /// How long it lasted.
    lasted: String,
    /// Not longer than ten minutes.
    short_lived: bool,
    /// Somebody had acknowledged it.
    acknowledged: bool,
    /// Notifications that arrived.
    notifications: u32,
}

/// What became an incident again and again.
#[derive(ToSchema)]
pub(crate) struct Repeat {
    /// The service.
    service: String,
    /// The alert that opened the incidents.
    monitor: String,
    /// How many.
    incidents: u32,
    /// When the first opened.
    #[schema(format = DateTime)]
    first: String,
    /// When the last opened.
    #[schema(format = DateTime)]
    last: String,
    /// The last.
    last_incident: String,
}
