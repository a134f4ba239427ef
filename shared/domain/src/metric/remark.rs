use std::fmt;

use serde::{Deserialize, Serialize};

/// Why a series has the numbers it has, in a clause for people: the error of a check, the template of log lines. Often
/// empty; one line without secrets.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Default, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct Remark(String);

impl Remark {
    /// The longest remark, in characters: two lines of a message.
    pub const CHARS_MAX: usize = 300;

    /// `text` as one line, cut at the limit.
    pub fn of(text: &str) -> Self {
        let mut line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        if let Some((at, _)) = line.char_indices().nth(Self::CHARS_MAX) {
            line.truncate(at);
            line.pop();
            line.push('…');
        }
        Self(line)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether there is nothing to say.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl From<String> for Remark {
    fn from(text: String) -> Self {
        Self::of(&text)
    }
}

impl From<Remark> for String {
    fn from(remark: Remark) -> Self {
        remark.0
    }
}

impl fmt::Display for Remark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_remark_is_one_line_with_an_end() {
        assert_eq!(Remark::of("a\nb").as_str(), "a b");
        let full = "ü".repeat(Remark::CHARS_MAX);
        assert_eq!(Remark::of(&full).as_str(), full);
        let cut = Remark::of(&format!("{full}x"));
        assert_eq!((cut.as_str().chars().count(), cut.as_str().ends_with("ü…")), (Remark::CHARS_MAX, true));
        assert_eq!(Remark::of(cut.as_str()), cut);
    }
}
