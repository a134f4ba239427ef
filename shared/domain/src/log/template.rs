//! One template by itself: which lines are of it, and how it is shown.

use super::header::message;
use super::json::sentence;
use super::mask::VALUE;
use super::words::Words;

/// A longer word may be a key or a token, whatever its letters are.
const WORD_CHARS_MAX: usize = 24;
/// What stands behind such a word may be a secret.
const SECRETS: [&str; 10] =
    ["password", "passwd", "pwd", "secret", "token", "key", "apikey", "authorization", "bearer", "credential"];

/// The words of a template, with `<*>` for values.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Template {
    words: Vec<String>,
}

impl Template {
    /// The template with these words, as `tocsin templates` writes it.
    pub fn of(text: &str) -> Self {
        Self { words: text.split_whitespace().map(str::to_owned).collect() }
    }

    /// Whether `line` is of this template: as many words, the same or a value in each place.
    pub fn matches(&self, line: &str) -> bool {
        let mut words = Words::default();
        words.read(message(&sentence(line)));
        let tokens = words.tokens();
        tokens.len() == self.words.len() && tokens.zip(&self.words).all(|(token, word)| word == VALUE || word == token)
    }
}

/// A template as it may be shown to everybody who hears of an alert: without words that could be a secret or a person's
/// address, since a word is only known to be a value once others were seen in its place.
pub fn shown(template: &str) -> String {
    let mut behind_secret = false;
    let words = template.split_whitespace().map(|word| {
        let hidden = behind_secret || is_odd(word);
        let name = word.trim_end_matches(|c: char| !c.is_alphanumeric()).to_ascii_lowercase();
        // `password is x`, `token: x`: what joins them does not hide it.
        let joins = behind_secret && matches!(&*name, "is" | "was" | "");
        behind_secret = joins || names_secret(&name);
        match word.find(['=', ':']) {
            _ if joins => word.to_owned(),
            Some(at) if names_secret(&word[..at].to_ascii_lowercase()) && at + 1 < word.len() => {
                behind_secret = false;
                format!("{}{VALUE}", &word[..=at])
            }
            _ if hidden => VALUE.to_owned(),
            _ => word.to_owned(),
        }
    });
    words.collect::<Vec<_>>().join(" ")
}

fn names_secret(word: &str) -> bool {
    let parts = word.split(|c: char| !c.is_ascii_alphabetic());
    parts.into_iter().any(|part| SECRETS.iter().any(|name| part == *name || part.strip_suffix('s') == Some(name)))
}

/// Too long for a word, an address of e-mail, or letters and digits in turn. The names of a line's fields are no word.
fn is_odd(word: &str) -> bool {
    if word.starts_with('{') && word.ends_with('}') {
        return false;
    }
    let bare = word.replace(VALUE, "");
    let digits = bare.chars().filter(char::is_ascii_digit).count();
    bare.chars().count() > WORD_CHARS_MAX || bare.contains('@') || digits > 1 && bare.chars().any(char::is_alphabetic)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_match(template: &str, line: &str, expected: bool) {
        assert_eq!(Template::of(template).matches(line), expected, "{template} | {line}");
    }

    #[test]
    fn lines_are_of_a_template_whatever_their_values_and_header() {
        check_match("Connection refused by <*>", "Connection refused by 10.0.0.1", true);
        check_match("Connection refused by <*>", "2026-01-31T14:06:00Z ERROR Connection refused by 10.0.0.1:80", true);
        check_match("Connection refused by <*>", "Connection refused by nobody", true);
        check_match("Connection refused by <*>", "Connection reset by 10.0.0.1", false);
        check_match("Connection refused by <*>", "Connection refused by 10.0.0.1 again", false);
        check_match("{level,msg} cart <*> is gone", r#"{"level":"warn","msg":"cart 17 is gone"}"#, true);
        check_match("{level,msg} cart <*> is gone", r#"{"msg":"cart 17 is gone"}"#, false);
    }

    fn check_shown(template: &str, expected: &str) {
        assert_eq!(shown(template), expected);
    }

    #[test]
    fn what_could_be_a_secret_is_not_shown() {
        check_shown("Connection refused by <*>", "Connection refused by <*>");
        check_shown("{level,msg,request_id} cart <*> is gone", "{level,msg,request_id} cart <*> is gone");
        check_shown("login with password hunter failed", "login with password <*> failed");
        check_shown("the password is hunter today", "the password is <*> today");
        check_shown("api_key=abcdef rest", "api_key=<*> rest");
        check_shown("Authorization: Bearer abcdef", "Authorization: <*> <*>");
        check_shown("two tokens: abc", "two tokens: <*>");
        check_shown("got AbCdEfGhIjKlMnOpQrStUvWxYz back", "got <*> back");
        check_shown("got aZ3kQ9 back", "got <*> back");
        check_shown("mail to ann@example.com bounced", "mail to <*> bounced");
        check_shown("SOCKS5 monkey", "SOCKS5 monkey");
    }
}
