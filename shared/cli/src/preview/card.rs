use std::fmt::Write as _;

use serde_json::Value;

use super::Message;
use super::page::{Drawn, escaped};

/// An Adaptive Card, as text and about as Teams shows it.
pub(super) fn message(event: String, message: &Value) -> Message {
    let card = &message["attachments"][0]["content"];
    let (mut lines, mut html) = (Vec::new(), String::from("<div class=card>"));
    for element in card["body"].as_array().into_iter().flatten() {
        if let Some(text) = element["text"].as_str() {
            let text = plain(text);
            let colour = element["color"].as_str().unwrap_or_default();
            let tag = if element["weight"] == "bolder" { "b" } else { "span" };
            write!(html, "<p><{tag} class=\"{colour}\">{}</{tag}></p>", escaped(&text)).expect("a String takes all");
            lines.push(text);
        }
        let facts: Vec<(&str, &str)> = element["facts"].as_array().into_iter().flatten().filter_map(fact).collect();
        if !facts.is_empty() {
            let row = |(title, value): &(&str, &str)| {
                format!("<tr><td><b>{}</b></td><td>{}</td></tr>", escaped(title), escaped(value))
            };
            write!(html, "<table>{}</table>", facts.iter().map(row).collect::<String>()).expect("a String takes all");
            lines.extend(facts.iter().map(|(title, value)| format!("{title}: {value}")));
        }
    }
    for action in card["actions"].as_array().into_iter().flatten() {
        let (title, url) = (action["title"].as_str().unwrap_or_default(), action["url"].as_str().unwrap_or_default());
        write!(html, "<button>{}</button>", escaped(title)).expect("a String takes all");
        lines.push(format!("[{title}] {url}"));
    }
    Message { event, text: lines.join("\n"), drawn: Drawn::Html(html + "</div>") }
}

fn fact(fact: &Value) -> Option<(&str, &str)> {
    Some((fact["title"].as_str()?, fact["value"].as_str()?))
}

/// Without the backslashes that keep foreign words from being Markdown.
fn plain(text: &str) -> String {
    let mut plain = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        plain.extend(if c == '\\' { chars.next() } else { Some(c) });
    }
    plain
}
