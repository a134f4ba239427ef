use domain::service::Resource as Resolved;

use super::checks::formed;
use crate::document::{Resource, Service};
use crate::notes::{Note, Notes};

/// The longest name of a Lambda function. Source: `CreateFunction`, `FunctionName`.
const FUNCTION_CHARS_MAX: usize = 64;
/// The longest name of an alias. Source: `CreateAlias`, `Name`.
const ALIAS_CHARS_MAX: usize = 128;

pub(super) fn resolve(service: &Service, notes: &mut Notes) -> Vec<Resolved> {
    let mut found = Vec::new();
    for given in service.resources.items() {
        let Resource::LambdaAlias(alias) = &given.value else { continue };
        let wrong = ["is not the name of a function", "write its name, not its ARN, in letters, digits, - and _"];
        formed(&alias.function, |text| is_word(text, FUNCTION_CHARS_MAX), wrong, notes);
        let is_alias = |text: &str| is_word(text, ALIAS_CHARS_MAX) && !text.bytes().all(|b| b.is_ascii_digit());
        let wrong = ["is not an alias", "write an alias such as \"live\"; a version or $LATEST cannot be rolled back"];
        formed(&alias.alias, is_alias, wrong, notes);
        if let (Some(function), Some(alias)) = (alias.function.value(), alias.alias.value()) {
            let (function, alias) = (function.clone(), alias.clone());
            let resource = Resolved::LambdaAlias { function, alias };
            if found.contains(&resource) {
                let note = Note::at(given.at, format!("{resource} stands here twice"));
                notes.add(note.hint("keep one"));
            } else {
                found.push(resource);
            }
        }
    }
    found
}

fn is_word(text: &str, most: usize) -> bool {
    text.len() <= most && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}
