use std::env;
use std::time::Duration;

use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_async::rt::sleep::{SharedAsyncSleep, TokioSleep};
use aws_smithy_async::time::{SharedTimeSource, SystemTimeSource};
use aws_smithy_http_client::Builder;
use aws_smithy_http_client::tls::{self, TlsContext, TrustStore};
use aws_smithy_runtime_api::client::behavior_version::BehaviorVersion;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use aws_types::SdkConfig;
use aws_types::region::Region;

/// Amazon Trust Services' five roots, <https://www.amazontrust.com/repository/>: loading the system's store instead
/// costs three quarters of a client's start.
const AMAZON_ROOTS: &str = include_str!("../roots/amazon.pem");
/// Tries of one AWS call; beyond, the whole invocation is tried again.
const TRIES: u32 = 3;
/// One try of one AWS call; every service we call answers in a fraction of it.
const TRY_TIMEOUT: Duration = Duration::from_secs(10);
/// Connecting within a region takes milliseconds.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);

/// What all AWS clients of a function share: region, credentials, endpoint and one HTTP client.
///
/// Lambda hands its credentials over in the environment, so no chain of providers is asked. `AWS_ENDPOINT_URL` and
/// `SSL_CERT_FILE` (further authorities, PEM) are obeyed.
pub fn sdk_config() -> SdkConfig {
    let variable = |name| env::var(name).ok().filter(|value: &String| !value.is_empty());
    let credentials = Credentials::new(
        variable("AWS_ACCESS_KEY_ID").unwrap_or_default(),
        variable("AWS_SECRET_ACCESS_KEY").unwrap_or_default(),
        variable("AWS_SESSION_TOKEN"),
        None,
        "lambda-environment",
    );
    let region = variable("AWS_REGION").or_else(|| variable("AWS_DEFAULT_REGION")).map(Region::new);
    let timeouts = TimeoutConfig::builder().connect_timeout(CONNECT_TIMEOUT).operation_attempt_timeout(TRY_TIMEOUT);
    let mut config = SdkConfig::builder();
    config
        .set_endpoint_url(variable("AWS_ENDPOINT_URL"))
        .set_region(region)
        .set_credentials_provider(Some(SharedCredentialsProvider::new(credentials)))
        .set_behavior_version(Some(BehaviorVersion::latest()))
        .set_http_client(Some(http_client()))
        .set_sleep_impl(Some(SharedAsyncSleep::new(TokioSleep::new())))
        .set_time_source(Some(SharedTimeSource::new(SystemTimeSource::new())))
        .set_retry_config(Some(RetryConfig::standard().with_max_attempts(TRIES)))
        .set_timeout_config(Some(timeouts.build()));
    config.build()
}

fn http_client() -> SharedHttpClient {
    let mut roots = TrustStore::empty().with_pem_certificate(AMAZON_ROOTS);
    if let Some(further) = env::var("SSL_CERT_FILE").ok().and_then(|path| std::fs::read(path).ok()) {
        roots.add_pem_certificate(further);
    }
    let context = TlsContext::builder().with_trust_store(roots).build().expect("a trust store is all it takes");
    Builder::new()
        .tls_provider(tls::Provider::Rustls(tls::rustls_provider::CryptoMode::Ring))
        .tls_context(context)
        .build_https()
}
