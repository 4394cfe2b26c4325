use std::sync::{Arc, OnceLock};

use rustls_platform_verifier::BuilderVerifierExt;
use tokio_rustls::{
    TlsConnector,
    rustls::{ClientConfig, Error, crypto::ring},
};

/// Verifies certificates with the operating system's trust store, so that a self-hosted server with its own certificate
/// authority works once that authority is installed. Built once: reading the store takes milliseconds.
pub(crate) fn connector() -> Result<TlsConnector, Error> {
    static CONFIG: OnceLock<Arc<ClientConfig>> = OnceLock::new();
    if let Some(config) = CONFIG.get() {
        return Ok(TlsConnector::from(Arc::clone(config)));
    }
    // Named explicitly: the process-wide default depends on which crates are linked.
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_platform_verifier()?
        .with_no_client_auth();
    Ok(TlsConnector::from(Arc::clone(
        CONFIG.get_or_init(|| Arc::new(config)),
    )))
}
