use serde_json::{Value as Json, json};

use crate::notes::{Note, Notes};
use crate::read::{Given, Read, entries};
use crate::schema::Definitions;
use crate::tree::{Key, Node, Value};

/// A series can have at most so many numbers: a week of ten-second periods, and some.
pub const NUMBERS_MAX: usize = 100_000;

/// What a series says of one period.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Point {
    /// This.
    Number(f64),
    /// Nothing: it was read, and there is nothing.
    Nothing,
    /// It cannot be read as long as this is the latest period.
    Fails,
}

/// Numbers in the notation of Prometheus' unit tests.
///
/// Source: <https://prometheus.io/docs/prometheus/latest/configuration/unit_testing_rules/#series>
#[derive(Clone, Debug)]
pub(super) struct Series(pub(super) Vec<(Key, Given<Vec<Point>>)>);

impl Read for Series {
    fn read(node: &Node, notes: &mut Notes) -> Option<Self> {
        let entries = entries(node, notes)?;
        let mut series = Vec::new();
        for (key, node) in entries {
            let Value::Scalar(text) = &node.value else {
                notes.add(Note::at(node.at, format!("is {}", node.value.kind())).hint(HINT));
                continue;
            };
            match points(text) {
                Ok(points) => series.push((key.clone(), Given { at: node.at, value: points })),
                Err(wrong) => notes.add(Note::at(node.at, wrong).value(text).hint(HINT)),
            }
        }
        Some(Self(series))
    }

    fn schema(_: &mut Definitions) -> Json {
        json!({ "type": "object", "additionalProperties": { "type": "string" } })
    }
}

const HINT: &str = "write numbers as in Prometheus' unit tests, such as \"0+1x10 _x3 5\"; also stale and fail";

/// The points that `text` stands for.
fn points(text: &str) -> Result<Vec<Point>, String> {
    let mut points = Vec::new();
    for word in text.split_whitespace() {
        let odd = || format!("{word:?} is no number, and not a row of them");
        let (what, times) = match word.rsplit_once('x') {
            None => (word, None),
            Some((what, times)) => {
                let whole = times.bytes().all(|b| b.is_ascii_digit()).then(|| times.parse::<usize>().ok()).flatten();
                (what, Some(whole.ok_or_else(odd)?))
            }
        };
        if points.len().saturating_add(times.unwrap_or(0)) >= NUMBERS_MAX {
            return Err(format!("has more than {NUMBERS_MAX} numbers"));
        }
        match what {
            "_" | "stale" => points.extend(std::iter::repeat_n(Point::Nothing, times.unwrap_or(1))),
            "fail" => points.extend(std::iter::repeat_n(Point::Fails, times.unwrap_or(1))),
            what => {
                let (first, step) = row(what).ok_or_else(odd)?;
                if times.is_none() && step.is_some() {
                    return Err(format!("{word:?} says by how much, but not how often; write \"{word}x10\""));
                }
                let numbers = (0..=times.unwrap_or(0)).map(|number| first + step.unwrap_or(0.0) * number as f64);
                points.extend(numbers.map(Point::Number));
            }
        }
    }
    Ok(points)
}

/// `3` or `3+2`: a number, and by how much the next ones differ.
fn row(text: &str) -> Option<(f64, Option<f64>)> {
    let finite = |text: &str| text.parse::<f64>().ok().filter(|number| number.is_finite());
    let sign = text.char_indices().skip(1).find(|(at, c)| matches!(c, '+' | '-') && !text[..*at].ends_with(['e', 'E']));
    match sign {
        None => Some((finite(text)?, None)),
        Some((at, _)) => Some((finite(&text[..at])?, Some(finite(text[at..].trim_start_matches('+'))?))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Result<&str, &str>) {
        let found = points(text).map(|points| {
            let words = points.iter().map(|point| match point {
                Point::Number(number) => number.to_string(),
                Point::Nothing => "_".to_owned(),
                Point::Fails => "fail".to_owned(),
            });
            words.collect::<Vec<_>>().join(" ")
        });
        match expected {
            Ok(numbers) => assert_eq!(found.as_deref(), Ok(numbers), "{text}"),
            Err(words) => assert!(found.as_ref().unwrap_err().contains(words), "{text}: {found:?}"),
        }
    }

    /// The examples of Prometheus' documentation, and what it refuses.
    #[test]
    fn the_notation_is_that_of_prometheus() {
        check("-2+4x3", Ok("-2 2 6 10"));
        check("1-2x4", Ok("1 -1 -3 -5 -7"));
        check("1x4", Ok("1 1 1 1 1"));
        check("4x2", Ok("4 4 4"));
        check("1 _x3 stale", Ok("1 _ _ _ _"));
        check("0+1x10 _x3 5", Ok("0 1 2 3 4 5 6 7 8 9 10 _ _ _ 5"));
        check("1e3 1.5e-1x1 -3", Ok("1000 0.15 0.15 -3"));
        check("5 failx2 fail 6", Ok("5 fail fail fail 6"));
        check("", Ok(""));
        check("1x0 _x0", Ok("1"));
        check("1+", Err("\"1+\" is no number"));
        check("3+1", Err("says by how much, but not how often; write \"3+1x10\""));
        check("much", Err("\"much\" is no number"));
        check("1x-2", Err("\"1x-2\" is no number"));
        check("infx2", Err("is no number"));
        check("1x99999999", Err("more than 100000 numbers"));
        check("{{schema:1}}", Err("is no number"));
    }
}
