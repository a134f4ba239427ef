use std::fmt;

use serde::{Deserialize, Serialize};

use crate::id::{ChannelName, PersonName, PolicyName, RotationName, ScheduleName, TeamName};
use crate::incident::Severity;
use crate::units::{Span, Time};

/// Whom to page, in which order, how often. The limits are checked where it is declared; the machine lives with any.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Policy {
    /// Its name.
    pub name: PolicyName,
    /// Paged one after the other; 1 to [`Policy::STEPS_MAX`].
    pub steps: Vec<Step>,
    /// How long after the last step the next round begins, or the fallback is told. `None`: the severity's clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub again_after: Option<Span>,
    /// How often all steps are paged again, 0 to [`Policy::REPEAT_MAX`].
    #[serde(default)]
    pub repeat: u8,
    /// What is told when the last round is over and nobody has acknowledged. `None`: the targets of the last step.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fallback: Option<ChannelName>,
    /// Who holds it is asked for a word after this long without one. `None`: never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remind_every: Option<Span>,
}

/// One step of a policy.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Step {
    /// How long after the step before it; the first one: after the incident began, and may be zero. `None`: the
    /// severity's clock, for the first step at once. [`Policy::AFTER_MIN`] to [`Policy::AFTER_MAX`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<Span>,
    /// Who is paged, all at the same time; 1 to [`Policy::TARGETS_MAX`].
    pub targets: Vec<Target>,
}

/// Whom a step pages.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Target {
    /// This person.
    Person(PersonName),
    /// Who is on call by this schedule then.
    Schedule(ScheduleName),
    /// Who is on call in one rotation of a schedule then.
    Rotation(ScheduleName, RotationName),
    /// Every member of this team.
    Team(TeamName),
    /// This channel.
    Channel(ChannelName),
}

impl Policy {
    /// Steps of one policy: more than anybody waits for.
    pub const STEPS_MAX: usize = 20;
    /// Targets of one step: a page to more is a broadcast, for which there are channels.
    pub const TARGETS_MAX: usize = 20;
    /// Rounds after the first, as in goalert.
    pub const REPEAT_MAX: u8 = 5;
    /// The shortest wait between steps, as in goalert.
    pub const AFTER_MIN: Span = Span::MINUTE;
    /// The longest wait between steps, 9000 minutes, as in goalert.
    pub const AFTER_MAX: Span = Span::from_minutes(9000);
    /// How often the fallback is told while nobody acknowledges: often enough to be noticed, seldom enough to be read.
    pub const FALLBACK_EVERY: Span = Span::HOUR;

    /// How long after it began the first step is paged.
    pub fn first_after(&self) -> Span {
        self.steps.first().and_then(|step| step.after).unwrap_or_default()
    }

    /// How long after the page before it step `step` is paged; for 0, and beyond the last, the next round or the
    /// fallback. At least [`Policy::AFTER_MIN`].
    pub fn wait_for(&self, step: usize, severity: Severity) -> Span {
        let declared = match self.steps.get(step) {
            Some(found) if step > 0 => found.after,
            _ => self.again_after,
        };
        declared.unwrap_or(severity.policy().escalate_after).max(Self::AFTER_MIN)
    }

    /// When the holder is reminded, whose last word is of `now`.
    pub fn reminder_after(&self, now: Time) -> Option<Time> {
        self.remind_every.map(|every| now + every.max(Self::AFTER_MIN))
    }

    /// All it pages, in order, each once.
    pub fn targets(&self) -> Vec<&Target> {
        let mut targets: Vec<&Target> = Vec::new();
        for target in self.steps.iter().flat_map(|step| &step.targets) {
            if !targets.contains(&target) {
                targets.push(target);
            }
        }
        targets
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Person(name) => write!(f, "{name}"),
            Self::Schedule(name) => write!(f, "schedule {name}"),
            Self::Rotation(schedule, name) => write!(f, "rotation {schedule}/{name}"),
            Self::Team(name) => write!(f, "team {name}"),
            Self::Channel(name) => write!(f, "channel {name}"),
        }
    }
}
