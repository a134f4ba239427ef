//! Buttons that people press in Slack.
//!
//! Source: <https://docs.slack.dev/reference/interaction-payloads/block_actions-payload>.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Query, State};
use domain::id::{ActionId, IncidentId};
use domain::on_call::OnCall;
use domain::units::Time;
use http::{HeaderMap, StatusCode, Uri};
use serde::Deserialize;

use super::{Came, Does, Wish, grant, key, not_theirs, read, signature};
use crate::App;
use crate::problem::{Kind, Problem};
use crate::request::shortened;

/// Where Slack takes answers to a press; anything else would be an address that somebody made up.
const ANSWERS: &str = "https://hooks.slack.com/";
/// Words in Slack that are shown of an error, in characters.
const WORDS_MAX: usize = 300;

/// A press of a button.
#[derive(Deserialize)]
struct Interaction {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    user: User,
    #[serde(default)]
    actions: Vec<Pressed>,
    #[serde(default)]
    response_url: String,
}

#[derive(Deserialize, Default)]
struct User {
    #[serde(default)]
    id: String,
    #[serde(default)]
    username: String,
    #[serde(default)]
    name: String,
}

#[derive(Deserialize)]
struct Pressed {
    action_id: String,
    #[serde(default)]
    value: String,
}

/// Takes a button that was pressed in Slack. Signed by Slack, not with an AWS signature.
#[utoipa::path(post, path = "/v1/slack/interactions", operation_id = "slack_interaction", tag = "vendors",
    request_body(content = Object, content_type = "application/x-www-form-urlencoded",
        description = "As Slack sends it: `payload` holds JSON of type `block_actions`"),
    params(
        ("x-slack-request-timestamp" = String, Header, description = "Seconds since the epoch, at most 5 minutes off"),
        ("x-slack-signature" = String, Header, description = "`v0=` and the HMAC-SHA256 of `v0:<timestamp>:<body>`"),
    ),
    security(()),
    responses(
        (status = 200, description = "It was taken; whoever pressed is told in Slack if nothing came of it"),
        (status = 401, description = "The signature is not Slack's, or older than 5 minutes"),
        (status = 404, description = "The configuration has no `inbound.slack`"),
    ),
)]
pub(crate) async fn interaction<A: App>(
    State(app): State<Arc<A>>,
    headers: HeaderMap,
    body: Body,
) -> Result<StatusCode, Problem> {
    let app = app.as_ref();
    let setup = app.setup().await?;
    let key = key(app, setup.inbound.slack.as_ref(), "Slack", "slack").await?;
    let body = read(body).await?;
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let (timestamp, signed) = (header("x-slack-request-timestamp"), header("x-slack-signature"));
    let at = signature::slack(key.as_bytes(), timestamp, signed, &body, app.now()).map_err(not_theirs)?;
    let Some(interaction) = parse(&body)? else { return Ok(StatusCode::OK) };
    let by = interaction.user.shown(&setup.on_call);
    for pressed in &interaction.actions {
        let words = match wish(pressed, &by, at) {
            Ok(wish) => match grant(app, &wish).await {
                Ok(Came::Done(_)) if matches!(wish.does, Does::Acknowledge | Does::Resolve) => continue,
                Ok(Came::Done(words)) => words,
                Ok(Came::Not(reason)) => format!("Nothing was done: {reason}."),
                Err(_) => "Nothing was done yet: the store does not answer. Press it again in a minute.".to_owned(),
            },
            Err(reason) => format!("Nothing was done: {reason}."),
        };
        // What cannot be told here is still true: the message itself shows how the incident stands.
        if interaction.response_url.starts_with(ANSWERS) {
            let _ = app.reply(&interaction.response_url, &words).await;
        }
    }
    Ok(StatusCode::OK)
}

/// The press; `None` for what Slack sends to see whether we are there, and for what is no press.
fn parse(body: &[u8]) -> Result<Option<Interaction>, Problem> {
    let wrong = |why: String| Problem::new(Kind::MalformedBody, why);
    let text = std::str::from_utf8(body).map_err(|_| wrong("the body is not a form".to_owned()))?;
    let uri = Uri::builder().path_and_query(format!("/?{text}")).build();
    let pairs = uri.ok().and_then(|uri| Query::<Vec<(String, String)>>::try_from_uri(&uri).ok());
    let pairs = pairs.ok_or_else(|| wrong("the body is not a form".to_owned()))?.0;
    let field = |name: &str| pairs.iter().find(|(found, _)| found == name).map(|(_, value)| value);
    if field("ssl_check").is_some() {
        return Ok(None);
    }
    let payload = field("payload").ok_or_else(|| wrong("the form has no field `payload`".to_owned()))?;
    let interaction: Interaction =
        serde_json::from_str(payload).map_err(|error| wrong(format!("the payload cannot be read: {error}")))?;
    Ok(Some(interaction).filter(|interaction| interaction.kind == "block_actions"))
}

/// What a button of ours means; the message it stands in may be old.
fn wish(pressed: &Pressed, by: &str, at: Time) -> Result<Wish, String> {
    let (incident, action) = match pressed.value.split_once('/') {
        Some((incident, action)) => (incident, Some(action)),
        None => (&*pressed.value, None),
    };
    let does = match (pressed.action_id.as_str(), action) {
        ("acknowledge", None) => Does::Acknowledge,
        ("resolve", None) => Does::Resolve,
        ("silence", None) => Does::Silence,
        ("approve", Some(action)) => Does::Approve(ActionId::given(action)),
        ("refuse", Some(action)) => Does::Refuse(ActionId::given(action)),
        (other, _) => return Err(format!("there is no button {} here", shortened(other))),
    };
    if !is_id(incident) || !action.is_none_or(is_id) {
        return Err("the button carries no id of an incident".to_owned());
    }
    Ok(Wish { incident: IncidentId::given(incident), by: by.to_owned(), does, at: Some(at) })
}

fn is_id(text: &str) -> bool {
    (1..=domain::id::NAME_BYTES_MAX).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic() && b != b'/')
}

impl User {
    /// The person whose address this is, such as `ann`; of who is none `ann (Slack U0123)`.
    fn shown(&self, on_call: &OnCall) -> String {
        if let Some(person) = on_call.in_slack(&self.id) {
            return person.name.to_string();
        }
        let name = [&self.username, &self.name].into_iter().find(|name| !name.is_empty()).unwrap_or(&self.id);
        let clean = |text: &str| -> String { text.chars().filter(|c| !c.is_control()).take(WORDS_MAX / 4).collect() };
        format!("{} (Slack {})", clean(name), clean(&self.id))
    }
}
