//! Random cascades, with people who merge, split and deny, and processes that die: no alert that fires is ever without an
//! open incident, no call stops before somebody takes it, and who heard of an incident hears its end.

use std::collections::{BTreeMap, BTreeSet};

use domain::alert::Status;
use domain::escalation::Escalation;
use domain::event::EventKind;
use domain::id::{IncidentId, PolicyName};
use domain::incident::{Incident, Severity, State, What};
use engine::command;
use proptest::prelude::*;
use simulator::{Crash, World, now_or_never};
use tests_journeys::{Cascade, TWO_POLICIES};

const SERVICES: [&str; 4] = ["database", "api", "checkout", "mail"];
const NAMES: [&str; 2] = ["errors", "latency"];

#[derive(Clone, Debug)]
enum Act {
    Fire {
        service: usize,
        name: usize,
        bad: bool,
    },
    Recover {
        service: usize,
        name: usize,
    },
    /// It fires and is over, three times, each for a minute.
    Flap {
        service: usize,
        name: usize,
    },
    Pass {
        minutes: u32,
    },
    /// The one of the open incidents is merged into the other.
    Merge {
        from: usize,
        into: usize,
    },
    /// One alert leaves its incident.
    Split {
        service: usize,
        name: usize,
    },
    /// Somebody says that two are not one.
    Dismiss {
        one: usize,
        other: usize,
    },
    Take {
        one: usize,
    },
    Crash {
        after: bool,
        calls: u64,
    },
}

fn act() -> impl Strategy<Value = Act> {
    let alert = || (0..SERVICES.len(), 0..NAMES.len());
    prop_oneof![
        8 => (alert(), any::<bool>()).prop_map(|((service, name), bad)| Act::Fire { service, name, bad }),
        3 => alert().prop_map(|(service, name)| Act::Recover { service, name }),
        1 => alert().prop_map(|(service, name)| Act::Flap { service, name }),
        6 => (1..6_u32).prop_map(|minutes| Act::Pass { minutes }),
        2 => (0..4_usize, 0..4_usize).prop_map(|(from, into)| Act::Merge { from, into }),
        2 => alert().prop_map(|(service, name)| Act::Split { service, name }),
        1 => (0..4_usize, 0..4_usize).prop_map(|(one, other)| Act::Dismiss { one, other }),
        1 => (0..4_usize).prop_map(|one| Act::Take { one }),
        2 => (any::<bool>(), 0..40_u64).prop_map(|(after, calls)| Act::Crash { after, calls }),
    ]
}

/// What is looked at one after the other.
fn steps(act: Act) -> Vec<Act> {
    let Act::Flap { service, name } = act else { return vec![act] };
    let minute = || Act::Pass { minutes: 1 };
    let time = || [Act::Fire { service, name, bad: false }, minute(), Act::Recover { service, name }, minute()];
    [time(), time(), time()].concat()
}

/// Refused or not, asked again or not: what it comes to is looked at by itself.
fn take(cascade: &mut Cascade, act: &Act, crashes: &mut usize) {
    let open = cascade.open();
    let nth = |place: usize| open.get(place).map(|one| one.id.clone());
    match act {
        Act::Fire { service, name, bad } => {
            let severity = if *bad { Severity::Sev1 } else { Severity::Sev2 };
            cascade.fire(SERVICES[*service], NAMES[*name], severity);
        }
        Act::Recover { service, name } => cascade.recover(SERVICES[*service], NAMES[*name]),
        Act::Pass { minutes } => cascade.run(*minutes),
        Act::Flap { .. } => unreachable!("it is taken step by step"),
        Act::Merge { from, into } => {
            if let (Some(from), Some(into)) = (nth(*from), nth(*into)) {
                let _ = cascade.merge(&from, &into, "ann");
            }
        }
        Act::Split { service, name } => {
            let (service, name) = (SERVICES[*service], NAMES[*name]);
            let lists = |one: &&Incident| {
                one.alerts.iter().any(|alert| alert.name == name && one.service_of(alert).as_str() == service)
            };
            if let Some(id) = open.iter().find(lists).map(|one| one.id.clone()) {
                let _ = cascade.split(&id, &[(service, name)], "ann");
            }
        }
        Act::Dismiss { one, other } => {
            if let (Some(one), Some(other)) = (nth(*one), nth(*other)) {
                let world = cascade.scene.tocsin.world.clone();
                let _ = now_or_never(command::dismiss(&world, &world, (&one, &other, "ann"), cascade.scene.tocsin.now));
                world.revive();
                cascade.scene.tocsin.drain();
            }
        }
        Act::Take { one } => {
            if let Some(id) = nth(*one) {
                let _ = cascade.acknowledge(&id, "ben");
            }
        }
        Act::Crash { after, calls } => {
            *crashes += 1;
            let crash = if *after { Crash::After(*calls) } else { Crash::Before(*calls) };
            cascade.scene.tocsin.world.crash(crash);
        }
    }
}

/// The incident that this one goes on in.
fn last(incidents: &BTreeMap<String, Incident>, id: &IncidentId) -> Incident {
    way(incidents, id).last().expect("it goes at least nowhere").clone()
}

/// The incident, the one that it goes on in, the one that this goes on in.
fn way<'i>(incidents: &'i BTreeMap<String, Incident>, id: &IncidentId) -> impl Iterator<Item = &'i Incident> {
    let next = |one: &&'i Incident| one.merged_into.as_ref().map(|into| &incidents[into.as_str()]);
    std::iter::successors(Some(&incidents[id.as_str()]), next)
}

/// Whether somebody had the incident, or one that it went on in, when that went on in another.
fn was_had(incidents: &BTreeMap<String, Incident>, id: &IncidentId) -> bool {
    let way: Vec<_> = way(incidents, id).collect();
    way.windows(2).any(|pair| {
        pair[1].timeline.iter().any(|entry| {
            let of_it = matches!(&entry.what, What::Related { incident, .. } if *incident == pair[0].id);
            of_it && entry.what.to_string().ends_with(" had it")
        })
    })
}

fn check(world: &World, called: &Called) -> Result<(), TestCaseError> {
    let world = world.lock();
    let open = || world.incidents.values().filter(|one| one.state.is_open());
    for alert in world.alerts.values().filter(|alert| alert.status == Status::Firing) {
        let id = alert.incident.as_ref().expect("what fires has an incident");
        let its = last(&world.incidents, id);
        prop_assert!(its.state.is_open(), "{} of {} fires, and {} is {}", alert.name, alert.service, its.id, its.state);
        let lists = |one: &&Incident| {
            one.alerts.iter().any(|listed| listed.fingerprint == alert.fingerprint && listed.resolved_at.is_none())
        };
        let listing: Vec<_> = open().filter(lists).map(|one| &one.id).collect();
        prop_assert_eq!(listing, [&its.id], "{} of {}", &alert.name, &alert.service);
    }
    let mut pairs = BTreeSet::new();
    for one in open() {
        for (service, key) in one.pairs() {
            let pair = (service.to_string(), key.to_owned());
            prop_assert_eq!(world.open.get(&pair).map(String::as_str), Some(one.id.as_str()), "{:?}", &pair);
            prop_assert!(pairs.insert(pair));
        }
    }
    prop_assert_eq!(pairs.len(), world.open.len(), "a pointer points to what is over");
    for one in world.incidents.values().filter(|one| one.merged_into.is_some()) {
        prop_assert_eq!((one.state, one.alerts.len(), one.next_wake), (State::Closed, 0, None));
    }
    for (id, (policy, chosen_for)) in called {
        let its = last(&world.incidents, id);
        // A policy gives way to nothing but one that is chosen for something worse.
        let by_it = |paging: &Escalation| &paging.policy == policy || paging.chosen_for < *chosen_for;
        let still_calls = its.still_calls() && its.escalation.as_ref().is_some_and(by_it);
        let is_had = its.taken_by().is_some() || was_had(&world.incidents, id);
        let answered = !its.state.is_open() || still_calls || is_had;
        prop_assert!(answered, "nobody is called by {policy} for {} any more, in which {id} goes on", its.id);
    }
    Ok(())
}

type Called = BTreeMap<IncidentId, (PolicyName, Option<Severity>)>;

/// By whose policies people are called for incidents now, unless somebody takes them.
fn called(world: &World) -> Called {
    let world = world.lock();
    let calls = world.incidents.values().filter(|one| one.still_calls());
    let by = calls.filter_map(|one| Some((one.id.clone(), one.escalation.as_ref()?)));
    by.map(|(id, paging)| (id, (paging.policy.clone(), paging.chosen_for))).collect()
}

/// After ten quiet minutes every open incident was told to the pager, and somebody has it or is called.
fn check_told(world: &World) -> Result<(), TestCaseError> {
    let world = world.lock();
    for one in world.incidents.values().filter(|one| one.state.is_open()) {
        let told = world.inbox.iter().any(|(channel, told)| channel == "pagerduty" && told.incident.id == one.id);
        prop_assert!(told, "no pager has heard of {} ({})", one.id, one.title);
        prop_assert!(one.still_calls() || one.taken_by().is_some(), "nobody is called for {}", one.id);
    }
    Ok(())
}

fn check_over(world: &World, crashes: usize) -> Result<(), TestCaseError> {
    let world = world.lock();
    prop_assert!(world.incidents.values().all(|one| !one.state.is_open()));
    prop_assert!(world.open.is_empty() && world.outbox.is_empty() && world.bus.is_empty());
    prop_assert!(world.groups.values().all(|group| group.next_wake().is_none()), "a group waits for ever");
    let (mut sent, mut twice) = (BTreeSet::new(), 0);
    let mut told: BTreeMap<(&str, &str), Vec<EventKind>> = BTreeMap::new();
    for (channel, message) in &world.inbox {
        if !sent.insert((channel, &message.id)) {
            twice += 1;
            continue;
        }
        told.entry((channel, message.incident.id.as_str())).or_default().push(message.event.kind);
    }
    prop_assert!(twice <= crashes, "{twice} were told twice by {crashes} that died");
    for ((channel, id), kinds) in &told {
        let ends = kinds.iter().filter(|kind| **kind == EventKind::IncidentResolved).count();
        let lives = 1 + world.incidents[*id]
            .timeline
            .iter()
            .filter(|entry| entry.what.to_string().starts_with("Incident reopened"))
            .count();
        prop_assert!(
            (1..=lives).contains(&ends),
            "{channel} heard {ends} ends of {id}, which lived {lives} times: {kinds:?}"
        );
    }
    Ok(())
}

proptest! {
    #[test]
    fn nothing_is_lost_and_nobody_is_called_off(acts in prop::collection::vec(act(), 1..30), apart in any::<bool>()) {
        let mut cascade = Cascade::new(if apart { &TWO_POLICIES } else { &[] });
        let mut crashes = 0;
        for act in acts.into_iter().flat_map(steps) {
            let before = called(&cascade.scene.tocsin.world);
            take(&mut cascade, &act, &mut crashes);
            check(&cascade.scene.tocsin.world, &before)?;
        }
        cascade.run(10);
        check(&cascade.scene.tocsin.world, &Called::new())?;
        check_told(&cascade.scene.tocsin.world)?;
        for service in SERVICES {
            for name in NAMES {
                cascade.recover(service, name);
            }
        }
        // What flapped is over when it was calm for long enough.
        cascade.run(75);
        check_over(&cascade.scene.tocsin.world, crashes)?;
    }
}
