//! From records to the setup: what one value cannot know by itself is checked over all files together.

mod channels;
mod checks;
mod correlation;
mod costs;
mod cycles;
mod drills;
mod events;
mod known;
mod logs;
mod monitors;
mod on_call;
mod probes;
mod resources;
mod routing;
mod runbooks;
mod series;
mod services;
mod shards;
mod slos;
mod sources;
mod whole;

pub(crate) use routing::{TIMING, services as services_of};
pub use shards::QUERIES_PER_SHARD_MAX;

use domain::setup::Setup;
use domain::units::Span;

use domain::service::OWN_SERVICE;

use crate::document::{Document, Monitor, Service, Source};
use crate::notes::Notes;
use crate::read::Given;
use crate::tree::Place;
use known::Known;
use whole::Whole;

/// Everything that others refer to by name. It is gathered from what is written, sound or not, so that one mistake does
/// not make all references to it wrong too.
struct Names<'d> {
    sources: Known<&'d Given<Source>>,
    services: Known<&'d Given<Service>>,
    /// By `service/name`.
    series: Known<series::Owned<'d>>,
    monitors: Known<&'d Given<Monitor>>,
    channels: Known<()>,
    intervals: Known<()>,
    policies: Known<()>,
}

/// How much of the configuration there is.
#[derive(Clone, Copy)]
pub(crate) struct Extent {
    /// Where the root begins, if it could be read.
    pub(crate) root: Option<Place>,
    /// Whether all files could be read. Otherwise unknown names are no mistakes: they may stand in the others.
    pub(crate) whole: bool,
}

/// The setup of all `documents`, the root first; it is good only if nothing is noted.
pub(crate) fn resolve(documents: &[Document], extent: Extent, shards: Option<u32>, notes: &mut Notes) -> Setup {
    let whole = extent.whole;
    let settings = Whole::of(documents, extent, notes);
    let names = Names {
        sources: sources::known(documents, whole, notes),
        services: services::known(documents, whole, notes),
        series: series::known(documents, whole, notes),
        monitors: monitors::known(documents, whole, notes),
        channels: channels::known(documents, whole, notes),
        intervals: routing::known(documents, whole, notes),
        policies: on_call::policies(documents, whole, notes),
    };
    let sources = sources::resolve(documents, notes);
    let services = services::resolve(documents, &names, notes);
    let mut series = series::resolve(documents, &names, notes);
    let monitors = monitors::resolve(documents, &names, &settings, notes);
    let promised = slos::resolve(documents, &names, &settings, &series, notes);
    series.extend(promised.series.into_values());
    for series in series.iter_mut().filter(|series| promised.each_minute.contains(&series.id)) {
        series.pace = Span::MINUTE;
    }
    let runbooks = runbooks::resolve(documents, &names, &settings, notes);
    let channels = channels::resolve(documents, &names, &settings.inbound, notes);
    let routing = routing::resolve(documents, &names, notes);
    let on_call = on_call::resolve(documents, extent.whole, (&names.channels, &channels), notes);
    let events = events::resolve(documents, &names, notes);
    cycles::refuse(documents, notes);
    let mut setup = Setup {
        correlation: correlation::resolve(documents, notes),
        sources,
        services,
        series,
        monitors,
        runbooks,
        response_enabled: settings.response_enabled,
        channels,
        inbound: settings.inbound,
        routing,
        on_call,
        look_back: settings.look_back,
        post_mortem_severities: settings.post_mortem_severities,
        default_owner: settings.default_owner,
        keep_metrics: settings.keep_metrics,
        events,
        slos: promised.slos,
        drills: Vec::new(),
        keep_events: settings.keep_events,
        keep_incidents: settings.keep_incidents,
    };
    drills::add(&mut setup, documents, &names, settings.settle, notes);
    if let (Some(root), Some(shards)) = (extent.root, shards) {
        shards::refuse_full(&setup, root, shards, notes);
    }
    setup
}
