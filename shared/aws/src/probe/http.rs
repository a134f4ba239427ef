use std::error::Error;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use domain::metric::Check;
use reqwest::tls::TlsInfo;
use x509_cert::Certificate;
use x509_cert::der::Decode;

use super::Found;
use crate::fault::innermost;

const DAY_S: f64 = 86_400.0;

/// What a GET finds: good is the wanted status (`None`: below 400) with a body that contains the text.
pub(super) async fn get(client: reqwest::Client, url: &str, status: Option<u16>, contains: Option<&str>) -> Found {
    let mut answer = match client.get(url).send().await {
        Ok(answer) => answer,
        Err(error) => {
            let certificate_days = has_expired(&error).then_some(0.0);
            return Found { certificate_days, why: said(&error.without_url()), ..Found::default() };
        }
    };
    let given = answer.status().as_u16();
    let certificate_days = answer.extensions().get::<TlsInfo>().and_then(TlsInfo::peer_certificate).and_then(days_left);
    let wanted = status.map_or(given < 400, |wanted| wanted == given);
    let why = match body_contains(&mut answer, contains.unwrap_or_default()).await {
        _ if !wanted => format!("status {given}"),
        None => "the body is cut off".to_owned(),
        Some(false) => format!("body lacks \"{}\"", contains.unwrap_or_default()),
        Some(true) => String::new(),
    };
    Found { up: why.is_empty(), latency: Duration::ZERO, status: Some(given), certificate_days, why }
}

/// Whether the body, as far as it is read, contains `text`; `None`: it did not come whole.
async fn body_contains(answer: &mut reqwest::Response, text: &str) -> Option<bool> {
    let mut body = Vec::new();
    loop {
        match answer.chunk().await {
            Ok(Some(part)) => body.extend_from_slice(&part),
            Ok(None) => break,
            Err(_) => return None,
        }
        if body.len() >= Check::BODY_BYTES_MAX {
            body.truncate(Check::BODY_BYTES_MAX);
            break;
        }
    }
    Some(String::from_utf8_lossy(&body).contains(text))
}

/// What went wrong, in the words of its cause: `connection refused`, `certificate: UnknownIssuer`.
pub(super) fn said(error: &(dyn Error + 'static)) -> String {
    let said = innermost(error);
    let said = said.split(" (os error").next().unwrap_or_default();
    match said.strip_prefix("invalid peer certificate: ") {
        Some(wrong) => format!("certificate: {wrong}"),
        None => said.chars().take(1).flat_map(char::to_lowercase).chain(said.chars().skip(1)).collect(),
    }
}

fn days_left(certificate: &[u8]) -> Option<f64> {
    let certificate = Certificate::from_der(certificate).ok()?;
    let until = certificate.tbs_certificate().validity().not_after.to_unix_duration();
    let now = SystemTime::now().duration_since(UNIX_EPOCH).ok()?;
    Some(((until.as_secs_f64() - now.as_secs_f64()) / DAY_S * 100.0).round().max(0.0) / 100.0)
}

fn has_expired(error: &reqwest::Error) -> bool {
    format!("{error:?}").contains("InvalidCertificate(Expired")
}
