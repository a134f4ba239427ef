use domain::notification::{EmailAddress, PagerDutyId, PhoneNumber, SenderId, SlackId, TopicArn};
use serde_json::{Value as Json, json};

use super::Read;
use super::scalar::parsed;
use crate::notes::Notes;
use crate::schema::Definitions;
use crate::tree::Node;

/// Types that a text is parsed into: what is wanted, for people, and the pattern for editors.
macro_rules! texts {
    ($($type:ty, $wanted:literal, $pattern:literal);*) => {$(
        impl Read for $type {
            fn read(node: &Node, notes: &mut Notes) -> Option<Self> {
                parsed(node, $wanted, notes)
            }

            fn schema(_: &mut Definitions) -> Json {
                json!({ "type": "string", "pattern": $pattern })
            }
        }
    )*};
}

pub(super) use texts;

texts! {
    EmailAddress, "an e-mail address", r"^[^@\s]+@[^@\s]+\.[^@\s]+$";
    SenderId, "a sender's name", "^[A-Za-z0-9]{1,11}$";
    PhoneNumber, "a phone number", r"^\+[1-9][0-9]{6,14}$";
    SlackId, "an id of Slack", "^[CGDUW][A-Z0-9]{2,31}$";
    PagerDutyId, "an id of a user of PagerDuty", "^[A-Z0-9]{2,32}$";
    TopicArn, "the ARN of a topic of SNS", "^arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]{1,256}$"
}
