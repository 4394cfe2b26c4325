//! The TypeScript side of the wire, generated from the Rust side.

use ts_rs::{Config, TS};

use crate::{
    ClientMessage, Connection, Description, ErrorCode, IceCandidate, IceServer, Incarnation,
    JoinedRoom, LeaveReason, MediaState, Participant, ParticipantId, PeerMessage, PeerSignal,
    RoomId, SdpType, ServerMessage, Source, limits,
};

/// The whole generated file: every type of the wire and every limit. `cargo xtask types` writes it to
/// `ui/src/protocol/generated.ts`; a test of this crate fails when that file differs.
#[must_use]
pub fn module() -> String {
    let config = Config::default();
    let mut out =
        String::from("// Generated from crates/protocol by `cargo xtask types`. Do not edit.\n\n");
    macro_rules! types {
        ($($name:ty),+ $(,)?) => {
            $(
                out.push_str("export ");
                out.push_str(&without_rustdoc_links(<$name>::decl(&config).trim()));
                out.push_str("\n\n");
            )+
        };
    }
    types!(
        ParticipantId,
        Incarnation,
        RoomId,
        ErrorCode,
        LeaveReason,
        Participant,
        JoinedRoom,
        IceServer,
        ClientMessage<'static>,
        ServerMessage<'static>,
        Connection,
        Source,
        SdpType,
        Description,
        IceCandidate,
        PeerSignal,
        MediaState,
        PeerMessage,
    );
    out.push_str(
        "/** A name that this version does not know: newer sides may send one. */\nexport type Other = string & {};\n\n",
    );
    let codes: Vec<String> = ErrorCode::ALL
        .iter()
        .map(|code| format!("\"{code}\""))
        .collect();
    out.push_str(&format!(
        "export const ERROR_CODES = [{}] as const satisfies readonly ErrorCode[];\n\n",
        codes.join(", ")
    ));
    let closes: Vec<String> = ErrorCode::ALL
        .iter()
        .map(|code| format!("\"{code}\": {}", code.close_code()))
        .collect();
    out.push_str(&format!(
        "export const CLOSE_CODES = {{ {} }} as const satisfies Record<ErrorCode, number>;\n\n",
        closes.join(", ")
    ));
    out.push_str(&format!(
        "export const SUBPROTOCOL = \"{}\";\n\n",
        crate::SUBPROTOCOL
    ));
    out.push_str("export const LIMITS = {\n");
    macro_rules! constants {
        ($($js:ident = $rust:expr),+ $(,)?) => {
            $(out.push_str(&format!("  {}: {},\n", stringify!($js), $rust));)+
        };
    }
    constants!(
        maxFrameBytes = limits::MAX_FRAME_BYTES,
        maxDataBytes = limits::MAX_DATA_BYTES,
        maxNesting = limits::MAX_NESTING,
        maxRoomIdChars = limits::MAX_ROOM_ID_CHARS,
        maxNameChars = limits::MAX_NAME_CHARS,
        maxSecretBytes = limits::MAX_SECRET_BYTES,
        maxFeatures = limits::MAX_FEATURES,
        maxFeatureBytes = limits::MAX_FEATURE_BYTES,
        defaultRoomCapacity = limits::DEFAULT_ROOM_CAPACITY,
        deadAfterMs = limits::DEAD_AFTER_MS,
        pingIntervalMs = limits::PING_INTERVAL_MS,
        resumeWindowMs = limits::RESUME_WINDOW_MS,
        maxOfferIdUnits = limits::MAX_OFFER_ID_UNITS,
        maxChatUnits = limits::MAX_CHAT_UNITS,
        maxPeerMessageBytes = limits::MAX_PEER_MESSAGE_BYTES,
    );
    out.push_str("} as const;\n");
    out
}

/// Doc comments are copied into the generated file, where rustdoc's link syntax means nothing:
/// ``[`crate::PeerSignal`]`` becomes `` `PeerSignal` ``, and a limit gets its name of that file,
/// `` `LIMITS.maxDataBytes` ``.
fn without_rustdoc_links(declaration: &str) -> String {
    let mut out = String::with_capacity(declaration.len());
    let mut rest = declaration;
    while let Some((before, after)) = rest.split_once("[`") {
        let Some((path, tail)) = after.split_once("`]") else {
            break;
        };
        let name = path.rsplit("::").next().unwrap_or(path);
        out.push_str(before);
        out.push('`');
        if name.chars().all(|c| c.is_ascii_uppercase() || c == '_') {
            out.push_str("LIMITS.");
            out.push_str(&camel_case(name));
        } else {
            out.push_str(name);
        }
        out.push('`');
        rest = tail;
    }
    out.push_str(rest);
    out
}

fn camel_case(constant: &str) -> String {
    let mut out = String::with_capacity(constant.len());
    let mut upper = false;
    for character in constant.chars() {
        match character {
            '_' => upper = true,
            _ if upper => {
                out.push(character);
                upper = false;
            }
            _ => out.push(character.to_ascii_lowercase()),
        }
    }
    out
}
