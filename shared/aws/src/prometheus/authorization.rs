use std::time::SystemTime;

use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider};
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4::SigningParams;
use domain::setup::PrometheusAuth;
use engine::port::PortError;
use reqwest::RequestBuilder;

use crate::aws::Aws;
use crate::calls::Service;
use crate::fault::innermost;
use crate::secrets::SecretText;

/// The service name in signatures for Amazon Managed Service for Prometheus.
const SIGNING_NAME: &str = "aps";

/// How requests to one server prove who asks.
#[derive(Debug)]
pub(super) enum Authorization {
    None,
    Bearer(SecretText),
    Basic { username: String, password: SecretText },
    SigV4 { region: String, credentials: SharedCredentialsProvider },
}

impl Authorization {
    /// Reads the secret that is needed, if any.
    pub(super) async fn of(aws: &Aws, auth: &PrometheusAuth) -> Result<Self, PortError> {
        Ok(match auth {
            PrometheusAuth::None => Self::None,
            PrometheusAuth::Bearer(token) => Self::Bearer(aws.secret(token).await?),
            PrometheusAuth::Basic { username, password } => {
                Self::Basic { username: username.clone(), password: aws.secret(password).await? }
            }
            PrometheusAuth::SigV4 { region } => Self::SigV4 {
                region: region.clone(),
                credentials: aws
                    .config
                    .credentials_provider()
                    .ok_or_else(|| denied("there are no credentials to sign with"))?,
            },
        })
    }

    /// Puts the proof on a `POST` of `form` to `url`.
    ///
    /// # Errors
    /// In words, when a signature cannot be made.
    pub(super) async fn apply(&self, request: RequestBuilder, url: &str, form: &str) -> Result<RequestBuilder, String> {
        match self {
            Self::None => Ok(request),
            Self::Bearer(token) => Ok(request.bearer_auth(token.reveal())),
            Self::Basic { username, password } => Ok(request.basic_auth(username, Some(password.reveal()))),
            Self::SigV4 { region, credentials } => {
                let credentials = credentials.provide_credentials().await.map_err(|e| innermost(&e))?;
                let identity = credentials.into();
                let params = SigningParams::builder()
                    .identity(&identity)
                    .region(region)
                    .name(SIGNING_NAME)
                    .time(SystemTime::now())
                    .settings(SigningSettings::default())
                    .build()
                    .map_err(|e| innermost(&e))?
                    .into();
                let body = SignableBody::Bytes(form.as_bytes());
                let signable =
                    SignableRequest::new("POST", url, std::iter::empty(), body).map_err(|e| innermost(&e))?;
                let (instructions, _) = sign(signable, &params).map_err(|e| innermost(&e))?.into_parts();
                Ok(instructions.headers().fold(request, |request, (name, value)| request.header(name, value)))
            }
        }
    }
}

fn denied(detail: &str) -> PortError {
    PortError::Denied { service: Service::Prometheus.as_str(), detail: detail.to_owned() }
}
