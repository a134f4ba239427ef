use std::collections::BTreeMap;

use domain::incident::Incident;
use serde_json::{Value as Json, json};
use simulator::Installation;

/// How much of what happened was told.
#[derive(Default)]
pub(super) struct Told {
    transitions: usize,
    /// Versions of alerts.
    alerts: BTreeMap<String, u64>,
    /// Entries of incidents' timelines.
    incidents: BTreeMap<String, usize>,
    notifications: usize,
    failures: usize,
}

impl Told {
    /// Adds a line for everything that happened since.
    pub(super) fn catch_up(&mut self, tocsin: &mut Installation, lines: &mut Vec<Json>) {
        for (at, change) in &tocsin.told[self.transitions..] {
            lines.push(json!({
                "at": at, "kind": "transition", "monitor": change.name, "service": change.service,
                "status": change.status, "severity": change.severity, "since": change.at,
                "alert": change.fingerprint, "reason": change.reason,
            }));
        }
        self.transitions = tocsin.told.len();
        let now = tocsin.now;
        let world = tocsin.world.lock();
        for alert in world.alerts.values() {
            let known = self.alerts.insert(alert.fingerprint.to_string(), alert.version);
            if known != Some(alert.version) {
                let mut line = json!({
                    "at": now, "kind": "alert", "id": alert.fingerprint, "name": alert.name, "service": alert.service,
                    "status": alert.status, "severity": alert.severity, "incident": alert.incident,
                    "reason": alert.reason,
                });
                if let Some(since) = alert.quiet_since {
                    line["quiet_since"] = json!(since);
                }
                lines.push(line);
            }
        }
        let mut incidents: Vec<&Incident> = world.incidents.values().collect();
        incidents.sort_by(|a, b| (a.opened_at, &a.id).cmp(&(b.opened_at, &b.id)));
        for incident in incidents {
            let known = self.incidents.insert(incident.id.to_string(), incident.timeline.len()).unwrap_or(0);
            for entry in &incident.timeline[known..] {
                let what = json!(entry.what);
                lines.push(json!({
                    "at": entry.at, "kind": "incident", "id": incident.id, "service": incident.service,
                    "state": incident.state, "severity": incident.severity, "what": what["what"],
                    "reason": entry.what.to_string(),
                }));
            }
        }
        for (channel, notification) in &world.inbox[self.notifications..] {
            let event = &notification.event;
            lines.push(json!({
                "at": now, "kind": "notification", "id": event.id, "channel": channel, "event": event.kind,
                "incident": event.incident, "service": event.service, "severity": event.severity,
                "reason": event.summary,
            }));
        }
        self.notifications = world.inbox.len();
        drop(world);
        for (invocation, error) in &tocsin.parked[self.failures..] {
            let function = format!("{invocation:?}");
            let function = function.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
            lines.push(json!({ "at": now, "kind": "failure", "function": function, "reason": error.to_string() }));
        }
        self.failures = tocsin.parked.len();
    }
}
