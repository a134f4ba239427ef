use domain::alert::{AlertChange, Status};
use domain::event::EventKind;
use domain::id::{Fingerprint, IncidentId};
use domain::incident::{Incident, Severity};
use domain::units::Time;
use engine::command::{self, Calling, CommandError};
use engine::raise::raise;
use simulator::{Installation, change, now_or_never};

use crate::Scene;

/// Times that a change is delivered, of which the first may meet a process that dies.
const TRIES_MAX: usize = 3;

/// What makes the database's people others than those of the rest.
pub const TWO_POLICIES: [(&str, &str); 2] = [
    ("slack, pagerduty], escalation: first }", "slack, pagerduty], escalation: data }"),
    (
        "\nroutes:",
        "  - { name: data, repeat: 1, fallback: slack, steps: [ { page: \"person:ben\" }, { after: 10m, page: \"person:ann\" } ] }\n\nroutes:",
    ),
];

/// Services that call each other: the checkout calls the api, which calls the database; the mail is apart. Others push
/// what is wrong with them.
pub struct Cascade {
    /// Tocsin and its world.
    pub scene: Scene,
}

impl Cascade {
    /// All is well; each text of the configuration is replaced by the other.
    ///
    /// # Panics
    /// When a text does not stand in it, or the outcome is no configuration.
    pub fn new(changes: &[(&str, &str)]) -> Self {
        let begin: Time = "2026-01-31T14:00:00Z".parse().expect("it is written as an instant");
        let setup = crate::shop::changed(include_str!("cascade.yaml"), changes);
        Self { scene: Scene::at(setup, begin) }
    }

    /// Tocsin.
    pub fn tocsin(&mut self) -> &mut Installation {
        &mut self.scene.tocsin
    }

    /// An alert of that name fires on a service from now on.
    pub fn fire(&mut self, service: &str, name: &str, severity: Severity) {
        self.raise(service, name, severity, Status::Firing);
    }

    /// It is over.
    pub fn recover(&mut self, service: &str, name: &str) {
        self.raise(service, name, Severity::Sev2, Status::Resolved);
    }

    fn raise(&mut self, service: &str, name: &str, severity: Severity, status: Status) {
        self.tell(&change(service, name, severity, status, self.scene.tocsin.now));
    }

    /// A detector tells of a change, as a queue delivers it: again until it is taken.
    ///
    /// # Panics
    /// When it is never taken.
    pub fn tell(&mut self, change: &AlertChange) {
        let (world, setup, now) = (&self.scene.tocsin.world, &self.scene.tocsin.setup, self.scene.tocsin.now);
        let takes = |_| {
            let raised = now_or_never(raise(world, world, setup, change, now));
            world.revive();
            raised.is_ok()
        };
        assert!((0..TRIES_MAX).any(takes), "{change:?}");
        world.revive();
        self.scene.tocsin.drain();
    }

    /// Lets minutes pass.
    pub fn run(&mut self, minutes: u32) {
        self.scene.tocsin.run(minutes);
    }

    /// The incident that was opened for a service, the latest of them.
    ///
    /// # Panics
    /// When there is none.
    pub fn of(&self, service: &str) -> Incident {
        let mut all = self.scene.incidents();
        all.retain(|incident| incident.service.as_str() == service);
        all.pop().unwrap_or_else(|| panic!("{service} has no incident"))
    }

    /// Those that are open.
    pub fn open(&self) -> Vec<Incident> {
        self.scene.incidents().into_iter().filter(|incident| incident.state.is_open()).collect()
    }

    /// A person merges one incident into another.
    ///
    /// # Errors
    /// As the command's.
    pub fn merge(&mut self, from: &IncidentId, into: &IncidentId, by: &str) -> Result<Incident, CommandError> {
        let (world, setup, now) = (&self.scene.tocsin.world, &self.scene.tocsin.setup, self.scene.tocsin.now);
        let merged = now_or_never(command::merge(world, world, setup, (from, into, by), now));
        world.revive();
        self.scene.tocsin.drain();
        merged
    }

    /// A person splits alerts off.
    ///
    /// # Errors
    /// As the command's.
    pub fn split(&mut self, id: &IncidentId, alerts: &[(&str, &str)], by: &str) -> Result<Incident, CommandError> {
        let (world, setup, now) = (&self.scene.tocsin.world, &self.scene.tocsin.setup, self.scene.tocsin.now);
        let alerts: Vec<Fingerprint> = alerts.iter().map(|(service, name)| fingerprint(service, name)).collect();
        let split = now_or_never(command::split(world, world, setup, (id, &alerts, by), now));
        world.revive();
        self.scene.tocsin.drain();
        split
    }

    /// A person takes an incident.
    ///
    /// # Errors
    /// As the command's.
    pub fn acknowledge(&mut self, id: &IncidentId, by: &str) -> Result<Incident, CommandError> {
        let (world, setup, now) = (&self.scene.tocsin.world, &self.scene.tocsin.setup, self.scene.tocsin.now);
        let taken = now_or_never(command::acknowledge(world, world, setup, (id, by), now));
        world.revive();
        self.scene.tocsin.drain();
        taken
    }

    /// A person does something about being called.
    ///
    /// # Errors
    /// As the command's.
    pub fn call(&mut self, id: &IncidentId, by: &str, wish: Calling) -> Result<Incident, CommandError> {
        let (world, setup, now) = (&self.scene.tocsin.world, &self.scene.tocsin.setup, self.scene.tocsin.now);
        let called = now_or_never(command::call(world, world, setup, (id, by, wish), now));
        world.revive();
        self.scene.tocsin.drain();
        called
    }

    /// A person ends an incident.
    ///
    /// # Errors
    /// As the command's.
    pub fn resolve(&mut self, id: &IncidentId, by: &str) -> Result<Incident, CommandError> {
        let (world, setup, now) = (&self.scene.tocsin.world, &self.scene.tocsin.setup, self.scene.tocsin.now);
        let resolved = now_or_never(command::resolve(world, world, setup, (id, by, ""), now));
        world.revive();
        self.scene.tocsin.drain();
        resolved
    }

    /// What a channel or a person was told of an incident, in order.
    pub fn told(&self, name: &str, id: &IncidentId) -> Vec<EventKind> {
        let world = self.scene.tocsin.world.lock();
        let told = world.inbox.iter().filter(|(channel, told)| channel == name && told.incident.id == *id);
        told.map(|(_, told)| told.event.kind).collect()
    }
}

fn fingerprint(service: &str, name: &str) -> Fingerprint {
    Fingerprint::derive(&[service, name])
}
