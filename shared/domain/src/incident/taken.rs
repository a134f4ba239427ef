use serde::{Deserialize, Serialize};

use super::{Incident, Severity, State};

/// Somebody has it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Taken {
    /// Who.
    pub by: String,
    /// How bad it was then.
    pub severity: Severity,
}

impl Incident {
    /// Who has it: whoever took it last by name, or whoever took it before there was a policy.
    pub fn taken_by(&self) -> Option<&str> {
        if !self.state.is_open() {
            return None;
        }
        match &self.escalation {
            Some(escalation) => escalation.holder(),
            None => self.taken_without_policy().map(|taken| taken.by.as_str()),
        }
    }

    /// Who took it, while there is no policy.
    pub fn taken_without_policy(&self) -> Option<&Taken> {
        let is_held = self.escalation.is_none() && matches!(self.state, State::Acknowledged | State::Mitigating);
        self.taken.as_ref().filter(|_| is_held)
    }

    /// `by` takes it; where there is a policy its escalation knows.
    pub fn take(&mut self, by: &str) {
        let taken = Taken { by: by.to_owned(), severity: self.severity };
        self.taken = Some(taken).filter(|_| self.escalation.is_none());
    }
}

#[cfg(test)]
mod tests {
    use super::super::What;
    use super::*;
    use crate::sample;

    #[test]
    fn who_took_it_before_there_was_a_policy_has_it_however_much_happens() {
        let mut incident = sample::incident();
        (incident.escalation, incident.severity) = (None, Severity::Sev3);
        incident.take("ann");
        assert_eq!(incident.taken_by(), None, "it waits for somebody");
        incident.state = State::Acknowledged;
        incident.severity = Severity::Sev1;
        for _ in 0..2 * Incident::TIMELINE_MAX {
            incident.note(sample::BEGAN, What::Paging { summary: "again".to_owned() });
        }
        let taken = |by: &str, severity| Taken { by: by.to_owned(), severity };
        assert_eq!(incident.taken_without_policy(), Some(&taken("ann", Severity::Sev3)));
        incident.state = State::Mitigating;
        incident.take("ben");
        assert_eq!(incident.taken_without_policy(), Some(&taken("ben", Severity::Sev1)));
        assert_eq!(incident.taken_by(), Some("ben"));
        incident.state = State::Resolved;
        assert_eq!((incident.taken_by(), incident.taken_without_policy()), (None, None));
    }
}
