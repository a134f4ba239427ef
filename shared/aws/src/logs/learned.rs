//! What is known of the templates of a series: an object in the bucket, replaced only on the condition of its entity tag,
//! and a copy while the function is warm.

use std::collections::BTreeMap;

use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::byte_stream::ByteStream;
use domain::id::SeriesId;
use domain::log::{Learned, Lines};
use domain::metric::{Failure, FailureKind, LogQuery, LogReading};
use domain::units::Time;
use engine::port::Ask;

use super::events::Line;
use crate::aws::Aws;
use crate::calls::Service;
use crate::fault::Fault;
use crate::samples::failure;

/// How often another writer may be faster.
const TRIES: usize = 3;

/// The objects as they were last seen, each with its entity tag; `None`: there was none.
pub(super) type Known = BTreeMap<SeriesId, (Option<String>, Learned)>;

impl Aws {
    /// Learns from the lines, and what is known by then. What changed is stored before anybody hears of it.
    ///
    /// Actions: `s3:GetObject`, `s3:PutObject` on `templates/*`.
    ///
    /// # Errors
    /// When the object cannot be read or written.
    pub(super) async fn learned(
        &self,
        ask: &Ask<'_>,
        query: &LogQuery,
        lines: &[Line],
    ) -> Result<(Learned, Lines), Failure> {
        let id = &ask.series.id;
        let of = about(query);
        let mut known = self.logs.known.lock().await;
        for _ in 0..TRIES {
            let (tag, mut learned) = match known.remove(id) {
                Some(known) => known,
                None => match self.get_learned(id).await? {
                    Some((tag, learned)) => (Some(tag), learned),
                    None => (None, Learned::begin(&of, ask.until)),
                },
            };
            let before = learned.clone();
            if learned.of != of {
                learned = Learned::begin(&of, ask.until);
            }
            let seen = learned.look(lines.iter().map(|line| (line.at, &*line.text)));
            if tag.is_some() && learned == before {
                known.insert(id.clone(), (tag, learned.clone()));
                return Ok((learned, seen));
            }
            if let Some(tag) = self.put_learned(id, &learned, tag.as_deref()).await? {
                known.insert(id.clone(), (Some(tag), learned.clone()));
                return Ok((learned, seen));
            }
        }
        Err(failure(FailureKind::Unreachable, "others kept writing what is known of its templates"))
    }

    /// The object and its tag, if there is one. Without the right to list the bucket a missing object reads as a
    /// refusal; a true one shows when the object is written.
    async fn get_learned(&self, id: &SeriesId) -> Result<Option<(String, Learned)>, Failure> {
        self.calls.count(Service::S3);
        let get = self.s3().get_object().bucket(&self.settings.bucket).key(key(id));
        let answer = match get.send().await {
            Ok(answer) => answer,
            Err(SdkError::ServiceError(error)) if matches!(error.raw().status().as_u16(), 403 | 404) => {
                return Ok(None);
            }
            Err(error) => return Err(Fault::of(&error).failure()),
        };
        let tag = answer.e_tag.clone().unwrap_or_default();
        let cut = |error: &dyn std::fmt::Display| failure(FailureKind::Unreachable, &format!("{}: {error}", key(id)));
        let body = answer.body.collect().await.map_err(|error| cut(&error))?;
        // What another version wrote, or nobody can read, is learned anew.
        Ok(Some((tag, serde_json::from_slice(&body.to_vec()).unwrap_or_else(|_| Learned::begin("", Time::default())))))
    }

    /// The new tag; `None`: another object lies there.
    async fn put_learned(
        &self,
        id: &SeriesId,
        learned: &Learned,
        over: Option<&str>,
    ) -> Result<Option<String>, Failure> {
        let content =
            serde_json::to_vec(learned).map_err(|error| failure(FailureKind::Rejected, &error.to_string()))?;
        self.calls.count(Service::S3);
        let put = self.s3().put_object().bucket(&self.settings.bucket).key(key(id)).body(ByteStream::from(content));
        let put = match over {
            Some(tag) => put.if_match(tag),
            None => put.if_none_match("*"),
        };
        match put.send().await {
            Ok(answer) => Ok(Some(answer.e_tag.unwrap_or_default())),
            Err(SdkError::ServiceError(error)) if matches!(error.raw().status().as_u16(), 409 | 412) => Ok(None),
            Err(error) => Err(Fault::of(&error).failure()),
        }
    }
}

fn key(id: &SeriesId) -> String {
    format!("templates/{id}")
}

/// Which lines are learned from.
fn about(query: &LogQuery) -> String {
    let pattern = if let LogReading::Templates { pattern, .. } = &query.reads { pattern } else { "" };
    format!("{} {pattern}", query.groups.join(" "))
}
