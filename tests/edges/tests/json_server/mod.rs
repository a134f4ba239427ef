//! A server that answers as AWS's JSON services do, and judges how it is asked.

#![allow(dead_code, clippy::unwrap_used, reason = "part of tests, which take what they need of it")]

use std::sync::{Arc, Mutex};

use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_types::SdkConfig;
use aws_types::region::Region;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What was asked: operation and body.
pub(crate) type Asked = Arc<Mutex<Vec<(String, Value)>>>;

/// Serves with `answer`, of how often the operation was called before, its name and its body: status and body.
///
/// `scope` is what the credential of every signature ends with, such as `us-east-1/ce/aws4_request`.
pub(crate) async fn serve(
    scope: &'static str,
    answer: impl Fn(usize, &str, &Value) -> (u16, Value) + Send + Sync + 'static,
) -> (SdkConfig, Asked) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let asked = Asked::default();
    let (kept, answer) = (asked.clone(), Arc::new(answer));
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (kept, answer) = (kept.clone(), answer.clone());
            tokio::spawn(async move { speak(stream, scope, &kept, &*answer).await });
        }
    });
    let credentials = Credentials::new("AKID", "secret", None, None, "test");
    let config = SdkConfig::builder()
        .region(Region::from_static("eu-west-1"))
        .endpoint_url(endpoint)
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .build();
    (config, asked)
}

async fn speak(
    mut stream: TcpStream,
    scope: &str,
    asked: &Asked,
    answer: &(dyn Fn(usize, &str, &Value) -> (u16, Value) + Sync),
) {
    let mut bytes = Vec::new();
    loop {
        let (head, body) = loop {
            let text = String::from_utf8_lossy(&bytes).into_owned();
            if let Some((head, body)) = text.split_once("\r\n\r\n")
                && body.len() >= header(head, "content-length").parse::<usize>().unwrap()
            {
                break (head.to_owned(), body.to_owned());
            }
            let mut part = [0; 4096];
            match stream.read(&mut part).await {
                Ok(0) | Err(_) => return,
                Ok(count) => bytes.extend_from_slice(&part[..count]),
            }
        };
        bytes.clear();
        let target = header(&head, "x-amz-target");
        let operation = target.split_once('.').unwrap().1.to_owned();
        let body: Value = serde_json::from_str(&body).unwrap();
        let (status, text) = match wrong(&head, scope) {
            Some(wrong) => (400, serde_json::json!({"__type": "WrongRequest", "message": wrong})),
            None => {
                let before = asked.lock().unwrap().iter().filter(|(of, _)| *of == operation).count();
                answer(before, &operation, &body)
            }
        };
        asked.lock().unwrap().push((operation, body));
        let text = text.to_string();
        let answer = format!("HTTP/1.1 {status} X\r\ncontent-length: {}\r\n\r\n{text}", text.len());
        stream.write_all(answer.as_bytes()).await.unwrap();
    }
}

/// What is wrong with the head of a request; `None`: nothing.
fn wrong(head: &str, scope: &str) -> Option<String> {
    let authorization = header(head, "authorization");
    let signed = "SignedHeaders=content-type;host;x-amz-date;x-amz-target";
    let first = head.lines().next().unwrap_or_default();
    if first != "POST / HTTP/1.1" {
        Some(format!("{first:?} is no POST of /"))
    } else if header(head, "content-type") != "application/x-amz-json-1.1" {
        Some("the content type is another".to_owned())
    } else if !authorization.contains(&format!("{scope}, ")) || !authorization.contains(signed) {
        Some(format!("{authorization:?} does not sign what it must for {scope}"))
    } else {
        None
    }
}

fn header(head: &str, name: &str) -> String {
    let lines = head.lines().filter_map(|line| line.split_once(": "));
    lines
        .into_iter()
        .find(|(of, _)| of.eq_ignore_ascii_case(name))
        .map_or_else(String::new, |(_, text)| text.to_owned())
}
