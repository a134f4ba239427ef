use std::collections::BTreeMap;

use domain::id::ServiceName;
use domain::service::{OWN_SERVICE, Resource};
use domain::setup::Setup;
use domain::units::{Span, Time, Unit};
use serde_json::{Map, Value as Json, json};

use super::expected::Expectation;
use super::numbers::Series;
use super::{Person as ResolvedPerson, What};
use crate::nearest::nearest;
use crate::notes::{Note, Notes};
use crate::read::{Field, Given, Matching, Number, Read, record};
use crate::schema::Definitions;
use crate::tree::{Node, Place, Value};

type List<T> = Vec<Given<T>>;

record! {
    /// What happens to whom and when, and what is expected.
    Document {
        /// The version of this format: 1.
        version: optional u32,
        /// The clock at the beginning, such as 2026-03-02T13:00:00Z.
        start: required Time,
        /// How many minutes pass.
        minutes: required u32,
        /// What series say from the beginning on.
        series: optional Series,
        /// What resources serve at the beginning.
        aliases: optional List<Served>,
        /// What is done from outside.
        steps as "do": optional List<Step>,
        /// What must happen, and what must not.
        expect: optional List<Expectation>,
    }
}

record! {
    /// A version behind an alias.
    Served {
        /// The Lambda function.
        function: required String,
        /// Its alias.
        alias: required String,
        /// The version.
        version: required String,
        /// What the version is said to be.
        description: optional String,
    }
}

record! {
    /// Something that is done from outside: a time, and one of the others.
    Step {
        /// When.
        at: required When,
        /// Somebody takes the open incident of a service.
        acknowledge: optional Person,
        /// Somebody ends it.
        resolve: optional Person,
        /// Somebody puts it off.
        snooze: optional Snooze,
        /// Somebody silences alerts for a while.
        silence: optional Silence,
        /// Somebody approves the action that waits there.
        approve: optional Person,
        /// Somebody refuses it.
        refuse: optional Person,
        /// Somebody throws or releases the kill switch.
        kill_switch: optional KillSwitch,
        /// Somebody releases a version.
        release: optional Served,
        /// A service reports what it did: the JSON of POST /v1/events.
        event: optional Event,
        /// A service pushes a number.
        metric: optional Pushed,
    }
}

record! {
    /// Who does something to the open incident of a service.
    Person {
        /// The service.
        service: required ServiceName,
        /// Who.
        by: required String,
        /// Why.
        reason: optional String,
    }
}

record! {
    /// Who puts the open incident of a service off, and for how long.
    Snooze {
        /// The service.
        service: required ServiceName,
        /// Who.
        by: required String,
        /// How long.
        lasts as "for": required Span,
    }
}

record! {
    /// What is silenced from now on, as `tocsin silence add` does.
    Silence {
        /// What it covers: matchers such as severity=~"SEV3|SEV4" that must all match, or a mapping of labels to values.
        matches as "match": required Matching,
        /// How long.
        lasts as "for": required Span,
        /// Who.
        by: required String,
        /// Why.
        comment: required String,
    }
}

record! {
    /// How the kill switch is set.
    KillSwitch {
        /// Whether no action may act.
        engaged: required bool,
        /// Who.
        by: required String,
        /// Why.
        reason: optional String,
    }
}

record! {
    /// A number as services push it.
    Pushed {
        /// Only for series of this service.
        service: optional ServiceName,
        /// The metric.
        metric: required String,
        /// Its dimensions.
        dimensions: optional BTreeMap<String, String>,
        /// The number.
        value: required Number,
        /// Its unit. Default: that of the series.
        unit: optional Unit,
    }
}

/// A minute of a scenario.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) enum When {
    /// So long after the beginning.
    After(Span),
    /// At this instant.
    At(Time),
}

impl Read for When {
    fn read(node: &Node, notes: &mut Notes) -> Option<Self> {
        if let Value::Scalar(text) = &node.value
            && let Ok(time) = text.parse()
        {
            return Some(Self::At(time));
        }
        Span::read(node, notes).map(Self::After)
    }

    fn schema(definitions: &mut Definitions) -> Json {
        Span::schema(definitions)
    }
}

impl Read for Time {
    fn read(node: &Node, notes: &mut Notes) -> Option<Self> {
        let Value::Scalar(text) = &node.value else {
            crate::read::wrong_kind(node, "an instant such as 2026-03-02T13:00:00Z", notes);
            return None;
        };
        match text.parse::<Self>() {
            Ok(time) if time.floor(Span::MINUTE) == time => return Some(time),
            Ok(_) => {
                notes.add(Note::at(node.at, "is not a whole minute").value(text).hint("write 00 for the seconds"));
            }
            Err(error) => notes.add(Note::of_error(node.at, &error).value(text)),
        }
        None
    }

    fn schema(_: &mut Definitions) -> Json {
        json!({ "type": "string", "format": "date-time" })
    }
}

/// The JSON that a service pushes.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Event(Map<String, Json>);

impl Read for Event {
    fn read(node: &Node, notes: &mut Notes) -> Option<Self> {
        const HINT: &str =
            r#"write JSON in quotes, such as '{"source": "billing", "event_type": "invoice", "data": {}}'"#;
        let Value::Scalar(text) = &node.value else {
            notes.add(Note::at(node.at, format!("is {}", node.value.kind())).hint(HINT));
            return None;
        };
        let wrong = match serde_json::from_str(text) {
            Ok(Json::Object(event)) => {
                let missing: Vec<_> =
                    ["source", "event_type", "data"].into_iter().filter(|n| !event.contains_key(*n)).collect();
                if missing.is_empty() {
                    return Some(Self(event));
                }
                format!("has no {}", missing.join(", "))
            }
            Ok(_) => "is no JSON object".to_owned(),
            Err(error) => format!("is not JSON: {error}"),
        };
        notes.add(Note::at(node.at, wrong).value(text).hint(HINT));
        None
    }

    fn schema(_: &mut Definitions) -> Json {
        json!({ "type": "string" })
    }
}

/// What a person does to an incident.
type Deed = fn(ResolvedPerson) -> What;

/// What a step does.
pub(super) enum Done<'d> {
    Person(Deed, &'d Given<Person>),
    Snooze(&'d Given<Snooze>),
    Silence(&'d Given<Silence>),
    KillSwitch(&'d KillSwitch),
    Release(&'d Served, Place),
    Event(&'d Map<String, Json>),
    Metric(&'d Pushed),
}

impl Step {
    /// The only thing it does, or what is wrong.
    pub(super) fn done(&self, place: Place, notes: &mut Notes) -> Option<Done<'_>> {
        let people: [(_, Deed); 4] = [
            (&self.acknowledge, What::Acknowledge),
            (&self.resolve, What::Resolve),
            (&self.approve, What::Approve),
            (&self.refuse, What::Refuse),
        ];
        let mut all: Vec<Done<'_>> = Vec::new();
        let people_given = people.into_iter().filter_map(|(field, make)| Some((field.given()?, make)));
        all.extend(people_given.map(|(person, make)| Done::Person(make, person)));
        all.extend(self.snooze.given().map(Done::Snooze));
        all.extend(self.silence.given().map(Done::Silence));
        all.extend(self.kill_switch.value().map(Done::KillSwitch));
        all.extend(self.release.given().map(|given| Done::Release(&given.value, given.at)));
        all.extend(self.event.value().map(|event| Done::Event(&event.0)));
        all.extend(self.metric.value().map(Done::Metric));
        let known = "acknowledge, resolve, snooze, silence, approve, refuse, kill_switch, release, event, metric";
        let people = [&self.acknowledge, &self.resolve, &self.approve, &self.refuse];
        let absent = people.iter().all(|field| field.is_absent())
            && self.snooze.is_absent()
            && self.silence.is_absent()
            && self.kill_switch.is_absent()
            && self.release.is_absent()
            && self.event.is_absent()
            && self.metric.is_absent();
        match all.len() {
            1 => all.pop(),
            0 if absent => {
                notes.add(Note::at(place, "does nothing").hint(format!("write one of {known}")));
                None
            }
            0 => None,
            _ => {
                notes.add(Note::at(place, "does more than one thing").hint("write an entry for each"));
                None
            }
        }
    }
}

/// The service, if it exists.
fn service(field: &Field<ServiceName>, setup: &Setup, notes: &mut Notes) -> Option<ServiceName> {
    let service = field.given()?;
    if setup.service(&service.value).is_none() && service.value.as_str() != OWN_SERVICE {
        let known = || setup.services.iter().map(|service| service.name.as_str());
        let hint = nearest(service.value.as_str(), known()).map(|name| format!("did you mean {name:?}?"));
        let note = Note::at(service.at, "the configuration has no such service").value(service.value.as_str());
        notes.add(note.hint_if(hint));
        return None;
    }
    Some(service.value.clone())
}

impl Given<Snooze> {
    pub(super) fn resolve(&self, setup: &Setup, notes: &mut Notes) -> Option<What> {
        let Snooze { service: named, by, lasts } = &self.value;
        let person =
            ResolvedPerson { service: service(named, setup, notes)?, by: by.value()?.clone(), reason: String::new() };
        Some(What::Snooze { person, lasts: *lasts.value()? })
    }
}

impl Given<Silence> {
    pub(super) fn resolve(&self, notes: &mut Notes) -> Option<What> {
        let Silence { matches, lasts, by, comment } = &self.value;
        let matching = matches.given()?;
        if matching.value.0.is_empty() {
            let note = Note::at(matching.at, "it would silence everything");
            notes.add(note.hint("name at least one matcher, such as service=shop"));
            return None;
        }
        Some(What::Silence {
            matchers: matching.value.0.clone(),
            lasts: *lasts.value()?,
            by: by.value()?.clone(),
            comment: comment.value()?.clone(),
        })
    }
}

impl Given<Person> {
    /// The person, if the service exists.
    pub(super) fn resolve(&self, setup: &Setup, notes: &mut Notes) -> Option<ResolvedPerson> {
        Some(ResolvedPerson {
            service: service(&self.value.service, setup, notes)?,
            by: self.value.by.value()?.clone(),
            reason: self.value.reason.value().cloned().unwrap_or_default(),
        })
    }
}

impl Served {
    /// The resource, the version and its description, if a service watches the resource.
    pub(super) fn resolve(&self, setup: &Setup, place: Place, notes: &mut Notes) -> Option<(Resource, String, String)> {
        let resource =
            Resource::LambdaAlias { function: self.function.value()?.clone(), alias: self.alias.value()?.clone() };
        let mut watched = setup.services.iter().flat_map(|service| &service.resources);
        if !watched.any(|known| *known == resource) {
            let note = Note::at(place, format!("no service has the resource {resource}"));
            notes.add(note.hint("name it as a resource of its service in the configuration"));
            return None;
        }
        Some((resource, self.version.value()?.clone(), self.description.value().cloned().unwrap_or_default()))
    }
}

impl Pushed {
    pub(super) fn resolve(&self) -> Option<What> {
        Some(What::Metric {
            service: self.service.value().cloned(),
            metric: self.metric.value()?.clone(),
            dimensions: self.dimensions.value().cloned().unwrap_or_default(),
            value: self.value.value()?.0,
            unit: self.unit.value().copied(),
        })
    }
}
