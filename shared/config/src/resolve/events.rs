use domain::id::ServiceName;
use domain::monitored::{EventText, Limits, MaskedFields, Rule, Rules};

use super::Names;
use super::known::Known;
use crate::document::{Document, EventLimit, EventRule, Events};
use crate::notes::{Note, Notes};
use crate::read::{Field, Given, Number, OneOrMore};

/// What each event is held against; more would be felt.
const RULES_MAX: usize = 200;

pub(super) fn resolve(documents: &[Document], names: &Names, notes: &mut Notes) -> Rules {
    let all = || documents.iter().filter_map(|document| document.events.value());
    let rules: Vec<&Given<EventRule>> = all().flat_map(|events| events.rules.items()).collect();
    let declared_names = rules.iter().filter_map(|rule| {
        let name = rule.value.name.given()?;
        Some((name.value.clone(), name.at, ()))
    });
    Known::of("rule of events", true, declared_names, notes);
    if let Some(rule) = rules.get(RULES_MAX) {
        notes.add(Note::at(rule.at, format!("more than {RULES_MAX} rules of events")));
    }
    Rules {
        limits: limits(all(), notes),
        own: rules.into_iter().filter_map(|rule| one(&rule.value, notes)).collect(),
        services: services(all(), names, notes),
        masked: MaskedFields(all().flat_map(|events| events.mask.items()).map(|name| name.value.clone()).collect()),
    }
}

fn limits<'d>(all: impl Iterator<Item = &'d Events>, notes: &mut Notes) -> Limits {
    let declared: Vec<&Given<EventLimit>> = all.flat_map(|events| events.limits.items()).collect();
    let declared_names = declared.iter().filter_map(|limit| {
        let field = limit.value.field.given()?;
        Some((field.value.clone(), field.at, ()))
    });
    Known::of("limit of events", true, declared_names, notes);
    let mut limits = Limits::default();
    for limit in declared {
        let EventLimit { field, max } = &limit.value;
        let max = above_zero(max, f64::MAX, notes);
        limits.0.extend(field.value().cloned().zip(max));
    }
    limits
}

fn one(rule: &EventRule, notes: &mut Notes) -> Option<Rule> {
    let severity = above_zero(&rule.severity, 1.0, notes);
    Some(Rule {
        name: rule.name.value()?.clone(),
        sources: texts(&rule.source)?,
        event_types: texts(&rule.event_type)?,
        when: rule.when.value()?.clone(),
        severity: severity?,
        decision: rule.decision.or_default()?,
        reason: rule.reason.value()?.clone(),
        suggestion: rule.suggestion.optional()?.unwrap_or_default(),
    })
}

fn above_zero(field: &Field<Number>, most: f64, notes: &mut Notes) -> Option<f64> {
    let Given { at, value: Number(number) } = *field.given()?;
    if number > 0.0 && number <= most {
        return Some(number);
    }
    let range = if most < f64::MAX { format!("above 0 and at most {most}") } else { "above 0".to_owned() };
    notes.add(Note::at(at, format!("{number} is not {range}")).value(&number.to_string()));
    None
}

fn texts(field: &Field<OneOrMore<EventText>>) -> Option<Vec<EventText>> {
    match field {
        Field::Absent => Some(Vec::new()),
        Field::Mistaken => None,
        Field::Given(given) => Some(given.value.0.iter().map(|text| text.value.clone()).collect()),
    }
}

fn services<'d>(
    all: impl Iterator<Item = &'d Events>,
    names: &Names,
    notes: &mut Notes,
) -> Vec<(EventText, ServiceName)> {
    let declared: Vec<_> = all.flat_map(|events| events.sources.items()).map(|source| &source.value).collect();
    let declared_names = declared.iter().filter_map(|source| {
        let name = source.source.given()?;
        Some((name.value.to_string(), name.at, ()))
    });
    Known::of("source of events", true, declared_names, notes);
    let owned = declared.into_iter().filter_map(|source| {
        let service = source.service.given()?;
        let known = names.services.check(service.value.as_str(), service.at, notes);
        known.then_some((source.source.value()?.clone(), service.value.clone()))
    });
    owned.collect()
}
