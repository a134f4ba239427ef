//! The local stand-in for Slack, `PagerDuty` and webhook endpoints, as a process.

use std::path::{Path, PathBuf};
use std::{fs, io};

use clap::Parser;
use tocsin_testkit::receiver::{Options, Receiver};

/// Checks what it is sent against the vendor's schema, answers as the vendor would, and logs one JSON line each.
#[derive(Parser)]
#[command(name = "receiver")]
struct Arguments {
    /// The port on loopback; 0: any free one.
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// The port is written here once requests are taken.
    #[arg(long)]
    port_file: Option<PathBuf>,
    /// One JSON line per request is appended here.
    #[arg(long)]
    log: Option<PathBuf>,
    /// Holds the key of the webhooks' signatures; with it they are checked.
    #[arg(long)]
    webhook_secret_file: Option<PathBuf>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> io::Result<()> {
    let arguments = Arguments::parse();
    let secret = arguments.webhook_secret_file.map(fs::read_to_string).transpose()?;
    let receiver = Receiver::start(Options {
        port: arguments.port,
        log: arguments.log,
        webhook_secret: secret.map(|secret| secret.trim().to_owned()),
    })
    .await?;
    if let Some(file) = &arguments.port_file {
        write_whole(file, &receiver.port().to_string())?;
    }
    println!("receiver: {}", receiver.url(""));
    receiver.run().await;
    Ok(())
}

/// A reader finds the whole text or no file.
fn write_whole(file: &Path, text: &str) -> io::Result<()> {
    let draft = file.with_extension("draft");
    fs::write(&draft, text)?;
    fs::rename(draft, file)
}
