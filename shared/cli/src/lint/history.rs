use std::collections::BTreeMap;
use std::path::Path;

use domain::setup::Setup;
use lint::History;

use crate::detect::rows;

/// What is recorded of the series of `setup` in `folder`; a series without a file is not judged by its history.
///
/// # Errors
/// All that cannot be read, and a folder that has no file of any series.
pub(super) fn of(setup: &Setup, folder: Option<&Path>) -> Result<Option<History>, Vec<String>> {
    let Some(folder) = folder else { return Ok(None) };
    let (mut points, mut wrong) = (BTreeMap::new(), Vec::new());
    for series in &setup.series {
        let file = folder.join(series.id.service()).join(format!("{}.csv", series.id.name()));
        if !file.is_file() {
            continue;
        }
        match rows(&file) {
            Ok(rows) => {
                points.insert(series.id.clone(), rows.iter().map(|row| (row.at, row.value)).collect());
            }
            Err(mistake) => wrong.push(mistake.text),
        }
    }
    if points.is_empty() && wrong.is_empty() {
        let example = setup.series.first().map_or_else(|| "shop/errors".to_owned(), |series| series.id.to_string());
        wrong.push(format!(
            "{}: holds no file of a series of the configuration; name them like {example}.csv",
            folder.display()
        ));
    }
    if wrong.is_empty() { Ok(Some(History::to_its_end(points))) } else { Err(wrong) }
}
