//! Two incidents become one: the one ends, and all that it was goes on in the other.

use std::collections::BTreeSet;

use domain::alert::AlertSummary;
use domain::correlation::answers;
use domain::escalation::State as Stands;
use domain::event::EventKind;
use domain::id::{Fingerprint, IncidentId, ServiceName};
use domain::incident::{Incident, LifecycleEvent, Related, Standing, What};
use domain::units::Time;

use super::{Draft, incident_changed};
use crate::paging::{self, Crew};
use crate::port::{Commit, OpenPointer};

/// Reasons of firing alerts that are written into the timeline of the incident that goes on.
const REASONS_MAX: usize = 20;

/// Has `from` go on in `into`; the caller has asked whether it may. Of `into` whoever had `from` may not know: where nobody has
/// it and nobody is called for it, the policy of `from` calls anew; who has it is asked.
pub(crate) fn merge(from: Incident, into: Incident, (by, why): (&str, &str), crew: &Crew<'_>, now: Time) -> Commit {
    let looks = from.escalation.as_ref().is_some_and(|paging| paging.state != Stands::Over);
    let policy = looks.then(|| paging::policy_of(crew.setup, &from));
    let (mut ends, mut goes_on) = (Draft::new(from, now), Draft::new(into, now));
    let before = goes_on.incident.severity;
    say(&mut ends, &mut goes_on, (by, why), now);
    hand_over(&mut ends.incident, &mut goes_on.incident, now);
    for event in &mut goes_on.events {
        event.worse_than = Some(before).filter(|before| goes_on.incident.severity < *before);
    }
    relate(&mut ends.incident, &mut goes_on.incident, (by, why), now);
    paging::take_in(&mut goes_on, &ends.incident, by, crew, now);
    end(&mut ends.incident, by, now);
    if let Some(policy) = policy.filter(|_| !answers(&goes_on.incident)) {
        paging::begin_anew(&mut goes_on, &policy, crew, now);
    }
    let ended = ends.commit();
    let mut commit = Commit { other: ended.incident, pointer: OpenPointer::Open, ..goes_on.commit() };
    // Who keeps one thing for each incident lets go of the one before it hears of the other.
    commit.events.splice(0..0, ended.events);
    commit
}

/// In both timelines, and to all who have heard of the one or the other.
fn say(ends: &mut Draft, goes_on: &mut Draft, (by, why): (&str, &str), now: Time) {
    let (from, into) = (&ends.incident, &goes_on.incident);
    let had = from.taken_by().map(|holder| format!("; {holder} had it")).unwrap_or_default();
    let because = if why.is_empty() { String::new() } else { format!(": {why}") };
    let gone = format!("Merged into {} ({}) by {by}{because}", into.id, into.title);
    let come = format!("{} ({}) was merged into this by {by}{because}{had}", from.id, from.title);
    let told = format!("merged into {} ({}) by {by}", into.id, into.title);
    let includes =
        format!("now includes {}: {} ({} was merged into it by {by}{had})", from.service, from.title, from.id);
    let (from, into) = (from.id.clone(), into.id.clone());
    ends.incident.note(now, What::Related { incident: into, summary: gone });
    goes_on.incident.note(now, What::Related { incident: from, summary: come });
    ends.tell(EventKind::IncidentResolved, None, told);
    goes_on.tell(EventKind::IncidentUpdated, None, includes);
}

/// Alerts, actions, services and the severity go to the incident that goes on.
fn hand_over(from: &mut Incident, into: &mut Incident, now: Time) {
    reasons(from, into, now);
    let alerts = std::mem::take(&mut from.alerts);
    let listed = alerts.iter().map(|alert| &alert.fingerprint);
    let moved: BTreeSet<Fingerprint> = listed.chain(&from.unlisted).cloned().collect();
    for alert in alerts {
        let service = alert.service.clone().unwrap_or_else(|| from.service.clone());
        let alert = AlertSummary { service: Some(service).filter(|service| *service != into.service), ..alert };
        let known = into.alerts.iter().find(|known| known.fingerprint == alert.fingerprint);
        if known.is_none_or(|known| known.fired_at <= alert.fired_at) {
            into.list(alert);
        }
    }
    let room = Incident::UNLISTED_MAX.saturating_sub(into.unlisted.len());
    into.unlisted.extend(std::mem::take(&mut from.unlisted).into_iter().take(room));
    let (stays, goes) = std::mem::take(&mut from.actions).into_iter().partition(|one| !moved.contains(&one.alert));
    from.actions = stays;
    into.actions.extend::<Vec<_>>(goes);
    let known = |pair: &(&ServiceName, &str)| into.pairs().any(|one| one == *pair);
    let covers = from.pairs().filter(|pair| !known(pair)).map(|(service, key)| (service.clone(), key.to_owned()));
    let covers: Vec<_> = covers.collect();
    from.covers.clear();
    into.covers.extend(covers);
    if from.severity < into.severity {
        into.note(now, What::SeverityChanged { from: into.severity, to: from.severity });
        into.severity = from.severity;
    }
}

/// Why those alerts fire that come along.
fn reasons(from: &Incident, into: &mut Incident, now: Time) {
    for alert in from.alerts.iter().filter(|alert| alert.resolved_at.is_none()).take(REASONS_MAX) {
        let reason = from.why_fired(&alert.fingerprint).unwrap_or(&alert.name).to_owned();
        into.note(now, What::AlertFired { alert: alert.fingerprint.clone(), reason });
    }
}

/// Both keep in mind that they are one.
fn relate(from: &mut Incident, into: &mut Incident, (by, why): (&str, &str), now: Time) {
    let standing = Standing::Merged { at: now, by: by.to_owned() };
    let since = from.relation(&into.id).map_or(now, |known| known.since);
    let related = |other: &Incident| Related {
        incident: other.id.clone(),
        service: other.service.clone(),
        why: why.to_owned(),
        since,
        standing: standing.clone(),
    };
    let (of_from, of_into) = (related(into), related(from));
    // A person may merge what was said to be apart.
    from.merged_into = Some(into.id.clone());
    from.relate(of_from);
    into.relate(of_into);
    let merged: Vec<IncidentId> = from.merged().cloned().collect();
    for known in from.related.iter().filter(|known| merged.contains(&known.incident)) {
        into.relate(known.clone());
    }
}

fn end(from: &mut Incident, by: &str, now: Time) {
    incident_changed::move_on(from, LifecycleEvent::Merge, by, now).expect("the caller has asked whether it is open");
    from.resolved_at = Some(now);
    from.muted = None;
    from.correlate_at = None;
    if let Some(escalation) = &mut from.escalation {
        escalation.resolve();
    }
}

#[cfg(test)]
mod tests {
    use domain::alert::AlertSummary;
    use domain::escalation::{Escalation, Policy};
    use domain::event::EventKind::{IncidentResolved, IncidentUpdated};
    use domain::id::ServiceName;
    use domain::incident::{Muted, Severity, State};
    use domain::response::{ActionState, Mode};
    use domain::sample;
    use simulator::bare_setup;

    use super::*;

    fn name(text: &str) -> ServiceName {
        text.parse().unwrap()
    }

    fn merged(from: &Incident, into: &Incident) -> (Incident, Incident, Commit) {
        let setup = bare_setup();
        let crew = Crew { setup: &setup, overrides: &[] };
        let commit = merge(from.clone(), into.clone(), ("ann", "they call each other"), &crew, sample::after(300));
        (commit.other.clone().unwrap(), commit.incident.clone().unwrap(), commit)
    }

    /// The sample's incident with an action that waits for its check, and one of another service that is less bad.
    fn two() -> (Incident, Incident) {
        let acted = ActionState::Acted { at: sample::after(200), verify_by: sample::after(800) };
        let mut from = sample::incident_with_action(Mode::Auto, acted);
        from.muted = Some(Muted { by: "ben".to_owned(), at: sample::after(200), severity: None });
        from.covers.push((name("mail"), "eu".to_owned()));
        from.note(
            sample::after(181),
            What::AlertFired { alert: from.alerts[0].fingerprint.clone(), reason: "37.5 %".to_owned() },
        );
        let mut into = sample::incident();
        (into.service, into.severity) = (name("api"), Severity::Sev3);
        into.id = Incident::id_of(&into.service, "", sample::BEGAN);
        into.alerts[0].fingerprint = Fingerprint::derive(&["api"]);
        (from, into)
    }

    #[test]
    fn all_that_it_was_goes_on_in_the_other() {
        let (from, into) = two();
        let (ended, goes_on, commit) = merged(&from, &into);
        assert_eq!((ended.state, ended.merged_into.as_ref()), (State::Closed, Some(&into.id)));
        assert_eq!(
            (ended.alerts.len(), ended.actions.len(), ended.covers.len(), ended.muted.is_some()),
            (0, 0, 0, false)
        );
        assert_eq!((ended.next_wake, ended.resolved_at), (None, Some(sample::after(300))));
        assert_eq!((goes_on.state, goes_on.severity), (State::Triggered, Severity::Sev2), "the worse of both");
        let services: Vec<_> = goes_on.alerts.iter().map(|alert| goes_on.service_of(alert).as_str()).collect();
        assert_eq!(services, ["api", "shop-checkout"]);
        assert_eq!(goes_on.actions, from.actions, "its check is awaited there");
        assert_eq!(goes_on.next_wake, Some(sample::after(800)));
        let covers = [(name("shop-checkout"), String::new()), (name("mail"), "eu".to_owned())];
        assert_eq!(goes_on.covers, covers);
        assert!(goes_on.merged().eq([&from.id]) && ended.merged().next().is_none());
        assert_eq!(commit.pointer, OpenPointer::Open);
        let told: Vec<_> =
            commit.events.iter().map(|event| (event.kind, event.incident.clone(), event.by_alert)).collect();
        assert_eq!(told, [(IncidentResolved, from.id, false), (IncidentUpdated, into.id, false)]);
        let worse: Vec<_> = commit.events.iter().map(|event| event.worse_than).collect();
        assert_eq!(worse, [None, Some(Severity::Sev3)], "its readers knew it as less severe");
        let said: Vec<_> = goes_on.timeline.iter().map(|entry| entry.what.to_string()).collect();
        assert_eq!(said[2..], ["Alert firing: 37.5 %", "Severity changed from SEV3 to SEV2"], "{said:?}");
    }

    #[test]
    fn who_has_it_without_a_policy_is_asked_what_nobody_has() {
        let (mut from, mut into) = two();
        let shop = Policy {
            name: "shop".parse().unwrap(),
            steps: Vec::new(),
            again_after: None,
            repeat: 0,
            fallback: None,
            remind_every: None,
        };
        from.escalation = Some(Escalation::start(&shop, Severity::Sev2, sample::after(200)));
        into.take("ben");
        into.state = State::Acknowledged;
        let (_, goes_on, _) = merged(&from, &into);
        let paging = goes_on.escalation.expect("its policy calls without a word");
        assert_eq!((paging.holder(), paging.would_call()), (Some("ben"), &shop.name));
    }

    #[test]
    fn of_one_alert_in_both_the_later_firing_counts() {
        for (fired, resolved) in [(0, true), (100, false)] {
            let (from, mut into) = two();
            let listed = AlertSummary {
                fired_at: sample::after(50),
                resolved_at: Some(sample::after(60)),
                fingerprint: from.alerts[0].fingerprint.clone(),
                ..into.alerts[0].clone()
            };
            into.alerts = vec![listed];
            let mut from = from;
            from.alerts[0].fired_at = sample::after(fired);
            let (_, goes_on, _) = merged(&from, &into);
            assert_eq!((goes_on.alerts.len(), goes_on.alerts[0].resolved_at.is_some()), (1, resolved), "{fired}");
        }
    }

    #[test]
    fn what_was_merged_before_is_still_known() {
        let (from, into) = two();
        let (_, once, _) = merged(&from, &into);
        let mut root = sample::incident();
        root.service = name("database");
        root.id = Incident::id_of(&root.service, "", sample::BEGAN);
        let (gone, twice, _) = merged(&once, &root);
        assert!(twice.merged().eq([&into.id, &from.id]), "who has heard of any of them hears of it");
        assert_eq!(twice.pairs().count(), 4);
        assert_eq!(gone.merged().next(), Some(&from.id));
    }
}
