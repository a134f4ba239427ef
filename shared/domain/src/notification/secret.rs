use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Where a secret lies; never the secret itself.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Secret {
    /// The name of an SSM `SecureString` parameter.
    Ssm(String),
    /// The name or ARN of a Secrets Manager secret.
    SecretsManager(String),
}

/// The text is not a reference to a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "not a reference to a secret; write \"ssm:/path/of/parameter\" or \"secretsmanager:name\" (never the secret itself)"
)]
pub struct SecretError;

impl FromStr for Secret {
    type Err = SecretError;
    fn from_str(text: &str) -> Result<Self, SecretError> {
        match text.split_once(':') {
            Some(("ssm", name)) if name.starts_with('/') && name.len() > 1 => Ok(Self::Ssm(name.to_owned())),
            Some(("secretsmanager", name)) if !name.is_empty() => Ok(Self::SecretsManager(name.to_owned())),
            _ => Err(SecretError),
        }
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ssm(name) => write!(f, "ssm:{name}"),
            Self::SecretsManager(name) => write!(f, "secretsmanager:{name}"),
        }
    }
}

impl TryFrom<String> for Secret {
    type Error = SecretError;
    fn try_from(text: String) -> Result<Self, SecretError> {
        text.parse()
    }
}

impl From<Secret> for String {
    fn from(secret: Secret) -> Self {
        secret.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_references_and_an_error_does_not_repeat_them() {
        assert_eq!("ssm:/a/b".parse(), Ok(Secret::Ssm("/a/b".into())));
        assert_eq!("secretsmanager:x".parse(), Ok(Secret::SecretsManager("x".into())));
        for text in ["https://hooks.slack.com/services/T/B/x", "ssm:", "ssm:a", "", "secretsmanager:"] {
            let error = text.parse::<Secret>().unwrap_err().to_string();
            assert!(!error.contains("hooks.slack.com"), "{error}");
        }
    }
}
