use std::path::PathBuf;

/// Compares `found` with the file `golden/<name>.txt`; with `UPDATE_GOLDEN=1` writes it anew.
///
/// # Panics
/// When they differ.
pub fn check_golden(name: &str, found: &str) {
    let path: PathBuf =
        [&*std::env::var("CARGO_MANIFEST_DIR").expect("cargo runs the tests"), "golden", &format!("{name}.txt")]
            .iter()
            .collect();
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, found).expect("the golden file can be written");
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        found == expected,
        "golden/{name}.txt differs; the story is now:\n{found}\nUPDATE_GOLDEN=1 writes it; read the difference"
    );
}
