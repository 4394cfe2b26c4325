//! The configuration of the stack: codecs, interceptors, timing. The reasons are in decision 0010.

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

use crate::channel::{Channel, NegotiatedChannels};
use crate::checks::CheckLimiter;
use crate::config::{Bind, Config, IceServer};
use crate::error::Error;
use crate::interceptor::StageInterceptor;
use crate::pace::ChainState;
use crate::pace::pacer::Pacer;
use crate::pace::rtcp_observer::{self, RtcpObserver};
use crate::pace::twcc_sender::{TRANSPORT_WIDE_CC, TwccSender};
use crate::repair::nack_generator::{self, NackGenerator};
use crate::rtp::clock_rate;
use crate::runtime::{BindAddresses, PeerRuntime};
use crate::tracks::SSRC_AUDIO_LEVEL;
use crate::turn::{TurnConnections, usable};
use crate::udp::{granted_receive_buffer, window};

/// Opens a connection of the stack, on the addresses of `bind`.
pub(crate) async fn open(
    config: &Config,
    bind: &Arc<Mutex<Bind>>,
    chain_state: &Arc<ChainState>,
    handler: Arc<dyn PeerConnectionEventHandler>,
    turn: &Arc<TurnConnections>,
    checks: &Arc<Mutex<CheckLimiter>>,
    channels: &Arc<NegotiatedChannels>,
) -> Result<Arc<dyn PeerConnection>, Error> {
    let setup_error = |error: webrtc::error::Error| Error::Setup(error.to_string());
    let window = window(
        config.receive_window,
        granted_receive_buffer(config.receive_buffer)
            .map_err(|error| Error::Setup(error.to_string()))?,
    );
    let servers = usable(&config.ice_servers, turn);
    let mut first_error = None;
    // Multicast may be forbidden (containers, some corporate machines): then without `.local` candidates.
    for mdns in [MulticastDnsMode::QueryOnly, MulticastDnsMode::Disabled] {
        let media = media_engine(config.media).map_err(setup_error)?;
        let interceptors = if config.media {
            interceptors(chain_state)
        } else {
            Registry::new()
        };
        let built = PeerConnectionBuilder::new()
            .with_configuration(configuration(config, servers.clone()))
            .with_media_engine(media)
            .with_interceptor_registry(interceptors)
            .with_setting_engine(settings(config, window, mdns))
            .with_handler(Arc::clone(&handler))
            .with_runtime(Arc::new(PeerRuntime::new(
                turn,
                checks,
                channels,
                config.receive_buffer,
            )))
            .with_udp_addrs(vec![BindAddresses(Arc::clone(bind))])
            .build();
        match Box::pin(built).await {
            Ok(connection) => return Ok(Arc::new(connection)),
            Err(error) => first_error.get_or_insert(error.to_string()),
        };
    }
    Err(Error::Setup(first_error.unwrap_or_default()))
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
    turn: &TurnConnections,
) -> RTCConfiguration {
    RTCConfigurationBuilder::new()
        .with_ice_servers(usable(servers, turn))
        .with_ice_transport_policy(configuration.ice_transport_policy())
        .build()
}

fn settings(config: &Config, window: u32, mdns: MulticastDnsMode) -> SettingEngine {
    let at_once = Some(Duration::ZERO);
    let timing = config.timing;
    SettingEngineBuilder::new()
        // Waiting for better candidates would cost a second of every call; a better path is selected later by priority.
        .with_srflx_acceptance_min_wait(at_once)
        .with_prflx_acceptance_min_wait(at_once)
        .with_relay_acceptance_min_wait(at_once)
        .with_ice_timeouts(
            Some(timing.disconnected),
            Some(timing.failed),
            Some(timing.keepalive),
        )
        // The stack gives a pair up for good after 8 checks, 1.6 s. A path that recovers later, or a busy machine, would
        // need another ICE restart. Instead, pairs are checked until ICE fails.
        .with_ice_connection_attempts(None, Some(MAX_CHECKS))
        // See `DtlsRole`, which writes the role of the first answer into later ones.
        .with_answering_dtls_role(RTCDtlsRole::Server)
        // An ICE restart opens new sockets, as the network may have changed.
        .with_discard_local_candidates_during_ice_restart(true)
        .with_include_loopback_candidate(true)
        .with_multicast_dns_mode(mdns)
        .with_sctp_max_message_size(SctpMaxMessageSize::Bounded(MAX_MESSAGE))
        .with_sctp_max_receive_buffer_size(window)
        .build()
}

/// Checks of a pair: at five a second, more than ICE makes before it fails.
const MAX_CHECKS: u16 = 150;

#[expect(clippy::cast_possible_truncation, reason = "256 KiB")]
const MAX_MESSAGE: u32 = Channel::MAX_MESSAGE as u32;

/// What is negotiated: [`codecs`], or nothing without `media`.
pub(crate) fn media_engine(media: bool) -> Result<MediaEngine, webrtc::error::Error> {
    if media {
        codecs()
    } else {
        Ok(MediaEngine::default())
    }
}

/// VP8 with RTX, and Opus: what every browser has. The payload types apply only to our own offers.
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
        codec("video/VP8", clock_rate::VIDEO, 0, "", video, 96),
        RtpCodecKind::Video,
    )?;
    media.register_codec(
        codec("video/rtx", clock_rate::VIDEO, 0, "apt=96", Vec::new(), 97),
        RtpCodecKind::Video,
    )?;
    let opus = "minptime=10;useinbandfec=1;usedtx=1";
    media.register_codec(
        codec("audio/opus", clock_rate::AUDIO, 2, opus, audio, 111),
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

/// The interceptor chain, from the network to the application. Four are ours, the others are the stack's.
fn interceptors(state: &Arc<ChainState>) -> Registry {
    Registry::new()
        .with(
            Slot::CongestionControl,
            StageInterceptor::new(TwccSender::new(Arc::clone(state))),
        )
        .with(
            Slot::Pacer,
            StageInterceptor::new(Pacer::new(Arc::clone(state))),
        )
        .with(
            Slot::from(rtcp_observer::SLOT),
            StageInterceptor::new(RtcpObserver::new(Arc::clone(state))),
        )
        .with(Slot::NackResponder, NackResponderBuilder::new().build())
        .with(
            Slot::from(nack_generator::SLOT),
            StageInterceptor::new(NackGenerator::new(Arc::clone(state))),
        )
        .with(Slot::TwccReceiver, TwccReceiverBuilder::new().build())
        .with(Slot::ReceiverReport, ReceiverReportBuilder::new().build())
        .with(Slot::SenderReport, SenderReportBuilder::new().build())
}
