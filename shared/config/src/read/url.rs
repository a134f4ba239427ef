use serde_json::{Value as Json, json};

use super::Read;
use super::scalar::text;
use crate::notes::{Note, Notes};
use crate::schema::Definitions;
use crate::tree::Node;

/// An address that is spoken to over TLS; `http` only on this machine, for tests. No mistake repeats more of it than its
/// host, since a part of it may be a secret.
#[derive(Clone, Debug)]
pub(crate) struct Url(pub(crate) String);

const LOCAL_HOSTS: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];

impl Read for Url {
    fn read(node: &Node, notes: &mut Notes) -> Option<Self> {
        let address = text(node, "an address such as \"https://example.com/path\"", notes)?;
        match Self::problem(address) {
            None => Some(Self(address.to_owned())),
            Some((wrong, hint)) => {
                notes.add(Note::at(node.at, wrong).hint(hint));
                None
            }
        }
    }

    fn schema(_: &mut Definitions) -> Json {
        json!({ "type": "string", "pattern": r"^(https://|http://(localhost|127\.0\.0\.1|\[::1\])(:|/|$))" })
    }
}

impl Url {
    /// What is wrong with `address`, and what to write instead.
    pub(crate) fn problem(address: &str) -> Option<(String, &'static str)> {
        const FORM: &str = "write for example \"https://example.com/path\"";
        let Some((scheme, rest)) = address.split_once("://") else {
            return Some(("is not an address".to_owned(), FORM));
        };
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        if authority.contains('@') {
            let wrong = "the address holds a user name or password";
            return Some((wrong.to_owned(), "leave it out, and refer to secrets as \"ssm:/path\" where they belong"));
        }
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
            _ => (authority, None),
        };
        let host_char = |c: char| c.is_ascii_alphanumeric() || "-._:[]".contains(c);
        let odd_port = port.is_some_and(|port| port.parse::<u16>().is_err());
        let odd_rest = rest.chars().any(|c| c.is_control() || c.is_whitespace());
        if host.is_empty() || !host.chars().all(host_char) || odd_port || odd_rest {
            return Some(("is not an address".to_owned(), FORM));
        }
        match scheme {
            "https" => None,
            "http" if LOCAL_HOSTS.contains(&host) => None,
            "http" => Some((format!("http://{host} is not encrypted"), "write https://; http is for localhost only")),
            _ => Some(("is neither https nor http".to_owned(), FORM)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(address: &str, expected: Option<&str>) {
        let found = Url::problem(address);
        match expected {
            None => assert_eq!(found, None, "{address}"),
            Some(words) => assert!(
                found.as_ref().is_some_and(|(wrong, _)| wrong.contains(words) && !wrong.contains("hunter2")),
                "{address}: {found:?}"
            ),
        }
    }

    #[test]
    fn only_encrypted_or_local_addresses() {
        check("https://prometheus.example.com:9090/base", None);
        check("http://localhost:9090", None);
        check("http://127.0.0.1:8099/v2/enqueue", None);
        check("http://[::1]:8099/x", None);
        check("http://prometheus.example.com/?token=hunter2", Some("http://prometheus.example.com is not encrypted"));
        check("http://localhost.example.com/", Some("not encrypted"));
        check("https://me:hunter2@example.com/", Some("user name or password"));
        check("ftp://example.com", Some("neither https nor http"));
        check("hunter2", Some("is not an address"));
        check("https://", Some("is not an address"));
        check("https://exam ple.com", Some("is not an address"));
        check("https://example.com:99999/", Some("is not an address"));
    }
}
