use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{ProvideCredentials, Result as Provided, SharedCredentialsProvider, future};
use aws_sdk_sts::Client;
use aws_smithy_types::retry::RetryConfig;
use aws_types::SdkConfig;
use domain::metric::{Failure, FailureKind};
use tokio::sync::Mutex;

use crate::calls::{Calls, Service};
use crate::fault::Fault;
use crate::samples::failure;

/// The name that assumed sessions carry in `CloudTrail`.
const SESSION: &str = "tocsin";

/// Credentials that expire within this are not begun with: a tick takes a minute at most.
const EXPIRES_SOON: Duration = Duration::from_mins(5);

/// Credentials of a role in another account. The SDK client that uses them keeps them until shortly before they expire;
/// others take [`AssumedRole::kept`].
#[derive(Debug)]
pub(crate) struct AssumedRole {
    sts: Client,
    calls: Calls,
    role_arn: String,
}

/// The role could not be assumed; travels inside of the error of the call that needed it.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct AssumeFailed(pub(crate) Failure);

impl AssumedRole {
    pub(crate) fn new(config: &SdkConfig, calls: &Calls, role_arn: &str) -> Self {
        // Whoever needs the role tries again, within its own deadline.
        let config = config.to_builder().retry_config(RetryConfig::disabled()).build();
        Self { sts: Client::new(&config), calls: calls.clone(), role_arn: role_arn.to_owned() }
    }

    pub(crate) fn shared(self) -> SharedCredentialsProvider {
        SharedCredentialsProvider::new(self)
    }

    /// The same, kept until shortly before they expire.
    pub(crate) fn kept(self) -> SharedCredentialsProvider {
        SharedCredentialsProvider::new(Kept { role: self, last: Mutex::default() })
    }

    async fn assume(&self) -> Provided {
        self.calls.count(Service::Sts);
        let assumed = self.sts.assume_role().role_arn(&self.role_arn).role_session_name(SESSION).send().await.map_err(
            |error| {
                let fault = Fault::of(&error);
                self.failed(fault.kind, &fault.detail)
            },
        )?;
        let keys =
            assumed.credentials.ok_or_else(|| self.failed(FailureKind::Rejected, "the answer holds no credentials"))?;
        let expiry = SystemTime::try_from(keys.expiration)
            .map_err(|_| self.failed(FailureKind::Rejected, "the credentials expire at no real time"))?;
        Ok(Credentials::new(
            keys.access_key_id,
            keys.secret_access_key,
            Some(keys.session_token),
            Some(expiry),
            "AssumeRole",
        ))
    }

    fn failed(&self, kind: FailureKind, detail: &str) -> CredentialsError {
        let detail = format!("{} cannot be assumed: {detail}", self.role_arn);
        CredentialsError::provider_error(AssumeFailed(failure(kind, &detail)))
    }
}

/// Credentials that are asked for again only when they soon expire.
#[derive(Debug)]
struct Kept {
    role: AssumedRole,
    last: Mutex<Option<Credentials>>,
}

impl Kept {
    async fn provide(&self) -> Provided {
        let mut last = self.last.lock().await;
        let fresh = |known: &&Credentials| known.expiry().is_some_and(|at| at > SystemTime::now() + EXPIRES_SOON);
        if let Some(known) = last.as_ref().filter(fresh) {
            return Ok(known.clone());
        }
        let assumed = self.role.assume().await?;
        Ok(last.insert(assumed).clone())
    }
}

impl ProvideCredentials for Kept {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(self.provide())
    }
}

impl ProvideCredentials for AssumedRole {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(self.assume())
    }
}
