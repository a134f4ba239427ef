//! The configuration as its users meet it: files in, a setup or all mistakes out.

mod files;
mod golden;
mod limits;
mod mistakes;
mod packs;
mod places;
mod round_trip;
mod setup;
mod sound;
