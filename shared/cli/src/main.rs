//! `tocsin`: what a team asks of its configuration before it applies it.

mod check;

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand, ValueEnum};

/// Check what Tocsin is told to watch, before it is applied.
#[derive(Parser)]
#[command(name = "tocsin", version, arg_required_else_help = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Find every mistake in configurations and the files they include. Exit code: 0 all are sound, 1 mistakes were
    /// found, 2 a file cannot be read.
    #[command(arg_required_else_help = true)]
    Check {
        /// The first file of each configuration, such as tocsin.yaml.
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// How the result is printed.
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
        /// How many shards the services are spread over: the Terraform variable of the same name.
        #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
        shards: u32,
    },
    /// Print the JSON Schema of the configuration, for editors.
    Schema,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    /// A line for each mistake.
    Text,
    /// One JSON document.
    Json,
}

fn main() -> ExitCode {
    match Arguments::parse().command {
        Command::Check { files, format, shards } => {
            let checked: Vec<_> = files.iter().map(|file| check::check(file, shards)).collect();
            print(&match format {
                Format::Text => check::text(&checked),
                Format::Json => check::json(&checked),
            });
            checked.iter().map(check::Checked::exit_code).max().unwrap_or(0).into()
        }
        Command::Schema => {
            print(&format!("{:#}\n", config::schema()));
            ExitCode::SUCCESS
        }
    }
}

/// Prints `text`. A reader that has gone, such as `head`, has seen enough.
fn print(text: &str) {
    let _ = std::io::stdout().write_all(text.as_bytes());
}
