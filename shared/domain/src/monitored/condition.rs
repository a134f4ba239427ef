use std::fmt;
use std::str::FromStr;
use std::sync::{Arc, OnceLock};

use cel::common::ast::{ComprehensionExpr, EntryExpr, Expr, IdedExpr};
use cel::objects::{Key, Map};
use cel::parser::PrattParser;
use cel::{Context, Env, ExecutionError, Value};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use serde_json::Value as Json;

/// Parts of a condition at most; a rule of a dozen comparisons has about fifty.
const PARTS_MAX: usize = 200;
/// The deepest nesting of a condition.
const DEPTH_MAX: u16 = 32;
/// What a condition can speak of.
pub(super) const NAMES: [&str; 4] = ["source", "event_type", "data", "metadata"];

/// A condition over an event in the Common Expression Language, such as `data.amount < 0 && !has(data.order)`.
///
/// It cannot loop, call out or remember; a macro such as `all` may not stand inside another, so that its time is
/// linear in the event. Source: <https://github.com/google/cel-spec>.
#[derive(Clone)]
pub struct Condition {
    text: String,
    expression: IdedExpr,
}

/// Why a text is no condition.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConditionError {
    /// It is not written in the language.
    #[error("{0}")]
    Malformed(String),
    /// It speaks of something that events do not have.
    #[error(
        "{0:?} is not known here; a condition speaks of source, event_type, data and metadata, such as data.amount"
    )]
    Unknown(String),
    /// It calls what there is not.
    #[error(
        "there is no function {0:?}; there are size, contains, startsWith, endsWith, int, double, string, has, all, exists, exists_one, filter and map"
    )]
    NoFunction(String),
    /// It has more parts than [`PARTS_MAX`].
    #[error("it has more than {PARTS_MAX} parts; write several rules")]
    TooLong,
    /// A macro inside a macro.
    #[error("a macro such as all, exists, filter or map stands inside another one; write two rules")]
    Nested,
}

impl Condition {
    /// Whether the event fulfils it. A field that the event does not have is no mistake: then it does not.
    pub(super) fn holds(&self, context: &Context<'_, '_>) -> Result<bool, String> {
        match Value::resolve(&self.expression, context) {
            Ok(Value::Bool(holds)) => Ok(holds),
            Ok(_) => Err("it yields neither true nor false".to_owned()),
            Err(ExecutionError::NoSuchKey(_)) => Ok(false),
            Err(error) => Err(error.to_string()),
        }
    }

    /// As it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl FromStr for Condition {
    type Err = ConditionError;

    fn from_str(text: &str) -> Result<Self, ConditionError> {
        let parser = PrattParser::new().max_recursion_depth(DEPTH_MAX);
        let expression = parser.parse(text).map_err(|errors| {
            let first = errors.errors.first().map(|error| error.msg.clone());
            ConditionError::Malformed(first.unwrap_or_else(|| "it cannot be read".to_owned()))
        })?;
        let mut review = Review::default();
        review.visit(&expression);
        match review.wrong {
            Some(wrong) => Err(wrong),
            None => Ok(Self { text: text.to_owned(), expression }),
        }
    }
}

/// The functions that a condition may call.
const FUNCTIONS: [&str; 8] = ["size", "contains", "startsWith", "endsWith", "int", "double", "string", "has"];

/// The context of one event's conditions.
pub(super) fn context(event: &super::Event) -> Context<'static, 'static> {
    static LANGUAGE: OnceLock<Arc<Env>> = OnceLock::new();
    let language = LANGUAGE.get_or_init(|| Arc::new(Env::stdlib()));
    let mut context = Context::with_env(Arc::clone(language));
    context.add_variable_from_value("source", event.source.as_str().to_owned());
    context.add_variable_from_value("event_type", event.event_type.as_str().to_owned());
    context.add_variable_from_value("data", members(&event.data));
    context.add_variable_from_value("metadata", members(&event.metadata));
    context
}

fn members(fields: &serde_json::Map<String, Json>) -> Value {
    let members = fields.iter().map(|(name, value)| (Key::from(name.clone()), of_json(value)));
    Value::Map(Map { map: Arc::new(members.collect()) })
}

fn of_json(json: &Json) -> Value {
    match json {
        Json::Null => Value::Null,
        Json::Bool(bool) => Value::Bool(*bool),
        Json::Number(number) => {
            number.as_i64().map_or_else(|| Value::Float(number.as_f64().unwrap_or(f64::NAN)), Value::Int)
        }
        Json::String(text) => Value::String(Arc::new(text.clone())),
        Json::Array(items) => Value::List(Arc::new(items.iter().map(of_json).collect())),
        Json::Object(fields) => members(fields),
    }
}

/// What is wrong with a sound expression: names that nothing has, and macros inside macros.
#[derive(Default)]
struct Review<'e> {
    bound: Vec<&'e str>,
    macros: usize,
    parts: usize,
    wrong: Option<ConditionError>,
}

impl<'e> Review<'e> {
    fn visit(&mut self, part: &'e IdedExpr) {
        self.parts += 1;
        if self.parts > PARTS_MAX {
            return self.refuse(ConditionError::TooLong);
        }
        match &part.expr {
            Expr::Unspecified | Expr::Literal(_) => {}
            Expr::Ident(name) => {
                if !NAMES.contains(&name.as_str()) && !self.bound.contains(&name.as_str()) {
                    self.refuse(ConditionError::Unknown(name.clone()));
                }
            }
            Expr::Call(call) => {
                let named = call.func_name.starts_with(|c: char| c.is_ascii_alphabetic());
                if named && !FUNCTIONS.contains(&call.func_name.as_str()) {
                    self.refuse(ConditionError::NoFunction(call.func_name.clone()));
                }
                call.target.iter().for_each(|target| self.visit(target));
                call.args.iter().for_each(|argument| self.visit(argument));
            }
            Expr::Select(select) => self.visit(&select.operand),
            Expr::List(list) => list.elements.iter().for_each(|element| self.visit(element)),
            Expr::Map(map) => map.entries.iter().for_each(|entry| self.entry(&entry.expr)),
            Expr::Struct(made) => self.refuse(ConditionError::NoFunction(made.type_name.clone())),
            Expr::Comprehension(inner) => self.comprehension(inner),
        }
    }

    fn entry(&mut self, entry: &'e EntryExpr) {
        match entry {
            EntryExpr::MapEntry(entry) => {
                self.visit(&entry.key);
                self.visit(&entry.value);
            }
            EntryExpr::StructField(field) => self.visit(&field.value),
        }
    }

    fn comprehension(&mut self, inner: &'e ComprehensionExpr) {
        if self.macros > 0 {
            self.refuse(ConditionError::Nested);
        }
        self.visit(&inner.iter_range);
        let known = self.bound.len();
        let second = inner.iter_var2.as_deref();
        self.bound.extend([inner.iter_var.as_str(), &inner.accu_var].into_iter().chain(second));
        self.macros += 1;
        for part in [&inner.accu_init, &inner.loop_cond, &inner.loop_step, &inner.result] {
            self.visit(part);
        }
        self.macros -= 1;
        self.bound.truncate(known);
    }

    fn refuse(&mut self, error: ConditionError) {
        self.wrong.get_or_insert(error);
    }
}

impl fmt::Debug for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.text.fmt(f)
    }
}

impl PartialEq for Condition {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Serialize for Condition {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl<'de> Deserialize<'de> for Condition {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}
