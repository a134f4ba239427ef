//! A page for somebody who holds nothing but a link: plain HTML, no scripts, nothing from elsewhere.

use std::fmt::Write as _;

use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::StatusCode;
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, RETRY_AFTER, X_CONTENT_TYPE_OPTIONS,
    X_FRAME_OPTIONS,
};
use sha2::{Digest, Sha256};

const STYLE: &str = ":root{color-scheme:light dark}\
body{font:1.1rem/1.5 system-ui,sans-serif;max-width:42rem;margin:2rem auto;padding:0 1rem;overflow-wrap:anywhere}\
h1{font-size:1.5rem;line-height:1.3}h2{font-size:1.15rem;margin:1.8rem 0 .4rem}\
dl{display:grid;grid-template-columns:max-content 1fr;gap:.2rem 1rem}dt{font-weight:600}dd{margin:0}ul{margin:0;padding:0 0 0 1.2rem}li{margin:.3rem 0}\
button{font:inherit;padding:.8rem 1.4rem;border:0;border-radius:.4rem;background:#0b5fff;color:#fff}";

/// What is shown.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Page {
    /// The answer's status.
    pub status: StatusCode,
    /// The heading.
    pub title: String,
    /// What came of it, in a sentence or two.
    pub words: String,
    /// Names and values.
    pub facts: Vec<(&'static str, String)>,
    /// Lists below them, each under its title; one without lines is not shown.
    pub sections: Vec<(&'static str, Vec<Line>)>,
    /// What the one button says, which posts to this page's own address.
    pub button: Option<&'static str>,
    /// When it may work, in seconds.
    pub retry_after_seconds: Option<u32>,
}

/// One line of a list, with where it leads.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Line {
    /// The line.
    pub words: String,
    /// Words and address; an address is on the web or beside this page, anything else is shown as it is.
    pub links: Vec<(String, String)>,
}

impl From<String> for Line {
    fn from(words: String) -> Self {
        Self { words, links: Vec::new() }
    }
}

impl Page {
    pub(crate) fn new(status: StatusCode, title: &str, words: impl Into<String>) -> Self {
        let (title, words) = (title.to_owned(), words.into());
        Self { status, title, words, facts: Vec::new(), sections: Vec::new(), button: None, retry_after_seconds: None }
    }

    fn html(&self) -> String {
        let title = escaped(&self.title);
        let mut html = format!(
            "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"robots\" content=\"noindex, nofollow\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{title}</h1>\n<p>{}</p>\n",
            escaped(&self.words)
        );
        if !self.facts.is_empty() {
            html.push_str("<dl>\n");
            for (name, value) in &self.facts {
                writeln!(html, "<dt>{name}</dt><dd>{}</dd>", escaped(value))
                    .expect("writing to a String does not fail");
            }
            html.push_str("</dl>\n");
        }
        if let Some(button) = self.button {
            writeln!(html, "<form method=\"post\"><button type=\"submit\">{button}</button></form>")
                .expect("writing to a String does not fail");
        }
        for (title, lines) in self.sections.iter().filter(|(_, lines)| !lines.is_empty()) {
            let lines: String = lines.iter().map(Line::html).collect();
            write!(html, "<h2>{title}</h2>\n<ul>\n{lines}</ul>\n").expect("writing to a String does not fail");
        }
        html.push_str("</main>\n</body>\n</html>\n");
        html
    }
}

impl Line {
    fn html(&self) -> String {
        let mut html = format!("<li>{}", escaped(&self.words));
        for (words, address) in &self.links {
            let (words, shown) = (escaped(words), escaped(address));
            let leads = ["https://", "http://", "../"].iter().any(|start| address.starts_with(start));
            if leads {
                write!(html, " <a href=\"{shown}\" rel=\"noreferrer\">{words}</a>")
            } else {
                write!(html, " {words}: {shown}")
            }
            .expect("writing to a String does not fail");
        }
        html.push_str("</li>\n");
        html
    }
}

impl IntoResponse for Page {
    fn into_response(self) -> Response {
        let style = STANDARD.encode(Sha256::digest(STYLE));
        let policy = format!(
            "default-src 'none'; style-src 'sha256-{style}'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
        );
        let headers = [
            (CONTENT_TYPE, "text/html; charset=utf-8"),
            (CONTENT_SECURITY_POLICY, &policy),
            (CACHE_CONTROL, "no-store"),
            (REFERRER_POLICY, "no-referrer"),
            (X_CONTENT_TYPE_OPTIONS, "nosniff"),
            (X_FRAME_OPTIONS, "DENY"),
        ];
        let mut response = (self.status, headers, [("x-robots-tag", "noindex, nofollow")], self.html()).into_response();
        if let Some(seconds) = self.retry_after_seconds {
            response.headers_mut().insert(RETRY_AFTER, seconds.into());
        }
        response
    }
}

fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            c if c.is_control() => safe.push(' '),
            c => safe.push(c),
        }
    }
    safe
}
