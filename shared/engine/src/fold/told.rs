use domain::alert::{AlertChange, Status};
use domain::units::{Span, Time};
use serde::{Deserialize, Serialize};

/// What was told of one alert.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Told {
    /// The alert as it was told; `None`: it does not fire.
    pub firing: Option<AlertChange>,
    /// The instant of the last change that was told; the next one lies after it.
    pub changed_at: Option<Time>,
}

impl Told {
    /// Takes note of a change, and gives it as it is to be told: a breach may begin before the last resolve was told, and
    /// with that instant it would pass for an old change.
    pub(super) fn tell(&mut self, mut change: AlertChange) -> AlertChange {
        if let Some(last) = self.changed_at {
            change.at = change.at.max(last + Span::from_seconds(1));
        }
        self.changed_at = Some(change.at);
        self.firing = (change.status == Status::Firing).then(|| change.clone());
        change
    }

    /// What this, built anew, says otherwise than `was`, the one that it replaces; told after what was told before.
    pub(crate) fn differs(&mut self, was: &Self, judged_until: Option<Time>) -> Option<AlertChange> {
        self.changed_at = self.changed_at.max(was.changed_at);
        let change = match (&was.firing, &self.firing) {
            (Some(told), None) => AlertChange {
                status: Status::Resolved,
                at: judged_until.unwrap_or(told.at),
                reason: "data that came late show no breach".to_owned(),
                ..told.clone()
            },
            (told, Some(now)) if told.as_ref().map(|told| told.severity) != Some(now.severity) => now.clone(),
            _ => return None,
        };
        Some(self.tell(change))
    }
}
