use domain::setup::{PrometheusAuth, SourceKind};

use super::checks::formed;
use super::known::Known;
use crate::document::{Auth, CloudWatch, Document, Logs, Prometheus, Source};
use crate::notes::{Note, Notes};
use crate::read::{Field, Given};

/// Digits of an AWS account.
const ACCOUNT_DIGITS: usize = 12;
/// What the collector adds to a Prometheus address itself.
const PROMETHEUS_API: &str = "/api/v1";

pub(super) fn known<'d>(documents: &'d [Document], whole: bool, notes: &mut Notes) -> Known<&'d Given<Source>> {
    let named = all(documents).filter_map(|source| {
        let name = source.value.name().given()?;
        Some((name.value.to_string(), name.at, source))
    });
    Known::of("source", whole, named, notes)
}

pub(super) fn resolve(documents: &[Document], notes: &mut Notes) -> Vec<domain::setup::Source> {
    all(documents)
        .filter_map(|source| {
            let kind = match &source.value {
                Source::CloudWatch(source) => cloud_watch(source, notes),
                Source::Prometheus(source) => prometheus(source, notes),
                Source::Probe(_) => Some(SourceKind::Probe),
                Source::Pushed(_) => Some(SourceKind::Pushed),
                Source::Logs(source) => logs(source, notes),
                Source::CostExplorer(source) => {
                    role(&source.role_arn, notes);
                    source.role_arn.optional().map(|role_arn| SourceKind::CostExplorer { role_arn })
                }
            };
            let name = source.value.name().value()?.clone();
            Some(domain::setup::Source { name, kind: kind? })
        })
        .collect()
}

fn all(documents: &[Document]) -> impl Iterator<Item = &Given<Source>> {
    documents.iter().flat_map(|document| document.sources.items())
}

fn cloud_watch(source: &CloudWatch, notes: &mut Notes) -> Option<SourceKind> {
    region(&source.region, notes);
    account(&source.account, notes);
    role(&source.role_arn, notes);
    Some(SourceKind::CloudWatch {
        region: source.region.optional()?,
        account: source.account.optional()?,
        role_arn: source.role_arn.optional()?,
    })
}

fn logs(source: &Logs, notes: &mut Notes) -> Option<SourceKind> {
    region(&source.region, notes);
    role(&source.role_arn, notes);
    Some(SourceKind::Logs { region: source.region.optional()?, role_arn: source.role_arn.optional()? })
}

pub(super) fn account(field: &Field<String>, notes: &mut Notes) {
    let is_account = |text: &str| text.len() == ACCOUNT_DIGITS && text.bytes().all(|b| b.is_ascii_digit());
    formed(field, is_account, ["is not an AWS account", "write its 12 digits in quotes"], notes);
}

fn role(field: &Field<String>, notes: &mut Notes) {
    let is_role = |text: &str| text.starts_with("arn:") && text.contains(":iam::") && text.contains(":role/");
    let wrong = ["is not the ARN of a role", "write \"arn:aws:iam::123456789012:role/name\""];
    formed(field, is_role, wrong, notes);
}

fn region(field: &Field<String>, notes: &mut Notes) {
    let is_region = |text: &str| {
        let parts: Vec<&str> = text.split('-').collect();
        let lower = |part: &&str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase());
        parts.len() >= 3
            && parts[..parts.len() - 1].iter().all(lower)
            && parts[parts.len() - 1].bytes().all(|b| b.is_ascii_digit())
            && !text.ends_with('-')
    };
    let wrong = ["is not an AWS region", "write for example \"eu-central-1\""];
    formed(field, is_region, wrong, notes);
}

fn prometheus(source: &Prometheus, notes: &mut Notes) -> Option<SourceKind> {
    if let Some(given) = source.url.given()
        && given.value.0.trim_end_matches('/').ends_with(PROMETHEUS_API)
    {
        let note = Note::at(given.at, format!("the address ends in {PROMETHEUS_API}"));
        notes.add(note.hint("leave that out; it is added"));
    }
    let auth = match &source.auth {
        Field::Absent => Some(PrometheusAuth::None),
        Field::Mistaken => None,
        Field::Given(given) => auth(given, notes),
    };
    Some(SourceKind::Prometheus { url: source.url.value()?.0.clone(), auth: auth? })
}

fn auth(given: &Given<Auth>, notes: &mut Notes) -> Option<PrometheusAuth> {
    let Auth { bearer, basic, sigv4, .. } = &given.value;
    let ways = [bearer.is_absent(), basic.is_absent(), sigv4.is_absent()];
    if ways.iter().filter(|absent| !**absent).count() != 1 {
        let note = Note::at(given.at, "must be exactly one of bearer, basic and sigv4");
        notes.add(note.hint("leave \"auth\" out for none"));
        return None;
    }
    if let Some(secret) = bearer.value() {
        return Some(PrometheusAuth::Bearer(secret.clone()));
    }
    if let Some(basic) = basic.value() {
        return Some(PrometheusAuth::Basic {
            username: basic.username.value()?.clone(),
            password: basic.password.value()?.clone(),
        });
    }
    let sigv4 = sigv4.value()?;
    region(&sigv4.region, notes);
    Some(PrometheusAuth::SigV4 { region: sigv4.region.value()?.clone() })
}
