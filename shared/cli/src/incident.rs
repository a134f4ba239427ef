//! `tocsin incident`: which there are, what one is about, who has it, and whether two are one; asked of the deployed API.

mod shown;

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use crate::reach::{api_root, ask_all, ask_api, is_id, read_api, with_by};
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
    /// The post-mortem of an incident, as Markdown.
    PostMortem {
        /// Its id.
        id: String,
    },
    /// Open an incident that no alert has found.
    Open {
        /// A service of the configuration.
        #[arg(long)]
        service: String,
        /// SEV1 to SEV4, or critical, high, medium, low.
        #[arg(long)]
        severity: String,
        /// One line for people: what is wrong.
        title: String,
        #[command(flatten)]
        by: By,
    },
    /// Take it: you work on it, and nobody else is called.
    Acknowledge(One),
    /// Take it from whoever has it.
    TakeOver(One),
    /// Take it, and be called again later.
    Snooze {
        #[command(flatten)]
        one: One,
        #[command(flatten)]
        end: End,
    },
    /// Have the next step of its escalation policy called now.
    Escalate(One),
    /// Be told of it again only when it is over, or worse.
    Mute(One),
    /// Be told of it as ever.
    Unmute(One),
    /// Write a note into its timeline; a word of whoever has it answers a reminder.
    Note {
        #[command(flatten)]
        one: One,
        /// The words.
        text: String,
    },
    /// End it, whatever its alerts say.
    Resolve {
        #[command(flatten)]
        one: One,
        /// Why, for the timeline.
        #[arg(long)]
        reason: Option<String>,
    },
    /// Give leave to an action that waits for it.
    Approve {
        #[command(flatten)]
        one: One,
        /// The action, as `show` prints it.
        action: String,
    },
    /// Refuse an action that waits for leave.
    Refuse {
        #[command(flatten)]
        one: One,
        /// The action, as `show` prints it.
        action: String,
    },
    /// Have an incident go on in another one, and show that.
    Merge {
        #[command(flatten)]
        one: One,
        /// The incident that goes on.
        #[arg(long)]
        into: String,
    },
    /// Split alerts off into an incident of their own, and show that.
    Split {
        #[command(flatten)]
        one: One,
        /// Fingerprints of the alerts that leave, as `show` prints them.
        #[arg(long = "alert", required = true, num_args = 1..)]
        alerts: Vec<String>,
    },
    /// Say that two incidents are not one: they are not merged but by a person.
    Dismiss {
        #[command(flatten)]
        one: One,
        /// The other, which is related to it.
        #[arg(long)]
        related: String,
    },
}

/// The incident, and who does it.
#[derive(Args)]
struct One {
    /// Its id, such as inc-....
    id: String,
    #[command(flatten)]
    by: By,
}

#[derive(Args)]
struct By {
    /// Who does it, beside the caller that the signature names.
    #[arg(long)]
    by: Option<String>,
}

#[derive(Args)]
#[group(required = true, multiple = false)]
struct End {
    /// After how long, such as 45m; at most 7d.
    #[arg(long = "for")]
    lasts: Option<String>,
    /// When, RFC 3339.
    #[arg(long)]
    until: Option<String>,
}

const DONE: u8 = 0;
const FAILED: u8 = 2;
const STATES: [&str; 7] = ["open", "triggered", "acknowledged", "mitigating", "resolved", "closed", "all"];

/// Asks, prints, and returns the exit code.
pub(crate) fn incident(arguments: &Arguments) -> u8 {
    match answered(arguments) {
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

fn answered(Arguments { order, api, format }: &Arguments) -> Result<String, String> {
    let root = api_root(api)?;
    let (path, body) = request(order)?;
    let url = format!("{root}/v1{path}");
    if let (Order::PostMortem { .. }, Format::Text) = (order, format) {
        return read_api(&url);
    }
    let answer = match (body, order) {
        (Some(body), _) => ask_api("POST", &url, Some(&body.to_string()))?,
        (None, Order::List { .. }) => ask_all(&url)?,
        (None, _) => ask_api("GET", &url, None)?,
    };
    Ok(match (format, order) {
        (Format::Json, _) => format!("{answer:#}\n"),
        (Format::Text, Order::List { .. }) => shown::list(&answer),
        (Format::Text, _) => shown::one(&answer),
    })
}

/// The path below `/v1`, and what is told; nothing is where it is only asked.
fn request(order: &Order) -> Result<(String, Option<Value>), String> {
    let (one, what, body) = match order {
        Order::List { state } => return Ok((listed(state)?, None)),
        Order::Show { id } => return Ok((format!("/incidents/{}", named(id)?), None)),
        Order::PostMortem { id } => return Ok((format!("/post-mortems/{}", named(id)?), None)),
        Order::Open { service, severity, title, by } => {
            let body = json!({ "service": service, "severity": severity, "title": title });
            return Ok(("/incidents".to_owned(), Some(with_by(body, by.by.as_deref()))));
        }
        Order::Acknowledge(one) => (one, "acknowledge".to_owned(), json!({})),
        Order::TakeOver(one) => (one, "take-over".to_owned(), json!({})),
        Order::Snooze { one, end } => (one, "snooze".to_owned(), ending(end)),
        Order::Escalate(one) => (one, "escalate".to_owned(), json!({})),
        Order::Mute(one) => (one, "mute".to_owned(), json!({})),
        Order::Unmute(one) => (one, "unmute".to_owned(), json!({})),
        Order::Note { one, text } => (one, "note".to_owned(), json!({ "text": text })),
        Order::Resolve { one, reason: None } => (one, "resolve".to_owned(), json!({})),
        Order::Resolve { one, reason: Some(reason) } => (one, "resolve".to_owned(), json!({ "reason": reason })),
        Order::Approve { one, action } => (one, format!("actions/{}/approve", of_actions(action)?), json!({})),
        Order::Refuse { one, action } => (one, format!("actions/{}/refuse", of_actions(action)?), json!({})),
        Order::Merge { one, into } => (one, "merge".to_owned(), json!({ "into": named(into)? })),
        Order::Split { one, alerts } => (one, "split".to_owned(), json!({ "alerts": alerts })),
        Order::Dismiss { one, related } => (one, "dismiss".to_owned(), json!({ "related": named(related)? })),
    };
    Ok((format!("/incidents/{}/{what}", named(&one.id)?), Some(with_by(body, one.by.by.as_deref()))))
}

fn listed(state: &str) -> Result<String, String> {
    match state {
        "all" => Ok("/incidents?limit=100".to_owned()),
        state if STATES.contains(&state) => Ok(format!("/incidents?limit=100&state={state}")),
        state => Err(format!("{state:?} is none of {}", STATES.join(", "))),
    }
}

fn ending(End { lasts, until }: &End) -> Value {
    let given = [("for", lasts), ("until", until)].into_iter();
    given.filter_map(|(name, value)| Some((name.to_owned(), Value::from(value.clone()?)))).collect()
}

fn of_actions(id: &str) -> Result<&str, String> {
    let wrong = || format!("{id:?} is not the id of an action; `tocsin incident show` prints them");
    is_id(id).then_some(id).ok_or_else(wrong)
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
        let id = || "inc-1".to_owned();
        let one = || One { id: id(), by: By { by: Some("ann".to_owned()) } };
        let list = |state: &str| Order::List { state: state.to_owned() };
        check(&list("open"), Ok(("/incidents?limit=100&state=open", None)));
        check(&list("all"), Ok(("/incidents?limit=100", None)));
        let states = "open, triggered, acknowledged, mitigating, resolved, closed, all";
        check(&list("on"), Err(&format!("\"on\" is none of {states}")));
        check(&Order::Show { id: id() }, Ok(("/incidents/inc-1", None)));
        check(&Order::PostMortem { id: id() }, Ok(("/post-mortems/inc-1", None)));
        let wrong = "\"a/b\" is not the id of an incident; `tocsin incident list` shows them";
        check(&Order::Show { id: "a/b".to_owned() }, Err(wrong));
        check(&Order::PostMortem { id: "a/b".to_owned() }, Err(wrong));
        let [service, severity, title] = ["shop", "SEV2", "no orders"].map(str::to_owned);
        let body = json!({"service": "shop", "severity": "SEV2", "title": "no orders"});
        check(&Order::Open { service, severity, title, by: By { by: None } }, Ok(("/incidents", Some(body))));
        let by = json!({"by": "ann"});
        for (order, path) in [
            (Order::Acknowledge(one()), "/incidents/inc-1/acknowledge"),
            (Order::TakeOver(one()), "/incidents/inc-1/take-over"),
            (Order::Escalate(one()), "/incidents/inc-1/escalate"),
            (Order::Mute(one()), "/incidents/inc-1/mute"),
            (Order::Unmute(one()), "/incidents/inc-1/unmute"),
            (Order::Resolve { one: one(), reason: None }, "/incidents/inc-1/resolve"),
            (Order::Approve { one: one(), action: "act-1".to_owned() }, "/incidents/inc-1/actions/act-1/approve"),
            (Order::Refuse { one: one(), action: "act-1".to_owned() }, "/incidents/inc-1/actions/act-1/refuse"),
        ] {
            check(&order, Ok((path, Some(by.clone()))));
        }
        let of_none = "\"a/b\" is not the id of an action; `tocsin incident show` prints them";
        check(&Order::Approve { one: one(), action: "a/b".to_owned() }, Err(of_none));
        let resolve = Order::Resolve { one: one(), reason: Some("mended".to_owned()) };
        check(&resolve, Ok(("/incidents/inc-1/resolve", Some(json!({"reason": "mended", "by": "ann"})))));
        let note = Order::Note { one: one(), text: "rolled back".to_owned() };
        check(&note, Ok(("/incidents/inc-1/note", Some(json!({"text": "rolled back", "by": "ann"})))));
        let snooze = |lasts: Option<&str>, until: Option<&str>| Order::Snooze {
            one: one(),
            end: End { lasts: lasts.map(str::to_owned), until: until.map(str::to_owned) },
        };
        let path = "/incidents/inc-1/snooze";
        check(&snooze(Some("45m"), None), Ok((path, Some(json!({"for": "45m", "by": "ann"})))));
        check(&snooze(None, Some("T")), Ok((path, Some(json!({"until": "T", "by": "ann"})))));
        let merge = |into: &str| Order::Merge { one: one(), into: into.to_owned() };
        check(&merge("inc-2"), Ok(("/incidents/inc-1/merge", Some(json!({"into": "inc-2", "by": "ann"})))));
        check(&merge("a/b"), Err(wrong));
        let anybody = One { id: id(), by: By { by: None } };
        let split = Order::Split { one: anybody, alerts: vec!["alert-1".to_owned(), "alert-2".to_owned()] };
        check(&split, Ok(("/incidents/inc-1/split", Some(json!({"alerts": ["alert-1", "alert-2"]})))));
        let dismiss = Order::Dismiss { one: one(), related: "inc-2".to_owned() };
        check(&dismiss, Ok(("/incidents/inc-1/dismiss", Some(json!({"related": "inc-2", "by": "ann"})))));
    }
}
