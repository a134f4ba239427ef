//! Tocsin's memory in `DynamoDB`: the log of chunks, and alerts, incidents and all that belongs to them.
//!
//! | table | pk | sk | index |
//! |---|---|---|---|
//! | metrics | `shard#<n>` | `chunk#<tick>`, `layout#<hash>`, `checkpoint`, `part#<of what>#<n>` | |
//! | alerts | fingerprint | | `by-status`: `status`, `changed_at` |
//! | | group id | | `by-wake`: `wake`, `next_wake` |
//! | incidents | incident id | `incident`, `outbox#<event id>`, `receipt#<notification id>` | `by-wake`: `wake`, `next_wake`; `by-opened`: `listing`, `opened_at` |
//! | | `open#<service>#<key>` | `open` | |
//! | | `target#<resource>` | `target` | |
//! | | deployment id | `announcement#<channel>` | `by-wake` |
//! | | `switch` | `switch` | |
//! | | `silences` | silence id | |
//! | | `overrides` | override id | |
//! | | `drills` | drill id | `by-wake` |
//! | post-mortems | incident id | | |
//! | action-items | item id | | `by-owner`: `owner`, `due`; `by-due`: `listing`, `due` |
//! | deployments | service | `<moved by>#<deployment id>` | |
//! | | `serving#<resource>` | `serving` | |
//! | events | `source#<source>` | `<at>#<event id>` | `by-listing`: `<status>#<day>`, `sk` |
//! | | `pushed#<shard>` | `<minute>#<push id>` | |
//! | | `history#<source>#<type>` | `history`, `volume` | `by-listing`: `history`, `sk` |
//! | slos | `slo` | name | |
//! | | `snapshot` | `shard#<n>` | |
//! | | `day#<name>` | `<day>` | |
//! | | `gate#<service>` | `<at>` | |
//!
//! An aggregate is the JSON in `body`; beside it stand only its version and what is searched by. What is decided on is
//! read by its key and consistently; lists may lag a moment behind.

pub mod packed;

mod chunk_log;
mod cursor;
mod event_log;
mod fault;
mod item;
mod ledger;
mod meter;
mod orders;
mod slos;
mod store;
mod tables;

pub use cursor::CURSOR;
pub use meter::Consumed;
pub use store::Store;
pub use tables::Tables;
