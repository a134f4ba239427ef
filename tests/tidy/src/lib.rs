//! What the tidy tests look at: the files of the tree and the dependencies that Cargo resolves.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use cargo_metadata::{CargoOpt, Metadata, MetadataCommand};

/// The root of the tree.
pub fn root() -> PathBuf {
    let here = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR").expect("cargo runs the tests"));
    here.ancestors().nth(2).expect("tests/tidy lies two levels below the root").to_path_buf()
}

/// Every file of the tree that is, or would be, committed, relative to the root.
pub fn files() -> Vec<String> {
    let listed = Command::new("git")
        .args(["ls-files", "--cached", "--others", "--exclude-standard"])
        .current_dir(root())
        .output()
        .expect("git lists the tree");
    let text = String::from_utf8_lossy(&listed.stdout).into_owned();
    let mut files: Vec<String> = text.lines().map(str::to_owned).filter(|file| root().join(file).is_file()).collect();
    files.sort();
    files
}

/// The Rust files among them, with their text.
pub fn rust_files() -> Vec<(String, String)> {
    let rust = files().into_iter().filter(|file| Path::new(file).extension().is_some_and(|kind| kind == "rs"));
    rust.map(|file| (file.clone(), read(&file))).collect()
}

/// The text of a file of the tree.
pub fn read(file: &str) -> String {
    String::from_utf8_lossy(&std::fs::read(root().join(file)).unwrap_or_default()).into_owned()
}

/// What Cargo resolves, from the lock file, without a network.
pub fn metadata() -> Metadata {
    MetadataCommand::new()
        .manifest_path(root().join("Cargo.toml"))
        .features(CargoOpt::AllFeatures)
        .other_options(vec!["--offline".to_owned(), "--locked".to_owned()])
        .exec()
        .expect("cargo metadata reads the workspace")
}

/// Names of all crates that `package` is built from, without its tests.
///
/// `cargo tree` and not `cargo metadata`: the latter turns on every feature that anybody in the workspace asks for.
pub fn dependencies(package: &str) -> BTreeSet<String> {
    let listed = Command::new(env!("CARGO"))
        .args(["tree", "--offline", "--locked", "--edges", "normal", "--prefix", "none"])
        .args(["--package", package])
        .current_dir(root())
        .output()
        .expect("cargo lists the dependencies");
    assert!(listed.status.success(), "{}", String::from_utf8_lossy(&listed.stderr));
    let text = String::from_utf8_lossy(&listed.stdout);
    assert!(text.starts_with(package), "the tree begins with the package");
    let names = text.lines().filter_map(|line| line.split(' ').next());
    names.filter(|name| *name != package && !name.is_empty()).map(str::to_owned).collect()
}
