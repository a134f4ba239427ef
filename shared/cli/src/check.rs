use std::fs;
use std::path::Path;

use config::{Mistake, Mistakes, Places, Reading};
use domain::setup::Setup;
use notify::message::template;
use serde_json::{Value as Json, json};

use crate::on_call;

/// What became of one configuration.
pub(crate) struct Checked {
    file: String,
    /// Whether one of its files cannot be read.
    unreadable: bool,
    result: Result<Setup, Mistakes>,
}

impl Checked {
    /// The configuration, if it is sound.
    pub(crate) fn setup(&self) -> Option<&Setup> {
        self.result.as_ref().ok()
    }

    /// 0 sound, 1 mistakes, 2 unreadable.
    pub(crate) fn exit_code(&self) -> u8 {
        match &self.result {
            Ok(_) => 0,
            Err(_) if self.unreadable => 2,
            Err(_) => 1,
        }
    }
}

/// Reads the configuration that begins with `file`, and whatever it includes.
pub(crate) fn check(file: &Path, shards: u32) -> Checked {
    let file = file.display().to_string();
    let mut unreadable = false;
    let mut reading = Reading::of(&file);
    while let Some(name) = reading.wanted() {
        let text = load(Path::new(name));
        unreadable |= text.is_err();
        reading.give(text);
    }
    let result = reading.finish_placed(Some(shards)).and_then(|(setup, places)| {
        let list = templates(&setup, &places);
        if list.is_empty() { Ok(setup) } else { Err(Mistakes { list, more: 0 }) }
    });
    Checked { file, unreadable, result }
}

/// What is wrong with the templates of channels, each tried on an incident from its begin to its end.
fn templates(setup: &Setup, places: &Places) -> Vec<Mistake> {
    let mistakes = setup.channels.iter().flat_map(|channel| {
        let samples = domain::sample::all(channel.name.as_str());
        let found = template::mistakes(&channel.template, &channel.kind, &samples);
        let at = places.find(&format!("channels/{}/template", channel.name)).clone();
        found.into_iter().map(move |template::Wrong { template, wrong, hint }| Mistake {
            file: at.file.clone(),
            line: at.line,
            column: at.column,
            field: format!("{}.{template}", at.field),
            value: None,
            wrong,
            hint: Some(hint),
        })
    });
    mistakes.collect()
}

pub(crate) fn load(path: &Path) -> Result<String, String> {
    let bytes = fs::read(path).map_err(|error| error.to_string())?;
    String::from_utf8(bytes).map_err(|error| {
        let sound = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = String::from_utf8_lossy(sound).matches('\n').count() + 1;
        format!("line {line} is not UTF-8")
    })
}

/// A line for each sound configuration and for each notice of it, a line for each mistake of the others.
pub(crate) fn text(checked: &[Checked]) -> String {
    checked.iter().map(lines).collect()
}

fn lines(Checked { file, result, .. }: &Checked) -> String {
    match result {
        Ok(setup) => {
            let notices: String = notices(setup).iter().map(|notice| format!("{file}: note: {notice}\n")).collect();
            format!("{notices}{file}: {}\n", summary(setup))
        }
        Err(mistakes) => {
            let plural = if mistakes.count() == 1 { "" } else { "s" };
            format!("{mistakes}\n{file}: {} mistake{plural}\n", mistakes.count())
        }
    }
}

/// What is sound, and may still not be meant: gaps and overlaps of schedules, and who is called in vain.
fn notices(setup: &Setup) -> Vec<String> {
    let now = on_call::now();
    let schedules = setup.on_call.notices(now).into_iter().map(|notice| notice.to_string());
    let unheard = lint::unheard(setup, now).into_iter();
    schedules.chain(unheard.map(|found| format!("{}: {}; {}", found.what, found.evidence, found.remedy))).collect()
}

fn summary(setup: &Setup) -> String {
    let parts = [
        (setup.services.len(), "services"),
        (setup.series.len(), "series"),
        (setup.monitors.len(), "monitors"),
        (setup.slos.len(), "objectives"),
        (setup.runbooks.len(), "runbooks"),
        (setup.channels.len(), "channels"),
    ];
    let parts: Vec<String> = parts.iter().map(|(count, what)| format!("{count} {what}")).collect();
    format!("ok, {}", parts.join(", "))
}

/// `{"sound": false, "files": [{"file": ..., "sound": ..., "mistakes": [...], "more": 0, "notices": [...]}]}`
pub(crate) fn json(checked: &[Checked]) -> String {
    let sound = checked.iter().all(|checked| checked.result.is_ok());
    let files: Vec<Json> = checked.iter().map(as_json).collect();
    format!("{:#}\n", json!({ "sound": sound, "files": files }))
}

fn as_json(checked: &Checked) -> Json {
    let notices = checked.result.as_ref().map(notices).unwrap_or_default();
    let (mistakes, more) = match &checked.result {
        Ok(_) => (json!([]), 0),
        Err(mistakes) => (json!(mistakes.list), mistakes.more),
    };
    json!({
        "file": checked.file,
        "sound": checked.result.is_ok(),
        "mistakes": mistakes,
        "more": more,
        "notices": notices,
    })
}
