//! Today's syntax of matchers, with quoted names and any UTF-8 (Alertmanager `matcher/parse`).

use std::fmt::{self, Write};

use super::matcher::short;
use super::{MatcherError, Operator};

/// Label, operator, value.
pub(super) type Parts = (String, Operator, String);

/// What ends a name or value that has no quotes.
fn is_reserved(c: char) -> bool {
    c.is_whitespace() || "{}!=~,\\\"'`".contains(c)
}

/// Whether the text can stand without quotes.
pub(super) fn is_plain(text: &str) -> bool {
    !text.is_empty() && !text.contains(is_reserved)
}

/// Writes the text in quotes, so that it reads back as it is.
pub(super) fn quote(text: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    f.write_char('"')?;
    for c in text.chars() {
        match c {
            '"' | '\\' => write!(f, "\\{c}")?,
            '\n' => f.write_str("\\n")?,
            c => f.write_char(c)?,
        }
    }
    f.write_char('"')
}

/// The parts of each matcher in the text.
pub(super) fn parts(text: &str) -> Result<Vec<Parts>, MatcherError> {
    Reader { rest: text.trim() }.list().map_err(|why| MatcherError::Malformed { text: short(text), why })
}

struct Reader<'t> {
    rest: &'t str,
}

impl Reader<'_> {
    fn list(mut self) -> Result<Vec<Parts>, &'static str> {
        let braces = self.take("{");
        let mut all = Vec::new();
        while !self.rest.is_empty() && !self.rest.starts_with('}') {
            all.push(self.one()?);
            if !self.take(",") {
                break;
            }
        }
        match (braces, self.take("}")) {
            (true, false) if self.rest.is_empty() => Err("the closing brace is missing"),
            (false, true) => Err("the opening brace is missing"),
            _ if self.rest.is_empty() => Ok(all),
            _ => Err("after a value stands neither a comma nor the end"),
        }
    }

    fn one(&mut self) -> Result<Parts, &'static str> {
        let label = self.text("a label's name is missing")?;
        let operators = [Operator::Matches, Operator::NotMatches, Operator::NotEqual, Operator::Equal];
        let operator = operators.into_iter().find(|operator| self.take(operator.as_str()));
        let operator = operator.ok_or("none of =, !=, =~ and !~ follows the label's name")?;
        Ok((label, operator, self.text("the value is missing")?))
    }

    fn take(&mut self, token: &str) -> bool {
        let Some(rest) = self.rest.strip_prefix(token) else { return false };
        self.rest = rest.trim_start();
        true
    }

    fn text(&mut self, missing: &'static str) -> Result<String, &'static str> {
        if let Some(rest) = self.rest.strip_prefix('"') {
            let (text, rest) = unquote(rest)?;
            self.rest = rest.trim_start();
            return Ok(text);
        }
        let end = self.rest.find(is_reserved).unwrap_or(self.rest.len());
        let (text, rest) = self.rest.split_at(end);
        self.rest = rest.trim_start();
        if text.is_empty() { Err(missing) } else { Ok(text.to_owned()) }
    }
}

/// What stands before the closing quote, with the escapes of Go's `strconv.Unquote`, and what follows it.
fn unquote(text: &str) -> Result<(String, &str), &'static str> {
    let (mut plain, mut at) = (Vec::new(), text);
    loop {
        let c = at.chars().next().ok_or("the closing quote is missing")?;
        at = &at[c.len_utf8()..];
        match c {
            '"' => return String::from_utf8(plain).map(|text| (text, at)).map_err(|_| "it is not valid UTF-8"),
            '\n' => return Err("a line ends within quotes"),
            '\\' => at = escape(at, &mut plain)?,
            c => plain.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
}

/// Reads what follows a backslash.
fn escape<'t>(text: &'t str, plain: &mut Vec<u8>) -> Result<&'t str, &'static str> {
    const NONE: &str = "an escape after a backslash is none";
    let kind = *text.as_bytes().first().ok_or(NONE)?;
    let (begin, length, radix) = match kind {
        b'x' => (1, 2, 16),
        b'u' => (1, 4, 16),
        b'U' => (1, 8, 16),
        b'0'..=b'7' => (0, 3, 8),
        _ => {
            let pairs = (b"abfnrtv\\\"", b"\x07\x08\x0c\n\r\t\x0b\\\"");
            let position = pairs.0.iter().position(|escape| *escape == kind).ok_or(NONE)?;
            plain.push(pairs.1[position]);
            return Ok(&text[1..]);
        }
    };
    let digits = text.get(begin..begin + length).filter(|digits| !digits.starts_with('+')).ok_or(NONE)?;
    let number = u32::from_str_radix(digits, radix).map_err(|_| NONE)?;
    if matches!(kind, b'u' | b'U') {
        let c = char::from_u32(number).ok_or(NONE)?;
        plain.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
    } else {
        plain.push(u8::try_from(number).map_err(|_| NONE)?);
    }
    Ok(&text[begin + length..])
}
