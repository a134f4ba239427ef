//! Root-cause analysis: which change best explains an incident, and what in the stored data says so.
//!
//! Signals are compared with the hour before by signed robust scores (median, MAD), which hold where an ordinary
//! deviation is blinded by the incident itself. Source: BARO, <https://arxiv.org/abs/2405.09330>.
//! Deterministic: the order in which deployments or chunks come changes nothing, ties go by name.

mod dependency;
mod deployment;
mod history;
mod robust;
mod scene;
mod track;

use std::collections::{BTreeMap, BTreeSet};

use domain::deployment::Deployment;
use domain::id::{SeriesId, ServiceName};
use domain::incident::Incident;
use domain::monitor::Monitor;
use domain::rca::{Analysis, Cause};
use domain::service::Resource;
use domain::setup::Setup;
use domain::units::{Span, Time};

pub use history::History;
pub(crate) use track::counts_events;
pub use track::{OUT_OF_RANGE, REFERENCE_SAMPLES_MIN};

use scene::Scene;

/// What came before is looked at for this long: the reference of every signal, and where causes are looked for.
pub const REFERENCE: Span = Span::HOUR;
/// An alert whose own signal moved by less than this many robust standard deviations is explained by nothing.
pub const UNCHANGED_BELOW: f64 = 3.0;
/// Candidates that an analysis names; further ones are too weak to help anybody.
pub const CAUSES_MAX: usize = 5;
/// Changed series that an analysis lists, so that a wide outage does not drown its report.
pub const CHANGES_MAX: usize = 20;
/// Services that are looked at, the incident's own included: each costs reads of its deployments and its shard.
pub const SERVICES_MAX: usize = 20;

/// What is known of an incident.
#[derive(Clone, Copy, Debug)]
pub struct Case<'a> {
    /// The configuration.
    pub setup: &'a Setup,
    /// The incident.
    pub incident: &'a Incident,
    /// Deployments of the services in [`services_of`] since [`REFERENCE`] before the incident, in any order.
    pub deployments: &'a [Deployment],
    /// When we ourselves acted on a target, whether for this incident or another.
    pub acts: &'a BTreeMap<Resource, Vec<Time>>,
    /// The samples of the series in [`series_of`] since [`REFERENCE`] before the incident.
    pub history: &'a History,
}

/// What probably caused the incident, up to its resolve, or to `now` while it is open.
pub fn analyse(case: &Case<'_>, now: Time) -> Analysis {
    let scene = Scene::of(case, now);
    let changes = scene.changes();
    if let Some(reason) = scene.nothing_changed() {
        return Analysis { causes: Vec::new(), reason, changes };
    }
    let mut ranked = deployment::candidates(&scene);
    ranked.extend(dependency::candidates(&scene));
    ranked.sort_by(|a, b| b.rank.total_cmp(&a.rank).then_with(|| a.cause.summary.cmp(&b.cause.summary)));
    ranked.truncate(CAUSES_MAX);
    let reason = match &ranked[..] {
        [] => scene.unexplained(),
        [only] => format!("It is the only change found: {}", only.why),
        [first, ..] => format!("Of {} changes found it fits best: {}", ranked.len(), first.why),
    };
    Analysis { causes: ranked.into_iter().map(|ranked| ranked.cause).collect(), reason, changes }
}

/// The service, and what it depends on, directly or not: near ones first, at most [`SERVICES_MAX`].
pub fn services_of<'a>(setup: &'a Setup, service: &'a ServiceName) -> Vec<&'a ServiceName> {
    let mut found = vec![service];
    let mut next = 0;
    while let Some(name) = found.get(next).copied() {
        next += 1;
        let known = setup.service(name);
        let mut callees: Vec<_> = known.map_or_else(Vec::new, |service| service.depends_on.iter().collect());
        callees.sort();
        for callee in callees {
            if !found.contains(&callee) && found.len() < SERVICES_MAX {
                found.push(callee);
            }
        }
    }
    found
}

/// The series of these services, and those that monitors of theirs read.
pub fn series_of(setup: &Setup, services: &[&ServiceName]) -> BTreeSet<SeriesId> {
    let own = setup.services.iter().filter(|service| services.contains(&&service.name));
    let judged = setup.monitors.iter().filter(|monitor| services.contains(&&monitor.service));
    own.flat_map(|service| service.series.iter()).chain(judged.flat_map(Monitor::series)).cloned().collect()
}

/// A candidate and how well it fits.
struct Ranked {
    rank: f64,
    why: String,
    cause: Cause,
}
