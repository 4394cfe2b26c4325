//! From the JSON text of a message to [`ControlMessage`]: first the type, then the fields of that type, then the limits.

mod fields;
mod transfer;

use std::borrow::Cow;

use maru_protocol::{Description, IceCandidate, Incarnation, ParticipantId};
use serde::Deserialize;

use super::{ControlMessage, DecodeError, Limit, StripeSignal, Tag};
use crate::limits::{MAX_CONTROL_BYTES, MAX_STRIPES, MAX_TRANSFERS};
use fields::{Integer, present};
use transfer::{Coded, accept, durable, error, id, list, manifest, offer, verify, want};

impl ControlMessage {
    /// Decodes one message of the control channel. `None`: a type of a later version, to be ignored.
    ///
    /// # Errors
    /// See [`DecodeError`]. A message above [`MAX_CONTROL_BYTES`] is not parsed.
    pub fn decode(message: &[u8]) -> Result<Option<Self>, DecodeError> {
        decode(message)
    }
}

fn decode(message: &[u8]) -> Result<Option<ControlMessage>, DecodeError> {
    if message.len() > MAX_CONTROL_BYTES {
        let limit = Limit::ControlBytes;
        return Err(DecodeError::Limit { id: None, limit });
    }
    let text = std::str::from_utf8(message).map_err(|_| DecodeError::NotUtf8)?;
    // Not an enum that serde tags: it would copy all fields, also of unknown types, before it looks at the type.
    let Type { kind } = serde_json::from_str(text)?;
    Ok(Some(match kind.as_ref() {
        "hello" => hello(text)?,
        "offer" => offer(text)?,
        "manifest" => manifest(text)?,
        "accept" => accept(text)?,
        "decline" => {
            let Coded { id, code } = serde_json::from_str(text)?;
            ControlMessage::Decline { id, code }
        }
        "list" => list(text)?,
        "want" => want(text)?,
        "verify" => verify(text)?,
        "credit" => credit(text)?,
        "durable" => durable(text)?,
        "pause" => ControlMessage::Pause { id: id(text)? },
        "resume" => ControlMessage::Resume { id: id(text)? },
        "cancel" => {
            let Coded { id, code } = serde_json::from_str(text)?;
            ControlMessage::Cancel { id, code }
        }
        "error" => error(text)?,
        "done" => ControlMessage::Done { id: id(text)? },
        "stripe" => stripe(text)?,
        "known" => known(text)?,
        "ping" => ControlMessage::Ping { at: at(text)? },
        "pong" => ControlMessage::Pong { at: at(text)? },
        _ => return Ok(None),
    }))
}

#[derive(Deserialize)]
struct Type<'a> {
    #[serde(borrow, rename = "type")]
    kind: Cow<'a, str>,
}

fn hello(text: &str) -> Result<ControlMessage, DecodeError> {
    #[derive(Deserialize)]
    struct Hello {
        version: Integer,
        participant: ParticipantId,
        incarnation: Incarnation,
        #[serde(default)]
        features: Vec<String>,
    }
    let hello: Hello = serde_json::from_str(text)?;
    Ok(ControlMessage::Hello {
        version: hello.version.0,
        participant: hello.participant,
        incarnation: hello.incarnation,
        features: hello.features,
    })
}

fn credit(text: &str) -> Result<ControlMessage, DecodeError> {
    #[derive(Deserialize)]
    struct Credit {
        bytes: Integer,
        messages: Integer,
        arrived: Integer,
        delay: Option<u32>,
    }
    let credit: Credit = serde_json::from_str(text)?;
    Ok(ControlMessage::Credit {
        bytes: credit.bytes.0,
        messages: credit.messages.0,
        arrived: credit.arrived.0,
        delay: credit.delay,
    })
}

fn stripe(text: &str) -> Result<ControlMessage, DecodeError> {
    #[derive(Deserialize)]
    struct Stripe {
        index: Integer,
        description: Option<Description>,
        #[serde(default, deserialize_with = "present")]
        candidate: Option<Option<IceCandidate>>,
    }
    let stripe: Stripe = serde_json::from_str(text)?;
    let index = match u8::try_from(stripe.index.0) {
        Ok(index @ 1..=MAX_STRIPES) => index,
        _ => {
            let limit = Limit::Stripes;
            return Err(DecodeError::Limit { id: None, limit });
        }
    };
    let signal = match (stripe.description, stripe.candidate) {
        (Some(description), None) => StripeSignal::Description(description),
        (None, Some(candidate)) => StripeSignal::Candidate(candidate),
        _ => {
            return Err(DecodeError::Contradiction(
                "`stripe` has either `description` or `candidate`",
            ));
        }
    };
    Ok(ControlMessage::Stripe { index, signal })
}

fn known(text: &str) -> Result<ControlMessage, DecodeError> {
    #[derive(Deserialize)]
    struct Known {
        tags: Vec<Tag>,
    }
    let Known { tags } = serde_json::from_str(text)?;
    if tags.len() > MAX_TRANSFERS {
        let limit = Limit::Transfers;
        return Err(DecodeError::Limit { id: None, limit });
    }
    Ok(ControlMessage::Known { tags })
}

/// `ping` and `pong`.
fn at(text: &str) -> Result<u64, DecodeError> {
    #[derive(Deserialize)]
    struct At {
        at: Integer,
    }
    let At { at } = serde_json::from_str(text)?;
    Ok(at.0)
}
