//! `tocsin import` and `tocsin export`: objectives and routes from other tools, and objectives in their words.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use config::Reading;
use config::import::Unsaid;

use crate::check::load;
use crate::print;

/// What is imported.
#[derive(Args)]
pub(crate) struct From {
    /// The tool whose document it is.
    #[arg(value_enum)]
    format: Format,
    /// The document.
    file: PathBuf,
    /// The address of the Prometheus server, where the document does not say it.
    #[arg(long, value_name = "URL")]
    prometheus: Option<String>,
    /// Who owns services that name neither owner nor team.
    #[arg(long, value_name = "NAME")]
    owner: Option<String>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    /// `OpenSLO` v1.
    Openslo,
    /// Sloth's prometheus/v1, or its objects of Kubernetes.
    Sloth,
    /// Alertmanager's configuration: receivers, routes, inhibitions, intervals.
    Alertmanager,
}

/// What objectives are exported into.
#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Into {
    /// `OpenSLO` v1.
    Openslo,
}

/// Prints what the document becomes, and tells of what does not; returns the exit code.
pub(crate) fn import(from: &From) -> u8 {
    let file = from.file.display().to_string();
    let text = match load(&from.file) {
        Ok(text) => text,
        Err(error) => {
            eprintln!("{file}: {error}");
            return 2;
        }
    };
    let unsaid = Unsaid { prometheus: from.prometheus.clone(), owner: from.owner.clone() };
    let read = match from.format {
        Format::Openslo => config::import::open_slo(&file, &text, &unsaid),
        Format::Sloth => config::import::sloth(&file, &text, &unsaid),
        Format::Alertmanager => config::import::alertmanager(&file, &text),
    };
    let what = match from.format {
        Format::Openslo | Format::Sloth => "objective",
        Format::Alertmanager => "route",
    };
    match read {
        Err(mistakes) => {
            eprintln!("{mistakes}");
            2
        }
        Ok(imported) => {
            print(&imported.text);
            for loss in &imported.losses {
                eprintln!("{loss}");
            }
            let count = imported.slos + imported.routes;
            eprintln!("{file}: {}", summary((count, what), imported.losses.len(), ["imported", "not carried over"]));
            u8::from(!imported.losses.is_empty() || imported.text.is_empty())
        }
    }
}

/// Prints the objectives, and tells of what cannot be said; returns the exit code.
pub(crate) fn export(Into::Openslo: Into, path: &Path) -> u8 {
    let file = path.display().to_string();
    let mut reading = Reading::of(&file);
    while let Some(name) = reading.wanted() {
        let text = load(Path::new(name));
        reading.give(text);
    }
    match reading.finish_placed(None) {
        Err(mistakes) => {
            eprintln!("{mistakes}");
            2
        }
        Ok((setup, places)) => {
            let exported = config::export::open_slo(&setup);
            print(&exported.text);
            for (part, loss) in &exported.losses {
                let at = places.find(part);
                eprintln!("{}:{}:{} {}: {loss}", at.file, at.line, at.column, at.field);
            }
            eprintln!(
                "{file}: {}",
                summary((exported.slos, "objective"), exported.losses.len(), ["exported", "cannot be said"])
            );
            u8::from(!exported.losses.is_empty() || exported.slos == 0)
        }
    }
}

fn summary((count, what): (usize, &str), losses: usize, [done, lost]: [&str; 2]) -> String {
    let plural = |count: usize, word: &str| format!("{count} {word}{}", if count == 1 { "" } else { "s" });
    format!("{} {done}, {} {lost}", plural(count, what), plural(losses, "thing"))
}
