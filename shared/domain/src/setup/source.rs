use serde::{Deserialize, Serialize};

use crate::id::SourceName;
use crate::notification::Secret;

/// A place that series are read from.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Source {
    /// Its name.
    pub name: SourceName,
    /// What it is.
    pub kind: SourceKind,
}

/// The kinds of source.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum SourceKind {
    /// CloudWatch of one account and region.
    CloudWatch {
        /// The region; `None`: the function's own.
        region: Option<String>,
        /// Another account, read through cross-account observability.
        account: Option<String>,
        /// A role to assume first.
        role_arn: Option<String>,
    },
    /// A Prometheus HTTP API.
    Prometheus {
        /// Its base address, without `/api/v1`.
        url: String,
        /// How to authenticate.
        auth: PrometheusAuth,
    },
    /// The collector itself, which checks others.
    Probe,
    /// Services, which push.
    Pushed,
    /// CloudWatch Logs of one account and region.
    Logs {
        /// The region; `None`: the function's own.
        region: Option<String>,
        /// A role to assume first.
        role_arn: Option<String>,
    },
    /// AWS Cost Explorer of one account, or of all that it pays for.
    CostExplorer {
        /// A role to assume first.
        role_arn: Option<String>,
    },
}

/// How to authenticate with Prometheus.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PrometheusAuth {
    /// Not at all.
    #[default]
    None,
    /// With a token.
    Bearer(Secret),
    /// With a user name and a password.
    Basic {
        /// The user name.
        username: String,
        /// The password.
        password: Secret,
    },
    /// With AWS Signature Version 4, as Amazon Managed Service for Prometheus wants it.
    SigV4 {
        /// The workspace's region.
        region: String,
    },
}
