use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

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

/// The secrets that were read; kept as long as the process, or until [`Aws::forget_secret`].
#[derive(Debug, Default)]
pub(crate) struct Known(Mutex<BTreeMap<Secret, SecretText>>);

impl Known {
    fn with<T>(&self, act: impl FnOnce(&mut BTreeMap<Secret, SecretText>) -> T) -> T {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Aws {
    /// The secret that is referred to, read once per process.
    ///
    /// Actions: `ssm:GetParameter` or `secretsmanager:GetSecretValue`, with a KMS key of one's own also `kms:Decrypt`.
    ///
    /// # Errors
    /// When the service does not answer or refuses; [`PortError::Unreadable`] when there is no text in it.
    pub async fn secret(&self, reference: &Secret) -> Result<SecretText, PortError> {
        if let Some(text) = self.known.with(|known| known.get(reference).cloned()) {
            return Ok(text);
        }
        let text = match reference {
            Secret::Ssm(name) => self.parameter(name).await?,
            Secret::SecretsManager(name) => self.stored_secret(name).await?,
        };
        let text = text.filter(|text| !text.is_empty()).ok_or_else(|| PortError::Unreadable {
            what: reference.to_string(),
            detail: "it holds no text".to_owned(),
        })?;
        let text = SecretText(text.into());
        self.known.with(|known| known.insert(reference.clone(), text.clone()));
        Ok(text)
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
    async fn a_secret_prints_nothing() {
        let (aws, _) = aws(200, ANSWER);
        let text = aws.secret(&Secret::Ssm("/a".to_owned())).await.unwrap();
        assert_eq!(format!("{text:?}"), "");
        assert!(!format!("{aws:?}").contains("hunter2"));
    }

    #[tokio::test]
    async fn what_is_no_text_is_unreadable_and_what_is_not_there_denied() {
        for body in ["{}", r#"{"Parameter":{"Name":"/a","Value":""}}"#] {
            let (aws, _) = aws(200, body);
            let error = aws.secret(&Secret::Ssm("/a".to_owned())).await.unwrap_err();
            assert!(matches!(error, PortError::Unreadable { .. }), "{error:?}");
        }
        let (aws, _) = aws(400, r#"{"__type":"ParameterNotFound"}"#);
        let error = aws.secret(&Secret::Ssm("/a".to_owned())).await.unwrap_err();
        assert!(matches!(error, PortError::Denied { .. }), "{error:?}");
    }
}
