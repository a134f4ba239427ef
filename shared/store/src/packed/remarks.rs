//! What sources remarked: of few series, so each says how many before it have nothing.

use domain::metric::{Asked, Chunk, Remark};

use super::UnpackError;
use super::wire::{self, Reader};

pub(super) fn put(bytes: &mut Vec<u8>, chunk: &Chunk) {
    let mut without = 0;
    for asked in &chunk.asked {
        let text = asked.remark.as_str();
        if text.is_empty() {
            without += 1;
            continue;
        }
        wire::put(bytes, without);
        wire::put(bytes, text.len() as u64);
        bytes.extend_from_slice(text.as_bytes());
        without = 0;
    }
}

pub(super) fn read(reader: &mut Reader<'_>, asked: &mut [Asked]) -> Result<(), UnpackError> {
    let mut rest = asked.iter_mut();
    while !reader.is_empty() {
        let without = usize::try_from(reader.varint()?).unwrap_or(usize::MAX);
        let asked = rest.nth(without).ok_or(UnpackError::Damaged("a remark is about no series"))?;
        let length = usize::try_from(reader.varint()?).map_err(|_| UnpackError::Cut)?;
        let text = str::from_utf8(reader.take(length)?).map_err(|_| UnpackError::Damaged("a remark is no text"))?;
        asked.remark = Remark::of(text);
    }
    Ok(())
}
