//! `tocsin gate`: whether a service may be changed, asked of the deployed API.

use clap::Args;
use serde_json::{Value, json};

use crate::Format;
use crate::reach::{api_root, ask_api};

/// What the gate is asked, and what is said about it.
#[derive(Args)]
pub(crate) struct Arguments {
    /// The service.
    service: String,
    /// The address of the API: Terraform's output `api_url`.
    #[arg(long, env = "TOCSIN_API_URL", default_value = "")]
    api: String,
    /// Open it for a while, whatever the budgets say: why.
    #[arg(long, value_name = "REASON", conflicts_with = "closed")]
    open: Option<String>,
    /// Close it for a while: why.
    #[arg(long, value_name = "REASON")]
    closed: Option<String>,
    /// For how long, at most 7d; 0s takes the last word back.
    #[arg(long = "for", default_value = "1h")]
    lasts: String,
    /// Who says so, beside the caller that the signature names.
    #[arg(long)]
    by: Option<String>,
    /// How the answer is printed.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

const OPEN: u8 = 0;
const CLOSED: u8 = 1;
const FAILED: u8 = 2;
const UNKNOWN: u8 = 3;

/// Asks, prints, and returns the exit code.
pub(crate) fn gate(arguments: &Arguments) -> u8 {
    match ask(arguments) {
        Ok(gate) => {
            let text = |field: &str| gate[field].as_str().unwrap_or_default().to_owned();
            crate::print(&match arguments.format {
                Format::Text => format!("{}: {}: {}\n", text("service"), text("state"), text("reason")),
                Format::Json => format!("{gate:#}\n"),
            });
            match gate["state"].as_str() {
                Some("open") => OPEN,
                Some("closed") => CLOSED,
                _ => UNKNOWN,
            }
        }
        Err(wrong) => {
            eprintln!("{wrong}");
            FAILED
        }
    }
}

fn ask(arguments: &Arguments) -> Result<Value, String> {
    let of = format!("{}/v1/gate/{}", api_root(&arguments.api)?, arguments.service);
    let word = arguments.open.as_ref().map(|reason| (true, reason));
    let word = word.or(arguments.closed.as_ref().map(|reason| (false, reason)));
    let word = word.map(|(open, reason)| {
        let mut word = json!({ "open": open, "reason": reason, "for": arguments.lasts });
        if let Some(by) = &arguments.by {
            word["by"] = by.as_str().into();
        }
        word.to_string()
    });
    match &word {
        Some(word) => ask_api("PUT", &format!("{of}/override"), Some(word)),
        None => ask_api("GET", &of, None),
    }
}
