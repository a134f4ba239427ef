//! The records of `tocsin.yaml` as they are written. Their documentation is the published schema's.

mod channel;
mod cost;
mod drill;
mod events;
mod log;
mod measure;
mod monitor;
mod on_call;
mod probe;
mod routing;
mod runbook;
mod service;
mod slo;
mod source;

pub(crate) use channel::{Channel, Inbound, Opsgenie, PagerDuty, Signed, SlackBot, Template};
pub(crate) use cost::{Cost, CostExplorer};
pub(crate) use drill::Drill;
pub(crate) use events::{EventLimit, EventRule, Events};
pub(crate) use log::{Log, LogInsights, LogTemplates, Logs, Sentences};
pub(crate) use measure::{Absence, Change, Earlier, Measure};
pub(crate) use monitor::{Condition, Datapoints, Monitor, Ratio, Signal};
pub(crate) use on_call::{
    Escalation, EscalationStep, OnCallHours, Page, PageKind, Person, Reached, Rotation, Schedule, Team, Turns,
};
pub(crate) use probe::{Http, Probe, Probes, Pushes, Tcp};
pub(crate) use routing::{Grouping, Inhibition, Interval, Maintenance, Route, Times};
pub(crate) use runbook::{Limit, Match, Runbook, Step};
pub(crate) use service::{Resource, Series, Service};
pub(crate) use slo::{
    BurnAlerts, BurnRule, BurnTable, Day, Exclude, Freshness, Indicator, Latency, Requests, Slices, Slo,
};
pub(crate) use source::{Auth, CloudWatch, Prometheus, Source};

use domain::incident::Severity;
use domain::response::Mode;
use domain::units::Span;

use crate::read::{Given, OneOrMore, record};

type List<T> = Vec<Given<T>>;

record! {
    /// What Tocsin watches and what it does about it.
    Document {
        /// The version of this format: 1. Only an included file may leave it out.
        version: optional u32,
        /// How long a period rests before it is judged, since sources revise their newest minutes. Default 60s.
        settle: optional Span,
        /// How far each tick looks back for late and revised points. Default 10m.
        look_back: optional Span,
        /// Where series are read.
        sources: optional List<Source>,
        /// What is watched.
        services: optional List<Service>,
        /// Rules over series and over other rules.
        monitors: optional List<Monitor>,
        /// What is promised.
        slos: optional List<Slo>,
        /// What to do when.
        runbooks: optional List<Runbook>,
        /// Whether actions may act, and how far they go unless they say otherwise.
        response: optional Response,
        /// How monitored events are judged.
        events: optional Events,
        /// Where notifications can go.
        channels: optional List<Channel>,
        /// Who may call us: Slack's buttons, PagerDuty's webhooks.
        inbound: optional Inbound,
        /// What routes have unless they say otherwise, and where alerts go that no route takes.
        grouping: optional Grouping,
        /// Which alerts go where; the first route that matches is taken.
        routes: optional List<Route>,
        /// Which alerts say nothing new while others fire.
        inhibitions: optional List<Inhibition>,
        /// Times that routes are silent in, and maintenance happens in.
        intervals: optional List<Interval>,
        /// Planned work.
        maintenance: optional List<Maintenance>,
        /// Who can be told.
        people: optional List<Person>,
        /// People who are told together.
        teams: optional List<Team>,
        /// Who is on call when.
        schedules: optional List<Schedule>,
        /// Who is paged, one step after the other, until somebody acknowledges.
        escalations: optional List<Escalation>,
        /// Whose way from a breach to a person is tried, each week and on demand.
        drills: optional List<Drill>,
        /// Which incidents are taken to be one.
        correlation: optional Correlation,
        /// Post-mortems.
        post_mortem: optional PostMortem,
        /// How long things are kept.
        retention: optional Retention,
        /// Further files, relative to this one; their lists are added to the lists here.
        include: optional List<String>,
    }
}

record! {
    /// Whether actions may act at all, and how far they go unless they say otherwise.
    Response {
        /// The kill switch: false stops every action. Default true.
        enabled: optional bool,
        /// How far a step goes that does not say so itself. Default suggest.
        default_mode: optional Mode,
    }
}

/// Who makes incidents one that most likely are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Merge {
    Automatic,
    ByHand,
}

record! {
    /// Which incidents are taken to be one: those of services that call each other, which break together.
    Correlation {
        /// How far apart they began at most, 1m to 1h. Default 10m.
        within: optional Span,
        /// How long both must fire before they are taken to be one, 1m to 1h. Default 3m.
        confirm_after: optional Span,
        /// automatic: they become one by themselves, unless a page could be lost by it. by-hand: it is only said. Default
        /// automatic.
        merge: optional Merge,
    }
}

record! {
    /// When post-mortems are written, and who follows up.
    PostMortem {
        /// Owner of follow-ups where no service has one. Default unassigned.
        default_owner: optional String,
        /// Incidents of these severities get one when they resolve. Default SEV1 and SEV2.
        severities: optional OneOrMore<Severity>,
    }
}

record! {
    /// How long things are kept.
    Retention {
        /// Points of series, 1d to 455d. Default 15d.
        metrics: optional Span,
        /// Monitored events, 1d to 365d; then they go to the archive. Default 30d.
        events: optional Span,
        /// Closed incidents, alerts and deployments, at least 1d. Default 400d.
        incidents: optional Span,
    }
}
