//! The configuration, `tocsin.yaml`: text in, [`domain::setup::Setup`] out, or all mistakes at once.
//!
//! The way: YAML becomes a tree in which every value knows its place ([`tree`]); records pick their fields from the
//! tree and note what they cannot read ([`read`], [`document`]); what one file cannot know (names that others refer
//! to, limits over the whole) is checked over all files together ([`resolve`]). Nothing stops at the first mistake.

mod apart;
mod document;
pub mod export;
mod files;
pub mod import;
mod mistake;
mod nearest;
mod notes;
mod packs;
mod places;
mod read;
mod resolve;
pub mod scenario;
mod schema;
mod tree;
mod yaml;

pub use apart::{slo, written};
pub use files::{FILE_BYTES_MAX, FILES_MAX, Reading, read};
pub use mistake::{Mistake, Mistakes};
pub use places::{Location, Places};
pub use resolve::QUERIES_PER_SHARD_MAX;
pub use schema::schema;
pub use tree::{ALIAS_NODES_MAX, DEPTH_MAX};
