use domain::alert::AlertSummary;
use domain::event::{EventKind, IncidentEvent, Telling};
use domain::id::{CallId, ChannelName, NotificationId};
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
    pub(super) fn id(&self, event: &IncidentEvent, incident: &Incident) -> NotificationId {
        match &self.page {
            Some((to, _)) if !says_end(event, incident) => Notification::id_to(event, to),
            _ => id_of(event, incident, &self.name),
        }
    }

    /// The call that telling it of `event` is part of; `None`: it only hears how things stand.
    pub(super) fn call(&self, setup: &Setup, event: &IncidentEvent, incident: &Incident) -> Option<CallId> {
        use EventKind::{IncidentOpened, IncidentReopened, IncidentUpdated};
        let is_bad = matches!(event.told_as(), IncidentOpened | IncidentReopened | IncidentUpdated);
        if is_bad && setup.channel(&self.name).is_some_and(|channel| channel.kind.rings()) {
            return Some(CallId::derive(&["ring", &incident.page_keys().next()?]));
        }
        matches!(event.telling, Some(Telling::Page { .. })).then(|| CallId::derive(&["page", event.id.as_str()]))
    }
}

/// The id of what `name` is told of `event`. The end of an incident is told to each once, whoever says it: several groups
/// may, and so may a person.
pub(super) fn id_of(event: &IncidentEvent, incident: &Incident, name: &ChannelName) -> NotificationId {
    if says_end(event, incident) { Notification::id_of_end(incident, name) } else { Notification::id_of(event, name) }
}

/// Whether the event says that the incident is over, and it still is.
fn says_end(event: &IncidentEvent, incident: &Incident) -> bool {
    event.told_as() == EventKind::IncidentResolved && !incident.state.is_open()
}

/// Who is told of `event`, each once.
pub(super) async fn whom(
    ledger: &impl Ledger,
    setup: &Setup,
    event: &IncidentEvent,
    incident: &Incident,
) -> Result<Vec<Whom>, PortError> {
    let wants = |name: &ChannelName| setup.channel(name).is_some_and(|channel| channel.kind.hears(event));
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
    let mut whom = once(names.into_iter().filter(wants));
    if says_end(event, incident) {
        // Its alerts may have gone through other groups before, and people were called for it.
        let heard = heard(&receipts(ledger, incident).await?, setup, event);
        for other in heard {
            if whom.iter().all(|known| known.name != other.name) {
                whom.push(other);
            }
        }
    }
    Ok(whom)
}

/// Who was told of the incident hears how it goes on; who was called, that it is taken or over. What was done to
/// production is told even if nobody has heard of the incident yet, and what a person has opened to whom its routes name.
async fn follow_up(
    ledger: &impl Ledger,
    setup: &Setup,
    event: &IncidentEvent,
    incident: &Incident,
) -> Result<Vec<Whom>, PortError> {
    use EventKind::{ActionFailed, ActionPerformed, ActionVerified, IncidentOpened};
    let wants = |name: &ChannelName| setup.channel(name).is_some_and(|channel| channel.kind.hears(event));
    let receipts = receipts(ledger, incident).await?;
    let nobody = receipts.iter().all(|receipt| receipt.page.is_some());
    let acts = matches!(event.kind, IncidentOpened | ActionPerformed | ActionVerified | ActionFailed);
    // What a person opened has no group that would tell of it; its events may come in any order.
    let by_hand = incident.alerts.is_empty() && (incident.merged_into.is_none() || event.kind == IncidentOpened);
    let by_route = by_hand || (nobody && acts);
    if !by_route {
        return Ok(heard(&receipts, setup, event));
    }
    let mut whom = once(by_routes(setup, incident).into_iter().filter(wants));
    for one in heard(&receipts, setup, event) {
        if whom.iter().all(|known| known.name != one.name) {
            whom.push(one);
        }
    }
    Ok(whom)
}

/// What was told of the incident, and of those that are part of it now: who has heard of them hears how it goes on.
async fn receipts(ledger: &impl Ledger, incident: &Incident) -> Result<Vec<Receipt>, PortError> {
    let mut receipts = ledger.receipts(&incident.id).await?;
    for id in incident.merged() {
        receipts.extend(ledger.receipts(id).await?);
    }
    Ok(receipts)
}

/// Who has heard of an incident with these receipts, as far as they want to hear of `event`.
fn heard(receipts: &[Receipt], setup: &Setup, event: &IncidentEvent) -> Vec<Whom> {
    let kind = event.told_as();
    let wants = |name: &ChannelName| setup.channel(name).is_some_and(|channel| channel.kind.hears(event));
    // What a fallback was told in place of somebody, it was told itself.
    let calls = |receipt: &&Receipt| receipt.page.as_ref().is_some_and(|page| page.name() == receipt.channel);
    let (pages, told): (Vec<&Receipt>, Vec<&Receipt>) = receipts.iter().partition(calls);
    let was_told = |name: &ChannelName| told.iter().any(|receipt| &receipt.channel == name);
    let names = setup.channels.iter().map(|channel| channel.name.clone());
    let mut whom = once(names.filter(|name| was_told(name) && wants(name)));
    if !matches!(kind, EventKind::IncidentAcknowledged | EventKind::IncidentResolved) {
        return whom;
    }
    for page in pages {
        let Some(to) = page.page.clone().filter(|_| whom.iter().all(|known| known.name != page.channel)) else {
            continue;
        };
        if to.channel(&setup.channels).is_some_and(|channel| channel.kind.wants(kind)) {
            whom.push(Whom { name: to.name(), page: Some((to, "was called".to_owned())) });
        }
    }
    whom
}

/// The channels of the routes of all its alerts, or of itself if it has none.
pub(crate) fn by_routes(setup: &Setup, incident: &Incident) -> Vec<ChannelName> {
    let routes = labels_of(incident).into_iter().flat_map(|labels| setup.routing.routes_of(&labels));
    routes.flat_map(|matched| matched.route.channels.clone()).collect()
}

/// What an incident is routed by: what its alerts are, or, without any, its own service, severity and title.
pub(crate) fn labels_of(incident: &Incident) -> Vec<Labels> {
    let (category, service) = (incident.category, &incident.service);
    if incident.alerts.is_empty() {
        return vec![label::of(&incident.title, service, (incident.severity, category), &Labels::new())];
    }
    let of = |alert: &AlertSummary| {
        label::of(&alert.name, incident.service_of(alert), (alert.severity, category), &alert.labels)
    };
    incident.alerts.iter().map(of).collect()
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
