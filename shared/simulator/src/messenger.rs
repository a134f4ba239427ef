use std::collections::{BTreeMap, VecDeque};

use domain::deployment::Deployment;
use domain::notification::{Channel, Delivery, Notification};
use engine::port::Messenger;

use crate::World;

impl Messenger for World {
    async fn deliver(&self, channel: &Channel, notification: &Notification) -> Delivery {
        let delivery = self.call("deliver", |inner| {
            let name = channel.name.to_string();
            let answer = next(&mut inner.answers, &name).unwrap_or_else(|| Delivery::Accepted {
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

    async fn announce(&self, channel: &Channel, deployment: &Deployment) -> Delivery {
        let delivery = self.call("announce", |inner| {
            let name = channel.name.to_string();
            let accepted = || Delivery::Accepted { answer: "ok".to_owned(), handle: None };
            let answer = next(&mut inner.answers_to_changes, &name).unwrap_or_else(accepted);
            if matches!(answer, Delivery::Accepted { .. }) {
                inner.announced.push((name, deployment.clone()));
            }
            answer
        });
        delivery.unwrap_or_else(|error| Delivery::TryLater { reason: error.to_string(), after_seconds: None })
    }
}

fn next(answers: &mut BTreeMap<String, VecDeque<Delivery>>, name: &str) -> Option<Delivery> {
    answers.get_mut(name).and_then(VecDeque::pop_front)
}

/// The message that a later one edits: the one before, or this one if it is the first.
fn handle(notification: &Notification) -> String {
    notification.follows.clone().unwrap_or_else(|| format!("message-{}", notification.id))
}
