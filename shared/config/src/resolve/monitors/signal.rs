use domain::id::SeriesId;
use domain::monitor::Signal as Resolved;
use domain::units::{Span, Unit};

use super::Measured;
use crate::document::{Ratio, Series, Signal};
use crate::notes::{Note, Notes};
use crate::read::{Field, Given};
use crate::resolve::Names;

/// What `signal` of a monitor of the service `own` is made of.
pub(super) fn resolve(signal: &Given<Signal>, own: Option<&str>, names: &Names, notes: &mut Notes) -> Option<Measured> {
    let Signal { series, ratio, .. } = &signal.value;
    match (series, ratio) {
        (Field::Absent, Field::Absent) | (Field::Given(_) | Field::Mistaken, Field::Given(_) | Field::Mistaken) => {
            let note = Note::at(signal.at, "must be exactly one of series and ratio");
            notes.add(note.hint("write { series: name } or { ratio: { numerator: name, denominator: name } }"));
            None
        }
        (series, Field::Absent) => {
            let (id, series) = find(series, own, names, notes)?;
            Some(Measured {
                signal: Resolved::Series(id),
                unit: series.unit.or_default(),
                period: series.period.value().copied(),
            })
        }
        (_, ratio) => of_ratio(ratio.given()?, own, names, notes),
    }
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

fn find<'d>(
    name: &Field<String>,
    own: Option<&str>,
    names: &Names<'d>,
    notes: &mut Notes,
) -> Option<(SeriesId, &'d Series)> {
    let given = name.given()?;
    let id = if given.value.contains('/') { given.value.clone() } else { format!("{}/{}", own?, given.value) };
    // Without its service a series cannot be known: that is noted at the service.
    if own.is_some_and(|own| !names.services.has(own)) && !given.value.contains('/') {
        return None;
    }
    let (_, series) = names.series.find_as(&id, &given.value, given.at, notes)?;
    Some((id.parse().ok()?, &series.value))
}
