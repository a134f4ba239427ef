//! Alerts: what is wrong now, keyed by fingerprint.

use serde::{Deserialize, Serialize};

use crate::flapping::Flapping;
use crate::id::{Fingerprint, GroupId, IncidentId, ServiceName};
use crate::incident::Severity;
use crate::label::Labels;
use crate::monitor::{Category, Limit};
use crate::units::{Span, Time, Unit};

/// An alert over its whole life: it fires, resolves and fires again under one fingerprint. Guarded by its version.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Alert {
    /// Its identity.
    pub fingerprint: Fingerprint,
    /// Counts commits, from 1; 0 before the first.
    pub version: u64,
    /// What raises it: a monitor's name, `source/<name>`, or what an outside system calls it.
    pub name: String,
    /// The service that is wrong.
    pub service: ServiceName,
    /// Who cares.
    pub category: Category,
    /// How bad it is now, or was when it last fired.
    pub severity: Severity,
    /// Firing or not.
    pub status: Status,
    /// When its detector last said how it stands.
    pub changed_at: Time,
    /// Since when it fires, or last fired; an end that was not believed is none.
    pub fired_at: Time,
    /// Since when it is over, however often that is said again; `None`: it fires.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub over_since: Option<Time>,
    /// Why it stands as it does, in a sentence.
    pub reason: String,
    /// The number that decided, where there is one.
    pub reading: Option<Reading>,
    /// A breach this soon after a resolve reopens the incident.
    pub cooldown: Span,
    /// Labels of its monitor.
    pub labels: Labels,
    /// The incident it last belonged to.
    pub incident: Option<IncidentId>,
    /// It fires, and since then its detector has had no data to say whether it still is so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub no_data_since: Option<Time>,
    /// It comes and goes, and is over for now since then: it is taken to fire until it was calm for a while, at
    /// [`Alert::ends_at`] (as by `keep_firing_for` of Prometheus).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quiet_since: Option<Time>,
    /// It fires until then unless its sender tells it again; `None`: until somebody says that it is over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends_at: Option<Time>,
    /// The groups that tell of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<GroupId>,
    /// How restless it is; `None`: it never fired, or is a drill.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flapping: Option<Flapping>,
}

impl Alert {
    /// When the timekeeper must look at it; `None`: nothing is due.
    pub fn next_wake(&self) -> Option<Time> {
        self.ends_at.filter(|_| self.status == Status::Firing)
    }

    /// Whether it fires by its detector's latest word.
    pub fn fires_now(&self) -> bool {
        self.status == Status::Firing && self.quiet_since.is_none()
    }

    /// Whether it fired at a time that is over; `None`: that is not kept, for it has begun anew since.
    pub fn fired_then(&self, then: Time) -> Option<bool> {
        (then >= self.fired_at).then(|| self.over_since.is_none_or(|over| then < over))
    }

    /// Whether it fired then as [`Alert::fires_now`] says it of now; `None`: that is not kept, for it has come and gone.
    pub fn stood_then(&self, then: Time) -> Option<bool> {
        let has_flapped = self.flapping.as_ref().is_some_and(Flapping::has_flapped);
        match self.fired_then(then) {
            Some(true) if self.last_fired() > then || (self.over_since.is_some() && has_flapped) => None,
            Some(true) => Some(self.quiet_since.is_none_or(|since| then < since)),
            known => known,
        }
    }

    /// When it last began to fire, be it after an end that was not believed.
    pub fn last_fired(&self) -> Time {
        self.flapping.as_ref().map_or(self.fired_at, |flapping| flapping.fired_at().max(self.fired_at))
    }

    /// The end that was not believed, as its detector told it; `None`: it is not over for now.
    pub fn quiet(&self) -> Option<AlertChange> {
        let at = self.quiet_since?;
        Some(AlertChange { status: Status::Resolved, at, ends_at: None, ..self.as_change() })
    }

    /// How it stands, as a detector would tell it.
    pub fn as_change(&self) -> AlertChange {
        AlertChange {
            fingerprint: self.fingerprint.clone(),
            name: self.name.clone(),
            service: self.service.clone(),
            category: self.category,
            status: self.status,
            severity: self.severity,
            at: self.changed_at,
            reason: self.reason.clone(),
            reading: self.reading.clone(),
            cooldown: self.cooldown,
            labels: self.labels.clone(),
            ends_at: self.ends_at,
        }
    }

    /// The end of an alert that has been calm for long enough, or that its sender no longer tells; `None`: it does not fire,
    /// or was told again.
    pub fn lapsed(&self, now: Time) -> Option<AlertChange> {
        let ended = self.next_wake().filter(|at| *at <= now)?;
        let silent = || AlertChange {
            status: Status::Resolved,
            at: ended.max(self.changed_at),
            reason: format!("its sender had not told it again by {ended}, so it is taken to be over"),
            reading: None,
            ends_at: None,
            ..self.as_change()
        };
        Some(self.quiet().unwrap_or_else(silent))
    }
}

/// Firing or not.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// Wrong now.
    Firing,
    /// No longer wrong.
    Resolved,
    /// Not wrong as far as is known: its detector has no data. An alert that was firing when its data ended stays
    /// [`Status::Firing`] and has [`Alert::no_data_since`].
    Pending,
}

impl Status {
    /// The word in keys and the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Firing => "firing",
            Self::Resolved => "resolved",
            Self::Pending => "pending",
        }
    }
}

/// A number against its limit.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Reading {
    /// What was measured, such as `errors / requests`.
    pub signal: String,
    /// The number.
    pub value: f64,
    /// The limit.
    pub limit: Limit,
    /// Their unit.
    pub unit: Unit,
}

impl std::fmt::Display for Reading {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Limit { comparison, threshold } = self.limit;
        write!(
            f,
            "{} {} (limit {} {})",
            self.signal,
            self.unit.show(self.value),
            comparison.symbol(),
            self.unit.show(threshold)
        )
    }
}

/// A change of an alert as a detector sees it: the input of the decision.
///
/// The fold, a pushed CloudWatch alarm and a person's request all become this.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct AlertChange {
    /// Its identity.
    pub fingerprint: Fingerprint,
    /// As in [`Alert::name`].
    pub name: String,
    /// The service that is wrong.
    pub service: ServiceName,
    /// Who cares.
    pub category: Category,
    /// What it is now.
    pub status: Status,
    /// How bad (for a resolve: how bad it was).
    pub severity: Severity,
    /// When the deciding period ended.
    pub at: Time,
    /// Why, in a sentence.
    pub reason: String,
    /// The deciding number.
    pub reading: Option<Reading>,
    /// As in [`Alert::cooldown`].
    pub cooldown: Span,
    /// As in [`Alert::labels`].
    pub labels: Labels,
    /// As in [`Alert::ends_at`]; only senders say so, and the fold, which stores changes, is none.
    #[serde(skip)]
    pub ends_at: Option<Time>,
}

impl AlertSummary {
    /// As [`Alert::fires_now`].
    pub const fn fires_now(&self) -> bool {
        self.resolved_at.is_none() && self.quiet_since.is_none()
    }

    /// It fires again after an end that was not believed, if there was one.
    pub fn returned(&mut self) {
        self.returns += u32::from(self.quiet_since.take().is_some());
    }
}

/// An alert as its incident lists it.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct AlertSummary {
    /// Its identity.
    pub fingerprint: Fingerprint,
    /// As in [`Alert::name`].
    pub name: String,
    /// How bad.
    pub severity: Severity,
    /// When it fired.
    pub fired_at: Time,
    /// When it resolved; `None`: it is still firing.
    pub resolved_at: Option<Time>,
    /// As in [`Alert::quiet_since`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quiet_since: Option<Time>,
    /// How often it came back in this incident, after ends that were not believed.
    #[serde(default, skip_serializing_if = "crate::units::is_zero")]
    pub returns: u32,
    /// The worst number.
    pub reading: Option<Reading>,
    /// Labels of its monitor.
    pub labels: Labels,
    /// The service that is wrong, where that is not its incident's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<ServiceName>,
}
