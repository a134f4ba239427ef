//! What HTTP calls without an SDK have in common.

use domain::metric::{Failure, FailureKind};
use reqwest::{Client, Response};

use crate::aws::Aws;
use crate::fault::innermost;
use crate::samples::failure;

impl Aws {
    /// The client for all servers but those of checks, built when first needed.
    pub(crate) fn http(&self) -> Result<Client, Failure> {
        let client = self.http.get_or_init(|| crate::tls::client(self.settings.authorities.as_deref()));
        client.clone().map_err(|detail| failure(FailureKind::Unreachable, &detail))
    }
}

/// The body of an answer, if it is not longer than `bytes_max`.
pub(crate) async fn body(mut response: Response, bytes_max: usize) -> Result<Vec<u8>, Failure> {
    let mut body = Vec::new();
    while let Some(piece) = response.chunk().await.map_err(unanswered)? {
        if body.len() + piece.len() > bytes_max {
            let detail = format!("the answer is longer than {bytes_max} bytes");
            return Err(failure(FailureKind::Rejected, &detail));
        }
        body.extend_from_slice(&piece);
    }
    Ok(body)
}

/// Why there is no answer.
pub(crate) fn unanswered(error: reqwest::Error) -> Failure {
    let kind = if error.is_timeout() { FailureKind::TimedOut } else { FailureKind::Unreachable };
    failure(kind, &innermost(&error.without_url()))
}
