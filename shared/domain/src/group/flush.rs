use std::collections::BTreeMap;

use super::judge::{Sight, Standing, Tally, soonest};
use super::{Cause, Group, Held, Kind, Member, Reason, Timing, Told, bytes};
use crate::id::Fingerprint;
use crate::units::Time;

/// What stands between a group and people at a flush.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct View {
    /// Why alerts may not be told now. Asked for alerts that fire; what is said of a resolved one matters where nobody was
    /// told that it fired: it then stays unsaid.
    pub held: BTreeMap<Fingerprint, Held>,
    /// Why nothing of the route may be told now.
    pub muted: Option<Held>,
}

/// What a flush decided.
#[derive(Clone, PartialEq, Debug)]
pub struct Flushed {
    /// The group afterwards; [`Group::next_flush`] is set.
    pub group: Group,
    /// What to tell, if anything.
    pub tell: Option<Tell>,
    /// Why it is told, or not.
    pub verdict: Reason,
}

/// What to tell of a group.
#[derive(Clone, PartialEq, Debug)]
pub struct Tell {
    /// Why.
    pub reason: Reason,
    /// The alerts that fire and are not held back, of those that the group holds whole.
    pub firing: Vec<Fingerprint>,
    /// Those that are resolved since the last time.
    pub resolved: Vec<Fingerprint>,
    /// How many fire and are held back.
    pub held: usize,
    /// In a storm: how many more there are, by name.
    pub counted: Vec<Kind>,
    /// Counts what was told of the group in all its life, from 1: with the group's id it names the notification.
    pub generation: u32,
}

impl Group {
    /// What to tell now, why, and when to look again. Too early, it changes nothing, so a wake may come twice.
    pub fn flush(self, view: &View, timing: &Timing, now: Time) -> Flushed {
        let sight = Sight::of(&self, view);
        let tally = Tally::of(&self, &sight, now);
        let verdict = self.judge(&tally, view, timing, now);
        if matches!(verdict, Reason::TooEarly { .. }) {
            return Flushed { group: self, tell: None, verdict };
        }
        let mut group = self;
        let tell = verdict.tells().then(|| group.tell(&sight, &tally, &verdict, now));
        group.forget(&sight, (verdict.tells(), view.muted.is_some()));
        if group.is_empty() || verdict == Reason::NothingFiring {
            group.end();
        } else {
            group.flushed_at = Some(now);
            group.next_flush = group.after(&tally, view, timing, now);
        }
        Flushed { group, tell, verdict }
    }

    fn tell(&mut self, sight: &Sight<'_>, tally: &Tally, reason: &Reason, now: Time) -> Tell {
        let of = |wanted: &Standing<'_>| {
            let members =
                self.members.iter().filter(|(fingerprint, member)| sight.whole(fingerprint, member) == *wanted);
            members.map(|(fingerprint, _)| fingerprint.clone()).collect()
        };
        let (firing, resolved) = (of(&Standing::Shown), of(&Standing::Over));
        let mut shown = self.counted.clone();
        shown.retain(|name, key, brief| matches!(sight.brief(name, key, *brief), Standing::Shown | Standing::Over));
        self.generation = self.generation.saturating_add(1);
        self.told = Some(Told { at: now, reason: reason.clone() });
        if reason.is_news() {
            self.acknowledged = None;
        }
        Tell {
            reason: reason.clone(),
            firing,
            resolved,
            held: tally.held,
            counted: shown.kinds(),
            generation: self.generation,
        }
    }

    /// Marks what was told and what was held; lets go of what is over. What was told as firing stays until its end is told.
    fn forget(&mut self, sight: &Sight<'_>, (told, muted): (bool, bool)) {
        let before = self.members.len();
        let stays = |fingerprint: &Fingerprint, member: &mut Member| match sight.whole(fingerprint, member) {
            Standing::Shown => {
                if told {
                    member.told = Some(member.severity);
                }
                member.held = muted;
                true
            }
            Standing::Held(held) => {
                member.held = true;
                member.awaited |= matches!(held.cause, Cause::MutedUntilResolved { .. });
                true
            }
            Standing::Over => !told && member.has_listeners(),
            Standing::Passed => false,
        };
        self.members.retain(stays);
        if self.members.len() != before {
            self.members_bytes = self.members.values().map(bytes::of).sum();
        }
        self.counted.retain(|name, key, brief| match sight.brief(name, key, *brief) {
            Standing::Shown => {
                brief.told = if told { Some(brief.severity) } else { brief.told };
                true
            }
            Standing::Held(_) => true,
            Standing::Over => !told && brief.told.is_some(),
            Standing::Passed => false,
        });
    }

    /// Nothing is left of it: it waits for a new first alert.
    pub(super) fn end(&mut self) {
        self.told = None;
        self.acknowledged = None;
        self.flushed_at = None;
        self.next_flush = None;
    }

    fn after(&self, tally: &Tally, view: &View, timing: &Timing, now: Time) -> Option<Time> {
        if let Some(muted) = &view.muted {
            return Some(soonest(muted.until, timing, now));
        }
        // Whoever has it may let go of it.
        let repeats = if self.acknowledged.is_some() { now + timing.repeats() } else { self.repeats_at(timing) };
        let repeats = (tally.shown > 0).then_some(repeats);
        repeats.into_iter().chain(tally.look_again(timing, now)).min()
    }
}
