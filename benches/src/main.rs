//! Measures what Tocsin costs: processes against a floor, and its hot paths in memory. `scripts/bench` runs it.

mod alerts;
mod anomaly;
mod backtest;
mod cpu;
mod endpoint;
mod events;
mod fetch;
mod installation;
mod nab;
mod packing;
mod process;
mod rows;
mod runtime_api;
mod slo;
mod starts;
mod table;
mod templates;
mod ticks;
mod units;

use std::path::PathBuf;

use clap::Parser;

const FUNCTIONS: [&str; 8] =
    ["collector", "evaluator", "ingest", "incident-response", "post-mortem", "notifier", "timekeeper", "api"];

/// Measures what Tocsin costs.
#[derive(Parser)]
struct Arguments {
    /// The folder of the functions' programs, and of the floor; without it starts are left out.
    #[arg(long, requires = "sdk_defaults")]
    programs: Option<PathBuf>,
    /// The program that is set up as the SDK's guide says.
    #[arg(long)]
    sdk_defaults: Option<PathBuf>,
    /// How often each program is started.
    #[arg(long, default_value_t = 20)]
    runs: usize,
    /// A folder of recorded series, CSV files (timestamp,value).
    #[arg(long)]
    recordings: Option<PathBuf>,
    /// A folder with the Numenta Anomaly Benchmark: `combined_windows.json`, `data/`, and its scoring script.
    #[arg(long)]
    nab: Option<PathBuf>,
    /// A folder with the systems of `LogHub`, each in a folder of its name.
    #[arg(long)]
    logs: Option<PathBuf>,
    /// The program `promtool`, to run the same rules over the same points.
    #[arg(long)]
    promtool: Option<PathBuf>,
    /// The program `prometheus-alertmanager`, to decide the same alerts.
    #[arg(long)]
    alertmanager: Option<PathBuf>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let arguments = Arguments::parse();
    fetch::measure().await;
    ticks::measure().await;
    ticks::measure_anomalies();
    packing::measure(arguments.recordings.as_deref());
    anomaly::measure(arguments.nab.as_deref());
    backtest::measure(arguments.promtool.as_deref());
    templates::measure(arguments.logs.as_deref());
    events::measure();
    alerts::measure(arguments.alertmanager.as_deref()).await;
    slo::measure();
    units::measure().await;
    if let (Some(programs), Some(sdk_defaults)) = (arguments.programs, arguments.sdk_defaults) {
        starts::measure(&programs, &programs.join("floor"), &sdk_defaults, arguments.runs).await;
    }
}
