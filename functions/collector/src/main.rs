//! Each minute and shard: reads every series that is due and writes one chunk.

mod event;

use shell::{Error, Function, run};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let function = Function::start("collector")?;
    let memory = event::Memories::default();
    run(&function, |invocation| event::handle(&function, &memory, invocation)).await
}
