use std::fmt::Write as _;

use serde_json::Value;

use super::Message;
use super::page::{Drawn, escaped};

/// Characters of a sign and the space behind it.
const SIGN_MAX: usize = 3;

/// A message of Slack, as text and about as Slack shows it.
pub(super) fn message(event: String, message: &Value) -> Message {
    let (mut lines, mut html) = (Vec::new(), String::from("<div class=slack>"));
    for block in message["blocks"].as_array().into_iter().flatten() {
        let text = block["text"]["text"].as_str().or(block["elements"][0]["text"].as_str()).unwrap_or_default();
        match block["type"].as_str().unwrap_or_default() {
            "header" => write!(html, "<b class=header>{}</b>", escaped(text)).expect("a String takes all"),
            "context" => write!(html, "<p class=context>{}</p>", shown(text)).expect("a String takes all"),
            "actions" => {
                let (words, buttons) = row(block);
                lines.push(words);
                html += &buttons;
                continue;
            }
            _ => write!(html, "<p>{}</p>", shown(text)).expect("a String takes all"),
        }
        lines.push(text.to_owned());
    }
    Message { event, text: lines.join("\n"), drawn: Drawn::Html(html + "</div>") }
}

fn row(block: &Value) -> (String, String) {
    let (mut words, mut html) = (Vec::new(), String::new());
    for button in block["elements"].as_array().into_iter().flatten() {
        let text = button["text"]["text"].as_str().unwrap_or_default();
        words.push(format!("[{text}]"));
        let style = button["style"].as_str().unwrap_or_default();
        write!(html, "<button class=\"{style}\">{}</button>", escaped(text)).expect("a String takes all");
    }
    (words.join(" "), html)
}

/// Slack's text as HTML. It is escaped already but for whole sequences: links and dates.
fn shown(text: &str) -> String {
    let (mut html, mut rest) = (String::new(), text);
    while let Some((before, inner, after)) = sequence(rest) {
        html += before;
        let (target, label) = inner.split_once('|').unwrap_or((inner, inner));
        if target.starts_with("http") {
            write!(html, "<a href=\"{target}\">{label}</a>").expect("a String takes all");
        } else {
            html += label;
        }
        rest = after;
    }
    html += rest;
    bold(&html)
}

fn sequence(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once('<')?;
    let (inner, after) = rest.split_once('>')?;
    Some((before, inner, after))
}

/// `*What:*` at the begin of a line, or behind a sign, as our own messages have it.
fn bold(text: &str) -> String {
    let line = |line: &str| {
        let (sign, rest) = line.split_once('*').filter(|(sign, _)| sign.chars().count() <= SIGN_MAX)?;
        let (bold, rest) = rest.split_once('*')?;
        Some(format!("{sign}<b>{bold}</b>{rest}"))
    };
    let line = |text: &str| line(text).unwrap_or_else(|| text.to_owned());
    text.split('\n').map(line).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_of_slack_become_html() {
        let check = |text: &str, expected: &str| assert_eq!(shown(text), expected);
        check("*What:* 5 &gt; 3", "<b>What:</b> 5 &gt; 3");
        check("<https://example.com/?a=1&amp;b=2|Open> it", "<a href=\"https://example.com/?a=1&amp;b=2\">Open</a> it");
        check("at <!date^1^{time}|12:00> UTC", "at 12:00 UTC");
        check("🔴 *SEV1* now", "🔴 <b>SEV1</b> now");
        check("a great 2 * 3 * 4", "a great 2 * 3 * 4");
        check("*a*\n*b* c", "<b>a</b>\n<b>b</b> c");
    }
}
