//! Content that does not fit one row lies in numbered rows beside it, named by hash: two functions that write
//! different content at once never mix, and the row that names the parts, written last, decides.

use domain::units::Time;
use engine::port::PortError;
use sha2::{Digest, Sha256};

use super::partition;
use crate::Store;
use crate::fault::denied;
use crate::item::{Item, Row, bytes, number, text};

/// Content of one row, in bytes: `DynamoDB` takes 400 KB with keys and names.
pub(super) const PART_BYTES: usize = 390 * 1024;
/// Rows of one content: 25 MB, more than the largest chunk.
const PARTS_MAX: usize = 64;

/// The name of content that lies in parts.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Parts {
    hash: String,
    count: usize,
}

impl Parts {
    pub(super) fn of(content: &[u8]) -> Self {
        let hash = Sha256::digest(content)[..16].iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"));
        Self { hash, count: content.len().div_ceil(PART_BYTES) }
    }

    pub(super) fn name_in(&self, row: Row) -> Row {
        row.text("parts_of", &self.hash).number("parts", self.count)
    }

    pub(super) fn named_in(row: &Item) -> Option<Self> {
        let count = number(row, "parts").filter(|count| *count <= PARTS_MAX)?;
        Some(Self { hash: text(row, "parts_of")?.to_owned(), count })
    }

    fn key(&self, index: usize) -> String {
        format!("part#{}#{index:02}", self.hash)
    }
}

impl Store {
    pub(super) async fn put_parts(
        &self,
        shard: u32,
        parts: &Parts,
        content: &[u8],
        expires_at: Time,
    ) -> Result<(), PortError> {
        if parts.count > PARTS_MAX {
            let limit = PARTS_MAX * PART_BYTES;
            return Err(denied(format!("{} bytes are too many to store, at most {limit} are taken", content.len())));
        }
        for (index, part) in content.chunks(PART_BYTES).enumerate() {
            let row = Row::key(partition(shard), Some(&parts.key(index))).bytes("part", part);
            self.put(&self.tables.metrics, row.expires_at(Some(expires_at)), None).await?;
        }
        Ok(())
    }

    /// The content; `None` if a part of it is not there, or is not what was written.
    pub(super) async fn get_parts(&self, shard: u32, parts: &Parts) -> Result<Option<Vec<u8>>, PortError> {
        let mut content = Vec::new();
        for index in 0..parts.count {
            let row = self.get(&self.tables.metrics, &partition(shard), Some(&parts.key(index))).await?;
            match row.as_ref().and_then(|row| bytes(row, "part")) {
                Some(part) => content.extend_from_slice(part),
                None => return Ok(None),
            }
        }
        Ok((Parts::of(&content) == *parts).then_some(content))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(length: usize, count: usize) {
        let parts = Parts::of(&vec![7; length]);
        assert_eq!(parts.count, count, "{length}");
        let row = parts.name_in(Row::key("shard#0", Some("checkpoint")));
        assert_eq!(Parts::named_in(&row.item), (count <= PARTS_MAX).then_some(parts));
    }

    #[test]
    fn content_is_cut_at_the_limit() {
        check(0, 0);
        check(1, 1);
        check(PART_BYTES, 1);
        check(PART_BYTES + 1, 2);
        check(PART_BYTES * PARTS_MAX, PARTS_MAX);
        check(PART_BYTES * PARTS_MAX + 1, PARTS_MAX + 1);
    }

    #[test]
    fn a_full_part_fits_a_row() {
        let row = Row::key(partition(u32::MAX), Some(&Parts::of(b"").key(63))).bytes("part", vec![0; PART_BYTES]);
        assert!(row.expires_at(Some(Time::from_epoch(i64::MAX))).len() <= crate::item::ROW_BYTES_MAX);
    }
}
