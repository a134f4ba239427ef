use std::future::Future;

use domain::deployment::Deployment;
use domain::notification::{Channel, Delivery, Notification};

/// Delivers notifications.
pub trait Messenger {
    /// Tries once to deliver, within the vendor's time limit; every failure is a [`Delivery`] with its reason.
    fn deliver(&self, channel: &Channel, notification: &Notification) -> impl Future<Output = Delivery> + Send;

    /// Tries once to announce a deployment, likewise; a channel that does not hear of changes refuses.
    fn announce(&self, channel: &Channel, deployment: &Deployment) -> impl Future<Output = Delivery> + Send;
}
