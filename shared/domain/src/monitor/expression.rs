use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::id::MonitorName;

/// Nested deeper than this no person could follow it, and reading it would cost stack.
const DEPTH_MAX: usize = 16;

/// Which monitors fire, combined: `errors and (latency or not traffic)`. "not" binds tightest, then "and", then "or".
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Expression {
    /// This monitor fires.
    Monitor(MonitorName),
    /// This does not hold.
    Not(Box<Expression>),
    /// All of these hold; at least two.
    All(Vec<Expression>),
    /// One of these holds; at least two.
    Any(Vec<Expression>),
}

/// The text is no expression.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not an expression: {wrong}; write names of monitors with and, or, not and ( )")]
pub struct ExpressionError {
    text: String,
    wrong: String,
}

impl Expression {
    /// The monitors that it names, each as often as it does.
    pub fn monitors(&self) -> Vec<&MonitorName> {
        match self {
            Self::Monitor(name) => vec![name],
            Self::Not(inner) => inner.monitors(),
            Self::All(parts) | Self::Any(parts) => parts.iter().flat_map(Self::monitors).collect(),
        }
    }

    /// Whether it holds, as far as `fires` knows; `None`: what is unknown decides.
    pub fn holds(&self, fires: &impl Fn(&MonitorName) -> Option<bool>) -> Option<bool> {
        let any = |parts: &[Self], wanted: bool| {
            let found = parts.iter().map(|part| part.holds(fires));
            let (mut decided, mut unknown) = (false, false);
            for part in found {
                decided |= part == Some(wanted);
                unknown |= part.is_none();
            }
            if decided {
                return Some(wanted);
            }
            (!unknown).then_some(!wanted)
        };
        match self {
            Self::Monitor(name) => fires(name),
            Self::Not(inner) => inner.holds(fires).map(|holds| !holds),
            Self::All(parts) => any(parts, false),
            Self::Any(parts) => any(parts, true),
        }
    }

    fn written(&self, f: &mut fmt::Formatter<'_>, binding: u8) -> fmt::Result {
        let (own, word, parts) = match self {
            Self::Monitor(name) => return write!(f, "{name}"),
            Self::Not(inner) => {
                f.write_str("not ")?;
                return inner.written(f, 2);
            }
            Self::All(parts) => (1, " and ", parts),
            Self::Any(parts) => (0, " or ", parts),
        };
        // The parts of an "and" that are one themselves stand in parentheses: what is read again is the same.
        f.write_str(if binding > own { "(" } else { "" })?;
        for (index, part) in parts.iter().enumerate() {
            f.write_str(if index > 0 { word } else { "" })?;
            part.written(f, own + 1)?;
        }
        f.write_str(if binding > own { ")" } else { "" })
    }
}

impl fmt::Display for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.written(f, 0)
    }
}

impl FromStr for Expression {
    type Err = ExpressionError;

    fn from_str(text: &str) -> Result<Self, ExpressionError> {
        let error = |wrong: String| ExpressionError { text: text.to_owned(), wrong };
        let spaced = text.replace('(', " ( ").replace(')', " ) ");
        let mut words = Words { left: spaced.split_whitespace().collect(), depth: 0 };
        words.left.reverse();
        let found = words.any().map_err(error)?;
        match words.left.last() {
            None => Ok(found),
            Some(word) => Err(error(format!("{word:?} stands where \"and\" or \"or\" should"))),
        }
    }
}

/// What is left to read, the next word last.
struct Words<'t> {
    left: Vec<&'t str>,
    depth: usize,
}

impl Words<'_> {
    fn take(&mut self, word: &str) -> bool {
        let found = self.left.last() == Some(&word);
        if found {
            self.left.pop();
        }
        found
    }

    fn any(&mut self) -> Result<Expression, String> {
        let mut parts = vec![self.all()?];
        while self.take("or") {
            parts.push(self.all()?);
        }
        Ok(if parts.len() > 1 { Expression::Any(parts) } else { parts.remove(0) })
    }

    fn all(&mut self) -> Result<Expression, String> {
        let mut parts = vec![self.one()?];
        while self.take("and") {
            parts.push(self.one()?);
        }
        Ok(if parts.len() > 1 { Expression::All(parts) } else { parts.remove(0) })
    }

    fn one(&mut self) -> Result<Expression, String> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err(format!("it is nested deeper than {DEPTH_MAX}"));
        }
        let found = match self.left.pop() {
            None => return Err("it ends where a monitor should stand".to_owned()),
            Some("not") => Expression::Not(Box::new(self.one()?)),
            Some("(") => {
                let inner = self.any()?;
                if !self.take(")") {
                    return Err("a parenthesis is not closed".to_owned());
                }
                inner
            }
            Some(word @ (")" | "and" | "or")) => return Err(format!("{word:?} stands where a monitor should")),
            Some(name) => Expression::Monitor(name.parse().map_err(|error: crate::id::NameError| error.to_string())?),
        };
        self.depth -= 1;
        Ok(found)
    }
}

impl TryFrom<String> for Expression {
    type Error = ExpressionError;
    fn try_from(text: String) -> Result<Self, ExpressionError> {
        text.parse()
    }
}

impl From<Expression> for String {
    fn from(expression: Expression) -> Self {
        expression.to_string()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// `t` fires, `f` does not, of `u` nothing is known.
    fn check(text: &str, expected: Option<bool>) {
        let fires = |name: &MonitorName| match name.as_str() {
            "t" => Some(true),
            "f" => Some(false),
            _ => None,
        };
        let expression: Expression = text.parse().unwrap();
        assert_eq!(expression.holds(&fires), expected, "{text}");
    }

    #[test]
    fn what_is_unknown_decides_only_where_it_matters() {
        check("t and f", Some(false));
        check("t or f and f", Some(true));
        check("(t or f) and f", Some(false));
        check("not f and t", Some(true));
        check("not (f and t)", Some(true));
        check("u and f", Some(false));
        check("u and t", None);
        check("u or t", Some(true));
        check("u or f", None);
        check("not u", None);
        check("not not t", Some(true));
    }

    #[test]
    fn what_is_no_expression_is_refused_with_the_reason() {
        for (text, wrong) in [
            ("", "it ends where a monitor should stand"),
            ("a b", "\"b\" stands where \"and\" or \"or\" should"),
            ("a and", "it ends where a monitor should stand"),
            ("a or or b", "\"or\" stands where a monitor should"),
            ("(a", "a parenthesis is not closed"),
            ("a)", "\")\" stands where \"and\" or \"or\" should"),
            ("a && b", "\"&&\" stands where"),
            ("a and b!", "holds '!'"),
            (&"(".repeat(100), "nested deeper than 16"),
        ] {
            let error = text.parse::<Expression>().unwrap_err().to_string();
            assert!(error.contains(wrong), "{text}: {error}");
        }
    }

    fn any_expression() -> impl Strategy<Value = Expression> {
        let leaf = "[a-d][/.-]?x".prop_map(|name| Expression::Monitor(name.parse().unwrap()));
        leaf.prop_recursive(4, 24, 4, |inner| {
            let parts = proptest::collection::vec(inner.clone(), 2..4);
            prop_oneof![
                inner.prop_map(|inner| Expression::Not(Box::new(inner))),
                parts.clone().prop_map(Expression::All),
                parts.prop_map(Expression::Any),
            ]
        })
    }

    proptest! {
        #[test]
        fn text_and_back(expression in any_expression()) {
            prop_assert_eq!(expression.to_string().parse(), Ok(expression));
        }
    }
}
