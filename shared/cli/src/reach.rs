//! How the commands reach AWS and the deployed API.

use std::path::PathBuf;

use aws::{Aws, Settings, sdk_config};
use serde_json::Value;
use tokio::runtime::{Builder, Runtime};

/// AWS with the environment's credentials; connects to nothing yet.
pub(crate) fn aws() -> Aws {
    let authorities = std::env::var_os("SSL_CERT_FILE").map(PathBuf::from);
    Aws::new(sdk_config(), Settings { authorities, ..Settings::default() })
}

/// What waits for the network.
///
/// # Errors
/// What the system lacks.
pub(crate) fn runtime() -> Result<Runtime, String> {
    let built = Builder::new_current_thread().enable_all().build();
    built.map_err(|error| format!("no runtime can be made: {error}"))
}

/// Asks the deployed API, signed, and returns what it answers with 200, or 201.
///
/// # Errors
/// What went wrong, with the address.
pub(crate) fn ask_api(method: &'static str, url: &str, body: Option<&str>) -> Result<Value, String> {
    let answer = runtime()?.block_on(aws().call_api(method, url, body));
    let (status, body) = answer.map_err(|failure| format!("{url}: {failure}"))?;
    let unread = |error| format!("{url}: the answer (HTTP {status}) cannot be read: {error}");
    let body: Value = serde_json::from_slice(&body).map_err(unread)?;
    if matches!(status, 200 | 201) { Ok(body) } else { Err(format!("{url}: {}", problem(status, &body))) }
}

/// What a problem document says.
fn problem(status: u16, body: &Value) -> String {
    let said = body["detail"].as_str().or(body["message"].as_str()).unwrap_or("it says nothing else");
    let hint = body["hint"].as_str().map(|hint| format!("; {hint}")).unwrap_or_default();
    format!("HTTP {status}: {said}{hint}")
}
