//! The flush: what a group of alerts tells its channels, when its time has come.
//!
//! Load the group and all that may hold its alerts back, let [`Group::flush`] decide, commit the group with what is to
//! be told, and only then tell. The version of the group's row is what Alertmanager's gossip is for: of two functions
//! that flush at once one commits, and the other finds nothing to do.

mod about;
mod again;
mod back;
mod firing;
mod held;
mod order;
mod over;
mod soon;
mod storm;
mod words;

use std::collections::{BTreeMap, BTreeSet};

use domain::event::{EventKind, IncidentEvent, Telling};
use domain::group::{Flushed, Group, Reason, Tell, View};
use domain::id::{ChannelName, GroupId, IncidentId};
use domain::incident::{Incident, Severity, What};
use domain::routing::Route;
use domain::setup::Setup;
use domain::units::Time;

use crate::correlate::survivor;
use crate::decide::{Draft, timing};
use crate::paging::{self, Crew};
use crate::perform::{CONFLICT_TRIES, UseCaseError, commit_and_publish};
use crate::port::{Commit, CommitError, Ledger, Orders, Outlet, Wake};

pub(crate) use about::About;
pub(crate) use back::reopen;
pub use firing::FIRING_MAX;
pub(crate) use held::{Checks, Scene};
pub use held::{Holds, view};
pub(crate) use over::left;
pub(crate) use soon::soon;
pub(crate) use storm::{Counted, Shown};

/// Incidents that one flush tells each channel of, the most urgent first. Of those beyond, channels that keep something for
/// each incident hear as well; to the others the first message says how many they are, and which.
pub const EACH_MAX: usize = 10;
/// Events of one transaction, beside the group and an incident with what it asks for.
const EVENTS_MAX: usize = 41;

/// Tells what a group has to say, if it is time; whoever comes too early, or second, does nothing. Groups of the same alerts
/// that would call people by other policies, and come before it, have their turn first. The reason why it was told, or was
/// not; `None`: nothing was due.
///
/// # Errors
/// When a port does not answer, or others keep changing the same group.
pub async fn flush(
    store: &(impl Ledger + Orders),
    outlet: &impl Outlet,
    setup: &Setup,
    id: &GroupId,
    now: Time,
) -> Result<Option<Reason>, UseCaseError> {
    let (mut waiting, mut seen) = (vec![id.clone()], BTreeSet::from([id.clone()]));
    while let Some(next) = waiting.pop() {
        let Some(group) = due(store, &next, now).await? else { continue };
        if let Some(first) =
            order::before(store, &setup.routing, &group).await.filter(|first| seen.insert(first.clone()))
        {
            waiting.extend([next, first]);
            continue;
        }
        // Whoever comes first and fails holds nobody up: it has a wake of its own.
        let told = flush_one(store, outlet, setup, group, now).await;
        if next == *id {
            return told;
        }
    }
    Ok(None)
}

async fn due(store: &impl Ledger, id: &GroupId, now: Time) -> Result<Option<Group>, UseCaseError> {
    Ok(store.group(id).await?.filter(|group| group.next_wake().is_some_and(|at| at <= now)))
}

async fn flush_one(
    store: &(impl Ledger + Orders),
    outlet: &impl Outlet,
    setup: &Setup,
    mut group: Group,
    now: Time,
) -> Result<Option<Reason>, UseCaseError> {
    let id = group.id.clone();
    for _ in 0..CONFLICT_TRIES {
        let decided = match setup.routing.route(&group.route) {
            Some(route) => decide(store, setup, group, route, now).await?,
            None => {
                Decided { commits: vec![again::place_again(store, group, &setup.routing, now).await?], verdict: None }
            }
        };
        if perform(store, outlet, &decided.commits).await? {
            return Ok(decided.verdict);
        }
        match due(store, &id, now).await? {
            Some(changed) => group = changed,
            None => return Ok(None),
        }
    }
    Err(UseCaseError::Contended(id.to_string()))
}

/// Commits one after the other; false: somebody else was faster. Who is called twice is called once, since an incident
/// that looks for somebody does not begin to.
async fn perform(ledger: &impl Ledger, outlet: &impl Outlet, commits: &[Commit]) -> Result<bool, UseCaseError> {
    for commit in commits {
        match commit_and_publish(ledger, outlet, commit).await {
            Ok(_) => {}
            Err(CommitError::Conflict { .. }) => return Ok(false),
            Err(CommitError::Port(error)) => return Err(error.into()),
        }
    }
    Ok(true)
}

/// What a flush comes to: first the other incidents that begin to look for somebody, last the group.
struct Decided {
    commits: Vec<Commit>,
    verdict: Option<Reason>,
}

async fn decide(
    store: &(impl Ledger + Orders),
    setup: &Setup,
    mut group: Group,
    route: &Route,
    now: Time,
) -> Result<Decided, UseCaseError> {
    let mut incidents = incidents(store, &mut group).await?;
    let scene = Scene::load(store, setup, &group).await?;
    let counted = storm::standing(store, (&scene, setup), &group, &mut incidents, now).await?;
    let Thought { group, verdict, about, mut events, called } =
        think(&scene, setup, (route, group), (&incidents, &counted), now);
    let overrides = if called.is_empty() { Vec::new() } else { store.overrides().await? };
    let crew = Crew { setup, overrides: &overrides };
    let first = about.first().map(|one| one.incident.id.clone());
    let mut begun = begin(&incidents, &called, (route, &crew), now);
    let own = begun.iter().position(|commit| commit.incident.as_ref().map(|one| &one.id) == first.as_ref());
    let mut last = own.map_or_else(|| Commit { now, ..Commit::default() }, |place| begun.remove(place));
    let rest = events.split_off(events.len().min(EVENTS_MAX));
    begun.extend(rest.chunks(EVENTS_MAX).map(|some| Commit { events: some.to_vec(), now, ..Commit::default() }));
    last.events.splice(0..0, events);
    last.wakes.extend(group.next_wake().map(|at| (Wake::Group(group.id.clone()), at)));
    last.groups.push(group);
    begun.push(last);
    Ok(Decided { commits: begun, verdict: Some(verdict) })
}

/// What a flush comes to before anything is written.
pub(crate) struct Thought {
    /// The group after it.
    pub(crate) group: Group,
    /// Why it is told, or not.
    pub(crate) verdict: Reason,
    /// What is told, the most urgent first.
    pub(crate) about: Vec<About>,
    /// The words that go to channels.
    pub(crate) events: Vec<IncidentEvent>,
    /// The incidents for which somebody is looked for, unless that is done already, with the worst of their alerts here.
    pub(crate) called: BTreeMap<IncidentId, Severity>,
}

/// Flushes in thought: what [`flush`] writes, and what explaining it says, are this. `counted` are alerts that the group does
/// not hold whole.
pub(crate) fn think(
    scene: &Scene,
    setup: &Setup,
    (route, mut group): (&Route, Group),
    (incidents, counted): (&BTreeMap<IncidentId, Incident>, &Counted),
    now: Time,
) -> Thought {
    heed(&mut group, incidents, now);
    let before = group.clone();
    let mut view = view(&scene.holds(setup), route, &group, incidents, now);
    view.held.extend(counted.held.clone());
    let counted = &*counted.shown;
    let called = if view.muted.is_none() { called(&group, &view, (incidents, counted)) } else { BTreeMap::new() };
    let Flushed { mut group, tell, verdict } = group.flush(&view, &timing(route), now);
    let about = tell.as_ref().map(|tell| about::of(&before, tell, (incidents, counted))).unwrap_or_default();
    let mut events = tell.as_ref().map(|tell| told(&before, (route, tell), &about, setup, now)).unwrap_or_default();
    if scene.unread {
        for event in &mut events {
            event.summary.push_str(words::UNREAD);
        }
    }
    let over = over::ended(&before, &group, incidents, |id| events.iter().any(|event| &event.incident == id));
    if tell.is_none() && !over.is_empty() {
        group.generation = group.generation.saturating_add(1);
    }
    events.extend(over.iter().map(|incident| over::event(&group, incident, now)));
    Thought { group, verdict, about, events, called }
}

/// The incidents of the group's alerts, which follow those that went on in others.
pub(crate) async fn incidents(
    store: &impl Ledger,
    group: &mut Group,
) -> Result<BTreeMap<IncidentId, Incident>, UseCaseError> {
    let ids: BTreeSet<IncidentId> = group.members().values().filter_map(|member| member.incident.clone()).collect();
    let (mut found, mut moved) = (BTreeMap::new(), BTreeMap::new());
    for id in ids {
        let Some(incident) = store.incident(&id).await? else { continue };
        let last = survivor(store, incident).await?;
        if last.id != id {
            moved.insert(id, last.id.clone());
        }
        found.insert(last.id.clone(), last);
    }
    group.follow(&moved);
    Ok(found)
}

/// The group is taken while somebody has all that fires in it. What is back since the group spoke is told anew.
pub(crate) fn heed(group: &mut Group, incidents: &BTreeMap<IncidentId, Incident>, now: Time) {
    let told_at = group.told_at();
    for incident in incidents.values().filter(|incident| back::reopened_at(incident) > told_at) {
        back::untell(group, incident);
    }
    match holder(group, incidents) {
        Some(by) if group.acknowledged.is_none() => group.acknowledge(by, now),
        Some(_) => {}
        None => group.acknowledged = None,
    }
}

/// Who has the incidents of all alerts that fire, if somebody has each.
fn holder<'i>(group: &Group, incidents: &'i BTreeMap<IncidentId, Incident>) -> Option<&'i str> {
    let firing = group.members().values().filter(|member| member.firing);
    let mut holders = firing.map(|member| incidents.get(member.incident.as_ref()?)?.taken_by());
    let first = holders.next()??;
    holders.all(|holder| holder.is_some()).then_some(first)
}

/// The incidents whose alerts may be told now, with the worst of these: who answers for them is called.
fn called(
    group: &Group,
    view: &View,
    (incidents, counted): (&BTreeMap<IncidentId, Incident>, &[Shown]),
) -> BTreeMap<IncidentId, Severity> {
    let shown =
        group.members().iter().filter(|(fingerprint, member)| member.firing && !view.held.contains_key(*fingerprint));
    let whole = shown.filter_map(|(_, member)| Some((member.incident.as_ref()?, member.severity)));
    let all = whole.chain(counted.iter().map(|one| (&one.incident, one.severity)));
    let mut called: BTreeMap<IncidentId, Severity> = BTreeMap::new();
    for (id, severity) in all.filter(|(id, _)| incidents.get(id).is_some_and(|incident| incident.state.is_open())) {
        let worst = called.entry(id.clone()).or_insert(severity);
        *worst = severity.min(*worst);
    }
    called
}

/// The commits of the incidents that begin to look for somebody.
fn begin(
    incidents: &BTreeMap<IncidentId, Incident>,
    called: &BTreeMap<IncidentId, Severity>,
    (route, crew): (&Route, &Crew<'_>),
    now: Time,
) -> Vec<Commit> {
    let begun = called.iter().filter_map(|(id, worst)| {
        let mut draft = Draft::new(incidents.get(id)?.clone(), now);
        paging::begin(&mut draft, (route.escalation.as_ref(), *worst), crew, now).then(|| draft.commit())
    });
    begun.collect()
}

/// What is told of each incident, and to whom.
fn told(
    group: &Group,
    (route, tell): (&Route, &Tell),
    about: &[About],
    setup: &Setup,
    now: Time,
) -> Vec<IncidentEvent> {
    let keeps = |name: &&ChannelName| setup.channel(name).is_some_and(|channel| channel.kind.keeps_one_each());
    let pagers: Vec<ChannelName> = route.channels.iter().filter(keeps).cloned().collect();
    let beyond = about.get(EACH_MAX..).unwrap_or_default();
    let told_at = group.told_at();
    let event = |(place, one): (usize, &About)| {
        let channels = if place < EACH_MAX { route.channels.clone() } else { pagers.clone() };
        let (group_id, generation) = (group.id.clone(), tell.generation);
        let says = says(group, one, tell);
        // The end is told to all who have heard of the incident, whatever this route names.
        let reaches = says == EventKind::IncidentResolved || !channels.is_empty();
        let telling = Telling::Group { group: group_id, generation, says, channels };
        let others = if place == 0 { beyond } else { &[] };
        let worse_than = if says == EventKind::IncidentUpdated { one.worse_than(told_at) } else { None };
        let summary = words::summary(group, tell, (one, others), now);
        reaches.then(|| IncidentEvent { worse_than, ..IncidentEvent::due(&one.incident, telling, summary, now) })
    };
    about.iter().enumerate().filter_map(event).collect()
}

/// What the readers are told has happened to the incident.
fn says(group: &Group, about: &About, tell: &Tell) -> EventKind {
    let told_at = group.told_at();
    let reopened = about.incident.timeline.iter().rev().find(|entry| matches!(entry.what, What::Reopened { .. }));
    match about.fires() {
        false if !about.incident.state.is_open() && about.ended_by().is_none() => EventKind::IncidentResolved,
        false => EventKind::IncidentUpdated,
        true if tell.reason == Reason::Repeat || !about.incident.state.is_open() => EventKind::IncidentUpdated,
        true if reopened.is_some_and(|entry| Some(entry.at) > told_at) => EventKind::IncidentReopened,
        true if about.is_known() => EventKind::IncidentUpdated,
        true => EventKind::IncidentOpened,
    }
}
