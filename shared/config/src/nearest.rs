/// Words longer than this are not compared: nobody mistypes them by one letter.
const COMPARED_CHARS_MAX: usize = 64;

/// The word among `known` that `word` was most likely meant to be: at most a third of its letters differ, and no
/// other word is as near.
pub(crate) fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word: Vec<char> = word.to_lowercase().chars().take(COMPARED_CHARS_MAX + 1).collect();
    if word.len() > COMPARED_CHARS_MAX {
        return None;
    }
    let allowed = (word.len() / 3).max(1);
    let compared = known.into_iter().filter(|other| other.len() <= COMPARED_CHARS_MAX);
    let mut near: Vec<(usize, &str)> = compared
        .map(|other| (distance(&word, &other.to_lowercase()), other))
        .filter(|(distance, _)| *distance <= allowed)
        .collect();
    near.sort_unstable();
    match near.as_slice() {
        [(first, _), (second, _), ..] if first == second => None,
        [(_, nearest), ..] => Some(nearest),
        [] => None,
    }
}

/// How many letters must be put in, left out or replaced, or neighbours swapped, to turn `a` into `b`.
/// Source: optimal string alignment, <https://en.wikipedia.org/wiki/Damerau%E2%80%93Levenshtein_distance>.
fn distance(a: &[char], b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, y) in b.iter().enumerate() {
            let mut cost = (above[j] + usize::from(x != y)).min(above[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *x == b[j - 1] && a[i - 1] == *y {
                cost = cost.min(before[j - 1] + 1);
            }
            row.push(cost);
        }
        before = std::mem::replace(&mut above, row);
    }
    above[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_was_meant_and_nothing_else() {
        let known = ["series", "service", "severity", "SEV2", "owner"];
        for (word, expected) in [
            ("servcie", Some("service")),
            ("serivce", Some("service")),
            ("sev2", Some("SEV2")),
            ("ownr", Some("owner")),
            ("banana", None),
            ("SEV5", Some("SEV2")),
            ("", None),
        ] {
            assert_eq!(nearest(word, known), expected, "{word}");
        }
        assert_eq!(nearest("SEV5", ["SEV1", "SEV2"]), None, "one is as near as the other");
        assert_eq!(nearest(&"x".repeat(1_000_000), known), None);
    }
}
