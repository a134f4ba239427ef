//! Root-cause analysis and post-mortems of whole incidents: from configuration, chunks and deployments to the report.

#![allow(missing_docs)]

mod analysis;
mod facts;
mod golden;
mod incidents;
mod scene;
mod stable;
mod written;
