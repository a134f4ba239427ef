//! A function set up as the guides of the SDK and of `lambda_runtime` say: what Tocsin's start is compared with.

use aws_sdk_dynamodb::types::AttributeValue;
use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde_json::{Value, json};

#[tokio::main]
async fn main() -> Result<(), Error> {
    lambda_runtime::tracing::init_default_subscriber();
    let config = aws_config::load_from_env().await;
    let dynamodb = aws_sdk_dynamodb::Client::new(&config);
    let others =
        (aws_sdk_lambda::Client::new(&config), aws_sdk_s3::Client::new(&config), aws_sdk_sns::Client::new(&config));
    lambda_runtime::run(service_fn(|_: LambdaEvent<Value>| async {
        let _ = &others;
        let read =
            dynamodb.get_item().table_name("bench").key("pk", AttributeValue::S("bench".to_owned())).send().await?;
        Ok::<_, Error>(json!({ "read": read.item.is_some() }))
    }))
    .await
}
