//! Paging: what an incident's escalation asks for becomes messages to people.
//!
//! The machine is [`domain::escalation`]; here it is told what happened, with who is on call now, and each of its
//! effects is written into the timeline and the outbox.

use domain::escalation::{Effect, Escalation, Policy, Prompt, PutOff, Reaches, State as Stands, Target, Why};
use domain::event::{IncidentEvent, Telling};
use domain::id::{ChannelName, Fingerprint, PolicyName};
use domain::incident::{Incident, Severity, State, Taken, What};
use domain::on_call::Override;
use domain::setup::Setup;
use domain::units::Time;

use crate::decide::{Draft, by_hand};
use crate::escalate::{Directory, Reach, Resolved};
use crate::notify;

/// Who can be called: the people, schedules and policies of the configuration, and who stands in for whom.
#[derive(Clone, Copy)]
pub struct Crew<'s> {
    /// The configuration.
    pub setup: &'s Setup,
    /// The overrides that there are.
    pub overrides: &'s [Override],
}

impl<'s> Crew<'s> {
    /// Where the people behind targets are found; who is told where nobody else can be stands in `otherwise`.
    fn directory(&self, otherwise: &'s [ChannelName]) -> Directory<'s> {
        let Setup { on_call, channels, .. } = self.setup;
        Directory { on_call, overrides: self.overrides, channels, otherwise }
    }

    /// Whom these targets are at `now`.
    pub(crate) fn who(&self, targets: &[Target], reach: Reach, now: Time) -> Resolved {
        self.directory(&[]).who(targets, reach, now)
    }

    fn reaches(&self, targets: &[Target], now: Time) -> bool {
        self.directory(&[]).reaches(targets, now)
    }
}

/// The incident's policy; one that is no longer part of the configuration has no steps, so that its fallback is told.
pub(crate) fn policy_of(setup: &Setup, incident: &Incident) -> Policy {
    let none = || "none".parse().expect("it is written as a name");
    let name = incident.escalation.as_ref().map_or_else(none, |escalation| escalation.policy.clone());
    policy_named(setup, &name)
}

fn policy_named(setup: &Setup, name: &PolicyName) -> Policy {
    let gone = || Policy {
        name: name.clone(),
        steps: Vec::new(),
        again_after: None,
        repeat: 0,
        fallback: None,
        remind_every: None,
    };
    setup.on_call.policy(name).cloned().unwrap_or_else(gone)
}

/// Begins to look for somebody, because of something this bad, unless somebody is looked for, or has it, already; a policy
/// that was chosen for something less bad gives way, and one that is chosen again stands for the worst it was chosen for.
/// Whether anything changed.
pub(crate) fn begin(
    draft: &mut Draft,
    (policy, worst): (Option<&PolicyName>, Severity),
    crew: &Crew<'_>,
    now: Time,
) -> bool {
    // Where the route names none, what is worse is still a matter of the policy that calls.
    let known = draft.incident.escalation.as_ref().filter(|paging| paging.state != Stands::Over);
    let name = policy.or(known.map(|paging| &paging.policy));
    let Some(policy) = name.and_then(|name| crew.setup.on_call.policy(name)) else { return false };
    let waits = matches!(draft.incident.state, State::Triggered | State::Mitigating);
    let reaches = |targets: &[Target]| crew.reaches(targets, now);
    let holder = draft.incident.taken_without_policy().cloned();
    let before = draft.incident.escalation.clone();
    // Nobody is called or asked for what is over for now: when it is back.
    let is_quiet = draft.incident.is_quiet();
    let first = |mut begun: Escalation| {
        let effects = if is_quiet { Vec::new() } else { begun.due(policy, &reaches, now) };
        (begun, effects)
    };
    let further = |mut known: Escalation| {
        let effects = if is_quiet {
            known.put_off(policy, worst, now);
            Vec::new()
        } else if known.yields_to(policy, worst) {
            known.yield_to(policy, worst.min(known.severity), &reaches, now)
        } else {
            match known.choose_again(policy, worst, now) {
                Some(asked) => [asked, rate(&mut known, worst, policy, &reaches, now)].concat(),
                None => known.join(policy, worst, now),
            }
        };
        (known, effects)
    };
    let (escalation, effects) = match (before.clone(), holder) {
        // They keep it, and hear if it is worse than what they took.
        (None, Some(holder)) => further(taken(policy, &holder, now)),
        (None, None) if waits => first(Escalation::start(policy, worst, now)),
        (Some(mut over), _) if waits && over.state == Stands::Over => {
            over.reopen(policy, worst, now);
            first(over)
        }
        (Some(known), _) => further(known),
        (None, None) => return false,
    };
    let changed = before.as_ref() != Some(&escalation);
    let had = before.as_ref().is_some_and(|paging| paging.holder().is_some());
    settle(draft, (had, escalation), effects, crew, now);
    changed
}

/// The escalation by `policy` of what somebody has who took it, when it was this bad, before there was a policy.
fn taken(policy: &Policy, holder: &Taken, now: Time) -> Escalation {
    let mut held = Escalation::start(policy, holder.severity, now);
    held.take_over(&holder.by, policy, now).expect("it has just begun");
    held
}

/// The incident takes in another, which ends; whoever has it is asked whether they have that, too, if nobody has.
pub(crate) fn take_in(draft: &mut Draft, ended: &Incident, by: &str, crew: &Crew<'_>, now: Time) {
    let Some(other) = &ended.escalation else { return };
    let holder = draft.incident.taken_without_policy();
    let held = holder.map(|holder| taken(&policy_named(crew.setup, &other.policy), holder, now));
    let Some(mut escalation) = draft.incident.escalation.clone().or(held) else { return };
    let mut effects = escalation.take_in(other, by, escalation.severity.min(other.severity), now);
    let had = escalation.holder().is_some();
    if other.severity < escalation.severity {
        let policy = policy_named(crew.setup, escalation.calls_next(now));
        effects.extend(rate(
            &mut escalation,
            other.severity,
            &policy,
            &|targets: &[Target]| crew.reaches(targets, now),
            now,
        ));
    }
    settle(draft, (had, escalation), effects, crew, now);
}

/// Begins with the first step of `policy`, whatever was called before.
pub(crate) fn begin_anew(draft: &mut Draft, policy: &Policy, crew: &Crew<'_>, now: Time) {
    let severity = draft.incident.severity;
    let mut escalation = match draft.incident.escalation.take() {
        None => Escalation::start(policy, severity, now),
        Some(mut before) => {
            before.resolve();
            before.reopen(policy, severity, now);
            before
        }
    };
    let is_quiet = draft.incident.is_quiet();
    let reaches = |targets: &[Target]| crew.reaches(targets, now);
    let effects = if is_quiet { Vec::new() } else { escalation.due(policy, &reaches, now) };
    draft.incident.escalation = Some(escalation);
    perform(draft, effects, crew, now);
}

/// Does what the incident's escalation has due, and what was put off.
pub(crate) fn advance(draft: &mut Draft, crew: &Crew<'_>, now: Time) {
    let put_off = draft.incident.escalation.as_mut().map(|paging| std::mem::take(&mut paging.put_off));
    for PutOff { policy, severity, .. } in put_off.unwrap_or_default() {
        begin(draft, (Some(&policy), severity), crew, now);
    }
    let Some(mut escalation) = draft.incident.escalation.clone() else { return };
    let had = escalation.holder().is_some();
    let policy = policy_named(crew.setup, escalation.calls_next(now));
    let effects = escalation.due(&policy, &|targets: &[Target]| crew.reaches(targets, now), now);
    settle(draft, (had, escalation), effects, crew, now);
}

/// Where the escalation stands now, and what that asks for; whoever had the incident before may have it no more.
fn settle(draft: &mut Draft, (had, escalation): (bool, Escalation), effects: Vec<Effect>, crew: &Crew<'_>, now: Time) {
    let has = escalation.holder().is_some();
    draft.incident.escalation = Some(escalation);
    perform(draft, effects, crew, now);
    if had && !has {
        by_hand::release(draft, crate::OWN_SERVICE, now);
    }
}

/// What is due, now that something this bad is told.
fn rate(
    escalation: &mut Escalation,
    severity: Severity,
    policy: &Policy,
    reaches: Reaches<'_>,
    now: Time,
) -> Vec<Effect> {
    if escalation.severity <= severity {
        escalation.due(policy, reaches, now)
    } else {
        escalation.rate(severity, policy, reaches, now)
    }
}

/// Pages the next step now, because a person asks for it.
///
/// # Errors
/// In a sentence, when the incident has no policy, or is over.
pub(crate) fn escalate_now(draft: &mut Draft, by: &str, crew: &Crew<'_>, now: Time) -> Result<(), String> {
    let policy = policy_of(crew.setup, &draft.incident);
    let severity = draft.incident.severity;
    let Some(escalation) = draft.incident.escalation.as_mut() else {
        return Err("the incident has no escalation policy: no route that told of it names one".to_owned());
    };
    let reaches = |targets: &[Target]| crew.reaches(targets, now);
    // It is back, and nobody was called for it again yet.
    escalation.reopen(&policy, severity, now);
    let effects = escalation.escalate_now(by, &policy, &reaches, now).map_err(|refused| refused.to_string())?;
    perform(draft, effects, crew, now);
    Ok(())
}

/// Writes what is done into the timeline, and what is to be sent into the outbox.
fn perform(draft: &mut Draft, effects: Vec<Effect>, crew: &Crew<'_>, now: Time) {
    let otherwise = if effects.is_empty() { Vec::new() } else { notify::by_routes(crew.setup, &draft.incident) };
    let directory = Crew { setup: crew.setup, overrides: crew.overrides }.directory(&otherwise);
    let all = directory.all_addressees(&effects, draft.incident.severity, now);
    for (effect, resolved) in effects.into_iter().zip(all) {
        draft.incident.note(now, What::Paging { summary: format!("{effect}: {resolved}") });
        let to: Vec<_> = resolved.addressees.into_iter().map(|one| (one.to, one.reason)).collect();
        let Some(generation) = effect.generation().filter(|_| !to.is_empty()) else { continue };
        let telling = match effect {
            Effect::Remind { .. } => Telling::Reminder { generation, to },
            _ => Telling::Page { generation, to },
        };
        let event = IncidentEvent::due(&draft.incident, telling, summary(&draft.incident, &effect), now);
        draft.events.push(event);
    }
}

/// What a page says beside the incident itself.
fn summary(incident: &Incident, effect: &Effect) -> String {
    let is_new = match effect {
        Effect::Page { why, .. } => matches!(why, Why::OtherPolicy | Why::NoAnswer { .. } | Why::Worse { .. }),
        Effect::Remind { prompt, .. } => !matches!(prompt, Prompt::NoWord { .. }),
        _ => false,
    };
    let what = last_fired(incident, is_new).unwrap_or_else(|| incident.title.clone());
    match effect {
        Effect::Page { why, .. } => {
            let kin = incident.may_be_part_of().map(|kin| format!("; {kin}")).unwrap_or_default();
            format!("{what} ({why}){kin}")
        }
        Effect::Overdue { respond_within, .. } => format!("{what} (nobody has acknowledged within {respond_within})"),
        Effect::Fallback { cause, .. } => format!("{what} ({cause})"),
        Effect::Remind { prompt, .. } => asked(prompt, &what),
        Effect::Skipped { .. } => what,
    }
}

/// What whoever has the incident is asked, or told.
fn asked(prompt: &Prompt, what: &str) -> String {
    match prompt {
        Prompt::NoWord { since } => {
            format!("no word for {since}: how does it stand? A note or an update is an answer.")
        }
        Prompt::Worse { severity, within } => {
            format!("it is {severity} now: {what}. Without a word from you within {within}, others are called.")
        }
        Prompt::Joined { policy, within, .. } => {
            format!("there is more to it now: {what}. Without a word from you within {within}, policy {policy} calls.")
        }
        Prompt::Outranked { policy, severity } => {
            format!("it is {severity} now, and policy {policy} calls: {what}")
        }
    }
}

/// Why the last of its alerts fires that still does, those of its own service first unless it is about what `is_new`: others
/// came with what was merged into it. Where the list says of none that it fires: why any fired last.
fn last_fired(incident: &Incident, is_new: bool) -> Option<String> {
    let last = |fits: &dyn Fn(&Fingerprint) -> bool| {
        incident.timeline.iter().rev().find_map(|entry| match &entry.what {
            What::AlertFired { alert, reason } if fits(alert) => Some(reason.clone()),
            _ => None,
        })
    };
    let fires = |fingerprint: &Fingerprint, is_own: bool| {
        let mut firing = incident.alerts.iter().filter(|alert| alert.resolved_at.is_none());
        firing.any(|alert| alert.fingerprint == *fingerprint && (!is_own || alert.service.is_none()))
            || (!is_own && incident.unlisted.contains(fingerprint))
    };
    let own = if is_new { None } else { last(&|alert| fires(alert, true)) };
    own.or_else(|| last(&|alert| fires(alert, false))).or_else(|| last(&|_| true))
}
