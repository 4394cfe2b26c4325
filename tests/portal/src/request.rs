//! What every interface of the portal answers by: at once with the path of a request, later with a signal there.

use std::{collections::HashMap, time::Duration};

use zbus::{
    Connection, fdo,
    message::Header,
    names::UniqueName,
    zvariant::{OwnedObjectPath, OwnedValue, Value},
};

/// What a caller gives along with any call.
pub(crate) type Options = HashMap<String, OwnedValue>;
/// What a request brings.
pub(crate) type Results = HashMap<&'static str, Value<'static>>;

/// WebKitGTK subscribes to the answer of screens only after the call has returned, and then waits for it without an
/// end: one that comes sooner is lost. A person who is asked takes longer than this.
const CONSIDERED: Duration = Duration::from_millis(300);

const ALLOWED: u32 = 0;

/// The request or session that the caller names by a token, under the path that the portal gives it.
pub(crate) fn path_of(
    kind: &str,
    sender: &UniqueName<'_>,
    options: &Options,
    token: &str,
) -> fdo::Result<OwnedObjectPath> {
    let sender = sender.trim_start_matches(':').replace('.', "_");
    let token = options
        .get(token)
        .and_then(|value| value.downcast_ref::<&str>().ok())
        .ok_or_else(|| fdo::Error::InvalidArgs(format!("no {token}")))?;
    format!("/org/freedesktop/portal/desktop/{kind}/{sender}/{token}")
        .try_into()
        .map_err(|error| fdo::Error::InvalidArgs(format!("{token}: {error}")))
}

pub(crate) fn sender_of(header: &Header<'_>) -> fdo::Result<UniqueName<'static>> {
    let sender = header.sender().map(UniqueName::to_owned);
    sender.ok_or_else(|| fdo::Error::Failed("a call from nobody".into()))
}

/// Gives the path of the caller's request, and answers it later with success and what `results` brings; to the caller
/// alone, as the portal does: WebKitGTK adds no match rule for it.
pub(crate) fn allow(
    connection: &Connection,
    header: &Header<'_>,
    options: &Options,
    results: impl Future<Output = Results> + Send + 'static,
) -> fdo::Result<OwnedObjectPath> {
    let sender = sender_of(header)?;
    let path = path_of("request", &sender, options, "handle_token")?;
    let request = path.clone();
    let connection = connection.clone();
    tokio::spawn(async move {
        tokio::time::sleep(CONSIDERED).await;
        let interface = "org.freedesktop.portal.Request";
        let body = (ALLOWED, results.await);
        let answered = connection.emit_signal(Some(sender), request, interface, "Response", &body);
        if let Err(error) = answered.await {
            eprintln!("maru-portal: {error}");
        }
    });
    Ok(path)
}
