use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use reqwest::ClientBuilder;
use reqwest::redirect::Policy;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};

/// How long a connection may take; a server in another region needs about 0.3 s.
const CONNECT_TIME_MAX: Duration = Duration::from_secs(5);
/// How long an idle connection is kept: shorter than the idle time of the usual load balancer, 60 s.
const IDLE_TIME_MAX: Duration = Duration::from_secs(50);

/// The HTTP client: the public certificate authorities and those of `authorities`, no redirects, no proxies.
///
/// # Errors
/// In words, when `authorities` cannot be read.
pub(crate) fn client(authorities: Option<&Path>) -> Result<reqwest::Client, String> {
    let builder = builder(authorities)?.pool_idle_timeout(IDLE_TIME_MAX);
    builder.build().map_err(|error| error.to_string())
}

/// The HTTP client of checks: the same, but it keeps no connection and tells the server's certificate.
///
/// # Errors
/// As for [`client`].
pub(crate) fn probing(authorities: Option<&Path>) -> Result<reqwest::Client, String> {
    let builder = builder(authorities)?.pool_max_idle_per_host(0).tls_info(true);
    builder.build().map_err(|error| error.to_string())
}

fn builder(authorities: Option<&Path>) -> Result<ClientBuilder, String> {
    let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    if let Some(path) = authorities {
        let unreadable = |error: &dyn std::fmt::Display| format!("{} cannot be read: {error}", path.display());
        for certificate in CertificateDer::pem_file_iter(path).map_err(|error| unreadable(&error))? {
            let certificate = certificate.map_err(|error| unreadable(&error))?;
            roots.add(certificate).map_err(|error| unreadable(&error))?;
        }
    }
    let tls = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?
        .with_root_certificates(roots)
        .with_no_client_auth();
    let builder = reqwest::Client::builder().tls_backend_preconfigured(tls).redirect(Policy::none()).no_proxy();
    Ok(builder.connect_timeout(CONNECT_TIME_MAX))
}
