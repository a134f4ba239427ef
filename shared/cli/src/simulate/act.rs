use config::scenario::{Person, What};
use domain::id::{IncidentId, MonitoredEventId};
use domain::incident::Incident;
use domain::monitored::{Event, EventText};
use domain::response::ActionState;
use domain::service::Resource;
use domain::setup::Setup;
use engine::command::{self, Calling, CommandError};
use engine::monitored::observe;
use engine::port::{Ledger, Switch};
use engine::push::{Measured, push, values_of};
use engine::silence;
use serde_json::{Map, Value as Json, json};
use simulator::{Installation, now_or_never};

/// Does what a step says, and says what became of it.
pub(super) fn act(tocsin: &mut Installation, setup: &Setup, what: &What) -> Json {
    let now = tocsin.now;
    match what {
        What::Acknowledge(person) => on_incident(tocsin, "acknowledge", person, |world, id| {
            now_or_never(command::acknowledge(world, world, setup, (id, &person.by), now))
        }),
        What::Resolve(person) => on_incident(tocsin, "resolve", person, |world, id| {
            now_or_never(command::resolve(world, world, setup, (id, &person.by, &person.reason), now))
        }),
        What::Snooze { person, lasts } => {
            let wish = Calling::Snooze { until: now + *lasts };
            on_incident(tocsin, "snooze", person, |world, id| {
                now_or_never(command::call(world, world, setup, (id, &person.by, wish), now))
            })
        }
        What::Silence { matchers, lasts, by, comment } => {
            let times = [now, now + *lasts];
            let made = now_or_never(silence::make(&tocsin.world, matchers.clone(), times, (by, comment), now));
            let made = made.map_err(|refused| refused.to_string());
            command_line(tocsin, "silence", None, &made.map(|_| None), &format!("{by}: {matchers} for {lasts}"))
        }
        What::Approve(person) => on_action(tocsin, "approve", person, true),
        What::Refuse(person) => on_action(tocsin, "refuse", person, false),
        What::KillSwitch { engaged, by, reason } => {
            let switch = Switch { engaged: *engaged, by: by.clone(), reason: reason.clone(), at: now };
            let result = now_or_never(tocsin.world.set_kill_switch(&switch)).map_err(|error| error.to_string());
            let word = if *engaged { "engage kill switch" } else { "release kill switch" };
            command_line(tocsin, word, None, &result.map(|()| None), &format!("{by}: {reason}"))
        }
        What::Release { resource, version, description } => release(tocsin, resource, version, description),
        What::Event(event) => pushed_event(tocsin, setup, event),
        What::Metric { service, metric, dimensions, value, unit } => {
            let measured = Measured {
                service: service.clone(),
                metric: metric.clone(),
                dimensions: dimensions.clone(),
                value: *value,
                unit: *unit,
                at: now,
            };
            let values = values_of(setup, &measured, now).map_err(|refused| refused.to_string());
            let id = format!("{metric} {now}");
            let result = values.and_then(|values| {
                now_or_never(push(&tocsin.world, 1, &id, values, now)).map_err(|error| error.to_string())
            });
            let service = service.as_ref().map(ToString::to_string);
            command_line(tocsin, "metric", service, &result.map(|()| None), &format!("{metric} {value}"))
        }
    }
}

fn release(tocsin: &Installation, resource: &Resource, version: &str, description: &str) -> Json {
    {
        let mut world = tocsin.world.lock();
        let alias = world.aliases.entry(resource.to_string()).or_default();
        if !description.is_empty() {
            alias.descriptions.insert(version.to_owned(), description.to_owned());
        }
        alias.release(version);
    }
    command_line(tocsin, "release", None, &Ok(None), &format!("{resource} to version {version}"))
}

/// The line of a command: done, or refused and why.
fn command_line(
    tocsin: &Installation,
    command: &str,
    service: Option<String>,
    result: &Result<Option<IncidentId>, String>,
    done: &str,
) -> Json {
    let mut line = json!({ "at": tocsin.now, "kind": "command", "command": command });
    let fields = line.as_object_mut().expect("it was made as an object");
    fields.extend(service.map(|service| ("service".to_owned(), json!(service))));
    match result {
        Ok(incident) => {
            fields.extend(incident.as_ref().map(|incident| ("incident".to_owned(), json!(incident))));
            fields.insert("result".to_owned(), json!("done"));
            fields.insert("reason".to_owned(), json!(done));
        }
        Err(reason) => {
            fields.insert("result".to_owned(), json!("refused"));
            fields.insert("reason".to_owned(), json!(reason));
        }
    }
    line
}

/// Does something to the latest incident of a service.
fn on_incident(
    tocsin: &Installation,
    command: &str,
    person: &Person,
    act: impl FnOnce(&simulator::World, &IncidentId) -> Result<Incident, CommandError>,
) -> Json {
    let service = Some(person.service.to_string());
    let result = match latest(tocsin, person) {
        None => Err(format!("{} has no incident", person.service)),
        Some(incident) => {
            act(&tocsin.world, &incident.id).map(|_| Some(incident.id)).map_err(|error| error.to_string())
        }
    };
    let words = if person.reason.is_empty() { person.by.clone() } else { format!("{}: {}", person.by, person.reason) };
    command_line(tocsin, command, service, &result, &words)
}

fn latest(tocsin: &Installation, person: &Person) -> Option<Incident> {
    let world = tocsin.world.lock();
    let of_service = world.incidents.values().filter(|incident| incident.service == person.service);
    of_service.max_by_key(|incident| (incident.state.is_open(), incident.opened_at)).cloned()
}

fn on_action(tocsin: &Installation, command: &str, person: &Person, approve: bool) -> Json {
    let now = tocsin.now;
    let waiting = latest(tocsin, person).and_then(|incident| {
        let waits = |action: &&domain::response::Action| matches!(action.state, ActionState::AwaitingApproval);
        incident.actions.iter().find(waits).map(|action| action.id.clone())
    });
    let Some(action) = waiting else {
        let service = Some(person.service.to_string());
        let refused = Err(format!("no action of {} waits for leave", person.service));
        return command_line(tocsin, command, service, &refused, "");
    };
    on_incident(tocsin, command, person, |world, id| {
        now_or_never(command::decide_action(world, world, (id, &action), (approve, &person.by), now))
    })
}

/// An event as the API takes it: its verdict, or why it is refused.
fn pushed_event(tocsin: &Installation, setup: &Setup, pushed: &Map<String, Json>) -> Json {
    let now = tocsin.now;
    let text = |name: &str| -> Result<EventText, String> {
        let text = pushed.get(name).and_then(Json::as_str).ok_or_else(|| format!("{name} must be a text"))?;
        text.parse().map_err(|error| format!("{name}: {error}"))
    };
    let object = |name: &str| pushed.get(name).and_then(Json::as_object).cloned().unwrap_or_default();
    let content = Json::Object(pushed.clone()).to_string();
    let event = text("source").and_then(|source| {
        Ok(Event {
            id: MonitoredEventId::derive(&["simulated", &now.to_string(), &content]),
            source,
            event_type: text("event_type")?,
            data: object("data"),
            metadata: object("metadata"),
            at: now,
        })
    });
    let judged = event.and_then(|event| {
        now_or_never(observe(&tocsin.world, &tocsin.world, setup, event, now)).map_err(|error| error.to_string())
    });
    match judged {
        Err(reason) => command_line(tocsin, "event", None, &Err(reason), ""),
        Ok(logged) => {
            let verdict = &logged.verdict;
            let reasons: Vec<&str> = verdict.findings.iter().map(|finding| finding.reason.as_str()).collect();
            json!({
                "at": now, "kind": "event", "id": logged.event.id, "source": logged.event.source,
                "event_type": logged.event.event_type, "status": verdict.status, "severity_score": verdict.severity,
                "decision": verdict.decision, "reason": reasons.join("; "),
            })
        }
    }
}
