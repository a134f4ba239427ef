//! A Lambda alias as a target: looked up, moved once, and never over somebody else's change.

#![allow(clippy::unwrap_used)]

use std::process::Command;

use aws::{Aws, Settings};
use aws_sdk_lambda::Client;
use aws_sdk_lambda::primitives::Blob;
use aws_sdk_lambda::types::{AliasRoutingConfiguration, FunctionCode, Runtime};
use domain::service::Resource;
use engine::port::{TargetError, Targets};
use testkit::stack::Stack;

/// A package that differs with `text`.
fn package(text: &str) -> Blob {
    let script = "import io,sys,zipfile; b=io.BytesIO(); z=zipfile.ZipFile(b,'w'); z.writestr('index.py', sys.argv[1]); \
                  z.close(); sys.stdout.buffer.write(b.getvalue())";
    let made = Command::new("python3").args(["-c", script, text]).output().unwrap();
    assert!(made.status.success(), "{made:?}");
    Blob::new(made.stdout)
}

/// The role that the function runs as, which Lambda asks for.
fn role(stack: &Stack) {
    let trust = r#"AssumeRolePolicyDocument={"Version":"2012-10-17","Statement":[{"Effect":"Allow",
        "Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;
    let made = Command::new("curl")
        .args(["--fail", "--silent", "--show-error", "--aws-sigv4", "aws:amz:us-east-1:iam", "--user", "test:test"])
        .args(["--data", "Action=CreateRole&Version=2010-05-08&RoleName=shop", "--data-urlencode", trust])
        .arg(stack.endpoint())
        .output()
        .unwrap();
    assert!(made.status.success(), "{made:?}");
}

/// The function `shop-checkout` with versions 1 and 2, and the alias `live` on 1 with a share on 2.
async fn release(stack: &Stack) {
    role(stack);
    let client = Client::new(&stack.config());
    client
        .create_function()
        .function_name("shop-checkout")
        .runtime(Runtime::Python312)
        .role("arn:aws:iam::000000000000:role/shop")
        .handler("index.handler")
        .code(FunctionCode::builder().zip_file(package("one")).build())
        .send()
        .await
        .unwrap();
    let publish = |words: &str| client.publish_version().function_name("shop-checkout").description(words);
    publish("the first").send().await.unwrap();
    let update = client.update_function_code().function_name("shop-checkout").zip_file(package("two"));
    update.send().await.unwrap();
    publish("add coupons").send().await.unwrap();
    let share = AliasRoutingConfiguration::builder().additional_version_weights("2", 0.1).build();
    client
        .create_alias()
        .function_name("shop-checkout")
        .name("live")
        .function_version("1")
        .routing_config(share)
        .send()
        .await
        .unwrap();
}

fn target(alias: &str) -> Resource {
    Resource::LambdaAlias { function: "shop-checkout".to_owned(), alias: alias.to_owned() }
}

#[tokio::test]
async fn an_alias_is_moved_once() {
    let stack = Stack::start();
    release(&stack).await;
    let aws = Aws::new(stack.config(), Settings::default());
    let live = target("live");

    let before = aws.look_up(&live).await.unwrap();
    assert_eq!((before.version.as_str(), before.weighted), ("1", true));
    aws.point_at(&live, "2", &before.revision).await.unwrap();
    let after = aws.look_up(&live).await.unwrap();
    assert_eq!((after.version.as_str(), after.weighted), ("2", false));
    assert_ne!(after.revision, before.revision);

    let stale = aws.point_at(&live, "1", &before.revision).await;
    assert_eq!(stale, Err(TargetError::Changed("lambda:shop-checkout:live".to_owned())));
    assert_eq!(aws.look_up(&live).await.unwrap(), after);

    let words = aws.describe(&live, "2").await.unwrap();
    assert!(words.starts_with("add coupons (code "), "{words}");
    assert_ne!(words, aws.describe(&live, "1").await.unwrap());
}

#[tokio::test]
async fn what_does_not_exist_is_missing() {
    let stack = Stack::start();
    let aws = Aws::new(stack.config(), Settings::default());
    let missing = TargetError::Missing("lambda:shop-checkout:dead".to_owned());
    assert_eq!(aws.look_up(&target("dead")).await, Err(missing.clone()));
    release(&stack).await;
    assert_eq!(aws.look_up(&target("dead")).await, Err(missing.clone()));
    assert_eq!(aws.point_at(&target("dead"), "1", "x").await, Err(missing));
    let unknown = aws.describe(&target("live"), "9").await;
    assert_eq!(unknown, Err(TargetError::Missing("lambda:shop-checkout:live".to_owned())));
}
