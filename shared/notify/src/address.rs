use std::net::IpAddr;

use reqwest::Url;

/// The address in `text`, if messages may go there: TLS, or plain HTTP that does not leave the machine.
///
/// # Errors
/// In a sentence that does not hold the address, which may be a secret.
pub(crate) fn parse(text: &str) -> Result<Url, &'static str> {
    let url = Url::parse(text).map_err(|_| "it is not an address that begins with https://")?;
    let local = url.host_str().is_some_and(|host| {
        let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
        host == "localhost" || address.is_ok_and(|address| address.is_loopback())
    });
    match url.scheme() {
        "https" => Ok(url),
        "http" if local => Ok(url),
        "http" => Err("it is plain HTTP, which is allowed to loopback only; write https://"),
        _ => Err("it is not an address that begins with https://"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_stays_on_the_machine() {
        fn check(text: &str, expected: bool) {
            assert_eq!(parse(text).is_ok(), expected, "{text}");
        }
        check("https://hooks.slack.com/services/T/B/x", true);
        check("http://127.0.0.1:8099/slack", true);
        check("http://[::1]:8099/slack", true);
        check("http://localhost/slack", true);
        check("http://hooks.slack.com/services/T/B/x", false);
        check("http://127.0.0.1.example.com/", false);
        check("ftp://127.0.0.1/", false);
        check("hooks.slack.com", false);
        check("", false);
    }
}
