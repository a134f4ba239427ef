use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use domain::notification::Secret;
use engine::port::PortError;

use crate::aws::Aws;
use crate::calls::Service;
use crate::fault::port_error;

/// A secret in the clear. It prints as nothing, and only [`SecretText::reveal`] gives it away.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretText(Arc<str>);

impl SecretText {
    /// The secret itself, for the one place that needs it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SecretText {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        Ok(())
    }
}

/// How long a secret is used before it is read anew: somebody may have changed it, since it became known to others.
const KEPT_FOR: Duration = Duration::from_mins(5);

/// The secrets that were read; kept for [`KEPT_FOR`], or until [`Aws::forget_secret`].
#[derive(Debug, Default)]
pub(crate) struct Known(Mutex<BTreeMap<Secret, Kept>>);

#[derive(Clone, Debug)]
struct Kept {
    text: SecretText,
    /// By the wall clock, which goes on while the process is frozen.
    read_at: SystemTime,
}

impl Known {
    fn with<T>(&self, act: impl FnOnce(&mut BTreeMap<Secret, Kept>) -> T) -> T {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn keep(&self, reference: &Secret, text: &SecretText) {
        let kept = Kept { text: text.clone(), read_at: SystemTime::now() };
        self.with(|known| known.insert(reference.clone(), kept));
    }
}

impl Kept {
    fn is_fresh(&self) -> bool {
        self.read_at.elapsed().is_ok_and(|age| age < KEPT_FOR)
    }
}

impl Aws {
    /// The secret that is referred to, read every few minutes. While the service does not answer, what it was serves on: a
    /// page must not wait for it.
    ///
    /// Actions: `ssm:GetParameter` or `secretsmanager:GetSecretValue`, with a KMS key of one's own also `kms:Decrypt`.
    ///
    /// # Errors
    /// When the service does not answer or refuses; [`PortError::Unreadable`] when there is no text in it.
    pub async fn secret(&self, reference: &Secret) -> Result<SecretText, PortError> {
        let kept = self.known.with(|known| known.get(reference).cloned());
        if let Some(kept) = kept.as_ref().filter(|kept| kept.is_fresh()) {
            return Ok(kept.text.clone());
        }
        let text = match (self.read_secret(reference).await, kept) {
            (Err(PortError::Unavailable { .. }), Some(kept)) => kept.text,
            (read, _) => read?,
        };
        self.known.keep(reference, &text);
        Ok(text)
    }

    async fn read_secret(&self, reference: &Secret) -> Result<SecretText, PortError> {
        let text = match reference {
            Secret::Ssm(name) => self.parameter(name).await?,
            Secret::SecretsManager(name) => self.stored_secret(name).await?,
        };
        let text = text.filter(|text| !text.trim().is_empty()).ok_or_else(|| PortError::Unreadable {
            what: reference.to_string(),
            detail: "it holds no text".to_owned(),
        })?;
        Ok(SecretText(text.into()))
    }

    /// Reads the secret anew when it is next needed; for whoever was refused with it, since it may have been rotated.
    pub fn forget_secret(&self, reference: &Secret) {
        self.known.with(|known| known.remove(reference));
    }

    async fn parameter(&self, name: &str) -> Result<Option<String>, PortError> {
        self.calls.count(Service::Ssm);
        let request = self.ssm().get_parameter().name(name).with_decryption(true);
        let answer = request.send().await.map_err(port_error(Service::Ssm))?;
        Ok(answer.parameter.and_then(|parameter| parameter.value))
    }

    async fn stored_secret(&self, name: &str) -> Result<Option<String>, PortError> {
        self.calls.count(Service::SecretsManager);
        let request = self.secrets_manager().get_secret_value().secret_id(name);
        let answer = request.send().await.map_err(port_error(Service::SecretsManager))?;
        Ok(answer.secret_string)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::Settings;
    use crate::wire::Wire;

    const ANSWER: &str = r#"{"Parameter":{"Name":"/a","Type":"SecureString","Value":"hunter2"}}"#;

    fn aws(status: u16, body: &str) -> (Aws, Wire) {
        let wire = Wire::of([(status, "application/x-amz-json-1.1", body.as_bytes().to_vec())]);
        (Aws::new(wire.config(), Settings::default()), wire)
    }

    #[tokio::test]
    async fn a_secret_is_read_once_until_it_is_forgotten() {
        let (aws, wire) = aws(200, ANSWER);
        let reference = Secret::Ssm("/a".to_owned());
        for _ in 0..3 {
            assert_eq!(aws.secret(&reference).await.unwrap().reveal(), "hunter2");
        }
        assert_eq!(wire.requests().len(), 1);
        aws.forget_secret(&reference);
        aws.secret(&reference).await.unwrap();
        assert_eq!(wire.requests().len(), 2);
    }

    #[tokio::test]
    async fn a_secret_that_was_changed_is_read_and_the_old_one_serves_while_nobody_answers() {
        let answer = |status: u16, body: &str| (status, "application/x-amz-json-1.1", body.as_bytes().to_vec());
        let changed = ANSWER.replace("hunter2", "hunter3");
        let gone = r#"{"__type":"ParameterNotFound"}"#;
        let broken = || answer(500, "{}");
        let tries = [broken(), broken(), broken()];
        let wire =
            Wire::of([answer(200, ANSWER)].into_iter().chain(tries).chain([answer(200, &changed), answer(400, gone)]));
        let aws = Aws::new(wire.config(), Settings::default());
        let reference = Secret::Ssm("/a".to_owned());
        let is_old = || aws.known.with(|known| known.get_mut(&reference).unwrap().read_at -= KEPT_FOR);
        for expected in ["hunter2", "hunter2", "hunter3"] {
            for _ in 0..2 {
                assert_eq!(aws.secret(&reference).await.unwrap().reveal(), expected);
            }
            is_old();
        }
        assert_eq!(wire.requests().len(), 1 + 3 + 1);
        let error = aws.secret(&reference).await.unwrap_err();
        assert!(matches!(error, PortError::Denied { .. }), "one that was taken away serves nobody: {error:?}");
    }

    #[tokio::test]
    async fn a_secret_prints_nothing() {
        let (aws, _) = aws(200, ANSWER);
        let text = aws.secret(&Secret::Ssm("/a".to_owned())).await.unwrap();
        assert_eq!(format!("{text:?}"), "");
        assert!(!format!("{aws:?}").contains("hunter2"));
    }

    #[tokio::test]
    async fn what_is_no_text_is_unreadable_and_what_is_not_there_denied() {
        for body in ["{}", r#"{"Parameter":{"Name":"/a","Value":" \n"}}"#] {
            let (aws, _) = aws(200, body);
            let error = aws.secret(&Secret::Ssm("/a".to_owned())).await.unwrap_err();
            assert!(matches!(error, PortError::Unreadable { .. }), "{error:?}");
        }
        let (aws, _) = aws(400, r#"{"__type":"ParameterNotFound"}"#);
        let error = aws.secret(&Secret::Ssm("/a".to_owned())).await.unwrap_err();
        assert!(matches!(error, PortError::Denied { .. }), "{error:?}");
    }
}
