use domain::id::SourceName;
use domain::notification::Secret;

use super::{CostExplorer, Logs, Probes, Pushes};
use crate::read::{Field, Url, choice, record};

choice! {
    /// A place that series are read from.
    Source by "kind" {
        "cloudwatch" => CloudWatch(CloudWatch),
        "prometheus" => Prometheus(Prometheus),
        "probe" => Probe(Probes),
        "pushed" => Pushed(Pushes),
        "logs" => Logs(Logs),
        "cost-explorer" => CostExplorer(CostExplorer),
    }
}

impl Source {
    /// Its name, whatever it is.
    pub(crate) const fn name(&self) -> &Field<SourceName> {
        match self {
            Self::CloudWatch(source) => &source.name,
            Self::Prometheus(source) => &source.name,
            Self::Probe(source) => &source.name,
            Self::Pushed(source) => &source.name,
            Self::Logs(source) => &source.name,
            Self::CostExplorer(source) => &source.name,
        }
    }
}

record! {
    /// Amazon CloudWatch of one account and region.
    CloudWatch tagged "kind" {
        /// Its name, unique among sources.
        name: required SourceName,
        /// The region. Default: the region Tocsin runs in.
        region: optional String,
        /// Another account, read through cross-account observability.
        account: optional String,
        /// A role to assume first.
        role_arn: optional String,
    }
}

record! {
    /// A Prometheus HTTP API.
    Prometheus tagged "kind" {
        /// Its name, unique among sources.
        name: required SourceName,
        /// Its base address, without /api/v1.
        url: required Url,
        /// How to authenticate. Default: not at all.
        auth: optional Auth,
    }
}

record! {
    /// How to authenticate with Prometheus: exactly one of these.
    Auth {
        /// With a token: a reference to it.
        bearer: optional Secret,
        /// With a user name and a password.
        basic: optional Basic,
        /// With AWS Signature Version 4, for Amazon Managed Service for Prometheus.
        sigv4: optional SigV4,
    }
}

record! {
    /// A user name and a password.
    Basic {
        /// The user name.
        username: required String,
        /// A reference to the password.
        password: required Secret,
    }
}

record! {
    /// AWS Signature Version 4.
    SigV4 {
        /// The workspace's region.
        region: required String,
    }
}
