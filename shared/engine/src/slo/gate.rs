use domain::id::ServiceName;
use domain::setup::Setup;
use domain::slo::{Gate, GateOverride, GateVerdict, Reopen, Slo, Snapshot, decide_gate};
use domain::units::Time;

use crate::port::{PortError, Slos};

/// Words about a gate that are told with it.
const OVERRIDES_TOLD: u32 = 10;

/// The deployment gate of a service.
#[derive(Clone, PartialEq, Debug)]
pub struct GateState {
    /// Whether it is open, and why.
    pub verdict: GateVerdict,
    /// What each objective that closes it says.
    pub gates: Vec<Gate>,
    /// What people said about it, the latest first.
    pub overrides: Vec<GateOverride>,
}

/// Whether `service` may be changed. `setup` holds all objectives.
///
/// # Errors
/// When the store does not answer.
pub async fn gate(slos: &impl Slos, setup: &Setup, service: &ServiceName, now: Time) -> Result<GateState, PortError> {
    let snapshots = slos.snapshots().await?;
    let of = setup.slos.iter().filter(|slo| slo.service == *service);
    let gates: Vec<Gate> = of.filter_map(|slo| said_by(slo, &snapshots, now)).collect();
    let overrides = slos.gate_overrides(service, OVERRIDES_TOLD).await?;
    let verdict = decide_gate(&gates, overrides.first().cloned(), now);
    Ok(GateState { verdict, gates, overrides })
}

fn said_by(slo: &Slo, snapshots: &[Snapshot], now: Time) -> Option<Gate> {
    let reopen: Reopen = slo.gate?;
    let known = snapshots.iter().find(|snapshot| snapshot.slo == slo.name && snapshot.service == slo.service);
    let unjudged = Gate { slo: slo.name.clone(), closed: None, remaining: 1.0, reopen, as_of: now, valid_until: now };
    Some(known.and_then(Snapshot::gate).unwrap_or(unjudged))
}
