use std::collections::BTreeMap;

use domain::group::{Group, Reason, Tell};
use domain::id::{Fingerprint, IncidentId};
use domain::incident::{Incident, Severity, What};
use domain::units::Time;

use super::{Shown, over};

/// An incident that something is told of, and its alerts that this is about.
pub(crate) struct About {
    pub(crate) incident: Incident,
    pub(crate) firing: Vec<Fingerprint>,
    pub(crate) resolved: Vec<Fingerprint>,
    /// Alerts that fire and are only counted, by name.
    pub(super) counted: BTreeMap<String, usize>,
    /// The worst of its alerts that is new to the group's readers.
    pub(super) news: Option<Severity>,
    /// As how severe the group has told the worst of its alerts; `None`: it has not told of it.
    pub(super) told: Option<Severity>,
}

impl About {
    fn nothing(incident: &Incident) -> Self {
        let (firing, resolved, counted) = (Vec::new(), Vec::new(), BTreeMap::new());
        Self { incident: incident.clone(), firing, resolved, counted, news: None, told: None }
    }

    /// Whether the group has told of it before.
    pub(super) const fn is_known(&self) -> bool {
        self.told.is_some()
    }

    /// How severe it was when the group last spoke, at `told_at`, where what is new has made it worse.
    pub(super) fn worse_than(&self, told_at: Option<Time>) -> Option<Severity> {
        let is_cause = self.news == Some(self.incident.severity) && self.news < self.told;
        let changes = self.incident.timeline.iter().filter(|entry| Some(entry.at) >= told_at);
        let mut changes = changes.filter_map(|entry| match &entry.what {
            What::SeverityChanged { from, to } if to < from => Some(*from),
            _ => None,
        });
        changes.next().filter(|_| is_cause)
    }

    /// Whether it is told that something fires.
    pub(super) fn fires(&self) -> bool {
        !self.firing.is_empty() || !self.counted.is_empty()
    }

    /// The person who has ended the incident.
    pub(super) fn ended_by(&self) -> Option<&str> {
        over::ended_by(&self.incident).filter(|_| !self.incident.state.is_open())
    }

    /// What nobody needs to hear: that it still fires, while somebody has it; and that it is over, after a person has said so,
    /// unless the group has said since, at `told_at`, that it fires on.
    fn is_said(&self, tell: &Tell, told_at: Option<Time>) -> bool {
        match tell.reason {
            Reason::Repeat => self.incident.taken_by().is_some(),
            _ => !self.fires() && self.ended_by().is_some() && told_at <= self.incident.resolved_at,
        }
    }
}

/// What is told, by incident: what is new first, then the worst.
pub(super) fn of(
    group: &Group,
    tell: &Tell,
    (incidents, counted): (&BTreeMap<IncidentId, Incident>, &[Shown]),
) -> Vec<About> {
    let mut about: BTreeMap<&IncidentId, About> = BTreeMap::new();
    let told_at = group.told_at();
    // What was told of an alert in another incident is not told of this one.
    let told_of = |incident: &Incident, told: Option<Severity>| told.filter(|_| began(incident) <= told_at);
    let is_new = |severity: Severity, told: Option<Severity>| {
        told.is_none_or(|told| severity < told) || tell.reason == Reason::Repeat
    };
    let all = tell.firing.iter().map(|one| (one, true)).chain(tell.resolved.iter().map(|one| (one, false)));
    for (fingerprint, fires) in all {
        let Some(member) = group.members().get(fingerprint) else { continue };
        let Some((id, incident)) = member.incident.as_ref().and_then(|id| incidents.get_key_value(id)) else {
            continue;
        };
        let one = about.entry(id).or_insert_with(|| About::nothing(incident));
        let told = told_of(incident, member.told);
        one.told = one.told.into_iter().chain(told).min();
        match fires {
            true if is_new(member.severity, told) => {
                one.firing.push(fingerprint.clone());
                one.news = one.news.into_iter().chain([member.severity]).min();
            }
            true => {}
            false => one.resolved.push(fingerprint.clone()),
        }
    }
    for alert in counted {
        let Some((id, incident)) = incidents.get_key_value(&alert.incident) else { continue };
        let told = told_of(incident, group.counted().told(&alert.fingerprint));
        let one = about.entry(id).or_insert_with(|| About::nothing(incident));
        one.told = one.told.into_iter().chain(told).min();
        if is_new(alert.severity, told) {
            *one.counted.entry(alert.name.clone()).or_default() += 1;
            one.news = one.news.into_iter().chain([alert.severity]).min();
        }
    }
    let mut about: Vec<About> = about.into_values().collect();
    about.retain(|one| (one.fires() || !one.resolved.is_empty()) && !one.is_said(tell, told_at));
    if about.is_empty() && tell.reason.is_news() {
        about.extend(worst(group, tell, incidents));
    }
    about.sort_by_key(|one| (!one.fires(), one.is_known(), one.incident.severity, one.incident.opened_at));
    about
}

/// When the incident was opened, by our clock.
fn began(incident: &Incident) -> Option<Time> {
    incident.timeline.iter().find(|entry| matches!(entry.what, What::Opened { .. })).map(|entry| entry.at)
}

/// The worst incident that fires, with all that does: what is new is not found any more.
fn worst(group: &Group, tell: &Tell, incidents: &BTreeMap<IncidentId, Incident>) -> Option<About> {
    let of = |fingerprint| incidents.get(group.members().get(fingerprint)?.incident.as_ref()?);
    let worst = tell.firing.iter().filter_map(of).min_by_key(|one| (one.severity, one.opened_at))?;
    Some(About { firing: tell.firing.clone(), told: Some(worst.severity), ..About::nothing(worst) })
}
