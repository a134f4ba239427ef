//! How much room a group's parts take in JSON.

use super::Member;

/// Bytes of the name of who acknowledged.
pub(super) const BY_BYTES_MAX: usize = 64;
/// Room for the key, the names of all fields, numbers, times and ids of a member.
const FIXED: usize = 520;
/// Quotes, colon and comma of a label.
const PER_LABEL: usize = 6;

/// `text` without control characters, cut at a character to at most `max` bytes.
pub(super) fn bounded(text: &str, max: usize) -> String {
    text[..text.floor_char_boundary(max)].chars().filter(|c| !c.is_control()).collect()
}

/// At least the bytes that `member` takes in JSON, its key included.
pub(super) fn of(member: &Member) -> usize {
    let labels = member.labels.iter().map(|(name, value)| text(name) + text(value) + PER_LABEL);
    FIXED + text(&member.name) + member.service.as_str().len() + labels.sum::<usize>()
}

/// Bytes of `text` in JSON, without the quotes.
pub(super) fn text(text: &str) -> usize {
    // Hardly any text has such bytes; all are looked at, several at once.
    let special = |byte| u8::from(matches!(byte, b'"' | b'\\' | 0..0x20));
    if text.bytes().fold(0, |any, byte| any | special(byte)) == 0 {
        return text.len();
    }
    let more = |byte| match byte {
        b'"' | b'\\' => 1,
        0..0x20 => 5,
        _ => 0,
    };
    text.len() + text.bytes().map(more).sum::<usize>()
}
