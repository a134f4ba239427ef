use std::future::Future;

use domain::notification::{Delivery, PhoneNumber, SenderId};

use crate::message::Mail;

/// Carries what does not go over HTTP to a vendor: e-mails and text messages; wired to SES and SNS by the functions.
pub trait Carrier {
    /// Tries once to hand an e-mail over.
    fn mail(&self, mail: &Mail) -> impl Future<Output = Delivery> + Send;

    /// Tries once to hand a text message over.
    fn text(&self, to: &PhoneNumber, sender: Option<&SenderId>, text: &str) -> impl Future<Output = Delivery> + Send;
}
