//! Whether who is called is there, and can answer.

use std::collections::BTreeSet;

use domain::escalation::{Policy, Step, Target};
use domain::id::{PersonName, PolicyName};
use domain::notification::{Address, ChannelKind};
use domain::on_call::{Person, Schedule};
use domain::setup::Setup;
use domain::units::{Span, Time};

use super::finding;
use crate::finding::{Finding, Level};
use crate::rule::Rule;

/// How far schedules are looked at: every rotation of up to four weeks has changed hands twice.
const AHEAD: Span = Span::DAY.times(56);

/// Times from the first instant up to the second, the earliest first.
type Times = Vec<(Time, Time)>;

/// Policies and steps that call nobody, and people who cannot acknowledge, as the schedules are from `now` on.
pub(super) fn check(setup: &Setup, now: Time) -> Vec<Finding> {
    let mut found: Vec<Finding> =
        setup.on_call.policies.iter().flat_map(|policy| of_policy(setup, policy, now)).collect();
    found.extend(without_answer(setup));
    found
}

fn of_policy(setup: &Setup, policy: &Policy, now: Time) -> Vec<Finding> {
    let part = format!("escalations/{}", policy.name);
    let steps: Vec<Times> = policy.steps.iter().map(|step| gaps_of(setup, step, now)).collect();
    let mut found = Vec::new();
    for (index, (step, gaps)) in policy.steps.iter().zip(&steps).enumerate() {
        if length(gaps) >= AHEAD {
            let what = format!("step {} of escalation {} never calls anybody", index + 1, policy.name);
            let part = format!("{part}/steps/{index}");
            let never = finding(Rule::CallsNobody, Level::Warn, part, what);
            found.push(
                never
                    .seen(format!("{}: nobody is on call in the next {AHEAD}", targets(step)))
                    .remedy("correct the start and the hours of the rotations, or page somebody else"),
            );
        }
    }
    let gaps = steps.into_iter().reduce(|a, b| both(&a, &b)).unwrap_or_else(|| vec![(now, now + AHEAD)]);
    if let (Some((from, until)), None) = (gaps.first(), &policy.fallback) {
        let silent = silent_routes(setup, &policy.name);
        let level = if length(&gaps) >= AHEAD || silent > 0 { Level::Error } else { Level::Warn };
        let otherwise = match silent {
            0 => "the channels of its routes are told instead".to_owned(),
            1 => "a route that names it has no channel either, so nobody hears at all".to_owned(),
            many => format!("{many} routes that name it have no channel either, so nobody hears at all"),
        };
        let what = format!("no step of escalation {} calls anybody from {from} until {until}", policy.name);
        let whole = finding(Rule::CallsNobody, level, part, what);
        let length = length(&gaps);
        found.push(
            whole
                .seen(format!("in all {length} of the next {AHEAD}, and it has no fallback; {otherwise}"))
                .remedy("fill the gap, add a step that pages somebody else, or write fallback: [a channel]"),
        );
    }
    found
}

/// Routes that name the policy and no channel.
fn silent_routes(setup: &Setup, policy: &PolicyName) -> usize {
    let routes = setup.routing.walk();
    let silent = |matched: &&domain::routing::Matched<'_>| {
        matched.route.escalation.as_ref() == Some(policy) && matched.route.channels.is_empty()
    };
    routes.iter().filter(silent).count()
}

/// When nobody stands behind any of the step's targets.
fn gaps_of(setup: &Setup, step: &Step, now: Time) -> Times {
    let gaps = |schedule: &Schedule| -> Times {
        let gaps = schedule.gaps(&[], now, now + AHEAD).into_iter();
        gaps.map(|gap| (gap.starts_at, gap.ends_at)).collect()
    };
    let of_target = |target: &Target| -> Times {
        match target {
            Target::Schedule(name) => setup.on_call.schedule(name).map(gaps).unwrap_or_default(),
            Target::Rotation(name, rotation) => {
                let Some(schedule) = setup.on_call.schedule(name) else { return Vec::new() };
                let own = schedule.rotations.iter().filter(|one| &one.name == rotation).cloned().collect();
                gaps(&Schedule { rotations: own, ..schedule.clone() })
            }
            // A person has an address, and a team has members.
            Target::Person(_) | Target::Team(_) | Target::Channel(_) => Vec::new(),
        }
    };
    let all = step.targets.iter().map(of_target);
    all.reduce(|a, b| both(&a, &b)).unwrap_or_else(|| vec![(now, now + AHEAD)])
}

/// The times that lie in both.
fn both(a: &Times, b: &Times) -> Times {
    let common = a.iter().flat_map(|(from, until)| b.iter().map(|(start, end)| (*from.max(start), *until.min(end))));
    common.filter(|(from, until)| from < until).collect()
}

fn length(times: &Times) -> Span {
    Span::from_seconds(times.iter().map(|(from, until)| until.since(*from).seconds()).sum())
}

fn targets(step: &Step) -> String {
    step.targets.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// Each person who is called and has nothing to acknowledge with: no link, no button, no pager.
fn without_answer(setup: &Setup) -> Vec<Finding> {
    if setup.inbound.links.is_some() {
        return Vec::new();
    }
    let called = people(setup);
    let mute = setup.on_call.people.iter().filter(|person| called.contains(&person.name) && !has_answer(setup, person));
    let one = |person: &Person| {
        let kinds: BTreeSet<&str> = person.addresses.iter().map(kind).collect();
        let kinds: Vec<&str> = kinds.into_iter().collect();
        let what = format!("{} is called and can acknowledge by nothing of what they read", person.name);
        finding(Rule::CannotAcknowledge, Level::Warn, format!("people/{}", person.name), what)
            .seen(format!("reached by {}, and inbound has no links, so that no page carries one", kinds.join(" and ")))
            .remedy("write inbound: { links: { signing_secret: \"ssm:/tocsin/links\" } }, or an address of Slack with inbound.slack for its buttons")
    };
    mute.map(one).collect()
}

const fn kind(address: &Address) -> &'static str {
    match address {
        Address::Email(_) => "e-mail",
        Address::Phone(_) => "text message",
        Address::Slack(_) => "Slack without buttons",
    }
}

/// Whether Slack's buttons or their pager take what they do.
fn has_answer(setup: &Setup, person: &Person) -> bool {
    let has_buttons =
        |address: &Address| matches!(address.kind(&setup.channels), Some(ChannelKind::SlackBot { buttons: true, .. }));
    person.addresses.iter().any(has_buttons) || (setup.inbound.pagerduty.is_some() && person.pagerduty.is_some())
}

/// Everybody whom some policy may call.
fn people(setup: &Setup) -> BTreeSet<PersonName> {
    let on_call = &setup.on_call;
    let of_target = |target: &Target| match target {
        Target::Person(name) => vec![name.clone()],
        Target::Team(name) => on_call.team(name).map(|team| team.members.clone()).unwrap_or_default(),
        Target::Schedule(name) | Target::Rotation(name, _) => {
            let rotations = on_call.schedule(name).map(|schedule| &*schedule.rotations).unwrap_or_default();
            rotations.iter().flat_map(|rotation| rotation.people.clone()).collect()
        }
        Target::Channel(_) => Vec::new(),
    };
    on_call.policies.iter().flat_map(Policy::targets).flat_map(of_target).collect()
}
