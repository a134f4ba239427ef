//! The signature of our own webhooks, made as Slack makes its own.

use std::fmt::Write;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// The header with the seconds since the epoch that are part of what is signed.
pub const TIMESTAMP_HEADER: &str = "x-tocsin-timestamp";
/// The header with the signature.
pub const SIGNATURE_HEADER: &str = "x-tocsin-signature";
/// The header with the notification's id, the same for every try.
pub const IDEMPOTENCY_HEADER: &str = "idempotency-key";

/// `v1=` and the hexadecimal HMAC-SHA256, keyed with `secret`, of `v1:<timestamp>:<body>`. `timestamp`: seconds since
/// the epoch. Scheme: <https://docs.slack.dev/authentication/verifying-requests-from-slack>.
pub fn sign(secret: &[u8], timestamp: i64, body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).expect("HMAC takes keys of any length");
    mac.update(format!("v1:{timestamp}:").as_bytes());
    mac.update(body);
    let mut text = String::from("v1=");
    for byte in mac.finalize().into_bytes() {
        write!(text, "{byte:02x}").expect("writing to a String does not fail");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_what_openssl_computes() {
        // printf 'v1:1700000000:{}' | openssl dgst -sha256 -hmac key
        let openssl = "v1=584e59c409146d134b9c5f3551be5110dcd1cf3262710509ae10c5cc17a991cb";
        assert_eq!(sign(b"key", 1_700_000_000, b"{}"), openssl);
        assert_ne!(sign(b"key", 1_700_000_001, b"{}"), openssl);
    }
}
