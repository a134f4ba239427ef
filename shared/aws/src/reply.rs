use std::time::Duration;

use serde_json::json;

use crate::aws::Aws;
use crate::http::unanswered;

/// Slack shows an error to whoever pressed a button if we have not answered after three seconds.
const TIME_MAX: Duration = Duration::from_secs(1);

impl Aws {
    /// Tells one person, where Slack said that a press of a button can be answered.
    ///
    /// Source: <https://docs.slack.dev/interactivity/handling-user-interaction#message_responses>.
    ///
    /// # Errors
    /// In words, without the address, which is a secret while it lives.
    pub async fn reply(&self, url: &str, text: &str) -> Result<(), String> {
        let client = self.http().map_err(|failure| failure.detail)?;
        let body = json!({ "response_type": "ephemeral", "replace_original": false, "text": text }).to_string();
        let request = client.post(url).timeout(TIME_MAX).header("content-type", "application/json").body(body);
        let response = request.send().await.map_err(|error| unanswered(error).detail)?;
        if response.status().is_success() { Ok(()) } else { Err(format!("HTTP {}", response.status().as_u16())) }
    }
}
