//! Objectives that are written apart from the configuration, and how objectives are written.

use domain::monitor::Signal;
use domain::setup::Setup;
use domain::slo::{Exclusion, Indicator, Part, Period, Slo, WhenEmpty};
use serde_json::{Map, Value, json};

use crate::files::Reading;
use crate::mistake::{Mistake, Mistakes};

/// The path of the objective that is read.
const PATH: &str = "slos[0]";

/// The objective that `written` describes in JSON, in the fields of the configuration's `slos`, over the services and
/// series of `setup`.
///
/// An objective on latency brings series of its own, which only the configuration can: here it is refused.
///
/// # Errors
/// Everything that is wrong, together; fields are paths from the objective on.
pub fn slo(written: &Value, setup: &Setup) -> Result<Slo, Mistakes> {
    let services = setup.services.iter().map(|service| {
        let own = setup.series.iter().filter(|series| series.id.service() == service.name.as_str());
        let series = own.map(|series| {
            json!({ "name": series.id.name(), "source": "any", "expression": "any", "period": series.period,
                    "unit": series.unit })
        });
        json!({ "name": service.name, "owner": "any", "series": series.collect::<Vec<_>>() })
    });
    let around = json!({
        "version": 1,
        "look_back": setup.look_back,
        "sources": [{ "name": "any", "kind": "prometheus", "url": "https://localhost" }],
        "services": services.collect::<Vec<_>>(),
        "slos": [written],
    });
    let mut reading = Reading::of("");
    reading.give(Ok(around.to_string()));
    let found = reading.finish(None).map_err(|mut mistakes| {
        mistakes.list.retain_mut(from_objective);
        mistakes
    })?;
    Ok(found.slos.into_iter().next().expect("one objective was written, and it has no mistake"))
}

/// Makes the path of a mistake begin at the objective; whether it lies in it.
fn from_objective(mistake: &mut Mistake) -> bool {
    let Some(path) = mistake.field.strip_prefix(PATH) else { return false };
    mistake.field = path.strip_prefix('.').unwrap_or(path).to_owned();
    true
}

/// `slo` as it is written in the configuration.
pub fn written(slo: &Slo) -> Value {
    let mut fields = Map::new();
    let mut put = |name: &str, value: Value| drop(fields.insert(name.to_owned(), value));
    put("name", json!(slo.name));
    put("service", json!(slo.service));
    if !slo.description.is_empty() {
        put("description", json!(slo.description));
    }
    put("indicator", indicator(&slo.indicator));
    put("objective", json!(slo.objective.to_string()));
    match &slo.period {
        Period::Rolling(span) => put("period", json!(span)),
        Period::Calendar { unit, zone } => put("calendar", json!({ "unit": unit.as_str(), "zone": zone })),
    }
    if !slo.exclusions.is_empty() {
        put("exclude", slo.exclusions.iter().map(exclusion).collect());
    }
    let rules = slo.burn_rates.iter().map(|rule| {
        let mut written = json!({ "severity": rule.severity, "long": rule.long, "factor": rule.factor });
        if let Some(short) = rule.short {
            written["short"] = json!(short);
        }
        written
    });
    put("burn_alerts", json!({ "rules": rules.collect::<Vec<_>>() }));
    put("guard", json!({ "events": slo.guard.events, "confidence": slo.guard.confidence }));
    put(
        "no_data",
        json!(match slo.no_data {
            WhenEmpty::Ignore => "ignore",
            WhenEmpty::Good => "good",
            WhenEmpty::Bad => "bad",
        }),
    );
    put("gate", json!(slo.gate.is_some()));
    if let Some(reopen) = slo.gate {
        put("reopen", json!(reopen.remaining));
    }
    put("settle", json!(slo.settle));
    put("cooldown", json!(slo.cooldown));
    put("category", json!(slo.category));
    if !slo.labels.is_empty() {
        put("labels", json!(slo.labels));
    }
    Value::Object(fields)
}

fn indicator(indicator: &Indicator) -> Value {
    match indicator {
        Indicator::Requests { part, which: Part::Good, total } => {
            json!({ "requests": { "good": part, "total": total } })
        }
        Indicator::Requests { part, which: Part::Bad, total } => json!({ "requests": { "bad": part, "total": total } }),
        Indicator::Freshness { series, within } => json!({ "freshness": { "series": series, "within": within } }),
        Indicator::Slices { signal, unit, good, .. } => {
            let signal = match signal {
                Signal::Series(series) => json!({ "series": series }),
                Signal::Increase(series) => json!({ "increase": series }),
                Signal::Ratio { numerator, denominator } => {
                    json!({ "ratio": { "numerator": numerator, "denominator": denominator } })
                }
                Signal::Monitors(expression) => json!({ "monitors": expression.to_string() }),
            };
            json!({ "slices": { "signal": signal, "good": good.to_string(), "unit": unit } })
        }
    }
}

fn exclusion(exclusion: &Exclusion) -> Value {
    match exclusion {
        Exclusion::Once { from, until, reason } => json!({ "from": from, "until": until, "reason": reason }),
        Exclusion::Weekly { days, from, until, zone, reason } => {
            let days: Vec<_> = days.names().collect();
            json!({ "days": days, "from": from, "until": until, "zone": zone, "reason": reason })
        }
    }
}
