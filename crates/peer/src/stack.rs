//! Everything that configures the stack: codecs, packet chain, timing. The reasons are in decision 0010.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use rtc::ice::mdns::MulticastDnsMode;
use rtc::interceptor::{
    NackResponderBuilder, ReceiverReportBuilder, SenderReportBuilder, TwccReceiverBuilder,
};
use rtc::peer_connection::configuration::interceptor_registry::Slot;
use rtc::peer_connection::configuration::setting_engine::SctpMaxMessageSize;
use rtc::peer_connection::transport::RTCDtlsRole;
use rtc::rtp_transceiver::rtp_sender::{
    RTCPFeedback, RTCRtpCodec, RTCRtpCodecParameters, RTCRtpHeaderExtensionCapability, RtpCodecKind,
};
use webrtc::peer_connection::{
    MediaEngine, PeerConnection, PeerConnectionBuilder, PeerConnectionEventHandler,
    RTCConfiguration, RTCConfigurationBuilder, RTCIceServer, RTCIceTransportPolicy, Registry,
    SettingEngine, SettingEngineBuilder,
};

use crate::channel::{Channel, SEND_BUFFER};
use crate::checks::Limiter;
use crate::config::{Config, IceServer};
use crate::error::Error;
use crate::pace::{Shared, departures, departures::TRANSPORT_WIDE_CC, feedback, pacer};
use crate::repair::interceptor as repair;
use crate::socket::{Addresses, TunedRuntime, granted_receive_buffer, window};
use crate::tracks::SSRC_AUDIO_LEVEL;
use crate::turn::{Streams, usable};

/// Clock of VP8's RTP timestamps (RFC 7741 §6.1), in hertz.
pub(crate) const VIDEO_CLOCK: u32 = 90_000;
/// Clock of Opus' RTP timestamps (RFC 7587 §4.1), in hertz.
pub(crate) const AUDIO_CLOCK: u32 = 48_000;

/// Opens a connection of the stack.
pub(crate) async fn open(
    config: &Config,
    shared: &Arc<Shared>,
    handler: Arc<dyn PeerConnectionEventHandler>,
    streams: &Arc<Streams>,
    checks: &Arc<Mutex<Limiter>>,
) -> Result<Arc<dyn PeerConnection>, Error> {
    let refused = |error: webrtc::error::Error| Error::Setup(error.to_string());
    let window = window(
        config.receive_window,
        granted_receive_buffer().map_err(|error| Error::Setup(error.to_string()))?,
    );
    let servers = usable(&config.ice_servers, streams);
    let mut first = None;
    // Multicast may be forbidden (containers, some corporate machines): then without `.local` names.
    for names in [MulticastDnsMode::QueryOnly, MulticastDnsMode::Disabled] {
        let media = codecs().map_err(refused)?;
        let built = PeerConnectionBuilder::new()
            .with_configuration(configuration(config, servers.clone()))
            .with_media_engine(media)
            .with_interceptor_registry(chain(shared))
            .with_setting_engine(settings(config, window, names))
            .with_handler(Arc::clone(&handler))
            .with_runtime(Arc::new(TunedRuntime::new(streams, checks)))
            .with_data_channel_send_buffer_limit(SEND_BUFFER)
            .with_udp_addrs(vec![Addresses(config.bind.clone())])
            .build();
        match Box::pin(built).await {
            Ok(connection) => return Ok(Arc::new(connection)),
            Err(error) => first.get_or_insert(error.to_string()),
        };
    }
    Err(Error::Setup(first.unwrap_or_default()))
}

fn configuration(config: &Config, servers: Vec<RTCIceServer>) -> RTCConfiguration {
    let policy = if config.relay_only {
        RTCIceTransportPolicy::Relay
    } else {
        RTCIceTransportPolicy::All
    };
    RTCConfigurationBuilder::new()
        .with_ice_servers(servers)
        .with_ice_transport_policy(policy)
        .build()
}

/// `configuration` with other servers.
pub(crate) fn with_servers(
    configuration: &RTCConfiguration,
    servers: &[IceServer],
    streams: &Streams,
) -> RTCConfiguration {
    RTCConfigurationBuilder::new()
        .with_ice_servers(usable(servers, streams))
        .with_ice_transport_policy(configuration.ice_transport_policy())
        .build()
}

fn settings(config: &Config, window: u32, names: MulticastDnsMode) -> SettingEngine {
    let at_once = Some(Duration::ZERO);
    let timing = config.timing;
    SettingEngineBuilder::new()
        // The waits for better candidates cost a second of every call; a better path wins later by priority.
        .with_srflx_acceptance_min_wait(at_once)
        .with_prflx_acceptance_min_wait(at_once)
        .with_relay_acceptance_min_wait(at_once)
        .with_ice_timeouts(
            Some(timing.disconnected),
            Some(timing.failed),
            Some(timing.keepalive),
        )
        // The stack gives a pair up after 8 checks, 1.6 s, and one that the other side's checks then reach does not
        // come back: a path that heals, or a machine that is free again, later than that after a restart waited for
        // the next one. Until ICE itself fails instead.
        .with_ice_connection_attempts(None, Some(MAX_CHECKS))
        // See `negotiation::DtlsRole`, which keeps to what the first answer settled.
        .with_answering_dtls_role(RTCDtlsRole::Server)
        // A restart opens its sockets anew: the network it is for may be another one.
        .with_discard_local_candidates_during_ice_restart(true)
        .with_include_loopback_candidate(true)
        .with_multicast_dns_mode(names)
        .with_sctp_max_message_size(SctpMaxMessageSize::Bounded(MAX_MESSAGE))
        .with_sctp_max_receive_buffer_size(window)
        .build()
}

/// Checks of a pair: five a second for longer than ICE looks before it fails.
const MAX_CHECKS: u16 = 150;

#[expect(clippy::cast_possible_truncation, reason = "256 KiB")]
const MAX_MESSAGE: u32 = Channel::MAX_MESSAGE as u32;

/// VP8 with retransmission, and Opus: what every browser has. Payload types are only our wish as offerer.
fn codecs() -> Result<MediaEngine, webrtc::error::Error> {
    let feedback = |kinds: &[(&str, &str)]| {
        let one = |(typ, parameter): &(&str, &str)| RTCPFeedback {
            typ: (*typ).into(),
            parameter: (*parameter).into(),
        };
        kinds.iter().map(one).collect::<Vec<_>>()
    };
    let codec =
        |mime: &str, clock_rate, channels, parameters: &str, rtcp_feedback, payload_type| {
            RTCRtpCodecParameters {
                rtp_codec: RTCRtpCodec {
                    mime_type: mime.into(),
                    clock_rate,
                    channels,
                    sdp_fmtp_line: parameters.into(),
                    rtcp_feedback,
                },
                payload_type,
            }
        };
    let video = feedback(&[
        ("ccm", "fir"),
        ("nack", ""),
        ("nack", "pli"),
        ("transport-cc", ""),
    ]);
    let audio = feedback(&[("transport-cc", "")]);
    let mut media = MediaEngine::default();
    media.register_codec(
        codec("video/VP8", VIDEO_CLOCK, 0, "", video, 96),
        RtpCodecKind::Video,
    )?;
    media.register_codec(
        codec("video/rtx", VIDEO_CLOCK, 0, "apt=96", Vec::new(), 97),
        RtpCodecKind::Video,
    )?;
    let opus = "minptime=10;useinbandfec=1;usedtx=1";
    media.register_codec(
        codec("audio/opus", AUDIO_CLOCK, 2, opus, audio, 111),
        RtpCodecKind::Audio,
    )?;
    for kind in [RtpCodecKind::Video, RtpCodecKind::Audio] {
        let extension = RTCRtpHeaderExtensionCapability {
            uri: TRANSPORT_WIDE_CC.into(),
        };
        media.register_header_extension(extension, kind, None)?;
    }
    let level = RTCRtpHeaderExtensionCapability {
        uri: SSRC_AUDIO_LEVEL.into(),
    };
    media.register_header_extension(level, RtpCodecKind::Audio, None)?;
    Ok(media)
}

/// The packet chain, from the wire to the application. Ours: departures, pacer, far end, repair.
fn chain(shared: &Arc<Shared>) -> Registry {
    Registry::new()
        .with(
            Slot::CongestionControl,
            departures::Departures::new(Arc::clone(shared)),
        )
        .with(Slot::Pacer, pacer::Pacer::new(Arc::clone(shared)))
        .with(
            Slot::from(feedback::SLOT),
            feedback::FarEnd::new(Arc::clone(shared)),
        )
        .with(Slot::NackResponder, NackResponderBuilder::new().build())
        .with(
            Slot::from(repair::SLOT),
            repair::Repair::new(Arc::clone(shared)),
        )
        .with(Slot::TwccReceiver, TwccReceiverBuilder::new().build())
        .with(Slot::ReceiverReport, ReceiverReportBuilder::new().build())
        .with(Slot::SenderReport, SenderReportBuilder::new().build())
}
