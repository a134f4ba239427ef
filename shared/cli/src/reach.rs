//! How the commands reach AWS and the deployed API.

use std::path::PathBuf;

use aws::{Aws, Settings, sdk_config};
use serde_json::{Value, json};
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
    let (status, body) = called(method, url, body, "application/json")?;
    let unread = |error| format!("{url}: the answer (HTTP {status}) cannot be read: {error}");
    let body: Value = serde_json::from_slice(&body).map_err(unread)?;
    if is_done(status) { Ok(body) } else { Err(format!("{url}: {}", problem(status, &body))) }
}

/// Reads from the deployed API what people read, as Markdown.
///
/// # Errors
/// As [`ask_api`].
pub(crate) fn read_api(url: &str) -> Result<String, String> {
    let (status, body) = called("GET", url, None, "text/markdown")?;
    if is_done(status) {
        return String::from_utf8(body).map_err(|error| format!("{url}: the answer is no text: {error}"));
    }
    Err(format!("{url}: {}", problem(status, &serde_json::from_slice(&body).unwrap_or_default())))
}

fn called(method: &'static str, url: &str, body: Option<&str>, accept: &'static str) -> Result<(u16, Vec<u8>), String> {
    let answer = runtime()?.block_on(aws().call_api(method, url, body, accept));
    answer.map_err(|failure| format!("{url}: {failure}"))
}

const fn is_done(status: u16) -> bool {
    matches!(status, 200 | 201)
}

/// Rows of a list that are asked for; what comes beyond is named by the cursor alone.
const LISTED_MAX: usize = 1000;

/// The address of the API without the slash that may end it.
///
/// # Errors
/// When nothing says where it is, or what is said is no address.
pub(crate) fn api_root(api: &str) -> Result<&str, String> {
    let root = api.trim_end_matches('/');
    let source = "Terraform's output api_url";
    if root.is_empty() {
        return Err(format!("say where the API is: --api, or TOCSIN_API_URL ({source})"));
    }
    let has_scheme = ["https://", "http://"].iter().any(|scheme| root.starts_with(scheme));
    has_scheme.then_some(root).ok_or_else(|| format!("{api:?} is no address of an API; write {source}, https://..."))
}

/// All rows of a list, page by page, as one page; its cursor says that there are more than [`LISTED_MAX`].
///
/// # Errors
/// As [`ask_api`].
pub(crate) fn ask_all(first: &str) -> Result<Value, String> {
    let (mut url, mut all) = (first.to_owned(), Vec::new());
    loop {
        let page = ask_api("GET", &url, None)?;
        all.extend(page["items"].as_array().cloned().unwrap_or_default());
        match page["cursor"].as_str() {
            Some(cursor) if all.len() < LISTED_MAX => {
                url = format!("{first}{}cursor={cursor}", if first.contains('?') { '&' } else { '?' });
            }
            Some(cursor) => return Ok(json!({ "items": all, "cursor": cursor })),
            None => return Ok(json!({ "items": all })),
        }
    }
}

/// Whether a text can be the id of anything, and so part of a path.
pub(crate) fn is_id(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') && !text.is_empty()
}

/// A body with who says it, if that was said.
pub(crate) fn with_by(mut body: Value, by: Option<&str>) -> Value {
    if let Some(by) = by {
        body["by"] = by.into();
    }
    body
}

/// What a problem document says.
fn problem(status: u16, body: &Value) -> String {
    let said = body["detail"].as_str().or(body["message"].as_str()).unwrap_or("it says nothing else");
    let hint = body["hint"].as_str().map(|hint| format!("; {hint}")).unwrap_or_default();
    format!("HTTP {status}: {said}{hint}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_of_an_api_has_a_scheme() {
        assert_eq!(api_root("https://api.example.com/"), Ok("https://api.example.com"));
        for (wrong, words) in [("", "say where the API is"), ("api.example.com", "\"api.example.com\" is no address")] {
            assert!(api_root(wrong).is_err_and(|said| said.starts_with(words)), "{wrong:?}");
        }
    }
}
