//! Notifications: which channels an event goes to, each told once, each delivery with a receipt.

mod deliver;
mod instead;
mod links;
mod overtaken;
mod retry;
mod together;
mod turn;
mod whom;

use std::collections::VecDeque;

use domain::event::{EventKind, IncidentEvent, Telling};
use domain::id::ChannelName;
use domain::incident::Incident;
use domain::notification::{Destination, Notification, Page, Receipt, ReceiptState};
use domain::setup::Setup;
use domain::units::{Span, Time};
use serde::Serialize;

use deliver::deliver;
pub use links::Links;
pub(crate) use retry::after_try;
pub use retry::{TRIES_BEFORE_ANOTHER, TRIES_MAX, next_try};
use together::together;
use whom::{Whom, whom};
pub(crate) use whom::{by_routes, labels_of};

use crate::correlate::survivor;
use crate::perform::{CONFLICT_TRIES, UseCaseError};
use crate::port::{Commit, CommitError, Ledger, Messenger};

/// A try that has left no receipt after this long died with its function; another may begin.
pub const TRY_TAKES_AT_MOST: Span = Span::from_minutes(2);

/// Receipts that are begun in one transaction: each holds an incident, which is below 400 KB, and all of it below 4 MB.
const BEGUN_MAX: usize = 10;

/// What became of one event's notifications.
#[derive(Clone, PartialEq, Debug, Default, Serialize)]
pub struct Notified {
    /// Channel and where its receipt stands.
    pub receipts: Vec<(ChannelName, ReceiptState)>,
    /// The shortest wait until a retry, where one is wanted.
    pub retry_after: Option<Span>,
}

impl Notified {
    fn add(&mut self, receipt: &Receipt, now: Time) {
        let wait = receipt.next_wake.map(|wake| wake.since(now));
        self.retry_after = self.retry_after.into_iter().chain(wait).min();
        self.receipts.push((receipt.channel.clone(), receipt.state.clone()));
    }
}

/// Tells whom the event names, and who is not told yet; all at once, so that nobody waits for the vendor of another.
///
/// # Errors
/// When the store does not answer: nothing is sent without its receipt begun.
pub async fn notify(
    ledger: &impl Ledger,
    messenger: &impl Messenger,
    setup: &Setup,
    (event, links): (&IncidentEvent, Links<'_>),
    now: Time,
) -> Result<Notified, UseCaseError> {
    let Some(incident) = ledger.incident(&event.incident).await? else {
        return Ok(Notified::default());
    };
    let moved = moved(ledger, event, &incident).await?;
    let mut begun: VecDeque<Receipt> = VecDeque::new();
    if event.kind == EventKind::NotificationRetry {
        if let Some(id) = &event.notification {
            begun.extend(ledger.receipt(&event.incident, id).await?);
        }
    } else {
        begun = begin_all(ledger, setup, (event, links), (&incident, &moved), now).await?;
    }
    let mut queues: Vec<VecDeque<Receipt>> = Vec::new();
    for receipt in begun {
        match queues.iter_mut().find(|queue| queue.iter().any(|other| other.channel == receipt.channel)) {
            Some(queue) => queue.push_back(receipt),
            None => queues.push(VecDeque::from([receipt])),
        }
    }
    let about = (&incident, &moved);
    let told = queues.into_iter().map(|queue| tell(ledger, messenger, setup, (queue, about), now)).collect();
    let (mut report, mut failed) = (Notified::default(), None);
    for (notified, error) in together(told).await {
        report.receipts.extend(notified.receipts);
        report.retry_after = report.retry_after.into_iter().chain(notified.retry_after).min();
        failed = failed.or(error);
    }
    failed.map_or(Ok(report), Err)
}

/// Tells one channel what it is to be told, one after the other, and then those that are told instead. The first error, once
/// all were tried.
async fn tell(
    ledger: &impl Ledger,
    messenger: &impl Messenger,
    setup: &Setup,
    (mut queue, (incident, moved)): (VecDeque<Receipt>, (&Incident, &Option<Moved>)),
    now: Time,
) -> (Notified, Option<UseCaseError>) {
    let (mut report, mut failed) = (Notified::default(), None);
    while let Some(receipt) = queue.pop_front() {
        let last = moved.as_ref().map(|(_, last)| last).filter(|last| last.id == receipt.incident);
        let about = last.unwrap_or(incident);
        match deliver(ledger, messenger, setup, (receipt, about), &mut report, now).await {
            Ok(instead) => queue.extend(instead),
            Err(error) => failed = failed.or(Some(error)),
        }
    }
    (report, failed)
}

/// An event about the incident that goes on, and that incident.
type Moved = (IncidentEvent, Incident);

/// What is told in place of an event about an incident that went on in another one before it was told: that this one is
/// as bad. That the other is over stays said of the other; and nobody is called by its pages.
async fn moved(
    ledger: &impl Ledger,
    event: &IncidentEvent,
    incident: &Incident,
) -> Result<Option<Moved>, UseCaseError> {
    let is_bad =
        matches!(event.told_as(), EventKind::IncidentOpened | EventKind::IncidentReopened | EventKind::IncidentUpdated);
    let calls = matches!(event.telling, Some(Telling::Page { .. } | Telling::Reminder { .. }));
    if incident.merged_into.is_none() || !is_bad || calls || event.kind == EventKind::NotificationRetry {
        return Ok(None);
    }
    let last = survivor(ledger, incident.clone()).await?;
    let event = IncidentEvent { incident: last.id.clone(), service: last.service.clone(), ..event.clone() };
    Ok(Some((event, last)))
}

/// The receipts of all whom the event names. Those that are not begun are begun together, before anybody is told: whoever
/// dies on the way is not the last who knows of them, and what follows goes to all.
async fn begin_all(
    ledger: &impl Ledger,
    setup: &Setup,
    (event, links): (&IncidentEvent, Links<'_>),
    (incident, moved): (&Incident, &Option<Moved>),
    now: Time,
) -> Result<VecDeque<Receipt>, UseCaseError> {
    for _ in 0..CONFLICT_TRIES {
        let (mut known, mut fresh) = (VecDeque::new(), Vec::new());
        for whom in whom(ledger, setup, event, incident).await? {
            let mut begun = ledger.receipt(&event.incident, &whom.id(event, incident)).await?;
            let (event, incident) = moved.as_ref().map_or((event, incident), |(event, last)| (event, last));
            if begun.is_none() && moved.is_some() {
                begun = ledger.receipt(&event.incident, &whom.id(event, incident)).await?;
            }
            match begun {
                Some(receipt) => known.push_back(receipt),
                None => fresh.push(begin(setup, event, incident, (whom, links), now)),
            }
        }
        let mut is_begun = true;
        if known.len() + fresh.len() > 1 {
            for some in fresh.chunks_mut(BEGUN_MAX) {
                is_begun &= commit(ledger, Commit { receipts: some.to_vec(), now, ..Commit::default() }).await?;
                for receipt in some {
                    receipt.version += 1;
                }
            }
        }
        if is_begun {
            known.extend(fresh);
            return Ok(known);
        }
    }
    Err(UseCaseError::Contended(event.incident.to_string()))
}

fn begin(
    setup: &Setup,
    event: &IncidentEvent,
    incident: &Incident,
    (whom, links): (Whom, Links<'_>),
    now: Time,
) -> Receipt {
    let (id, call) = (whom.id(event, incident), whom.call(setup, event, incident));
    let Whom { name: channel, page } = whom;
    let told = IncidentEvent { kind: event.told_as(), telling: None, ..event.clone() };
    let zone = |to: &Destination| Some(setup.on_call.person(to.person()?)?.zone.clone());
    let page = page.map(|(to, why)| {
        let (acknowledge, zone) = (links.acknowledge(event, &to, now), zone(&to));
        Page { to, why, acknowledge, zone }
    });
    let to = page.as_ref().map(|page| page.to.clone());
    let notification = Notification {
        id,
        channel: channel.clone(),
        event: told,
        incident: incident.clone(),
        link: links.incident(&incident.id, now),
        follows: None,
        page,
    };
    Receipt {
        id: notification.id.clone(),
        version: 0,
        incident: incident.id.clone(),
        channel,
        notification: Some(notification),
        created_at: now,
        tries: 0,
        state: ReceiptState::Sending,
        next_wake: Some(now),
        page: to,
        call,
    }
}

async fn commit(ledger: &impl Ledger, commit: Commit) -> Result<bool, UseCaseError> {
    match ledger.commit(&commit).await {
        Ok(()) => Ok(true),
        Err(CommitError::Conflict { .. }) => Ok(false),
        Err(CommitError::Port(error)) => Err(error.into()),
    }
}
