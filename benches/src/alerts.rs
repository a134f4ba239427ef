//! The pipeline of alerts: what it decides on one core, and the same alerts through a real Alertmanager.

mod alertmanager;
mod compare;
mod equal;
mod pipeline;
mod pure;
mod rules;
mod sent;

use std::path::Path;

use domain::units::Span;

/// How long groups wait for further alerts; nobody can decide sooner.
const GROUP_WAIT: Span = Span::from_seconds(5);

/// Measures and prints; `alertmanager` is the program.
pub(crate) async fn measure(alertmanager: Option<&Path>) {
    pure::measure();
    match alertmanager {
        Some(program) => compare::measure(program).await,
        None => println!("  NOT MEASURED: Alertmanager, since the program is not named (--alertmanager)"),
    }
}
