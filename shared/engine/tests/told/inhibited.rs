//! What breaks others fires before them: however many there are, it is found, or it is said that not all were asked.

use std::collections::BTreeSet;

use domain::alert::Alert;
use domain::id::Fingerprint;
use domain::incident::Severity;
use domain::routing::Inhibition;
use domain::units::Span;
use simulator::now_or_never;
use tocsin_engine::explain::{Subject, explain};
use tocsin_engine::flush::FIRING_MAX;

use crate::life::{Act, Life};
use crate::setup::{Terms, name};

/// The shop's errors are explained by what the cart has had for a minute, beside `others` alerts that began `later`, or
/// before.
fn storm(others: usize, later: bool) -> Life {
    let mut life = Life::new(Terms::NONE);
    let rule =
        Inhibition { name: None, source: name("service=cart"), target: name("service=shop"), equal: BTreeSet::new() };
    life.tocsin.setup.routing.inhibitions.push(rule);
    life.fire("cart", "errors");
    life.tocsin.run(1);
    {
        let mut world = life.tocsin.world.lock();
        let root = world.alerts.values().next().unwrap().clone();
        let changed_at = if later { root.changed_at + Span::MINUTE } else { root.changed_at - Span::MINUTE };
        for index in 0..others {
            let fingerprint = Fingerprint::derive(&["other", &index.to_string()]);
            let service = name("mail");
            let other = Alert { fingerprint, service, changed_at, groups: Vec::new(), ..root.clone() };
            world.alerts.insert(other.fingerprint.to_string(), other);
        }
    }
    life.fire("shop", "errors");
    life.tocsin.run(1);
    life
}

fn told(life: &Life) -> Vec<String> {
    let world = life.tocsin.world.lock();
    let of_shop = world.inbox.iter().filter(|(who, told)| who == "pager" && told.incident.service.as_str() == "shop");
    of_shop.map(|(_, told)| told.event.summary.clone()).collect()
}

/// What explaining the shop's alert says.
fn explained(life: &Life) -> Vec<String> {
    let (world, setup, now) = (&life.tocsin.world, &life.tocsin.setup, life.tocsin.now);
    let shop = |alert: &&Alert| alert.service.as_str() == "shop";
    let fingerprint = world.lock().alerts.values().find(shop).unwrap().fingerprint.clone();
    let told = now_or_never(explain(world, setup, (&Subject::Alert(fingerprint), None), now)).unwrap();
    told.steps.iter().map(ToString::to_string).collect()
}

#[test]
fn the_cause_is_found_in_whatever_storm_comes_after_it() {
    for others in [0, 3_000, FIRING_MAX] {
        assert_eq!(told(&storm(others, true)), [""; 0], "{others}");
    }
    assert_eq!(told(&storm(3_000, false)), [""; 0], "and behind what fires for longer");
}

#[test]
fn what_is_not_asked_is_said() {
    let mut life = storm(FIRING_MAX, false);
    let said = told(&life);
    assert!(said.len() == 1 && said[0].contains("not all were asked"), "{said:?}");
    assert!(
        explained(&life)
            .contains(&"No other alert inhibits it, of the 20000 that have fired longest; more fire.".to_owned())
    );
    life.take(&Act::Change { alert: 2, firing: true, severity: 0, late: 0 });
    life.tocsin.run(6);
    let world = life.tocsin.world.lock();
    let worse = world.inbox.iter().filter(|(_, told)| told.incident.severity == Severity::Sev1);
    assert!(worse.clone().count() > 0 && worse.clone().all(|(_, told)| !told.event.summary.contains("asked")));
}
