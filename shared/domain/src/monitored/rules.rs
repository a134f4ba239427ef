use serde::{Deserialize, Serialize};

use super::consistency::Claims;
use super::{
    Condition, Decision, Event, EventText, Finding, History, Limits, MaskedFields, Verdict, condition, field, output,
    silence,
};
use crate::id::ServiceName;

/// Everything that events are judged by, beside their history.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Rules {
    /// What fields may be at most.
    pub limits: Limits,
    /// A team's own rules.
    pub own: Vec<Rule>,
    /// Whose incidents a source's critical events open; a source that has the name of a service needs no entry.
    pub services: Vec<(EventText, ServiceName)>,
    /// What is masked before anything is kept.
    pub masked: MaskedFields,
}

/// A rule of a team's own.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Rule {
    /// Its name.
    pub name: String,
    /// Only events of these sources; empty: of all.
    pub sources: Vec<EventText>,
    /// Only events of these types; empty: of all.
    pub event_types: Vec<EventText>,
    /// When it applies.
    pub when: Condition,
    /// How bad that is, above 0, at most 1.
    pub severity: f64,
    /// What the sender does about it.
    pub decision: Decision,
    /// Why, in a sentence.
    pub reason: String,
    /// What would help.
    pub suggestion: String,
}

/// What an event is held against besides the rules.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Standing<'h> {
    /// What its source usually says.
    pub history: &'h History,
    /// What was noticed about the hours before it.
    pub hours: &'h [Finding],
}

impl Rules {
    /// What is to be thought of `event`.
    pub fn judge(&self, event: &Event, standing: Standing<'_>) -> Verdict {
        let fields = field::fields(&event.data);
        self.judge_fields(event, &fields, standing)
    }

    /// The same, and what its source's history then is.
    pub fn judge_and_learn(&self, event: &Event, standing: Standing<'_>) -> (Verdict, History) {
        let fields = field::fields(&event.data);
        let verdict = self.judge_fields(event, &fields, standing);
        let mut history = standing.history.clone();
        history.learn(event, &fields, &verdict);
        (verdict, history)
    }

    fn judge_fields(&self, event: &Event, fields: &[field::Field<'_>], standing: Standing<'_>) -> Verdict {
        let mut findings = standing.hours.to_vec();
        let mut told = self.limits.judge(fields, &mut findings);
        let claims = Claims::of(&event.data);
        claims.judge(&mut findings);
        told.extend(silence::judge(&event.data, &claims, &mut findings));
        output::judge(&event.data, &mut told, &mut findings);
        standing.history.judge(fields, &told, &mut findings);
        self.judge_own(event, &mut findings);
        Verdict::of(findings)
    }

    fn judge_own(&self, event: &Event, findings: &mut Vec<Finding>) {
        let applies = |rule: &&Rule| {
            let among = |names: &[EventText], name: &EventText| names.is_empty() || names.contains(name);
            among(&rule.sources, &event.source) && among(&rule.event_types, &event.event_type)
        };
        let mut rules = self.own.iter().filter(applies).peekable();
        if rules.peek().is_none() {
            return;
        }
        let context = condition::context(event);
        for rule in rules {
            match rule.when.holds(&context) {
                Ok(false) => {}
                Ok(true) => findings.push(rule.finding(rule.reason.clone(), rule.severity, rule.decision)),
                Err(error) => {
                    let reason = format!("the rule could not be judged: {error}");
                    findings.push(rule.finding(reason, 0.0, Decision::Continue));
                }
            }
        }
    }

    /// The service whose incidents the events of `source` open, if it is mapped to one.
    pub fn service_of(&self, source: &EventText) -> Option<&ServiceName> {
        self.services.iter().find(|(known, _)| known == source).map(|(_, service)| service)
    }
}

impl Rule {
    fn finding(&self, reason: String, severity: f64, decision: Decision) -> Finding {
        Finding { rule: self.name.clone(), reason, severity, decision, suggestion: self.suggestion.clone() }
    }
}
