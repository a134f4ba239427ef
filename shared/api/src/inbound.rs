//! Calls of vendors: what people do in Slack and in `PagerDuty`.
//!
//! The gateway lets these calls through unsigned; whose they are is proven by the vendor's own signature over the body,
//! before anything in it is read.

pub(crate) mod links;
pub(crate) mod page;
pub(crate) mod pagerduty;
pub mod signature;
pub(crate) mod slack;
mod wish;

pub(crate) use wish::{Came, Does, Wish, grant};

use axum::body::{Body, to_bytes};
use domain::notification::Secret;

use crate::App;
use crate::problem::{Kind, Problem};

/// The longest body that is read, in bytes. Slack's hold the message that a button stands in, at most some 200 KB.
pub(crate) const BODY_BYTES_MAX: usize = 1_048_576;

/// The body as it came, since the signature is over its bytes.
async fn read(body: Body) -> Result<Vec<u8>, Problem> {
    let read = to_bytes(body, BODY_BYTES_MAX).await;
    read.map(Vec::from)
        .map_err(|_| Problem::new(Kind::TooLarge, format!("the body has more than {BODY_BYTES_MAX} bytes")))
}

/// The key of the signatures of calls of `vendor`, whose part of the configuration is `field`, without the white space around
/// it.
///
/// # Errors
/// When the configuration has none, or it cannot be read or is empty: with an empty key anybody could sign.
async fn key<A: App>(app: &A, secret: Option<&Secret>, vendor: &str, field: &str) -> Result<String, Problem> {
    let Some(secret) = secret else {
        let hint = format!("add inbound.{field}.signing_secret to the configuration");
        let detail = match field {
            "links" => "this installation has no links".to_owned(),
            _ => format!("this installation takes no calls of {vendor}"),
        };
        return Err(Problem::new(Kind::NotFound, detail).with_hint(Some(hint)));
    };
    let unavailable = |why: String| Problem::new(Kind::Unavailable, format!("{secret} {why}"));
    let key = app.secret(secret).await.map_err(|error| unavailable(format!("cannot be read: {error}")))?;
    match key.trim() {
        "" => Err(unavailable("is empty; put the key there".to_owned())),
        key => Ok(key.to_owned()),
    }
}

fn not_theirs(why: signature::Refused) -> Problem {
    Problem::new(Kind::Unsigned, why.to_string())
}
