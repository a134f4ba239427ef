use std::time::SystemTime;

use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider};
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4::SigningParams;
use domain::metric::{Failure, FailureKind};
use reqwest::RequestBuilder;

use crate::fault::{assume_failed, innermost};
use crate::samples::failure;

/// Signs requests with AWS Signature Version 4.
#[derive(Debug)]
pub(crate) struct Signer {
    pub(crate) region: String,
    /// The service as signatures name it, such as `aps`.
    pub(crate) name: &'static str,
    pub(crate) credentials: SharedCredentialsProvider,
}

impl Signer {
    /// Puts `headers` and the signature on a call of `url` with `body`.
    ///
    /// # Errors
    /// When there are no credentials, or no signature can be made.
    pub(crate) async fn sign(
        &self,
        request: RequestBuilder,
        (method, url): (&str, &str),
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Result<RequestBuilder, Failure> {
        let denied = |error: &(dyn std::error::Error + 'static)| match assume_failed(error) {
            Some(failure) => failure.clone(),
            None => failure(FailureKind::Denied, &innermost(error)),
        };
        let credentials = self.credentials.provide_credentials().await.map_err(|e| denied(&e))?;
        let identity = credentials.into();
        let params = SigningParams::builder()
            .identity(&identity)
            .region(&self.region)
            .name(self.name)
            .time(SystemTime::now())
            .settings(SigningSettings::default())
            .build()
            .map_err(|e| denied(&e))?
            .into();
        let signable = SignableRequest::new(method, url, headers.iter().copied(), SignableBody::Bytes(body));
        let (instructions, _) = sign(signable.map_err(|e| denied(&e))?, &params).map_err(|e| denied(&e))?.into_parts();
        let headers = headers.iter().copied().chain(instructions.headers());
        Ok(headers.fold(request, |request, (name, value)| request.header(name, value)))
    }
}
