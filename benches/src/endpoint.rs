//! As much of AWS, over TLS, as a first call needs: rows that were given before, and a queue that takes everything.

use std::convert::Infallible;
use std::io;
use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::sync::Arc;

use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use rcgen::{CertifiedKey, generate_simple_self_signed};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

/// Where Debian and Amazon Linux keep the certificates that a system trusts.
const SYSTEM_STORES: [&str; 2] = ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt"];

/// A running endpoint.
pub(crate) struct Endpoint {
    /// Where it listens.
    pub(crate) url: String,
    folder: TempDir,
}

impl Endpoint {
    /// Starts on a free port; queries find `rows`.
    pub(crate) async fn start(rows: Vec<Value>) -> io::Result<Self> {
        let CertifiedKey { cert, signing_key } =
            generate_simple_self_signed(["localhost".to_owned()]).expect("a name that a certificate can have");
        let folder = TempDir::new()?;
        std::fs::write(folder.path().join("authority.pem"), cert.pem())?;
        let system = SYSTEM_STORES.iter().find_map(|path| std::fs::read_to_string(path).ok());
        let system = system.ok_or_else(|| io::Error::other(format!("no system store in {SYSTEM_STORES:?}")))?;
        std::fs::write(folder.path().join("authorities.pem"), system + &cert.pem())?;
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(signing_key.serialize_der()));
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .and_then(|config| config.with_no_client_auth().with_single_cert(vec![cert.der().clone()], key))
            .expect("key and certificate belong together");
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let url = format!("https://localhost:{}", listener.local_addr()?.port());
        tokio::spawn(accept(listener, acceptor, Arc::new(rows)));
        Ok(Self { url, folder })
    }

    /// The certificate that clients have to trust, PEM.
    pub(crate) fn authority(&self) -> PathBuf {
        self.folder.path().join("authority.pem")
    }

    /// The same behind the system's own certificates, which the SDK's defaults load.
    pub(crate) fn authorities(&self) -> PathBuf {
        self.folder.path().join("authorities.pem")
    }
}

async fn accept(listener: TcpListener, acceptor: TlsAcceptor, rows: Arc<Vec<Value>>) {
    while let Ok((stream, _)) = listener.accept().await {
        stream.set_nodelay(true).expect("a connected socket can be told so");
        let (acceptor, rows) = (acceptor.clone(), Arc::clone(&rows));
        tokio::spawn(async move {
            // A client that does not trust us goes away; the function then says why.
            let Ok(stream) = acceptor.accept(stream).await else { return };
            let serve = hyper::service::service_fn(|request| serve(request, Arc::clone(&rows)));
            let _ = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), serve).await;
        });
    }
}

async fn serve(request: Request<Incoming>, rows: Arc<Vec<Value>>) -> Result<Response<Full<Bytes>>, Infallible> {
    let target = request.headers().get("x-amz-target").and_then(|target| target.to_str().ok()).unwrap_or_default();
    let answer = match target.rsplit('.').next().unwrap_or_default() {
        "GetItem" => json!({ "Item": rows[0] }),
        "Query" => json!({ "Items": *rows, "Count": rows.len(), "ScannedCount": rows.len() }),
        "SendMessage" => json!({ "MessageId": "bench", "MD5OfMessageBody": "" }),
        other => panic!("the bench does not expect {other:?}"),
    };
    let _ = request.into_body().collect().await;
    let response = Response::builder().header("content-type", "application/x-amz-json-1.0");
    Ok(response.body(Full::from(answer.to_string())).expect("a valid answer"))
}
