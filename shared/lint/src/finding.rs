use serde::Serialize;

use crate::rule::Rule;

/// How much a finding matters.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Worth knowing; it may well be meant.
    Note,
    /// Most likely not meant.
    Warn,
    /// It does not do what it is there for.
    Error,
}

impl Level {
    /// The word that people and programs read.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warn => "warn",
            Self::Error => "error",
        }
    }
}

/// What a finding is about.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum At {
    /// A part of `tocsin.yaml`: `monitors/shop-errors/when/SEV2`. Places are kept under the same names.
    Setup(String),
    /// An address in Terraform: `module.shop.aws_sns_topic.alerts`.
    Terraform(String),
    /// A name or ARN in the account.
    Account(String),
}

impl At {
    /// The name itself.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Setup(name) | Self::Terraform(name) | Self::Account(name) => name,
        }
    }
}

/// Something that does not do what it is there for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Finding {
    /// The rule that found it.
    pub rule: Rule,
    /// How much it matters.
    pub level: Level,
    /// Where.
    pub at: At,
    /// What is wrong, in a sentence.
    pub what: String,
    /// What was seen that shows it.
    pub evidence: String,
    /// What to do about it.
    pub remedy: String,
}

impl Finding {
    /// A finding of `rule`.
    pub(crate) fn new(rule: Rule, level: Level, at: At, what: impl Into<String>) -> Self {
        Self { rule, level, at, what: what.into(), evidence: String::new(), remedy: String::new() }
    }

    pub(crate) fn seen(mut self, evidence: impl Into<String>) -> Self {
        self.evidence = evidence.into();
        self
    }

    pub(crate) fn remedy(mut self, remedy: impl Into<String>) -> Self {
        self.remedy = remedy.into();
        self
    }
}
