use serde_json::Value as Json;

/// Modules may stand in each other this deep; Terraform itself knows no limit.
const DEPTH_MAX: usize = 32;

/// A resource with its values, as far as they are known.
pub(super) struct Resource<'j> {
    /// `module.shop["eu"].aws_sns_topic.alerts[0]`
    pub(super) address: &'j str,
    /// The same without indices, as the configuration names it.
    pub(super) base: String,
    pub(super) kind: &'j str,
    pub(super) values: &'j Json,
}

impl<'j> Resource<'j> {
    /// A value that is known and a text.
    pub(super) fn text(&self, name: &str) -> Option<&'j str> {
        self.values[name].as_str()
    }

    /// A value that is known and a whole number.
    pub(super) fn number(&self, name: &str) -> Option<u32> {
        self.values[name].as_u64().and_then(|number| u32::try_from(number).ok())
    }
}

/// All resources, also those that are only read.
pub(super) struct Resources<'j>(Vec<Resource<'j>>);

impl<'j> Resources<'j> {
    pub(super) fn of(document: &'j Json) -> Self {
        let mut found = Vec::new();
        let roots = [&document["planned_values"], &document["values"]];
        for root in roots {
            collect(&root["root_module"], 0, &mut found);
        }
        // What a plan only reads stands in the state before it.
        let mut before = Vec::new();
        collect(&document["prior_state"]["values"]["root_module"], 0, &mut before);
        let read = |resource: &Resource<'_>| resource.base.split('.').any(|part| part == "data");
        found.extend(before.into_iter().filter(read));
        Self(found)
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &Resource<'j>> {
        self.0.iter()
    }

    pub(super) fn of_kind(&self, kind: &str) -> impl Iterator<Item = &Resource<'j>> {
        self.0.iter().filter(move |resource| resource.kind == kind)
    }
}

fn collect<'j>(module: &'j Json, depth: usize, found: &mut Vec<Resource<'j>>) {
    if depth > DEPTH_MAX {
        return;
    }
    for resource in module["resources"].as_array().into_iter().flatten() {
        if let (Some(address), Some(kind)) = (resource["address"].as_str(), resource["type"].as_str()) {
            found.push(Resource { address, base: without_indices(address), kind, values: &resource["values"] });
        }
    }
    for child in module["child_modules"].as_array().into_iter().flatten() {
        collect(child, depth + 1, found);
    }
}

/// `module.a.aws_x.b` of `module.a["k"].aws_x.b[0]`
pub(super) fn without_indices(address: &str) -> String {
    let (mut base, mut inside, mut quoted) = (String::new(), false, false);
    for c in address.chars() {
        match c {
            '"' if inside => quoted = !quoted,
            '[' if !quoted => inside = true,
            ']' if !quoted => inside = false,
            _ if inside => {}
            c => base.push(c),
        }
    }
    base
}
