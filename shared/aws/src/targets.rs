use std::error::Error;

use aws_sdk_lambda::config::Builder;
use aws_sdk_lambda::types::AliasRoutingConfiguration;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use aws_smithy_types::retry::RetryConfig;
use domain::service::Resource;
use engine::port::{TargetError, TargetState, Targets};

use crate::aws::Aws;
use crate::calls::Service;
use crate::fault::Fault;

/// As many characters of a package's hash tell two versions apart.
const HASH_CHARS: usize = 8;

/// Actions: `lambda:GetAlias` (`look_up`), `lambda:GetFunctionConfiguration` (`describe`), `lambda:UpdateAlias`
/// (`point_at`).
impl Targets for Aws {
    async fn look_up(&self, target: &Resource) -> Result<TargetState, TargetError> {
        let Resource::LambdaAlias { function, alias } = target;
        self.calls.count(Service::Lambda);
        let found = self
            .lambda()
            .get_alias()
            .function_name(function)
            .name(alias)
            .send()
            .await
            .map_err(|error| sorted(target, &error))?;
        let weighted = found
            .routing_config()
            .and_then(AliasRoutingConfiguration::additional_version_weights)
            .is_some_and(|weights| weights.values().any(|weight| *weight > 0.0));
        Ok(TargetState {
            version: found.function_version.unwrap_or_default(),
            revision: found.revision_id.unwrap_or_default(),
            weighted,
        })
    }

    async fn describe(&self, target: &Resource, version: &str) -> Result<String, TargetError> {
        let Resource::LambdaAlias { function, .. } = target;
        self.calls.count(Service::Lambda);
        let found = self
            .lambda()
            .get_function_configuration()
            .function_name(function)
            .qualifier(version)
            .send()
            .await
            .map_err(|error| sorted(target, &error))?;
        Ok(description(
            found.description().unwrap_or(""),
            found.code_sha256().unwrap_or(""),
            found.last_modified().unwrap_or(""),
        ))
    }

    /// Clears the weights of other versions as well: afterwards all traffic goes to `version`.
    async fn point_at(&self, target: &Resource, version: &str, revision: &str) -> Result<(), TargetError> {
        let Resource::LambdaAlias { function, alias } = target;
        let alone = AliasRoutingConfiguration::builder().set_additional_version_weights(Some([].into()));
        // A second try after a lost answer would find another revision and say that somebody else did it.
        let once = Builder::new().retry_config(RetryConfig::disabled());
        self.calls.count(Service::Lambda);
        self.lambda()
            .update_alias()
            .function_name(function)
            .name(alias)
            .function_version(version)
            .revision_id(revision)
            .routing_config(alone.build())
            .customize()
            .config_override(once)
            .send()
            .await
            .map(|_| ())
            .map_err(|error| sorted(target, &error))
    }
}

fn sorted<E: ProvideErrorMetadata + Error + 'static>(
    target: &Resource,
    error: &SdkError<E, HttpResponse>,
) -> TargetError {
    let fault = Fault::of(error);
    match fault.code.as_str() {
        "ResourceNotFoundException" => TargetError::Missing(target.to_string()),
        "PreconditionFailedException" => TargetError::Changed(target.to_string()),
        // Lambda's word for "an update of this function is under way".
        "ResourceConflictException" => TargetError::Port(engine::port::PortError::Unavailable {
            service: Service::Lambda.as_str(),
            detail: fault.detail,
        }),
        _ => TargetError::Port(fault.port(Service::Lambda)),
    }
}

/// The owner's words first, then what tells this version from others.
fn description(words: &str, hash: &str, modified: &str) -> String {
    let hash: String = hash.chars().take(HASH_CHARS).collect();
    let facts: Vec<String> = [("code", hash.as_str()), ("published", modified)]
        .into_iter()
        .filter(|(_, fact)| !fact.is_empty())
        .map(|(word, fact)| format!("{word} {fact}"))
        .collect();
    match (words.is_empty(), facts.is_empty()) {
        (_, true) => words.to_owned(),
        (true, false) => facts.join(", "),
        (false, false) => format!("{words} ({})", facts.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use engine::port::PortError;

    use super::*;
    use crate::aws::Settings;
    use crate::wire::Wire;

    fn target() -> Resource {
        Resource::LambdaAlias { function: "shop-checkout".to_owned(), alias: "live".to_owned() }
    }

    async fn check(status: u16, body: &str, expected: impl Fn(&TargetError) -> bool) {
        let wire = Wire::of([(status, "application/json", body.as_bytes().to_vec())]);
        let aws = Aws::new(wire.config(), Settings::default());
        let error = aws.point_at(&target(), "3", "r1").await.unwrap_err();
        assert!(expected(&error), "{status} {body}: {error:?}");
        assert_eq!(wire.requests().len(), 1, "an action is tried once");
    }

    #[tokio::test]
    async fn an_action_that_may_have_happened_is_not_repeated() {
        let unavailable = |error: &TargetError| matches!(error, TargetError::Port(PortError::Unavailable { .. }));
        check(503, r#"{"__type":"ServiceException","message":"try later"}"#, unavailable).await;
        check(429, r#"{"__type":"TooManyRequestsException"}"#, unavailable).await;
        check(504, "", unavailable).await;
        check(409, r#"{"__type":"ResourceConflictException","message":"busy"}"#, unavailable).await;
        let denied = |error: &TargetError| matches!(error, TargetError::Port(PortError::Denied { .. }));
        check(403, r#"{"__type":"AccessDeniedException","message":"no"}"#, denied).await;
        check(400, r#"{"__type":"InvalidParameterValueException"}"#, denied).await;
        check(412, r#"{"__type":"PreconditionFailedException"}"#, |error| {
            *error == TargetError::Changed("lambda:shop-checkout:live".to_owned())
        })
        .await;
        check(404, r#"{"__type":"ResourceNotFoundException"}"#, |error| {
            *error == TargetError::Missing("lambda:shop-checkout:live".to_owned())
        })
        .await;
    }

    #[tokio::test]
    async fn an_action_clears_the_weights() {
        let wire = Wire::of([(200, "application/json", b"{}".to_vec())]);
        let aws = Aws::new(wire.config(), Settings::default());
        aws.point_at(&target(), "3", "r1").await.unwrap();
        let body: serde_json::Value = serde_json::from_slice(&wire.requests()[0].1).unwrap();
        assert_eq!(
            body,
            serde_json::json!({
                "FunctionVersion": "3", "RevisionId": "r1", "RoutingConfig": {"AdditionalVersionWeights": {}}
            })
        );
    }

    #[test]
    fn descriptions_name_what_there_is() {
        assert_eq!(description("", "", ""), "");
        assert_eq!(description("add coupons", "", ""), "add coupons");
        assert_eq!(description("", "abcdefghij", "now"), "code abcdefgh, published now");
        assert_eq!(description("add coupons", "ab", "now"), "add coupons (code ab, published now)");
    }
}
