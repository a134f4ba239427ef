//! A local AWS in one process, for tests of adapters and functions: `MiniStack`, with IAM enforced.

mod process;
mod tables;

use std::net::TcpListener;

use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_runtime_api::client::behavior_version::BehaviorVersion;
use aws_types::SdkConfig;
use aws_types::region::Region;

use process::Process;

/// The region that tests speak to.
pub const REGION: &str = "us-east-1";
/// Name and secret of the account's root.
pub const ROOT: &str = "test";

/// A running stack of its own; it ends when this is dropped, or when the test's process ends in any way.
#[derive(Debug)]
pub struct Stack {
    endpoint: String,
    _process: Process,
}

impl Stack {
    /// Starts a stack on a free port and waits until it answers, half a second or so. The program is
    /// `TOCSIN_MINISTACK`, else the one that `scripts/test` installs.
    ///
    /// # Panics
    /// When there is no such program, or it does not answer: the test cannot be run, and the message says how it can.
    pub fn start() -> Self {
        let free = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
        let port = free.local_addr().expect("a bound socket has an address").port();
        drop(free);
        Self { endpoint: format!("http://127.0.0.1:{port}"), _process: Process::start(port) }
    }

    /// Where it listens: `http://127.0.0.1:<port>`.
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// Settings of clients that are the account's root.
    pub fn config(&self) -> SdkConfig {
        config_at(&self.endpoint)
    }

    /// Settings of clients with these credentials.
    pub fn config_of(&self, credentials: Credentials) -> SdkConfig {
        config_of(&self.endpoint, credentials)
    }

    /// Creates Tocsin's tables, named `<prefix>-<table>`, with the keys and indices that Terraform gives them.
    pub async fn create_tables(&self, prefix: &str) {
        tables::create(&aws_sdk_dynamodb::Client::new(&self.config()), prefix).await;
    }
}

/// Settings of clients that are the account's root on the stack that listens at `endpoint`.
pub fn config_at(endpoint: &str) -> SdkConfig {
    config_of(endpoint, Credentials::new(ROOT, ROOT, None, None, "stack"))
}

fn config_of(endpoint: &str, credentials: Credentials) -> SdkConfig {
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::from_static(REGION))
        .endpoint_url(endpoint)
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .build()
}
