//! On events about incidents: plans and does what runbooks say, under guard rails.

mod event;
mod hand_made;

use shell::{Error, Function, run};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let function = Function::start("incident-response")?;
    run(&function, |invocation| event::handle(&function, invocation)).await
}
