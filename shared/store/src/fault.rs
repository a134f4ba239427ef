use aws_sdk_dynamodb::error::{DisplayErrorContext, ProvideErrorMetadata, SdkError};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use engine::port::PortError;

const SERVICE: &str = "DynamoDB";

/// What `DynamoDB` answers when it may work later, beside every 5xx.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html>
const LATER: [&str; 7] = [
    "ProvisionedThroughputExceededException",
    "ThrottlingException",
    "Throttling",
    "RequestLimitExceeded",
    "LimitExceededException",
    "TransactionInProgressException",
    "TransactionConflictException",
];

/// A failed call, by what its caller can do.
#[expect(clippy::needless_pass_by_value, reason = "so that map_err takes it by name")]
pub(crate) fn fault<E>(error: SdkError<E>) -> PortError
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
{
    let SdkError::ServiceError(answer) = &error else {
        let detail = DisplayErrorContext(&error).to_string();
        return match error {
            SdkError::ConstructionFailure(_) => denied(detail),
            _ => unavailable(detail),
        };
    };
    let (code, message) = (answer.err().code().unwrap_or("no code"), answer.err().message().unwrap_or_default());
    if LATER.contains(&code) || is_server_error(answer.raw()) {
        unavailable(format!("{code}: {message}"))
    } else {
        denied(format!("{code}: {message}"))
    }
}

fn is_server_error(answer: &HttpResponse) -> bool {
    answer.status().is_server_error()
}

pub(crate) fn unavailable(detail: String) -> PortError {
    PortError::Unavailable { service: SERVICE, detail }
}

pub(crate) fn denied(detail: String) -> PortError {
    PortError::Denied { service: SERVICE, detail }
}

#[cfg(test)]
mod tests {
    use aws_sdk_dynamodb::operation::get_item::GetItemError;
    use aws_smithy_runtime_api::client::result::ConnectorError;
    use aws_smithy_types::body::SdkBody;
    use aws_smithy_types::error::ErrorMetadata;

    use super::*;

    fn answered(code: &str, status: u16) -> SdkError<GetItemError> {
        let error = GetItemError::generic(ErrorMetadata::builder().code(code).message("because").build());
        SdkError::service_error(error, HttpResponse::new(status.try_into().unwrap(), SdkBody::empty()))
    }

    fn check(error: SdkError<GetItemError>, expected: &str) {
        let text = fault(error).to_string();
        assert!(text.starts_with(expected), "{text} is not {expected}");
    }

    #[test]
    fn faults_are_sorted_by_what_can_be_done() {
        for code in LATER {
            check(answered(code, 400), &format!("DynamoDB is not available: {code}: because"));
        }
        check(answered("InternalServerError", 500), "DynamoDB is not available");
        check(answered("AccessDeniedException", 400), "DynamoDB refuses: AccessDeniedException: because");
        check(answered("ResourceNotFoundException", 400), "DynamoDB refuses");
        check(answered("ValidationException", 400), "DynamoDB refuses");
        check(SdkError::timeout_error("2 s"), "DynamoDB is not available");
        check(SdkError::dispatch_failure(ConnectorError::io("refused".into())), "DynamoDB is not available");
        check(SdkError::construction_failure("no key"), "DynamoDB refuses");
    }
}
