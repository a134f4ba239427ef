//! When an incident resolves: its root causes, its post-mortem, its follow-ups.

mod event;

use shell::{Error, Function, run};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let function = Function::start("post-mortem")?;
    run(&function, |invocation| event::handle(&function, invocation)).await
}
