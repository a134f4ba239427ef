//! What a careful receiver of Tocsin's own webhooks checks; written against `docs/notifications.md`, not against the
//! sender's code.

use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::Sha256;

/// Signatures older or younger than this are refused, in seconds, so that a recorded request is of no use later.
pub const TOLERANCE_SECONDS: i64 = 300;

/// The headers that count.
#[derive(Clone, Copy, Default, Debug)]
pub struct Headers<'a> {
    /// `X-Tocsin-Timestamp`: seconds since the epoch.
    pub timestamp: Option<&'a str>,
    /// `X-Tocsin-Signature`: `v1=` and 64 hexadecimal digits.
    pub signature: Option<&'a str>,
    /// `Idempotency-Key`.
    pub idempotency_key: Option<&'a str>,
}

/// What is wrong with a request; `secret`: `None` leaves the signature's value unchecked. `now`: seconds since the epoch.
pub fn problems(headers: Headers<'_>, raw: &[u8], body: &Value, secret: Option<&str>, now: i64) -> Vec<String> {
    let mut found = Vec::new();
    let timestamp = headers.timestamp.unwrap_or_default();
    match timestamp.parse::<i64>() {
        Ok(at) if (at - now).abs() <= TOLERANCE_SECONDS => {}
        Ok(_) => found.push("signature: X-Tocsin-Timestamp is more than five minutes off".to_owned()),
        Err(_) => found.push("signature: X-Tocsin-Timestamp is not seconds since the epoch".to_owned()),
    }
    match headers.signature.and_then(|signature| signature.strip_prefix("v1=")).and_then(bytes) {
        None => found.push("signature: X-Tocsin-Signature is not v1= and 64 hexadecimal digits".to_owned()),
        Some(signature) => {
            if secret.is_some_and(|secret| !verifies(secret, timestamp, raw, &signature)) {
                found.push("signature: it does not belong to this body and secret".to_owned());
            }
        }
    }
    if body.get("version") != Some(&Value::from(1)) {
        found.push("version is not 1".to_owned());
    }
    for (pointer, what) in [
        ("/id", "id"),
        ("/kind", "kind"),
        ("/at", "at"),
        ("/summary", "summary"),
        ("/incident/id", "incident.id"),
        ("/incident/severity", "incident.severity"),
        ("/incident/state", "incident.state"),
    ] {
        if body.pointer(pointer).and_then(Value::as_str).is_none_or(str::is_empty) {
            found.push(format!("{what} is missing"));
        }
    }
    if headers.idempotency_key.is_none() || headers.idempotency_key != body.get("id").and_then(Value::as_str) {
        found.push("Idempotency-Key is not the id".to_owned());
    }
    found
}

fn verifies(secret: &str, timestamp: &str, raw: &[u8], signature: &[u8]) -> bool {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("HMAC takes keys of any length");
    mac.update(format!("v1:{timestamp}:").as_bytes());
    mac.update(raw);
    mac.verify_slice(signature).is_ok()
}

fn bytes(hex: &str) -> Option<Vec<u8>> {
    let digits = (hex.len() == 64 && hex.is_ascii()).then_some(hex)?;
    (0..32).map(|i| u8::from_str_radix(&digits[2 * i..2 * i + 2], 16).ok()).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// `printf 'v1:1700000000:{}' | openssl dgst -sha256 -hmac key`
    const SIGNATURE: &str = "v1=584e59c409146d134b9c5f3551be5110dcd1cf3262710509ae10c5cc17a991cb";

    fn check(timestamp: &str, signature: &str, now: i64, expected: bool) {
        let headers = Headers { timestamp: Some(timestamp), signature: Some(signature), idempotency_key: None };
        let found = problems(headers, b"{}", &json!({}), Some("key"), now);
        assert_eq!(!found.iter().any(|problem| problem.contains("signature")), expected, "{found:?}");
    }

    #[test]
    fn signatures_are_openssls_and_fresh() {
        let at = 1_700_000_000;
        check("1700000000", SIGNATURE, at, true);
        check("1700000000", SIGNATURE, at + TOLERANCE_SECONDS, true);
        check("1700000000", SIGNATURE, at + TOLERANCE_SECONDS + 1, false);
        check("1700000001", SIGNATURE, at, false);
        check("1700000000", &SIGNATURE.replace("v1", "v0"), at, false);
        check("1700000000", &format!("v1={}", "0".repeat(64)), at, false);
        check("soon", SIGNATURE, at, false);
    }
}
