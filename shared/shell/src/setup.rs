use std::future::Future;

use config::Reading;
use domain::setup::Setup;
use engine::port::PortError;

/// Why there is no configuration.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SetupError {
    /// It could not be read.
    #[error("the configuration cannot be read: {0}")]
    Unavailable(PortError),
    /// It is wrong; `tocsin check` says the same.
    #[error("the configuration has mistakes: {0}")]
    Mistakes(String),
}

/// Reads the configuration at `key` and what it includes, with `read` fetching one object.
///
/// # Errors
/// When an object cannot be read, or the configuration has mistakes.
pub async fn load<F>(key: &str, shards: u32, read: impl Fn(String) -> F) -> Result<Setup, SetupError>
where
    F: Future<Output = Result<String, PortError>>,
{
    let mut reading = Reading::of(key);
    while let Some(wanted) = reading.wanted() {
        let text = read(wanted.to_owned()).await.map_err(SetupError::Unavailable)?;
        reading.give(Ok(text));
    }
    reading.finish(Some(shards)).map_err(|mistakes| SetupError::Mistakes(mistakes.to_string()))
}
