/// The name of `known` that `given` most probably means; `None` if none is near.
pub(crate) fn nearest<'a>(given: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let near = (given.chars().count() / 3).max(1);
    let distances = known.into_iter().map(|name| (distance(given, name), name));
    distances.filter(|(distance, _)| *distance <= near).min().map(|(_, name)| name)
}

/// Insertions, deletions and replacements that lead from one to the other, in any case (Levenshtein).
fn distance(a: &str, b: &str) -> usize {
    let lower = |text: &str| text.chars().flat_map(char::to_lowercase).collect::<Vec<_>>();
    let (a, b) = (lower(a), lower(b));
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, left) in a.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, right) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(left != right);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_a_hint_only_if_it_is_near() {
        let known = ["shop-checkout", "shop-cart", "search"];
        assert_eq!(nearest("shop-chekout", known), Some("shop-checkout"));
        assert_eq!(nearest("Shop-Cart", known), Some("shop-cart"));
        assert_eq!(nearest("seach", known), Some("search"));
        assert_eq!(nearest("billing", known), None);
        assert_eq!(nearest("", known), None);
        assert_eq!(nearest("x", []), None);
    }
}
