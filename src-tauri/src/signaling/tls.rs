use std::sync::{Arc, OnceLock};

use rustls_platform_verifier::BuilderVerifierExt;
use tokio_rustls::{
    TlsConnector,
    rustls::{ClientConfig, Error, crypto::ring},
};

/// TLS as the operating system trusts it, so that a self-hosted server with a certificate authority of
/// its own works as soon as the system knows that authority. Built once: reading the system's store
/// takes milliseconds.
pub(super) fn connector() -> Result<TlsConnector, Error> {
    static CONFIG: OnceLock<Arc<ClientConfig>> = OnceLock::new();
    if let Some(config) = CONFIG.get() {
        return Ok(TlsConnector::from(Arc::clone(config)));
    }
    // The provider is named here: a process-wide default would depend on which crates are linked.
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_platform_verifier()?
        .with_no_client_auth();
    Ok(TlsConnector::from(Arc::clone(
        CONFIG.get_or_init(|| Arc::new(config)),
    )))
}
