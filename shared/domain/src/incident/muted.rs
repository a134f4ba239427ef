use serde::{Deserialize, Serialize};

use super::{Incident, Severity, State, What};
use crate::units::Time;

/// Somebody does not want to be told again until the incident is over.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Muted {
    /// Who.
    pub by: String,
    /// Since when.
    pub at: Time,
    /// How bad it was then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity: Option<Severity>,
}

impl Muted {
    /// Whether nobody is told of an alert this bad. What is worse than all that was known then is told.
    pub fn covers(&self, severity: Severity) -> bool {
        self.severity.is_none_or(|known| severity >= known)
    }
}

/// The incident does not know how it was at that time: it opened later, or its timeline was full by then.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NotKept;

impl Incident {
    /// Who did not want to be told of it at a time that is over.
    ///
    /// # Errors
    /// When that is not kept.
    pub fn muted_at(&self, at: Time) -> Result<Option<Muted>, NotKept> {
        if let Some(muted) = self.muted.as_ref().filter(|muted| muted.at <= at) {
            return Ok(Some(muted.clone()));
        }
        let kept_from = self.timeline.get(1).map(|entry| entry.at);
        let is_lost = !self.timeline.iter().any(|entry| entry.what.makes_way()) && kept_from > Some(at);
        if at < self.opened_at || (self.timeline_dropped > 0 && is_lost) {
            return Err(NotKept);
        }
        let mut muted = None;
        for entry in self.timeline.iter().filter(|entry| entry.at <= at) {
            match &entry.what {
                What::Muted { by, severity } => {
                    muted = Some(Muted { by: by.clone(), at: entry.at, severity: Some(*severity) });
                }
                What::Unmuted { .. } | What::StateChanged { to: State::Resolved | State::Closed, .. } => muted = None,
                _ => {}
            }
        }
        Ok(muted)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;

    fn by(incident: &Incident, seconds: u32) -> Result<Option<String>, NotKept> {
        incident.muted_at(sample::after(seconds)).map(|muted| muted.map(|muted| muted.by))
    }

    fn note(incident: &mut Incident, seconds: u32, what: What) {
        incident.note(sample::after(seconds), what);
    }

    fn mute(name: &str) -> What {
        What::Muted { by: name.to_owned(), severity: Severity::Sev2 }
    }

    #[test]
    fn who_had_muted_it_when() {
        let mut incident = sample::incident();
        let ann = Ok(Some("ann".to_owned()));
        note(&mut incident, 600, mute("ann"));
        note(&mut incident, 700, What::Unmuted { by: "ben".to_owned() });
        note(&mut incident, 800, mute("ann"));
        let ended = What::StateChanged { from: State::Acknowledged, to: State::Resolved, by: "tocsin".to_owned() };
        note(&mut incident, 900, ended);
        let expected =
            [(599, Ok(None)), (600, ann.clone()), (699, ann.clone()), (700, Ok(None)), (899, ann), (900, Ok(None))];
        for (seconds, expected) in expected {
            assert_eq!(by(&incident, seconds), expected, "{seconds}");
        }
        assert_eq!(incident.muted_at(incident.opened_at - crate::units::Span::from_seconds(1)), Err(NotKept));
    }

    #[test]
    fn what_did_not_fit_the_timeline_is_not_known() {
        let mut incident = sample::incident();
        while incident.timeline_dropped == 0 {
            note(&mut incident, 600, What::Paging { summary: "again".to_owned() });
        }
        note(&mut incident, 610, mute("ann"));
        note(&mut incident, 620, What::Unmuted { by: "ben".to_owned() });
        let known = [599, 609, 610, 620].map(|seconds| by(&incident, seconds));
        assert_eq!(known, [Ok(None), Ok(None), Ok(Some("ann".to_owned())), Ok(None)]);
        for _ in 0..Incident::TIMELINE_MAX {
            note(&mut incident, 630, What::Note { by: "ann".to_owned(), text: "again".to_owned() });
        }
        assert_eq!((by(&incident, 629), by(&incident, 630)), (Err(NotKept), Ok(None)));
        let at = sample::after(650);
        incident.muted = Some(Muted { by: "ann".to_owned(), at, severity: None });
        assert_eq!(by(&incident, 629), Err(NotKept));
        assert_eq!(by(&incident, 650), Ok(Some("ann".to_owned())), "it is to this day");
    }
}
