//! How every interface of the portal answers: at once with the path of a request, later with a signal on that path.

use std::{collections::HashMap, time::Duration};

use zbus::{
    Connection, fdo,
    message::Header,
    names::UniqueName,
    zvariant::{OwnedObjectPath, OwnedValue, Value},
};

/// Options of every call.
pub(crate) type Options = HashMap<String, OwnedValue>;
/// Results of a request.
pub(crate) type Results = HashMap<&'static str, Value<'static>>;

/// Delay of the answer. WebKitGTK subscribes to the answer for screens only after the call has returned, and then waits for
/// it without a limit: an earlier answer is lost. A person who is asked takes longer than this.
const CONSIDERED: Duration = Duration::from_millis(300);

const ALLOWED: u32 = 0;

/// The path of the request or session that the caller names with a token.
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

/// Returns the path of the caller's request, and answers it later with success and `results`. Only the caller gets the
/// answer, as with the real portal: WebKitGTK adds no match rule for it.
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
