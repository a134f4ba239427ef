use std::path::Path;

/// The text of a file beside the crate.
pub(crate) fn text(path: &str) -> String {
    let path = Path::new(&std::env::var("CARGO_MANIFEST_DIR").expect("cargo runs the tests")).join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[test]
fn all_mistakes_of_one_file_at_once() {
    let found = config::read("mistakes.yaml", &|_| Ok(text("tests/config/golden/mistakes.yaml"))).unwrap_err();
    assert_eq!(format!("{found}\n"), text("tests/config/golden/mistakes.txt"));
}

#[test]
fn the_published_schema_is_that_of_the_code() {
    let expected = format!("{:#}\n", config::schema());
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write("tocsin.schema.json", &expected).expect("it can be written");
    }
    assert!(
        text("tocsin.schema.json") == expected,
        "shared/config/tocsin.schema.json is old: `cargo run -p tocsin-cli -- schema > shared/config/tocsin.schema.json`"
    );
}
