//! The HTTP API: a router over the engine's ports. It knows nothing of AWS, so that it runs in a test as it does in a
//! function.
//!
//! Every answer that is not a success is a problem document (RFC 9457). The `OpenAPI` document is written from the
//! handlers, kept in `openapi.json` by a test, and never built at start.

mod app;
pub mod gateway;
pub mod inbound;
mod nearest;
mod openapi;
mod points;
mod problem;
mod request;
mod route;
mod router;
mod view;

pub use app::{App, Caller, NotConfigured, RequestId};
pub use openapi::document;
pub use problem::{Mistake, Problem};
pub use route::sent::SentAlert;
pub use router::{paths, router};
