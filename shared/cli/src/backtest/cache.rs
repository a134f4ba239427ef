//! Fetched history in one compact file: chunks as the store packs them, one after the other.
//!
//! ```text
//! "tocsin history" | version u8 | kind u8 | count of chunks u32
//! each chunk: length of its layout u32, layout | length u32, packed
//! SHA-256 of all before it
//! ```

use std::path::{Path, PathBuf};
use std::{env, fs};

use domain::metric::Chunk;
use domain::setup::Setup;
use domain::units::Time;
use sha2::{Digest, Sha256};
use store::packed::{Layout, layout_of, pack, unpack};

use crate::detect::Wrong;

const MAGIC: &[u8] = b"tocsin history";
const VERSION: u8 = 1;
const HASH_BYTES: usize = 32;

/// Why bytes are no history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Unreadable {
    /// They do not begin like one.
    Foreign,
    /// Another version wrote them.
    Version(u8),
    /// They are not what was written.
    Damaged,
}

/// The file for what these configurations read of `kind` over a range.
pub(super) fn file(folder: Option<&Path>, kind: &str, setups: &[&Setup], range: (Time, Time)) -> Option<PathBuf> {
    let own = || {
        let home = || env::var_os("HOME").map(|home| Path::new(&home).join(".cache"));
        let root = env::var_os("XDG_CACHE_HOME").filter(|path| !path.is_empty()).map(PathBuf::from).or_else(home);
        root.map(|root| root.join("tocsin").join("history"))
    };
    let folder = folder.map(Path::to_owned).or_else(own)?;
    let mut hash = Sha256::new();
    for setup in setups {
        hash.update(serde_json::to_vec(&(&setup.series, &setup.sources)).unwrap_or_default());
    }
    hash.update(format!("{kind} {} {}", range.0, range.1));
    let name: String = hash.finalize()[..8].iter().map(|byte| format!("{byte:02x}")).collect();
    Some(folder.join(format!("{kind}-{name}.history")))
}

/// `chunks` as bytes.
pub(super) fn encode(chunks: &[Chunk]) -> Result<Vec<u8>, String> {
    let mut bytes = MAGIC.to_vec();
    bytes.push(VERSION);
    put(&mut bytes, chunks.len())?;
    let mut known = String::new();
    for chunk in chunks {
        let packed = pack(chunk).map_err(|error| error.to_string())?;
        let layout = packed.layout.text();
        // The layout of the chunk before serves, where nothing is written.
        let written = if layout == known { "" } else { &layout };
        put(&mut bytes, written.len())?;
        bytes.extend(written.as_bytes());
        put(&mut bytes, packed.bytes.len())?;
        bytes.extend(&packed.bytes);
        known = layout;
    }
    let hash = Sha256::digest(&bytes);
    bytes.extend(&hash[..]);
    Ok(bytes)
}

fn put(bytes: &mut Vec<u8>, length: usize) -> Result<(), String> {
    let length = u32::try_from(length).map_err(|_| "the history is too long for one file".to_owned())?;
    bytes.extend(length.to_be_bytes());
    Ok(())
}

/// The chunks of these bytes.
pub(super) fn decode(bytes: &[u8]) -> Result<Vec<Chunk>, Unreadable> {
    let Some((head, rest)) = bytes.split_at_checked(MAGIC.len()).filter(|(head, _)| *head == MAGIC) else {
        return Err(Unreadable::Foreign);
    };
    let (version, _) = rest.split_first().ok_or(Unreadable::Damaged)?;
    if *version != VERSION {
        return Err(Unreadable::Version(*version));
    }
    let end = bytes.len().checked_sub(HASH_BYTES).filter(|end| *end > head.len()).ok_or(Unreadable::Damaged)?;
    if Sha256::digest(&bytes[..end])[..] != bytes[end..] {
        return Err(Unreadable::Damaged);
    }
    chunks(&bytes[head.len() + 1..end]).ok_or(Unreadable::Damaged)
}

fn chunks(mut rest: &[u8]) -> Option<Vec<Chunk>> {
    let count = length(&mut rest)?;
    let mut chunks = Vec::new();
    let mut layout: Option<Layout> = None;
    for _ in 0..count {
        let text = part(&mut rest)?;
        if !text.is_empty() {
            layout = Some(Layout::parse(std::str::from_utf8(text).ok()?).ok()?);
        }
        let packed = part(&mut rest)?;
        let layout = layout.as_ref()?;
        (layout_of(packed).ok()? == layout.hash()).then_some(())?;
        chunks.push(unpack(packed, layout).ok()?);
    }
    rest.is_empty().then_some(chunks)
}

fn length(rest: &mut &[u8]) -> Option<usize> {
    let (length, after) = rest.split_first_chunk::<4>()?;
    *rest = after;
    usize::try_from(u32::from_be_bytes(*length)).ok()
}

fn part<'b>(rest: &mut &'b [u8]) -> Option<&'b [u8]> {
    let length = length(rest)?;
    let (part, after) = rest.split_at_checked(length)?;
    *rest = after;
    Some(part)
}

/// What the file holds; `None`: there is no such file.
pub(super) fn read(path: &Path) -> Result<Option<Vec<Chunk>>, Wrong> {
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(Wrong::io(path, &error)),
    };
    let reason = match decode(&bytes) {
        Ok(chunks) => return Ok(Some(chunks)),
        Err(Unreadable::Foreign) => "is no history that tocsin wrote".to_owned(),
        Err(Unreadable::Version(version)) => format!("has version {version}, this program reads version {VERSION}"),
        Err(Unreadable::Damaged) => "is damaged".to_owned(),
    };
    Err(Wrong { exit_code: 2, text: format!("{}: {reason}; delete it, and it is fetched again", path.display()) })
}

/// Keeps `chunks`, and says how long the file is, in bytes.
pub(super) fn write(path: &Path, chunks: &[Chunk]) -> Result<usize, Wrong> {
    let bytes = encode(chunks).map_err(|text| Wrong { exit_code: 2, text })?;
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(|error| Wrong::io(folder, &error))?;
    }
    // A half-written file would be refused the next time; a renamed one is whole.
    let begun = path.with_extension("begun");
    fs::write(&begun, &bytes).and_then(|()| fs::rename(&begun, path)).map_err(|error| Wrong::io(path, &error))?;
    Ok(bytes.len())
}

#[cfg(test)]
mod tests {
    use domain::metric::{Asked, Outcome, Remark, Sample, Value};
    use domain::units::Span;

    use super::*;

    fn chunks() -> Vec<Chunk> {
        let tick = |number: u32| Time::from_epoch(1_767_571_200) + Span::from_minutes(number);
        let chunk = |number: u32| Chunk {
            shard: 0,
            tick: tick(number),
            asked: vec![Asked {
                series: "shop/errors".parse().unwrap(),
                from: tick(number.saturating_sub(10)),
                until: tick(number),
                outcome: Outcome::Read(vec![Sample {
                    at: tick(number),
                    value: Value::Number(f64::from(number) / 4.0),
                }]),
                remark: Remark::default(),
            }],
        };
        (10..20).map(chunk).collect()
    }

    #[test]
    fn chunks_come_back_as_they_were() {
        let bytes = encode(&chunks()).unwrap();
        assert_eq!(decode(&bytes), Ok(chunks()));
        assert_eq!(decode(&encode(&[]).unwrap()), Ok(Vec::new()));
    }

    #[test]
    fn what_is_foreign_of_another_version_or_damaged_is_refused() {
        let bytes = encode(&chunks()).unwrap();
        assert_eq!(decode(b"timestamp,value\n"), Err(Unreadable::Foreign));
        assert_eq!(decode(b""), Err(Unreadable::Foreign));
        let mut other = bytes.clone();
        other[MAGIC.len()] = 9;
        assert_eq!(decode(&other), Err(Unreadable::Version(9)));
        for place in MAGIC.len() + 1..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[place] ^= 1;
            assert_eq!(decode(&damaged), Err(Unreadable::Damaged), "byte {place}");
            assert_eq!(decode(&bytes[..place]), Err(Unreadable::Damaged), "up to byte {place}");
        }
    }
}
