//! A real Alertmanager: started, fed and asked over its API.

use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use http_body_util::{BodyExt, Full};
use hyper::Request;
use hyper::body::Bytes;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use tempfile::TempDir;
use tokio::net::TcpStream;

const STARTS_WITHIN: Duration = Duration::from_secs(20);
const LOOK_AGAIN_AFTER: Duration = Duration::from_millis(50);

/// It runs until it is dropped. All requests go over one connection.
pub(super) struct Alertmanager {
    child: Child,
    address: String,
    connection: SendRequest<Full<Bytes>>,
    _folder: TempDir,
}

impl Alertmanager {
    /// Starts `program` by itself, without a cluster; `cores` is how many it may use at once, all of them by default.
    pub(super) async fn start(program: &Path, configuration: &str, cores: Option<u32>) -> Self {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let file = folder.path().join("alertmanager.yml");
        std::fs::write(&file, configuration).expect("a file can be written");
        let free = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
        let address = free.expect("a port is free").to_string();
        let mut command = Command::new(program);
        command.arg(format!("--config.file={}", file.display()));
        command.arg(format!("--storage.path={}", folder.path().join("data").display()));
        command.args(["--cluster.listen-address=", "--log.level=error", &format!("--web.listen-address={address}")]);
        command.envs(cores.map(|cores| ("GOMAXPROCS", cores.to_string())));
        let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("Alertmanager starts");
        let connecting = async {
            loop {
                match TcpStream::connect(&address).await {
                    Ok(stream) => return stream,
                    Err(_) => tokio::time::sleep(LOOK_AGAIN_AFTER).await,
                }
            }
        };
        let stream = tokio::time::timeout(STARTS_WITHIN, connecting).await.expect("Alertmanager listens in time");
        let (connection, served) = handshake(TokioIo::new(stream)).await.expect("it speaks HTTP");
        tokio::spawn(served);
        Self { child, address, connection, _folder: folder }
    }

    /// What it answers to a body of JSON.
    pub(super) async fn post(&mut self, path: &str, body: impl Into<Bytes>) -> Bytes {
        self.ask("POST", path, body.into()).await
    }

    /// What it answers to a question.
    pub(super) async fn get(&mut self, path: &str) -> Bytes {
        self.ask("GET", path, Bytes::new()).await
    }

    async fn ask(&mut self, method: &str, path: &str, body: Bytes) -> Bytes {
        let request = Request::builder().method(method).uri(path).header("host", &self.address);
        let request = request.header("content-type", "application/json").body(Full::new(body));
        self.connection.ready().await.expect("the connection stays open");
        let answer = self.connection.send_request(request.expect("it is a request")).await.expect("it answers");
        let status = answer.status();
        let body = answer.into_body().collect().await.expect("it answers in full").to_bytes();
        assert!(status.is_success(), "{method} {path}: {status} {}", String::from_utf8_lossy(&body));
        body
    }

    /// CPU time of the process, in hundredths of a second.
    pub(super) fn cpu(&self) -> Duration {
        let text = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id())).expect("it runs");
        // Behind the name, which may hold blanks, follow the state and the other fields; the 12th and 13th are these.
        let fields = text.rsplit_once(") ").expect("a name in brackets").1.split_whitespace();
        let hundredths: u64 = fields.skip(11).take(2).map(|field| field.parse::<u64>().expect("a number")).sum();
        Duration::from_millis(hundredths * 10)
    }
}

impl Drop for Alertmanager {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
