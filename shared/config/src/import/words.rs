use domain::id::NAME_BYTES_MAX;
use domain::units::Span;

/// `text` as a name: what may not stand in one becomes a dash.
pub(super) fn name(text: &str) -> String {
    let in_name = |c: char| if c.is_ascii_alphanumeric() || "-_.".contains(c) { c } else { '-' };
    let name: String = text.trim().chars().map(in_name).take(NAME_BYTES_MAX).collect();
    if name.is_empty() { "unnamed".to_owned() } else { name }
}

/// A query of events over a window becomes the events of one period: the window is the period, and rates by the second
/// are multiplied.
pub(super) struct Events {
    pub(super) expression: String,
    /// Templates that nobody fills in.
    pub(super) unknown: Vec<String>,
    /// Whether nothing shows that it counts events rather than levels.
    pub(super) unclear: bool,
}

/// `{{.window}}` is filled in with `period`.
pub(super) fn events(query: &str, period: Span) -> Events {
    let (filled, unknown) = filled(query, &period.to_string());
    let one_line = filled.split_whitespace().collect::<Vec<_>>().join(" ");
    let has = |words: &[&str]| words.iter().any(|word| one_line.contains(word));
    let rate = has(&["rate("]);
    let counted = has(&["increase(", "sum_over_time(", "count_over_time(", "delta("]);
    let expression = if rate && !counted { format!("{} * ({one_line})", period.seconds()) } else { one_line };
    Events { expression, unknown, unclear: rate == counted }
}

/// `text` with each `{{.window}}` replaced, and the templates that are something else.
fn filled(text: &str, window: &str) -> (String, Vec<String>) {
    let (mut found, mut unknown, mut rest) = (String::new(), Vec::new(), text);
    while let Some((before, after)) = rest.split_once("{{") {
        found.push_str(before);
        let Some((inside, after)) = after.split_once("}}") else {
            rest = after;
            found.push_str("{{");
            continue;
        };
        if inside.trim() == ".window" {
            found.push_str(window);
        } else {
            unknown.push(format!("{{{{{inside}}}}}"));
        }
        rest = after;
    }
    found.push_str(rest);
    (found, unknown)
}

/// A share as a percentage without noise: `99.9%`.
pub(super) fn percent(share: f64) -> String {
    let percent = (share * 1e12).round() / 1e10;
    format!("{percent}%")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(query: &str, expected: &str, unclear: bool) {
        let found = events(query, Span::MINUTE);
        assert_eq!((found.expression.as_str(), found.unclear), (expected, unclear), "{query}");
    }

    #[test]
    fn windows_become_the_events_of_a_period() {
        check("sum(rate(x[{{.window}}]))", "60 * (sum(rate(x[1m])))", false);
        check("sum(\n  increase(x[{{ .window }}])\n)", "sum( increase(x[1m]) )", false);
        check("sum_over_time(count(x < 1)[{{.window}}:])", "sum_over_time(count(x < 1)[1m:])", false);
        check("vector(1)", "vector(1)", true);
        check("sum(rate(x[5m])) / sum(increase(y[5m]))", "sum(rate(x[5m])) / sum(increase(y[5m]))", true);
        assert_eq!(events("x{{.filter}}[{{", Span::MINUTE).unknown, ["{{.filter}}"]);
    }

    #[test]
    fn names_and_percentages() {
        assert_eq!(name("My SLO: p99 "), "My-SLO--p99");
        assert_eq!(name(" "), "unnamed");
        assert_eq!(
            (percent(0.999), percent(0.9995), percent(0.999_999)),
            ("99.9%".into(), "99.95%".into(), "99.9999%".into())
        );
    }
}
