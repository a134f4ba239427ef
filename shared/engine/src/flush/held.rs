use std::collections::BTreeMap;

use domain::alert::Status;
use domain::group::{Cause, Group, Held, Member, View};
use domain::id::{Fingerprint, IncidentId};
use domain::incident::Incident;
use domain::label::{self, Labels};
use domain::routing::{Inhibitors, Mute, Route, Routing};
use domain::setup::Setup;
use domain::silence::Silences;
use domain::units::Time;

use crate::port::{Ledger, Orders, PortError};

/// Firing alerts that are looked at as possible inhibitors, the latest first.
const SOURCES_MAX: u32 = 1000;

/// What may hold alerts back at one time.
pub(crate) struct Scene {
    silences: Silences,
    sources: Vec<(Fingerprint, Labels)>,
}

impl Scene {
    /// Loads what may concern the group's firing alerts, and no more.
    pub(crate) async fn load(store: &(impl Ledger + Orders), setup: &Setup, group: &Group) -> Result<Self, PortError> {
        Self::of(store, setup, || firing(group).map(|(_, member)| &member.labels)).await
    }

    /// The same for alerts with these labels.
    pub(crate) async fn of<'l, L: Iterator<Item = &'l Labels>>(
        store: &(impl Ledger + Orders),
        setup: &Setup,
        labels: impl Fn() -> L,
    ) -> Result<Self, PortError> {
        let fires = labels().next().is_some();
        let silences = if fires { store.silences().await? } else { Vec::new() };
        let rules = &setup.routing.inhibitions;
        let is_target = |labels: &Labels| rules.iter().any(|rule| rule.target.matches(labels));
        let sources = if labels().any(is_target) { sources(store, &setup.routing).await? } else { Vec::new() };
        Ok(Self { silences: silences.into_iter().collect(), sources })
    }

    /// What its firing alerts inhibit, by the rules of the configuration.
    pub(crate) fn inhibitors<'s>(&'s self, setup: &'s Setup) -> Inhibitors<'s> {
        Inhibitors::new(
            &setup.routing.inhibitions,
            self.sources.iter().map(|(fingerprint, labels)| (fingerprint, labels)),
        )
    }
}

/// Firing alerts that may inhibit others.
async fn sources(store: &impl Ledger, routing: &Routing) -> Result<Vec<(Fingerprint, Labels)>, PortError> {
    let mut found = Vec::new();
    let mut cursor = None;
    let mut seen = 0;
    loop {
        let page = store.alerts(Status::Firing, 100, cursor).await?;
        seen += page.items.len();
        let labels = page.items.iter().map(|alert| (alert.fingerprint.clone(), label::of_alert(alert)));
        found.extend(labels.filter(|(_, labels)| routing.inhibitions.iter().any(|rule| rule.source.matches(labels))));
        cursor = page.cursor;
        if cursor.is_none() || seen >= SOURCES_MAX as usize {
            return Ok(found);
        }
    }
}

/// What holds back the group's alerts at `now`, each with the first cause in the order of the pipeline: inhibited, muted
/// by time, silenced, planned, restless, muted by hand.
pub(crate) fn view(
    scene: &Scene,
    setup: &Setup,
    route: &Route,
    group: &Group,
    incidents: &BTreeMap<IncidentId, Incident>,
    now: Time,
) -> View {
    let inhibitors = scene.inhibitors(setup);
    let one = |(fingerprint, member): (&Fingerprint, &Member)| {
        let muted = member.incident.as_ref().and_then(|id| incidents.get(id)).and_then(|one| one.muted.as_ref());
        let muted = muted.map(|muted| Held { cause: Cause::MutedUntilResolved { by: muted.by.clone() }, until: None });
        let flaps = || member.flapping.as_ref().and_then(|flapping| flapping.held(member.changed_at, now));
        let held = held((scene, &inhibitors), setup, (fingerprint, &member.labels), now).or_else(flaps).or(muted)?;
        Some((fingerprint.clone(), held))
    };
    View { held: group.members().iter().filter_map(one).collect(), muted: muted(setup, route, now) }
}

/// What holds back one alert with these labels, whatever its route.
pub(crate) fn held(
    (scene, inhibitors): (&Scene, &Inhibitors<'_>),
    setup: &Setup,
    (fingerprint, labels): (&Fingerprint, &Labels),
    now: Time,
) -> Option<Held> {
    if let Some((by, rule)) = inhibitors.first(fingerprint, labels) {
        let rule = setup.routing.inhibitions[rule].name.clone().unwrap_or_else(|| format!("inhibitions[{rule}]"));
        return Some(Held { cause: Cause::Inhibited { by: by.clone(), rule }, until: None });
    }
    if let Some(silence) = scene.silences.first_match(labels, now) {
        let cause =
            Cause::Silenced { id: silence.id.clone(), by: silence.by.clone(), comment: silence.comment.clone() };
        return Some(Held { cause, until: Some(silence.ends_at) });
    }
    let (planned, until) = setup.routing.planned_for(labels, now)?;
    Some(Held { cause: Cause::Planned { comment: planned.comment.clone() }, until })
}

/// Whether the route is quiet at this time.
pub(crate) fn muted(setup: &Setup, route: &Route, now: Time) -> Option<Held> {
    let (mute, until) = setup.routing.mute_of(route, now)?;
    let cause = match mute {
        Mute::Inactive(names) => Cause::InactiveTime { intervals: names.iter().map(ToString::to_string).collect() },
        Mute::Muted(name) => Cause::MutedTime { interval: name.to_string() },
    };
    Some(Held { cause, until })
}

fn firing(group: &Group) -> impl Iterator<Item = (&Fingerprint, &Member)> {
    group.members().iter().filter(|(_, member)| member.firing)
}
