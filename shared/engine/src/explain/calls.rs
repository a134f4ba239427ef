//! Whom an escalation calls, and when: the machine itself, moved ahead.

use domain::escalation::{Escalation, State as Stands};
use domain::id::PolicyName;
use domain::incident::{Incident, Severity, What};
use domain::routing::GROUPS_MAX;
use domain::setup::Setup;
use domain::units::Time;

use super::case::Case;
use super::{Begin, Said, Step};
use crate::decide::Draft;
use crate::escalate::Reach;
use crate::paging::{self, Crew};

/// Calls ahead that are told before some are left out, and behind: the fallback, and that it is told again.
const FIRST: usize = 8;
const LAST: usize = 2;
/// Wakes of the machine that are thought of on the way there.
const WAKES_MAX: usize = 1_000;

/// How the incident looks for somebody, who is on call at `at`, and who is called from then on.
pub(super) fn steps(crew: &Crew<'_>, case: &Case, begins: &[Begin], (at, now): (Time, Time)) -> Vec<Step> {
    let paging = case.incident.as_ref().and_then(|incident| incident.escalation.as_ref());
    let paging = paging.filter(|paging| paging.state != Stands::Over);
    let begun = || begins.iter().find_map(|(_, policy, _)| policy.clone());
    let named = paging.map(|paging| paging.policy.clone()).or_else(begun);
    let Some(name) = named.or_else(|| by_route(crew.setup, case)) else {
        return vec![Step { group: None, said: Said::NobodyCalled }];
    };
    let mut said = vec![Said::Escalation { policy: name.clone(), stands: paging.map(|paging| paging.state.clone()) }];
    said.extend(on_call(crew, &name, case, at));
    if at >= now || case.made_up {
        let incident = case.incident.clone().filter(|incident| incident.state.is_open());
        said.extend(incident.as_ref().filter(|incident| incident.is_quiet()).map(|_| Said::CallsRest));
        said.extend(incident.map(|incident| ahead(incident, begins, crew, (at, now.min(at)))).unwrap_or_default());
    }
    said.into_iter().map(|said| Step { group: None, said }).collect()
}

/// The policy of the first of its routes that has one.
fn by_route(setup: &Setup, case: &Case) -> Option<PolicyName> {
    let mut routes = setup.routing.routes_of(&case.labels).into_iter().take(GROUPS_MAX);
    routes.find_map(|matched| matched.route.escalation.clone())
}

/// Whom each step of the policy would page at `at`.
fn on_call(crew: &Crew<'_>, name: &PolicyName, case: &Case, at: Time) -> Vec<Said> {
    let severity = case.incident.as_ref().map_or(case.alert.severity, |incident| incident.severity);
    let Some(policy) = crew.setup.on_call.policy(name) else { return Vec::new() };
    let step = |(step, one): (usize, &domain::escalation::Step)| Said::OnCall {
        step,
        after: if step == 0 { policy.first_after() } else { policy.wait_for(step, severity) },
        who: crew.who(&one.targets, Reach::of(severity), at),
    };
    policy.steps.iter().enumerate().map(step).collect()
}

/// What is done from now on, as the incident's timeline would say it, until the fallback is told once more; only what comes
/// at `at` and later.
fn ahead(mut incident: Incident, begins: &[Begin], crew: &Crew<'_>, (at, now): (Time, Time)) -> Vec<Said> {
    let (mut said, mut fallbacks) = (Vec::new(), 0);
    let mut to_begin = begins.iter().peekable();
    for _ in 0..WAKES_MAX {
        let wake = next(&incident, now);
        let begun = to_begin.next_if(|(time, ..)| wake.is_none_or(|wake| *time <= wake));
        let Some(time) = begun.map(|(time, ..)| *time).or(wake) else { return shortened(said) };
        let looked = incident.escalation.as_ref().filter(|paging| paging.state != Stands::Over);
        let looked = looked.map(|paging| paging.policy.clone());
        let mut draft = thought(incident, time);
        match begun {
            Some((_, policy, worst)) => {
                paging::begin(&mut draft, (policy.as_ref(), *worst), crew, time);
                let is_told = time >= at && !draft.incident.is_quiet();
                if let Some(policy) = policy.as_ref().filter(|_| is_told) {
                    let takes_over = draft.incident.escalation.as_ref().is_some_and(|paging| paging.policy == *policy);
                    let other = looked.filter(|known| known != policy);
                    said.extend(other.map(|other| instead(policy, other, takes_over, time)));
                }
            }
            None => paging::advance(&mut draft, crew, time),
        }
        note(&draft.incident, time, at, &mut said);
        incident = draft.incident;
        let is_over = |paging: &Escalation| matches!(paging.state, Stands::Exhausted { .. });
        fallbacks += usize::from(time >= at && incident.escalation.as_ref().is_some_and(is_over));
        if fallbacks == LAST && to_begin.peek().is_none() {
            break;
        }
    }
    let mut said = shortened(said);
    said.push(Said::AndSoOn);
    said
}

fn shortened(mut said: Vec<Said>) -> Vec<Said> {
    let left_out = said.len().saturating_sub(FIRST + LAST);
    if left_out > 1 {
        said.splice(FIRST..FIRST + left_out, [Said::MoreCalls { calls: left_out }]);
    }
    said
}

/// What becomes of two policies that a group and another would have call people.
fn instead(policy: &PolicyName, other: PolicyName, takes_over: bool, at: Time) -> Said {
    let policy = policy.clone();
    if takes_over { Said::TakesOver { at, policy } } else { Said::CallsNobody { at, policy, instead: other } }
}

/// Does in thought what the escalation has due before `until`: a snooze may be over by then.
pub(super) fn bring(incident: &mut Incident, crew: &Crew<'_>, (now, until): (Time, Time)) {
    for _ in 0..WAKES_MAX {
        let Some(time) = next(incident, now).filter(|time| *time < until) else { return };
        let mut draft = thought(incident.clone(), time);
        paging::advance(&mut draft, crew, time);
        *incident = draft.incident;
    }
}

/// A group has somebody called in thought.
pub(super) fn begin(incident: &mut Incident, called: (Option<&PolicyName>, Severity), crew: &Crew<'_>, now: Time) {
    let mut draft = thought(incident.clone(), now);
    if paging::begin(&mut draft, called, crew, now) {
        *incident = draft.incident;
    }
}

/// When the escalation has something to do.
fn next(incident: &Incident, now: Time) -> Option<Time> {
    let paging = incident.escalation.as_ref().filter(|_| incident.calls_go_on())?;
    paging.next_wake().map(|time| time.max(now))
}

/// A draft whose timeline has room for what is done next, and holds nothing else of it.
fn thought(mut incident: Incident, now: Time) -> Draft {
    incident.timeline.retain(|entry| !matches!(entry.what, What::Paging { .. }));
    incident.make_room(Incident::TIMELINE_MAX / 2);
    Draft::new(incident, now)
}

fn note(incident: &Incident, time: Time, at: Time, said: &mut Vec<Said>) {
    let paged = incident.timeline.iter().filter_map(|entry| match &entry.what {
        What::Paging { summary } => Some(Said::Calls { at: time, what: summary.clone() }),
        _ => None,
    });
    said.extend(paged.filter(|_| time >= at));
}
