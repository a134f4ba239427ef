use std::sync::OnceLock;

use aws_types::SdkConfig;

use crate::bill::Bill;
use crate::calls::{Calls, Counts};
use crate::cloud_watch::CloudWatch;
use crate::logs::Logs;
use crate::probe::Probes;
use crate::secrets::Known;

/// AWS for one function: implements [`engine::port::Sources`], [`engine::port::Targets`] and [`engine::port::Outlet`].
#[derive(Debug)]
pub struct Aws {
    pub(crate) config: SdkConfig,
    pub(crate) settings: Settings,
    pub(crate) calls: Calls,
    pub(crate) cloud_watch: CloudWatch,
    pub(crate) http: OnceLock<Result<reqwest::Client, String>>,
    pub(crate) logs: Logs,
    pub(crate) bill: Bill,
    pub(crate) probes: Probes,
    pub(crate) known: Known,
    lambda: OnceLock<aws_sdk_lambda::Client>,
    s3: OnceLock<aws_sdk_s3::Client>,
    secrets_manager: OnceLock<aws_sdk_secretsmanager::Client>,
    sns: OnceLock<aws_sdk_sns::Client>,
    sqs: OnceLock<aws_sdk_sqs::Client>,
    ssm: OnceLock<aws_sdk_ssm::Client>,
}

/// Where this function finds its things.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Settings {
    /// The function's own name, `collector`; it stands on what it parks.
    pub function: String,
    /// The bucket of configuration, reports and parked payloads.
    pub bucket: String,
    /// ARN of the topic for engineers.
    pub topic_technical: String,
    /// ARN of the topic for people who answer for revenue.
    pub topic_business: String,
    /// URL of the function's own dead-letter queue.
    pub parked_queue_url: String,
    /// URL of the queue of what is to be woken.
    pub wakes_url: String,
    /// PEM file of certificate authorities that Prometheus servers may be signed by, besides the public ones.
    pub authorities: Option<std::path::PathBuf>,
}

impl Aws {
    /// Builds nothing yet: every client is built when it is first used, from `config`, which carries the region, the
    /// credentials and the one HTTP client.
    pub fn new(config: SdkConfig, settings: Settings) -> Self {
        Self {
            config,
            settings,
            calls: Calls::default(),
            cloud_watch: CloudWatch::default(),
            http: OnceLock::new(),
            logs: Logs::default(),
            bill: Bill::default(),
            probes: Probes::default(),
            known: Known::default(),
            lambda: OnceLock::new(),
            s3: OnceLock::new(),
            secrets_manager: OnceLock::new(),
            sns: OnceLock::new(),
            sqs: OnceLock::new(),
            ssm: OnceLock::new(),
        }
    }

    /// What was counted since this was last asked.
    pub fn take_counts(&self) -> Counts {
        self.calls.take()
    }

    pub(crate) fn lambda(&self) -> &aws_sdk_lambda::Client {
        self.lambda.get_or_init(|| aws_sdk_lambda::Client::new(&self.config))
    }

    pub(crate) fn s3(&self) -> &aws_sdk_s3::Client {
        self.s3.get_or_init(|| {
            // A custom endpoint has no name per bucket.
            let path_style = self.config.endpoint_url().is_some();
            let config = aws_sdk_s3::config::Builder::from(&self.config).force_path_style(path_style);
            aws_sdk_s3::Client::from_conf(config.build())
        })
    }

    pub(crate) fn secrets_manager(&self) -> &aws_sdk_secretsmanager::Client {
        self.secrets_manager.get_or_init(|| aws_sdk_secretsmanager::Client::new(&self.config))
    }

    pub(crate) fn sns(&self) -> &aws_sdk_sns::Client {
        self.sns.get_or_init(|| aws_sdk_sns::Client::new(&self.config))
    }

    pub(crate) fn sqs(&self) -> &aws_sdk_sqs::Client {
        self.sqs.get_or_init(|| aws_sdk_sqs::Client::new(&self.config))
    }

    pub(crate) fn ssm(&self) -> &aws_sdk_ssm::Client {
        self.ssm.get_or_init(|| aws_sdk_ssm::Client::new(&self.config))
    }
}
