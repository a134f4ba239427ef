//! Series as Prometheus gives them: over TLS, and from a real server where there is one.

#![allow(clippy::unwrap_used)]

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aws::{Aws, Settings};
use aws_types::SdkConfig;
use domain::metric::{FailureKind, Outcome, Query, Series};
use domain::setup::{PrometheusAuth, Source, SourceKind};
use domain::units::{Span, Time, Unit};
use engine::port::{Ask, Sources};

const BUDGET: Duration = Duration::from_secs(10);
const PERIOD: Span = Span::from_seconds(10);

/// A process that ends with the test.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn aws(authorities: Option<&Path>) -> Aws {
    let settings = Settings { authorities: authorities.map(Into::into), ..Settings::default() };
    Aws::new(SdkConfig::builder().build(), settings)
}

/// What the expression is over the last `periods` periods, the newest of which has just begun.
async fn fetch(aws: &Aws, url: &str, expression: &str, periods: u32) -> Outcome {
    let series = Series {
        id: "shop/up".parse().unwrap(),
        source: "prom".parse().unwrap(),
        query: Query::Prometheus { expression: expression.to_owned() },
        period: PERIOD,
        pace: Span::MINUTE,
        unit: Unit::Count,
        sparse: false,
    };
    let kind = SourceKind::Prometheus { url: url.to_owned(), auth: PrometheusAuth::None };
    let source = Source { name: series.source.clone(), kind };
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let until = Time::from_epoch(i64::try_from(now.as_secs()).unwrap()).floor(PERIOD) + PERIOD;
    let ask = Ask { series: &series, source: &source, from: until - PERIOD.times(periods), until };
    aws.fetch(&[ask], BUDGET).await.remove(0).outcome
}

const CERTIFICATES: &str = "
    openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -days 1 -subj /CN=ca &&
    openssl req -newkey rsa:2048 -nodes -keyout leaf.key -out leaf.csr -subj /CN=prometheus &&
    echo 'subjectAltName=IP:127.0.0.1' > leaf.ext &&
    openssl x509 -req -in leaf.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 1 -extfile leaf.ext -out leaf.pem";
const SERVER: &str = "
import http.server, ssl
class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers['content-length']))
        answer = b'{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[]}}'
        self.send_response(200); self.send_header('content-length', str(len(answer))); self.end_headers()
        self.wfile.write(answer)
    def log_message(self, *_): pass
server = http.server.HTTPServer(('127.0.0.1', 0), Handler)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER); context.load_cert_chain('leaf.pem', 'leaf.key')
server.socket = context.wrap_socket(server.socket, server_side=True)
print(server.server_address[1], flush=True)
server.serve_forever()";

#[tokio::test]
async fn only_a_server_that_proves_itself_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let made = Command::new("sh").args(["-c", CERTIFICATES]).current_dir(folder.path()).output().unwrap();
    assert!(made.status.success(), "{made:?}");
    let mut server = Command::new("python3");
    let server = server.args(["-c", SERVER]).current_dir(folder.path()).stdout(Stdio::piped());
    let mut server = Server(server.spawn().unwrap());
    let mut port = String::new();
    BufReader::new(server.0.stdout.take().unwrap()).read_line(&mut port).unwrap();
    let url = format!("https://127.0.0.1:{}", port.trim());

    let known = aws(Some(&folder.path().join("ca.pem")));
    assert_eq!(fetch(&known, &url, "up", 1).await, Outcome::Read(Vec::new()));
    let Outcome::Failed(failure) = fetch(&aws(None), &url, "up", 1).await else { panic!("nobody vouches for it") };
    assert_eq!(failure.kind, FailureKind::Unreachable);
    assert!(failure.detail.contains("UnknownIssuer"), "{failure}");
}

const SCRAPE: &str = "
global: { scrape_interval: 1s }
scrape_configs: [ { job_name: self, static_configs: [ { targets: ['127.0.0.1:PORT'] } ] } ]";

/// A real server that watches itself; `None` where there is none on the PATH.
fn prometheus(folder: &Path) -> Option<(Server, String)> {
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = free.local_addr().unwrap().port();
    drop(free);
    std::fs::write(folder.join("prometheus.yml"), SCRAPE.replace("PORT", &port.to_string())).unwrap();
    let server = Command::new("prometheus")
        .args(["--config.file=prometheus.yml", "--storage.tsdb.path=tsdb"])
        .arg(format!("--web.listen-address=127.0.0.1:{port}"))
        .current_dir(folder)
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    Some((Server(server), format!("http://127.0.0.1:{port}")))
}

#[tokio::test]
async fn a_real_server_is_understood() {
    let folder = tempfile::tempdir().unwrap();
    let Some((_server, url)) = prometheus(folder.path()) else {
        eprintln!(
            "NOT TESTED: no prometheus on the PATH (Debian: apt-get install prometheus), so this proves nothing."
        );
        return;
    };
    let aws = aws(None);
    let began = SystemTime::now();
    let newest = loop {
        match fetch(&aws, &url, "sum(up)", 1).await {
            Outcome::Read(samples) if !samples.is_empty() => break samples[0],
            other => assert!(began.elapsed().unwrap() < Duration::from_secs(30), "{other:?}"),
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    };
    assert!((newest.value.get() - 1.0).abs() < f64::EPSILON);
    let Outcome::Read(samples) = fetch(&aws, &url, "sum(up)", 3).await else { panic!("a range is read as well") };
    assert!(samples.iter().any(|sample| sample.at >= newest.at), "{samples:?}");
    for (expression, words) in [
        ("sum(", "parse error"),
        ("{__name__=~\"up|prometheus_build_info\"}", "2 series answer where one is expected"),
        ("\"text\"", "a text"),
    ] {
        let Outcome::Failed(failure) = fetch(&aws, &url, expression, 1).await else { panic!("{expression}") };
        assert_eq!(failure.kind, FailureKind::Rejected, "{failure}");
        assert!(failure.detail.contains(words), "{failure}");
    }
    assert_eq!(fetch(&aws, &url, "nothing", 3).await, Outcome::Read(Vec::new()));
    assert!(matches!(fetch(&aws, &url, "vector(0)/0", 1).await, Outcome::Read(samples) if samples.is_empty()));
}
