//! Turns what others push (alerts, deployments, CloudWatch alarm changes, findings of `GuardDuty`) into alerts and deployments.

mod alarm;
mod event;
mod finding;

use std::sync::Arc;

use shell::{Error, Function, run};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let function = Arc::new(Function::start("ingest")?);
    run(&function, |invocation| event::handle(&function, invocation)).await
}
