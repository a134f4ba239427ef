use domain::id::SloName;
use domain::setup::Setup;
use domain::slo::Slo;
use serde_json::{Value, json};

use crate::problem::{Kind, Mistake, Problem};
use crate::request::{Form, Text, shortened};
use crate::view::TITLE;

/// The objective that a body describes, and who sends it. Under `id` it keeps that name.
pub(super) fn read(
    mut form: Form,
    by: Option<String>,
    id: Option<&SloName>,
    setup: &Setup,
) -> Result<(Slo, String), Problem> {
    let (written, names): (Value, fn(&str) -> &str) = if form.has("indicator") {
        let mut fields = form.rest();
        if let Some(id) = id {
            match fields.get("name").map(|name| name.as_str().unwrap_or_default()) {
                Some(name) if name != id.as_str() => {
                    let detail = format!("{:?} is not {id}, which the path names", shortened(name));
                    let hint = Some("leave it out; to rename, delete it and make another".to_owned());
                    let mistake = Mistake { field: "name".to_owned(), detail, hint };
                    return Err(Problem::of_mistakes(Kind::InvalidRequest, vec![mistake]));
                }
                _ => drop(fields.insert("name".to_owned(), json!(id))),
            }
        }
        form.finish(by.clone())?;
        (Value::Object(fields), |name| name)
    } else {
        (of_one_series(form, by.as_ref(), id, setup)?, plain_name)
    };
    let slo = config::slo(&written, setup).map_err(|mistakes| problem(mistakes, names))?;
    if setup.monitors.iter().any(|monitor| monitor.name.as_str() == slo.name.as_str()) {
        let detail = format!("{} is the name of a monitor, and its alerts would have it too", slo.name);
        let mistake = Mistake { field: "name".to_owned(), detail, hint: Some("choose another".to_owned()) };
        return Err(Problem::of_mistakes(Kind::InvalidRequest, vec![mistake]));
    }
    Ok((slo, by.unwrap_or_default()))
}

/// The few fields of an objective over one series, as they would be written in the configuration.
fn of_one_series(mut form: Form, by: Option<&String>, id: Option<&SloName>, setup: &Setup) -> Result<Value, Problem> {
    let title = form.required("name", Text::LINE, "say what it is called");
    let description = form.optional("description", Text::WORDS).unwrap_or_default();
    form.alias("service_name", "service");
    let service = form.service(setup);
    let metric = form.required("metric_name", Text::LINE, "name a series of the service");
    let target = form.required_number("target_percentage", "write a percentage such as 99.9");
    let window = form.required("time_window", Text::LINE, "write for example 30d");
    let threshold = form.required_number("threshold_value", "write the number that a value is compared with");
    let operators =
        [(">=", ">="), ("gte", ">="), (">", ">"), ("gt", ">"), ("<=", "<="), ("lte", "<="), ("<", "<"), ("lt", "<")];
    let operator = form.word("operator", &operators);
    if operator.is_none() {
        form.missing("operator", "write gte, gt, lte or lt");
    }
    let name = match (id, &title) {
        (Some(id), _) => Some(id.to_string()),
        (None, Some(title)) => slug(title).or_else(|| {
            form.wrong("name", "it has no letter or digit", None);
            None
        }),
        _ => None,
    };
    let read = (|| {
        let (threshold, operator) = (threshold?, operator?);
        Some(json!({
            "name": name?,
            "service": service?,
            "description": description,
            "labels": { TITLE: title? },
            "objective": format!("{}%", target?),
            "period": window?,
            "indicator": { "slices": { "signal": { "series": metric? }, "good": format!("{operator} {threshold}") } },
        }))
    })();
    form.finish(read.filter(|_| by.is_some()))
}

/// `API Gateway Availability` as `api-gateway-availability`.
fn slug(title: &str) -> Option<String> {
    let words = title.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let slug = words.map(str::to_ascii_lowercase).collect::<Vec<_>>().join("-");
    (!slug.is_empty()).then_some(slug)
}

/// The field of the few that one of the configuration came from.
fn plain_name(field: &str) -> &str {
    match field {
        "indicator.slices.signal.series" => "metric_name",
        "indicator.slices.good" => "threshold_value",
        "objective" => "target_percentage",
        "period" => "time_window",
        "service" => "service_name",
        other => other,
    }
}

fn problem(mistakes: config::Mistakes, name: fn(&str) -> &str) -> Problem {
    let mistakes = mistakes.list.into_iter().map(|mistake| Mistake {
        field: name(&mistake.field).to_owned(),
        detail: mistake.wrong,
        hint: mistake.hint,
    });
    Problem::of_mistakes(Kind::InvalidRequest, mistakes.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_become_names() {
        let check = |title: &str, expected: Option<&str>| assert_eq!(slug(title).as_deref(), expected, "{title}");
        check("API Gateway Availability", Some("api-gateway-availability"));
        check("  p95 < 500ms (checkout) ", Some("p95-500ms-checkout"));
        check("Caf\u{e9} \u{2014} up", Some("caf-up"));
        check("\u{2014}", None);
    }
}
