//! Random streams with duplicates, replays and stale changes: what always holds.

use proptest::prelude::*;

use super::*;

const ALERTS: u8 = 5;

/// What happens, and how many seconds after what happened before.
#[derive(Clone, Debug)]
enum Step {
    Fire(u8, usize),
    Resolve(u8),
    /// Placed again as it is.
    Again(u8),
    Hold(u8, Option<u32>),
    Release(u8),
    Mute,
    Unmute,
    Acknowledge,
}

fn step() -> impl Strategy<Value = (u32, Step)> {
    let alert = 0..ALERTS;
    let what = prop_oneof![
        6 => (alert.clone(), 0..4_usize).prop_map(|(alert, severity)| Step::Fire(alert, severity)),
        5 => alert.clone().prop_map(Step::Resolve),
        2 => alert.clone().prop_map(Step::Again),
        2 => (alert.clone(), proptest::option::of(1..900_u32)).prop_map(|(alert, ends)| Step::Hold(alert, ends)),
        2 => alert.prop_map(Step::Release),
        1 => Just(Step::Mute),
        1 => Just(Step::Unmute),
        1 => Just(Step::Acknowledge),
    ];
    (prop_oneof![0..40_u32, 0..700_u32, Just(15_000_u32)], what)
}

/// A group, the truth about its alerts, and what somebody knows who reads what it tells.
struct World {
    group: Group,
    alerts: BTreeMap<u8, Member>,
    view: View,
    known: BTreeMap<Fingerprint, Severity>,
    told_at: Option<Time>,
    looked_at: Option<Time>,
    generation: u32,
    timing: Timing,
}

impl World {
    fn place(&mut self, index: u8, member: Member, now: Time) {
        self.alerts.insert(index, member.clone());
        if self.group.is_empty() {
            self.looked_at = None;
        }
        self.group.place(&alert(index), member, &self.timing, now);
    }

    fn act(&mut self, step: &Step, now: Time) {
        match step {
            Step::Fire(index, severity) => {
                let firing = Member { severity: Severity::ALL[*severity], ..member("errors", true, now) };
                self.place(*index, firing, now);
            }
            Step::Resolve(index) => {
                if let Some(known) = self.alerts.get(index).cloned() {
                    self.place(*index, Member { firing: false, changed_at: now, ..known }, now);
                }
            }
            Step::Again(index) => {
                if let Some(known) = self.alerts.get(index).cloned() {
                    self.place(*index, known.clone(), now);
                    let stale = Member { firing: !known.firing, changed_at: known.changed_at - Span::HOUR, ..known };
                    if self.group.members().contains_key(&alert(index)) {
                        let placed = self.group.place(&alert(index), stale, &self.timing, now);
                        assert_eq!(placed, Placed::Stale);
                    }
                }
            }
            Step::Hold(index, ends) => {
                let until = ends.map(|ends| now + Span::from_seconds(ends));
                self.view.held.insert(alert(index), silenced(until));
            }
            Step::Release(index) => drop(self.view.held.remove(&alert(index))),
            Step::Mute => {
                let cause = Cause::MutedTime { interval: "nights".into() };
                self.view.muted = Some(Held { cause, until: None });
            }
            Step::Unmute => self.view.muted = None,
            Step::Acknowledge => self.group.acknowledge("ann", now),
        }
    }

    /// Flushes what is due until `now`.
    fn flush_until(&mut self, now: Time) {
        while let Some(due) = self.group.next_wake().filter(|due| *due <= now) {
            self.view.held.retain(|_, held| held.until.is_none_or(|until| until > due));
            self.flush(due);
        }
    }

    fn flush(&mut self, now: Time) {
        let before = self.group.clone();
        let outlooks: Vec<_> = before
            .members()
            .keys()
            .map(|one| (one.clone(), before.outlook(one, &self.view, &self.timing, now - Span::from_seconds(5))))
            .collect();
        let flushed = before.clone().flush(&self.view, &self.timing, now);
        assert_eq!(before.flush(&self.view, &self.timing, now), flushed, "a replay decides the same");
        let again = flushed.group.clone().flush(&self.view, &self.timing, now);
        assert_eq!(again.tell, None, "nothing is told twice");
        let stored = serde_json::to_string(&flushed.group).expect("it is plain");
        self.group = serde_json::from_str(&stored).expect("it was written so");
        assert_eq!(self.group, flushed.group);
        assert!(self.group.next_wake().is_none_or(|wake| wake > now), "it does not spin");
        self.foretold(&outlooks, &flushed, now);
        if let Some(tell) = &flushed.tell {
            self.heard(tell, now);
        }
        self.nobody_is_silent_without_a_cause(&flushed.verdict);
        self.looked_at = Some(now);
    }

    fn foretold(&self, outlooks: &[(Fingerprint, Outlook)], flushed: &Flushed, now: Time) {
        for (one, outlook) in outlooks {
            let told =
                flushed.tell.as_ref().is_some_and(|tell| tell.firing.contains(one) || tell.resolved.contains(one));
            match outlook {
                Outlook::Tells { at, reason } => {
                    assert_eq!((told, *at, reason), (true, now, &flushed.verdict), "{one} is told as it was foretold");
                }
                Outlook::Held { held, .. } => {
                    let named = [self.view.held.get(one), self.view.muted.as_ref()].contains(&Some(held));
                    assert!(!told && named, "{one} is held as it was foretold, by {held}");
                }
                other => assert!(!told, "{one}: {other:?} and yet it was told"),
            }
        }
    }

    /// Each notification says something that its reader does not know, or comes after the repeat interval.
    fn heard(&mut self, tell: &Tell, now: Time) {
        assert_eq!(tell.generation, self.generation + 1, "each has a name of its own");
        let new = tell.firing.iter().filter(|one| !self.known.contains_key(*one)).count();
        let member = |one: &Fingerprint| self.group.members().get(one).map(|member| member.severity);
        let worse = tell.firing.iter().any(|one| self.known.get(one).is_some_and(|known| member(one) < Some(*known)));
        let over = tell.resolved.iter().any(|one| self.known.contains_key(one));
        match tell.reason {
            Reason::First => assert!(new > 0 && self.known.is_empty()),
            Reason::NewAlerts | Reason::NoLongerHeld => assert!(new > 0 && !self.known.is_empty()),
            Reason::Worse => assert!(new == 0 && worse),
            Reason::AllResolved => assert!(over && tell.firing.is_empty() && self.group.is_empty()),
            Reason::Resolved => assert!(!tell.resolved.is_empty() && new == 0 && !self.known.is_empty()),
            Reason::Repeat => {
                assert!(new == 0 && !worse && !over);
                assert!(self.told_at.is_some_and(|told| now.since(told) >= self.timing.repeat), "no sooner");
            }
            _ => panic!("{} is no reason to tell", tell.reason),
        }
        if tell.reason != Reason::AllResolved {
            let early = self.looked_at.is_some_and(|at| now.since(at) < Span::from_seconds(1));
            assert!(!early, "one flush at a time");
        }
        for one in &tell.resolved {
            self.known.remove(one);
        }
        for one in &tell.firing {
            self.known.insert(one.clone(), member(one).expect("what fires stays"));
        }
        self.told_at = Some(now);
        self.generation = tell.generation;
    }

    fn nobody_is_silent_without_a_cause(&self, verdict: &Reason) {
        for (index, truth) in self.alerts.iter().filter(|(_, truth)| truth.firing) {
            let one = alert(index);
            let told = self.known.get(&one).is_some_and(|severity| *severity <= truth.severity);
            let held = self.view.held.contains_key(&one) || self.view.muted.is_some();
            assert!(told || held, "{one} fires in silence: {verdict:?}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_alert_is_told_once_or_held_for_a_named_cause(steps in proptest::collection::vec(step(), 1..60)) {
        let mut world = World {
            group: empty(),
            alerts: BTreeMap::new(),
            view: View::default(),
            known: BTreeMap::new(),
            told_at: None,
            looked_at: None,
            generation: 0,
            timing: Timing { repeat: Span::HOUR, ..Timing::default() },
        };
        let mut now = NOW;
        for (after, step) in &steps {
            now = now + Span::from_seconds(*after);
            world.flush_until(now);
            world.act(step, now);
        }
        world.view = View::default();
        world.flush_until(now + Span::from_minutes(5));
        world.nobody_is_silent_without_a_cause(&Reason::NothingFiring);
        for (index, truth) in &world.alerts {
            prop_assert_eq!(world.known.contains_key(&alert(index)), truth.firing, "what is known in the end is true");
        }
    }
}
