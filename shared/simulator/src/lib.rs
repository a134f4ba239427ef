//! The simulated world: all nine ports in memory, a clock that is moved by hand, and faults on demand.
//!
//! The engine cannot tell it from AWS: aggregates are guarded by their versions, the outbox keeps what was not
//! published, a target moves only at its revision.

mod bare;
mod chunk_log;
mod event_log;
mod fault;
mod installation;
mod invocation;
mod ledger;
mod messenger;
mod orders;
mod outlet;
mod slos;
mod sources;
mod targets;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use domain::alert::Alert;
use domain::deployment::{Announcement, Deployment, DeploymentEvent, Serving};
use domain::drill::Drill;
use domain::event::IncidentEvent;
use domain::group::Group;
use domain::id::{DrillId, GroupId, OverrideId, ServiceName, SilenceId, SloName};
use domain::incident::Incident;
use domain::metric::{Chunk, PushedValue};
use domain::monitored::{EventText, History, Logged, Volume};
use domain::notification::{Delivery, Notification, Receipt};
use domain::on_call::Override;
use domain::report::{ActionItem, PostMortem};
use domain::silence::Silence;
use domain::slo::{Day, GateOverride, Snapshot};
use domain::units::Time;
use engine::port::{Checkpoint, StoredSlo, Switch, TargetHistory, Wake};

pub use bare::{bare_setup, change};
pub use fault::Crash;
pub use installation::{Installation, now_or_never};
pub use invocation::{Invocation, Redelivery};
pub use sources::Reply;
pub use targets::Alias;

/// The world; a clone is the same world.
#[derive(Clone, Default)]
pub struct World(Arc<Mutex<Inner>>);

/// Everything there is in the world.
#[derive(Default)]
pub struct Inner {
    /// What sources answer, by series; asked for the range and the present.
    pub replies: BTreeMap<String, Reply>,
    /// The present, which only sources look at.
    pub now: Time,
    /// Lambda aliases, by resource.
    pub aliases: BTreeMap<String, Alias>,
    /// Chunks by shard and tick.
    pub chunks: BTreeMap<(u32, Time), Chunk>,
    /// Checkpoints by shard.
    pub checkpoints: BTreeMap<u32, Checkpoint>,
    /// Alerts by fingerprint.
    pub alerts: BTreeMap<String, Alert>,
    /// Incidents by id.
    pub incidents: BTreeMap<String, Incident>,
    /// Groups of alerts by id.
    pub groups: BTreeMap<GroupId, Group>,
    /// Silences by id.
    pub silences: BTreeMap<SilenceId, Silence>,
    /// Overrides by id.
    pub overrides: BTreeMap<OverrideId, Override>,
    /// Drills.
    pub drills: BTreeMap<DrillId, Drill>,
    /// What is to be woken when, in the order of time.
    pub wakes: BTreeSet<(Time, Wake)>,
    /// Which incident of a service and key is open.
    pub open: BTreeMap<(String, String), String>,
    /// Events that are committed and not confirmed as published, with when they are due again.
    pub outbox: BTreeMap<String, (Time, IncidentEvent)>,
    /// Receipts by incident and notification.
    pub receipts: BTreeMap<(String, String), Receipt>,
    /// Acts by target.
    pub targets: BTreeMap<String, TargetHistory>,
    /// The kill switch.
    pub switch: Switch,
    /// What watched resources served last.
    pub serving: BTreeMap<String, Serving>,
    /// Deployments by id.
    pub deployments: BTreeMap<String, Deployment>,
    /// Deployments on their way to channels, by deployment and channel.
    pub announcements: BTreeMap<(String, String), Announcement>,
    /// Post-mortems by incident.
    pub post_mortems: BTreeMap<String, PostMortem>,
    /// Follow-ups by id.
    pub action_items: BTreeMap<String, ActionItem>,
    /// Monitored events by their place in the log.
    pub events: BTreeMap<String, Logged>,
    /// Pushed values by shard, minute and push.
    pub pushed: BTreeMap<(u32, Time, String), Vec<PushedValue>>,
    /// What their sources usually say.
    pub histories: BTreeMap<(EventText, EventText), History>,
    /// How many there usually are.
    pub volumes: BTreeMap<(EventText, EventText), Volume>,
    /// Objectives made through the API.
    pub slos: BTreeMap<SloName, StoredSlo>,
    /// How objectives stood when it was last told, by shard, with the tick.
    pub snapshots: BTreeMap<u32, (Time, Vec<Snapshot>)>,
    /// What they counted on days that are over.
    pub days: BTreeMap<(SloName, Time), Day>,
    /// Words about gates, by service and time.
    pub gates: BTreeMap<(ServiceName, Time), GateOverride>,
    /// Published events that no subscriber has taken yet.
    pub bus: VecDeque<IncidentEvent>,
    /// Published events about deployments that the notifier has not taken yet.
    pub due: VecDeque<DeploymentEvent>,
    /// Reports by key.
    pub archive: BTreeMap<String, Vec<u8>>,
    /// Messages that vendors took, by channel.
    pub inbox: Vec<(String, Notification)>,
    /// Deployments that vendors took, by channel.
    pub announced: Vec<(String, Deployment)>,
    /// What vendors answer next, by channel; accepted when empty.
    pub answers: BTreeMap<String, VecDeque<Delivery>>,
    /// What vendors answer next to a deployment, by channel; accepted when empty.
    pub answers_to_changes: BTreeMap<String, VecDeque<Delivery>>,
    pub(crate) crash: Option<Crash>,
    pub(crate) meanwhile: Option<(&'static str, fault::Act)>,
    /// Calls of ports so far.
    pub calls: u64,
    /// The same by the name of the port's method.
    pub called: BTreeMap<&'static str, u64>,
}

impl World {
    /// An empty world at `now`.
    pub fn at(now: Time) -> Self {
        let world = Self::default();
        world.lock().now = now;
        world
    }

    /// Everything in it, locked.
    pub fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
