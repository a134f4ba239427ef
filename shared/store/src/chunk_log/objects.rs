//! States in S3: one object a shard, replaced only on the condition of its entity tag.

use aws_sdk_s3::error::{DisplayErrorContext, ProvideErrorMetadata, SdkError};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_types::byte_stream::ByteStream;
use domain::units::Time;
use engine::port::{CheckpointHead, PortError};

use crate::Store;

const SERVICE: &str = "S3";
const VERSION: &str = "version";
const TICK: &str = "tick";

/// A state as it lies in S3.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Stored {
    /// Which state it is.
    pub(super) head: CheckpointHead,
    /// Its entity tag.
    pub(super) tag: String,
}

fn key(shard: u32) -> String {
    format!("checkpoints/shard-{shard}")
}

impl Store {
    /// Writes the state over that with this tag (`None`: where there is none) and returns the new tag; `None`: another
    /// one lies there.
    ///
    /// Actions: `s3:PutObject`, `s3:GetObject` on `checkpoints/*`.
    pub(super) async fn put_object(
        &self,
        shard: u32,
        head: CheckpointHead,
        content: Vec<u8>,
        over: Option<&str>,
    ) -> Result<Option<String>, PortError> {
        let put = self.s3().put_object().bucket(&self.bucket).key(key(shard)).body(ByteStream::from(content));
        let put = put.metadata(VERSION, head.version.to_string()).metadata(TICK, head.tick.epoch().to_string());
        let put = match over {
            Some(tag) => put.if_match(tag),
            None => put.if_none_match("*"),
        };
        match put.send().await {
            Ok(answer) => Ok(answer.e_tag),
            Err(error) if is_conflict(&error) => Ok(None),
            Err(error) => Err(fault(&error)),
        }
    }

    /// The state and which it is.
    pub(super) async fn get_object(&self, shard: u32) -> Result<(Stored, Vec<u8>), PortError> {
        let get = self.s3().get_object().bucket(&self.bucket).key(key(shard));
        let answer = get.send().await.map_err(|error| fault(&error))?;
        let of = |name: &str| answer.metadata.as_ref().and_then(|all| all.get(name)).and_then(|text| text.parse().ok());
        let stored = stored(shard, of(VERSION), of(TICK), answer.e_tag.clone())?;
        let content = answer.body.collect().await.map_err(|error| unavailable(error.to_string()))?;
        Ok((stored, content.to_vec()))
    }

    /// Which state lies there.
    pub(super) async fn look_at_object(&self, shard: u32) -> Result<Stored, PortError> {
        let head = self.s3().head_object().bucket(&self.bucket).key(key(shard));
        let answer = head.send().await.map_err(|error| fault(&error))?;
        let of = |name: &str| answer.metadata.as_ref().and_then(|all| all.get(name)).and_then(|text| text.parse().ok());
        stored(shard, of(VERSION), of(TICK), answer.e_tag.clone())
    }
}

fn stored(shard: u32, version: Option<i64>, tick: Option<i64>, tag: Option<String>) -> Result<Stored, PortError> {
    let version = version.and_then(|version| u64::try_from(version).ok());
    let head = version.zip(tick).map(|(version, tick)| CheckpointHead { version, tick: Time::from_epoch(tick) });
    let found = head.zip(tag).map(|(head, tag)| Stored { head, tag });
    found.ok_or_else(|| crate::item::unreadable(key(shard), "it has no version, tick or tag"))
}

/// Whether the condition does not hold, or another write is under way.
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html>
fn is_conflict<E>(error: &SdkError<E, HttpResponse>) -> bool {
    matches!(error, SdkError::ServiceError(answer) if matches!(answer.raw().status().as_u16(), 409 | 412))
}

fn fault<E>(error: &SdkError<E, HttpResponse>) -> PortError
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
{
    match error {
        SdkError::ServiceError(answer) if !answer.raw().status().is_server_error() && !is_slow_down(answer.raw()) => {
            let (code, message) =
                (answer.err().code().unwrap_or("no code"), answer.err().message().unwrap_or_default());
            PortError::Denied { service: SERVICE, detail: format!("{code}: {message}") }
        }
        error => unavailable(DisplayErrorContext(error).to_string()),
    }
}

fn is_slow_down(answer: &HttpResponse) -> bool {
    answer.status().as_u16() == 429
}

fn unavailable(detail: String) -> PortError {
    PortError::Unavailable { service: SERVICE, detail }
}
