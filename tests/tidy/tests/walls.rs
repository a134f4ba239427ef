//! Who may depend on whom.

use tests_tidy::{dependencies, metadata};

const FUNCTIONS: [&str; 8] =
    ["api", "collector", "evaluator", "incident-response", "ingest", "notifier", "post-mortem", "timekeeper"];

#[test]
fn the_pure_crates_are_pure() {
    for package in
        ["tocsin-domain", "tocsin-engine", "tocsin-report", "tocsin-simulator", "tocsin-config", "tocsin-lint"]
    {
        for dependency in dependencies(package) {
            let impure = dependency.starts_with("aws-")
                || [
                    "tokio",
                    "async-std",
                    "smol",
                    "hyper",
                    "reqwest",
                    "rand",
                    "getrandom",
                    "tracing",
                    "log",
                    "chrono",
                    "time",
                ]
                .contains(&dependency.as_str());
            assert!(!impure, "{package} depends on {dependency}");
        }
    }
}

#[test]
fn adapters_never_import_each_other() {
    let adapters = ["tocsin-store", "tocsin-aws", "tocsin-notify", "tocsin-api"];
    for adapter in adapters {
        let found = dependencies(adapter);
        for other in adapters.iter().filter(|other| **other != adapter) {
            assert!(!found.contains(*other), "{adapter} depends on {other}");
        }
    }
}

#[test]
fn development_crates_are_in_no_function() {
    for function in FUNCTIONS {
        let found = dependencies(function);
        for forbidden in ["tocsin-testkit", "tocsin-simulator", "tocsin-cli", "aws-config", "aws-lc-sys", "openssl-sys"]
        {
            assert!(!found.contains(forbidden), "{function} depends on {forbidden}");
        }
    }
}

#[test]
fn there_is_one_tls_stack() {
    let metadata = metadata();
    for package in &metadata.packages {
        let old = package.name.as_str() == "rustls" && package.version.minor < 23;
        assert!(!old, "rustls {} is in the tree", package.version);
    }
}

#[test]
fn versions_stand_once_in_the_root_manifest() {
    // Built apart, as someone who knows nothing of this workspace would build it.
    let apart = "benches/sdk-defaults/Cargo.toml";
    for file in tests_tidy::files().iter().filter(|file| file.ends_with("/Cargo.toml") && *file != apart) {
        let text = tests_tidy::read(file);
        let mut among_dependencies = false;
        for line in text.lines() {
            if line.starts_with('[') {
                among_dependencies = line.ends_with("dependencies]");
            } else if among_dependencies {
                assert!(!line.contains("version = ") && !line.contains("= \""), "{file}: {line}");
            }
        }
        assert!(text.contains("[lints]\nworkspace = true"), "{file} does not take the workspace's lints");
    }
}

#[test]
fn every_dependency_may_be_used_and_comes_from_crates_io() {
    let allowed = [
        "0BSD",
        "Apache-2.0",
        "BSD-2-Clause",
        "BSD-3-Clause",
        "BSL-1.0",
        "BlueOak-1.0.0",
        "CC0-1.0",
        "CDLA-Permissive-2.0",
        "ISC",
        "MIT",
        "MIT-0",
        "Unicode-3.0",
        "Unlicense",
        "Zlib",
    ];
    for package in &metadata().packages {
        let Some(source) = &package.source else { continue };
        assert!(
            source.repr.starts_with("registry+https://github.com/rust-lang/crates.io-index"),
            "{}: {source}",
            package.name
        );
        let licence = package.license.clone().unwrap_or_default().replace('/', " OR ");
        let fits = licence.split(" AND ").all(|all| {
            let words = all
                .split(" OR ")
                .map(|word| word.trim().trim_matches(['(', ')']).split(" WITH ").next().unwrap_or_default());
            words.into_iter().any(|word| allowed.contains(&word.trim()))
        });
        assert!(fits, "{} is under {licence:?}", package.name);
    }
}
