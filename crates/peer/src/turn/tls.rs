//! TLS for `turns:`: trusts the system's certificate authorities (decision 0021) and those of the configuration.

use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use rustls_platform_verifier::Verifier;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_rustls::rustls::{ClientConfig, Error};

/// The TLS configuration of one peer. Made for its first connection: reading the system's certificates takes milliseconds.
#[derive(Debug)]
pub(super) struct Tls {
    extra_roots: Vec<Bytes>,
    own: OnceLock<Arc<ClientConfig>>,
}

impl Tls {
    pub(super) fn new(extra_roots: Vec<Bytes>) -> Self {
        Self {
            extra_roots,
            own: OnceLock::new(),
        }
    }

    pub(super) fn connector(&self) -> Result<TlsConnector, Error> {
        /// Shared by all peers without extra authorities, so that they can resume each other's TLS sessions.
        static SYSTEM: OnceLock<Arc<ClientConfig>> = OnceLock::new();
        let config = if self.extra_roots.is_empty() {
            &SYSTEM
        } else {
            &self.own
        };
        if let Some(config) = config.get() {
            return Ok(TlsConnector::from(Arc::clone(config)));
        }
        let made = Arc::new(client_config(&self.extra_roots)?);
        Ok(TlsConnector::from(Arc::clone(config.get_or_init(|| made))))
    }
}

fn client_config(extra_roots: &[Bytes]) -> Result<ClientConfig, Error> {
    // Explicit: a process-wide default would depend on which crates are linked.
    let provider = Arc::new(ring::default_provider());
    let roots = extra_roots
        .iter()
        .map(|root| CertificateDer::from(root.to_vec()));
    let verifier = Verifier::new_with_extra_roots(roots, Arc::clone(&provider))?;
    Ok(ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        // rustls calls every verifier but its own "dangerous"; this is the system's.
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth())
}
