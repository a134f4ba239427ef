//! Alerts that come and go too often to be told each time.
//!
//! A penalty grows each time an alert begins to fire and halves with time, as routes that flap are damped in the internet
//! (RFC 2439; thresholds as routers ship them: suppress at 2,000, reuse at 750, half-life 15 minutes, at most an hour). What
//! enters stays until it was calm for a while, so the state does not flap itself. Asked for in
//! prometheus/alertmanager issue 3048.

use serde::{Deserialize, Serialize};

use crate::group::{Cause, Held};
use crate::units::{Span, Time};

/// What beginning to fire costs.
const PER_FIRING: u32 = 1_000;
/// An alert flaps from here: at its third firing in eleven minutes, its fourth in half an hour, its fifth in fifty.
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
            Some(since) if now < self.calm_at() => State::Flaps { since, until: self.calm_at() },
            _ => State::Calm,
        }
    }

    /// What holds the alert back at `now`, given when its status last changed. The firing at which it began to flap is
    /// still told; what comes after is held until it is calm: neither that it resolved nor that it fires anew is believed.
    pub fn held(&self, changed_at: Time, now: Time) -> Option<Held> {
        match self.state(now) {
            State::Flaps { since, until } if changed_at > since => {
                Some(Held { cause: Cause::Flapping { since, firings: self.firings }, until: Some(until) })
            }
            _ => None,
        }
    }

    /// When it will be calm, or became so.
    fn calm_at(&self) -> Time {
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
