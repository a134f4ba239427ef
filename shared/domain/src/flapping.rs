//! Alerts that come and go too often to be told each time.
//!
//! A penalty grows each time an alert begins to fire and halves with time, as routes that flap are damped in the internet
//! (RFC 2439; thresholds as routers ship them: suppress at 2,000, reuse at 750, half-life 15 minutes, at most an hour). What
//! enters stays until it was calm for a while, so the state does not flap itself. Until then no end of it is believed: it is
//! taken to fire. Asked for in prometheus/alertmanager issue 3048.

use serde::{Deserialize, Serialize};

use crate::units::{Span, Time};

/// What beginning to fire costs.
const PER_FIRING: u32 = 1_000;
/// An alert flaps from here: at its third firing if they are ten minutes apart, at a later one if less than 15.
const ENTER: u32 = 2_000;
/// It flaps until its penalty is down to this.
const LEAVE: u32 = 750;
/// In which a penalty halves.
const HALF_LIFE: Span = Span::from_minutes(15);
/// However often it fires, an alert that is then calm flaps at most this long.
const LONGEST: Span = Span::HOUR;
/// The penalty that falls to [`LEAVE`] in [`LONGEST`]: four half-lives.
const MOST: u32 = LEAVE << (LONGEST.seconds() / HALF_LIFE.seconds());

/// How restless an alert is.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Flapping {
    /// Its penalty at `at`.
    penalty: u32,
    /// When it last began to fire.
    at: Time,
    /// How often it began to fire since it was last calm.
    pub firings: u32,
    /// Since when it flaps; it may be over by now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    since: Option<Time>,
}

/// Whether an alert flaps.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum State {
    /// It does not.
    Calm,
    /// It does.
    Flaps {
        /// Since when.
        since: Time,
        /// Until when, if it does not fire anew.
        until: Time,
    },
}

impl Flapping {
    /// After the alert began to fire at `at`. `before`: what was known of it; one that was calm for long is forgotten.
    #[must_use]
    pub fn fired(before: Option<Self>, at: Time) -> Self {
        let Some(before) = before.filter(|before| before.penalty_at(at) > LEAVE / 2) else {
            return Self { penalty: PER_FIRING, at, firings: 1, since: None };
        };
        let penalty = (before.penalty_at(at) + PER_FIRING).min(MOST);
        let since = match before.state(at) {
            State::Flaps { since, .. } => Some(since),
            State::Calm => (penalty > ENTER).then_some(at),
        };
        Self { penalty, at: before.at.max(at), firings: before.firings.saturating_add(1), since }
    }

    /// Whether it flaps at `now`, since when and until when.
    pub fn state(&self, now: Time) -> State {
        match self.since {
            Some(since) if since <= now && now < self.calm_at() => State::Flaps { since, until: self.calm_at() },
            _ => State::Calm,
        }
    }

    /// When it last began to fire.
    pub const fn fired_at(&self) -> Time {
        self.at
    }

    /// Whether it has flapped since it was last calm for long.
    pub const fn has_flapped(&self) -> bool {
        self.since.is_some()
    }

    /// When it will be calm, or became so.
    pub fn calm_at(&self) -> Time {
        if self.penalty <= LEAVE {
            return self.at;
        }
        let halvings = (f64::from(self.penalty) / f64::from(LEAVE)).log2();
        self.at + whole_seconds(halvings * f64::from(HALF_LIFE.seconds()))
    }

    fn penalty_at(&self, now: Time) -> u32 {
        let halvings = f64::from(now.since(self.at).seconds()) / f64::from(HALF_LIFE.seconds());
        whole(f64::from(self.penalty) * (-halvings).exp2())
    }
}

fn whole_seconds(seconds: f64) -> Span {
    Span::from_seconds(whole(seconds.ceil()))
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a penalty or an hour, never negative")]
fn whole(number: f64) -> u32 {
    number.round() as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Time = Time::from_epoch(1_790_000_000);

    fn minute(minutes: u32) -> Time {
        NOW + Span::from_minutes(minutes)
    }

    fn fired(minutes: &[u32]) -> Flapping {
        minutes
            .iter()
            .fold(None, |before, at| Some(Flapping::fired(before, minute(*at))))
            .expect("it fired at least once")
    }

    /// The arithmetic is that of RFC 2439, section 4; thresholds and half-life as routers ship them.
    #[test]
    fn enters_when_it_fires_often_and_leaves_when_it_is_calm() {
        let rows: [(&[u32], Option<u32>, Option<u32>); 7] = [
            (&[0], None, None),
            (&[0, 1], None, None),
            (&[0, 10, 20], Some(20), Some(42)),
            (&[0, 11, 22], None, None),
            (&[0, 13, 26, 39], Some(39), Some(61)),
            (&[0, 15, 30, 45, 60, 75, 90], None, None),
            (&[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19], Some(2), Some(79)),
        ];
        for (fires, since, until) in rows {
            let last = *fires.last().expect("it fires");
            let flapping = fired(fires);
            let (begins, ends) = match flapping.state(minute(last)) {
                State::Flaps { since, until } => (Some(since), Some(until)),
                State::Calm => (None, None),
            };
            assert_eq!(begins, since.map(minute), "{fires:?}");
            let ends = ends.map(|ends| ends.since(NOW).seconds().div_ceil(60));
            assert_eq!(ends, until, "{fires:?}");
        }
    }

    #[test]
    fn it_ends_when_it_said_and_no_later_than_an_hour_after_it_last_fired() {
        let flapping = fired(&(0..200).collect::<Vec<_>>());
        let State::Flaps { until, .. } = flapping.state(minute(199)) else { panic!("it flaps") };
        assert_eq!(until, minute(199 + 60));
        assert!(matches!(flapping.state(until - Span::from_seconds(1)), State::Flaps { .. }));
        assert_eq!(flapping.state(until), State::Calm);
        assert_eq!(
            Flapping::fired(Some(flapping), until + Span::HOUR).firings,
            1,
            "what was calm for long is forgotten"
        );
    }

    #[test]
    fn what_comes_late_is_taken_as_of_now_and_all_is_read_back() {
        let late = Flapping::fired(Some(fired(&[10])), minute(3));
        assert_eq!((late.at, late.penalty), (minute(10), 2_000));
        let text = serde_json::to_string(&late).expect("it is plain");
        assert_eq!(serde_json::from_str::<Flapping>(&text).expect("it was written so"), late);
    }
}
