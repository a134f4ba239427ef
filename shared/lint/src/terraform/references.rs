use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;

use super::resources::without_indices;

/// A value may come through so many variables and outputs.
const STEPS_MAX: usize = 16;

/// Which resources the expressions of a configuration refer to. What a plan does not know yet, such as the ARN of a new
/// topic, is known here by its address.
#[derive(Default)]
pub(super) struct References<'j> {
    /// The modules by their address without indices, the root's empty.
    modules: BTreeMap<String, &'j Json>,
    /// The expressions of each resource by its address without indices.
    expressions: BTreeMap<String, (String, &'j Json)>,
}

/// The resources that an expression comes from.
#[derive(Default)]
pub(super) struct Origin {
    /// Their addresses without indices.
    pub(super) resources: BTreeSet<String>,
    /// Whether it has a part that cannot be followed, such as a local value or a variable from outside.
    pub(super) unclear: bool,
}

impl<'j> References<'j> {
    pub(super) fn of(document: &'j Json) -> Self {
        let mut found = Self::default();
        found.module(String::new(), &document["configuration"]["root_module"], 0);
        found
    }

    fn module(&mut self, address: String, module: &'j Json, depth: usize) {
        if depth > STEPS_MAX {
            return;
        }
        for resource in module["resources"].as_array().into_iter().flatten() {
            if let Some(own) = resource["address"].as_str() {
                self.expressions.insert(joined(&address, own), (address.clone(), &resource["expressions"]));
            }
        }
        for (name, call) in module["module_calls"].as_object().into_iter().flatten() {
            self.module(joined(&address, &format!("module.{name}")), &call["module"], depth + 1);
        }
        self.modules.insert(address, module);
    }

    /// What the attribute `name` of the resource `base` comes from; `None` where it is not written.
    pub(super) fn origin(&self, base: &str, name: &str) -> Option<Origin> {
        let (module, expressions) = self.expressions.get(base)?;
        let expression = expressions.get(name)?;
        let mut origin = Origin::default();
        self.follow(module, expression, 0, &mut origin);
        Some(origin)
    }

    /// The resources that anything but `kinds` refers to.
    pub(super) fn used(&self, but: impl Fn(&str) -> bool) -> BTreeSet<String> {
        let mut origin = Origin::default();
        for (base, (module, expressions)) in &self.expressions {
            if !but(base) {
                self.follow(module, expressions, 0, &mut origin);
            }
        }
        origin.resources.into_iter().collect()
    }

    fn follow(&self, module: &str, expression: &Json, steps: usize, origin: &mut Origin) {
        let mut references = BTreeSet::new();
        gather(expression, &mut references);
        for reference in references {
            self.resolve(module, &reference, steps, origin);
        }
    }

    fn resolve(&self, module: &str, reference: &str, steps: usize, origin: &mut Origin) {
        let mut parts = reference.split('.');
        let parts = [parts.next(), parts.next(), parts.next()].map(Option::unwrap_or_default);
        match parts {
            _ if steps > STEPS_MAX => origin.unclear = true,
            ["var", name, _] => {
                let Some((parent, call)) = split(module) else {
                    origin.unclear = true;
                    return;
                };
                match self.modules.get(parent).map(|parent| &parent["module_calls"][call]["expressions"][name]) {
                    Some(Json::Null) | None => origin.unclear = true,
                    Some(expression) => self.follow(parent, expression, steps + 1, origin),
                }
            }
            // The whole module is named beside its output: only the output says something.
            ["module", _, ""] | ["each" | "count" | "path" | "terraform" | "self", ..] => {}
            ["module", name, output] => {
                let child = joined(module, &format!("module.{name}"));
                match self.modules.get(&child).map(|child| &child["outputs"][output]["expression"]) {
                    Some(Json::Null) | None => origin.unclear = true,
                    Some(expression) => self.follow(&child, expression, steps + 1, origin),
                }
            }
            ["local", ..] => origin.unclear = true,
            ["data", kind, rest] => {
                origin.resources.insert(joined(module, &format!("data.{kind}.{rest}")));
            }
            [kind, name, _] if !name.is_empty() => {
                origin.resources.insert(joined(module, &format!("{kind}.{name}")));
            }
            _ => {}
        }
    }
}

/// The module that calls `module`, and the name of the call.
fn split(module: &str) -> Option<(&str, &str)> {
    if module.is_empty() {
        return None;
    }
    let (parent, call) = module.rsplit_once("module.")?;
    Some((parent.trim_end_matches('.'), call))
}

fn joined(module: &str, name: &str) -> String {
    if module.is_empty() { name.to_owned() } else { format!("{module}.{name}") }
}

fn gather(expression: &Json, found: &mut BTreeSet<String>) {
    match expression {
        Json::Array(items) => items.iter().for_each(|item| gather(item, found)),
        Json::Object(fields) => {
            for (name, value) in fields {
                match (name.as_str(), value) {
                    ("references", Json::Array(items)) => {
                        found.extend(items.iter().filter_map(Json::as_str).map(without_indices));
                    }
                    (_, value) => gather(value, found),
                }
            }
        }
        _ => {}
    }
}
