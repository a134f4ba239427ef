//! On events about incidents: tells every channel that a route names, once each, with a receipt. Announces deployments.

mod event;
mod from_aws;

use std::sync::{Arc, OnceLock};

use shell::{Error, Function, run};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let function = Arc::new(Function::start("notifier")?);
    let vendors = OnceLock::new();
    run(&function, |invocation| event::handle(&function, &vendors, invocation)).await
}
