use serde::{Deserialize, Serialize};

use crate::units::Span;

/// A question that is put to a server itself, and what is read of its answer.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Probe {
    /// The question.
    pub check: Check,
    /// What is read.
    pub reads: Reading,
}

/// What is tried. Series with equal checks share one try a tick.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct Check {
    /// Whom, and how.
    pub target: Target,
    /// How long the answer may take.
    pub timeout: Span,
}

/// Whom a check asks, and when the answer is good.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Target {
    /// GET; good is the wanted status (`None`: below 400) with a body that contains the text.
    Http {
        /// The address.
        url: String,
        /// The wanted status.
        status: Option<u16>,
        /// A text in the first 64 KiB of the body.
        contains: Option<String>,
    },
    /// A connection; good is one that is accepted.
    Tcp {
        /// Name or address.
        host: String,
        /// The port.
        port: u16,
    },
}

impl Check {
    /// How much of a body is read, in bytes.
    pub const BODY_BYTES_MAX: usize = 64 * 1024;
}

/// What is read of a check.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reading {
    /// 1 if the answer is good, else 0.
    #[default]
    Up,
    /// Milliseconds until the answer, if it is good.
    Latency,
    /// The status of HTTP, if there is an answer.
    Status,
    /// Days until the certificate expires, 0 once it has.
    CertificateDays,
}
