//! The report on operations as people see it; `UPDATE_GOLDEN=1` writes the files anew.

#![allow(clippy::unwrap_used)]

use domain::operations::Operations;

const SAMPLE: &str = include_str!("golden/operations.json");

fn check(name: &str, found: &str) {
    let path = format!("tests/golden/{name}");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, found).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == found, "{path} differs; UPDATE_GOLDEN=1 writes it anew:\n{found}");
}

#[test]
fn a_month_of_a_small_team() {
    let report: Operations = serde_json::from_str(SAMPLE).unwrap();
    let rendered = tocsin_report::render_operations(&report);
    check("operations.md", &rendered.markdown);
    check("operations.txt", &tocsin_report::operations_as_plain_text(&report));
    assert!(rendered.html.contains("<h1>Operations: all services</h1>") && !rendered.html.contains("class=\"badge"));
    assert_eq!(serde_json::to_value(&report).unwrap(), serde_json::from_str::<serde_json::Value>(SAMPLE).unwrap());
}

#[test]
fn the_guide_shows_what_is_printed() {
    let printed = std::fs::read_to_string("tests/golden/operations.txt").unwrap();
    assert!(include_str!("../../../docs/reports.md").contains(&printed), "docs/reports.md shows something else");
}

#[test]
fn names_are_not_taken_for_markup() {
    let mut report: Operations = serde_json::from_str(SAMPLE).unwrap();
    report.unactionable[0].title = "<script>|`x`\u{1b}[2J".to_owned();
    let rendered = tocsin_report::render_operations(&report);
    assert!(rendered.markdown.contains("&lt;script&gt;\\|\\`x\\`"), "{}", rendered.markdown);
    assert!(rendered.html.contains("&lt;script&gt;"));
    assert!(!tocsin_report::operations_as_plain_text(&report).contains('\u{1b}'));
}

#[test]
fn nothing_happened() {
    let stretch = [0, 86_400].map(domain::units::Time::from_epoch);
    let report = domain::operations::operations(stretch, None, &[]);
    let text = tocsin_report::operations_as_plain_text(&report);
    for words in
        ["0 incidents opened", "No incident opened.", "Nothing was sent.", "Nothing fired.", "1970-01-01 (part)"]
    {
        assert!(text.contains(words), "{words}: {text}");
    }
}
