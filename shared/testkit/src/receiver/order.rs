use serde::Deserialize;

use super::Vendor;

/// What to answer to one request instead of what the vendor would.
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Order {
    /// Only requests to this vendor; `None`: any.
    #[serde(rename = "for")]
    pub only: Option<Vendor>,
    /// Only requests to a path that ends so; empty: any.
    pub path: String,
    /// The status. With one, the vendor has not taken the message. `None`: the vendor takes it, and its answer is lost.
    pub status: Option<u16>,
    /// The header `Retry-After`, in seconds.
    pub retry_after: Option<u32>,
    /// The header `Retry-After` as it is, such as an HTTP date; goes before `retry_after`.
    pub retry_after_text: Option<String>,
    /// The header `Location`.
    pub location: Option<String>,
    /// The body.
    pub body: String,
    /// Without a status: the connection is closed at once instead of kept open without an answer.
    pub hang_up: bool,
}

impl Order {
    /// Answers with `status`.
    pub fn status(status: u16) -> Self {
        Self { status: Some(status), ..Self::default() }
    }

    /// Takes the message, then says nothing at all and keeps the connection open.
    pub fn silence() -> Self {
        Self::default()
    }

    /// Takes the message, then closes the connection without an answer.
    pub fn hang_up() -> Self {
        Self { hang_up: true, ..Self::default() }
    }

    /// Only for a path that ends so.
    #[must_use]
    pub fn at(self, path: impl Into<String>) -> Self {
        Self { path: path.into(), ..self }
    }

    /// With `Retry-After` in seconds.
    #[must_use]
    pub fn retry_after(self, seconds: u32) -> Self {
        Self { retry_after: Some(seconds), ..self }
    }

    /// With this body.
    #[must_use]
    pub fn body(self, body: impl Into<String>) -> Self {
        Self { body: body.into(), ..self }
    }
}

/// The body of `POST /control`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Control {
    pub(super) next: Vec<Order>,
}

/// The first order that a request to `path` of `vendor` is meant by, taken out of `orders`.
pub(super) fn take(orders: &mut Vec<Order>, vendor: Vendor, path: &str) -> Option<Order> {
    let meant = |order: &Order| order.only.is_none_or(|only| only == vendor) && path.ends_with(&order.path);
    let index = orders.iter().position(meant)?;
    Some(orders.remove(index))
}
