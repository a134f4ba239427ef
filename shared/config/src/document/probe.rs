use domain::id::SourceName;
use domain::metric::Reading;
use domain::units::Span;

use crate::read::{choice, record};

record! {
    /// Checks that the collector makes itself.
    Probes tagged "kind" {
        /// Its name, unique among sources.
        name: required SourceName,
    }
}

record! {
    /// Values that services push themselves.
    Pushes tagged "kind" {
        /// Its name, unique among sources.
        name: required SourceName,
    }
}

choice! {
    /// A check, and what is read of it. Series with equal checks share one try.
    Probe by "kind" {
        "http" => Http(Http),
        "tcp" => Tcp(Tcp),
    }
}

record! {
    /// A GET. Redirects are not followed.
    Http tagged "kind" {
        /// The address, http or https.
        url: required String,
        /// The status of a good answer. Default: any below 400.
        status: optional u32,
        /// A text in the first 64 KiB of a good answer's body.
        contains: optional String,
        /// How long it may take, 1s to 20s. Default 10s.
        timeout: optional Span,
        /// up (1 or 0), latency (milliseconds), status, or certificate-days (until it expires). Default up.
        reads: optional Reading,
    }
}

record! {
    /// A connection.
    Tcp tagged "kind" {
        /// The name or address of the host.
        host: required String,
        /// The port.
        port: required u32,
        /// How long it may take, 1s to 20s. Default 10s.
        timeout: optional Span,
        /// up (1 or 0) or latency (milliseconds). Default up.
        reads: optional Reading,
    }
}
