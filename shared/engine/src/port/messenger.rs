use std::future::Future;

use domain::notification::{Channel, Delivery, Notification};

/// Delivers notifications.
pub trait Messenger {
    /// Tries once to deliver, within the vendor's time limit; every failure is a [`Delivery`] with its reason.
    fn deliver(&self, channel: &Channel, notification: &Notification) -> impl Future<Output = Delivery> + Send;
}
