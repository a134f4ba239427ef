use std::fmt::Display;
use std::str::FromStr;

use domain::anomaly::Direction;
use domain::id::{
    ChannelName, IntervalName, MonitorName, PersonName, PolicyName, RotationName, RunbookName, ScheduleName,
    ServiceName, SloName, SourceName, TeamName,
};
use domain::incident::Severity;
use domain::metric::{CostReading, Reading, Statistic};
use domain::monitor::{Category, Expression, MissingData};
use domain::monitored::{Condition, Decision, EventText};
use domain::notification::{Secret, SecretError};
use domain::response::{ActionKind, Mode};
use domain::slo::{CalendarUnit, Objective, WhenEmpty};
use domain::units::{Span, SpanError, Unit};
use jiff::civil::Weekday;
use serde_json::{Value as Json, json};

use super::{Read, wrong_kind};
use crate::document::{BurnTable, Day, Earlier, Merge, Sentences};
use crate::nearest::nearest;
use crate::notes::{Note, Notes};
use crate::schema::Definitions;
use crate::tree::{Node, Value};

/// The longest text a field may have, in bytes; room for a long `PromQL` expression.
const TEXT_BYTES_MAX: usize = 8192;

/// The text of a scalar.
pub(super) fn text<'n>(node: &'n Node, wanted: &str, notes: &mut Notes) -> Option<&'n str> {
    match &node.value {
        Value::Scalar(text) if text.len() > TEXT_BYTES_MAX => {
            notes.add(Note::at(node.at, format!("is longer than {TEXT_BYTES_MAX} bytes")));
            None
        }
        Value::Scalar(text) => Some(text),
        _ => {
            wrong_kind(node, wanted, notes);
            None
        }
    }
}

/// A value that knows how to read itself; a mistake repeats the text.
pub(super) fn parsed<T>(node: &Node, wanted: &str, notes: &mut Notes) -> Option<T>
where
    T: FromStr,
    T::Err: Display,
{
    let text = text(node, wanted, notes)?;
    match text.parse() {
        Ok(value) => Some(value),
        Err(error) => {
            notes.add(Note::of_error(node.at, &error).value(text));
            None
        }
    }
}

/// One of a few words.
fn word<T: Copy>(node: &Node, words: &[(&str, T)], notes: &mut Notes) -> Option<T> {
    let known = || words.iter().map(|(word, _)| *word);
    let all = || known().collect::<Vec<_>>().join(", ");
    let text = text(node, &format!("one of {}", all()), notes)?;
    let found = known().zip(words).find(|(word, _)| *word == text);
    if let Some((_, (_, value))) = found {
        return Some(*value);
    }
    let hint = match nearest(text, known()) {
        Some(word) => format!("did you mean {word:?}?"),
        None => format!("write one of {}", all()),
    };
    notes.add(Note::at(node.at, format!("{text:?} is not known here")).value(text).hint(hint));
    None
}

macro_rules! words {
    ($($type:ty { $($word:literal => $value:expr),* $(,)? })*) => {$(
        impl Read for $type {
            fn read(node: &Node, notes: &mut Notes) -> Option<Self> {
                word(node, &[$(($word, $value)),*], notes)
            }

            fn schema(_: &mut Definitions) -> Json {
                json!({ "enum": [$($word),*] })
            }
        }
    )*};
}

words! {
    CalendarUnit { "day" => Self::Day, "week" => Self::Week, "month" => Self::Month, "quarter" => Self::Quarter }
    WhenEmpty { "ignore" => Self::Ignore, "good" => Self::Good, "bad" => Self::Bad }
    BurnTable {
        "workbook" => Self::Workbook,
        "scaled" => Self::Scaled,
        "thresholds" => Self::Thresholds,
        "none" => Self::None,
    }
    Day {
        "mon" => Self(Weekday::Monday),
        "tue" => Self(Weekday::Tuesday),
        "wed" => Self(Weekday::Wednesday),
        "thu" => Self(Weekday::Thursday),
        "fri" => Self(Weekday::Friday),
        "sat" => Self(Weekday::Saturday),
        "sun" => Self(Weekday::Sunday),
    }
    Severity { "SEV1" => Self::Sev1, "SEV2" => Self::Sev2, "SEV3" => Self::Sev3, "SEV4" => Self::Sev4 }
    Category { "technical" => Self::Technical, "business" => Self::Business }
    MissingData {
        "missing" => Self::Missing,
        "ignore" => Self::Ignore,
        "breaching" => Self::Breaching,
        "notBreaching" => Self::NotBreaching,
    }
    Mode {
        "off" => Self::Off,
        "shadow" => Self::Shadow,
        "suggest" => Self::Suggest,
        "approve" => Self::Approve,
        "auto" => Self::Auto,
    }
    Merge { "automatic" => Self::Automatic, "by-hand" => Self::ByHand }
    Direction { "both" => Self::Both, "up" => Self::Up, "down" => Self::Down }
    Reading {
        "up" => Self::Up,
        "latency" => Self::Latency,
        "status" => Self::Status,
        "certificate-days" => Self::CertificateDays,
    }
    CostReading { "day" => Self::Day, "month-to-date" => Self::MonthToDate, "month-forecast" => Self::MonthForecast }
    Sentences {
        "new-templates" => Self::New,
        "busiest-template" => Self::Busiest,
        "template-count" => Self::Count,
        "template-share" => Self::Share,
    }
    Earlier { "yesterday" => Self::Yesterday, "last-week" => Self::LastWeek, "usual" => Self::Usual }
    Decision {
        "continue" => Self::Continue,
        "retry" => Self::Retry,
        "reprocess" => Self::Reprocess,
        "escalate" => Self::Escalate,
        "halt" => Self::Halt,
    }
    ActionKind { "roll-back-lambda-alias" => Self::RollBackLambdaAlias }
    Unit {
        "count" => Self::Count,
        "percent" => Self::Percent,
        "seconds" => Self::Seconds,
        "milliseconds" => Self::Milliseconds,
        "bytes" => Self::Bytes,
        "kibibytes" => Self::Kibibytes,
        "mebibytes" => Self::Mebibytes,
        "gibibytes" => Self::Gibibytes,
        "dollars" => Self::Dollars,
    }
}

macro_rules! names {
    ($($type:ty),*) => {$(
        impl Read for $type {
            fn read(node: &Node, notes: &mut Notes) -> Option<Self> {
                let name = parsed(node, "a name", notes);
                if let (None, Value::Scalar(text)) = (&name, &node.value) {
                    notes.misread(text);
                }
                name
            }

            fn schema(_: &mut Definitions) -> Json {
                json!({ "type": "string", "minLength": 1, "maxLength": domain::id::NAME_BYTES_MAX })
            }
        }
    )*};
}

names!(
    SourceName,
    ServiceName,
    MonitorName,
    RunbookName,
    ChannelName,
    SloName,
    PersonName,
    TeamName,
    ScheduleName,
    RotationName,
    PolicyName,
    IntervalName
);

impl Read for String {
    fn read(node: &Node, notes: &mut Notes) -> Option<Self> {
        let text = text(node, "text", notes)?;
        if text.is_empty() {
            notes.add(Note::at(node.at, "is empty").value(text));
            return None;
        }
        Some(text.to_owned())
    }

    fn schema(_: &mut Definitions) -> Json {
        json!({ "type": "string", "minLength": 1 })
    }
}

impl Read for bool {
    fn read(node: &Node, notes: &mut Notes) -> Option<Self> {
        match text(node, "true or false", notes)? {
            "true" => Some(true),
            "false" => Some(false),
            other => {
                let odd = Note::at(node.at, format!("{other:?} is neither true nor false")).value(other);
                notes.add(odd.hint("write true or false"));
                None
            }
        }
    }

    fn schema(_: &mut Definitions) -> Json {
        json!({ "type": "boolean" })
    }
}

impl Read for u32 {
    fn read(node: &Node, notes: &mut Notes) -> Option<Self> {
        let text = text(node, "a whole number", notes)?;
        let number = text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse().ok()).flatten();
        if number.is_none() {
            let odd = Note::at(node.at, format!("{text:?} is not a whole number")).value(text);
            notes.add(odd.hint("write digits only, such as 3"));
        }
        number
    }

    fn schema(_: &mut Definitions) -> Json {
        json!({ "type": "integer", "minimum": 0 })
    }
}

/// A finite number.
#[derive(Clone, Copy, PartialEq, PartialOrd, Debug)]
pub(crate) struct Number(pub(crate) f64);

impl Display for Number {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl Read for Number {
    fn read(node: &Node, notes: &mut Notes) -> Option<Self> {
        let text = text(node, "a number", notes)?;
        let number = text.parse().ok().filter(|number: &f64| number.is_finite());
        if number.is_none() {
            let odd = Note::at(node.at, format!("{text:?} is not a number")).value(text);
            notes.add(odd.hint("write a number such as 1.5"));
        }
        number.map(Self)
    }

    fn schema(_: &mut Definitions) -> Json {
        json!({ "type": "number" })
    }
}

/// A share of a whole: `2%`, or `0.02`.
#[derive(Clone, Copy, PartialEq, PartialOrd, Debug)]
pub(crate) struct Share(pub(crate) f64);

impl Display for Share {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}%", (self.0 * 1e12).round() / 1e10)
    }
}

impl Read for Share {
    fn read(node: &Node, notes: &mut Notes) -> Option<Self> {
        let text = text(node, "a share such as 5%", notes)?;
        let (number, of) = text.strip_suffix('%').map_or((text, 1.0), |number| (number.trim_end(), 100.0));
        let number = number.parse().ok().filter(|number: &f64| number.is_finite());
        if number.is_none() {
            let odd = Note::at(node.at, format!("{text:?} is not a share")).value(text);
            notes.add(odd.hint("write a percentage such as 5%"));
        }
        number.map(|number| Self(number / of))
    }

    fn schema(_: &mut Definitions) -> Json {
        json!({ "type": ["string", "number"], "pattern": r"^[0-9.]+\s*%$", "minimum": 0, "maximum": 1 })
    }
}

impl Read for Objective {
    fn read(node: &Node, notes: &mut Notes) -> Option<Self> {
        parsed(node, "an objective such as 99.9%", notes)
    }

    fn schema(_: &mut Definitions) -> Json {
        json!({ "type": ["string", "number"], "pattern": r"^[0-9.]+\s*%$", "exclusiveMinimum": 0, "exclusiveMaximum": 1 })
    }
}

impl Read for Expression {
    fn read(node: &Node, notes: &mut Notes) -> Option<Self> {
        parsed(node, "an expression such as \"errors and not traffic\"", notes)
    }

    fn schema(_: &mut Definitions) -> Json {
        json!({ "type": "string", "minLength": 1 })
    }
}

impl Read for Condition {
    fn read(node: &Node, notes: &mut Notes) -> Option<Self> {
        parsed(node, "a condition such as \"data.amount < 0\"", notes)
    }

    fn schema(_: &mut Definitions) -> Json {
        json!({ "type": "string", "minLength": 1 })
    }
}

impl Read for EventText {
    fn read(node: &Node, notes: &mut Notes) -> Option<Self> {
        parsed(node, "a name", notes)
    }

    fn schema(_: &mut Definitions) -> Json {
        json!({ "type": "string", "minLength": 1, "maxLength": Self::BYTES_MAX })
    }
}

impl Read for Span {
    fn read(node: &Node, notes: &mut Notes) -> Option<Self> {
        let text = text(node, "a length of time such as \"5m\"", notes)?;
        match text.parse() {
            Ok(span) => Some(span),
            Err(SpanError::NoUnit(number)) => {
                let odd = Note::at(node.at, format!("{number:?} has no unit")).value(text);
                notes.add(odd.hint(format!("write \"{number}m\" (or s, h, d)")));
                None
            }
            Err(error) => {
                notes.add(Note::of_error(node.at, &error).value(text));
                None
            }
        }
    }

    fn schema(_: &mut Definitions) -> Json {
        json!({ "type": "string", "pattern": "^([0-9]+[wdhms])+$" })
    }
}

impl Read for Statistic {
    fn read(node: &Node, notes: &mut Notes) -> Option<Self> {
        parsed(node, "a statistic such as Sum", notes)
    }

    fn schema(_: &mut Definitions) -> Json {
        json!({
            "type": "string",
            "pattern": r"^(Sum|SampleCount|Average|Minimum|Maximum|TC\(:[0-9.]+\)|p[0-9]+(\.[0-9]+)?)$"
        })
    }
}

/// A reference to a secret. What stands there is never repeated: it may be the secret itself.
impl Read for Secret {
    fn read(node: &Node, notes: &mut Notes) -> Option<Self> {
        let text = text(node, "a reference such as \"ssm:/path/of/parameter\"", notes)?;
        let secret = text.parse::<Self>();
        if let Err(error @ SecretError) = &secret {
            notes.add(Note::of_error(node.at, error));
        }
        secret.ok()
    }

    fn schema(_: &mut Definitions) -> Json {
        json!({ "type": "string", "pattern": "^(ssm:/.|secretsmanager:.)" })
    }
}
