//! Each minute and shard: folds new chunks and raises the alerts that changed.

mod event;

use shell::{Error, Function, run};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let function = Function::start("evaluator")?;
    let memory = event::Memories::default();
    run(&function, |invocation| event::handle(&function, &memory, invocation)).await
}
