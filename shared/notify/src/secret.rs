use std::fmt;
use std::future::Future;

use domain::notification::Secret;
use reqwest::Url;

/// Reveals what a reference stands for; wired to SSM and Secrets Manager by the functions.
pub trait Secrets {
    /// The secret's value.
    ///
    /// # Errors
    /// In a sentence that does not hold the value; the notification is tried again later.
    fn reveal(&self, secret: &Secret) -> impl Future<Output = Result<Revealed, String>> + Send;
}

/// A secret's value. It shows itself to nobody.
#[derive(Clone, PartialEq, Eq)]
pub struct Revealed(String);

/// Stands where a secret stood.
const HIDDEN: &str = "[secret]";
/// Parts of an address that are shorter are words like any other.
const PART_BYTES_MIN: usize = 8;

impl Revealed {
    /// The value `text`, without the white space that editors and shells leave around it.
    pub fn new(text: &str) -> Self {
        Self(text.trim().to_owned())
    }

    pub(crate) fn expose(&self) -> &str {
        &self.0
    }

    /// `text` without this secret: neither whole, nor its path where it is an address, nor the begin of one at the end
    /// of a text that was cut.
    pub(crate) fn hide(&self, text: &str) -> String {
        let mut clean = text.to_owned();
        for part in self.parts() {
            clean = clean.replace(&part, HIDDEN);
            let begun = (PART_BYTES_MIN..part.len())
                .rev()
                .find(|length| part.is_char_boundary(*length) && clean.ends_with(&part[..*length]));
            if let Some(length) = begun {
                clean.truncate(clean.len() - length);
                clean.push_str(HIDDEN);
            }
        }
        clean
    }

    /// What must not be shown, the longest first.
    fn parts(&self) -> Vec<String> {
        let mut parts = Vec::new();
        if !self.0.is_empty() {
            parts.push(self.0.clone());
        }
        if let Ok(url) = Url::parse(&self.0) {
            let last = url.path().rsplit('/').next().unwrap_or_default().to_owned();
            let inner = [url.path().to_owned(), last, url.query().unwrap_or_default().to_owned()];
            parts.extend(inner.into_iter().filter(|part| part.len() >= PART_BYTES_MIN));
        }
        parts
    }
}

impl fmt::Debug for Revealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(HIDDEN)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_hides_whole_in_part_and_cut_off() {
        fn check(secret: &str, text: &str, expected: &str) {
            assert_eq!(Revealed::new(secret).hide(text), expected);
        }
        let slack = "https://hooks.slack.com/services/T0/B0/abcdefghij";
        check(slack, &format!("no {slack} here"), "no [secret] here");
        check(slack, "no service /services/T0/B0/abcdefghij", "no service [secret]");
        check(slack, "token abcdefghij is gone", "token [secret] is gone");
        check(slack, "token abcdefghi", "token [secret]");
        check("http://127.0.0.1/slack", "slack is fine", "slack is fine");
        check("key\n", "the key", "the [secret]");
        check("", "nothing to hide", "nothing to hide");
        assert_eq!(format!("{:?}", Revealed::new("key")), "[secret]");
    }
}
