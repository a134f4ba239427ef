use domain::event::{EventKind, IncidentEvent, Telling};
use domain::id::{ChannelName, NotificationId};
use domain::incident::Incident;
use domain::label::{self, Labels};
use domain::notification::{Destination, Notification, Receipt};
use domain::setup::Setup;

use crate::port::{Ledger, PortError};

/// One that is told.
pub(super) struct Whom {
    /// Its name on the receipt.
    pub(super) name: ChannelName,
    /// Where a page goes, and why there; `None`: it is told how things stand.
    pub(super) page: Option<(Destination, String)>,
}

impl Whom {
    /// The id of what it is told of `event`.
    pub(super) fn id(&self, event: &IncidentEvent) -> NotificationId {
        match &self.page {
            Some((to, _)) => Notification::id_to(event, to),
            None => Notification::id_of(event, &self.name),
        }
    }
}

/// Who is told of `event`, each once.
pub(super) async fn whom(
    ledger: &impl Ledger,
    setup: &Setup,
    event: &IncidentEvent,
    incident: &Incident,
) -> Result<Vec<Whom>, PortError> {
    let wants = |name: &ChannelName| setup.channel(name).is_some_and(|channel| channel.kind.wants(event.told_as()));
    let names = match &event.telling {
        Some(Telling::Page { to, .. } | Telling::Reminder { to, .. }) => {
            let paged =
                |(to, why): &(Destination, String)| Whom { name: to.name(), page: Some((to.clone(), why.clone())) };
            return Ok(to.iter().map(paged).collect());
        }
        Some(Telling::Group { channels, .. }) => channels.clone(),
        None if event.by_alert => return Ok(Vec::new()),
        None => return follow_up(ledger, setup, event, incident).await,
    };
    Ok(once(names.into_iter().filter(wants)))
}

/// Who was told of the incident hears how it goes on; who was called, that it is taken or over. What was done to
/// production is told even if nobody has heard of the incident yet, and what a person has opened to whom its routes name.
async fn follow_up(
    ledger: &impl Ledger,
    setup: &Setup,
    event: &IncidentEvent,
    incident: &Incident,
) -> Result<Vec<Whom>, PortError> {
    use EventKind::{
        ActionFailed, ActionPerformed, ActionVerified, IncidentAcknowledged, IncidentOpened, IncidentResolved,
    };
    let wants = |name: &ChannelName| setup.channel(name).is_some_and(|channel| channel.kind.wants(event.kind));
    let receipts = ledger.receipts(&incident.id).await?;
    let (pages, told): (Vec<&Receipt>, Vec<&Receipt>) = receipts.iter().partition(|receipt| receipt.page.is_some());
    let mut whom = once(told.iter().map(|receipt| receipt.channel.clone()).filter(wants));
    if told.is_empty() && matches!(event.kind, IncidentOpened | ActionPerformed | ActionVerified | ActionFailed) {
        whom = once(by_routes(setup, incident).into_iter().filter(wants));
    }
    if matches!(event.kind, IncidentAcknowledged | IncidentResolved) {
        for page in pages {
            let Some(to) = page.page.clone().filter(|_| whom.iter().all(|known| known.name != page.channel)) else {
                continue;
            };
            if to.channel(&setup.channels).is_some_and(|channel| channel.kind.wants(event.kind)) {
                whom.push(Whom { name: to.name(), page: Some((to, "was called".to_owned())) });
            }
        }
    }
    Ok(whom)
}

/// The channels of the routes of all its alerts, or of itself if it has none.
pub(crate) fn by_routes(setup: &Setup, incident: &Incident) -> Vec<ChannelName> {
    let routes = labels_of(incident).into_iter().flat_map(|labels| setup.routing.routes_of(&labels));
    routes.flat_map(|matched| matched.route.channels.clone()).collect()
}

/// What an incident is routed by: what its alerts are, or, without any, its own service, severity and title.
pub(crate) fn labels_of(incident: &Incident) -> Vec<Labels> {
    let of =
        |name: &str, severity, own: &Labels| label::of(name, &incident.service, (severity, incident.category), own);
    if incident.alerts.is_empty() {
        return vec![of(&incident.title, incident.severity, &Labels::new())];
    }
    incident.alerts.iter().map(|alert| of(&alert.name, alert.severity, &alert.labels)).collect()
}

fn once(names: impl Iterator<Item = ChannelName>) -> Vec<Whom> {
    let mut whom: Vec<Whom> = Vec::new();
    for name in names {
        if whom.iter().all(|known| known.name != name) {
            whom.push(Whom { name, page: None });
        }
    }
    whom
}
