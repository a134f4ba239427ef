use std::collections::BTreeMap;

use domain::event::EventKind;
use domain::id::IncidentId;
use domain::incident::Incident;
use domain::metric::FailureKind;
use domain::notification::Delivery;
use domain::setup::Setup;
use domain::units::{Span, Time};
use simulator::{Alias, Installation, Reply};

use crate::shop::{BAD_VERSION, GOOD_VERSION, alias};

/// Requests in each period of the shop's series.
const REQUESTS: f64 = 100.0;
/// Errors in each period when all is well: one half percent.
const ERRORS: f64 = 0.5;
/// 95th percentile of the latency when all is well, in milliseconds.
const LATENCY_MS: f64 = 180.0;

/// The shop, its load, and Tocsin watching it.
pub struct Scene {
    /// Tocsin and its world.
    pub tocsin: Installation,
    /// Errors in each period, by version; others have few.
    pub errors: BTreeMap<String, f64>,
    /// The latency, in milliseconds.
    pub latency_ms: f64,
}

impl Scene {
    /// A scene that begins at 13:45 UTC and has run well for a quarter of an hour.
    pub fn new(setup: Setup) -> Self {
        let begin: Time = "2026-01-31T13:45:00Z".parse().expect("it is written as an instant");
        let mut scene = Self::at(setup, begin);
        scene.run(15);
        scene
    }

    /// A scene that begins at `begin` and has not run yet.
    pub fn at(setup: Setup, begin: Time) -> Self {
        let tocsin = Installation::new(setup, 1, begin);
        let scene = Self { tocsin, errors: BTreeMap::new(), latency_ms: LATENCY_MS };
        let shop = Alias { version: GOOD_VERSION.to_owned(), ..Alias::default() };
        let aliases = [(alias().to_string(), shop)];
        scene.tocsin.world.lock().aliases = BTreeMap::from(aliases);
        scene
    }

    /// Lets minutes pass, in which the load is measured.
    pub fn run(&mut self, minutes: u32) {
        for _ in 0..minutes {
            self.measure();
            self.tocsin.minute();
        }
    }

    /// Puts the numbers of the minute that begins now where the sources find them.
    pub fn measure(&mut self) {
        let now = self.tocsin.now;
        let version = self.version();
        let errors = self.errors.get(&version).copied().unwrap_or(ERRORS);
        let numbers = [
            ("shop-checkout/requests", REQUESTS),
            ("shop-checkout/errors", errors),
            ("shop-checkout/latency", self.latency_ms / 2.0),
            ("shop-checkout/latency-p95", self.latency_ms),
        ];
        let mut world = self.tocsin.world.lock();
        for (series, number) in numbers {
            let reply = world.replies.entry(series.to_owned());
            let Reply::Measured(known) = reply.or_insert_with(|| Reply::Measured(BTreeMap::new())) else {
                continue;
            };
            known.extend((0..6).map(|tenth| (now + Span::from_seconds(10 * tenth), number)));
        }
    }

    /// What the alias serves.
    pub fn version(&self) -> String {
        self.tocsin.world.lock().aliases[&alias().to_string()].version.clone()
    }

    /// A person releases a version, of whose requests this many in a hundred fail.
    pub fn release(&mut self, version: &str, errors: f64) {
        self.errors.insert(version.to_owned(), errors);
        self.change_alias(|shop| shop.release(version));
    }

    /// What goes wrong on a bad day, by its minute: bad releases, flapping, slowness, and a source that fails.
    pub fn bad_day(&mut self, minute: u32) {
        match minute {
            100 | 700 => self.release(BAD_VERSION, 20.0),
            125 | 730 => self.release(GOOD_VERSION, ERRORS),
            200..240 => {
                self.errors.insert(GOOD_VERSION.to_owned(), if minute % 7 < 3 { 40.0 } else { 1.0 });
            }
            240 => drop(self.errors.insert(GOOD_VERSION.to_owned(), ERRORS)),
            300 | 710 => self.latency_ms = 4000.0,
            330 | 745 => self.latency_ms = LATENCY_MS,
            400 => self.fail_sources(FailureKind::Denied),
            412 => self.mend_sources(),
            _ => {}
        }
    }

    /// Changes the alias behind Tocsin's back.
    pub fn change_alias(&mut self, change: impl FnOnce(&mut Alias)) {
        let mut world = self.tocsin.world.lock();
        change(world.aliases.get_mut(&alias().to_string()).expect("the shop has an alias"));
    }

    /// From now on the sources fail like this.
    pub fn fail_sources(&mut self, kind: FailureKind) {
        let mut world = self.tocsin.world.lock();
        for reply in world.replies.values_mut() {
            *reply = Reply::Fails(kind);
        }
    }

    /// From now on the sources answer again; what was measured meanwhile is lost.
    pub fn mend_sources(&mut self) {
        self.tocsin.world.lock().replies.clear();
    }

    /// What the vendor behind a channel answers next, before it takes everything again.
    pub fn answer(&mut self, channel: &str, answers: impl IntoIterator<Item = Delivery>) {
        let mut world = self.tocsin.world.lock();
        world.answers.entry(channel.to_owned()).or_default().extend(answers);
    }

    /// What was sent to channels and people with this name, in order.
    pub fn told(&self, name: &str) -> Vec<EventKind> {
        let world = self.tocsin.world.lock();
        world.inbox.iter().filter(|(channel, _)| channel == name).map(|(_, told)| told.event.kind).collect()
    }

    /// How often a person was called.
    pub fn calls(&self, name: &str) -> usize {
        self.told(name).iter().filter(|kind| **kind == EventKind::IncidentOpened).count()
    }

    /// All incidents, the first opened first.
    pub fn incidents(&self) -> Vec<Incident> {
        let mut found: Vec<_> = self.tocsin.world.lock().incidents.values().cloned().collect();
        found.sort_by(|a, b| (a.opened_at, &a.id).cmp(&(b.opened_at, &b.id)));
        found
    }

    /// The only incident.
    ///
    /// # Panics
    /// When there is none, or more than one.
    pub fn incident(&self) -> Incident {
        let mut all = self.incidents();
        assert_eq!(all.len(), 1, "{:?}", all.iter().map(|i| &i.title).collect::<Vec<_>>());
        all.remove(0)
    }

    /// The id of the only incident.
    pub fn id(&self) -> IncidentId {
        self.incident().id
    }
}
