//! The Lambda Runtime API, for one function at a time.
//!
//! Source: <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>

use std::convert::Infallible;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use http_body_util::{BodyExt, Collected, Full};
use hyper::body::{Bytes, Incoming};
use hyper::{Request, Response, StatusCode};
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot};

const DEADLINE: Duration = Duration::from_mins(1);
const ARN: &str = "arn:aws:lambda:us-east-1:000000000000:function:bench";

/// What a function asks or says.
enum Arrival {
    Next { at: Instant, give: oneshot::Sender<String> },
    Answer { at: Instant, body: String, failed: bool },
}

/// A running Runtime API.
pub(crate) struct RuntimeApi {
    /// Where it listens.
    pub(crate) address: SocketAddr,
    arrivals: mpsc::UnboundedReceiver<Arrival>,
}

/// A function that waits for work.
pub(crate) struct Waiting {
    /// Since when.
    pub(crate) since: Instant,
    give: oneshot::Sender<String>,
}

/// An invocation that is over.
pub(crate) struct Done {
    /// From handing the payload over to the answer.
    pub(crate) took: Duration,
    /// The answer.
    pub(crate) body: String,
}

impl RuntimeApi {
    pub(crate) async fn start() -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let (tell, arrivals) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                // A function asks and answers in small pieces; held back, each would take 40 ms.
                stream.set_nodelay(true).expect("a connected socket can be told so");
                let tell = tell.clone();
                tokio::spawn(async move {
                    let answer = hyper::service::service_fn(|request| serve(request, tell.clone()));
                    let io = hyper_util::rt::TokioIo::new(stream);
                    // It ends when the function is killed.
                    let _ = hyper::server::conn::http1::Builder::new().serve_connection(io, answer).await;
                });
            }
        });
        Ok(Self { address, arrivals })
    }

    /// Waits until the function asks for work.
    pub(crate) async fn next(&mut self) -> Waiting {
        match self.arrival().await {
            Arrival::Next { at, give } => Waiting { since: at, give },
            Arrival::Answer { body, .. } => panic!("the function answers unasked: {body}"),
        }
    }

    /// Gives the payload to a waiting function and waits for its answer.
    pub(crate) async fn invoke(&mut self, function: &str, (waiting, payload): (Waiting, &str)) -> Done {
        let given = Instant::now();
        waiting.give.send(payload.to_owned()).expect("the function still waits");
        match self.arrival().await {
            Arrival::Answer { failed: true, body, .. } => panic!("{function}: the invocation failed: {body}"),
            Arrival::Answer { at, body, .. } => Done { took: at - given, body },
            Arrival::Next { .. } => panic!("{function} asks for work before it has answered"),
        }
    }

    async fn arrival(&mut self) -> Arrival {
        let arrival = tokio::time::timeout(DEADLINE, self.arrivals.recv()).await;
        arrival.expect("the function says nothing; is it the program of a function?").expect("the server runs")
    }
}

async fn serve(
    request: Request<Incoming>,
    tell: mpsc::UnboundedSender<Arrival>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let at = Instant::now();
    let path = request.uri().path().to_owned();
    if path.ends_with("/invocation/next") {
        let (give, given) = oneshot::channel();
        tell.send(Arrival::Next { at, give }).expect("the bench listens");
        let Ok(payload) = given.await else { return Ok(status(StatusCode::GONE)) };
        let deadline = SystemTime::now() + DEADLINE;
        let deadline = deadline.duration_since(UNIX_EPOCH).expect("it is after 1970").as_millis();
        let response = Response::builder()
            .header("lambda-runtime-aws-request-id", "bench")
            .header("lambda-runtime-deadline-ms", deadline.to_string())
            .header("lambda-runtime-invoked-function-arn", ARN);
        return Ok(response.body(Full::from(payload)).expect("a valid answer"));
    }
    let body = request.into_body().collect().await.map(Collected::to_bytes).unwrap_or_default();
    let body = String::from_utf8_lossy(&body).into_owned();
    tell.send(Arrival::Answer { at, body, failed: !path.ends_with("/response") }).expect("the bench listens");
    Ok(status(StatusCode::ACCEPTED))
}

fn status(status: StatusCode) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::default());
    *response.status_mut() = status;
    response
}
