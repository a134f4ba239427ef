//! Which series a chunk is about, told once for many chunks.

use std::fmt;

use domain::id::SeriesId;
use sha2::{Digest, Sha256};

use super::UnpackError;
use super::wire::Reader;

/// The series of a chunk, in its order. Two layouts of the same series are the same layout.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Layout {
    hash: LayoutHash,
    series: Vec<SeriesId>,
}

impl Layout {
    /// The layout of these series.
    pub fn of(series: Vec<SeriesId>) -> Self {
        let mut hash = Sha256::new();
        for id in &series {
            hash.update(id.as_str().as_bytes());
            hash.update(b"\n");
        }
        let mut first = [0; LayoutHash::BYTES];
        first.copy_from_slice(&hash.finalize()[..LayoutHash::BYTES]);
        Self { hash: LayoutHash(first), series }
    }

    /// The layout that was written as `text`.
    ///
    /// # Errors
    /// When a line is no series id.
    pub fn parse(text: &str) -> Result<Self, UnpackError> {
        let series: Result<_, _> = text.lines().map(str::parse).collect();
        series.map(Self::of).map_err(|_| UnpackError::Damaged("its layout names something that is no series"))
    }

    /// The ids, a line each.
    pub fn text(&self) -> String {
        let mut text = String::with_capacity(self.series.iter().map(|id| id.as_str().len() + 1).sum());
        for id in &self.series {
            text.push_str(id.as_str());
            text.push('\n');
        }
        text
    }

    /// Its identity.
    pub fn hash(&self) -> LayoutHash {
        self.hash
    }

    /// The series.
    pub fn series(&self) -> &[SeriesId] {
        &self.series
    }
}

/// The first 128 bits of the SHA-256 of a layout's text.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct LayoutHash([u8; Self::BYTES]);

impl LayoutHash {
    const BYTES: usize = 16;

    pub(super) fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Self, UnpackError> {
        let mut bytes = [0; Self::BYTES];
        bytes.copy_from_slice(reader.take(Self::BYTES)?);
        Ok(Self(bytes))
    }
}

impl fmt::Display for LayoutHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_back_keep_the_identity() {
        let ids = |names: &[&str]| names.iter().map(|name| name.parse().unwrap()).collect::<Vec<SeriesId>>();
        let layout = Layout::of(ids(&["a/x", "b/y"]));
        assert_eq!(Layout::parse(&layout.text()), Ok(layout.clone()));
        assert_ne!(Layout::of(ids(&["b/y", "a/x"])).hash(), layout.hash());
        assert_eq!(Layout::parse(""), Ok(Layout::of(Vec::new())));
        assert!(Layout::parse("a/x\nno id\n").is_err());
        assert_eq!(layout.hash().to_string().len(), 32);
    }
}
