//! The configuration as its users meet it: files in, a setup or all mistakes out.

mod docs;
mod drills;
mod export;
mod files;
mod golden;
mod import;
mod limits;
mod merges;
mod mistakes;
mod packs;
mod places;
mod round_trip;
mod setup;
mod sound;
