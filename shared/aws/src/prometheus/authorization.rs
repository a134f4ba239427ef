use domain::metric::Failure;
use domain::setup::PrometheusAuth;
use engine::port::PortError;
use reqwest::RequestBuilder;

use crate::aws::Aws;
use crate::calls::Service;
use crate::secrets::SecretText;
use crate::signature::Signer;

/// The service name in signatures for Amazon Managed Service for Prometheus.
const SIGNING_NAME: &str = "aps";

/// How requests to one server prove who asks.
#[derive(Debug)]
pub(super) enum Authorization {
    None,
    Bearer(SecretText),
    Basic { username: String, password: SecretText },
    SigV4(Signer),
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
            PrometheusAuth::SigV4 { region } => {
                let credentials = aws.config.credentials_provider();
                let credentials = credentials.ok_or_else(|| denied("there are no credentials to sign with"))?;
                Self::SigV4(Signer { region: region.clone(), name: SIGNING_NAME, credentials })
            }
        })
    }

    /// Puts the proof on a `POST` of `form` to `url`.
    ///
    /// # Errors
    /// When a signature cannot be made.
    pub(super) async fn apply(
        &self,
        request: RequestBuilder,
        url: &str,
        form: &str,
    ) -> Result<RequestBuilder, Failure> {
        match self {
            Self::None => Ok(request),
            Self::Bearer(token) => Ok(request.bearer_auth(token.reveal())),
            Self::Basic { username, password } => Ok(request.basic_auth(username, Some(password.reveal()))),
            Self::SigV4(signer) => signer.sign(request, ("POST", url), &[], form.as_bytes()).await,
        }
    }
}

fn denied(detail: &str) -> PortError {
    PortError::Denied { service: Service::Prometheus.as_str(), detail: detail.to_owned() }
}
