use std::sync::Arc;

use domain::notification::{Delivery, PhoneNumber, Secret, SenderId, TopicArn};
use notify::message::{Mail, Notice};
use notify::{Carrier, Revealed, Secrets};
use shell::Function;

/// What the messenger needs of AWS: secrets, SES and SNS.
pub(crate) struct FromAws(pub Arc<Function>);

impl Secrets for FromAws {
    async fn reveal(&self, secret: &Secret) -> Result<Revealed, String> {
        let text = self.0.aws.secret(secret).await.map_err(|error| error.to_string())?;
        Ok(Revealed::new(text.reveal()))
    }
}

impl Carrier for FromAws {
    async fn mail(&self, mail: &Mail) -> Delivery {
        self.0.aws.send_email(&mail.request()).await
    }

    async fn text(&self, to: &PhoneNumber, sender: Option<&SenderId>, text: &str) -> Delivery {
        self.0.aws.send_text(to, sender, text).await
    }

    async fn publish(&self, topic: &TopicArn, notice: &Notice) -> Delivery {
        self.0.aws.send_notice(topic, (&notice.subject, &notice.text), &notice.attributes).await
    }
}
