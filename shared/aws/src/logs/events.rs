//! Lines that match a filter pattern.

use domain::metric::{Failure, FailureKind};
use domain::units::Time;
use serde::Deserialize;
use serde_json::json;
use tokio::time::Instant;

use crate::json_api::JsonApi;
use crate::samples::failure;

/// Pages of one question, of up to 10,000 lines or a megabyte each. Where there is more a query costs less.
const PAGES_MAX: usize = 20;
/// So much of a line is kept, in characters: as much as templates look at.
const LINE_CHARS_MAX: usize = 1000;

/// Which lines.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct Lines {
    pub(super) groups: Vec<String>,
    /// In the syntax of filter patterns; empty: all lines.
    pub(super) pattern: String,
    pub(super) from: Time,
    pub(super) until: Time,
}

/// A line of a log.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Line {
    /// When it was written.
    pub(super) at: Time,
    /// What it says.
    pub(super) text: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Page {
    #[serde(default)]
    events: Vec<Event>,
    next_token: Option<String>,
}

#[derive(Deserialize)]
struct Event {
    /// In milliseconds since the epoch.
    timestamp: i64,
    #[serde(default)]
    message: String,
}

impl Lines {
    /// All of them.
    ///
    /// # Errors
    /// When a group cannot be read, or the lines have more pages than are read.
    pub(super) async fn read(&self, api: &JsonApi, deadline: Instant) -> Result<Vec<Line>, Failure> {
        let mut lines = Vec::new();
        let mut pages = 0;
        for group in &self.groups {
            let mut token = None;
            loop {
                if pages == PAGES_MAX {
                    let detail = format!("there are more than {PAGES_MAX} pages of lines; count with a query instead");
                    return Err(failure(FailureKind::Partial, &detail));
                }
                pages += 1;
                let page: Page = api.call("FilterLogEvents", &self.question(group, token.as_deref()), deadline).await?;
                lines.extend(page.events.into_iter().map(line));
                token = page.next_token;
                if token.is_none() {
                    break;
                }
            }
        }
        Ok(lines)
    }

    fn question(&self, group: &str, token: Option<&str>) -> serde_json::Value {
        let mut question = json!({
            "logGroupIdentifier": group,
            "startTime": self.from.epoch() * 1000,
            // The end is inclusive.
            "endTime": self.until.epoch() * 1000 - 1,
        });
        if !self.pattern.is_empty() {
            question["filterPattern"] = json!(self.pattern);
        }
        if let Some(token) = token {
            question["nextToken"] = json!(token);
        }
        question
    }
}

fn line(event: Event) -> Line {
    let mut text = event.message;
    // JSON is read as a whole, whatever its length.
    if !text.trim_start().starts_with('{')
        && let Some((end, _)) = text.char_indices().nth(LINE_CHARS_MAX)
    {
        text.truncate(end);
    }
    Line { at: Time::from_epoch(event.timestamp.div_euclid(1000)), text }
}
