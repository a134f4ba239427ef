//! A team's own words: templates of Jinja over what is known, with limits, and with the usual words behind them.

use std::collections::BTreeSet;

use domain::event::EventKind;
use domain::notification::{ChannelKind, Notification, Template};
use domain::units::Time;
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, Error, Output, UndefinedBehavior, Value};
use serde_json::json;

use super::labels;
use super::links::Link;
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

/// What is wrong with a template.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Wrong {
    /// Which: `title` or `body`.
    pub template: &'static str,
    /// What.
    pub wrong: String,
    /// What to do.
    pub hint: String,
}

/// All that is wrong with the templates of a channel of this kind, each tried on `samples`: every name that is none, and
/// else what goes wrong first.
pub fn mistakes(template: &Template, kind: &ChannelKind, samples: &[Notification]) -> Vec<Wrong> {
    let contexts: Vec<_> = samples.iter().map(|sample| (sample.event.kind, context(sample, sample.event.at))).collect();
    let templates = [("title", &template.title), ("body", &template.body)];
    let given = templates.into_iter().filter_map(|(name, text)| Some((name, text.as_deref()?)));
    given.flat_map(|given| wrong_in(given, kind, &contexts)).collect()
}

fn wrong_in(
    (template, text): (&'static str, &str),
    kind: &ChannelKind,
    contexts: &[(EventKind, serde_json::Value)],
) -> Vec<Wrong> {
    let found = unknown(text, contexts);
    if !found.is_empty() {
        let wrong = |(name, known): (String, Vec<&String>)| {
            let known: Vec<&str> = known.into_iter().map(String::as_str).collect();
            Wrong {
                template,
                wrong: format!("undefined value: there is no {name}"),
                hint: format!("known: {}", known.join(", ")),
            }
        };
        return found.into_iter().map(wrong).collect();
    }
    let wrong = contexts.iter().find_map(|(event, context)| match render((template, text), kind, context) {
        Ok(made) if made.trim().is_empty() => Some(format!("it says nothing of {event}")),
        Ok(_) => None,
        Err(error) => Some(format!("{error} (tried on {event})")),
    });
    let hint = "docs/notifications.md lists what a template can name".to_owned();
    wrong.map(|wrong| Wrong { template, wrong, hint }).into_iter().collect()
}

/// The names of a template that nothing has, in any of these contexts, each with those that are known there.
fn unknown<'c>(text: &str, contexts: &'c [(EventKind, serde_json::Value)]) -> Vec<(String, Vec<&'c String>)> {
    let environment = Environment::new();
    let Ok(template) = environment.template_from_str(text) else { return Vec::new() };
    let mut named: Vec<String> = template.undeclared_variables(true).into_iter().collect();
    named.sort();
    let globals: Vec<&str> = environment.globals().map(|(name, _)| name).collect();
    named.retain(|name| !globals.contains(&name.split('.').next().unwrap_or_default()));
    named.into_iter().filter_map(|name| nowhere(&name, contexts).map(|known| (name, known))).collect()
}

/// What is known beside the first part of `name` that no context has; `None`: one has it, or it is a label, of which others
/// may have any.
fn nowhere<'c>(name: &str, contexts: &'c [(EventKind, serde_json::Value)]) -> Option<Vec<&'c String>> {
    let mut within: Vec<&serde_json::Value> = contexts.iter().map(|(_, context)| context).collect();
    for part in name.split('.') {
        let known: BTreeSet<&String> =
            within.iter().filter_map(|one| one.as_object()).flat_map(|one| one.keys()).collect();
        if known.is_empty() {
            return None;
        }
        if !known.iter().any(|known| *known == part) {
            return Some(known.into_iter().collect());
        }
        if part == "labels" {
            return None;
        }
        within = within.iter().filter_map(|one| one.get(part)).collect();
    }
    None
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
    context["since"] = json!(story.clock.dated(notification.incident.opened_at));
    context["labels"] = json!(labels::shown(story.labels()));
    let link = |(name, url): (&str, &str)| json!({ "name": name, "url": url });
    context["links"] = story.links.iter().filter_map(Link::opens).map(link).collect();
    context["lines"] = json!({
        "alerts": story.alert_lines(),
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
