//! Where the next page of a list begins, as text that means nothing to its reader.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use engine::port::PortError;

use crate::item::unreadable;
use crate::store::PARTITION_KEY_BYTES_MAX;

/// What [`PortError::Unreadable`] names when a cursor was not made by this store.
pub const CURSOR: &str = "the cursor";

/// The row after which a page begins: its place in the order of the list, and its partition key.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Cursor {
    pub(crate) order: i64,
    pub(crate) pk: String,
}

impl Cursor {
    pub(crate) fn encode(&self) -> String {
        URL_SAFE_NO_PAD.encode(format!("{}#{}", self.order, self.pk))
    }

    pub(crate) fn decode(text: &str) -> Result<Self, PortError> {
        let place = URL_SAFE_NO_PAD.decode(text).ok().and_then(|bytes| String::from_utf8(bytes).ok());
        let place = place.as_ref().and_then(|place| place.split_once('#'));
        let place = place.and_then(|(order, pk)| Some((order.parse().ok()?, pk)));
        match place {
            Some((order, pk)) if (1..=PARTITION_KEY_BYTES_MAX).contains(&pk.len()) => {
                Ok(Self { order, pk: pk.to_owned() })
            }
            _ => Err(unreadable(CURSOR, "it is not one that a list has given")),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn refused(text: &str) {
        let refused = Cursor::decode(text).unwrap_err().to_string();
        assert_eq!(refused, "the cursor cannot be read: it is not one that a list has given", "{text}");
    }

    #[test]
    fn a_foreign_cursor_is_refused() {
        refused("");
        refused("no cursor");
        refused(&URL_SAFE_NO_PAD.encode("12"));
        refused(&URL_SAFE_NO_PAD.encode("12#"));
        refused(&URL_SAFE_NO_PAD.encode("twelve#inc-1"));
        refused(&URL_SAFE_NO_PAD.encode([0xff, 0xfe]));
        let longest = |length| Cursor { order: 1, pk: "x".repeat(length) }.encode();
        assert!(Cursor::decode(&longest(PARTITION_KEY_BYTES_MAX)).is_ok());
        refused(&longest(PARTITION_KEY_BYTES_MAX + 1));
    }

    proptest! {
        #[test]
        fn text_and_back(order: i64, pk in ".{1,60}") {
            let cursor = Cursor { order, pk };
            prop_assert_eq!(Cursor::decode(&cursor.encode()).unwrap(), cursor);
        }
    }
}
