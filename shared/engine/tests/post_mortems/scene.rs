//! A shop whose checkout calls payments, at minutes after 2026-03-03T14:00:00Z.

use std::collections::{BTreeMap, BTreeSet};

use domain::alert::{AlertSummary, Reading};
use domain::deployment::Deployment;
use domain::id::{Fingerprint, SeriesId, ServiceName};
use domain::incident::{Entry, Incident, Severity, State, What};
use domain::label::Labels;
use domain::measure::Measure;
use domain::metric::{Asked, Chunk, Outcome, Query, Remark, Sample, Series, Statistic, Value};
use domain::monitor::{Category, Condition, MissingData, Monitor, Signal, Window};
use domain::report::PostMortem;
use domain::response::{Action, ActionKind, ActionState, Mode, RateLimit, Step};
use domain::service::{Resource, Service};
use domain::setup::Setup;
use domain::units::{Span, Time, Unit};
use tocsin_engine::post_mortem::compose;
use tocsin_engine::root_cause::{Case, History, series_of, services_of};

pub(crate) const CHECKOUT: &str = "shop-checkout";
pub(crate) const ERROR_RATE: &str = "shop-checkout-error-rate";

/// `minute` minutes and `second` seconds after 14:00:00 UTC.
pub(crate) fn at(minute: i64, second: i64) -> Time {
    let base: Time = "2026-03-03T14:00:00Z".parse().expect("an instant");
    Time::from_epoch(base.epoch() + minute * 60 + second)
}

pub(crate) fn name<T: std::str::FromStr>(text: &str) -> T {
    text.parse().ok().expect("a name")
}

pub(crate) fn live() -> Resource {
    Resource::LambdaAlias { function: CHECKOUT.to_owned(), alias: "live".to_owned() }
}

fn series(id: &str) -> Series {
    let unit = if id.ends_with("latency") { Unit::Milliseconds } else { Unit::Count };
    Series {
        id: name(id),
        source: name("cloudwatch"),
        query: Query::CloudWatch {
            namespace: "Shop".to_owned(),
            metric: id.to_owned(),
            dimensions: BTreeMap::new(),
            statistic: if unit == Unit::Count { Statistic::Sum } else { Statistic::Average },
        },
        period: Span::MINUTE,
        pace: Span::MINUTE,
        unit,
        sparse: false,
    }
}

pub(crate) fn service(text: &str, depends_on: &[&str], series: &[&str]) -> Service {
    Service {
        name: name(text),
        owner: if text == "payments" { "team-pay".to_owned() } else { "team-shop".to_owned() },
        critical: true,
        depends_on: depends_on.iter().map(|callee| name(callee)).collect(),
        resources: if text == CHECKOUT { vec![live()] } else { Vec::new() },
        series: series.iter().map(|id| name(id)).collect(),
    }
}

pub(crate) fn setup() -> Setup {
    let all = ["shop-checkout/requests", "shop-checkout/errors", "shop-checkout/latency", "payments/errors"];
    Setup {
        sources: Vec::new(),
        services: vec![service(CHECKOUT, &["payments"], &all[..3]), service("payments", &[], &all[3..])],
        series: all.iter().map(|id| series(id)).collect(),
        monitors: vec![Monitor {
            name: name(ERROR_RATE),
            service: name(CHECKOUT),
            signal: Signal::Ratio { numerator: name(all[1]), denominator: name(all[0]) },
            measure: Measure::Value,
            quiet: false,
            factor: 100.0,
            unit: Unit::Percent,
            conditions: vec![Condition { severity: Severity::Sev2, when: name("> 10"), recover: Some(name("< 5")) }],
            window: Window { breaching: 2, of: 3 },
            missing_data: MissingData::Ignore,
            settle: Span::MINUTE,
            cooldown: Span::from_minutes(10),
            category: Category::Technical,
            labels: Labels::default(),
        }],
        runbooks: Vec::new(),
        response_enabled: true,
        channels: Vec::new(),
        inbound: domain::notification::Inbound::default(),
        routing: domain::routing::Routing::default(),
        on_call: domain::on_call::OnCall::default(),
        correlation: domain::correlation::Correlation::default(),
        look_back: Span::from_minutes(10),
        post_mortem_severities: vec![Severity::Sev1, Severity::Sev2],
        default_owner: "team-platform".to_owned(),
        keep_metrics: Span::DAY.times(15),
        events: domain::monitored::Rules::default(),
        slos: Vec::new(),
        drills: Vec::new(),
        keep_events: Span::DAY,
        keep_incidents: Span::DAY.times(400),
    }
}

/// Chunks of one-minute ticks; `value` gives the sample of a series and minute, if there is one.
pub(crate) fn chunks(minutes: std::ops::Range<i64>, value: impl Fn(&str, i64) -> Option<f64>) -> Vec<Chunk> {
    let ids: BTreeSet<SeriesId> = setup().series.into_iter().map(|series| series.id).collect();
    let chunk = |minute: i64| {
        let asked = ids.iter().map(|id| {
            let sample =
                value(id.as_str(), minute).map(|value| Sample { at: at(minute, 0), value: Value::Number(value) });
            Asked {
                series: id.clone(),
                from: at(minute, 0),
                until: at(minute + 1, 0),
                outcome: Outcome::Read(sample.into_iter().collect()),
                remark: Remark::default(),
            }
        });
        Chunk { shard: 0, tick: at(minute + 2, 0), asked: asked.collect() }
    };
    minutes.map(chunk).collect()
}

/// A steady day with some noise: about 200 requests a minute, one or two of them failing.
pub(crate) fn normal(id: &str, minute: i64) -> Option<f64> {
    let noise = (minute * 7919).rem_euclid(11);
    let small = |modulus: i64| f64::from(u32::try_from(noise.rem_euclid(modulus)).expect("small"));
    Some(match id {
        "shop-checkout/requests" => 198.0 + small(5),
        "shop-checkout/errors" => 1.0 + small(2),
        "shop-checkout/latency" => 80.0 + small(7),
        "payments/errors" => small(2),
        _ => return None,
    })
}

pub(crate) fn moved(from: &str, to: &str, after: Time, by: Time, description: &str) -> Deployment {
    Deployment {
        id: Deployment::id_of(&live().to_string(), Some(from), to, by),
        service: name(CHECKOUT),
        resource: Some(live()),
        from: Some(from.to_owned()),
        to: to.to_owned(),
        moved_after: after,
        moved_by: by,
        description: description.to_owned(),
    }
}

pub(crate) fn alert(value: f64, fired_at: Time, resolved_at: Option<Time>) -> AlertSummary {
    AlertSummary {
        fingerprint: Fingerprint::derive(&["monitor", CHECKOUT, ERROR_RATE]),
        name: ERROR_RATE.to_owned(),
        severity: Severity::Sev2,
        fired_at,
        resolved_at,
        quiet_since: None,
        returns: 0,
        reading: Some(Reading {
            signal: "errors / requests".to_owned(),
            value,
            limit: name("> 10"),
            unit: Unit::Percent,
        }),
        labels: Labels::default(),
        service: None,
    }
}

pub(crate) fn entry(at: Time, what: What) -> Entry {
    Entry { at, what }
}

pub(crate) fn resolved(by: &str, at: Time) -> Entry {
    let (from, to) = (State::Mitigating, State::Resolved);
    entry(at, What::StateChanged { from, to, by: by.to_owned() })
}

/// An incident of checkout that opens at `opened_at` and resolves at `resolved_at`, with no history yet.
pub(crate) fn incident(opened_at: Time, resolved_at: Time) -> Incident {
    let service: ServiceName = name(CHECKOUT);
    Incident {
        escalation: None,
        muted: None,
        related: Vec::new(),
        covers: Vec::new(),
        merged_into: None,
        correlate_at: None,
        unlisted: BTreeSet::new(),
        releases: 0,
        id: Incident::id_of(&service, "", opened_at),
        version: 7,
        title: format!("{ERROR_RATE} on {service}"),
        service,
        key: String::new(),
        category: Category::Technical,
        severity: Severity::Sev2,
        state: State::Resolved,
        opened_at,
        acknowledged_at: None,
        resolved_at: Some(resolved_at),
        alerts: Vec::new(),
        actions: Vec::new(),
        timeline: Vec::new(),
        timeline_dropped: 0,
        taken: None,
        next_wake: None,
    }
}

pub(crate) fn roll_back(incident: &Incident, mode: Mode, planned_at: Time, state: ActionState) -> Action {
    let runbook = name("roll-back-checkout");
    Action {
        id: Action::id_of(&incident.id, &runbook, 0, &live()),
        runbook,
        step: Step {
            action: ActionKind::RollBackLambdaAlias,
            mode,
            moved_within: Span::HOUR,
            verify_within: Span::from_minutes(10),
            limit: RateLimit { count: 1, per: Span::HOUR },
        },
        target: live(),
        alert: Fingerprint::derive(&["monitor", CHECKOUT, ERROR_RATE]),
        reason: format!("{} moved shortly before the first breach", live()),
        planned_at,
        to_version: "1".to_owned(),
        from_version: "2".to_owned(),
        state,
    }
}

/// Everything a post-mortem is made of.
#[derive(Clone)]
pub(crate) struct Scene {
    pub(crate) setup: Setup,
    pub(crate) incident: Incident,
    pub(crate) deployments: Vec<Deployment>,
    pub(crate) acts: BTreeMap<Resource, Vec<Time>>,
    pub(crate) chunks: Vec<Chunk>,
}

impl Scene {
    pub(crate) fn with_case<T>(&self, use_it: impl FnOnce(&Case<'_>) -> T) -> T {
        let services = services_of(&self.setup, &self.incident.service);
        let mut history = History::of(series_of(&self.setup, &services));
        for chunk in &self.chunks {
            history.add(chunk);
        }
        use_it(&Case {
            setup: &self.setup,
            incident: &self.incident,
            deployments: &self.deployments,
            acts: &self.acts,
            history: &history,
        })
    }

    pub(crate) fn post_mortem(&self) -> PostMortem {
        let resolved_at = self.incident.resolved_at.expect("it is resolved");
        self.with_case(|case| compose(case, resolved_at))
    }
}
