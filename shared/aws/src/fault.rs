use std::error::Error;

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use domain::metric::{Failure, FailureKind};
use engine::port::PortError;

use crate::calls::Service;
use crate::role::AssumeFailed;
use crate::samples::failure;

/// Why a call to AWS failed, by what can be done about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) kind: FailureKind,
    /// AWS's own word, `AccessDeniedException`; empty if it gave none.
    pub(crate) code: String,
    /// One line: code and message.
    pub(crate) detail: String,
}

/// Words of AWS for "too many requests".
///
/// Source: <https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html>, and SNS's for KMS.
const THROTTLED: &[&str] = &[
    "BandwidthLimitExceeded",
    "KMSThrottling",
    "KMSThrottlingException",
    "LimitExceededException",
    "PriorRequestNotComplete",
    "RequestLimitExceeded",
    "RequestThrottled",
    "RequestThrottledException",
    "SlowDown",
    "ThrottledException",
    "Throttling",
    "ThrottlingException",
    "TooManyRequestsException",
];

/// Words of AWS, or their beginnings, for "not allowed".
const DENIED: &[&str] = &[
    "AccessDenied",
    "AuthorizationError",
    "ExpiredToken",
    "Forbidden",
    "InvalidClientTokenId",
    "KMSAccessDenied",
    "NotAuthorized",
    "UnauthorizedOperation",
    "UnrecognizedClient",
];

impl Fault {
    /// Sorts an error of the SDK.
    pub(crate) fn of<E: ProvideErrorMetadata + Error + 'static>(error: &SdkError<E, HttpResponse>) -> Self {
        if let Some(failure) = assume_failed(error) {
            return Self { kind: failure.kind, code: String::new(), detail: failure.detail.clone() };
        }
        let kind = match error {
            SdkError::TimeoutError(_) => FailureKind::TimedOut,
            SdkError::DispatchFailure(dispatch) if dispatch.is_timeout() => FailureKind::TimedOut,
            SdkError::DispatchFailure(_) => FailureKind::Unreachable,
            SdkError::ResponseError(context) => by_status(context.raw().status().as_u16()),
            SdkError::ServiceError(context) => {
                kind_of(context.err().code().unwrap_or(""), context.raw().status().as_u16())
            }
            _ => FailureKind::Rejected,
        };
        let code = error.code().unwrap_or("").to_owned();
        let detail = match (error.code(), error.message()) {
            (Some(code), Some(message)) => format!("{code}: {message}"),
            (Some(code), None) => code.to_owned(),
            (None, _) => innermost(error),
        };
        Self { kind, code, detail: failure(kind, &detail).detail }
    }

    /// As what a port says.
    pub(crate) fn port(self, service: Service) -> PortError {
        let service = service.as_str();
        match self.kind {
            FailureKind::Denied | FailureKind::Rejected => PortError::Denied { service, detail: self.detail },
            _ => PortError::Unavailable { service, detail: self.detail },
        }
    }

    /// As what a series says.
    pub(crate) fn failure(self) -> Failure {
        Failure { kind: self.kind, detail: self.detail }
    }
}

/// Shorthand for `map_err`.
pub(crate) fn port_error<E: ProvideErrorMetadata + Error + 'static>(
    service: Service,
) -> impl Fn(SdkError<E, HttpResponse>) -> PortError {
    move |error| Fault::of(&error).port(service)
}

/// The kind that AWS's word, or else the HTTP status, stands for.
pub(crate) fn kind_of(code: &str, status: u16) -> FailureKind {
    if THROTTLED.contains(&code) {
        FailureKind::Throttled
    } else if DENIED.iter().any(|word| code.starts_with(word)) {
        FailureKind::Denied
    } else {
        by_status(status)
    }
}

/// The kind that an HTTP status of an error stands for.
pub(crate) fn by_status(status: u16) -> FailureKind {
    match status {
        401 | 403 => FailureKind::Denied,
        408 | 504 => FailureKind::TimedOut,
        429 => FailureKind::Throttled,
        500.. => FailureKind::Unreachable,
        _ => FailureKind::Rejected,
    }
}

/// Why the role could not be assumed, if that is what went wrong.
pub(crate) fn assume_failed<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a Failure> {
    chain(error).find_map(|e| e.downcast_ref::<AssumeFailed>()).map(|e| &e.0)
}

/// What the innermost source says, which is the one that names the cause.
pub(crate) fn innermost(error: &(dyn Error + 'static)) -> String {
    chain(error).last().map_or_else(String::new, ToString::to_string)
}

fn chain<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |e: &&'a (dyn Error + 'static)| (*e).source())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(code: &str, status: u16, expected: FailureKind) {
        assert_eq!(kind_of(code, status), expected, "{code} {status}");
    }

    #[test]
    fn kinds_follow_awss_words_before_the_status() {
        check("Throttling", 400, FailureKind::Throttled);
        check("TooManyRequestsException", 429, FailureKind::Throttled);
        check("SlowDown", 503, FailureKind::Throttled);
        check("AccessDeniedException", 400, FailureKind::Denied);
        check("AccessDenied", 403, FailureKind::Denied);
        check("KMSAccessDeniedException", 400, FailureKind::Denied);
        check("ExpiredTokenException", 400, FailureKind::Denied);
        check("SignatureDoesNotMatch", 403, FailureKind::Denied);
        check("InternalFailure", 500, FailureKind::Unreachable);
        check("ServiceUnavailable", 503, FailureKind::Unreachable);
        check("", 504, FailureKind::TimedOut);
        check("InvalidParameterValue", 400, FailureKind::Rejected);
        check("", 404, FailureKind::Rejected);
    }
}
