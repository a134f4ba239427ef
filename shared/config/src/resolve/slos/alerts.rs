use domain::slo::{BurnRate, Objective, Period, by_budget, scaled, thresholds, usual};
use domain::units::Span;

use crate::document::{BurnAlerts, BurnRule, BurnTable};
use crate::notes::{Note, Notes};
use crate::read::{Field, Given, Number, Share};
use crate::resolve::checks;

/// Rules of one objective: the workbook has four.
const RULES_MAX: usize = 16;
const OVER: Span = Span::HOUR;
/// A budget that burns slower than this lasts a thousand periods.
const FACTOR_MIN: Number = Number(0.001);
const FACTOR_MAX: Number = Number(1e9);
const BUDGET: [Share; 2] = [Share(0.0001), Share(1.0)];

/// What is known of an objective whose alerts are resolved; `None` after a mistake.
type About<'a> = (Option<Objective>, Option<&'a Period>, Option<Span>);

/// When a burning budget alerts, the worst severity and of these the fastest burning first.
pub(super) fn resolve(field: &Field<BurnAlerts>, about: About<'_>, notes: &mut Notes) -> Option<Vec<BurnRate>> {
    let (objective, period, step) = about;
    let Some(given) = field.given() else {
        let rules = usual(period?.length());
        return field.is_absent().then(|| possible(rules, objective, step));
    };
    let alerts = &given.value;
    if alerts.rules.is_absent() {
        let table = alerts.table.or_default()?;
        let over = checks::within_or(&alerts.over, OVER, [Span::MINUTE, Period::ROLLING_MAX], notes)?;
        if let (Some(over), false) = (alerts.over.given(), table == BurnTable::Thresholds) {
            notes.add(Note::at(over.at, "only thresholds have one window").hint("leave it out"));
        }
        let length = period?.length();
        let rules = match table {
            BurnTable::Workbook => usual(length),
            BurnTable::Scaled => scaled(length),
            BurnTable::Thresholds => thresholds(over),
            BurnTable::None => Vec::new(),
        };
        return Some(possible(rules, objective, step));
    }
    if let Some(table) = alerts.table.given() {
        notes.add(Note::at(table.at, "rules are given too").hint("write either a table or rules"));
    }
    let given = alerts.rules.given()?;
    if given.value.len() > RULES_MAX {
        notes.add(Note::at(given.at, format!("more than {RULES_MAX} rules")));
    }
    let rules: Vec<_> = given.value.iter().map(|rule| one(rule, about, notes)).collect();
    let mut rules: Vec<BurnRate> = rules.into_iter().collect::<Option<_>>()?;
    rules.sort_by(|a, b| a.severity.cmp(&b.severity).then(b.factor.total_cmp(&a.factor)));
    Some(rules)
}

/// Of a table those that can fire: at 90 % no ratio is 14.4 times the budget, and no window is shorter than a step.
fn possible(rules: Vec<BurnRate>, objective: Option<Objective>, step: Option<Span>) -> Vec<BurnRate> {
    let reachable = |rule: &BurnRate| objective.is_none_or(|objective| rule.factor * objective.budget() < 1.0);
    let step = step.unwrap_or(Span::MINUTE);
    let widened =
        |rule: BurnRate| BurnRate { long: rule.long.max(step), short: rule.short.map(|s| s.max(step)), ..rule };
    rules.into_iter().filter(reachable).map(widened).collect()
}

fn one(given: &Given<BurnRule>, (objective, period, step): About<'_>, notes: &mut Notes) -> Option<BurnRate> {
    let rule = &given.value;
    let longest = period.map_or(Period::ROLLING_MAX, Period::length);
    let shortest = step.unwrap_or(Span::MINUTE);
    let long = checks::within(rule.long.given(), shortest, longest, notes);
    let short = match rule.short.given() {
        Some(short) => checks::within(Some(short), shortest, long.unwrap_or(longest), notes).map(Some),
        None => rule.short.is_absent().then_some(None),
    };
    let factor = match (rule.factor.given(), rule.budget.given()) {
        (Some(factor), None) => checks::within(Some(factor), FACTOR_MIN, FACTOR_MAX, notes).map(|factor| factor.0),
        (None, Some(budget)) => {
            let share = checks::within(Some(budget), BUDGET[0], BUDGET[1], notes);
            share.and_then(|share| Some(by_budget(share.0, long?, period?.length())))
        }
        (None, None) if !rule.factor.is_absent() || !rule.budget.is_absent() => None,
        _ => {
            let note = Note::at(given.at, "must have exactly one of factor and budget");
            notes.add(note.hint("write for example factor: 14.4, or budget: 2%"));
            None
        }
    };
    if let (Some(objective), Some(factor)) = (objective, factor)
        && factor * objective.budget() >= 1.0
    {
        let wrong = format!(
            "at {objective} no ratio of bad events burns more than {} times the budget",
            1.0 / objective.budget()
        );
        let note = Note::at(given.at, wrong).value(&factor.to_string());
        notes.add(note.hint("lower the factor: this rule could never fire"));
        return None;
    }
    Some(BurnRate { severity: *rule.severity.value()?, long: long?, short: short?, factor: factor? })
}
