use std::future::Future;

use domain::notification::{Delivery, PhoneNumber, SenderId, TopicArn};

use crate::message::{Mail, Notice};

/// Carries what does not go over HTTP to a vendor: e-mails, text messages and what is published; wired to SES and SNS by the functions.
pub trait Carrier {
    /// Tries once to hand an e-mail over.
    fn mail(&self, mail: &Mail) -> impl Future<Output = Delivery> + Send;

    /// Tries once to hand a text message over.
    fn text(&self, to: &PhoneNumber, sender: Option<&SenderId>, text: &str) -> impl Future<Output = Delivery> + Send;

    /// Tries once to publish on a topic.
    fn publish(&self, topic: &TopicArn, notice: &Notice) -> impl Future<Output = Delivery> + Send;
}
