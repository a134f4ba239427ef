use super::judge::{Sight, Standing, Tally};
use super::{Cause, Group, Held, Reason, Timing, View, counted};
use crate::id::Fingerprint;
use crate::incident::Severity;
use crate::units::Time;

/// What becomes of an alert's notification if nothing changes.
#[derive(Clone, PartialEq, Debug)]
pub enum Outlook {
    /// The group does not know it: it does not fire, or its end was told.
    NotHere,
    /// It is told at the next flush.
    Tells {
        /// When that is; now, if it is due.
        at: Time,
        /// Why.
        reason: Reason,
    },
    /// It is held back.
    Held {
        /// By what.
        held: Held,
        /// When the group looks at it again.
        again: Option<Time>,
    },
    /// It was told.
    Told {
        /// When the group was last told.
        at: Option<Time>,
        /// How severe the alert was then.
        severity: Severity,
        /// When it is told again, if it is.
        again: Option<Time>,
        /// Why not now.
        verdict: Reason,
    },
    /// It is resolved and nobody was told that it fired: nothing is told.
    Unsaid {
        /// Why.
        verdict: Reason,
    },
}

impl Group {
    /// What becomes of the notification of `fingerprint`, by the rules of [`Group::flush`], should `view` stay as it is.
    /// Of several causes it names the first in Alertmanager's order: inhibited, muted by time, silenced.
    pub fn outlook(&self, fingerprint: &Fingerprint, view: &View, timing: &Timing, now: Time) -> Outlook {
        let at = self.next_flush.map_or(now, |next| next.max(now));
        let sight = Sight::of(self, view);
        let whole = self.members.get(fingerprint).map(|member| (sight.whole(fingerprint, member), member.told));
        let key = counted::key(fingerprint);
        let brief = || self.counted.get(key).map(|(name, brief)| (sight.brief(name, key, brief), brief.told));
        let Some((standing, told)) = whole.or_else(brief) else { return Outlook::NotHere };
        let tally = Tally::of(self, &sight, at);
        let verdict = self.judge(&tally, view, timing, at);
        match (standing, told, view.muted.clone()) {
            (Standing::Shown | Standing::Over, ..) if verdict.tells() => Outlook::Tells { at, reason: verdict },
            (Standing::Held(held), _, Some(muted)) if !matches!(held.cause, Cause::Inhibited { .. }) => {
                Outlook::Held { held: muted, again: self.next_flush }
            }
            (Standing::Held(held), ..) => Outlook::Held { held: held.into_owned(), again: self.next_flush },
            (Standing::Shown, None, Some(held)) | (Standing::Over, Some(_), Some(held)) => {
                Outlook::Held { held, again: self.next_flush }
            }
            (_, Some(severity), _) => {
                let last = self.told_at();
                let again = match &verdict {
                    Reason::NothingNew { until } => Some(*until),
                    _ => None,
                };
                Outlook::Told { at: last, severity, again, verdict }
            }
            (_, None, _) => Outlook::Unsaid { verdict },
        }
    }
}
