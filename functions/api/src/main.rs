//! Answers the HTTP API: queries and commands.

use std::sync::Arc;

use shell::{Answer, Error, Function, Record, run, serve_http};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let function = Arc::new(Function::start("api")?);
    run(&function, |invocation| {
        let function = &function;
        async move { Ok(Answer { body: serve_http(function, &invocation.payload).await?, record: Record::default() }) }
    })
    .await
}
