use std::io::{IsTerminal, Write};

use domain::monitor::Monitor;
use domain::setup::Setup;
use domain::slo::Slo;
use engine::backtest::Stretch;

const WIDTH: usize = 30;
/// It is drawn anew each hundredth of the way.
const STEPS: u64 = 100;

/// A bar on standard error, where that is a terminal.
pub(super) struct Progress {
    shown: bool,
    all: u64,
    done: u64,
    step: u64,
}

impl Progress {
    /// For all points that the monitors of these configurations look at.
    pub(super) fn of(setups: &[&Setup], stretch: Stretch) -> Self {
        let seconds = u64::from(stretch.until.since(stretch.begin).seconds());
        let series = setups.iter().flat_map(|setup| {
            let read = setup.monitors.iter().flat_map(Monitor::series).chain(setup.slos.iter().flat_map(Slo::series));
            read.filter_map(|id| setup.series(id))
        });
        let all = series.map(|series| seconds / u64::from(series.period.seconds().max(1))).sum::<u64>().max(1);
        Self { shown: std::io::stderr().is_terminal(), all, done: 0, step: 0 }
    }

    /// So many more are done.
    pub(super) fn add(&mut self, points: u64) {
        self.done += points;
        let step = (self.done * STEPS / self.all).min(STEPS);
        if !self.shown || step == self.step {
            return;
        }
        self.step = step;
        let filled = WIDTH * usize::try_from(step).unwrap_or(0) / 100;
        let millions = self.done as f64 / 1e6;
        eprint!("\r[{}{}] {step:>3} %, {millions:.1} million points", "#".repeat(filled), " ".repeat(WIDTH - filled));
        let _ = std::io::stderr().flush();
    }

    /// Takes the bar away.
    pub(super) fn end(&self) {
        if self.shown {
            eprint!("\r{}\r", " ".repeat(WIDTH + 40));
        }
    }
}
