use domain::monitor::{Expression, Signal as Resolved};
use domain::units::{Span, Unit};

use super::Measured;
use crate::document::{Ratio, Series, Signal};
use crate::notes::{Note, Notes};
use crate::read::Given;
use crate::resolve::Names;
use crate::resolve::series::find;

/// What `signal` of `monitor` of the service `own` is made of.
pub(super) fn resolve(
    signal: &Given<Signal>,
    monitor: Option<&str>,
    own: Option<&str>,
    names: &Names,
    notes: &mut Notes,
) -> Option<Measured> {
    let Signal { series, ratio, increase, monitors, .. } = &signal.value;
    let written = [!series.is_absent(), !ratio.is_absent(), !increase.is_absent(), !monitors.is_absent()];
    if written.into_iter().filter(|written| *written).count() != 1 {
        let note = Note::at(signal.at, "must be exactly one of series, ratio, increase and monitors");
        notes.add(note.hint("write { series: name } or { ratio: { numerator: name, denominator: name } }"));
        return None;
    }
    if let Some(ratio) = ratio.given() {
        return of_ratio(ratio, own, names, notes);
    }
    if let Some(monitors) = monitors.given() {
        return of_monitors(monitors, monitor, names, notes);
    }
    let grows = series.is_absent();
    let (id, series) = find(if grows { increase } else { series }, own, names, notes)?;
    Some(Measured {
        signal: if grows { Resolved::Increase(id) } else { Resolved::Series(id) },
        unit: series.unit.or_default(),
        period: series.period.value().copied(),
    })
}

/// Monitors that combine others are not combined again, so that there are no circles.
fn of_monitors(given: &Given<Expression>, own: Option<&str>, names: &Names, notes: &mut Notes) -> Option<Measured> {
    let mut sound = true;
    for name in given.value.monitors() {
        let refuse = |wrong: String, hint: &str| Note::at(given.at, wrong).value(name.as_str()).hint(hint);
        let Some(found) = names.monitors.find(name.as_str(), given.at, notes) else {
            sound = false;
            continue;
        };
        if own == Some(name.as_str()) {
            notes.add(refuse(format!("\"{name}\" is this monitor itself"), "name others"));
            sound = false;
        } else if found.value.signal.value().is_some_and(|signal| !signal.monitors.is_absent()) {
            let hint = "write its expression here in parentheses";
            notes.add(refuse(format!("\"{name}\" combines monitors itself"), hint));
            sound = false;
        }
    }
    let signal = Resolved::Monitors(given.value.clone());
    sound.then_some(Measured { signal, unit: Some(Unit::Count), period: Some(Span::MINUTE) })
}

fn of_ratio(ratio: &Given<Ratio>, own: Option<&str>, names: &Names, notes: &mut Notes) -> Option<Measured> {
    let part = find(&ratio.value.numerator, own, names, notes);
    let whole = find(&ratio.value.denominator, own, names, notes);
    let ((numerator, part), (denominator, whole)) = (part?, whole?);
    let period = period(ratio, part, whole, notes);
    let unit = match (part.unit.or_default(), whole.unit.or_default()) {
        (Some(part), Some(whole)) => unit(ratio, part, whole, notes),
        _ => None,
    };
    let signal = Resolved::Ratio { numerator, denominator };
    Some(Measured { signal, unit, period })
}

fn period(ratio: &Given<Ratio>, part: &Series, whole: &Series, notes: &mut Notes) -> Option<Span> {
    let (part, whole) = (part.period.value().copied()?, whole.period.value().copied()?);
    if part != whole {
        let note = Note::at(ratio.at, format!("the numerator's period is {part}, the denominator's {whole}"));
        notes.add(note.hint("give both series one period"));
        return None;
    }
    Some(part)
}

/// A ratio of one unit is a plain number; otherwise the denominator must be a count, as in bytes per request.
fn unit(ratio: &Given<Ratio>, part: Unit, whole: Unit, notes: &mut Notes) -> Option<Unit> {
    if part == whole {
        return Some(Unit::Count);
    }
    if whole == Unit::Count {
        return Some(part);
    }
    let note = Note::at(ratio.at, "the units of the series do not make a ratio");
    notes.add(note.hint("give both one unit, or divide by a count"));
    None
}
