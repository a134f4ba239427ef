//! A local stand-in for Slack, `PagerDuty` and webhook endpoints: a real HTTP server that checks every request against
//! the vendor's documented schema, answers as the vendor does, and can be told to answer otherwise.

mod log;
pub mod opsgenie;
mod order;
pub mod pagerduty;
mod serve;
pub mod slack;
pub mod teams;
mod vendor;
pub mod webhook;

use std::fs::File;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard};

use serde::Serialize;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

pub use order::Order;
pub use vendor::Vendor;

/// How a receiver is started.
#[derive(Clone, Default)]
pub struct Options {
    /// The port on loopback; 0: any free one.
    pub port: u16,
    /// One JSON line per request is appended here.
    pub log: Option<PathBuf>,
    /// With it, the signatures of webhook requests are checked.
    pub webhook_secret: Option<String>,
}

/// One request, as it was judged and answered.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Received {
    /// When, RFC 3339.
    pub at: String,
    /// Whose endpoint was called.
    pub vendor: Vendor,
    /// The path.
    pub path: String,
    /// Whether the vendor's schema allows it.
    pub valid: bool,
    /// What the schema does not allow.
    pub problems: Vec<String>,
    /// The status that was answered; `None`: nothing was.
    pub answered: Option<u16>,
    /// The body: JSON, or the text where it is none.
    pub body: Value,
    /// The header `Idempotency-Key`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub idempotency_key: Option<String>,
}

/// A running receiver; stops when dropped.
pub struct Receiver {
    address: SocketAddr,
    state: Shared,
    task: JoinHandle<()>,
}

impl Receiver {
    /// Starts on the current tokio runtime.
    ///
    /// # Errors
    /// When the port is taken or the log cannot be opened.
    pub async fn start(options: Options) -> io::Result<Self> {
        let log = options.log.map(|path| File::options().create(true).append(true).open(path));
        let state = State { log: log.transpose()?, webhook_secret: options.webhook_secret, ..State::default() };
        let state: Shared = Arc::new(Mutex::new(state));
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, options.port)).await?;
        let address = listener.local_addr()?;
        let task = tokio::spawn(serve::serve(listener, Arc::clone(&state)));
        Ok(Self { address, state, task })
    }

    /// The port it listens on.
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// The address of `path`, which begins with a slash.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// The next requests are answered so, one each, in this order; then as the vendor would again.
    pub fn order(&self, orders: impl IntoIterator<Item = Order>) {
        lock(&self.state).orders.extend(orders);
    }

    /// All requests so far, oldest first.
    pub fn received(&self) -> Vec<Received> {
        lock(&self.state).received.clone()
    }

    /// How often an incident was opened at `PagerDuty`: what a person on call would have been paged for.
    pub fn pages(&self) -> usize {
        lock(&self.state).pager.pages()
    }

    /// How many of `PagerDuty`'s incidents are not resolved.
    pub fn open_pages(&self) -> usize {
        lock(&self.state).pager.open()
    }

    /// The messages of the Slack workspace as people see them, the oldest first.
    pub fn messages(&self) -> Vec<slack::Posted> {
        lock(&self.state).slack.messages.clone()
    }

    /// Deletes all messages of the Slack workspace.
    pub fn forget_messages(&self) {
        lock(&self.state).slack.clear();
    }

    /// Waits until the server ends, which it does only with its runtime.
    pub async fn run(mut self) {
        let _ = (&mut self.task).await;
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.task.abort();
    }
}

#[derive(Default)]
struct State {
    received: Vec<Received>,
    orders: Vec<Order>,
    pager: pagerduty::Pager,
    slack: slack::Workspace,
    webhook_secret: Option<String>,
    log: Option<File>,
}

type Shared = Arc<Mutex<State>>;

fn lock(state: &Shared) -> MutexGuard<'_, State> {
    state.lock().expect("no request panics while it holds the state")
}
