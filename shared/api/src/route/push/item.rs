use std::collections::BTreeMap;

use domain::setup::Setup;
use domain::units::{Time, Unit};
use engine::push::Measured;
use serde_json::Value;

use super::Mistakes;
use crate::request::{Form, Text, known_service};

/// Units by their names here and in `CloudWatch`, in lower case.
const UNITS: [(&str, Unit); 10] = [
    ("count", Unit::Count),
    ("percent", Unit::Percent),
    ("seconds", Unit::Seconds),
    ("milliseconds", Unit::Milliseconds),
    ("bytes", Unit::Bytes),
    ("kibibytes", Unit::Kibibytes),
    ("mebibytes", Unit::Mebibytes),
    ("gibibytes", Unit::Gibibytes),
    ("dollars", Unit::Dollars),
    ("none", Unit::Count),
];

/// One value of a list, which has nothing else in it.
pub(super) fn read(mut form: Form, setup: &Setup, now: Time) -> Result<Measured, Mistakes> {
    let measured = take(&mut form, setup, now);
    form.finish_or_mistakes(measured)
        .map_err(|mistakes| mistakes.into_iter().map(|one| (one.field, one.detail, one.hint)).collect())
}

/// One value out of a form.
pub(super) fn take(form: &mut Form, setup: &Setup, now: Time) -> Option<Measured> {
    form.alias("name", "metric");
    let metric = form.required("metric", Text::LINE, "name the metric");
    let value = form.required_number("value", "a finite number");
    let unit = form.optional("unit", Text::LINE).map(|text| unit_of(form, &text));
    let service = form.optional("service", Text::LINE).map(|text| {
        let known = known_service(&text, setup).map(|service| service.name.clone());
        if known.is_none() {
            form.wrong("service", "the configuration has no service of this name", None);
        }
        known
    });
    let dimensions = form.object("dimensions").map(|dimensions| texts(form, dimensions));
    let at = form.time("at", now).unwrap_or(now);
    Some(Measured {
        service: service.flatten(),
        metric: metric?,
        dimensions: dimensions.unwrap_or_default(),
        value: value?,
        unit: unit.flatten(),
        at,
    })
}

fn unit_of(form: &mut Form, text: &str) -> Option<Unit> {
    let unit = unit(text);
    if unit.is_none() {
        let known: Vec<_> = UNITS.iter().map(|(word, _)| *word).collect();
        form.wrong("unit", "it is no unit that is known here", Some(format!("there are {}", known.join(", "))));
    }
    unit
}

/// The unit of that name.
pub(super) fn unit(text: &str) -> Option<Unit> {
    let lower = text.to_ascii_lowercase();
    UNITS.iter().find(|(word, _)| *word == lower).map(|(_, unit)| *unit)
}

fn texts(form: &mut Form, dimensions: serde_json::Map<String, Value>) -> BTreeMap<String, String> {
    let mut texts = BTreeMap::new();
    for (name, value) in dimensions {
        match value {
            Value::String(text) => {
                texts.insert(name, text);
            }
            _ => form.wrong("dimensions", "they must be texts", None),
        }
    }
    texts
}
