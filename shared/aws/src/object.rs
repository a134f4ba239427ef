use engine::port::PortError;

use crate::aws::Aws;
use crate::calls::Service;
use crate::fault::port_error;

/// The largest text object that is read, in bytes: a configuration of 100,000 series is about half of it.
pub const OBJECT_BYTES_MAX: usize = 32 * 1024 * 1024;

impl Aws {
    /// The text stored under `key` in the bucket: the configuration, or a report.
    ///
    /// Actions: `s3:GetObject` (and `s3:ListBucket`, without which a missing object reads as a refusal).
    ///
    /// # Errors
    /// When S3 does not answer or refuses, or there is no such object; [`PortError::Unreadable`] when it is larger than
    /// [`OBJECT_BYTES_MAX`] or not UTF-8.
    pub async fn text(&self, key: &str) -> Result<String, PortError> {
        self.calls.count(Service::S3);
        let request = self.s3().get_object().bucket(&self.settings.bucket).key(key);
        let answer = request.send().await.map_err(port_error(Service::S3))?;
        let unreadable = |detail: String| PortError::Unreadable { what: key.to_owned(), detail };
        let size = usize::try_from(answer.content_length().unwrap_or(0)).unwrap_or(usize::MAX);
        if size > OBJECT_BYTES_MAX {
            return Err(unreadable(format!("{size} bytes are above {OBJECT_BYTES_MAX}")));
        }
        let body = answer
            .body
            .collect()
            .await
            .map_err(|error| PortError::Unavailable { service: Service::S3.as_str(), detail: error.to_string() })?;
        String::from_utf8(body.to_vec()).map_err(|error| unreadable(error.utf8_error().to_string()))
    }
}
