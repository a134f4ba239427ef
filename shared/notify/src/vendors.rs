mod slack_bot;

use std::error::Error;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use domain::deployment::Deployment;
use domain::notification::{Channel, ChannelKind, Delivery, Notification, Secret};
use domain::units::Time;
use engine::port::Messenger;
use reqwest::header::{CONTENT_TYPE, RETRY_AFTER};
use reqwest::{Client, Response, Url, redirect};
use rustls::{ClientConfig, RootCertStore};
use serde_json::json;

use self::slack_bot::Bot;
use crate::address;
use crate::answer::{Answer, Vendor, judge};
use crate::carrier::Carrier;
use crate::message::{self, BODY_BYTES_MAX, CARD_BYTES_MAX, EVENT_BYTES_MAX, Words, template};
use crate::secret::{Revealed, Secrets};
use crate::signature::{IDEMPOTENCY_HEADER, SIGNATURE_HEADER, TIMESTAMP_HEADER, sign};

/// One try takes at most this long, so that one silent vendor does not use up the time of the others.
pub const TRY_TIMEOUT: Duration = Duration::from_secs(10);
/// A vendor that takes no connection in this time is not there.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
/// Bytes of an answer that are read; a receipt keeps far fewer.
const ANSWER_BYTES_MAX: usize = 8 * 1024;
/// Characters of a `PagerDuty` integration key.
const ROUTING_KEY_LENGTH: usize = 32;
/// Where `PagerDuty` takes change events.
const CHANGE_PATH: &str = "/v2/change/enqueue";

/// Slack, `PagerDuty` and webhooks over HTTPS.
pub struct Vendors<S> {
    client: Client,
    secrets: S,
    try_timeout: Duration,
}

impl<S: Secrets> Vendors<S> {
    /// Sends with the secrets that `secrets` reveals.
    pub fn new(secrets: S) -> Self {
        Self::with_timeout(secrets, TRY_TIMEOUT)
    }

    /// As [`Vendors::new`], with another limit than [`TRY_TIMEOUT`].
    pub fn with_timeout(secrets: S, try_timeout: Duration) -> Self {
        Self { client: client(try_timeout), secrets, try_timeout }
    }

    async fn slack(&self, notification: &Notification, words: &Words, url: &Secret) -> Result<Delivery, Delivery> {
        let secret = self.reveal(url).await?;
        let address = address_in(secret.expose(), &format!("{url} does not hold a Slack webhook"))?;
        let body = message::slack(notification, words).to_string().into_bytes();
        Ok(self.post(Vendor::Slack, address, &[], body, &secret).await)
    }

    async fn pagerduty(
        &self,
        notification: &Notification,
        words: &Words,
        (key, url): (&Secret, &str),
    ) -> Result<Delivery, Delivery> {
        let secret = self.routing_key(key).await?;
        let address = address_in(url, "the channel's url")?;
        let mut first = None;
        for mut event in message::pagerduty(notification, words) {
            event["routing_key"] = json!(secret.expose());
            let body = event.to_string().into_bytes();
            debug_assert!(body.len() <= EVENT_BYTES_MAX, "the rendering keeps to the limit");
            let delivery = self.post(Vendor::PagerDuty, address.clone(), &[], body, &secret).await;
            first = Some(as_the_first(first, delivery)?);
        }
        first.ok_or_else(|| unwanted(notification))
    }

    async fn routing_key(&self, key: &Secret) -> Result<Revealed, Delivery> {
        let secret = self.reveal(key).await?;
        if secret.expose().chars().count() == ROUTING_KEY_LENGTH {
            return Ok(secret);
        }
        Err(refused(format!("{key} does not hold a routing key: it must have {ROUTING_KEY_LENGTH} characters")))
    }

    async fn teams(&self, notification: &Notification, words: &Words, url: &Secret) -> Result<Delivery, Delivery> {
        let secret = self.reveal(url).await?;
        let address = address_in(secret.expose(), &format!("{url} does not hold a workflow of Teams"))?;
        let body = message::teams(notification, words).to_string().into_bytes();
        debug_assert!(body.len() <= CARD_BYTES_MAX, "the rendering keeps to the limit");
        Ok(self.post(Vendor::Webhook, address, &[], body, &secret).await)
    }

    async fn opsgenie(
        &self,
        notification: &Notification,
        words: &Words,
        (key, url): (&Secret, &str),
    ) -> Result<Delivery, Delivery> {
        let secret = self.reveal(key).await?;
        let headers = [("authorization", format!("GenieKey {}", secret.expose()))];
        let mut first = None;
        for (path, body) in message::opsgenie(notification, words) {
            let address = address_in(&format!("{}{path}", url.trim_end_matches('/')), "the channel's url")?;
            let body = body.to_string().into_bytes();
            let delivery = self.post(Vendor::Webhook, address, &headers, body, &secret).await;
            first = Some(as_the_first(first, delivery)?);
        }
        first.ok_or_else(|| unwanted(notification))
    }

    /// Tells `PagerDuty` of a deployment: it pages nobody, and stands beside the pages that come after it. `url`: of
    /// alert events, beside which change events have theirs.
    async fn change(&self, (key, url): (&Secret, &str), deployment: &Deployment) -> Result<Delivery, Delivery> {
        let secret = self.routing_key(key).await?;
        let beside = url.strip_suffix("/v2/enqueue").map(|base| format!("{base}{CHANGE_PATH}"));
        let address = address_in(&beside.unwrap_or_else(|| url.to_owned()), "the channel's url")?;
        let mut event = message::change(deployment);
        event["routing_key"] = json!(secret.expose());
        Ok(self.post(Vendor::PagerDuty, address, &[], event.to_string().into_bytes(), &secret).await)
    }

    async fn webhook(
        &self,
        notification: &Notification,
        words: &Words,
        (url, key): (&str, &Secret),
    ) -> Result<Delivery, Delivery> {
        let secret = self.reveal(key).await?;
        if secret.expose().is_empty() {
            return Err(refused(format!("{key} is empty: nothing can be signed with it")));
        }
        let address = address_in(url, "the channel's url")?;
        let body = message::webhook(notification, words);
        debug_assert!(body.len() <= BODY_BYTES_MAX, "the rendering keeps to the limit");
        let timestamp = now();
        let headers = [
            (TIMESTAMP_HEADER, timestamp.to_string()),
            (SIGNATURE_HEADER, sign(secret.expose().as_bytes(), timestamp, &body)),
            (IDEMPOTENCY_HEADER, notification.id.to_string()),
        ];
        Ok(self.post(Vendor::Webhook, address, &headers, body, &secret).await)
    }

    async fn reveal(&self, secret: &Secret) -> Result<Revealed, Delivery> {
        self.secrets.reveal(secret).await.map_err(|reason| Delivery::TryLater {
            reason: format!("its secret cannot be read: {reason}"),
            after_seconds: None,
        })
    }

    async fn post(
        &self,
        vendor: Vendor,
        address: Url,
        headers: &[(&str, String)],
        body: Vec<u8>,
        secret: &Revealed,
    ) -> Delivery {
        match self.send(address, headers, body, secret, ANSWER_BYTES_MAX).await {
            Ok(answer) => judge(vendor, &answer, now()),
            Err(delivery) => delivery,
        }
    }

    /// The vendor's answer, of which at most `bytes_max` are read, without the secret.
    async fn send(
        &self,
        address: Url,
        headers: &[(&str, String)],
        body: Vec<u8>,
        secret: &Revealed,
        bytes_max: usize,
    ) -> Result<Answer, Delivery> {
        let mut request = self.client.post(address).header(CONTENT_TYPE, "application/json; charset=utf-8").body(body);
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        let response = request.send().await.map_err(|error| self.unanswered(&error, secret))?;
        let status = response.status().as_u16();
        let retry_after = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()).map(str::to_owned);
        Ok(Answer { status, retry_after, body: secret.hide(&read(response, bytes_max).await) })
    }

    fn unanswered(&self, error: &reqwest::Error, secret: &Revealed) -> Delivery {
        let cause = std::iter::successors(error.source(), |&cause| cause.source()).last();
        let cause = cause.map_or_else(String::new, |cause| format!(": {cause}"));
        let reason = if error.is_timeout() {
            format!("no answer within {} s", self.try_timeout.as_secs_f32())
        } else if error.is_connect() {
            format!("no connection{}", secret.hide(&cause))
        } else {
            format!("the connection broke{}", secret.hide(&cause))
        };
        Delivery::TryLater { reason, after_seconds: None }
    }
}

impl<S: Secrets + Carrier + Sync> Messenger for Vendors<S> {
    async fn deliver(&self, channel: &Channel, notification: &Notification) -> Delivery {
        // Who is called, or asked for a word, is meant in person, whatever the kind of channel hears of otherwise.
        if notification.page.is_none() && !channel.kind.hears(&notification.event) {
            return unwanted(notification);
        }
        let at = Time::from_epoch(now());
        let words = &template::words(&channel.template, &channel.kind, notification, at);
        let delivery = match &channel.kind {
            ChannelKind::Slack { url } => self.slack(notification, words, url).await,
            ChannelKind::SlackBot { token, channel, url, buttons } => {
                self.slack_bot(notification, words, &Bot { token, channel, url, buttons: *buttons }).await
            }
            ChannelKind::PagerDuty { routing_key, url, .. } => {
                self.pagerduty(notification, words, (routing_key, url)).await
            }
            ChannelKind::Teams { url } => self.teams(notification, words, url).await,
            ChannelKind::Opsgenie { api_key, url } => self.opsgenie(notification, words, (api_key, url)).await,
            ChannelKind::Email { from, to } => {
                Ok(self.secrets.mail(&message::email(notification, words, from, to)).await)
            }
            ChannelKind::Sms { to, sender } => {
                Ok(self.secrets.text(to, sender.as_ref(), &message::sms(notification, words)).await)
            }
            ChannelKind::Sns { topic } => Ok(self.secrets.publish(topic, &message::sns(notification, words)).await),
            ChannelKind::Webhook { url, signing_secret } => {
                self.webhook(notification, words, (url, signing_secret)).await
            }
        };
        delivery.unwrap_or_else(|delivery| delivery)
    }

    async fn announce(&self, channel: &Channel, deployment: &Deployment) -> Delivery {
        match &channel.kind {
            ChannelKind::PagerDuty { routing_key, url, changes: true } => {
                self.change((routing_key, url), deployment).await.unwrap_or_else(|delivery| delivery)
            }
            _ => refused(format!("{} does not hear of deployments", channel.name)),
        }
    }
}

impl<S> fmt::Debug for Vendors<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Vendors").field("try_timeout", &self.try_timeout).finish_non_exhaustive()
    }
}

/// HTTP/1.1, ring and Mozilla's roots. Connections are not kept: between two events a function is frozen, and a
/// connection that died meanwhile would cost the first try.
fn client(try_timeout: Duration) -> Client {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    let tls = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("ring knows the default versions of TLS")
        .with_root_certificates(roots)
        .with_no_client_auth();
    Client::builder()
        .tls_backend_preconfigured(tls)
        .redirect(redirect::Policy::none())
        .no_proxy()
        .referer(false)
        .pool_max_idle_per_host(0)
        .connect_timeout(CONNECT_TIMEOUT)
        .timeout(try_timeout)
        .user_agent(concat!("tocsin/", env!("CARGO_PKG_VERSION")))
        .build()
        .expect("nothing that is set here can be refused")
}

/// The begin of the body; an answer that breaks off is still an answer, its status stands.
async fn read(mut response: Response, bytes_max: usize) -> String {
    let mut bytes = Vec::new();
    while let Ok(Some(chunk)) = response.chunk().await {
        bytes.extend_from_slice(&chunk[..chunk.len().min(bytes_max - bytes.len())]);
        if bytes.len() >= bytes_max {
            break;
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn address_in(text: &str, what: &str) -> Result<Url, Delivery> {
    address::parse(text).map_err(|reason| refused(format!("{what}: {reason}")))
}

/// What several calls come to, of which the first tells and the others close what was open before: they are tried again with
/// it, but what is refused of them takes nothing from it.
fn as_the_first(first: Option<Delivery>, next: Delivery) -> Result<Delivery, Delivery> {
    match (first, next) {
        (None, accepted @ Delivery::Accepted { .. }) => Ok(accepted),
        (Some(first), Delivery::Accepted { .. } | Delivery::Refused { .. }) => Ok(first),
        (_, other) => Err(other),
    }
}

fn unwanted(notification: &Notification) -> Delivery {
    refused(format!("a channel of this kind is not told of {}", notification.event.kind))
}

fn refused(answer: String) -> Delivery {
    Delivery::Refused { answer }
}

fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}
