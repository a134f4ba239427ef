//! The API over the real store, served to programs that speak HTTP.

#![allow(dead_code, clippy::unwrap_used, reason = "part of tests, which take what they need of it")]

use std::sync::{Arc, Mutex};
use std::time::{SystemTime, UNIX_EPOCH};

use api::{App, NotConfigured, router};
use axum::Router;
use axum::body::{Body, to_bytes};
use domain::notification::Secret;
use domain::setup::Setup;
use domain::units::Time;
use engine::port::PortError;
use http::Request;
use serde_json::json;
use store::Store;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tower::ServiceExt;

/// What was sent: the path, and how it was answered.
pub(crate) type Seen = Arc<Mutex<Vec<(String, u16, String)>>>;

struct Served {
    store: Store,
    bus: simulator::World,
    setup: Setup,
}

impl App for Served {
    type Store = Store;
    type Outlet = simulator::World;

    fn store(&self) -> &Store {
        &self.store
    }

    fn outlet(&self) -> &simulator::World {
        &self.bus
    }

    async fn setup(&self) -> Result<&Setup, NotConfigured> {
        Ok(&self.setup)
    }

    fn shards(&self) -> u32 {
        1
    }

    async fn park(&self, key: &str, _payload: &str, reason: &str) -> Result<(), PortError> {
        panic!("nothing of what is sent is bad: {key}: {reason}")
    }

    async fn secret(&self, secret: &Secret) -> Result<String, String> {
        panic!("nobody signs here: {secret}")
    }

    async fn reply(&self, url: &str, _text: &str) -> Result<(), String> {
        panic!("nobody presses buttons here: {url}")
    }

    fn now(&self) -> Time {
        now()
    }
}

pub(crate) fn now() -> Time {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    Time::from_epoch(i64::try_from(since.as_secs()).unwrap())
}

/// A configuration of one service and nothing else.
pub(crate) fn setup(service: &str) -> Setup {
    serde_json::from_value(json!({
        "sources": [], "series": [], "monitors": [], "runbooks": [], "response_enabled": true,
        "services": [{"name": service, "owner": "t", "critical": false, "depends_on": [], "series": [], "resources": []}],
        "channels": [], "look_back": "10m", "post_mortem_severities": [], "default_owner": "t",
        "keep_metrics": "15d", "keep_incidents": "400d", "keep_events": "30d"
    })).unwrap()
}

/// Serves the API on a port of its own, with one service.
pub(crate) async fn serve(store: Store, service: &str) -> (u16, Seen) {
    let setup = setup(service);
    let router = router(Arc::new(Served { store, bus: simulator::World::default(), setup }));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (port, seen) = (listener.local_addr().unwrap().port(), Seen::default());
    let kept = Arc::clone(&seen);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(answer(stream, router.clone(), Arc::clone(&kept)));
        }
    });
    (port, seen)
}

/// Answers one request, and closes the connection.
async fn answer(mut stream: TcpStream, router: Router, seen: Seen) {
    let mut bytes = Vec::new();
    let (head, body) = loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n")
            && body.len() >= header(head, "content-length").parse::<usize>().unwrap_or(0)
        {
            break (head.to_owned(), body.to_owned());
        }
        let mut part = [0; 4096];
        match stream.read(&mut part).await {
            Ok(read) if read > 0 => bytes.extend(&part[..read]),
            _ => return,
        }
    };
    let mut line = head.split(' ');
    let (method, path) = (line.next().unwrap().to_owned(), line.next().unwrap().to_owned());
    let request =
        Request::builder().method(method.as_str()).uri(&path).header("content-type", header(&head, "content-type"));
    let response = router.oneshot(request.body(Body::from(body)).unwrap()).await.unwrap();
    let status = response.status().as_u16();
    let text = String::from_utf8(to_bytes(response.into_body(), usize::MAX).await.unwrap().to_vec()).unwrap();
    seen.lock().unwrap().push((path, status, text.clone()));
    let head = format!("HTTP/1.1 {status} -\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", text.len());
    let _ = stream.write_all(format!("{head}{text}").as_bytes()).await;
}

fn header(head: &str, name: &str) -> String {
    let line = head.lines().find(|line| line.to_ascii_lowercase().starts_with(&format!("{name}:")));
    line.and_then(|line| line.split_once(':')).map_or_else(String::new, |(_, value)| value.trim().to_owned())
}
