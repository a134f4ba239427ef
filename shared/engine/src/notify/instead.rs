use domain::event::EventKind;
use domain::id::ChannelName;
use domain::notification::{Destination, Notification, Page, Receipt, ReceiptState};
use domain::setup::Setup;
use domain::units::Time;

use super::TRIES_BEFORE_ANOTHER;
use super::whom::{Whom, id_of};
use crate::paging::policy_of;
use crate::port::{Ledger, PortError};

/// What is begun in place of what is `lost`; `None`: nothing, or it was begun before. It is due at once, so that it is told
/// even if its function dies.
pub(super) async fn instead(
    ledger: &impl Ledger,
    setup: &Setup,
    (told, lost): (&Notification, &Receipt),
    now: Time,
) -> Result<Option<Receipt>, PortError> {
    let found = match &told.page {
        Some(page) if page.to.person().is_some() && page.to.name() == told.channel => {
            other_address(ledger, setup, (told, page), lost).await?
        }
        _ => fallback(setup, told),
    };
    let Some(notification) = found else { return Ok(None) };
    if ledger.receipt(&lost.incident, &notification.id).await?.is_some() {
        return Ok(None);
    }
    let page = match &notification.page {
        Some(page) if page.to.name() == notification.channel => Some(page.to.clone()),
        _ => lost.page.clone(),
    };
    Ok(Some(Receipt {
        id: notification.id.clone(),
        version: 0,
        incident: lost.incident.clone(),
        channel: notification.channel.clone(),
        notification: Some(notification),
        created_at: now,
        tries: 0,
        state: ReceiptState::Retrying { reason: format!("{} could not be told", lost.channel) },
        next_wake: Some(now),
        page,
        call: lost.call.clone(),
    }))
}

/// The person's first address that was not tried; once all are silent, the fallback of the policy, if it is a call. Its link
/// would take the incident in the person's name, and is left out.
async fn other_address(
    ledger: &impl Ledger,
    setup: &Setup,
    (told, page): (&Notification, &Page),
    lost: &Receipt,
) -> Result<Option<Notification>, PortError> {
    let kind = told.event.kind;
    let calls = matches!(kind, EventKind::IncidentOpened | EventKind::IncidentUpdated);
    let mut is_lost = true;
    for to in addresses(setup, &page.to) {
        let channel = to.channel(&setup.channels).filter(|channel| calls || channel.kind.wants(kind));
        if to == page.to || channel.is_none() {
            continue;
        }
        let other = paged(told, Page { to, ..page.clone() });
        match ledger.receipt(&lost.incident, &other.id).await? {
            None => return Ok(Some(other)),
            Some(known) => is_lost &= is_silent(&known),
        }
    }
    let fallback = policy_of(setup, &told.incident).fallback.filter(|_| is_lost && calls);
    let why = format!("the fallback, for {} could not be told", told.channel);
    Ok(fallback.map(|name| paged(told, Page { to: Destination::Channel(name), why, acknowledge: None, zone: None })))
}

/// Whether it was not told, and nobody should wait until it is.
const fn is_silent(receipt: &Receipt) -> bool {
    match receipt.state {
        ReceiptState::Refused { .. } | ReceiptState::Failed { .. } => true,
        ReceiptState::Retrying { .. } => receipt.tries >= TRIES_BEFORE_ANOTHER,
        _ => false,
    }
}

fn addresses<'s>(setup: &'s Setup, to: &Destination) -> impl Iterator<Item = Destination> + use<'s> {
    let person = to.person().and_then(|name| setup.on_call.person(name));
    person.into_iter().flat_map(|person| {
        let name = &person.name;
        person.addresses.iter().map(|address| Destination::Person { person: name.clone(), address: address.clone() })
    })
}

fn paged(told: &Notification, page: Page) -> Notification {
    let whom = Whom { name: page.to.name(), page: Some((page.to.clone(), page.why.clone())) };
    let id = whom.id(&told.event, &told.incident);
    Notification { id, channel: whom.name, follows: None, page: Some(page), ..told.clone() }
}

/// The same for the first of the channel's fallbacks, and theirs, that hears of such a thing; a page goes to the first.
fn fallback(setup: &Setup, told: &Notification) -> Option<Notification> {
    let next = |name: &ChannelName| setup.channel(name)?.fallback.clone();
    let wants = |name: &ChannelName| setup.channel(name).is_some_and(|other| other.kind.hears(&told.event));
    let mut fallbacks = std::iter::successors(next(&told.channel), next).take(setup.channels.len());
    let channel = fallbacks.find(|name| told.page.is_some() || wants(name))?;
    let id = id_of(&told.event, &told.incident, &channel);
    Some(Notification { id, channel, follows: None, ..told.clone() })
}
