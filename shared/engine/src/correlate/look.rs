use std::collections::BTreeMap;

use domain::correlation::{Unconfirmed, confirm, loses_a_page, may_merge};
use domain::id::IncidentId;
use domain::incident::{Incident, MergeRefused, Related, Standing, What};
use domain::setup::Setup;
use domain::units::Time;

use super::{near, survivor, takes_part};
use crate::OWN_SERVICE;
use crate::decide::{Draft, merge::merge};
use crate::paging::Crew;
use crate::perform::{CONFLICT_TRIES, UseCaseError, commit_and_publish};
use crate::port::{Commit, CommitError, Ledger, Outlet, PortError};

/// Looks at what the incident may be one with, once, when it is time: what is confirmed is merged, or it is said why not.
///
/// # Errors
/// When a port does not answer, or others keep changing the same incidents: it is found due again.
pub(crate) async fn look(
    ledger: &impl Ledger,
    outlet: &impl Outlet,
    setup: &Setup,
    id: &IncidentId,
    now: Time,
) -> Result<(), UseCaseError> {
    for _ in 0..CONFLICT_TRIES {
        let is_due = |one: &Incident| one.state.is_open() && one.correlate_at.is_some_and(|at| at <= now);
        let Some(later) = ledger.incident(id).await?.filter(is_due) else { return Ok(()) };
        let fresh = near::candidates(ledger, setup, &later, now).await?;
        let others = others(ledger, later.related.iter().chain(&fresh)).await?;
        let judged = judge(later, fresh, &others, setup, now);
        if settle(ledger, outlet, setup, judged, now).await? {
            return Ok(());
        }
    }
    Err(UseCaseError::Contended(id.to_string()))
}

/// The incidents that are related, by the id under which they are kept in mind, each as it goes on.
async fn others(
    ledger: &impl Ledger,
    related: impl Iterator<Item = &Related>,
) -> Result<BTreeMap<IncidentId, Incident>, PortError> {
    let mut found = BTreeMap::new();
    for one in related.filter(|one| is_open(&one.standing)) {
        if let Some(incident) = ledger.incident(&one.incident).await? {
            found.insert(one.incident.clone(), survivor(ledger, incident).await?);
        }
    }
    Ok(found)
}

/// Whether nothing is said of it yet that holds for good.
fn is_open(standing: &Standing) -> bool {
    matches!(standing, Standing::Candidate | Standing::Confirmed { .. })
}

/// An incident that was looked at, with those that it is most likely one with, the earliest first.
struct Judged {
    draft: Draft,
    confirmed: Vec<(Incident, String)>,
}

fn judge(
    later: Incident,
    fresh: Vec<Related>,
    others: &BTreeMap<IncidentId, Incident>,
    setup: &Setup,
    now: Time,
) -> Judged {
    let mut draft = Draft::new(later, now);
    draft.incident.correlate_at = None;
    for related in fresh {
        if draft.incident.relation(&related.incident).is_none() {
            draft.incident.relate(related);
        }
    }
    let mut confirmed: Vec<(Incident, String)> = Vec::new();
    for related in draft.incident.related.clone().into_iter().filter(|one| is_open(&one.standing)) {
        let Some(other) = others.get(&related.incident).filter(|other| other.id != draft.incident.id) else { continue };
        match confirm(&setup.services, (&draft.incident, other)) {
            Ok(()) if confirmed.iter().any(|(known, _)| known.id == other.id) => {}
            Ok(()) if takes_part(other) => confirmed.push((other.clone(), related.why)),
            Err(Unconfirmed::Over(state)) => {
                let summary = format!("{} is {state}; this is not, so it may be no part of it", other.id);
                say(&mut draft.incident, other, summary, now);
            }
            _ => {}
        }
    }
    confirmed.sort_by(|(a, _), (b, _)| a.found().cmp(&b.found()));
    Judged { draft, confirmed }
}

/// Merges what may be merged, and says of the rest why not; false: somebody else was faster.
///
/// Those that are one with the incident are one with each other. They are merged first, so that a process that dies in
/// between leaves the incident due, and the next one finds the rest.
async fn settle(
    ledger: &impl Ledger,
    outlet: &impl Outlet,
    setup: &Setup,
    judged: Judged,
    now: Time,
) -> Result<bool, UseCaseError> {
    let Judged { mut draft, mut confirmed } = judged;
    let crew = Crew { setup, overrides: &[] };
    let fits = |from: &Incident, into: &Incident| setup.correlation.merges && refusal(from, into).is_none();
    let Some(place) = confirmed.iter().position(|(other, _)| fits(&draft.incident, other)) else {
        for (other, why) in &confirmed {
            say_confirmed(&mut draft, (other, why), setup, now);
        }
        // What stands in the way may pass: somebody may take the one or the other.
        let again = setup.correlation.merges && draft.incident.will_call() && !confirmed.is_empty();
        draft.incident.correlate_at = again.then(|| now + setup.correlation.confirm_after);
        return commit(ledger, outlet, &draft.commit()).await;
    };
    let (mut into, why) = confirmed.remove(place);
    for (other, _) in confirmed {
        let is_apart = other.is_apart_from(&into) || into.is_apart_from(&other);
        if is_apart || other.found() < into.found() || !fits(&other, &into) {
            say_confirmed(&mut draft, (&other, "both are one with this"), setup, now);
            continue;
        }
        let bridge = format!("both are one with {}", draft.incident.id);
        let merged = merge(other, into, (OWN_SERVICE, &bridge), &crew, now);
        if !commit(ledger, outlet, &merged).await? {
            return Ok(false);
        }
        let grown = merged.incident.expect("a merge has the incident that goes on");
        into = Incident { version: grown.version + 1, ..grown };
    }
    if !fits(&draft.incident, &into) {
        // What it took in has made it too large for more.
        say_confirmed(&mut draft, (&into, &why), setup, now);
        return commit(ledger, outlet, &draft.commit()).await;
    }
    commit(ledger, outlet, &merge(draft.incident, into, (OWN_SERVICE, &why), &crew, now)).await
}

/// Why `from` does not go on in `into` by itself.
fn refusal(from: &Incident, into: &Incident) -> Option<String> {
    may_merge(from, into).err().map(|refused| refused.to_string()).or_else(|| loses_a_page(from, into))
}

fn say_confirmed(draft: &mut Draft, (other, why): (&Incident, &str), setup: &Setup, now: Time) {
    let by_hand = format!("tocsin incident merge {} --into {}", draft.incident.id, other.id);
    let reason = match (may_merge(&draft.incident, other), loses_a_page(&draft.incident, other)) {
        (Err(refused @ MergeRefused::Called { .. }), _) => format!("Not merged yet: {refused}"),
        (Err(refused), _) => format!("Not merged: {refused}"),
        (Ok(()), Some(reason)) => format!("Not merged by itself: {reason}. By hand: {by_hand}"),
        (Ok(()), None) if setup.correlation.merges => format!("Not merged by itself. By hand: {by_hand}"),
        (Ok(()), None) => format!("The configuration leaves it to people to merge them: {by_hand}"),
    };
    let summary = format!("Most likely part of {} ({}): {why}; both still fire. {reason}", other.id, other.title);
    say(&mut draft.incident, other, summary, now);
    let known = draft.incident.relation(&other.id);
    let service = known.map_or_else(|| other.service.clone(), |known| known.service.clone());
    let since = known.map_or(now, |known| known.since);
    let before = known.map(|known| known.standing.clone()).filter(|standing| standing.made().is_some());
    let standing = before.unwrap_or_else(|| Standing::Confirmed { at: now, by: OWN_SERVICE.to_owned() });
    draft.incident.relate(Related { incident: other.id.clone(), service, why: why.to_owned(), since, standing });
}

/// Writes it into the timeline, where each stands once however often the incident is looked at.
fn say(incident: &mut Incident, other: &Incident, summary: String, now: Time) {
    let what = What::Related { incident: other.id.clone(), summary };
    if incident.timeline.iter().all(|entry| entry.what != what) {
        incident.note(now, what);
    }
}

async fn commit(ledger: &impl Ledger, outlet: &impl Outlet, commit: &Commit) -> Result<bool, UseCaseError> {
    match commit_and_publish(ledger, outlet, commit).await {
        Ok(_) => Ok(true),
        Err(CommitError::Conflict { .. }) => Ok(false),
        Err(CommitError::Port(error)) => Err(error.into()),
    }
}
