//! The machine on a moved clock. `check` runs a script and compares all that was asked for.

mod chosen;
mod clocks;
mod goalert;
mod holder;
mod random;

use std::collections::BTreeSet;

use super::{Effect, Escalation, Policy, Step, Target};
use crate::incident::Severity;
use crate::units::{Span, Time};

/// A policy as goalert writes it: each step with the minutes *after* it, the person it pages; then the rounds.
fn goalert_policy(steps: &[(u32, &str)], repeat: u8) -> Policy {
    let waits: Vec<Span> = steps.iter().map(|(minutes, _)| Span::from_minutes(*minutes)).collect();
    let step = |(index, (_, person)): (usize, &(u32, &str))| Step {
        after: if index == 0 { Some(Span::default()) } else { waits.get(index - 1).copied() },
        targets: vec![Target::Person(person.parse().expect("a name"))],
    };
    Policy {
        name: "policy".parse().expect("a name"),
        steps: steps.iter().enumerate().map(step).collect(),
        again_after: waits.last().copied(),
        repeat,
        fallback: Some("everybody".parse().expect("a name")),
        remind_every: None,
    }
}

/// A policy without delays: the severity's clocks.
fn clock_policy(persons: &[&str], repeat: u8) -> Policy {
    let steps: Vec<(u32, &str)> = persons.iter().map(|person| (1, *person)).collect();
    let mut policy = goalert_policy(&steps, repeat);
    policy.again_after = None;
    policy.steps.iter_mut().for_each(|step| step.after = None);
    policy
}

struct World {
    policy: Policy,
    /// Other policies that may be chosen.
    others: Vec<Policy>,
    escalation: Escalation,
    /// Persons who are not there.
    absent: BTreeSet<String>,
    log: Vec<String>,
}

impl World {
    fn note(&mut self, effects: &[Effect], at: Time) {
        for effect in effects {
            let minute = at.epoch() / 60;
            let to = |targets: &[Target]| targets.iter().map(ToString::to_string).collect::<Vec<_>>().join("+");
            self.log.push(match effect {
                Effect::Page { round, step, targets, .. } => {
                    format!("{minute} page {}.{} {}", round + 1, step + 1, to(targets))
                }
                Effect::Skipped { targets, .. } => format!("{minute} skip {}", to(targets)),
                Effect::Overdue { targets, .. } => format!("{minute} overdue {}", to(targets)),
                Effect::Fallback { channel: Some(channel), .. } => format!("{minute} fallback {channel}"),
                Effect::Fallback { channel: None, targets, .. } => format!("{minute} fallback to {}", to(targets)),
                Effect::Remind { holder, .. } => format!("{minute} remind {holder}"),
            });
        }
    }

    fn run_to(&mut self, until: Time) {
        while let Some(at) = self.escalation.next_wake().filter(|at| *at <= until) {
            let absent = self.absent.clone();
            let next = self.escalation.calls_next(at);
            let policy = self.others.iter().find(|other| other.name == *next).unwrap_or(&self.policy);
            let effects = self.escalation.due(policy, &|targets| present(&absent, targets), at);
            self.note(&effects, at);
        }
    }

    fn act(&mut self, words: &str, now: Time) {
        let words: Vec<&str> = words.split(' ').collect();
        let absent = self.absent.clone();
        let reaches = |targets: &[Target]| present(&absent, targets);
        let (policy, escalation) = (&self.policy, &mut self.escalation);
        let done = match words[..] {
            ["ack", by] => escalation.acknowledge(by, policy, now).map(|()| Vec::new()),
            ["link", generation, by] => {
                let generation = generation.parse().expect("a number");
                escalation.redeem(generation, by, policy, now).map(|()| Vec::new())
            }
            ["take", by] => escalation.take_over(by, policy, now).map(|()| Vec::new()),
            ["snooze", by, minutes] => {
                let until = now + Span::from_minutes(minutes.parse().expect("minutes"));
                escalation.snooze(by, until, now).map(|()| Vec::new())
            }
            ["escalate", by] => escalation.escalate_now(by, policy, &reaches, now),
            ["rate", severity] => Ok(escalation.rate(severity.parse().expect("a severity"), policy, &reaches, now)),
            ["word", by] => {
                escalation.heard(by, policy, now);
                Ok(Vec::new())
            }
            ["worse", severity] => {
                let severity = severity.parse().expect("a severity");
                Ok(escalation.choose_again(policy, severity, now).unwrap_or_default())
            }
            ["joins", name, severity] => {
                let other =
                    self.others.iter().find(|other| other.name.as_str() == name).expect("it is one of the others");
                let severity = severity.parse().expect("a severity");
                Ok(if escalation.yields_to(other, severity) {
                    escalation.yield_to(other, severity, &reaches, now)
                } else {
                    escalation.join(other, severity, now)
                })
            }
            ["resolve"] => {
                escalation.resolve();
                Ok(Vec::new())
            }
            ["reopen"] => {
                escalation.reopen(policy, Severity::Sev1, now);
                Ok(Vec::new())
            }
            ["away", person] => {
                self.absent.insert(person.to_owned());
                Ok(Vec::new())
            }
            ["wait"] => Ok(Vec::new()),
            _ => panic!("no such act: {words:?}"),
        };
        match done {
            Ok(effects) => self.note(&effects, now),
            Err(refused) => self.log.push(format!("{} refused {refused}", now.epoch() / 60)),
        }
    }
}

fn present(absent: &BTreeSet<String>, targets: &[Target]) -> bool {
    targets.iter().any(|target| !absent.contains(&target.to_string()))
}

fn world(policy: Policy, severity: Severity) -> World {
    let escalation = Escalation::start(&policy, severity, Time::from_epoch(0));
    World { policy, others: Vec::new(), escalation, absent: BTreeSet::new(), log: Vec::new() }
}

/// Runs `script`, acts at minutes; between them the machine is woken when it wants to be. `away` at minute 0 comes before
/// the first step.
fn play(world: &mut World, script: &[(u32, &str)]) {
    for (minute, act) in script {
        let now = Time::from_epoch(0) + Span::from_minutes(*minute);
        if !act.starts_with("away") {
            world.run_to(now);
        }
        world.act(act, now);
        if !matches!(*act, "wait") && !act.starts_with("away") {
            world.run_to(now);
        }
    }
}

/// The severity's respond clock is left out: goalert has none, and `clocks` checks it.
fn check(policy: Policy, script: &[(u32, &str)], expected: &[&str]) {
    let mut world = world(policy, Severity::Sev4);
    play(&mut world, script);
    let log: Vec<&String> = world.log.iter().filter(|line| !line.contains(" overdue ")).collect();
    assert_eq!(log, expected, "{script:?}");
}
