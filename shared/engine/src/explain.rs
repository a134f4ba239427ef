//! Why an alert was told, or was not: every question that the pipeline asks, in its order, with the answer.
//!
//! Nothing here decides. What a group will do is its flush, run in thought ([`crate::flush`]); whom an escalation calls is
//! the same machine, moved ahead; a made-up alert is raised and placed as a real one would be. So what is said here is
//! what happens, as long as nothing else does.

mod calls;
mod case;
mod course;
mod sent;
mod step;
mod words;

use domain::alert::{Alert, Status};
use domain::flapping::State as Restless;
use domain::group::{Group, Member, Outlook};
use domain::id::{Fingerprint, PolicyName, ServiceName};
use domain::incident::Severity;
use domain::label::{self, Labels};
use domain::routing::{GROUPS_MAX, Outcome, Route};
use domain::service::{OWN_SERVICE, UNASSIGNED};
use domain::setup::Setup;
use domain::units::Time;

use crate::decide::timing;
use crate::flush::{Checks, Scene};
use crate::paging::Crew;
use crate::perform::UseCaseError;
use crate::port::{Ledger, Orders, PortError};
use crate::silence::KEPT_FOR;
use case::Case;
use course::{Course, Home, Led, Tells};
pub use sent::Sent;
pub use step::{Check, Clock, Explanation, Looked, Said, Step, Subject};

/// Alerts that are searched for a name.
pub const SEARCHED_MAX: usize = 5_000;
/// Alerts of one name that are listed where it is not clear which is meant.
pub const LISTED_MAX: usize = 20;

/// Why nothing can be explained.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ExplainError {
    /// Nothing is known of it.
    #[error("there is no alert {0}")]
    Unknown(String),
    /// The name is that of several; the fingerprint tells them apart.
    #[error("{} alerts have the name {name}; name one by its fingerprint: {}", of.len(), words::listed(of))]
    Several {
        /// The name.
        name: String,
        /// Some of them, with their services.
        of: Vec<(Fingerprint, ServiceName)>,
    },
    /// The labels are none that an alert could have.
    #[error("{0}")]
    Labels(String),
    /// A port does not answer.
    #[error(transparent)]
    UseCase(#[from] UseCaseError),
}

impl From<PortError> for ExplainError {
    fn from(error: PortError) -> Self {
        Self::UseCase(error.into())
    }
}

/// Every step between an alert and people, in order, as of `at`; `None`: as of now.
///
/// Of a time to come it says how things will stand if nothing else happens until then; of a time that is over, what held
/// the alert back then, as far as it is stored: the configuration is today's, and what its group looked like is not kept.
/// A made-up alert begins to fire at that time.
///
/// # Errors
/// When there is no such alert, or a port does not answer.
pub async fn explain(
    store: &(impl Ledger + Orders),
    setup: &Setup,
    (what, at): (&Subject, Option<Time>),
    now: Time,
) -> Result<Explanation, ExplainError> {
    let at = at.unwrap_or(now);
    let overrides = store.overrides().await?;
    let crew = Crew { setup, overrides: &overrides };
    let case = Case::of(store, &crew, what, (at, now)).await?;
    let mut steps: Vec<Step> = no_service(setup, &case).into_iter().chain(taken_as(what, &case.alert)).collect();
    steps.extend(routes(setup, &case.labels));
    steps.push(Step { group: None, said: restless(&case, (at, now)) });
    if case.groups.is_empty() {
        steps.push(Step { group: None, said: Said::NoGroup { status: case.alert.status } });
    }
    let homes = homes(store, setup, &case, (at, now)).await?;
    let is_past = at < now && !case.made_up;
    let led = if is_past {
        Vec::new()
    } else {
        let incidents = case.incidents(store, homes.iter().map(|home| &home.group)).await?;
        let course = Course { crew: &crew, fingerprint: &case.alert.fingerprint, incidents };
        course.lead(&homes, (now, at))
    };
    let mut begins: Vec<Begin> = led.iter().flat_map(|led| led.begins.clone()).collect();
    let (mut homes, mut led) = (homes.into_iter().peekable(), led.into_iter());
    for group in &case.groups {
        let said = match homes.next_if(|home| home.group.id == group.id) {
            None => vec![Said::RouteGone { route: group.route.clone() }],
            Some(home) => group_says(setup, &case, &home, led.next(), (at, now)),
        };
        steps.extend(said.into_iter().map(|said| Step { group: Some(group.id.clone()), said }));
    }
    let incident = case.incident.as_ref().filter(|_| !case.made_up);
    if let Some(incident) = incident {
        let mut receipts = store.receipts(&incident.id).await?;
        receipts.sort_by(|a, b| (a.created_at, &a.channel, &a.id).cmp(&(b.created_at, &b.channel, &b.id)));
        steps.extend(receipts.into_iter().map(|receipt| Step { group: None, said: Said::Receipt(receipt.into()) }));
    }
    begins.sort_by_key(|(time, ..)| *time);
    steps.extend(calls::steps(&crew, &case, &begins, (at, now)));
    Ok(Explanation { alert: case.alert, labels: case.labels, made_up: case.made_up, at, now, steps })
}

/// A made-up alert of a service that is not configured, which nobody can send.
fn no_service(setup: &Setup, case: &Case) -> Option<Step> {
    let service = &case.alert.service;
    let is_known = setup.service(service).is_some() || [UNASSIGNED, OWN_SERVICE].contains(&service.as_str());
    let said = Said::NoService { name: service.to_string() };
    (case.made_up && !is_known).then_some(Step { group: None, said })
}

/// What is written in the labels of a made-up alert and read as something else.
fn taken_as(what: &Subject, alert: &Alert) -> Vec<Step> {
    let Subject::Labels(labels) = what else { return Vec::new() };
    let read = [(label::SEVERITY, alert.severity.as_str()), (label::CATEGORY, alert.category.as_str())];
    let other = read.into_iter().filter_map(|(name, taken)| {
        let value = labels.get(name).filter(|value| *value != taken)?;
        let said = Said::TakenAs { label: name.to_owned(), value: value.clone(), taken: taken.to_owned() };
        Some(Step { group: None, said })
    });
    other.collect()
}

/// Whether the alert comes and goes, and no end of it is believed: of what a person has ended it is.
fn restless(case: &Case, (at, now): (Time, Time)) -> Said {
    let alert = &case.alert;
    let is_over = alert.status != Status::Firing && alert.changed_at <= at;
    let is_ended = case.incident.as_ref().is_some_and(|incident| incident.resolved_at.is_some_and(|over| over <= at));
    let flapping = alert.flapping.as_ref().filter(|_| !is_over && !is_ended);
    match flapping.map(|flapping| (flapping.firings, flapping.state(at))) {
        Some((firings, Restless::Flaps { since, until })) => {
            let quiet_since = alert.quiet_since.filter(|quiet_since| *quiet_since <= at);
            Said::Flaps { since, until, firings, quiet_since }
        }
        _ if at < now && !case.made_up => Said::RestlessNotKept,
        _ => Said::Calm,
    }
}

/// Each route that is looked at, and what comes of it.
pub fn routes(setup: &Setup, labels: &Labels) -> Vec<Step> {
    let mut taken = 0;
    let mut looked = |outcome: Outcome<'_>| match outcome {
        Outcome::Failed(matcher) => {
            Looked::Failed { matcher: matcher.to_string(), value: label::value_of(labels, matcher.label()).to_owned() }
        }
        Outcome::Below => Looked::Below,
        Outcome::Taken => {
            taken += 1;
            if taken > GROUPS_MAX { Looked::Beyond } else { Looked::Taken }
        }
    };
    let steps = setup.routing.trace(labels).into_iter();
    let mut said = |step: domain::routing::Step<'_>| Said::Route {
        route: step.path,
        depth: step.depth,
        outcome: looked(step.outcome),
    };
    steps.map(|step| Step { group: None, said: said(step) }).collect()
}

/// When the group has somebody called, by which policy if its route names one, and how bad that is.
type Begin = (Time, Option<PolicyName>, Severity);

/// The groups of the alert that a route makes, in their order.
async fn homes<'c>(
    store: &(impl Ledger + Orders),
    setup: &'c Setup,
    case: &Case,
    (at, now): (Time, Time),
) -> Result<Vec<Home<'c>>, PortError> {
    let mut homes = Vec::new();
    for group in &case.groups {
        let Some(route) = setup.routing.route(&group.route) else { continue };
        let scene = if at < now {
            Scene::then(store, setup, &case.member(group).labels, at).await?
        } else {
            Scene::load(store, setup, group).await?
        };
        let scene = if case.made_up { scene.with(&case.alert.fingerprint, &case.labels) } else { scene };
        homes.push(Home { group: group.clone(), route, scene });
    }
    Ok(homes)
}

/// What becomes of the alert in one of its groups; `led` is where that leads, unless it is asked of the past.
fn group_says(setup: &Setup, case: &Case, home: &Home<'_>, led: Option<Led>, (at, now): (Time, Time)) -> Vec<Said> {
    let Home { group, route, scene } = home;
    let own = case.member(group);
    let mut said = vec![says_group(route, group, case)];
    let Some(led) = led else {
        said.push(Said::Then { fired: case.alert.fired_then(at) });
        said.extend(checks(scene, (setup, route), (case, &own), (at, now)));
        return said;
    };
    // A made-up alert was placed at its time, and the group brought there before.
    let told = group.told.iter().filter(|_| !case.made_up && !route.channels.is_empty());
    said.extend(told.map(|told| Said::GroupTold { at: told.at, reason: told.reason.clone() }));
    let tells = |(at, reason, channels): Tells| Said::Tells { at, reason, channels };
    said.extend(led.told.into_iter().map(tells));
    let Some(member) = led.group.members().get(&case.alert.fingerprint).or(own.firing.then_some(&own)) else {
        said.push(Said::Outlook(led.outlook));
        return said;
    };
    said.extend(checks(scene, (setup, route), (case, member), (at, now)));
    said.extend(waits(&led.group, &timing(route), at));
    let is_told = !matches!(led.outlook, Outlook::NotHere | Outlook::Held { .. });
    // A group without channels has its clocks, by which people are called, and tells nobody.
    said.extend((!is_told || !route.channels.is_empty()).then_some(Said::Outlook(led.outlook)));
    said.push(match led.next {
        Some(next) => tells(next),
        None if route.channels.is_empty() => Said::NoChannel { escalation: route.escalation.clone() },
        None => Said::Untold { looked_until: led.looked_until },
    });
    said
}

fn says_group(route: &Route, group: &Group, case: &Case) -> Said {
    Said::Group {
        route: group.route.clone(),
        labels: group.labels.clone(),
        channels: route.channels.clone(),
        escalation: route.escalation.clone(),
        firing: group.firing() - usize::from(case.made_up && group.firing() > 0),
    }
}

/// What may hold the alert back, in the order of the pipeline.
fn checks(
    scene: &Scene,
    (setup, route): (&Setup, &Route),
    (case, member): (&Case, &Member),
    (at, now): (Time, Time),
) -> impl Iterator<Item = Said> {
    let alert = (&case.alert.fingerprint, member);
    let muted = case.muted.as_ref().ok().and_then(Option::as_ref);
    let found = Checks::of(scene, (setup, route), alert, muted, at);
    let all = [
        (Check::Inhibited, found.inhibited),
        (Check::Interval, found.muted),
        (Check::Silenced, found.silenced),
        (Check::Planned, found.planned),
        (Check::MutedUntilResolved, found.muted_by_hand),
    ];
    let (unread, silences_from) = (scene.unread, now - KEPT_FOR);
    let is_kept = [
        !scene.forgets(setup, &case.alert.fingerprint, &member.labels),
        true,
        at >= silences_from,
        true,
        case.muted.is_ok(),
    ];
    all.into_iter().zip(is_kept).map(move |((check, held), is_kept)| match held {
        Some(held) => Said::Held { check, held },
        None if check == Check::Inhibited && unread => Said::NotAllAsked,
        None if is_kept => Said::Free { check },
        None => Said::NotKept { check, silences_from },
    })
}

/// What the group waits for, if it does.
fn waits(group: &Group, timing: &domain::group::Timing, at: Time) -> Option<Said> {
    let until = group.next_wake().filter(|until| *until > at)?;
    let clock = match group.flushed_at {
        None => Clock::Wait { wait: timing.wait, since: group.opened_at },
        Some(flushed) if until <= flushed + timing.interval => Clock::Interval { interval: timing.interval, flushed },
        Some(_) => Clock::Repeat { repeat: timing.repeat.max(timing.interval) },
    };
    Some(Said::Waits { until, clock })
}
