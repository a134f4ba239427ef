use std::collections::BTreeMap;

use domain::alert::{Alert, Status};
use domain::group::{Cause, Group, Held, Member, View};
use domain::id::{Fingerprint, IncidentId};
use domain::incident::{Incident, Muted, Severity};
use domain::label::{self, Labels};
use domain::routing::{Inhibition, Inhibitors, Mute, Route};
use domain::setup::Setup;
use domain::silence::{Silence, Silences};
use domain::units::Time;

use super::firing;
use crate::port::{Ledger, Orders, PortError};

/// Alerts that are over and are asked whether they inhibited something at a time that is over, too.
const RESOLVED_MAX: usize = 5_000;

/// What may hold alerts back at one time.
pub(crate) struct Scene {
    silences: Silences,
    sources: Vec<(Fingerprint, Labels)>,
    /// More alerts fire than were asked whether they inhibit these.
    pub(crate) unread: bool,
    /// Alerts that may inhibit others, of which it is not kept whether they fired at that time: they fired again since.
    forgotten: Vec<(Fingerprint, Labels)>,
}

impl Scene {
    /// Loads what may concern the group's firing alerts, and no more.
    pub(crate) async fn load(store: &(impl Ledger + Orders), setup: &Setup, group: &Group) -> Result<Self, PortError> {
        let rules = &setup.routing.inhibitions;
        let targets: Vec<(&Fingerprint, &Labels)> =
            firing_of(group).filter(|(_, labels)| is_target(rules, labels)).collect();
        // Of counted alerts the labels are not at hand.
        let counts = group.counted().firing() > 0;
        let fires = counts || firing_of(group).next().is_some();
        let mut scene = Self::silenced(if fires { store.silences().await? } else { Vec::new() });
        if (counts && !rules.is_empty()) || !targets.is_empty() {
            let sources = &mut scene.sources;
            let is_all = firing::each(store, |mut alerts| {
                // What flaps and is over for now explains nothing.
                alerts.retain(Alert::fires_now);
                sources.extend(inhibiting(rules, &alerts));
                // In a storm the first page names the cause, and the rest need not be read.
                let inhibitors =
                    Inhibitors::new(rules, sources.iter().map(|(fingerprint, labels)| (fingerprint, labels)));
                !counts && targets.iter().all(|(fingerprint, labels)| inhibitors.first(fingerprint, labels).is_some())
            });
            scene.unread = !is_all.await?;
        }
        Ok(scene)
    }

    /// The scene at a time that is over: inhibitors are the alerts that fired then, as far as it is known.
    pub(crate) async fn then(
        store: &(impl Ledger + Orders),
        setup: &Setup,
        labels: &Labels,
        then: Time,
    ) -> Result<Self, PortError> {
        let rules = &setup.routing.inhibitions;
        let mut scene = Self::silenced(store.silences().await?);
        if !is_target(rules, labels) {
            return Ok(scene);
        }
        let is_all = firing::each(store, |alerts| {
            scene.add_those_that_fired(alerts, rules, then);
            false
        });
        scene.unread = !is_all.await?;
        for status in [Status::Resolved, Status::Pending] {
            scene.add_over(store, status, rules, then).await?;
        }
        Ok(scene)
    }

    /// Of the alerts that are over those that fired then.
    async fn add_over(
        &mut self,
        store: &impl Ledger,
        status: Status,
        rules: &[Inhibition],
        then: Time,
    ) -> Result<(), PortError> {
        let (mut seen, mut cursor) = (0, None);
        loop {
            let mut page = store.alerts(status, 100, cursor).await?;
            seen += page.items.len();
            // The latest come first: those before them were over by then.
            let is_past = page.items.iter().any(|alert| alert.changed_at <= then);
            page.items.retain(|alert| alert.changed_at > then);
            self.add_those_that_fired(page.items, rules, then);
            cursor = page.cursor;
            if is_past || cursor.is_none() {
                return Ok(());
            }
            if seen >= RESOLVED_MAX {
                self.unread = true;
                return Ok(());
            }
        }
    }

    /// Of the alerts those that fired at a time that is over, and may inhibit others.
    fn add_those_that_fired(&mut self, alerts: Vec<Alert>, rules: &[Inhibition], then: Time) {
        let (mut fired, mut forgotten) = (Vec::new(), Vec::new());
        for alert in alerts {
            match alert.stood_then(then) {
                Some(true) => fired.push(alert),
                Some(false) => {}
                None => forgotten.push(alert),
            }
        }
        self.sources.extend(inhibiting(rules, &fired));
        self.forgotten.extend(inhibiting(rules, &forgotten));
    }

    fn silenced(silences: Vec<Silence>) -> Self {
        Self { silences: silences.into_iter().collect(), sources: Vec::new(), unread: false, forgotten: Vec::new() }
    }

    /// The scene if this alert fired too, which may inhibit others.
    #[must_use]
    pub(crate) fn with(mut self, fingerprint: &Fingerprint, labels: &Labels) -> Self {
        self.sources.push((fingerprint.clone(), labels.clone()));
        self
    }

    /// Whether another alert may have inhibited this one, of which it is not kept when it fired.
    pub(crate) fn forgets(&self, setup: &Setup, fingerprint: &Fingerprint, labels: &Labels) -> bool {
        let forgotten = self.forgotten.iter().map(|(fingerprint, labels)| (fingerprint, labels));
        Inhibitors::new(&setup.routing.inhibitions, forgotten).first(fingerprint, labels).is_some()
    }

    /// It, ready to be asked.
    pub(crate) fn holds<'s>(&'s self, setup: &'s Setup) -> Holds<'s> {
        Holds::new(setup, &self.silences, self.sources.iter().map(|(fingerprint, labels)| (fingerprint, labels)))
    }
}

fn is_target(rules: &[Inhibition], labels: &Labels) -> bool {
    rules.iter().any(|rule| rule.target.matches(labels))
}

/// Those of the alerts that may inhibit others.
fn inhibiting(rules: &[Inhibition], alerts: &[Alert]) -> Vec<(Fingerprint, Labels)> {
    let labels = alerts.iter().map(|alert| (alert.fingerprint.clone(), label::of_alert(alert)));
    labels.filter(|(_, labels)| rules.iter().any(|rule| rule.source.matches(labels))).collect()
}

/// What may hold alerts back by their labels at one time, ready to be asked for many of them.
#[derive(Debug)]
pub struct Holds<'s> {
    setup: &'s Setup,
    silences: &'s Silences,
    inhibitors: Inhibitors<'s>,
}

impl<'s> Holds<'s> {
    /// The inhibitions and the planned work of `setup`, where the alerts `firing` fire, and these silences.
    pub fn new(
        setup: &'s Setup,
        silences: &'s Silences,
        firing: impl IntoIterator<Item = (&'s Fingerprint, &'s Labels)>,
    ) -> Self {
        Self { setup, silences, inhibitors: Inhibitors::new(&setup.routing.inhibitions, firing) }
    }

    /// The first cause that holds back an alert with these labels, whatever its route: inhibited, silenced, planned.
    pub fn first(&self, fingerprint: &Fingerprint, labels: &Labels, now: Time) -> Option<Held> {
        let inhibited = self.inhibited(fingerprint, labels);
        inhibited.or_else(|| self.silenced(labels, now)).or_else(|| self.planned(labels, now))
    }

    /// Whether another alert inhibits it.
    pub fn inhibited(&self, fingerprint: &Fingerprint, labels: &Labels) -> Option<Held> {
        let (by, rule) = self.inhibitors.first(fingerprint, labels)?;
        let rule = self.setup.routing.inhibitions[rule].name.clone().unwrap_or_else(|| format!("inhibitions[{rule}]"));
        Some(Held { cause: Cause::Inhibited { by: by.clone(), rule }, until: None })
    }

    /// Whether a person silenced it.
    pub fn silenced(&self, labels: &Labels, now: Time) -> Option<Held> {
        let silence = self.silences.first_match(labels, now)?;
        let cause =
            Cause::Silenced { id: silence.id.clone(), by: silence.by.clone(), comment: silence.comment.clone() };
        Some(Held { cause, until: Some(silence.ends_at) })
    }

    fn planned(&self, labels: &Labels, now: Time) -> Option<Held> {
        let (planned, until) = self.setup.routing.planned_for(labels, now)?;
        Some(Held { cause: Cause::Planned { comment: planned.comment.clone() }, until })
    }
}

/// What holds back the group's alerts at `now`, each with the first cause in the order of the pipeline: inhibited, muted
/// by time, silenced, planned, muted by hand.
pub fn view(
    holds: &Holds<'_>,
    route: &Route,
    group: &Group,
    incidents: &BTreeMap<IncidentId, Incident>,
    now: Time,
) -> View {
    let one = |(fingerprint, member): (&Fingerprint, &Member)| {
        let incident = member.incident.as_ref().and_then(|id| incidents.get(id));
        let held = holds.first(fingerprint, &member.labels, now);
        let held = held.or_else(|| muted_by_hand(incident?.muted.as_ref(), member.severity))?;
        Some((fingerprint.clone(), held))
    };
    View { held: group.members().iter().filter_map(one).collect(), muted: muted(holds.setup, route, now) }
}

pub(super) fn muted_by_hand(muted: Option<&Muted>, severity: Severity) -> Option<Held> {
    let by = muted.filter(|muted| muted.covers(severity))?.by.clone();
    Some(Held { cause: Cause::MutedUntilResolved { by }, until: None })
}

/// All that may hold one alert back, each asked by itself: what [`view`] takes the first of.
pub(crate) struct Checks {
    /// By another alert.
    pub(crate) inhibited: Option<Held>,
    /// Its whole route, by an interval.
    pub(crate) muted: Option<Held>,
    /// By a silence.
    pub(crate) silenced: Option<Held>,
    /// By a maintenance window.
    pub(crate) planned: Option<Held>,
    /// By a person, until it is resolved.
    pub(crate) muted_by_hand: Option<Held>,
}

impl Checks {
    /// What holds back `member` of a group of `route` at `now`.
    pub(crate) fn of(
        scene: &Scene,
        (setup, route): (&Setup, &Route),
        (fingerprint, member): (&Fingerprint, &Member),
        muted_by: Option<&Muted>,
        now: Time,
    ) -> Self {
        let holds = scene.holds(setup);
        Self {
            inhibited: holds.inhibited(fingerprint, &member.labels),
            muted: muted(setup, route, now),
            silenced: holds.silenced(&member.labels, now),
            planned: holds.planned(&member.labels, now),
            muted_by_hand: muted_by_hand(muted_by, member.severity),
        }
    }
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

fn firing_of(group: &Group) -> impl Iterator<Item = (&Fingerprint, &Labels)> {
    let firing = group.members().iter().filter(|(_, member)| member.firing);
    firing.map(|(fingerprint, member)| (fingerprint, &member.labels))
}
