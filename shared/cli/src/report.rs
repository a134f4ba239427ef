//! `tocsin report`: how incidents were worked on, asked of the deployed API.

use clap::Args;
use domain::operations::Operations;
use serde_json::Value;

use crate::Format;
use crate::reach::{api_root, ask_api};

/// What is asked, and how the answer is shown.
#[derive(Args)]
pub(crate) struct Arguments {
    /// The address of the API: Terraform's output `api_url`.
    #[arg(long, env = "TOCSIN_API_URL", default_value = "")]
    api: String,
    /// Incidents that opened from then on, such as 2026-01-01T00:00:00Z; default 28 days before the end.
    #[arg(long)]
    from: Option<String>,
    /// And before that; default now.
    #[arg(long)]
    until: Option<String>,
    /// Only of this service; default all.
    #[arg(long)]
    service: Option<String>,
    /// How the answer is printed.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

const DONE: u8 = 0;
const FAILED: u8 = 2;

/// Asks, prints, and returns the exit code.
pub(crate) fn report(arguments: &Arguments) -> u8 {
    let shown = ask(arguments).and_then(|(answer, from)| shown(answer, &from, arguments.format));
    match shown {
        Ok(text) => {
            crate::print(&text);
            DONE
        }
        Err(wrong) => {
            eprintln!("{wrong}");
            FAILED
        }
    }
}

fn shown(answer: Value, from: &str, format: Format) -> Result<String, String> {
    match format {
        Format::Json => Ok(format!("{answer:#}\n")),
        Format::Text => {
            let report: Operations = serde_json::from_value(answer)
                .map_err(|error| format!("{from}: the answer is of another version of Tocsin: {error}"))?;
            Ok(report::operations_as_plain_text(&report))
        }
    }
}

/// The answer, and where it is from.
fn ask(arguments: &Arguments) -> Result<(Value, String), String> {
    let mut of = format!("{}/v1/reports/operations", api_root(&arguments.api)?);
    let parameters = [("from", &arguments.from), ("until", &arguments.until), ("service", &arguments.service)];
    for (index, (name, value)) in parameters.into_iter().filter_map(|(n, v)| Some((n, v.as_ref()?))).enumerate() {
        let before = if index == 0 { '?' } else { '&' };
        of = format!("{of}{before}{name}={}", escaped(value));
    }
    Ok((ask_api("GET", &of, None)?, of))
}

/// A value as it may stand in a query and is signed: everything but letters, digits and `-._~` is escaped.
fn escaped(value: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    value.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_are_escaped() {
        assert_eq!(escaped("2026-01-31T14:03:00Z"), "2026-01-31T14%3A03%3A00Z");
        assert_eq!(escaped("shop&until=\u{e9}"), "shop%26until%3D%C3%A9");
    }

    #[test]
    fn an_answer_is_shown_in_columns_or_as_it_is() {
        let answer = serde_json::to_value(domain::operations::operations(
            [domain::units::Time::from_epoch(0), domain::units::Time::from_epoch(60)],
            None,
            &[],
        ));
        let answer = answer.unwrap();
        let text = shown(answer.clone(), "x", Format::Text).unwrap();
        assert!(text.starts_with("Operations: all services\n"), "{text}");
        assert_eq!(shown(answer.clone(), "x", Format::Json).unwrap(), format!("{answer:#}\n"));
        let wrong = shown(json!({}), "https://api", Format::Text).unwrap_err();
        assert!(wrong.starts_with("https://api: the answer is of another version of Tocsin: missing field"), "{wrong}");
    }
}
