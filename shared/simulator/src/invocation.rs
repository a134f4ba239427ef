use domain::deployment::DeploymentEvent;
use domain::event::{IncidentEvent, Listener};
use domain::setup::Setup;
use domain::units::{Span, Time};
use engine::perform::UseCaseError;
use engine::port::{PortError, Wake};

/// One call of a function, as its trigger makes it.
#[derive(Clone, PartialEq, Debug)]
pub enum Invocation {
    /// The collector of a shard, for a tick.
    Collect {
        /// The shard.
        shard: u32,
        /// The minute that the schedule meant.
        tick: Time,
    },
    /// The evaluator of a shard.
    Evaluate {
        /// The shard.
        shard: u32,
    },
    /// The timekeeper.
    Timekeep,
    /// The timekeeper, for what is woken to the second.
    Wake(Wake),
    /// Incident response, for an event of the bus.
    Respond(IncidentEvent),
    /// The notifier, for an event of the bus.
    Notify(IncidentEvent),
    /// The notifier, for an event about a deployment.
    Announce(DeploymentEvent),
    /// The post-mortem, for an event of the bus.
    PostMortem(IncidentEvent),
}

impl Invocation {
    /// The calls that an event makes, as the filter policies of the subscriptions say.
    pub(crate) fn subscribed(event: &IncidentEvent, setup: &Setup) -> Vec<Self> {
        let cares = |listener: &Listener| match listener {
            Listener::PostMortem => setup.post_mortem_severities.contains(&event.severity),
            Listener::IncidentResponse | Listener::Notifier => true,
        };
        let called = Listener::ALL.into_iter().filter(|listener| listener.hears(event.kind)).filter(cares);
        let call = |listener| match listener {
            Listener::IncidentResponse => Self::Respond(event.clone()),
            Listener::Notifier => Self::Notify(event.clone()),
            Listener::PostMortem => Self::PostMortem(event.clone()),
        };
        called.map(call).collect()
    }

    /// What a caller learns of a process that died.
    pub(crate) fn killed() -> UseCaseError {
        UseCaseError::Port(PortError::Unavailable { service: "the process", detail: "it was killed".to_owned() })
    }
}

/// When an invocation that failed comes again: twice, as Lambda retries asynchronous ones.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Redelivery {
    /// Without delay.
    AtOnce,
    /// After one minute and after two more.
    InMinutes,
    /// Calls of schedules do not: the next tick does their work. Events do, in minutes.
    OnlyEvents,
}

impl Redelivery {
    /// How long to wait after so many failures before; `None`: it is parked.
    pub(crate) fn after(self, invocation: &Invocation, failures: usize) -> Option<Span> {
        use Invocation::{Collect, Evaluate, Timekeep};
        let waits: &[u32] = match (self, invocation) {
            (Self::AtOnce, _) => &[0, 0],
            (Self::OnlyEvents, Collect { .. } | Evaluate { .. } | Timekeep) => &[],
            (Self::InMinutes | Self::OnlyEvents, _) => &[1, 2],
        };
        waits.get(failures).map(|minutes| Span::from_minutes(*minutes))
    }
}
