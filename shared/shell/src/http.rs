use std::sync::Arc;

use api::{App, NotConfigured, gateway, router};
use aws::Aws;
use domain::notification::Secret;
use domain::setup::Setup;
use domain::units::Time;
use engine::port::PortError;
use serde_json::Value;
use store::Store;

use crate::{Failure, Function, now};

impl App for Function {
    type Store = Store;
    type Outlet = Aws;

    fn store(&self) -> &Store {
        &self.store
    }

    fn outlet(&self) -> &Aws {
        &self.aws
    }

    async fn setup(&self) -> Result<&Setup, NotConfigured> {
        Function::setup(self).await.map_err(|error| NotConfigured(error.to_string()))
    }

    async fn secret(&self, secret: &Secret) -> Result<String, String> {
        let text = self.aws.secret(secret).await.map_err(|error| error.to_string())?;
        Ok(text.reveal().to_owned())
    }

    async fn reply(&self, url: &str, text: &str) -> Result<(), String> {
        self.aws.reply(url, text).await
    }

    fn shards(&self) -> u32 {
        self.environment.shards
    }

    async fn park(&self, key: &str, payload: &str, reason: &str) -> Result<(), PortError> {
        if self.parked.knows(key) {
            return Ok(());
        }
        let place = self.aws.park(payload.as_bytes(), reason, now()).await?;
        tracing::warn!(reason, ?place, bytes = payload.len(), "A part of a request was parked.");
        self.parked.remember(key);
        Ok(())
    }

    fn now(&self) -> Time {
        now()
    }
}

/// Answers a request of the HTTP API; whoever sent it learns at once what is wrong with it.
///
/// # Errors
/// [`Failure::Park`] when the payload holds no request.
pub async fn serve_http(function: &Arc<Function>, payload: &str) -> Result<Value, Failure> {
    let answer = gateway::serve(router(Arc::clone(function)), payload).await;
    let answer = answer.map_err(|error| Failure::Park(error.to_string()))?;
    Ok(serde_json::to_value(answer).expect("an answer holds only text"))
}
