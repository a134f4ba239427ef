use super::any;
use super::kinds::is_web_api;
use crate::import::fields::{Fields, Text};
use crate::notes::Notes;
use crate::tree::Node;

/// What receivers have unless they say otherwise.
#[derive(Default)]
pub(super) struct Global<'n> {
    /// Whether there is an app's token of Slack.
    pub(super) slack_token: bool,
    pub(super) mail_from: Option<Text<'n>>,
    pub(super) pagerduty_url: Option<Text<'n>>,
    pub(super) opsgenie_url: Option<Text<'n>>,
}

impl<'n> Global<'n> {
    /// Takes what its receivers need. Keys are taken without being looked at: each channel gets a reference of its own.
    pub(super) fn of(fields: Option<&mut Fields<'n>>, items: &[Node], notes: &mut Notes) -> Self {
        let Some(fields) = fields else { return Self::default() };
        let mut global = Self::default();
        if any(items, "slack_configs") {
            global.slack_token = fields.take(&["slack_app_token"]).or(fields.take(&["slack_app_token_file"])).is_some();
            global.slack_token |= fields.take(&["slack_api_url"]).is_some_and(is_web_api);
            fields.take(&["slack_api_url_file"]);
        }
        if any(items, "email_configs") {
            global.mail_from = fields.text(&["smtp_from"], notes);
        }
        if any(items, "pagerduty_configs") {
            global.pagerduty_url = fields.text(&["pagerduty_url"], notes);
        }
        if any(items, "opsgenie_configs") {
            global.opsgenie_url = fields.text(&["opsgenie_api_url"], notes);
            fields.take(&["opsgenie_api_key"]);
            fields.take(&["opsgenie_api_key_file"]);
        }
        global
    }
}
