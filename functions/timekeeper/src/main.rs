//! Each minute, and to the second what a queue wakes: whatever is due.

mod event;

use shell::{Error, Function, run};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let function = Function::start("timekeeper")?;
    run(&function, |invocation| event::handle(&function, invocation)).await
}
