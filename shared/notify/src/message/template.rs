//! A team's own words: templates of Jinja over what is known, with limits, and with the usual words behind them.

use domain::notification::{ChannelKind, Notification, Template};
use domain::units::Time;
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, Error, Output, UndefinedBehavior, Value};
use serde_json::json;

use super::story::Story;
use super::text::escaped;
use super::webhook;

/// Steps that a template may take: a list of all alerts of the largest incident takes some thousands.
pub const FUEL_MAX: u64 = 100_000;
/// Bytes of what comes out of a template; no vendor takes more, and what it does not take is cut.
pub const RESULT_BYTES_MAX: usize = 64 * 1024;

/// What a team says in its own words; what is `None` is said in ours.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Words {
    /// Instead of our title.
    pub title: Option<String>,
    /// Instead of our text.
    pub body: Option<String>,
    /// Why our words stand where the team's should.
    pub note: Option<String>,
}

impl Words {
    /// The team's text, or ours with the note.
    pub(super) fn body_or(&self, ours: impl FnOnce() -> String) -> String {
        let body = self.body.clone().unwrap_or_else(ours);
        match &self.note {
            Some(note) => format!("{body}\n{note}"),
            None => body,
        }
    }
}

/// What the templates of a channel of this kind make of a notification at `now`. One that fails is left out, and the
/// message says so: a page with our words is better than none.
pub fn words(template: &Template, kind: &ChannelKind, notification: &Notification, now: Time) -> Words {
    if template.title.is_none() && template.body.is_none() {
        return Words::default();
    }
    let context = context(notification, now);
    let mut failed = Vec::new();
    let mut make = |name: &str, text: Option<&str>| {
        let made =
            render((name, text?), kind, &context).map_err(|error| failed.push(format!("{name}: {error}"))).ok()?;
        // Of nothing no message can be made.
        Some(made).filter(|made| made.chars().any(|c| !c.is_whitespace() && !c.is_control()))
    };
    let (title, body) = (make("title", template.title.as_deref()), make("body", template.body.as_deref()));
    let note = (!failed.is_empty()).then(|| format!("(This channel's template failed, {}.)", failed.join("; ")));
    Words { title, body, note }
}

/// What is wrong with the templates of a channel of this kind, each tried on `samples`.
pub fn mistakes(template: &Template, kind: &ChannelKind, samples: &[Notification]) -> Vec<(&'static str, String)> {
    let mut found: Vec<(&'static str, String)> = Vec::new();
    for sample in samples {
        let context = context(sample, sample.event.at);
        for (name, text) in [("title", &template.title), ("body", &template.body)] {
            let Some(text) = text else { continue };
            if found.iter().any(|(known, _)| *known == name) {
                continue;
            }
            match render((name, text), kind, &context) {
                Ok(made) if made.trim().is_empty() => {
                    found.push((name, format!("it says nothing of {}", sample.event.kind)));
                }
                Ok(_) => {}
                Err(error) => found.push((name, format!("{error} (tried on {})", sample.event.kind))),
            }
        }
    }
    found
}

/// What templates can name; `docs/notifications.md` describes it. It is the webhook's body, and what makes a sentence.
fn context(notification: &Notification, now: Time) -> serde_json::Value {
    let story = Story::of(notification);
    let mut context: serde_json::Value =
        serde_json::from_slice(&webhook(notification, &Words::default())).expect("we have written it as JSON");
    context["now"] = json!(now);
    context["channel"] = json!(notification.channel);
    context["marker"] = json!(story.marker);
    context["headline"] = json!(story.headline);
    context["what"] = json!(story.happened);
    context["lasted"] = json!(story.lasted);
    context["since"] = json!(format!("{} UTC", notification.incident.opened_at.clock()));
    context["lines"] = json!({
        "alerts": story.alerts,
        "related": story.related,
        "changes": story.changes,
        "actions": story.actions,
    });
    context["link"] = json!(story.link.unwrap_or_default());
    context
}

fn render((name, text): (&str, &str), kind: &ChannelKind, context: &serde_json::Value) -> Result<String, String> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_fuel(Some(FUEL_MAX));
    // What is put into a text must not become a mention or a link; what the team writes itself may. A title has neither.
    if name == "body" && matches!(kind, ChannelKind::Slack { .. } | ChannelKind::SlackBot { .. }) {
        environment.set_formatter(|out: &mut Output<'_>, state, value: &Value| {
            minijinja::escape_formatter(out, state, &Value::from(escaped(&value.to_string())))
        });
    }
    environment.set_auto_escape_callback(|_| AutoEscape::None);
    let made = environment.render_str(text, Value::from(Serde(context))).map_err(|error| words_of(&error))?;
    if made.len() > RESULT_BYTES_MAX {
        return Err(format!("it makes {} bytes, above {RESULT_BYTES_MAX}", made.len()));
    }
    Ok(made)
}

fn words_of(error: &Error) -> String {
    let line = error.line().map_or_else(String::new, |line| format!("line {line}: "));
    let detail = error.detail().map_or_else(String::new, |detail| format!(": {detail}"));
    format!("{line}{}{detail}", error.kind())
}
