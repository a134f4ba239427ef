//! `tocsin silence`: what is not told for a while, ordered from the deployed API.

use std::fmt::Write;

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use crate::reach::{api_root, ask_all, ask_api, is_id};
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
    /// Silence the alerts that match for a while.
    Add {
        /// What it covers, all of them, such as service=shop or 'alertname=~"errors|latency"'.
        #[arg(required = true)]
        matchers: Vec<String>,
        /// Why, for whoever finds it so.
        #[arg(long)]
        comment: String,
        /// How long, such as 2h; at most 366d.
        #[arg(long = "for", required_unless_present = "until")]
        lasts: Option<String>,
        /// When it ends, such as 2026-01-31T14:03:00Z.
        #[arg(long, conflicts_with = "lasts")]
        until: Option<String>,
        /// When it begins; default now.
        #[arg(long)]
        from: Option<String>,
        /// Who silences, beside the caller that the signature names.
        #[arg(long)]
        by: Option<String>,
    },
    /// The silences that there are: active first, then those to come, then those that are over.
    List {
        /// Only these: active, pending or expired.
        #[arg(long)]
        state: Option<String>,
    },
    /// Let a silence end earlier or later than it would.
    Until {
        /// Its id, such as sil-....
        id: String,
        /// When it ends, such as 2026-01-31T14:03:00Z.
        #[arg(required_unless_present = "lasts")]
        at: Option<String>,
        /// How long it lasts yet, from now on, such as 2h.
        #[arg(long = "for", conflicts_with = "at")]
        lasts: Option<String>,
        /// Who says so, beside the caller that the signature names.
        #[arg(long)]
        by: Option<String>,
    },
    /// End a silence now.
    End {
        /// Its id, such as sil-....
        id: String,
        /// Who ends it, beside the caller that the signature names.
        #[arg(long)]
        by: Option<String>,
    },
}

const DONE: u8 = 0;
const FAILED: u8 = 2;

/// Asks, prints, and returns the exit code.
pub(crate) fn silence(arguments: &Arguments) -> u8 {
    match ask(arguments) {
        Ok(answer) => {
            print(&match arguments.format {
                Format::Json => format!("{answer:#}\n"),
                Format::Text => shown(&answer),
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
    let (method, path, body) = request(&arguments.order)?;
    let url = format!("{root}/v1/silences{path}");
    if method == "GET" { ask_all(&url) } else { ask_api(method, &url, Some(&body.to_string())) }
}

/// Method, what follows the path of all silences, and body.
fn request(order: &Order) -> Result<(&'static str, String, Value), String> {
    match order {
        Order::Add { matchers, comment, lasts, until, from, by } => {
            let body = json!({ "matchers": matchers, "comment": comment });
            let body = with(body, [("for", lasts), ("ends_at", until), ("starts_at", from), ("by", by)]);
            Ok(("POST", String::new(), body))
        }
        Order::List { state } => {
            let state = match state.as_deref() {
                None => String::new(),
                Some(state @ ("active" | "pending" | "expired")) => format!("?state={state}"),
                Some(other) => return Err(format!("{other:?} is none of active, pending, expired")),
            };
            Ok(("GET", state, Value::Null))
        }
        Order::End { id, by } => Ok(("DELETE", one(id)?, with(json!({}), [("by", by)]))),
        Order::Until { id, at, lasts, by } => {
            Ok(("PATCH", one(id)?, with(json!({}), [("ends_at", at), ("for", lasts), ("by", by)])))
        }
    }
}

/// The path of one silence.
fn one(id: &str) -> Result<String, String> {
    if is_id(id) {
        Ok(format!("/{id}"))
    } else {
        Err(format!("{id:?} is not the id of a silence; `tocsin silence list` shows them"))
    }
}

/// The body with each field that was given.
fn with<const N: usize>(mut body: Value, fields: [(&str, &Option<String>); N]) -> Value {
    for (name, value) in fields {
        if let Some(value) = value {
            body[name] = value.as_str().into();
        }
    }
    body
}

/// One silence, or all of a list, a line each.
fn shown(answer: &Value) -> String {
    let one = std::slice::from_ref(answer);
    let all = answer["items"].as_array().map_or(one, Vec::as_slice);
    if all.is_empty() {
        return "There are no silences.\n".to_owned();
    }
    let mut text = String::new();
    for silence in all {
        let of = |field: &str| silence[field].as_str().unwrap_or_default();
        let matchers = silence["matchers"].as_array().into_iter().flatten().filter_map(Value::as_str);
        let matchers = matchers.collect::<Vec<_>>().join(", ");
        let (id, state, from, until) = (of("id"), of("state"), of("starts_at"), of("ends_at"));
        let (by, comment) = (of("by"), of("comment"));
        writeln!(text, "{id} {state}: {{{matchers}}} from {from} until {until}, by {by}: {comment}")
            .expect("a String takes all");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(order: &Order, expected: Result<(&'static str, &str, Value), &str>) {
        let expected = expected.map(|(method, path, body)| (method, path.to_owned(), body)).map_err(str::to_owned);
        assert_eq!(request(order), expected);
    }

    fn list(state: &str) -> Order {
        Order::List { state: Some(state.to_owned()) }
    }

    #[test]
    fn orders_become_requests() {
        let add = Order::Add {
            matchers: vec!["service=shop".to_owned()],
            comment: "known".to_owned(),
            lasts: Some("2h".to_owned()),
            until: None,
            from: None,
            by: Some("ann".to_owned()),
        };
        let body = json!({"matchers": ["service=shop"], "comment": "known", "for": "2h", "by": "ann"});
        check(&add, Ok(("POST", "", body)));
        check(&Order::List { state: None }, Ok(("GET", "", Value::Null)));
        check(&list("active"), Ok(("GET", "?state=active", Value::Null)));
        check(&list("on"), Err("\"on\" is none of active, pending, expired"));
        let end = |id: &str| Order::End { id: id.to_owned(), by: None };
        check(&end("sil-1"), Ok(("DELETE", "/sil-1", json!({}))));
        let until = |at: Option<&str>, lasts: Option<&str>| Order::Until {
            id: "sil-1".to_owned(),
            at: at.map(str::to_owned),
            lasts: lasts.map(str::to_owned),
            by: Some("ben".to_owned()),
        };
        check(&until(Some("T"), None), Ok(("PATCH", "/sil-1", json!({"ends_at": "T", "by": "ben"}))));
        check(&until(None, Some("2h")), Ok(("PATCH", "/sil-1", json!({"for": "2h", "by": "ben"}))));
        check(&end("a/b"), Err("\"a/b\" is not the id of a silence; `tocsin silence list` shows them"));
    }

    #[test]
    fn silences_are_shown_a_line_each() {
        let one = json!({"id": "sil-1", "state": "active", "matchers": ["a=\"b\"", "c=~\"d\""], "by": "ann",
            "starts_at": "S", "ends_at": "E", "comment": "known"});
        let line = "sil-1 active: {a=\"b\", c=~\"d\"} from S until E, by ann: known\n";
        assert_eq!(shown(&one), line);
        assert_eq!(shown(&json!({"items": [one, one]})), line.repeat(2));
        assert_eq!(shown(&json!({"items": []})), "There are no silences.\n");
    }
}
