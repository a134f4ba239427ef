//! Links that Tocsin sends and people follow without signing in: what is in them is signed by us.

use crate::App;
use crate::problem::{Kind, Problem};

/// The key of our links, without the white space around it.
///
/// # Errors
/// When the configuration has none, or it cannot be read or is empty: an empty key would let anybody sign.
pub(crate) async fn key<A: App>(app: &A) -> Result<Vec<u8>, Problem> {
    let secret = app.setup().await?.inbound.links.as_ref();
    let key = super::key(app, secret, "links", "links").await?;
    match key.trim() {
        "" => Err(Problem::new(Kind::Unavailable, "the key that signs links is empty; put some random text there")),
        key => Ok(key.as_bytes().to_vec()),
    }
}
