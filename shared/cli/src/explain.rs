//! `tocsin explain` and `tocsin route`: why an alert is told or not, of a deployed installation and of a configuration.

use std::fmt::Write;
use std::path::PathBuf;

use clap::Args;
use domain::group::Outlook;
use domain::label::Labels;
use domain::units::Time;
use engine::explain::{Check, Explanation, Said, Subject, explain as ask_engine};
use serde_json::{Map, Value, json};
use simulator::{World, now_or_never};

use crate::check::{check, text};
use crate::on_call::now;
use crate::reach::{api_root, ask_api};
use crate::{Format, print};

/// What is asked of a deployed installation.
#[derive(Args)]
pub(crate) struct Asked {
    /// The fingerprint or the name of an alert, or the labels of a made-up one, such as service=shop severity=SEV1.
    #[arg(required = true)]
    alert: Vec<String>,
    /// The address of the API: Terraform's output `api_url`.
    #[arg(long, env = "TOCSIN_API_URL", default_value = "")]
    api: String,
    /// As of when, also to come or over, such as 2026-01-31T03:00:00Z; default now.
    #[arg(long)]
    at: Option<Time>,
    /// How the answer is printed.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// What is asked of a configuration.
#[derive(Args)]
pub(crate) struct Routed {
    /// The first file of the configuration, such as tocsin.yaml.
    file: PathBuf,
    /// The labels of the alert, such as service=shop severity=SEV1.
    #[arg(required = true, value_name = "LABEL=VALUE")]
    labels: Vec<String>,
    /// When it begins to fire, such as 2026-01-31T03:00:00Z; default now.
    #[arg(long)]
    at: Option<Time>,
    /// How the answer is printed.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

const DONE: u8 = 0;
const FAILED: u8 = 2;

/// One line of an answer.
struct Line<'l> {
    about: &'l str,
    depth: u64,
    stops: bool,
    says: &'l str,
}

/// Asks the deployed API, prints, and returns the exit code.
pub(crate) fn explain(asked: &Asked) -> u8 {
    match request(asked).and_then(|body| ask(asked, &body)) {
        Ok(text) => {
            print(&text);
            DONE
        }
        Err(wrong) => {
            eprintln!("{wrong}");
            FAILED
        }
    }
}

fn request(asked: &Asked) -> Result<Value, String> {
    let mut body = match &*asked.alert {
        [name] if !name.contains('=') => json!({ "alert": name }),
        labels => json!({ "labels": read(labels)? }),
    };
    if let Some(at) = asked.at {
        body["at"] = at.to_string().into();
    }
    Ok(body)
}

fn ask(asked: &Asked, body: &Value) -> Result<String, String> {
    let url = format!("{}/v1/explain", api_root(&asked.api)?);
    let answer = ask_api("POST", &url, Some(&body.to_string()))?;
    Ok(match asked.format {
        Format::Json => format!("{answer:#}\n"),
        Format::Text => of_api(&answer),
    })
}

/// An answer of the API, for people.
fn of_api(answer: &Value) -> String {
    let text = |value: &'_ Value| value.as_str().unwrap_or_default().to_owned();
    let title = [&answer["name"], &answer["service"], &answer["severity"], &answer["at"]].map(text);
    let steps = answer["steps"].as_array().map(Vec::as_slice).unwrap_or_default();
    let lines = steps.iter().map(|step| Line {
        about: step["about"].as_str().unwrap_or_default(),
        depth: step["depth"].as_u64().unwrap_or(0),
        stops: step["stops"].as_bool().unwrap_or(false),
        says: step["says"].as_str().unwrap_or_default(),
    });
    shown(&title, answer["answer"].as_str().unwrap_or_default(), lines)
}

/// Asks a configuration, prints, and returns the exit code: 0 told, 1 mistakes, 2 unreadable or no labels.
pub(crate) fn route(asked: &Routed) -> u8 {
    let checked = check(&asked.file, 1);
    let Some(setup) = checked.setup() else {
        eprint!("{}", text(std::slice::from_ref(&checked)));
        return checked.exit_code();
    };
    let at = asked.at.unwrap_or_else(now);
    let explained = read(&asked.labels).and_then(|labels| {
        let world = World::at(at);
        let explained = now_or_never(ask_engine(&world, setup, (&Subject::Labels(labels), None), at));
        explained.map_err(|error| error.to_string())
    });
    match explained {
        Ok(explanation) => {
            print(&match asked.format {
                Format::Json => as_json(&explanation),
                Format::Text => of_engine(&explanation),
            });
            DONE
        }
        Err(wrong) => {
            eprintln!("{wrong}");
            FAILED
        }
    }
}

/// A configuration says when a route is muted and what is planned. Whatever else could hold the alert back, another
/// alert or a person, there is none of in an empty world, which is not worth a line; and what is told stands in the next.
fn is_worth_a_line(said: &Said) -> bool {
    match said {
        Said::Calm => false,
        Said::Free { check } => matches!(check, Check::Interval | Check::Planned),
        Said::Outlook(outlook) => !matches!(outlook, Outlook::Tells { .. }),
        _ => true,
    }
}

fn of_engine(explanation: &Explanation) -> String {
    let Explanation { alert, at, .. } = explanation;
    let title = [alert.name.clone(), alert.service.to_string(), alert.severity.to_string(), at.to_string()];
    let steps = explanation.steps.iter().filter(|step| is_worth_a_line(&step.said));
    let said: Vec<(&Said, String)> = steps.map(|step| (&step.said, step.to_string())).collect();
    let lines = said.iter().map(|(said, says)| Line {
        about: said.kind(),
        depth: if let Said::Route { depth, .. } = said { *depth as u64 } else { 0 },
        stops: said.stops(),
        says,
    });
    shown(&title, &explanation.answer(), lines)
}

fn as_json(explanation: &Explanation) -> String {
    let step = |step: &engine::explain::Step| {
        let mut shown = json!({
            "about": step.said.kind(), "stops": step.said.stops(), "says": step.to_string(),
        });
        if let Some(group) = &step.group {
            shown["group"] = group.to_string().into();
        }
        if let Some(at) = step.said.time() {
            shown["at"] = at.to_string().into();
        }
        shown
    };
    let steps: Vec<Value> = explanation.steps.iter().map(step).collect();
    let labels: Map<String, Value> =
        explanation.labels.iter().map(|(name, value)| (name.clone(), value.clone().into())).collect();
    let at = explanation.at.to_string();
    format!("{:#}\n", json!({ "at": at, "labels": labels, "answer": explanation.answer(), "steps": steps }))
}

/// Title, answer, and a line for each step; what keeps the alert from people begins with `!`.
fn shown<'l>(
    [name, service, severity, at]: &[String; 4],
    answer: &str,
    lines: impl Iterator<Item = Line<'l>>,
) -> String {
    let mut text = format!("{name} on {service} ({severity}), as of {at}\n{answer}\n\n");
    for Line { about, depth, stops, says } in lines {
        let mark = if stops && about != "route" { '!' } else { ' ' };
        let indent = "  ".repeat(usize::try_from(depth).unwrap_or(0));
        writeln!(text, "{mark} {about:<21}{indent}{says}").expect("a String takes all");
    }
    text
}

/// Labels as they are written: `name=value`.
fn read(texts: &[String]) -> Result<Labels, String> {
    let mut labels = Labels::new();
    for text in texts {
        let (name, value) = text
            .split_once('=')
            .filter(|(name, _)| !name.trim().is_empty())
            .ok_or_else(|| format!("{text:?} is not a label; write name=value, such as service=shop"))?;
        let value = value.strip_prefix('"').and_then(|value| value.strip_suffix('"')).unwrap_or(value);
        if labels.insert(name.trim().to_owned(), value.to_owned()).is_some() {
            return Err(format!("the label {} is given twice", name.trim()));
        }
    }
    Ok(labels)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_names_and_values() {
        let check = |texts: &[&str], expected: Result<&[(&str, &str)], &str>| {
            let texts: Vec<String> = texts.iter().map(|text| (*text).to_owned()).collect();
            let expected =
                expected.map(|pairs| pairs.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect());
            assert_eq!(read(&texts), expected.map_err(str::to_owned), "{texts:?}");
        };
        check(&["a=b", "c=\"d e\"", "f=g=h"], Ok(&[("a", "b"), ("c", "d e"), ("f", "g=h")]));
        check(&["a="], Ok(&[("a", "")]));
        check(&["shop"], Err("\"shop\" is not a label; write name=value, such as service=shop"));
        check(&["=b"], Err("\"=b\" is not a label; write name=value, such as service=shop"));
        check(&["a=b", "a=c"], Err("the label a is given twice"));
    }

    #[test]
    fn an_answer_of_the_api_is_shown_line_by_line() {
        let step = |about: &str, stops: bool, says: &str| json!({"about": about, "stops": stops, "says": says});
        let answer = json!({
            "name": "errors", "service": "shop", "severity": "SEV1", "at": "2026-01-31T03:00:00Z",
            "answer": "It is held back.",
            "steps": [step("route", true, "Route a does not match."), step("silenced", true, "It is held back."),
                step("planned", false, "No maintenance is planned.")],
        });
        let expected = "errors on shop (SEV1), as of 2026-01-31T03:00:00Z\nIt is held back.\n\n\
            \x20 route                Route a does not match.\n\
            ! silenced             It is held back.\n\
            \x20 planned              No maintenance is planned.\n";
        assert_eq!(of_api(&answer), expected);
    }
}
