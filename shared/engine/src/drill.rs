//! Drills: they are begun, looked at until they have passed or broken, and an alert tells of one that broke.
//!
//! Everything between is left to the functions that a real breach goes through. All that is done here can be done twice,
//! so it is done first and the drill is written last.

mod walked;

use domain::alert::{AlertChange, Status};
use domain::drill::{Drill, Plan, Seen, Standing};
use domain::id::{DrillId, Fingerprint, ServiceName};
use domain::incident::Severity;
use domain::label::{self, Labels};
use domain::metric::PushedValue;
use domain::monitor::{Category, Monitor};
use domain::setup::Setup;
use domain::units::{Span, Time};

use crate::command::{self, CommandError};
use crate::decide::{CORRELATION_LABEL, places};
use crate::own_service;
use crate::perform::{CONFLICT_TRIES, UseCaseError};
use crate::port::{ChunkLog, EventLog, Ledger, Orders, Outlet, PortError, Saved, Wake};
use crate::push::push;
use crate::raise::raise;
use walked::Walked;

/// How bad it is that the way from a breach to a person is broken.
const SEVERITY: Severity = Severity::Sev2;
/// Who ends the incident of a drill that broke.
const BY: &str = "tocsin";

/// Why no drill begins.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// The configuration names no drill of it.
    #[error("no drill of {service} is configured; {}", known(of))]
    Unplanned {
        /// The service.
        service: ServiceName,
        /// The services that can be drilled.
        of: Vec<ServiceName>,
    },
    /// One is under way.
    #[error("the drill {0} of {1} is under way")]
    Running(DrillId, ServiceName),
    /// The store or the bus did not answer.
    #[error(transparent)]
    Port(#[from] PortError),
}

fn known(of: &[ServiceName]) -> String {
    match of {
        [] => "name its service below \"drills\"".to_owned(),
        of => format!("there are drills of {}", of.iter().map(ServiceName::as_str).collect::<Vec<_>>().join(", ")),
    }
}

/// Begins a drill of `service`, and whether it is new: asked for twice within a minute it is one.
///
/// # Errors
/// As [`Refused`] says.
pub async fn begin(
    orders: &impl Orders,
    outlet: &impl Outlet,
    setup: &Setup,
    (service, by): (&ServiceName, &str),
    now: Time,
) -> Result<(Drill, bool), Refused> {
    let Some(plan) = setup.drills.iter().find(|plan| &plan.service == service) else {
        let of = setup.drills.iter().map(|plan| plan.service.clone()).collect();
        return Err(Refused::Unplanned { service: service.clone(), of });
    };
    let drill = Drill::begin(plan.clone(), by, now);
    let stored = orders.drills().await?;
    if let Some(same) = stored.iter().find(|stored| stored.id == drill.id) {
        return Ok((same.clone(), false));
    }
    if let Some(other) = stored.iter().find(|stored| stored.plan.service == *service && stored.is_running()) {
        return Err(Refused::Running(other.id.clone(), service.clone()));
    }
    let is_new = orders.save_drill(&drill, now + setup.keep_incidents).await? == Saved::Saved;
    // What is not woken is found due within the minute.
    let _ = outlet.wake(&Wake::Drill(drill.id.clone()), Span::default()).await;
    Ok((Drill { version: 1, ..drill }, is_new))
}

/// Begins a drill of every service that the configuration names; the reasons of those that do not begin.
pub async fn begin_all(
    orders: &impl Orders,
    outlet: &impl Outlet,
    setup: &Setup,
    by: &str,
    now: Time,
) -> (Vec<Drill>, Vec<String>) {
    let (mut begun, mut refused) = (Vec::new(), Vec::new());
    for plan in &setup.drills {
        match begin(orders, outlet, setup, (&plan.service, by), now).await {
            Ok((drill, _)) => begun.push(drill),
            Err(why) => refused.push(why.to_string()),
        }
    }
    (begun, refused)
}

/// Looks at a drill that is due: notes the hops that are done, and does what is next.
///
/// # Errors
/// When a port does not answer, or others keep changing what is written.
pub async fn advance(
    store: &(impl Ledger + ChunkLog + EventLog + Orders),
    outlet: &impl Outlet,
    setup: &Setup,
    (id, shards): (&DrillId, u32),
    now: Time,
) -> Result<(), UseCaseError> {
    for _ in 0..CONFLICT_TRIES {
        let Some(mut drill) = store.drill(id).await?.filter(|drill| drill.next_wake.is_some_and(|at| at <= now)) else {
            return Ok(());
        };
        let Some(monitor) = drill.plan.monitor(Span::default()) else { return Ok(()) };
        let walked = Walked::load(store, (&drill, &monitor), shards, now).await?;
        let seen = Seen { group_wait: group_wait(setup, &monitor, &drill.plan), ..walked.seen() };
        drill.observe(&seen, now);
        push_values(store, (&drill, &monitor), shards, now).await?;
        if !drill.is_running() {
            judged(store, outlet, setup, (&drill, &seen), now).await?;
        }
        if store.save_drill(&drill, drill.asked_at + setup.keep_incidents).await? == Saved::Saved {
            return Ok(());
        }
    }
    Err(UseCaseError::Contended(id.to_string()))
}

/// The longest that a route of the breach waits before it tells of a new group.
fn group_wait(setup: &Setup, monitor: &Monitor, plan: &Plan) -> Span {
    let labels = label::of_change(&change(monitor, plan.severity));
    places(&setup.routing, &labels).iter().map(|place| place.route.group_wait).max().unwrap_or_default()
}

/// The alert of the breach, as it is routed.
fn change(monitor: &Monitor, severity: Severity) -> AlertChange {
    AlertChange {
        fingerprint: monitor.fingerprint(),
        name: monitor.name.to_string(),
        service: monitor.service.clone(),
        category: monitor.category,
        status: Status::Firing,
        severity,
        at: Time::from_epoch(0),
        reason: String::new(),
        reading: None,
        cooldown: monitor.cooldown,
        labels: monitor.labels.clone(),
        ends_at: None,
    }
}

/// The breach, and its end once it is taken back. Both are pushed again until the drill is over, in case one was lost.
async fn push_values(
    log: &impl EventLog,
    (drill, monitor): (&Drill, &Monitor),
    shards: u32,
    now: Time,
) -> Result<(), PortError> {
    let values = [(1.0, Some(drill.breach_at())), (0.0, drill.taken_back_at)];
    for (value, at) in values.into_iter().filter_map(|(value, at)| Some((value, at?))) {
        let values = monitor.series().map(|series| PushedValue { series: series.clone(), at, value }).collect();
        push(log, shards, drill.id.as_str(), values, now).await?;
    }
    Ok(())
}

/// What is done once: a drill that broke ends its incident, so that nobody is called any more for what is no trouble, and
/// is an alert of its own; the next one that passes ends that.
async fn judged(
    store: &(impl Ledger + Orders),
    outlet: &impl Outlet,
    setup: &Setup,
    (drill, seen): (&Drill, &Seen<'_>),
    now: Time,
) -> Result<(), UseCaseError> {
    if let (Standing::Broken { hop, .. }, Some(incident)) = (&drill.standing, seen.incident)
        && incident.state.is_open()
    {
        let why = format!("the drill is over: it broke before it was {hop}");
        match command::resolve(store, outlet, setup, (&incident.id, BY, &why), now).await {
            Ok(_) | Err(CommandError::Refused(_) | CommandError::Unknown(_)) => {}
            Err(CommandError::Port(error)) => return Err(error.into()),
            Err(other) => return Err(UseCaseError::Contended(other.to_string())),
        }
    }
    let change = outcome(drill, now);
    let fires = store.alert(&change.fingerprint).await?.is_some_and(|alert| alert.status == Status::Firing);
    if fires || change.status == Status::Firing {
        raise(store, outlet, setup, &change, now).await?;
    }
    Ok(())
}

/// The alert that says whether the way of a service's alerts is broken.
fn outcome(drill: &Drill, now: Time) -> AlertChange {
    let service = &drill.plan.service;
    let (status, at, reason) = match &drill.standing {
        Standing::Broken { at, hop, reason } => {
            let reason = format!("The drill {} of {service} broke before it was {hop}: {reason}", drill.id);
            (Status::Firing, *at, reason)
        }
        Standing::Passed { at } => (Status::Resolved, *at, format!("the drill {} of {service} passed", drill.id)),
        Standing::Running => (Status::Resolved, now, format!("the drill {} of {service} is under way", drill.id)),
    };
    let name = format!("drill-of/{service}");
    AlertChange {
        fingerprint: Fingerprint::derive(&["own", &name]),
        labels: Labels::from([(CORRELATION_LABEL.to_owned(), name.clone())]),
        name,
        service: own_service(),
        category: Category::Technical,
        status,
        severity: SEVERITY,
        at,
        reason,
        reading: None,
        cooldown: Span::default(),
        ends_at: None,
    }
}
