//! Calls of an HTTP API behind API Gateway that wants `AWS_IAM` signatures: our own.

use std::time::Duration;

use domain::metric::{Failure, FailureKind};

use crate::aws::Aws;
use crate::http::{body, unanswered};
use crate::samples::failure;
use crate::signature::Signer;

/// The longest answer that is read: Lambda gives at most six megabytes.
const ANSWER_BYTES_MAX: usize = 8 * 1024 * 1024;
const CALL_TIME_MAX: Duration = Duration::from_secs(30);

impl Aws {
    /// Status and body of a signed call; `json` is sent as the body, if there is one.
    ///
    /// # Errors
    /// When there are no credentials, or nothing answers.
    pub async fn call_api(
        &self,
        method: &'static str,
        url: &str,
        json: Option<&str>,
        accept: &'static str,
    ) -> Result<(u16, Vec<u8>), Failure> {
        let none = || failure(FailureKind::Denied, "there are no credentials to sign with");
        let credentials = self.config.credentials_provider().ok_or_else(none)?;
        let own = self.config.region().map(ToString::to_string).unwrap_or_default();
        let region = region_of(url).map_or(own, str::to_owned);
        let signer = Signer { region, name: "execute-api", credentials };
        let verb = reqwest::Method::from_bytes(method.as_bytes()).expect("it is written as a method");
        let sent = json.unwrap_or_default();
        let request = self.http()?.request(verb, url).timeout(CALL_TIME_MAX).body(sent.to_owned());
        let mut headers = vec![("accept", accept)];
        headers.extend(json.map(|_| ("content-type", "application/json")));
        let request = signer.sign(request, (method, url), &headers, sent.as_bytes()).await?;
        let response = request.send().await.map_err(unanswered)?;
        let status = response.status().as_u16();
        Ok((status, body(response, ANSWER_BYTES_MAX).await?))
    }
}

/// The region in an address such as `https://a1b2.execute-api.eu-central-1.amazonaws.com`.
fn region_of(url: &str) -> Option<&str> {
    url.split_once(".execute-api.")?.1.split('.').next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_region_stands_in_the_address() {
        assert_eq!(region_of("https://a1.execute-api.eu-central-1.amazonaws.com/v1/gate/x"), Some("eu-central-1"));
        assert_eq!(region_of("https://tocsin.example.com/v1/gate/x"), None);
    }
}
