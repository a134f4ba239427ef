//! `tocsin incident`: which there are, what one is about, and whether two are one; asked of the deployed API.

mod shown;

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use crate::reach::{api_root, ask_all, ask_api, is_id, with_by};
use crate::{Format, print};

/// What is ordered, and how the answer is shown.
#[derive(Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    order: Order,
    /// The address of the API: Terraform's output `api_url`.
    #[arg(long, env = "TOCSIN_API_URL", global = true, default_value = "")]
    api: String,
    /// How the answer is printed.
    #[arg(long, value_enum, default_value_t = Format::Text, global = true)]
    format: Format,
}

#[derive(Subcommand)]
enum Order {
    /// The incidents that there are, the latest opened first.
    List {
        /// Only these: open, triggered, acknowledged, mitigating, resolved or closed; or all.
        #[arg(long, default_value = "open")]
        state: String,
    },
    /// One incident: its alerts, what it may be one with, and what happened.
    Show {
        /// Its id, such as inc-....
        id: String,
    },
    /// Have an incident go on in another one, and show that.
    Merge {
        /// The incident that ends.
        id: String,
        /// The incident that goes on.
        #[arg(long)]
        into: String,
        /// Who merges them, beside the caller that the signature names.
        #[arg(long)]
        by: Option<String>,
    },
    /// Split alerts off into an incident of their own, and show that.
    Split {
        /// The incident that they leave.
        id: String,
        /// Fingerprints of the alerts that leave, as `show` prints them.
        #[arg(long = "alert", required = true, num_args = 1..)]
        alerts: Vec<String>,
        /// Who splits them off, beside the caller that the signature names.
        #[arg(long)]
        by: Option<String>,
    },
    /// Say that two incidents are not one: they are not merged but by a person.
    Dismiss {
        /// The one.
        id: String,
        /// The other, which is related to it.
        #[arg(long)]
        related: String,
        /// Who says so, beside the caller that the signature names.
        #[arg(long)]
        by: Option<String>,
    },
}

const DONE: u8 = 0;
const FAILED: u8 = 2;
const STATES: [&str; 7] = ["open", "triggered", "acknowledged", "mitigating", "resolved", "closed", "all"];

/// Asks, prints, and returns the exit code.
pub(crate) fn incident(arguments: &Arguments) -> u8 {
    match ask(arguments) {
        Ok(answer) => {
            print(&match (arguments.format, &arguments.order) {
                (Format::Json, _) => format!("{answer:#}\n"),
                (Format::Text, Order::List { .. }) => shown::list(&answer),
                (Format::Text, _) => shown::one(&answer),
            });
            DONE
        }
        Err(wrong) => {
            eprintln!("{wrong}");
            FAILED
        }
    }
}

fn ask(arguments: &Arguments) -> Result<Value, String> {
    let root = api_root(&arguments.api)?;
    let (path, body) = request(&arguments.order)?;
    let url = format!("{root}/v1/incidents{path}");
    match (body, &arguments.order) {
        (Some(body), _) => ask_api("POST", &url, Some(&body.to_string())),
        (None, Order::List { .. }) => ask_all(&url),
        (None, _) => ask_api("GET", &url, None),
    }
}

/// What follows the path of all incidents, and what is told; nothing is where it is only asked.
fn request(order: &Order) -> Result<(String, Option<Value>), String> {
    let (id, what, body, by) = match order {
        Order::List { state } if !STATES.contains(&state.as_str()) => {
            return Err(format!("{state:?} is none of {}", STATES.join(", ")));
        }
        Order::List { state } if state == "all" => return Ok(("?limit=100".to_owned(), None)),
        Order::List { state } => return Ok((format!("?limit=100&state={state}"), None)),
        Order::Show { id } => return Ok((format!("/{}", named(id)?), None)),
        Order::Merge { id, into, by } => (id, "merge", json!({ "into": named(into)? }), by),
        Order::Split { id, alerts, by } => (id, "split", json!({ "alerts": alerts }), by),
        Order::Dismiss { id, related, by } => (id, "dismiss", json!({ "related": named(related)? }), by),
    };
    Ok((format!("/{}/{what}", named(id)?), Some(with_by(body, by.as_deref()))))
}

fn named(id: &str) -> Result<&str, String> {
    let wrong = || format!("{id:?} is not the id of an incident; `tocsin incident list` shows them");
    is_id(id).then_some(id).ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(order: &Order, expected: Result<(&str, Option<Value>), &str>) {
        let expected = expected.map(|(path, body)| (path.to_owned(), body)).map_err(str::to_owned);
        assert_eq!(request(order), expected);
    }

    #[test]
    fn orders_become_requests() {
        let (id, by) = (|| "inc-1".to_owned(), || Some("ann".to_owned()));
        let list = |state: &str| Order::List { state: state.to_owned() };
        check(&list("open"), Ok(("?limit=100&state=open", None)));
        check(&list("all"), Ok(("?limit=100", None)));
        let states = "open, triggered, acknowledged, mitigating, resolved, closed, all";
        check(&list("on"), Err(&format!("\"on\" is none of {states}")));
        check(&Order::Show { id: id() }, Ok(("/inc-1", None)));
        let wrong = "\"a/b\" is not the id of an incident; `tocsin incident list` shows them";
        check(&Order::Show { id: "a/b".to_owned() }, Err(wrong));
        let merge = |into: &str| Order::Merge { id: id(), into: into.to_owned(), by: by() };
        check(&merge("inc-2"), Ok(("/inc-1/merge", Some(json!({"into": "inc-2", "by": "ann"})))));
        check(&merge("a/b"), Err(wrong));
        let split = Order::Split { id: id(), alerts: vec!["alert-1".to_owned(), "alert-2".to_owned()], by: None };
        check(&split, Ok(("/inc-1/split", Some(json!({"alerts": ["alert-1", "alert-2"]})))));
        let dismiss = Order::Dismiss { id: id(), related: "inc-2".to_owned(), by: by() };
        check(&dismiss, Ok(("/inc-1/dismiss", Some(json!({"related": "inc-2", "by": "ann"})))));
    }
}
