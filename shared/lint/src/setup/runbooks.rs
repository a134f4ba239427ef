use domain::monitor::Monitor;
use domain::response::{ActionKind, Mode, Runbook, Step};
use domain::service::Resource;
use domain::setup::Setup;
use domain::units::Span;

use super::finding;
use crate::finding::{Finding, Level};
use crate::rule::Rule;

pub(super) fn check(setup: &Setup) -> Vec<Finding> {
    let mut found: Vec<Finding> = actions_disabled(setup).into_iter().collect();
    for runbook in &setup.runbooks {
        let matched = matched(setup, runbook);
        if matched.is_empty() && setup.slos.iter().any(|slo| is_for(runbook, slo)) {
            continue;
        }
        if matched.is_empty() {
            found.push(matches_nothing(setup, runbook));
            continue;
        }
        for (index, step) in runbook.steps.iter().enumerate() {
            let part = format!("runbooks/{}/steps/{index}", runbook.name);
            found.extend(without_target(setup, runbook, step, &part));
            found.extend(matched.iter().find_map(|monitor| verify_too_short(setup, step, monitor, &part)));
        }
    }
    found
}

/// The monitors whose alerts the runbook is for.
fn matched<'s>(setup: &'s Setup, runbook: &Runbook) -> Vec<&'s Monitor> {
    let covers = |monitor: &&Monitor| {
        let mut severities = monitor.conditions.iter().map(|condition| condition.severity);
        let wanted = &runbook.matches;
        !monitor.quiet
            && severities
                .any(|severity| wanted.covers(&monitor.service, monitor.name.as_str(), severity, &monitor.labels))
    };
    setup.monitors.iter().filter(covers).collect()
}

/// Whether the runbook is for alerts of the objective.
fn is_for(runbook: &Runbook, slo: &domain::slo::Slo) -> bool {
    let covers = |severity| runbook.matches.covers(&slo.service, slo.name.as_str(), severity, &slo.labels);
    super::slos::severities(slo).into_iter().any(covers)
}

fn actions_disabled(setup: &Setup) -> Option<Finding> {
    let acting: Vec<&str> = setup
        .runbooks
        .iter()
        .filter(|runbook| runbook.steps.iter().any(|step| step.mode >= Mode::Approve))
        .map(|runbook| runbook.name.as_str())
        .collect();
    (!setup.response_enabled && !acting.is_empty()).then(|| {
        finding(Rule::ActionsDisabled, Level::Warn, "response".to_owned(), "no action is done, whatever its mode")
            .seen(format!("response.enabled is false; {} would act", acting.join(", ")))
            .remedy("write enabled: true, or lower the modes to what is meant")
    })
}

fn matches_nothing(setup: &Setup, runbook: &Runbook) -> Finding {
    let wanted = &runbook.matches;
    // Alerts that others push may be of any service, but do not carry a monitor's name or labels.
    let of_service = |monitor: &&Monitor| wanted.service.as_ref().is_none_or(|service| service == &monitor.service);
    let known: Vec<String> = setup
        .monitors
        .iter()
        .filter(of_service)
        .map(|monitor| {
            let severities = super::severities(monitor.conditions.iter().map(|condition| condition.severity));
            let quiet = if monitor.quiet { ", quiet" } else { "" };
            format!("{} ({severities}{quiet})", monitor.name)
        })
        .take(5)
        .collect();
    let level = if known.is_empty() { Level::Note } else { Level::Warn };
    let evidence = if known.is_empty() {
        "no monitor judges that service; only alerts that others push could match".to_owned()
    } else {
        format!("monitors of that service: {}", known.join(", "))
    };
    finding(Rule::RunbookMatchesNothing, level, format!("runbooks/{}", runbook.name), "it is for no monitor's alerts")
        .seen(evidence)
        .remedy("correct service, monitor, severity or labels of its match")
}

fn without_target(setup: &Setup, runbook: &Runbook, step: &Step, part: &str) -> Option<Finding> {
    let ActionKind::RollBackLambdaAlias = step.action;
    let is_target = |resource: &Resource| matches!(resource, Resource::LambdaAlias { .. });
    let services: Vec<_> = matched(setup, runbook).into_iter().map(|monitor| &monitor.service).collect();
    let with =
        services.iter().filter_map(|name| setup.service(name)).any(|service| service.resources.iter().any(is_target));
    (!with && step.mode != Mode::Off).then(|| {
        let mut names: Vec<&str> = services.iter().map(|name| name.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        finding(
            Rule::StepWithoutTarget,
            Level::Warn,
            part.to_owned(),
            format!("{} has no target", step.action.as_str()),
        )
        .seen(format!("no lambda-alias among the resources of {}", names.join(", ")))
        .remedy("add the resource { kind: lambda-alias, function: name, alias: live }, or leave the step out")
    })
}

/// How long a monitor needs at least to recover once its signal is fine again: until fewer than M of N breach, the
/// periods have settled and somebody has looked.
fn recovers_in(setup: &Setup, monitor: &Monitor) -> Option<Span> {
    let series: Vec<_> = monitor.series().filter_map(|id| setup.series(id)).collect();
    let period = series.iter().map(|series| series.period).max()?;
    let fine = monitor.window.of - monitor.window.breaching.min(monitor.window.of) + 1;
    // While its service is not healthy, its series are asked for each minute.
    Some(period.times(fine) + monitor.settle + Span::MINUTE)
}

fn verify_too_short(setup: &Setup, step: &Step, monitor: &Monitor, part: &str) -> Option<Finding> {
    let needed = recovers_in(setup, monitor)?;
    (step.mode != Mode::Off && step.verify_within < needed).then(|| {
        let what = format!("the action is judged before {} can have recovered", monitor.name);
        finding(Rule::VerifyTooShort, Level::Error, part.to_owned(), what)
            .seen(format!(
                "verify_within is {}; {} of {} periods, settle {} and a look take {needed}",
                step.verify_within, monitor.window.breaching, monitor.window.of, monitor.settle
            ))
            .remedy(format!("write verify_within: {needed} or longer"))
    })
}
