use std::time::Duration;

use aws_sdk_sns::operation::publish::builders::PublishFluentBuilder;
use aws_sdk_sns::types::MessageAttributeValue;
use domain::metric::{Failure, FailureKind};
use domain::notification::{Delivery, PhoneNumber, SenderId, TopicArn};
use serde_json::Value;

use crate::aws::Aws;
use crate::calls::Service;
use crate::fault::{Fault, kind_of};
use crate::http::{body, unanswered};
use crate::samples::failure;
use crate::signature::Signer;

/// The longest answer that is read, in bytes: an id, or an error.
const BODY_BYTES_MAX: usize = 64 * 1024;
/// One call; another try follows as the engine says.
const CALL_TIME_MAX: Duration = Duration::from_secs(10);

/// Actions: `ses:SendEmail` on the identity that mails are from (`send_email`), `sns:Publish` to telephones (`send_text`) and
/// on the topics of channels (`send_notice`; with a KMS key of one's own also `kms:GenerateDataKey` and `kms:Decrypt`).
impl Aws {
    /// Hands `mail`, a request of `SendEmail`, to SES. It is called without an SDK client: one operation in JSON needs no
    /// further megabyte in the package.
    ///
    /// Source: <https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html>
    pub async fn send_email(&self, mail: &Value) -> Delivery {
        match self.ask_ses(mail).await {
            Ok(answer) => {
                let id = answer.pointer("/MessageId").and_then(Value::as_str).unwrap_or_default();
                Delivery::Accepted { answer: format!("SES took it as {id}"), handle: None }
            }
            Err(failure) => undelivered("SES", &failure),
        }
    }

    async fn ask_ses(&self, mail: &Value) -> Result<Value, Failure> {
        let denied = |why: &str| failure(FailureKind::Denied, why);
        let credentials =
            self.config.credentials_provider().ok_or_else(|| denied("there are no credentials to sign with"))?;
        let region = self.config.region().map(ToString::to_string).ok_or_else(|| denied("there is no region"))?;
        let base =
            self.config.endpoint_url().map_or_else(|| format!("https://email.{region}.amazonaws.com"), str::to_owned);
        let url = format!("{}/v2/email/outbound-emails", base.trim_end_matches('/'));
        let question = mail.to_string();
        let request = self.http()?.post(&url).timeout(CALL_TIME_MAX).body(question.clone());
        let signer = Signer { region, name: "ses", credentials };
        let headers = [("content-type", "application/json")];
        let request = signer.sign(request, ("POST", &url), &headers, question.as_bytes()).await?;
        self.calls.count(Service::Ses);
        let response = request.send().await.map_err(unanswered)?;
        let status = response.status().as_u16();
        let code = response.headers().get("x-amzn-errortype").and_then(|value| value.to_str().ok()).map(str::to_owned);
        let answer = body(response, BODY_BYTES_MAX).await?;
        let said: Value = serde_json::from_slice(&answer).unwrap_or_default();
        if status == 200 { Ok(said) } else { Err(refused(status, code.as_deref(), &said)) }
    }

    /// Hands a text message to SNS.
    ///
    /// Source: <https://docs.aws.amazon.com/sns/latest/dg/sms_publish-to-phone.html>
    pub async fn send_text(&self, to: &PhoneNumber, sender: Option<&SenderId>, text: &str) -> Delivery {
        let mut request = self.sns().publish().phone_number(to.as_str()).message(text);
        request = request.message_attributes("AWS.SNS.SMS.SMSType", attribute("Transactional"));
        if let Some(sender) = sender {
            request = request.message_attributes("AWS.SNS.SMS.SenderID", attribute(sender.as_str()));
        }
        self.published(request).await
    }

    /// Publishes subject and text on a topic, to whoever subscribes to it.
    ///
    /// Source: <https://docs.aws.amazon.com/sns/latest/api/API_Publish.html>
    pub async fn send_notice(
        &self,
        topic: &TopicArn,
        (subject, text): (&str, &str),
        attributes: &[(&'static str, String)],
    ) -> Delivery {
        let mut request = self.sns().publish().topic_arn(topic.as_str()).subject(subject).message(text);
        for (name, value) in attributes {
            request = request.message_attributes(*name, attribute(value));
        }
        self.published(request).await
    }

    async fn published(&self, request: PublishFluentBuilder) -> Delivery {
        self.calls.count(Service::Sns);
        match request.send().await {
            Ok(answer) => {
                let id = answer.message_id.unwrap_or_default();
                Delivery::Accepted { answer: format!("SNS took it as {id}"), handle: None }
            }
            Err(error) => undelivered("SNS", &Fault::of(&error).failure()),
        }
    }
}

fn attribute(value: &str) -> MessageAttributeValue {
    let value = MessageAttributeValue::builder().data_type("String").string_value(value);
    value.build().expect("the type is set")
}

/// Whether another try can help: not where it is not allowed, or is not taken as it is.
fn undelivered(service: &str, failure: &Failure) -> Delivery {
    let words = format!("{service}: {}", failure.detail);
    match failure.kind {
        FailureKind::Denied | FailureKind::Rejected => Delivery::Refused { answer: words },
        _ => Delivery::TryLater { reason: words, after_seconds: None },
    }
}

fn refused(status: u16, code: Option<&str>, said: &Value) -> Failure {
    // The header's word goes on with a colon and an address.
    let code = code.unwrap_or_default().split(':').next().unwrap_or_default();
    let message = ["message", "Message"].iter().find_map(|key| said.get(*key)?.as_str()).unwrap_or_default();
    let detail = if code.is_empty() { format!("HTTP {status} {message}") } else { format!("{code}: {message}") };
    failure(kind_of(code, status), detail.trim())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_ses_refuses_is_final_and_what_passes_is_tried_again() {
        let check = |status: u16, code: &str, message: &str, expected: Delivery| {
            let found = undelivered("SES", &refused(status, Some(code), &json!({ "message": message })));
            assert_eq!(found, expected, "{status} {code}");
        };
        let refused = |words: &str| Delivery::Refused { answer: words.to_owned() };
        let later = |words: &str| Delivery::TryLater { reason: words.to_owned(), after_seconds: None };
        let words = "Email address is not verified.";
        check(400, "MessageRejected", words, refused("SES: MessageRejected: Email address is not verified."));
        check(403, "AccessDeniedException", "no", refused("SES: AccessDeniedException: no"));
        check(429, "TooManyRequestsException:http://x", "slow", later("SES: TooManyRequestsException: slow"));
        check(400, "LimitExceededException", "quota", later("SES: LimitExceededException: quota"));
        check(503, "", "", later("SES: HTTP 503"));
    }
}
