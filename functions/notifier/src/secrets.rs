use std::sync::Arc;

use domain::notification::Secret;
use notify::{Revealed, Secrets};
use shell::Function;

/// Reveals secrets through AWS.
pub(crate) struct FromAws(pub Arc<Function>);

impl Secrets for FromAws {
    async fn reveal(&self, secret: &Secret) -> Result<Revealed, String> {
        let text = self.0.aws.secret(secret).await.map_err(|error| error.to_string())?;
        Ok(Revealed::new(text.reveal()))
    }
}
