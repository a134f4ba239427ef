use std::fmt::Write;

use domain::metric::{Failure, FailureKind, Query};
use domain::units::Time;
use engine::port::Ask;
use reqwest::Url;

use crate::samples::failure;

/// One query as it is sent.
///
/// A sample belongs to the period that begins at its time; an expression such as `rate(errors[1m])` looks back. So the
/// period `[t, t + period)` is the expression at its end, and `[from, until)` is asked from `from + period` to `until`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Question {
    /// `query` when one point is asked, else `query_range`.
    pub(super) path: &'static str,
    /// The body, form encoded.
    pub(super) form: String,
    /// Tells this question from others.
    pub(super) seed: String,
}

impl Question {
    /// The question that an ask is.
    pub(super) fn of(ask: &Ask<'_>) -> Self {
        let expression = match &ask.series.query {
            Query::Prometheus { expression } => expression.as_str(),
            // A configuration has no such series; the server refuses it and says so.
            _ => "",
        };
        let period = ask.series.period;
        let first = ask.from + period;
        let text = |time: Time| time.epoch().to_string();
        let (path, pairs) = if first >= ask.until {
            ("query", vec![("query", expression.to_owned()), ("time", text(first))])
        } else {
            let pairs = vec![
                ("query", expression.to_owned()),
                ("start", text(first)),
                ("end", text(ask.until)),
                ("step", period.seconds().to_string()),
            ];
            ("query_range", pairs)
        };
        let form: Vec<String> = pairs.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect();
        Self { path, form: form.join("&"), seed: ask.series.id.to_string() }
    }
}

/// The base address of a server, checked: HTTPS, or HTTP to this machine.
pub(super) fn base(url: &str) -> Result<Url, Failure> {
    let refused = |detail: &str| failure(FailureKind::Rejected, detail);
    let parsed = Url::parse(url.trim_end_matches('/')).map_err(|error| refused(&format!("its address: {error}")))?;
    let loopback = match parsed.host_str() {
        Some("localhost" | "[::1]") => true,
        Some(host) => host.parse::<std::net::Ipv4Addr>().is_ok_and(|address| address.is_loopback()),
        None => false,
    };
    if !parsed.username().is_empty() || parsed.password().is_some() || parsed.query().is_some() {
        return Err(refused("its address holds more than scheme, host, port and path"));
    }
    match parsed.scheme() {
        "https" => Ok(parsed),
        "http" if loopback => Ok(parsed),
        _ => Err(refused("its address must begin with https://; http:// is for this machine only")),
    }
}

/// Percent-encoding of everything but RFC 3986's unreserved characters.
fn encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len() * 2);
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => encoded.push(char::from(byte)),
            _ => write!(encoded, "%{byte:02X}").expect("writing to a String does not fail"),
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use domain::units::Span;

    use super::*;
    use crate::wire::{ask, series};

    fn check(expression: &str, from: i64, until: i64, path: &str, form: &str) {
        let (mut series, source) = series("Sum", 60);
        series.period = Span::MINUTE;
        series.query = Query::Prometheus { expression: expression.to_owned() };
        let question = Question::of(&ask(&series, &source, from, until));
        assert_eq!((question.path, question.form.as_str()), (path, form));
    }

    #[test]
    fn a_period_is_the_expression_at_its_end() {
        check("up", 0, 60, "query", "query=up&time=60");
        check("up", 0, 120, "query_range", "query=up&start=60&end=120&step=60");
        check("a{b=\"ä+\"}", 0, 60, "query", "query=a%7Bb%3D%22%C3%A4%2B%22%7D&time=60");
    }

    #[test]
    fn plain_http_is_for_this_machine_only() {
        for url in [
            "https://prom.example.com",
            "https://prom.example.com:9090/prefix/",
            "http://127.0.0.1:9090",
            "http://localhost/x",
            "http://[::1]:9090",
        ] {
            assert!(base(url).is_ok(), "{url}");
        }
        for url in [
            "http://prom.example.com",
            "http://10.0.0.1",
            "http://127.0.0.1.example.com",
            "ftp://127.0.0.1",
            "prom:9090",
            "",
            "https://user:pass@prom.example.com",
            "https://prom.example.com?token=x",
        ] {
            let failure = base(url).unwrap_err();
            assert_eq!(failure.kind, FailureKind::Rejected, "{url}");
            assert!(!failure.detail.contains("pass") && !failure.detail.contains("token"), "{failure}");
        }
    }
}
