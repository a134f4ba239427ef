//! Deployments that channels hear of: a pager shows what changed beside the pages that come after it.
//!
//! What is announced is committed with the deployment, one row for each channel, which is outbox and receipt in one. The
//! timekeeper has it tried, the notifier tries: nobody is woken by it, so it may take a minute.

use domain::deployment::{Announcement, Deployment, DeploymentEvent};
use domain::escalation::{Step, Target};
use domain::id::ChannelName;
use domain::label::{Labels, SERVICE};
use domain::notification::{Channel, Delivery, ReceiptState};
use domain::setup::Setup;
use domain::units::Time;

use crate::notify::{TRY_TAKES_AT_MOST, after_try};
use crate::perform::UseCaseError;
use crate::port::{Commit, CommitError, Ledger, Messenger};

/// Channels that one deployment is announced to: each is a row of its transaction.
pub const CHANNELS_MAX: usize = 20;

/// The commit of a new deployment, with whom it is announced to.
pub fn announced(setup: &Setup, deployment: Deployment, now: Time) -> Commit {
    let begin = |channel: &Channel| Announcement {
        deployment: deployment.clone(),
        channel: channel.name.clone(),
        version: 0,
        tries: 0,
        state: ReceiptState::Retrying { reason: "it has not been tried yet".to_owned() },
        next_wake: Some(now),
    };
    let announcements = hearers(setup, &deployment).map(begin).collect();
    Commit { announcements, deployment: Some(deployment), now, ..Commit::default() }
}

/// The channels that want to hear of changes, and that an alert of the service may be told to, by a route or by a route's
/// policy.
fn hearers<'s>(setup: &'s Setup, deployment: &Deployment) -> impl Iterator<Item = &'s Channel> {
    let known = Labels::from([(SERVICE.to_owned(), deployment.service.to_string())]);
    let mut told: Vec<&ChannelName> = Vec::new();
    for route in setup.routing.may_take(&known) {
        told.extend(&route.channels);
        let policy = setup.on_call.policies.iter().find(|policy| Some(&policy.name) == route.escalation.as_ref());
        told.extend(policy.into_iter().flat_map(|policy| &policy.steps).flat_map(called));
    }
    let hears = move |channel: &&Channel| channel.kind.hears_changes() && told.contains(&&channel.name);
    setup.channels.iter().filter(hears).take(CHANNELS_MAX)
}

fn called(step: &Step) -> impl Iterator<Item = &ChannelName> {
    step.targets.iter().filter_map(|target| if let Target::Channel(name) = target { Some(name) } else { None })
}

/// Tries once to announce a deployment, unless that is done, given up, or being tried elsewhere. Where it stands then;
/// `None`: there was nothing to do.
///
/// # Errors
/// When the store does not answer: nothing is sent unless the try is begun.
pub async fn announce(
    ledger: &impl Ledger,
    messenger: &impl Messenger,
    setup: &Setup,
    event: &DeploymentEvent,
    now: Time,
) -> Result<Option<ReceiptState>, UseCaseError> {
    let known = ledger.announcement(&event.deployment, &event.channel).await?;
    let Some(due) = known.filter(|known| known.next_wake.is_some_and(|at| at <= now)) else { return Ok(None) };
    let begun = Announcement {
        tries: due.tries + 1,
        state: ReceiptState::Sending,
        next_wake: Some(now + TRY_TAKES_AT_MOST),
        ..due
    };
    if !commit(ledger, begun.clone(), now).await? {
        return Ok(None);
    }
    let delivery = match setup.channel(&begun.channel) {
        Some(channel) => messenger.announce(channel, &begun.deployment).await,
        None => Delivery::Refused { answer: "the channel is no longer part of the configuration".to_owned() },
    };
    let (state, next_wake) = after_try(begun.tries, delivery, now);
    let done = Announcement { version: begun.version + 1, state: state.clone(), next_wake, ..begun };
    // Only another try can be faster, and what it wrote stands.
    commit(ledger, done, now).await?;
    Ok(Some(state))
}

async fn commit(ledger: &impl Ledger, announcement: Announcement, now: Time) -> Result<bool, UseCaseError> {
    let commit = Commit { announcements: vec![announcement], now, ..Commit::default() };
    match ledger.commit(&commit).await {
        Ok(()) => Ok(true),
        Err(CommitError::Conflict { .. }) => Ok(false),
        Err(CommitError::Port(error)) => Err(error.into()),
    }
}
