use domain::service::Resource;
use domain::setup::Setup;

/// The version that serves at first.
pub const GOOD_VERSION: &str = "1";
/// The version whose requests fail.
pub const BAD_VERSION: &str = "2";

/// The configuration of the shop, but for what it promises, whose story is told apart.
pub fn setup() -> Setup {
    setup_with(&[])
}

/// The same with each text replaced by the other.
///
/// # Panics
/// When a text does not stand in it, or the outcome is no configuration.
pub fn setup_with(changes: &[(&str, &str)]) -> Setup {
    let whole = text();
    let (before, rest) = whole.split_once("slos:\n").expect("it promises something");
    let (_, after) = rest.split_once("runbooks:\n").expect("runbooks come next");
    let mut text = format!("{before}runbooks:\n{after}");
    for (old, new) in changes {
        assert!(text.contains(old), "{old:?} does not stand in the configuration");
        text = text.replace(old, new);
    }
    read(&text)
}

/// The configuration of the shop, as it is.
///
/// # Panics
/// When it has mistakes.
pub fn setup_with_objective() -> Setup {
    read(&text())
}

fn text() -> String {
    include_str!("shop.yaml").to_owned()
}

fn read(text: &str) -> Setup {
    let load = |_: &str| Ok(text.to_owned());
    match config::read("tocsin.yaml", &load) {
        Ok(setup) => setup,
        Err(mistakes) => panic!("{mistakes}"),
    }
}

/// The alias that serves the shop.
pub fn alias() -> Resource {
    Resource::LambdaAlias { function: "shop-checkout".to_owned(), alias: "live".to_owned() }
}
