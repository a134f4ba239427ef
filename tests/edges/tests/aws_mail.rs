//! E-mails by SES and text messages by SNS, against a local AWS.

#![allow(clippy::unwrap_used)]

use aws::{Aws, Settings};
use domain::event::EventKind;
use domain::notification::{Delivery, EmailAddress};
use domain::sample;
use notify::message::{Words, email, sms};
use serde_json::{Value, json};
use testkit::stack::Stack;

/// The stack asks who signs, not for a sound signature.
const SIGNED: &str =
    "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/ses/aws4_request, SignedHeaders=host, Signature=0";

/// Asks the stack itself; its answer's body.
async fn ask(stack: &Stack, path: &str, body: Option<Value>) -> String {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let url = format!("{}{path}", stack.endpoint());
    let request = match body {
        Some(body) => client.post(url).header("content-type", "application/json").body(body.to_string()),
        None => client.get(url),
    };
    request.header("authorization", SIGNED).send().await.unwrap().text().await.unwrap()
}

#[tokio::test]
async fn mails_and_text_messages_leave_and_what_is_refused_is_said() {
    let stack = Stack::start();
    let aws = Aws::new(stack.config(), Settings::default());
    let told = sample::notification(EventKind::IncidentOpened, "mail");
    let from: EmailAddress = "tocsin@example.com".parse().unwrap();
    let to: EmailAddress = "success@simulator.amazonses.com".parse().unwrap();
    let mail = email(&told, &Words::default(), &from, std::slice::from_ref(&to)).request();
    let refused = aws.send_email(&mail).await;
    assert!(
        matches!(&refused, Delivery::Refused { answer } if answer.starts_with("SES: MessageRejected: Email address is not")),
        "{refused:?}"
    );
    ask(&stack, "/v2/email/identities", Some(json!({ "EmailIdentity": from }))).await;
    let taken = aws.send_email(&mail).await;
    assert!(matches!(&taken, Delivery::Accepted { answer, .. } if answer.starts_with("SES took it as ")), "{taken:?}");
    let sent = ask(&stack, "/_ministack/ses/messages", None).await;
    for words in ["[SEV2] shop-checkout-error-rate", "37.5 %", to.as_str()] {
        assert!(sent.contains(words), "{words}: {sent}");
    }

    let text = sms(&told, &Words::default());
    let (phone, sender) = ("+4930123456".parse().unwrap(), "Tocsin".parse().unwrap());
    let taken = aws.send_text(&phone, Some(&sender), &text).await;
    assert!(matches!(&taken, Delivery::Accepted { .. }), "{taken:?}");
    let sent = ask(&stack, "/_ministack/sns/sms-messages", None).await;
    for words in ["+4930123456", "Transactional", "37.5 %"] {
        assert!(sent.contains(words), "{words}: {sent}");
    }
}
