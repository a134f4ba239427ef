use domain::notification::{Channel, Delivery, Notification};
use engine::port::Messenger;

use crate::World;

impl Messenger for World {
    async fn deliver(&self, channel: &Channel, notification: &Notification) -> Delivery {
        let delivery = self.call("deliver", |inner| {
            let name = channel.name.to_string();
            let answer = inner.answers.get_mut(&name).and_then(std::collections::VecDeque::pop_front);
            let answer = answer.unwrap_or_else(|| Delivery::Accepted {
                answer: "ok".to_owned(),
                handle: channel.kind.converses().then(|| handle(notification)),
            });
            if matches!(answer, Delivery::Accepted { .. }) {
                inner.inbox.push((name, notification.clone()));
            }
            answer
        });
        delivery.unwrap_or_else(|error| Delivery::TryLater { reason: error.to_string(), after_seconds: None })
    }
}

/// The message that a later one edits: the one before, or this one if it is the first.
fn handle(notification: &Notification) -> String {
    notification.follows.clone().unwrap_or_else(|| format!("message-{}", notification.id))
}
