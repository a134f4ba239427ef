use std::fmt::Write as _;

use super::Told;

/// How a message is seen.
pub(super) enum Drawn {
    /// As a vendor's client shows it, about.
    Html(String),
    /// As it is sent: nobody sees it otherwise.
    Code,
}

/// The signs of our messages as coloured dots, since not every machine has a font for them.
const SIGNS: [(&str, &str); 13] = [
    ("🔴", "#d11a2a"),
    ("🟠", "#ef7d00"),
    ("🟡", "#e6b800"),
    ("🔵", "#1264a3"),
    ("✅", "#2eb67d"),
    ("👀", "#616061"),
    ("✋", "#8f3fbf"),
    ("💡", "#e6b800"),
    ("🔧", "#616061"),
    ("❗", "#d11a2a"),
    ("⏰", "#1264a3"),
    ("🔗", "#616061"),
    ("📝", "#616061"),
];

const STYLE: &str = "body{font:15px/1.45 system-ui,sans-serif;margin:24px;max-width:760px;color:#1d1c1d}\
h2{margin:32px 0 4px}h3{font-size:13px;color:#616061;margin:18px 0 6px;font-weight:600}\
.slack,.card,.mail,pre{border:1px solid #ddd;border-radius:8px;padding:12px 16px;background:#fff}\
.slack b.header{font-size:18px;display:block;margin-bottom:6px}.slack p{margin:6px 0;white-space:pre-wrap}\
.context{color:#616061;font-size:12px}.slack a,.card a{color:#1264a3;text-decoration:none}\
button{border:1px solid #bbb;border-radius:4px;background:#fff;padding:5px 12px;margin:4px 8px 4px 0;font:600 13px system-ui}\
button.primary{background:#007a5a;border-color:#007a5a;color:#fff}button.danger{color:#e01e5a;border-color:#e01e5a}\
.card{border-left:4px solid #6264a7}.card p{margin:6px 0}.card td{padding:1px 14px 1px 0}\
.attention{color:#a4262c}.good{color:#237b4b}.warning{color:#986f0b}\
.sms{background:#e9e9eb;border-radius:18px;padding:10px 16px;display:inline-block;max-width:340px;white-space:pre-wrap;overflow-wrap:anywhere}\
i{display:inline-block;width:.8em;height:.8em;border-radius:50%}pre{white-space:pre-wrap;font-size:12px;overflow-wrap:anywhere}";

/// A page with all messages, drawn.
pub(super) fn page(told: &[Told]) -> String {
    let mut page = format!(
        "<!doctype html><html><head><meta charset=utf-8><title>Messages</title><style>{STYLE}</style></head><body>\n"
    );
    for (channel, messages) in told {
        writeln!(page, "<h2>{} <small>({})</small></h2>", escaped(channel.name.as_str()), channel.kind.as_str())
            .expect("a String takes all");
        for message in messages {
            let body = match &message.drawn {
                Drawn::Html(html) => html.clone(),
                Drawn::Code => format!("<pre>{}</pre>", escaped(&message.text)),
            };
            writeln!(page, "<h3>{}</h3>\n{body}", escaped(&message.event)).expect("a String takes all");
        }
    }
    let dot = |colour: &str| format!("<i style=\"background:{colour}\"></i>");
    let dotted = SIGNS.iter().fold(page, |page, (sign, colour)| page.replace(sign, &dot(colour)));
    dotted + "</body></html>\n"
}

pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
